"""Assignment, development, second thoughts and best people, one employer and one person at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import betaincinv, ndtr

from nhstransit.dates import add_months
from nhstransit.log import Kind
from nhstransit.policies import Assignment, BestPeople, Development, SecondThoughts
from nhstransit.rounding import largest_remainder
from nhstransit.streams import combined, name_key
from nhstransit.workforce.columns import BANDS, Disposition, RiskClass
from oracle.choices import accepts_terms, competes, key, steps_away
from oracle.day import Phase
from oracle.effects import appoint, turn
from oracle.filling import Candidate, Group, match
from oracle.moving import make_post
from oracle.purses import draw, left, purse
from oracle.things import Body, Person

Step = tuple[int, Phase, Callable[[], None]]
OPEN = (RiskClass.NONE, RiskClass.EXPOSED)


def _named(acting: Any, policy: Any, person: Person) -> bool:
    """Whether somebody is in the functions and bands of a policy. A policy without any covers all."""
    function = acting.world.scenario.functions[person.post.function]
    of_band = not getattr(policy, "bands", ()) or BANDS[person.post.band] in policy.bands
    return of_band and (not policy.functions or function in policy.functions)


def _in_round(acting: Any, number: int) -> Any:
    """The random numbers of one round of the policy."""
    return type(acting.chances)(acting.chances.luck, acting.chances.policy, number)


def _months_on(world: Any, months: int) -> int:
    return int(add_months(world.epoch(world.today), months)) - world.origin


# Assignment to consortia


def lend(acting: Any, policy: Assignment) -> list[Step]:
    """The steps of an assignment: one day for each wave."""
    day = acting.world.calendar.day
    waves = enumerate(policy.waves)
    return [(day(date), Phase.WINDOWS, lambda wave=wave: _wave(acting, policy, wave)) for wave, date in waves]


def _wave(acting: Any, policy: Assignment, wave: int) -> None:
    world = acting.world
    chances = _in_round(acting, wave)
    for body in world.bodies:
        come = 0.0 if body.goes_on or body.kind not in policy.kinds else _come(world, policy, body, wave)
        if not come:
            continue
        staff = [person for person in world.in_post(policy.kinds) if person.body is body]
        staff = [person for person in staff if _named(acting, policy, person)]
        already = sum(person.risk_class == RiskClass.ASSIGNED for person in staff)
        places = math.floor(len(staff) * _willing(acting, policy, body) * come + 1e-9) - already
        free = [person for person in staff if not person.settled and person.risk_class in OPEN]
        goes = [person for person in free if competes(world, person, chances)]
        goes.sort(key=lambda person: (-person.skill, person.staff))
        for person in goes[: max(places, 0)]:
            news = {"risk_class": RiskClass.ASSIGNED, "target": 0.0, "weight": policy.weight}
            turn(world, person, Phase.WINDOWS, acting.rule, **news)


def _come(world: Any, policy: Assignment, body: Body, wave: int) -> float:
    """The share of an employer's consortia that have joined by a wave, by residents, or by number if they have none."""
    names = world.scenario.organisations[body.number].successors
    written = [one for one in world.scenario.organisations if one.name in names and one.kind in policy.consortia]
    count_heads = any(one.population for one in written)
    size = {one.name: one.population if count_heads else 1 for one in written}
    there = [one for one in written if min(max(one.wave - 1, 0), len(policy.waves) - 1) <= wave]
    return sum(size[one.name] for one in there) / sum(size.values()) if written else 0.0


def _willing(acting: Any, policy: Assignment, body: Body) -> float:
    """The share of its staff that an employer is willing to lend."""
    if not policy.spread:
        return policy.willing
    draw_of = acting.chances.luck.normal(
        "employer appetite", 0, np.array([name_key(body.name)], "uint64"), among="organisation"
    )
    mean = policy.willing
    both = policy.willing * (1.0 - policy.willing) / policy.spread**2 - 1.0
    return float(betaincinv(mean * both, (1.0 - mean) * both, ndtr(draw_of))[0])


# Courses


class Courses:
    """The courses of a policy: which people attend, and how their disposition changes at the end."""

    def __init__(self, acting: Any, policy: Development) -> None:
        self._acting = acting
        self._policy = policy

    def steps(self) -> list[Step]:
        day = self._acting.world.calendar.day
        every = enumerate(self._policy.courses)
        return [(day(date), Phase.WINDOWS, lambda number=number: self._begin(number)) for number, date in every]

    def _begin(self, number: int) -> None:
        world = self._acting.world
        policy = self._policy
        chances = _in_round(self._acting, number)
        stayers = [
            person
            for person in world.in_post(policy.kinds)
            if person.disposition == Disposition.STAYER
            and not person.settled
            and _named(self._acting, policy, person)
            and person.learns_until < world.today
        ]
        if not stayers:
            return
        takes = [person for person in stayers if accepts_terms(world, person, chances)]
        placed = self._paid_for(takes)
        for kind, people in (
            (Kind.APPLIED, takes),
            (Kind.APPROVED, placed),
            (Kind.REFUSED, [person for person in takes if person not in placed]),
        ):
            for person in people:
                world.note(Phase.WINDOWS, kind, self._acting.rule, person.staff, left=person.post.number)
        over = _months_on(world, policy.months)
        for person in placed:
            person.learns_until = over
            post = person.post.number
            world.note(Phase.WINDOWS, Kind.TRAINING, self._acting.rule, person.staff, left=post, pence=self._pence)
        if policy.fund:
            for body in world.bodies:
                count = sum(person.body is body for person in placed)
                if count and self._pence:
                    draw(world, Phase.WINDOWS, self._acting.rule, policy.fund, body, count * self._pence)
        world.env.process(self._end(placed, over, chances))

    @property
    def _pence(self) -> int:
        return round(self._policy.pounds * 100)

    def _paid_for(self, takes: list[Person]) -> list[Person]:
        """The most skilled people, as many as each employer's budget and then the fund's purse can pay for."""
        policy = self._policy
        world = self._acting.world
        budget: dict[Any, int] = {}
        kept: list[Person] = []
        for person in sorted(takes, key=lambda one: (-one.skill, one.staff)):
            limit = math.inf if policy.budget_pounds is None else round(policy.budget_pounds * 100)
            budget[person.body] = budget.get(person.body, 0) + self._pence
            if budget[person.body] <= limit:
                kept.append(person)
        if policy.fund:
            spent: dict[Any, int] = {}
            within = []
            for person in kept:
                purse_key = purse(world, policy.fund, person.body)
                spent[purse_key] = spent.get(purse_key, 0) + self._pence
                may_draw = person.body.kind in world.scenario.funds[policy.fund].drawers
                if may_draw and spent[purse_key] <= left(world, policy.fund, person.body):
                    within.append(person)
            kept = within
        return sorted(kept, key=lambda one: one.staff)

    def _end(self, placed: list[Person], day: int, chances: Any) -> Any:
        world = self._acting.world
        yield world.until(day, Phase.WINDOWS, self._acting.rule)
        for person in placed:
            stays = person.post is not None and person.exit is None and person.disposition == Disposition.STAYER
            if stays and chances.uniform("course", key(person))[0] < self._policy.works:
                rethink(world, person, Disposition.MOVER, self._acting.rule)


def rethink(world: Any, person: Person, disposition: Disposition, rule: int) -> None:
    """Change somebody's disposition only."""
    turn(world, person, Phase.WINDOWS, rule, risk_class=person.risk_class, disposition=disposition)


# Second thoughts


def look(acting: Any, policy: SecondThoughts) -> None:
    """On a 1st, make movers of stayers who have a promised post, and note the movers who wait for one."""
    world = acting.world
    here = world.in_post(policy.kinds)
    glad = [p for p in here if p.next_post is not None and p.disposition == Disposition.STAYER]
    waiting = [person for person in here if _waits(person, policy)]
    for person in glad:
        rethink(world, person, Disposition.MOVER, acting.rule)
    world.env.process(_look_again(acting, policy, waiting, _months_on(world, policy.months)))


def _waits(person: Person, policy: SecondThoughts) -> bool:
    if person.post is None or person.body.kind not in policy.kinds or person.body.goes_on or person.settled:
        return False
    return person.disposition == Disposition.MOVER and person.risk_class in (RiskClass.EXPOSED, RiskClass.AT_RISK)


def _look_again(acting: Any, policy: SecondThoughts, waiting: list[Person], day: int) -> Any:
    yield acting.world.until(day, Phase.WINDOWS, acting.rule)
    for person in waiting:
        if _waits(person, policy) and acting.chances.uniform("heart", key(person))[0] < policy.lose_heart:
            rethink(acting.world, person, Disposition.LEAVER, acting.rule)


# Best people


def invite(acting: Any, policy: BestPeople) -> None:
    """Match the most skilled people of each region with the places of its destinations."""
    world = acting.world
    places = _places(acting, policy)
    start = _months_on(world, policy.months)
    groups = {body: Group([None] * count) for body, count in places.items() if count}
    candidates = []
    for region in sorted({body.region for body in groups}):
        near = [body for body in groups if body.region == region]
        many = math.floor(sum(places[body] for body in near) * policy.asked_a_place + 1e-9)
        lasting = [p for p in world.in_post(policy.kinds) if p.body.closes + 1 >= start]
        free = [p for p in lasting if p.body.region == region and not p.settled]
        free = [person for person in free if _named(acting, policy, person)]
        for person in sorted(free, key=lambda one: (-one.skill, one.staff))[:many]:
            if competes(world, person, acting.chances):
                likes = {body: _liking(acting, person, body) for body in near}
                wishes = [groups[body] for body in sorted(near, key=lambda body: -likes[body])]
                candidates.append(Candidate(person, wishes, dict.fromkeys(wishes, float(person.skill)), set()))
    candidates.sort(key=lambda candidate: candidate.person.staff)
    match(candidates)
    goes = {candidate.person: body for body, group in groups.items() for candidate in group.held}
    _go(acting, policy, candidates, goes)


def _go(acting: Any, policy: BestPeople, candidates: list[Candidate], goes: dict[Person, Body]) -> None:
    world = acting.world
    rule = acting.rule
    start = _months_on(world, policy.months)
    for candidate in candidates:
        staff = candidate.person.staff
        post = candidate.person.post.number
        world.note(Phase.WINDOWS, Kind.APPLIED, rule, staff, left=post)
        kind = Kind.APPROVED if candidate.person in goes else Kind.REFUSED
        world.note(Phase.WINDOWS, kind, rule, staff, left=post)
    made = []
    for person in sorted(goes, key=lambda one: one.staff):
        cost = round(policy.pounds * 100)
        world.note(Phase.WINDOWS, Kind.TRAINING, rule, person.staff, left=person.post.number, pence=cost)
        function = world.scenario.functions.index(policy.into) if policy.into else person.post.function
        made.append((person, make_post(world, goes[person], function, person.post.band, Phase.WINDOWS, rule)))
    for person, post in made:
        appoint(world, person, post, start, rule)


def _places(acting: Any, policy: BestPeople) -> dict[Body, int]:
    """The number of places at each destination."""
    world = acting.world
    found: dict[Body, int] = {}
    for kind, count in policy.places.items():
        standing = []
        for body in world.bodies:
            written = world.scenario.organisations[body.number]
            first = written.opens or written.shadow
            if body.kind == kind and body.goes_on and (first is None or world.calendar.day(first) <= world.today):
                standing.append(body)
        residents = [world.scenario.organisations[body.number].population for body in standing]
        if standing:
            shares = largest_remainder(count, residents if any(residents) else [1] * len(standing))
            found |= dict(zip(standing, shares.tolist(), strict=True))
    return {body: found[body] for body in sorted(found, key=lambda body: body.number)}


def _liking(acting: Any, person: Person, body: Body) -> float:
    """How much somebody would like to work for an employer."""
    model = acting.world.behaviour.post
    taste = acting.chances.normal("liking", combined(key(person), np.array([name_key(body.name)], "uint64")))[0]
    steps = steps_away(acting.world, person.body, body)
    return float(taste - (model.distance * (steps == 3) + model.local * min(steps, 2)))
