"""Scores of predictive samples (CRPS, interval score) and diagnostics of chains (R-hat, effective sample size)."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Floats
from nhstransit.errors import CalibrationError


def crps(sample: Floats, happened: float, weights: Floats | None = None) -> float:
    """The continuous ranked probability score of a sample (n,), in the figure's unit; lower is better.

    It is the mean distance of the draws from the outcome, less half the mean distance between two draws (Gneiting and
    Raftery 2007, JASA 102(477)).

    Args:
        sample: the predictive sample.
        happened: the outcome.
        weights: the weights of the draws, (n,); None for equal weights.
    """
    order = np.argsort(sample, kind="stable")
    drawn = np.asarray(sample, "float64")[order]
    share = np.full(len(drawn), 1.0 / len(drawn)) if weights is None else weights[order] / weights.sum()
    # The probability below each draw, with half of its own. With draws in order, the mean distance between two draws
    # is a single sum, and the (n, n) distances are not needed.
    below = np.cumsum(share) - share / 2
    away = (share * np.abs(drawn - happened)).sum()
    half_apart = (share * drawn * (2.0 * below - 1.0)).sum()
    return float(away - half_apart)


def interval_score(low: float, high: float, happened: float, level: float = 0.8) -> float:
    """The interval score of Gneiting and Raftery (2007); lower is better.

    It is the width of the interval, plus 2/(1 − level) times the distance of the outcome from the interval.

    Args:
        low: the lower end of the interval.
        high: the upper end.
        happened: the outcome, in the same unit.
        level: the level of the interval, between 0 and 1.

    Raises:
        CalibrationError: for a level that is not between 0 and 1, and for a lower end above the upper end.
    """
    if not 0 < level < 1:
        raise CalibrationError("level", f"is {level!r}", "give a share between 0 and 1, such as 0.8")
    if low > high:
        raise CalibrationError("interval", f"is given as {low!r} to {high!r}", "give the lower end first")
    beyond = max(low - happened, 0.0) + max(happened - high, 0.0)
    return high - low + 2.0 / (1.0 - level) * beyond


def quantiles(sample: Floats, shares: Floats, weights: Floats | None = None) -> Floats:
    """Quantiles of a sample, (k,).

    Args:
        sample: the values, (n,).
        shares: the probabilities, 0 to 1, (k,).
        weights: the weights of the values, (n,); None for equal weights.
    """
    if weights is None:
        return np.asarray(np.quantile(sample, shares))
    order = np.argsort(sample, kind="stable")
    share = weights[order] / weights.sum()
    # Each value is at the middle of its own share of the probability; between values it is interpolated.
    middle = np.cumsum(share) - share / 2
    return np.asarray(np.interp(shares, middle, np.asarray(sample)[order]))


def rhat(chains: Floats) -> Floats:
    """Split R-hat of chains (steps, chains, p), (p,). It is close to 1 if the chains agree; above 1.05 they have not mixed.

    The method is in Gelman and others (2013), Bayesian Data Analysis, chapter 11.
    """
    # Each chain is split into halves, so that a trend within a chain shows as a difference between halves.
    half = len(chains) // 2
    parts = np.concatenate([chains[:half], chains[half : 2 * half]], axis=1)
    means = parts.mean(axis=0)
    within = parts.var(axis=0, ddof=1).mean(axis=0)
    between = half * means.var(axis=0, ddof=1)
    whole = (half - 1) / half * within + between / half
    # An input that never moves has no variance, and 1 avoids a division by zero.
    ratio = whole / np.where(within > 0, within, 1.0)
    return np.asarray(np.sqrt(np.where(within > 0, ratio, 1.0)))


def effective(chains: Floats) -> Floats:
    """Effective sample size of chains (steps, chains, p), (p,).

    It sums autocorrelations, from the chains' mean autocovariances, up to the first negative pair (Geyer 1992,
    Statistical Science 7(4)).
    """
    steps, many, width = chains.shape
    means = chains.mean(axis=0)
    apart = chains - means
    # Autocovariances by Fourier transform, (steps, p). Padding with zeros to twice the length keeps the end of a chain
    # from being correlated with its beginning.
    size = 1 << (2 * steps - 1).bit_length()
    power = np.abs(np.fft.rfft(apart, size, axis=0)) ** 2
    auto = np.fft.irfft(power, size, axis=0)[:steps].mean(axis=1) / steps
    # The variance of the posterior, from within and between chains, as for R-hat.
    between = means.var(axis=0, ddof=1) if many > 1 else np.zeros(width)
    whole = auto[0] * (steps - 1) / steps + between
    found = []
    for axis in range(width):
        if whole[axis] <= 0:
            found.append(float(steps * many))
            continue
        rho = 1.0 - (auto[0, axis] - auto[:, axis]) / whole[axis]
        # Sums of two neighbouring autocorrelations are positive and decreasing; beyond that there is only noise.
        pairs = rho[: steps // 2 * 2].reshape(-1, 2).sum(axis=1)
        stop = int(np.argmax(pairs < 0)) if (pairs < 0).any() else len(pairs)
        falling = np.minimum.accumulate(pairs[: max(stop, 1)])
        # Lag 0 is in the first pair once, but its correlation of 1 must not be doubled.
        length = 2.0 * falling.sum() - 1.0
        found.append(steps * many / max(length, 1e-3))
    return np.asarray(np.minimum(np.array(found), steps * many))


def effective_of(weights: Floats) -> float:
    """Effective sample size of weights (n,): 1 divided by the sum of the squared normalised weights."""
    return float(weights.sum() ** 2 / (weights**2).sum())
