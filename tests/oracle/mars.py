"""A round of MARS: people apply one by one, each employer's panel goes down its list, the approved sign or withdraw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nhstransit.dates import complete_months
from nhstransit.eventlog import Kind, Phase
from nhstransit.policies import Mars
from nhstransit.workforce.codes import CONTRACTS
from oracle.choices import key, signs, takes_money
from oracle.effects import agree
from oracle.things import Body, Exit, Person
from oracle.world import World

PERMANENT = CONTRACTS.index("permanent")


@dataclass
class Case:
    """An application: who, for how much, what a month of the post costs, and the panel's luck."""

    person: Person
    pence: int
    monthly: int
    net: int
    luck: int


def sit(acting: Any, policy: Mars) -> None:
    """The closing day: applications are counted, and the panels sit."""
    world, rule = acting.world, acting.rule
    cases = [case for person in world.in_post(policy.kinds) if (case := _applies(acting, policy, person))]
    approved = [case for body in world.bodies for case in _approved(world, policy, body, cases)]
    leaving = world.calendar.day(policy.leaves)
    for case in cases:
        _note(world, rule, Kind.APPLIED, case.person, case.pence)
        if case not in approved:
            _note(world, rule, Kind.REFUSED, case.person)
            continue
        _note(world, rule, Kind.APPROVED, case.person)
        if not signs(world, case.person, acting.chances):
            _note(world, rule, Kind.WITHDREW, case.person)
            continue
        removed = acting.chances.uniform("post removed", key(case.person))[0] < policy.removed
        agree(world, case.person, Exit(rule, leaving, severance=case.pence, removes_post=bool(removed)))


def _note(world: World, rule: int, kind: Kind, person: Person, pence: int = 0) -> None:
    world.note(Phase.WINDOWS, kind, rule, person.staff, left=person.post.number, pence=pence)


def _applies(acting: Any, policy: Mars, person: Person) -> Case | None:
    """Somebody's application, if any."""
    world = acting.world
    if person.settled or person.guaranteed_on(world.today):
        return None
    if person.contract != PERMANENT and not policy.fixed_term:
        return None
    leaving = world.epoch(world.calendar.day(policy.leaves))
    if complete_months(person.service_from, leaving + 1) < policy.min_service_months:
        return None
    pay, wte, since = np.array([person.pay]), np.array([person.wte]), np.array([person.service_from])
    pence = int(world.law.mars(pay, wte, since, leaving, terms=policy.terms)[0])
    months = float(world.law.mars_months(since, leaving, terms=policy.terms)[0])
    if pence <= 0 or not takes_money(world, person, acting.chances, months, policy.clawback_months):
        return None
    return _case(acting, policy, person, pence)


def _case(acting: Any, policy: Mars, person: Person, pence: int) -> Case:
    """What the panel knows: the saving runs from the day after the last to the employer's, or the scenario's, end."""
    world = acting.world
    yearly = int(world.law.employer_cost(np.array([person.pay]), np.array([person.wte]), world.epoch(world.today))[0])
    monthly = yearly // 12
    days = max(min(person.body.closes, world.days - 1) - world.calendar.day(policy.leaves), 0)
    luck = int(acting.chances.uniform("panel", key(person))[0] * 2**53)
    return Case(person, pence, monthly, monthly * 12 * days // 365 - pence, luck)


def _approved(world: World, policy: Mars, body: Body, cases: list[Case]) -> list[Case]:
    """Whom the panel of one employer takes: best first, until one does not fit."""
    money = math.inf if policy.budget_pounds is None else round(policy.budget_pounds * 100)
    heads = sum(person.post is not None and person.body is body for person in world.people)
    places = math.floor(heads * policy.quota + 1e-9)
    taken: list[Case] = []
    for case in sorted(_eligible(world, policy, body, cases), key=lambda case: _order(policy, case)):
        money -= case.pence
        if money < 0 or len(taken) == places:
            break
        taken.append(case)
    return taken


def _eligible(world: World, policy: Mars, body: Body, cases: list[Case]) -> list[Case]:
    """Cases of an employer that are neither critical nor protected, and pay back in time."""
    return [
        case
        for case in cases
        if case.person.body is body
        and not case.person.critical
        and world.scenario.functions[case.person.post.function] not in policy.protected
        and case.pence <= policy.payback_months * case.monthly
    ]


def _order(policy: Mars, case: Case) -> tuple[int, int, int]:
    first = {
        "net-saving": -case.net,
        "payback": case.pence * 1000 // max(case.monthly, 1),
        "luck": case.luck,
    }[policy.order]
    return first, case.luck, case.person.staff
