"""Every function that a room exports names the type that it wants."""

from __future__ import annotations

import importlib
import inspect
import runpy
from pathlib import Path
from typing import Any

import pytest

from nhstransit.errors import InputError, NhstransitError

ROOMS = ("bounds", "comparison", "england", "measures", "plots", "report", "studies")
KINDS = ("Run", "Scenario", "Measures", "Comparison", "Study")


def exported() -> list[tuple[str, str]]:
    """The functions of each room whose first argument is a run, a scenario, its measures, a comparison or a study."""
    found = []
    for room in ROOMS:
        module = importlib.import_module(f"nhstransit.{room}")
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(inspect.unwrap(thing)):
                first = next(iter(inspect.signature(thing).parameters.values()), None)
                if first is not None and first.annotation in KINDS:
                    found.append((room, name))
    return found


@pytest.mark.parametrize(("room", "name"), exported(), ids=[".".join(one) for one in exported()])
def test_a_wrong_type_is_named(room: str, name: str) -> None:
    """A name in place of a run is refused in one sentence that says what is wanted."""
    function = getattr(importlib.import_module(f"nhstransit.{room}"), name)
    parameters = inspect.signature(function).parameters.values()
    needed = [one for one in parameters if one.default is one.empty and one.kind is not one.VAR_POSITIONAL]
    by_place = ["hamlet" for one in needed if one.kind is not one.KEYWORD_ONLY]
    by_name = {one.name: "hamlet" for one in needed if one.kind is one.KEYWORD_ONLY}
    with pytest.raises(InputError, match=r"^[a-z]+.*(is 'hamlet'|is a str|hamlet)"):
        list(function(*by_place, **by_name) or ())


def test_there_are_such_functions() -> None:
    """The search finds what it is for."""
    assert len(exported()) > 40


PUBLIC = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "public.py"))
ANY = {
    "about",
    "in_order",
    "luck_of",
    "place_of",
}  # they take any object: of a policy of one's own, or the thing itself


def public() -> dict[str, Any]:
    """Every public function that needs an argument, by room and name."""
    found: dict[Any, str] = {}
    for room in PUBLIC["PUBLIC"]:
        for name in PUBLIC["names"](room):
            thing = getattr(importlib.import_module(room), name)
            if PUBLIC["is_function"](thing) and needed_by(thing):
                found.setdefault(thing, f"{room}.{name}")
    return {where: thing for thing, where in found.items()}


def needed_by(function: Any) -> list[inspect.Parameter]:
    """The parameters without a default."""
    parameters = inspect.signature(function).parameters.values()
    return [one for one in parameters if one.default is one.empty and "VAR" not in one.kind.name]


@pytest.mark.parametrize("where", list(public()))
def test_a_public_function_has_no_raw_error_for_a_wrong_type(where: str) -> None:
    """An object of no known kind in place of all that it needs is refused by a sentence of the library's."""
    function = public()[where]
    wrong = object()
    by_place = [wrong for one in needed_by(function) if one.kind is not one.KEYWORD_ONLY]
    by_name = {one.name: wrong for one in needed_by(function) if one.kind is one.KEYWORD_ONLY}
    if where.rpartition(".")[2] in ANY:
        return
    with pytest.raises(NhstransitError, match=": "):
        list(function(*by_place, **by_name) or ())


def test_every_public_function_is_asked() -> None:
    """The list is that of the reference."""
    assert len(public()) > 200
