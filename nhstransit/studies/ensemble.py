"""An ensemble: runs of a scenario at points of its inputs, each point with its own seed, and what was read from them."""

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

WAVE = "wave"  # columns of a file: the wave's number, and the prefix of an input's path
PREFIX = "input: "
POINTS = 9  # decimals of a point and significant digits of a figure, from the start: a file loses nothing
FIGURES = 7


@attrs.frozen(kw_only=True, eq=False)
class Ensemble:
    """Points (n, p) of the unit cube of the inputs, the wave of each (n,), and figures by name, (n,) each.

    A figure is NaN where its run failed or did not give it. Wave 0 is replications of the scenario as it stands.
    """

    paths: tuple[str, ...]
    points: Floats
    wave: Ints
    figures: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.points)

    def of(self, name: str) -> Floats:
        """One figure at every point, (n,). Raises CalibrationError, with the nearest, for one that no run gave."""
        if name not in self.figures:
            raise CalibrationError(f"figure {name!r}", "cannot be read from any run", nearest(name, self.figures))
        return self.figures[name]

    def matrix(self, names: tuple[str, ...]) -> Floats:
        """Figures by name as columns, (n, t)."""
        return np.stack([self.of(name) for name in names], axis=1)

    def where(self, rows: Bools) -> Ensemble:
        """The points that are marked in `rows` (n,)."""
        figures = {name: column[rows] for name, column in self.figures.items()}
        return attrs.evolve(self, points=self.points[rows], wave=self.wave[rows], figures=figures)

    def and_(self, other: Ensemble) -> Ensemble:
        """These points, then others of the same inputs; a figure that only one of them has is NaN in the other."""
        names = dict.fromkeys((*self.figures, *other.figures))
        figures = {
            name: np.concatenate([one.figures.get(name, np.full(len(one), math.nan)) for one in (self, other)])
            for name in names
        }
        return attrs.evolve(
            self,
            points=np.concatenate([self.points, other.points]),
            wave=np.concatenate([self.wave, other.wave]),
            figures=figures,
        )

    def write(self, path: str | Path) -> None:
        """Write it as CSV: one row per run, with the wave, the inputs' points and the figures."""
        columns: dict[str, Any] = {WAVE: [str(one) for one in self.wave.tolist()]}
        columns |= {f"{PREFIX}{name}": _texts(self.points[:, at], 17) for at, name in enumerate(self.paths)}
        columns |= {name: _texts(column, FIGURES) for name, column in self.figures.items()}
        tables.write_csv(Path(path), columns)


def read_ensemble(path: str | Path) -> Ensemble:
    """Read an ensemble from the CSV file that `Ensemble.write` makes. Raises FormatError for another file."""
    columns = tables.read_csv(Path(path))
    paths = tuple(name.removeprefix(PREFIX) for name in columns if name.startswith(PREFIX))
    if WAVE not in columns or not paths:
        raise FormatError(str(path), "holds no ensemble", "give a file that a fit wrote, with `wave` and inputs")
    try:
        numbers = {
            name: np.array([float(cell) if cell else math.nan for cell in column]) for name, column in columns.items()
        }
    except ValueError as error:
        raise FormatError(
            str(path), f"has a cell that is not a number ({error})", "give the file as a fit wrote it"
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
    """Run a scenario once at each point (n, p) of its inputs, every point with its own seed.

    Args:
        parameters: the inputs, p of them.
        scenario: the scenario that they belong to.
        points: points of the unit cube, (n, p).
        wave: the number that marks these runs.
        seed: the root of the runs' seeds; each wave has one of its own.
        measure: a function that any process can import, from a run to figures by name.
        how: `store`, `executor` and `progress`, as for `sweep`.

    Raises:
        CalibrationError: where every run failed.
        SweepError, StoreError: as `sweep` does.
    """
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
    """Run a scenario as it stands `count` times, with different seeds: how chance alone moves its figures, as wave 0.

    Args:
        parameters: the parameters, whose present values are kept as the points.
        scenario: the scenario.
        count: number of runs.
        seed: seed of the first.
        measure: gives the figures of a run.
        how: further arguments of `sweep`, such as its store and executor.
    """
    study = sweep(scenario, replications=count, seed=seed, measure=measure, **how)
    points = np.tile(np.round(standing(parameters, scenario), POINTS), (count, 1))
    return _gathered(study, parameters, points, 0)


def standing(parameters: tuple[Parameter, ...], scenario: Scenario) -> Floats:
    """The point of the unit cube of a scenario, (p,): each input's value in it, within its prior."""
    found = [float(one.shares(float(part_at(scenario, one.path)))) for one in parameters]
    return np.asarray(np.clip(np.array(found), 0.0, 1.0))


def _gathered(study: Any, parameters: tuple[Parameter, ...], points: Floats, wave: int) -> Ensemble:
    results = study.results
    if results.failed.all():
        first = study.failures().iloc[0]
        raise CalibrationError("every point", f"failed ({first['error']})", "give ranges where runs succeed")
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
