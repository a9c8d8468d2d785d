"""Who is chosen when not everybody can be: the first of each employer, until money or places run out."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray, Bools, Longs, Rows


def order_within(group: AnyArray, *keys: AnyArray) -> Rows:
    """Positions sorted by group, then by `keys` in order of weight, smallest first; (n,)."""
    return np.lexsort((*reversed(keys), group))


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
