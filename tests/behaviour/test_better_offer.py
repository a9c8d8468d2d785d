"""People who expect a better offer resign and apply less: one mechanism, in the scenarios of 2010 and 2025."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from small_england_2025 import small_england_2025

from nhstransit.behaviour import Behaviour, BetterOffer, WaitingLeavers
from nhstransit.engine.simulate import simulate
from nhstransit.log import RULES, Kind
from nhstransit.scenario import Scenario, from_tables, load_scenario, to_tables
from tests.examples import THOROUGH

RESIGNATIONS = (RULES["resignation"], RULES["resignation-within-nhs"])


def with_belief(world: Scenario, belief: float) -> Scenario:
    """The scenario in which people believe in a better offer to this degree."""
    hope = BetterOffer(belief=belief, worth=0.12)
    return attrs.evolve(world, behaviour=attrs.evolve(world.behaviour, better_offer=hope))


def quits_and_applications(world: Scenario, seed: int) -> tuple[int, int]:
    """People who resigned, and people who applied to the first offer: MARS in 2010, voluntary redundancy in 2025.

    Later offers are left out, because more people are there to apply if fewer have resigned.
    """
    log = simulate(world, seed=seed).log
    left = log.of(Kind.DEPARTED)
    applied = log.of(Kind.APPLIED)
    first = [number for name, number in world.rules.items() if name == "mars" or name.startswith("vr-")]
    return int(np.isin(left.rule, RESIGNATIONS).sum()), int(np.isin(applied.rule, first).sum())


def test_a_better_expected_offer_reduces_resignations_and_applications() -> None:
    """Ten months' redundancy pay at certain risk, and 1.25 times as much expected: a factor of exp(−0.06 × 12.5).

    For an offer of ten months, only the additional 2.5 months count. A higher offer has no effect.
    """
    hope = BetterOffer(belief=1.0, better=1.25, worth=0.06)
    factors = hope.held_back(np.array([10.0] * 3), np.array([0.0, 10.0, 20.0]), np.array([1.0] * 3))
    assert factors.tolist() == pytest.approx([np.exp(-0.75), np.exp(-0.15), 1.0])


def test_zero_belief_risk_or_worth_has_no_effect() -> None:
    """Each of the three switches the mechanism off."""
    for hope, risk in ((BetterOffer(), 1.0), (BetterOffer(belief=1.0), 0.0), (BetterOffer(belief=1.0, worth=0.0), 1.0)):
        assert hope.held_back(np.array([10.0]), 0.0, np.array([risk])).tolist() == [1.0]
    assert not isinstance(Behaviour().in_force().departures, WaitingLeavers)
    on = Behaviour(better_offer=BetterOffer(belief=1.0))
    assert isinstance(on.in_force().departures, WaitingLeavers)
    assert not isinstance(on.without("better-offer").in_force().departures, WaitingLeavers)


@pytest.mark.thorough
def test_more_belief_reduces_resignations_and_applications_in_2025() -> None:
    """Both fall from zero belief to full belief, in boards of one region with the same seed."""
    world = small_england_2025("South East", 400, 2)
    found = [quits_and_applications(with_belief(world, belief), 5) for belief in (0.0, 1.0)]
    (quits, applied), (fewer_quits, fewer_applied) = found
    assert fewer_quits < quits and fewer_applied < applied


def test_more_belief_reduces_resignations_and_applications_in_2010() -> None:
    """In the hamlet, the offer is half of redundancy pay."""
    world = load_scenario("hamlet")
    sums = [
        np.sum(
            [quits_and_applications(with_belief(world, belief), seed) for seed in range(2 if THOROUGH else 1)], axis=0
        )
        for belief in (0.0, 1.0)
    ]
    assert (sums[1] < sums[0]).all()


def test_both_national_scenarios_have_belief_in_a_better_offer() -> None:
    """In 2010 people expect redundancy pay itself. The values survive writing and reading a scenario."""
    then = load_scenario("england-2010").behaviour.better_offer
    assert (then.belief, then.better) == (0.5, 1.0)
    england = load_scenario("england-2025")
    assert england.behaviour.better_offer.belief == 0.5
    assert from_tables(to_tables(england)).behaviour.better_offer == england.behaviour.better_offer
