"""Read a user's own staff list from CSV, and write one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools
from nhstransit.dates import epoch_day, read_date
from nhstransit.errors import InputError, Mistakes, StaffError, check_path, nearest, shown
from nhstransit.workforce.columns import BANDS, CONTRACTS, NEVER, SECTIONS, SEXES, Workforce
from nhstransit.workforce.faults import Opening, note_unfit

NEEDED = ("staff", "employer", "function", "band", "point", "wte", "born", "service_from", "sex")
DEFAULTS = {
    "pay_pounds": "0",
    "clinician": "no",
    "contract": "permanent",
    "contract_ends": "",
    "section": "1995",
    "critical": "no",
    "skill": "0",
    "outside": "0",
    "attitude": "0",
}


def read_staff(
    path: Path, employers: Sequence[str], functions: Sequence[str], *, opening: Opening | None = None
) -> Workforce:
    """The workforce in a CSV file whose header names the columns of `NEEDED`, and any of `DEFAULTS`.

    Dates are written like 1965-03-31 and whole-time equivalents like 0.6. Pay points are counted from 1, the lowest of
    the band. Answers are yes or no.

    Args:
        path: the file.
        employers: names of the employers.
        functions: names of the functions.
        opening: first day of the scenario and its pay bands. If given, rows that are impossible for a person in post on
            that day are refused.

    Raises:
        StaffError: for every mistake, by file, line and column, in order of lines.
        FormatError: for a file that cannot be read.
    """
    check_path("path", path)
    mistakes = Mistakes()
    cells = tables.read_csv(path, mistakes)
    _check_header(path, cells)
    if not cells.lines and not mistakes:
        raise StaffError("", "contains no people", "give one line per person under the header").in_file(path)
    # A column that the file lacks has its usual value in every row.
    text = {name: cells.get(name, [default] * len(cells.lines)) for name, default in DEFAULTS.items()}
    text |= {name: cells[name] for name in NEEDED}
    columns, right = _columns(path, text, cells.lines, _readers(employers, functions), mistakes)
    # Rows with an unreadable cell are left out here, so that the checks of whole rows find no further fault in them.
    rows = np.flatnonzero(right)
    with mistakes.noted():
        people = Workforce(
            **{name: np.array(column)[rows] for name, column in columns.items()},
            employers=tuple(employers),
            functions=tuple(functions),
            source=str(path),  # for messages about mistakes
            lines=np.array(cells.lines, "int32")[rows],
        )
        if opening is not None:
            note_unfit(people, opening, mistakes)
    mistakes.tell()
    # The full path is for messages. A workforce records only the file's name, which is the same on every machine.
    return attrs.evolve(people, source=path.name)


Reader = Callable[[str], Any]


def _readers(employers: Sequence[str], functions: Sequence[str]) -> dict[str, tuple[str, Reader, Any]]:
    """For each column of the file: the column of the workforce, the function that reads a cell, and the substitute for
    an unreadable cell.
    """
    return {
        "staff": ("staff", _whole(0, 2**31 - 2), 0),
        "employer": ("employer", _word(employers), 0),
        "function": ("function", _word(functions), 0),
        "band": ("band", _word(BANDS), 0),
        "point": ("point", _point, 0),
        "pay_pounds": ("pay_pence", _pence, 0),
        "wte": ("wte_hundredths", _hundredths, 1),
        "born": ("born", _day, 0),
        "service_from": ("service_from", _day, 0),
        "sex": ("sex", _word(SEXES), 0),
        "clinician": ("clinician", _yes, False),
        "contract": ("contract", _word(CONTRACTS), 0),
        "contract_ends": ("contract_ends", lambda item: _day(item) if item else NEVER, NEVER),
        "section": ("section", _word(SECTIONS), 0),
        "critical": ("critical", _yes, False),
        "skill": ("skill", _score, 0.0),
        "outside": ("outside", _score, 0.0),
        "attitude": ("attitude", _score, 0.0),
    }


def _columns(
    path: Path,
    text: Mapping[str, Sequence[str]],
    lines: Sequence[int],
    readers: Mapping[str, tuple[str, Reader, Any]],
    mistakes: Mistakes,
) -> tuple[dict[str, list[Any]], Bools]:
    """The columns of the workforce, and whether each row is valid in all of them, (n,). Wrong cells are added to
    `mistakes`.

    Args:
        path: the file.
        text: cells by column of the file.
        lines: line of the file of each row.
        readers: the result of `_readers`.
        mistakes: list to which mistakes are added.
    """
    right = np.ones(len(lines), bool)
    columns: dict[str, list[Any]] = {}
    for place, (name, (column, read, instead)) in enumerate(readers.items()):
        # Each distinct text is read once, however many rows have it.
        known = {item: _read(read, item) for item in dict.fromkeys(text[name])}
        wrong = {item: reason for item, reason in known.items() if isinstance(reason, ValueError)}
        columns[column] = [instead if item in wrong else known[item] for item in text[name]]
        # A loop over rows only in a column with mistakes, which stop the import.
        for row, item in enumerate(text[name] if wrong else ()):
            if item in wrong:
                right[row] = False
                mistakes.add(_fault(path, lines[row], name, item, wrong[item]), lines[row], place)
    return columns, right


def _read(read: Reader, item: str) -> Any:
    """The meaning of a cell, or the ValueError that says what would be right."""
    try:
        return read(item)
    except ValueError as reason:
        return reason


def _fault(path: Path, line: int, name: str, item: str, reason: ValueError) -> Callable[[], InputError]:
    """A function that makes the error for an unreadable cell."""

    def error() -> InputError:
        fault: InputError = StaffError(f"line {line}: {name}", f"is {shown(item)}", str(reason)).in_file(path)
        return fault

    return error


class _UnknownError(ValueError):
    """An unknown word. The nearest known word is looked up only if the mistake is reported."""

    def __str__(self) -> str:
        word, words = self.args
        return nearest(word, words)


def write_staff(path: Path, people: Workforce, *, mode: int | None = None) -> None:
    """Write a workforce as the CSV that `read_staff` reads.

    Args:
        path: where the file will be.
        people: the workforce.
        mode: the file's permissions, as for `files.written`.

    Raises:
        OSError: if the folder is missing, or cannot be written to.
    """
    words = {
        "employer": people.employers,
        "function": people.functions,
        "band": BANDS,
        "sex": SEXES,
        "contract": CONTRACTS,
        "section": SECTIONS,
    }
    spelled = {name: np.array(word, object)[getattr(people, name)] for name, word in words.items()}
    days = {name: _dates(getattr(people, name)) for name in ("born", "service_from")}
    ends = people.contract_ends != NEVER
    flags = {name: np.where(getattr(people, name), "yes", "no") for name in ("clinician", "critical")}
    # Pence are written only if there are any, so that most files have whole pounds.
    pence_a_year = people.pay_pence.tolist()
    pounds = [str(pence // 100) if pence % 100 == 0 else f"{pence / 100:.2f}" for pence in pence_a_year]
    scores = {name: getattr(people, name).astype("float64").round(4) for name in ("skill", "outside", "attitude")}
    # A permanent contract has an empty cell. 0 stands in for NEVER, which is not a date.
    last_days = _dates(np.where(ends, people.contract_ends, 0))
    columns: Mapping[str, Any] = {
        "staff": people.staff,
        **spelled,
        "point": people.point + 1,
        "pay_pounds": pounds,
        "wte": people.wte,
        **days,
        **flags,
        "contract_ends": np.where(ends, last_days, ""),
        **scores,
    }
    order = [*NEEDED, *DEFAULTS]
    tables.write_csv(path, {name: columns[name] for name in order}, mode=mode)


def _dates(days: AnyArray) -> AnyArray:
    """Epoch days as text, such as 2010-04-01, of the same shape."""
    return np.datetime_as_string(days.astype("datetime64[D]")).astype(object)


def _check_header(path: Path, cells: Mapping[str, Any]) -> None:
    """Raise StaffError for every unknown column, and for every missing one."""
    tables.check_header(path, cells, NEEDED, DEFAULTS, StaffError)


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(item: str) -> int:
        # Python also accepts digits of other scripts and signs that spreadsheets do not write.
        if not (item.isascii() and item.isdecimal() and len(item) <= 18) or not low <= int(item) <= high:
            raise ValueError(f"give a whole number from {low} to {high}")
        return int(item)

    return read


def _point(item: str) -> int:
    return _whole(1, 12)(item) - 1


def _word(words: Sequence[str]) -> Callable[[str], int]:
    places = {word: place for place, word in enumerate(words)}

    def read(item: str) -> int:
        if item not in places:
            raise _UnknownError(item, words)
        return places[item]

    return read


_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def _number(item: str) -> float:
    """A number as usually written; NaN for anything else, including forms that only Python accepts."""
    return float(item) if len(item) < 40 and _NUMBER.fullmatch(item) else float("nan")


def _pence(item: str) -> int:
    pounds = _number(item)
    if not 0 <= pounds <= 20_000_000:
        raise ValueError("give whole-time basic pay a year in pounds, or 0 to use the pay point's")
    return round(pounds * 100)


def _hundredths(item: str) -> int:
    share = _number(item)
    if not 0.01 <= share <= 1:
        raise ValueError("give a whole-time equivalent from 0.01 to 1, such as 0.6")
    return round(share * 100)


def _day(item: str) -> int:
    return epoch_day(read_date(item, "1965-03-31"))


def _yes(item: str) -> bool:
    if item not in ("yes", "no"):
        raise ValueError("write yes or no")
    return item == "yes"


def _score(item: str) -> float:
    score = _number(item)
    if not abs(score) <= 10:
        raise ValueError("give a standardised score between -10 and 10")
    return score
