"""A search for the best values of up to three levers within ranges, for a limited number of runs.

Every point is simulated in the same futures with the same random numbers. The objective is therefore a fixed function
of the levers, and optimisers for functions without noise can be used. A grid and an optimiser can check each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats
from nhstransit.choice.objectives import USUAL, Objective
from nhstransit.choice.robust import dominates
from nhstransit.choice.uncertainties import draws_of
from nhstransit.choice.verb import asked_of
from nhstransit.errors import InputError, check_kind, nearest
from nhstransit.measures.decision import decision_figures
from nhstransit.phrases import number_of
from nhstransit.scenario import Scenario
from nhstransit.scenario.draws import Draws
from nhstransit.scenario.paths import is_whole
from nhstransit.studies.design import Range
from nhstransit.studies.executors import crew_of
from nhstransit.studies.plan import Measure, check_replications, planned
from nhstransit.studies.store import Store, opened, store_for
from nhstransit.studies.sweeps import carried_out

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVERS = 3
METHODS = ("grid", "nelder-mead", "direct", "both")
STEPS = 1_000  # a lever's range is divided into this many steps; values that round to the same step are one point


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Search:
    """The result of a search: the points simulated, and the mean figures at each.

    Attributes:
        levers: the ranges that were searched.
        objectives: the objectives; the first ranks the points that are within the limits of all.
        points: the value of each lever at each point, in the order in which the points were simulated.
        figures: the mean of each objective over the futures, (points, objectives), in its unit.
        by: the method that chose each point: "grid", "nelder-mead" or "direct".
        runs: the number of runs made.
    """

    levers: tuple[Range, ...]
    objectives: tuple[Objective, ...]
    points: tuple[tuple[Any, ...], ...]
    figures: Floats
    by: tuple[str, ...]
    runs: int

    @property
    def scores(self) -> Floats:
        """The first objective times its sign, (points,); −infinity for points outside a limit."""
        # Multiplied by the sign, a figure is better the higher it is, and a limit is the lowest acceptable figure.
        signs = np.array([one.sign for one in self.objectives])
        limits = np.array([one.limit for one in self.objectives])
        signed = self.figures * signs
        inside = ((signed >= limits) | np.isnan(limits)).all(axis=1)
        return np.where(inside, signed[:, 0], -np.inf)

    @property
    def best(self) -> dict[str, Any]:
        """Paths and values of the best point within the limits, as an option for `choose`; the first if several tie.

        Raises:
            InputError: if no point is within every limit.
        """
        return self._setting(self._best())

    def best_by(self, method: str) -> dict[str, Any]:
        """The best point chosen by one method, such as "grid". Raises InputError if the method was not used."""
        mine = np.array([one == method for one in self.by])
        if not mine.any():
            raise InputError(
                f"method {method!r}", "was not used in this search", nearest(method, dict.fromkeys(self.by))
            )
        return self._setting(self._best(mine))

    def best_for(self, objective: str) -> dict[str, Any]:
        """The best point on one of the objectives, within the limits of all.

        Raises:
            InputError: if the search has no objective of that name, or if no point is within every limit.
        """
        names = [one.name for one in self.objectives]
        if objective not in names:
            raise InputError(f"objective {objective!r}", "is not in this search", nearest(objective, names))
        place = names.index(objective)
        signed = self.figures[:, place] * self.objectives[place].sign
        # Only points within every limit compete; all others have a score of −infinity.
        scores = np.where(np.isfinite(self.scores), signed, -np.inf)
        return self._setting(self._best(scores=scores))

    @property
    def pareto(self) -> pd.DataFrame:
        """The points within every limit that no other such point dominates, the best on the first objective first."""
        inside = np.flatnonzero(np.isfinite(self.scores))
        signs = np.array([one.sign for one in self.objectives])
        signed = (self.figures[inside] * signs).T
        kept = inside[~dominates(signed).any(axis=0)] if len(inside) else inside
        order = np.argsort(-self.scores[kept], kind="stable")
        # The column would be misleading here: it also counts points outside a limit as better.
        return self.table.iloc[kept[order]].drop(columns="dominated")

    def _best(self, among: Any = None, scores: Floats | None = None) -> int:
        scores = self.scores if scores is None else scores
        scores = scores if among is None else np.where(among, scores, -np.inf)
        if not np.isfinite(scores).any():
            raise InputError("search", "found no point within every limit", "widen the ranges, or relax the limits")
        return int(scores.argmax())

    def _setting(self, place: int) -> dict[str, Any]:
        return {one.path: item for one, item in zip(self.levers, self.points[place], strict=True)}

    @property
    def table(self) -> pd.DataFrame:
        """One row per point in the order of simulation: levers, mean of each objective, `by`, and `dominated`.

        A point is dominated if another is at least as good in the mean of every objective, and better in one.
        """
        columns: dict[str, Any] = {}
        for at, one in enumerate(self.levers):
            columns[one.path] = [row[at] for row in self.points]
        columns |= {one.name: self.figures[:, at] for at, one in enumerate(self.objectives)}
        # `dominates` expects (objectives, points) and returns (points, points): whether the row dominates the column.
        signed = (self.figures * np.array([one.sign for one in self.objectives])).T
        columns |= {"by": self.by, "dominated": dominates(signed).any(axis=0)}
        return tables.frame(columns)

    def __repr__(self) -> str:
        place = self._best()
        first = self.objectives[0]
        setting = ", ".join(f"{path} = {item}" for path, item in self.best.items())
        return (
            f"Search over {len(self.points)} points ({self.runs:,} runs): {setting} is the best found for {first.way} "
            f"{first.name}, {self.figures[place, 0]:,.6g} {first.unit}".rstrip()
        )


def search(
    scenario: Scenario,
    *levers: Range,
    objectives: Any = USUAL[0],
    budget: int,
    method: str = "both",
    uncertainties: Any = None,
    futures: int | None = None,
    replications: int = 1,
    seed: int = 1,
    measure: Measure = decision_figures,
    store: str | Path | None = None,
    executor: Any = None,
) -> Search:
    """Search up to three levers for the best mean of the first objective within the limits of all.

    Args:
        scenario: the unchanged scenario.
        *levers: the range of each lever, numbers or dates; whole numbers stay whole.
        objectives: as for `choose`; the first ranks the points. The optimisers search for the best of each objective
            without a limit, and divide the budget among these, so that the ends of the Pareto set are found too. The
            first objective is always searched for, even if it has a limit.
        budget: the highest number of runs.
        method: "grid", with as many levels of each lever as the budget allows; "nelder-mead", SciPy's simplex search
            from the middle; "direct", SciPy's DIRECT, which divides the whole range; "both", a coarse grid for half of
            the budget and then a simplex search from its best point.
        uncertainties: as for `choose`.
        futures: as for `choose`.
        replications: the number of runs of each point and draw.
        seed: the root of all seeds, which are the same for every point.
        measure: a function from a run to figures by name.
        store: the path of an SQLite file for the runs; None to hold them in memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None for this process alone.

    Raises:
        InputError: for no lever or more than three, a repeated lever, an unknown method, a path or end of a range that
            is not valid, and a budget that is too small for the method.
    """
    check_kind("scenario", scenario, Scenario)
    _check_levers(scenario, levers)
    if method not in METHODS:
        raise InputError("method", f"is {method!r}", nearest(str(method), METHODS))
    draws = draws_of(scenario, uncertainties, futures, seed)
    each = len(draws) * check_replications(replications)
    field = _Field(
        scenario=scenario,
        levers=levers,
        objectives=asked_of(objectives, measure),
        draws=draws,
        replications=replications,
        seed=seed,
        measure=measure,
        store=opened(None) if store is None else store,
        executor=executor,
        most=budget // each if isinstance(budget, int) and each else 0,
    )
    # A grid needs both ends of each range. A simplex needs one point more than there are levers.
    least = 2 ** len(levers) + (len(levers) + 1 if method == "both" else 0)
    if field.most < least:
        right = f"give {least * each:,} runs or more: {least} points of {number_of(each, 'run')} each"
        raise InputError("budget", f"is {budget!r}, which is too small for this search", right)
    if method in ("grid", "both"):
        _play_grid(field, field.most if method == "grid" else field.most // 2)
    # The rest of the budget is divided among the objectives, each of which is optimised in turn.
    if method != "grid":
        sought = field.sought
        optimise = _play_direct if method == "direct" else _play_simplex
        for turn, place in enumerate(sought):
            field.seek(place, len(sought) - turn)
            optimise(field)
    return Search(
        levers=levers,
        objectives=field.objectives,
        points=tuple(field.values_at(steps) for steps in field.found),
        figures=np.array(list(field.found.values())),
        by=tuple(field.by),
        runs=len(field.found) * each,
    )


def _check_levers(scenario: Scenario, levers: Sequence[Range]) -> None:
    """Raise InputError for levers that cannot be searched."""
    if not 1 <= len(levers) <= MOST_LEVERS:
        right = f"give 1 to {MOST_LEVERS}, such as Range('policies.mars.quota', 0.05, 0.5)"
        raise InputError("levers", f"the number given is {len(levers)}", right)
    for one in levers:
        check_kind("levers", one, Range, "give ranges, such as Range('policies.mars.quota', 0.05, 0.5)")
        if [other.path for other in levers].count(one.path) > 1:
            raise InputError(f"lever {one.path!r}", "is given twice", "give each lever once")
        # Both ends are tried in the scenario, so a range that it does not allow is reported before any run.
        for end in one.ends(is_whole(scenario, one.path)):
            scenario.having(one.path, end)


@attrs.define(kw_only=True, eq=False)
class _Field:
    """The points that may be simulated. A point is a whole number of steps of each lever.

    `found` has the mean of each objective at each point simulated so far.
    """

    scenario: Scenario
    levers: tuple[Range, ...]
    objectives: tuple[Objective, ...]
    draws: Draws
    replications: int
    seed: int
    measure: Measure
    store: str | Path | Store
    executor: Any
    most: int
    found: dict[tuple[int, ...], tuple[float, ...]] = attrs.field(factory=dict)
    by: list[str] = attrs.field(factory=list)
    place: int = 0  # the index of the objective that is optimised now
    until: int = 0  # the number of points at which the search turns to the next objective; 0 for no such limit

    @property
    def room(self) -> int:
        """How many more points may be simulated."""
        return (self.until or self.most) - len(self.found)

    @property
    def sought(self) -> tuple[int, ...]:
        """The indices of the objectives that are optimised: the first, and all others without a limit."""
        return tuple(place for place, one in enumerate(self.objectives) if not place or np.isnan(one.limit))

    def seek(self, place: int, left: int) -> None:
        """Optimise the objective with index `place` from now on, with an equal share of the remaining budget.

        Args:
            place: the index of the objective.
            left: how many objectives still share the budget, this one included.
        """
        self.place = place
        self.until = len(self.found) + (self.most - len(self.found)) // left

    def count(self, lever: Range) -> int:
        """The number of steps of a lever: `STEPS`, or one per whole number or day if there are fewer of these."""
        if isinstance(lever.low, dt.date):
            return min(STEPS, int((lever.high - lever.low).days))
        if not is_whole(self.scenario, lever.path):
            return STEPS
        low, high = lever.ends(True)
        return min(STEPS, int(high - low))

    def steps_at(self, shares: Floats) -> tuple[int, ...]:
        """The point nearest to a position in each range, as shares of the range from its low to its high end."""
        # An optimiser may try points outside the range, or no number at all.
        inside = np.clip(np.nan_to_num(shares), 0.0, 1.0).tolist()
        counts = [self.count(lever) for lever in self.levers]
        return tuple(round(share * count) for share, count in zip(inside, counts, strict=True))

    def values_at(self, steps: tuple[int, ...]) -> tuple[Any, ...]:
        """The values of the levers at a point."""
        made: list[Any] = []
        for step, lever in zip(steps, self.levers, strict=True):
            share = step / max(self.count(lever), 1)
            if isinstance(lever.low, dt.date):
                made.append(lever.low + dt.timedelta(days=round(share * (lever.high - lever.low).days)))
                continue
            whole = is_whole(self.scenario, lever.path)
            low, high = lever.ends(whole)
            value = low + share * (high - low)
            made.append(round(value) if whole else float(value))
        return tuple(made)

    def play(self, points: Sequence[tuple[int, ...]], by: str) -> None:
        """Simulate the points that have not been simulated yet, as far as the budget allows."""
        # Points without duplicates, in the order in which they were proposed.
        new = [one for one in dict.fromkeys(points) if one not in self.found][: self.room]
        if not new:
            return
        scenarios = {str(one): self._changed(one) for one in new}
        plan = planned(
            scenarios,
            replications=self.replications,
            seed=self.seed,
            draws=self.draws,
            measure=self.measure,
            series=None,
            keep=None,
        )
        store = store_for(plan, self.store)
        study = carried_out(plan, store, crew_of(self.executor), progress=False)
        if study.results.failed.any():
            first = study.failures().iloc[0]
            raise InputError(f"the point {first['scenario']}", f"failed ({first['error']})", "narrow the ranges")
        # The mean over draws and replications, (points,) for each objective.
        means = [study.results.cells(one.name).mean(axis=(1, 2)) for one in self.objectives]
        for place, one in enumerate(new):
            self.found[one] = tuple(float(column[place]) for column in means)
            self.by.append(by)

    def _changed(self, steps: tuple[int, ...]) -> Scenario:
        made = self.scenario
        for lever, value in zip(self.levers, self.values_at(steps), strict=True):
            made = made.having(lever.path, value)
        return made

    def loss(self, steps: tuple[int, ...]) -> float:
        """The function to minimise: the current objective times −sign; larger outside a limit than at any point found.

        Outside the limits it increases with the distance from them, which leads the search back inside.
        """
        figures = self.found[steps]
        sign = self.objectives[self.place].sign
        loss = -sign * figures[self.place]
        # How far the point is outside the limits, each as a share of the limit, so that different units can be added.
        excess = 0.0
        for figure, one in zip(figures, self.objectives, strict=True):
            if not np.isnan(one.limit):
                short = max(0.0, one.limit - one.sign * figure)
                excess += short / max(abs(one.limit), 1.0)
        if not excess:
            return loss
        # Worse than every point found so far, so that no point outside a limit can ever win.
        worst = max(-sign * each[self.place] for each in self.found.values())
        return worst + (1.0 + excess) * max(abs(worst), 1.0)


def _play_grid(field: _Field, points: int) -> None:
    """Simulate a grid with as many levels of each lever as fit, and at least two, the ends of the range."""
    # The n-th root of the number of points; the small term keeps an exact root from being rounded down.
    levels = max(2, int(np.floor(points ** (1.0 / len(field.levers)) + 1e-9)))
    shares = np.linspace(0.0, 1.0, levels)
    corners = product(shares, repeat=len(field.levers))
    field.play([field.steps_at(np.array(one)) for one in corners], "grid")


class _Spent(Exception):  # noqa: N818 - it ends a search and is not an error
    """Raised when the budget is spent."""


def _play_simplex(field: _Field) -> None:
    """Run SciPy's Nelder-Mead search from the best point so far, or from the middle, until the budget is spent."""
    from scipy.optimize import minimize

    start = np.full(len(field.levers), 0.5)
    if field.found:
        best = min(field.found, key=field.loss)
        start = np.array(best) / np.array([max(field.count(one), 1) for one in field.levers])

    # Nelder-Mead has no bounds here. A point outside the range costs more the further out it is.
    def loss(shares: Floats) -> float:
        found = _played_loss(field, shares, "nelder-mead")
        outside = float(np.abs(shares - np.clip(shares, 0.0, 1.0)).sum())
        return found + outside * max(abs(found), 1.0)

    simplex = np.array([start, *(start + _edge(start, axis) for axis in range(len(start)))])
    # It stops when the simplex is smaller than a step, or by `_Spent`. Evaluations of points that have been simulated
    # cost nothing, so the limit on evaluations is far above the budget.
    options: Any = {"initial_simplex": simplex, "xatol": 0.5 / STEPS, "fatol": 0.0, "maxfev": 50 * field.most}
    with suppress(_Spent):
        minimize(loss, start, method="Nelder-Mead", options=options)


def _play_direct(field: _Field) -> None:
    """Run SciPy's DIRECT (Jones, Perttunen and Stuckman 1993) over the whole range, until the budget is spent."""
    from scipy.optimize import Bounds, direct

    def loss(shares: Floats) -> float:
        return _played_loss(field, shares, "direct")

    try:
        direct(
            loss,
            Bounds(np.zeros(len(field.levers)), np.ones(len(field.levers))),
            maxfun=50 * field.most,
            maxiter=50 * field.most,
            vol_tol=0.0,
            len_tol=0.5 / STEPS,
        )
    except _Spent:
        return
    except SystemError as error:  # SciPy 1.15 wraps an exception raised by the loss function in a SystemError
        if not isinstance(error.__cause__, _Spent):
            raise


def _played_loss(field: _Field, shares: Floats, by: str) -> float:
    """The loss at a point, which is simulated first if necessary. Raises _Spent if the budget does not allow it."""
    steps = field.steps_at(shares)
    if steps not in field.found:
        if field.room <= 0:
            raise _Spent
        field.play([steps], by)
    return field.loss(steps)


def _edge(start: Floats, axis: int) -> Floats:
    """A step of a quarter of one lever's range, towards the middle of the range."""
    step = np.zeros(len(start))
    step[axis] = 0.25 if start[axis] <= 0.5 else -0.25
    return step
