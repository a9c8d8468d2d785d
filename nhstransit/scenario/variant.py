"""A variant: a scenario described by its differences from another: policies left out, dates moved, values set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit import toml
from nhstransit.dates import months_later
from nhstransit.errors import FormatError, Mistakes, ScenarioError
from nhstransit.fields import Parent, some_of, whole
from nhstransit.grammar import Policy
from nhstransit.organisations.bodies import KINDS, Organisation
from nhstransit.organisations.posts import found
from nhstransit.organisations.read import read_bodies
from nhstransit.scenario import own
from nhstransit.scenario.spec import Scenario
from nhstransit.scenario.tables import check_titled
from nhstransit.synthesis import StaffSynthesis
from nhstransit.synthesis.staff import Layer
from nhstransit.workforce.columns import Workforce

_ANYTHING = '"policies.mars.payback_months" = 18'
_EXAMPLES = {"law": "mars_2010.most_months = 9", "margins": "function.finance = 0.12"}


@attrs.frozen(kw_only=True)
class BodiesOf:
    """Changes to the organisations of some kinds.

    They can be absent (`absent`), stay open (`goes_on`), close on another day (`closes`), or fill their posts from
    a different day (`shadow`).
    """

    kinds: tuple[str, ...] = some_of(KINDS, ())
    absent: bool = False
    goes_on: bool = False
    closes: dt.date | None = None
    shadow: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        if not self.kinds:
            raise ScenarioError("kinds", "no kinds are given", "give the kinds of organisation")
        ends = self.absent + self.goes_on + (self.closes is not None)
        if ends > 1 or (self.absent and self.shadow) or not (ends or self.shadow):
            wrong = "has no settings, or settings that contradict one another"
            raise ScenarioError("bodies", wrong, "set `absent`, or one of `goes_on` and `closes`, or `shadow`")


@attrs.frozen(kw_only=True)
class Shift:
    """Move every day after `after`, of policies, organisations and the scenario's end, later by a number of months.

    The last day of a month is moved to the last day of the later month. Policies in `but` keep their dates.
    """

    after: dt.date
    months: int = whole(
        low=1, high=120, parent=Parent(unit="months", source="your decision: how much later the events happen")
    )
    but: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class _Written:
    """A variant's file, except its policies and settings, whose form depends on the scenario that it varies."""

    of: str
    name: str
    title: str = ""
    about: str = ""
    end: dt.date | None = None
    without: tuple[str, ...] = ()
    shift: Shift | None = None
    bodies: tuple[BodiesOf, ...] = ()
    tables: tuple[str, ...] = ()
    also: tuple[Layer, ...] = ()
    titles: toml.Named[str] = attrs.field(factory=toml.Named)


def variant(base: Scenario, tables: Mapping[str, Any], *, folder: Path | None, allow_code: bool) -> Scenario:
    """Build the scenario that `tables` describe as a variant of `base`.

    The changes are made in this order. Policies in `without` are removed, days are shifted, and organisations are
    changed. More organisations (`tables`) and layers of staff (`also`) are added. Policies are added or replaced. Numbers
    of the `law` and the `margins` are set in addition to those of the base. Last, the values in `set` and `calibrated`
    are set by dotted path; the latter get the grade "calibrated".

    Args:
        base: the scenario to vary.
        tables: the tables of the variant's file.
        folder: the folder of the files that the variant names; other files are bundled.
        allow_code: whether the user's own policies and models may be imported.

    Raises:
        FormatError, ScenarioError: with the path of the error.
    """
    mistakes = Mistakes()
    rest = dict(tables)
    written = None
    policies = toml.Named[Policy]()
    numbers = dict[str, float]()
    with mistakes.noted():
        policies = own.policies_of(rest.pop("policies", {}), folder, allow_code=allow_code)
    # What is left in `rest` must be fields of `_Written`; each of these calls takes its own table out first.
    values = _settings(rest, "set")
    fitted = _settings(rest, "calibrated")
    law = _settings(rest, "law")
    margins = _settings(rest, "margins")
    with mistakes.noted():
        numbers = dict(_numbers(fitted))
    with mistakes.noted():
        written = toml.structure(rest, _Written)
    if mistakes or written is None:
        raise mistakes.error()
    start = base.without(*written.without)
    if written.shift is not None:
        start = _shifted(start, written.shift)
    check_titled(written.titles, {**start.policies, **policies})
    bodies = _otherwise(start.organisations, written.bodies)
    for name in written.tables:
        bodies = (*bodies, *read_bodies(found(name, folder, place="tables"), alone=False))
    # A staff list refers to employers by position, and positions change if organisations are left out.
    staff = _listed(start.staff, tuple(body.name for body in bodies))
    # All of these change in one step, because a scenario with only some of the changes may not be valid.
    changed = attrs.evolve(
        start,
        name=written.name,
        title=written.title,
        about=written.about,
        end=written.end or start.end,
        organisations=bodies,
        staff=_layered(staff, written.also),
        policies=toml.InOrder({**start.policies, **policies}),
        titles=toml.Named({**start.titles, **written.titles}),
        law={**start.law, **_changes("law", law)},
        margins={**start.margins, **_changes("margins", margins)},
    )
    # Single values come last, so that they can also be set in policies that this variant adds.
    for path, item in (*_paths(values), *_paths(fitted)):
        with mistakes.noted():
            changed = changed.having(path, item)
    mistakes.tell()
    return attrs.evolve(changed, calibrated=toml.Named({**changed.calibrated, **numbers}))


def _changes(root: str, tables: Mapping[str, Any]) -> toml.Changes:
    """What a variant sets in the law or the margins."""
    try:
        return toml.Changes(tables)
    except FormatError as error:
        raise error.within(root) from None


def _paths(tables: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted paths and values, whether a path is written in quotation marks or as tables within tables."""
    # A table under a key with full stops is a value: the key is a whole path. Other tables are steps of a path.
    for name, item in tables.items():
        path = f"{before}.{name}" if before else name
        if isinstance(item, Mapping) and ("." not in name or before):
            yield from _paths(item, path)
        else:
            yield path, item


def _settings(tables: dict[str, Any], name: str) -> Mapping[str, Any]:
    """The settings in a table of dotted paths, which is removed from the tables."""
    settings = tables.pop(name, {})
    if not isinstance(settings, Mapping):
        raise FormatError(name, "is not a table", f"write [{name}], {_EXAMPLES.get(name, _ANYTHING)}")
    return settings


def _numbers(fitted: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, float]]:
    """The fitted numbers by their dotted paths. Raises FormatError for a value that is not a number."""
    for name, item in fitted.items():
        here = f"{path}.{name}" if path else name
        if isinstance(item, Mapping):
            yield from _numbers(item, here)
        elif isinstance(item, (int, float)) and not isinstance(item, bool):
            yield here, item
        else:
            raise FormatError(f"calibrated.{here}", f"is {item!r}", "give a number, or set it under [set]")


def _otherwise(bodies: Iterable[Organisation], changes: tuple[BodiesOf, ...]) -> tuple[Organisation, ...]:
    """The organisations with the changes to some kinds. Absent ones are also removed as parents or successors."""
    kinds = {kind: change for change in changes for kind in change.kinds}
    absent = {body.name for body in bodies if body.kind in kinds and kinds[body.kind].absent}
    made = []
    for body in bodies:
        if body.name in absent:
            continue
        change = kinds.get(body.kind)
        closes = body.closes
        shadow = body.shadow
        if change is not None:
            closes = None if change.goes_on else change.closes or closes
            shadow = change.shadow or shadow
        heirs = tuple(name for name in body.successors if name not in absent)
        parent = "" if body.parent in absent else body.parent
        made.append(attrs.evolve(body, closes=closes, shadow=shadow, successors=heirs, parent=parent))
    return tuple(made)


def _listed(staff: Workforce | StaffSynthesis, employers: tuple[str, ...]) -> Workforce | StaffSynthesis:
    """The staff with their employers indexed as in `employers`.

    Raises ScenarioError if an absent organisation has staff.
    """
    if isinstance(staff, StaffSynthesis) or staff.employers == employers:
        return staff
    positions = [employers.index(name) if name in employers else -1 for name in staff.employers]
    employer = np.array(positions, "int16")[staff.employer]
    if (employer < 0).any():
        name = staff.employers[staff.employer[int(np.argmin(employer))]]
        raise ScenarioError("bodies", f"make {name} absent, but it has staff", "let it continue, or close")
    return attrs.evolve(staff, employer=employer, employers=employers)


def _layered(staff: Workforce | StaffSynthesis, also: tuple[Layer, ...]) -> Workforce | StaffSynthesis:
    """The staff with more layers added. Raises ScenarioError for a staff list, which has no layers."""
    if not also:
        return staff
    if not isinstance(staff, StaffSynthesis):
        raise ScenarioError("also", "adds layers to a staff list", "add them to a scenario whose staff are synthesised")
    return attrs.evolve(staff, also=(*staff.also, *also))


def _shifted(scenario: Scenario, shift: Shift) -> Scenario:
    for name in shift.but:
        if name not in scenario.policies:
            raise ScenarioError("shift.but", f"has the unknown name {name!r}", f"known: {', '.join(scenario.policies)}")
    policies: dict[str, Policy] = {}
    for name, policy in scenario.policies.items():
        policies[name] = policy if name in shift.but else _later(policy, shift)
    return attrs.evolve(
        scenario,
        end=months_later(scenario.end, shift.months),
        organisations=tuple(_later(body, shift) for body in scenario.organisations),
        policies=toml.InOrder(policies),
    )


def _later(thing: Any, shift: Shift) -> Any:
    """A specification with its days, and those of its parts, moved."""
    if isinstance(thing, dt.date):
        return months_later(thing, shift.months) if thing > shift.after else thing
    if isinstance(thing, tuple):
        return tuple(_later(item, shift) for item in thing)
    if attrs.has(type(thing)):
        # Only fields that changed are replaced, because some fields do not accept their own stored form.
        fields = [field.name for field in attrs.fields(type(thing)) if field.init]
        moved = {name: _later(getattr(thing, name), shift) for name in fields}
        changed = {name: item for name, item in moved.items() if item is not getattr(thing, name)}
        return attrs.evolve(thing, **changed)
    return thing
