"""What somebody is paid: the table of the day, the supplement of a high-cost area, and how both change."""

from __future__ import annotations

import math
from fractions import Fraction
from statistics import median
from typing import Any

import numpy as np

from nhstransit.dates import date_of, epoch_day
from nhstransit.log import Kind
from nhstransit.workforce.columns import VSM
from oracle.day import Phase
from oracle.things import Body, Person


def table(world: Any, band: int, point: int, today: int | None = None) -> int | None:
    """Basic pay at a point by the table of a day, the first if none is given; None where the band has no table then."""
    on = world.origin if today is None else today
    if world.law.points(on)[band] == 0:
        return None
    return int(world.law.annual_pay(np.array([band]), np.array([point]), on)[0])


def in_band(world: Any, band: int, point: int) -> int:
    """Basic pay today of somebody new to a band: by the table, or what was usual in it where there is none."""
    found = table(world, band, point, world.epoch(world.today))
    return world.usual[band] if found is None else found


def usual(people: list[Person]) -> dict[int, int]:
    """The median of basic pay in each band, in whole pence."""
    bands = {person.post.band for person in people if person.post is not None}
    return {band: math.floor(median(person.basic for person in people if person.post.band == band)) for band in bands}


def supplement(world: Any, body: Body, band: int, basic: int, today: int | None = None) -> int:
    """The share of basic pay that is paid for the employer's area, between its limits; nothing to very senior managers."""
    if not body.area or band == VSM:
        return 0
    on = world.origin if today is None else today
    limits = world.law.parameters.grid("high_cost_area").on(on)
    share, *pounds = limits.row(body.area)
    least, most = (_carried(world, limits, on, sum_) for sum_ in pounds)
    wanted = math.floor(basic * Fraction(str(share)) + Fraction(1, 2))
    return int(max(round(100 * least), min(round(100 * most), wanted)))


def _carried(world: Any, entry: Any, on: int, pounds: float) -> float:
    """A limit raised by the assumed award for each April after the last year that the table is known for."""
    if entry.until is None or on <= epoch_day(entry.until):
        return pounds
    awards = world.law.parameters.number("later_award")
    award = awards.on(max(on, awards.entries[0].first)).value
    day = date_of(on)
    aprils = day.year - entry.until.year + (day.month >= 4) - (entry.until.month >= 4)
    return float(round(pounds * (1.0 + award) ** aprils))


def paid(world: Any, person: Person, basic: int) -> None:
    """From today somebody has this basic pay, with the supplement of the employer's area."""
    person.supplement = supplement(world, person.body, person.post.band, basic, world.epoch(world.today))
    person.pay = basic + person.supplement


def moved(world: Any, person: Person, phase: Phase, rule: int, old_band: int) -> None:
    """After a move: basic pay is as it was, the supplement is the new employer's; another band has a scale of its own."""
    if person.post.band != old_band:
        person.scale_share = 1.0
        person.own_pay = False
    before = person.pay
    paid(world, person, person.basic)
    if person.pay != before:
        point = person.point
        world.note(phase, Kind.PAY, rule, person.staff, left=point, right=point, pence=person.pay)


def award(world: Any, person: Person) -> int:
    """April: one point up and the new year's table, in which nobody's pay falls; returns the point left behind.

    Pay of one's own rises by an award of its own.
    """
    today = world.epoch(world.today)
    band = person.post.band
    old = person.point
    basic = person.basic
    if person.own_pay:
        basic = round(basic * (1.0 + world.law.parameters.number("own_pay_award").on(today).value))
    if table(world, band, old, today) is not None:
        person.point = int(world.law.next_point(np.array([band]), np.array([old]), today)[0])
        listed = table(world, band, person.point, today)
        basic = max(basic, round(listed * person.scale_share))
    paid(world, person, basic)
    return old
