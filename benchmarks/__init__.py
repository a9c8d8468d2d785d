"""Benchmarks, one question a file. The oracle in `tests` is a contestant, so that folder is made importable here."""

import sys
from pathlib import Path

TESTS = str(Path(__file__).resolve().parent.parent / "tests")
if TESTS not in sys.path:
    sys.path.append(TESTS)  # at the end: a file of the tests must never hide a package that is installed
