"""Interims: one process for each cover of a post, paid every month until it ends."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy

from nhstransit.dates import DAYS_A_YEAR, add_months
from nhstransit.log import NOBODY, Kind
from nhstransit.policies import Interims, Returns
from nhstransit.streams import combined
from nhstransit.workforce.columns import BANDS
from oracle import pay
from oracle.day import RULES, Phase
from oracle.things import NEWCOMER, Person, Post
from oracle.world import World


@dataclass(eq=False)
class Cover:
    """Cover of a post. `who` is a former employee, or None for somebody from an agency; `daily` is in pence."""

    post: Post
    who: Person | None
    until: int
    daily: int
    rule: int
    paid_to: int

    @property
    def staff(self) -> int:
        return NOBODY if self.who is None else self.who.staff


def cover_vacancies(acting: Any, policy: Interims) -> None:
    """Cover posts that are vacant or wait for a newcomer, by random number of the post and its spell."""
    world = acting.world
    for post in world.posts:
        empty = post.stands and post.holder is None and post.promised in (None, NEWCOMER)
        if not empty or post.body.kind not in policy.kinds:
            continue
        if post.cover is not None or (policy.bands and BANDS[post.band] not in policy.bands):
            continue
        if policy.functions and world.scenario.functions[post.function] not in policy.functions:
            continue
        spell = combined(np.array([post.key], "uint64"), np.array([post.spell]))
        if acting.chances.uniform("interim", spell, among="post")[0] < policy.covered:
            engage(acting, policy, post, None)


def engage(acting: Any, policy: Interims | Returns, post: Post, who: Person | None) -> None:
    """Start to cover a post today."""
    world = acting.world
    today = world.epoch(world.today)
    basic = pay.in_band(world, post.band, 99)
    whole = basic + pay.supplement(world, post.body, post.band, basic, today)
    yearly = int(world.law.employer_cost(np.array([whole]), np.ones(1), today)[0])
    last = int(add_months(today, policy.months)) - 1 - world.origin
    daily = round(yearly * policy.dearer / DAYS_A_YEAR)
    cover = Cover(post, who, last, daily, acting.rule, world.today - 1)
    post.cover = cover
    if who is not None:
        who.returned = True
    world.note(Phase.WINDOWS, Kind.INTERIM, cover.rule, cover.staff, right=post.number, pence=daily)
    world.env.process(_lasts(world, cover))


def _lasts(world: World, cover: Cover) -> Generator[simpy.Event, None, None]:
    """Pay at the end of each month and of the scenario, until the cover's last day or until somebody has the post."""
    day = world.today
    while day < world.days and cover.post.cover is cover:
        month = min(_last_of_month(world, day), world.days - 1)
        if cover.until < month:
            yield world.until(cover.until + 1, Phase.OPENINGS, RULES["month"])
            if cover.post.cover is cover:
                uncover(world, cover.post, Phase.OPENINGS)
            return
        yield world.until(month, Phase.MONTH_END, RULES["month"])
        if cover.post.cover is cover:
            _settle(world, cover, month, Phase.MONTH_END)
        day = month + 1


def _last_of_month(world: World, day: int) -> int:
    while world.calendar.date(day + 1).day != 1:
        day += 1
    return day


def uncover(world: World, post: Post, phase: Phase) -> None:
    """End the cover of a post, because the post is filled or removed, or the cover's last day is over."""
    cover = post.cover
    if cover is not None:
        _settle(world, cover, world.today - 1, phase)
        world.note(phase, Kind.INTERIM_ENDED, cover.rule, cover.staff, left=post.number)
        post.cover = None


def _settle(world: World, cover: Cover, to: int, phase: Phase) -> None:
    """Pay for the days up to `to`, since the last payment."""
    last = max(min(cover.until, to), cover.paid_to)
    pence = cover.daily * (last - cover.paid_to)
    cover.paid_to = last
    if pence:
        world.note(phase, Kind.AGENCY, cover.rule, cover.staff, left=cover.post.number, pence=pence)
