"""Scenario files with one random alteration of the bundled hamlet; every run makes the same files.

`mutants()` yields a name and the content of both files. Most of the altered files are invalid; some happen to be valid.
"""

from __future__ import annotations

import copy
import datetime as dt
import random
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import tomli_w

SCENARIOS = files("nhstransit.data") / "scenarios"
TEXT = (SCENARIOS / "hamlet.toml").read_bytes()
STAFF = (SCENARIOS / "hamlet-staff.csv").read_bytes()
TABLES = tomllib.loads(TEXT.decode())
WRONG: list[Any] = [
    "text",
    "",
    "0.1",
    "line\nbreak",
    True,
    -1,
    0,
    1.9,
    2**63,
    10**40,
    float("nan"),
    float("inf"),
    -0.5,
    1.5,
    dt.date(1900, 1, 1),
    dt.date(2040, 1, 1),
    dt.datetime(2010, 9, 2, 12),
    dt.time(12),
    [],
    ["text"],
    [1, 2],
    [[]],
    {},
    {"text": 1},
    [{"text": 1}],
]
Path = tuple[Any, ...]
Mutant = tuple[str, bytes, bytes]


def mutants(one_in: int = 1) -> Iterator[Mutant]:
    """All altered files, or one in `one_in` of each kind."""
    yield from _altered_keys(random.Random(1), 500 // one_in)
    yield from _flipped("text", TEXT, random.Random(2), 120 // one_in)
    yield from _flipped("staff", STAFF, random.Random(3), 120 // one_in)
    yield from _cut(random.Random(4), 30 // one_in)
    yield from _cells(random.Random(5), 120 // one_in)


def written(tables: Any) -> bytes:
    return tomli_w.dumps(tables).encode()


def paths(tables: Any, done: Path = ()) -> Iterator[Path]:
    """The path to every key and list item; of each list, only to the first two items."""
    if isinstance(tables, dict):
        steps = list(tables)
    else:
        steps = list(range(min(2, len(tables)))) if isinstance(tables, list) else []
    for step in steps:
        yield (*done, step)
        yield from paths(tables[step], (*done, step))


def having(path: Path, item: Any) -> dict[str, Any]:
    """The hamlet's tables with another item at a path."""
    tables = copy.deepcopy(TABLES)
    part = _parent(tables, path)
    part[path[-1]] = item
    return tables


def without(path: Path) -> dict[str, Any]:
    tables = copy.deepcopy(TABLES)
    del _parent(tables, path)[path[-1]]
    return tables


def _parent(tables: Any, path: Path) -> Any:
    for step in path[:-1]:
        tables = tables[step]
    return tables


def _altered_keys(rng: random.Random, count: int) -> Iterator[Mutant]:
    every = list(paths(TABLES))
    for _ in range(count):
        path = rng.choice(every)
        name = ".".join(str(step) for step in path)
        match rng.randrange(6):
            case 0:
                yield f"{name} deleted", written(without(path)), STAFF
            case 1:
                beside = (*path[:-1], "unheard-of" if isinstance(path[-1], str) else 0)
                yield f"{name} has a strange neighbour", written(having(beside, rng.choice(WRONG))), STAFF
            case _:
                item = rng.choice(WRONG)
                yield f"{name} is {item!r}", written(having(path, item)), STAFF


def _flipped(which: str, content: bytes, rng: random.Random, count: int) -> Iterator[Mutant]:
    for number in range(count):
        bytes_ = bytearray(content)
        for _ in range(rng.choice((1, 1, 2, 8))):
            bytes_[rng.randrange(len(bytes_))] = rng.choice((rng.randrange(256), *b'"\n\r,[]{}=\\#\0'))
        both = (bytes(bytes_), STAFF) if which == "text" else (TEXT, bytes(bytes_))
        yield f"{which} with flipped bytes {number}", *both


def _cut(rng: random.Random, count: int) -> Iterator[Mutant]:
    for _ in range(count):
        where = rng.randrange(len(TEXT))
        yield f"text cut at {where}", TEXT[:where], STAFF
        where = rng.randrange(len(STAFF))
        yield f"staff cut at {where}", TEXT, STAFF[:where]


def _cells(rng: random.Random, count: int) -> Iterator[Mutant]:
    """Staff lists in which one cell has another content; in the header that renames a column."""
    lines = [line.split(",") for line in STAFF.decode().splitlines()]
    strange = [
        "",
        "x",
        "-1",
        "1e9",
        "nan",
        "inf",
        "1.5",
        "1900-01-01",
        "2199-12-31",
        "2010-02-30",
        "VSM",
        '"',
        "٣",
        "9" * 30,
    ]
    for _ in range(count):
        row = rng.randrange(40)
        column = rng.randrange(len(lines[0]))
        cell = rng.choice(strange)
        cells = copy.deepcopy(lines)
        cells[row][column] = cell
        name = f"staff row {row}, column {lines[0][column]}: {cell!r}"
        yield name, TEXT, "\n".join(",".join(line) for line in cells).encode()
