"""Targets: published figures with their kind and precision, and their likelihood given a scenario's runs."""

from __future__ import annotations

import math

import attrs
import numpy as np

from nhstransit.arrays import Floats
from nhstransit.errors import CalibrationError
from nhstransit.fields import one_of
from nhstransit.studies.statistics import real

KINDS = {
    "count": "a count of people, posts or whole-time equivalents: Poisson, or wider if replications vary more",
    "share": "a share of a number of people: binomial, or wider if samples of organisations vary more",
    "mean": "a mean over people: normal, with its own standard error, or a larger one if samples vary more",
    "total": "a sum of money: normal, with the errors of rounding, replications and samples",
}
SAMPLING = " | sampling"  # ends the name of a figure's standard deviation over samples of organisations
MODEL_ERROR = 0.05  # the model's own error as a share of a figure; an assumption, which every fit states


@attrs.frozen(kw_only=True)
class Target:
    """One published figure to fit to: its name in the measure's figures, its kind, value and precision.

    `tolerance` is about one standard error from rounding or sampling alone. `size` is the number of people that a share
    refers to. `model_error` is the standard deviation of the model's own error. Both errors are in the figure's unit.
    """

    name: str
    kind: str = one_of(KINDS)
    value: float
    tolerance: float = 0.0
    size: float = 0.0
    model_error: float = 0.0

    def __attrs_post_init__(self) -> None:
        numbers = (self.value, self.tolerance, self.size, self.model_error)
        if not all(map(real, numbers)) or min(numbers[1:]) < 0:
            wrong = f"has a value, tolerance, size and model_error of {numbers}"
            raise CalibrationError(f"target {self.name}", wrong, "give finite numbers, and errors of 0 or more")
        if self.kind == "count" and self.value < 0:
            raise CalibrationError(f"target {self.name}", f"is a count of {self.value:g}", "give a count of 0 or more")
        if self.kind == "share" and not (0 < self.value < 1 and self.size >= 1):
            wrong = f"is a share of {self.value:g} with `size` {self.size:g}"
            raise CalibrationError(
                f"target {self.name}", wrong, "give a share between 0 and 1, and a `size` of 1 or more"
            )


# The likelihood of a published figure given a scenario: one distribution for each kind of figure
#
# Each distribution has the mean of the scenario's runs, and a variance about it. The variance over replications and
# samples (see `Moments`) is already a total. A count is therefore Poisson if its variance is no larger than its mean,
# and otherwise negative binomial. A share is binomial, or beta-binomial if its variance is larger. If two sources
# describe the same error, the larger one is used, not their sum. Rounding and the model's own error are added.
#
# A model may also miss one figure for a specific reason. Its error is therefore ten times as large with a probability
# of 0.1 (a contaminated likelihood: Box and Tiao 1968, Biometrika 55(1)). A figure that no parameters can reproduce
# then remains a miss, and does not distort parameters that other figures identify.

_LEAST = 1e-9
ASTRAY = 0.1  # the probability that the model misses a figure for a specific reason
WIDER = 10.0  # the factor on the model's error if it does


def log_likelihood(target: Target, mean: Floats, variance: Floats) -> Floats:
    """The log-likelihood of a target given the moments of n scenarios, (n,).

    Args:
        target: the published figure.
        mean: the figure's mean in each scenario, (n,).
        variance: its variance from chance and sampling, (n,), without rounding.
    """
    spread = variance_about(target, mean, variance)
    if not target.model_error:
        return _piece(target, mean, spread)
    # A mixture of the usual error and a wider one, added on the log scale so that tiny likelihoods do not vanish.
    usual = math.log1p(-ASTRAY) + _piece(target, mean, spread)
    wide = _piece(target, mean, spread + (WIDER * target.model_error) ** 2)
    return np.asarray(np.logaddexp(usual, math.log(ASTRAY) + wide))


def _piece(target: Target, mean: Floats, spread: Floats) -> Floats:
    """The log-likelihood under the distribution for the target's kind, (n,)."""
    # Means are moved off the ends of their range, where the likelihood would be zero and its logarithm infinite.
    if target.kind == "count":
        return count_piece(target.value, np.maximum(mean, 0.5), spread)
    if target.kind == "share":
        return share_piece(target.value, target.size, np.clip(mean, 1e-4, 1 - 1e-4), spread)
    return normal_piece(target.value, mean, spread)


def variance_about(target: Target, mean: Floats, variance: Floats) -> Floats:
    """The variance of the published figure about the mean of each scenario's runs, (n,), with all sources of error.

    Args:
        target: the published figure.
        mean: the figure's mean in each scenario, (n,).
        variance: its variance from chance and sampling, (n,), without rounding.
    """
    # The variance of the kind's own distribution: Poisson, binomial, or the standard error of a published mean.
    own = np.zeros_like(mean)
    if target.kind == "count":
        own = np.maximum(mean, 0.0)
    elif target.kind == "share":
        inside = np.clip(mean, 1e-4, 1 - 1e-4)
        own = inside * (1.0 - inside) / target.size
    elif target.kind == "mean":
        own = np.full_like(mean, target.tolerance**2)
    # The tolerance of a mean is its standard error, which is in `own` already. A share's is not used.
    rounding = target.tolerance**2 if target.kind in ("count", "total") else 0.0
    # Runs and the kind's distribution describe the same chance, so the larger variance is used, not the sum.
    return np.asarray(np.maximum(own, variance) + rounding + target.model_error**2 + _LEAST)


def standardised(target: Target, mean: Floats, variance: Floats) -> Floats:
    """The mean of each scenario's runs less the published figure, in standard deviations, (n,).

    Args:
        target: the published figure.
        mean: the figure's mean in each scenario, (n,).
        variance: its variance from chance and sampling, (n,), without rounding.
    """
    return np.asarray((mean - target.value) / np.sqrt(variance_about(target, mean, variance)))


def count_piece(value: float, mean: Floats, variance: Floats) -> Floats:
    """The log-likelihood of a count, (n,): Poisson, or negative binomial if the variance is larger than the mean.

    Args:
        value: the published count, which need not be whole.
        mean: its mean in each scenario, (n,).
        variance: its variance in each scenario, (n,).
    """
    from scipy.special import gammaln  # imported here, because SciPy is slow to import

    # The gamma function instead of a factorial, because a published count need not be whole.
    poisson = value * np.log(mean) - mean - gammaln(value + 1)
    over = np.maximum(variance - mean, 0.0)
    wide = over > 1e-6 * mean
    # The negative binomial's size gives it this variance. Where Poisson is used, 1 avoids a division by zero.
    size = mean**2 / np.where(wide, over, 1.0)
    negative = gammaln(value + size) - gammaln(size) - gammaln(value + 1)
    negative = negative + size * np.log(size / (size + mean)) + value * np.log(mean / (size + mean))
    return np.asarray(np.where(wide, negative, poisson))


def share_piece(value: float, size: float, mean: Floats, variance: Floats) -> Floats:
    """The log-likelihood of a share, (n,): binomial, or beta-binomial if the variance is larger than the binomial's.

    Args:
        value: the published share, 0 to 1.
        size: the number of people that the share refers to.
        mean: its mean in each scenario, (n,).
        variance: its variance in each scenario, (n,).
    """
    from scipy.special import betaln, gammaln

    seen = value * size
    choose = gammaln(size + 1) - gammaln(seen + 1) - gammaln(size - seen + 1)
    binomial = choose + seen * np.log(mean) + (size - seen) * np.log1p(-mean)
    ratio = variance * size / (mean * (1.0 - mean))  # the variance divided by the binomial variance
    # The correlation within the group of people for which the beta-binomial has this variance.
    inner = np.clip((ratio - 1.0) / max(size - 1.0, _LEAST), 0.0, 1 - 1e-6)
    wide = inner > 1e-9
    # The sum of the beta distribution's two parameters. Where the binomial is used, 0.5 avoids a division by zero.
    total = 1.0 / np.where(wide, inner, 0.5) - 1.0
    a = mean * total
    b = (1.0 - mean) * total
    beta = choose + betaln(seen + a, size - seen + b) - betaln(a, b)
    return np.asarray(np.where(wide, beta, binomial))


def normal_piece(value: float, mean: Floats, variance: Floats) -> Floats:
    """The normal log-likelihood, (n,).

    Args:
        value: the published figure.
        mean: its mean in each scenario, (n,).
        variance: its variance in each scenario, (n,).
    """
    return np.asarray(-0.5 * ((mean - value) ** 2 / variance + np.log(2 * math.pi * variance)))
