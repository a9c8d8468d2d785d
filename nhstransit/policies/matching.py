"""Filling posts: candidate-proposing deferred acceptance (Gale and Shapley 1962), all candidates at a time.

Employers' places are grouped (employer × function × band) and rank their candidates by one score; candidates rank the
groups open to them. The result is stable, and the best for every candidate that a stable one can be.
"""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray, Floats, Ints, Longs
from nhstransit.selection import order_within

UNMATCHED = -1


def deferred_acceptance(
    candidate: AnyArray, group: AnyArray, ranking: Floats, score: Floats, identity: AnyArray, places: Longs
) -> Ints:
    """The group each candidate gets, or −1; (candidates,), where candidates are numbered from 0 without gaps.

    Args:
        candidate: (edges,) who; each pair of candidate and group at most once.
        group: (edges,) which group of posts, as a position in `places`.
        ranking: (edges,) how much the candidate likes it, highest first; ties go to the lower group.
        score: (edges,) how much the employer likes the candidate, highest first.
        identity: (candidates,) breaks the employers' ties, smallest first.
        places: (groups,) posts to fill.
    """
    count = len(identity)
    order = order_within(candidate, -np.asarray(ranking), group)
    wish, merit = np.asarray(group)[order], -np.asarray(score)[order]
    tie = np.asarray(identity)[np.asarray(candidate)[order]]
    last = np.cumsum(np.bincount(candidate, minlength=count))
    following = np.concatenate([np.zeros(min(count, 1), "int64"), last[:-1]])
    held = np.full(count, -1, "int64")  # the edge by which each is provisionally held
    asking = np.flatnonzero(following < last)
    while len(asking):
        asked = np.zeros(len(places), bool)
        asked[wish[following[asking]]] = True
        rivals = np.flatnonzero(held >= 0)
        rivals = rivals[asked[wish[held[rivals]]]]  # only at doors where somebody knocks can anything change
        people = np.concatenate([rivals, asking])
        edges = np.concatenate([held[rivals], following[asking]])
        following[asking] += 1
        kept = _best(wish[edges], merit[edges], tie[edges], places)
        held[people] = np.where(kept, edges, -1)
        turned_away = people[~kept]
        asking = turned_away[following[turned_away] < last[turned_away]]
    return np.where(held >= 0, wish[held], UNMATCHED).astype("int32") if len(wish) else held.astype("int32")


def _best(group: AnyArray, merit: Floats, tie: AnyArray, places: Longs) -> AnyArray:
    """Who of those at each group's door is kept: the lowest in `merit`, ties by `tie`, up to its places."""
    order = order_within(group, merit, tie)
    door = group[order]
    kept = np.empty(len(order), bool)
    kept[order] = np.arange(len(order)) - np.searchsorted(door, door) < places[door]
    return kept
