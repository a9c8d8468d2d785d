"""The table of gaps of a study in words: measures down, scenarios across, each gap with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nhstransit import tables
from nhstransit.studies.statistics import FEWEST

if TYPE_CHECKING:
    import pandas as pd

    from nhstransit.studies.study import Study


def gap_table(study: Study, *, baseline: str | None = None, level: float = 0.95) -> pd.DataFrame:
    """One row per measure, indexed by it: the baseline's mean, then each other scenario's gap from it, in words.

    A gap is the mean over pairs of runs with the same luck. Its interval at `level` follows where there are enough
    pairs. "none" marks a gap that is zero in every pair: that the scenario changed nothing there.

    Args:
        study: the study.
        baseline: what the others are compared with; None: the first scenario.
        level: the level of the intervals.
    """
    results = study.results
    base = baseline or results.names[0]
    enough = results.cells(study.measures[0]).shape[-1] >= FEWEST
    gaps = study.gaps(baseline=base, level=level if enough else None)
    ours = results.names.index(base)
    means = {measure: float(np.nanmean(results.cells(measure)[ours])) for measure in study.measures}
    columns: dict[str, Any] = {"measure": list(study.measures), base: [_number(means[name]) for name in study.measures]}
    for scenario in results.names:
        if scenario != base:
            columns[scenario] = [_gap(gaps.loc[(scenario, name)], enough=enough) for name in study.measures]
    return tables.frame(columns, index="measure")


def _gap(row: Any, *, enough: bool) -> str:
    if not row["gap"] and not row["spread"] > 0:
        return "none"
    said = f"{row['gap']:+,.{_decimals(row['gap'])}f}"
    if not enough:
        return said
    places = _decimals(max(abs(row["low"]), abs(row["high"])))
    return f"{said} ({row['low']:+,.{places}f} to {row['high']:+,.{places}f})"


def _number(item: float) -> str:
    return f"{item:,.{_decimals(item)}f}"


def _decimals(item: float) -> int:
    """Digits after the point: none from 100 on, one from 10 on, else two."""
    return 0 if abs(item) >= 100 else 1 if abs(item) >= 10 else 2


__all__ = ["gap_table"]
