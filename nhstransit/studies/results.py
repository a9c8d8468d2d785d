"""The results of one sweep in a store, as arrays. Rows are read once, checked, and arranged in the order of the plan."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from nhstransit import toml
from nhstransit.arrays import AnyArray, Floats, Ints, Longs
from nhstransit.errors import InputError, StoreError, SweepError, check_kind, nearest, without_controls
from nhstransit.studies.plan import Plan
from nhstransit.studies.store import MEND, Store
from nhstransit.studies.tasks import NUMBERS, run_key

MOST_WORLD = 50_000_000  # the most bytes of a scenario's tables; the bundled scenario of England has 200,000


@attrs.frozen(kw_only=True)
class Listed:
    """A scenario of a sweep in the store: its name, the number of its content (`world`), and requested replications."""

    name: str
    world: int
    replications: int


@attrs.frozen(kw_only=True)
class StoredWorld:
    """The content of a scenario in a store.

    `content` is the hash of everything that its runs depend on. `tables` has the tables of its scenario file, without a
    staff list. They are empty for a scenario that cannot be written as a file.
    """

    content: str
    tables: Mapping[str, Any]


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Results:
    """The runs of one sweep, in order of scenario, draw and replication.

    `scenario` is the index of each run's scenario in `scenarios`, (n,). `figures` has one column per name in `measures`,
    (n, m), with NaN for a figure that a run's measure did not return. The figures of a failed run are NaN, unless only
    saving the run failed.
    """

    scenarios: tuple[Listed, ...]
    settings: tuple[tuple[tuple[str, Any], ...], ...]
    measures: tuple[str, ...]
    scenario: Ints
    draw: Ints
    replication: Ints
    seed: Longs
    figures: Floats
    failure: tuple[str, ...]
    key: tuple[bytes, ...]

    def __len__(self) -> int:
        return len(self.scenario)

    @property
    def names(self) -> tuple[str, ...]:
        """The scenarios' names, in order."""
        return tuple(one.name for one in self.scenarios)

    @cached_property
    def failed(self) -> AnyArray:
        """Whether each run failed, (n,)."""
        return np.array([bool(trace) for trace in self.failure], bool)

    def column(self, measure: str) -> Floats:
        """The figures of one measure, (n,). Raises SweepError for an unknown measure."""
        if measure not in self.measures:
            right = nearest(measure, self.measures) if self.measures else "see failures(): no run succeeded"
            raise SweepError(f"measure {measure!r}", "is not in this study", right)
        return np.asarray(self.figures[:, self.measures.index(measure)])

    def place(self, name: str) -> int:
        """The index of a scenario. Raises SweepError for an unknown name."""
        if name not in self.names:
            raise SweepError(f"scenario {name!r}", "is not in this study", nearest(name, self.names))
        return self.names.index(name)

    def baseline(self, name: str) -> int:
        """The index of the baseline scenario. Raises SweepError if the sweep has no other scenario."""
        place = self.place(name)
        if len(self.names) < 2:
            raise SweepError(
                f"baseline {name!r}", "is the only scenario of this study", "sweep it together with another scenario"
            )
        return place

    def cells(self, measure: str) -> Floats:
        """A measure by scenario, draw and replication, (s, d, r); NaN for runs that do not exist or failed."""
        # A run may have a draw whose row of the table of draws is missing, so both are considered.
        draws = max(len(self.settings), int(self.draw.max(initial=-1)) + 1)
        shape = len(self.scenarios), draws, int(self.replication.max(initial=-1)) + 1
        out = np.full(shape, np.nan)
        out[self.scenario, self.draw, self.replication] = self.column(measure)
        return out

    def filled_cells(self, measure: str) -> tuple[Floats, tuple[int, ...]]:
        """The cells of the scenarios with a successful run, and the indices of the scenarios whose runs all failed.

        Raises:
            SweepError: for a scenario with neither a successful nor a failed run, and if no scenario has a successful
                run.
        """
        cells = self.cells(measure)
        filled = np.isfinite(cells).any(axis=(1, 2))
        empty = tuple(np.flatnonzero(~filled).tolist())
        # Without a failed run the missing figures have another cause, which is reported as an error.
        for place in empty:
            if not filled.any() or not self.failed[self.scenario == place].any():
                right = "see failures(), or choose other measures"
                raise SweepError(f"{measure!r} of {self.names[place]!r}", "has no successful runs", right)
        return cells[filled], empty


def results_of(store: Store, sweep: int, asked: tuple[str, ...] | None = None) -> Results:
    """Read the results of a sweep.

    Args:
        store: the store.
        sweep: the number of the sweep in the store.
        asked: the names of the scenarios to read; None for all.

    Raises:
        StoreError: for a damaged store.
    """
    # Merged stores may have two scenarios with one position. They are then sorted by name, whatever the merging order.
    mine = [row for row in store.rows("scenarios") if row[0] == sweep]
    listed = sorted(mine, key=lambda row: (row[2], row[1]))
    scenarios = tuple(Listed(name=row[1], world=row[3], replications=row[4]) for row in listed)
    if asked is not None:
        by_name = {one.name: one for one in scenarios}
        scenarios = tuple(by_name[name] for name in asked)
    drawn = {number: _setting(text) for its, number, _, text in store.rows("draws") if its == sweep}
    # A number without a draw has no settings. A sweep without draws has one number, 0.
    settings = tuple(drawn.get(number, ()) for number in range(max(drawn, default=0) + 1))
    layouts = _layouts(store)
    rows = [row for row in store.rows("runs") if row[1] == sweep]
    _check_named(store, layouts, (row[6] for row in rows))
    return _arranged(scenarios, settings, layouts, rows)


def worlds_of(store: Store, scenarios: Iterable[Listed]) -> Iterator[tuple[str, StoredWorld]]:
    """Pairs of a scenario's name and its stored content. Raises StoreError for a damaged store."""
    kept = {row[0]: row[1:3] for row in store.rows("worlds")}
    for one in scenarios:
        if one.world not in kept:
            raise StoreError(str(store.path), f"is damaged: the content of scenario {one.name!r} is missing", MEND)
        content, body = kept[one.world]
        # The limit stops a small file that would expand to fill the memory.
        try:
            inflater = zlib.decompressobj()
            text = inflater.decompress(body, MOST_WORLD).decode()
            if not inflater.eof:
                raise ValueError("it is cut short, or too large")
            tables = toml.loads(text)
        except (zlib.error, ValueError, InputError):
            wrong = f"is damaged: the content of scenario {one.name!r} cannot be read"
            raise StoreError(str(store.path), wrong, MEND) from None
        yield one.name, StoredWorld(content=content, tables=tables)


def _layouts(store: Store) -> dict[bytes, tuple[Any, ...]]:
    """The lists of names of figures and series, by the hash of the list."""
    return {row[0]: tuple(json.loads(row[1])) for row in store.rows("layouts")}


def _check_named(store: Store, layouts: Mapping[bytes, Any], used: Iterable[bytes]) -> None:
    """Raise StoreError if a list of names is missing that rows refer to."""
    if not layouts.keys() >= set(used):
        raise StoreError(str(store.path), "is damaged: names of figures are missing", MEND)


def latest(store: Store) -> int:
    """The number of the sweep that was started last. Raises StoreError if there is no sweep."""
    begun = sweeps_of(store)
    if not begun:
        raise StoreError(str(store.path), "contains no sweep yet", "run a sweep with this store first")
    return begun[-1]


def sweeps_of(store: Store) -> tuple[int, ...]:
    """The numbers of all sweeps in a store, in the order in which they were started."""
    # By position, and by number if merged stores have two sweeps with one position.
    begun = sorted(store.rows("sweeps"), key=lambda row: (int(row[1]), row[0]))
    return tuple(row[0] for row in begun)


def _setting(text: str) -> tuple[tuple[str, Any], ...]:
    return tuple((path, item) for path, item in json.loads(text))


def _arranged(scenarios: Any, settings: Any, layouts: dict[bytes, Any], rows: list[Any]) -> Results:
    """Rows of the table of runs as arrays. If a scenario has several names, its runs are repeated for each name."""
    columns = zip(*rows, strict=True) if rows else [()] * 11
    key, _, world, draw, replication, seed, layout, _, figures, _, failure = columns
    measures, table = _figures(layout, figures, layouts)
    worlds = np.array(world, "int64")
    # Rows by draw, then replication; the last key of `lexsort` is the first to sort by.
    order = np.lexsort((np.array(replication, "int64"), np.array(draw, "int64")))
    # For each scenario the rows of its content, which another scenario may share.
    picked = [order[worlds[order] == one.world] for one in scenarios]
    rows_of = np.concatenate(picked) if picked else np.empty(0, "int64")
    return Results(
        scenarios=scenarios,
        settings=settings,
        measures=measures,
        scenario=np.repeat(np.arange(len(scenarios), dtype="int32"), [len(part) for part in picked]),
        draw=np.array(draw, "int32")[rows_of],
        replication=np.array(replication, "int32")[rows_of],
        seed=np.array(seed, "int64")[rows_of],
        figures=table[rows_of],
        failure=tuple(without_controls(failure[row]) for row in rows_of.tolist()),
        key=tuple(key[row] for row in rows_of.tolist()),
    )


def _figures(layout: tuple[bytes, ...], figures: tuple[bytes, ...], layouts: Any) -> tuple[tuple[str, ...], Floats]:
    """All names of measures, in order of first appearance, and the figures of each run, (n, m)."""
    # Runs with the same names are read together: a run of a later version may have more figures.
    used = list(dict.fromkeys(layout))
    measures = tuple(dict.fromkeys(name for one in used for name in layouts[one]))
    out = np.full((len(layout), len(measures)), np.nan)
    for one in used:
        names = layouts[one]
        rows = [place for place, other in enumerate(layout) if other == one]
        joined = b"".join(figures[row] for row in rows)
        body = np.frombuffer(joined, NUMBERS).reshape(len(rows), len(names))
        # The columns of these names in the whole table, in the order in which the run has them.
        columns = [measures.index(name) for name in names]
        out[np.ix_(rows, columns)] = body
    return measures, out


def wanted(results: Results, measures: str | Iterable[str] | None) -> tuple[str, ...]:
    """The names of the requested measures, or all of them. Raises SweepError for an unknown name."""
    if measures is None:
        return results.measures
    check_kind("measures", measures, Iterable, "give the names of one or more measures")
    names = (measures,) if isinstance(measures, str) else tuple(measures)
    for name in names:
        results.column(name)
    return names


def within(results: Results, plan: Plan) -> Results:
    """The runs that belong to a plan, selected from all stored runs of its sweep."""
    inside = (results.draw < len(plan.draws)) & (results.replication < plan.replications)
    rows = np.flatnonzero(inside)
    if len(rows) == len(results):
        return results
    columns: dict[str, Any] = {
        name: getattr(results, name)[rows] for name in ("scenario", "draw", "replication", "seed", "figures")
    }
    lists: dict[str, Any] = {
        name: tuple(getattr(results, name)[row] for row in rows.tolist()) for name in ("failure", "key")
    }
    return attrs.evolve(results, settings=results.settings[: len(plan.draws)], **columns, **lists)


def run_key_of(store: Store, key: bytes) -> bytes:
    """The key of a run, given the key of its result. A saved run's folder is named by it.

    Raises:
        StoreError: for a damaged store.
    """
    # Columns by position: see `COLUMNS` in the store. The result refers to its scenario, draw and sweep by number.
    row = next(row for row in store.rows("runs") if row[0] == key)
    content = next(one[1] for one in store.rows("worlds") if one[0] == row[2])
    draw = next(one[2] for one in store.rows("draws") if one[:2] == (row[1], row[3]))
    code, data = next(one[6:8] for one in store.rows("sweeps") if one[0] == row[1])
    return run_key(content, draw, row[5], code, data)


def series_names(store: Store) -> set[str]:
    """The names of all monthly series in a store."""
    layouts = _layouts(store)
    used = {layout for _, layout, _ in store.rows("series")}
    _check_named(store, layouts, used)
    return {name for layout in used for name, _ in layouts[layout]}


def series_of(store: Store, name: str) -> Iterator[tuple[bytes, Floats]]:
    """Pairs of a run's key and one of its series, for every run that has the series."""
    layouts = _layouts(store)
    for key, layout, body in store.rows("series"):
        _check_named(store, layouts, (layout,))
        # The numbers of all series follow each other, so a series starts where the lengths before it end.
        first = 0
        for known, length in layouts[layout]:
            if known == name:
                yield key, np.frombuffer(zlib.decompress(body), NUMBERS)[first : first + length]
            first += length
