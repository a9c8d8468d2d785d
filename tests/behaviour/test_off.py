"""Each effect of behaviour can be switched off by name, and each model can be a user's own class."""

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
def test_switching_an_effect_off_sets_its_parameters_to_neutral_values(effect: str) -> None:
    """Each part of an effect is a field of a model, and its neutral value is valid."""
    behaviour = Behaviour().without(effect).in_force()
    for part in EFFECTS[effect]:
        model = getattr(behaviour, part.model)
        neutral = part.to if isinstance(part.to, float) else getattr(model, part.to)
        assert getattr(model, part.field) == neutral


@pytest.mark.parametrize("effect", EFFECTS)
def test_switching_an_effect_off_changes_no_other_parameter(effect: str) -> None:
    before = Behaviour()
    after = Behaviour().without(effect).in_force()
    parts = {(part.model, part.field) for part in EFFECTS[effect]}
    for model in MODELS:
        old = getattr(before, model)
        new = getattr(after, model)
        changed = {(model, f.name) for f in attrs.fields(type(old)) if getattr(old, f.name) != getattr(new, f.name)}
        assert changed <= parts


def _exposed(**columns: Any) -> Exposure:
    usual = {"age": 40, "service_months": 60, "risk": 0.0, "skill": 0.0, "outside": 0.0, "premium": 0.0}
    usual |= {"disposition": 0, "departed": 0.0, "redundancy_months": 0.0}
    return Exposure(**{name: np.array([value]) for name, value in {**usual, **columns}.items()})


ALL_ON = Behaviour(departures=Departures(waiting=0.05, contagion=0.2))
CHANGES = [
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


@pytest.mark.parametrize(("effect", "change"), CHANGES, ids=[effect for effect, _ in CHANGES])
def test_an_effect_that_is_off_does_not_change_the_hazards(effect: str, change: dict[str, Any]) -> None:
    """With the effect on, the changed columns change the hazards; with it off, they do not.

    If perceived risk is only a condition of the effect, it is the same on both sides.
    """
    risk = {"risk": change["risk"]} if effect == "waiting" else {}

    def moved(behaviour: Behaviour) -> bool:
        model = behaviour.in_force().departures
        changed_rates, calm = (model.rates(np.array([0.1]), _exposed(**each)) for each in (change, risk))
        return not np.allclose(changed_rates, calm, rtol=1e-12)

    assert moved(ALL_ON) and not moved(ALL_ON.without(effect))


def test_with_threat_off_selection_by_skill_does_not_depend_on_risk() -> None:
    """At certain risk, the effect of skill is then the same as without risk."""
    model = Behaviour().without("threat").in_force().departures
    skilled, usual = (model.rates(np.array([0.1]), _exposed(risk=1.0, skill=skill))[3, 0] for skill in (1.0, 0.0))
    assert skilled / usual == pytest.approx(np.exp(model.skill_calm))


def test_an_unknown_effect_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ScenarioError, match=r"^off: has the unknown name 'contagien'; did you mean 'contagion'\?"):
        Behaviour().without("contagien")
    with pytest.raises(ScenarioError, match=r"^behaviour\.off: has the unknown name 'contagien'"):
        load_scenario("hamlet").having("behaviour.off", ("contagien",))


def test_effects_can_be_switched_off_by_path_and_in_a_file() -> None:
    """A scenario that is written and read again has the same behaviour."""
    off = load_scenario("hamlet").having("behaviour.off", ("announcement", "drag"))
    tables = to_tables(off)
    assert list(tables["behaviour"]["off"]) == ["announcement", "drag"]
    assert from_tables(tables, staff=off.workforce).behaviour == off.behaviour


def test_a_run_uses_the_behaviour_in_force() -> None:
    """With the announcement effect off, the run equals a run with a risk ratio of 1."""
    high_hazard = behaving(resign=3.0, risk_ratio=20.0)
    world: dict[str, Any] = {"seed": 5}
    people = [person(staff) for staff in range(20)]
    off = played(*people, behaviour=high_hazard.without("announcement"), **world).log.tuples()
    assert off == played(*people, behaviour=behaving(resign=3.0, risk_ratio=1.0), **world).log.tuples()


def test_several_effects_can_be_off_and_on_again() -> None:
    """Each effect is listed once. With an empty `off`, the behaviour is the original."""
    both = Behaviour().without("drag").without("contagion", "drag")
    assert both.off == ("drag", "contagion")
    assert attrs.evolve(both, off=()) == Behaviour()


@attrs.frozen(kw_only=True)
class Steady:
    """A user's own hazards: everyone resigns at one rate."""

    rate: float = 1.0
    contagion: float = 0.0
    waiting: float = 0.0

    def base(self, functions: tuple[str, ...]) -> Any:
        return np.full(len(functions), self.rate)

    def shape(self, age: Any, service_months: Any) -> Any:
        return np.ones(len(age))

    def rates(self, base: Any, people: Any) -> Any:
        return np.stack([0.0 * base, 0.0 * base, 0.0 * base, base])


def test_a_users_own_model_is_used() -> None:
    """A class with the methods that the engine needs can replace the library's hazards."""
    own: Any = Steady(rate=1e6)
    run = played(person(1), person(2), behaviour=attrs.evolve(behaving(), departures=own))
    assert [event[0] for event in run.log.tuples()] == [0, 0]


@attrs.frozen
class Half:
    """A model with only one of the required methods."""

    def answer(self, *given: Any) -> None:
        """Return nothing."""


@pytest.mark.parametrize("name", MODELS)
def test_a_model_without_a_required_method_is_refused(name: str) -> None:
    """The message states the missing method and the required ones."""
    with pytest.raises(ScenarioError, match=rf"^behaviour\.{name}: is a Half without `\w+`; give it "):
        attrs.evolve(Behaviour(), **{name: Half()})


def test_an_effect_of_a_users_own_model_cannot_be_switched_off() -> None:
    """The model does not have the parameter of the effect."""
    own: Any = Steady()
    with pytest.raises(ScenarioError, match=r"^behaviour\.off: contains 'announcement', but departures is a Steady "):
        attrs.evolve(Behaviour(), departures=own).without("announcement")


def test_the_library_s_models_follow_their_protocols() -> None:
    """The default models have all required methods."""
    assert Behaviour(outlook=Outlook(), severance=SeveranceChoice()).in_force() == Behaviour()
