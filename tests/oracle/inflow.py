"""Inflow: on one day vacant posts are reserved for a group of people from outside, by random number of the post."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.policies import Inflow
from oracle.hiring import Spell, reserve
from oracle.things import Post


def reserve_posts(acting: Any, policy: Inflow) -> None:
    """Reserve the posts with the lowest random numbers at each kind of employer, up to the number of people."""
    world = acting.world
    start = world.calendar.day(policy.starts)
    if start <= world.today:
        return
    for kind, count in policy.people.items():
        ordered = sorted((_draw(acting, post), post.number, post) for post in world.vacancies((kind,)))
        for _, _, post in ordered[:count]:
            reserve(acting, policy, start, Spell.of(acting, post))


def _draw(acting: Any, post: Post) -> float:
    return float(acting.chances.uniform("kept", np.array([post.key], "uint64"), among="post")[0])
