"""Every policy as a process that sleeps until its next occasion: milestones, retention, and who plays the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator

import attrs
import simpy

from nhstransit.eventlog import Phase, rule_code
from nhstransit.policies import (
    CostReduction,
    Filling,
    Hiring,
    Inflow,
    Mars,
    Milestone,
    Redundancy,
    Rets,
    Returns,
    TransferWhole,
)
from nhstransit.streams import Chances
from nhstransit.workforce.codes import RiskClass
from oracle.choices import accepts_terms, disaffected, outlook
from oracle.cost import Path
from oracle.effects import designate, retain, turn
from oracle.filling import fill
from oracle.hiring import hire
from oracle.inflow import keep_posts
from oracle.mars import sit
from oracle.redundancy import Abolition
from oracle.returns import call_back
from oracle.things import Person
from oracle.transfer import transfer
from oracle.world import World

Step = tuple[int, Phase, Callable[[], None]]


@attrs.frozen
class Acting:
    """A policy at work: its name's rule number and luck."""

    world: World
    rule: int
    chances: Chances


def begin_schemes(world: World) -> None:
    """A process for each policy."""
    for name, policy in world.scenario.policies.items():
        acting = Acting(world, rule_code(name), Chances(world.luck, name, 0))
        steps = sorted(_steps(acting, policy), key=lambda step: step[:2])
        world.env.process(_scheme(acting, steps))


def _scheme(acting: Acting, steps: list[Step]) -> Generator[simpy.Event, None, None]:
    for day, phase, happen in steps:
        yield acting.world.until(day, phase, acting.rule)
        happen()


def _steps(acting: Acting, policy: object) -> list[Step]:
    """On which days a policy does what."""
    day = acting.world.calendar.day
    if isinstance(policy, Milestone):
        return [(day(policy.announced), Phase.MILESTONES, lambda: _announce(acting, policy))]
    if isinstance(policy, Rets):
        guaranteed = day(policy.guaranteed)
        return [
            (day(policy.offered), Phase.WINDOWS, lambda: _offer_terms(acting, policy, guaranteed)),
            (guaranteed + 1, Phase.WINDOWS, lambda: _end_terms(acting, guaranteed)),
        ]
    if isinstance(policy, Mars):
        return [(day(policy.closes), Phase.WINDOWS, lambda: sit(acting, policy))]
    if isinstance(policy, Filling):
        return [(day(policy.held), Phase.WINDOWS, lambda: fill(acting, policy))]
    if isinstance(policy, Redundancy):
        return Abolition(acting, policy).steps()
    if isinstance(policy, Hiring):
        until = day(policy.until)
        return [(first, Phase.WINDOWS, lambda: hire(acting, policy)) for first in _firsts(acting, policy, until)]
    return _newer_steps(acting, policy)


def _newer_steps(acting: Acting, policy: object) -> list[Step]:
    """The same, of the policies that play over the whole path and beyond it."""
    day = acting.world.calendar.day
    if isinstance(policy, CostReduction):
        return Path(acting, policy).steps()
    if isinstance(policy, Inflow):
        return [(day(policy.kept), Phase.WINDOWS, lambda: keep_posts(acting, policy))]
    if isinstance(policy, TransferWhole):
        return [(day(policy.held), Phase.WINDOWS, lambda: transfer(acting, policy))]
    if isinstance(policy, Returns):
        until = acting.world.days - 1
        return [(first, Phase.WINDOWS, lambda: call_back(acting, policy)) for first in _firsts(acting, policy, until)]
    raise TypeError(f"the oracle knows no {type(policy).__name__}")


def _firsts(acting: Acting, policy: Hiring | Returns, until: int) -> list[int]:
    """The 1sts of months from the announcement until a day."""
    world = acting.world
    first, end = world.calendar.day(policy.announced), min(until + 1, world.days)
    return [day for day in range(first, end) if world.calendar.date(day).day == 1]


# Milestones


def _announce(acting: Acting, policy: Milestone) -> None:
    """News to all in post with nothing settled, who hold no guarantee and no letter."""
    world = acting.world
    averse = disaffected(world)
    for person in world.in_post(policy.kinds):
        if not person.settled and person.risk_class in (RiskClass.NONE, RiskClass.EXPOSED):
            target = _expected_to_go(world, person)
            turn(
                world,
                person,
                Phase.MILESTONES,
                acting.rule,
                risk_class=RiskClass.EXPOSED,
                target=target,
                weight=policy.weight,
                disposition=outlook(world, person, target, averse[person.body], acting.chances.luck),
            )


def _expected_to_go(world: World, person: Person) -> float:
    """Share of the posts of the person's function in the region, in bodies that close, without a successor post.

    A successor post stands empty, or is yet to open, in a body that goes on.
    """
    if person.body.goes_on:
        return 0.0
    alike = [
        post
        for post in world.posts
        if post.body.region == person.body.region and post.function == person.post.function and not post.removed
    ]
    going = sum(post.stands and not post.body.goes_on for post in alike)
    coming = sum(post.holder is None and post.body.goes_on for post in alike)
    return max(going - coming, 0) / max(going, 1)


# Retention


def _offer_terms(acting: Acting, policy: Rets, until: int) -> None:
    """Each employer names its most skilled, up to the cap; those who accept are guaranteed a job and paid for it."""
    world = acting.world
    here = world.in_post(policy.kinds)
    for body in world.bodies:
        staff = [person for person in here if person.body is body]
        wanted = [
            person
            for person in staff
            if not person.settled
            and not person.guaranteed_on(world.today)
            and (not policy.functions or world.scenario.functions[person.post.function] in policy.functions)
        ]
        wanted.sort(key=lambda person: (-person.skill, person.staff))
        for person in wanted[: math.floor(len(staff) * policy.cap + 1e-9)]:
            designate(world, person, acting.rule)
            if accepts_terms(world, person, acting.chances):
                retain(world, person, until, policy.premium, acting.rule)


def _end_terms(acting: Acting, until: int) -> None:
    """The day after: for those who had nothing better than the guarantee the future is open again."""
    world = acting.world
    for person in world.people:
        ended = person.guarantee is not None and person.guarantee.until == until
        if person.post is not None and ended and person.risk_class == RiskClass.GUARANTEED:
            turn(world, person, Phase.WINDOWS, acting.rule, risk_class=RiskClass.EXPOSED)
