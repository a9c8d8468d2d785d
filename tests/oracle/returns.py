"""Returns: on the 1st of a month each of those paid to go is looked at by themselves, and may be back."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import numpy as np
import simpy

from nhstransit.dates import DAYS_A_YEAR
from nhstransit.eventlog import Kind, Phase, rule_code
from nhstransit.policies import Returns
from nhstransit.streams import Chances
from nhstransit.workforce.codes import CONTRACTS, RiskClass
from oracle.choices import key
from oracle.effects import turn_class
from oracle.lives import begin_life
from oracle.things import NEVER, Person, Post
from oracle.world import World


def call_back(acting: Any, policy: Returns) -> None:
    """Whose time has come gets the first vacant post like their last, or is back elsewhere."""
    world, rules = acting.world, [rule_code(name) for name in policy.after]
    for person in world.people:
        away = person.post is None and person.next_post is None and not person.returned
        if not away or person.left_rule not in rules or _due(acting, policy, person) > world.today:
            continue
        post = _vacancy(world, policy, person)
        if post is None:
            world.note(Phase.WINDOWS, Kind.BACK, acting.rule, person.staff)
            person.returned = True
        else:
            person.next_post, post.promised = post, person
            world.env.process(_rejoin(world, person, post, acting.rule))


def _due(acting: Any, policy: Returns, person: Person) -> int:
    """The day on which somebody returns, if ever; not before the clawback window is over."""
    spell = Chances(acting.world.luck, acting.chances.policy, person.departures - 1)
    luck = spell.uniform("return", key(person))
    if not luck[0] < policy.share:
        return NEVER
    years = policy.scale_years * float(((-np.log1p(-luck / policy.share)) ** (1.0 / policy.shape))[0])
    return person.left_day + min(math.ceil(max(years, policy.clawback_months / 12.0) * DAYS_A_YEAR), 10**6)


def _vacancy(world: World, policy: Returns, person: Person) -> Post | None:
    """The vacant post with the lowest key in the region, function and band that the person left."""
    last = person.last_post
    assert last is not None
    alike = [
        post
        for post in world.vacancies(policy.kinds)
        if (post.body.region, post.function, post.band) == (last.body.region, last.function, last.band)
    ]
    return min(alike, key=lambda post: post.key, default=None)


def _rejoin(world: World, person: Person, post: Post, rule: int) -> Generator[simpy.Event, None, None]:
    """In the arrivals of the day: the old pay point by today's table, no guarantee, and a life begun anew."""
    yield world.until(world.today, Phase.ARRIVALS, rule)
    if person.next_post is not post:
        return
    person.post, person.next_post = post, None
    post.holder, post.promised = person, None
    person.pay = int(world.law.annual_pay(np.array([post.band]), np.array([person.point]), world.epoch(world.today))[0])
    person.guarantee = None
    person.contract, person.contract_ends = CONTRACTS.index("permanent"), NEVER
    point = person.point
    world.note(Phase.ARRIVALS, Kind.ARRIVED, rule, person.staff, right=post.number)
    world.note(Phase.ARRIVALS, Kind.PAY, rule, person.staff, left=point, right=point, pence=person.pay)
    turn_class(world, person, RiskClass.NONE if post.body.goes_on else RiskClass.EXPOSED, Phase.ARRIVALS, rule)
    begin_life(world, person, world.today + 1, occasion=person.departures)
