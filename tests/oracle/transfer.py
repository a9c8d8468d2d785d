"""Transfer whole: where there is a post for each person of a region, function and band, each gets one."""

from __future__ import annotations

from typing import Any

from nhstransit.policies import TransferWhole
from oracle.choices import stands_by
from oracle.effects import appoint
from oracle.things import NEVER, Person, Post

Patch = tuple[str, int, int]


def transfer(acting: Any, policy: TransferWhole) -> None:
    """Settle who goes along: all of a patch, or none of it."""
    world = acting.world
    start = world.calendar.day(policy.starts)
    moving: dict[Patch, list[Person]] = {}
    for person in world.in_post(policy.senders):
        named = not policy.functions or world.scenario.functions[person.post.function] in policy.functions
        if named and not person.settled and start - 1 <= person.body.closes < NEVER:
            moving.setdefault(_patch(person.post), []).append(person)
    offered: dict[Patch, list[Post]] = {}
    for post in world.vacancies(policy.receivers):
        if stands_by(world, post.body, start):
            offered.setdefault(_patch(post), []).append(post)
    for patch, people in moving.items():
        posts = sorted(offered.get(patch, []), key=lambda post: post.key)
        if len(people) <= len(posts):
            for person, post in zip(people, posts, strict=False):
                appoint(world, person, post, start, acting.rule)


def _patch(post: Post) -> Patch:
    return post.body.region, post.function, post.band
