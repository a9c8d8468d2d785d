"""Which removed posts were refilled after all: two queues, one behind the other, in every group of like posts.

A vacated post that stands waits to be filled again; whoever is taken on fills such a one first. Only if none waits,
and posts of the group were removed before, has the employer taken somebody on in place of a post it gave up: the
first removed is then refilled. Both queues are reflected random walks (Skorokhod's): what runs over is the fall of
the running minimum below nought.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Bools, Longs
from nhstransit.errors import InputError

VACATED, FILLED, REMOVED = 0, 1, 2
STANDS = -1


def refilled_by(group: ArrayLike, step: ArrayLike) -> Longs:
    """For each removal the position of the filling that undoes it, or −1; −1 for other steps too, shape (n,).

    `group` numbers the groups of like posts; `step` says, in order of time, that a post which stands was vacated, that
    one was filled, or that one was removed. Raises InputError for another step.
    """
    groups, steps = np.asarray(group, "int64"), np.asarray(step)
    if steps.size and not (steps.min() >= VACATED and steps.max() <= REMOVED):
        raise InputError("step", "holds something else than steps", f"give {VACATED}, {FILLED} or {REMOVED}")
    order = np.argsort(groups, kind="stable")
    first = _firsts(groups[order])
    ordered = steps[order]
    extra = _overflow(np.select([ordered == VACATED, ordered == FILLED], [1, -1], 0), first)
    removed = ordered == REMOVED
    instead = extra & ~_overflow(removed.astype("int64") - extra, first)
    gone, back = _numbered(removed, first), _numbered(instead, first)
    undone = np.full(len(order), STANDS, "int64")
    lead = np.cumsum(first) * (len(order) + 1)
    which = np.searchsorted((lead + back)[instead], (lead + gone)[removed])
    wanted, have = (lead + gone)[removed], (lead + back)[instead]
    met = np.zeros(len(wanted), bool)
    inside = which < len(have)
    met[inside] = have[which[inside]] == wanted[inside]
    undone[order[removed][met]] = order[instead][which[met]]
    return undone


def _firsts(ordered: Longs) -> Bools:
    """Whether each is the first of its group."""
    first = np.ones(len(ordered), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return first


def _overflow(steps: Longs, first: Bools) -> Bools:
    """Which steps of −1 find their queue empty: those that bring its running sum to a new low below nought."""
    if not len(steps):
        return np.zeros(0, bool)
    total = np.cumsum(steps)
    lead = np.maximum.accumulate(np.where(first, np.arange(len(steps)), 0))
    here = total - (total - steps)[lead]
    fence = np.cumsum(first) * (
        2 * len(steps) + 2
    )  # each group lies below the one before, so that lows never carry over
    low = np.minimum.accumulate(np.minimum(here, 0) - fence) + fence
    before = np.where(first, 0, np.concatenate(([0], low[:-1])))
    return np.asarray(low < before)


def _numbered(mask: Bools, first: Bools) -> AnyArray:
    """Of each marked step, how many of its group were marked before it."""
    total = np.cumsum(mask)
    lead = np.maximum.accumulate(np.where(first, np.arange(len(mask)), 0)) if len(mask) else np.zeros(0, int)
    return np.asarray(total - (total - mask)[lead] - mask if len(mask) else total)
