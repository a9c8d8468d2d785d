"""What worlds give: figures simulated at points of the space of parameters, under the same luck at every point.

Points are handed to `sweep` as scenarios, which share the seeds of their replications: so two points differ by what they
are, and not by luck, and a fit climbs a surface rather than a cloud. The sweep's store keeps every evaluation by its key,
so that a fit that is stopped goes on where it was, and a longer one reuses a shorter.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats
from nhstransit.calibration.parameters import Parameter, settings
from nhstransit.calibration.targets import Target
from nhstransit.errors import CalibrationError, nearest
from nhstransit.published import SAMPLING
from nhstransit.scenario import Scenario
from nhstransit.sweeps import Draws, sweep


@attrs.frozen(kw_only=True, eq=False)
class Moments:
    """Points (n, p) of the unit cube, and of each target the mean over replications and the variances (n, t).

    `chance` is the variance of one run's figure over replications, `sampling` what asking only some bodies adds to it.
    Where a figure could not be read at a point it is NaN there.
    """

    points: Floats
    mean: Floats
    chance: Floats
    sampling: Floats

    def __len__(self) -> int:
        return len(self.points)

    @property
    def whole(self) -> Bools:
        """At which points every figure is there, (n,)."""
        return np.asarray(np.isfinite(self.mean).all(axis=1))

    @property
    def variance(self) -> Floats:
        """The variance about the mean of a figure seen once, (t,): chance and sampling, averaged over where it is there."""
        both = self.chance + self.sampling
        there = np.isfinite(both)
        return np.asarray(np.where(there, both, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1))

    def and_(self, other: Moments) -> Moments:
        """These and others, one after another."""
        both = {
            field.name: np.concatenate([getattr(self, field.name), getattr(other, field.name)])
            for field in attrs.fields(Moments)
        }
        return Moments(**both)


@attrs.frozen(kw_only=True, eq=False)
class Evaluator:
    """Simulates points of a scenario's parameters and reads the targets from them."""

    scenario: Scenario
    parameters: tuple[Parameter, ...]
    targets: tuple[Target, ...]
    seeds: int
    seed: int
    measure: Callable[..., Any]
    store: str | Path | None = None
    executor: Any = None
    progress: bool | None = None

    def moments(self, points: Floats) -> Moments:
        """What the worlds at these points (n, p) give. Raises CalibrationError where nothing can be read at any of them."""
        paths = tuple(parameter.path for parameter in self.parameters)
        draws = Draws(paths=paths, rows=settings(self.parameters, self.scenario, points))
        names = [draws.content(place)[:24] for place in range(len(points))]
        study = sweep(
            {name: draws.world(self.scenario, place) for place, name in enumerate(names)},
            replications=self.seeds,
            seed=self.seed,
            measure=self.measure,
            store=self.store,
            executor=self.executor,
            progress=self.progress,
        )
        if study.results.failed.all():
            first = study.failures().iloc[0]
            raise CalibrationError(
                "every point", f"failed ({first['error']})", "give ranges in which runs come to an end"
            )
        rows = [study.results.place(name) for name in names]
        cells = [self._cells(study.results, target.name)[rows] for target in self.targets]
        spread = [self._sampling(study.results, target.name)[rows] for target in self.targets]
        return Moments(
            points=points,
            mean=np.stack([one.mean(axis=1) for one in cells], axis=1),
            chance=np.stack([_variance(one) for one in cells], axis=1),
            sampling=np.stack(spread, axis=1),
        )

    def _cells(self, results: Any, name: str) -> Floats:
        """One figure by world and replication, (worlds, seeds)."""
        if name not in results.measures:
            raise CalibrationError(f"target {name!r}", "cannot be read from any run", nearest(name, results.measures))
        return np.asarray(results.cells(name)[:, 0, : self.seeds])

    def _sampling(self, results: Any, name: str) -> Floats:
        """The variance over samples of bodies in each world, averaged over replications, (worlds,)."""
        if f"{name}{SAMPLING}" not in results.measures:
            return np.zeros(len(results.scenarios))
        return np.asarray((self._cells(results, f"{name}{SAMPLING}") ** 2).mean(axis=1))


def _variance(cells: Floats) -> Floats:
    """Over replications; nought with one."""
    return np.asarray(cells.var(axis=1, ddof=1) if cells.shape[1] > 1 else np.zeros(len(cells)))
