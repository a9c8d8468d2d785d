"""A scenario run at many points of its parameters, under the same luck at every point; and who leads in what is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats
from nhstransit.scenario import Scenario
from nhstransit.sweeps import Draws, sweep

if TYPE_CHECKING:
    import pandas as pd


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
) -> dict[str, Floats]:
    """The figures of the measure by name, (draws, seeds) each; NaN where a run failed. Raises as `sweep` does."""
    worlds = {draws.content(place)[:24]: draws.world(scenario, place) for place in range(len(draws))}
    study = sweep(
        worlds, replications=seeds, seed=seed, measure=measure, store=store, executor=executor, progress=progress
    )
    places = [study.results.place(draws.content(place)[:24]) for place in range(len(draws))]
    return {name: study.results.cells(name)[places, 0, :seeds] for name in study.measures}


def leading(paths: tuple[str, ...], sizes: Mapping[str, Floats], count: int) -> pd.DataFrame:
    """A row a headline: the assumptions of the largest sizes (p,), each with its size; nothing where there are fewer."""
    columns: dict[str, Any] = {"headline": list(sizes)} | {str(rank + 1): [] for rank in range(count)}
    for size in sizes.values():
        order = np.argsort(-size, kind="stable").tolist()
        told = [f"{paths[place]} ({size[place]:.2f})" for place in order] + [""] * count
        for rank in range(count):
            columns[str(rank + 1)].append(told[rank])
    return tables.frame(columns, index="headline")
