"""Clustering, splits, bridging and transfers of arms, one employer and one person at a time."""

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
    """Open a new post today, at the end of the list of posts.

    It costs as much as the lowest point of its band. If it replaces a credited post, it costs nothing: removing the new
    post then brings the credit, and removing the old one does not.
    """
    alike = [post for post in world.posts if (post.body, post.function, post.band) == (body, function, band)]
    names = tuple(body.name for body in world.bodies)
    cell = (np.array([code]) for code in (body.number, function, band, len(alike)))
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


# Clustering


def merge(acting: Any, policy: Clustering) -> None:
    """Reduce the posts of each cluster, function and band to `kept`: vacant ones first, then by lowest assessment."""
    world = acting.world
    groups: dict[Any, list[Post]] = {}
    for post in world.posts:
        senior = post.stands and BANDS[post.band] in policy.bands and _named(world, post.function, policy.functions)
        if senior and _shares(world, policy, post.body):
            cluster = world.scenario.organisations[post.body.number].cluster
            groups.setdefault((cluster, post.function, post.band), []).append(post)
    path = Path(acting, policy)  # redundancy terms are those of a cost reduction
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
        path._agree_exit(person, path._terms(person))


def _shares(world: Any, policy: Clustering, body: Body) -> bool:
    """Whether an employer's cluster has at least two employers of these kinds that exist today, this one included."""

    def counts(other: Body) -> bool:
        return other.kind in policy.kinds and other.closes >= world.today

    cluster = world.scenario.organisations[body.number].cluster
    if not cluster or not counts(body):
        return False
    return sum(counts(b) and world.scenario.organisations[b.number].cluster == cluster for b in world.bodies) > 1


def _assessed(acting: Any, policy: Clustering, person: Person) -> float:
    noise = acting.chances.normal("assessment", key(person))[0]
    return float(person.skill + policy.assessment_error * noise)


# Splits


class Parting:
    """A split of a function on one day. The old posts are removed on the next day."""

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
            draw = self._acting.chances.uniform("side", key(person))[0]
            if not person.settled and _named(world, person.post.function, policy.functions) and draw < policy.part:
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
            held = person.post or person.last_post
            post = next((p for p in old if (p.body, p.band) == (held.body, held.band)), None)
            if post is not None:
                old.remove(post)
                remove(world, post, Phase.WINDOWS, self._acting.rule, 0)
        for person in self._went:
            if person.post is None or person.settled or person.body.goes_on:
                continue
            if person.risk_class == RiskClass.SAFE:
                turn(world, person, Phase.WINDOWS, self._acting.rule, risk_class=RiskClass.EXPOSED)


# Bridging


def bridge(acting: Any, policy: Bridging) -> list[Step]:
    """The steps of bridging: the offer, and the day after the guarantee."""
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


# Transfers of arms


class Arms:
    """A transfer of arms: posts are opened at the successor, and people are appointed to them."""

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

    def _successor(self, body: Body) -> Body | None:
        world = self._acting.world
        policy = self._policy
        names = world.scenario.organisations[body.number].successors
        if body.kind not in policy.kinds or body.goes_on or not names:
            return None
        successor = next(other for other in world.bodies if other.name == names[0])
        return successor if stands_by(world, successor, world.calendar.day(policy.starts)) else None

    def _make(self) -> None:
        world = self._acting.world
        policy = self._policy
        self._find_people()
        for post in list(world.posts):
            successor = self._successor(post.body)
            if post.stands and successor is not None and _named(world, post.function, policy.functions):
                rule = self._acting.rule
                make_post(world, successor, post.function, post.band, Phase.MILESTONES, rule, instead_of=post)

    def _settle_latecomers(self) -> None:
        self._find_people()
        self._settle()

    def _find_people(self) -> None:
        """Find the free people in post whose employer has a successor."""
        world = self._acting.world
        policy = self._policy
        self._going = []
        for person in world.in_post(policy.kinds):
            goes = self._successor(person.body) is not None and _named(world, person.post.function, policy.functions)
            lasts = person.body.closes + 1 >= world.calendar.day(policy.starts)
            if goes and lasts and not person.settled:
                self._going.append(person)

    def _settle(self) -> None:
        world = self._acting.world
        successors = {self._successor(body) for body in world.bodies}
        made = [post for post in world.posts if post.vacant and post.body in successors]
        start = world.calendar.day(self._policy.starts)
        for person in self._going:
            if person.post is None or person.settled:
                continue
            cell = (self._successor(person.body), person.post.function, person.post.band)
            post = next((p for p in made if (p.body, p.function, p.band) == cell), None)
            if post is not None:
                made.remove(post)
                appoint(world, person, post, start, self._acting.rule)
