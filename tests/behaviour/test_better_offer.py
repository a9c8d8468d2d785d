"""People who hope for a better offer neither resign nor apply now: one mechanism, in the worlds of 2010 and of 2025."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from small_england_2025 import small_england_2025

from nhstransit.behaviour import Behaviour, BetterOffer, WaitingLeavers
from nhstransit.engine.simulate import simulate
from nhstransit.log import RULES, Kind
from nhstransit.scenario import Scenario, from_tables, load_scenario, to_tables

RESIGNATIONS = (RULES["resignation"], RULES["resignation-within-nhs"])


def hoping(world: Scenario, belief: float) -> Scenario:
    """The world in which people believe so far in a better offer."""
    hope = BetterOffer(belief=belief, worth=0.12)
    return attrs.evolve(world, behaviour=attrs.evolve(world.behaviour, better_offer=hope))


def quits_and_applications(world: Scenario, seed: int) -> tuple[int, int]:
    """People who resigned, and people who applied to the first offer: MARS in 2010, voluntary redundancy in 2025.

    Later offers find more people, since fewer have quit.
    """
    log = simulate(world, seed=seed).log
    left = log.of(Kind.DEPARTED)
    applied = log.of(Kind.APPLIED)
    first = [number for name, number in world.rules.items() if name == "mars" or name.startswith("vr-")]
    return int(np.isin(left.rule, RESIGNATIONS).sum()), int(np.isin(applied.rule, first).sum())


def test_what_is_forgone_holds_back() -> None:
    """Ten months' pay at certain risk, 1.25 times as much expected: e to the power −0.06 × 12.5 for resigning.

    For applying to an offer of ten months only the 2.5 more count; an offer above what is expected holds nobody back.
    """
    hope = BetterOffer(belief=1.0, better=1.25, worth=0.06)
    held = hope.held_back(np.array([10.0] * 3), np.array([0.0, 10.0, 20.0]), np.array([1.0] * 3))
    assert held.tolist() == pytest.approx([np.exp(-0.75), np.exp(-0.15), 1.0])


def test_no_belief_no_risk_and_no_worth_change_nothing() -> None:
    """Each of them at zero switches the mechanism off."""
    for hope, risk in ((BetterOffer(), 1.0), (BetterOffer(belief=1.0), 0.0), (BetterOffer(belief=1.0, worth=0.0), 1.0)):
        assert hope.held_back(np.array([10.0]), 0.0, np.array([risk])).tolist() == [1.0]
    assert not isinstance(Behaviour().in_force().departures, WaitingLeavers)
    on = Behaviour(better_offer=BetterOffer(belief=1.0))
    assert isinstance(on.in_force().departures, WaitingLeavers)
    assert not isinstance(on.without("better-offer").in_force().departures, WaitingLeavers)


@pytest.mark.thorough
def test_more_belief_lowers_quitting_and_applying_in_2025() -> None:
    """From no belief to full belief both fall, on boards of one region with the same luck."""
    world = small_england_2025("South East", 400, 2)
    found = [quits_and_applications(hoping(world, belief), 5) for belief in (0.0, 1.0)]
    (quits, applied), (fewer_quits, fewer_applied) = found
    assert fewer_quits < quits and fewer_applied < applied


def test_more_belief_lowers_quitting_and_applying_in_2010() -> None:
    """The same in the hamlet of 2010, over two runs: the offer was half of what redundancy would pay."""
    world = load_scenario("hamlet")
    sums = [
        np.sum([quits_and_applications(hoping(world, belief), seed) for seed in range(2)], axis=0)
        for belief in (0.0, 1.0)
    ]
    assert (sums[1] < sums[0]).all()


def test_both_englands_have_it() -> None:
    """In 2010 people expected redundancy pay itself; in 2025 a quarter more. A world keeps it through its tables."""
    then = load_scenario("england-2010").behaviour.better_offer
    assert (then.belief, then.better) == (0.5, 1.0)
    england = load_scenario("england-2025")
    assert england.behaviour.better_offer.belief == 0.5
    assert from_tables(to_tables(england)).behaviour.better_offer == england.behaviour.better_offer
