"""Returns: on each 1st, every person who was paid to leave is considered on their own, and may return."""

from __future__ import annotations

import calendar
import math
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from nhstransit.dates import DAYS_A_YEAR, add_months
from nhstransit.log import Kind
from nhstransit.policies import Returns
from nhstransit.streams import Chances
from nhstransit.workforce.columns import BANDS, CONTRACTS, VSM, RiskClass
from oracle import pay
from oracle.choices import key
from oracle.day import Phase
from oracle.effects import turn_class
from oracle.interims import engage, uncover
from oracle.lives import begin_life
from oracle.things import NEVER, Person, Post
from oracle.world import World

SENIOR = ("8a", "8b", "8c", "8d", "9", "VSM")  # bands from which more people return unseen


def call_back(acting: Any, policy: Returns) -> None:
    """Return people who are due to a vacant post like their last, or elsewhere. Some others return unseen."""
    world = acting.world
    rules = [world.rules.get(name) for name in policy.after]
    away = [
        person
        for person in world.people
        if person.post is None and person.next_post is None and not person.returned and person.left_rule in rules
    ]
    for person in away:
        if _due(acting, policy, person) <= world.today:
            _come_back(acting, policy, person)
    for person in away:
        if _unseen(acting, policy, person):
            post = _vacancy(world, policy, person, bare=True)
            if post is not None:
                engage(acting, policy, post, person)


def _come_back(acting: Any, policy: Returns, person: Person) -> None:
    """Return one person, who repays what the terms require."""
    world = acting.world
    pence = _owed(world, policy, person)
    if pence:
        world.note(Phase.WINDOWS, Kind.CLAWBACK, acting.rule, person.staff, pence=pence)
    post = _vacancy(world, policy, person)
    if post is None:
        world.note(Phase.WINDOWS, Kind.BACK, acting.rule, person.staff)
        person.returned = True
        return
    person.next_post = post
    post.promised = person
    lasts = bool(_draw(acting, person, "contract")[0] < policy.permanent)
    last = int(add_months(world.epoch(world.today), policy.term_months)) - 1 - world.origin
    world.env.process(_rejoin(world, person, post, acting.rule, NEVER if lasts else last))


def _draw(acting: Any, person: Person, what: str) -> Any:
    return Chances(acting.world.luck, acting.chances.policy, person.departures - 1).uniform(what, key(person))


def _terms(world: World, policy: Returns, person: Person) -> str:
    """The terms under which somebody may have to repay, or an empty text."""
    return next((terms for name, terms in policy.repays.items() if world.rules.get(name) == person.left_rule), "")


def _window(world: World, policy: Returns, person: Person) -> float:
    """Days after leaving before which a return is deterred: until nothing is owed, if there are terms."""
    terms = _terms(world, policy, person)
    today = world.epoch(world.today)
    if not terms and policy.clawback_months is not None:
        return policy.clawback_months / 12.0 * DAYS_A_YEAR
    day = person.left_day + 1
    if terms in ("", "section16"):
        while day - person.left_day <= world.law.alternative_window_days(today):
            day += 1
        return day - person.left_day
    months = world.law.clawback_months(terms, today, _senior(person))
    return int(add_months(world.epoch(day), months)) - world.epoch(person.left_day)


def _senior(person: Person) -> bool:
    assert person.last_post is not None
    return person.last_post.band == VSM


def _owed(world: World, policy: Returns, person: Person) -> int:
    """Pence to repay: net pay of the unexpired months, or all redundancy pay within the window of section 16."""
    terms = _terms(world, policy, person)
    today = world.epoch(world.today)
    if not terms:
        return 0
    net = world.law.net_of_tax(np.array([person.paid]), today, tax_rate=policy.tax_rate)
    leaving = np.array([world.epoch(person.left_day)])
    if terms == "section16":
        return int(net[0]) if world.today - person.left_day <= world.law.alternative_window_days(today) else 0
    months = np.ones(1)
    if terms == "mars_2010":
        months = world.law.mars_months(np.array([person.service_from]), leaving, terms=terms)
    vsm = np.array([_senior(person)])
    return int(world.law.clawback(net, months, leaving, np.array([today]), terms=terms, vsm=vsm)[0])


def _due(acting: Any, policy: Returns, person: Person) -> int:
    """The day on which somebody returns, or NEVER. People who are deterred do not return inside the window."""
    draw = _draw(acting, person, "return")
    if not draw[0] < policy.share:
        return NEVER
    days = policy.scale_years * float(((-np.log1p(-draw / policy.share)) ** (1.0 / policy.shape))[0]) * DAYS_A_YEAR
    window = _window(acting.world, policy, person)
    draw_deterred = float(_draw(acting, person, "deterred")[0])
    if days < window and draw_deterred < policy.deterred:
        draw_deterred /= policy.deterred
        if not draw_deterred < policy.after_window:
            return NEVER
        days = window + draw_deterred / policy.after_window * (policy.after_months / 12.0 * DAYS_A_YEAR)
    return person.left_day + min(math.ceil(days), 10**6)


def _unseen(acting: Any, policy: Returns, person: Person) -> bool:
    """Whether somebody who does not return by the curve may return as an interim today, within two years."""
    assert person.last_post is not None
    if person.returned or person.next_post is not None:
        return False
    draw = float(_draw(acting, person, "return")[0]) - policy.share
    chance = policy.unseen if BANDS[person.last_post.band] in SENIOR else policy.unseen / 3.0
    chance = min(chance, 1.0 - policy.share)
    gone = acting.world.today - person.left_day
    return 0 <= draw < chance and math.ceil(2.0 * DAYS_A_YEAR * draw / chance) <= gone <= 2.0 * DAYS_A_YEAR


def _vacancy(world: World, policy: Returns, person: Person, *, bare: bool = False) -> Post | None:
    """The vacant post with the lowest key in the person's last region, function and band, or None.

    With `bare`, posts covered by an interim are left out.
    """
    last = person.last_post
    assert last is not None
    alike = [
        post
        for post in world.vacancies(policy.kinds)
        if not (bare and post.cover)
        and (post.body.region, post.function, post.band) == (last.body.region, last.function, last.band)
    ]
    return min(alike, key=lambda post: post.key, default=None)


def _long_away(world: World, person: Person) -> bool:
    """Whether more calendar months than the law's limit have passed since the first day out of work."""
    first = world.calendar.date(person.left_day + 1)
    back = world.calendar.date(world.today)
    months = (back.year - first.year) * 12 + back.month - first.month
    last = calendar.monthrange(back.year, back.month)[1]
    allowed = world.law.reckonable_break_months(world.epoch(world.today))
    return months > allowed or (months == allowed and back.day > min(first.day, last))


def _rejoin(world: World, person: Person, post: Post, rule: int, until: int) -> Generator[simpy.Event, None, None]:
    """In the arrivals of the day, put a person back in post: old pay point, today's table, new contract, new clocks."""
    yield world.until(world.today, Phase.ARRIVALS, rule)
    if person.next_post is not post:
        return
    person.post = post
    person.next_post = None
    uncover(world, post, Phase.ARRIVALS)
    post.holder = person
    post.promised = None
    listed = pay.table(world, post.band, person.point, world.epoch(world.today))
    pay.paid(world, person, person.basic if listed is None else listed)
    person.scale_share = 1.0
    person.own_pay = person.own_pay and listed is None
    person.guarantee = None
    if person.bought_out or _long_away(world, person):
        person.service_from = world.epoch(world.today)
    person.contract = CONTRACTS.index("permanent" if until == NEVER else "fixed-term")
    person.contract_ends = until
    point = person.point
    world.note(Phase.ARRIVALS, Kind.ARRIVED, rule, person.staff, right=post.number)
    world.note(Phase.ARRIVALS, Kind.PAY, rule, person.staff, left=point, right=point, pence=person.pay)
    turn_class(world, person, RiskClass.NONE if post.body.goes_on else RiskClass.EXPOSED, Phase.ARRIVALS, rule)
    begin_life(world, person, world.today + 1, occasion=person.departures)
