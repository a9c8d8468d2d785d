"""Transfers of whole functions where there are enough posts, and transfers of functions together with their posts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nhstransit.policies import TransferFunctions, TransferWhole
from oracle.choices import stands_by
from oracle.day import Phase
from oracle.effects import appoint
from oracle.lives import remove
from oracle.moving import make_post
from oracle.things import NEVER, Body, Person, Post

Step = tuple[int, Phase, Callable[[], None]]
Trade = tuple[str, int]


def transfer(acting: Any, policy: TransferWhole) -> None:
    """Transfer everyone of a region and function if there is a post for each, otherwise nobody."""
    world = acting.world
    start = world.calendar.day(policy.starts)
    moving: dict[Trade, list[Person]] = {}
    for person in world.in_post(policy.senders):
        named = not policy.functions or world.scenario.functions[person.post.function] in policy.functions
        if named and not person.settled and start - 1 <= person.body.closes < NEVER:
            moving.setdefault(_trade(person.post), []).append(person)
    offered: dict[Trade, list[Post]] = {}
    for post in world.vacancies(policy.receivers):
        if stands_by(world, post.body, start):
            offered.setdefault(_trade(post), []).append(post)
    goes: dict[Person, Post] = {}
    for trade, people in moving.items():
        posts = sorted(offered.get(trade, []), key=lambda post: post.key)
        if len(people) <= len(posts):
            goes |= _seated(people, posts, policy.bands_down)
    for person in sorted(goes, key=lambda person: person.staff):
        appoint(world, person, goes[person], start, acting.rule)


def _seated(people: list[Person], posts: list[Post], bands_down: int) -> dict[Person, Post]:
    """The post of each person: first for people who find one of their own band, then one band lower, and so on."""
    found: dict[Person, Post] = {}
    for down in range(bands_down + 1):
        for person in people:
            suits = [post for post in posts if post.band == person.post.band - down]
            if person not in found and suits:
                found[person] = suits[0]
                posts.remove(suits[0])
    return found


def _trade(post: Post) -> Trade:
    return post.body.region, post.function


class Functions:
    """A transfer of functions: posts are opened at the receiver, and the old posts are removed after people have moved."""

    def __init__(self, acting: Any, policy: TransferFunctions) -> None:
        self._acting = acting
        self._policy = policy
        self._start = acting.world.calendar.day(policy.starts)

    def steps(self) -> list[Step]:
        held = self._acting.world.calendar.day(self._policy.held)
        return [(held, Phase.WINDOWS, self._make), (self._start, Phase.WINDOWS, self._clear)]

    def _moves(self, post: Post) -> bool:
        """Whether a post is transferred, by its own draw."""
        world = self._acting.world
        policy = self._policy
        named = not policy.functions or world.scenario.functions[post.function] in policy.functions
        theirs = post.body.kind in policy.kinds and (not policy.bodies or post.body.name in policy.bodies)
        there = post.stands and post.opens <= world.today and post.body.closes >= self._start - 1
        return named and theirs and there and self._draw("moves", post) < policy.share

    def _draw(self, what: str, post: Post) -> float:
        return float(self._acting.chances.uniform(what, np.array([post.key], "uint64"), among="post")[0])

    def _receiver(self, post: Post) -> Body | None:
        world = self._acting.world
        policy = self._policy
        able = [body for body in world.bodies if stands_by(world, body, self._start) and body.closes >= self._start]
        if policy.successor:
            return next((body for body in able if body.name == policy.successor), None)
        if not policy.receivers:
            names = world.scenario.organisations[post.body.number].successors
            return next((body for body in able if names and body.name == names[0]), None)
        able = [body for body in able if body.kind in policy.receivers and body.region == post.body.region]
        return able[min(int(self._draw("where", post) * len(able)), len(able) - 1)] if able else None

    def _make(self) -> None:
        world = self._acting.world
        rule = self._acting.rule
        going: list[tuple[Person, Post]] = []
        for post in [post for post in world.posts if self._moves(post)]:
            receiver = self._receiver(post)
            holder = post.holder
            if receiver is None or post.promised is not None or (holder is not None and holder.settled):
                continue
            made = make_post(world, receiver, post.function, post.band, Phase.WINDOWS, rule, instead_of=post)
            if holder is None:
                remove(world, post, Phase.WINDOWS, rule, 0)
            else:
                going.append((holder, made))
        for person, made in going:
            appoint(world, person, made, self._start, rule)

    def _clear(self) -> None:
        world = self._acting.world
        for post in [post for post in world.posts if post.vacant and not post.credited and self._moves(post)]:
            remove(world, post, Phase.WINDOWS, self._acting.rule, 0)
