"""After a stop at any step, a folder has the older or the newer results, and the next start completes the replacement."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nhstransit.errors import RestoredWarning, RunError
from nhstransit.run.folders import check_place, made_aside, read_manifest, restore, write_manifest
from tests.examples import some

OLD = {"run.txt": "older", "only-older.txt": "older"}
NEW = {"run.txt": "newer"}
MINE = {"notes.txt": "mine", "more.txt": "mine"}


class Killed(BaseException):
    """The program stops here, and does nothing afterwards."""


def write(folder: Path, files: dict[str, str]) -> None:
    with made_aside(folder, overwrite=True) as aside:
        for name, content in files.items():
            (aside / name).write_text(content)
        write_manifest(aside, {})


def contents(folder: Path) -> dict[str, str]:
    """The files of a folder except its manifest, with their text."""
    return {path.name: path.read_text() for path in folder.iterdir() if path.name != "manifest.json"}


def with_older_results(tmp_path: Path) -> Path:
    """A folder with older results and two files of the user."""
    folder = tmp_path / "out"
    write(folder, OLD)
    for name, content in MINE.items():
        (folder / name).write_text(content)
    return folder


def stopped_at(number: int, error: BaseException, *, dead: bool) -> tuple[Callable[..., Any], list[Any]]:
    """An `os.replace` that raises at call `number`, counted from 0, and at every later call if `dead`.

    Its calls are listed.
    """
    real = os.replace
    calls: list[Any] = []

    def replace(source: Any, target: Any) -> None:
        calls.append((source, target))
        if len(calls) - 1 == number or (dead and len(calls) > number):
            raise error
        real(source, target)

    return replace, calls


STEPS = 5  # move the older folder away, the new one in, two files of the user, and the older folder out


def test_a_replacement_has_the_expected_number_of_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests below stop at each of these renames."""
    folder = with_older_results(tmp_path)
    replace, calls = stopped_at(99, Killed(), dead=True)
    monkeypatch.setattr(os, "replace", replace)
    write(folder, NEW)
    assert len(calls) == STEPS
    assert contents(folder) == NEW | MINE
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("step", range(STEPS))
def test_a_replacement_killed_at_any_step_is_completed_at_the_next_start(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the kill, the folder has older, newer or no results. After the repair, it has all files."""
    folder = with_older_results(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stopped_at(step, Killed(), dead=True)[0])
        with pytest.raises(Killed):
            write(folder, NEW)
    left = contents(folder) if folder.exists() else None
    assert left in (OLD | MINE, None) if step < 2 else left is not None and NEW.items() <= left.items()
    if step == 0:
        assert [path.name for path in tmp_path.iterdir()] == ["out"], "the replacement had not started"
        restore(folder)
    else:
        with pytest.warns(RestoredWarning, match="being replaced|had been replaced"):
            restore(folder)
    assert contents(folder) == (OLD | MINE if step < 2 else NEW | MINE)
    assert read_manifest(folder) is not None
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        restore(folder)


PROGRAM = """
import os, sys
from pathlib import Path
from tests.run.test_folders import NEW, write

calls, real = [], os.replace

def replace(source, target):
    calls.append(target)
    if len(calls) > int(sys.argv[2]):
        os._exit(9)
    real(source, target)

os.replace = replace
write(Path(sys.argv[1]), NEW)
"""


@pytest.mark.thorough
@pytest.mark.parametrize("step", some([1, 3], [3]))  # between the two folder renames, and between two files of the user
def test_a_replacement_by_a_killed_process_is_completed_at_the_next_start(step: int, tmp_path: Path) -> None:
    """The process exits at once, without any cleaning up."""
    folder = with_older_results(tmp_path)
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(folder), str(step)], check=False)
    assert done.returncode == 9
    with pytest.warns(RestoredWarning):
        restore(folder)
    assert contents(folder) == (OLD | MINE if step < 2 else NEW | MINE)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("step", range(STEPS))
def test_an_error_at_any_step_has_a_message_and_loses_no_file(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder has older or newer results, and the next start restores all files of the user."""
    folder = with_older_results(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stopped_at(step, OSError(5, "Input/output error"), dead=False)[0])
        with pytest.raises(RunError, match=r"out: .*\(Input/output error\)"):
            write(folder, NEW)
    if step < 2:
        assert contents(folder) == OLD | MINE
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
        return
    assert NEW.items() <= contents(folder).items()
    with pytest.warns(RestoredWarning):
        check_place(folder, overwrite=True)
    assert contents(folder) == NEW | MINE


def test_a_folder_that_the_user_made_after_a_kill_is_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older results are kept too, and the message states where they are."""
    folder = with_older_results(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stopped_at(1, Killed(), dead=True)[0])
        with pytest.raises(Killed):
            write(folder, NEW)
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match=r"could not be repaired .*; move its older files from .*old"):
        check_place(folder, overwrite=True)
    assert contents(folder) == {"mine.txt": "mine"}
    aside = next(path for path in tmp_path.iterdir() if path != folder)
    assert contents(aside / "old") == OLD | MINE


def test_folders_with_similar_names_are_not_changed(tmp_path: Path) -> None:
    """Working folders of `out-2` do not belong to `out`, nor do the user's folders with a similar name."""
    for name in (".out-2.nhstransit-abcdefgh", ".out.nhstransit-short", ".out.nhstransit-abcdefghi"):
        (tmp_path / name / "old").mkdir(parents=True)
    restore(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_old_working_folder_is_removed(tmp_path: Path) -> None:
    """It is removed after a day, because before that another program may still be writing to it."""
    work = tmp_path / ".out.nhstransit-abcdefgh"
    (work / "new").mkdir(parents=True)
    restore(tmp_path / "out")
    assert work.exists()
    os.utime(work, (0, 0))
    restore(tmp_path / "out")
    assert not work.exists()


def test_an_edited_manifest_cannot_delete_a_users_file(tmp_path: Path) -> None:
    """The manifest was changed to list a file of the user."""
    folder = with_older_results(tmp_path)
    text = (folder / "manifest.json").read_text("utf-8")
    (folder / "manifest.json").write_text(text.replace("only-older.txt", "notes.txt"), "utf-8")
    with pytest.raises(RunError, match="are not the library's"):
        check_place(folder, overwrite=True, names=("manifest.json", "run.txt"))
    with pytest.raises(RunError, match="would be overwritten"):
        write(folder, NEW)
    assert (folder / "notes.txt").read_text() == "mine"


def test_folders_that_cannot_be_written_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused are a file, a folder within a file, the current folder, and a folder in a read-only folder."""
    (tmp_path / "file").write_text("mine")
    (tmp_path / "here").mkdir()
    with pytest.raises(RunError, match="it is a file"):
        check_place(tmp_path / "file")
    with pytest.raises(RunError, match="file is a file"):
        check_place(tmp_path / "file" / "a" / "b")
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(RunError, match="is the folder that you are in"):
        check_place(Path())
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)
        with pytest.raises(RunError, match="is read-only"):
            check_place(tmp_path / "missing" / "out")
    with monkeypatch.context() as patch:

        def readonly(*_: Any, **__: Any) -> str:
            raise PermissionError(13, "Permission denied")

        patch.setattr("tempfile.mkdtemp", readonly)
        with pytest.raises(RunError, match=r"cannot be written \(Permission denied\)"):
            write(tmp_path / "out", NEW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "here"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x" * 300, "cannot be written (File name too long)"),
        (f"{'x' * 300}/out", "cannot be written (File name too long)"),
        ("circle", "cannot be written ("),
        ("/", "is the root folder; name a folder within it"),
        ("a\nb", "contains a character that cannot be printed"),
        ("a\x1b[31mb", "contains a character that cannot be printed"),
    ],
)
def test_unusable_names_are_refused_with_a_message(name: str, message: str, tmp_path: Path) -> None:
    """Examples are too long names, circular links, the root, and control characters."""
    (tmp_path / "circle").symlink_to(tmp_path / "round")
    (tmp_path / "round").symlink_to(tmp_path / "circle")
    with pytest.raises(RunError) as caught:
        check_place(tmp_path / name)
    assert message in str(caught.value) and "\n" not in str(caught.value) and "\x1b" not in str(caught.value)


def test_a_folder_created_in_the_meantime_is_not_replaced(tmp_path: Path) -> None:
    """It was created while the results were written."""
    folder = tmp_path / "out"
    with pytest.raises(RunError, match="was created by another program in the meantime"), made_aside(folder) as aside:
        (aside / "run.txt").write_text("newer")
        write(folder, OLD)
    assert contents(folder) == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_can_replace_an_empty_folder(tmp_path: Path) -> None:
    """A folder with content is not replaced."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with made_aside(tmp_path / "empty", file=True) as made:
        made.write_text("card")
    assert (tmp_path / "empty").read_text() == "card"
    with pytest.raises(RunError), made_aside(tmp_path / "full", file=True) as made:
        made.write_text("card")
    assert contents(tmp_path / "full") == {"notes.txt": "mine"}


def test_missing_parent_folders_are_created(tmp_path: Path) -> None:
    check_place(tmp_path / "a" / "b" / "out")
    write(tmp_path / "a" / "b" / "out", NEW)
    assert contents(tmp_path / "a" / "b" / "out") == NEW


def test_files_of_the_desktop_do_not_count(tmp_path: Path) -> None:
    """A folder with only such files counts as empty."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".DS_Store").write_text("x")
    check_place(tmp_path / "out")
    write(tmp_path / "out", NEW)
    assert contents(tmp_path / "out") == NEW | {".DS_Store": "x"}
