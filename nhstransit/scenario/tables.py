"""A scenario from the tables of a TOML file, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import attrs

from nhstransit import toml
from nhstransit.behaviour import Behaviour
from nhstransit.errors import FormatError, InputError, ScenarioError, nearest
from nhstransit.grammar import Policy
from nhstransit.organisations.bodies import Organisation
from nhstransit.organisations.funds import Fund
from nhstransit.organisations.places import Places, found
from nhstransit.policies import POLICIES
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
    """What a scenario file may hold, but for policies and staff, whose classes depend on what is written."""

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
    behaviour: Behaviour = attrs.field(factory=Behaviour)


def from_tables(tables: Mapping[str, Any], *, folder: Path | None = None, staff: Workforce | None = None) -> Scenario:
    """The scenario that the tables describe.

    Files it names lie in `folder` or are bundled. `staff` stands in where the tables say nothing of the staff. Raises
    FormatError, ScenarioError, OrganisationError or StaffError with the dotted path of the key at fault.
    """
    rest = dict(tables)
    policies, listed = _policies(rest.pop("policies", {})), rest.pop("staff", None)
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
        behaviour=written.behaviour,
        policies=policies,
        staff=_under("staff", lambda: _staff(listed, written.functions, bodies, folder)) if listed else _given(staff),
        home=folder,
    )


def to_tables(scenario: Scenario) -> dict[str, Any]:
    """The tables that describe a scenario, all but a staff list; `from_tables` reads them."""
    kinds = {kind: name for name, kind in POLICIES.items()}
    apart = ("staff", "policies", "home")
    plain = {
        field.name: toml.unstructure(getattr(scenario, field.name))
        for field in attrs.fields(Scenario)
        if field.name not in apart
    }
    if isinstance(scenario.staff, StaffSynthesis):
        plain["staff"] = toml.unstructure(scenario.staff)
    _check_behaviour(scenario.behaviour)
    policies = {}
    for name, policy in scenario.policies.items():
        if type(policy) not in kinds:
            right = "keep such a scenario as the Python that makes it"
            raise ScenarioError(f"policies.{name}", f"is a {type(policy).__name__}, which no file can name", right)
        policies[name] = {"type": kinds[type(policy)], **toml.unstructure(policy)}
    return {**plain, "policies": policies}


def _check_behaviour(behaviour: Behaviour) -> None:
    """Raise ScenarioError for a model of a user's own: a file would make another, silently."""
    for field in attrs.fields(attrs.resolve_types(Behaviour)):
        model = getattr(behaviour, field.name)
        if type(model) is not field.type:
            right = "keep such a scenario as the Python that makes it"
            raise ScenarioError(
                f"behaviour.{field.name}", f"is a {type(model).__name__}, which no file can name", right
            )


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


def _policies(tables: Any) -> Named[Policy]:
    """The policies by name; `type` says the class, and may be left out where the name is one."""
    if not isinstance(tables, Mapping):
        raise FormatError("policies", "is not a table", "write [policies.mars] and the like")
    policies: dict[str, Policy] = {}
    for name, table in tables.items():
        place = f"policies.{name}"
        if not isinstance(table, Mapping):
            raise FormatError(place, f"is {table!r}", "write a table")
        fields = dict(table)
        kind = fields.pop("type", name)
        if not isinstance(kind, str) or kind not in POLICIES:
            raise ScenarioError(f"{place}.type", f"is {kind!r}", nearest(str(kind), POLICIES))
        try:
            policies[name] = toml.structure(fields, POLICIES[kind])
        except InputError as error:
            raise type(error)(f"{place}.{error.where}", error.wrong, error.right) from None
    return Named(policies)


def read(path: Path) -> Scenario:
    """The scenario in a TOML file; every error tells the file."""
    tables = toml.read(path)
    try:
        return from_tables(tables, folder=path.parent)
    except InputError as error:
        raise error if error.where.startswith(str(path.parent)) else located(error, str(path)) from None
