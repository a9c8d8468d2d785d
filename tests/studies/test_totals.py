"""The total of each table: it reveals deleted and inserted rows, and totals of stores can be added."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nhstransit.errors import StoreError
from nhstransit.studies import open_study, store, sweep
from nhstransit.studies.store import FORMAT, TABLES, TOTALS, WITHOUT_TOTALS, check, mend, opened, reading, seal
from nhstransit.studies.totals import Total
from tests.studies.made import PLACE, cured, heads, left, outcome, pair, plan_of


def made(path: Path, replications: int = 2, **more: Any) -> Any:
    return sweep(pair(), replications=replications, seed=1, measure=left, series=heads, store=path, **more)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A store of four runs with their series, from a sweep."""
    path = tmp_path_factory.mktemp("written") / "study.db"
    made(path)
    return path.read_bytes()


@pytest.fixture
def path(written: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "study.db"
    path.write_bytes(written)
    return path


def edit(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def counted(path: Path, table: str) -> Total:
    """The total of the rows of a table, computed from their seals."""
    connection = sqlite3.connect(path)
    seals = [found for (found,) in connection.execute(f"SELECT seal FROM {table}")]
    connection.close()
    return Total.of(seals)


def stored_totals(path: Path) -> dict[str, Total]:
    there = opened(path)
    try:
        return {table: there.total(table) for table in TABLES}
    finally:
        there.connection.close()


def test_a_total_does_not_depend_on_order_and_rows_can_be_subtracted() -> None:
    """Subtracting a row leaves the total of the others. One changed bit changes the total."""
    rng = random.Random(5)
    seals = [rng.randbytes(16) for _ in range(200)]
    mixed = rng.sample(seals, len(seals))
    assert Total.of(seals) == Total.of(mixed) == sum((Total.of([one]) for one in mixed), Total())
    assert Total.of(seals) - Total.of(seals[:1]) == Total.of(seals[1:])
    other = bytes([seals[0][0] ^ 1]) + seals[0][1:]
    assert Total.of([other, *seals[1:]]) != Total.of(seals)


def test_every_table_has_the_total_of_its_rows(path: Path) -> None:
    """This is checked after a sweep and after more replications."""
    assert stored_totals(path) == {table: counted(path, table) for table in TABLES}
    made(path, 5)
    assert stored_totals(path) == {table: counted(path, table) for table in TABLES}
    assert stored_totals(path)["runs"].rows == stored_totals(path)["series"].rows == 10


@pytest.mark.filterwarnings("ignore::nhstransit.studies.MissingWarning")
def test_replacing_a_failure_updates_the_total(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The total is that of the present rows."""
    monkeypatch.setenv(PLACE, str(tmp_path))
    path = tmp_path / "study.db"
    sweep(pair(), replications=2, seed=1, measure=cured, store=path)
    before = stored_totals(path)["runs"]
    (tmp_path / "cured").touch()
    sweep(pair(), replications=2, seed=1, measure=cured, store=path)
    assert stored_totals(path)["runs"] == counted(path, "runs") != before
    assert before.rows == stored_totals(path)["runs"].rows == 4


@pytest.mark.parametrize("table", [table for table in TABLES if table != "worlds"])
def test_deleted_rows_are_detected(table: str, path: Path) -> None:
    """Reading, resuming and checking detect them. The error has the table and the number of rows."""
    rows = counted(path, table).rows
    where = (
        "key = (SELECT max(key) FROM {0})" if table in ("runs", "series") else "rowid = (SELECT max(rowid) FROM {0})"
    )
    edit(path, f"DELETE FROM {table} WHERE {where.format(table)}")
    message = f"has {rows - 1} rows in its table '{table}' instead of {rows}"
    before = path.read_bytes()
    with pytest.raises(StoreError, match=rf"study\.db: {message}; run `nhstransit store check"):
        open_study(path).sha256()
    with pytest.raises(StoreError, match=message):
        made(path)
    assert check(path).damaged[0] == f"the file: {message}"
    assert path.read_bytes() == before


def test_an_emptied_table_is_detected(path: Path) -> None:
    """An empty table has no row with a seal."""
    edit(path, "DELETE FROM runs")
    with pytest.raises(StoreError, match="has 0 rows in its table 'runs' instead of 4"):
        open_study(path).table()


def put_in(path: Path) -> None:
    """Copy a run under another key, with a valid seal."""
    connection = sqlite3.connect(path)
    *cells, _ = connection.execute(reading("runs")).fetchone()
    cells[0] = bytes(len(cells[0]))
    with connection:
        connection.execute(store.insertion("runs"), (*cells, seal(tuple(cells))))
    connection.close()


def exchanged(path: Path) -> None:
    """Replace one row with another, with a valid seal."""
    put_in(path)
    edit(path, "DELETE FROM runs WHERE key = (SELECT max(key) FROM runs)")


OTHERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a row put in": (put_in, "has 5 rows in its table 'runs' instead of 4"),
    "a row exchanged": (exchanged, "has rows in its table 'runs' that differ from the rows that were written"),
    "a total changed": (
        lambda path: edit(path, f"UPDATE {TOTALS} SET many = 3 WHERE name = 'runs'"),
        "has a damaged total for its table 'runs'",
    ),
    "a total deleted": (
        lambda path: edit(path, f"DELETE FROM {TOTALS} WHERE name = 'runs'"),
        "has no total for its table 'runs'",
    ),
}


@pytest.mark.parametrize("what", OTHERS)
def test_inserted_rows_and_changed_totals_are_detected(what: str, path: Path) -> None:
    """All rows may have valid seals."""
    change, message = OTHERS[what]
    change(path)
    with pytest.raises(StoreError, match=message):
        open_study(path).table()
    with pytest.raises(StoreError, match=message):
        made(path)
    assert check(path).damaged[0] == f"the file: {message}"


def test_a_mended_store_has_the_totals_of_its_remaining_rows(path: Path) -> None:
    """The next sweep makes the deleted runs, and the store is complete."""
    unharmed = open_study(path).sha256()
    edit(path, "DELETE FROM runs WHERE key = (SELECT max(key) FROM runs)")
    mend(path)
    assert check(path).damaged == () and check(path).missing == 1 and len(open_study(path)) == 3
    assert made(path).sha256() == unharmed
    assert stored_totals(path) == {table: counted(path, table) for table in TABLES}


def test_a_store_of_the_previous_format_is_read_and_gets_totals(path: Path) -> None:
    """The next sweep adds the totals."""
    unharmed = open_study(path).sha256()
    edit(path, f"DROP TABLE {TOTALS}", f"PRAGMA user_version = {WITHOUT_TOTALS}")
    before = path.read_bytes()
    assert open_study(path).sha256() == unharmed and check(path).damaged == ()
    assert path.read_bytes() == before
    assert made(path).sha256() == unharmed
    assert stored_totals(path) == {table: counted(path, table) for table in TABLES}
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    connection.close()


def test_a_reader_sees_rows_and_totals_of_the_same_moment(path: Path) -> None:
    """Commits during reading are not shown and cause no error."""
    reader = opened(path)
    writer = opened(path, writing=True)
    rows = reader.rows("runs")
    next(rows)
    plan = plan_of(pair(), 5, series=heads)
    writer.register(plan)
    points = [task.points[0] for task in plan.tasks(lambda left: 1, writer.done)]
    writer.add([outcome(point, 1.0) for point in points])
    writer.commit()
    assert len(list(rows)) == 3 and len(list(reader.rows("runs"))) == 4 + len(points) > 4
    reader.connection.close()
    writer.close()


def test_two_writers_keep_the_total_correct(tmp_path: Path) -> None:
    """A run that the other writer has already written is not counted again."""
    path = tmp_path / "study.db"
    plan = plan_of(pair(), 6)
    points = [point for task in plan.tasks(lambda left: 6, lambda keys: set()) for point in task.points]
    writers = [opened(path, writing=True) for _ in range(2)]
    for writer in writers:
        writer.register(plan)
    for number, point in enumerate(points):
        for writer in writers if number % 2 else reversed(writers):
            writer.add([outcome(point, float(number))])
            writer.commit()
    for writer in writers:
        writer.close()
    assert stored_totals(path) == {table: counted(path, table) for table in TABLES}
    assert stored_totals(path)["runs"].rows == len(points) == 12


def test_the_total_of_merged_stores_is_the_sum_without_common_rows(tmp_path: Path) -> None:
    """The missing rows of a second store are inserted into the first."""
    shares = {"one.db": pair(), "other.db": {"calm": pair()["calm"]}}
    for name, scenarios in shares.items():
        sweep(scenarios, replications=3, seed=1, measure=left, store=tmp_path / name)
    one, other = (opened(tmp_path / name, writing=name == "one.db") for name in shares)
    before = one.total("runs")
    added = other.total("runs")
    both = {row[0] for row in one.rows("runs")} & {row[0] for row in other.rows("runs")}
    assert before.rows == 6 and len(both) == added.rows == 3
    with one.writing():
        written = [one.insert("runs", row, "ON CONFLICT (key) DO NOTHING") for row in other.rows("runs")]
    assert not any(written) and one.total("runs") == before
    with one.writing():
        one.connection.execute("DELETE FROM runs")
        one._count("runs", Total() - before)
    with one.writing():
        assert all(one.insert("runs", row, "ON CONFLICT (key) DO NOTHING") for row in other.rows("runs"))
    assert one.total("runs") == added
    one.close()
    other.connection.close()


def test_the_next_commit_completes_a_failed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It also inserts what the failed transaction had inserted, such as names of figures."""
    path = tmp_path / "study.db"
    plan = plan_of(pair(), 2)
    points = [point for task in plan.tasks(lambda left: 2, lambda keys: set()) for point in task.points]
    there = opened(path, writing=True)
    there.register(plan)
    there.add([outcome(point, 1.0) for point in points])
    put = store.Store._put

    def failing(self: store.Store, one: Any) -> None:
        put(self, one)
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(store.Store, "_put", failing)
        with pytest.raises(StoreError):
            there.commit()
    there.close()
    assert len(open_study(path).table()) == 4
    assert stored_totals(path) == {table: counted(path, table) for table in TABLES}
