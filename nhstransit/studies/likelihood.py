"""Targets: figures from outside the model, each with its kind of evidence; and how likely they are in a world."""

from __future__ import annotations

import math

import attrs
import numpy as np

from nhstransit.arrays import Floats
from nhstransit.errors import CalibrationError
from nhstransit.fields import one_of
from nhstransit.studies.statistics import real

KINDS = {
    "count": "people, posts or whole-time equivalents that were counted: Poisson, wider where replications vary more",
    "share": "a share of a number of people: binomial, wider where another sample would have changed it more",
    "mean": "a mean over people: normal, by its own standard error or that of another sample",
    "total": "a sum of money: normal, by its rounding and what replications and samples add",
}
SAMPLING = (
    " | sampling"  # suffix of a target's name: a measure's standard deviation of it over samples of organisations
)
MODEL_ERROR = 0.05  # relative error of a model of this kind; an assumption, stated with every fit


@attrs.frozen(kw_only=True)
class Target:
    """One target figure: its name as the measure gives it, its kind, and how precise it is, in its own unit.

    `tolerance` is about one standard error from rounding or sampling alone. `size` is the number of people that a share
    refers to. `model_error` is the standard deviation of the model's own error.
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
            raise CalibrationError(f"target {self.name}", f"has {numbers}", "give finite numbers, errors of 0 or more")
        if self.kind == "count" and self.value < 0:
            raise CalibrationError(f"target {self.name}", f"is a count of {self.value:g}", "give 0 or more")
        if self.kind == "share" and not (0 < self.value < 1 and self.size >= 1):
            wrong = f"is a share of {self.value:g} among {self.size:g}"
            raise CalibrationError(f"target {self.name}", wrong, "give a share between 0 and 1, and `size`")


# The likelihood of a published figure in a world: one distribution for each kind of figure.
#
# Each distribution takes the mean that the world gives, and the variance about it from chance and sampling (see
# `moments`). That variance is a total already: over replications and over who was sampled. So a count is Poisson
# only where it varies no more than that, and negative binomial otherwise. A share is binomial of its size, or
# beta-binomial where it varies more. Where two sources describe the same error, the larger counts, never their sum.
# Rounding and the model's own error are added.
#
# A model may also miss one figure for a specific reason. With probability one in ten, its error is therefore ten
# times as large (a contaminated likelihood: Box and Tiao 1968, Biometrika 55(1)). A figure that no parameters can
# reproduce then remains a miss, and does not distort parameters that other figures identify.

_LEAST = 1e-9
ASTRAY = 0.1  # probability of such a miss, and the factor on the error
WIDER = 10.0


def log_likelihood(target: Target, mean: Floats, variance: Floats) -> Floats:
    """The log-likelihood of a target in worlds with given moments, (n,).

    Args:
        target: the published figure.
        mean: the figure's mean in each world, (n,).
        variance: its variance from chance and sampling, (n,), without rounding.
    """
    spread = variance_about(target, mean, variance)
    if not target.model_error:
        return _piece(target, mean, spread)
    wide = _piece(target, mean, spread + (WIDER * target.model_error) ** 2)
    return np.asarray(np.logaddexp(math.log1p(-ASTRAY) + _piece(target, mean, spread), math.log(ASTRAY) + wide))


def _piece(target: Target, mean: Floats, spread: Floats) -> Floats:
    """The log-likelihood under the distribution for the target's kind, (n,)."""
    if target.kind == "count":
        return count_piece(target.value, np.maximum(mean, 0.5), spread)
    if target.kind == "share":
        return share_piece(target.value, target.size, np.clip(mean, 1e-4, 1 - 1e-4), spread)
    return normal_piece(target.value, mean, spread)


def variance_about(target: Target, mean: Floats, variance: Floats) -> Floats:
    """The variance of the published figure about the world's mean, (n,): chance, sampling, rounding and model error.

    Args:
        target: the published figure.
        mean: the figure's mean in each world, (n,).
        variance: its variance from chance and sampling, (n,), without rounding.
    """
    own = np.zeros_like(mean)
    if target.kind == "count":
        own = np.maximum(mean, 0.0)
    elif target.kind == "share":
        inside = np.clip(mean, 1e-4, 1 - 1e-4)
        own = inside * (1.0 - inside) / target.size
    elif target.kind == "mean":
        own = np.full_like(mean, target.tolerance**2)
    rounding = target.tolerance**2 if target.kind in ("count", "total") else 0.0
    return np.asarray(np.maximum(own, variance) + rounding + target.model_error**2 + _LEAST)


def standardised(target: Target, mean: Floats, variance: Floats) -> Floats:
    """How many standard deviations the world's mean lies above the published figure, (n,).

    Args:
        target: the published figure.
        mean: the figure's mean in each world, (n,).
        variance: its variance from chance and sampling, (n,), without rounding.
    """
    return np.asarray((mean - target.value) / np.sqrt(variance_about(target, mean, variance)))


def count_piece(value: float, mean: Floats, variance: Floats) -> Floats:
    """Log-likelihood of a count: Poisson where variance equals mean, negative binomial where it is larger, (n,).

    Args:
        value: the published count, which need not be whole.
        mean: its mean in each world, (n,).
        variance: its variance in each world, (n,).
    """
    from scipy.special import gammaln  # imported where it is used, because SciPy is slow to import

    poisson = value * np.log(mean) - mean - gammaln(value + 1)
    over = np.maximum(variance - mean, 0.0)
    wide = over > 1e-6 * mean
    size = mean**2 / np.where(wide, over, 1.0)
    negative = gammaln(value + size) - gammaln(size) - gammaln(value + 1)
    negative = negative + size * np.log(size / (size + mean)) + value * np.log(mean / (size + mean))
    return np.asarray(np.where(wide, negative, poisson))


def share_piece(value: float, size: float, mean: Floats, variance: Floats) -> Floats:
    """Log-likelihood of a share: binomial where the variance is the binomial's, beta-binomial where it is larger, (n,).

    Args:
        value: the published share, 0 to 1.
        size: the number of people that the share refers to.
        mean: its mean in each world, (n,).
        variance: its variance in each world, (n,).
    """
    from scipy.special import betaln, gammaln

    seen = value * size
    choose = gammaln(size + 1) - gammaln(seen + 1) - gammaln(size - seen + 1)
    binomial = choose + seen * np.log(mean) + (size - seen) * np.log1p(-mean)
    ratio = variance * size / (mean * (1.0 - mean))  # relative to the binomial variance
    inner = np.clip((ratio - 1.0) / max(size - 1.0, _LEAST), 0.0, 1 - 1e-6)
    wide = inner > 1e-9
    total = 1.0 / np.where(wide, inner, 0.5) - 1.0
    a = mean * total
    b = (1.0 - mean) * total
    beta = choose + betaln(seen + a, size - seen + b) - betaln(a, b)
    return np.asarray(np.where(wide, beta, binomial))


def normal_piece(value: float, mean: Floats, variance: Floats) -> Floats:
    """Normal log-likelihood, (n,).

    Args:
        value: the published figure.
        mean: its mean in each world, (n,).
        variance: its variance in each world, (n,).
    """
    return np.asarray(-0.5 * ((mean - value) ** 2 / variance + np.log(2 * math.pi * variance)))
