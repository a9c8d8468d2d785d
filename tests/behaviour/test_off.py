"""Any one effect is switched off by its name, and any model may be a class of one's own."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.behaviour import EFFECTS, Behaviour, Departures, Outlook, SeveranceChoice
from nhstransit.errors import ScenarioError
from nhstransit.grammar import Exposure
from nhstransit.scenario import load_scenario, to_tables
from nhstransit.scenario.tables import from_tables
from tests.small import behaving, person, played

MODELS = ("departures", "outlook", "severance", "retention", "post")


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_names_parameters_that_exist_and_a_neutral_value_within_their_limits(effect: str) -> None:
    """Each part of an effect is a field of a model, and the model can be made with its neutral value."""
    behaviour = Behaviour().without(effect).in_force()
    for part in EFFECTS[effect]:
        model = getattr(behaviour, part.model)
        wanted = part.to if isinstance(part.to, float) else getattr(model, part.to)
        assert getattr(model, part.field) == wanted


@pytest.mark.parametrize("effect", EFFECTS)
def test_what_is_not_named_stays_as_it_was(effect: str) -> None:
    """Switching one effect off changes the parameters it names and no other."""
    before = Behaviour()
    after = Behaviour().without(effect).in_force()
    named = {(part.model, part.field) for part in EFFECTS[effect]}
    for model in MODELS:
        old = getattr(before, model)
        new = getattr(after, model)
        changed = {(model, f.name) for f in attrs.fields(type(old)) if getattr(old, f.name) != getattr(new, f.name)}
        assert changed <= named


def _exposed(**columns: Any) -> Exposure:
    usual = {"age": 40, "service_months": 60, "risk": 0.0, "skill": 0.0, "outside": 0.0, "premium": 0.0}
    usual |= {"disposition": 0, "departed": 0.0, "redundancy_months": 0.0}
    return Exposure(**{name: np.array([value]) for name, value in {**usual, **columns}.items()})


ALL_ON = Behaviour(departures=Departures(waiting=0.05, contagion=0.2))
PUSHES = [
    ("announcement", {"risk": 0.7}),
    ("age", {"age": 25}),
    ("service", {"service_months": 6}),
    ("outside-option", {"outside": 2.0}),
    ("premium", {"premium": 0.2}),
    ("waiting", {"redundancy_months": 20.0, "risk": 0.5}),
    ("contagion", {"departed": 0.1}),
    ("disposition", {"disposition": 1}),
    ("skill", {"skill": 2.0}),
]


@pytest.mark.parametrize(("effect", "push"), PUSHES, ids=[effect for effect, _ in PUSHES])
def test_off_means_that_the_push_moves_nothing(effect: str, push: dict[str, Any]) -> None:
    """The hazards of somebody pushed are those of somebody not, once the effect is off; with it on they differ.

    Perceived risk given with another push stands on both sides.
    """
    risk = {"risk": push["risk"]} if effect == "waiting" else {}

    def moved(behaviour: Behaviour) -> bool:
        model = behaviour.in_force().departures
        pushed, calm = (model.rates(np.array([0.1]), _exposed(**each)) for each in (push, risk))
        return not np.allclose(pushed, calm, rtol=1e-12)

    assert moved(ALL_ON) and not moved(ALL_ON.without(effect))


def test_threat_off_leaves_the_selection_of_calm_times() -> None:
    """At certain risk the able then leave as in calm times: at the announcement's ratio, times exp(calm × skill)."""
    model = Behaviour().without("threat").in_force().departures
    able, usual = (model.rates(np.array([0.1]), _exposed(risk=1.0, skill=skill))[3, 0] for skill in (1.0, 0.0))
    assert able / usual == pytest.approx(np.exp(model.skill_calm))


def test_an_unknown_effect_is_told_with_the_nearest() -> None:
    """A mistyped name is refused with the nearest known."""
    with pytest.raises(ScenarioError, match=r"^off: has the unknown name 'contagien'; did you mean 'contagion'\?"):
        Behaviour().without("contagien")
    with pytest.raises(ScenarioError, match=r"^behaviour\.off: has the unknown name 'contagien'"):
        load_scenario("hamlet").having("behaviour.off", ("contagien",))


def test_by_path_and_by_file() -> None:
    """`behaviour.off` can be set by its path and written in a file; a scenario written and read again is the same."""
    off = load_scenario("hamlet").having("behaviour.off", ("announcement", "drag"))
    tables = to_tables(off)
    assert list(tables["behaviour"]["off"]) == ["announcement", "drag"]
    assert from_tables(tables, staff=off.workforce).behaviour == off.behaviour


def test_a_run_plays_what_is_in_force() -> None:
    """With the announcement's effect off at nearly certain departure nobody moves sooner than with a ratio of 1."""
    hasty = behaving(resign=3.0, risk_ratio=20.0)
    world: dict[str, Any] = {"seed": 5}
    people = [person(staff) for staff in range(20)]
    off = played(*people, behaviour=hasty.without("announcement"), **world).log.tuples()
    assert off == played(*people, behaviour=behaving(resign=3.0, risk_ratio=1.0), **world).log.tuples()


def test_several_off_at_once_and_on_again() -> None:
    """Effects add up, none twice, in any order; an empty `off` is the behaviour as it was given."""
    both = Behaviour().without("drag").without("contagion", "drag")
    assert both.off == ("drag", "contagion")
    assert attrs.evolve(both, off=()) == Behaviour()


@attrs.frozen(kw_only=True)
class Steady:
    """Hazards of one's own: everybody resigns at one rate."""

    rate: float = 1.0
    contagion: float = 0.0
    waiting: float = 0.0

    def base(self, functions: tuple[str, ...]) -> Any:
        return np.full(len(functions), self.rate)

    def shape(self, age: Any, service_months: Any) -> Any:
        return np.ones(len(age))

    def rates(self, base: Any, people: Any) -> Any:
        return np.stack([0.0 * base, 0.0 * base, 0.0 * base, base])


def test_a_model_of_ones_own_is_played() -> None:
    """A class with what the engine asks for stands in for the library's hazards."""
    own: Any = Steady(rate=1e6)
    run = played(person(1), person(2), behaviour=attrs.evolve(behaving(), departures=own))
    assert [event[0] for event in run.log.tuples()] == [0, 0]


@attrs.frozen
class Half:
    """A model that can answer, and do no more."""

    def answer(self, *given: Any) -> None:
        """No answer."""


@pytest.mark.parametrize("name", MODELS)
def test_a_model_that_lacks_something_is_refused_at_birth(name: str) -> None:
    """What is missing is named, with what the model must have."""
    with pytest.raises(ScenarioError, match=rf"^behaviour\.{name}: is a Half without `\w+`; give it "):
        attrs.evolve(Behaviour(), **{name: Half()})


def test_an_effect_of_a_replaced_model_cannot_be_switched_off_for_it() -> None:
    """Where the model is one's own, without the parameter, the class itself must know how."""
    own: Any = Steady()
    with pytest.raises(ScenarioError, match=r"^behaviour\.off: contains 'announcement', but departures is a Steady "):
        attrs.evolve(Behaviour(), departures=own).without("announcement")


def test_the_models_protocols_hold_for_the_librarys_own() -> None:
    """The default models have all that is asked of a replacement."""
    assert Behaviour(outlook=Outlook(), severance=SeveranceChoice()).in_force() == Behaviour()
