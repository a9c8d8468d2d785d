"""After a stop at any call that changes the disk, the target is the older or the newer result, and never a part of one.

The calls are counted, not timed: each write, each file opened for writing, each folder made, and each file renamed or
removed. At one of them, the program is interrupted, terminated or killed, or the disk is full from then on.
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
    """The outcome of each stop."""
    command = [sys.executable, "-m", "tests.run.stepped", str(folder), what, kinds, str(every), str(first)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_stops(folder: Path, what: str, kinds: str, every: int, first: int = 0) -> None:
    """Check that the result is older or newer, that no other file is left, and that a full disk has a message."""
    found = stops(folder, what, kinds, every, first)
    assert {one["kind"] for one in found} == set(kinds.split(","))
    for one in found:
        assert one["on_disk"] in ("older", "newer"), one
        assert one["ended"] == "killed" or one["left"] == 0 or one["on_disk"] == "newer", one
        assert one["left"] <= 1, one
        if one["kind"] == "ENOSPC":
            assert one["ended"] == "done" or "cannot be written (No space left on device)" in one["ended"], one
            assert (one["ended"] == "done") == (one["on_disk"] == "newer"), one
            assert ".nhstransit-" not in one["ended"], one
    assert {"older", "newer"} == {one["on_disk"] for one in found} or every > 1


def test_a_saved_run_is_complete_after_some_stops(tmp_path: Path) -> None:
    """Some of about ninety calls, with each kind of stop."""
    check_stops(tmp_path, "saving", ",".join(KINDS), 27 if THOROUGH else 75, 3)


@pytest.mark.thorough
def test_a_page_is_complete_after_every_stop(tmp_path: Path) -> None:
    """Figures, tables and TOML files are written in the same way as a page."""
    check_stops(tmp_path, "page", "SIGINT,SIGKILL,ENOSPC", 1)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_run_is_complete_after_every_stop(kind: str, tmp_path: Path) -> None:
    """About ninety calls, with each kind of stop."""
    check_stops(tmp_path, "saving", kind, 1)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_a_results_folder_is_complete_after_every_stop(kind: str, tmp_path: Path) -> None:
    """About a hundred and fifty calls write tables, text and figures."""
    check_stops(tmp_path, "results", kind, 1)


def test_a_file_is_written_completely_or_not_at_all(tmp_path: Path) -> None:
    """After an error, the older file and its permissions are unchanged. A remainder that is a day old is removed."""
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
        assert remainder.exists(), "another program may still be writing it"
    os.utime(remainder, (0, 0))
    with written(place) as part:
        assert part.parent.stat().st_mode & 0o777 == 0o700
        part.write_text("newest")
    assert place.read_text() == "newest" and place.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [place]


def test_a_remainder_of_another_user_does_not_prevent_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a shared folder, other users cannot read the remainder, but can still write."""
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


def test_devices_and_links_are_written_to_directly(tmp_path: Path) -> None:
    """A device cannot be replaced by renaming. A folder is refused, and a link is followed."""
    with written(Path("/dev/null")) as part:
        part.write_text("gone")
    with pytest.raises(IsADirectoryError), written(tmp_path):
        pass
    (tmp_path / "link").symlink_to(tmp_path / "table.csv")
    with written(tmp_path / "link") as part:
        part.write_text("newer")
    assert (tmp_path / "table.csv").read_text() == "newer" and (tmp_path / "link").is_symlink()
