"""A folder is the older one or the new one at every stop, and whatever was broken off is mended at the next start."""

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
    """The program stops here: nothing after it is done."""


def write(place: Path, files: dict[str, str]) -> None:
    with made_aside(place, overwrite=True) as aside:
        for name, content in files.items():
            (aside / name).write_text(content)
        write_manifest(aside, {})


def held(place: Path) -> dict[str, str]:
    """The files of a folder but for its manifest, with what is in them."""
    return {path.name: path.read_text() for path in place.iterdir() if path.name != "manifest.json"}


def begun(tmp_path: Path) -> Path:
    """A folder with older results and two files of its user."""
    place = tmp_path / "out"
    write(place, OLD)
    for name, content in MINE.items():
        (place / name).write_text(content)
    return place


def stopped_at(number: int, error: BaseException, *, dead: bool) -> tuple[Callable[..., Any], list[Any]]:
    """`os.replace` that raises at the call of a number, counted from 0, and once `dead` at every later one."""
    real = os.replace
    calls: list[Any] = []

    def replace(source: Any, target: Any) -> None:
        calls.append((source, target))
        if len(calls) - 1 == number or (dead and len(calls) > number):
            raise error
        real(source, target)

    return replace, calls


STEPS = 5  # older away, new in, two files of the user, older gone


def test_the_steps_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a stop there are as many renames as the tests below stop at."""
    place = begun(tmp_path)
    replace, calls = stopped_at(99, Killed(), dead=True)
    monkeypatch.setattr(os, "replace", replace)
    write(place, NEW)
    assert len(calls) == STEPS
    assert held(place) == NEW | MINE
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("step", range(STEPS))
def test_killed_at_any_step_it_is_mended_at_the_next_start(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed, so that nothing is undone, the place holds older or newer results or none; mended, it has everything."""
    place = begun(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stopped_at(step, Killed(), dead=True)[0])
        with pytest.raises(Killed):
            write(place, NEW)
    left = held(place) if place.exists() else None
    assert left in (OLD | MINE, None) if step < 2 else left is not None and NEW.items() <= left.items()
    if step == 0:
        assert [path.name for path in tmp_path.iterdir()] == ["out"], "nothing was begun"
        restore(place)
    else:
        with pytest.warns(RestoredWarning, match="being replaced|had been replaced"):
            restore(place)
    assert held(place) == (OLD | MINE if step < 2 else NEW | MINE)
    assert read_manifest(place) is not None
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        restore(place)


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
@pytest.mark.parametrize("step", some([1, 3], [3]))  # between the two renames, and between two files of the user
def test_a_process_that_is_gone_leaves_nothing_that_is_not_mended(step: int, tmp_path: Path) -> None:
    """The same in a process of its own that ends at once, with nothing of it run to its end."""
    place = begun(tmp_path)
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(place), str(step)], check=False)
    assert done.returncode == 9
    with pytest.warns(RestoredWarning):
        restore(place)
    assert held(place) == (OLD | MINE if step < 2 else NEW | MINE)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("step", range(STEPS))
def test_an_error_at_any_step_is_told_in_a_sentence(step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The place holds older or newer results; no file of the user is lost; the next start has all in its place."""
    place = begun(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stopped_at(step, OSError(5, "Input/output error"), dead=False)[0])
        with pytest.raises(RunError, match=r"out: .*\(Input/output error\)"):
            write(place, NEW)
    if step < 2:
        assert held(place) == OLD | MINE
        assert [path.name for path in tmp_path.iterdir()] == ["out"]
        return
    assert NEW.items() <= held(place).items()
    with pytest.warns(RestoredWarning):
        check_place(place, overwrite=True)
    assert held(place) == NEW | MINE


def test_a_folder_with_the_name_of_one_left_aside_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made by the user after a kill, it is kept, and so are the older results; the sentence says where they are."""
    place = begun(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stopped_at(1, Killed(), dead=True)[0])
        with pytest.raises(Killed):
            write(place, NEW)
    place.mkdir()
    (place / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match=r"could not be repaired .*; move its older files from .*old"):
        check_place(place, overwrite=True)
    assert held(place) == {"mine.txt": "mine"}
    aside = next(path for path in tmp_path.iterdir() if path != place)
    assert held(aside / "old") == OLD | MINE


def test_a_name_that_another_begins_with(tmp_path: Path) -> None:
    """Folders left aside of `out-2` are not those of `out`, nor is a folder of the user's with a name much like it."""
    for name in (".out-2.nhstransit-abcdefgh", ".out.nhstransit-short", ".out.nhstransit-abcdefghi"):
        (tmp_path / name / "old").mkdir(parents=True)
    restore(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_nobody_needs_is_tidied(tmp_path: Path) -> None:
    """What a program killed while it wrote had left goes after a day, and before that is left to who may be writing it."""
    work = tmp_path / ".out.nhstransit-abcdefgh"
    (work / "new").mkdir(parents=True)
    restore(tmp_path / "out")
    assert work.exists()
    os.utime(work, (0, 0))
    restore(tmp_path / "out")
    assert not work.exists()


def test_an_edited_manifest_names_nothing(tmp_path: Path) -> None:
    """A manifest made to name a user's file does not have it deleted."""
    place = begun(tmp_path)
    text = (place / "manifest.json").read_text("utf-8")
    (place / "manifest.json").write_text(text.replace("only-older.txt", "notes.txt"), "utf-8")
    with pytest.raises(RunError, match="are not the library's"):
        check_place(place, overwrite=True, names=("manifest.json", "run.txt"))
    with pytest.raises(RunError, match="would be overwritten"):
        write(place, NEW)
    assert (place / "notes.txt").read_text() == "mine"


def test_places_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, a folder within a file, a read-only folder above, the folder in which one is: each in a sentence."""
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
    ("name", "told"),
    [
        ("x" * 300, "cannot be written (File name too long)"),
        (f"{'x' * 300}/out", "cannot be written (File name too long)"),
        ("circle", "cannot be written ("),
        ("/", "is the root folder; name a folder within it"),
        ("a\nb", "contains a character that cannot be printed"),
        ("a\x1b[31mb", "contains a character that cannot be printed"),
    ],
)
def test_odd_names_end_in_a_sentence(name: str, told: str, tmp_path: Path) -> None:
    """Names that no system takes, links that lead in a circle, the root, and what would paint a terminal."""
    (tmp_path / "circle").symlink_to(tmp_path / "round")
    (tmp_path / "round").symlink_to(tmp_path / "circle")
    with pytest.raises(RunError) as caught:
        check_place(tmp_path / name)
    assert told in str(caught.value) and "\n" not in str(caught.value) and "\x1b" not in str(caught.value)


def test_a_place_taken_meanwhile_is_kept(tmp_path: Path) -> None:
    """What came to lie there while the results were made is not replaced unasked."""
    place = tmp_path / "out"
    with pytest.raises(RunError, match="was created by another program in the meantime"), made_aside(place) as aside:
        (aside / "run.txt").write_text("newer")
        write(place, OLD)
    assert held(place) == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_takes_the_place_of_an_empty_folder(tmp_path: Path) -> None:
    """A file that a verb makes, too; a folder with something in it stays."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with made_aside(tmp_path / "empty", file=True) as made:
        made.write_text("card")
    assert (tmp_path / "empty").read_text() == "card"
    with pytest.raises(RunError), made_aside(tmp_path / "full", file=True) as made:
        made.write_text("card")
    assert held(tmp_path / "full") == {"notes.txt": "mine"}


def test_folders_above_are_made(tmp_path: Path) -> None:
    """A place deep in folders that are missing is made with them."""
    check_place(tmp_path / "a" / "b" / "out")
    write(tmp_path / "a" / "b" / "out", NEW)
    assert held(tmp_path / "a" / "b" / "out") == NEW


def test_what_a_desktop_leaves_is_nobodys_file(tmp_path: Path) -> None:
    """A folder with nothing but such files counts as empty."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".DS_Store").write_text("x")
    check_place(tmp_path / "out")
    write(tmp_path / "out", NEW)
    assert held(tmp_path / "out") == NEW | {".DS_Store": "x"}
