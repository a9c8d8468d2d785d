"""Which posts are within reach of whom: by patches instead of distances, and by when the old job ends."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Ints, Longs, Rows
from nhstransit.grammar import Situation
from nhstransit.organisations.roster import Roster

REACHES = ("successor", "cluster", "region", "anywhere")
SUCCESSOR, CLUSTER, REGION, ELSEWHERE = range(4)  # steps of `PostOffer.near`


def steps(bodies: Roster) -> Bytes:
    """How far each body (down) is from each (across), (bodies, bodies).

    0 for one's own successor, 1 for the same cluster, 2 for the same region, 3 for elsewhere.
    """
    region, cluster = bodies.region, bodies.cluster
    near = np.where(region[:, None] == region, REGION, ELSEWHERE).astype("int8")
    near[(cluster[:, None] == cluster) & (cluster >= 0)] = CLUSTER
    for body, heirs in enumerate(bodies.heirs):
        near[body, list(heirs)] = SUCCESSOR
    return near


def employed_until(situation: Situation, start: int) -> Bools:
    """Who is in post with an employer that stands until the eve of a day, (people,): who need not wait without a job."""
    people = situation.people
    return np.asarray(people.in_post & (situation.bodies.closes[people.employer] >= start - 1))


def within_reach(
    situation: Situation, rows: Rows, lead: Rows, reach: str, national: Bools, down: int
) -> tuple[Ints, Ints]:
    """Every pair of candidate and group of posts within reach: positions in `rows` and in `lead`, (pairs,) each.

    Groups are of the candidate's function, of the same band or up to `down` lower; `lead` has a post of each. Those of
    `national` bodies, (bodies,), are open to all, the others by `reach`.
    """
    people, posts, bodies = situation.people, situation.posts, situation.bodies
    open_to_all = national[posts.employer[lead]]
    found = []
    for groups, how in ((np.flatnonzero(~open_to_all), reach), (np.flatnonzero(open_to_all), "anywhere")):
        theirs = lead[groups]
        who, here = _places(bodies, people.employer[rows], how)
        there = _place(bodies, posts.employer[theirs], how)
        row, place = _pairs(
            here << 8 | people.function[rows[who]],
            people.band[rows[who]],
            there << 8 | posts.function[theirs],
            posts.band[theirs],
            down,
        )
        found.append((who[row], groups[place].astype("int32")))
    (local, groups), (far, others) = found
    return np.concatenate([local, far]), np.concatenate([groups, others])


def _places(bodies: Roster, employer: AnyArray, how: str) -> tuple[Ints, Longs]:
    """The places in which people of these employers may compete: whose place it is, and its number."""
    if how != "successor":
        place = _place(bodies, employer, how)
        who = np.flatnonzero(place >= 0).astype("int32")
        return who, place[who]
    heirs = [sorted(set(each)) for each in bodies.heirs]
    count = np.array([len(each) for each in heirs], "int64")
    first = np.cumsum(count) - count
    every = np.array([heir for each in heirs for heir in each], "int64")
    who = np.repeat(np.arange(len(employer), dtype="int32"), count[employer])
    nth = _run_along(count[employer])
    return who, every[first[employer[who]] + nth] if len(who) else np.empty(0, "int64")


def _place(bodies: Roster, employer: AnyArray, how: str) -> Longs:
    """The number of the place of each of these bodies' posts, (n,); −2 where it is in none."""
    if how == "successor":
        return employer.astype("int64")
    if how == "cluster":
        cluster = bodies.cluster[employer].astype("int64")
        return np.where(cluster >= 0, cluster, -2)
    return bodies.region[employer].astype("int64") * (how == "region")


def _run_along(counts: Longs) -> Longs:
    """0, 1, 2 … for each of these counts in turn, (sum,)."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)


def _pairs(
    trade: AnyArray, band: AnyArray, group_trade: AnyArray, group_band: AnyArray, down: int
) -> tuple[Ints, Ints]:
    """Every candidate with every group of the same trade (place and function), of the same band or up to `down` lower."""
    code = group_trade << 8 | group_band
    order = np.argsort(code, kind="stable").astype("int32")
    low = np.searchsorted(code[order], trade << 8 | np.maximum(band - down, 0))
    high = np.searchsorted(code[order], trade << 8 | band, side="right")
    counts = np.maximum(high - low, 0)
    rows = np.repeat(np.arange(len(trade), dtype="int32"), counts)
    return rows, order[np.repeat(low, counts) + _run_along(counts)]
