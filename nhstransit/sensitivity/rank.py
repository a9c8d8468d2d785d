"""Ranking assumptions: Sobol' indices of each headline over their ranges, and what chance adds.

The scenario is run at points spread over all ranges, under the same luck at every point; an emulator of each headline
then stands for it, and SciPy reckons its indices, after Saltelli and others (2010), Computer Physics Communications 181(2).
The first-order index is the share of the spread that goes if an assumption is known; the total one the share that stays
if all others are. How well the emulator tells points that it has not seen is told beside them: below 0.7 or so they mean
little.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats, plain
from nhstransit.errors import SweepError, nearest
from nhstransit.metrics import headlines
from nhstransit.scenario import Scenario
from nhstransit.sensitivity.points import figures_at, leading
from nhstransit.sweeps import Draws, Range, latin_hypercube
from nhstransit.sweeps.emulator import Emulator, emulated

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10  # points for each assumption below which an emulator is not tried: a straight line and its bends
SAMPLES = 1024  # of SciPy's, for each index


@attrs.frozen(kw_only=True)
class Indices:
    """One headline: first-order and total index of each assumption (p,), variances, and how well it is emulated."""

    first: Floats
    total: Floats
    parameter: float
    chance: float
    told: float


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Ranking:
    """Assumptions ranked for every headline; `found` by headline."""

    scenario: str
    paths: tuple[str, ...]
    draws: Draws
    found: dict[str, Indices]

    def table(self, headline: str) -> pd.DataFrame:
        """A row an assumption, the one that moves the headline most on top: first, total, and its range's ends.

        Raises SweepError for a headline that was not measured, with the nearest.
        """
        one = self._of(headline)
        order = np.argsort(-one.total, kind="stable")
        columns: dict[str, Any] = {
            "assumption": [self.paths[place] for place in order],
            "first": one.first[order],
            "total": one.total[order],
        }
        return tables.frame(columns, index="assumption")

    def split(self) -> pd.DataFrame:
        """A row a headline: standard deviations by parameters and by chance, parameters' share of the variance, and `told`.

        `told` is the share of the points' variance that the emulator foretells of points unseen.
        """
        rows = [
            (name, math.sqrt(one.parameter), math.sqrt(one.chance), _share(one.parameter, one.chance), one.told)
            for name, one in self.found.items()
        ]
        names = ("headline", "by parameters", "by chance", "parameters' share", "told")
        columns: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
        return tables.frame(columns, index="headline")

    def foremost(self, count: int = 3) -> pd.DataFrame:
        """A row a headline: the assumptions that move it most, with their total indices."""
        return leading(self.paths, {name: one.total for name, one in self.found.items()}, count)

    def _of(self, headline: str) -> Indices:
        if headline not in self.found:
            raise SweepError(f"headline {headline!r}", "was not measured", nearest(headline, self.found))
        return self.found[headline]

    def __repr__(self) -> str:
        return (
            f"Ranking of {len(self.paths)} assumptions of {self.scenario!r} for {len(self.found)} headlines, "
            f"from {len(self.draws)} points\n{self.foremost().to_string()}"
        )

    def _repr_html_(self) -> str:
        html: str = self.foremost().to_html()
        return html


def rank(
    scenario: Scenario,
    ranges: Sequence[Range],
    *,
    points: int = 128,
    seeds: int = 2,
    seed: int = 2010,
    headline: str | Iterable[str] | None = None,
    measure: Callable[..., Any] = headlines,
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Ranking:
    """How much of each headline's spread comes of each assumption, as all of them vary over their ranges together.

    Args:
        scenario: the world whose assumptions are varied.
        ranges: what is varied, such as `ranges_of(scenario)`; every value in a range is as likely as any other.
        points: how many sets of values are run, spread as a Latin hypercube.
        seeds: replications of each, two or more, so that chance is told apart.
        seed: the root of the design and of the replications' seeds.
        headline: what is ranked, one name or several; None: all that the measure gives and that varies.
        measure: a function that any process can import, from a run to numbers by name.
        store: the SQLite file that keeps the runs' figures; None: memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None: this process.
        progress: whether to show a line; None: in a terminal and in a notebook.

    Raises SweepError for too few points or seeds, and as `sweep` does.
    """
    points, seeds = plain((points, seeds))
    fewest = FEWEST * len(ranges)
    if type(points) is not int or points < fewest:
        wrong, right = f"are {points!r} for {len(ranges)} assumptions", f"give a whole number of {fewest} or more"
        raise SweepError("points", wrong, right)
    if type(seeds) is not int or seeds < 2:
        raise SweepError("seeds", f"are {seeds!r}", "give 2 or more: one tells nothing of chance")
    design = latin_hypercube(scenario, *ranges, points=points, seed=seed)
    draws = design.draws
    cells = figures_at(
        scenario, draws, seeds=seeds, seed=seed, measure=measure, store=store, executor=executor, progress=progress
    )
    names = (headline,) if isinstance(headline, str) else headline or cells
    found = {name: _indices(_shares(draws, ranges), cells[name], seed) for name in names if _varies(cells, name)}
    return Ranking(scenario=scenario.name, paths=draws.paths, draws=draws, found=found)


def _varies(cells: dict[str, Floats], name: str) -> bool:
    """Whether a headline differs from point to point and is there at nearly all of them."""
    if name not in cells:
        raise SweepError(f"headline {name!r}", "was not measured", nearest(name, cells))
    means = cells[name].mean(axis=1)
    there = np.isfinite(means)
    return bool(there.mean() > 0.8 and means[there].std() > 1e-12)


def _shares(draws: Draws, ranges: Sequence[Range]) -> Floats:
    """The draws as points of the unit cube, (n, p)."""
    columns = []
    for place, one in enumerate(ranges):
        values = [row[place] for row in draws.rows]
        columns.append([(item - one.low) / (one.high - one.low) for item in values])
    return np.array(columns, "float64").T


def _indices(points: Floats, cells: Floats, seed: int) -> Indices:
    """The indices of one headline from its figures by point and replication, (n, seeds)."""
    means = cells.mean(axis=1)
    there = np.isfinite(means)
    emulator = emulated(points[there], means[there])
    chance = float(cells[there].var(axis=1, ddof=1).mean())
    first, total = _sobol(emulator, points.shape[1], seed)
    spread = float(emulator.mean(_even(points.shape[1])).var())
    return Indices(
        first=first,
        total=total,
        parameter=spread,
        chance=chance,
        told=_told(emulator, means[there]),
    )


def _sobol(emulator: Emulator, width: int, seed: int) -> tuple[Floats, Floats]:
    """First-order and total indices of an emulated headline, (width,) each; of one assumption alone they are 1."""
    if width == 1:
        return np.ones(1), np.ones(1)
    from scipy.stats import sobol_indices, uniform  # half a second: loaded where it is used

    even: Any = [uniform()] * width
    made: Any = sobol_indices(func=lambda shares: emulator.mean(shares.T)[None, :], n=SAMPLES, dists=even, rng=seed)
    return np.clip(np.ravel(made.first_order), 0.0, 1.0), np.clip(np.ravel(made.total_order), 0.0, None)


def _even(width: int) -> Floats:
    """Points spread evenly over the unit cube, (SAMPLES, width)."""
    from scipy.stats import qmc

    return np.asarray(qmc.Sobol(width, scramble=False).random(SAMPLES))


def _told(emulator: Emulator, figures: Floats) -> float:
    """The share of the points' variance that is foretold of each by the others."""
    mean, _ = emulator.left_out()
    return float(1.0 - ((figures - mean) ** 2).mean() / figures.var())


def _share(parameter: float, chance: float) -> float:
    return parameter / (parameter + chance) if parameter + chance > 0 else math.nan
