"""Which inputs matter, by the emulators of a fit: before fitting, on the space that is left, and what learning one is worth.

table = importance(found, ["headline: exit cost"])
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats
from nhstransit.errors import CalibrationError, check_kind
from nhstransit.studies.emulator import Emulator
from nhstransit.studies.matching import Matched, emulated_figures

if TYPE_CHECKING:
    import pandas as pd

SAMPLES = 512  # SciPy's sample size for each Sobol' index
DRAWS, SLICES = 4000, 20  # points of the posterior, and slices of each input in which its figure's mean is taken


def importance(found: Matched, names: Iterable[str]) -> pd.DataFrame:
    """How much each input matters to each figure: one row per figure and input.

    Columns: figure, input, `first` and `total` (Sobol' indices over the prior, inputs independent, after Saltelli and
    others 2010, Computer Physics Communications 181(2)); `learned` (the share of the posterior's variance that would go
    if the input were known, which holds for inputs that depend on one another too); `narrowed` (by what share the
    posterior's standard deviation would then shrink: the value of learning it); `spread` (the figure's standard
    deviation over the posterior, by its inputs) and `told` (the emulator's R² at points left out: below about 0.7 the
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
        told = emulator.quality.told
        for at, path in enumerate(found.paths):
            learned = explained(points[:, at], values)
            narrowed = 1.0 - math.sqrt(max(1.0 - learned, 0.0))
            rows.append((name, path, first[at], total[at], learned, narrowed, float(values.std()), told))
    if not rows:
        raise CalibrationError("names", "are none", "name figures that the fit's runs kept")
    columns = ("figure", "input", "first", "total", "learned", "narrowed", "spread", "told")
    return tables.frame({name: [row[at] for row in rows] for at, name in enumerate(columns)}, index=["figure", "input"])


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
