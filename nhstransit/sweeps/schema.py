"""The store's tables, the seal of each row, and SQLite's errors as sentences.

One SQLite file, `format` in its `user_version`. Every row has a seal, the hash of the rest of it, so that damage
which SQLite does not see is seen. Nothing in it is pickled and nothing in it is executed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nhstransit.errors import StoreError

FORMAT = 1
APPLICATION = 0x6E687374  # "nhst", by which SQLite's own tools know the file
PATIENCE = 10.0  # seconds to wait for another program's lock
MEND = "see `nhstransit store check FILE`, and --mend it"

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
KEYED = ("runs", "series")  # one tree, found by the hash: no second index that could disagree with it
COLUMNS = {
    table: tuple(part.split()[0] for part in text.partition(", PRIMARY KEY")[0].split(", "))
    for table, text in TABLES.items()
}


def creation() -> str:
    """The SQL that makes an empty store."""
    made = [
        f"CREATE TABLE {name} ({text}){' WITHOUT ROWID' if name in KEYED else ''};" for name, text in TABLES.items()
    ]
    return "\n".join([*made, f"PRAGMA application_id = {APPLICATION};", f"PRAGMA user_version = {FORMAT};"])


def insertion(table: str, end: str = "") -> str:
    """The SQL that puts a row into a table; `end` says what else, where the row is there already."""
    marks = ", ".join("?" * len(COLUMNS[table]))
    return f"INSERT INTO {table} ({', '.join(COLUMNS[table])}) VALUES ({marks}) {end}"


def reading(table: str, where: str = "") -> str:
    """The SQL that reads a table's columns in their order."""
    return f"SELECT {', '.join(COLUMNS[table])} FROM {table} {where}"


def number_of(content: str) -> int:
    """The number of a sweep or a world: the beginning of its own hash, so that a lost row can be written again alike."""
    return int(content[:14], 16)


def sealed(*cells: Any) -> tuple[Any, ...]:
    """A row with its seal at the end."""
    return (*cells, seal(cells))


def seal(cells: tuple[Any, ...]) -> bytes:
    """The hash of a row's cells: 16 bytes of SHA-256 over them as Python writes them, which tells text from numbers."""
    return hashlib.sha256(repr(cells).encode("utf-8", "surrogatepass")).digest()[:16]


def whole(row: tuple[Any, ...]) -> bool:
    """Whether a row as read is the row that was sealed."""
    return bool(seal(row[:-1]) == row[-1])


@contextmanager
def telling(place: Path | None) -> Iterator[None]:
    """SQLite's errors within as StoreErrors: what happened to the file, and what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        name = getattr(error, "sqlite_errorname", "") or type(error).__name__
        raise StoreError(str(place or "store"), *_told(name, str(error))) from None


def _told(name: str, words: str) -> tuple[str, str]:
    """What is wrong and what would be right, by the name of SQLite's error."""
    kept = "what was committed is kept"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "is locked by another program", f"wait until that is done, or name another file; {kept}"
    if name.startswith("SQLITE_FULL"):
        return "cannot grow: the disk is full", f"free some space and begin again; {kept}"
    if name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        return "cannot be written", "name a file in a folder that you may write to"
    if name.startswith("SQLITE_CANTOPEN"):
        return "cannot be opened", "name a file in a folder that is there and that you may write to"
    if name.startswith("SQLITE_IOERR"):
        return f"cannot be read or written ({words})", f"check the disk, and begin again; {kept}"
    if name.startswith("SQLITE_NOTADB"):
        return "is no store of runs, or its beginning is damaged", "name another file"
    if name.startswith("SQLITE_CORRUPT") or name == "DatabaseError":
        return f"is damaged ({words})", MEND
    return f"cannot be used ({words})", MEND
