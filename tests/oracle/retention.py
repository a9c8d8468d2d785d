"""Retention terms: each employer names people, makes offers, renews them if it is extended, and terms end."""

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
    """The steps: the offer, the day after the guarantee, and the renewals, which are rounds from 1."""
    day = acting.world.calendar.day
    guaranteed = day(policy.guaranteed)
    return [
        (day(policy.offered), Phase.WINDOWS, lambda: _offer(acting, policy, guaranteed)),
        (guaranteed + 1, Phase.WINDOWS, lambda: _end(acting, guaranteed)),
        *(
            (
                day(renewal.on),
                Phase.WINDOWS,
                lambda round_number=round_number, cap=renewal.cap: _renew(
                    acting, policy, round_number, _cap(acting.world, cap)
                ),
            )
            for round_number, renewal in enumerate(policy.renewals, start=1)
        ),
    ]


def _cap(world: Any, cap: float | None) -> float:
    """The share of its staff that an employer may name: the policy's, or the law's today."""
    return _law(world, "most_share") if cap is None else cap


def _premium(world: Any, policy: Rets) -> float:
    return _law(world, "premium") if policy.premium is None else policy.premium


def _law(world: Any, name: str) -> float:
    return float(world.law.parameters.table("rets").on(world.epoch(world.today)).number(name))


def _offer(acting: Any, policy: Rets, until: int) -> None:
    """Let each employer name its best people without terms. People who accept get a guarantee and a premium."""
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
                least = min(until, body.closes, person.contract_ends)  # at most as long as employer and contract
                retain(world, person, least, _premium(world, policy), acting.rule)
                if least < until:
                    world.env.process(_end_later(acting, least))
            world.env.process(_lapse_later(acting, person, until))


def _renew(acting: Any, policy: Rets, round_number: int, cap: float) -> None:
    """Let employers that close after running terms offer the best of those people terms to the closing day."""
    world = acting.world
    chances = Chances(acting.world.luck, acting.chances.policy, round_number)
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
    """The people whom one employer names: business-critical people first, then by skill less the size of their function.

    `may` says which people can be named, and `has_place` which of the other people count towards the cap.
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
    """On the day after, remove the label business-critical, except for other terms or by the staff list."""
    world = acting.world
    yield world.until(until + 1, Phase.WINDOWS, acting.rule)
    named = person.critical and not person.listed and not person.guaranteed_on(world.today)
    if person.post is not None and named:
        world.note(Phase.WINDOWS, Kind.LAPSED, acting.rule, person.staff, left=person.post.number)
        person.critical = False


def _end(acting: Any, until: int) -> None:
    """On the day after a guarantee, expose people who still have only this guarantee to risk again."""
    world = acting.world
    for person in world.people:
        ended = person.guarantee is not None and person.guarantee.until == until
        if person.post is not None and ended and person.risk_class == RiskClass.GUARANTEED:
            turn(world, person, Phase.WINDOWS, acting.rule, risk_class=RiskClass.EXPOSED)
