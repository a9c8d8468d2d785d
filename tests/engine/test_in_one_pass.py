"""Results that the engine computes for many people at once equal the results of the plain form."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest
from small import body, person, small_world

from nhstransit.behaviour.departures import _premium_factor, premium_factor
from nhstransit.behaviour.outlook import perceived, unfolded
from nhstransit.engine.minds import feel, feel_all
from nhstransit.engine.processes.waiting import WaitingPay
from nhstransit.engine.simulate import World, simulate
from nhstransit.grammar import Appoint, OpenPosts, joined
from nhstransit.organisations.bodies import Roster
from nhstransit.policies import filling
from nhstransit.policies.filling import CLUSTER, ELSEWHERE, REACHES, REGION, SUCCESSOR, steps
from nhstransit.policies.returns import Returns
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.toml import Named
from nhstransit.workforce.columns import NEVER, RiskClass


def crowd(size: int, paces: int) -> World:
    """A world in which people heard news on random days and at random paces, and have random risk classes."""
    scenario = small_world(*(person(staff) for staff in range(1, size + 1)))
    posts, seats = scenario.opening
    world = World(scenario.calendar, scenario.roster, scenario.workforce, posts, seats, scenario.dated_law)
    rng = np.random.default_rng(1)
    world.columns["risk_from"][:] = rng.random(size)
    world.columns["risk_to"][:] = rng.random(size)
    world.columns["risk_since"][:] = rng.integers(0, 200, size)
    world.columns["risk_pace"][:] = rng.integers(0, paces, size)
    world.columns["risk_class"][:] = rng.integers(0, len(RiskClass), size)
    return world


@pytest.mark.parametrize("paces", [1, 3])
@pytest.mark.parametrize("day", [0, 199, 700])
def test_tabulated_risk_equals_the_risk_of_the_formula(paces: int, day: int) -> None:
    """They are equal to the bit, for news of every age and pace, including news that is still to come."""
    ramps = np.array([91.3, 0.5, 30.0])[:paces]
    half_lives = np.array([365.25, 1.0, 10.0])[:paces]
    world = crowd(60, paces)
    plain = crowd(60, paces)
    ramped, fading = unfolded(np.arange(day + 1.0), ramps[:, None], half_lives[:, None])
    feel_all(world, slice(0, 60), day, ramped, fading)
    pace = plain.columns["risk_pace"]
    feel(plain, slice(0, 60), day, ramps[pace], half_lives[pace])
    assert np.array_equal(world.columns["risk"], plain.columns["risk"])
    assert world.columns["risk"].any()


def test_distances_equal_a_full_table_of_employers() -> None:
    """In the bundled England, distances of random pairs equal those in a table of every pair of employers."""
    roster: Roster = load_scenario("england-2010").roster
    near = np.where(roster.region[:, None] == roster.region, REGION, ELSEWHERE)
    near[(roster.cluster[:, None] == roster.cluster) & (roster.cluster >= 0)] = CLUSTER
    for index, heirs in enumerate(roster.heirs):
        near[index, list(heirs)] = SUCCESSOR
    here, there = np.random.default_rng(1).integers(0, len(roster), (2, 20_000))
    assert np.array_equal(steps(roster, here, there), near[here, there])
    assert set(np.unique(near[here, there]).tolist()) == {SUCCESSOR, CLUSTER, REGION, ELSEWHERE}


def test_risk_is_the_same_for_one_and_for_many() -> None:
    """In the plain form, one person's risk does not depend on the other people in the call."""
    since = np.arange(5)
    together = perceived(np.zeros(5), np.ones(5), since, 90, 91.3, 365.25)
    alone = [perceived(np.zeros(1), np.ones(1), since[[index]], 90, 91.3, 365.25)[0] for index in range(5)]
    assert together.tolist() == alone


# Rounds of filling that are split into independent parts.


def with_round(**changes: Any) -> Scenario:
    """The hamlet with another round of filling."""
    hamlet = load_scenario("hamlet")
    return with_policies(filling=attrs.evolve(hamlet.policies["filling"], **changes))


def with_policies(**others: Any) -> Scenario:
    """The hamlet with some policies replaced or added."""
    hamlet = load_scenario("hamlet")
    return attrs.evolve(hamlet, policies=Named({**hamlet.policies, **others}))


@pytest.mark.thorough
@pytest.mark.parametrize(
    "changes", [*({"reach": reach} for reach in REACHES), {"national": ("community-provider",)}, {"bands_down": 12}]
)
def test_a_round_in_parts_has_the_log_of_the_whole_round(
    changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The logs are equal to the byte for every reach, with posts open to everyone, and with every band within reach."""
    world = with_round(**changes)
    parts = []
    whole = simulate(world, seed=1).log
    right = filling.apart

    def counted(*arguments: Any) -> Any:
        found = right(*arguments)
        parts.append(len(found))
        return found

    monkeypatch.setattr(filling, "_PAIRS", 1)
    monkeypatch.setattr(filling, "apart", counted)
    monkeypatch.setattr(filling, "_ROOM_A_PERSON", 0.0)
    assert simulate(world, seed=1).log.to_bytes() == whole.to_bytes()
    assert parts and parts[0] >= len(world.functions) - 1


def test_no_person_or_post_is_in_two_parts_of_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts contain each offer of the round once. Each person and each group of posts is in one part only."""
    seen = []
    right = filling.Filling.select

    def select(self: Any, situation: Any, proposals: Any, answers: Any, chances: Any) -> Any:
        seen.append((proposals.rows, proposals.group_key))
        return right(self, situation, proposals, answers, chances)

    monkeypatch.setattr(filling.Filling, "select", select)
    simulate(with_round(), seed=1)
    (whole,) = seen
    seen = []
    monkeypatch.setattr(filling, "_PAIRS", 1)
    monkeypatch.setattr(filling, "_ROOM_A_PERSON", 0.0)
    simulate(with_round(), seed=1)
    assert len(seen) > 1
    for column in (0, 1):
        assert sorted(np.concatenate([part[column] for part in seen])) == sorted(whole[column])
        assert sum(len(set(part[column].tolist())) for part in seen) == len(set(whole[column].tolist()))


def appointed(*rows: int, start: int = 10) -> Appoint:
    """Appointments of people to the posts with the same number."""
    return Appoint(rows=np.array(rows), posts=np.array(rows, "int32"), start=start)


def test_appointments_of_several_parts_are_joined_in_order_of_people() -> None:
    """The result is the same as from one selection."""
    (one,) = joined([(appointed(4, 9),), (appointed(2, 7),), ()])
    assert one.rows.tolist() == one.posts.tolist() == [2, 4, 7, 9]


def test_effects_that_cannot_be_joined_follow_one_another() -> None:
    """They have two first days, are of two kinds, or concern no people."""
    early = appointed(4)
    late = appointed(2, start=20)
    assert joined([(early,), (late,)]) == (early, late)
    made = OpenPosts(employer=np.zeros(1, "int32"), function=np.zeros(1, "int32"), band=np.zeros(1, "int32"))
    assert joined([(early, made), (made,)]) == (early, made, made)
    assert joined([(made,), (made,)]) == (made, made)
    assert joined([]) == joined([(), ()]) == ()


# Formulas that are computed for a few people instead of everyone.


def test_the_factor_of_one_premium_equals_that_of_an_array() -> None:
    """They are equal to the bit for every whole percentage."""
    premiums = np.arange(0, 101) / 100.0
    assert [_premium_factor(each, -2.0) for each in premiums.tolist()] == premium_factor(premiums, -2.0).tolist()


def test_skipping_people_whose_return_cannot_be_due_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log equals the log of a run in which the day is computed for every returner."""
    world = with_policies(returns=returning())
    log = simulate(world, seed=1).log
    assert (log.rule == world.rules["returns"]).any()
    monkeypatch.setattr(Returns, "back_within", lambda self, days: np.ones(days))
    assert simulate(world, seed=1).log.to_bytes() == log.to_bytes()


def returning() -> Returns:
    """Terms under which many leavers return, and some wait for the end of the window."""
    kinds = ("ccg", "community-provider")
    return Returns(
        announced=load_scenario("hamlet").start,
        after=("mars", "redundancy"),
        kinds=kinds,
        share=0.9,
        scale_years=0.6,
        repays={"mars": "mars_2010"},
        deterred=0.8,
        after_window=0.7,
        after_months=4.0,
    )


@pytest.mark.parametrize("everyone", [True, False])
def test_stored_redundancy_months_equal_recomputed_ones(everyone: bool) -> None:
    """They are equal in later months, after changes of employer, closing day or start of service."""
    posts = ("finance", "6", 20)
    bodies = [body("Old", "pct", posts, closes="2010-09-30"), body("New", "pct", posts)]
    usual = {"born": "1950-01-01"}
    people = [
        person(staff, ("Old", "New")[staff % 2], since=f"{1970 + staff}-05-17", **usual) for staff in range(1, 31)
    ]
    scenario = small_world(*people, bodies=bodies)
    world = World(scenario.calendar, scenario.roster, scenario.workforce, *scenario.opening, scenario.dated_law)
    stored = WaitingPay(world, everyone=everyone)
    rng = np.random.default_rng(1)
    columns = world.columns
    seen = set()
    for start, closing in ((0, 182), (30, 182), (61, 182), (91, 120), (122, 244)):
        columns["risk"][:] = rng.random(30) * rng.integers(0, 2, 30)
        columns["employer"][:5] = rng.integers(0, 2, 5)
        if start > 30:
            columns["risk"][5:7] = 0.5
            columns["service_from"][5:7] = scenario.calendar.origin + start + rng.integers(0, 9, 2)
        closes = np.array([closing, NEVER], "int32")
        world.bodies = attrs.evolve(world.bodies, closes=closes)
        rows = np.sort(rng.permutation(30)[:20])
        at_risk = columns["risk"] > 0
        if not everyone:
            at_risk = at_risk & (columns["employer"] == 0)
        today = np.maximum(scenario.calendar.origin + start, columns["service_from"])
        last = np.where(columns["employer"] == 0, scenario.calendar.origin + closing, today)
        recomputed = np.where(
            at_risk, world.law.redundancy_months(columns["service_from"], last, born=columns["born"]), 0.0
        )
        assert stored.months(rows, start).tolist() == recomputed[rows].tolist()
        assert stored.months(slice(3, 30), start).tolist() == recomputed[3:].tolist()
        seen.update(recomputed.tolist())
    assert len(seen) > 5
