"""Retention terms: each employer names its own, one by one, offers, renews where it lives longer, and terms end."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from nhstransit.log import Kind
from nhstransit.policies import Rets
from nhstransit.streams import Chances
from nhstransit.workforce.columns import RiskClass
from oracle.choices import accepts_terms
from oracle.day import Phase
from oracle.effects import designate, retain, turn
from oracle.things import Body, Person

Step = tuple[int, Phase, Callable[[], None]]


def offer_and_renew(acting: Any, policy: Rets) -> list[Step]:
    """The offer, the day after the guarantee, and the renewals, which count as rounds from 1."""
    day = acting.world.calendar.day
    guaranteed = day(policy.guaranteed)
    return [
        (day(policy.offered), Phase.WINDOWS, lambda: _offer(acting, policy, guaranteed)),
        (guaranteed + 1, Phase.WINDOWS, lambda: _end(acting, guaranteed)),
        *(
            (
                day(renewal.on),
                Phase.WINDOWS,
                lambda place=place, cap=renewal.cap: _renew(acting, policy, place, _cap(acting.world, cap)),
            )
            for place, renewal in enumerate(policy.renewals, start=1)
        ),
    ]


def _cap(world: Any, cap: float | None) -> float:
    """The share of its staff that an employer may name: given, or the law's today."""
    return _law(world, "most_share") if cap is None else cap


def _premium(world: Any, policy: Rets) -> float:
    return _law(world, "premium") if policy.premium is None else policy.premium


def _law(world: Any, name: str) -> float:
    return float(world.law.parameters.table("rets").on(world.epoch(world.today)).number(name))


def _offer(acting: Any, policy: Rets, until: int) -> None:
    """Each employer names its best of those without terms; those who accept are guaranteed a job and paid for it."""
    world = acting.world
    for body in world.bodies:
        named = _best(
            acting,
            policy,
            body,
            _cap(world, policy.cap),
            lambda p: not p.guaranteed_on(world.today),
            lambda p: p.critical,
        )
        for person in named:
            designate(world, person, acting.rule)
            if accepts_terms(world, person, acting.chances):
                least = min(until, body.closes, person.contract_ends)  # no longer than employer and contract last
                retain(world, person, least, _premium(world, policy), acting.rule)
                if least < until:
                    world.env.process(_end_later(acting, least))
            world.env.process(_lapse_later(acting, person, until))


def _renew(acting: Any, policy: Rets, place: int, cap: float) -> None:
    """Employers that close later than terms that run offer the best of those who have them terms to their last day."""
    world = acting.world
    chances = Chances(acting.world.luck, acting.chances.policy, place)
    for body in world.bodies:
        if body.goes_on:
            continue

        def holds(person: Person, closes: int = body.closes) -> bool:
            running = person.guaranteed_on(world.today) and person.risk_class == RiskClass.GUARANTEED
            return running and person.guarantee is not None and person.guarantee.until < closes

        def renewed(person: Person, closes: int = body.closes) -> bool:
            return person.critical and person.guarantee is not None and person.guarantee.until >= closes

        for person in _best(acting, policy, body, cap, holds, renewed):
            designate(world, person, acting.rule)
            if accepts_terms(world, person, chances):
                retain(world, person, body.closes, _premium(world, policy), acting.rule)
                world.env.process(_end_later(acting, body.closes))
                world.env.process(_lapse_later(acting, person, body.closes))


def _best(
    acting: Any,
    policy: Rets,
    body: Body,
    cap: float,
    may: Callable[[Person], bool],
    has_place: Callable[[Person], bool],
) -> list[Person]:
    """Whom one employer names: the critical, then the highest in skill, less what the holders of the function are many.

    To its cap, of which those who have a place, and are not asked again, have their part.
    """
    functions = acting.world.scenario.functions
    staff = [person for person in acting.world.in_post(policy.kinds) if person.body is body]
    wanted = [
        person
        for person in staff
        if not person.settled
        and may(person)
        and (not policy.functions or functions[person.post.function] in policy.functions)
    ]

    def worth(person: Person) -> tuple[bool, float, int]:
        holders = sum(other.post.function == person.post.function for other in staff)
        scarce = policy.scarcity * float(np.log2(np.array([holders]))[0])
        return not person.critical, scarce - float(person.skill), person.staff

    taken = sum(has_place(person) for person in staff if person not in wanted)
    return sorted(wanted, key=worth)[: max(math.floor(len(staff) * cap + 1e-9) - taken, 0)]


def _end_later(acting: Any, until: int) -> Generator[simpy.Event, None, None]:
    yield acting.world.until(until + 1, Phase.WINDOWS, acting.rule)
    _end(acting, until)


def _lapse_later(acting: Any, person: Person, until: int) -> Generator[simpy.Event, None, None]:
    """The day after, who has no other terms is no longer business-critical, unless the staff list says so."""
    world = acting.world
    yield world.until(until + 1, Phase.WINDOWS, acting.rule)
    named = person.critical and not person.listed and not person.guaranteed_on(world.today)
    if person.post is not None and named:
        world.note(Phase.WINDOWS, Kind.LAPSED, acting.rule, person.staff, left=person.post.number)
        person.critical = False


def _end(acting: Any, until: int) -> None:
    """The day after: for those who had nothing better than the guarantee the future is open again."""
    world = acting.world
    for person in world.people:
        ended = person.guarantee is not None and person.guarantee.until == until
        if person.post is not None and ended and person.risk_class == RiskClass.GUARANTEED:
            turn(world, person, Phase.WINDOWS, acting.rule, risk_class=RiskClass.EXPOSED)
