"""Seats: which vacant post each of some people would get, one after another, where there are some like their own."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray, Ints, Rows
from nhstransit.grammar import Situation
from nhstransit.kernels.selection import paired


def seats(situation: Situation, vacant: Rows, wanted: AnyArray) -> Ints:
    """For each patch of `wanted` (n,) the next of the posts `vacant` in that patch, or −1 where they have run out, (n,).

    A patch is a number of `Situation.patch`: region, function and band. Posts go by their keys, people in the order given.
    """
    posts = situation.posts
    offered = situation.patch(posts.employer[vacant], posts.function[vacant], posts.band[vacant])
    alike = np.isin(offered, wanted)
    vacant, offered = vacant[alike], offered[alike]
    order = np.argsort(posts.key[vacant], kind="stable")
    place = paired(wanted, offered[order])
    got = np.full(len(wanted), -1, "int32")
    got[place >= 0] = vacant[order[place[place >= 0]]]
    return got
