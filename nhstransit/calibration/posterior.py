"""How likely points are, by emulators in place of runs; and a sample of points as likely as they are.

Sampled by differential evolution with Metropolis' rule (ter Braak 2006, Statistics and Computing 16(3)): many chains at
once, each stepping along the difference of two others, so that no scale need be set. Beforehand every point of the unit
cube is as likely as any other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Floats, Rows
from nhstransit.calibration.likelihood import log_likelihood
from nhstransit.calibration.moments import Moments
from nhstransit.calibration.targets import Target
from nhstransit.streams import Luck
from nhstransit.sweeps.emulator import Emulator

JITTER, LEAP = 1e-3, 10  # a step's own width; every so manieth step goes the whole difference


@attrs.frozen(kw_only=True, eq=False)
class Surface:
    """The log-likelihood of all targets over the unit cube: `variance` (t,) is chance and sampling."""

    targets: tuple[Target, ...]
    emulators: tuple[Emulator, ...]
    variance: Floats
    temper: float = 1.0  # what the log-likelihood is divided by

    def __call__(self, points: Floats) -> Floats:
        """The log-likelihood at points (m, p), the emulators' own doubt included; −∞ outside the cube, (m,)."""
        inside = ((points >= 0.0) & (points <= 1.0)).all(axis=1)
        out = np.full(len(points), -math.inf)
        if inside.any():
            out[inside] = sum(self.pieces(points[inside])) / self.temper
        return out

    def pieces(self, points: Floats) -> list[Floats]:
        """The log-likelihood of each target, (m,) each."""
        found = []
        for target, emulator, variance in zip(self.targets, self.emulators, self.variance, strict=True):
            mean, doubt = emulator.predict(points)
            found.append(log_likelihood(target, mean, variance + doubt))
        return found

    def tempered(self, temper: float) -> Surface:
        """The same, flatter."""
        return attrs.evolve(self, temper=temper)


def sampled(surface: Surface, start: Floats, *, steps: int, seed: int) -> Floats:
    """Points as likely as the surface says, (steps, chains, p), from chains that start at `start` (chains, p).

    Half of the chains steps by differences within the other half, then the other half, so that the rule is exact.
    """
    luck, at = Luck(seed), start.copy()
    chains, width = at.shape
    height, path = surface(at), np.empty((steps, chains, width))
    halves = np.arange(chains // 2), np.arange(chains // 2, chains)
    for step in range(steps):
        stride = 1.0 if step % LEAP == LEAP - 1 else 2.38 / math.sqrt(2 * width)
        for mine, others in (halves, halves[::-1]):
            wobble = np.stack([luck.normal(f"chain step {axis}", step, mine) for axis in range(width)], axis=1)
            new = at[mine] + stride * _difference(at, mine, others, luck, step) + JITTER * wobble
            found = surface(new)
            taken = np.log(luck.uniform("chain acceptance", step, mine)) < found - height[mine]
            at[mine], height[mine] = np.where(taken[:, None], new, at[mine]), np.where(taken, found, height[mine])
        path[step] = at
    return path


def _difference(at: Floats, mine: Rows, others: Rows, luck: Luck, step: int) -> Floats:
    """For each chain of one half, the difference of two chains of the other half, which do not move meanwhile."""
    first = (luck.uniform("chain partner", step, mine) * len(others)).astype("int64")
    apart = 1 + (luck.uniform("chain other partner", step, mine) * (len(others) - 1)).astype("int64")
    return np.asarray(at[others[first]] - at[others[(first + apart) % len(others)]])


def heights(found: Moments, surface: Surface) -> Floats:
    """The log-likelihood of each point as it was run, without emulators; −∞ where a figure is missing, (n,)."""
    out = np.where(found.whole, 0.0, -math.inf)
    for place, target in enumerate(surface.targets):
        mean = np.where(found.whole, found.mean[:, place], target.value)
        out += log_likelihood(target, mean, np.full(len(mean), surface.variance[place]))
    return out


def spread_points(count: int, width: int, seed: int, decision: str = "design") -> Floats:
    """So many points spread evenly over the unit cube: a Sobol' sequence under a random shift, (count, width)."""
    from scipy.stats import qmc  # half a second: loaded where it is used

    plain = qmc.Sobol(width, scramble=False).random_base2(max(0, math.ceil(math.log2(count))))[:count]
    shift = Luck(seed).uniform(f"{decision} shift", 0, np.arange(width))
    return np.asarray((plain + shift + 1e-9) % 1.0)


def likeliest(surface: Surface, starts: Sequence[Floats]) -> Floats:
    """The point of the cube at which the surface is highest, climbed to from each start, (p,)."""
    tops = [climbed(lambda point: float(surface(point[None, :])[0]), start, 150) for start in starts]
    return max(tops, key=lambda top: top[0])[1]


def climbed(height: Callable[[Floats], float], start: Floats, calls: int) -> tuple[float, Floats]:
    """The highest that Nelder and Mead's simplex finds within the cube from a start (p,), and where; `calls` for each axis.

    A simplex asks for no slope, and a surface of emulators has kinks where likelihoods change their kind.
    """
    from scipy.optimize import Bounds, minimize  # loaded where it is used

    def depth(point: Floats) -> float:
        found = height(point)
        return -found if math.isfinite(found) else 1e300

    options: Any = {"maxfev": calls * len(start), "xatol": 1e-4, "fatol": 1e-3}
    bounds = Bounds(np.zeros(len(start)), np.ones(len(start)))
    found: Any = minimize(depth, np.asarray(start, "float64"), method="Nelder-Mead", bounds=bounds, options=options)
    return -float(found.fun), np.clip(found.x, 0.0, 1.0)
