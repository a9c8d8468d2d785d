"""The engine and the oracle write the same log of small Englands, with real employers, real dates and all policies."""

from __future__ import annotations

import pytest
from oracle import oracle
from oracle.words import first_difference
from small_england import REGIONS, small_england

from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind, rule_code
from nhstransit.scenario import Scenario

PARTS = 2  # each with one scenario per region
USUAL = {(0, 0)}  # part and region that every session runs; a thorough session runs all
WORLDS = [
    pytest.param(part, region, marks=[] if (part, region) in USUAL else [pytest.mark.thorough])
    for part in range(PARTS)
    for region in range(len(REGIONS))
]


def england(part: int, region: int) -> tuple[Scenario, int]:
    """A small England of one region, with 40 to 120 of its people, and a seed."""
    seed = part * len(REGIONS) + region
    return small_england(REGIONS[region], 40 + seed * 17 % 81, seed), seed


def compare(part: int, region: int) -> None:
    """Assert that engine and oracle agree on one of the small Englands."""
    world, seed = england(part, region)
    difference = first_difference(simulate(world, seed=seed).log, oracle(world, seed), world)
    assert not difference, f"{REGIONS[region]}, seed {seed}: {difference}"


@pytest.mark.parametrize(("part", "region"), WORLDS)
def test_engine_and_oracle_agree_on_small_englands(part: int, region: int) -> None:
    """In a small England of one region the two logs are equal in every column."""
    compare(part, region)


@pytest.mark.thorough
def test_small_englands_contain_every_policy_and_competition_for_posts() -> None:
    """Together the small Englands have events of every policy, refusals by three routes, and people who return.

    Clustering of senior posts, and news to senior people without a new post, are exceptions: there are too few such people.
    """
    seen: set[tuple[int, int]] = set()
    for part in range(PARTS):
        for region in range(len(REGIONS)):
            world, seed = england(part, region)
            log = simulate(world, seed=seed).log
            seen |= set(zip(log.rule.tolist(), log.kind.tolist(), strict=True))
    acted = {rule for rule, _ in seen}
    assert {name for name in world.policies if world.rules[name] not in acted} <= {
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
def test_engine_and_oracle_agree_on_a_hundred_more_small_englands(part: int) -> None:
    """In a hundred other small Englands the logs are equal."""
    for region in range(len(REGIONS)):
        compare(part, region)
