"""Which assumptions matter: how much of a headline's variance each assumption explains, and how much is due to chance.

every = ranges_of(england)
some = screen(england, every, trajectories=4, executor=2).chosen(6)
found = rank(england, ranges_of(england, some), points=128, seeds=2, executor=2)
found.table("exit cost")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Floats
from nhstransit.errors import SweepError, check_kind, nearest, to_install
from nhstransit.fields import Parent, parent_of
from nhstransit.scenario import Scenario, joined, part_at
from nhstransit.scenario.levers import law_levers, margin_levers, successor_levers
from nhstransit.studies import Draws, Range
from nhstransit.studies.executors import crew_of
from nhstransit.studies.missing import reasons
from nhstransit.studies.plan import planned
from nhstransit.studies.store import store_for
from nhstransit.studies.sweeps import carried_out
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd
import math

from nhstransit.arrays import plain
from nhstransit.measures import headlines
from nhstransit.studies import latin_hypercube
from nhstransit.studies.design import at_shares
from nhstransit.studies.emulator import Emulator, emulated

# The assumptions of a scenario that have a range, which a sensitivity study varies

_ELSEWHERE = ("law", "margins", "successors")  # parts of a scenario whose numbers are in separate files
VARIED = ("assumption", "derived", "study", "press", "recalled")  # grades of evidence whose numbers have a range


def ranges_of(scenario: Scenario, paths: str | Iterable[str] | None = None) -> tuple[Range, ...]:
    """The numbers of a scenario whose source states a range, as ranges over which to vary them.

    Numbers of an effect that is switched off are left out, and numbers that the scenario sets outside their range. Two
    shares of the same posts cannot vary independently, so without `paths` only the first of them is included.

    Args:
        scenario: the scenario.
        paths: the paths of the numbers. "law", "margins" and "successors" stand for all numbers with a range among the
            dated parameters, the margins, or the plans of successors' posts. None for all numbers with a range among
            policies and behaviour.

    Raises:
        SweepError: for a path without a range.
    """
    check_kind("scenario", scenario, Scenario)
    known = {one.path: one for one in _ranged(scenario)}
    if paths is None:
        return tuple(one for path, one in known.items() if _first_share(path) not in known)
    wanted = (paths,) if isinstance(paths, str) else tuple(paths)
    if any(path.partition(".")[0] in _ELSEWHERE for path in wanted):
        known |= {one.path: one for one in _elsewhere(scenario)}
    found: dict[str, Range] = {}
    for path in wanted:
        # One of the names in _ELSEWHERE stands for every number whose path begins with it.
        inside = [one for one in known.values() if one.path.startswith(f"{path}.")]
        within = [known[path]] if path in known else inside
        if not within or (path not in known and path not in _ELSEWHERE):
            raise SweepError(f"range of {path!r}", "is not stated by any source", nearest(path, known))
        # A number that two of the paths include is varied once.
        found |= {one.path: one for one in within}
    return tuple(found.values())


def _first_share(path: str) -> str:
    """The path of the other share of the same posts, with which this share adds up to at most 1; "" if none exists."""
    home, _, name = path.rpartition(".")
    return f"{home}.removed" if name == "redeployed" else ""


def _elsewhere(scenario: Scenario) -> Iterator[Range]:
    """The ranges of dated parameters, margins and successors' plans, without numbers that are outside their range."""
    for lever in (*law_levers(scenario), *margin_levers(scenario), *successor_levers(scenario)):
        if lever.range is not None and lever.quality in VARIED and _inside(lever.value, lever.range):
            # The ends take the type of the value, so that a whole number stays whole.
            low, high = (type(lever.value)(end) for end in lever.range)
            yield Range(lever.path, low, high)


def _ranged(scenario: Scenario) -> Iterator[Range]:
    for root in ("behaviour", "policies"):
        yield from _within(part_at(scenario, root), root)


def _within(thing: Any, path: str) -> Iterator[Range]:
    """The ranges of the fields of a specification and of its parts."""
    if isinstance(thing, Named):
        for name, part in thing.items():
            yield from _within(part, f"{path}.{joined(name)}")
    elif attrs.has(type(thing)):
        for field in attrs.fields(type(thing)):
            item = getattr(thing, field.name)
            place = f"{path}.{field.name}"
            parent = parent_of(field)
            if parent is not None and parent.range and parent.quality in VARIED and _varies(item, parent):
                low, high = (_as_given(item, end) for end in parent.range)
                yield Range(place, low, high)
            # A part without a range of its own may have fields that have one.
            elif attrs.has(type(item)) or isinstance(item, Named):
                yield from _within(item, place)


def _varies(item: Any, parent: Parent) -> bool:
    """Whether a number is within the range of its source, or is None because the number in the law applies."""
    return (item is None and bool(parent.law)) or (parent.range is not None and _inside(item, parent.range))


def _as_given(item: Any, end: float) -> Any:
    return end if item is None else type(item)(end)


def _inside(item: Any, ends: tuple[float, float]) -> bool:
    # Python counts True as a whole number, but a switch has no range.
    return isinstance(item, (int, float)) and not isinstance(item, bool) and ends[0] <= item <= ends[1]


# Running a scenario at many points of its parameters, with the same seeds at every point


def check_inputs(scenario: Any, ranges: Any) -> None:
    """Raise InputError unless `scenario` is a scenario and `ranges` is a sequence of ranges."""
    check_kind("scenario", scenario, Scenario)
    right = "give ranges, such as ranges_of(scenario)"
    check_kind("ranges", ranges, Sequence, right)
    for one in ranges:
        check_kind("ranges", one, Range, right)


@attrs.frozen(kw_only=True, eq=False)
class Figures:
    """The figures at each point: `cells` by name, (points, seeds) each, with NaN for missing figures.

    `missing` marks points with a run that failed or was not made, (points,). `why` has the errors of failed runs.
    """

    cells: dict[str, Floats]
    missing: Bools
    why: str

    def lost(self, name: str) -> Bools:
        """Whether a headline is missing for any seed at each point, (points,). Unknown headlines raise SweepError."""
        if name not in self.cells:
            raise SweepError(f"headline {name!r}", "was not measured", nearest(name, self.cells))
        return np.asarray(~np.isfinite(self.cells[name]).all(axis=1))

    def told(self) -> str:
        """The number of missing points and the reason, in words; "" if no point is missing."""
        lost = int(self.missing.sum())
        return f"{lost} of {len(self.missing)} points are missing because runs failed: {self.why}" if lost else ""


def figures_at(
    scenario: Scenario,
    draws: Draws,
    *,
    seeds: int,
    seed: int,
    measure: Callable[..., Any],
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Figures:
    """The figures of the measure at every draw, with the same seeds at each.

    Args:
        scenario: the scenario to run.
        draws: the points, one row of values each.
        seeds: the number of replications of each point.
        seed: the root of the replications' seeds.
        measure: a function that any process can import, from a run to figures by name.
        store: the path of an SQLite file for the figures; None to hold them in memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None for this process alone.
        progress: whether to show a progress line; None to show it in a terminal and in a notebook.

    Raises:
        SweepError: if every run failed, which is detected after the first few; and as for `sweep`.
    """
    # Points are named by 24 hexadecimal digits of their content, so equal points are run only once.
    names = [draws.content(place)[:24] for place in range(len(draws))]
    scenarios = {name: draws.world(scenario, place) for place, name in enumerate(names)}
    crew = crew_of(executor)
    plan = planned(scenarios, replications=seeds, seed=seed, draws=None, measure=measure, series=None, keep=None)
    study = carried_out(plan, store_for(plan, store), crew, progress, quiet=True)
    results = study.results
    why = reasons(results.failure)
    if not results.measures:
        wrong = f"has no results: {int(results.failed.sum())} runs failed and none succeeded ({why})"
        raise SweepError("the sweep", wrong, "correct the measure, or give ranges in which runs succeed")
    # Cells are (scenarios, draws, seeds). Each point is a scenario without draws, so its only draw has index 0.
    places = [results.place(name) for name in names]
    cells = {name: _wide(results.cells(name)[places, 0, :], seeds) for name in results.measures}
    # A run that was never made has no row in the results, so it counts as missing, like a failed one.
    right = np.full((len(scenarios), seeds), False)
    right[results.scenario, results.replication] = ~results.failed
    missing = np.asarray(~right[places].all(axis=1))
    return Figures(cells=cells, missing=missing, why=why)


def _wide(cells: Floats, seeds: int) -> Floats:
    """Cells (n, m) with columns of NaN added for seeds that have no run at any point, (n, seeds)."""
    return np.pad(cells, ((0, 0), (0, seeds - cells.shape[1])), constant_values=np.nan)


def leading(paths: tuple[str, ...], sizes: Mapping[str, Floats], count: int) -> pd.DataFrame:
    """One row per headline: the assumptions with the largest sizes, each with its size.

    Args:
        paths: the assumptions' paths.
        sizes: the size of each assumption, (p,), by headline.
        count: the number of assumptions per headline; cells are blank if there are fewer.
    """
    columns: dict[str, Any] = {"headline": list(sizes)} | {str(rank + 1): [] for rank in range(count)}
    for size in sizes.values():
        # A stable sort leaves assumptions with equal sizes in the order of their paths.
        order = np.argsort(-size, kind="stable").tolist()
        # Blank texts are added, so that there are at least `count` of them.
        texts = [f"{paths[place]} ({size[place]:.2f})" for place in order] + [""] * count
        for rank in range(count):
            columns[str(rank + 1)].append(texts[rank])
    return tables.frame(columns, index="headline")


# Ranking assumptions: Sobol' indices of each headline over the assumptions' ranges, and the variance due to chance
#
# The scenario is run at points spread over all ranges, with the same seeds at every point. An emulator of each
# headline is fitted to them, and SciPy computes the indices from the emulator (Saltelli and others 2010, Computer
# Physics Communications 181(2)). The first-order index is the expected share by which the variance would fall if an
# assumption were known. The total index is the share that would remain if all other assumptions were known. The
# emulator's R² at points left out of its fit is reported too: if it is below about 0.7, the indices are not reliable.

FEWEST = 10  # the fewest points per assumption, which are enough for linear and quadratic terms
ENOUGH = 0.8  # the share of the points that must be present, so that they still cover the ranges
STILL = "does not vary over the ranges"
SAMPLES = 1024  # the sample size from which SciPy estimates each index


@attrs.frozen(kw_only=True)
class Indices:
    """The first-order and total index of each assumption for one headline, (p,) each.

    `parameter` and `chance` are the variances due to assumptions and to chance. `r2` is the emulator's R² at points left
    out, and `points` the number of points used.
    """

    first: Floats
    total: Floats
    parameter: float
    chance: float
    r2: float
    points: int


def _titled(
    begin: str, used: Sequence[int], asked: int, unit: str, missing: str, left_out: Mapping[str, str], still: str
) -> str:
    """A title with the number of points or trajectories used, what is missing, and which headlines are left out.

    `used` has this number for each headline. Headlines that never vary (the reason `still`) are not listed.
    """
    # Headlines may differ in the points that they lack, so the title has one number or a range of numbers.
    numbers = sorted(set(used))
    many = f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"
    whole = f" of {asked}" if numbers[0] < asked else ""
    lost = [f"{name} ({why})" for name, why in left_out.items() if why != still]
    lines = [f"{begin}{many}{whole} {unit}", missing, f"Left out: {', '.join(lost)}." if lost else ""]
    return "\n".join(line for line in lines if line)


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Ranking:
    """Assumptions ranked for every headline, with the indices of each headline in `found`.

    `missing` has the number of missing points and the reason, or "". `left_out` has the reason for each headline that
    was not ranked.
    """

    scenario: str
    paths: tuple[str, ...]
    draws: Draws
    found: dict[str, Indices]
    missing: str = ""
    left_out: dict[str, str] = attrs.field(factory=dict)

    def table(self, headline: str) -> pd.DataFrame:
        """One row per assumption, the most influential first: its first-order and total index.

        Raises:
            SweepError: for a headline that was not measured or not ranked.
        """
        one = self._of(headline)
        order = np.argsort(-one.total, kind="stable")
        columns: dict[str, Any] = {
            "assumption": [self.paths[place] for place in order],
            "first": one.first[order],
            "total": one.total[order],
        }
        return tables.frame(columns, index="assumption")

    def split(self) -> pd.DataFrame:
        """One row per headline: how much of its variation is due to the assumptions and how much to chance.

        Columns: the standard deviations due to both, the assumptions' share of the variance, and `r2`, the share of the
        variance between points that the emulator predicts at points left out.
        """
        rows = [
            (name, math.sqrt(one.parameter), math.sqrt(one.chance), _share(one.parameter, one.chance), one.r2)
            for name, one in self.found.items()
        ]
        names = ("headline", "by parameters", "by chance", "parameters' share", "r2")
        columns: dict[str, Any] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
        return tables.frame(columns, index="headline")

    def foremost(self, count: int = 3) -> pd.DataFrame:
        """One row per headline: the assumptions with the highest total indices, each with its index."""
        return leading(self.paths, {name: one.total for name, one in self.found.items()}, count)

    def _of(self, headline: str) -> Indices:
        if headline in self.left_out:
            raise SweepError(f"headline {headline!r}", self.left_out[headline], nearest(headline, self.found))
        if headline not in self.found:
            raise SweepError(f"headline {headline!r}", "was not measured", nearest(headline, self.found))
        return self.found[headline]

    def __repr__(self) -> str:
        return f"{self._title()}\n{self.foremost().to_string()}"

    def _repr_html_(self) -> str:
        return tables.paragraphs([self._title()]) + tables.html(self.foremost(), "The assumptions that matter most")

    def _title(self) -> str:
        """A title with the numbers of assumptions, headlines and points, what is missing, and what is left out."""
        begin = f"Ranking of {len(self.paths)} assumptions of {self.scenario!r} for {len(self.found)} headlines, from "
        used = [one.points for one in self.found.values()]
        missing = f"{self.missing}." if self.missing else ""
        return _titled(begin, used, len(self.draws), "points", missing, self.left_out, STILL)


def rank(
    scenario: Scenario,
    ranges: Sequence[Range],
    *,
    points: int = 128,
    seeds: int = 2,
    seed: int = 2010,
    headline: str | Iterable[str] | None = None,
    measure: Callable[..., Any] = headlines,
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Ranking:
    """Rank assumptions by their share of each headline's variance, with all of them varying over their ranges together.

    A point with a failed run is left out. The ranking reports how many points are missing, and why.

    Args:
        scenario: the scenario whose assumptions are varied.
        ranges: the assumptions with their ranges, such as `ranges_of(scenario)`. Each is uniform over its range.
        points: the number of points to run, which form a Latin hypercube.
        seeds: the number of replications of each point, two or more, so that the variance due to chance can be estimated.
        seed: the root of the design and of the replications' seeds.
        headline: the name of one headline, or several; None for all that the measure returns and that vary.
        measure: a function that any process can import, from a run to figures by name.
        store: the path of an SQLite file for the figures; None to hold them in memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None for this process alone.
        progress: whether to show a progress line; None to show it in a terminal and in a notebook.

    Raises:
        SweepError: for too few points or seeds; if every headline is missing at more than a fifth of the points; if no
            headline varies; and as for `sweep`.
    """
    points, seeds = plain((points, seeds))
    check_inputs(scenario, ranges)
    # The emulator needs enough points to separate the assumptions from each other.
    fewest = FEWEST * len(ranges)
    if type(points) is not int or points < fewest:
        wrong = f"the number is {points!r}, with {len(ranges)} assumptions"
        right = f"give a whole number of {fewest} or more"
        raise SweepError("points", wrong, right)
    if type(seeds) is not int or seeds < 2:
        raise SweepError("seeds", f"the number is {seeds!r}", "give 2 or more, which are needed to estimate chance")
    design = latin_hypercube(scenario, *ranges, points=points, seed=seed)
    draws = design.draws
    figures = figures_at(
        scenario, draws, seeds=seeds, seed=seed, measure=measure, store=store, executor=executor, progress=progress
    )
    names = (headline,) if isinstance(headline, str) else tuple(headline or figures.cells)
    # A headline that cannot be ranked is reported with its reason, and does not stop the ranking of the rest.
    reasons_by_name = {name: _unfit(figures, name) for name in names}
    left_out = {name: why for name, why in reasons_by_name.items() if why}
    ranked = [name for name in names if name not in left_out]
    if not ranked:
        raise _nothing(figures, left_out)
    shares = _shares(draws, ranges)
    found = {name: _indices(shares, figures.cells[name], seed) for name in ranked}
    return Ranking(
        scenario=scenario.name,
        paths=draws.paths,
        draws=draws,
        found=found,
        missing=figures.told(),
        left_out=left_out,
    )


def _unfit(figures: Figures, name: str) -> str:
    """Why a headline cannot be ranked: it is missing at too many points, or never varies. "" if it can be ranked."""
    lost = figures.lost(name)
    needed = math.ceil(ENOUGH * len(lost))
    there = len(lost) - int(lost.sum())
    if there < needed:
        return f"is present at only {there} of {len(lost)} points, but {needed} are needed"
    # A headline whose means differ only by rounding does not vary.
    means = figures.cells[name][~lost].mean(axis=1)
    return "" if means.std() > 1e-12 else STILL


def _nothing(figures: Figures, left_out: dict[str, str]) -> SweepError:
    """The error if no headline can be ranked: too many points are missing, or no headline varies."""
    missing = figures.told()
    if missing:
        lost = [why for why in left_out.values() if why != STILL]
        needed = math.ceil(ENOUGH * len(figures.missing))
        wrong = f"{missing}; no headline varies at the other points"
        if lost:
            wrong = f"{missing}; {needed} points are needed"
        return SweepError("rank", wrong, "correct the errors, or give ranges in which runs succeed")
    first = next(iter(left_out))
    wrong = f"no headline varies: {', '.join(left_out)}"
    if len(left_out) == 1:
        wrong = f"headline {first!r} {left_out[first]}"
    return SweepError("rank", wrong, "give ranges that affect the headlines")


def _shares(draws: Draws, ranges: Sequence[Range]) -> Floats:
    """The draws as points of the unit cube, (n, p)."""
    columns = []
    for place, one in enumerate(ranges):
        # Values may be dates, whose differences divide to a number.
        values = [row[place] for row in draws.rows]
        columns.append([(item - one.low) / (one.high - one.low) for item in values])
    return np.array(columns, "float64").T


def _indices(points: Floats, cells: Floats, seed: int) -> Indices:
    """The indices of one headline from its figures by point and replication, (n, seeds)."""
    means = cells.mean(axis=1)  # NaN for a point with a missing run
    there = np.isfinite(means)
    emulator = emulated(points[there], means[there])
    # Every point has the same seeds, so the variance among them at one point is due to chance alone.
    chance = float(cells[there].var(axis=1, ddof=1).mean())
    first, total = _sobol(emulator, points.shape[1], seed)
    # The emulator's mean is free of chance, so its variance over the cube is due to the assumptions alone.
    spread = float(emulator.mean(_even(points.shape[1])).var())
    return Indices(
        first=first,
        total=total,
        parameter=spread,
        chance=chance,
        r2=_r2(emulator, means[there]),
        points=int(there.sum()),
    )


def _sobol(emulator: Emulator, width: int, seed: int) -> tuple[Floats, Floats]:
    """First-order and total indices of an emulated headline, (width,) each; with a single assumption they are 1."""
    if width == 1:
        return np.ones(1), np.ones(1)
    from scipy.stats import sobol_indices, uniform  # imported here, because SciPy is slow to import

    # SciPy passes samples as (width, n) and expects figures as (1, n).
    def mean(shares: Floats) -> Floats:
        return emulator.mean(shares.T)[None, :]

    even: Any = [uniform()] * width
    made: Any = sobol_indices(func=mean, n=SAMPLES, dists=even, rng=seed)
    # Sampling error can make an index slightly negative, and a first-order index larger than 1.
    first = np.clip(np.ravel(made.first_order), 0.0, 1.0)
    total = np.clip(np.ravel(made.total_order), 0.0, None)
    return first, total


def _even(width: int) -> Floats:
    """Points spread evenly over the unit cube, (SAMPLES, width)."""
    from scipy.stats import qmc

    return np.asarray(qmc.Sobol(width, scramble=False).random(SAMPLES))


def _r2(emulator: Emulator, figures: Floats) -> float:
    """The leave-one-out R²: the share of the points' variance that is predicted from the other points."""
    # The closed form for a Gaussian process needs no second fit for each point left out.
    mean, _ = emulator.left_out()
    return float(1.0 - ((figures - mean) ** 2).mean() / figures.var())


def _share(parameter: float, chance: float) -> float:
    return parameter / (parameter + chance) if parameter + chance > 0 else math.nan


# Screening assumptions: which of many assumptions affect a headline at all, according to elementary effects
#
# From each of several random starts, the assumptions are changed one after another by two thirds of their ranges,
# with the same seeds throughout. SALib designs the trajectories and computes the effects (Morris 1991, Technometrics
# 33(2); Campolongo and others 2007, Environmental Modelling & Software 22(10)). A trajectory through 100 assumptions
# needs 101 runs. Use `rank` to compute Sobol' indices of the assumptions that matter.

FEWEST_OF_SCREEN = 2  # the fewest trajectories from which the spread of an effect can be estimated
STILL_OF_SCREEN = "never varies"
LEVELS = 4  # the number of levels of each assumption in the trajectories, as in Morris


@attrs.frozen(kw_only=True)
class Effects:
    """The elementary effects of each assumption on one headline, (p,), in the headline's unit.

    Effects are scaled to a change over the whole range. `mean` is the mean effect with its sign, and `size` (μ*) the
    mean absolute effect. `spread` (σ) is how much an effect varies with the starting point, because of non-linearity
    and interactions. `trajectories` is the number of trajectories used.
    """

    mean: Floats
    size: Floats
    spread: Floats
    trajectories: int


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Screening:
    """Assumptions screened for every headline, with the effects on each headline in `found`.

    Each of the `trajectories` changes every assumption once. `missing` has the number of missing points and the reason,
    or ""; trajectories through them are left out. `left_out` has the reason for each headline that was not screened.
    """

    scenario: str
    paths: tuple[str, ...]
    trajectories: int
    found: Mapping[str, Effects]
    missing: str = ""
    left_out: Mapping[str, str] = attrs.field(factory=dict)

    def table(self, headline: str) -> pd.DataFrame:
        """One row per assumption, the largest effect on the headline first: mean, size, spread, in the headline's unit.

        Raises:
            SweepError: for a headline that was not measured or not screened.
        """
        if headline not in self.found:
            wrong = self.left_out.get(headline, "was not measured")
            raise SweepError(f"headline {headline!r}", wrong, nearest(headline, self.found))
        one = self.found[headline]
        order = np.argsort(-one.size, kind="stable")
        columns: dict[str, Any] = {
            "assumption": [self.paths[place] for place in order],
            "mean": one.mean[order],
            "size": one.size[order],
            "spread": one.spread[order],
        }
        return tables.frame(columns, index="assumption")

    def foremost(self, count: int = 3) -> pd.DataFrame:
        """One row per headline: the assumptions with the largest effects, each as a share of the largest effect."""
        return leading(self.paths, {name: one.size / one.size.max() for name, one in self.found.items()}, count)

    def chosen(self, count: int) -> tuple[str, ...]:
        """The `count` assumptions with the largest effect on any one headline.

        An effect is measured as a share of the largest effect on the same headline. Ties are broken by the sum of the
        shares over all headlines.
        """
        # Effects are (headlines, assumptions). The last key of `lexsort` is the first to sort by.
        shares = np.array([one.size / one.size.max() for one in self.found.values()])
        largest = shares.max(axis=0)
        total = shares.sum(axis=0)
        order = np.lexsort((np.arange(len(self.paths)), -total, -largest))
        return tuple(self.paths[place] for place in order[:count])

    def __repr__(self) -> str:
        return f"{self._title()}\n{self.foremost().to_string()}"

    def _repr_html_(self) -> str:
        return tables.paragraphs([self._title()]) + tables.html(self.foremost(), "The assumptions that matter most")

    def _title(self) -> str:
        """A title with the numbers of assumptions, headlines and trajectories, what is missing, and what is left out."""
        begin = (
            f"Screening of {len(self.paths)} assumptions of {self.scenario!r} for {len(self.found)} headlines, from "
        )
        used = [one.trajectories for one in self.found.values()]
        missing = f"{self.missing}. Trajectories through them are left out." if self.missing else ""
        return _titled(begin, used, self.trajectories, "trajectories", missing, self.left_out, STILL_OF_SCREEN)


def screen(
    scenario: Scenario,
    ranges: Sequence[Range],
    *,
    trajectories: int = 4,
    seeds: int = 1,
    seed: int = 2010,
    measure: Callable[..., Any] = headlines,
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Screening:
    """Screen assumptions: how much each headline changes when they are changed one at a time, from several starts.

    A trajectory through a point with a failed run is left out. The screening reports how many points are missing, and
    why. A headline that never varies, or has fewer than two complete trajectories, is left out. The function needs the
    extra `screening`.

    Args:
        scenario: the scenario whose assumptions are varied.
        ranges: the assumptions with their ranges, such as `ranges_of(scenario)`.
        trajectories: the number of trajectories; the points of each are one more than the assumptions.
        seeds: the number of replications of each point, which are averaged; every point has the same seeds.
        seed: the root of the trajectories and of the replications' seeds.
        measure: a function that any process can import, from a run to figures by name.
        store: the path of an SQLite file for the figures; None to hold them in memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None for this process alone.
        progress: whether to show a progress line; None to show it in a terminal and in a notebook.

    Raises:
        SweepError: if SALib is not installed; for too few ranges, trajectories or seeds; if every headline is left out;
            and as for `sweep`.
    """
    trajectories, seeds, seed = plain((trajectories, seeds, seed))
    check_inputs(scenario, ranges)
    for name, given, least in (("ranges", len(ranges), 2), ("trajectories", trajectories, 2), ("seeds", seeds, 1)):
        if type(given) is not int or given < least:
            raise SweepError(name, f"the number is {given!r}", f"give {least} or more")
    # The trajectories are in the unit cube, (points, assumptions), and `at_shares` scales them to the ranges.
    problem = {"num_vars": len(ranges), "names": [one.path for one in ranges], "bounds": [[0.0, 1.0]] * len(ranges)}
    sample, analysed = _salib()
    shares = sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    draws = at_shares(scenario, ranges, list(shares.T)).draws
    figures = figures_at(
        scenario, draws, seeds=seeds, seed=seed, measure=measure, store=store, executor=executor, progress=progress
    )
    found = {}
    left_out = {}
    for name, cells in figures.cells.items():
        # The points of one trajectory are consecutive rows. An effect needs both of its points, so a trajectory with
        # a missing point is left out as a whole.
        whole = ~figures.lost(name).reshape(trajectories, -1).any(axis=1)
        kept = np.repeat(whole, len(ranges) + 1)
        means = cells[kept].mean(axis=1)
        if whole.sum() < FEWEST_OF_SCREEN:
            left_out[name] = (
                f"has only {int(whole.sum())} of {trajectories} trajectories complete, but {FEWEST_OF_SCREEN} are needed"
            )
        elif np.ptp(means) == 0:
            left_out[name] = STILL_OF_SCREEN
        else:
            effects = analysed(problem, shares[kept], means, num_levels=LEVELS, seed=seed)
            found[name] = Effects(
                mean=np.asarray(effects["mu"]),
                size=np.asarray(effects["mu_star"]),
                spread=np.asarray(effects["sigma"]),
                trajectories=int(whole.sum()),
            )
    missing = figures.told()
    if not found:
        begin = f"{missing}; " if missing else ""
        wrong = f"{begin}headline {next(iter(left_out))!r} {next(iter(left_out.values()))}"
        right = "correct the errors, or use more trajectories" if missing else "give ranges that affect a headline"
        raise SweepError("screen", wrong, right)
    return Screening(
        scenario=scenario.name,
        paths=draws.paths,
        trajectories=trajectories,
        found=found,
        missing=missing,
        left_out=left_out,
    )


def _salib() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """SALib's functions for the design and the analysis of elementary effects."""
    try:
        from SALib.analyze.morris import analyze as analysed
        from SALib.sample.morris import sample
    except ImportError:
        raise SweepError("screen", "needs SALib", to_install("screening")) from None
    return sample, analysed


__all__ = ["Effects", "Ranking", "Screening", "ranges_of", "rank", "screen"]
