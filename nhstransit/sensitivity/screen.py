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
from nhstransit.sensitivity.points import check_inputs, figures_at, leading
from nhstransit.sweeps import Range
from nhstransit.sweeps.design import at_shares

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 2  # paths: the spread of an effect needs two
STILL = "never varies"
LEVELS = 4  # of the grid on which the paths run, as Morris has it


@attrs.frozen(kw_only=True)
class Effects:
    """One headline's elementary effects of each assumption (p,), as of moving it over its whole range, in its unit.

    `trajectories` says by how many paths.

    `mean` has a sign, `size` (μ*) has none, `spread` (σ) says how far an effect hangs on where one starts: on bends, and on
    the other assumptions.
    """

    mean: Floats
    size: Floats
    spread: Floats
    trajectories: int


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Screening:
    """Assumptions screened for every headline; `found` by headline, `trajectories` paths of one move an assumption.

    `missing` says how many points are missing and why, empty where none is: paths through them are left out. `left_out`
    says why headlines were not screened.
    """

    scenario: str
    paths: tuple[str, ...]
    trajectories: int
    found: Mapping[str, Effects]
    missing: str = ""
    left_out: Mapping[str, str] = attrs.field(factory=dict)

    def table(self, headline: str) -> pd.DataFrame:
        """A row an assumption, the one with the largest effect on the headline on top: mean, size, spread, in its unit.

        Raises SweepError for a headline that was not measured or never varied, with the nearest.
        """
        if headline not in self.found:
            wrong = self.left_out.get(headline, "was not measured")
            raise SweepError(f"headline {headline!r}", wrong, nearest(headline, self.found))
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
        return f"{self._title()}\n{self.foremost().to_string()}"

    def _repr_html_(self) -> str:
        from html import escape

        html: str = self.foremost().to_html()
        return f"<p>{escape(self._title())}</p>{html}"

    def _title(self) -> str:
        """What was screened, by how many paths, how many points are missing, and what was left out."""
        paths = sorted({one.trajectories for one in self.found.values()})
        many = f"{paths[0]}" if len(paths) == 1 else f"{paths[0]} to {paths[-1]}"
        whole = f" of {self.trajectories}" if paths[0] < self.trajectories else ""
        lines = [
            f"Screening of {len(self.paths)} assumptions of {self.scenario!r} for {len(self.found)} headlines, "
            f"by {many}{whole} paths"
        ]
        if self.missing:
            lines.append(f"{self.missing}. Paths through them are left out.")
        lost = [name for name, why in self.left_out.items() if why != STILL]
        if lost:
            lines.append(f"Left out: {', '.join(f'{name} ({self.left_out[name]})' for name in lost)}.")
        return "\n".join(lines)


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

    A path through a point of which a run failed is left out; the screening says how many points are missing, and why. A
    headline that never varies, or has fewer than two whole paths, is left out. Needs the extra `screening`. Raises
    SweepError without it, for too few of anything, where no headline is left, and as `sweep` does.
    """
    trajectories, seeds, seed = plain((trajectories, seeds, seed))
    check_inputs(scenario, ranges)
    for name, given, least in (("ranges", len(ranges), 2), ("trajectories", trajectories, 2), ("seeds", seeds, 1)):
        if type(given) is not int or given < least:
            raise SweepError(name, f"are {given!r}", f"give {least} or more")
    problem = {"num_vars": len(ranges), "names": [one.path for one in ranges], "bounds": [[0.0, 1.0]] * len(ranges)}
    sample, analysed = _salib()
    shares = sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    draws = at_shares(scenario, ranges, list(shares.T)).draws
    figures = figures_at(
        scenario, draws, seeds=seeds, seed=seed, measure=measure, store=store, executor=executor, progress=progress
    )
    found = {}
    left_out = {}
    for name, cells in figures.cells.items():
        whole = ~figures.lost(name).reshape(trajectories, -1).any(
            axis=1
        )  # a path lacks an effect for each point it lacks
        kept = np.repeat(whole, len(ranges) + 1)
        means = cells[kept].mean(axis=1)
        if whole.sum() < FEWEST:
            left_out[name] = f"is whole on {int(whole.sum())} of {trajectories} paths, and {FEWEST} are needed"
        elif np.ptp(means) == 0:
            left_out[name] = STILL
        else:
            told = analysed(problem, shares[kept], means, num_levels=LEVELS, seed=seed)
            found[name] = Effects(
                mean=np.asarray(told["mu"]),
                size=np.asarray(told["mu_star"]),
                spread=np.asarray(told["sigma"]),
                trajectories=int(whole.sum()),
            )
    missing = figures.told()
    if not found:
        said = f"{missing}; " if missing else ""
        wrong = f"{said}headline {next(iter(left_out))!r} {next(iter(left_out.values()))}"
        right = (
            "mend what fails, or take more trajectories" if missing else "give ranges that have to do with a headline"
        )
        raise SweepError("screen", wrong, right)
    return Screening(
        scenario=scenario.name,
        paths=draws.paths,
        trajectories=trajectories,
        found=found,
        missing=missing,
        left_out=left_out,
    )


def _salib() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """SALib's design and analysis of elementary effects."""
    try:
        from SALib.analyze.morris import analyze as analysed
        from SALib.sample.morris import sample
    except ImportError:
        raise SweepError("screen", "needs SALib", "install it: pip install 'nhstransit[screening]'") from None
    return sample, analysed
