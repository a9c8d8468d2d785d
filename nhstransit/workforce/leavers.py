"""Reads a payroll list of last year's leavers: the day each person left, the reason, and the destination.

Only natural departures count here: resignation, retirement, and other causes such as ill health, death or dismissal.
Redundancies, transfers and ends of fixed terms are set aside, because a scenario has policies and contracts for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Longs
from nhstransit.dates import date_of, epoch_day
from nhstransit.errors import Mistakes, StaffError, shown
from nhstransit.workforce import cells
from nhstransit.workforce.extract import Column, Sheet
from nhstransit.workforce.mapping import (
    LEAVE_OUT,
    REASONS,
    StaffMapping,
    function_name,
    known_heading,
    normal,
    recognised,
)
from nhstransit.workforce.quality import Finding, mistake

# The role of each column that only a list of leavers has, and the headings that identify it, most reliable first.
LEAVER_ROLES: dict[str, tuple[str, ...]] = {
    "left": (
        *("termination date", "actual termination date", "date of termination", "leaving date", "date of leaving"),
        *("date left", "leave date", "leaver date", "last working day", "last day of service", "left"),
    ),
    "reason": (
        *("leaving reason", "reason for leaving", "leaver reason", "termination reason", "leave reason", "reason"),
        "leaving reason description",
    ),
    "destination": (
        *("destination on leaving", "leaving destination", "destination of leaver", "leaver destination"),
        "destination",
    ),
}
_ALIASES = {alias: (role, rank) for role, names in LEAVER_ROLES.items() for rank, alias in enumerate(names)}
_SET_ASIDE = (
    (r"redundan|\bmars\b|mutually agreed", "redundancy or an agreed exit: caused by a policy, not a natural departure"),
    (r"fixed term|end of (contract|training|placement)|\bftc\b", "the end of a fixed term: the contract gives the day"),
    (r"transfer|tupe|merged", "a transfer: caused by a policy, not a natural departure"),
    (r"bank|has not worked|never started|did not start|flexi|retire and return", "did not leave a post here"),
)


@attrs.frozen(eq=False, kw_only=True)
class Leavers:
    """People who resigned, retired or left for other natural causes within one year, (n,) each.

    Attributes:
        first: epoch day on which the year begins.
        on: epoch day after the last day of the year.
        left: epoch day of the last day of service.
        cause: position in `REASONS`.
        nhs: 1 for another NHS employer, 0 for any other destination, −1 if it is not known.
        born, started, service_from: epoch days; `cells.BLANK` if the list does not give them.
        function: name of each person's function; "" if the list does not give it.
        set_aside: rows of the list that do not count, each with its reason and lines.
        rows: number of rows of the list.
    """

    first: int
    on: int
    left: Longs
    cause: Bytes
    nhs: Bytes
    born: Longs
    started: Longs
    service_from: Longs
    function: AnyArray
    set_aside: tuple[Finding, ...] = ()
    rows: int = 0

    def __len__(self) -> int:
        return len(self.left)


def known_in_leavers(text: str) -> bool:
    """Whether a text is a heading of a list of leavers."""
    return normal(text) in _ALIASES or known_heading(text)


def reason_of(word: str) -> tuple[str, str] | None:
    """The meaning of a reason for leaving, one of `REASONS` or "leave out", and why it does not count. None if not
    known.
    """
    plain = normal(word)
    # First the reasons that do not count, because words such as "voluntary" are also in "voluntary redundancy".
    for pattern, why in _SET_ASIDE:
        if re.search(pattern, plain):
            return LEAVE_OUT, why
    if re.search(r"death|died|deceased|dismiss|capabilit|conduct|ill health|substantial reason|statutory", plain):
        return "other", ""
    if re.search(r"retire|pension", plain):
        return "retired", ""
    if re.search(r"resign|voluntary|promotion|relocat|work life|better reward|dependant|education", plain):
        return "resigned", ""
    return None


def destination_of(word: str) -> int:
    """1 for another NHS employer, 0 for any other destination, −1 if it is not known."""
    plain = normal(word)
    # "Other" may be any employer, so it is not known either.
    if re.fullmatch(r"|unknown|not (known|stated|applicable)|n a|other", plain):
        return -1
    return int(bool(re.search(r"\bnhs\b", plain)) and not re.search(r"non nhs|outside", plain))


def leavers_of(sheet: Sheet, mapping: StaffMapping, on: int, *, order: str = "") -> Leavers:
    """The natural leavers in the year before a day.

    Args:
        sheet: the rows of the list.
        mapping: the meanings of headings and words that the user gives; `reasons` are for this list.
        on: epoch day of the extract of staff; the year ends on the day before.
        order: order of day and month in all columns of dates, if the user gives it.

    Raises:
        ExtractError: with all mistakes, by line and heading.
        StaffError: if nobody on the list resigned, retired or left for other natural causes in that year.
    """
    return _Reading(sheet, mapping, on, order).leavers()


class _Reading:
    """The state while a list of leavers is read."""

    def __init__(self, sheet: Sheet, mapping: StaffMapping, on: int, order: str) -> None:
        self.sheet = sheet
        self.given = mapping
        self.on = on
        self.order = order
        # The mapping is of the list of staff; only its headings that this list has as well are used.
        here = {role: heading for role, heading in mapping.columns.items() if heading in sheet.columns}
        found: dict[str, tuple[int, str]] = {}
        for heading in sheet.columns:
            role, rank = _ALIASES.get(normal(heading), ("", 0))
            # A lower rank is more reliable.
            if role and (role not in found or rank < found[role][0]):
                found[role] = (rank, heading)
        own = {role: heading for role, (_, heading) in found.items()}
        # All other headings are recognised as in a list of staff.
        used = set(own.values())
        rest = recognised([name for name in sheet.columns if name not in used], here)
        self.roles = rest | own
        self.stay = np.ones(len(sheet), bool)
        self.mistakes = Mistakes()
        self.set_aside: list[Finding] = []

    def leavers(self) -> Leavers:
        end = date_of(self.on)
        first = epoch_day(_year_before(end))
        for role, example in (("staff", "Employee Number"), ("left", "Termination Date"), ("reason", "Leaving Reason")):
            if role not in self.roles:
                right = f"add a column such as {example}"
                self._note(0, example, "is missing from the list of leavers", right)
        self.mistakes.tell()
        # Rows that do not count are left out first, so that their dates cause no mistakes.
        cause = self._causes()
        # The limits fix the century of two-digit years; the year itself is checked below.
        left = self._days("left", first - 40 * 366, self.on + 366)
        self.mistakes.tell()
        self._wrong("left", self.stay & (left == cells.BLANK), "give the last day of service")
        self.mistakes.tell()
        self._leave(
            (left < first) | (left >= self.on), "left", f"did not leave from {date_of(first)} to {date_of(self.on - 1)}"
        )
        self._leave(self._again(left), "staff", "a further row of the same person")
        self.mistakes.tell()
        if not self.stay.any():
            wrong = f"has no natural leavers from {date_of(first)} to {date_of(self.on - 1)}"
            raise StaffError(self.sheet.source, wrong, "give the list of the year before the day of the extract")
        rows = np.flatnonzero(self.stay)
        oldest = self.on - 100 * 366
        facts = {role: self._days(role, oldest, self.on) for role in ("born", "started", "service_from")}
        self.mistakes.tell()
        return Leavers(
            first=first,
            on=self.on,
            left=left[rows],
            cause=cause[rows].astype("int8"),
            nhs=self._read("destination", destination_of, -1)[rows].astype("int8"),
            function=self._read("function", self._function, "")[rows],
            set_aside=tuple(self.set_aside),
            rows=len(self.sheet),
            **{role: days[rows] for role, days in facts.items()},
        )

    def _function(self, word: str) -> str:
        return self.given.functions.get(word) or function_name(word)

    def _causes(self) -> AnyArray:
        """Position in `REASONS` of each row's reason. Rows that do not count are set aside."""
        column = self.sheet.columns[self.roles["reason"]]
        found = np.zeros(len(column.words), "int64")
        # Each distinct word is looked up once.
        for position, word in enumerate(column.words):
            mine = column.codes == position
            given = self.given.reasons.get(word)
            known = (given, "left out by the mapping file") if given else reason_of(word)
            if known is None:
                right = f"explain it under [reasons] in the mapping file: {', '.join(REASONS)} or {LEAVE_OUT}"
                self._wrong("reason", mine, right, once=True)
            elif known[0] == LEAVE_OUT:
                self._leave(mine, "reason", f"{shown(word)}: {known[1]}")
            else:
                found[position] = REASONS.index(known[0])
        return found[column.codes]

    def _again(self, left: Longs) -> Bools:
        """Further rows of a person: those with an earlier last day, and those that repeat an earlier row's last day."""
        column = self.sheet.columns[self.roles["staff"]]
        self._wrong("staff", column.read(cells.is_blank, "bool"), "give each person an identity")
        # Rows by person, the latest last day first; every row after the first of a person is a further one.
        rows = np.flatnonzero(self.stay)
        order = rows[np.lexsort((rows, -left[rows], column.codes[rows]))]
        again = np.zeros(len(self.sheet), bool)
        people = column.codes[order]
        again[order[1:]] = people[1:] == people[:-1]
        return again

    def _days(self, role: str, earliest: int, latest: int) -> Longs:
        """Epoch days of a column, (rows,); BLANK if a cell is empty or the column is missing."""
        if role not in self.roles:
            return np.full(len(self.sheet), cells.BLANK, "int64")
        column = self.sheet.columns[self.roles[role]]
        order = self.given.dates.get(column.heading, self.order)
        limits: dict[str, Any] = {"earliest": date_of(earliest), "latest": date_of(latest)}
        read = cells.read_days(column.words, order=order, heading=column.heading, **limits)
        # Each distinct text is read once; faults are then reported for every row that has the text.
        for position, word in enumerate(column.words):
            if word in read.faults:
                wrong, right = read.faults[word]
                self._wrong(role, column.codes == position, right, wrong=wrong)
        return column.read(lambda word: read.days.get(word, cells.BLANK), "int64")

    def _read(self, role: str, meaning: Callable[[str], Any], default: Any) -> AnyArray:
        if role not in self.roles:
            return np.full(len(self.sheet), default, object)
        column: Column = self.sheet.columns[self.roles[role]]
        return column.read(meaning)

    def _leave(self, mask: Bools, role: str, reason: str) -> None:
        rows = np.flatnonzero(mask & self.stay)
        if len(rows):
            self.stay[rows] = False
            self.set_aside.append(Finding(self.roles[role], reason, self.sheet.lines[rows]))

    def _wrong(self, role: str, mask: Bools, right: str, *, wrong: str = "", once: bool = False) -> None:
        """Add a mistake for each row of a mask that is not left out, or with `once` only for the first of these."""
        column = self.sheet.columns[self.roles[role]]
        rows = np.flatnonzero(mask & self.stay)
        for row in rows[: 1 if once else None].tolist():  # a loop over mistakes only, which stop the import
            word = column.words[column.codes[row]]
            many = f" ({len(rows):,} lines), which is not known" if once else ""
            fault = wrong or (f"is {shown(word)}{many}" if word else "is empty")
            self._note(int(self.sheet.lines[row]), column.heading, fault, right)

    def _note(self, line: int, heading: str, wrong: str, right: str) -> None:
        self.mistakes.add(mistake(self.sheet.unit, line, heading, wrong, right).in_file(self.sheet.source), line)


def _year_before(day: Any) -> Any:
    """The same day a year earlier; 1 March for 29 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, month=3, day=1)


__all__ = ["LEAVER_ROLES", "Leavers", "destination_of", "known_in_leavers", "leavers_of", "reason_of"]
