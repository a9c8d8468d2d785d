"""Choosing without a bet on one future: dominance, the Pareto set, regret, limits met, and shares of futures won.

Figures here are such that more is better. Means carry the uncertainty of few futures, so they are resampled.
"""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Bools, Floats, Rows
from nhstransit.streams import Luck

RESAMPLES = 2_000


def resampled(units: int, resamples: int = RESAMPLES) -> Floats:
    """Weights of the bootstrap, (resamples, units), each row adding up to 1. They depend on the sizes alone."""
    drawn = Luck(0).uniform("choice bootstrap", units, np.arange(resamples * units), among="futures")
    place = (drawn * units).astype("intp").reshape(resamples, units)
    rows = np.repeat(np.arange(resamples), units)
    counts = np.bincount(rows * units + place.ravel(), minlength=resamples * units)
    return np.asarray(counts.reshape(resamples, units) / units)


def resampled_means(figures: Floats) -> Floats:
    """Means over resampled futures, (resamples, objectives, options), of figures (objectives, options, futures)."""
    return np.asarray(np.einsum("bf,mof->bmo", resampled(figures.shape[-1]), figures))


def dominates(means: Floats, slack: Floats | float = 0.0) -> Bools:
    """Which option dominates which: at least as good in every objective, and better in one, (…, options, options).

    Args:
        means: (…, objectives, options).
        slack: differences up to this count as none, (objectives,) or one number.
    """
    gaps = means[..., :, :, None] - means[..., :, None, :]
    room = np.asarray(slack, float).reshape(-1, 1, 1)
    return np.asarray((gaps >= -room).all(axis=-3) & (gaps > room).any(axis=-3))


def rounding(figures: Floats) -> Floats:
    """Differences of means below which two options differ by rounding only, (objectives,)."""
    return np.asarray(1e-12 * np.abs(figures).max(axis=(1, 2)))


def dominance(figures: Floats) -> tuple[Floats, Floats]:
    """How probably each option dominates each other, (options, options), and how probably each is in the Pareto set.

    A probability is a share of resamples of the futures (Efron 1979). The option in the row dominates that in the
    column.

    Args:
        figures: (objectives, options, futures), more being better.
    """
    means = resampled_means(figures)
    beats = dominates(means, rounding(figures))
    return beats.mean(axis=0), 1.0 - beats.any(axis=1).mean(axis=0)


def regret(figures: Floats) -> Floats:
    """What each option falls short of the best one in each future, (options, futures); 0 where it is the best.

    After Savage (1951), Journal of the American Statistical Association 46(253).

    Args:
        figures: (options, futures), more being better.
    """
    return np.asarray(figures.max(axis=0) - figures)


def won(figures: Floats) -> Floats:
    """The share of futures in which each option is best, (options,); a future with several best is shared among them.

    Args:
        figures: (options, futures), more being better.
    """
    best = regret(figures) <= 1e-12 * np.abs(figures).max(initial=1.0)
    return np.asarray((best / best.sum(axis=0)).mean(axis=1))


def satisfied(figures: Floats, limits: Floats) -> Bools:
    """In which futures each option stays within every limit, (options, futures).

    Args:
        figures: (objectives, options, futures), more being better.
        limits: the least of each objective, (objectives,); NaN where it has none.
    """
    return np.asarray(((figures >= limits[:, None, None]) | np.isnan(limits)[:, None, None]).all(axis=0))


def ranked(figures: Floats) -> Rows:
    """The options from the highest mean to the lowest, (options,), equals in their order."""
    return np.argsort(-figures.mean(axis=1), kind="stable")
