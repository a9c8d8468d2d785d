"""Whole people from fractions: largest remainders, controlled rounding of a table with fixed totals, and its scaling.

Controlled rounding after Cox, "A constructive procedure for unbiased controlled rounding", Journal of the American
Statistical Association 82 (1987) 520–524. Every row is rounded by systematic sampling, which keeps its total. The
columns are then corrected along alternating paths.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Bools, Floats, Longs
from nhstransit.errors import InputError

_NEAR = 1e-7  # a number this close to an integer counts as that integer
_GRID = 2.0**23  # steps of the grid from one integer to the next


def largest_remainder(total: int, weights: ArrayLike) -> Longs:
    """Integers that split `total` in proportion to `weights` (n,), by the method of largest remainders.

    Of equal remainders, the first is rounded up first. Raises InputError for a weight below 0, or if all weights are 0
    and the total is not.
    """
    odds = np.asarray(weights, "float64")
    valid = np.isfinite(odds).all() and not (odds < 0).any()
    if total < 0 or not valid or (total and not odds.sum() > 0):
        raise InputError(
            "weights", f"cannot be used to split {total}", "give weights of 0 or more, at least one above 0"
        )
    if not total:
        return np.zeros(len(odds), "int64")
    return _rounded(total * (odds / odds.sum()), total)


def in_turn(totals: ArrayLike, shares: ArrayLike) -> Longs:
    """Each of `totals` (m,) split by `shares` (n,), with remainders carried to the next row: integers (m, n).

    Rows add up to their totals. Columns add up to the sum of all totals split by `shares`, within one or two.
    """
    wanted = np.asarray(totals, "int64")
    odds = np.asarray(shares, "float64") / np.sum(shares)
    out = np.zeros((len(wanted), len(odds)), "int64")
    # What each column is owed so far, which may be negative after it was rounded up.
    carried = np.zeros(len(odds))
    for place, total in enumerate(wanted.tolist()):
        carried = carried + total * odds
        due = np.maximum(carried, 0.0) * (odds > 0)
        out[place] = _rounded(due, total)
        carried = carried - out[place]
    return out


def _rounded(exact: Floats, total: int) -> Longs:
    """Integers that add up to `total`, each near `exact`, by largest remainder."""
    whole = np.floor(exact + _NEAR).astype("int64")
    left = total - int(whole.sum())
    # The largest remainders first, and the first of equal ones. A share of zero never gets anything.
    rank = np.argsort(whole - _on_grid(exact), kind="stable")
    rank = rank[exact[rank] > 0]
    # Usually one pass. More are needed if `exact` adds up to less, or to more, than the total.
    while left > 0:
        best = rank[:left]
        whole[best] += 1
        left -= len(best)
    while left < 0:
        smallest_first = rank[::-1]
        worst = smallest_first[whole[smallest_first] > 0][:-left]
        whole[worst] -= 1
        left += len(worst)
    return whole


def _on_grid(exact: Floats) -> Floats:
    """Fractions rounded to a grid.

    Versions of NumPy add in different orders, so equal fractions can differ in their last bits. On the grid they are equal
    again, and ties are broken by position, which is the same everywhere.
    """
    return np.rint(exact * _GRID) / _GRID


def round_rows(table: Floats, offsets: Floats) -> Longs:
    """A table (r, c) rounded to the integers just below or above, each row to its own whole total.

    Systematic sampling: the running sum along a row is rounded with the row's own offset.

    Args:
        table: rows that add up to integers.
        offsets: (r,) between 0 and 1; if they are uniform random numbers, every cell is right on average.
    """
    running = np.cumsum(table, axis=1)
    # The total is whole, whatever the running sum's rounding error.
    running[:, -1] = np.rint(running[:, -1])
    running = np.minimum(running, running[:, -1:])  # rounding error in a running sum could make a cell negative
    steps = np.floor(running + offsets[:, None])
    # From running sums to cells; a copy, because the columns that are subtracted change too.
    steps[:, 1:] -= steps[:, :-1].copy()
    return steps.astype("int64")


def spread_offsets(count: int, start: float) -> Floats:
    """Offsets (count,) for `round_rows`, spread by the golden ratio from `start`, so that similar rows differ."""
    return np.asarray((start + np.arange(count) * 0.6180339887498949) % 1.0)


def controlled(table: Floats, columns: Longs, offsets: Floats) -> Longs:
    """A table (r, c) rounded to integers. Rows keep their totals, and columns add up to `columns`.

    Each cell is rounded to the integer below or above it, if that is enough to meet the totals. Otherwise cells may
    change further, but zero cells stay zero. If no such table exists, the columns come as near as alternating paths
    allow.

    Args:
        table: rows that add up to integers.
        columns: (c,) column totals.
        offsets: (r,) between 0 and 1, as for `round_rows`.
    """
    table = _on_grid(table)
    whole = round_rows(table, offsets)
    below = np.floor(table + _NEAR)
    above = np.ceil(table - _NEAR)
    # First every cell stays at the integer below or above it. If that is not enough, cells above zero may change freely.
    _repair(whole, table, columns, lambda: ((whole > below), (whole < above)))
    _repair(whole, table, columns, lambda: ((whole > 0), (table > _NEAR)))
    return whole


def _repair(whole: Longs, table: Floats, columns: Longs, may: Any) -> None:
    """Move people along rows, in place, from columns with too many to columns with too few, while a path exists.

    Args:
        whole: (r, c) integers, changed in place.
        table: (r, c) the exact table.
        columns: (c,) column totals.
        may: returns two (r, c) masks: cells that may lose a person, and cells that may gain one.
    """
    # A limit on the number of paths, so that a fault cannot lead to an endless loop.
    for _ in range(100_000):
        gap = whole.sum(0) - columns
        if not (gap > 0).any() or not (gap < 0).any():
            return
        give, take = may()
        # (c, c): whether some row can move a person from one column to another. Floats use the fast matrix product.
        possible = (give.T.astype("float32") @ take.astype("float32")) > 0
        path = _path(gap, possible)
        if not path:
            return
        # On a direct path several people move at once; on a longer one, one at a time.
        most = int(min(gap[path[0]], -gap[path[-1]])) if len(path) == 2 else 1
        for source, sink in pairwise(path):
            give, take = may()
            eligible = np.flatnonzero(give[:, source] & take[:, sink])
            if not len(eligible):
                return
            # The rows in which the move brings the integers nearest to the exact table.
            rest = table - whole
            gain = rest[eligible, sink] - rest[eligible, source]
            rows = eligible[np.argsort(-gain, kind="stable")[:most]]
            whole[rows, source] -= 1
            whole[rows, sink] += 1


def _path(gap: Longs, arcs: Bools) -> list[int]:
    """The shortest path from a column with too many people to one with too few; empty if there is none."""
    # Breadth first, from the columns with the largest excess; each column records the one before it, −1 for a start.
    came = {int(start): -1 for start in np.argsort(-gap, kind="stable") if gap[start] > 0}
    queue = list(came)
    # The list grows during the loop.
    for here in queue:
        for there in np.flatnonzero(arcs[here]).tolist():
            if there in came:
                continue
            came[there] = here
            if gap[there] < 0:
                return _way_back(came, there)
            queue.append(there)
    return []


def _way_back(came: dict[int, int], end: int) -> list[int]:
    path = [end]
    while came[path[-1]] >= 0:
        path.append(came[path[-1]])
    return path[::-1]


# Proportional fitting: a table scaled to row and column totals, before it is rounded.


def fit_rows(seed: Floats, rows: AnyArray, blocks: Longs, columns: Floats, *, sweeps: int = 60) -> Floats:
    """A table (r, c) scaled to whole row totals (r,) and, within each block of rows, to column totals (b, c).

    Rows are fitted last, so every row with any odds above 0 matches its total to rounding error.

    Args:
        seed: odds, 0 or more.
        rows: people in each row.
        blocks: (r,) block of each row, 0 to b-1.
        columns: column totals of each block.
        sweeps: largest number of sweeps; they stop earlier once the columns match to a thousandth of a person.
    """
    # Iterative proportional fitting: to rows, then to columns, and to rows again.
    table = _to_rows(np.array(seed, "float64"), rows)
    for _ in range(sweeps):
        now = block_sums(table, blocks, len(columns))
        if np.abs(now - columns).max(initial=0.0) < 1e-3:
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where(now > 0, columns / now, 0.0)
        # Every row gets the factors of its block.
        table = _to_rows(table * factor[blocks], rows)
    return table


def _to_rows(table: Floats, rows: AnyArray) -> Floats:
    """`table` scaled in place to its row totals. A row whose odds are all zero stays at zero."""
    now = table.sum(1)
    factor = np.divide(rows, now, out=np.zeros(len(rows)), where=now > 0)
    table *= factor[:, None]
    return table


def block_sums(table: Any, blocks: Longs, count: int) -> Any:
    """Column sums of each block of rows of a table, (count, c), in the table's type.

    Args:
        table: (r, c) numbers.
        blocks: (r,) block of each row, from 0.
        count: number of blocks.
    """
    # One code for each block and column, so that one count adds up all blocks.
    width = table.shape[1]
    cells = (blocks[:, None] * width + np.arange(width)).ravel()
    sums = np.bincount(cells, weights=table.ravel(), minlength=count * width)
    return sums.reshape(count, width).astype(table.dtype, copy=False)
