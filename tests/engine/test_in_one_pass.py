"""What the engine works out for many people at once is what its plain form gives one by one."""

from __future__ import annotations

import numpy as np
import pytest
from small import person, small_world

from nhstransit.behaviour.outlook import perceived, unfolded
from nhstransit.engine.minds import feel, feel_all
from nhstransit.engine.simulate import World
from nhstransit.organisations.bodies import Roster
from nhstransit.policies.filling import CLUSTER, ELSEWHERE, REGION, SUCCESSOR, steps
from nhstransit.scenario import load_scenario
from nhstransit.workforce.columns import RiskClass


def crowd(size: int, paces: int) -> World:
    """A world whose people have had news of any day and pace, and are in any risk class."""
    scenario = small_world(*(person(staff) for staff in range(1, size + 1)))
    posts, seats = scenario.opening
    world = World(scenario.calendar, scenario.roster, scenario.workforce, posts, seats, scenario.dated_law)
    luck = np.random.default_rng(1)
    world.columns["risk_from"][:] = luck.random(size)
    world.columns["risk_to"][:] = luck.random(size)
    world.columns["risk_since"][:] = luck.integers(0, 200, size)
    world.columns["risk_pace"][:] = luck.integers(0, paces, size)
    world.columns["risk_class"][:] = luck.integers(0, len(RiskClass), size)
    return world


@pytest.mark.parametrize("paces", [1, 3])
@pytest.mark.parametrize("day", [0, 199, 700])
def test_risk_from_a_table_by_day_is_the_risk_of_the_formula(paces: int, day: int) -> None:
    """Bit for bit, for news of every age and pace, for people who feel none and for news of later days."""
    ramps, half_lives = np.array([91.3, 0.5, 30.0])[:paces], np.array([365.25, 1.0, 10.0])[:paces]
    world, plain = crowd(60, paces), crowd(60, paces)
    ramped, fading = unfolded(np.arange(day + 1.0), ramps[:, None], half_lives[:, None])
    feel_all(world, slice(0, 60), day, ramped, fading)
    pace = plain.columns["risk_pace"]
    feel(plain, slice(0, 60), day, ramps[pace], half_lives[pace])
    assert np.array_equal(world.columns["risk"], plain.columns["risk"])
    assert world.columns["risk"].any()


def test_a_person_is_as_far_as_the_rule_says() -> None:
    """In the bundled England, pair by pair, distances are those of a table of every employer by every employer."""
    roster: Roster = load_scenario("england-2010").roster
    near = np.where(roster.region[:, None] == roster.region, REGION, ELSEWHERE)
    near[(roster.cluster[:, None] == roster.cluster) & (roster.cluster >= 0)] = CLUSTER
    for body, heirs in enumerate(roster.heirs):
        near[body, list(heirs)] = SUCCESSOR
    here, there = np.random.default_rng(1).integers(0, len(roster), (2, 20_000))
    assert np.array_equal(steps(roster, here, there), near[here, there])
    assert set(np.unique(near[here, there]).tolist()) == {SUCCESSOR, CLUSTER, REGION, ELSEWHERE}


def test_risk_is_the_same_for_one_and_for_many() -> None:
    """The plain form itself: one person's risk does not depend on who else is asked."""
    since = np.arange(5)
    together = perceived(np.zeros(5), np.ones(5), since, 90, 91.3, 365.25)
    alone = [perceived(np.zeros(1), np.ones(1), since[[place]], 90, 91.3, 365.25)[0] for place in range(5)]
    assert together.tolist() == alone
