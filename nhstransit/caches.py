"""Where a computer keeps what may be made again. The environment names the folder, so that its user decides."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

FOLDER = "NHSTRANSIT_CACHE"  # the environment's name for the folder; not set or empty: nothing is kept


def usual_folder(environment: Mapping[str, str]) -> Path:
    """The folder for caches that the system gives the user, with one of this library in it.

    Args:
        environment: names and values, such as `os.environ`.

    Raises RuntimeError for a user without a home, where the environment does not name the folder either.
    """
    if sys.platform == "win32":
        root = Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    else:
        root = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "nhstransit"
