"""Opening staff stored on disk between processes, if the environment names a folder for them.

Staff depend only on margins, employers and a staff seed, and take longer to make than a year of a run. The command
`nhstransit` uses a folder of the user's own (see `nhstransit.caches`); a script stores nothing unless `NHSTRANSIT_CACHE`
names a folder. A file's name is a digest of everything on which its staff depend, including the code. The file also
contains a digest of its columns, and is made again if it is damaged or cannot be read. The user's own staff lists are
never stored.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from nhstransit.caches import FOLDER
from nhstransit.errors import StaffError
from nhstransit.files import opened
from nhstransit.workforce.columns import COLUMNS, Workforce

MOST = 12  # files stored; the oldest are removed
_MAKERS = (  # the modules on which the staff depend; what else these import only reads files, or is in the key
    "synthesis",
    "organisations",
    "arithmetic.py",
    "arrays.py",
    "dates.py",
    "rounding.py",
    "selection.py",
    "streams.py",
    "workforce/columns.py",
)
_NOT_WHOLE = (OSError, KeyError, ValueError, EOFError, RuntimeError, StaffError, zipfile.BadZipFile, zlib.error)


def kept_or_made(
    key: str, employers: tuple[str, ...], functions: tuple[str, ...], make: Callable[[], Workforce]
) -> Workforce:
    """The staff stored under a key. If there are none, `make` makes them, and they are stored.

    Args:
        key: a digest of everything in the scenario that determines the staff.
        employers: names of all organisations.
        functions: names of all functions.
        make: a function that makes the staff.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return make()
    name = hashlib.sha256(f"{key}/{_made_by()}".encode()).hexdigest()[:40]
    path = Path(folder) / f"staff-{name}.npz"
    people = _read(path, employers, functions)
    if people is None:
        people = make()
        with suppress(OSError):  # a full disk, or a folder that cannot be written: the staff can be used all the same
            _write(path, people)
    return people


@cache
def _made_by() -> str:
    """A digest of what makes staff: the library's code, and the versions on which a single bit may depend."""
    versions = (np.__version__, platform.python_version(), platform.machine())
    digest = hashlib.sha256(repr(versions).encode())
    root = files("nhstransit")
    for name in _MAKERS:
        entry = root / name
        # The order in which a folder lists its files differs between systems, and would change the digest.
        found = [entry] if entry.is_file() else sorted(entry.iterdir(), key=lambda each: each.name)
        for each in found:
            if each.name.endswith(".py"):
                digest.update(each.read_bytes())
    return digest.hexdigest()


def _read(path: Path, employers: tuple[str, ...], functions: tuple[str, ...]) -> Workforce | None:
    """The staff in a file, or None if there is no file or it is damaged."""
    try:
        with opened(path) as file, np.load(file, allow_pickle=False) as stored:
            columns = {name: stored[name] for name in COLUMNS}
            source = str(stored["source"])
            content = str(stored["content"])
        people = Workforce(**columns, employers=employers, functions=functions, source=source)
    except _NOT_WHOLE:
        return None
    return people if people.content == content else None


def _write(path: Path, people: Workforce) -> None:
    """Write the staff to a file, whole or not at all, and remove the oldest files."""
    # Several processes of a study may write the same staff. Each writes a file of its own and renames it, and renaming
    # replaces a file in one step.
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(number, "wb") as stream:
            np.savez(stream, source=people.source, content=people.content, **people.columns())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    newest_first = sorted(path.parent.glob("staff-*.npz"), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in newest_first[MOST:]:
        with suppress(OSError):
            old.unlink()
