"""The store of a sweep's runs: one SQLite file, which only the parent writes, or as much in memory.

Outcomes wait for at most about a second and are then committed together, at first into the log beside the file (`-wal`);
every few seconds the log goes into the file, so that a copy of the file alone lacks no more than that. Where a drive has no
shared memory, which that log needs, a rollback journal serves instead. A run already there is left as it is; a failed one
gives way to a later try.
"""

from __future__ import annotations

import json
import sqlite3
import time
import weakref
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs

from nhstransit import toml
from nhstransit.errors import NhstransitError, StoreError
from nhstransit.run import Provenance
from nhstransit.scenario import Scenario, to_tables
from nhstransit.sweeps import schema
from nhstransit.sweeps.content import digest
from nhstransit.sweeps.missing import StoreWarning, tell
from nhstransit.sweeps.plan import Plan
from nhstransit.sweeps.schema import COLUMNS, insertion, number_of, reading, sealed, telling, whole
from nhstransit.sweeps.tasks import Outcome

COMMIT_SECONDS = 1.0
CHECKPOINT_SECONDS = 4.0  # after which what was committed goes from the log into the file
_NO_SHARED_MEMORY = (  # beginnings of what SQLite says of such drives
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_PROTOCOL",
    "SQLITE_READONLY_CANTINIT",
)
_LATER = COLUMNS["runs"][1:]
_RETRIED = (
    f"ON CONFLICT (key) DO UPDATE SET ({', '.join(_LATER)}) = "
    f"({', '.join('excluded.' + name for name in _LATER)}) WHERE runs.failure <> ''"
)


@attrs.define(eq=False, repr=False)
class Store:
    """An open store; `path` is None for one in memory. Use `opened` to have one, and close it."""

    path: Path | None
    connection: sqlite3.Connection
    sweep: int = -1
    _pending: list[Outcome] = attrs.field(factory=list)
    _worlds: dict[str, int] = attrs.field(factory=dict)
    _layouts: set[bytes] = attrs.field(factory=set)
    _committed: float = attrs.field(factory=lambda: time.monotonic())
    _checkpointed: float = attrs.field(factory=lambda: time.monotonic())

    def register(self, plan: Plan) -> int:
        """Note what a plan is to run, and return the number of its sweep; runs added later belong to it.

        Raises StoreError where a name or a draw stands for something else in the same sweep.
        """
        with telling(self.path), self._writing():
            self.sweep = self._sweep(plan)
            for entry in plan.entries:
                self._worlds[entry.content] = self._world(entry.scenario, entry.content)
                self._scenario(entry.name, self._worlds[entry.content], plan.replications)
            self._draws(plan)
        self._checkpoint()
        return self.sweep

    def done(self, keys: list[bytes]) -> set[bytes]:
        """Which of these keys have a result; a failure is none."""
        found: set[bytes] = set()
        with telling(self.path):
            for first in range(0, len(keys), 500):
                some = keys[first : first + 500]
                asked = f"SELECT key FROM runs WHERE failure = '' AND key IN ({', '.join('?' * len(some))})"
                found |= {key for (key,) in self.connection.execute(asked, some)}
        return found

    def count(self, plan: Plan) -> int:
        """How many runs of a plan have a result."""
        worlds = [self._worlds[entry.content] for entry in plan.worlds]
        asked = f"SELECT count(*) FROM runs WHERE sweep = ? AND draw < ? AND replication < ? AND failure = '' \
            AND world IN ({', '.join(map(str, worlds))})"
        with telling(self.path):
            (many,) = self.connection.execute(asked, (self.sweep, len(plan.draws), plan.replications)).fetchone()
        return int(many)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Take outcomes in, and commit if the last commit was a second ago."""
        self._pending.extend(outcomes)
        if time.monotonic() - self._committed >= COMMIT_SECONDS:
            self.commit()

    def commit(self) -> None:
        """Write what is waiting. Raises StoreError where that cannot be; what was committed before is kept."""
        if self._pending:
            with telling(self.path), self._writing():
                for outcome in self._pending:
                    self._put(outcome)
            self._pending.clear()
        self._committed = time.monotonic()
        if self._committed - self._checkpointed >= CHECKPOINT_SECONDS:
            self._checkpoint()

    def _checkpoint(self) -> None:
        """Put what was committed into the file itself, as far as nobody is reading; without a log there is nothing to do."""
        self._checkpointed = time.monotonic()
        if self.path is not None:
            with suppress(sqlite3.DatabaseError):  # locked or full: the log holds it all the same
                self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """All rows of a table, each without its seal. Raises StoreError for one that is damaged.

        None is left out by what it says of itself, which may be the damage.
        """
        with telling(self.path):
            for row in self.connection.execute(reading(table)):
                if not whole(row):
                    wrong = f"has a damaged row in its table of {table}"
                    raise StoreError(str(self.path), wrong, schema.MEND)
                yield row[:-1]

    def close(self) -> None:
        """Commit what is waiting, and leave one file; where another program is reading, it will be one when that ends."""
        try:
            self.commit()
        finally:
            if self.path is not None:
                try:
                    self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                    self.connection.execute("PRAGMA journal_mode = DELETE")
                except sqlite3.DatabaseError:
                    pass  # locked or full: the log beside the file holds what was committed, and is read with it
            self.connection.close()

    def _writing(self) -> _Transaction:
        return _Transaction(self.connection)

    def _one(self, asked: str, *cells: Any) -> Any:
        found = self.connection.execute(asked, cells).fetchone()
        return found[0] if found else None

    def _sweep(self, plan: Plan) -> int:
        content = digest(str(plan.seed), plan.key_root)
        number = number_of(content)
        if self._one("SELECT id FROM sweeps WHERE id = ?", number) is None:
            place = int(self._one("SELECT coalesce(max(place), 0) + 1 FROM sweeps"))
            asked = plan.asked
            versions = json.dumps(attrs.asdict(Provenance.here(law=asked.data, staff="")), sort_keys=True)
            cells = (number, place, content, plan.seed, asked.measure, asked.series, asked.code, asked.data, versions)
            self.connection.execute(insertion("sweeps"), sealed(*cells))
        return number

    def _world(self, scenario: Scenario, content: str) -> int:
        number = number_of(content)
        if self._one("SELECT id FROM worlds WHERE id = ?", number) is None:
            self.connection.execute(insertion("worlds"), sealed(number, content, zlib.compress(_written(scenario))))
        return number

    def _scenario(self, name: str, world: int, replications: int) -> None:
        asked = "WHERE sweep = ? AND name = ?"
        found = self.connection.execute(reading("scenarios", asked), (self.sweep, name)).fetchone()
        if found is not None and found[3] != world:
            wrong = f"holds another scenario under the name {name!r}"
            raise StoreError(str(self.path or "store"), wrong, "give this one another name, or name another store")
        if found is not None:
            place, replications = found[2], max(replications, found[4])
        else:
            place = int(self._one("SELECT coalesce(max(place), -1) + 1 FROM scenarios WHERE sweep = ?", self.sweep))
        cells = sealed(self.sweep, name, place, world, replications)
        self.connection.execute("DELETE FROM scenarios " + asked, (self.sweep, name))
        self.connection.execute(insertion("scenarios"), cells)

    def _draws(self, plan: Plan) -> None:
        asked = "SELECT number, content FROM draws WHERE sweep = ?"
        known = dict(self.connection.execute(asked, (self.sweep,)).fetchall())
        for number in range(len(plan.draws)):
            content = plan.draw_content(number)
            if known.get(number, content) != content:
                right = "add draws behind those that are there, or name another store"
                raise StoreError(str(self.path or "store"), f"holds another draw under the number {number}", right)
            if number not in known:
                setting = json.dumps(plan.draws.setting(number), default=str, ensure_ascii=False)
                cells = sealed(self.sweep, number, content, setting)
                self.connection.execute(insertion("draws"), cells)

    def _put(self, outcome: Outcome) -> None:
        """A row for a run, and one for its series."""
        point, world = outcome.point, self._worlds[outcome.point.scenario]
        layout = self._layout(json.dumps(outcome.names, ensure_ascii=False))
        numbers = (self.sweep, world, point.draw, point.replication, point.seed)
        spans = self._layout(json.dumps(outcome.spans, ensure_ascii=False)) if outcome.spans else b""
        cells = (point.key, *numbers, layout, spans, outcome.figures, outcome.seconds, outcome.failure)
        self.connection.execute(insertion("runs", _RETRIED), sealed(*cells))
        if outcome.spans:
            row = sealed(point.key, spans, outcome.series)
            self.connection.execute(insertion("series", "ON CONFLICT (key) DO NOTHING"), row)

    def _layout(self, names: str) -> bytes:
        """The number of a list of names: its own hash, so that it cannot be mistaken for another."""
        row = sealed(bytes.fromhex(digest(names))[:8], names)
        if row[0] not in self._layouts:
            self.connection.execute(insertion("layouts", "ON CONFLICT (id) DO NOTHING"), row)
            self._layouts.add(row[0])
        return bytes(row[0])


@attrs.define
class _Transaction:
    """All of it or nothing; readers see the store before or after."""

    connection: sqlite3.Connection

    def __enter__(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: Any, *_: Any) -> None:
        if kind is None:
            self.connection.execute("COMMIT")
        elif self.connection.in_transaction:
            self.connection.execute("ROLLBACK")


def opened(path: str | Path | None, *, writing: bool = False, patience: float = schema.PATIENCE) -> Store:
    """The store at a path, made if it is to be written and is not there; None: one in memory.

    Raises StoreError where there is none, it is something else or of another format, locked, damaged or not to be written.
    """
    if path is None:
        store = Store(None, sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))
        weakref.finalize(store, store.connection.close)  # it lives as long as a study holds it
        return _begun(store, True)
    place = Path(path)
    if not writing and not place.is_file():
        wrong = "is a folder" if place.is_dir() else "no such file"
        raise StoreError(str(place), wrong, "name a store that a sweep has written")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(str(place), f"cannot be made ({error.strerror})", "name a file in a folder of yours") from None
    with telling(place):
        try:
            return _begun(_connected(place, "rwc" if writing else "ro", patience), writing)
        except sqlite3.OperationalError as error:
            if not getattr(error, "sqlite_errorname", "").startswith(_NO_SHARED_MEMORY):
                raise
            try:
                store = _begun(_connected(place, "rwc" if writing else "rw", patience), writing, shared=False)
            except sqlite3.DatabaseError:
                raise error from None  # the drive is at fault in another way: what it said first
        if writing:
            slow = "slower, and locked to readers while it commits"
            tell(
                f"{place}: its drive has no shared memory, so it is written with a rollback journal: {slow}",
                StoreWarning,
            )
        return store


def _connected(place: Path, mode: str, patience: float) -> Store:
    """A connection to the file as a store, nothing of it read yet."""
    uri = f"{place.resolve().as_uri()}?mode={mode}"
    return Store(place, sqlite3.connect(uri, uri=True, timeout=patience, isolation_level=None))


def _begun(store: Store, writing: bool, *, shared: bool = True) -> Store:
    """The store with its format checked, and its tables made where it is new; closed again if that cannot be.

    Without `shared` memory the file is held by this connection alone while a log left beside it is taken in, and then has a
    rollback journal.
    """
    try:
        _begin(store, writing, shared)
    except BaseException:
        store.connection.close()
        raise
    return store


def _begin(store: Store, writing: bool, shared: bool) -> None:
    run = store.connection.execute
    if not shared:
        run("PRAGMA locking_mode = EXCLUSIVE")  # before anything is read: with it a log needs no shared memory
    (application,), (version,) = run("PRAGMA application_id").fetchone(), run("PRAGMA user_version").fetchone()
    (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
    if application != schema.APPLICATION and (tables or not writing):
        wrong = "is an SQLite file of something else" if tables else "is empty"
        right = "name a store that a sweep has written"
        if not tables and store.path is not None:
            right += f"; if it was copied from beside a {store.path.name}-wal, copy that too: its runs are in there"
        raise StoreError(str(store.path), wrong, right)
    if application == schema.APPLICATION and version != schema.FORMAT:
        right = f"this version reads {schema.FORMAT}; use the version that wrote it, or another file"
        raise StoreError(f"{store.path}: format", f"is {version}", right)
    if not shared:
        run("PRAGMA journal_mode = DELETE")
        run("PRAGMA locking_mode = NORMAL")
    if writing:
        if shared:
            run("PRAGMA journal_mode = WAL")
            run("SELECT count(*) FROM sqlite_master").fetchone()  # the first that needs shared memory, where it was WAL
        run("PRAGMA synchronous = FULL")
        if application != schema.APPLICATION:
            _create(store)
        sound(store)


def sound(store: Store) -> None:
    """Raise StoreError where SQLite finds the file's own order disturbed, so that rows may be hidden without a trace."""
    with telling(store.path):
        (told,) = store.connection.execute("PRAGMA quick_check(1)").fetchone()
    if told != "ok":
        raise StoreError(str(store.path), f"is damaged ({' '.join(told.split())})", schema.MEND)


def _create(store: Store) -> None:
    with store._writing():
        (tables,) = store.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables:  # another process may have been first
            for statement in schema.creation().split(";\n"):
                store.connection.execute(statement)


def _written(scenario: Scenario) -> bytes:
    """The scenario as TOML; nothing where no file can name its parts."""
    try:
        return toml.dumps(to_tables(scenario)).encode()
    except NhstransitError:
        return b""
