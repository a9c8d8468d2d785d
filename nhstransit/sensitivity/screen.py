"""Screening assumptions: which of a great many move a headline at all, by elementary effects.

From each of some random starts one assumption after another is moved by two thirds of its range, under the same luck
throughout; SALib lays the paths and reckons the effects, after Morris (1991), Technometrics 33(2), and Campolongo and others
(2007), Environmental Modelling & Software 22(10). A hundred assumptions cost a hundred and one runs a path. What is found to
matter is then worth Sobol' indices (`rank`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from nhstransit.sweeps import Range
from nhstransit.sweeps.design import at_shares

if TYPE_CHECKING:
    import pandas as pd

LEVELS = 4  # of the grid on which the paths run, as Morris has it


@attrs.frozen(kw_only=True)
class Effects:
    """One headline's elementary effects of each assumption (p,), as of moving it over its whole range, in its unit.

    `mean` has a sign, `size` (μ*) has none, `spread` (σ) says how far an effect hangs on where one starts: on bends, and on
    the other assumptions.
    """

    mean: Floats
    size: Floats
    spread: Floats


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Screening:
    """Assumptions screened for every headline; `found` by headline, `trajectories` paths of one move an assumption."""

    scenario: str
    paths: tuple[str, ...]
    trajectories: int
    found: Mapping[str, Effects]

    def table(self, headline: str) -> pd.DataFrame:
        """A row an assumption, the one with the largest effect on the headline on top: mean, size, spread, in its unit.

        Raises SweepError for a headline that was not measured or never varied, with the nearest.
        """
        if headline not in self.found:
            raise SweepError(
                f"headline {headline!r}", "was not measured, or never varied", nearest(headline, self.found)
            )
        one = self.found[headline]
        order = np.argsort(-one.size, kind="stable")
        columns: dict[str, Any] = {
            "assumption": [self.paths[place] for place in order],
            "mean": one.mean[order],
            "size": one.size[order],
            "spread": one.spread[order],
        }
        return tables.frame(columns, index="assumption")

    def foremost(self, count: int = 3) -> pd.DataFrame:
        """A row a headline: the assumptions with the largest effects, each with its size as a share of the largest."""
        return leading(self.paths, {name: one.size / one.size.max() for name, one in self.found.items()}, count)

    def chosen(self, count: int) -> tuple[str, ...]:
        """So many assumptions, those first that come to most of the largest effect on any one headline."""
        shares = np.array([one.size / one.size.max() for one in self.found.values()])
        # every headline has a largest, of share 1: those that lead several come first
        order = np.lexsort((np.arange(len(self.paths)), -shares.sum(axis=0), -shares.max(axis=0)))
        return tuple(self.paths[place] for place in order[:count])

    def __repr__(self) -> str:
        return (
            f"Screening of {len(self.paths)} assumptions of {self.scenario!r} for {len(self.found)} headlines, "
            f"by {self.trajectories} paths\n{self.foremost().to_string()}"
        )

    def _repr_html_(self) -> str:
        html: str = self.foremost().to_html()
        return html


def screen(
    scenario: Scenario,
    ranges: Sequence[Range],
    *,
    trajectories: int = 4,
    seeds: int = 1,
    seed: int = 2010,
    measure: Callable[..., Any] = headlines,
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Screening:
    """How far each headline moves as assumptions are moved over their ranges one at a time, from several starts.

    Args:
        scenario: the world whose assumptions are varied.
        ranges: what is varied, such as `ranges_of(scenario)`.
        trajectories: paths, each of one run more than there are assumptions.
        seeds: replications of each point, averaged, with the same luck at every point.
        seed: the root of the paths and of the replications' seeds.
        measure: a function that any process can import, from a run to numbers by name.
        store: the SQLite file that keeps the runs' figures; None: memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None: this process.
        progress: whether to show a line; None: in a terminal and in a notebook.

    A headline that never varies, or is missing at a point, is left out. Needs the extra `screening`. Raises SweepError
    without it, for too few of anything, and as `sweep` does.
    """
    trajectories, seeds, seed = plain((trajectories, seeds, seed))
    for name, given, least in (("ranges", len(ranges), 2), ("trajectories", trajectories, 2), ("seeds", seeds, 1)):
        if type(given) is not int or given < least:
            raise SweepError(name, f"are {given!r}", f"give {least} or more")
    problem = {"num_vars": len(ranges), "names": [one.path for one in ranges], "bounds": [[0.0, 1.0]] * len(ranges)}
    sample, analysed = _salib()
    shares = sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    draws = at_shares(scenario, ranges, list(shares.T)).draws
    cells = figures_at(
        scenario, draws, seeds=seeds, seed=seed, measure=measure, store=store, executor=executor, progress=progress
    )
    found = {}
    for name, figures in cells.items():
        means = figures.mean(axis=1)
        if np.isfinite(means).all() and np.ptp(means) > 0:
            told = analysed(problem, shares, means, num_levels=LEVELS, seed=seed)
            found[name] = Effects(
                mean=np.asarray(told["mu"]), size=np.asarray(told["mu_star"]), spread=np.asarray(told["sigma"])
            )
    return Screening(scenario=scenario.name, paths=draws.paths, trajectories=trajectories, found=found)


def _salib() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """SALib's design and analysis of elementary effects."""
    try:
        from SALib.analyze.morris import analyze as analysed
        from SALib.sample.morris import sample
    except ImportError:
        raise SweepError("screen", "needs SALib", "install it: pip install 'nhstransit[screening]'") from None
    return sample, analysed
