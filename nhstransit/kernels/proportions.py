"""Intervals of rates, of what lies between two of them, and of means: each holds at counts of nought and of everybody.

References:
    Wilson, Journal of the American Statistical Association 22 (1927) 209–212: one rate.
    Newcombe, Statistics in Medicine 17 (1998) 873–890, method 10: a difference of two rates.
    Donner and Zou, Statistical Methods in Medical Research 21 (2012) 347–359 (MOVER): a ratio, from Wilson's limits.
    Welch, Biometrika 34 (1947) 28–35: a difference of two means.
    Garwood, Biometrika 28 (1936) 437–442: exits over a time at risk.
"""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray, Floats
from nhstransit.kernels.survival import normal_quantile

Limits = tuple[Floats, Floats]


def rates(count: AnyArray, people: AnyArray) -> Floats:
    """`count / people`, any shape; NaN where there is nobody."""
    top, bottom = np.asarray(count, "float64"), np.asarray(people, "float64")
    unknown = np.full(np.broadcast_shapes(top.shape, bottom.shape), np.nan)
    return np.asarray(np.divide(top, bottom, out=unknown, where=bottom > 0))


def wilson(count: AnyArray, people: AnyArray, confidence: float) -> Limits:
    """Limits of a rate, any shape; NaN where there is nobody."""
    z = normal_quantile(confidence)
    n = np.where(np.asarray(people) > 0, people, np.nan).astype("float64")
    share = rates(count, people)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = np.where(share == 0.0, 0.0, np.clip(middle - half, 0.0, 1.0))
    high = np.where(share == 1.0, 1.0, np.clip(middle + half, 0.0, 1.0))
    return low, high


def difference_limits(rate: Floats, limits: Limits, other: Floats, other_limits: Limits) -> Limits:
    """Limits of `rate − other`, from the limits of both (Newcombe's method 10), any shape."""
    (low, high), (other_low, other_high) = limits, other_limits
    gap = rate - other
    down = np.sqrt((rate - low) ** 2 + (other_high - other) ** 2)
    up = np.sqrt((high - rate) ** 2 + (other - other_low) ** 2)
    return gap - down, gap + up


def ratio_limits(rate: Floats, limits: Limits, other: Floats, other_limits: Limits) -> Limits:
    """Limits of `rate / other`, from the limits of both (Donner and Zou), any shape; the upper is infinite over nought."""
    (low, high), (other_low, other_high) = limits, other_limits
    product = rate * other
    below = low * other_high * (2 * rate - low) * (2 * other - other_high)
    above = high * other_low * (2 * rate - high) * (2 * other - other_low)
    with np.errstate(divide="ignore", invalid="ignore"):
        least = (product - np.sqrt(np.maximum(product**2 - below, 0.0))) / (other_high * (2 * other - other_high))
        most = (product + np.sqrt(np.maximum(product**2 - above, 0.0))) / (other_low * (2 * other - other_low))
    least = np.where(rate == 0, 0.0, _lower(least, low, other_high))
    most = np.where(other_low > 0, most, np.inf)
    unknown = np.isnan(rate) | np.isnan(other)
    return np.where(unknown, np.nan, np.maximum(least, 0.0)), np.where(unknown, np.nan, most)


def _lower(least: Floats, low: Floats, other_high: Floats) -> Floats:
    """The lower limit, where a divisor of nought leaves it open: the lower limit over the other's upper."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isfinite(least), least, low / other_high)


def mean_limits(
    total: AnyArray, squares: AnyArray, count: AnyArray, confidence: float
) -> tuple[Floats, Floats, Limits]:
    """Mean, standard error and Student's limits of n amounts, from their sum and the squares about their mean.

    Any shape; NaN for the mean of nobody, and for the error and limits of fewer than two.
    """
    from scipy.special import stdtrit

    normal_quantile(confidence)
    n = np.asarray(count, "float64")
    mean = rates(total, n)
    error = np.sqrt(rates(squares, np.maximum(n - 1, 0)) / np.maximum(n, 1))
    half = stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2) * error
    return mean, error, (mean - half, mean + half)


def welch_limits(mean: Floats, error: Floats, count: AnyArray, other: int, confidence: float) -> tuple[Floats, Limits]:
    """Each mean less that of group `other`, and Welch's limits of it, (groups,); NaN where an error is unknown."""
    from scipy.special import stdtrit

    n = np.asarray(count, "float64")
    gap = mean - mean[other]
    both = error**2 + error[other] ** 2
    parts = rates(error**4, n - 1) + rates(error[other] ** 4, np.broadcast_to(n[other] - 1, n.shape))
    freedom = rates(both**2, np.where(np.isnan(parts), 0.0, parts))
    half = stdtrit(np.where(np.isnan(freedom), 1.0, freedom), 0.5 + confidence / 2) * np.sqrt(both)
    half = np.where(both == 0, 0.0, np.where(np.isnan(freedom), np.nan, half))
    return gap, (gap - half, gap + half)


def garwood(count: AnyArray, confidence: float) -> Limits:
    """Exact limits of the mean of a Poisson count, any shape."""
    from scipy.special import gammaincinv

    normal_quantile(confidence)
    tail, number = (1.0 - confidence) / 2.0, np.asarray(count, "float64")
    low = np.where(number > 0, gammaincinv(np.maximum(number, 1.0), tail), 0.0)
    return low, np.asarray(gammaincinv(number + 1.0, 1.0 - tail))
