"""Hiring: on each 1st every vacancy is considered on its own, and a newcomer may start on a later 1st.

This module also makes newcomers for inflows.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy

from nhstransit.log import Kind
from nhstransit.policies import Hiring, Inflow
from nhstransit.streams import combined
from nhstransit.workforce.columns import CONTRACTS, SECTIONS, VSM, RiskClass
from oracle import pay
from oracle.choices import may_employ
from oracle.day import Phase
from oracle.interims import uncover
from oracle.lives import begin_life
from oracle.things import NEVER, NEWCOMER, Person, Post, single
from oracle.world import World

_YEAR = 365.25


@dataclass
class Spell:
    """A post between two holders. Its key determines the random numbers of the newcomer."""

    post: Post
    key: Any  # (1,)
    chances: Any

    @classmethod
    def of(cls, acting: Any, post: Post) -> Spell:
        return cls(post, combined(np.array([post.key], "uint64"), np.array([post.spell])), acting.chances)

    def uniform(self, what: str) -> float:
        return float(self.chances.uniform(what, self.key, among="post")[0])

    def normal(self, what: str) -> float:
        return float(self.chances.normal(what, self.key, among="post")[0])


def hire(acting: Any, policy: Hiring) -> None:
    """Consider every vacancy, and reserve each post that is filled for a newcomer."""
    world = acting.world
    found: list[Spell] = []
    start = _first_day(world)
    cutting = {person.body for person in world.people if person.post is not None and _loses_post(world, person)}
    for post in world.vacancies(policy.kinds):
        if (policy.authorised and not may_employ(world, post.body)) or post.body in cutting:
            continue
        if start >= min(post.body.closes, world.days):
            continue
        spell = Spell.of(acting, post)
        if spell.uniform("refill") < _released(world, policy, post) and _finds(world, policy, spell):
            found.append(spell)
    for spell in found:
        reserve(acting, policy, start, spell)


def _released(world: World, policy: Hiring, post: Post) -> float:
    """The share of posts that may be filled, according to the freeze in which this one fell vacant."""
    for freeze in policy.freezes:
        if post.emptied <= world.calendar.day(freeze.until):
            return freeze.refill
    return policy.refill


def _finds(world: World, policy: Hiring, spell: Spell) -> bool:
    """Whether this month's advert finds someone. Its random number is keyed by the number of possible earlier adverts."""
    firsts = world.calendar.month_starts
    before = bisect_left(firsts, world.today) - bisect_right(firsts, spell.post.emptied)
    draw = spell.chances.uniform("found", combined(spell.key, np.array([before])), among="post")[0]
    weeks_a_month = 365.25 / 12 / 7
    return bool(draw < (1.0 if policy.weeks <= weeks_a_month else weeks_a_month / policy.weeks))


def _loses_post(world: World, person: Person) -> bool:
    """Whether somebody is under notice that removes the post, or is consulted on it."""
    noticed = person.exit is not None and person.exit.voidable and person.exit.removes_post
    return noticed or person.notice_due >= world.today


def reserve(acting: Any, policy: Hiring | Inflow, start: int, spell: Spell) -> None:
    """Reserve a post for a newcomer, who starts on a later day."""
    world = acting.world
    spell.post.promised = NEWCOMER
    if (start, acting.rule) not in world.coming:
        world.coming[start, acting.rule] = []
        world.env.process(_come(world, policy, start, acting.rule))
    world.coming[start, acting.rule].append(spell)


def _first_day(world: World) -> int:
    """The first 1st of a month that is four weeks away or more."""
    return next((int(day) for day in world.calendar.month_starts if day >= world.today + 28), NEVER)


def _come(world: World, policy: Hiring | Inflow, start: int, rule: int) -> Generator[simpy.Event, None, None]:
    """Wait for the day. Newcomers start in the posts that still exist, in the order in which they were hired."""
    yield world.until(start, Phase.ARRIVALS, rule)
    for spell in world.coming.pop((start, rule)):
        if spell.post.stands:
            person = _newcomer(world, policy, spell)
            uncover(world, spell.post, Phase.ARRIVALS)
            spell.post.holder = person
            spell.post.promised = None
            world.people.append(person)
            world.note(Phase.ARRIVALS, Kind.ARRIVED, rule, person.staff, right=spell.post.number)
            begin_life(world, person, world.today + 1)


def _newcomer(world: World, policy: Hiring | Inflow, spell: Spell) -> Person:
    """A newcomer, whose traits are drawn with the key of the post and its spell."""
    today = world.epoch(world.today)
    post = spell.post
    age = policy.youngest + (policy.oldest - policy.youngest) * spell.uniform("age")
    served = min(-6.0 * float(np.log(np.array([spell.uniform("service")]))[0]), max(age - 17.0, 0.0))
    if not spell.uniform("from the NHS") < policy.from_nhs:
        served = 0.0
    point = _point(world, policy, spell, served)
    basic = pay.in_band(world, post.band, point)
    supplement = pay.supplement(world, post.body, post.band, basic, today)
    return Person(
        staff=world.next_identity(),
        key=int(spell.key[0]),
        post=post,
        point=point,
        pay=basic + supplement,
        supplement=supplement,
        wte=0.6 if spell.uniform("part time") < policy.part_time else 1.0,
        born=today - math.ceil(age * _YEAR),
        service_from=today - math.floor(served * _YEAR),
        contract=CONTRACTS.index("permanent"),
        contract_ends=NEVER,
        section=_section(world, today),
        critical=False,
        skill=single(spell.normal("skill")),
        outside=single(spell.normal("outside")),
        attitude=single(spell.normal("attitude")),
        risk_class=RiskClass.NONE if post.body.goes_on else RiskClass.EXPOSED,
    )


def _section(world: World, today: int) -> int:
    """The latest section of the pension scheme that is open on a day."""
    starts = world.law.parameters.table("pension_sections").on(today)
    begun = [name for name in ("2008", "2015") if starts.number(name) <= today]
    return SECTIONS.index(begun[-1] if begun else "1995")


def _point(world: World, policy: Hiring | Inflow, spell: Spell, served: float) -> int:
    """The starting point: one point per year in the band, for people who keep their point; otherwise the lowest."""
    band = spell.post.band
    if band == VSM or not spell.uniform("keeps point") < policy.keeps_point:
        return 0
    last = int(world.law.points(world.epoch(world.today))[band]) - 1
    return min(math.floor(served * spell.uniform("years in band")), max(last, 0))
