"""Pay: the table of the day, the high-cost-area supplement, and how both change."""

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
    """Basic pay in pence at a point, by the table of a day (by default day 0), or None if the band has no table then."""
    on = world.origin if today is None else today
    if world.law.points(on)[band] == 0:
        return None
    return int(world.law.annual_pay(np.array([band]), np.array([point]), on)[0])


def in_band(world: Any, band: int, point: int) -> int:
    """Basic pay today of somebody new to a band: by the table, or the band's opening median if there is no table."""
    found = table(world, band, point, world.epoch(world.today))
    return world.usual[band] if found is None else found


def usual(people: list[Person]) -> dict[int, int]:
    """The median of basic pay in each band, in whole pence."""
    bands = {person.post.band for person in people if person.post is not None}
    return {band: math.floor(median(person.basic for person in people if person.post.band == band)) for band in bands}


def supplement(world: Any, body: Body, band: int, basic: int, today: int | None = None) -> int:
    """The high-cost-area supplement in pence, between its limits. Very senior managers receive none."""
    if not body.area or band == VSM:
        return 0
    on = world.origin if today is None else today
    limits = world.law.parameters.grid("high_cost_area").on(on)
    share, *pounds = limits.row(body.area)
    least, most = (_carried(world, limits, on, sum_) for sum_ in pounds)
    wanted = math.floor(basic * Fraction(str(share)) + Fraction(1, 2))
    return int(max(round(100 * least), min(round(100 * most), wanted)))


def _carried(world: Any, entry: Any, on: int, pounds: float) -> float:
    """A limit in pounds, raised by the assumed award for each April after the last year of the table."""
    if entry.until is None or on <= epoch_day(entry.until):
        return pounds
    awards = world.law.parameters.number("later_award")
    award = awards.on(max(on, awards.entries[0].first)).value
    day = date_of(on)
    aprils = day.year - entry.until.year + (day.month >= 4) - (entry.until.month >= 4)
    return float(round(pounds * (1.0 + award) ** aprils))


def paid(world: Any, person: Person, basic: int) -> None:
    """Set somebody's basic pay from today, with the supplement of the employer's area."""
    person.supplement = supplement(world, person.body, person.post.band, basic, world.epoch(world.today))
    person.pay = basic + person.supplement


def moved(world: Any, person: Person, phase: Phase, rule: int, old_band: int) -> None:
    """Adjust pay after a move: basic pay is unchanged, and the supplement is that of the new employer's area."""
    if person.post.band != old_band:
        person.scale_share = 1.0
        person.own_pay = False
    before = person.pay
    paid(world, person, person.basic)
    if person.pay != before:
        point = person.point
        world.note(phase, Kind.PAY, rule, person.staff, left=point, right=point, pence=person.pay)


def award(world: Any, person: Person) -> int:
    """Raise somebody's pay in April: one point up, by the new table, and never lower. Returns the old point.

    Pay that the staff list sets above the table rises by its own award.
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
