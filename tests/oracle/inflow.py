"""Inflow: on one day vacant posts are kept, by the luck of each, for people who come from outside together."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.policies import Inflow
from oracle.hiring import Spell, keep
from oracle.things import Post


def keep_posts(acting: Any, policy: Inflow) -> None:
    """Of each kind of body the posts with the lowest luck, up to the number of people to come."""
    world = acting.world
    start = world.calendar.day(policy.starts)
    if start <= world.today:
        return
    for kind, count in policy.people.items():
        lots = sorted((_lot(acting, post), post.number, post) for post in world.vacancies((kind,)))
        for _, _, post in lots[:count]:
            keep(acting, policy, start, Spell.of(acting, post))


def _lot(acting: Any, post: Post) -> float:
    return float(acting.chances.uniform("kept", np.array([post.key], "uint64"), among="post")[0])
