"""A forged store: its content is refused with an error, and nothing in it is executed."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from nhstransit.england import statuses_of
from nhstransit.errors import StoreError
from nhstransit.studies import open_study, results, sweep
from nhstransit.studies.store import TOTALS, check, mend, seal
from nhstransit.studies.totals import Total
from tests.studies.made import left, pair


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of four runs from a sweep."""
    path = tmp_path_factory.mktemp("whole") / "study.db"
    sweep(pair(), replications=2, seed=1, measure=left, store=path)
    return path


def copied(whole: Path, folder: Path) -> Path:
    path = folder / "study.db"
    path.write_bytes(whole.read_bytes())
    return path


SCHEMA = {
    "a view": "CREATE VIEW others AS SELECT * FROM runs",
    "a view in place of a table": "DROP TABLE series; CREATE VIEW series AS SELECT key, layout, body, seal FROM runs",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM series; END",
    "an index": "CREATE INDEX i ON scenarios (world)",
    "an index on a function": "CREATE INDEX i ON scenarios (abs(world))",
    "a further table": "CREATE TABLE more (a)",
    "a table less": "DROP TABLE layouts",
    "a column less": "ALTER TABLE runs DROP COLUMN seconds",
    "a column more": "ALTER TABLE runs ADD COLUMN more TEXT DEFAULT ''",
    "another type": "DROP TABLE series; CREATE TABLE series (key, layout, body, seal)",
    "a generated column": "ALTER TABLE runs ADD COLUMN more AS (seed + 1)",
}


@pytest.mark.parametrize("sql", SCHEMA.values(), ids=SCHEMA)
def test_another_schema_is_refused(sql: str, whole: Path, tmp_path: Path) -> None:
    """It is refused before anything is read or added. The error names the difference."""
    path = copied(whole, tmp_path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(sql)
    connection.close()
    for ask in (lambda: open_study(path).table(), lambda: again(path)):
        with pytest.raises(
            StoreError,
            match=r"study.db: \w+ \S+: (is missing|does not belong in a store|differs from that of a store); use",
        ):
            ask()


@pytest.mark.parametrize(
    "ask", [open_study, check, mend, lambda path: again(path)], ids=["open", "check", "mend", "go on"]
)
def test_a_schema_with_damaged_bytes_is_reported(ask: Callable[[Path], object], whole: Path, tmp_path: Path) -> None:
    """SQLite quotes the bytes in its own message, which then is not valid text."""
    path = copied(whole, tmp_path)
    content = path.read_bytes()
    assert content.count(b"CREATE TABLE sweeps (id") == 1
    path.write_bytes(content.replace(b"CREATE TABLE sweeps (id", b"CREATE TABLE sweeps\x9cid"))
    with pytest.raises(StoreError, match=r"study.db: is damaged \("):
        ask(path)


def again(path: Path) -> None:
    sweep(pair(), replications=2, seed=1, measure=left, store=path)


def recount(connection: sqlite3.Connection, table: str) -> None:
    """Set the total of a table to that of its present rows."""
    total = Total.of(found for (found,) in connection.execute(f"SELECT seal FROM {table}"))
    row = (table, total.rows, total.told())
    connection.execute(f"INSERT OR REPLACE INTO {TOTALS} VALUES (?, ?, ?, ?)", (*row, seal(row)))


def emptied(path: Path) -> None:
    """Delete the names of all figures, and count again."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM layouts")
        recount(connection, "layouts")
    connection.close()


def resealed(table: str, column: int, new: object) -> Callable[[Path], None]:
    """Change a cell in every row of a table, and set valid seals and totals."""

    def change(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            connection.execute(f"DELETE FROM {table}")
            for row in rows:
                cells = (*row[:column], new, *row[column + 1 : -1])
                marks = ", ".join("?" * len(names))
                connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", (*cells, seal(cells)))
            recount(connection, table)
        connection.close()

    return change


def resealed_total(digest: str) -> Callable[[Path], None]:
    """Set a total of runs that is not a number."""

    def change(path: Path) -> None:
        row = ("runs", 4, digest)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f"INSERT OR REPLACE INTO {TOTALS} VALUES (?, ?, ?, ?)", (*row, seal(row)))
        connection.close()

    return change


CELLS = {
    "a draw that is text": resealed("runs", 3, "many"),
    "a draw beyond all": resealed("runs", 3, 2**40),
    "a seed beyond all": resealed("runs", 5, 2**62),
    "a negative replication": resealed("runs", 4, -7),
    "figures cut short": resealed("runs", 8, b"\0\0\0"),
    "figures that are text": resealed("runs", 8, "12"),
    "names that are no list": resealed("layouts", 1, "{"),
    "names of numbers": resealed("layouts", 1, "7"),
    "a setting that is no list": resealed("draws", 3, "[[1]]"),
    "replications beyond all": resealed("scenarios", 4, 2**62),
    "names that are lost": emptied,
    "a total that is not a number": resealed_total("many"),
}


@pytest.mark.parametrize("forge", CELLS.values(), ids=CELLS)
def test_forged_cells_are_refused(forge: Callable[[Path], None], whole: Path, tmp_path: Path) -> None:
    """The seals are valid, but no sweep writes such content."""
    path = copied(whole, tmp_path)
    forge(path)
    try:
        study = open_study(path)
        study.table()
        study.summary()
        statuses_of(study)
        repr(study)
    except StoreError as error:
        assert str(path) in str(error) and "\n" not in str(error)


def test_a_compressed_scenario_that_would_fill_the_memory_is_refused(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few kilobytes would expand to more than the largest size of a scenario."""
    monkeypatch.setattr(results, "MOST_WORLD", 5_000_000)
    path = copied(whole, tmp_path)
    bomb = zlib.compress(b"#" * 20_000_000, 9)
    resealed("worlds", 2, bomb)(path)
    with pytest.raises(StoreError, match="the content of scenario 'calm' cannot be read"):
        statuses_of(open_study(path))


def test_reading_does_not_change_a_store(whole: Path, tmp_path: Path) -> None:
    """The bytes are the same before and after."""
    path = copied(whole, tmp_path)
    before = path.read_bytes()
    open_study(path).summary()
    assert path.read_bytes() == before
