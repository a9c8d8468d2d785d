"""A study: the results of a sweep as tables, paired gaps, quantiles and parts of variance, read from its store."""

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

    `source` is the path of the store, or the store itself if it is in memory. `plan` is the plan of the sweep, or None
    if the study was opened from a store. Everything is read on first use.
    """

    source: Path | Store
    sweep: int
    plan: Plan | None = None

    @cached_property
    def results(self) -> Results:
        """The runs as arrays. Raises StoreError for a damaged store."""
        asked = None if self.plan is None else tuple(entry.name for entry in self.plan.entries)
        # The store may have runs of an earlier, longer call of the same sweep; the plan limits them to what was
        # requested.
        found = self._read(lambda store: results_of(store, self.sweep, asked))
        return found if self.plan is None else within(found, self.plan)

    def worlds(self) -> dict[str, StoredWorld]:
        """The stored content of each scenario, by name. Raises StoreError for a damaged store."""
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
            # the rows match their seals but cannot be interpreted, so another program has written them
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise StoreError(str(store.path), f"has rows that no sweep has written ({reason})", MEND) from None
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
        # Draws may set different paths. A draw that does not set a path has a blank cell.
        paths = dict.fromkeys(path for setting in runs.settings for path, _ in setting)
        for path in paths:
            values = [dict(setting).get(path) for setting in runs.settings]
            columns[path] = [values[draw] for draw in runs.draw.tolist()]
        figures = {name: runs.figures[:, at] for at, name in enumerate(runs.measures)}
        return tables.frame(columns | figures)

    def tidy(self) -> pd.DataFrame:
        """One row per run and measure: scenario, draw, replication, measure, figure."""
        runs = self.results
        # Figures are (runs, measures), so flattening them puts the measures of one run together.
        many = len(self.measures)
        columns = {name: np.repeat(column, many) for name, column in self._labels().items()}
        measures = np.tile(np.array(runs.measures, object), len(runs))
        return tables.frame(columns | {"measure": measures, "figure": runs.figures.ravel()})

    def summary(self, measures: Names = None) -> pd.DataFrame:
        """One row per scenario and measure: number of runs, failures, mean and standard deviation over runs.

        Columns: runs (the number with a figure), failed, mean, standard deviation. Indexed by scenario and measure.
        """
        rows = []
        for place, scenario in enumerate(self.results.names):
            mine = self.results.scenario == place
            failed = int(self.results.failed[mine].sum())
            for measure in wanted(self.results, measures):
                figures = self.results.column(measure)[mine]
                figures = figures[np.isfinite(figures)]
                found = statistics.plain(figures)
                rows.append((scenario, measure, len(figures), failed, found.mean, found.spread))
        names = ("scenario", "measure", "runs", "failed", "mean", "standard deviation")
        return _frame(names, rows)

    def failures(self) -> pd.DataFrame:
        """One row per failed run: scenario, draw, replication, seed, error and trace. A later sweep runs them again."""
        runs = self.results
        failed = self.results.failed
        traces = [trace for trace in runs.failure if trace]
        labels = {name: column[failed] for name, column in self._labels().items()}
        columns = labels | {"seed": runs.seed[failed]}
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
        """The differences of each scenario from the baseline, over pairs of runs with the same seed and draw.

        Args:
            baseline: the scenario with which the others are compared.
            measures: the names of measures; None for all.
            level: the level of the intervals, which are Student's t for the mean gap and Wilson's for the chance. None
                for no intervals.
            line: the threshold of the chance, in the measure's unit. The chance is the share of pairs whose gap is above
                it.
            half_width: the half-width wanted for the interval of the mean gap, in the measure's unit; None for no
                estimate of the units still needed.

        Returns:
            A table indexed by scenario and measure, with the columns pairs, gap (the mean), low, high, spread (the
                standard deviation over units), chance, chance low and chance high. With `half_width`, a last column has
                the number of units still needed, or NaN for fewer than ten units. A unit is a draw, or a replication if
                there is only one draw. A scenario with failed runs has the figures that its other runs allow, and a
                `MissingWarning` gives the reason.

        Raises:
            SweepError: for fewer than ten units (unless runs failed, or `level` is None), for an unknown name, and for a
                study of one scenario.
        """
        check_kind("baseline", baseline, str, "give the name of a scenario of the study")
        ours = self.results.baseline(baseline)
        statistics.check_line(line)
        if half_width is not None:
            statistics.check_precision(half_width, 0.95 if level is None else level)
        unit = "draws" if len(self.results.settings) > 1 else "replications"
        rows = []
        runs = self.results
        lacking = Lacking(runs)
        # Figures by scenario, draw and replication. Subtracting two scenarios pairs their runs.
        cells = {measure: self.results.cells(measure) for measure in wanted(self.results, measures)}
        for place, scenario in enumerate(self.results.names):
            for measure, cell in cells.items() if place != ours else ():
                what = f"the gap of {scenario!r} in {measure!r}"
                pairs = cell[place] - cell[ours]
                # If pairs are missing, the baseline is the cause only if it has no figure at all.
                blamed = place if np.isfinite(cell[ours]).any() else ours
                try:
                    row = _gap(pairs, level, line, half_width, what)
                    lacking.given += 1
                # Too few units: without failed runs `note` raises the error, otherwise the row has no interval.
                except SweepError as error:
                    lacking.note(error, blamed)
                    row = _gap(pairs, None, line, half_width, what)
                if not row[0] and runs.failed[runs.scenario == blamed].any():
                    lacking.note(None, blamed)
                rows.append((scenario, measure, *row))
        lacking.tell("no interval, or only from some runs, for")
        names = ("scenario", "measure", "pairs", "gap", "low", "high", "spread", "chance", "chance low", "chance high")
        return _frame(names if half_width is None else (*names, f"{unit} still needed"), rows)

    def unchanged(self, *, baseline: str | None = None) -> tuple[str, ...]:
        """The names of scenarios with the same figures as the baseline in every measure and every run.

        What these scenarios change probably affects no event; `choice.inert.reason_in_words` looks for the reason.
        Scenarios without any complete pair of runs are not included.

        Args:
            baseline: the scenario with which the others are compared; None for the first scenario.

        Raises:
            SweepError: for an unknown name.
        """
        names = self.results.names
        if baseline is None and len(names) < 2:
            return ()
        ours = self.results.baseline(names[0] if baseline is None else baseline)
        # All measures at once, (measures, scenarios, draws, replications).
        cells = np.array([self.results.cells(measure) for measure in self.measures])
        return tuple(
            name
            for place, name in enumerate(names)
            if place != ours and len(cells) and _alike(cells[:, place], cells[:, ours])
        )

    def quantiles(self, at: Iterable[float] = (0.05, 0.5, 0.95), measures: Names = None) -> pd.DataFrame:
        """Quantiles of single runs, not of means, indexed by scenario and measure.

        The column names state whether runs vary by chance alone, or by parameter and chance. A scenario that has too few
        runs because some failed has NaN, and a `MissingWarning` gives the reason.

        Raises:
            SweepError: for too few runs for a quantile; the 0.05 quantile needs 19.
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
        lacking.tell("no quantiles, or only from some runs, for")
        return _frame(("scenario", "measure", *(f"{share:.4g} quantile over {over}" for share in shares)), rows)

    def variance(self, measures: Names = None) -> pd.DataFrame:
        """Each measure's variance in three parts (policy, parameter and chance), and as shares of their sum.

        The table is indexed by measure. A scenario whose runs all failed is left out, and a `MissingWarning` gives the
        reason.

        Raises:
            SweepError: for too few runs to separate the parts. Ten replications beyond the first of each draw are needed
                in total, ten draws (or only one), and two units that succeeded in every scenario.
        """
        rows = []
        lacking = Lacking(self.results)
        for measure in wanted(self.results, measures):
            # A scenario whose runs all failed is left out of the split, because it has no mean to compare.
            cells, empty = self.results.filled_cells(measure)
            for place in empty:
                lacking.note(None, place)
            lacking.given += 1
            found = statistics.split(cells, repr(measure))
            parts = (found.policy, found.parameter, found.chance)
            # A measure that never varies has no shares, because its total is zero.
            shares = [part / found.total if found.total else math.nan for part in parts]
            rows.append((measure, *parts, *shares))
        lacking.tell("the parts of variance leave out")
        names = ("policy", "parameter", "chance")
        return _frame(("measure", *names, *(f"{name} share" for name in names)), rows, index="measure")

    def series(self, name: str) -> pd.DataFrame:
        """One monthly series, with one row per run and one column per month from 0.

        Indexed by scenario, draw and replication.

        Raises:
            SweepError: for a series that is not in the study.
        """
        kept = self._read(lambda store: dict(series_of(store, name)))
        if not kept:
            right = "run the sweep with series=, such as series=monthly_heads"
            raise SweepError(f"series {name!r}", "is not in this study", right)
        # Runs may end in different months. A run has NaN after its last month.
        months = max(len(found) for found in kept.values())
        body = np.full((len(self.results), months), np.nan)
        for row, key in enumerate(self.results.key):
            if key in kept:
                body[row, : len(kept[key])] = kept[key]
        columns: dict[Any, Any] = self._labels() | {month: body[:, month] for month in range(months)}
        return tables.frame(columns, index=["scenario", "draw", "replication"])

    @cached_property
    def kept_series(self) -> tuple[str, ...]:
        """Names of the monthly series of the study, in alphabetical order."""
        return tuple(sorted(self._read(series_names)))

    def run(self, scenario: str, *, replication: int, keep: str | Path, draw: int = 0) -> Run:
        """Load a run that the sweep saved.

        Args:
            scenario: the name of the scenario in the study.
            replication: the index of the replication, from 0.
            keep: the folder in which the sweep saved its runs.
            draw: the index of the draw, from 0.

        Raises:
            SweepError, RunError: if there is no such run in the study or in the folder.
        """
        from nhstransit.run import load_run

        runs = self.results
        place = self.results.place(scenario)
        rows = np.flatnonzero((runs.scenario == place) & (runs.draw == draw) & (runs.replication == replication))
        if not len(rows):
            raise SweepError(
                f"replication {replication}", f"does not exist for {scenario!r}", "see table() for all replications"
            )
        # The folder is named by the key of the run, which does not depend on the measure.
        result = runs.key[int(rows[0])]
        run = self._read(lambda store: run_key_of(store, result))
        return load_run(run_folder(keep, run))

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
        """Add replications until the interval of a mean has a half-width of at most `half_width` in every scenario.

        The mean is that of the measure or, with a baseline, that of the gap from the baseline. An interval that was used
        to decide when to stop is slightly too narrow. Report an interval from a fixed number of replications.

        Args:
            measure: the name of the measure.
            half_width: the half-width wanted, in the measure's unit.
            baseline: the scenario with which the others are compared; None for the mean of each scenario.
            level: the level of confidence.
            most: the highest number of replications.
            executor: a number of processes, or an executor as in `concurrent.futures`; None for this process alone.
            progress: whether to show a progress line; None to show it in a terminal and in a notebook.

        Returns:
            A new study, of at most `most` replications.

        Raises:
            SweepError: for a study opened from a store, for a shard, and for a study with several draws, which needs
                more draws instead.
        """
        from nhstransit.studies.sweeps import until

        return until(self, measure, half_width, baseline, level, most, executor, progress)

    def dump(self) -> Iterator[str]:
        """All results as lines of JSON: the names of the measures, then one line per run in order.

        The lines have no times of computation, so equal sweeps have equal lines.
        """
        runs = self.results
        series = self._read(lambda store: {row[0]: row[1:] for row in store.rows("series")})
        yield json.dumps(runs.measures, ensure_ascii=False)
        for row, key in enumerate(runs.key):
            where = (runs.names[runs.scenario[row]], int(runs.draw[row]), int(runs.replication[row]))
            layout, body = series.get(key, (b"", b""))
            # The bytes of the figures, because a decimal text could hide a difference in the last digit.
            figures = runs.figures[row].astype(NUMBERS).tobytes().hex()
            numbers = (figures, layout.hex(), body.hex())
            line = (*where, int(runs.seed[row]), key.hex(), *numbers, runs.failure[row])
            yield json.dumps(line, ensure_ascii=False)

    def sha256(self) -> str:
        """The SHA-256 of `dump`, hexadecimal. Equal runs have equal hashes, whatever the order of execution."""
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
        # A study opened from a store has no plan. The store's own record then says how many runs were requested.
        left = len(self.plan) - len(runs) if self.plan else asked - len(runs)
        part = ""
        if self.plan is not None and self.plan.shard is not None:
            left = len({point.key for point in self.plan.points()}.difference(runs.key))
            part = "shard {} of {}, ".format(*self.plan.shard)
        short = f"; {left:,} still to be run" if left > 0 else ""
        counts = f"{part}{len(runs):,} runs of {len(runs.names):,} scenarios{draws}, {failed:,} failed{short}"
        return f"Study({', '.join(runs.names[:6])}{', …' if len(runs.names) > 6 else ''}: {counts})"

    def _repr_html_(self) -> str:
        return tables.paragraphs([repr(self)]) + tables.html(self.summary(), "Means over runs")


@attrs.define
class Lacking:
    """Records scenarios for which a result is missing because runs failed. `given` counts the computed results."""

    runs: Results
    given: int = 0
    _first: SweepError | None = None
    _places: list[int] = attrs.field(factory=list)

    def note(self, error: SweepError | None, place: int) -> None:
        """Record a missing result for the scenario with index `place`.

        The error is raised if the scenario has no failed run that explains it.
        """
        if error is not None and not self.runs.failed[self.runs.scenario == place].any():
            raise error
        self._first = self._first or error
        if place not in self._places:
            self._places.append(place)

    def tell(self, what: str) -> None:
        """Issue a warning that lists each scenario. Raises SweepError if no result at all could be computed."""
        lacking = [f"{self.runs.names[place]!r} ({self._why(place)})" for place in self._places]
        # No result at all is an error, because a table of blank cells would look like an answer.
        if not self.runs.measures and self.runs.failed.any():
            wrong = f"has no figures: {int(self.runs.failed.sum()):,} runs failed and none succeeded"
            right = "correct the errors and run the sweep again"
            raise SweepError("the study", f"{wrong} ({reasons(self.runs.failure)})", right)
        if lacking and not self.given:
            first = self._first or SweepError("the study", "has no successful runs", "see failures()")
            raise SweepError(first.where, f"{first.wrong}, because runs failed: {', '.join(lacking)}", first.right)
        if lacking:
            right = "see failures(), correct the errors and run the sweep again"
            tell(f"{what} {', '.join(lacking)}; {right}")

    def _why(self, place: int) -> str:
        """The number of failed runs of a scenario, and their errors, in words."""
        mine = np.flatnonzero(self.runs.scenario == place)
        traces = [self.runs.failure[row] for row in mine.tolist() if self.runs.failure[row]]
        return f"{len(traces):,} of {len(mine):,} runs failed: {reasons(traces)}"


def open_study(path: str | Path, *, sweep: int | None = None) -> Study:
    """Open the study in a store.

    Args:
        path: the path of the store.
        sweep: the number of the sweep, from 1 for the sweep that was started first; None for the last.

    Raises:
        StoreError: if the file is not a store, or is damaged.
        SweepError: if the store has no sweep with this number.
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
    """Whether two scenarios have the same figures in every pair of runs, and at least one figure that is not NaN.

    Two figures that are both NaN count as the same.
    """
    # NaN is not equal to itself, so pairs of missing figures are compared separately.
    same = (theirs == ours) | (np.isnan(theirs) & np.isnan(ours))
    return bool(same.all() and np.isfinite(theirs).any())


def _gap(pairs: Floats, level: float | None, line: float, half_width: float | None, what: str) -> tuple[Any, ...]:
    """The cells of one row of `Study.gaps`, computed from differences by draw and replication, (d, r)."""
    units = statistics.units_of(pairs)
    # The chance is a share of pairs of runs. The interval is over units, which are independent.
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
    # With fewer units the spread is too uncertain to estimate a number of units from it.
    if found.units < statistics.FEWEST:
        return (*cells, math.nan)
    needed = statistics.needed(found.spread, half_width, level or 0.95)
    return (*cells, max(0, needed - found.units))


def _frame(names: tuple[str, ...], rows: list[Any], index: Any = None) -> pd.DataFrame:
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return tables.frame(columns, index=index or ["scenario", "measure"])
