"""Whether the people of a run may be real, because this decides who may read their data."""

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

    This is true of any staff list that the library neither synthesised nor bundles. So a user's own synthetic list counts
    as real too. To override this, use `real=False` in the function that writes a report.
    """
    check_kind("run", run, Run)
    return has_real_staff(run.scenario)


def has_real_staff(scenario: Scenario) -> bool:
    """Whether the opening staff of a scenario may be real people: see `staff_are_real`."""
    return not isinstance(scenario.staff, StaffSynthesis) and not _bundled(scenario)


def stored_staff_are_real(tables: Mapping[str, Any]) -> bool:
    """Whether the opening staff of a scenario in a store may be real people.

    A store has no staff lists. Staff made from margins are not real. A staff list counts as real unless the organisations
    are those of a bundled scenario with a staff list.

    Args:
        tables: the tables of the scenario's file; empty for a scenario that cannot be written to a file.
    """
    return "staff" not in tables and _named(tables.get("organisations", ())) not in _bundled_organisations()


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
    """Let only the owner read a file, or a folder and its files. On Windows, the parent folder's permissions apply."""
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
