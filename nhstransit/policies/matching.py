"""Filling posts: candidate-proposing deferred acceptance (Gale and Shapley 1962), for all candidates at once.

Places are grouped (employer × function × band). Each group ranks its candidates by one score, and candidates rank the
groups that are open to them. The result is stable, and for every candidate it is the best of all stable results.
"""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray, Floats, Ints, Longs
from nhstransit.selection import order_within

UNMATCHED = -1


def deferred_acceptance(
    candidate: AnyArray, group: AnyArray, ranking: Floats, score: Floats, identity: AnyArray, places: Longs
) -> Ints:
    """The group that each candidate gets, or −1, (candidates,). Candidates are numbered from 0 without gaps.

    Args:
        candidate: (edges,) candidate number; each pair of candidate and group at most once.
        group: (edges,) which group of posts, as a position in `places`.
        ranking: (edges,) the candidate's preference, highest first; ties go to the lower group.
        score: (edges,) the employer's preference, highest first.
        identity: (candidates,) breaks ties of the employers, smallest first.
        places: (groups,) posts to fill.
    """
    count = len(identity)
    order = order_within(candidate, -np.asarray(ranking), group)
    wish = np.asarray(group)[order]
    merit = -np.asarray(score)[order]
    tie = np.asarray(identity)[np.asarray(candidate)[order]]
    last = np.cumsum(np.bincount(candidate, minlength=count))
    following = np.concatenate([np.zeros(min(count, 1), "int64"), last[:-1]])
    held = np.full(count, -1, "int64")  # the edge that provisionally holds each candidate
    place = np.full(count, len(places))  # the group of that edge; `len(places)` for a candidate without one
    asking = np.flatnonzero(following < last)
    while len(asking):
        asked = np.zeros(len(places) + 1, bool)
        asked[wish[following[asking]]] = True
        rivals = np.flatnonzero(asked[place])  # a group changes only if someone new applies
        people = np.concatenate([rivals, asking])
        edges = np.concatenate([held[rivals], following[asking]])
        following[asking] += 1
        kept = _best(wish[edges], merit[edges], tie[edges], places)
        held[people] = np.where(kept, edges, -1)
        place[people] = np.where(kept, wish[edges], len(places))
        turned_away = people[~kept]
        asking = turned_away[following[turned_away] < last[turned_away]]
    return np.where(held >= 0, wish[held], UNMATCHED).astype("int32") if len(wish) else held.astype("int32")


def _best(group: AnyArray, merit: Floats, tie: AnyArray, places: Longs) -> AnyArray:
    """Which candidates each group keeps: the lowest in `merit`, ties by `tie`, up to its places."""
    order = order_within(group, merit, tie)
    door = group[order]
    kept = np.empty(len(order), bool)
    kept[order] = np.arange(len(order)) - np.searchsorted(door, door) < places[door]
    return kept
