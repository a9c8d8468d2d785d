"""Every number, date and switch of a scenario that has a path: what it is, and whether someone decides it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from nhstransit import tables
from nhstransit.dates import epoch_day
from nhstransit.errors import check_kind
from nhstransit.law.changes import Number, numbers_between
from nhstransit.law.parameters import Parameters
from nhstransit.organisations.successors import PostNumber, funding_with
from nhstransit.organisations.successors import numbers_in as post_numbers
from nhstransit.scenario.assumptions import Input, inputs_with_paths
from nhstransit.scenario.paths import ON, part_at
from nhstransit.scenario.spec import Scenario
from nhstransit.synthesis import MarginNumber, StaffSynthesis, numbers_in
from nhstransit.synthesis.parents import UNSURE, bibliography
from nhstransit.toml import Named, joined

if TYPE_CHECKING:
    import pandas as pd

DECISION = "decision"
ASSUMPTION = "assumption"
UNKNOWN = "unknown"
_SCENARIO = "this scenario"


@attrs.frozen(kw_only=True)
class Lever:
    """One number, date or switch of a scenario.

    Attributes:
        path: its dotted path, for `Scenario.having`, `Levels` and `--set`.
        value: its value in this scenario; None if the law sets it for a policy, or if a tariff does not use it.
        unit: of the value, in words.
        source: where the value comes from.
        quality: its grade.
        kind: "decision" if someone decides it; "assumption" if no one does, and its plausible range is from evidence or
            judgement; "unknown" if it is from memory or assumed, without a range.
        range: lowest and highest plausible value; None if no source has a range.
        changed: whether the scenario sets another value than the library's own.
    """

    path: str
    value: Any
    unit: str
    source: str
    quality: str
    kind: str
    range: tuple[float, float] | None = None
    changed: bool = False


def levers(scenario: Scenario) -> pd.DataFrame:
    """Every lever of a scenario, one row each, indexed by `path`.

    Columns: value, low, high (the plausible range; NaN without one), unit, source, quality, kind ("decision",
    "assumption" or "unknown": see `Lever`), changed.

    The table lists the numbers of behaviour, policies, funds and entered money, each policy's switch
    (`policies.mars.on`) and dates, and the dates of the scenario and its organisations. It also lists the dated
    parameters in force on some day of the scenario (`law. ...`) and the numbers of the plans that set the posts of
    successors (`successors. ...`). For synthesised staff it lists the margins of the first layer (`margins. ...`), the
    base and the seed. Words, lists of words, posts and staff lists also have paths, but are not listed.

    Raises:
        InputError: if this is not a scenario, or if the margins cannot be read.
    """
    check_kind("scenario", scenario, Scenario)
    rows = every_lever(scenario)
    columns: dict[str, Any] = {
        "path": [lever.path for lever in rows],
        "value": [lever.value for lever in rows],
        "low": [lever.range[0] if lever.range else float("nan") for lever in rows],
        "high": [lever.range[1] if lever.range else float("nan") for lever in rows],
    }
    for name in ("unit", "source", "quality", "kind", "changed"):
        columns[name] = [getattr(lever, name) for lever in rows]
    return tables.captioned(tables.frame(columns, index="path"), f"Levers of {scenario.title or scenario.name}")


def every_lever(scenario: Scenario) -> tuple[Lever, ...]:
    """The levers of a scenario: its own dates, behaviour, policies, organisations, law, margins."""
    return (
        *_of_scenario(scenario),
        *(_of_input(scenario, one) for one in inputs_with_paths(scenario)),
        *_of_policies(scenario),
        *_of_bodies(scenario),
        *law_levers(scenario),
        *margin_levers(scenario),
        *successor_levers(scenario),
    )


def law_levers(scenario: Scenario) -> Iterator[Lever]:
    """The dated parameters in force on some day of the scenario."""
    parameters = scenario.dated_law.parameters
    for number in numbers_between(parameters, epoch_day(scenario.start), epoch_day(scenario.end)):
        path = f"law.{number.path}"
        yield Lever(
            path=path,
            value=number.value,
            unit=number.entry.unit,
            source=_sources(number, parameters),
            quality=number.entry.quality,
            kind=ASSUMPTION if number.entry.range else DECISION,
            range=_pair(number.entry.range),
            changed=number.path in scenario.law,
        )


def margin_levers(scenario: Scenario) -> Iterator[Lever]:
    """The margins from which the first layer of staff is synthesised; none for a staff list."""
    if not isinstance(scenario.staff, StaffSynthesis):
        return
    books = bibliography()
    margins = scenario.staff.margins_with(scenario.margins, scenario.home)
    for number in numbers_in(margins, scenario.staff.base):
        yield _of_margin(number, changed=number.path in scenario.margins, books=books)


def successor_levers(scenario: Scenario) -> Iterator[Lever]:
    """The numbers of the plans that set the posts of successors; none for a scenario without plans."""
    if scenario.plans is None:
        return
    books = bibliography()
    for number in post_numbers(funding_with(scenario.plans.funding, scenario.successors)):
        yield _of_margin(number, changed=number.path in scenario.successors, books=books, root="successors")


def _of_margin(number: MarginNumber | PostNumber, *, changed: bool, books: Any, root: str = "margins") -> Lever:
    titles = [books[source].title if source in books else source for source in number.part.sources]
    return Lever(
        path=f"{root}.{number.path}",
        value=number.value,
        unit=number.unit,
        source=f"set in {_SCENARIO}" if changed else "; ".join(titles),
        quality="assumption" if changed else number.part.quality,
        kind=_kind(number.part.quality, number.range),
        range=number.range,
        changed=changed,
    )


def _sources(number: Number, parameters: Parameters) -> str:
    """Titles of the works that an entry is based on. Parameters that it is derived from are given by name."""
    known = parameters.sources
    return "; ".join(known[source].title if source in known else source for source in number.entry.sources)


def _of_scenario(scenario: Scenario) -> Iterator[Lever]:
    for name in ("start", "end"):
        yield _decided(name, getattr(scenario, name), "date")
    if isinstance(scenario.staff, StaffSynthesis):
        yield _decided("staff_seed", scenario.staff_seed, "seed of the opening staff")
        yield Lever(
            path="staff.base",
            value=scenario.staff.base,
            unit="name of a base of the margins",
            source=_SCENARIO,
            quality="assumption",
            kind=ASSUMPTION,
        )


def _of_policies(scenario: Scenario) -> Iterator[Lever]:
    for name, policy in scenario.policies.items():
        # A user's own policy may have a field with the name of the switch, and then the path means that field.
        if not hasattr(policy, ON):
            yield _decided(joined("policies", name, ON), True, "whether the policy is in force")
        yield from _dates(policy, joined("policies", name))


def _of_bodies(scenario: Scenario) -> Iterator[Lever]:
    for body in scenario.organisations:
        yield from _dates(body, joined("organisations", body.name))


def _dates(thing: Any, path: str) -> Iterator[Lever]:
    """The dates in a specification and in its parts; items of a tuple by their name, or counted from 1."""
    if isinstance(thing, dt.date):
        yield _decided(path, thing, "date")
    elif isinstance(thing, Named):
        for name, item in thing.items():
            yield from _dates(item, f"{path}.{joined(name)}")
    elif isinstance(thing, tuple):
        for number, item in enumerate(thing, 1):
            named = attrs.has(type(item)) and hasattr(item, "name")
            name = item.name if named else str(number)
            yield from _dates(item, f"{path}.{joined(name)}")
    elif attrs.has(type(thing)):
        for field in attrs.fields(type(thing)):
            if field.init:
                yield from _dates(getattr(thing, field.name), f"{path}.{field.name}")


def _decided(path: str, value: Any, unit: str) -> Lever:
    return Lever(path=path, value=value, unit=unit, source=_SCENARIO, quality="choice", kind=DECISION)


def _of_input(scenario: Scenario, one: Input) -> Lever:
    """A number of behaviour, a policy, a fund or entered money."""
    return Lever(
        path=one.path,
        value=part_at(scenario, one.path),
        unit=one.unit,
        source=one.source,
        quality=one.quality,
        kind=DECISION if one.decided else _kind(one.quality, one.range),
        range=one.range,
        changed=one.changed,
    )


def _kind(quality: str, span: tuple[float, float] | None) -> str:
    """The kind of a number that no one decides: "assumption" or "unknown"."""
    return UNKNOWN if quality in UNSURE and span is None else ASSUMPTION


def _pair(ends: tuple[float, ...]) -> tuple[float, float] | None:
    return (ends[0], ends[1]) if ends else None
