"""Which margins contradict each other, found by linear programming on the smallest table that can show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nhstransit.arrays import Bools, Floats
from nhstransit.kernels.margins import Target, margin


def conflicting(support: Bools, targets: Sequence[Target], *, tolerance: float = 1e-6) -> tuple[int, ...]:
    """Positions of targets that cannot all hold, though any one of them fewer could; empty where all can.

    Args:
        support: True for the cells that may hold people, False for structural zeros.
        targets: margins in people, as for `fit`.
        tolerance: people out of place, as a share of all, that still count as none.
    """
    if not shortfall(support, targets, tolerance=tolerance):
        return ()
    kept = list(range(len(targets)))
    for position in range(len(targets)):
        fewer = [one for one in kept if one != position]
        if shortfall(support, [targets[one] for one in fewer], tolerance=tolerance):
            kept = fewer
    return tuple(kept)


def shortfall(support: Bools, targets: Sequence[Target], *, tolerance: float = 1e-6) -> float:
    """The fewest people that any table on `support` leaves out of place in `targets`; 0.0 where all can hold."""
    if not targets:
        return 0.0
    total = max(float(target.totals.sum()) for target in targets)
    cells, lines, gap = _collapsed(support, list(targets))
    if gap > tolerance * max(total, 1.0):
        return gap
    least = _least_slack(cells, lines)
    return least if least > tolerance * max(total, 1.0) else 0.0


def _collapsed(support: Bools, targets: list[Target]) -> tuple[Bools, list[Target], float]:
    """The table and targets without the axes that cannot cause a conflict of their own, and any gap met on the way.

    An axis can go where zeros do not vary along it and one target spans all axes that share a target with it: then any
    table over the other axes can be split along it.
    """
    axis = 0
    while axis < support.ndim:
        theirs = [target for target in targets if axis in target.axes]
        together = tuple(sorted({other for target in theirs for other in target.axes}))
        widest = next((target for target in theirs if target.axes == together), None)
        if (theirs and widest is None) or not (support == support.any(axis=axis, keepdims=True)).all():
            axis += 1
            continue
        gap = max((_difference(widest, target) for target in theirs), default=0.0) if widest else 0.0
        if gap > 1e-6:
            return support, targets, gap
        rest = [target for target in targets if axis not in target.axes]
        if widest is not None:
            rest.append(_without(widest, axis))  # over no axes it still says how many people there are
        support = np.asarray(support.any(axis=axis))
        targets = [Target(tuple(one - (one > axis) for one in target.axes), target.totals) for target in rest]
        axis = 0
    return support, targets, 0.0


def _difference(widest: Target, other: Target) -> float:
    """People by which a target differs from what a wider one implies for it."""
    inner = [widest.axes.index(axis) for axis in other.axes]
    return float(np.abs(margin(widest.totals, inner) - other.totals).sum())


def _without(target: Target, axis: int) -> Target:
    place = target.axes.index(axis)
    return Target(target.axes[:place] + target.axes[place + 1 :], np.asarray(target.totals.sum(axis=place)))


def _least_slack(support: Bools, targets: Sequence[Target]) -> float:
    """The least sum of gaps over all categories of all targets, by HiGHS."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, eye_array, hstack, vstack

    where = np.nonzero(np.atleast_1d(support))
    pieces, wanted = [], []
    for target in targets:
        places = [where[axis] for axis in target.axes]
        line = np.ravel_multi_index(places, target.totals.shape) if places else np.zeros_like(where[0])
        ones = np.ones(len(line))
        pieces.append(csr_array((ones, (line, np.arange(len(line)))), shape=(target.totals.size, len(line))))
        wanted.append(target.totals.ravel())
    sums, totals = vstack(pieces), np.concatenate(wanted)
    slack = eye_array(len(totals))
    cost: Floats = np.concatenate([np.zeros(sums.shape[1]), np.ones(2 * len(totals))])
    lines: Any = hstack([sums, slack, -slack])
    found = linprog(cost, A_eq=lines, b_eq=totals, bounds=(0, None), method="highs")
    return float(found.fun or 0.0)
