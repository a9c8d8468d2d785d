"""Iterative proportional fitting of a table of any number of dimensions to margins, with structural zeros.

After Deming and Stephan, "On a least squares adjustment of a sampled frequency table when the expected marginal totals
are known", Annals of Mathematical Statistics 11 (1940) 427–444. A cell that starts at zero stays at zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats


class Target(NamedTuple):
    """What a table must add up to over some of its axes. `totals` has one axis for each of `axes`, which ascend."""

    axes: tuple[int, ...]
    totals: Floats


class Half(NamedTuple):
    """Half of the people in one category of an axis must be above a point of another axis.

    Attributes:
        axis: the axis of the category.
        place: position of the category.
        along: the other axis.
        above: (categories of `along`,) the part of each that is above the point, 0 to 1.
    """

    axis: int
    place: int
    along: int
    above: Floats


@attrs.frozen(eq=False)
class Fitted:
    """A fitted table, the number of sweeps, and the worst gap to each target, in people."""

    table: Floats
    sweeps: int
    gaps: tuple[float, ...]

    @property
    def worst(self) -> float:
        """The largest gap of any category of any target, in people."""
        return max(self.gaps, default=0.0)


def margin(table: Any, axes: Sequence[int]) -> Any:
    """Sums of `table` over every axis but `axes` (ascending)."""
    return table.sum(axis=tuple(axis for axis in range(table.ndim) if axis not in axes))


def worst_gap(table: Any, target: Target) -> float:
    """The largest difference between a table's margin and its target, in people."""
    return float(np.abs(margin(table, target.axes) - target.totals).max(initial=0.0))


def fit(
    seed: Floats,
    targets: Sequence[Target],
    *,
    halves: Sequence[Half] = (),
    tolerance: float = 1e-3,
    most_sweeps: int = 300,
) -> Fitted:
    """Scale `seed`, margin after margin, until every target is met within `tolerance` people or sweeps run out.

    Args:
        seed: a table of odds, 0 or more; 0 is a structural zero.
        targets: margins in people. If they cannot all be met, the last one is, and the gaps show the others.
        halves: medians within a category, met as far as the targets allow.
        tolerance: the gap at which to stop, in people.
        most_sweeps: the most sweeps to make.
    """
    # Scaling to one target disturbs the others, less and less from sweep to sweep. Medians come first in a sweep, so that
    # targets, which are scaled last, are met more exactly.
    table = np.array(seed, "float64")
    sweeps = 0
    while sweeps < most_sweeps:
        moved = 0.0
        for half in halves:
            _balance(table, half)
        for target in targets:
            moved = max(moved, _scale(table, target))
        sweeps += 1
        if moved <= tolerance:
            break
    return Fitted(table, sweeps, tuple(worst_gap(table, target) for target in targets))


def _scale(table: Floats, target: Target) -> float:
    """Scale a table in place to one target. Returns the worst gap before."""
    # A category whose cells are all zero cannot be scaled. Its gap remains, and shows that the margins conflict.
    now = margin(table, target.axes)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(now > 0, target.totals / now, 0.0)
    # Length 1 along the other axes, so that the factors are repeated there.
    shape = [size if axis in target.axes else 1 for axis, size in enumerate(table.shape)]
    table *= factor.reshape(shape)
    return float(np.abs(now - target.totals).max(initial=0.0))


def _balance(table: Floats, half: Half) -> None:
    """Scale a table in place so that half of a category is above its point and half below. Its total is unchanged."""
    moved = np.moveaxis(table, (half.axis, half.along), (0, 1))
    part: Any = moved[half.place]  # a view of the table, (categories of `along`, ...), so that it changes with it
    now = part.reshape(len(half.above), -1).sum(1)
    above = float((now * half.above).sum())
    below = float((now * (1.0 - half.above)).sum())
    # People above the point are multiplied by half of the total over `above`, and people below it in the same way. An
    # interval that contains the point gets a weighted mean of both factors. With nobody on one side no factor can help.
    if above and below:
        factor = (half.above / above + (1.0 - half.above) / below) * (above + below) / 2
        part *= factor.reshape(-1, *[1] * (part.ndim - 1))


# Margins that contradict each other, found by linear programming on the smallest table that shows the conflict.


def conflicting(support: Bools, targets: Sequence[Target], *, tolerance: float = 1e-6) -> tuple[int, ...]:
    """Positions of targets that cannot all be met, but could be without any one of them; empty if all can be met.

    Args:
        support: True for the cells that may contain people, False for structural zeros.
        targets: margins in people, as for `fit`.
        tolerance: the largest gap, as a share of everyone, that counts as zero.
    """
    if not shortfall(support, targets, tolerance=tolerance):
        return ()
    # A target is left out if the others conflict without it. What remains at the end conflicts only as a whole.
    needed = list(range(len(targets)))
    for position in range(len(targets)):
        fewer = [one for one in needed if one != position]
        if shortfall(support, [targets[one] for one in fewer], tolerance=tolerance):
            needed = fewer
    return tuple(needed)


def shortfall(support: Bools, targets: Sequence[Target], *, tolerance: float = 1e-6) -> float:
    """The smallest possible sum of gaps to `targets`, in people, of a table on `support`; 0.0 if all can be met.

    Args:
        support: True for the cells that may contain people, False for structural zeros.
        targets: margins in people, as for `fit`.
        tolerance: the largest gap, as a share of everyone, that counts as zero.
    """
    if not targets:
        return 0.0
    # The full table has too many cells for a linear program, so axes that do not matter are dropped first.
    total = max(float(target.totals.sum()) for target in targets)
    cells, lines, gap = _collapsed(support, list(targets))
    if gap > tolerance * max(total, 1.0):
        return gap
    least = _least_slack(cells, lines)
    return least if least > tolerance * max(total, 1.0) else 0.0


def _collapsed(support: Bools, targets: list[Target]) -> tuple[Bools, list[Target], float]:
    """The table and targets without axes that cannot cause a conflict of their own, and any gap found on the way.

    An axis can be dropped if zeros do not vary along it and one target covers all axes that share a target with it. Any
    table over the other axes can then be divided along it.
    """
    axis = 0
    while axis < support.ndim:
        theirs = [target for target in targets if axis in target.axes]
        together = tuple(sorted({other for target in theirs for other in target.axes}))
        widest = next((target for target in theirs if target.axes == together), None)
        zeros_vary = not (support == support.any(axis=axis, keepdims=True)).all()
        if (theirs and widest is None) or zeros_vary:
            axis += 1
            continue
        # The other targets on this axis must be sums of the widest one. If they are not, this is already the conflict.
        gap = max((_difference(widest, target) for target in theirs), default=0.0) if widest else 0.0
        if gap > 1e-6:
            return support, targets, gap
        rest = [target for target in targets if axis not in target.axes]
        if widest is not None:
            rest.append(_without(widest, axis))  # even without axes, it has the number of people
        # Later axes move down by one. The search begins again, because axes that were needed before may not be needed now.
        support = np.asarray(support.any(axis=axis))
        targets = []
        for target in rest:
            axes = tuple(one - (one > axis) for one in target.axes)
            targets.append(Target(axes, target.totals))
        axis = 0
    return support, targets, 0.0


def _difference(widest: Target, other: Target) -> float:
    """By how many people a target differs from what a wider target implies for it."""
    inner = [widest.axes.index(axis) for axis in other.axes]
    return float(np.abs(margin(widest.totals, inner) - other.totals).sum())


def _without(target: Target, axis: int) -> Target:
    """The target without one of its axes, over which its totals are added up."""
    position = target.axes.index(axis)
    axes = target.axes[:position] + target.axes[position + 1 :]
    return Target(axes, np.asarray(target.totals.sum(axis=position)))


def _least_slack(support: Bools, targets: Sequence[Target]) -> float:
    """The least sum of gaps over all categories of all targets, by HiGHS."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, eye_array, hstack, vstack

    # The unknowns are the people in each possible cell. For each target, a matrix of zeros and ones adds the cells up to
    # its categories, (categories, cells).
    where = np.nonzero(np.atleast_1d(support))
    pieces = []
    wanted = []
    for target in targets:
        positions = [where[axis] for axis in target.axes]
        category = np.ravel_multi_index(positions, target.totals.shape) if positions else np.zeros_like(where[0])
        cell = np.arange(len(category))
        ones = np.ones(len(category))
        adds = csr_array((ones, (category, cell)), shape=(target.totals.size, len(cell)))
        pieces.append(adds)
        wanted.append(target.totals.ravel())
    # Two further unknowns per category are the people missing and the people too many. Only these have a cost of 1, so
    # the minimum is the least sum of gaps. All unknowns are 0 or more.
    sums = vstack(pieces)
    totals = np.concatenate(wanted)
    slack = eye_array(len(totals))
    no_cost = np.zeros(sums.shape[1])
    cost: Floats = np.concatenate([no_cost, np.ones(2 * len(totals))])
    lines: Any = hstack([sums, slack, -slack])
    found = linprog(cost, A_eq=lines, b_eq=totals, bounds=(0, None), method="highs")
    return float(found.fun or 0.0)
