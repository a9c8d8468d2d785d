"""Clusters that merge, a function that is parted, bridges, and arms that go whole: one body and one person at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nhstransit.log import NOBODY, Kind
from nhstransit.organisations.posts import post_keys
from nhstransit.policies import Bridging, Clustering, Split, TransferArms
from nhstransit.workforce.columns import BANDS, RiskClass
from oracle import pay
from oracle.choices import accepts_terms, key, stands_by
from oracle.cost import Path, consultation_days
from oracle.day import Phase
from oracle.effects import appoint, retain, turn
from oracle.lives import remove
from oracle.things import Body, Person, Post

Step = tuple[int, Phase, Callable[[], None]]


def _named(world: Any, function: int, names: tuple[str, ...]) -> bool:
    return not names or world.scenario.functions[function] in names


def make_post(
    world: Any, body: Body, function: int, band: int, phase: Phase, rule: int, instead_of: Post | None = None
) -> Post:
    """A new post at the end of the table, open at once.

    It costs what the lowest point of its band does, unless it takes over from a post whose going would have saved something:
    then its own going does so, and that of the other no more.
    """
    alike = [post for post in world.posts if (post.body, post.function, post.band) == (body, function, band)]
    names = tuple(body.name for body in world.bodies)
    cell = (np.array([code]) for code in (body.place, function, band, len(alike)))
    made = post_keys(names, world.scenario.functions, *cell)
    post = Post(len(world.posts), body, function, band, int(made[0]), world.today, stands=True)
    world.posts.append(post)
    if instead_of is not None and instead_of.credited:
        instead_of.credited = False
        world.note(phase, Kind.OPENED, rule, NOBODY, left=instead_of.number, right=post.number)
        return post
    post.credited = False
    today = world.epoch(world.today)
    lowest = world.law.annual_pay(np.array([band]), np.array([0]), today)
    cost = int(world.law.employer_cost(lowest, np.ones(1), today)[0])
    world.note(phase, Kind.OPENED, rule, NOBODY, right=post.number, pence=cost)
    return post


# Clusters


def merge(acting: Any, policy: Clustering) -> None:
    """Of each cluster, function and band so many posts remain: the empty go first, then those of the least well assessed."""
    world = acting.world
    groups: dict[Any, list[Post]] = {}
    for post in world.posts:
        senior = post.stands and BANDS[post.band] in policy.bands and _named(world, post.function, policy.functions)
        if senior and _shares(world, policy, post.body):
            cluster = world.scenario.organisations[post.body.place].cluster
            groups.setdefault((cluster, post.function, post.band), []).append(post)
    path = Path(acting, policy)  # its redundancies are on the same terms
    out: list[Person] = []
    empty: list[Post] = []
    for posts in groups.values():
        surplus = max(len(posts) - policy.kept, 0)
        gone = [post for post in posts if post.vacant][:surplus]
        empty += gone
        holders = [post.holder for post in posts if post.holder is not None]
        free = [p for p in holders if not p.settled and not p.critical and not p.guaranteed_on(world.today)]
        free = [p for p in free if p.contract_ends > path._terms(p).last_day]
        free.sort(key=lambda person: (_assessed(acting, policy, person), -person.staff))
        out += free[: surplus - len(gone)]
    for post in sorted(empty, key=lambda post: post.number):
        today = world.epoch(world.today)
        basic = pay.in_band(world, post.band, 0)
        whole = basic + pay.supplement(world, post.body, post.band, basic, today)
        saving = int(world.law.employer_cost(np.array([whole]), np.ones(1), today)[0])
        remove(world, post, Phase.WINDOWS, acting.rule, saving)
    until = world.today + consultation_days(world, policy)
    for person in sorted(out, key=lambda person: person.staff):
        world.note(Phase.WINDOWS, Kind.CONSULTED, acting.rule, person.staff, left=person.post.number, right=until)
        path._let_go(person, path._terms(person))


def _shares(world: Any, policy: Clustering, body: Body) -> bool:
    """Whether a body is one of two or more of its cluster that stand."""

    def counts(other: Body) -> bool:
        return other.kind in policy.kinds and other.closes >= world.today

    cluster = world.scenario.organisations[body.place].cluster
    if not cluster or not counts(body):
        return False
    return sum(counts(b) and world.scenario.organisations[b.place].cluster == cluster for b in world.bodies) > 1


def _assessed(acting: Any, policy: Clustering, person: Person) -> float:
    noise = acting.chances.normal("assessment", key(person))[0]
    return float(person.skill + policy.assessment_error * noise)


# The split


class Parting:
    """A function parted on one day, and the old posts away the day after."""

    def __init__(self, acting: Any, policy: Split) -> None:
        self._acting = acting
        self._policy = policy
        self._over: list[Person] = []
        self._went: list[Person] = []

    def steps(self) -> list[Step]:
        held = self._acting.world.calendar.day(self._policy.held)
        return [
            (held, Phase.MILESTONES, self._make),
            (held, Phase.WINDOWS, self._go_over),
            (held + 1, Phase.WINDOWS, self._clear),
        ]

    def _make(self) -> None:
        world = self._acting.world
        policy = self._policy
        becomes = world.scenario.functions.index(policy.becomes)
        for person in world.in_post(policy.kinds):
            luck = self._acting.chances.uniform("side", key(person))[0]
            if not person.settled and _named(world, person.post.function, policy.functions) and luck < policy.part:
                self._over.append(person)
        for person in self._over:
            rule = self._acting.rule
            make_post(world, person.body, becomes, person.post.band, Phase.MILESTONES, rule, instead_of=person.post)

    def _go_over(self) -> None:
        world = self._acting.world
        becomes = world.scenario.functions.index(self._policy.becomes)
        made = [post for post in world.posts if post.vacant and post.opens == world.today and post.function == becomes]
        for person in self._over:
            if person.post is not None and not person.settled:
                fits = (p for p in made if (p.body, p.band) == (person.body, person.post.band))
                post = next(fits, None)
                if post is not None:
                    made.remove(post)
                    appoint(world, person, post, world.today, self._acting.rule)
                    self._went.append(person)

    def _clear(self) -> None:
        world = self._acting.world
        policy = self._policy
        old = [
            post for post in world.posts if post.vacant and world.scenario.functions[post.function] in policy.functions
        ]
        for person in self._went:
            place = person.post or person.last_post
            post = next((p for p in old if (p.body, p.band) == (place.body, place.band)), None)
            if post is not None:
                old.remove(post)
                remove(world, post, Phase.WINDOWS, self._acting.rule, 0)
        for person in self._went:
            if person.post is None or person.settled or person.body.goes_on:
                continue
            if person.risk_class == RiskClass.SAFE:
                turn(world, person, Phase.WINDOWS, self._acting.rule, risk_class=RiskClass.EXPOSED)


# Bridges


def bridge(acting: Any, policy: Bridging) -> list[Step]:
    """The offer, and the day after the end."""
    world = acting.world
    until = world.calendar.day(policy.until)

    def offer() -> None:
        for person in world.in_post(policy.kinds):
            if not _named(world, person.post.function, policy.functions) or not policy.functions:
                continue
            free = not person.settled and not person.guaranteed_on(world.today) and person.body.closes >= until
            if free and accepts_terms(world, person, acting.chances):
                retain(world, person, until, policy.premium, acting.rule)

    def end() -> None:
        for person in world.in_post(policy.kinds):
            ended = person.guarantee is not None and person.guarantee.until == until
            theirs = policy.functions and _named(world, person.post.function, policy.functions)
            if theirs and ended and person.risk_class == RiskClass.GUARANTEED:
                turn(world, person, Phase.WINDOWS, acting.rule, risk_class=RiskClass.EXPOSED)

    return [(world.calendar.day(policy.offered), Phase.WINDOWS, offer), (until + 1, Phase.WINDOWS, end)]


# Arms


class Arms:
    """Posts made again at the heirs, and people appointed to them."""

    def __init__(self, acting: Any, policy: TransferArms) -> None:
        self._acting = acting
        self._policy = policy
        self._going: list[Person] = []

    def steps(self) -> list[Step]:
        day = self._acting.world.calendar.day
        held = day(self._policy.held)
        eve = day(self._policy.starts) - 1
        steps = [(held, Phase.MILESTONES, self._make), (held, Phase.WINDOWS, self._settle)]
        return [*steps, (eve, Phase.WINDOWS, self._settle_latecomers)] if eve > held else steps

    def _heir(self, body: Body) -> Body | None:
        world = self._acting.world
        policy = self._policy
        names = world.scenario.organisations[body.place].successors
        if body.kind not in policy.kinds or body.goes_on or not names:
            return None
        heir = next(other for other in world.bodies if other.name == names[0])
        return heir if stands_by(world, heir, world.calendar.day(policy.starts)) else None

    def _make(self) -> None:
        world = self._acting.world
        policy = self._policy
        self._call()
        for post in list(world.posts):
            heir = self._heir(post.body)
            if post.stands and heir is not None and _named(world, post.function, policy.functions):
                rule = self._acting.rule
                make_post(world, heir, post.function, post.band, Phase.MILESTONES, rule, instead_of=post)

    def _settle_latecomers(self) -> None:
        self._call()
        self._settle()

    def _call(self) -> None:
        """All in post there who have an heir and nothing settled."""
        world = self._acting.world
        policy = self._policy
        self._going = []
        for person in world.in_post(policy.kinds):
            goes = self._heir(person.body) is not None and _named(world, person.post.function, policy.functions)
            lasts = person.body.closes + 1 >= world.calendar.day(policy.starts)
            if goes and lasts and not person.settled:
                self._going.append(person)

    def _settle(self) -> None:
        world = self._acting.world
        heirs = {self._heir(body) for body in world.bodies}
        made = [post for post in world.posts if post.vacant and post.body in heirs]
        start = world.calendar.day(self._policy.starts)
        for person in self._going:
            if person.post is None or person.settled:
                continue
            cell = (self._heir(person.body), person.post.function, person.post.band)
            post = next((p for p in made if (p.body, p.function, p.band) == cell), None)
            if post is not None:
                made.remove(post)
                appoint(world, person, post, start, self._acting.rule)
