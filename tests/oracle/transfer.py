"""Transfer whole: where there are posts for all people of a region and function, each gets one of the band, or lower."""

from __future__ import annotations

from typing import Any

from nhstransit.policies import TransferWhole
from oracle.choices import stands_by
from oracle.effects import appoint
from oracle.things import NEVER, Person, Post

Trade = tuple[str, int]


def transfer(acting: Any, policy: TransferWhole) -> None:
    """Settle who goes along: those of a function that is not reduced, or nobody of it."""
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
    """Everyone's post: first those who find one of their own band, then those who find one a band lower, and so on."""
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
