"""A check of the files and folders that a command is to create, made before anything is simulated."""

from __future__ import annotations

from pathlib import Path

from nhstransit.errors import RunError


def check_new(place: Path) -> None:
    """Raise RunError unless `place` is new or an empty folder, and its parent folder exists."""
    from nhstransit.run.folders import check_not_here  # imported here, since NumPy would slow down `--help`

    check_not_here(place)
    if place.is_file() or (place.is_dir() and any(place.iterdir())):
        raise RunError(str(place), "already exists", "name another file with --out")
    if not place.resolve().parent.is_dir():
        raise RunError(
            str(place), "is in a folder that does not exist", "make that folder, or name another file with --out"
        )
