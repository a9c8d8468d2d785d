"""Who is chosen when not everybody can be: the first of each employer, until money or places run out."""

from __future__ import annotations

import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Keys, Longs, Rows

_SIGN = np.uint64(1 << 63)


def order_within(group: AnyArray, *keys: AnyArray) -> Rows:
    """Positions sorted by group, then by `keys` in order of weight, smallest first, then by position; (n,).

    Groups are whole numbers of 0 or more. Group and first key are packed into 64 bits, which sorts ten times as fast as
    `lexsort`; runs that the packing cannot tell apart are sorted exactly.
    """
    group = np.asarray(group)
    packed = _packed(group, keys[0])
    order = np.argsort(packed, kind="stable")
    packed = packed[order]
    tied = packed[1:] == packed[:-1]
    if tied.any():
        places = np.flatnonzero(np.append(tied, False) | np.insert(tied, 0, False))
        rows = np.sort(order[places])
        exact = [np.asarray(key)[rows] for key in (*reversed(keys), group)]
        order[places] = rows[np.lexsort(exact)]
    return order


def _packed(group: AnyArray, key: AnyArray) -> Keys:
    """Group above the leading bits of the key, in 64 bits; never out of order, though near keys may come out equal."""
    bits = np.asarray(key, "float64") + 0.0  # so that −0 is 0
    code = bits.view("uint64")
    negative = code >= _SIGN
    code ^= _SIGN  # floats sort like their bits, negative ones the other way round
    np.bitwise_xor(code, ~_SIGN, out=code, where=negative)
    width = int(group.max(initial=0)).bit_length()
    if width:
        code >>= np.uint64(width)
        lead = group.astype("uint64")
        lead <<= np.uint64(64 - width)
        code |= lead
    return code


def first_within(group: AnyArray, order: Rows, cost: Longs, budget: Longs, places: Longs) -> Bools:
    """Who is within both budget and places, going through each group in `order` and stopping at the first who is not.

    Args:
        group: (n,) which employer each belongs to, as a position in `budget` and `places`.
        order: (n,) positions sorted by group, best first within it.
        cost: (n,) pence, 0 or more.
        budget: (groups,) pence each group may spend.
        places: (groups,) how many each group may choose.

    Returns:
        (n,) who is chosen, in the order of `group`.
    """
    sorted_group = np.asarray(group)[order]
    starts = np.searchsorted(sorted_group, np.arange(len(budget)))
    spent = np.cumsum(np.asarray(cost)[order])
    before = np.concatenate([np.zeros(1, "int64"), spent])[starts]
    rank = np.arange(len(order)) - starts[sorted_group]
    fits = (spent - before[sorted_group] <= budget[sorted_group]) & (rank < places[sorted_group])
    chosen = np.zeros(len(order), bool)
    chosen[order] = fits
    return chosen


def nth_within(group: AnyArray) -> Longs:
    """For each entry how many of the same group came before it, (n,); groups are whole numbers, in any order."""
    order = np.argsort(group, kind="stable")
    sorted_group = np.asarray(group)[order]
    first = np.searchsorted(sorted_group, sorted_group)
    nth = np.empty(len(order), "int64")
    nth[order] = np.arange(len(order)) - first
    return nth


def paired(wanted: AnyArray, offered: AnyArray) -> Longs:
    """One entry of `offered` for each of `wanted` with the same number, first come first served, (wanted,).

    Positions in `offered`, each used at most once; −1 where all of that number are used up. Both are whole numbers of 0 or
    more, in any order, which is kept within a number.
    """
    order = np.argsort(offered, kind="stable")
    place = np.searchsorted(np.asarray(offered)[order], wanted) + nth_within(wanted)
    out = np.full(len(wanted), -1, "int64")
    inside = np.flatnonzero(place < len(order))
    got = order[place[inside]]
    same = np.asarray(offered)[got] == np.asarray(wanted)[inside]
    out[inside[same]] = got[same]
    return out


def each_first(cost: Longs, most: int) -> Longs:
    """For each of several places in turn the cheapest candidate still free, (places,); −1 for none.

    Args:
        cost: (places, candidates) whole numbers, lower is preferred; of equals the first is taken.
        most: what no candidate who suits the place costs more than.
    """
    free = np.ones(cost.shape[1], bool)
    chosen = np.full(len(cost), -1, "int64")
    for place, row in enumerate(cost):
        suits = np.flatnonzero(free & (row <= most))
        if len(suits):
            chosen[place] = suits[row[suits].argmin()]
            free[chosen[place]] = False
    return chosen


# Yes or no, and one out of several: chances from scores, and tastes that partly persist.


def logistic(score: AnyArray) -> Floats:
    """`1 / (1 + exp(−score))`, any shape, without overflow."""
    return arithmetic.logistic(score)


def persistent(lasting: Floats, fresh: Floats, share: float) -> Floats:
    """A uniform number of which `share` (ρ) of the variance, in normal terms, lasts over rounds.

    `Φ(√ρ z + √(1−ρ) z')` of two standard normals, (n,): the same person tends to say the same again.
    """
    return arithmetic.normal_chance(np.sqrt(share) * lasting + np.sqrt(1.0 - share) * fresh)


def highest(scores: Floats) -> Bytes:
    """Which of k alternatives scores highest, (k, n) to (n,); the first of equals."""
    return np.asarray(np.argmax(scores, axis=0), "int8")


def shifted(chance: AnyArray, log_odds: AnyArray) -> Floats:
    """Chances (0 to 1) whose log-odds are moved by so much, any shape; never and always stay as they are."""
    chance = np.asarray(chance, "float64")
    odds = arithmetic.exp(np.asarray(log_odds, "float64"))
    return np.asarray(chance * odds / (1.0 - chance + chance * odds))
