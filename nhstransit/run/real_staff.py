"""Whether the people of a run are real, because this decides who may read what is kept of them."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from nhstransit.errors import InputError
from nhstransit.run.run import Run
from nhstransit.scenario import Scenario
from nhstransit.synthesis import StaffSynthesis
from nhstransit.workforce.read import read_staff


def staff_are_real(run: Run) -> bool:
    """Whether the opening staff may be real people.

    This is true of any staff list, except one that the library synthesised or bundles. A synthetic list that a user
    passes in Python, or as a file of their own, counts as real. To override this, pass `real=False` where you publish.
    """
    return has_real_staff(run.scenario)


def has_real_staff(scenario: Scenario) -> bool:
    """Whether the opening staff of a scenario may be real people: see `staff_are_real`."""
    return not isinstance(scenario.staff, StaffSynthesis) and not _bundled(scenario)


def owners_only(path: Path) -> None:
    """Let only their owner read a file, or a folder and its files. On Windows the folder above decides."""
    if path.is_dir():
        path.chmod(0o700)
    for file in path.iterdir() if path.is_dir() else [path]:
        file.chmod(0o600)


def _bundled(scenario: Scenario) -> bool:
    """Whether the opening staff are one of the library's own lists, row for row."""
    staff = scenario.workforce
    entry = files("nhstransit.data") / "scenarios" / Path(staff.source).name
    if not staff.source.endswith(".csv") or not entry.is_file():
        return False
    with as_file(entry) as path:
        try:
            return read_staff(path, staff.employers, staff.functions) == staff
        except InputError:
            return False
