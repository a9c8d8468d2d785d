"""A policy's explanation of one of its days, in a small scenario."""

from __future__ import annotations

from typing import Any

import attrs

from nhstransit.grammar.explained import explained
from nhstransit.organisations.funds import Fund
from nhstransit.scenario import Scenario
from nhstransit.scenario.opening import opening_situation
from nhstransit.toml import Named
from tests.small import body, person, small_world


def explanation(policy: Any, world: Scenario | None = None, stage: str | None = None) -> str:
    """The sentences that explain a policy's first day, or the first day of `stage`, as one line.

    The scenario is `two_trusts` unless another is given.
    """
    world = two_trusts() if world is None else world
    for occasion in policy.days(world.calendar, world.roster):
        if stage in (None, occasion.stage):
            situation = opening_situation(world, occasion.day, occasion.stage, number=occasion.round)
            return " ".join(explained(policy, situation, policy.propose(situation)))
    raise AssertionError(f"the policy has no stage {stage}")


def two_trusts() -> Scenario:
    """Two trusts in two regions with one finance officer each, which close in September, and a group that stays open."""
    old = body("Old", "pct", ("finance", "6", 3), closes="2010-09-30")
    far = body("Far", "pct", region="Hill", closes="2010-09-30")
    bodies = (
        attrs.evolve(old, population=20_000),
        attrs.evolve(far, population=5_000),
        body("New", "ccg", ("finance", "6", 1)),
    )
    world = small_world(person(1), person(2, "Far"), bodies=bodies)
    return attrs.evolve(world, funds=Named({"reserve": Fund(pounds_a_head=0.0)}))


def one_trust() -> Scenario:
    """A trust of two finance officers that closes in December, its successor in its cluster, and a community provider."""
    old = attrs.evolve(body("Old", closes="2010-12-15"), successors=("New",))
    new = body("New", "ccg", ("finance", "6", 1))
    clustered = [attrs.evolve(one, cluster="A") for one in (old, new)]
    return small_world(person(1), person(2), bodies=[*clustered, body("Care", "community-provider")])
