"""Comparison of several pairs of runs, one pair per seed: mean gaps, with Student's t or bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit import tables
from nhstransit.arrays import Floats
from nhstransit.comparison.pair import NOTHING, Comparison
from nhstransit.comparison.schemes import told_deadweight
from nhstransit.comparison.strata import STRATA
from nhstransit.comparison.wording import CHANCE_ALONE, html, text, told_ends, what_differs
from nhstransit.errors import InputError, nearest
from nhstransit.pence import check_numbers
from nhstransit.scenario import Change
from nhstransit.streams import Luck

if TYPE_CHECKING:
    import pandas as pd


Method = Literal["t", "bootstrap"]
FEWEST: dict[Method, int] = {"t": 10, "bootstrap": 20}  # fewest pairs; with fewer, an interval is unreliable
DRAWS = 4_000  # resamples of the bootstrap


@attrs.frozen(kw_only=True)
class Interval:
    """A mean over pairs of runs, with an interval of a given `method` and `level`."""

    mean: float
    low: float
    high: float
    pairs: int
    level: float
    method: str

    def __str__(self) -> str:
        return f"{self.mean:,.6g} ({self.level:.0%} {self.method} interval {self.low:,.6g} to {self.high:,.6g})"


def paired(gaps: ArrayLike, *, level: float = 0.95, method: Method = "t") -> Interval:
    """The mean of gaps, one per pair of runs, with an interval.

    Args:
        gaps: (pairs,) run less baseline; both runs of a pair have one seed.
        level: the share of such intervals that contain the true mean, between 0 and 1.
        method: "t": mean ± t(pairs − 1) × s ÷ √pairs (Student 1908), which assumes roughly normal gaps; "bootstrap":
            percentiles of the means of resampled gaps (Efron 1979), which needs more pairs.

    Raises:
        InputError: there are fewer than 10 pairs (t) or 20 (bootstrap), the level is outside 0 to 1, the method is
            unknown, or a gap is not a finite number.
    """
    check_numbers("gaps", gaps)
    of = np.asarray(gaps, "float64").ravel()
    _check(len(of), level, method)
    if not np.isfinite(of).all():
        place = int(np.argmin(np.isfinite(of)))
        raise InputError(f"gaps[{place}]", f"is {of[place]}", "give a finite number for each pair")
    low, high = _student(of, level) if method == "t" else _resampled(of, level)
    mean = float(of.mean())
    return Interval(mean=mean, low=low, high=high, pairs=len(of), level=level, method=method)


def _check(pairs: int, level: float, method: str) -> None:
    """Raise InputError unless this number of pairs is enough for an interval of this kind.

    Args:
        pairs: number of pairs of runs.
        level: level of the interval, between 0 and 1.
        method: how the interval is computed, a key of `FEWEST`.
    """
    if method not in FEWEST:
        raise InputError("method", f"is {method!r}", nearest(str(method), FEWEST))
    if not 0.0 < level < 1.0:
        raise InputError("level", f"is {level!r}", "give a share between 0 and 1, such as 0.95")
    if pairs < FEWEST[method]:
        count = f"{pairs} pair is" if pairs == 1 else f"{pairs} pairs are"
        wrong = f"{count} too few for a {method} interval"
        raise InputError("runs", wrong, f"simulate at least {FEWEST[method]} seeds in each scenario")


def _student(gaps: Floats, level: float) -> tuple[float, float]:
    from scipy.special import stdtrit  # scipy is imported where it is used

    quantile = float(stdtrit(len(gaps) - 1, (1.0 + level) / 2.0))
    half = quantile * float(gaps.std(ddof=1)) / len(gaps) ** 0.5
    mean = float(gaps.mean())
    return mean - half, mean + half


def _resampled(gaps: Floats, level: float) -> tuple[float, float]:
    """Percentiles of resampled means. The resamples depend only on the number of pairs, so repeated calls are equal."""
    size = len(gaps)
    # Positions of gaps, drawn with replacement: `size` of them for each of the resamples.
    drawn = Luck(0).uniform("comparison bootstrap", size, np.arange(DRAWS * size), among="staff") * size
    means = gaps[drawn.astype("intp")].reshape(DRAWS, size).mean(axis=1)
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(means, [tail, 1.0 - tail])
    return float(low), float(high)


def spread(gaps: Sequence[float] | Floats) -> float:
    """The standard deviation of gaps over pairs; NaN for a single pair."""
    return float(np.std(gaps, ddof=1)) if len(gaps) > 1 else float("nan")


# Several pairs of runs, each pair with one seed: mean gaps, and intervals if there are enough pairs.

LEVEL = 0.95


@attrs.frozen(eq=False, slots=False, repr=False, kw_only=True)
class Comparisons:
    """Pairs of runs of the same two scenarios, one pair per seed, in the order of the given runs."""

    pairs: tuple[Comparison, ...]

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each pair."""
        return tuple(pair.run.seed for pair in self.pairs)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The differences between the scenarios, which are the same for every pair."""
        return self.pairs[0].changes

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """Mean headline figures of runs and baselines, the mean gap, and its standard deviation; indexed by measure."""
        names = list(self.pairs[0].gaps.index)
        every = {side: self._figures(side) for side in ("run", "baseline", "gap")}
        columns: dict[str, object] = {"measure": names}
        columns |= {side: cells.mean(axis=0) for side, cells in every.items()}
        columns["deviation"] = [spread(column) for column in every["gap"].T]
        columns["unit"] = list(self.pairs[0].gaps["unit"])
        return tables.frame(columns, index="measure")

    def intervals(self, *, level: float = LEVEL, method: Method = "t") -> pd.DataFrame:
        """The mean gap of each headline figure with its paired interval; indexed by measure.

        Columns gap, low, high, unit. Raises InputError for too few pairs: see `intervals.paired`.
        """
        _check(len(self), level, method)
        every = [paired(column, level=level, method=method) for column in self._figures("gap").T]
        columns = {
            "measure": list(self.gaps.index),
            "gap": [one.mean for one in every],
            "low": [one.low for one in every],
            "high": [one.high for one in every],
            "unit": list(self.gaps["unit"]),
        }
        return tables.frame(columns, index="measure")

    def interval(self, measure: str, *, level: float = LEVEL, method: Method = "t") -> Interval:
        """The paired interval of one headline figure's gap.

        Raises InputError for too few pairs, or an unknown figure.

        Args:
            measure: the name of a headline figure.
            level: the share of such intervals that contain the true mean, between 0 and 1.
            method: "t" or "bootstrap".
        """
        names = list(self.gaps.index)
        if measure not in names:
            raise InputError("measure", f"is {measure!r}", nearest(measure, names))
        return paired(self._figures("gap")[:, names.index(measure)], level=level, method=method)

    def over(self, read: Callable[[Comparison], float], *, level: float = LEVEL, method: Method = "t") -> Interval:
        """The mean, with its interval, of any number computed from each pair, such as a share of deadweight.

        Args:
            read: the function that computes the number from a comparison.
            level: the share of such intervals that contain the true mean, between 0 and 1.
            method: "t" or "bootstrap".

        Raises:
            InputError: there are too few pairs, or the number of a pair is not finite; the message contains its seed.
        """
        _check(len(self), level, method)
        found = [float(read(pair)) for pair in self.pairs]
        for seed, one in zip(self.seeds, found, strict=True):
            if not np.isfinite(one):
                raise InputError(
                    f"seed {seed}",
                    f"the measure returns {one}",
                    "give a measure that returns a finite number for each pair",
                )
        return paired(found, level=level, method=method)

    @cached_property
    def strata(self) -> pd.DataFrame:
        """People in each stratum: the mean over pairs, the standard deviation, the fewest and the most.

        Indexed by stratum.
        """
        each = np.array([pair.strata["people"].to_numpy() for pair in self.pairs], "float64")
        columns = {
            "stratum": STRATA,
            "people": each.mean(axis=0),
            "deviation": [spread(column) for column in each.T],
            "fewest": each.min(axis=0).astype("int64"),
            "most": each.max(axis=0).astype("int64"),
        }
        return tables.frame(columns, index="stratum")

    def sentences(self) -> list[str]:
        """The comparisons in three sentences."""
        one = self.pairs[0]
        many = f"{len(self)} pairs of runs" if len(self) > 1 else "1 pair of runs"
        people = self.strata["people"]
        groups = ", ".join(f"{people[name]:,.1f} {name}" for name in STRATA)
        ends = told_ends(one.run, one.baseline)
        return [
            what_differs(one.run, one.baseline, self.changes),
            f"{many}, each with one seed. Of the opening staff at the end{ends}, on average: {groups}.",
            self._surety(),
        ]

    def _surety(self) -> str:
        if len(self) < FEWEST["t"]:
            return f"No intervals are shown: they need at least {FEWEST['t']} pairs, and there are {len(self)}."
        kind = f"Low and high are the ends of paired {LEVEL:.0%} intervals by Student's t: {CHANCE_ALONE}"
        return (
            f"{kind}, because every pair has the same assumptions. Uncertainty about the assumptions is not included."
        )

    def _shown(self) -> pd.DataFrame:
        """Measures that differ in any pair, with intervals if there are enough pairs."""
        differ = np.flatnonzero((self._figures("gap") != 0).any(axis=0))
        table: pd.DataFrame = self.gaps.iloc[differ]
        if len(self) < FEWEST["t"]:
            return table
        ends = self.intervals()
        columns: dict[str, Any] = {"measure": list(table.index)}
        columns |= {name: table[name] for name in ("run", "baseline", "gap")}
        columns |= {name: ends.loc[table.index, name] for name in ("low", "high")}
        columns["unit"] = table["unit"]
        return tables.frame(columns, index="measure")

    def _figures(self, side: str) -> Floats:
        """The headline figures of the runs, of the baselines or of the gaps, (pairs, measures)."""
        return np.array([pair.gaps[side].to_numpy() for pair in self.pairs], "float64")

    def deadweight_told(self) -> list[str]:
        """For each scheme that pays people to leave in the runs only, one sentence on its deadweight over all pairs."""
        return told_deadweight([(pair.run, pair.baseline) for pair in self.pairs])

    def __repr__(self) -> str:
        return text(self.sentences(), self._shown(), NOTHING, self.deadweight_told())

    def _repr_html_(self) -> str:
        return html(self.sentences(), self._shown(), NOTHING, self.deadweight_told())
