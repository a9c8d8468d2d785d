"""A scenario run at many points of its parameters, under the same luck at every point; and who leads in what is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Floats
from nhstransit.errors import SweepError, check_kind, nearest
from nhstransit.scenario import Scenario
from nhstransit.sweeps import Draws, Range
from nhstransit.sweeps.conduct import carried_out
from nhstransit.sweeps.execute import crew_of
from nhstransit.sweeps.missing import reasons
from nhstransit.sweeps.plan import planned
from nhstransit.sweeps.store import opened

if TYPE_CHECKING:
    import pandas as pd


def check_inputs(scenario: Any, ranges: Any) -> None:
    """Raise InputError unless assumptions are to be varied over ranges in a scenario."""
    check_kind("scenario", scenario, Scenario)
    right = "give ranges, such as ranges_of(scenario)"
    check_kind("ranges", ranges, Sequence, right)
    for one in ranges:
        check_kind("ranges", one, Range, right)


@attrs.frozen(kw_only=True, eq=False)
class Figures:
    """What was measured at each point: `cells` by name, (points, seeds) each, NaN where a run failed or gave none.

    `missing` (points,) are the points of which a run failed or was not made, `why` the errors in words.
    """

    cells: dict[str, Floats]
    missing: Bools
    why: str

    def lost(self, name: str) -> Bools:
        """Points at which a headline is not there for every seed, (points,). Raises SweepError for an unknown headline."""
        if name not in self.cells:
            raise SweepError(f"headline {name!r}", "was not measured", nearest(name, self.cells))
        return np.asarray(~np.isfinite(self.cells[name]).all(axis=1))

    def told(self) -> str:
        """How many points are missing, and why; empty where none is."""
        lost = int(self.missing.sum())
        return f"{lost} of {len(self.missing)} points are missing, as runs failed: {self.why}" if lost else ""


def figures_at(
    scenario: Scenario,
    draws: Draws,
    *,
    seeds: int,
    seed: int,
    measure: Callable[..., Any],
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Figures:
    """The figures of the measure at every draw, each under the same seeds.

    Raises SweepError where every run failed, which is found out after the first few, and as `sweep` does.
    """
    worlds = {draws.content(place)[:24]: draws.world(scenario, place) for place in range(len(draws))}
    crew = crew_of(executor)
    plan = planned(worlds, replications=seeds, seed=seed, draws=None, measure=measure, series=None, keep=None)
    study = carried_out(plan, opened(store, writing=True), crew, progress, quiet=True)
    results = study.results
    why = reasons(results.failure)
    if not results.measures:
        wrong = f"came to nothing: {int(results.failed.sum())} runs failed and none was right ({why})"
        raise SweepError("the sweep", wrong, "mend the measure, or give ranges in which runs come to an end")
    places = [results.place(draws.content(place)[:24]) for place in range(len(draws))]
    right = np.full((len(worlds), seeds), False)
    right[results.scenario, results.replication] = ~results.failed
    return Figures(
        cells={name: _wide(results.cells(name)[places, 0, :], seeds) for name in results.measures},
        missing=np.asarray(~right[places].all(axis=1)),
        why=why,
    )


def _wide(cells: Floats, seeds: int) -> Floats:
    """Cells (n, m) with a column for every seed: NaN for those of which no point has a run."""
    return np.pad(cells, ((0, 0), (0, seeds - cells.shape[1])), constant_values=np.nan)


def leading(paths: tuple[str, ...], sizes: Mapping[str, Floats], count: int) -> pd.DataFrame:
    """A row a headline: the assumptions of the largest sizes (p,), each with its size; nothing where there are fewer."""
    columns: dict[str, Any] = {"headline": list(sizes)} | {str(rank + 1): [] for rank in range(count)}
    for size in sizes.values():
        order = np.argsort(-size, kind="stable").tolist()
        told = [f"{paths[place]} ({size[place]:.2f})" for place in order] + [""] * count
        for rank in range(count):
            columns[str(rank + 1)].append(told[rank])
    return tables.frame(columns, index="headline")
