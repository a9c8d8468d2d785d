"""A study: what a sweep found, read from its store on request; tables, paired gaps, quantiles and variance."""

from __future__ import annotations

import hashlib
import json
import math
import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats
from nhstransit.errors import NhstransitError, StoreError, SweepError, check_kind, check_path
from nhstransit.studies import statistics
from nhstransit.studies.missing import error_of, reasons, tell
from nhstransit.studies.plan import Plan
from nhstransit.studies.results import (
    Results,
    StoredWorld,
    latest,
    results_of,
    run_key_of,
    series_names,
    series_of,
    sweeps_of,
    wanted,
    within,
    worlds_of,
)
from nhstransit.studies.store import MEND, Store, opened, sound
from nhstransit.studies.tasks import NUMBERS, run_folder

if TYPE_CHECKING:
    import pandas as pd

    from nhstransit.run import Run

Names = str | Iterable[str] | None


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Study:
    """The runs of one sweep: scenarios × draws × replications, with the measures of each run.

    `source` is the store's path, or the store itself where it is in memory. `plan` is the plan of the sweep, where it
    was run in this process. Everything is read on first use.
    """

    source: Path | Store
    sweep: int
    plan: Plan | None = None

    @cached_property
    def results(self) -> Results:
        """The runs as arrays. Raises StoreError for a store that is damaged."""
        asked = None if self.plan is None else tuple(entry.name for entry in self.plan.entries)
        found = self._read(lambda store: results_of(store, self.sweep, asked))
        return found if self.plan is None else within(found, self.plan)

    def worlds(self) -> dict[str, StoredWorld]:
        """What the store holds of each scenario: its content and its tables. Raises StoreError for a damaged store."""
        scenarios = self.results.scenarios
        found: dict[str, StoredWorld] = self._read(lambda store: dict(worlds_of(store, scenarios)))
        return found

    def _read(self, ask: Any) -> Any:
        if isinstance(self.source, Store):
            return ask(self.source)
        store = opened(self.source)
        try:
            return ask(store)
        except NhstransitError:
            raise
        except (ArithmeticError, LookupError, MemoryError, TypeError, ValueError, zlib.error) as error:
            # the rows have their seals, so another program has made them
            told = " ".join(str(error).split())[:200] or type(error).__name__
            raise StoreError(str(store.path), f"holds rows that no sweep writes ({told})", MEND) from None
        finally:
            store.connection.close()

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures."""
        return self.results.measures

    def table(self) -> pd.DataFrame:
        """One row per run: scenario, draw, replication, seed, the draw's parameters, then every measure.

        The measures of a failed run are NaN.
        """
        runs = self.results
        columns = self._labels() | {"seed": runs.seed}
        for path in dict.fromkeys(path for setting in runs.settings for path, _ in setting):
            values = [dict(setting).get(path) for setting in runs.settings]
            columns[path] = [values[draw] for draw in runs.draw.tolist()]
        return tables.frame(columns | {name: runs.figures[:, at] for at, name in enumerate(runs.measures)})

    def tidy(self) -> pd.DataFrame:
        """One row per run and measure: scenario, draw, replication, measure, figure."""
        runs = self.results
        many = len(self.measures)
        columns = {name: np.repeat(column, many) for name, column in self._labels().items()}
        measures = np.tile(np.array(runs.measures, object), len(runs))
        return tables.frame(columns | {"measure": measures, "figure": runs.figures.ravel()})

    def summary(self, measures: Names = None) -> pd.DataFrame:
        """Runs, failures, mean and spread of each measure, indexed by scenario and measure.

        Columns: runs (those with a figure), failed, mean, standard deviation (over runs).
        """
        rows = []
        for place, scenario in enumerate(self.results.names):
            mine = self.results.scenario == place
            failed = int(self.results.failed[mine].sum())
            for measure in wanted(self.results, measures):
                figures = self.results.column(measure)[mine]
                figures = figures[np.isfinite(figures)]
                told = statistics.plain(figures)
                rows.append((scenario, measure, len(figures), failed, told.mean, told.spread))
        names = ("scenario", "measure", "runs", "failed", "mean", "standard deviation")
        return _frame(names, rows)

    def failures(self) -> pd.DataFrame:
        """The runs that failed: scenario, draw, replication, seed, error and trace; a later sweep runs them again."""
        runs = self.results
        failed = self.results.failed
        traces = [trace for trace in runs.failure if trace]
        columns = {name: column[failed] for name, column in self._labels().items()} | {"seed": runs.seed[failed]}
        return tables.frame(columns | {"error": [error_of(trace) for trace in traces], "trace": traces})

    def gaps(
        self,
        *,
        baseline: str,
        measures: Names = None,
        level: float | None = 0.95,
        line: float = 0.0,
        half_width: float | None = None,
    ) -> pd.DataFrame:
        """The differences of each scenario from the baseline, paired by run: same seed, same draw.

        Args:
            baseline: the scenario that the others are compared with.
            measures: names of measures; None: all of them.
            level: the level of the intervals, Student's t for the mean gap and Wilson's for the chance; None: no
                intervals.
            line: the threshold of the chance, which is that a gap exceeds it; in the measure's unit.
            half_width: the precision wanted of the mean gap, in the measure's unit.

        Returns:
            Indexed by scenario and measure: pairs, gap (the mean), low, high, spread (standard deviation over units),
                chance, chance low, chance high, and for a half-width the units still needed. A unit is a replication.
                Where there are several draws, it is a draw, and the number needed is of draws. It is NaN where there
                are fewer than ten units. A scenario with failed runs gets the figures that its other runs allow, and a
                `MissingWarning` says why.

        Raises:
            SweepError: for fewer than ten units, a name that is not there, with the nearest, and a study of one
                scenario.
        """
        check_kind("baseline", baseline, str, "name a scenario of the study")
        ours = self.results.baseline(baseline)
        statistics.check_line(line)
        if half_width is not None:
            statistics.check_precision(half_width, 0.95 if level is None else level)
        unit = "draws" if len(self.results.settings) > 1 else "replications"
        rows = []
        runs = self.results
        lacking = Lacking(runs)
        cells = {measure: self.results.cells(measure) for measure in wanted(self.results, measures)}
        for place, scenario in enumerate(self.results.names):
            for measure, cell in cells.items() if place != ours else ():
                what = f"the gap of {scenario!r} in {measure!r}"
                pairs = cell[place] - cell[ours]
                blamed = place if np.isfinite(cell[ours]).any() else ours
                try:
                    row = _gap(pairs, level, line, half_width, what)
                    lacking.given += 1
                except SweepError as error:
                    lacking.note(error, blamed)
                    row = _gap(pairs, None, line, half_width, what)
                if not row[0] and runs.failed[runs.scenario == blamed].any():
                    lacking.note(None, blamed)
                rows.append((scenario, measure, *row))
        lacking.tell("no interval")
        names = ("scenario", "measure", "pairs", "gap", "low", "high", "spread", "chance", "chance low", "chance high")
        return _frame(names if half_width is None else (*names, f"{unit} still needed"), rows)

    def unchanged(self, *, baseline: str | None = None) -> tuple[str, ...]:
        """The scenarios that have the baseline's figure in every measure and every run, by name.

        Their levers probably changed no event; `choice.inert.reason_in_words` looks into a run for why. A scenario
        without a whole pair of runs is not among them.

        Args:
            baseline: the scenario that the others are compared with; None: the first.

        Raises:
            SweepError: for a name that is not there, with the nearest.
        """
        names = self.results.names
        if baseline is None and len(names) < 2:
            return ()
        ours = self.results.baseline(names[0] if baseline is None else baseline)
        cells = np.array([self.results.cells(measure) for measure in self.measures])
        return tuple(
            name
            for place, name in enumerate(names)
            if place != ours and len(cells) and _alike(cells[:, place], cells[:, ours])
        )

    def quantiles(self, at: Iterable[float] = (0.05, 0.5, 0.95), measures: Names = None) -> pd.DataFrame:
        """Quantiles of single runs, not of a mean; the columns name what they are over.

        Indexed by scenario and measure.

        A scenario that has too few runs because some failed gets NaN, and a `MissingWarning` says why.

        Raises:
            SweepError: where there are too few runs for a quantile: 19 for 0.05.
        """
        shares = statistics.shares_of(at)
        runs = self.results
        lacking = Lacking(runs)
        over = "parameter and chance" if len(runs.settings) > 1 else "chance"
        rows = []
        for place, scenario in enumerate(runs.names):
            for measure in wanted(runs, measures):
                figures = runs.column(measure)[runs.scenario == place]
                what = f"{measure!r} of {scenario!r}"
                try:
                    found = statistics.quantiles(figures[np.isfinite(figures)], shares, what)
                    lacking.given += 1
                except SweepError as error:
                    lacking.note(error, place)
                    found = np.full(len(shares), np.nan)
                rows.append((scenario, measure, *found.tolist()))
        lacking.tell("no quantiles")
        return _frame(("scenario", "measure", *(f"{share:.4g} quantile over {over}" for share in shares)), rows)

    def variance(self, measures: Names = None) -> pd.DataFrame:
        """Each measure's variance in three parts: policy, parameter, chance; and as shares of their sum.

        Indexed by measure.

        A scenario whose runs all failed is left out, and a `MissingWarning` says why.

        Raises:
            SweepError: for too few runs to separate the parts: ten replications beyond the first of their draws, ten
                draws, two units that every scenario has.
        """
        rows = []
        lacking = Lacking(self.results)
        for measure in wanted(self.results, measures):
            cells, empty = self.results.filled_cells(measure)
            for place in empty:
                lacking.note(None, place)
            lacking.given += 1
            found = statistics.split(cells, repr(measure))
            parts = (found.policy, found.parameter, found.chance)
            rows.append((measure, *parts, *(part / found.total if found.total else math.nan for part in parts)))
        lacking.tell("left out")
        names = ("policy", "parameter", "chance")
        return _frame(("measure", *names, *(f"{name} share" for name in names)), rows, index="measure")

    def series(self, name: str) -> pd.DataFrame:
        """One monthly series: one row per run and one column per month from 0.

        Indexed by scenario, draw and replication.
        """
        kept = self._read(lambda store: dict(series_of(store, name)))
        if not kept:
            raise SweepError(f"series {name!r}", "is not in this study", "sweep with series=, such as monthly_heads")
        months = max(len(found) for found in kept.values())
        body = np.full((len(self.results), months), np.nan)
        for row, key in enumerate(self.results.key):
            if key in kept:
                body[row, : len(kept[key])] = kept[key]
        columns: dict[Any, Any] = self._labels() | {month: body[:, month] for month in range(months)}
        return tables.frame(columns, index=["scenario", "draw", "replication"])

    @cached_property
    def kept_series(self) -> tuple[str, ...]:
        """Names of the monthly series that the study keeps, in alphabetical order."""
        return tuple(sorted(self._read(series_names)))

    def run(self, scenario: str, *, replication: int, keep: str | Path, draw: int = 0) -> Run:
        """A run that the sweep saved.

        Args:
            scenario: its name in the study.
            replication: the index of the replication, from 0.
            keep: the folder where the sweep saved its runs.
            draw: the index of the draw, from 0.

        Raises:
            SweepError, RunError: where the run is not there.
        """
        from nhstransit.run import load_run

        runs = self.results
        place = self.results.place(scenario)
        rows = np.flatnonzero((runs.scenario == place) & (runs.draw == draw) & (runs.replication == replication))
        if not len(rows):
            raise SweepError(
                f"replication {replication}", f"does not exist for {scenario!r}", "table() lists the replications"
            )
        return load_run(run_folder(keep, self._read(lambda store: run_key_of(store, runs.key[int(rows[0])]))))

    def replicate_until(
        self,
        measure: str,
        *,
        half_width: float,
        baseline: str | None = None,
        level: float = 0.95,
        most: int = 10_000,
        executor: Any = None,
        progress: bool | None = None,
    ) -> Study:
        """Add replications until the interval of `measure` has a half-width of at most `half_width` in every scenario.

        The mean is the scenario's or, with a baseline, that of the gap from it. An interval that decides when to stop
        is slightly too narrow; report one from a fixed number of replications.

        Args:
            measure: the name of the measure.
            half_width: the half-width wanted, in the measure's unit.
            baseline: the scenario that gaps are taken from; None: the scenario's own mean.
            level: the level of confidence.
            most: the highest number of replications.
            executor: a number of processes, or an executor as in `concurrent.futures`; None: this process.
            progress: whether to show a progress line; None: in a terminal and in a notebook.

        Returns:
            Another study, of at most `most` replications.

        Raises:
            SweepError: for a study that was only opened, and for one with several draws, where more draws are needed.
        """
        from nhstransit.studies.sweeps import until

        return until(self, measure, half_width, baseline, level, most, executor, progress)

    def dump(self) -> Iterator[str]:
        """All results, one line per run in order, without times: equal sweeps give equal lines."""
        runs = self.results
        series = self._read(lambda store: {row[0]: row[1:] for row in store.rows("series")})
        yield json.dumps(runs.measures, ensure_ascii=False)
        for row, key in enumerate(runs.key):
            where = (runs.names[runs.scenario[row]], int(runs.draw[row]), int(runs.replication[row]))
            layout, body = series.get(key, (b"", b""))
            figures = runs.figures[row].astype(NUMBERS).tobytes().hex()
            found = (int(runs.seed[row]), key.hex(), figures, layout.hex(), body.hex(), runs.failure[row])
            yield json.dumps((*where, *found), ensure_ascii=False)

    def sha256(self) -> str:
        """The hash of the dump, hexadecimal: equal for equal runs, on any machine and in any order of execution."""
        digest = hashlib.sha256()
        for line in self.dump():
            digest.update(f"{line}\n".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def _labels(self) -> dict[str, Any]:
        runs = self.results
        names = np.array(runs.names, object)[runs.scenario]
        return {"scenario": names, "draw": runs.draw, "replication": runs.replication}

    def __len__(self) -> int:
        return len(self.results)

    def __repr__(self) -> str:
        runs = self.results
        failed = int(self.results.failed.sum())
        draws = f" × {len(runs.settings):,} draws" if len(runs.settings) > 1 else ""
        asked = sum(one.replications for one in runs.scenarios) * len(runs.settings)
        left = len(self.plan) - len(runs) if self.plan else asked - len(runs)
        part = ""
        if self.plan is not None and self.plan.shard is not None:
            left = len({point.key for point in self.plan.points()}.difference(runs.key))
            part = "shard {} of {}, ".format(*self.plan.shard)
        short = f"; {left:,} still to be run" if left > 0 else ""
        told = f"{part}{len(runs):,} runs of {len(runs.names):,} scenarios{draws}, {failed:,} failed{short}"
        return f"Study({', '.join(runs.names[:6])}{', …' if len(runs.names) > 6 else ''}: {told})"

    def _repr_html_(self) -> str:
        return tables.paragraphs([repr(self)]) + tables.html(self.summary(), "Means over runs")


@attrs.define
class Lacking:
    """Scenarios for which a result is missing because runs failed; `given` counts the results computed."""

    runs: Results
    given: int = 0
    _first: SweepError | None = None
    _places: list[int] = attrs.field(factory=list)

    def note(self, error: SweepError | None, place: int) -> None:
        """Record a missing result for the scenario at an index.

        Raises the error where the scenario has no failed run to explain it.
        """
        if error is not None and not self.runs.failed[self.runs.scenario == place].any():
            raise error
        self._first = self._first or error
        if place not in self._places:
            self._places.append(place)

    def tell(self, what: str) -> None:
        """Warn, naming each scenario. Raises SweepError where no result at all could be computed."""
        said = [f"{self.runs.names[place]!r} ({self._why(place)})" for place in self._places]
        if not self.runs.measures and self.runs.failed.any():
            wrong = f"has no figures: {int(self.runs.failed.sum()):,} runs failed and none succeeded"
            raise SweepError(
                "the study", f"{wrong} ({reasons(self.runs.failure)})", "correct what is wrong and sweep again"
            )
        if said and not self.given:
            first = self._first or SweepError("the study", "has no successful runs", "see failures()")
            raise SweepError(first.where, f"{first.wrong}, as runs failed: {', '.join(said)}", first.right)
        if said:
            tell(
                f"{what}, or only part of it, for {', '.join(said)}; see failures(), correct what is wrong and sweep again"
            )

    def _why(self, place: int) -> str:
        """How many runs of a scenario failed, and with which errors."""
        mine = np.flatnonzero(self.runs.scenario == place)
        traces = [self.runs.failure[row] for row in mine.tolist() if self.runs.failure[row]]
        return f"{len(traces):,} of {len(mine):,} runs failed: {reasons(traces)}"


def open_study(path: str | Path, *, sweep: int | None = None) -> Study:
    """The study in a store: of the sweep that was started last, or of an earlier one, counted from 1.

    Raises:
        StoreError: where there is no store.
        SweepError: where the store has no sweep of that number.
    """
    check_path("path", path)
    store = opened(path)
    try:
        sound(store)
        last = latest(store)
        begun = sweeps_of(store)
    finally:
        store.connection.close()
    if sweep is not None and not 1 <= sweep <= len(begun):
        raise SweepError(f"sweep {sweep}", "is not in this store", f"give a number from 1 to {len(begun)}")
    return Study(source=Path(path).absolute(), sweep=begun[sweep - 1] if sweep else last)


def _alike(theirs: Floats, ours: Floats) -> bool:
    """Whether two scenarios have the same figures in every pair of runs; there is at least one.

    A figure that is NaN in both runs is the same.
    """
    same = (theirs == ours) | (np.isnan(theirs) & np.isnan(ours))
    return bool(same.all() and np.isfinite(theirs).any())


def _gap(pairs: Floats, level: float | None, line: float, half_width: float | None, what: str) -> tuple[Any, ...]:
    """Pairs, mean, interval, spread, chance with its interval, and the number still needed, of differences (d, r)."""
    units = statistics.units_of(pairs)
    there = pairs[np.isfinite(pairs)]
    chance = float((there > line).mean()) if len(there) else math.nan
    if level is None:
        found = statistics.plain(units)
        ends = (math.nan, math.nan)
    else:
        found = statistics.interval(units, level, what)
        ends = statistics.wilson(chance, len(units), level)
    cells = (len(there), found.mean, found.low, found.high, found.spread, chance, *ends)
    if half_width is None:
        return cells
    if found.units < statistics.FEWEST:
        return (*cells, math.nan)
    return (*cells, max(0, statistics.needed(found.spread, half_width, level or 0.95) - found.units))


def _frame(names: tuple[str, ...], rows: list[Any], index: Any = None) -> pd.DataFrame:
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return tables.frame(columns, index=index or ["scenario", "measure"])
