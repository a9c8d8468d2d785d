"""Statistics over many runs: paired intervals, chances, quantiles, replications needed, sources of variance.

The functions use arrays by scenario, draw and replication, (s, d, r), with NaN for missing runs. Runs of one draw share
its parameters and are not independent. With several draws the statistical unit is therefore the mean of a draw. With one
draw it is a replication.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Floats
from nhstransit.errors import SweepError
from nhstransit.phrases import number_of

FEWEST = 10  # a mean of fewer units has no interval, because Student's t assumes that the mean is nearly normal
MOST = 10**7  # a precision that needs more replications than this is treated as impossible


@attrs.frozen
class Interval:
    """A mean, the ends of its interval, the standard deviation of the units, and their number."""

    mean: float
    low: float
    high: float
    spread: float
    units: int


def units_of(cells: Floats) -> Floats:
    """The units of one scenario's cells (d, r), or of a difference between two scenarios, (n,).

    A unit is the mean of a draw, or a replication if there is only one draw.
    """
    if len(cells) == 1:
        return np.asarray(cells[0][np.isfinite(cells[0])])
    # A draw without any run is left out; its mean would be 0/0.
    counts = np.isfinite(cells).sum(axis=1)
    sums = np.nansum(cells, axis=1)
    return np.asarray(sums[counts > 0] / counts[counts > 0])


def interval(units: Floats, level: float, what: str) -> Interval:
    """The mean of units with its Student's t interval.

    Args:
        units: the units, (n,).
        level: the level of confidence, between 0 and 1.
        what: the name of the measure, for error messages.

    Raises:
        SweepError: for fewer than `FEWEST` units.
    """
    check_level(level)
    if len(units) < FEWEST:
        wrong = f"has only {len(units)} independent results, too few for an interval"
        raise SweepError(what, wrong, f"run at least {FEWEST}, or omit the interval with level=None")
    mean = float(units.mean())
    spread = float(units.std(ddof=1))
    half = student(level, len(units)) * spread / math.sqrt(len(units))
    return Interval(mean, mean - half, mean + half, spread, len(units))


def plain(units: Floats) -> Interval:
    """The mean without an interval, and the standard deviation if there are at least two units."""
    if not len(units):
        return Interval(math.nan, math.nan, math.nan, math.nan, 0)
    spread = float(units.std(ddof=1)) if len(units) > 1 else math.nan
    return Interval(float(units.mean()), math.nan, math.nan, spread, len(units))


def student(level: float, units: int) -> float:
    """The half-width of an interval in standard errors, for a mean of `units` units."""
    from scipy.special import stdtrit  # imported here, because SciPy is slow to import

    return float(stdtrit(units - 1, 0.5 + level / 2))


def needed(spread: float, half_width: float, level: float) -> float:
    """The smallest number of units with which the interval of a mean has a half-width of at most `half_width`.

    The result is infinity if it would be more than `MOST`, and NaN if the spread is NaN.

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
    # The half-width falls as units are added: double the number until it is narrow enough, then bisect.
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
    """Wilson's interval of a share. Its ends are always between 0 and 1.

    Args:
        share: the observed share, 0 to 1.
        units: the number of units.
        level: the level of confidence, between 0 and 1.
    """
    from scipy.special import ndtri

    # Wilson 1927, Journal of the American Statistical Association 22(158).
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    middle = (share + z2 / (2 * units)) / (1 + z2 / units)
    variance = share * (1 - share) * z2 / units + z2**2 / (4 * units**2)
    half = math.sqrt(variance) / (1 + z2 / units)
    # Rounding can move an end past 0, 1 or the share itself.
    low = min(share, max(0.0, middle - half))
    high = max(share, min(1.0, middle + half))
    return low, high


def quantiles(runs: Floats, at: tuple[float, ...], what: str) -> Floats:
    """Quantiles of runs (n,) by the Weibull rule: the k-th smallest of n runs is the k/(n + 1) quantile.

    Args:
        runs: the figures, (n,).
        at: the probabilities of the quantiles.
        what: the name of the measure, for error messages.

    Raises:
        SweepError: for a quantile beyond the smallest or largest run, because quantiles are not extrapolated.
    """
    for share in at:
        if not real(share) or not 0 < share < 1:
            raise SweepError("quantiles", f"include {share!r}", "give shares between 0 and 1, such as 0.05")
        # The smallest of n runs is the 1/(n + 1) quantile. Rounding keeps 1/0.05 − 1 from becoming slightly more than
        # 19.
        fewest = math.ceil(round(1 / min(share, 1 - share) - 1, 9))
        if len(runs) < fewest:
            wrong = f"has only {len(runs)} runs, too few for the {share:.3g} quantile"
            raise SweepError(what, wrong, f"run at least {fewest}, or choose quantiles closer to the median")
    return np.quantile(runs, at, method="weibull")


def shares_of(at: Any) -> tuple[float, ...]:
    """The probabilities of the requested quantiles, as a tuple. Raises SweepError if there are none."""
    if isinstance(at, (str, Mapping)) or not isinstance(at, Iterable) or not (shares := tuple(at)):
        raise SweepError("quantiles", f"are {at!r}", "give one or more shares, such as (0.05, 0.95)")
    return shares


@attrs.frozen
class Split:
    """A variance in three parts.

    `policy` is the variance between scenarios, `parameter` between draws within a scenario, and `chance` between
    replications within a draw.
    """

    policy: float
    parameter: float
    chance: float

    @property
    def total(self) -> float:
        """The sum of the three parts."""
        return self.policy + self.parameter + self.chance


def split(cells: Floats, what: str) -> Split:
    """Split the variance of a measure's cells (s, d, r) into three parts.

    Chance is the pooled variance within scenario and draw. Parameter is the variance of the draws' means, less the
    contribution of chance, averaged over scenarios. Policy is the variance of the scenarios' means, with equal weights,
    less the contribution of draws and chance to differences between scenarios with the same random numbers. The
    estimates are unbiased before negative ones are set to zero.

    Raises:
        SweepError: for too few runs to separate the three parts.
    """
    # Runs, and their mean, for each scenario and draw, (s, d). A draw without runs has NaN.
    counts = np.isfinite(cells).sum(axis=2)
    missing = np.full(counts.shape, np.nan)
    means = np.divide(np.nansum(cells, axis=2), counts, out=missing, where=counts > 0)
    # Degrees of freedom: each mean uses up one of its replications.
    free = int((counts - 1).clip(min=0).sum())
    if free < FEWEST:
        wrong = f"has only {number_of(free, 'replication')} beyond the first of each draw"
        right = f"add at least {number_of(FEWEST - free, 'more replication')} of these draws"
        raise SweepError(what, wrong, right)
    chance = float(np.nansum((cells - means[:, :, None]) ** 2) / free)
    policy = _policy(cells, means, what)
    parameter = _parameter(means, counts, chance, what)
    # A variance less its noise can be negative by chance.
    return Split(max(0.0, policy), max(0.0, parameter), chance)


def _parameter(means: Floats, counts: Floats, chance: float, what: str) -> float:
    # With one draw no variance between draws can be estimated.
    if means.shape[1] == 1:
        return 0.0
    between = []
    for mean, count in zip(means, counts, strict=True):
        there = count > 0
        if there.sum() < FEWEST:
            wrong = f"has {there.sum()} draws with results"
            raise SweepError(what, wrong, f"give at least {FEWEST} draws, or only one")
        # Part of the variance between draws' means is due to chance within each draw.
        between.append(mean[there].var(ddof=1) - (chance / count[there]).mean())
    return float(np.mean(between))


def _policy(cells: Floats, means: Floats, what: str) -> float:
    if len(cells) == 1:
        return 0.0
    several = means.shape[1] > 1
    # Only units that every scenario has, so that the scenarios are compared with the same random numbers.
    units = means if several else cells[:, 0, :]
    units = units[:, np.isfinite(units).all(axis=0)]
    if units.shape[1] < 2:
        wrong = f"has only {units.shape[1]} {'draws' if several else 'replications'} that succeeded in every scenario"
        raise SweepError(what, wrong, "see failures(), or run more: at least two are needed")
    # What all scenarios have in common in a unit is subtracted. The rest is each scenario's difference, (s, units).
    apart = units - units.mean(axis=0)
    noise = apart.var(axis=1, ddof=1).mean() / units.shape[1]
    return float((apart.mean(axis=1) ** 2).mean() - noise)


def check_level(level: float) -> None:
    """Raise SweepError unless a confidence level is between 0 and 1."""
    if not real(level) or not 0 < level < 1:
        raise SweepError("level", f"is {level!r}", "give a share between 0 and 1, such as 0.95")


def check_precision(half_width: float, level: float) -> None:
    """Raise SweepError unless a half-width is a number above 0 and its level is between 0 and 1."""
    check_level(level)
    if not real(half_width) or half_width <= 0:
        raise SweepError("half_width", f"is {half_width!r}", "give a number above 0")


def check_line(line: float) -> None:
    """Raise SweepError unless a threshold for gaps is a number."""
    if not real(line):
        raise SweepError("line", f"is {line!r}", "give a number, in the measure's unit")


def real(item: Any) -> bool:
    """Whether a value is a finite number."""
    number = isinstance(item, (int, float, np.integer, np.floating)) and not isinstance(item, bool)
    return number and math.isfinite(item)
