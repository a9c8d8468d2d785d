"""Stopped at each call that changes a disk, the place holds the older result or the newer one, and never half of either.

The calls are counted and not timed: each write to a file, each file opened for writing, each folder made, each file renamed
or taken away. At one of them the program is interrupted, ended, killed, or the disk is full and stays so.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nhstransit.files import written
from tests.examples import THOROUGH
from tests.run.stepped import KINDS

ROOT = Path(__file__).parents[2]


def stops(folder: Path, what: str, kinds: str, every: int, first: int) -> list[dict[str, Any]]:
    """What became of each stop."""
    command = [sys.executable, "-m", "tests.run.stepped", str(folder), what, kinds, str(every), str(first)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def held(folder: Path, what: str, kinds: str, every: int, first: int = 0) -> None:
    """Older or newer, whole; a stop that Python hears leaves nothing else, and a full disk ends in a sentence."""
    found = stops(folder, what, kinds, every, first)
    assert {one["kind"] for one in found} == set(kinds.split(","))
    for one in found:
        assert one["lies"] in ("older", "newer"), one
        assert one["ended"] == "killed" or one["left"] == 0 or one["lies"] == "newer", one
        assert one["left"] <= 1, one
        if one["kind"] == "ENOSPC":
            assert one["ended"] == "done" or "cannot be written (No space left on device)" in one["ended"], one
            assert (one["ended"] == "done") == (one["lies"] == "newer"), one
            assert ".nhstransit-" not in one["ended"], one
    assert {"older", "newer"} == {one["lies"] for one in found} or every > 1


def test_a_kept_run_is_whole_at_some_stops(tmp_path: Path) -> None:
    """Some calls of ninety, with each way to stop."""
    held(tmp_path, "saving", ",".join(KINDS), 27 if THOROUGH else 75, 3)


@pytest.mark.thorough
def test_a_page_is_whole_at_every_stop(tmp_path: Path) -> None:
    """A file of its own, which goes the same way as figures, tables and files in TOML."""
    held(tmp_path, "page", "SIGINT,SIGKILL,ENOSPC", 1)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_a_kept_run_is_whole_at_every_stop(kind: str, tmp_path: Path) -> None:
    """About ninety calls, each kind of stop at each."""
    held(tmp_path, "saving", kind, 1)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_a_results_folder_is_whole_at_every_stop(kind: str, tmp_path: Path) -> None:
    """With tables, story and figures: about a hundred and fifty calls, each kind of stop at each."""
    held(tmp_path, "results", kind, 1)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """An error within leaves what was there, with its permissions; nothing else is left, and an old remainder goes."""
    place = tmp_path / "table.csv"
    place.write_text("older")
    place.chmod(0o640)
    with pytest.raises(ZeroDivisionError), written(place) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert place.read_text() == "older" and list(tmp_path.iterdir()) == [place]
    remainder = tmp_path / ".table.csv.nhstransit-abcdefgh"
    remainder.mkdir()
    (remainder / "new.csv").write_text("half")
    with written(place) as part:
        part.write_text("newer")
        assert remainder.exists(), "somebody may be writing it"
    os.utime(remainder, (0, 0))
    with written(place) as part:
        assert part.parent.stat().st_mode & 0o777 == 0o700
        part.write_text("newest")
    assert place.read_text() == "newest" and place.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [place]


def test_a_remainder_of_another_user_stands_in_nobodys_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that several share, what one of them left cannot be looked into by the others, who can still write."""
    remainder = tmp_path / ".table.csv.nhstransit-abcdefgh"
    remainder.mkdir()
    os.utime(remainder, (0, 0))
    listed = Path.iterdir

    def closed(folder: Path) -> Any:
        if folder == remainder:
            raise PermissionError(13, "Permission denied")
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", closed)
    with written(tmp_path / "table.csv") as part:
        part.write_text("newer")
    assert (tmp_path / "table.csv").read_text() == "newer" and remainder.is_dir()


def test_what_is_no_file_is_written_to_directly(tmp_path: Path) -> None:
    """A device has no place to be renamed into; a folder is refused; a link is followed."""
    with written(Path("/dev/null")) as part:
        part.write_text("gone")
    with pytest.raises(IsADirectoryError), written(tmp_path):
        pass
    (tmp_path / "link").symlink_to(tmp_path / "table.csv")
    with written(tmp_path / "link") as part:
        part.write_text("newer")
    assert (tmp_path / "table.csv").read_text() == "newer" and (tmp_path / "link").is_symlink()
