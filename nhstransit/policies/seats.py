"""Seats: which vacant post each of some people would get, one after another, where there are some like their own."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray, Ints, Rows
from nhstransit.grammar import Situation
from nhstransit.kernels.selection import nth_within


def seats(situation: Situation, vacant: Rows, wanted: AnyArray) -> Ints:
    """For each patch of `wanted` (n,) the next of the posts `vacant` in that patch, or −1 where they have run out, (n,).

    A patch is a number of `Situation.patch`: region, function and band. Posts go by their keys, people in the order given.
    """
    posts = situation.posts
    offered = situation.patch(posts.employer[vacant], posts.function[vacant], posts.band[vacant])
    order = np.lexsort((posts.key[vacant], offered))
    place = np.searchsorted(offered[order], wanted) + nth_within(wanted)
    got = np.full(len(wanted), -1, "int32")
    there = place < len(vacant)
    there[there] = offered[order[place[there]]] == wanted[there]
    got[there] = vacant[order[place[there]]]
    return got
