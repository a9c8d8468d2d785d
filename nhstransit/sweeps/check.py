"""Looking through a store for damage, row by row, and saving what is whole into a new file."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from nhstransit.errors import StoreError
from nhstransit.sweeps.schema import KEYED, MEND, TABLES, insertion, reading, telling, whole
from nhstransit.sweeps.store import opened

Row = tuple[Any, ...]
PATIENCE = 20_000  # pieces of a table that may fail before no more are tried


@attrs.frozen(kw_only=True)
class Report:
    """What was found in a store: rows that are whole, those that are not, and how many asked runs are not there.

    `damaged` tells each damaged row in words, and each table of which a part cannot be read. `missing` runs were never
    made, or are among the damaged; the next sweep makes them.
    """

    path: Path
    rows: int
    runs: int
    failed: int
    missing: int
    damaged: tuple[str, ...]

    def __str__(self) -> str:
        runs = f"{self.runs:,} runs, of which {self.failed:,} failed; {self.missing:,} asked for and not there"
        return f"{self.path}: {self.rows:,} rows are whole; {runs}; {len(self.damaged):,} damaged"


@contextmanager
def _hopeless() -> Iterator[None]:
    """Errors within that would send the reader here say that nothing more can be done."""
    try:
        yield
    except StoreError as error:
        right = (
            "it cannot be mended: keep it, name another store, and sweep again" if error.right == MEND else error.right
        )
        raise StoreError(error.where, error.wrong, right) from None


@_hopeless()
def check(path: str | Path) -> Report:
    """Read every row of a store and hold it to its seal. Raises StoreError where it is none, or cannot be read at all."""
    store = opened(path)
    try:
        with telling(store.path):
            found = {table: _through(store.connection, table) for table in TABLES}
            order = _disorder(store.connection)
    finally:
        store.connection.close()
    damaged = [*order, *(told for table in TABLES for told in found[table][1])]
    good = {table: rows for table, (rows, _) in found.items()}
    good["runs"], lost = _complete(good)
    damaged += [f"{_run(row)}: its series, or the names of its figures, are lost" for row in lost]
    failed = sum(bool(row[10]) for row in good["runs"])
    return Report(
        path=Path(path),
        rows=sum(map(len, good.values())),
        runs=len(good["runs"]),
        failed=failed,
        missing=max(0, _asked(good) - len(good["runs"]) + failed),
        damaged=tuple(damaged),
    )


@_hopeless()
def mend(path: str | Path) -> tuple[Path, int]:
    """Save every whole row into a new store in the old one's place; the old one is kept beside it, as `….damaged`.

    Returns its place and the number of rows saved. Raises StoreError where it cannot be read at all, or not written anew.
    """
    place = Path(path)
    new, old = place.with_name(f"{place.name}.mending"), place.with_name(f"{place.name}.damaged")
    source = opened(place)
    try:
        with telling(place):
            good = {table: _through(source.connection, table)[0] for table in TABLES}
    finally:
        source.connection.close()
    if old.exists():
        raise StoreError(str(old), "is there already", "move it away, so that it is not lost")
    new.unlink(missing_ok=True)
    target = opened(new, writing=True)
    good["runs"], _ = _complete(good)
    kept = {row[0] for row in good["runs"]}
    good["series"] = [row for row in good["series"] if row[0] in kept]
    try:
        with telling(new), target._writing():
            for table, rows in good.items():
                target.connection.executemany(insertion(table), rows)
    finally:
        target.close()
    for end in ("-wal", "-shm"):
        place.with_name(place.name + end).unlink(missing_ok=True)
    place.replace(old)
    new.replace(place)
    return old, sum(map(len, good.values()))


def _disorder(connection: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with the order of the file, which may hide rows without a trace; at most ten lines."""
    try:
        lines = [told for (told,) in connection.execute("PRAGMA integrity_check(10)")]
    except sqlite3.DatabaseError as error:
        lines = [str(error)]
    return [f"the file: {' '.join(told.split())}" for told in lines if told != "ok"]


def _through(connection: sqlite3.Connection, table: str) -> tuple[list[Row], list[str]]:
    """The whole rows of a table, and what is wrong with the others in words."""
    good: list[Row] = []
    bad: list[str] = []
    for found in _spans(connection, table):
        if isinstance(found, sqlite3.DatabaseError):
            bad.append(f"table {table}: a part cannot be read ({found})")
            continue
        for row in found:
            if whole(row):
                good.append(row)
            else:
                bad.append(f"{_run(row)}: its row is damaged" if table == "runs" else f"table {table}: {_row(row)}")
    unique = {row[0] if table in KEYED or len(row) < 4 else row[:2]: row for row in good}
    return list(unique.values()), list(dict.fromkeys(bad))


def _complete(good: dict[str, list[Row]]) -> tuple[list[Row], list[Row]]:
    """The runs of which nothing is lost elsewhere, and those that lack the names of their figures, or their series."""
    names, series = {row[0] for row in good["layouts"]}, {row[0] for row in good["series"]}
    kept: list[Row] = []
    lost: list[Row] = []
    for row in good["runs"]:
        there = row[6] in names and (not row[7] or (row[7] in names and row[0] in series))
        (kept if there else lost).append(row)
    return kept, lost


def _spans(connection: sqlite3.Connection, table: str) -> Iterator[list[Row] | sqlite3.DatabaseError]:
    """The rows of a table in as few pieces as can be read; an error for each that cannot.

    A piece that cannot be read is halved, the widest first, until it is as narrow as can be or too many have failed.
    """
    place, bound, most = ("key", _key, 2**32) if table in KEYED else ("rowid", int, 2**62)
    asked = reading(table, f"WHERE {place} >= ? AND {place} < ?")
    pieces, failures = deque([(0, most)]), 0
    while pieces:
        low, high = pieces.popleft()
        try:
            rows = connection.execute(asked, (bound(low), bound(high))).fetchall()
        except sqlite3.DatabaseError as error:
            failures += 1
            if high - low > 1 and failures < PATIENCE:
                middle = (low + high) // 2
                pieces.extend([(low, middle), (middle, high)])
            else:
                yield error
        else:
            yield rows


def _key(number: int) -> bytes:
    """The least key that begins with a number of 32 bits, and one beyond all keys for the number after the last."""
    return number.to_bytes(4, "big") if number < 2**32 else b"\xff" * 33


def _asked(good: dict[str, list[Row]]) -> int:
    """How many runs all sweeps ask for, each world counted once."""
    total = 0
    for sweep in {row[0] for row in good["scenarios"]}:
        draws = sum(row[0] == sweep for row in good["draws"])
        worlds: dict[int, int] = {}
        for _, _, _, world, replications, _ in (row for row in good["scenarios"] if row[0] == sweep):
            worlds[world] = max(worlds.get(world, 0), replications)
        total += draws * sum(worlds.values())
    return total


def _run(row: Row) -> str:
    """A run as it says of itself, which may be damaged too."""
    key = row[0].hex()[:16] if isinstance(row[0], bytes) else repr(row[0])
    return f"run {key}, draw {row[3]!r}, replication {row[4]!r}, seed {row[5]!r}"


def _row(row: Row) -> str:
    text = repr(row[0].hex()[:16] if isinstance(row[0], bytes) else row[:2])
    return f"row {text if len(text) < 60 else text[:57] + '...'} is damaged"
