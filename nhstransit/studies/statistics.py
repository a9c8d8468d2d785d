"""Statistics over many runs: paired intervals, chances, quantiles, replications needed, sources of variance.

Functions of arrays by scenario, draw and replication, (s, d, r), with NaN where there is no run. Runs of one draw share
its parameters. Where there are several draws, the statistical unit is therefore a draw's mean. With one draw it is a
replication.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Floats
from nhstransit.errors import SweepError

FEWEST = 10  # units below which a mean gets no interval: Student's t assumes that the mean is nearly normal
MOST = 10**7  # replications above which a precision is treated as out of reach


@attrs.frozen
class Interval:
    """A mean, the ends of its interval, the standard deviation of the units, and their number."""

    mean: float
    low: float
    high: float
    spread: float
    units: int


def units_of(cells: Floats) -> Floats:
    """The units of one scenario's cells (d, r), or of a difference of two: each draw's mean, or each replication."""
    if len(cells) == 1:
        return np.asarray(cells[0][np.isfinite(cells[0])])
    counts = np.isfinite(cells).sum(axis=1)
    return np.asarray(np.nansum(cells, axis=1)[counts > 0] / counts[counts > 0])


def interval(units: Floats, level: float, what: str) -> Interval:
    """The mean of units with Student's t interval.

    Args:
        units: the units, (n,).
        level: the level of confidence, between 0 and 1.
        what: the name of the measure, for errors.

    Raises:
        SweepError: for fewer than `FEWEST` units.
    """
    check_level(level)
    if len(units) < FEWEST:
        wrong = f"has {len(units)} independent results"
        raise SweepError(what, wrong, f"run at least {FEWEST}, or ask for no interval with level=None")
    mean = float(units.mean())
    spread = float(units.std(ddof=1))
    half = student(level, len(units)) * spread / math.sqrt(len(units))
    return Interval(mean, mean - half, mean + half, spread, len(units))


def plain(units: Floats) -> Interval:
    """The mean without an interval, and the spread where there are at least two units."""
    if not len(units):
        return Interval(math.nan, math.nan, math.nan, math.nan, 0)
    spread = float(units.std(ddof=1)) if len(units) > 1 else math.nan
    return Interval(float(units.mean()), math.nan, math.nan, spread, len(units))


def student(level: float, units: int) -> float:
    """The half-width of an interval in standard errors, for a mean of `units` units."""
    from scipy.special import stdtrit  # imported where it is used, because SciPy is slow to import

    return float(stdtrit(units - 1, 0.5 + level / 2))


def needed(spread: float, half_width: float, level: float) -> float:
    """The smallest number of units that gives the interval of a mean a half-width of at most `half_width`.

    A whole number, or infinity where it would be more than `MOST`; NaN for an unknown spread.

    Args:
        spread: the standard deviation of the units.
        half_width: the half-width wanted, in the same unit.
        level: the level of confidence, between 0 and 1.

    Raises:
        SweepError: for a half-width of 0 or less.
    """
    check_precision(half_width, level)
    if math.isnan(spread):
        return math.nan
    low = FEWEST
    high = FEWEST
    while student(level, high) * spread / math.sqrt(high) > half_width:
        if high >= MOST:
            return math.inf
        low = high
        high = min(high * 2, MOST)
    while low < high:
        middle = (low + high) // 2
        if student(level, middle) * spread / math.sqrt(middle) > half_width:
            low = middle + 1
        else:
            high = middle
    return high


def wilson(share: float, units: int, level: float) -> tuple[float, float]:
    """Wilson's interval of a share of a number of units. It stays within 0 and 1, also where the share is 0 or 1.

    Args:
        share: the observed share, 0 to 1.
        units: the number of units.
        level: the level of confidence, between 0 and 1.
    """
    from scipy.special import ndtri

    z2 = float(ndtri(0.5 + level / 2)) ** 2
    middle = (share + z2 / (2 * units)) / (1 + z2 / units)
    half = math.sqrt(share * (1 - share) * z2 / units + z2**2 / (4 * units**2)) / (1 + z2 / units)
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))  # corrects for rounding


def quantiles(runs: Floats, at: tuple[float, ...], what: str) -> Floats:
    """Quantiles of runs (n,) by the Weibull rule: the k-th smallest of n runs is the quantile k/(n + 1).

    Args:
        runs: the figures, (n,).
        at: the shares at which to take quantiles.
        what: the name of the measure, for errors.

    Raises:
        SweepError: for a quantile beyond the smallest or largest run: nothing is extrapolated.
    """
    for share in at:
        if not real(share) or not 0 < share < 1:
            raise SweepError("quantiles", f"include {share!r}", "give shares between 0 and 1, such as 0.05")
        fewest = math.ceil(round(1 / min(share, 1 - share) - 1, 9))
        if len(runs) < fewest:
            wrong = f"has {len(runs)} runs, too few for the {share:.3g} quantile"
            raise SweepError(what, wrong, f"run at least {fewest}, or ask for quantiles nearer the middle")
    return np.quantile(runs, at, method="weibull")


def shares_of(at: Any) -> tuple[float, ...]:
    """The shares at which quantiles are wanted. Raises SweepError where there are none."""
    if isinstance(at, (str, Mapping)) or not isinstance(at, Iterable) or not (shares := tuple(at)):
        raise SweepError("quantiles", f"are {at!r}", "give one or more shares, such as (0.05, 0.95)")
    return shares


@attrs.frozen
class Split:
    """A variance in three parts: between scenarios, draws within a scenario, and replications within a draw."""

    policy: float
    parameter: float
    chance: float

    @property
    def total(self) -> float:
        """The sum of all three."""
        return self.policy + self.parameter + self.chance


def split(cells: Floats, what: str) -> Split:
    """Split the variance of a measure's cells (s, d, r) into three unbiased estimates, each then truncated at zero.

    Chance is the pooled variance within scenario and draw. Parameter is the variance of the draws' means, less the
    contribution of chance, averaged over scenarios. Policy is the variance of the scenarios' means, with equal weights,
    less what draws and chance contribute after the random numbers that the scenarios share.

    Raises:
        SweepError: for too few runs to separate the three.
    """
    counts = np.isfinite(cells).sum(axis=2)
    means = np.divide(np.nansum(cells, axis=2), counts, out=np.full(counts.shape, np.nan), where=counts > 0)
    free = int((counts - 1).clip(min=0).sum())
    if free < FEWEST:
        told = f"has only {free} replications beyond the first of each draw"
        raise SweepError(what, told, f"run at least {FEWEST} more, with two or more replications per draw")
    chance = float(np.nansum((cells - means[:, :, None]) ** 2) / free)
    return Split(max(0.0, _policy(cells, means, what)), max(0.0, _parameter(means, counts, chance, what)), chance)


def _parameter(means: Floats, counts: Floats, chance: float, what: str) -> float:
    if means.shape[1] == 1:
        return 0.0
    between = []
    for mean, count in zip(means, counts, strict=True):
        there = count > 0
        if there.sum() < FEWEST:
            raise SweepError(what, f"has {there.sum()} draws", f"give at least {FEWEST}, or one")
        between.append(mean[there].var(ddof=1) - (chance / count[there]).mean())
    return float(np.mean(between))


def _policy(cells: Floats, means: Floats, what: str) -> float:
    if len(cells) == 1:
        return 0.0
    several = means.shape[1] > 1
    units = means if several else cells[:, 0, :]
    units = units[:, np.isfinite(units).all(axis=0)]
    if units.shape[1] < 2:
        told = f"has {units.shape[1]} {'draws' if several else 'replications'} that succeeded in every scenario"
        raise SweepError(what, told, "see failures(), or run more: there must be two or more")
    apart = units - units.mean(axis=0)
    noise = apart.var(axis=1, ddof=1).mean() / units.shape[1]
    return float((apart.mean(axis=1) ** 2).mean() - noise)


def check_level(level: float) -> None:
    """Raise SweepError unless a confidence level lies between 0 and 1."""
    if not real(level) or not 0 < level < 1:
        raise SweepError("level", f"is {level!r}", "give a share between 0 and 1, such as 0.95")


def check_precision(half_width: float, level: float) -> None:
    """Raise SweepError unless a half-width is a number above 0 and its level lies between 0 and 1."""
    check_level(level)
    if not real(half_width) or half_width <= 0:
        raise SweepError("half_width", f"is {half_width!r}", "give a number above 0")


def check_line(line: float) -> None:
    """Raise SweepError unless a threshold for gaps is a number."""
    if not real(line):
        raise SweepError("line", f"is {line!r}", "give a number, in the measure's unit")


def real(item: Any) -> bool:
    """Whether something is a finite number."""
    number = isinstance(item, (int, float, np.integer, np.floating)) and not isinstance(item, bool)
    return number and math.isfinite(item)
