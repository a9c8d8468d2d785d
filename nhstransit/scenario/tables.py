"""A scenario from the tables of a TOML file, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs

from nhstransit import toml
from nhstransit.behaviour import Behaviour
from nhstransit.errors import FormatError, InputError, Mistakes, ScenarioError, check_kind, nearest
from nhstransit.grammar import Policy
from nhstransit.organisations.bodies import Organisation
from nhstransit.organisations.funds import Fund
from nhstransit.organisations.posts import Places, found
from nhstransit.scenario.dated import Dated, Timeline
from nhstransit.scenario.entered import Entered
from nhstransit.scenario.own import behaviour_of, policies_of, written_behaviour, written_policies
from nhstransit.scenario.spec import Scenario, opening_of
from nhstransit.synthesis import StaffSynthesis
from nhstransit.toml import Changes, Named
from nhstransit.workforce.columns import Workforce
from nhstransit.workforce.read import read_staff

_NOBODY = StaffSynthesis(margins="", base="")  # placeholder for an invalid staff list, to find other errors too


@attrs.frozen(kw_only=True)
class StaffFile:
    """The path of the staff list, relative to the scenario's own file."""

    file: str


@attrs.frozen(kw_only=True)
class _Written:
    """What a scenario file may contain, except policies, behaviour and staff, whose classes depend on the contents."""

    name: str
    title: str = ""
    about: str = ""
    start: dt.date
    end: dt.date
    staff_seed: int = 0
    functions: tuple[str, ...]
    places: Places | None = None
    organisations: tuple[Organisation, ...] = ()
    funds: Named[Fund] = attrs.field(factory=Named)
    entered: Named[Entered] = attrs.field(factory=Named)
    timeline: str = ""
    dated: Named[Dated] = attrs.field(factory=Named)
    titles: Named[str] = attrs.field(factory=Named)
    calibrated: Named[float] = attrs.field(factory=Named)
    law_as_of: dt.date | None = None
    law_carried_to: dt.date | None = None
    law: Named[Any] = attrs.field(factory=Named)
    margins: Named[Any] = attrs.field(factory=Named)
    successors: Named[Any] = attrs.field(factory=Named)


def from_tables(
    tables: Mapping[str, Any],
    *,
    folder: Path | None = None,
    staff: Workforce | StaffSynthesis | None = None,
    allow_code: bool = False,
) -> Scenario:
    """Build the scenario that the tables describe.

    Args:
        tables: the tables of a scenario file.
        folder: the folder of the files that the scenario names; other files are bundled.
        staff: the staff to use if the tables do not mention them.
        allow_code: whether the user's own policies and models may be imported.

    Raises:
        FormatError, ScenarioError, OrganisationError, StaffError: with every error, by the dotted path of its key.
    """
    # Each part is read even if another one is not valid, so that all mistakes of a file are reported at once. A part that
    # cannot be read is replaced by an empty one, for which later checks find nothing wrong.
    check_kind("tables", tables, Mapping, "give a mapping, such as a dictionary")
    mistakes = _FileMistakes(tables)
    rest = dict(tables)
    policies = Named[Policy]()
    behaviour = Behaviour()
    written = None
    people: Workforce | StaffSynthesis | None = staff
    bodies: tuple[Organisation, ...] = ()
    dated = Named[Dated]()
    with mistakes.noted():
        policies = policies_of(rest.pop("policies", {}), folder, allow_code=allow_code)
    with mistakes.noted():
        behaviour = behaviour_of(rest.pop("behaviour", {}), folder, allow_code=allow_code)
    listed = rest.pop("staff", None)
    with mistakes.noted():
        written = toml.structure(rest, _Written)
    if written is None:
        raise mistakes.error()  # nothing else can be checked without dates, functions and organisations
    with mistakes.noted():
        bodies = _bodies(written, folder)
    with mistakes.noted():
        dated = _dated(written, folder)
    with mistakes.noted():
        check_titled(written.titles, policies)
    with mistakes.noted():
        people = _people(listed, staff, written, bodies, folder) if written.functions else None
    with mistakes.noted():
        scenario = Scenario(
            name=written.name,
            title=written.title,
            about=written.about,
            start=written.start,
            end=written.end,
            staff_seed=written.staff_seed,
            functions=written.functions,
            organisations=bodies,
            funds=written.funds,
            entered=written.entered,
            dated=dated,
            titles=written.titles,
            calibrated=written.calibrated,
            behaviour=behaviour,
            law=written.law,
            law_as_of=written.law_as_of,
            law_carried_to=written.law_carried_to,
            margins=written.margins,
            successors=written.successors,
            plans=None if written.places is None else written.places.plans(folder),
            policies=policies,
            staff=_NOBODY if people is None else people,
            home=folder,
        )
    mistakes.tell()
    return scenario


class _FileMistakes(Mistakes):
    """Errors in a file's tables, in the order of the file."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        super().__init__()
        self._places = {key: place for place, key in enumerate(tables)}

    def add(self, error: InputError | Callable[[], InputError], *order: int) -> None:
        """Record an error at the position of the key that its path begins with, otherwise at the end."""
        for one in error.each() if isinstance(error, InputError) else ():
            # The key is the path up to the first full stop or bracket. An error about another file has no key here.
            key = "" if one.file else one.where.partition(".")[0].partition("[")[0]
            place = self._places.get(key, len(self._places))
            one.order = (place, *one.order)
            super().add(one)


def _bodies(written: _Written, folder: Path | None) -> tuple[Organisation, ...]:
    """The organisations of the files that `places` names, and the scenario's own."""
    if written.places is None:
        return written.organisations
    try:
        changes = Changes(written.successors)
    except InputError as error:
        raise error.within("successors") from None
    try:
        made = written.places.organisations(written.functions, folder=folder, changes=changes)
    except InputError as error:
        raise error.within("places") from None
    return (*made, *written.organisations)


def _dated(written: _Written, folder: Path | None) -> Named[Dated]:
    """The dated facts of the file that `timeline` names, and the scenario's own, which take precedence."""
    if not written.timeline:
        return written.dated
    listed = toml.load(found(written.timeline, folder, place="timeline"), Timeline).dated
    return Named({**listed, **written.dated})


def to_tables(scenario: Scenario) -> dict[str, Any]:
    """The tables that describe a scenario, without a staff list; `from_tables` reads them."""
    check_kind("scenario", scenario, Scenario)
    apart = ("staff", "behaviour", "policies", "home", "law", "margins", "successors", "plans", "titles")
    plain = {
        field.name: toml.unstructure(getattr(scenario, field.name))
        for field in attrs.fields(Scenario)
        if field.name not in apart
    }
    if isinstance(scenario.staff, StaffSynthesis):
        plain["staff"] = toml.unstructure(scenario.staff)
    plain["behaviour"] = written_behaviour(scenario.behaviour)
    # Numbers by dotted path are written as tables within tables, which is how users write them.
    for name in ("law", "margins", "successors"):
        changes = getattr(scenario, name)
        if changes:
            plain[name] = changes.nested()
    titled = {name: title for name, title in scenario.titles.items() if name in scenario.policies}
    if titled:
        plain["titles"] = titled
    return {**plain, "policies": written_policies(scenario.policies)}


def check_titled(titles: Mapping[str, str], policies: Mapping[str, Policy]) -> None:
    """Check that every title is for a policy of the scenario. Raises ScenarioError with the nearest name."""
    for name in titles:
        if name not in policies:
            raise ScenarioError(f"titles.{name}", "is not a policy of this scenario", nearest(name, policies))


def _people(
    table: Any,
    staff: Workforce | StaffSynthesis | None,
    written: _Written,
    bodies: tuple[Organisation, ...],
    folder: Path | None,
) -> Workforce | StaffSynthesis:
    """The staff list in `file`, the margins to make staff from, or the staff given."""
    if not table:
        if staff is None:
            raise FormatError("staff", "is missing", 'name a staff list: [staff], file = "staff.csv"')
        return staff
    try:
        if not isinstance(table, Mapping) or "file" not in table:
            _check_what_it_is(table)
            return toml.structure(table, StaffSynthesis)
        path = found(toml.structure(table, StaffFile).file, folder)
    except InputError as error:
        raise error.within("staff") from None
    if not bodies:  # every row would name an unknown employer
        raise ScenarioError("organisations", "no organisations are given", "describe the ones that employ the staff")
    names = tuple(body.name for body in bodies)
    opening = opening_of(written.start, Changes(written.law), written.law_carried_to)
    return read_staff(path, names, written.functions, opening=opening)


def _check_what_it_is(table: Any) -> None:
    """Raise FormatError for a table of staff that is neither a list (`file`) nor made from margins."""
    # A table with some key of the margins is read as such, and errors are then about its other keys.
    margins = [field.name for field in attrs.fields(StaffSynthesis)]
    if isinstance(table, Mapping) and not set(margins) & set(table):
        key = next(iter(table))
        right = nearest(str(key), ["file", *margins])
        raise FormatError(str(key), "is not a key that is allowed here", right)


def read(path: Path, *, allow_code: bool = False) -> Scenario:
    """The scenario in a TOML file; every error names the file."""
    tables = toml.read(path)
    try:
        return from_tables(tables, folder=path.parent, allow_code=allow_code)
    except InputError as error:
        raise error.in_file(path) from None
