"""A fast statistical approximation of the simulation: one Gaussian process per figure, fitted to points that were run.

The kernel is the sum of a polynomial trend in the inputs, a smooth remainder and noise (Kennedy and O'Hagan 2001, J. R.
Stat. Soc. B 63(3); Rasmussen and Williams 2006, chapters 2 and 5). The remainder has a length scale for each input
(automatic relevance determination), so inputs without an effect do not reduce its accuracy. The scales maximise the
marginal likelihood with weak priors, by gradient ascent from fixed starts. The method uses no random numbers, so the
same points give the same emulator. Its accuracy is measured by leave-one-out predictions, which have a closed form. If
every point has its own seed, the noise represents chance.
"""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats

TREND = 3.0  # median of the prior of the trend's size, in standard deviations of the figure
LENGTH = 3.0  # median of the prior of a length scale; here each input ranges from −1 to 1
SPREAD = 1.0  # standard deviation of the prior of a length scale, on the log scale
ROUGH = 0.3  # median of the prior of the remainder's size, in standard deviations of the figure
NOISE = 0.1  # median of the prior of the noise's size, in standard deviations of the figure
LOOSE = 2.0  # standard deviation of the priors of the three sizes, on the log scale
STARTS = (1.0, 4.0)  # length scales from which the optimisation starts
CALLS = 60  # the most evaluations of the likelihood from each start
LOW = math.log(0.1)  # bounds of the length scales
HIGH = math.log(100.0)
SMALL = math.log(0.1)  # bounds of the trend's size; with many inputs a larger trend would fit chance
LARGE = math.log(10.0)
LEAST = math.log(3e-3)  # bounds of the sizes of remainder and noise; with less noise matrices are near singular
MOST = math.log(3.0)


@attrs.frozen(kw_only=True)
class Quality:
    """How well an emulator predicts points that were left out of its fit, one at a time.

    `r2` is the share of the points' variance that is predicted; `chance` the share that the emulator attributes to
    noise; `within_50` and `within_90` the shares of points inside their 50% and 90% intervals, noise included.
    """

    r2: float
    chance: float
    within_50: float
    within_90: float


@attrs.frozen(kw_only=True, eq=False)
class Emulator:
    """One figure as a function of points of the unit cube, fitted to the points that were run, (n, p)."""

    points: Floats
    centre: float
    size: float
    lengths: Floats  # the length scale of the remainder for each input, (p,)
    trend: float  # the size of the trend
    roughness: float  # the size of the remainder
    noise: float  # the standard deviation of the noise; sizes are in standard deviations of the figure
    order: int  # the degree of the trend: 1 linear, 2 quadratic
    inverse: Floats  # the inverse of the covariance matrix of the points, (n, n)
    weights: Floats  # the inverse times the standardised figures, (n,)
    standard: Floats  # the standardised figures, (n,)

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Predictive mean and variance of the figure's expectation at points (m, p), (m,) each."""
        cross = self._cross(points)
        # The variance before any run is known, less the part that the runs explain. Noise is not included.
        own = self.trend**2 * _trend(points, points, self.order, diagonal=True) + self.roughness**2
        variance = own - ((cross @ self.inverse) * cross).sum(axis=1)
        mean = self.centre + self.size * (cross @ self.weights)
        # Rounding can make a variance slightly negative near a point that was run.
        return mean, self.size**2 * np.maximum(variance, 0.0)

    def mean(self, points: Floats) -> Floats:
        """The predictive mean alone, (m,). This is faster than `predict`."""
        return np.asarray(self.centre + self.size * (self._cross(points) @ self.weights))

    @property
    def chance(self) -> float:
        """The variance of one run about its expectation (the noise), in the figure's unit squared."""
        return float((self.size * self.noise) ** 2)

    def left_out(self) -> tuple[Floats, Floats]:
        """Leave-one-out mean and variance at each point, noise included, (n,) each."""
        # Rasmussen and Williams 2006, equations 5.10 to 5.12: the diagonal of the inverse replaces n refits.
        apart = np.diag(self.inverse)
        mean = self.centre + self.size * (self.standard - self.weights / apart)
        return mean, self.size**2 / apart

    @property
    def quality(self) -> Quality:
        """How well the emulator predicts each point from the other points."""
        mean, variance = self.left_out()
        figures = self.centre + self.size * self.standard
        away = np.abs(figures - mean) / np.sqrt(variance)
        spread = float(figures.var())
        # 0.6745 and 1.6449 are the half-widths of a normal distribution's 50% and 90% intervals.
        return Quality(
            r2=float(1.0 - ((figures - mean) ** 2).mean() / spread) if spread > 0 else math.nan,
            chance=float(self.chance / spread) if spread > 0 else math.nan,
            within_50=float((away <= 0.6745).mean()),
            within_90=float((away <= 1.6449).mean()),
        )

    def without(self, gone: Bools) -> Emulator:
        """The emulator of the points that are not marked in `gone`, with the same scales."""
        # The scales are not fitted again: one point more or less hardly changes them, and a fit takes most of the
        # time.
        scales = (self.lengths, self.roughness, self.trend, self.noise)
        return _made(self.points[~gone], self.standard[~gone], self.centre, self.size, scales, self.order)

    def _cross(self, points: Floats) -> Floats:
        # The covariance between new points and the points that were run, (m, n).
        smooth = np.exp(-0.5 * _squares(points, self.points, self.lengths))
        return np.asarray(self.trend**2 * _trend(points, self.points, self.order) + self.roughness**2 * smooth)


def emulated(points: Floats, figures: Floats, *, chance: float | None = None) -> Emulator:
    """Fit an emulator to figures simulated at some points, with the scales of the highest marginal likelihood.

    Args:
        points: the points of the unit cube, (n, p).
        figures: the figure at each point, (n,).
        chance: the standard deviation of one run's figure about its expectation, estimated from replications, which
            fixes the noise. None to fit the noise with the other scales.
    """
    centre = float(figures.mean())
    # A constant figure has no deviation to divide by.
    size = float(figures.std()) or 1.0
    standard = (figures - centre) / size
    count, width = points.shape
    order = 2 if count >= (width + 1) * (width + 2) else 1  # a quadratic needs twice as many points as it has terms
    # The noise must be within the bounds between which all scales are fitted.
    known = None if chance is None else min(max(chance / size, math.exp(LEAST)), math.exp(MOST))
    problem = _Likelihood.of(points, standard, order, known)
    # The likelihood may have several peaks. The scales are on the log scale: p lengths, remainder, trend, noise.
    found = [problem.climbed(np.log([*[length] * width, ROUGH, TREND, NOISE])) for length in STARTS]
    best = max(found, key=lambda pair: pair[0])[1]
    scales = (np.exp(best[:width]), *np.exp(best[width:]).tolist())
    return _made(points, standard, centre, size, scales, order)


def _made(
    points: Floats, standard: Floats, centre: float, size: float, scales: tuple[Any, ...], order: int
) -> Emulator:
    lengths, roughness, trend, noise = scales
    smooth = np.exp(-0.5 * _squares(points, points, lengths))
    covariance = trend**2 * _trend(points, points, order) + roughness**2 * smooth + noise**2 * np.eye(len(points))
    inverse: Floats = np.asarray(np.linalg.inv(covariance), "float64")
    return Emulator(
        points=points,
        centre=centre,
        size=size,
        lengths=lengths,
        trend=trend,
        roughness=roughness,
        noise=noise,
        order=order,
        inverse=inverse,
        weights=inverse @ standard,
        standard=standard,
    )


def _trend(first: Floats, second: Floats, order: int, diagonal: bool = False) -> Floats:
    """The covariance of a trend of size 1 between points, (n, m); with `diagonal`, of each point with itself, (n,)."""
    # Inputs range from −1 to 1. The kernel of a polynomial is a power of the inner product plus 1, here scaled to at
    # most 1.
    a = 2.0 * first - 1.0
    b = 2.0 * second - 1.0
    inner = (a * b).sum(axis=1) if diagonal else a @ b.T
    whole = (1.0 + inner) / (1.0 + first.shape[1])
    return np.asarray(whole**order)


def _squares(first: Floats, second: Floats, lengths: Floats) -> Floats:
    """Squared distances between points, each input divided by its length, (n, m)."""
    a = (2.0 * first - 1.0) / lengths
    b = (2.0 * second - 1.0) / lengths
    # |a − b|² = |a|² + |b|² − 2ab for all pairs at once, without an array of (n, m, p).
    rows = (a**2).sum(axis=1)[:, None]
    columns = (b**2).sum(axis=1)[None, :]
    squares = rows + columns - 2.0 * a @ b.T
    # Rounding can make the distance of a point from itself slightly negative.
    return np.asarray(np.maximum(squares, 0.0))


@attrs.frozen(kw_only=True, eq=False)
class _Likelihood:
    """The log marginal likelihood of standardised figures, with the scales' priors, and its gradient."""

    apart: Floats  # squared distances along each input, (p, n, n)
    trend: Floats
    standard: Floats
    known: float | None  # the size of the noise; None if it is fitted

    @classmethod
    def of(cls, points: Floats, standard: Floats, order: int, known: float | None) -> _Likelihood:
        """The likelihood of figures simulated at some points.

        Args:
            points: points of the unit cube, (n, p).
            standard: the standardised figures, (n,).
            order: the degree of the trend.
            known: the size of the noise; None if it is fitted.
        """
        inner = 2.0 * points - 1.0
        apart = np.stack([(column[:, None] - column[None, :]) ** 2 for column in inner.T])
        return cls(apart=apart, trend=_trend(points, points, order), standard=standard, known=known)

    def climbed(self, start: Floats) -> tuple[float, Floats]:
        """The highest value found from a start, and the logarithms of its scales, (p + 3,)."""
        from scipy.optimize import minimize  # imported here, because SciPy is slow to import

        # A known noise has equal bounds, which leave it fixed.
        noise = (LEAST, MOST) if self.known is None else (math.log(self.known),) * 2
        start[-1] = np.clip(start[-1], *noise)
        bounds = [(LOW, HIGH)] * len(self.apart) + [(LEAST, MOST), (SMALL, LARGE), noise]
        options: Any = {"maxfun": CALLS}
        found: Any = minimize(self._depth, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        return -float(found.fun), np.asarray(found.x)

    def _depth(self, scales: Floats) -> tuple[float, Floats]:
        """The negative log posterior at the logarithms of the scales, and its gradient."""
        width = len(self.apart)
        # The scales are lengths, (p,), then the sizes of remainder, trend and noise. Their priors are log-normal.
        inside = np.exp(-2.0 * scales[:width])
        middles = np.log([*[LENGTH] * width, ROUGH, TREND, NOISE])
        spreads = np.array([*[SPREAD] * width, LOOSE, LOOSE, LOOSE])
        # The covariance of the points is the sum of trend, smooth remainder and noise, (n, n) each.
        smooth = math.exp(2.0 * scales[width]) * np.exp(-0.5 * np.tensordot(inside, self.apart, 1))
        trend = math.exp(2.0 * scales[width + 1]) * self.trend
        noise = math.exp(2.0 * scales[width + 2])
        covariance = trend + smooth + noise * np.eye(len(smooth))
        away = (scales - middles) / spreads
        # With extreme scales the matrix is singular in floating point. A huge value makes the search turn back.
        try:
            root = np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:
            return 1e300, np.zeros_like(scales)
        inverse = np.linalg.inv(covariance)
        weights = inverse @ self.standard
        # The determinant's logarithm is twice the sum over the diagonal of the Cholesky root.
        depth = 0.5 * self.standard @ weights + np.log(np.diag(root)).sum() + 0.5 * (away**2).sum()
        # Rasmussen and Williams 2006, equation 5.9: half the trace of `slope` times the covariance's derivative with
        # respect to each scale's logarithm. All matrices are symmetric, so the trace is a sum of products.
        slope = np.outer(weights, weights) - inverse
        steps = inside * np.tensordot(self.apart, slope * smooth, 2)
        of_smooth = 2.0 * (slope * smooth).sum()
        of_trend = 2.0 * (slope * trend).sum()
        sizes = [of_smooth, of_trend, 2.0 * noise * np.trace(slope)]
        slopes = [*steps, *sizes]
        return float(depth), np.asarray(-0.5 * np.array(slopes) + away / spreads)
