"""In which futures an option fails: the patient rule induction method (PRIM) of EMA Workbench, with its result in words.

The method is Friedman and Fisher's (1999), Statistics and Computing 9; coverage, density and quasi-p values are Bryant
and Lempert's (2010), Technological Forecasting and Social Change 77. EMA Workbench (Kwakkel 2017, Environmental Modelling
and Software 96) peels, pastes and counts; here its boxes are chosen from without a person who looks at them.
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

FEWEST_CASES = 5  # futures that fail, and that do not: with fewer there is nothing to describe
SIGNIFICANT = 0.05


@attrs.frozen(kw_only=True)
class Limit:
    """One number held between two ends; an infinite end is open. `quasi_p` is its significance.

    The quasi-p value is the chance of so many failures in the box, or more, if an end made no difference; of two ends, the
    larger. Where the number is `dated`, it counts days, as `datetime.date.toordinal` does.
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

    EMA Workbench peels the box from all futures, 5% at a time, at the side that leaves the most failures a future, and then
    pastes. Of the boxes on the way, the one with the highest harmonic mean of coverage and density is kept. Ends of it that
    are not significant (quasi-p above 0.05) are then dropped one by one. Nothing is drawn: the same futures give the same
    box.

    Args:
        numbers: the uncertain numbers in each future, (futures, numbers).
        failing: in which futures the option fails, (futures,).
        names: the name of each number.
        density: the density wanted, 0 to 1.
        smallest: the smallest share of the futures that a box may hold.

    Raises:
        InputError: for fewer than five futures that fail, or that do not, saying how many there are; and where EMA
            Workbench is not installed (the extra `discovery`).
    """
    check_numbers("numbers", numbers)
    check_numbers("failing", failing)
    check_several("names", names)
    numbers = np.asarray(numbers, float)
    failing = np.asarray(failing, bool)
    fewest = min(int(failing.sum()), int((~failing).sum()))
    if fewest < FEWEST_CASES:
        wrong = f"hold {int(failing.sum())} that fail and {int((~failing).sum())} that do not"
        right = f"run more, until there are {FEWEST_CASES} of each; or set a different limit of failure"
        raise InputError("futures", wrong, right)
    prim = _prim()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what newer pandas will no longer have, which the user cannot change
        box = _peeled(prim, numbers, failing, smallest)
        _prune(box, numbers, _chosen(box.peeling_trajectory, density))
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
    """EMA Workbench's module of PRIM. Raises InputError where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of further packages that it could use and does not need here
            return import_module("ema_workbench.analysis.prim")
    except ImportError:
        raise InputError("scenario discovery", "needs EMA Workbench", to_install("discovery")) from None


def _peeled(prim: Any, numbers: Floats, failing: Bools, smallest: float) -> Any:
    """EMA Workbench's box with all boxes on the way to it, whose columns are the indices of the numbers."""
    columns: dict[Any, Floats] = dict(enumerate(numbers.T))
    search = prim.Prim(
        tables.frame(columns),
        failing.astype(int),
        threshold=float(failing.mean()),  # no box on the way has a lower density, so that none is turned down
        mass_min=smallest,
    )
    return search.find_box()


def _chosen(path: Any, density: float) -> int:
    """The index of the box with the highest harmonic mean of coverage and density; of dense enough ones, if there are."""
    dense = path[path["density"] >= density]
    among = dense if len(dense) else path
    means = 2.0 * among["coverage"] * among["density"] / (among["coverage"] + among["density"])
    best: int = means.idxmax()
    return best


def _prune(box: Any, numbers: Floats, place: int) -> None:
    """Add a last box: that of an index without the ends that are not significant, the least significant dropped first."""
    limits = box.box_lims[place]
    while True:
        box.update(limits, _inside(numbers, limits))
        ends = [(chance, axis, side) for axis, both in box.qp[-1].items() for side, chance in enumerate(both)]
        worst, axis, side = max(ends, default=(0.0, 0, 0))
        if worst <= SIGNIFICANT:
            return
        limits = limits.copy()
        limits.loc[side, axis] = box.box_lims[0].loc[side, axis]


def _inside(numbers: Floats, limits: pd.DataFrame) -> Rows:
    """The indices of the futures within the limits, whose rows are the two ends and whose columns the numbers."""
    ends = limits.to_numpy(float)
    return np.flatnonzero(((numbers >= ends[0]) & (numbers <= ends[1])).all(axis=1))


def _end(limits: Any, open_ends: Any, axis: int, side: int) -> float:
    """An end of a number, infinite where it leaves nothing out."""
    end = float(limits.loc[side, axis])
    return (-np.inf, np.inf)[side] if end == open_ends.loc[side, axis] else end
