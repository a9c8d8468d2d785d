"""A sweep in shards: each run is in one shard, and the merged shards equal the sweep on one machine."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nhstransit.errors import InputError, StoreError, SweepError
from nhstransit.studies import Draws, Study, merge_stores, open_study, sweep
from nhstransit.studies.store import COLUMNS, TABLES, check, opened
from tests.studies.made import heads, left, odd, pair, plan_of, slow, tiny

OF = 3
DRAWS = Draws(paths=("behaviour.departures.resign",), rows=[[0.5], [0.9]])
SWEPT: dict[str, Any] = {"replications": 4, "seed": 2010, "measure": left, "series": heads, "draws": DRAWS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one sweep in `whole.db`, and the same sweep in three shards."""
    stores = tmp_path_factory.mktemp("shards")
    sweep(pair(), **SWEPT, store=stores / "whole.db")
    for number in range(1, OF + 1):
        sweep(pair(), **SWEPT, store=stores / f"{number}.db", shard=(number, OF))
    return stores


def shards(folder: Path) -> list[Path]:
    return [folder / f"{number}.db" for number in range(1, OF + 1)]


def hashed(path: Path) -> str:
    return open_study(path).sha256()


def rows(path: Path) -> dict[str, list[Any]]:
    """All rows of a store, without the duration of runs."""
    store = opened(path)
    try:
        found = {
            table: sorted(store.rows(table))
            for table in ("sweeps", "worlds", "scenarios", "draws", "layouts", "series")
        }
        return found | {"runs": sorted((*row[:9], row[10]) for row in store.rows("runs"))}
    finally:
        store.connection.close()


def changed(path: Path, table: str, column: str, number: Any) -> None:
    """Change a column of a table's first row and set a valid seal, as another sweep could have written it."""
    store = opened(path, writing=True)
    names = COLUMNS[table][:-1]
    keys = names[:2] if table in ("scenarios", "draws") else names[:1]
    row = dict(zip(names, min(store.rows(table)), strict=True))
    with store.writing():
        store.remove(table, " AND ".join(f"{key} = ?" for key in keys), tuple(row[key] for key in keys))
        store.insert(table, tuple((row | {column: number}).values()))
    store.close()


@pytest.mark.parametrize(
    ("draws", "replications", "of"), [(1, 10, 3), (1, 1, 2), (4, 3, 5), (5, 1, 16), (2, 2, 4), (1, 7, 1)]
)
def test_every_run_is_in_one_shard(draws: int, replications: int, of: int) -> None:
    """Shards differ in size by at most one draw and replication, or by one run if there are few."""
    drawn = Draws(paths=("behaviour.departures.resign",), rows=[[0.5 + row / 10] for row in range(draws)])
    whole = plan_of(pair(), replications, draws=drawn)
    parts = [
        plan_of(pair(), replications, draws=drawn, shard=(number, of)) for number in range(1, min(of, len(whole)) + 1)
    ]
    points = [point for plan in parts for point in plan.points()]
    assert sorted(point.key for point in points) == sorted(point.key for point in whole.points())
    assert [len(plan) for plan in parts] == [len(list(plan.points())) for plan in parts]
    assert max(map(len, parts)) - min(map(len, parts)) <= (2 if draws * replications >= of else 1)
    for plan in parts:
        tasks = list(plan.tasks(lambda left: 2, lambda keys: set()))
        assert {point.key for task in tasks for point in task.points} == {point.key for point in plan.points()}


def test_a_shard_has_all_scenarios_of_its_draws_and_replications() -> None:
    """So each shard has pairs to compare."""
    points = list(plan_of(pair(), 10, shard=(2, 3)).points())
    assert len({point.scenario for point in points}) == 2
    assert sorted(point.replication for point in points) == [1, 1, 4, 4, 7, 7]


def test_more_replications_move_no_run_to_another_shard() -> None:
    """A shard that is run again with more replications adds to its own store."""
    few = {point.key for point in plan_of(pair(), 6, shard=(2, 3)).points()}
    many = {point.key for point in plan_of(pair(), 9, shard=(2, 3)).points()}
    assert few < many and len(many) == 6


@pytest.mark.parametrize(
    ("shard", "message"),
    [
        ((0, 3), "shard: is (0, 3); give its number and the number of shards, such as (3, 16)"),
        ((4, 3), "shard: is (4, 3)"),
        ("1/3", "shard: is '1/3'"),
        ((1.5, 3), "shard: is (1.5, 3)"),
        ((5, 9), "shard (5, 9): would be empty, because the sweep has only 4 runs; use at most 4"),
    ],
)
def test_an_invalid_shard_is_refused(shard: Any, message: str) -> None:
    """It is refused before any run."""
    with pytest.raises(SweepError) as caught:
        plan_of(pair(), 2, shard=shard)
    assert message in str(caught.value)


def test_the_text_of_a_shard_has_its_number_and_missing_runs(folder: Path, tmp_path: Path) -> None:
    """A shard that is resumed from the merged store makes no run."""
    merge_stores(shards(folder), into=tmp_path / "all.db")
    found = sweep(pair(), **SWEPT, store=tmp_path / "all.db", shard=(2, OF))
    assert repr(found) == "Study(calm, restless: shard 2 of 3, 16 runs of 2 scenarios × 2 draws, 0 failed)"
    with pytest.raises(SweepError, match="is one shard of a sweep; run all shards with more replications"):
        found.replicate_until("left", half_width=1.0)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_merged_shards_equal_one_sweep(order: tuple[int, ...], folder: Path, tmp_path: Path) -> None:
    """They have the same hash and rows, except for durations, in any order of merging."""
    files = shards(folder)
    merged = merge_stores([files[at] for at in order], into=tmp_path / "all.db")
    assert str(merged) == (
        f"{tmp_path / 'all.db'}: 16 runs from 3 stores; no run was in two stores; 0 failed, 0 still to run"
    )
    assert hashed(tmp_path / "all.db") == hashed(folder / "whole.db")
    assert rows(tmp_path / "all.db") == rows(folder / "whole.db")
    assert [path.name for path in tmp_path.iterdir()] == ["all.db"]
    assert not check(tmp_path / "all.db").damaged


def test_merging_one_by_one_equals_merging_at_once(folder: Path, tmp_path: Path) -> None:
    """The store exists already. Merging a shard twice changes nothing and is reported."""
    first, second, third = shards(folder)
    merge_stores([third], into=tmp_path / "all.db")
    assert merge_stores([second], into=tmp_path / "all.db").missing == 6
    merge_stores([first], into=tmp_path / "all.db")
    assert hashed(tmp_path / "all.db") == hashed(folder / "whole.db")
    again = merge_stores([second, folder / "whole.db"], into=tmp_path / "all.db")
    assert again.duplicates == 16 and again.runs == 16
    assert "16 were in more than one store, with equal results" in str(again)
    assert rows(tmp_path / "all.db") == rows(folder / "whole.db")


def test_the_order_of_scenarios_does_not_depend_on_the_order_of_merging(tmp_path: Path) -> None:
    """Stores have different scenarios of one sweep.

    They keep their order; two scenarios at one position are ordered by name.
    """
    some: dict[str, Any] = {"replications": 1, "seed": 1, "measure": left}
    calm, restless = pair().values()
    sweep({"b": calm, "z": restless}, **some, store=tmp_path / "1.db")
    sweep({"a": restless}, **some, store=tmp_path / "2.db")
    merge_stores([tmp_path / "1.db", tmp_path / "2.db"], into=tmp_path / "one.db")
    merge_stores([tmp_path / "2.db", tmp_path / "1.db"], into=tmp_path / "other.db")
    assert open_study(tmp_path / "one.db").results.names == ("a", "b", "z")
    assert hashed(tmp_path / "one.db") == hashed(tmp_path / "other.db")


@pytest.mark.filterwarnings("ignore::nhstransit.studies.MissingWarning")
def test_a_result_replaces_a_failed_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This holds in any order of merging. A failure without a result in any store is kept and counted."""
    sweep(tiny(), replications=6, seed=3, measure=odd, store=tmp_path / "1.db")
    failed = int(open_study(tmp_path / "1.db").results.failed.sum())
    assert 0 < failed < 6
    shutil.copy(tmp_path / "1.db", tmp_path / "2.db")
    store = opened(tmp_path / "2.db", writing=True)
    key = next(row for row in store.rows("runs") if row[10])[0]
    good = next(row for row in store.rows("runs") if not row[10])
    row = next(row for row in store.rows("runs") if row[0] == key)
    mended = (*row[:6], good[6], good[7], good[8], 0.5, "")
    with store.writing():
        store.remove("runs", "key = ?", (key,))
        store.insert("runs", mended)
    store.close()
    for name, files in {"one": ("1.db", "2.db"), "other": ("2.db", "1.db")}.items():
        merged = merge_stores([tmp_path / file for file in files], into=tmp_path / f"{name}.db")
        assert (merged.failed, merged.missing, merged.runs) == (failed - 1, 0, 6)
    assert hashed(tmp_path / "one.db") == hashed(tmp_path / "other.db")


@pytest.mark.parametrize(
    ("table", "column", "number", "message"),
    [
        ("runs", "figures", b"\0" * 16, "has different figures from another store for draw"),
        (
            "scenarios",
            "world",
            7,
            "has a different scenario from another store under the name 'calm'; merge only stores",
        ),
        (
            "draws",
            "content",
            "another",
            "has a different draw from another store under the number 0; merge only stores",
        ),
        ("series", "body", b"x\x9cc`\xc0\x02\0\0\x18\0\x01", "has a different series from another store"),
    ],
)
def test_stores_that_contradict_each_other_are_refused(
    table: str, column: str, number: Any, message: str, folder: Path, tmp_path: Path
) -> None:
    """The error names the store, and the existing store is unchanged."""
    shutil.copy(folder / "whole.db", tmp_path / "odd.db")
    shutil.copy(folder / "whole.db", tmp_path / "all.db")
    changed(tmp_path / "odd.db", table, column, number)
    with pytest.raises(StoreError) as caught:
        merge_stores([folder / "whole.db", tmp_path / "odd.db"], into=tmp_path / "all.db")
    assert message in str(caught.value) and str(tmp_path / "odd.db") in str(caught.value)
    assert rows(tmp_path / "all.db") == rows(folder / "whole.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.db", "odd.db"]


def test_stores_of_different_sweeps_are_refused(folder: Path, tmp_path: Path) -> None:
    """The error says what differs: here the seed and the measure."""
    sweep(pair(), **{**SWEPT, "seed": 4}, store=tmp_path / "seed.db")
    sweep(pair(), **{**SWEPT, "measure": slow, "seed": 2, "replications": 1}, store=tmp_path / "measure.db")
    with pytest.raises(
        StoreError, match=r"seed.db: differs from .*whole.db: it was made with a different seed; merge only"
    ):
        merge_stores([folder / "whole.db", tmp_path / "seed.db"], into=tmp_path / "all.db")
    with pytest.raises(StoreError, match="it was made with a different seed and a different measure"):
        merge_stores([folder / "whole.db", tmp_path / "measure.db"], into=tmp_path / "all.db")
    assert not (tmp_path / "all.db").exists()


def test_an_invalid_merge_is_refused(folder: Path, tmp_path: Path) -> None:
    """An empty list, a repeated file, a missing file, and a store without a sweep."""
    first = folder / "1.db"
    opened(tmp_path / "empty.db", writing=True).close()
    for files, message in {
        (): "stores: no stores are given",
        (first, folder / "." / "1.db"): "1.db: is given twice; name each store once",
        (first, tmp_path / "nowhere.db"): "nowhere.db: no such file",
        (first, tmp_path / "empty.db"): "empty.db: contains no sweep yet; leave it out",
        (first, 7): "stores: is 7; name the files of stores",
    }.items():
        with pytest.raises(InputError) as caught:
            merge_stores(files, into=tmp_path / "all.db")  # type: ignore[arg-type]  # the test passes a wrong type
        assert message in str(caught.value)
    assert not (tmp_path / "all.db").exists()


def test_a_damaged_shard_is_refused(folder: Path, tmp_path: Path) -> None:
    """The error has the command to mend it, and nothing is written."""
    shutil.copy(folder / "1.db", tmp_path / "1.db")
    with closing(sqlite3.connect(tmp_path / "1.db")) as connection, connection:
        connection.execute("UPDATE runs SET seed = seed + 1")
    connection.close()
    with pytest.raises(StoreError, match="has a damaged row in its table 'runs'; run `nhstransit store check FILE`"):
        merge_stores([tmp_path / "1.db", folder / "2.db"], into=tmp_path / "all.db")
    assert [path.name for path in tmp_path.iterdir()] == ["1.db"]


def test_a_store_in_use_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    """Another program that reads or writes it would have a log that does not match."""
    shutil.copy(folder / "1.db", tmp_path / "all.db")
    other = opened(tmp_path / "all.db", writing=True)
    other.connection.execute("BEGIN")
    other.connection.execute("SELECT count(*) FROM runs").fetchone()
    try:
        with pytest.raises(StoreError, match="is in use by another program; wait until it has finished"):
            merge_stores([folder / "2.db"], into=tmp_path / "all.db")
    finally:
        other.close()
    assert merge_stores([folder / "2.db"], into=tmp_path / "all.db").runs == 12


def test_the_committed_runs_of_a_killed_shard_are_merged(folder: Path, tmp_path: Path) -> None:
    """Its runs are in the log beside the file; the others are counted as missing."""
    store = opened(tmp_path / "1.db", writing=True)
    source = opened(folder / "1.db")
    with store.writing():
        for table in TABLES:
            for row in source.rows(table):
                store.insert(table, row)
    source.connection.close()
    assert (tmp_path / "1.db-wal").stat().st_size > 0
    for name in ("1.db", "1.db-wal"):
        shutil.copy(tmp_path / name, tmp_path / f"copy-{name}")
    merged = merge_stores([tmp_path / "copy-1.db", folder / "2.db"], into=tmp_path / "all.db")
    store.close()
    assert merged.runs == 12 and merged.missing == 4


def test_a_merged_store_can_be_extended(folder: Path, tmp_path: Path) -> None:
    """A sweep adds the missing runs."""
    merge_stores(shards(folder)[:2], into=tmp_path / "all.db")
    found: Study = sweep(pair(), **SWEPT, store=tmp_path / "all.db")
    assert found.sha256() == hashed(folder / "whole.db")


@pytest.mark.skipif(sys.platform == "win32", reason="there the folder decides who may read")
def test_a_merged_store_is_as_private_as_its_parts(folder: Path, tmp_path: Path) -> None:
    """Only the owner can read stores of real staff. Other stores have the permissions of any new file."""
    parts = [Path(shutil.copy(path, tmp_path)) for path in shards(folder)]
    parts[1].chmod(0o600)
    merge_stores(parts, into=tmp_path / "study.db")
    assert (tmp_path / "study.db").stat().st_mode & 0o777 == 0o600
    assert hashed(tmp_path / "study.db") == hashed(folder / "whole.db")
    for path in parts:
        path.chmod(0o644)
    merge_stores(parts, into=tmp_path / "open.db")
    assert (tmp_path / "open.db").stat().st_mode & 0o777 == 0o644
