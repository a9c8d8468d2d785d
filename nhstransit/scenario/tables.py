"""A scenario from the tables of a TOML file, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs

from nhstransit import toml
from nhstransit.errors import FormatError, InputError
from nhstransit.organisations.bodies import Organisation
from nhstransit.organisations.funds import Fund
from nhstransit.organisations.places import Places, found
from nhstransit.scenario.entered import Entered
from nhstransit.scenario.own import behaviour_of, policies_of, written_behaviour, written_policies
from nhstransit.scenario.spec import Scenario, located
from nhstransit.synthesis import StaffSynthesis
from nhstransit.toml import Named
from nhstransit.workforce.columns import Workforce
from nhstransit.workforce.read import read_staff

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class StaffFile:
    """Where the staff list lies, beside the scenario's own file."""

    file: str


@attrs.frozen(kw_only=True)
class _Written:
    """What a scenario file may hold, but for policies, behaviour and staff, whose classes depend on what is written."""

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
    calibrated: Named[float] = attrs.field(factory=Named)


def from_tables(
    tables: Mapping[str, Any],
    *,
    folder: Path | None = None,
    staff: Workforce | None = None,
    allow_code: bool = False,
) -> Scenario:
    """The scenario that the tables describe.

    Files it names lie in `folder` or are bundled. `staff` stands in where the tables say nothing of the staff. Policies and
    models of one's own are imported only with `allow_code`. Raises
    FormatError, ScenarioError, OrganisationError or StaffError with the dotted path of the key at fault.
    """
    rest = dict(tables)
    policies = policies_of(rest.pop("policies", {}), folder, allow_code=allow_code)
    behaviour = behaviour_of(rest.pop("behaviour", {}), folder, allow_code=allow_code)
    listed = rest.pop("staff", None)
    written = toml.structure(rest, _Written)
    bodies = written.organisations
    if written.places is not None:
        bodies = (*_under("places", lambda: _placed(written, folder)), *bodies)
    return Scenario(
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
        calibrated=written.calibrated,
        behaviour=behaviour,
        policies=policies,
        staff=_under("staff", lambda: _staff(listed, written.functions, bodies, folder)) if listed else _given(staff),
        home=folder,
    )


def to_tables(scenario: Scenario) -> dict[str, Any]:
    """The tables that describe a scenario, all but a staff list; `from_tables` reads them."""
    apart = ("staff", "behaviour", "policies", "home")
    plain = {
        field.name: toml.unstructure(getattr(scenario, field.name))
        for field in attrs.fields(Scenario)
        if field.name not in apart
    }
    if isinstance(scenario.staff, StaffSynthesis):
        plain["staff"] = toml.unstructure(scenario.staff)
    plain["behaviour"] = written_behaviour(scenario.behaviour)
    return {**plain, "policies": written_policies(scenario.policies)}


def _placed(written: _Written, folder: Path | None) -> tuple[Organisation, ...]:
    places = written.places or Places(bodies=())
    return places.organisations(written.functions, folder=folder)


def _staff(
    table: Any, functions: tuple[str, ...], bodies: tuple[Organisation, ...], folder: Path | None
) -> Workforce | StaffSynthesis:
    """The staff list that `file` names, or the margins to make staff from."""
    if not isinstance(table, Mapping) or "file" not in table:
        return toml.structure(table, StaffSynthesis)
    path = found(toml.structure(table, StaffFile).file, folder)
    return read_staff(path, tuple(body.name for body in bodies), functions)


def _given(staff: Workforce | None) -> Workforce:
    if staff is None:
        raise FormatError("staff", "is missing", 'name a staff list: [staff], file = "staff.csv"')
    return staff


def _under(place: str, make: Callable[[], T]) -> T:
    """What `make` makes; its errors are told under `place`, but for those that name a file."""
    try:
        return make()
    except FormatError as error:
        if "/" in error.where:
            raise
        raise FormatError(f"{place}.{error.where}" if error.where else place, error.wrong, error.right) from None


def read(path: Path, *, allow_code: bool = False) -> Scenario:
    """The scenario in a TOML file; every error tells the file."""
    tables = toml.read(path)
    try:
        return from_tables(tables, folder=path.parent, allow_code=allow_code)
    except InputError as error:
        raise error if error.where.startswith(str(path.parent)) else located(error, str(path)) from None
