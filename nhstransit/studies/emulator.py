"""A fast statistical approximation of the simulation: one Gaussian process per target, fitted to points that were run.

The kernel is the sum of a quadratic in the parameters, a smooth remainder and noise (Kennedy and O'Hagan 2001, J. R.
Stat. Soc. B 63(3); Rasmussen and Williams 2006, chapters 2 and 5). Its three scales are chosen from a fixed grid by the
marginal likelihood. Nothing is random, so the same points give the same emulator. The emulator is judged by its
leave-one-out predictions, which have a closed form.
"""

from __future__ import annotations

from itertools import product

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats

LENGTHS = (0.35, 0.7, 1.4, 2.8)  # length scales of the smooth remainder; the unit cube has width 1
ROUGHNESS = (0.03, 0.1, 0.3)  # its size, in standard deviations of the emulated figure
NOISES = (0.003, 0.01, 0.03, 0.1, 0.3)  # size of what no smooth surface explains, in the same unit
TREND = 10.0  # size of the quadratic, in the same unit: wide, so that the data determine the trend


@attrs.frozen(kw_only=True, eq=False)
class Emulator:
    """One figure as a function of points of the unit cube (n, p), fitted to those that were run."""

    points: Floats
    centre: float
    size: float
    length: float
    roughness: float
    noise: float
    inverse: Floats  # of the covariance matrix of the points that were run, (n, n)
    weights: Floats  # inverse times the standardised figures, (n,)

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Predictive mean and variance of the figure's expectation at points (m, p), in its unit, (m,) each."""
        cross = _kernel(points, self.points, self.length, self.roughness)
        own = _at(points, self.roughness)
        variance = own - ((cross @ self.inverse) * cross).sum(axis=1)
        return self.centre + self.size * (cross @ self.weights), self.size**2 * np.maximum(variance, 0.0)

    def mean(self, points: Floats) -> Floats:
        """The predictive mean alone, (m,): faster than `predict`."""
        cross = _kernel(points, self.points, self.length, self.roughness)
        return np.asarray(self.centre + self.size * (cross @ self.weights))

    def left_out(self) -> tuple[Floats, Floats]:
        """Leave-one-out mean and variance at each point, noise included, (n,) each."""
        apart = np.diag(self.inverse)
        figures = _standard(self)
        return self.centre + self.size * (figures - self.weights / apart), self.size**2 / apart

    def without(self, gone: Bools) -> Emulator:
        """The emulator of the points that are not marked in `gone`, with the same scales."""
        return _made(
            self.points[~gone], _standard(self)[~gone], self.centre, self.size, self.length, self.roughness, self.noise
        )


def emulated(points: Floats, figures: Floats) -> Emulator:
    """The emulator of figures (n,) simulated at points (n, p), with the scales of the highest marginal likelihood."""
    centre, size = float(figures.mean()), float(figures.std()) or 1.0
    standard = (figures - centre) / size
    best, chosen = -np.inf, (LENGTHS[-1], ROUGHNESS[0], NOISES[-1])
    for length, roughness, noise in product(LENGTHS, ROUGHNESS, NOISES):
        found = _marginal(points, standard, length, roughness, noise)
        if found > best:
            best, chosen = found, (length, roughness, noise)
    return _made(points, standard, centre, size, *chosen)


def _made(
    points: Floats, standard: Floats, centre: float, size: float, length: float, roughness: float, noise: float
) -> Emulator:
    covariance = _kernel(points, points, length, roughness) + noise**2 * np.eye(len(points))
    inverse: Floats = np.asarray(np.linalg.inv(covariance), "float64")
    return Emulator(
        points=points,
        centre=centre,
        size=size,
        length=length,
        roughness=roughness,
        noise=noise,
        inverse=inverse,
        weights=inverse @ standard,
    )


def _standard(emulator: Emulator) -> Floats:
    """The standardised figures that an emulator was made from."""
    whole = _kernel(emulator.points, emulator.points, emulator.length, emulator.roughness)
    return np.asarray(whole @ emulator.weights + emulator.noise**2 * emulator.weights)


def _marginal(points: Floats, figures: Floats, length: float, roughness: float, noise: float) -> float:
    """The log marginal likelihood of standardised figures, up to a constant."""
    covariance = _kernel(points, points, length, roughness) + noise**2 * np.eye(len(points))
    try:
        root = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        return -np.inf
    solved = np.linalg.solve(root, figures)
    return float(-0.5 * solved @ solved - np.log(np.diag(root)).sum())


def _kernel(first: Floats, second: Floats, length: float, roughness: float) -> Floats:
    """Covariances between points, (n, m): a quadratic and a smooth remainder."""
    a, b = 2.0 * first - 1.0, 2.0 * second - 1.0
    inner = a @ b.T
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2.0 * inner
    width = 1.0 + first.shape[1]
    smooth = np.exp(-0.5 * np.maximum(squares, 0.0) / (2.0 * length) ** 2)
    return np.asarray(TREND**2 * ((1.0 + inner) / width) ** 2 + roughness**2 * smooth)


def _at(points: Floats, roughness: float) -> Floats:
    """The prior variance at points (m, p)."""
    inner = ((2.0 * points - 1.0) ** 2).sum(axis=1)
    return np.asarray(TREND**2 * ((1.0 + inner) / (1.0 + points.shape[1])) ** 2 + roughness**2)
