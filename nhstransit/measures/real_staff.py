"""Whether the people of a run are real, because this decides what may be published about them."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from nhstransit.errors import InputError
from nhstransit.run import Run
from nhstransit.synthesis import StaffSynthesis
from nhstransit.workforce.read import read_staff


def staff_are_real(run: Run) -> bool:
    """Whether the opening staff may be real people.

    This is true of any staff list, except one that the library synthesised or bundles. A synthetic list that a user
    passes in Python, or as a file of their own, counts as real. To override this, pass `real=False` where you publish.
    """
    staff = run.scenario.staff
    return not isinstance(staff, StaffSynthesis) and not _bundled(run)


def _bundled(run: Run) -> bool:
    """Whether the opening staff are one of the library's own lists, row for row."""
    staff = run.scenario.workforce
    entry = files("nhstransit.data") / "scenarios" / Path(staff.source).name
    if not staff.source.endswith(".csv") or not entry.is_file():
        return False
    with as_file(entry) as path:
        try:
            return read_staff(path, staff.employers, staff.functions) == staff
        except InputError:
            return False
