"""Consultation and suitable alternative posts: what the law requires before people are made redundant."""

from __future__ import annotations

from collections.abc import Callable, Generator

import simpy

from nhstransit.log import Kind
from nhstransit.policies import Redundancy
from nhstransit.workforce.columns import RiskClass
from oracle.day import Phase
from oracle.effects import turn
from oracle.things import Person, Post
from oracle.world import World


def open_consultation(world: World, rule: int, pool: list[Person]) -> dict[int, list[Person]]:
    """Let each employer consult its own people in `pool` from today. Returns them by the last day of consultation."""
    until: dict[int, list[Person]] = {}
    for body in world.bodies:
        staff = [person for person in pool if person.body is body]
        last = world.today + world.law.consultation_days(len(staff), world.epoch(world.today))
        for person in staff:
            world.note(Phase.WINDOWS, Kind.CONSULTED, rule, person.staff, left=person.post.number, right=last)
        if staff:
            until.setdefault(last, []).extend(staff)
    return until


def by_day(world: World, groups: dict[int, list[Person]], rule: int, happens: Callable[[list[Person]], None]) -> None:
    """Call `happens` with the people of each last day, on the day after it."""
    for last, people in groups.items():
        world.env.process(later(world, last + 1, rule, lambda people=people: happens(people)))


def later(world: World, day: int, rule: int, happens: Callable[[], None]) -> Generator[simpy.Event, None, None]:
    yield world.until(day, Phase.WINDOWS, rule)
    happens()


def consult(world: World, rule: int, going: list[Person], give_notice: Callable[[list[Person]], None]) -> None:
    """Put the people selected at risk and consult them. After consultation call `give_notice`, in the same order."""
    for person in going:
        turn(world, person, Phase.WINDOWS, rule, risk_class=RiskClass.AT_RISK, target=1.0)
    groups = open_consultation(world, rule, going)
    for last, people in groups.items():
        for person in people:
            person.notice_due = last + 1
    by_day(world, groups, rule, give_notice)


def suitable(world: World, policy: Redundancy, pool: list[Person]) -> dict[Person, Post]:
    """The vacant post that each person is offered, if any: a post of their own band first, the longest service first."""
    offers: dict[Person, Post] = {}
    for down in range(policy.bands_down + 1):
        for person in sorted(pool, key=lambda person: (person.service_from, person.staff)):
            if person in offers:
                continue
            alike = [
                post
                for post in world.vacancies(policy.alternatives)
                if post.body.goes_on
                and post not in offers.values()
                and (post.body.region, post.function) == (person.body.region, person.post.function)
                and post.band == person.post.band - down
            ]
            if alike:
                offers[person] = min(alike, key=lambda post: post.key)
    return offers
