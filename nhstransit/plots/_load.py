"""Import matplotlib for any value of MPLBACKEND.

A notebook's kernel exports MPLBACKEND to the programs it starts. In an environment without that backend, the import of
matplotlib fails. The figures of this package need no backend: they are drawn to files and to PNG in memory.
"""

from __future__ import annotations

import contextlib
import os
import sys


def _load() -> None:
    """Import matplotlib without MPLBACKEND, then set that backend if matplotlib has it."""
    if "matplotlib" in sys.modules:
        return
    # Matplotlib can fail at import if the variable names a backend that is not installed; the variable is put back
    # below.
    named = os.environ.pop("MPLBACKEND", None)
    try:
        import matplotlib

        if named:
            with contextlib.suppress(ValueError):  # a backend that is not installed here
                matplotlib.rcParams["backend"] = named
    finally:
        if named is not None:
            os.environ["MPLBACKEND"] = named


_load()
