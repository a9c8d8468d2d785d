"""Which inputs matter, by the emulators of a fit: before fitting, on the space that is left, and what learning one is worth.

table = importance(found, ["headline: exit cost"])
without = gaps_at(found, world.without("mars"), ["headline: exit cost"], measure=read)
table = importance(without, ["headline: exit cost"])  # of the gap that the policy makes
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats
from nhstransit.errors import CalibrationError, check_kind
from nhstransit.scenario import Scenario
from nhstransit.studies.emulator import Emulator
from nhstransit.studies.ensemble import simulated_at
from nhstransit.studies.matching import Matched, emulated_figures

if TYPE_CHECKING:
    import pandas as pd

SAMPLES = 512  # SciPy's sample size for each Sobol' index
DRAWS = 4000  # points of the posterior, and slices of each input in which its figure's mean is taken
SLICES = 20


def importance(found: Matched, names: Iterable[str]) -> pd.DataFrame:
    """How much each input matters to each figure: one row per figure and input.

    Columns: figure, input, `first` and `total` (Sobol' indices over the prior, inputs independent, after Saltelli and
    others 2010, Computer Physics Communications 181(2)); `learned` (the share of the posterior's variance that would go
    if the input were known, which holds for inputs that depend on one another too); `narrowed` (by what share the
    posterior's standard deviation would then shrink: the value of learning it); `spread` (the figure's standard
    deviation over the posterior, by its inputs) and `r2` (the emulator's R² at points left out: below about 0.7 the
    row means little).

    Args:
        found: the fit.
        names: figures that its runs kept.

    Raises CalibrationError for a figure that too few runs give.
    """
    check_kind("found", found, Matched)
    flat = found.chains.reshape(-1, len(found.parameters))
    points = flat[np.linspace(0, len(flat) - 1, min(DRAWS, len(flat))).round().astype("int64")]
    rows: list[tuple[Any, ...]] = []
    wanted = tuple(names)
    machine = emulated_figures(found.ensemble, wanted)
    for name, emulator in zip(wanted, machine.emulators, strict=True):
        first, total = _sobol(emulator, len(found.parameters), found.seed)
        values = emulator.mean(points)
        r2 = emulator.quality.r2
        for at, path in enumerate(found.paths):
            learned = explained(points[:, at], values)
            narrowed = 1.0 - math.sqrt(max(1.0 - learned, 0.0))
            rows.append((name, path, first[at], total[at], learned, narrowed, float(values.std()), r2))
    if not rows:
        raise CalibrationError("names", "no names are given", "name figures that the fit's runs kept")
    columns = ("figure", "input", "first", "total", "learned", "narrowed", "spread", "r2")
    return tables.frame({name: [row[at] for row in rows] for at, name in enumerate(columns)}, index=["figure", "input"])


def gaps_at(
    found: Matched,
    other: Scenario,
    names: Iterable[str],
    *,
    wave: int = 1,
    measure: Callable[..., Any],
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Matched:
    """The fit with gaps to another world in place of its figures: what would change an answer, not only a level.

    The other world, such as one without a policy, is run at every point of a wave with the same seeds, so that both have
    the same luck. Each figure is then that of the fitted world less that of the other. Give the result to `importance`.

    Args:
        found: the fit.
        other: the other world; it has all of the fit's inputs.
        names: figures that the fit's runs kept, and that `measure` gives of the other world.
        wave: the wave of the fit whose points are played, which costs as many runs.
        measure: a function that any process can import, from a run to figures by name.
        store: the SQLite file that keeps every run; the same call resumes from it. None: memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None: this process.
        progress: whether to show a progress line; None: in a terminal and in a notebook.

    Raises:
        CalibrationError: for a wave without runs, and for a figure that no run gives.
        SweepError, StoreError: as `sweep` does.
    """
    check_kind("found", found, Matched)
    check_kind("other", other, Scenario)
    rows = found.ensemble.wave == wave
    if not rows.any():
        waves = ", ".join(str(one) for one in sorted(set(found.ensemble.wave.tolist())))
        raise CalibrationError("wave", f"is {wave}, which has no runs", f"give one of {waves}")
    mine = found.ensemble.where(rows)
    how: dict[str, Any] = {"store": store, "executor": executor, "progress": progress}
    theirs = simulated_at(
        found.parameters, other, mine.points, wave=wave, seed=found.seed + wave, measure=measure, how=how
    )
    gaps = {name: mine.of(name) - theirs.of(name) for name in names}
    return attrs.evolve(found, ensemble=attrs.evolve(mine, figures=gaps))


def explained(inputs: Floats, values: Floats) -> float:
    """The share of the variance of values (n,) that the slices of an input (n,) explain, less what chance would, 0 to 1.

    The correlation ratio in slices of equal size, adjusted for their number (Pearson's η², Kelley's adjustment).
    """
    order = np.argsort(inputs, kind="stable")
    parts = np.array_split(values[order], SLICES)
    whole = float(values.var())
    if whole <= 0:
        return 0.0
    within = float(sum(((part - part.mean()) ** 2).sum() for part in parts)) / (len(values) - SLICES)
    return float(min(max(1.0 - within / whole, 0.0), 1.0))


def _sobol(emulator: Emulator, width: int, seed: int) -> tuple[Floats, Floats]:
    """First-order and total indices over the unit cube, (width,) each."""
    from scipy.stats import sobol_indices, uniform  # takes half a second, so it is imported only where it is used

    if width == 1:
        return np.ones(1), np.ones(1)
    even: Any = [uniform()] * width
    made: Any = sobol_indices(func=lambda shares: emulator.mean(shares.T)[None, :], n=SAMPLES, dists=even, rng=seed)
    return np.clip(np.ravel(made.first_order), 0.0, 1.0), np.clip(np.ravel(made.total_order), 0.0, None)
