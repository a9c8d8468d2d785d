"""Every function that a room exports names the type that it wants."""

from __future__ import annotations

import importlib
import inspect

import pytest

from nhstransit.errors import InputError

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
