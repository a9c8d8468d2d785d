"""Choices that do well in many futures: dominance, the Pareto set, regret, limits met, and shares of futures won.

In this module a higher figure is always better. Means over few futures are uncertain, so futures are resampled.
"""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Bools, Floats, Rows
from nhstransit.streams import Luck

RESAMPLES = 2_000


def resampled(units: int, resamples: int = RESAMPLES) -> Floats:
    """Bootstrap weights, (resamples, units); each row adds up to 1. They depend only on the two arguments."""
    drawn = Luck(0).uniform("choice bootstrap", units, np.arange(resamples * units), among="futures")
    place = (drawn * units).astype("intp").reshape(resamples, units)
    # Counts how often each row drew each unit, with one code for each row and unit.
    rows = np.repeat(np.arange(resamples), units)
    counts = np.bincount(rows * units + place.ravel(), minlength=resamples * units)
    return np.asarray(counts.reshape(resamples, units) / units)


def resampled_means(figures: Floats) -> Floats:
    """Means over resampled futures, (resamples, objectives, options), of figures (objectives, options, futures)."""
    return np.asarray(np.einsum("bf,mof->bmo", resampled(figures.shape[-1]), figures))


def dominates(means: Floats, slack: Floats | float = 0.0) -> Bools:
    """Whether each option (row) dominates each other (column), (…, options, options).

    An option dominates another if it is at least as good in every objective, and better in one.

    Args:
        means: (…, objectives, options).
        slack: the largest difference that counts as no difference, (objectives,) or one number.
    """
    # The row's option less the column's, (…, objectives, options, options); the third axis from the end is reduced.
    gaps = means[..., :, :, None] - means[..., :, None, :]
    room = np.asarray(slack, float).reshape(-1, 1, 1)
    return np.asarray((gaps >= -room).all(axis=-3) & (gaps > room).any(axis=-3))


def rounding(figures: Floats) -> Floats:
    """The largest difference of means that rounding errors alone could cause, (objectives,)."""
    return np.asarray(1e-12 * np.abs(figures).max(axis=(1, 2)))


def dominance(figures: Floats) -> tuple[Floats, Floats]:
    """The probability that each option dominates each other, and that each is in the Pareto set.

    A probability is a share of resamples of the futures (Efron 1979).

    Args:
        figures: (objectives, options, futures); a higher figure is better.

    Returns:
        The probability that the row's option dominates the column's, (options, options); and the probability that no
        other option dominates it, (options,).
    """
    means = resampled_means(figures)
    beats = dominates(means, rounding(figures))
    # (resamples, options, options): the row dominates the column. An option is in the set if no row dominates it.
    dominated = beats.any(axis=1)
    return beats.mean(axis=0), 1.0 - dominated.mean(axis=0)


def regret(figures: Floats) -> Floats:
    """How far each option is below the best option in each future, (options, futures); 0 if it is the best.

    The definition is by Savage (1951), Journal of the American Statistical Association 46(253).

    Args:
        figures: (options, futures); a higher figure is better.
    """
    return np.asarray(figures.max(axis=0) - figures)


def won(figures: Floats) -> Floats:
    """The share of futures in which each option is best, (options,); options that tie share the future equally.

    Args:
        figures: (options, futures); a higher figure is better.
    """
    # Options within rounding of the best count as best, and share the future.
    best = regret(figures) <= 1e-12 * np.abs(figures).max(initial=1.0)
    return np.asarray((best / best.sum(axis=0)).mean(axis=1))


def satisfied(figures: Floats, limits: Floats) -> Bools:
    """Whether each option is within every limit in each future, (options, futures).

    Args:
        figures: (objectives, options, futures); a higher figure is better.
        limits: the lowest acceptable figure of each objective, (objectives,); NaN for no limit.
    """
    within = (figures >= limits[:, None, None]) | np.isnan(limits)[:, None, None]
    return np.asarray(within.all(axis=0))


def ranked(figures: Floats) -> Rows:
    """The indices of the options from the highest mean to the lowest, (options,); equal means stay in order."""
    return np.argsort(-figures.mean(axis=1), kind="stable")
