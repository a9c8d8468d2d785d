"""The scenarios that come with the library, and loading one by name or by path."""

from __future__ import annotations

import os
from importlib.resources import as_file, files
from pathlib import Path

from nhstransit import toml
from nhstransit.errors import InputError, ScenarioError, check_kind, nearest
from nhstransit.scenario import tables
from nhstransit.scenario.spec import Scenario, located
from nhstransit.scenario.variant import variant


def bundled_names() -> tuple[str, ...]:
    """Names of the bundled scenarios."""
    folder = files("nhstransit.data") / "scenarios"
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load_scenario(name: str | Path, *, allow_code: bool = False) -> Scenario:
    """A bundled scenario by its name, or one from a TOML file by its path.

    A file may name policies and models of one's own by import path ("module:Class"); they are imported, which runs their
    code, only with `allow_code`. Raises ScenarioError for a name that is neither, with the nearest known; FormatError,
    StaffError and the like for a file that is not right.
    """
    check_kind("name", name, (str, os.PathLike), "give the name of a bundled scenario, or the path of a .toml file")
    path = Path(name)
    if path.suffix == ".toml" or len(path.parts) > 1:
        return _read(path, allow_code=allow_code)
    known = bundled_names()
    if str(name) not in known:
        right = f"{nearest(str(name), known)}; or give the path of a .toml file"
        raise ScenarioError(f"scenario {str(name)!r}", "is not bundled", right)
    with as_file(files("nhstransit.data") / "scenarios") as folder:
        return _read(folder / f"{name}.toml", allow_code=allow_code)


def _read(path: Path, *, allow_code: bool) -> Scenario:
    """The scenario in a file; one that is a variant `of` another starts from that: a bundled name, or a path beside it."""
    told = toml.read(path)
    if "of" not in told:
        return tables.read(path, allow_code=allow_code)
    try:
        if not isinstance(told["of"], str):
            raise ScenarioError("of", f"is {told['of']!r}", "name a scenario")
        beside = path.parent / told["of"]
        if beside == path:
            raise ScenarioError("of", "names this file itself", "name the scenario that it varies")
        base = load_scenario(beside if told["of"].endswith(".toml") else told["of"], allow_code=allow_code)
        return variant(base, told, folder=path.parent, allow_code=allow_code)
    except InputError as error:
        raise error if error.where.startswith(str(path.parent)) else located(error, str(path)) from None
