"""The engine and the oracle write the same log on small Englands: real bodies, real dates, every policy of 2010-13."""

from __future__ import annotations

import pytest
from oracle import oracle
from oracle.words import first_difference
from small_england import REGIONS, small_england

from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind, rule_code
from nhstransit.scenario import Scenario

PARTS = 2  # of a world a region each
USUAL = {(0, 0)}  # part and region: what every run plays; the long proofs play them all
WORLDS = [
    pytest.param(part, place, marks=[] if (part, place) in USUAL else [pytest.mark.thorough])
    for part in range(PARTS)
    for place in range(len(REGIONS))
]


def england(part: int, place: int) -> tuple[Scenario, int]:
    """A small England of a region, of 40 to 120 of its people, and a seed."""
    seed = part * len(REGIONS) + place
    return small_england(REGIONS[place], 40 + seed * 17 % 81, seed), seed


def compare(part: int, place: int) -> None:
    """Assert that engine and oracle agree on one of the small Englands."""
    world, seed = england(part, place)
    told = first_difference(simulate(world, seed=seed).log, oracle(world, seed), world)
    assert not told, f"{REGIONS[place]}, seed {seed}: {told}"


@pytest.mark.parametrize(("part", "place"), WORLDS)
def test_engine_and_oracle_agree_on_small_englands(part: int, place: int) -> None:
    """On a small England of a region the two logs have the same events in every column."""
    compare(part, place)


@pytest.mark.thorough
def test_small_englands_play_every_policy_and_contest_posts() -> None:
    """Between them the small Englands hear of every policy, have losers by three routes, and people who come back.

    All but mergers of senior posts, and news to the senior who have none by then: a hundred people have too few of those.
    """
    seen: set[tuple[int, int]] = set()
    for part in range(PARTS):
        for place in range(len(REGIONS)):
            world, seed = england(part, place)
            log = simulate(world, seed=seed).log
            seen |= set(zip(log.rule.tolist(), log.kind.tolist(), strict=True))
    heard = {rule for rule, _ in seen}
    assert {name for name in world.policies if world.rules[name] not in heard} <= {
        "clustering",
        "clustering-shas",
        "slot-in-results",
    }
    routes = (("slot-in", Kind.REFUSED), ("ring-fenced", Kind.REFUSED), ("open-competition", Kind.REFUSED))
    wanted = (
        *routes,
        ("assignment", Kind.RISK),
        ("returns", Kind.BACK),
        ("returns", Kind.ARRIVED),
        ("rets", Kind.RETAINED),
    )
    assert {(rule_code(name), kind) for name, kind in wanted} <= seen


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS, 12))
def test_the_same_on_a_hundred_more(part: int) -> None:
    """The same holds on a hundred other small Englands."""
    for place in range(len(REGIONS)):
        compare(part, place)
