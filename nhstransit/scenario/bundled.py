"""The bundled scenarios, and loading a scenario by name or by path."""

from __future__ import annotations

import os
from copy import copy
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from nhstransit import toml
from nhstransit.errors import InputError, ScenarioError, check_kind, nearest, shown
from nhstransit.files import leads_out
from nhstransit.scenario import tables
from nhstransit.scenario.spec import Scenario, check_law_reaches
from nhstransit.scenario.variant import variant

_MOST_STEPS = 50  # the longest chain of variants of variants


def bundled_names() -> tuple[str, ...]:
    """Names of the bundled scenarios."""
    folder = files("nhstransit.data") / "scenarios"
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load_scenario(name: str | Path, *, allow_code: bool = False) -> Scenario:
    """A bundled scenario by its name, or one from a TOML file by its path.

    A file may name the user's own policies and models by import path ("module:Class"). Importing runs their code, so
    they are imported only with `allow_code`.

    Raises:
        ScenarioError: for a name that is not known, with the nearest one.
        FormatError, StaffError and others: for a file that is not valid.
    """
    # The check is not made in `_loaded`, because a scenario may be the base of a variant with an earlier end.
    found = _loaded(name, allow_code, ())
    try:
        check_law_reaches(found)
    except InputError as error:
        raise error.in_file(Path(name)) from None
    return found


def _loaded(name: str | Path, allow_code: bool, through: tuple[Path, ...]) -> Scenario:
    """Load the scenario; `through` are the absolute paths of the files that are variants of it, the outermost first."""
    check_kind("name", name, (str, os.PathLike), "give the name of a bundled scenario, or the path of a .toml file")
    # Anything that looks like a path is read as one, even if a bundled scenario has a similar name.
    path = Path(name)
    if path.suffix == ".toml" or len(path.parts) > 1:
        return _read(path, allow_code, through)
    known = bundled_names()
    if str(name) not in known:
        right = f"{nearest(str(name), known)}; or give the path of a .toml file"
        raise ScenarioError(f"scenario {shown(str(name))}", "is not bundled", right)
    return copy(_bundled(str(name)))


@cache
def _bundled(name: str) -> Scenario:
    """A bundled scenario, read once per process: its files do not change, and a report needs several of them often.

    Callers get a copy. So the opening staff that a scenario stores is freed when the caller's copy is.
    """
    with as_file(files("nhstransit.data") / "scenarios") as folder:
        return _read(folder / f"{name}.toml", False, ())


def named_in(name: str, folder: Path, place: str) -> str | Path:
    """The name or path, for `load_scenario`, of a scenario that a file refers to.

    It may be the name of a bundled scenario, a .toml file in the same folder or in a folder below it, or an absolute
    path. A path with `..` could lead to a different file on each machine, and is refused.

    Args:
        name: the name or path in the file.
        folder: the file's folder.
        place: the key of the name, for the error.

    Raises:
        ScenarioError: for any other name.
    """
    if not name.endswith(".toml"):
        if name not in bundled_names():
            right = f"{nearest(name, bundled_names())}; or name a .toml file beside this one"
            raise ScenarioError(f"scenario {shown(name)}", "is not bundled", right)
        return name
    if Path(name).is_absolute() and ".." not in Path(name).parts:
        return Path(name)
    if leads_out(name):
        wrong = f"is {shown(name)}, which is outside the file's folder"
        raise ScenarioError(place, wrong, "give a file in that folder or in a folder below it, or an absolute path")
    return folder / name


def bundled_variant(name: str, base: Scenario) -> Scenario:
    """A bundled variant, applied to another base than its own.

    It has the variant's names and the numbers of `base`, so that a variant of a fitted scenario can be made before the
    fit. Raises ScenarioError for a name that is not a bundled variant.
    """
    check_kind("name", name, str, "give text")
    check_kind("base", base, Scenario)
    known = tuple(each for each in bundled_names() if "of" in _tables(each))
    if name not in known:
        raise ScenarioError(f"scenario {name!r}", "is not a bundled variant", nearest(name, known))
    with as_file(files("nhstransit.data") / "scenarios") as folder:
        return variant(base, _tables(name), folder=folder, allow_code=False)


def _tables(name: str) -> dict[str, Any]:
    """The contents of a bundled scenario's file."""
    with as_file(files("nhstransit.data") / "scenarios" / f"{name}.toml") as path:
        return toml.read(path)


def _read(path: Path, allow_code: bool, through: tuple[Path, ...]) -> Scenario:
    """The scenario in a file. A variant starts from the scenario in `of`: a bundled name or a path beside it."""
    written = toml.read(path)
    if "of" not in written:
        return tables.read(path, allow_code=allow_code)
    here = path.resolve()
    try:
        if not isinstance(written["of"], str):
            raise ScenarioError("of", f"is {shown(written['of'])}", "give the name of a scenario")
        # `through` is the chain of variants that led here. A file that is already in it would be read without end.
        if here in through:
            circle_of_files = (*through[through.index(here) :], here)
            circle = " → ".join(file.name for file in circle_of_files)
            right = "start one of these files from another scenario, or describe it completely"
            wrong = f"leads back to the same file: {circle}" if through[-1] != here else "names this file itself"
            raise ScenarioError("of", wrong, right)
        if len(through) >= _MOST_STEPS:
            raise ScenarioError(
                "of", f"leads through more than {_MOST_STEPS} variants", "use fewer variants of variants"
            )
        base_name = named_in(written["of"], path.parent, "of")
        base = _loaded(base_name, allow_code, (*through, here))
        return variant(base, written, folder=path.parent, allow_code=allow_code)
    except InputError as error:
        raise error.in_file(path) from None
