"""Whether the people of a run are real, because this decides who may read what is kept of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from nhstransit.errors import InputError, check_kind
from nhstransit.run.run import Run
from nhstransit.scenario import Scenario, bundled_names, load_scenario, to_tables
from nhstransit.synthesis import StaffSynthesis
from nhstransit.workforce.read import read_staff


def staff_are_real(run: Run) -> bool:
    """Whether the opening staff may be real people.

    This is true of any staff list, except one that the library synthesised or bundles. A synthetic list that a user
    passes in Python, or as a file of their own, counts as real. To override this, pass `real=False` where you publish.
    """
    check_kind("run", run, Run)
    return has_real_staff(run.scenario)


def has_real_staff(scenario: Scenario) -> bool:
    """Whether the opening staff of a scenario may be real people: see `staff_are_real`."""
    return not isinstance(scenario.staff, StaffSynthesis) and not _bundled(scenario)


def stored_staff_are_real(tables: Mapping[str, Any]) -> bool:
    """Whether the opening staff of a scenario in a store may be real people.

    A store contains no staff lists. So a list counts as real unless the organisations are those of a bundled scenario
    that has a list. Staff that are made from margins do not count as real.

    Args:
        tables: the tables of the scenario's file; empty for a scenario that no file can name.
    """
    if "staff" in tables:  # the margins from which staff are made
        return False
    return _named(tables.get("organisations", ())) not in _bundled_organisations()


@cache
def _bundled_organisations() -> frozenset[tuple[tuple[str, str], ...]]:
    """Names and kinds of the organisations of bundled scenarios with a staff list."""
    folder = files("nhstransit.data") / "scenarios"
    listed = [name for name in bundled_names() if (folder / f"{name}-staff.csv").is_file()]
    found = [_named(to_tables(load_scenario(name))["organisations"]) for name in listed]
    return frozenset(found)


def _named(organisations: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """The names and kinds of organisations, in order."""
    return tuple((str(one.get("name")), str(one.get("kind"))) for one in organisations)


def owners_only(path: Path) -> None:
    """Let only the owner read a file, or a folder and its files. On Windows the permissions of the folder above apply."""
    # The execute bit of a folder is needed to open files in it. There are no folders in folders of results.
    if path.is_dir():
        path.chmod(0o700)
    for file in path.iterdir() if path.is_dir() else [path]:
        file.chmod(0o600)


def _bundled(scenario: Scenario) -> bool:
    """Whether the opening staff are one of the library's own lists, row for row."""
    # The name of the source is not enough, because a user's file may have the same name. So the rows are compared.
    staff = scenario.workforce
    entry = files("nhstransit.data") / "scenarios" / Path(staff.source).name
    if not staff.source.endswith(".csv") or not entry.is_file():
        return False
    with as_file(entry) as path:
        try:
            return read_staff(path, staff.employers, staff.functions) == staff
        except InputError:
            return False
