"""The folder for cached files, which can always be made again. The user sets it with an environment variable."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

FOLDER = "NHSTRANSIT_CACHE"  # environment variable for the folder; if it is unset or empty, nothing is cached


def usual_folder(environment: Mapping[str, str]) -> Path:
    """This library's folder within the operating system's usual folder for a user's caches.

    Args:
        environment: names and values, such as `os.environ`.

    Raises RuntimeError if the user has no home folder and no environment variable gives the folder for caches.
    """
    if sys.platform == "win32":
        root = Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    else:
        root = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "nhstransit"
