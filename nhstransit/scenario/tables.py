"""A scenario from the tables of a TOML file, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from nhstransit import toml
from nhstransit.behaviour import Behaviour
from nhstransit.errors import FormatError, InputError, ScenarioError, nearest
from nhstransit.grammar import Policy
from nhstransit.organisations.bodies import Organisation
from nhstransit.policies import POLICIES
from nhstransit.scenario.spec import Scenario, located
from nhstransit.toml import Named
from nhstransit.workforce.columns import Workforce
from nhstransit.workforce.read import read_staff


@attrs.frozen(kw_only=True)
class StaffFile:
    """Where the staff list lies, beside the scenario's own file."""

    file: str


@attrs.frozen(kw_only=True)
class _Written:
    """What a scenario file may hold, but for its policies, whose classes depend on their type."""

    name: str
    title: str = ""
    about: str = ""
    start: dt.date
    end: dt.date
    staff_seed: int = 0
    functions: tuple[str, ...]
    organisations: tuple[Organisation, ...]
    staff: StaffFile | None = None
    behaviour: Behaviour = attrs.field(factory=Behaviour)


def from_tables(tables: Mapping[str, Any], *, folder: Path | None = None, staff: Workforce | None = None) -> Scenario:
    """The scenario that the tables describe; its staff from the file they name in `folder`, or as given.

    Raises FormatError, ScenarioError, OrganisationError or StaffError with the dotted path of the key at fault.
    """
    rest = dict(tables)
    policies = _policies(rest.pop("policies", {}))
    written = toml.structure(rest, _Written)
    names = tuple(body.name for body in written.organisations)
    if staff is None:
        if written.staff is None or folder is None:
            raise FormatError("staff", "is missing", 'name a staff list: [staff], file = "staff.csv"')
        staff = read_staff(_beside(folder, written.staff.file), names, written.functions)
    parts = {field.name: getattr(written, field.name) for field in attrs.fields(_Written)}
    return Scenario(**{**parts, "staff": staff, "policies": policies})


def to_tables(scenario: Scenario) -> dict[str, Any]:
    """The tables that describe a scenario, all but its staff; `from_tables` reads them."""
    kinds = {kind: name for name, kind in POLICIES.items()}
    plain = {
        field.name: toml.unstructure(getattr(scenario, field.name))
        for field in attrs.fields(Scenario)
        if field.name not in ("staff", "policies")
    }
    policies = {}
    for name, policy in scenario.policies.items():
        if type(policy) not in kinds:
            right = "keep such a scenario as the Python that makes it"
            raise ScenarioError(f"policies.{name}", f"is a {type(policy).__name__}, which no file can name", right)
        policies[name] = {"type": kinds[type(policy)], **toml.unstructure(policy)}
    return {**plain, "policies": policies}


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
        if kind not in POLICIES:
            raise ScenarioError(f"{place}.type", f"is {kind!r}", nearest(str(kind), POLICIES))
        try:
            policies[name] = toml.structure(fields, POLICIES[kind])
        except InputError as error:
            raise type(error)(f"{place}.{error.where}", error.wrong, error.right) from None
    return Named(policies)


def _beside(folder: Path, name: str) -> Path:
    """A file in the scenario's folder or below; a scenario file may not point elsewhere."""
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        raise FormatError("staff.file", f"is {name!r}", "name a file beside the scenario's own, without `..`")
    return folder / path


def read(path: Path) -> Scenario:
    """The scenario in a TOML file; every error tells the file."""
    tables = toml.read(path)
    try:
        return from_tables(tables, folder=path.parent)
    except InputError as error:
        raise error if error.where.startswith(str(path.parent)) else located(error, str(path)) from None
