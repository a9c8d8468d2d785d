"""Selection of people if money or places are limited: the first of each employer, until either runs out."""

from __future__ import annotations

import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Keys, Longs, Rows

_SIGN = np.uint64(1 << 63)
_ALL = np.uint64(2**64 - 1)


def ordered(numbers: AnyArray) -> Rows:
    """Positions that sort integers (n,), with equal ones in their given order: a stable `argsort`.

    If each number is 0 or more and fits with its position into 64 bits, the two are packed together. Such integers sort
    several times as fast.
    """
    # Packing needs room for the position below the number, and no sign.
    bits = len(numbers).bit_length()
    if not len(numbers) or numbers.min() < 0 or int(numbers.max()) >> (63 - bits):
        return np.argsort(numbers, kind="stable")
    packed = numbers.astype("int64") << bits | np.arange(len(numbers))
    packed.sort()
    # The lowest bits are the positions, now in the order of the numbers.
    return packed & (1 << bits) - 1


def order_within(group: AnyArray, *keys: AnyArray) -> Rows:
    """Positions sorted by group, then by each of `keys` in turn, smallest first, then by position; (n,).

    Groups are integers of 0 or more. Group, first key and position are packed into 64 bits, which sorts many times as
    fast as `lexsort`. Entries that the packing cannot distinguish are then sorted exactly.
    """
    group = np.asarray(group)
    packed = _packed(group, keys[0])
    bits = np.uint64(len(packed).bit_length())
    packed &= _ALL << bits
    packed |= np.arange(len(packed), dtype="uint64")  # position in the lowest bits: plain sorts are much faster
    packed.sort()
    order = (packed & ~(_ALL << bits)).view(np.int64).astype(np.intp, copy=False)
    # Neighbours that are equal without their positions may be in the wrong order.
    packed >>= bits
    tied = packed[1:] == packed[:-1]
    if tied.any():
        # Both entries of each equal pair. They are sorted among themselves by all keys, and put back in their places.
        places = np.flatnonzero(np.append(tied, False) | np.insert(tied, 0, False))
        rows = np.sort(order[places])
        exact = [np.asarray(key)[rows] for key in (*reversed(keys), group)]
        order[places] = rows[np.lexsort(exact)]
    return order


def _packed(group: AnyArray, key: AnyArray) -> Keys:
    """Group above the leading bits of the key, in 64 bits. The order is never wrong, but close keys may become equal."""
    bits = np.asarray(key, "float64") + 0.0  # turns −0 into 0
    code = bits.view("uint64")
    turned = (bits.view("int64") >> 63).view("uint64")  # all bits set if negative, otherwise none
    turned |= _SIGN
    code ^= turned  # floats sort like their bits, but negative ones in reverse
    # The group needs this many bits; the key gives up as many of its last ones.
    width = int(group.max(initial=0)).bit_length()
    if width:
        code >>= np.uint64(width)
        lead = group.astype("uint64")
        lead <<= np.uint64(64 - width)
        code |= lead
    return code


def first_within(group: AnyArray, order: Rows, cost: Longs, budget: Longs, places: Longs) -> Bools:
    """Select within both budget and places: go through each group in `order`, and stop at the first that does not fit.

    Args:
        group: (n,) employer of each entry, as a position in `budget` and `places`.
        order: (n,) positions sorted by group, best first within it.
        cost: (n,) pence, 0 or more.
        budget: (groups,) pence that each group may spend.
        places: (groups,) number that each group may select.

    Returns:
        (n,) whether each is selected, in the order of `group`.
    """
    sorted_group = np.asarray(group)[order]
    starts = np.searchsorted(sorted_group, np.arange(len(budget)))
    # One running sum over all groups, less the sum before each group.
    spent = np.cumsum(np.asarray(cost)[order])
    before = np.concatenate([np.zeros(1, "int64"), spent])[starts]
    # Position within the group, from 0. Costs are 0 or more, so nobody fits after the first who does not.
    rank = np.arange(len(order)) - starts[sorted_group]
    within_budget = spent - before[sorted_group] <= budget[sorted_group]
    fits = within_budget & (rank < places[sorted_group])
    chosen = np.zeros(len(order), bool)
    chosen[order] = fits
    return chosen


def nth_within(group: AnyArray) -> Longs:
    """The number of earlier entries of the same group for each entry, (n,). Groups are integers, in any order."""
    order = ordered(group)
    sorted_group = np.asarray(group)[order]
    # The position of the first entry of each entry's group.
    first = np.searchsorted(sorted_group, sorted_group)
    nth = np.empty(len(order), "int64")
    nth[order] = np.arange(len(order)) - first
    return nth


def paired(wanted: AnyArray, offered: AnyArray) -> Longs:
    """For each of `wanted`, an entry of `offered` with the same number, first come first served, (wanted,).

    The result contains positions in `offered`, each used at most once; −1 if none with that number is left. Both arrays
    contain integers of 0 or more, in any order. Entries with the same number are paired in order.
    """
    order = ordered(offered)
    # The n-th wanted entry of a number gets the n-th offered one; beyond the offered ones the number differs.
    place = np.searchsorted(np.asarray(offered)[order], wanted) + nth_within(wanted)
    out = np.full(len(wanted), -1, "int64")
    inside = np.flatnonzero(place < len(order))
    got = order[place[inside]]
    same = np.asarray(offered)[got] == np.asarray(wanted)[inside]
    out[inside[same]] = got[same]
    return out


def each_first(cost: Longs, most: int) -> Longs:
    """For each of several places in turn, the cheapest candidate still free, (places,); −1 for none.

    Args:
        cost: (places, candidates) integers, lower is preferred; the first of several equal ones is selected.
        most: the highest cost of a candidate who suits the place.
    """
    free = np.ones(cost.shape[1], bool)
    chosen = np.full(len(cost), -1, "int64")
    # A loop over places, because each choice leaves fewer candidates for the next.
    for place, row in enumerate(cost):
        suits = np.flatnonzero(free & (row <= most))
        if len(suits):
            chosen[place] = suits[row[suits].argmin()]
            free[chosen[place]] = False
    return chosen


# Choices between yes and no or of one of several: chances from scores, and tastes that partly persist.


def logistic(score: AnyArray) -> Floats:
    """`1 / (1 + exp(−score))`, any shape, without overflow."""
    return arithmetic.logistic(score)


def persistent(lasting: Floats, fresh: Floats, share: float) -> Floats:
    """A uniform number; a share (ρ) of its variance, on the normal scale, persists over rounds.

    `Φ(√ρ z + √(1−ρ) z')` of two standard normals, (n,): the same person tends to give the same answer again.

    Args:
        lasting: (n,) z, the same in every round.
        fresh: (n,) z', drawn again in each round.
        share: ρ, 0 to 1.
    """
    return arithmetic.normal_chance(np.sqrt(share) * lasting + np.sqrt(1.0 - share) * fresh)


def highest(scores: Floats) -> Bytes:
    """Which of k alternatives has the highest score, (k, n) to (n,); the first of several equal ones."""
    return np.asarray(np.argmax(scores, axis=0), "int8")


def shifted(chance: AnyArray, log_odds: AnyArray) -> Floats:
    """Chances (0 to 1) with their log-odds shifted, any shape. Chances of 0 and 1 stay as they are."""
    chance = np.asarray(chance, "float64")
    odds = arithmetic.exp(np.asarray(log_odds, "float64"))
    return np.asarray(chance * odds / (1.0 - chance + chance * odds))
