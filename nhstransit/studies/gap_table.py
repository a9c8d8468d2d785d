"""Gaps between scenarios as tables of text: a row per measure or month, a column per scenario."""

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
MILLION = 1e6  # sums of at least this many pounds are shown in millions


def gap_table(
    study: Study, *, baseline: str | None = None, level: float = 0.95, units: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """One row per measure: the baseline's mean, then each other scenario's gap from it, as text. Indexed by measure.

    A gap is the mean difference over pairs of runs with the same random numbers. If there are enough pairs, its interval
    follows. "none" means that the gap is zero in every pair: the scenario did not change this measure.

    Args:
        study: the study.
        baseline: the scenario with which the others are compared; None for the first scenario.
        level: the level of the intervals.
        units: the unit of each measure by name, which is shown after the name. A measure "… in 2026-27" has the unit of
            the part before " in ". None for no units.
    """
    results = study.results
    base = baseline or results.names[0]
    # With fewer replications no interval can be computed, and the table has the gaps alone.
    enough = results.cells(study.measures[0]).shape[-1] >= FEWEST
    gaps = study.gaps(baseline=base, level=level if enough else None)
    ours = results.names.index(base)
    means = {measure: _mean(results.cells(measure)[ours]) for measure in study.measures}
    # The baseline's mean decides whether a measure is shown in millions, so that a row has one unit.
    shown = {name: _unit_of(name, means[name], units or {}) for name in study.measures}
    columns: dict[str, Any] = {
        "measure": [f"{name} ({shown[name][0]})" if shown[name][0] else name for name in study.measures],
        base: [_number(means[name] / shown[name][1]) for name in study.measures],
    }
    others = [scenario for scenario in results.names if scenario != base]
    for scenario in others:
        cells = []
        for name in study.measures:
            divisor = shown[name][1]
            cells.append(_gap(gaps.loc[(scenario, name)], divisor, enough=enough))
        columns[scenario] = cells
    return tables.frame(columns, index="measure")


def month_table(study: Study, series: str, *, baseline: str | None = None) -> pd.DataFrame:
    """One row per month: the baseline's mean, then each other scenario's mean gap from it, as text.

    Gaps are means over pairs of runs with the same random numbers, in the unit of the series. Indexed by the number of
    the month, from 1.

    Args:
        study: the study.
        series: the name of a monthly series of the study.
        baseline: the scenario with which the others are compared; None for the first scenario.

    Raises:
        SweepError: for a series that is not in the study.
    """
    frame = study.series(series)
    names = study.results.names
    base = baseline or names[0]
    # Runs by month, (runs, months); the rows of all scenarios are in the same order of draw and replication.
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
    if abs(gap) >= 0.05:
        return f"{gap:+,.1f}"
    # A gap that only rounds to zero differs from no gap at all.
    return "0.0" if gap else "none"


def _unit_of(measure: str, mean: float, units: Mapping[str, str]) -> tuple[str, float]:
    """The unit in which a measure is shown, and the divisor that converts a figure to it."""
    unit = units.get(measure) or units.get(measure.rpartition(" in ")[0], "")
    if unit.startswith("£") and abs(mean) >= MILLION:
        return f"£m{unit[1:]}", MILLION
    return unit, 1.0


def _gap(row: Any, size: float, *, enough: bool) -> str:
    if np.isnan(row["gap"]):
        return NO_FIGURE
    # A mean of zero with a spread is a gap that varies in sign, and not "none".
    if not row["gap"] and not row["spread"] > 0:
        return "none"
    gap, low, high = (float(row[name]) / size for name in ("gap", "low", "high"))
    text = f"{gap:+,.{_decimals(gap)}f}"
    if not enough:
        return text
    places = _decimals(max(abs(low), abs(high)))
    return f"{text} ({low:+,.{places}f} to {high:+,.{places}f})"


def _mean(cells: Floats) -> float:
    """The mean of the figures that are not missing; NaN if all are."""
    there = cells[np.isfinite(cells)]
    return float(there.mean()) if len(there) else float("nan")


def _number(item: float) -> str:
    return NO_FIGURE if np.isnan(item) else f"{item:,.{_decimals(item)}f}"


def _decimals(item: float) -> int:
    """The number of decimals: 0 for numbers of 100 or more, 1 for 10 or more, otherwise 2."""
    if abs(item) >= 100:
        return 0
    return 1 if abs(item) >= 10 else 2


__all__ = ["gap_table", "month_table"]
