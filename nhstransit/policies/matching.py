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
    # Edges sorted by candidate, the most preferred first. `wish`, `merit` and `tie` have one entry per edge in this
    # order. `merit` is negated, so that the lowest is the best.
    order = order_within(candidate, -np.asarray(ranking), group)
    wish = np.asarray(group)[order]
    merit = -np.asarray(score)[order]
    candidate_of = np.asarray(candidate)[order]
    tie = np.asarray(identity)[candidate_of]
    # Each candidate's edges are one stretch: `following` is the next edge to ask for, and `last` is the end of the stretch.
    last = np.cumsum(np.bincount(candidate, minlength=count))
    following = np.concatenate([np.zeros(min(count, 1), "int64"), last[:-1]])
    held = np.full(count, -1, "int64")  # the edge that provisionally holds each candidate
    place = np.full(count, len(places))  # the group of that edge; `len(places)` for a candidate without one
    # In each pass every candidate who is not held asks the next group on their list. The loop ends because nobody asks
    # the same group twice. The result does not depend on the order in which candidates ask (Gale and Shapley).
    asking = np.flatnonzero(following < last)
    while len(asking):
        asked = np.zeros(len(places) + 1, bool)
        asked[wish[following[asking]]] = True
        rivals = np.flatnonzero(asked[place])  # a group changes only if someone new applies
        people = np.concatenate([rivals, asking])
        edges = np.concatenate([held[rivals], following[asking]])
        following[asking] += 1
        # Each group that was asked compares the people it holds with those who ask now.
        kept = _best(wish[edges], merit[edges], tie[edges], places)
        held[people] = np.where(kept, edges, -1)
        place[people] = np.where(kept, wish[edges], len(places))
        turned_away = people[~kept]
        asking = turned_away[following[turned_away] < last[turned_away]]
    if not len(wish):
        return held.astype("int32")  # no edges: everyone has −1
    return np.where(held >= 0, wish[held], UNMATCHED).astype("int32")


def _best(group: AnyArray, merit: Floats, tie: AnyArray, places: Longs) -> AnyArray:
    """Which candidates each group keeps: the lowest in `merit`, ties by `tie`, up to its places."""
    order = order_within(group, merit, tie)
    sorted_group = group[order]
    # The rank inside the group: the position in the sorted edges less the position of the group's first edge.
    rank = np.arange(len(order)) - np.searchsorted(sorted_group, sorted_group)
    kept = np.empty(len(order), bool)
    kept[order] = rank < places[sorted_group]
    return kept
