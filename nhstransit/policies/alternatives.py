"""Suitable alternatives: a vacant post like their own, or a band lower, put to people before they are let go."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Ints, Rows
from nhstransit.grammar import Appoint, Depart, PostOffer, Situation
from nhstransit.organisations.posts import post_keys
from nhstransit.policies.seats import seats
from nhstransit.workforce.columns import NEVER


def offered(situation: Situation, rows: Rows, kinds: tuple[str, ...], bands_down: int) -> tuple[Rows, Ints]:
    """Who of `rows` is offered which post, one each: (offers,) rows and posts.

    Posts are vacant, in bodies of these kinds that go on, of the region and function. Own band first, then one lower
    after another; within each the longest in service come first, then by identity.
    """
    people, posts, bodies = situation.people, situation.posts, situation.bodies
    free = posts.vacant & bodies.of_kinds(kinds)[posts.employer] & (bodies.closes[posts.employer] == NEVER)
    rows = rows[np.lexsort((people.staff[rows], people.service_from[rows]))]
    got = np.full(len(rows), -1, "int32")
    for down in range(bands_down + 1):
        still = np.flatnonzero((got < 0) & (people.band[rows] >= down))
        waiting = rows[still]
        wanted = situation.patch(people.employer[waiting], people.function[waiting], people.band[waiting] - down)
        vacant = np.setdiff1d(np.flatnonzero(free), got)
        got[still] = seats(situation, vacant, wanted)
    return rows[got >= 0], got[got >= 0]


def offer(situation: Situation, rows: Rows, posts: Ints) -> PostOffer:
    """The offers as they are put: each a group of its own body, function and band."""
    now = situation.posts
    cells = (now.employer[posts], now.function[posts], now.band[posts])
    keys = post_keys(situation.bodies.names, situation.functions, *cells, 0)
    return PostOffer(
        rows=rows,
        group=np.unique(keys, return_inverse=True)[1].astype("int32"),
        group_key=keys,
        near=np.zeros(len(rows), "int8"),
        bands_down=(situation.people.band[rows] - now.band[posts]).astype("int8"),
    )


def placed(situation: Situation, rows: Rows, posts: Ints) -> tuple[Appoint, ...]:
    """Those who accept, to start when their employer has closed: an appointment for each such day."""
    start = situation.bodies.closes[situation.people.employer[rows]] + 1
    return tuple(
        Appoint(rows=rows[start == day], posts=posts[start == day], start=day) for day in np.unique(start).tolist()
    )


def forfeited(leave: Depart, rows: Rows) -> Depart:
    """The same exits, in which those of `rows` lose redundancy pay and early pension, though not their notice."""
    lost = np.isin(leave.rows, rows)
    return attrs.evolve(leave, severance=np.where(lost, 0, leave.severance), strain=np.where(lost, 0, leave.strain))
