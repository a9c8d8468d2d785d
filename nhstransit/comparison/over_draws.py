"""Two scenarios compared over draws of what is not known: the gap between two worlds, with every source of spread."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats, plain
from nhstransit.comparison.several import paired
from nhstransit.engine.simulate import simulate
from nhstransit.errors import InputError, ScenarioError, nearest
from nhstransit.measures import headlines
from nhstransit.measures.headline_figures import UNITS
from nhstransit.scenario import Scenario
from nhstransit.scenario.discrepancy import Discrepancy, fitted_discrepancy
from nhstransit.scenario.draws import Draws, applied, lacks
from nhstransit.streams import Luck, branch_seed

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.9
FEWEST = 10
KINDS = {"world": "parameters, chance, base and the model's own error", "mean": "of the mean over draws"}
REPEATS = 256  # draws of the model's own error for each pair


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class OverDraws:
    """Gaps between two scenarios, one pair of runs for each draw, with the same luck in both.

    `ours` and `theirs` (draws, measures) are the headline figures of run and baseline; `discrepancy` the model's own
    error, None where none is stated.
    """

    run: str
    baseline: str
    measures: tuple[str, ...]
    ours: Floats
    theirs: Floats
    discrepancy: Discrepancy | None = None

    def __len__(self) -> int:
        return len(self.ours)

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """As `intervals` gives them by default: of one world, at 90%."""
        return self.intervals()

    def intervals(self, *, of: str = "world", level: float = LEVEL, across: float | None = None) -> pd.DataFrame:
        """The gap of each headline with its interval, indexed by measure.

        Columns: run, baseline (means), gap (mean), low, high, by draws (standard deviation over parameters, base and
        chance), by model (standard deviation of the model's own error in the gap), unit.

        Args:
            of: "world": where the gap of one world lies, every source of spread together; "mean": where the mean over
                draws lies, which more draws make as narrow as one likes.
            level: the level of the intervals, between 0 and 1.
            across: the correlation of the model's error between the two scenarios, 0 to 1; None: what is stated.

        Raises InputError for an unknown kind, a level or a correlation outside 0 to 1, and fewer than ten draws.
        """
        if of not in KINDS:
            raise InputError("of", f"is {of!r}", nearest(str(of), KINDS))
        stated = 1.0 if self.discrepancy is None else self.discrepancy.across_worlds
        alike = stated if across is None else across
        for name, number in (("level", level), ("across", alike)):
            if not 0.0 <= number <= 1.0 or (name == "level" and number in (0.0, 1.0)):
                raise InputError(name, f"is {number!r}", "give a share between 0 and 1")
        if len(self) < FEWEST:
            raise InputError("draws", f"are {len(self)}", f"give {FEWEST} or more for an interval")
        rows = [self._row(at, of, level, alike) for at in range(len(self.measures))]
        names = ("run", "baseline", "gap", "low", "high", "by draws", "by model")
        columns: dict[str, object] = {"measure": list(self.measures)}
        columns |= {name: [row[at] for row in rows] for at, name in enumerate(names)}
        return tables.frame(columns | {"unit": [UNITS.get(name, "") for name in self.measures]}, index="measure")

    def _row(self, at: int, of: str, level: float, alike: float) -> tuple[float, ...]:
        ours = self.ours[:, at]
        theirs = self.theirs[:, at]
        gap = ours - theirs
        share = 0.0 if self.discrepancy is None else self.discrepancy.of_headline(self.measures[at])
        first = share * abs(float(ours.mean()))
        second = share * abs(float(theirs.mean()))
        error = math.sqrt(max(first**2 + second**2 - 2.0 * alike * first * second, 0.0))
        if not gap.any():  # the scenarios do not differ here, and neither do their errors
            error = 0.0
        if of == "mean":
            found = paired(gap, level=level)
            low = found.low
            high = found.high
        else:
            normal = Luck(0).normal("model error in a gap", at, np.arange(REPEATS * len(gap)))
            noisy = np.repeat(gap, REPEATS) + error * normal
            low, high = np.quantile(noisy, [(1.0 - level) / 2.0, (1.0 + level) / 2.0]).tolist()
        spread = float(gap.std(ddof=1))
        return float(ours.mean()), float(theirs.mean()), float(gap.mean()), low, high, spread, error

    def __repr__(self) -> str:
        table = self.intervals()
        shown = table[(table["gap"] != 0) | (table["by draws"] > 0)][["run", "baseline", "gap", "low", "high", "unit"]]
        error = "no error of the model's own is stated" if self.discrepancy is None else "with the model's own error"
        return (
            f"{self.run!r} less {self.baseline!r} over {len(self)} draws, each a pair with the same random numbers. "
            "Low and high hold "
            f"{LEVEL:.0%} of worlds: {KINDS['world'].partition(' and ')[0]}, {error}.\n"
            f"{shown.to_string(float_format='{:,.4g}'.format)}"
        )

    def _repr_html_(self) -> str:
        return tables.html(self.intervals(), "Gaps over draws, with intervals", form="{:,.4g}".format)


def over_draws(run: Scenario, baseline: Scenario, draws: Draws | int | str, seed: int) -> OverDraws:
    """Simulate two scenarios under each draw, with the same luck, and compare their headlines.

    Args:
        run: one scenario.
        baseline: the other.
        draws: parameter sets; "fit": those of the bundled fit behind `run`; a number: that many of these.
        seed: the root of the seeds; a draw has the seed that `sweep` gives it.

    Raises InputError, before a run, for fewer than ten draws and for scenarios that start on different days.
    """
    rows = _drawn(run, draws)
    if len(rows) < FEWEST:
        raise InputError("draws", f"are {len(rows)}", f"give {FEWEST} or more for an interval")
    if run.start != baseline.start:
        wrong = f"starts on {baseline.start}, but {run.name} starts on {run.start}"
        raise InputError(
            baseline.name, wrong, "give scenarios that start on the same day, so that they use the same random numbers"
        )
    cells: list[list[Mapping[str, float]]] = []
    for number in range(len(rows)):
        worlds = [
            applied(side, tuple(pair for pair in rows.setting(number) if not lacks(side, pair[0])))
            for side in (run, baseline)
        ]
        cells.append([headlines(simulate(world, seed=branch_seed(seed, number, 0))) for world in worlds])
    names = tuple(cells[0][0])
    ours, theirs = (np.array([[pair[side][name] for name in names] for pair in cells]) for side in (0, 1))
    try:
        error = fitted_discrepancy(run)
    except ScenarioError:
        error = None
    return OverDraws(run=run.name, baseline=baseline.name, measures=names, ours=ours, theirs=theirs, discrepancy=error)


def _drawn(run: Scenario, draws: Draws | int | str) -> Draws:
    if isinstance(draws, Draws):
        return draws
    count = plain(draws)
    if count == "fit":
        return run.draws()
    if type(count) is not int or count < 1:
        raise InputError("draws", f"are {draws!r}", "give Draws, 'fit', or a number of the fit's draws")
    return run.draws().first(count)
