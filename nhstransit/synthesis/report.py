"""Achieved against target, margin by margin, counted from the people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Longs
from nhstransit.dates import complete_years
from nhstransit.errors import check_kind
from nhstransit.synthesis.cells import one_way, words_of
from nhstransit.synthesis.margins import VARIABLES, Margin, Margins
from nhstransit.workforce.columns import BANDS, CONTRACTS, SEXES, Workforce

if TYPE_CHECKING:
    import pandas as pd


@attrs.frozen(kw_only=True)
class Line:
    """One category of one margin: people wanted (perhaps a fraction), people achieved, and the target's source."""

    margin: str
    ways: int
    category: str
    target: float
    achieved: int
    sources: tuple[str, ...]
    quality: str

    @property
    def gap(self) -> float:
        """People achieved minus people wanted."""
        return self.achieved - self.target


@attrs.frozen(kw_only=True)
class MarginReport:
    """Every category of every margin, achieved against target."""

    people: int
    wte: float
    lines: tuple[Line, ...]

    def worst(self, ways: int) -> float:
        """The largest gap in people among margins over one variable (`ways` 1) or two (2); 0.0 if there is none."""
        return max((abs(line.gap) for line in self.lines if line.ways == ways), default=0.0)

    def frame(self) -> pd.DataFrame:
        """The lines as a DataFrame: margin, category, target, achieved, gap, quality, sources."""
        names = ("margin", "category", "target", "achieved", "gap", "quality")
        columns: dict[str, Any] = {name: [getattr(line, name) for line in self.lines] for name in names}
        return tables.frame(columns | {"sources": [", ".join(line.sources) for line in self.lines]})

    def __repr__(self) -> str:
        return (
            f"MarginReport({self.people:,} people, {self.wte:,.1f} WTE; worst gap {self.worst(1):.2f} people in a "
            f"one-way margin, {self.worst(2):.2f} in a two-way one)"
        )

    def _repr_html_(self) -> str:
        return tables.paragraphs([repr(self)]) + tables.html(self.frame(), "Margins, and what the staff achieve")


def margin_report(margins: Margins, people: Workforce, on: int) -> MarginReport:
    """What `people` achieve of `margins` on epoch day `on`. It counts people and does not use how they were made.

    A one-way target is the margin's share of everyone. A target within another variable is its share of the people who
    should be in that variable's category.

    Args:
        margins: the margins.
        people: the workforce to count.
        on: epoch day.
    """
    check_kind("margins", margins, Margins)
    check_kind("people", people, Workforce)
    lines: list[Line] = []
    for margin in margins.margin:
        lines += _lines(margins, margin, people, on)
    wte = float(people.wte_hundredths.sum(dtype="int64")) / 100
    return MarginReport(people=len(people), wte=wte, lines=tuple(lines))


def _lines(margins: Margins, margin: Margin, people: Workforce, on: int) -> list[Line]:
    names, codes = categories_of(margins, people, margin.of, on)
    # A margin among everyone is treated as one within a single group with a weight of 1.
    groups: tuple[str, ...] = ("",)
    outer = np.zeros(len(people), "int64")
    weights: Any = np.ones(1)
    if margin.within:
        groups, outer = categories_of(margins, people, margin.within, on)
        words = words_of(margins)
        there = words[VARIABLES.index(margin.within)]
        implied = one_way(margins, words, margin.within, ())
        weights = np.array([implied[there.index(group)] if group in there else 0.0 for group in groups])
    # Counts of all pairs in one step: group and category are packed in one number and unpacked by `reshape`.
    counts = np.bincount(outer * len(names) + codes, minlength=len(groups) * len(names))
    achieved = counts.reshape(len(groups), len(names))
    lines = []
    for group, row in sorted(margin.rows(), key=lambda pair: groups.index(pair[0])):
        number = groups.index(group)
        total = sum(row.values())  # about 1 for shares; the headcount for counts
        for name, size in sorted(row.items(), key=lambda pair: names.index(pair[0])):
            lines.append(
                Line(
                    margin=margin.name,
                    ways=2 if margin.within else 1,
                    category=f"{group}: {name}" if group else name,
                    target=float(len(people) * weights[number] * size / total),
                    achieved=int(achieved[number, names.index(name)]),
                    sources=margin.sources,
                    quality=margin.quality,
                )
            )
    return lines


def categories_of(margins: Margins, people: Workforce, variable: str, on: int) -> tuple[tuple[str, ...], Longs]:
    """The categories of a variable and the position (n,) of each person in them.

    An age or service below every interval counts in the first.

    Args:
        margins: the margins, with the intervals.
        people: the workforce.
        variable: the variable.
        on: epoch day at which age and service are counted.
    """
    names = margins.categories(variable)
    if variable in ("age", "service"):
        intervals = margins.ages if variable == "age" else margins.years
        since = people.born if variable == "age" else people.service_from
        starts = [intervals[name][0] for name in names]
        code = np.searchsorted(starts, complete_years(since, on), side="right") - 1
        return names, np.maximum(code, 0)
    words: dict[str, tuple[Sequence[str], Any]] = {
        "function": (people.functions, people.function),
        "band": (BANDS, people.band),
        "sex": (SEXES, people.sex),
        "contract": (CONTRACTS, people.contract),
        "clinician": (("no", "yes"), people.clinician),
        "hours": (tuple(str(share) for share in range(101)), people.wte_hundredths),
    }
    # A table from the code in the staff list to the position among the margins' categories.
    known, column = words[variable]
    position = np.array([names.index(word) if word in names else -1 for word in known])
    return names, position[np.asarray(column, "int64")]
