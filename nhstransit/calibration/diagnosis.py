"""What a fit can be trusted with: profiles of its parameters, and whether known truths are found again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats
from nhstransit.calibration.moments import Moments
from nhstransit.calibration.parameters import Parameter
from nhstransit.calibration.posterior import Surface, climbed, sampled, spread_points
from nhstransit.streams import Luck
from nhstransit.sweeps.emulator import Emulator

if TYPE_CHECKING:
    import pandas as pd

DROP = 1.92  # of log-likelihood, at the ends of a 95% interval of one parameter (half of chi-squared's 3.84)
CHAINS, STEPS = 24, 160


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Profile:
    """One parameter held at `values` (k,), and the highest log-likelihood there with the others free, less the highest."""

    path: str
    values: Floats
    heights: Floats

    @property
    def within(self) -> tuple[float, float]:
        """The least and greatest values that the figures do not speak against: less than 1.92 below the top.

        Between values the height is taken to run straight.
        """
        near = np.flatnonzero(self.heights >= -DROP)
        return self._end(int(near[0]), -1), self._end(int(near[-1]), 1)

    def _end(self, inside: int, way: int) -> float:
        """Where the height falls below the line, from the outermost value inside it; the range's end where it does not."""
        outside = inside + way
        if not 0 <= outside < len(self.values):
            return float(self.values[inside])
        high, low = self.heights[inside], max(self.heights[outside], -1e6)
        step = (high + DROP) / (high - low)
        return float(self.values[inside] + step * (self.values[outside] - self.values[inside]))

    @property
    def flat(self) -> bool:
        """Whether the figures speak against no value at all in the range."""
        return bool((self.heights >= -DROP).all())

    @property
    def table(self) -> pd.DataFrame:
        """Value and height."""
        return tables.frame({"value": self.values, "height": self.heights})

    def __repr__(self) -> str:
        low, high = self.within
        told = "flat: not told by the figures" if self.flat else f"from {low:.4g} to {high:.4g}"
        return f"Profile of {self.path}: {told}"


def profiled(surface: Surface, parameter: Parameter, place: int, best: Floats, points: int) -> Profile:
    """The profile of the parameter at `place`, by the emulators."""
    shares = np.linspace(0.0, 1.0, points)
    tops = np.array([_highest(surface, place, float(share), best) for share in shares])
    return Profile(path=parameter.path, values=parameter.values(shares), heights=tops - tops.max())


def _highest(surface: Surface, place: int, share: float, best: Floats) -> float:
    """The highest log-likelihood with one parameter held: from an even spread and the best point, then climbed."""
    others = [axis for axis in range(len(best)) if axis != place]

    def held(free: Floats) -> Floats:
        points = np.full((len(free), len(best)), share)
        points[:, others] = free
        return points

    starts = np.concatenate([spread_points(256, len(best), 0, "profile")[:, others], best[None, others]])
    found = surface(held(starts))
    if not others:
        return float(found[0])
    start = starts[int(found.argmax())]
    top = climbed(lambda free: float(surface(held(np.clip(free, 0.0, 1.0)[None, :]))[0]), start, 60)[0]
    return max(top, float(found.max()))


def covered(found: Moments, surface: Surface, points: int, level: float, seed: int) -> tuple[Floats, Floats]:
    """For each parameter the share of known truths in the interval, and how truth and middle go together, (p,) each."""
    numbers = np.flatnonzero(found.whole)
    taken = numbers[np.linspace(0, len(numbers) - 1, min(points, len(numbers))).round().astype("int64")]
    hits, truths, middles = [], found.points[taken], []
    for number in taken.tolist():
        sample = _sample_without(found, surface, number, seed)
        ends = np.quantile(sample, (0.5 - level / 2, 0.5 + level / 2), axis=0)
        hits.append((ends[0] <= found.points[number]) & (found.points[number] <= ends[1]))
        middles.append(np.median(sample, axis=0))
    return np.mean(hits, axis=0), np.array(
        [_correlation(truths[:, axis], np.array(middles)[:, axis]) for axis in range(truths.shape[1])]
    )


def _sample_without(found: Moments, surface: Surface, number: int, seed: int) -> Floats:
    """A sample of the parameters, had one stored point's figures been published, by emulators of the other points."""
    luck = Luck(seed)
    told = []
    for place, target in enumerate(surface.targets):
        chance = luck.normal(f"pretended {target.name}", 0, np.array([number]))[0] * math.sqrt(surface.variance[place])
        value = float(found.mean[number, place] + chance)
        if target.kind == "share":
            value = min(max(value, 1e-3), 1 - 1e-3)
        if target.kind == "count":
            value = max(value, 0.0)
        told.append(attrs.evolve(target, value=value, model_error=0.0, tolerance=0.0))
    blind = attrs.evolve(
        surface,
        targets=tuple(told),
        emulators=tuple(_blinded(emulator, found.points[number]) for emulator in surface.emulators),
    )
    spread = spread_points(256, found.points.shape[1], seed, "pretence")
    start = spread[np.argsort(-blind(spread), kind="stable")[:CHAINS]]
    return sampled(blind, start, steps=STEPS, seed=seed)[STEPS // 2 :].reshape(-1, found.points.shape[1])


def _blinded(emulator: Emulator, point: Floats) -> Emulator:
    """The emulator as if this point had not been run."""
    return emulator.without((emulator.points == point).all(axis=1))


def _correlation(first: Floats, second: Floats) -> float:
    if len(first) < 3 or first.std() == 0 or second.std() == 0:
        return math.nan
    return float(np.corrcoef(first, second)[0, 1])
