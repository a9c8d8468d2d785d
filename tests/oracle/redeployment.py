"""Posts of people who left by MARS, reserved for somebody at risk: offered on the next day, and on each later 1st."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from nhstransit.dates import DAYS_A_YEAR
from nhstransit.policies import Mars
from nhstransit.workforce.columns import RiskClass
from oracle.day import Phase
from oracle.effects import appoint
from oracle.things import Person, Post


def keep_for_redeployment(acting: Any, policy: Mars, leaver: Person, post: Post, leaving: int) -> None:
    """Add a post to those that people leave on the same day, in the order in which the exits were agreed."""
    kept = acting.kept.setdefault(leaving, [])
    if not kept:
        acting.world.env.process(_search(acting, policy, leaving, kept))
    kept.append((leaver, post))


def _search(
    acting: Any, policy: Mars, leaving: int, kept: list[tuple[Person, Post]]
) -> Generator[simpy.Event, None, None]:
    world = acting.world
    day = leaving + 1
    while day < world.days:
        yield world.until(day, Phase.WINDOWS, acting.rule)
        kept = [(leaver, post) for leaver, post in kept if _empty(acting, leaver, post, leaving)]
        kept = [(leaver, post) for leaver, post in kept if not _offer(acting, post)]
        day += 1
        while day < world.days and world.calendar.date(day).day != 1:
            day += 1
        if not kept or day - leaving > policy.search_months * DAYS_A_YEAR / 12.0:
            return


def _empty(acting: Any, leaver: Person, post: Post, leaving: int) -> bool:
    """Whether somebody left as agreed and is still away, and the post is still vacant."""
    away = leaver.post is None and leaver.left_rule == acting.rule and leaver.last_post is post
    return away and post.vacant


def _offer(acting: Any, post: Post) -> bool:
    """Appoint somebody at risk to a post, to start today. Returns whether there was anybody suitable."""
    world = acting.world
    suited = [person for person in world.people if _at_risk(person) and _suits(person, post)]
    if not suited:
        return False
    best = min(suited, key=lambda person: (person.post.band - post.band, -person.skill, person.staff))
    appoint(world, best, post, world.today, acting.rule)
    return True


def _at_risk(person: Person) -> bool:
    if person.post is None or person.next_post is not None:
        return False
    return person.exit.voidable if person.exit is not None else person.risk_class == RiskClass.AT_RISK


def _suits(person: Person, post: Post) -> bool:
    """Whether a post has the same region and function, the same band or one lower, and outlasts the person's own."""
    ends = person.exit.last_day if person.exit is not None else person.body.closes
    same = person.body.region == post.body.region and person.post.function == post.function
    return same and person.post.band - post.band in (0, 1) and post.body.closes > ends
