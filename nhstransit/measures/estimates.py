"""Staying and leaving by day: Kaplan–Meier, Aalen–Johansen by route, their intervals and bands, and the log-rank test.

Times are whole days, so all estimates are computed from counts by day, in one pass over the people. Time t is the
number of days completed. A person censored at t was still at risk at t.

References:
    Kaplan and Meier, Journal of the American Statistical Association 53 (1958) 457–481; Greenwood's variance, 1926.
    Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data (2nd ed. 2002): log(−log) interval.
    Hall and Wellner, Biometrika 67 (1980) 133–143: band.
    Aalen and Johansen, Scandinavian Journal of Statistics 5 (1978) 141–150; variance after Marubini and Valsecchi,
    Analysing Survival Data from Clinical Trials and Observational Studies (1995), section 10.3.
    Mantel, Cancer Chemotherapy Reports 50 (1966) 163–170, and Peto and Peto, JRSS A 135 (1972) 185–207: log-rank.
"""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Floats, Ints, Longs
from nhstransit.behaviour.observed import poisson_limits
from nhstransit.errors import InputError


@attrs.frozen(eq=False, kw_only=True)
class LifeTable:
    """Counts by day, 0 to the longest time: at risk (groups, days), exits by route (routes, groups, days)."""

    at_risk: Longs
    exits: Longs

    @property
    def events(self) -> Longs:
        """Exits by any route, (groups, days)."""
        return np.asarray(self.exits.sum(axis=0, dtype="int64"))


def life_table(days: Ints, route: Ints, group: Ints, *, routes: int, groups: int) -> LifeTable:
    """The number of people at risk and the number who left on each day.

    Args:
        days: (n,) whole days until the exit, or until the last observation; 0 or more.
        route: (n,) the route of the exit, numbered from 0; −1 if no exit was observed.
        group: (n,) numbered from 0.
        routes: number of routes.
        groups: number of groups.

    Raises:
        InputError: a number of days is negative.
    """
    time = np.asarray(days, "int64")
    if len(time) and time.min() < 0:
        raise InputError("days", f"{time.min()} is negative", "give days completed, 0 or more")
    length = int(time.max(initial=0)) + 1
    cell = np.asarray(group, "int64") * length + time
    # People at risk on day t are those whose time is t or more: the sum of all ends from t on, added up from the right.
    ends = np.bincount(cell, minlength=groups * length).reshape(groups, length)
    from_right = ends[:, ::-1].cumsum(axis=1)
    here = np.asarray(from_right[:, ::-1], "int64")
    out = np.asarray(route) >= 0
    code = np.asarray(route, "int64")[out] * (groups * length) + cell[out]
    exits = np.bincount(code, minlength=routes * groups * length).reshape(routes, groups, length)
    return LifeTable(at_risk=here, exits=exits.astype("int64", copy=False))


def kaplan_meier(table: LifeTable) -> tuple[Floats, Floats]:
    """The share that has not left after each day, (groups, days), and Greenwood's sum, Σ d / (n (n − d)).

    The sum is the squared relative error of the share. It stops growing when nobody is left. The share is then 0 and
    has no variance.
    """
    share: Floats = np.cumprod(1.0 - _ratio(table.events, table.at_risk), axis=-1, dtype="float64")
    return share, np.cumsum(_greenwood(table), axis=-1)


def aalen_johansen(table: LifeTable) -> tuple[Floats, Floats]:
    """The share that has left by each route after each day, (routes, groups, days), and its variance.

    These shares and the share that has not left sum to one.
    """
    exits = table.exits.astype("float64")
    here = table.at_risk.astype("float64")
    before = _before(kaplan_meier(table)[0])
    gone = np.cumsum(_ratio(exits * before, here), axis=-1)
    # The variance of F(t) is a double sum over days j up to t with factors F(t) − F(j). Multiplied out, each part is a
    # running sum that does not depend on t, times a power of F(t). So one pass over the days is enough.
    spread = np.broadcast_to(_greenwood(table), gone.shape)
    lever = _ratio(exits * before, here**2)
    own = np.cumsum(_ratio((here - exits) * exits * before**2, here**3), axis=-1)
    total = np.cumsum(spread, axis=-1)
    first = np.cumsum(spread * gone, axis=-1)
    second = np.cumsum(spread * gone**2, axis=-1)
    cross = gone * np.cumsum(lever, axis=-1) - np.cumsum(gone * lever, axis=-1)
    variance = gone**2 * total - 2 * gone * first + second + own - 2 * cross
    # Differences of large sums can fall slightly below zero.
    return gone, np.maximum(variance, 0.0)


def log_log_interval(share: Floats, variance: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Limits of a share by the log(−log) transformation, any shape. They stay within 0 and 1.

    If the share is 0 or 1, the transformation is undefined and both limits equal the share.

    Args:
        share: the share.
        variance: its variance, same shape.
        confidence: between 0 and 1.
    """
    z = normal_quantile(confidence)
    inside = (share > 0) & (share < 1)
    safe = np.where(inside, share, 0.5)
    width = z * np.sqrt(variance) / (safe * np.abs(np.log(safe)))
    with np.errstate(over="ignore"):
        low = safe ** np.exp(width)
        high = safe ** np.exp(-width)
    return np.where(inside, low, share), np.where(inside, high, share)


def hall_wellner(share: Floats, greenwood: Floats, people: Longs, confidence: float) -> tuple[Floats, Floats]:
    """Lower and upper limits that contain the whole curve of each group with this confidence, (groups, days) each. They
    are within 0 and 1.

    `share ± c (1 + n σ²) share / √n`, where σ² is Greenwood's sum and c comes from `bridge_quantile` at the curve's
    last day.

    Args:
        share: (groups, days) the Kaplan–Meier curves.
        greenwood: (groups, days) Greenwood's sums.
        people: (groups,) people at risk at the start.
        confidence: between 0 and 1.
    """
    # A group without people has n = 0; 1 in its place avoids a division by zero, and its row is dropped by the caller.
    n = np.maximum(np.asarray(people, "float64"), 1.0)[:, None]
    spread = n * greenwood
    end = spread[:, -1] / (1.0 + spread[:, -1])
    critical = np.array([bridge_quantile(float(last), confidence) for last in end]).reshape(-1, 1)
    half = critical * (1.0 + spread) * share / np.sqrt(n)
    return np.clip(share - half, 0.0, 1.0), np.clip(share + half, 0.0, 1.0)


def bridge_quantile(end: float, confidence: float) -> float:
    """The quantile, at this confidence, of the largest absolute value of a Brownian bridge up to `end`; 0 if `end` is
    0.
    """
    if end <= 0.0:
        return 0.0
    # Bisection. The chance rises with the level, and sixty halvings of 10 are below the precision of a float64.
    low = 0.0
    high = 10.0
    for _ in range(60):
        middle = (low + high) / 2.0
        if bridge_chance(middle, end) < confidence:
            low = middle
        else:
            high = middle
    return high


def bridge_chance(level: float, end: float) -> float:
    """The chance that a Brownian bridge stays within ± `level` up to `end` (Hall and Wellner 1980, equation 2.4)."""
    from scipy.special import ndtr

    # Terms of the series fall like exp(−2k² level²), so 200 of them are enough for any level that matters.
    end = min(end, 1.0 - 1e-12)
    k = np.arange(1, 201)
    slope = level * np.sqrt((1.0 - end) / end)
    reach = 1.0 / (1.0 - end)
    terms = (-1.0) ** k * np.exp(-2.0 * k**2 * level**2)
    inside = ndtr(slope * (2 * k + reach)) - ndtr(slope * (2 * k - reach))
    tail = float(ndtr(-level / np.sqrt(end * (1.0 - end))))
    chance = 1.0 - 2.0 * tail + 2.0 * float((terms * inside).sum())
    return min(max(chance, 0.0), 1.0)


def log_rank(table: LifeTable) -> tuple[Floats, float, int]:
    """The exits expected in each group if all groups had the same hazard, (groups,), chi-squared, and its degrees of
    freedom.

    Groups without people are ignored. With two groups, the square root of chi-squared is the usual standardised
    difference.
    """
    there = table.at_risk[:, 0] > 0
    here = table.at_risk[there].astype("float64")
    exits = table.events[there].astype("float64")
    everyone = here.sum(axis=0)
    gone = exits.sum(axis=0)
    share = _ratio(here, np.broadcast_to(everyone, here.shape))
    expected = np.zeros(len(there))
    expected[there] = (share * gone).sum(axis=1)
    # The hypergeometric variance of the exits in each group, given the exits of the day. The factor (N − d) / (N − 1)
    # corrects for several exits on one day.
    tied = gone * _ratio(everyone - gone, np.maximum(everyone - 1.0, 0.0))
    weighted = share * tied
    spread = np.diag(weighted.sum(axis=1)) - weighted @ share.T
    gap = exits.sum(axis=1) - expected[there]
    # The gaps add up to zero, so the matrix has no inverse. Its rank is the number of degrees of freedom.
    freedom = int(np.linalg.matrix_rank(spread)) if len(gap) > 1 else 0
    if not freedom:
        return expected, 0.0, 0
    return expected, float(gap @ np.linalg.pinv(spread, hermitian=True) @ gap), freedom


def first_below(share: Floats, level: float) -> Floats:
    """The first day on which each group's share is at or below a level, (groups,); NaN if there is no such day."""
    under = share <= level + 1e-12
    return np.where(under.any(axis=-1), np.argmax(under, axis=-1), np.nan)


def normal_quantile(confidence: float) -> float:
    """Half-width of a two-sided interval, in standard errors. Raises InputError unless confidence is between 0 and 1."""
    from scipy.special import ndtri

    if not 0.0 < confidence < 1.0:
        raise InputError("confidence", f"is {confidence:g}", "give a share above 0 and below 1, such as 0.95")
    return float(ndtri(0.5 + confidence / 2.0))


def _greenwood(table: LifeTable) -> Floats:
    """The terms of Greenwood's sum, (groups, days); 0 on a day when everyone left, where the term is undefined."""
    here = table.at_risk.astype("float64")
    gone = table.events.astype("float64")
    return _ratio(gone, here * (here - gone))


def _before(share: Floats) -> Floats:
    """Each share on the previous day; 1 before the first."""
    first = np.ones((*share.shape[:-1], 1))
    return np.concatenate([first, share[..., :-1]], axis=-1)


def _ratio(top: AnyArray, bottom: AnyArray) -> Floats:
    """A quotient, or 0 where the divisor is zero."""
    top = np.asarray(top, "float64")
    zero = np.zeros(np.broadcast_shapes(top.shape, bottom.shape))
    return np.divide(top, bottom, out=zero, where=bottom > 0)


# Intervals of rates, of differences and ratios of rates, and of means. They are valid even if the count is zero or is
# everyone.
#
# References: Wilson, Journal of the American Statistical Association 22 (1927) 209–212: one rate. Newcombe, Statistics
# in Medicine 17 (1998) 873–890, method 10: a difference of two rates. Donner and Zou, Statistical Methods in Medical
# Research 21 (2012) 347–359 (MOVER): a ratio of two rates, from Wilson's limits. Welch, Biometrika 34 (1947) 28–35: a
# difference of two means. Garwood, Biometrika 28 (1936) 437–442: the rate of exits over a time at risk.

Limits = tuple[Floats, Floats]


def rates(count: AnyArray, people: AnyArray) -> Floats:
    """`count / people`, any shape; NaN if there are no people."""
    top = np.asarray(count, "float64")
    bottom = np.asarray(people, "float64")
    unknown = np.full(np.broadcast_shapes(top.shape, bottom.shape), np.nan)
    return np.asarray(np.divide(top, bottom, out=unknown, where=bottom > 0))


def wilson(count: AnyArray, people: AnyArray, confidence: float) -> Limits:
    """Limits of a rate, any shape; NaN if there are no people.

    Args:
        count: the number of people with the outcome.
        people: the number of people in the denominator, same shape.
        confidence: between 0 and 1.
    """
    z = normal_quantile(confidence)
    n = np.where(np.asarray(people) > 0, people, np.nan).astype("float64")
    share = rates(count, people)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    variance = share * (1 - share) / n + z * z / (4 * n * n)
    half = z / (1 + z * z / n) * np.sqrt(variance)
    # At 0 and 1 a limit equals the share exactly, and rounding must not move it.
    low = np.where(share == 0.0, 0.0, np.clip(middle - half, 0.0, 1.0))
    high = np.where(share == 1.0, 1.0, np.clip(middle + half, 0.0, 1.0))
    return low, high


def difference_limits(rate: Floats, limits: Limits, other: Floats, other_limits: Limits) -> Limits:
    """Limits of `rate − other`, from the limits of both (Newcombe's method 10), any shape.

    Args:
        rate: the rate.
        limits: its lower and upper limits.
        other: the other rate.
        other_limits: its lower and upper limits.
    """
    (low, high) = limits
    (other_low, other_high) = other_limits
    gap = rate - other
    down = np.sqrt((rate - low) ** 2 + (other_high - other) ** 2)
    up = np.sqrt((high - rate) ** 2 + (other - other_low) ** 2)
    return gap - down, gap + up


def ratio_limits(rate: Floats, limits: Limits, other: Floats, other_limits: Limits) -> Limits:
    """Limits of `rate / other`, from the limits of both (Donner and Zou), any shape. The upper is infinite if `other`
    is zero.

    Args:
        rate: the rate.
        limits: its lower and upper limits.
        other: the other rate.
        other_limits: its lower and upper limits.
    """
    (low, high) = limits
    (other_low, other_high) = other_limits
    product = rate * other
    below = low * other_high * (2 * rate - low) * (2 * other - other_high)
    above = high * other_low * (2 * rate - high) * (2 * other - other_low)
    # The roots of a quadratic equation. Rounding can make the discriminant slightly negative. Divisions by zero are
    # replaced below.
    down = np.sqrt(np.maximum(product**2 - below, 0.0))
    up = np.sqrt(np.maximum(product**2 - above, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        least = (product - down) / (other_high * (2 * other - other_high))
        most = (product + up) / (other_low * (2 * other - other_low))
    least = np.where(rate == 0, 0.0, _lower(least, low, other_high))
    most = np.where(other_low > 0, most, np.inf)
    unknown = np.isnan(rate) | np.isnan(other)
    lower = np.where(unknown, np.nan, np.maximum(least, 0.0))
    upper = np.where(unknown, np.nan, most)
    return lower, upper


def _lower(least: Floats, low: Floats, other_high: Floats) -> Floats:
    """The lower limit. If a zero divisor leaves it undefined, use the rate's lower limit over the other's upper limit."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isfinite(least), least, low / other_high)


def mean_limits(
    total: AnyArray, squares: AnyArray, count: AnyArray, confidence: float
) -> tuple[Floats, Floats, Limits]:
    """Mean, standard error and Student's limits of n amounts, from their sum and their squares about the mean.

    Any shape. The mean is NaN if there are no amounts; the error and the limits are NaN for fewer than two.

    Args:
        total: the sum of the amounts.
        squares: the sum of squared deviations from the mean.
        count: n, the number of amounts.
        confidence: between 0 and 1.
    """
    from scipy.special import stdtrit

    normal_quantile(confidence)  # refuses a confidence that is not between 0 and 1
    n = np.asarray(count, "float64")
    mean = rates(total, n)
    variance = rates(squares, np.maximum(n - 1, 0))
    error = np.sqrt(variance / np.maximum(n, 1))
    half = stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2) * error
    return mean, error, (mean - half, mean + half)


def welch_limits(mean: Floats, error: Floats, count: AnyArray, other: int, confidence: float) -> tuple[Floats, Limits]:
    """Each mean less the mean of group `other`, and Welch limits, (groups,). The limits are NaN if an error is unknown.

    Args:
        mean: (groups,) the means.
        error: (groups,) their standard errors.
        count: (groups,) the number of amounts in each.
        other: the index of the group to compare with.
        confidence: between 0 and 1.
    """
    from scipy.special import stdtrit

    n = np.asarray(count, "float64")
    gap = mean - mean[other]
    # Welch and Satterthwaite's degrees of freedom: the squared sum of the two variances over the sum of each one's square
    # divided by its own degrees of freedom. If both variances are zero the limits equal the gap.
    both = error**2 + error[other] ** 2
    of_own = rates(error**4, n - 1)
    of_other = rates(error[other] ** 4, np.broadcast_to(n[other] - 1, n.shape))
    parts = of_own + of_other
    freedom = rates(both**2, np.where(np.isnan(parts), 0.0, parts))
    known = np.where(np.isnan(freedom), 1.0, freedom)
    half = stdtrit(known, 0.5 + confidence / 2) * np.sqrt(both)
    half = np.where(both == 0, 0.0, np.where(np.isnan(freedom), np.nan, half))
    return gap, (gap - half, gap + half)


def garwood(count: AnyArray, confidence: float) -> Limits:
    """Exact limits of the mean of a Poisson count, any shape."""
    normal_quantile(confidence)  # refuses a confidence that is not between 0 and 1
    return poisson_limits(count, confidence)
