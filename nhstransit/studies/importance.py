"""Which inputs matter, according to the emulators of a fit: over the prior, over the posterior, and if one were known.

table = importance(found, ["headline: exit cost"])
without = gaps_at(found, scenario.without("mars"), ["headline: exit cost"], measure=read)
table = importance(without, ["headline: exit cost"])  # which inputs matter to the policy's effect
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

SAMPLES = 512  # the sample size from which SciPy estimates each Sobol' index
DRAWS = 4000  # the most points of the posterior that are used
SLICES = 20  # the number of slices of an input; a figure is averaged over the points in each slice


def importance(found: Matched, names: Iterable[str]) -> pd.DataFrame:
    """How much each input matters to each figure: one row per figure and input.

    Columns:

    - `first` and `total`: Sobol' indices over the prior, with independent inputs (Saltelli and others 2010, Computer
      Physics Communications 181(2));
    - `learned`: the expected share by which the figure's variance over the posterior would fall if the input were
      known. It is valid for dependent inputs too;
    - `narrowed`: the share by which its standard deviation would then fall;
    - `spread`: the figure's standard deviation over the posterior that is due to the inputs;
    - `r2`: the emulator's R² at points left out. If it is below about 0.7, the row is not reliable.

    Indexed by figure and input.

    Args:
        found: the fit.
        names: figures of the fit's runs.

    Raises:
        CalibrationError: for no figures, and for a figure that too few runs have.
    """
    check_kind("found", found, Matched)
    # Steps and chains together, thinned to evenly spaced rows, (points, p).
    flat = found.chains.reshape(-1, len(found.parameters))
    many = min(DRAWS, len(flat))
    points = flat[np.linspace(0, len(flat) - 1, many).round().astype("int64")]
    rows: list[tuple[Any, ...]] = []
    wanted = tuple(names)
    machine = emulated_figures(found.ensemble, wanted)
    for name, emulator in zip(wanted, machine.emulators, strict=True):
        first, total = _sobol(emulator, len(found.parameters), found.seed)
        values = emulator.mean(points)
        r2 = emulator.quality.r2
        for at, path in enumerate(found.paths):
            learned = explained(points[:, at], values)
            # Rounding can make the share explained slightly larger than 1.
            narrowed = 1.0 - math.sqrt(max(1.0 - learned, 0.0))
            rows.append((name, path, first[at], total[at], learned, narrowed, float(values.std()), r2))
    if not rows:
        raise CalibrationError("names", "no names are given", "give names of figures in the fit's runs")
    columns = ("figure", "input", "first", "total", "learned", "narrowed", "spread", "r2")
    table = {name: [row[at] for row in rows] for at, name in enumerate(columns)}
    return tables.frame(table, index=["figure", "input"])


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
    """A copy of a fit with each figure replaced by its difference from another scenario.

    Pass the result to `importance` to see which inputs matter to the effect of a change, such as removing a policy. The
    other scenario is run at every point of a wave with the same seeds. Each figure of the result is the fitted
    scenario's figure less the other's.

    Args:
        found: the fit.
        other: the other scenario, which must have all of the fit's inputs.
        names: figures of the fit's runs that `measure` also computes.
        wave: the wave of the fit whose points are used; the other scenario is run once at each.
        measure: a function that any process can import, from a run to figures by name.
        store: the path of an SQLite file for the runs, from which the same call resumes; None to hold them in memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None for this process alone.
        progress: whether to show a progress line; None to show it in a terminal and in a notebook.

    Raises:
        CalibrationError: for a wave without runs, and for a figure that no run has.
        SweepError, StoreError: as for `sweep`.
    """
    check_kind("found", found, Matched)
    check_kind("other", other, Scenario)
    rows = found.ensemble.wave == wave
    if not rows.any():
        waves = ", ".join(str(one) for one in sorted(set(found.ensemble.wave.tolist())))
        raise CalibrationError("wave", f"is {wave}, which has no runs", f"give one of these: {waves}")
    # The same wave and seed give each point the same random numbers as in the fit, so a gap is a paired difference.
    mine = found.ensemble.where(rows)
    how: dict[str, Any] = {"store": store, "executor": executor, "progress": progress}
    theirs = simulated_at(
        found.parameters, other, mine.points, wave=wave, seed=found.seed + wave, measure=measure, how=how
    )
    gaps = {name: mine.of(name) - theirs.of(name) for name in names}
    return attrs.evolve(found, ensemble=attrs.evolve(mine, figures=gaps))


def explained(inputs: Floats, values: Floats) -> float:
    """The share of the variance of values (n,) explained by an input (n,), corrected for chance, 0 to 1.

    This is the correlation ratio (Pearson's η²) over slices of equal size, with Kelley's adjustment for their number.
    """
    # Slices of equal size along the input; what varies within a slice is not explained by the input.
    order = np.argsort(inputs, kind="stable")
    parts = np.array_split(values[order], SLICES)
    whole = float(values.var())
    if whole <= 0:
        return 0.0
    squares = sum(((part - part.mean()) ** 2).sum() for part in parts)
    within = float(squares) / (len(values) - SLICES)
    return float(min(max(1.0 - within / whole, 0.0), 1.0))


def _sobol(emulator: Emulator, width: int, seed: int) -> tuple[Floats, Floats]:
    """First-order and total indices over the unit cube, (width,) each."""
    from scipy.stats import sobol_indices, uniform  # imported here, because SciPy is slow to import

    if width == 1:
        return np.ones(1), np.ones(1)

    # SciPy passes samples as (width, n) and expects figures as (1, n).
    def mean(shares: Floats) -> Floats:
        return emulator.mean(shares.T)[None, :]

    even: Any = [uniform()] * width
    made: Any = sobol_indices(func=mean, n=SAMPLES, dists=even, rng=seed)
    # Sampling error can make an index slightly negative, and a first-order index larger than 1.
    first = np.clip(np.ravel(made.first_order), 0.0, 1.0)
    total = np.clip(np.ravel(made.total_order), 0.0, None)
    return first, total
