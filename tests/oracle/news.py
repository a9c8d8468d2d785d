"""News: which people it reaches and how it changes them; and employers that are extended."""

from __future__ import annotations

from typing import Any

from nhstransit.dates import add_months
from nhstransit.log import NOBODY, Kind
from nhstransit.policies import Extension, Milestone
from nhstransit.workforce.columns import BANDS, RiskClass
from oracle.calendar import close_on_its_day
from oracle.choices import leaver_shares, outlook
from oracle.day import Phase
from oracle.effects import turn
from oracle.things import Person
from oracle.world import World

OPEN = (RiskClass.NONE, RiskClass.EXPOSED)  # the classes of people without a guarantee, a letter or another post


def day_of(world: World, policy: Milestone) -> int:
    """The day on which the news reaches people."""
    return int(add_months(world.epoch(world.calendar.day(policy.announced)), policy.later_months)) - world.origin


def announce(acting: Any, policy: Milestone) -> None:
    """Give news to all free people in post whom it concerns and who have no guarantee and no letter."""
    world = acting.world
    open_to = (*OPEN, RiskClass.SAFE) if policy.moved else OPEN
    reached = [
        person
        for person in world.in_post(policy.kinds)
        if not person.settled and person.risk_class in open_to and _concerns(world, policy, person)
    ]
    pace = (policy.ramp_months, policy.half_life_months)
    averse = leaver_shares(world)
    for person in reached:
        target = _expected_to_go(world, person) if policy.target is None else policy.target
        _give_news(acting, person, target, policy.weight, averse[person.body], pace)


def _give_news(
    acting: Any, person: Person, target: float, weight: float, averse: float, pace: Any = (None, None)
) -> None:
    """Give news to one person. `averse` is the share of colleagues who were leavers before the news."""
    world = acting.world
    turn(
        world,
        person,
        Phase.MILESTONES,
        acting.rule,
        risk_class=RiskClass.EXPOSED,
        target=target,
        weight=weight,
        pace=pace,
        disposition=outlook(world, person, target, averse, acting.chances.luck),
    )


def _concerns(world: World, policy: Milestone, person: Person) -> bool:
    """Whether the news concerns somebody, by function, band and employer."""
    function = world.scenario.functions[person.post.function]
    return (
        (not policy.functions or function in policy.functions)
        and (not policy.bands or BANDS[person.post.band] in policy.bands)
        and (not policy.employers or person.body.name in policy.employers)
    )


def _expected_to_go(world: World, person: Person) -> float:
    """The share of posts in the person's function and region, at closing employers, that have no successor post.

    A successor post is at an employer that continues, and is vacant or will open later.
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


def live_longer(acting: Any, policy: Extension) -> None:
    """Extend employers that would close earlier, and give the news to their staff."""
    world = acting.world
    until = acting.world.calendar.day(policy.until)
    bodies = [body for body in world.bodies if body.kind in policy.kinds and world.today <= body.closes < until]
    reached = [
        person
        for person in world.people
        if person.post is not None and person.body in bodies and not person.settled and person.risk_class in OPEN
    ]
    averse = leaver_shares(world)
    for body in bodies:
        world.note(Phase.MILESTONES, Kind.EXTENDED, acting.rule, NOBODY, left=body.number, right=until)
        body.closes = until
        close_on_its_day(world, body)
    if bodies:
        for follow in world.followers:
            follow()
    for person in reached:
        _give_news(acting, person, policy.target, policy.weight, averse[person.body])
