"""Effects of policies on people, one person at a time."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy

from nhstransit.behaviour.outlook import moved
from nhstransit.log import Kind
from nhstransit.workforce.columns import Disposition, RiskClass
from oracle import pay
from oracle.calendar import settle, update_risk
from oracle.day import RULES, Phase
from oracle.interims import uncover
from oracle.lives import forget, remove, rerate
from oracle.things import CALM, Exit, Guarantee, Person, Post, single
from oracle.world import World


def agree(world: World, person: Person, going: Exit) -> None:
    """Agree an exit. From now on the person does not resign."""
    world.note(
        Phase.WINDOWS,
        Kind.EXIT_AGREED,
        going.rule,
        person.staff,
        left=person.post.number,
        right=going.last_day,
        pence=going.severance + going.in_lieu,
    )
    person.exit = going
    person.void = None
    rerate(world, person)


def appoint(world: World, person: Person, post: Post, start: int, rule: int) -> None:
    """Promise a post to somebody, who starts at midnight of a later day, or in today's appointments."""
    if person.exit is not None:
        world.note(Phase.WINDOWS, Kind.EXIT_VOID, rule, person.staff, left=person.post.number)
        void = person.exit
        forget(person)
        person.void = void
    world.note(Phase.WINDOWS, Kind.APPOINTED, rule, person.staff, left=person.post.number, right=post.number)
    person.next_post = post
    post.promised = person
    person.notice_due = -1
    turn_class(world, person, RiskClass.SAFE, Phase.WINDOWS, rule)
    rerate(world, person)
    world.env.process(_start(world, person, post, start, rule))


def _start(world: World, person: Person, post: Post, start: int, rule: int) -> Generator[simpy.Event, None, None]:
    """Wait for the first day in the new post. A person who has left, or lost the promise, does not start."""
    at_once = start <= world.today
    phase, order = (Phase.APPOINTMENTS, rule) if at_once else (Phase.CLOSURES, RULES["transfer"])
    yield world.until(max(start, world.today), phase, order)
    if person.post is None or person.next_post is not post:
        return
    old = person.post
    void = person.void
    person.void = None
    cost = world.law.employer_cost(np.array([person.pay]), np.array([person.wte]), world.epoch(world.today))
    _move(world, person, post, phase, rule)
    rerate(world, person)
    if void is not None and void.removes_post and old.body.closes >= world.today:
        remove(world, old, phase, void.rule, int(cost[0]))


def _move(world: World, person: Person, post: Post, phase: Phase, rule: int) -> None:
    old = person.post
    assert old is not None
    uncover(world, post, phase)
    world.note(phase, Kind.MOVED, rule, person.staff, left=old.number, right=post.number)
    old.holder = None
    old.spell = old.spell + 1
    old.last_held = world.today - 1
    post.holder = person
    post.promised = None
    person.post = post
    person.next_post = None
    pay.moved(world, person, phase, rule, old.band)


def lodge(world: World, person: Person, post: Post, start: int, rule: int) -> None:
    """Let somebody under notice serve the rest of it in another post, from midnight of a later day."""
    post.promised = person
    world.env.process(_move_in(world, person, post, person.exit, start, rule))


def _move_in(
    world: World, person: Person, post: Post, going: Exit | None, start: int, rule: int
) -> Generator[simpy.Event, None, None]:
    """Wait for the day. A person who has left, or no longer has this exit, does not move."""
    yield world.until(start, Phase.CLOSURES, RULES["transfer"])
    if person.post is not None and person.exit is going and post.stands:
        _move(world, person, post, Phase.CLOSURES, rule)
        rerate(world, person)
    else:
        post.promised = None


def retain(world: World, person: Person, until: int, premium: float, rule: int) -> None:
    """Guarantee a job to a day, with a premium."""
    old = person.guarantee
    if old is not None and person.guaranteed_on(world.today):  # promises bind: the better terms apply
        until = max(until, old.until)
        premium = max(premium, old.premium)
    yearly = round(person.basic * person.wte * premium)
    post = person.post.number
    world.note(Phase.WINDOWS, Kind.RETAINED, rule, person.staff, left=post, right=until, pence=yearly)
    settle(world, person, Phase.WINDOWS)
    person.guarantee = Guarantee(world.today, until, premium)
    if person.contract_ends < until:
        person.contract_ends = until
    turn_class(world, person, RiskClass.GUARANTEED, Phase.WINDOWS, rule)
    rerate(world, person)


def designate(world: World, person: Person, rule: int) -> None:
    """Label somebody as business-critical, if they are not yet."""
    if not person.critical:
        world.note(Phase.WINDOWS, Kind.DESIGNATED, rule, person.staff, left=person.post.number)
    person.critical = True


def turn_class(world: World, person: Person, risk_class: RiskClass, phase: Phase, rule: int) -> None:
    """Change the risk class. In a calm class perceived risk is zero."""
    if person.risk_class != risk_class:
        world.note(phase, Kind.RISK, rule, person.staff, left=int(person.risk_class), right=int(risk_class))
    person.risk_class = risk_class
    if risk_class in CALM:
        person.risk = single(0)


def turn(
    world: World,
    person: Person,
    phase: Phase,
    rule: int,
    *,
    risk_class: RiskClass,
    target: float | None = None,
    weight: float = 1.0,
    disposition: Disposition | None = None,
    pace: tuple[float | None, float | None] = (None, None),
) -> None:
    """Apply news: update risk, then change the class, the target of risk and the disposition, in this order."""
    update_risk(world, person)
    turn_class(world, person, risk_class, phase, rule)
    if target is not None:
        heads = moved(np.array([person.risk]), np.array([target]), weight)
        person.risk_from = person.risk
        person.risk_to = single(heads[0])
        person.risk_since = world.today
        person.pace = pace
    if disposition is not None:
        if disposition != person.disposition:
            new = int(disposition)
            world.note(phase, Kind.DISPOSITION, rule, person.staff, left=int(person.disposition), right=new)
        person.disposition = disposition
    rerate(world, person)
