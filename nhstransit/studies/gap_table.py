"""The table of gaps of a study in words: measures down, scenarios across, each gap with its interval; and by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats
from nhstransit.studies.statistics import FEWEST

if TYPE_CHECKING:
    import pandas as pd

    from nhstransit.studies.study import Study

NO_FIGURE = "no figure"
MILLION = 1e6  # money from this size on is in millions of pounds


def gap_table(
    study: Study, *, baseline: str | None = None, level: float = 0.95, units: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """One row per measure, indexed by it: the baseline's mean, then each other scenario's gap from it, in words.

    A gap is the mean over pairs of runs with the same luck. Its interval at `level` follows where there are enough
    pairs. "none" marks a gap that is zero in every pair: that the scenario changed nothing there.

    Args:
        study: the study.
        baseline: what the others are compared with; None: the first scenario.
        level: the level of the intervals.
        units: the unit of a measure by its name, which then follows the name; a measure "… in 2026-27" has that of its
            first part. Pounds in millions have one decimal. None: no units.
    """
    results = study.results
    base = baseline or results.names[0]
    enough = results.cells(study.measures[0]).shape[-1] >= FEWEST
    gaps = study.gaps(baseline=base, level=level if enough else None)
    ours = results.names.index(base)
    means = {measure: _mean(results.cells(measure)[ours]) for measure in study.measures}
    said = {name: _unit_of(name, means[name], units or {}) for name in study.measures}
    columns: dict[str, Any] = {
        "measure": [f"{name} ({said[name][0]})" if said[name][0] else name for name in study.measures],
        base: [_number(means[name] / said[name][1]) for name in study.measures],
    }
    for scenario in results.names:
        if scenario != base:
            columns[scenario] = [
                _gap(gaps.loc[(scenario, name)], said[name][1], enough=enough) for name in study.measures
            ]
    return tables.frame(columns, index="measure")


def month_table(study: Study, series: str, *, baseline: str | None = None) -> pd.DataFrame:
    """One row per month, indexed by its number from 1: the baseline's mean, then each other scenario's mean gap from it.

    Means over pairs of runs with the same luck, in the unit of the series.

    Args:
        study: the study.
        series: the name of a monthly series that it keeps.
        baseline: what the others are compared with; None: the first scenario.

    Raises:
        SweepError: for a series that is not in the study.
    """
    frame = study.series(series)
    names = study.results.names
    base = baseline or names[0]
    cells: dict[str, Floats] = {name: frame.loc[name].to_numpy(dtype="float64") for name in names}
    columns: dict[str, Any] = {
        "month": range(1, cells[base].shape[1] + 1),
        base: [_number(_mean(column)) for column in cells[base].T],
    }
    for name in names:
        if name != base:
            columns[name] = [_month_gap(_mean(column)) for column in (cells[name] - cells[base]).T]
    return tables.frame(columns, index="month")


def _month_gap(gap: float) -> str:
    if np.isnan(gap):
        return NO_FIGURE
    return f"{gap:+,.1f}" if abs(gap) >= 0.05 else "0.0" if gap else "none"


def _unit_of(measure: str, mean: float, units: Mapping[str, str]) -> tuple[str, float]:
    """The unit of a measure in words, and what a figure is divided by to be in it."""
    unit = units.get(measure) or units.get(measure.rpartition(" in ")[0], "")
    if unit.startswith("£") and abs(mean) >= MILLION:
        return f"£m{unit[1:]}", MILLION
    return unit, 1.0


def _gap(row: Any, size: float, *, enough: bool) -> str:
    if np.isnan(row["gap"]):
        return NO_FIGURE
    if not row["gap"] and not row["spread"] > 0:
        return "none"
    gap, low, high = (float(row[name]) / size for name in ("gap", "low", "high"))
    said = f"{gap:+,.{_decimals(gap)}f}"
    if not enough:
        return said
    places = _decimals(max(abs(low), abs(high)))
    return f"{said} ({low:+,.{places}f} to {high:+,.{places}f})"


def _mean(cells: Floats) -> float:
    """The mean of the figures that there are; NaN where there is none."""
    there = cells[np.isfinite(cells)]
    return float(there.mean()) if len(there) else float("nan")


def _number(item: float) -> str:
    return NO_FIGURE if np.isnan(item) else f"{item:,.{_decimals(item)}f}"


def _decimals(item: float) -> int:
    """Digits after the point: none from 100 on, one from 10 on, else two."""
    return 0 if abs(item) >= 100 else 1 if abs(item) >= 10 else 2


__all__ = ["gap_table", "month_table"]
