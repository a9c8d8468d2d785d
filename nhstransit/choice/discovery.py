"""In which futures an option fails: the patient rule induction method (PRIM) of EMA Workbench, with its result in words.

The method is by Friedman and Fisher (1999), Statistics and Computing 9. Coverage, density and quasi-p values are by
Bryant and Lempert (2010), Technological Forecasting and Social Change 77. EMA Workbench (Kwakkel 2017, Environmental
Modelling and Software 96) does the peeling and pasting. An analyst usually picks one of the resulting boxes by eye;
this module picks it by a fixed rule.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Floats, Rows
from nhstransit.errors import InputError, check_several, to_install
from nhstransit.pence import check_numbers
from nhstransit.phrases import date, listed, percent

if TYPE_CHECKING:
    import pandas as pd

FEWEST_CASES = 5  # the fewest futures in which an option must fail, and must not fail, before a pattern is searched for
SIGNIFICANT = 0.05


@attrs.frozen(kw_only=True)
class Limit:
    """A range of one uncertain number; an infinite end is open. `quasi_p` is its significance.

    The quasi-p value is the chance of at least this many failures in the box if an end made no difference; with two
    ends, the larger of their values. If `dated`, the number is a day count, as from `datetime.date.toordinal`.
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
    """The set of futures in which some uncertain numbers are within limits.

    Attributes:
        limits: the limits, one for each restricted number.
        coverage: the share of all failures that are in the box.
        density: the share of the futures in the box that are failures.
        mass: the share of all futures that are in the box.
        failing: the share of all futures that are failures.
        futures: the number of futures searched.
        counted: the noun for one of them: "future", or "draw" if each is the mean of several replications.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    failing: float
    futures: int
    counted: str = "future"

    def __str__(self) -> str:
        """The finding as a sentence without its subject, the option."""
        things = f"{self.counted}s"
        begin = f"fails in {percent(self.failing)} of {self.futures:,} {things}"
        if not self.limits:
            return f"{begin}; no limits on the uncertain numbers separate these {things} from the others"
        ranges = listed(str(one) for one in self.limits)
        return (
            f"{begin}; in {percent(self.coverage)} of these failures, {ranges} (of all {things} within these limits, "
            f"{percent(self.density)} fail)"
        )

    @property
    def table(self) -> pd.DataFrame:
        """One row per limit: low, high and quasi_p, indexed by the name of the number."""
        columns = {name: [getattr(one, name) for one in self.limits] for name in ("name", "low", "high", "quasi_p")}
        return tables.frame(columns, index="name")


def shown(number: float, dated: bool = False) -> str:
    """An uncertain number as text: to three significant digits, or as a date if it is a day count."""
    if dated and np.isfinite(number):
        return date(dt.date.fromordinal(round(number)))
    digits = f"{number:.3g}"
    return f"{float(digits):,.0f}" if "e+" in digits else digits


def discover(
    numbers: Floats, failing: Bools, names: Sequence[str], *, density: float = 0.8, smallest: float = 0.05
) -> Box:
    """The box that best describes the failures, among boxes with at least this density, or among all if there are none.

    EMA Workbench starts from all futures. It cuts off 5% at a time, on the side that leaves the highest share of
    failures, and then tries to widen the box again. Of all boxes found, the one with the highest harmonic mean of
    coverage and density is selected. Its ends that are not significant (quasi-p above 0.05) are then dropped one by
    one. The method uses no random numbers: the same futures give the same box.

    Args:
        numbers: the uncertain numbers in each future, (futures, numbers).
        failing: in which futures the option fails, (futures,).
        names: the name of each number.
        density: the lowest density wanted, 0 to 1.
        smallest: the smallest share of the futures that a box may contain.

    Raises:
        InputError: if fewer than five futures fail, if fewer than five do not, or if EMA Workbench is not installed
            (the extra `discovery`).
    """
    check_numbers("numbers", numbers)
    check_numbers("failing", failing)
    check_several("names", names)
    numbers = np.asarray(numbers, float)
    failing = np.asarray(failing, bool)
    fewest = min(int(failing.sum()), int((~failing).sum()))
    if fewest < FEWEST_CASES:
        wrong = (
            f"include {int(failing.sum())} in which the option fails and {int((~failing).sum())} in which it does not"
        )
        right = f"run more futures, until there are {FEWEST_CASES} of each; or set a different limit of failure"
        raise InputError("futures", wrong, right)
    prim = _prim()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # EMA Workbench uses deprecated pandas features; the user cannot change that
        box = _peeled(prim, numbers, failing, smallest)
        _prune(box, numbers, _chosen(box.peeling_trajectory, density))
    # The first box has all futures, so its ends restrict nothing.
    open_ends = box.box_lims[0]
    limits = tuple(
        Limit(
            name=names[axis],
            low=_end(box.box_lim, open_ends, axis, 0),
            high=_end(box.box_lim, open_ends, axis, 1),
            quasi_p=float(max(chances)),
        )
        for axis, chances in sorted(box.qp[-1].items())
    )
    return Box(
        limits=limits,
        coverage=float(box.coverage),
        density=float(box.density),
        mass=float(box.mass),
        failing=float(failing.mean()),
        futures=len(failing),
    )


def _prim() -> Any:
    """The PRIM module of EMA Workbench. Raises InputError if EMA Workbench is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # EMA Workbench warns of optional packages that are not needed here
            return import_module("ema_workbench.analysis.prim")
    except ImportError:
        raise InputError("scenario discovery", "needs EMA Workbench", to_install("discovery")) from None


def _peeled(prim: Any, numbers: Floats, failing: Bools, smallest: float) -> Any:
    """EMA Workbench's final box, with the sequence of boxes that led to it. Its columns are the numbers' indices."""
    columns: dict[Any, Floats] = dict(enumerate(numbers.T))
    search = prim.Prim(
        tables.frame(columns),
        failing.astype(int),
        threshold=float(failing.mean()),  # the density of all futures, so that PRIM rejects no box in the sequence
        mass_min=smallest,
    )
    return search.find_box()


def _chosen(path: Any, density: float) -> int:
    """The index of the box with the highest harmonic mean of coverage and density, among dense enough boxes if any."""
    # If no box is dense enough, the best of all is reported, with its density.
    dense = path[path["density"] >= density]
    among = dense if len(dense) else path
    product = 2.0 * among["coverage"] * among["density"]
    means = product / (among["coverage"] + among["density"])
    best: int = means.idxmax()
    return best


def _prune(box: Any, numbers: Floats, index: int) -> None:
    """Add a last box: the box at `index` without its insignificant ends. The least significant end is dropped first."""
    limits = box.box_lims[index]
    while True:
        # The update also computes the quasi-p value of each end, given the other ends.
        box.update(limits, _inside(numbers, limits))
        ends = [(chance, axis, side) for axis, both in box.qp[-1].items() for side, chance in enumerate(both)]
        worst, axis, side = max(ends, default=(0.0, 0, 0))
        if worst <= SIGNIFICANT:
            return
        # A copy, because the box holds the earlier limits.
        limits = limits.copy()
        limits.loc[side, axis] = box.box_lims[0].loc[side, axis]


def _inside(numbers: Floats, limits: pd.DataFrame) -> Rows:
    """The indices of the futures within the limits. `limits` has two rows, low and high, and a column per number."""
    ends = limits.to_numpy(float)
    return np.flatnonzero(((numbers >= ends[0]) & (numbers <= ends[1])).all(axis=1))


def _end(limits: Any, open_ends: Any, axis: int, side: int) -> float:
    """One end of the limits of a number; infinite if it excludes no future."""
    end = float(limits.loc[side, axis])
    return (-np.inf, np.inf)[side] if end == open_ends.loc[side, axis] else end
