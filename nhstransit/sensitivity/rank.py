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
from nhstransit.sensitivity.points import Figures, check_inputs, figures_at, leading
from nhstransit.sweeps import Draws, Range, latin_hypercube
from nhstransit.sweeps.emulator import Emulator, emulated

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10  # points for each assumption below which an emulator is not tried: a straight line and its bends
ENOUGH = 0.8  # share of the points that must be there: a design with larger holes is not spread over the ranges
STILL = "does not vary over the ranges"
SAMPLES = 1024  # of SciPy's, for each index


@attrs.frozen(kw_only=True)
class Indices:
    """One headline: first-order and total index of each assumption (p,), variances, and how well it is emulated.

    `points` says from how many points.
    """

    first: Floats
    total: Floats
    parameter: float
    chance: float
    told: float
    points: int


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Ranking:
    """Assumptions ranked for every headline; `found` by headline.

    `missing` says how many points are missing and why, empty where none is; `left_out` why headlines were not ranked.
    """

    scenario: str
    paths: tuple[str, ...]
    draws: Draws
    found: dict[str, Indices]
    missing: str = ""
    left_out: dict[str, str] = attrs.field(factory=dict)

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
        if headline in self.left_out:
            raise SweepError(f"headline {headline!r}", self.left_out[headline], nearest(headline, self.found))
        if headline not in self.found:
            raise SweepError(f"headline {headline!r}", "was not measured", nearest(headline, self.found))
        return self.found[headline]

    def __repr__(self) -> str:
        return f"{self._title()}\n{self.foremost().to_string()}"

    def _repr_html_(self) -> str:
        from html import escape

        html: str = self.foremost().to_html()
        return f"<p>{escape(self._title())}</p>{html}"

    def _title(self) -> str:
        """What was ranked, from how many points, how many are missing, and what was left out."""
        points = sorted({one.points for one in self.found.values()})
        many = f"{points[0]}" if len(points) == 1 else f"{points[0]} to {points[-1]}"
        whole = f" of {len(self.draws)}" if points[0] < len(self.draws) else ""
        lines = [
            f"Ranking of {len(self.paths)} assumptions of {self.scenario!r} for {len(self.found)} headlines, "
            f"from {many}{whole} points"
        ]
        if self.missing:
            lines.append(f"{self.missing}.")
        lost = [name for name, why in self.left_out.items() if why != STILL]
        if lost:
            lines.append(f"Left out: {', '.join(f'{name} ({self.left_out[name]})' for name in lost)}.")
        return "\n".join(lines)


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

    A point of which a run fails is missing; the ranking says how many are, and why. Raises SweepError for too few points or
    seeds, where fewer than four in five points are there for every headline, where no headline varies, and as `sweep` does.
    """
    points, seeds = plain((points, seeds))
    check_inputs(scenario, ranges)
    fewest = FEWEST * len(ranges)
    if type(points) is not int or points < fewest:
        wrong, right = f"are {points!r} for {len(ranges)} assumptions", f"give a whole number of {fewest} or more"
        raise SweepError("points", wrong, right)
    if type(seeds) is not int or seeds < 2:
        raise SweepError("seeds", f"are {seeds!r}", "give 2 or more: one tells nothing of chance")
    design = latin_hypercube(scenario, *ranges, points=points, seed=seed)
    draws = design.draws
    figures = figures_at(
        scenario, draws, seeds=seeds, seed=seed, measure=measure, store=store, executor=executor, progress=progress
    )
    names = (headline,) if isinstance(headline, str) else tuple(headline or figures.cells)
    left_out = {name: why for name in names if (why := _unfit(figures, name))}
    ranked = [name for name in names if name not in left_out]
    if not ranked:
        raise _nothing(figures, left_out)
    shares = _shares(draws, ranges)
    found = {name: _indices(shares, figures.cells[name], seed) for name in ranked}
    return Ranking(
        scenario=scenario.name,
        paths=draws.paths,
        draws=draws,
        found=found,
        missing=figures.told(),
        left_out=left_out,
    )


def _unfit(figures: Figures, name: str) -> str:
    """Why a headline cannot be ranked; empty where it can: there at nearly all points, and not the same at all of them."""
    lost = figures.lost(name)
    needed = math.ceil(ENOUGH * len(lost))
    there = len(lost) - int(lost.sum())
    if there < needed:
        return f"is missing at {int(lost.sum())} of {len(lost)} points, and {needed} are needed"
    means = figures.cells[name][~lost].mean(axis=1)
    return "" if means.std() > 1e-12 else STILL


def _nothing(figures: Figures, left_out: dict[str, str]) -> SweepError:
    """The refusal where not one headline can be ranked: too many points are missing, or nothing varies."""
    told = figures.told()
    if told:
        lost = [why for why in left_out.values() if why != STILL]
        needed = math.ceil(ENOUGH * len(figures.missing))
        wrong = f"{told}; {needed} must be there" if lost else f"{told}; of the rest no headline varies"
        return SweepError("rank", wrong, "mend what fails, or give ranges in which runs come to an end")
    first = next(iter(left_out))
    wrong = (
        f"headline {first!r} {left_out[first]}" if len(left_out) == 1 else f"no headline varies: {', '.join(left_out)}"
    )
    return SweepError("rank", wrong, "give ranges or headlines that have to do with one another")


def _shares(draws: Draws, ranges: Sequence[Range]) -> Floats:
    """The draws as points of the unit cube, (n, p)."""
    columns = []
    for place, one in enumerate(ranges):
        values = [row[place] for row in draws.rows]
        columns.append([(item - one.low) / (one.high - one.low) for item in values])
    return np.array(columns, "float64").T


def _indices(points: Floats, cells: Floats, seed: int) -> Indices:
    """The indices of one headline from its figures by point and replication, (n, seeds)."""
    means = cells.mean(axis=1)  # NaN where a run of the point is missing
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
        points=int(there.sum()),
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
