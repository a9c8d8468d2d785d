"""In which futures an option fails: the patient rule induction method (PRIM), with its result in words.

After Friedman and Fisher (1999), Statistics and Computing 9; coverage, density and quasi-p values after Bryant and
Lempert (2010), Technological Forecasting and Social Change 77. The inputs are arrays as EMA Workbench's `prim.Prim`
takes them, so that either can be run on the same futures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Floats
from nhstransit.errors import InputError, check_several
from nhstransit.pence import check_numbers
from nhstransit.phrases import date, listed, percent

if TYPE_CHECKING:
    import pandas as pd

PEEL = 0.05  # share of the box removed in one step
FEWEST_CASES = 5  # futures that fail, and that do not: with fewer there is nothing to describe
SIGNIFICANT = 0.05


@attrs.frozen(kw_only=True)
class Limit:
    """One number held between two ends; an infinite end is open. `quasi_p` is its significance.

    The quasi-p value is the chance of so many failures in the box, or more, if the limit made no difference. Where the
    number is `dated`, it counts days, as `datetime.date.toordinal` does.
    """

    name: str
    low: float
    high: float
    quasi_p: float
    dated: bool = False

    def __str__(self) -> str:
        least, most = (shown(end, self.dated) for end in (self.low, self.high))
        if np.isinf(self.low):
            return f"{self.name} is at most {most}"
        if np.isinf(self.high):
            return f"{self.name} is at least {least}"
        return f"{self.name} is between {least} and {most}"


@attrs.frozen(kw_only=True)
class Box:
    """Some numbers held within limits.

    Attributes:
        limits: the limits.
        coverage: the share of all failures that lie in the box.
        density: the share of the futures in the box that are failures.
        mass: the share of all futures that lie in the box.
        failing: the share of all futures that are failures.
        futures: the number of futures searched.
        counted: what they are called: "draw" where each is the mean of several replications.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    failing: float
    futures: int
    counted: str = "future"

    def __str__(self) -> str:
        """The finding in a sentence, without its subject."""
        things = f"{self.counted}s"
        begin = f"fails in {percent(self.failing)} of {self.futures:,} {things}"
        if not self.limits:
            return f"{begin}; no limits on the uncertain numbers separate these {things} from the others"
        told = listed(str(one) for one in self.limits)
        return (
            f"{begin}; in {percent(self.coverage)} of those, {told} (of the {things} like that, {percent(self.density)} "
            "fail)"
        )

    @property
    def table(self) -> pd.DataFrame:
        """The limits: low, high and quasi-p, indexed by number."""
        columns = {name: [getattr(one, name) for one in self.limits] for name in ("name", "low", "high", "quasi_p")}
        return tables.frame(columns, index="name")


def shown(number: float, dated: bool = False) -> str:
    """An uncertain number as a text: to three digits, or as a day where it counts days."""
    return date(dt.date.fromordinal(round(number))) if dated and np.isfinite(number) else f"{number:.3g}"


def discover(
    numbers: Floats, failing: Bools, names: Sequence[str], *, density: float = 0.8, smallest: float = 0.05
) -> Box:
    """The box that best describes the failures, among those whose density is at least `density`; else among all.

    The box is peeled from all futures, 5% at a time, at the side that leaves the most failures a future. Of the boxes on
    the way, the one with the highest harmonic mean of coverage and density is kept. Ends of it that are not significant
    (quasi-p above 0.05) are then dropped one by one.

    Args:
        numbers: the uncertain numbers in each future, (futures, numbers).
        failing: in which futures the option fails, (futures,).
        names: the name of each number.
        density: the density wanted, 0 to 1.
        smallest: the smallest share of the futures that a box may hold.

    Raises:
        InputError: for fewer than five futures that fail, or that do not, saying how many there are.
    """
    check_numbers("numbers", numbers)
    check_numbers("failing", failing)
    check_several("names", names)
    numbers = np.asarray(numbers, float)
    failing = np.asarray(failing, bool)
    fewest = min(int(failing.sum()), int((~failing).sum()))
    if fewest < FEWEST_CASES:
        wrong = f"hold {int(failing.sum())} that fail and {int((~failing).sum())} that do not"
        right = f"run more, until there are {FEWEST_CASES} of either; or set another limit of failure"
        raise InputError("futures", wrong, right)
    path = _peeled(numbers, failing, max(1, round(smallest * len(failing))))
    dense = [inside for inside in path if failing[inside].mean() >= density] or path
    best = max(dense, key=lambda inside: 2.0 * failing[inside].sum() / (inside.sum() + failing.sum()))
    ends = _pruned(numbers, failing, _ends_of(numbers, best))
    inside = _inside(numbers, ends)
    limits = tuple(
        Limit(
            name=names[axis],
            low=float(ends[axis, 0]),
            high=float(ends[axis, 1]),
            quasi_p=_quasi_p(numbers, failing, ends, [axis, axis], [0, 1]),
        )
        for axis in range(len(ends))
        if np.isfinite(ends[axis]).any()
    )
    return Box(
        limits=limits,
        coverage=float(failing[inside].sum() / failing.sum()),
        density=float(failing[inside].mean()),
        mass=float(inside.mean()),
        failing=float(failing.mean()),
        futures=len(failing),
    )


def _peeled(numbers: Floats, failing: Bools, smallest: int) -> list[Bools]:
    """The boxes, from all futures to the smallest; each has lost the 5% whose loss raises the density most."""
    inside = np.ones(len(failing), bool)
    path = [inside]
    while True:
        best = -1.0
        kept = None
        for axis in range(numbers.shape[1]):
            column = numbers[inside, axis]
            low, high = np.quantile(column, (PEEL, 1.0 - PEEL))
            for mask in (_stricter(numbers[:, axis], low, column), _stricter(-numbers[:, axis], -high, -column)):
                rest = inside & mask
                count = int(rest.sum())
                if smallest <= count < int(inside.sum()):
                    lost = int(inside.sum()) - count
                    gain = (float(failing[rest].mean()) - float(failing[inside].mean())) / lost
                    if kept is None or gain > best:
                        best = gain
                        kept = rest
        if kept is None:
            return path
        inside = kept
        path.append(inside)


def _stricter(column: Floats, end: float, inside: Floats) -> Bools:
    """Values from `end` up; above it where that would remove nothing, as with whole numbers."""
    return np.asarray(column >= end if (inside < end).any() else column > end)


def _ends_of(numbers: Floats, inside: Bools) -> Floats:
    """The two ends of a box in each number, (numbers, 2): halfway to the next future outside; infinite where none is."""
    ends = np.tile([-np.inf, np.inf], (numbers.shape[1], 1))
    for axis in range(numbers.shape[1]):
        column = numbers[:, axis]
        low = column[inside].min()
        high = column[inside].max()
        if (column < low).any():
            ends[axis, 0] = (column[column < low].max() + low) / 2
        if (column > high).any():
            ends[axis, 1] = (column[column > high].min() + high) / 2
    return ends


def _inside(numbers: Floats, ends: Floats) -> Bools:
    return np.asarray(((numbers >= ends[:, 0]) & (numbers <= ends[:, 1])).all(axis=1))


def _pruned(numbers: Floats, failing: Bools, ends: Floats) -> Floats:
    """The ends without those that are not significant, the least significant dropped first."""
    while True:
        held = np.argwhere(np.isfinite(ends)).tolist()
        chances = [_quasi_p(numbers, failing, ends, [axis], [side]) for axis, side in held]
        if max(chances, default=0.0) <= SIGNIFICANT:
            return ends
        axis, side = held[int(np.argmax(chances))]
        ends = ends.copy()
        ends[axis, side] = (-np.inf, np.inf)[side]


def _quasi_p(numbers: Floats, failing: Bools, ends: Floats, axes: list[int], sides: list[int]) -> float:
    """The chance of so many failures in the box if these ends made no difference: if its futures were any of a wider box.

    Args:
        numbers: (futures, numbers).
        failing: (futures,).
        ends: (numbers, 2).
        axes: the numbers whose ends are opened in the wider box.
        sides: for each of them which end, 0 the lower and 1 the upper.
    """
    from scipy.stats import binom

    wider = ends.copy()
    wider[axes, sides] = np.array([-np.inf, np.inf])[sides]
    inside = _inside(numbers, ends)
    rate = float(failing[_inside(numbers, wider)].mean())
    return float(binom.sf(int(failing[inside].sum()) - 1, int(inside.sum()), rate))
