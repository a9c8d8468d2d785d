"""An ensemble: runs of a scenario at points of its inputs, each with its own seed, and their figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Floats, Ints
from nhstransit.errors import CalibrationError, FormatError, nearest
from nhstransit.scenario import Scenario, part_at
from nhstransit.studies.posterior import Parameter, draws_at
from nhstransit.studies.sweeps import sweep

WAVE = "wave"  # the column of the wave's number in a file
PREFIX = "input: "  # begins the name of a column with an input; its path follows
POINTS = 9  # decimals of a point; points are rounded before the runs, so that a file has them exactly
FIGURES = 7  # significant digits of a figure, which is rounded when it is read, for the same reason


@attrs.frozen(kw_only=True, eq=False)
class Ensemble:
    """Points of the unit cube of the inputs, (n, p), the wave of each, (n,), and figures by name, (n,) each.

    A figure is NaN if its run failed or did not have the figure. Wave 0 has replications of the unchanged scenario.
    """

    paths: tuple[str, ...]
    points: Floats
    wave: Ints
    figures: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.points)

    def of(self, name: str) -> Floats:
        """One figure at every point, (n,). Raises CalibrationError for a figure that no run has."""
        if name not in self.figures:
            raise CalibrationError(f"figure {name!r}", "is missing from every run", nearest(name, self.figures))
        return self.figures[name]

    def matrix(self, names: tuple[str, ...]) -> Floats:
        """Figures by name as columns, (n, t)."""
        return np.stack([self.of(name) for name in names], axis=1)

    def where(self, rows: Bools) -> Ensemble:
        """The points that are marked in `rows` (n,)."""
        figures = {name: column[rows] for name, column in self.figures.items()}
        return attrs.evolve(self, points=self.points[rows], wave=self.wave[rows], figures=figures)

    def and_(self, other: Ensemble) -> Ensemble:
        """These points, then those of another ensemble of the same inputs. Figures that one of them lacks are NaN."""
        # The figures of both, in the order in which they first appear; a dict has no duplicates.
        names = dict.fromkeys((*self.figures, *other.figures))
        figures = {}
        for name in names:
            columns = [one.figures.get(name, np.full(len(one), math.nan)) for one in (self, other)]
            figures[name] = np.concatenate(columns)
        return attrs.evolve(
            self,
            points=np.concatenate([self.points, other.points]),
            wave=np.concatenate([self.wave, other.wave]),
            figures=figures,
        )

    def write(self, path: str | Path) -> None:
        """Write the ensemble as CSV: one row per run, with the wave, the point and the figures."""
        columns: dict[str, Any] = {WAVE: [str(one) for one in self.wave.tolist()]}
        # Seventeen digits restore a float exactly. Figures were rounded when they were read, so fewer digits suffice.
        columns |= {f"{PREFIX}{name}": _texts(self.points[:, at], 17) for at, name in enumerate(self.paths)}
        columns |= {name: _texts(column, FIGURES) for name, column in self.figures.items()}
        tables.write_csv(Path(path), columns)


def read_ensemble(path: str | Path) -> Ensemble:
    """Read an ensemble from a CSV file written by `Ensemble.write`. Raises FormatError for any other file."""
    columns = tables.read_csv(Path(path))
    paths = tuple(name.removeprefix(PREFIX) for name in columns if name.startswith(PREFIX))
    if WAVE not in columns or not paths:
        raise FormatError(str(path), "is not an ensemble", "give a CSV file written by a fit, with `wave` and inputs")
    try:
        numbers = {
            name: np.array([float(cell) if cell else math.nan for cell in column]) for name, column in columns.items()
        }
    except ValueError as error:
        raise FormatError(
            str(path),
            f"has a cell that is not a number ({error})",
            "give the file without changes, as the fit wrote it",
        ) from None
    return Ensemble(
        paths=paths,
        points=np.stack([numbers[f"{PREFIX}{name}"] for name in paths], axis=1),
        wave=numbers[WAVE].astype("int64"),
        figures={name: numbers[name] for name in columns if name != WAVE and not name.startswith(PREFIX)},
    )


def simulated_at(
    parameters: tuple[Parameter, ...],
    scenario: Scenario,
    points: Floats,
    *,
    wave: int,
    seed: int,
    measure: Callable[..., Any],
    how: Mapping[str, Any],
) -> Ensemble:
    """Run a scenario once at each point of its inputs, every point with its own seed.

    Args:
        parameters: the p inputs.
        scenario: the scenario.
        points: points of the unit cube, (n, p).
        wave: the number of the wave, which the ensemble records.
        seed: the root of the runs' seeds; each wave has a different one.
        measure: a function that any process can import, from a run to figures by name.
        how: `store`, `executor` and `progress`, as for `sweep`.

    Raises:
        CalibrationError: if every run failed.
        SweepError, StoreError: as for `sweep`.
    """
    # Points are rounded before they are run, so that a point read from a file has exactly the run that it had.
    points = np.round(points, POINTS)
    draws = draws_at(parameters, scenario, points)
    study = sweep(scenario, draws=draws, replications=1, seed=seed, measure=measure, **how)
    return _gathered(study, parameters, points, wave)


def replicated(
    parameters: tuple[Parameter, ...],
    scenario: Scenario,
    count: int,
    *,
    seed: int,
    measure: Callable[..., Any],
    how: Mapping[str, Any],
) -> Ensemble:
    """Run the unchanged scenario several times with different seeds, as wave 0, to show the effect of chance alone.

    Args:
        parameters: the inputs; their present values are the points of the ensemble.
        scenario: the scenario.
        count: the number of runs.
        seed: the root of the runs' seeds.
        measure: a function that any process can import, from a run to figures by name.
        how: `store`, `executor` and `progress`, as for `sweep`.
    """
    study = sweep(scenario, replications=count, seed=seed, measure=measure, **how)
    # Every replication is at the same point, (count, p).
    points = np.tile(np.round(standing(parameters, scenario), POINTS), (count, 1))
    return _gathered(study, parameters, points, 0)


def standing(parameters: tuple[Parameter, ...], scenario: Scenario) -> Floats:
    """The point of the unit cube for a scenario's present values, (p,); values outside a prior are moved to its end."""
    found = [float(one.shares(float(part_at(scenario, one.path)))) for one in parameters]
    return np.asarray(np.clip(np.array(found), 0.0, 1.0))


def _gathered(study: Any, parameters: tuple[Parameter, ...], points: Floats, wave: int) -> Ensemble:
    results = study.results
    if results.failed.all():
        first = study.failures().iloc[0]
        raise CalibrationError("every point", f"failed ({first['error']})", "give ranges in which runs succeed")
    # There is one scenario, with either one draw or one replication, so the cells flatten to one per run, (n,).
    figures = {name: _rounded(np.asarray(results.cells(name)).reshape(-1)) for name in results.measures}
    return Ensemble(
        paths=tuple(one.path for one in parameters),
        points=points,
        wave=np.full(len(points), wave, "int64"),
        figures=figures,
    )


def _rounded(column: Floats) -> Floats:
    return np.array([float(f"{item:.{FIGURES}g}") for item in column.tolist()])


def _texts(column: Floats, digits: int) -> list[str]:
    return ["" if math.isnan(item) else f"{item:.{digits}g}" for item in column.tolist()]
