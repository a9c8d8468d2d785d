"""Only one room reads the raw columns of the log, or decides which of several events is the last."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nhstransit

HOUSE = Path(nhstransit.__file__).parent
# Rooms that write, define, read, store or independently check the log.
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
    """Every module that must use the history instead of the raw log."""
    return [path for path in sorted(HOUSE.rglob("*.py")) if not str(path.relative_to(HOUSE)).startswith(READERS)]


def raw_uses(text: str) -> list[int]:
    """Lines that use a raw column or raw events of a log, such as `log.day` or `run.log.of(...)`."""
    lines: list[int] = []
    if not LOG.search(text):
        return lines  # most modules end here, because parsing takes a hundred times as long
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr in RAW:
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if name == "log":
                lines.append(node.lineno)
    return lines


def test_no_other_module_reads_raw_columns_of_the_log() -> None:
    """Other rooms use named views or the history, so a change of the log's format does not affect them."""
    assert not [f"{path.relative_to(HOUSE)}:{line}" for path in modules() for line in raw_uses(path.read_text("utf-8"))]


def test_no_other_module_decides_which_of_several_events_is_the_last() -> None:
    """`run.lookup` finds first and last events of people."""
    assert not [str(path.relative_to(HOUSE)) for path in modules() if LAST.search(path.read_text("utf-8"))]


def test_no_other_module_imports_the_raw_log() -> None:
    """`Recorder`, `COLUMNS` and `MOVEMENTS` are for the rooms that write or read the log."""
    names = re.compile(r"^from nhstransit\.eventlog import .*\b(Recorder|COLUMNS|MOVEMENTS)\b", re.MULTILINE)
    assert not [str(path.relative_to(HOUSE)) for path in modules() if names.search(path.read_text("utf-8"))]


def test_the_search_finds_uses_of_raw_columns() -> None:
    """It does not report uses of views."""
    seen = "moves = run.log.of(Kind.MOVED)\nlog = run.log\nlate = log.day > 5\nfine = run.log.moves.day\n"
    assert raw_uses(seen) == [1, 3]
    assert LAST.search("post[rows] = moves.to_post  # of several, NumPy keeps the last")
