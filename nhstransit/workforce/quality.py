"""The report of what was done with each row of an extract: read, corrected by a rule, left out, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Longs
from nhstransit.errors import MOST, StaffError

if TYPE_CHECKING:
    import pandas as pd

    from nhstransit.workforce.mapping import StaffMapping


class ExtractError(StaffError):
    """One or more mistakes of an extract, by line and heading.

    `mapping` has the headings and words recognised so far, for the user to correct; None if there are none.
    """

    mapping: StaffMapping | None = None

    def _copied(self, where: str) -> ExtractError:
        copy = type(self)(where, self.wrong, self.right)
        copy.file = self.file
        copy.order = self.order
        copy.mapping = self.mapping
        return copy


def mistake(unit: str, line: int, heading: str, wrong: str, right: str) -> ExtractError:
    """One mistake of a file.

    Args:
        unit: what lines count: "line" or "row".
        line: its line; 0 for a mistake of a whole column.
        heading: the heading of its column; "" for a mistake of a whole line.
        wrong: what is wrong.
        right: what would be right.
    """
    where = f"{unit} {line}" if line else "the whole column"
    return ExtractError(f"{where}, {heading}" if heading else where, wrong, right)


@attrs.frozen(eq=False)
class Finding:
    """Rows to which one rule was applied.

    Attributes:
        heading: the column, as in the file; "" if the rule is about the whole row.
        rule: what was found and what was done, in one clause.
        lines: the lines of the file.
    """

    heading: str
    rule: str
    lines: Longs


@attrs.frozen(eq=False, kw_only=True)
class Quality:
    """The data-quality report of one extract.

    Attributes:
        source: the file's name.
        rows: lines under the headings that are rows of an assignment.
        people: people in the staff list.
        notes: findings and decisions that concern the whole file.
        mended: rows corrected by a rule.
        further: rows counted with another row of the same person.
        left_out: rows left out of the staff list.
        set_aside: line and reason of lines that are not rows of people.
        unused: headings of columns that were not needed.
        unit: what lines count: "line" or "row".
        files: number of extracts that were joined; if there are several, rules and notes name their file.
    """

    source: str
    rows: int
    people: int
    notes: tuple[str, ...]
    mended: tuple[Finding, ...]
    further: tuple[Finding, ...]
    left_out: tuple[Finding, ...]
    set_aside: tuple[tuple[int, str], ...]
    unused: tuple[str, ...]
    unit: str = "line"
    files: int = 1

    @property
    def rows_left_out(self) -> int:
        """Number of rows that are left out."""
        return sum(len(finding.lines) for finding in self.left_out)

    @property
    def rows_further(self) -> int:
        """Number of rows that are further assignments of a person with another row."""
        return sum(len(finding.lines) for finding in self.further)

    @property
    def table(self) -> pd.DataFrame:
        """One row per rule: what was done, the column, the rule, the number of rows and the first lines."""
        found = [*self._all_findings()]
        columns = {
            "done": [done for done, _ in found],
            "column": [one.heading for _, one in found],
            "rule": [one.rule for _, one in found],
            "rows": [len(one.lines) for _, one in found],
            f"first {self.unit}s": [_first(one.lines) for _, one in found],
        }
        return tables.frame(columns)

    @property
    def lines(self) -> pd.DataFrame:
        """One row per line of the file to which a rule was applied, in the file's order."""
        # Lines that were set aside, then the lines of each finding, sorted by line. The sort is stable, so several rules
        # for one line stay in their order.
        found = [*self._all_findings()]
        aside = [(line, "set aside", "", reason) for line, reason in self.set_aside]
        aside_lines = np.array([item[0] for item in aside], "int64")
        line = np.concatenate([aside_lines, *(one.lines for _, one in found)])
        repeats = [1] * len(aside) + [len(one.lines) for _, one in found]
        parts = [item[1:] for item in aside] + [(done, one.heading, one.rule) for done, one in found]
        order = np.argsort(line, kind="stable")
        columns = {self.unit: line[order]}
        for position, name in enumerate(("done", "column", "rule")):
            words = np.array([part[position] for part in parts], object)
            columns[name] = np.repeat(words, repeats)[order]
        return tables.frame(columns)

    def text(self) -> str:
        """The report as a page in Markdown. It gives lines and rules, but identifies no person."""
        parts = [
            f"# How {self.source} {'was' if self.files == 1 else 'were'} read",
            "",
            f"{self.rows:,} rows were read. {self.people:,} people are in the staff list; "
            f"{self.rows_further:,} rows are further assignments of these; {self.rows_left_out:,} rows are left out. "
            f"{len(self.set_aside):,} other {self.unit}s are not rows of people.",
            "",
            *(f"- {note}" for note in self.notes),
        ]
        for title, findings in (
            ("Left out", self.left_out),
            ("Corrected by rule", self.mended),
            ("Further assignments", self.further),
        ):
            parts += ["", f"## {title}", ""]
            if not findings:
                parts += ["Nothing."]
                continue
            parts += [f"| rows | column | reason | {self.unit}s |", "|---:|---|---|---|"]
            parts += [f"| {len(one.lines):,} | {one.heading} | {one.rule} | {_first(one.lines)} |" for one in findings]
        if self.set_aside:
            parts += ["", "## Set aside", ""]
            parts += [f"- {self.unit} {line}: {reason}" for line, reason in self.set_aside[:MOST]]
            if len(self.set_aside) > MOST:
                parts += [f"- and {len(self.set_aside) - MOST:,} more"]
        if self.unused:
            parts += ["", "## Not used", "", f"These columns were not needed: {', '.join(self.unused)}."]
        parts += ["", f"`quality.csv` lists every {self.unit} to which a rule was applied."]
        return "\n".join(parts) + "\n"

    def __repr__(self) -> str:
        return (
            f"Quality({self.rows:,} rows read, {self.people:,} people, {self.rows_further:,} further assignments, "
            f"{self.rows_left_out:,} left out)"
        )

    def _all_findings(self) -> Iterator[tuple[str, Finding]]:
        for done, findings in (
            ("left out", self.left_out),
            ("mended", self.mended),
            ("further assignment", self.further),
        ):
            for one in findings:
                yield done, one


def _first(lines: Longs, most: int = 8) -> str:
    """The first lines, and the number of further lines."""
    text = ", ".join(f"{line}" for line in lines[:most].tolist())
    return f"{text} and {len(lines) - most:,} more" if len(lines) > most else text
