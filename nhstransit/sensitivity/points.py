"""A scenario run at many points of its parameters, under the same luck at every point."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nhstransit.arrays import Floats
from nhstransit.scenario import Scenario
from nhstransit.sweeps import Draws, sweep


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
