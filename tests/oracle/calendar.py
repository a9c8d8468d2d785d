"""Events on fixed dates: monthly readings, pay in April, premiums at month end, posts that open, employers that close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator

import numpy as np
import simpy

from nhstransit.behaviour.outlook import perceived
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.log import NOBODY, Kind
from oracle import pay
from oracle.day import RULES, Phase
from oracle.lives import depart, disturb, remove, rerate, rest_of_guarantee
from oracle.things import CALM, NEVER, Body, Person, Post, first_of_month, single
from oracle.world import World

APRIL = 4
_MONTH = DAYS_A_YEAR / 12.0


def begin_calendar(world: World) -> None:
    """Start a process for the months, for each post that opens later, and for each employer that closes."""
    world.env.process(_months(world))
    for post in world.posts:
        if post.opens > 0:
            world.env.process(_once(world, post.opens, Phase.OPENINGS, "opening", lambda post=post: _open(world, post)))
    for body in world.bodies:
        if 0 <= body.closes < NEVER:
            close_on_its_day(world, body)


def close_on_its_day(world: World, body: Body) -> None:
    """Start a process that closes an employer on the day after its present last day."""
    last = body.closes
    world.env.process(_once(world, last + 1, Phase.CLOSURES, "closure", lambda: _close(world, body, last)))


def _once(
    world: World, day: int, phase: Phase, rule: str, happen: Callable[[], None]
) -> Generator[simpy.Event, None, None]:
    yield world.until(day, phase, RULES[rule])
    happen()


def _months(world: World) -> Generator[simpy.Event, None, None]:
    """Go through every month, or part of a month, from its reading to its premiums."""
    day = 0
    while True:
        yield world.until(day, Phase.OPENINGS, RULES["month"])
        _read(world)
        date = world.calendar.date(day)
        if day > 0 and date.month == APRIL:
            yield world.until(day, Phase.OPENINGS, RULES["pay"])
            _award(world)
        first = day
        last = _last_of_month(world, day)
        yield world.until(last, Phase.MONTH_END, RULES["month"])
        _pay_premiums(world, first)
        day = last + 1


def _last_of_month(world: World, day: int) -> int:
    while world.calendar.date(day + 1).day != 1:
        day += 1
    return day


def _read(world: World) -> None:
    """Make the monthly reading: perceived risk of everyone, and new hazards for people in post.

    Risk is also updated for people who are away, because they may return.
    """
    world.reading = world.today
    heads = Counter(person.body for person in world.people if person.post is not None)
    world.gone_a_head = {body: count / max(heads[body], 1) for body, count in world.gone.items()}
    world.gone.clear()
    for person in world.people:
        update_risk(world, person)
        if person.post is not None:
            rerate(world, person)


def update_risk(world: World, person: Person) -> None:
    """Update a person's perceived risk to its value today."""
    outlook = world.behaviour.outlook
    if person.risk_class in CALM:
        person.risk = single(0)
        return
    ramp, half_life = person.pace
    risk = perceived(
        np.array([person.risk_from]),
        np.array([person.risk_to]),
        np.array([person.risk_since]),
        world.today,
        (outlook.ramp_months if ramp is None else ramp) * _MONTH,
        (outlook.half_life_months if half_life is None else half_life) * _MONTH,
    )
    person.risk = single(risk[0])


def _award(world: World) -> None:
    """Move everyone in post up one point, and pay them by the new table. Nobody's pay falls."""
    for person in world.people:
        if person.post is None:
            continue
        before = person.pay
        old = pay.award(world, person)
        new = person.point
        if (person.pay, new) != (before, old):
            world.note(Phase.OPENINGS, Kind.PAY, RULES["pay"], person.staff, left=old, right=new, pence=person.pay)


def _pay_premiums(world: World, first: int) -> None:
    """Pay the month's premium, for its days under the guarantee, to people in post at the month's end."""
    for person in world.people:
        if person.post is not None:
            _pay_premium(world, person, first, world.today, Phase.MONTH_END)


def settle(world: World, person: Person, phase: Phase) -> None:
    """Pay the premium earned this month up to yesterday, before new terms replace the old ones."""
    first = max(first_of_month(world.calendar, world.today) - world.origin, 0)
    _pay_premium(world, person, first, world.today - 1, phase)


def _pay_premium(world: World, person: Person, first: int, last: int, phase: Phase) -> None:
    """Pay the premium for the days under a guarantee from `first` to `last`, both included."""
    terms = person.guarantee
    if terms is None or terms.premium <= 0 or terms.until < first:
        return
    days = min(terms.until, last) - max(terms.since, first) + 1
    if days > 0:
        pence = round(person.basic * person.wte * terms.premium * days / DAYS_A_YEAR)
        world.note(phase, Kind.PREMIUM, RULES["month"], person.staff, left=person.post.number, pence=pence)


def _open(world: World, post: Post) -> None:
    post.stands = True
    world.note(Phase.OPENINGS, Kind.OPENED, RULES["opening"], NOBODY, right=post.number)


def _close(world: World, body: Body, last: int) -> None:
    """Close an employer after its last day: people still in its posts leave, and all its posts are removed.

    Does nothing if the last day has been changed since.
    """
    if body.closes != last:
        return
    for person in world.people:
        if person.post is not None and person.body is body:
            unexpired = rest_of_guarantee(person, last)
            left = depart(world, person, Phase.CLOSURES, RULES["closure"])
            if unexpired:
                rule = RULES["closure"]
                staff = person.staff
                world.note(Phase.CLOSURES, Kind.BOUGHT_OUT, rule, staff, left=left.number, pence=unexpired)
            disturb(world, person)
    for post in world.posts:
        if post.body is body and post.stands:
            remove(world, post, Phase.CLOSURES, RULES["closure"], 0)
            if isinstance(post.promised, Person):
                post.promised.next_post = None
