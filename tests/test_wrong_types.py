"""Every public function refuses arguments of a wrong type with a message."""

from __future__ import annotations

import importlib
import inspect
import runpy
from pathlib import Path
from typing import Any

import pytest

from nhstransit.errors import InputError, NhstransitError

SUBPACKAGES = ("bounds", "comparison", "england", "measures", "plots", "report", "studies")
KINDS = ("Run", "Scenario", "Measures", "Comparison", "Study")


def exported() -> list[tuple[str, str]]:
    """The functions of each subpackage whose first argument is a run, scenario, measures, comparison or study."""
    found = []
    for subpackage in SUBPACKAGES:
        module = importlib.import_module(f"nhstransit.{subpackage}")
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(inspect.unwrap(thing)):
                first = next(iter(inspect.signature(thing).parameters.values()), None)
                if first is not None and first.annotation in KINDS:
                    found.append((subpackage, name))
    return found


@pytest.mark.parametrize(("subpackage", "name"), exported(), ids=[".".join(one) for one in exported()])
def test_a_name_in_place_of_an_object_is_refused(subpackage: str, name: str) -> None:
    """The message says what was given."""
    function = getattr(importlib.import_module(f"nhstransit.{subpackage}"), name)
    parameters = inspect.signature(function).parameters.values()
    needed = [one for one in parameters if one.default is one.empty and one.kind is not one.VAR_POSITIONAL]
    by_position = ["hamlet" for one in needed if one.kind is not one.KEYWORD_ONLY]
    by_name = {one.name: "hamlet" for one in needed if one.kind is one.KEYWORD_ONLY}
    with pytest.raises(InputError, match=r"^[a-z]+.*(is 'hamlet'|is a str|hamlet)"):
        list(function(*by_position, **by_name) or ())


def test_the_search_finds_many_functions() -> None:
    assert len(exported()) > 40


PUBLIC = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "public.py"))
ANY = {
    "about",
    "in_order",
    "luck_of",
    "place_of",
}  # these accept any object


def public() -> dict[str, Any]:
    """Every public function with a required argument, by module and name."""
    found: dict[Any, str] = {}
    for subpackage in PUBLIC["PUBLIC"]:
        for name in PUBLIC["names"](subpackage):
            thing = getattr(importlib.import_module(subpackage), name)
            if PUBLIC["is_function"](thing) and needed_by(thing):
                found.setdefault(thing, f"{subpackage}.{name}")
    return {where: thing for thing, where in found.items()}


def needed_by(function: Any) -> list[inspect.Parameter]:
    """The parameters without a default."""
    parameters = inspect.signature(function).parameters.values()
    return [one for one in parameters if one.default is one.empty and "VAR" not in one.kind.name]


@pytest.mark.parametrize("where", list(public()))
def test_a_public_function_has_no_raw_error_for_a_wrong_type(where: str) -> None:
    """An unknown object in place of every required argument is refused with an error of the library."""
    function = public()[where]
    wrong = object()
    by_position = [wrong for one in needed_by(function) if one.kind is not one.KEYWORD_ONLY]
    by_name = {one.name: wrong for one in needed_by(function) if one.kind is one.KEYWORD_ONLY}
    if where.rpartition(".")[2] in ANY:
        return
    with pytest.raises(NhstransitError, match=": "):
        list(function(*by_position, **by_name) or ())


def test_the_list_of_public_functions_is_long() -> None:
    """It is the list of the reference."""
    assert len(public()) > 200
