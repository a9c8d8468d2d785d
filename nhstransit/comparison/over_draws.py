"""Two scenarios compared over draws of the uncertain parameters: the gap, with every source of uncertainty."""

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
KINDS = {"world": "parameters, chance, base and model error", "mean": "of the mean over draws"}
REPEATS = 256  # draws of the model error for each pair


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class OverDraws:
    """Gaps between two scenarios: one pair of runs with the same random numbers for each draw.

    `ours` and `theirs` (draws, measures) are the headline figures of run and baseline. `discrepancy` is the model
    error, or None if it was not estimated.
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
        """The table of `intervals` with its defaults: 90% intervals for the gap of one pair of runs."""
        return self.intervals()

    def intervals(self, *, of: str = "world", level: float = LEVEL, across: float | None = None) -> pd.DataFrame:
        """The gap of each headline with its interval, indexed by measure.

        Columns: run, baseline (means), gap (mean), low, high, by draws (standard deviation over parameters, base and
        chance), by model (standard deviation of the model error of the gap), unit.

        Args:
            of: "world" for an interval of the gap of one pair of runs, with every source of uncertainty; "mean" for an
                interval of the mean over draws, which becomes narrower with more draws.
            level: the level of the intervals, between 0 and 1.
            across: the correlation of the model error between the two scenarios, 0 to 1; by default the value of
                `discrepancy`, or 1 without one.

        Raises InputError for an unknown `of`, for a level or correlation outside 0 to 1, and for fewer than ten draws.
        """
        if of not in KINDS:
            raise InputError("of", f"is {of!r}", nearest(str(of), KINDS))
        stated = 1.0 if self.discrepancy is None else self.discrepancy.across_worlds
        alike = stated if across is None else across
        # A correlation may be 0 or 1, but a level may not.
        for name, number in (("level", level), ("across", alike)):
            if not 0.0 <= number <= 1.0 or (name == "level" and number in (0.0, 1.0)):
                raise InputError(name, f"is {number!r}", "give a share between 0 and 1")
        if len(self) < FEWEST:
            raise InputError("draws", f"there are {len(self)}", f"give {FEWEST} or more for an interval")
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
        # Model error is a share of each figure. The error of a difference of two correlated figures is smaller, and is zero
        # if the figures are equal and the correlation is 1. Rounding can make the variance slightly negative.
        first = share * abs(float(ours.mean()))
        second = share * abs(float(theirs.mean()))
        error = math.sqrt(max(first**2 + second**2 - 2.0 * alike * first * second, 0.0))
        if not gap.any():  # The scenarios do not differ in this measure, so their model errors are equal.
            error = 0.0
        if of == "mean":
            found = paired(gap, level=level)
            low = found.low
            high = found.high
        else:
            # Each gap is repeated with many draws of the model error, and the interval has percentiles of all of them. The
            # draws depend on the measure alone, so the same table is computed every time.
            normal = Luck(0).normal("model error in a gap", at, np.arange(REPEATS * len(gap)))
            noisy = np.repeat(gap, REPEATS) + error * normal
            ends = [(1.0 - level) / 2.0, (1.0 + level) / 2.0]
            low, high = np.quantile(noisy, ends).tolist()
        spread = float(gap.std(ddof=1))
        return float(ours.mean()), float(theirs.mean()), float(gap.mean()), low, high, spread, error

    def __repr__(self) -> str:
        table = self.intervals()
        differs = (table["gap"] != 0) | (table["by draws"] > 0)
        shown = table.loc[differs, ["run", "baseline", "gap", "low", "high", "unit"]]
        error = "with the model error"
        if self.discrepancy is None:
            error = "without the model error, which was not estimated"
        return (
            f"{self.run!r} less {self.baseline!r} over {len(self)} draws. Both runs of a draw have the same random "
            f"numbers. Low and high are {LEVEL:.0%} intervals over parameters, chance and base, {error}.\n"
            f"{shown.to_string(float_format='{:,.4g}'.format)}"
        )

    def _repr_html_(self) -> str:
        return tables.html(self.intervals(), "Gaps over draws, with intervals", form="{:,.4g}".format)


def over_draws(run: Scenario, baseline: Scenario, draws: Draws | int | str, seed: int) -> OverDraws:
    """Simulate two scenarios under each draw, with the same random numbers, and compare their headline figures.

    Args:
        run: one scenario.
        baseline: the other.
        draws: parameter sets; or "fit" for the draws of the bundled fit of `run`; or a number, for that many of the
            fit's draws.
        seed: the seed from which the seed of each draw is derived, as in `sweep`.

    Raises InputError, before any simulation, for fewer than ten draws and for scenarios that start on different days.
    """
    rows = _drawn(run, draws)
    if len(rows) < FEWEST:
        raise InputError("draws", f"there are {len(rows)}", f"give {FEWEST} or more for an interval")
    if run.start != baseline.start:
        wrong = f"starts on {baseline.start}, but {run.name} starts on {run.start}"
        raise InputError(
            baseline.name, wrong, "give scenarios that start on the same day, so that they use the same random numbers"
        )
    cells: list[list[Mapping[str, float]]] = []
    for number in range(len(rows)):
        figures: list[Mapping[str, float]] = []
        for side in (run, baseline):
            # A scenario may lack a setting of the draw, such as a setting of a policy that it does not have.
            settings = tuple(pair for pair in rows.setting(number) if not lacks(side, pair[0]))
            # Both runs of a draw have one seed, so that they use the same random numbers.
            simulated = simulate(applied(side, settings), seed=branch_seed(seed, number, 0))
            figures.append(headlines(simulated))
        cells.append(figures)
    names = tuple(cells[0][0])
    ours = np.array([[figures[0][name] for name in names] for figures in cells])
    theirs = np.array([[figures[1][name] for name in names] for figures in cells])
    # A scenario without a bundled fit has no estimate of the model error.
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
        raise InputError("draws", f"{draws!r} is not valid", "give Draws, 'fit', or a number of the fit's draws")
    return run.draws().first(count)
