"""The log has one reader: nobody else touches its raw columns or decides which of several events is the last."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nhstransit

HOUSE = Path(nhstransit.__file__).parent
# Rooms that write the log, define it, read it for all others, keep it on disk, or check it independently.
READERS = ("engine/", "log.py", "run/")
RAW = {
    "day",
    "phase",
    "kind",
    "rule",
    "staff",
    "first",
    "second",
    "pence",
    "take",
    "of",
    "tuples",
    "columns",
    "places",
}
LOG = re.compile(rf"\blog\s*\.\s*({'|'.join(sorted(RAW))})\b")
LAST = re.compile(r"of (several|many),? (events )?(NumPy|numpy)|NumPy keeps|\bsearchsorted\(.*log\.", re.IGNORECASE)


def modules() -> list[Path]:
    """Every module that must ask the history."""
    return [path for path in sorted(HOUSE.rglob("*.py")) if not str(path.relative_to(HOUSE)).startswith(READERS)]


def raw_uses(text: str) -> list[int]:
    """Lines on which a raw column of a log, or a choice of raw events, is used: `log.day`, `run.log.of(...)`."""
    lines: list[int] = []
    if not LOG.search(text):
        return lines  # most modules: to part one into words takes a hundred times as long
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr in RAW:
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if name == "log":
                lines.append(node.lineno)
    return lines


def test_nobody_else_reads_raw_columns_of_the_log() -> None:
    """Rooms above ask a view with names of its own, or the history, so that another format of the log touches no room."""
    assert not [f"{path.relative_to(HOUSE)}:{line}" for path in modules() for line in raw_uses(path.read_text("utf-8"))]


def test_nobody_else_decides_which_of_several_events_is_the_last() -> None:
    """First and last events of people are found in `run.lookup`."""
    assert not [str(path.relative_to(HOUSE)) for path in modules() if LAST.search(path.read_text("utf-8"))]


def test_nobody_else_imports_the_log_itself() -> None:
    """`Recorder`, the movements and the names of raw columns are for the rooms that write or read it."""
    names = re.compile(r"^from nhstransit\.eventlog import .*\b(Recorder|COLUMNS|MOVEMENTS)\b", re.MULTILINE)
    assert not [str(path.relative_to(HOUSE)) for path in modules() if names.search(path.read_text("utf-8"))]


def test_a_raw_use_is_seen() -> None:
    """The search itself finds what it is for, and lets views pass."""
    seen = "moves = run.log.of(Kind.MOVED)\nlog = run.log\nlate = log.day > 5\nfine = run.log.moves.day\n"
    assert raw_uses(seen) == [1, 3]
    assert LAST.search("post[rows] = moves.to_post  # of several, NumPy keeps the last")
