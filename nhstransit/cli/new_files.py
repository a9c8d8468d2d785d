"""Files and folders that a verb creates: invalid targets are rejected at once, and writing is all or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nhstransit.errors import RunError


def check_new(place: Path) -> None:
    """Raise RunError unless `place` is new, or an empty folder, within an existing folder."""
    if place.is_file() or (place.is_dir() and any(place.iterdir())):
        raise RunError(str(place), "is there already", "name another by --out")
    if not place.resolve().parent.is_dir():
        raise RunError(str(place), "lies in a folder that is not there", "make that folder, or name another by --out")


@contextmanager
def made_aside(place: Path, *, file: bool = False) -> Iterator[Path]:
    """A path to write to, which is renamed to `place` at the end; after an error nothing of it remains.

    It is an existing folder, or with `file` a path in such a folder.

    Raises:
        RunError: where it cannot be written.
    """
    aside = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.resolve().parent))
    aside.chmod(0o755)  # mkdtemp creates a folder that only its owner may read
    made = aside / place.name if file else aside
    try:
        yield made
        if place.is_dir():
            place.rmdir()  # it is empty, as `check_new` checked
        made.rename(place)
    except OSError as error:
        raise RunError(str(place), f"cannot be written ({error.strerror})", "free some space and try again") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
