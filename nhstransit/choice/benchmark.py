"""Benchmarks of policy variants: a versioned set with the same random numbers, and a comparison with a stored table.

The comparison shows whether a change of the model or of a scenario has changed any answer.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from nhstransit import tables, toml
from nhstransit.arrays import Floats
from nhstransit.choice.inert import reason_in_words
from nhstransit.choice.objectives import UNITS
from nhstransit.errors import FormatError, InputError, check_path, nearest
from nhstransit.measures.decision import decision_figures
from nhstransit.run.run import library_version
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.scenario.bundled import named_in
from nhstransit.scenario.draws import NONE
from nhstransit.studies import Study, sweep
from nhstransit.studies.content import digest, scenario_content
from nhstransit.studies.plan import check_replications
from nhstransit.studies.statistics import FEWEST, student
from nhstransit.studies.study_file import scenario_of
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
FIGURES = (
    "left",
    "left with pay",
    "forced exits",
    "expertise kept",
    "long-serving staff lost",
    "months below cover",
    "equality gap",
    "exit cost",
    "cost to the Exchequer",
    "social value",
)
COLUMNS = ("variant", "figure", "unit", "mean", "gap", "low", "high")
_KEPT = (*COLUMNS, "set", "version", "library", "replications", "seed", "hash")


@attrs.frozen(kw_only=True)
class WrittenVariant:
    """One variant of a set: a base scenario with some policies removed, some added, and some values changed.

    `base` is by default the scenario of the set.
    """

    name: str
    about: str = ""
    base: str = ""
    without: tuple[str, ...] = ()
    policies: Named[Any] = attrs.field(factory=Named)
    having: Named[Any] = attrs.field(factory=Named)


@attrs.frozen(kw_only=True)
class WrittenSet:
    """The content of a file in `data/benchmarks`. `version` increases whenever a variant is added or changed."""

    title: str
    version: int
    scenario: str
    seed: int
    replications: int
    variants: tuple[WrittenVariant, ...]


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Benchmark:
    """The variants of a set side by side.

    Attributes:
        name: the set's name.
        version: the set's version.
        library: the version of the library.
        replications: the number of runs of each variant; all variants have the same seeds.
        seed: the root of the seeds.
        table: one row per variant and figure: unit, mean, and the gap from the first variant with its paired 95%
            interval (NaN with fewer than ten replications); indexed by variant and figure.
        hash: SHA-256 of the set and the figures of every run, hexadecimal. It changes as soon as any figure changes.
        inert: for each variant that changed no event in any run, the reason; "" if no reason is found.
    """

    name: str
    version: int
    library: str
    replications: int
    seed: int
    table: pd.DataFrame
    hash: str
    inert: Mapping[str, str] = attrs.field(factory=dict)

    def write(self, path: str | Path) -> None:
        """Write the table as CSV, with the set, versions, replications, seed and hash in every row."""
        # The table's index becomes columns again, so that the file has every row's variant and figure.
        columns: dict[str, Any] = {str(name): column for name, column in self.table.reset_index().items()}
        facts = (self.name, self.version, self.library, self.replications, self.seed, self.hash)
        for name, fact in zip(_KEPT[len(COLUMNS) :], facts, strict=True):
            columns[name] = [fact] * len(self.table)
        tables.write_csv(Path(path), columns)

    def against(self, other: Benchmark) -> pd.DataFrame:
        """The differences from another table: one row per variant and figure that differs or is in one table only.

        Columns: then and now (the means); gap_then and gap_now; changed ("mean", "sign of the gap", "new" or "gone").
        A gap has a sign only if its interval excludes zero; "sign of the gap" includes gaining or losing one. Indexed
        by variant and figure; empty if the tables agree.

        Raises:
            InputError: if the tables are of different sets, seeds or numbers of replications.
        """
        if (self.name, self.seed, self.replications) != (other.name, other.seed, other.replications):
            theirs = f"is of {other.name!r} with {other.replications} replications and seed {other.seed}"
            right = f"give a table of {self.name!r} with {self.replications} replications and seed {self.seed}"
            raise InputError("the stored table", theirs, right)
        ours = _rows(self)
        before = _rows(other)
        rows = []
        # Rows of either table: first those of this table in their order, then those that only the other table has.
        for key in dict.fromkeys((*ours, *before)):
            now = ours.get(key)
            then = before.get(key)
            changed = _changed(then, now)
            if changed:
                blank = {"mean": math.nan, "gap": math.nan}
                one = then or blank
                two = now or blank
                rows.append((*key, one["mean"], two["mean"], one["gap"], two["gap"], changed))
        names = ("variant", "figure", "then", "now", "gap_then", "gap_now", "changed")
        columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
        return tables.frame(columns, index=["variant", "figure"])

    def __repr__(self) -> str:
        count = self.table.index.get_level_values("variant").nunique()
        return (
            f"Benchmark of {self.name}, version {self.version}: {count} variants × {self.replications} replications, "
            f"library {self.library}, hash {self.hash[:16]}"
        )


def bundled_benchmarks() -> dict[str, Path]:
    """The file path of each bundled set of variants, by the name of the set."""
    with as_file(files("nhstransit.data") / "benchmarks") as folder:
        return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def stored_benchmark(name: str) -> Benchmark | None:
    """The table stored with the library for a bundled set; None if no table is stored."""
    with as_file(files("nhstransit.data") / "benchmarks") as folder:
        path = folder / f"{name}.csv"
        return read_benchmark(path) if path.exists() else None


def read_set(name: str | Path) -> tuple[str, WrittenSet, dict[str, Scenario]]:
    """Read a set of variants, given a bundled name or a path.

    Returns:
        The name of the set, the content of its file, and the scenario of each variant by its name.

    Raises:
        InputError: for an unknown name, for fewer than two variants, and for a variant that is not valid.
    """
    known = bundled_benchmarks()
    path = known[str(name)] if str(name) in known else Path(name)
    if path.suffix != ".toml":
        raise InputError(
            f"benchmark {str(name)!r}", "is not a bundled set", f"{nearest(str(name), known)}; or give a .toml file"
        )
    written = toml.load(path, WrittenSet)
    # Most variants have the same base, which is loaded only once.
    base = cache(lambda base: load_scenario(named_in(base, path.parent, "scenario")))
    scenarios: dict[str, Scenario] = {}
    try:
        for one in written.variants:
            if one.name in scenarios:
                raise FormatError("variants", f"{one.name!r} is used twice", "give each variant a different name")
            scenarios[one.name] = scenario_of(one, base(one.base or written.scenario))
        if len(scenarios) < 2:
            raise FormatError(
                "variants",
                f"the number is only {len(scenarios)}",
                "list the unchanged scenario and at least one variant",
            )
    except InputError as error:
        raise error.in_file(path) from None
    return path.stem, written, scenarios


def benchmark_policies(
    name: str | Path,
    *,
    replications: int | None = None,
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Benchmark:
    """Simulate a set of policy variants with the same seeds, and compare their figures with those of the first variant.

    Args:
        name: a bundled set, such as "england-2010", or the path of a TOML file like those in `data/benchmarks`.
        replications: the number of runs of each variant; None for the number in the file.
        store: the path of an SQLite file for the runs, so that the same call resumes; None to hold them in memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None for this process alone.
        progress: whether to show a progress line; None to show it in a terminal and in a notebook.

    Raises:
        InputError: for an unknown set, for a variant that is not valid, and for every reason that `sweep` gives.
    """
    check_path("name", name)
    known, written, scenarios = read_set(name)
    count = check_replications(written.replications if replications is None else replications)
    study = sweep(
        scenarios,
        replications=count,
        seed=written.seed,
        measure=decision_figures,
        store=store,
        executor=executor,
        progress=progress,
    )
    if study.results.failed.any():
        first = study.failures().iloc[0]
        right = "correct the variant, and run the benchmark again"
        raise InputError(f"variant {first['scenario']!r}", f"failed ({first['error']})", right)
    table, exact = _tabled(study)
    content = [scenario_content(one) for one in scenarios.values()]
    # Variants by replication; there is only one draw. Equal digests mean equal events.
    cells = study.results.cells("digest of events")[:, 0, :]
    ours = scenarios[study.results.names[0]]
    return Benchmark(
        name=known,
        version=written.version,
        library=library_version(),
        replications=count,
        seed=written.seed,
        table=table,
        hash=digest(known, str(written.version), *content, exact),
        inert={
            one: reason_in_words(ours, scenarios[one], NONE, written.seed) or ""
            for one, row in zip(study.results.names[1:], cells[1:], strict=True)
            if (row == cells[0]).all()
        },
    )


def _tabled(study: Study) -> tuple[pd.DataFrame, str]:
    """The table of a study, and a hash of the exact figures of every run."""
    rows: list[tuple[Any, ...]] = []
    content = hashlib.sha256()
    for figure in FIGURES:
        # Variants by replication, (variants, replications); the first variant is the one to compare with.
        cells = study.results.cells(figure)[:, 0, :]
        # Bytes in a fixed order, so that the hash is the same on every machine.
        content.update(cells.astype("<f8").tobytes())
        for place, variant in enumerate(study.results.names):
            # All variants have the same seeds, so gaps are paired.
            gaps = cells[place] - cells[0]
            low, high = _interval(gaps)
            mean = float(cells[place].mean())
            rows.append((variant, figure, UNITS[figure], mean, float(gaps.mean()), low, high))
    # The rows are by figure; the table is by variant. The sort is stable, so figures stay in order.
    order = {variant: place for place, variant in enumerate(study.results.names)}
    rows.sort(key=lambda row: order[row[0]])
    columns = {name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)}
    return tables.frame(columns, index=["variant", "figure"]), content.hexdigest()


def _interval(gaps: Floats) -> tuple[float, float]:
    if len(gaps) < FEWEST:
        return math.nan, math.nan
    half = student(LEVEL, len(gaps)) * float(gaps.std(ddof=1)) / math.sqrt(len(gaps))
    return float(gaps.mean()) - half, float(gaps.mean()) + half


def _rows(one: Benchmark) -> dict[tuple[str, str], dict[str, float]]:
    """The numbers of each row of a table, by variant and figure."""
    columns = ("mean", "gap", "low", "high")
    return {key: {name: float(row[name]) for name in columns} for key, row in one.table.iterrows()}  # type: ignore[misc]


def _changed(then: dict[str, float] | None, now: dict[str, float] | None) -> str:
    """What changed between two rows; "" if they differ by rounding at most."""
    if then is None:
        return "new"
    if now is None:
        return "gone"
    # A gap is a small difference of large means, so more of its digits are due to rounding.
    same_mean = math.isclose(then["mean"], now["mean"], rel_tol=1e-9, abs_tol=1e-9)
    same_gap = math.isclose(then["gap"], now["gap"], rel_tol=1e-6, abs_tol=1e-6)
    if same_mean and same_gap:
        return ""
    return "mean" if _sign(then) == _sign(now) else "sign of the gap"


def _sign(row: dict[str, float]) -> int:
    """1 if the interval of a gap is above zero, −1 if it is below, 0 if it includes zero or is missing."""
    return int(row["low"] > 0) - int(row["high"] < 0)


def read_benchmark(path: str | Path) -> Benchmark:
    """Read a table written by `Benchmark.write`.

    Raises:
        FormatError: for any other file.
    """
    check_path("path", path)
    place = Path(path)
    read = tables.read_csv(place)
    lacking = next((name for name in _KEPT if name not in read), None)
    if lacking is not None or not read["variant"]:
        wrong = "has no rows" if lacking is None else f"has no column {lacking!r}"
        raise FormatError(str(place), wrong, "give a table written by `nhstransit benchmark-policies --out`")
    try:
        columns: dict[str, Any] = {name: read[name] for name in COLUMNS[:3]}
        # A blank cell is a missing number: an interval cannot be computed from fewer than ten replications.
        columns |= {name: [float(cell or "nan") for cell in read[name]] for name in COLUMNS[3:]}
        # Every row has the same facts about the set, so the first row is enough.
        version, replications, seed = (int(read[name][0]) for name in ("version", "replications", "seed"))
    except ValueError as error:
        right = "make the table again with `nhstransit benchmark-policies --out`"
        raise FormatError(str(place), f"has a cell that is not a number ({error})", right) from None
    return Benchmark(
        name=read["set"][0],
        version=version,
        library=read["library"][0],
        replications=replications,
        seed=seed,
        table=tables.frame(columns, index=["variant", "figure"]),
        hash=read["hash"][0],
    )
