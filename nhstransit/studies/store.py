"""The store of a sweep's results: one SQLite file, its tables, its checks for damage, and its repair.

The number of the format is in the file's `user_version`. Every row has a seal, a checksum of its other cells, which
shows damage that SQLite does not detect. Every table has a total (`totals.py`), which shows missing rows. A store has no
pickled objects, and nothing in it is executed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import time
import weakref
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path, PurePath
from typing import Any

import attrs

from nhstransit import toml
from nhstransit.errors import CONTROLS, NhstransitError, StoreError, shown
from nhstransit.files import NO_FILE, OWNER, written
from nhstransit.run import Provenance
from nhstransit.run.real_staff import owners_only
from nhstransit.scenario import Scenario, to_tables
from nhstransit.studies.content import digest
from nhstransit.studies.missing import StoreWarning, tell
from nhstransit.studies.plan import Plan
from nhstransit.studies.tasks import Outcome
from nhstransit.studies.totals import Total

FORMAT = 2
WITHOUT_TOTALS = 1  # the earlier format, without totals, which are added when such a store is opened for writing
APPLICATION = 0x6E687374  # "nhst", by which SQLite's tools identify the file
PATIENCE = 10.0  # seconds to wait while another program locks the file
DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)  # sqlite3 raises the second if its message quotes damaged text
ENDS = ("", "-wal", "-shm", "-journal")  # endings of the names of a store's files
MEND = "run `nhstransit store check FILE`, and repair the store with --mend"

TABLES = {
    "sweeps": "id INTEGER PRIMARY KEY, place INTEGER NOT NULL, content TEXT NOT NULL, seed INTEGER NOT NULL, "
    "measure TEXT NOT NULL, series TEXT NOT NULL, code TEXT NOT NULL, data TEXT NOT NULL, "
    "versions TEXT NOT NULL, seal BLOB NOT NULL",
    "worlds": "id INTEGER PRIMARY KEY, content TEXT NOT NULL, tables BLOB NOT NULL, seal BLOB NOT NULL",
    "scenarios": "sweep INTEGER NOT NULL, name TEXT NOT NULL, place INTEGER NOT NULL, world INTEGER NOT NULL, "
    "replications INTEGER NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (sweep, name)",
    "draws": "sweep INTEGER NOT NULL, number INTEGER NOT NULL, content TEXT NOT NULL, setting TEXT NOT NULL, "
    "seal BLOB NOT NULL, PRIMARY KEY (sweep, number)",
    "layouts": "id BLOB PRIMARY KEY, names TEXT NOT NULL, seal BLOB NOT NULL",
    "runs": "key BLOB PRIMARY KEY, sweep INTEGER NOT NULL, world INTEGER NOT NULL, draw INTEGER NOT NULL, "
    "replication INTEGER NOT NULL, seed INTEGER NOT NULL, layout BLOB NOT NULL, spans BLOB NOT NULL, "
    "figures BLOB NOT NULL, seconds REAL NOT NULL, failure TEXT NOT NULL, seal BLOB NOT NULL",
    "series": "key BLOB PRIMARY KEY, layout BLOB NOT NULL, body BLOB NOT NULL, seal BLOB NOT NULL",
}
TOTALS = "totals"  # has one row for each table above: its number of rows, and the digest of their seals
SCHEMA = TABLES | {TOTALS: "name TEXT PRIMARY KEY, many INTEGER NOT NULL, digest TEXT NOT NULL, seal BLOB NOT NULL"}
KEYED = ("runs", "series")  # tables without a row id, so that there is no separate index that could be damaged
COLUMNS = {
    table: tuple(part.split()[0] for part in text.partition(", PRIMARY KEY")[0].split(", "))
    for table, text in SCHEMA.items()
}


def creation() -> str:
    """The SQL that creates an empty store."""
    made = [_creating(name) + ";" for name in SCHEMA]
    return "\n".join([*made, f"PRAGMA application_id = {APPLICATION};", f"PRAGMA user_version = {FORMAT};"])


def _creating(table: str) -> str:
    return f"CREATE TABLE {table} ({SCHEMA[table]}){' WITHOUT ROWID' if table in KEYED else ''}"


def insertion(table: str, end: str = "") -> str:
    """The SQL that inserts a row into a table; `end` is the clause for a row that already exists."""
    marks = ", ".join("?" * len(COLUMNS[table]))
    return f"INSERT INTO {table} ({', '.join(COLUMNS[table])}) VALUES ({marks}) {end}"


def reading_total(table: str, columns: Iterable[str]) -> str:
    """The SQL that reads some columns of a table and, before them in each row, the table's total.

    A single statement reads a consistent state of the store, even while another program writes. For a table without
    rows, the result is one row with NULL in the table's columns. For a table without a total, it has no rows.
    """
    totals = ", ".join(f"{TOTALS}.{name}" for name in COLUMNS[TOTALS])
    cells = ", ".join(f"{table}.{name}" for name in columns)
    return f"SELECT {totals}, {cells} FROM {TOTALS} LEFT JOIN {table} ON 1 WHERE {TOTALS}.name = '{table}'"


def reading(table: str, where: str = "") -> str:
    """The SQL that reads all columns of a table in order; `where` is an optional clause."""
    return f"SELECT {', '.join(COLUMNS[table])} FROM {table} {where}"


def number_of(content: str) -> int:
    """The number of a sweep or a scenario content: the start of its hash.

    A lost row therefore gets the same number when it is written again.
    """
    return int(content[:14], 16)


def sealed(*cells: Any) -> tuple[Any, ...]:
    """A row with its seal appended."""
    return (*cells, seal(cells))


def seal(cells: tuple[Any, ...]) -> bytes:
    """The seal of a row: 16 bytes of SHA-256 of the `repr` of its cells, which differs for text and numbers."""
    return hashlib.sha256(repr(cells).encode("utf-8", "surrogatepass")).digest()[:16]


def _missing_rows(table: str, found: Total, kept: Total) -> str:
    """How the rows of a table differ from the rows that were written, in words; "" if they do not.

    Args:
        table: the name of the table.
        found: the total of the rows in the table.
        kept: the recorded total of the rows that were written.
    """
    if found == kept:
        return ""
    if found.rows == kept.rows:
        return f"has rows in its table {table!r} that differ from the rows that were written"
    return f"has {found.rows:,} rows in its table {table!r} instead of {kept.rows:,}"


_STEERS = re.compile(  # a control character, or a control character as JSON escapes it
    CONTROLS.pattern + r"|(?<!\\)(?:\\\\)*\\u00(?:0[0-8ef]|1[0-9a-f]|7f|[89][0-9a-f])", re.IGNORECASE
)


def _texts(table: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The cells of a row whose texts must have no control characters: all except the traceback of a failure."""
    return tuple(cell for name, cell in zip(COLUMNS[table], row, strict=True) if name != "failure")


def whole(row: tuple[Any, ...]) -> bool:
    """Whether a row matches its seal."""
    return bool(seal(row[:-1]) == row[-1])


@contextmanager
def telling(place: Path | None) -> Iterator[None]:
    """Translate SQLite's errors into StoreErrors, which state what is wrong with the file and what to do."""
    try:
        yield
    except DAMAGE as error:
        name = getattr(error, "sqlite_errorname", "") or type(error).__name__
        raise StoreError(str(place or "store"), *_explained(name, str(error))) from None


def _explained(name: str, words: str) -> tuple[str, str]:
    """What is wrong and what would be right, given the name and message of an error of SQLite or Python."""
    kept = "rows already committed stay in the store"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "is locked by another program", f"wait until it has finished, or name another file; {kept}"
    if name.startswith("SQLITE_FULL"):
        return "cannot grow: the disk is full", f"free some space and run again; {kept}"
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return "cannot be written", "name a file in a folder that you may write to"
    if name.startswith("SQLITE_CANTOPEN"):
        return "cannot be opened", "name a file in an existing folder that you may write to"
    if name.startswith("SQLITE_IOERR"):
        return f"cannot be read or written ({words})", f"check the disk, and run again; {kept}"
    if name.startswith("SQLITE_NOTADB"):
        return "is not a store of runs, or its beginning is damaged", "name another file"
    if name == "UnicodeDecodeError":
        return "is damaged (it has text that is not UTF-8)", MEND
    if name.startswith("SQLITE_CORRUPT") or name == "DatabaseError":
        # An error that is not listed may be damage too, so the advice is the same.
        return f"is damaged ({words})", MEND
    return f"cannot be used ({words})", MEND


# The store of a sweep's runs: one SQLite file, which only the parent process writes, or a database in memory
#
# Outcomes wait for about a second at most and are then committed together, first into the write-ahead log (`-wal`).
# Every few seconds the log is written into the file, so that a copy of the file alone lacks only the last seconds. The
# log needs shared memory; on a drive without it, a rollback journal is used instead. A stored result is never replaced.
# A failed run is replaced by a later attempt.

COMMIT_SECONDS = 1.0
CHECKPOINT_SECONDS = 4.0  # interval at which committed rows are written from the log into the file
_NO_SHARED_MEMORY = (  # beginnings of the names of SQLite's errors on drives without shared memory
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_PROTOCOL",
    "SQLITE_READONLY_CANTINIT",
)
_LATER = COLUMNS["runs"][1:]
_RENEWED = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[TOTALS][1:])
_RETRIED = (
    f"ON CONFLICT (key) DO UPDATE SET ({', '.join(_LATER)}) = "
    f"({', '.join('excluded.' + name for name in _LATER)}) WHERE runs.failure <> ''"
)


@attrs.define(eq=False, repr=False)
class Store:
    """An open store. `path` is None for a store in memory. Use `opened` to open a store, and close it afterwards."""

    path: Path | None
    connection: sqlite3.Connection
    sweep: int = -1
    has_totals: bool = True
    _changes: dict[str, Total] = attrs.field(factory=dict)
    _pending: list[Outcome] = attrs.field(factory=list)
    _worlds: dict[str, int] = attrs.field(factory=dict)
    _layouts: set[bytes] = attrs.field(factory=set)
    _committed: float = attrs.field(factory=lambda: time.monotonic())
    _checkpointed: float = attrs.field(factory=lambda: time.monotonic())

    def register(self, plan: Plan) -> int:
        """Record a plan, and return the number of its sweep, to which runs added later belong.

        If the staff may be real people, the store is first made readable by its owner only.

        Raises:
            StoreError: if the same sweep already has a different scenario of the same name, or a different draw of the
                same number.
        """
        self._keep_private(plan)
        with telling(self.path), self.writing():
            self.sweep = self._sweep(plan)
            for entry in plan.entries:
                self._worlds[entry.content] = self._world(entry.scenario, entry.content)
                self._scenario(entry.name, self._worlds[entry.content], plan.replications)
            self._draws(plan)
        self._checkpoint()
        return self.sweep

    def done(self, keys: list[bytes]) -> set[bytes]:
        """Which of these keys have a result; a failed run is not a result."""
        found: set[bytes] = set()
        with telling(self.path):
            # SQLite limits the number of question marks in one statement.
            for first in range(0, len(keys), 500):
                some = keys[first : first + 500]
                asked = f"SELECT key FROM runs WHERE failure = '' AND key IN ({', '.join('?' * len(some))})"
                found |= {key for (key,) in self.connection.execute(asked, some)}
        return found

    def count(self, plan: Plan) -> int:
        """How many runs of a plan have a result."""
        worlds = [self._worlds[entry.content] for entry in plan.worlds]
        numbers = ", ".join(map(str, worlds))
        asked = (
            "SELECT count(*) FROM runs WHERE sweep = ? AND draw < ? AND replication < ? AND failure = '' "
            f"AND world IN ({numbers})"
        )
        with telling(self.path):
            (many,) = self.connection.execute(asked, (self.sweep, len(plan.draws), plan.replications)).fetchone()
        return int(many)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Add outcomes, and commit if the last commit was more than a second ago."""
        self._pending.extend(outcomes)
        if time.monotonic() - self._committed >= COMMIT_SECONDS:
            self.commit()

    def commit(self) -> None:
        """Write the waiting rows. Raises StoreError if they cannot be written; rows already committed stay."""
        if self._pending:
            with telling(self.path), self.writing():
                for outcome in self._pending:
                    self._put(outcome)
            # Only after the commit, so that rows that could not be written are tried again.
            self._pending.clear()
        self._committed = time.monotonic()
        if self._committed - self._checkpointed >= CHECKPOINT_SECONDS:
            self._checkpoint()

    def _keep_private(self, plan: Plan) -> None:
        """Make the files of a store readable by their owner only, if its staff may be real people."""
        if self.path is None or not plan.has_real_staff:
            return
        for end in ENDS:
            with suppress(OSError):  # the file does not exist, or belongs to another user
                owners_only(self.path.with_name(self.path.name + end))

    def _checkpoint(self) -> None:
        """Write the log into the file, as far as other readers allow."""
        self._checkpointed = time.monotonic()
        if self.path is not None:
            with suppress(sqlite3.DatabaseError):  # the file is locked or the disk full: the rows are safe in the log
                self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """All rows of a table, each without its seal.

        Callers should not filter rows in SQL, because the cells that they filter by may be damaged. The table's total is
        checked after the last row, so only if the caller reads all rows.

        Raises:
            StoreError: for a damaged row, and for a table whose rows are not the rows that were written.
        """
        with telling(self.path):
            # The seals are collected while reading and compared with the total at the end.
            seals: list[bytes] = []
            kept, rows = self._with_total(table, COLUMNS[table])
            for row in rows:
                if not whole(row):
                    wrong = f"has a damaged row in its table {table!r}"
                    raise StoreError(str(self.path), wrong, MEND)
                if any(isinstance(cell, str) and _STEERS.search(cell) for cell in _texts(table, row)):
                    wrong = f"has a control character in its table {table!r}"
                    raise StoreError(str(self.path), wrong, "use a file that only nhstransit has written")
                seals.append(row[-1])
                yield row[:-1]
            if self.has_totals:
                self._check_total(table, Total.of(seals), kept)

    def total(self, table: str) -> Total:
        """The recorded total of a table. Raises StoreError if it is missing or damaged."""
        row = self.connection.execute(reading(TOTALS, "WHERE name = ?"), (table,)).fetchone()
        return self._total_in(table, row or ())

    def check_totals(self) -> None:
        """Compare the seals in every table with its total, without reading the other cells.

        Raises:
            StoreError: for a table whose rows are not the rows that were written.
        """
        with telling(self.path):
            for table in TABLES:
                kept, rows = self._with_total(table, ("seal",))
                # Damage may have replaced a seal by a cell of another type.
                found = Total.of(seal if isinstance(seal, bytes) else b"" for (seal,) in rows)
                self._check_total(table, found, kept)

    def _with_total(self, table: str, columns: tuple[str, ...]) -> tuple[tuple[Any, ...], Iterator[tuple[Any, ...]]]:
        """A table's row of totals, empty if it is missing, and some columns of the table, row by row."""
        if not self.has_totals:
            return (), self.connection.execute(f"SELECT {', '.join(columns)} FROM {table}")
        cursor = self.connection.execute(reading_total(table, columns))
        first = cursor.fetchone()
        width = len(COLUMNS[TOTALS])
        if first is None:
            return (), iter(())
        # The first row has the total and is also the first row of the table.
        rows = (row[width:] for row in chain([first], cursor))
        return first[:width], (row for row in rows if row[0] is not None)  # NULL means that the table has no rows

    def _total_in(self, table: str, row: tuple[Any, ...]) -> Total:
        """The total in a row of the table of totals. Raises StoreError if the row is missing or damaged."""
        if not row or not whole(row):
            wrong = f"has {'a damaged' if row else 'no'} total for its table {table!r}"
            raise StoreError(str(self.path), wrong, MEND)
        _, many, digest, _ = row
        try:
            return Total(int(many), int(digest, 16))
        except (TypeError, ValueError):
            raise StoreError(
                str(self.path), f"has a total for its table {table!r} that is not a number", MEND
            ) from None

    def _check_total(self, table: str, found: Total, row: tuple[Any, ...]) -> None:
        wrong = _missing_rows(table, found, self._total_in(table, row))
        if wrong:
            raise StoreError(str(self.path), wrong, MEND)

    def close(self) -> None:
        """Commit the waiting rows, close the store and remove the log, so that a single file is left.

        If another program is reading, the log remains until that program ends.
        """
        try:
            self.commit()
        finally:
            if self.path is not None:
                try:
                    self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    self.connection.execute("PRAGMA journal_mode = DELETE")
                except sqlite3.DatabaseError:
                    pass  # the file is locked or the disk full: the log stays, and is read together with the file
            self.connection.close()

    def writing(self) -> _Transaction:
        """A transaction, for use in `with`: either all changes in it are written, or none. Use `insert` to add rows."""
        return _Transaction(self)

    def insert(self, table: str, cells: tuple[Any, ...], end: str = "") -> bool:
        """Insert a row with its seal, and add it to the table's total. Call it only inside `writing`.

        Args:
            table: one of `TABLES`.
            cells: the row's cells without its seal.
            end: the clause for a row that already exists, such as "ON CONFLICT DO NOTHING".

        Returns:
            Whether the row was written, either as a new row or as a replacement.
        """
        row = sealed(*cells)
        # The seal of a row that is replaced must leave the total, so it is read before it is overwritten.
        before = self._replaced(table, row) if "DO UPDATE" in end else None
        written = self.connection.execute(insertion(table, end), row).rowcount > 0
        if written:
            replaced = [] if before is None else [before]
            self._count(table, Total.of([row[-1]]) - Total.of(replaced))
        return written

    def remove(self, table: str, where: str, cells: tuple[Any, ...]) -> None:
        """Remove rows, and subtract them from the table's total. Call it only inside `writing`.

        Args:
            table: one of `TABLES`.
            where: the condition, such as "id = ?".
            cells: the value for each question mark.
        """
        asked = f"SELECT seal FROM {table} WHERE {where}"
        seals = [bytes(seal) for (seal,) in self.connection.execute(asked, cells)]
        self.connection.execute(f"DELETE FROM {table} WHERE {where}", cells)
        self._count(table, Total() - Total.of(seals))

    def _replaced(self, table: str, row: tuple[Any, ...]) -> bytes | None:
        """The seal of the stored row with the same key as a new row; None if there is no such row."""
        found = self._one(f"SELECT seal FROM {table} WHERE key = ?", row[0])
        return None if found is None else bytes(found)

    def _count(self, table: str, change: Total) -> None:
        self._changes[table] = self._changes.get(table, Total()) + change

    def _write_totals(self) -> None:
        """Apply the changes of the transaction to the table of totals."""
        for table, change in self._changes.items():
            self._set_total(table, self.total(table) + change)
        self._changes.clear()

    def _set_total(self, table: str, total: Total) -> None:
        cells = sealed(table, total.rows, total.told())
        self.connection.execute(insertion(TOTALS, "ON CONFLICT (name) DO UPDATE SET " + _RENEWED), cells)

    def _forget(self) -> None:
        """After a rollback, discard the changes to totals and the record of lists of names already written."""
        self._changes.clear()
        self._layouts.clear()

    def _one(self, asked: str, *cells: Any) -> Any:
        found = self.connection.execute(asked, cells).fetchone()
        return found[0] if found else None

    def _sweep(self, plan: Plan) -> int:
        content = digest(str(plan.seed), plan.key_root)
        number = number_of(content)
        if self._one("SELECT id FROM sweeps WHERE id = ?", number) is None:
            # Positions count from 1 in the order in which the sweeps were started.
            place = int(self._one("SELECT coalesce(max(place), 0) + 1 FROM sweeps"))
            asked = plan.asked
            here = Provenance.here(law=asked.data, staff="")
            versions = json.dumps(attrs.asdict(here), sort_keys=True)
            cells = (number, place, content, plan.seed, asked.measure, asked.series, asked.code, asked.data, versions)
            self.insert("sweeps", cells)
        return number

    def _world(self, scenario: Scenario, content: str) -> int:
        number = number_of(content)
        if self._one("SELECT id FROM worlds WHERE id = ?", number) is None:
            self.insert("worlds", (number, content, zlib.compress(_written(scenario))))
        return number

    def _scenario(self, name: str, world: int, replications: int) -> None:
        asked = "WHERE sweep = ? AND name = ?"
        found = self.connection.execute(reading("scenarios", asked), (self.sweep, name)).fetchone()
        if found is not None and found[3] != world:
            wrong = f"already has a different scenario under the name {name!r}"
            raise StoreError(str(self.path or "store"), wrong, "give this scenario another name, or use another store")
        if found is not None:
            # The row is removed and written again, because its seal covers the number of replications.
            place = found[2]
            replications = max(replications, found[4])
            self.remove("scenarios", asked.removeprefix("WHERE "), (self.sweep, name))
        else:
            place = int(self._one("SELECT coalesce(max(place), -1) + 1 FROM scenarios WHERE sweep = ?", self.sweep))
        self.insert("scenarios", (self.sweep, name, place, world, replications))

    def _draws(self, plan: Plan) -> None:
        asked = "SELECT number, content FROM draws WHERE sweep = ?"
        known = dict(self.connection.execute(asked, (self.sweep,)).fetchall())
        for number in range(len(plan.draws)):
            content = plan.draw_content(number)
            # A number that is not stored yet cannot contradict anything.
            if known.get(number, content) != content:
                wrong = f"already has a different draw under the number {number}"
                right = "add new draws after the stored draws, or use another store"
                raise StoreError(str(self.path or "store"), wrong, right)
            if number not in known:
                setting = json.dumps(plan.draws.setting(number), default=str, ensure_ascii=False)
                self.insert("draws", (self.sweep, number, content, setting))

    def _put(self, outcome: Outcome) -> None:
        """Write a row for a run, and a row for its series if it has any."""
        point = outcome.point
        world = self._worlds[outcome.point.scenario]
        # Most runs have the same names of figures, so a run refers to a list of names and does not repeat it.
        layout = self._layout(json.dumps(outcome.names, ensure_ascii=False))
        numbers = (self.sweep, world, point.draw, point.replication, point.seed)
        spans = self._layout(json.dumps(outcome.spans, ensure_ascii=False)) if outcome.spans else b""
        cells = (point.key, *numbers, layout, spans, outcome.figures, outcome.seconds, outcome.failure)
        self.insert("runs", cells, _RETRIED)
        if outcome.spans:
            self.insert("series", (point.key, spans, outcome.series), "ON CONFLICT (key) DO NOTHING")

    def _layout(self, names: str) -> bytes:
        """Store a list of names, and return its key, which is the start of its hash."""
        key = bytes.fromhex(digest(names))[:8]
        if key not in self._layouts:
            self.insert("layouts", (key, names), "ON CONFLICT (id) DO NOTHING")
            self._layouts.add(key)
        return key


@attrs.define
class _Transaction:
    """A transaction. Either all of its changes are written or none, and readers never see only some of them."""

    store: Store

    def __enter__(self) -> None:
        # IMMEDIATE locks the file for writing at once. No other program can then write between our reading and
        # writing.
        self.store.connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: Any, *_: Any) -> None:
        try:
            if kind is None:
                self.store._write_totals()
                self.store.connection.execute("COMMIT")
        finally:
            if self.store.connection.in_transaction:  # an error occurred in the transaction or in its commit
                self.store._forget()
                self.store.connection.execute("ROLLBACK")


def opened(
    path: str | Path | None, *, writing: bool = False, private: bool = False, patience: float = PATIENCE
) -> Store:
    """Open the store at a path. With `writing`, it is created if it does not exist.

    Args:
        path: the path of the SQLite file; None for a store in memory.
        writing: whether to open it for writing.
        private: whether a new store is readable by its owner only, from its first byte (POSIX).
        patience: the seconds to wait while another program locks the file.

    Raises:
        StoreError: if the file does not exist, is not a store, has another format, is locked, is damaged, or cannot be
            written.
    """
    if path is None:
        store = Store(None, sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
        weakref.finalize(store, store.connection.close)  # closes the connection when no study refers to the store
        return _begun(store, True)
    place = Path(path)
    # A folder that is opened for writing is left to SQLite, whose error `telling` translates.
    absent = not place.is_file() and (place.exists() or not writing)
    if absent and not (writing and place.is_dir()):
        wrong = "is a folder" if place.is_dir() else "no such file"
        if place.exists() and not place.is_dir():
            wrong = f"cannot be read ({NO_FILE})"  # such as a pipe, for which SQLite would wait
        raise StoreError(str(place), wrong, "give the path of a store that a sweep has written")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            str(place), f"cannot be created ({error.strerror})", "name a file in a folder that you may write to"
        ) from None
    if writing and private:
        with suppress(OSError):  # the file exists, or cannot be created; SQLite then reports the error
            # SQLite gives its log and journal the permissions of the file
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER))
    with telling(place):
        try:
            return _begun(_connected(place, "rwc" if writing else "ro", patience), writing)
        # Without shared memory the first attempt fails, and a second one uses a rollback journal.
        except sqlite3.OperationalError as error:
            if not getattr(error, "sqlite_errorname", "").startswith(_NO_SHARED_MEMORY):
                raise
            try:
                store = _begun(_connected(place, "rwc" if writing else "rw", patience), writing, shared=False)
            except sqlite3.DatabaseError:
                raise error from None  # the cause is not missing shared memory, so the first error is reported
        if writing:
            slow = "this is slower, and other programs cannot read the store during a commit"
            tell(
                f"{place}: the drive has no shared memory, so the store uses a rollback journal; {slow}",
                StoreWarning,
            )
        return store


def uri_of(place: PurePath) -> str:
    """The URI with which SQLite opens a file. SQLite accepts no host, so a Windows share is written as part of the path."""
    uri = place.as_uri()
    return uri if uri.startswith("file:///") else f"file://{uri.removeprefix('file:')}"


def store_for(plan: Plan, place: str | Path | Store | None) -> Store:
    """The store for the runs of a plan, opened for writing. An open store is returned unchanged.

    Raises:
        StoreError: as for `opened`.
    """
    return place if isinstance(place, Store) else opened(place, writing=True, private=plan.has_real_staff)


def _connected(place: Path, mode: str, patience: float) -> Store:
    """Connect to the file as a store, without reading anything."""
    uri = f"{uri_of(place.resolve())}?mode={mode}"
    return Store(place, sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None))


def _begun(store: Store, writing: bool, *, shared: bool = True) -> Store:
    """Check the store's format, and create the tables of a new store. If either fails, the store is closed again.

    If `shared` is False (no shared memory), this connection locks the file, writes any remaining log into it, and then
    uses a rollback journal.
    """
    try:
        _begin(store, writing, shared)
    except BaseException:
        store.connection.close()
        raise
    return store


def _begin(store: Store, writing: bool, shared: bool) -> None:
    run = store.connection.execute
    run("PRAGMA trusted_schema = OFF")  # do not run functions in views, triggers or indices of an untrusted file
    if not writing:
        run("PRAGMA query_only = ON")
    if not shared:
        run("PRAGMA locking_mode = EXCLUSIVE")  # if it is set before the first read, the log needs no shared memory
    # What the file is: SQLite reports 0 for both numbers if no program has set them.
    (application,) = run("PRAGMA application_id").fetchone()
    (version,) = run("PRAGMA user_version").fetchone()
    (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION and (tables or not writing):
        wrong = "is an SQLite file, but not a store of runs" if tables else "is empty"
        right = "give the path of a store that a sweep has written"
        if not tables and store.path is not None:
            right += f"; if you copied it, also copy the file {store.path.name}-wal, which has its runs"
        raise StoreError(str(store.path), wrong, right)
    if application == APPLICATION and version not in (FORMAT, WITHOUT_TOTALS):
        right = f"this version reads format {FORMAT}; use the version that wrote the store, or another file"
        raise StoreError(f"{store.path}: format", f"is {version}", right)
    # A store of either format must have exactly its tables, and be intact before anything is written into it.
    if application == APPLICATION:
        store.has_totals = version != WITHOUT_TOTALS
        _check_schema(store)
        if writing:  # check before the first change
            sound(store)
            if store.has_totals:
                store.check_totals()
    # The log has been written into the file now, so the lock on the file can be released.
    if not shared:
        run("PRAGMA journal_mode = DELETE")
        run("PRAGMA locking_mode = NORMAL")
    # For writing: set the journal, then create the tables of a new store, or add the totals that an earlier format
    # lacks.
    if writing:
        if shared:
            run("PRAGMA journal_mode = WAL")
            run("SELECT count(*) FROM sqlite_master").fetchone()  # fails here if the drive has no shared memory
        run("PRAGMA synchronous = FULL")
        if application != APPLICATION:
            _create(store)
        elif not store.has_totals:
            _add_totals(store)


def _check_schema(store: Store) -> None:
    """Raise StoreError unless the file has exactly the tables of a store.

    An added view, trigger or index could hide rows, or run code when a row is read or written.
    """
    tables = SCHEMA if store.has_totals else TABLES
    wanted = {("table", name): _plain_sql(_creating(name)) for name in tables}
    found = {}
    for kind, name, text in store.connection.execute("SELECT type, name, sql FROM sqlite_master"):
        if text is not None or not str(name).startswith("sqlite_autoindex_"):  # SQLite's own index of a primary key
            found[str(kind), str(name)] = _plain_sql(str(text))
    if found and found != wanted:  # another process may be about to create them
        odd = [key for key in (*found, *wanted) if found.get(key) != wanted.get(key)]
        kind, name = odd[0]
        wrong = "differs from that of a store"
        if odd[0] not in found:
            wrong = "is missing"
        elif odd[0] not in wanted:
            wrong = "does not belong in a store"
        raise StoreError(f"{store.path}: {kind} {shown(name)}", wrong, "use a file that only nhstransit has written")


def _plain_sql(text: str) -> str:
    # SQLite stores a table's SQL with the spaces and line breaks of its author.
    return " ".join(text.split())


def sound(store: Store) -> None:
    """Raise StoreError if SQLite finds the file's structure damaged, which could hide rows without any error."""
    with telling(store.path):
        (found,) = store.connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise StoreError(str(store.path), f"is damaged ({' '.join(found.split())})", MEND)


def _create(store: Store) -> None:
    with store.writing():
        (tables,) = store.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables:  # another process may have created them first
            for statement in creation().split(";\n"):
                store.connection.execute(statement)
            for table in TABLES:
                store._set_total(table, Total())


def _add_totals(store: Store) -> None:
    """Add the totals of all tables to a store of the earlier format."""
    with store.writing():
        (version,) = store.connection.execute("PRAGMA user_version").fetchone()
        if version == WITHOUT_TOTALS:  # another process may have done it first
            store.connection.execute(_creating(TOTALS))
            for table in TABLES:
                seals = store.connection.execute(f"SELECT seal FROM {table}")
                store._set_total(table, Total.of(bytes(seal) for (seal,) in seals))
            store.connection.execute(f"PRAGMA user_version = {FORMAT}")
    store.has_totals = True


def _written(scenario: Scenario) -> bytes:
    """The scenario as TOML; empty if it cannot be written as a file."""
    try:
        return toml.dumps(to_tables(scenario)).encode()
    except NhstransitError:
        return b""


# Checking a store for damage, row by row, and saving the intact rows into a new file

Row = tuple[Any, ...]
MOST_BROKEN_PIECES = 20_000  # the number of unreadable pieces after which `_spans` stops dividing them


@attrs.frozen(kw_only=True)
class Report:
    """The result of a check: the numbers of intact rows, runs, failed runs and missing runs, and what is damaged.

    `damaged` describes each damaged row, and each table that cannot be read in full. `missing` counts runs that were
    never made or are damaged; the next sweep makes them.
    """

    path: Path
    rows: int
    runs: int
    failed: int
    missing: int
    damaged: tuple[str, ...]

    def __str__(self) -> str:
        runs = f"{self.runs:,} runs, {self.failed:,} of them failed; {self.missing:,} still to run"
        return f"{self.path}: {self.rows:,} rows are intact; {runs}; {len(self.damaged):,} damaged"


@contextmanager
def _hopeless() -> Iterator[None]:
    """Replace the advice to check the store in errors that the check itself raises."""
    try:
        yield
    except StoreError as error:
        right = error.right
        if right == MEND:
            right = "it cannot be repaired: keep the file, and run the sweep again with another store"
        raise StoreError(error.where, error.wrong, right) from None


@_hopeless()
def check(path: str | Path) -> Report:
    """Read every row of a store, and check seals and totals.

    Raises:
        StoreError: if the file is not a store, or cannot be read at all.
    """
    store = opened(path)
    try:
        with telling(store.path):
            store.connection.execute("BEGIN")  # reads rows and totals of one moment while others write
            found = {table: _through(store.connection, table) for table in TABLES}
            order = _disorder(store.connection)
            order += [line for table in TABLES for line in _miscounted(store, table, *found[table])]
    finally:
        store.connection.close()
    # Faults of the structure first, then damaged rows, then intact runs that refer to rows that are missing.
    damaged = [*order, *(line for table in TABLES for line in found[table][1])]
    good = {table: rows for table, (rows, _) in found.items()}
    good["runs"], lost = _complete(good)
    damaged += [f"{_run(row)}: its series, or the names of its figures, are missing" for row in lost]
    # Column 10 of the table of runs is the traceback of a failure.
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
    """Save every intact row into a new store, which replaces the damaged store and has its permissions.

    The damaged store is copied to a file ending in `.damaged`. If the repair is interrupted, the store is either
    unchanged or completely repaired.

    Returns:
        The path of the copy of the damaged store, and the number of rows saved.

    Raises:
        StoreError: if the damaged store cannot be read at all, or the new store cannot be written.
    """
    place = Path(path)
    old = place.with_name(f"{place.name}.damaged")
    source = opened(place)
    try:
        with telling(place):
            good = {table: _through(source.connection, table)[0] for table in TABLES}
    finally:
        source.connection.close()
    # A copy from an earlier repair may be the only copy of its rows.
    if old.exists():
        raise StoreError(str(old), "already exists", "move it to another folder, so that it is not overwritten")
    # A run without its figures' names cannot be read, and a series without its run belongs to nothing.
    good["runs"], _ = _complete(good)
    kept = {row[0] for row in good["runs"]}
    good["series"] = [row for row in good["series"] if row[0] in kept]
    try:
        # The copy of the damaged store is complete before the new store replaces the damaged one.
        mode = place.stat().st_mode & 0o777
        with written(place, mode=mode | OWNER) as new:
            _put_rows(new, good)
            with written(old, mode=mode) as aside:
                shutil.copyfile(place, aside)
            for end in ENDS[1:]:  # the log and journal of the damaged file, whose rows are in the new file
                place.with_name(place.name + end).unlink(missing_ok=True)
    except OSError as error:
        right = "close programs that use it, or copy it to a folder that you may write to"
        raise StoreError(str(place), f"cannot be repaired ({error.strerror})", right) from None
    return old, sum(map(len, good.values()))


def _put_rows(new: Path, good: dict[str, list[Row]]) -> None:
    """Write a new store of these rows."""
    target = opened(new, writing=True, private=True)
    try:
        with telling(new), target.writing():
            for table, rows in good.items():
                for row in rows:
                    target.insert(table, row[:-1])
    finally:
        target.close()


def _miscounted(store: Store, table: str, good: list[Row], bad: list[str]) -> list[str]:
    """A sentence about a table whose rows are all intact but do not match its total; empty if they match."""
    if bad or not store.has_totals:
        return []
    try:
        line = _missing_rows(table, Total.of(row[-1] for row in good), store.total(table))
    except (StoreError, *DAMAGE) as error:
        line = getattr(error, "wrong", str(error))
    return [f"the file: {line}"] if line else []


def _disorder(connection: sqlite3.Connection) -> list[str]:
    """Faults that SQLite finds in the file's structure, which could hide rows without any error; ten lines at most."""
    try:
        lines = [line for (line,) in connection.execute("PRAGMA integrity_check(10)")]
    except DAMAGE as error:
        lines = [str(error)]
    return [f"the file: {' '.join(line.split())}" for line in lines if line != "ok"]


def _through(connection: sqlite3.Connection, table: str) -> tuple[list[Row], list[str]]:
    """The intact rows of a table, and a description of each damaged row or part."""
    good: list[Row] = []
    bad: list[str] = []
    for found in _spans(connection, table):
        if isinstance(found, Exception):
            bad.append(f"table {table}: a part cannot be read ({found})")
            continue
        for row in found:
            if whole(row):
                good.append(row)
            else:
                bad.append(f"{_run(row)}: its row is damaged" if table == "runs" else f"table {table}: {_row(row)}")
    # Damage to the structure can lead to the same row twice. Rows are identified by the columns of their key.
    short = table in KEYED or len(COLUMNS[table]) < 4
    unique = {row[0] if short else row[:2]: row for row in good}
    return list(unique.values()), list(dict.fromkeys(bad))


def _complete(good: dict[str, list[Row]]) -> tuple[list[Row], list[Row]]:
    """Runs with all their related rows, and runs without the names of their figures or without their series."""
    names = {row[0] for row in good["layouts"]}
    series = {row[0] for row in good["series"]}
    kept: list[Row] = []
    lost: list[Row] = []
    for row in good["runs"]:
        # Columns 6 and 7 refer to the names of figures and of series; a run without series has an empty column 7.
        spans = row[7]
        has_series = not spans or (spans in names and row[0] in series)
        whole_run = row[6] in names and has_series
        (kept if whole_run else lost).append(row)
    return kept, lost


def _spans(connection: sqlite3.Connection, table: str) -> Iterator[list[Row] | Exception]:
    """The rows of a table, in as few pieces as possible, and an error for each piece that cannot be read.

    A piece that cannot be read is halved, the widest piece first, until it cannot be divided or too many pieces have
    failed.
    """
    # Keys of bytes are divided by their first four bytes, other tables by SQLite's number of the row.
    place, bound, most = ("key", _key, 2**32) if table in KEYED else ("rowid", int, 2**62)
    asked = reading(table, f"WHERE {place} >= ? AND {place} < ?")
    # First in, first out: all pieces of one width are tried before any of half that width.
    pieces = deque([(0, most)])
    failures = 0
    while pieces:
        low, high = pieces.popleft()
        try:
            rows = connection.execute(asked, (bound(low), bound(high))).fetchall()
        except DAMAGE as error:
            failures += 1
            if high - low > 1 and failures < MOST_BROKEN_PIECES:
                middle = (low + high) // 2
                pieces.extend([(low, middle), (middle, high)])
            else:
                yield error
        else:
            yield rows


def _key(number: int) -> bytes:
    """The lowest key that begins with a 32-bit number; for 2**32, a key above all others."""
    return number.to_bytes(4, "big") if number < 2**32 else b"\xff" * 33


def _asked(good: dict[str, list[Row]]) -> int:
    """The number of runs requested by all sweeps; scenarios with the same content are counted once per sweep."""
    total = 0
    for sweep in {row[0] for row in good["scenarios"]}:
        draws = sum(row[0] == sweep for row in good["draws"])
        # A scenario content with two names is run once, with the larger number of replications.
        worlds: dict[int, int] = {}
        mine = [row for row in good["scenarios"] if row[0] == sweep]
        for _, _, _, world, replications, _ in mine:
            worlds[world] = max(worlds.get(world, 0), replications)
        total += draws * sum(worlds.values())
    return total


def _run(row: Row) -> str:
    """A description of a run from the cells of its row, which may be damaged too."""
    key = row[0].hex()[:16] if isinstance(row[0], bytes) else repr(row[0])
    return f"run {key}, draw {row[3]!r}, replication {row[4]!r}, seed {row[5]!r}"


def _row(row: Row) -> str:
    text = repr(row[0].hex()[:16] if isinstance(row[0], bytes) else row[:2])
    return f"row {text if len(text) < 60 else text[:57] + '...'} is damaged"
