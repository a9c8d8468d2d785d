"""A part of a story as plain data, and as text: terminal, page and workbook show the same sentences and rows."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from nhstransit import tables
from nhstransit.report.grid import grid_lines

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 80  # letters in a line


@attrs.frozen(kw_only=True)
class Section:
    """A part of a story: heading, sentences, and rows of cells ready to print under their `columns`."""

    heading: str
    sentences: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, heading: str, text: str = "", table: pd.DataFrame | None = None) -> Section:
        """A section from a paragraph and a table whose cells are ready to print."""
        columns = () if table is None else tuple(str(name) for name in table.columns)
        rows = () if table is None else tuple(tuple(map(str, row)) for row in table.itertuples(index=False))
        return cls(heading=heading, sentences=(text,) if text else (), columns=columns, rows=rows)

    @property
    def text(self) -> str:
        """The sentences in one paragraph."""
        return " ".join(self.sentences)

    @property
    def table(self) -> pd.DataFrame | None:
        """The rows as a table of text; None where the section has none."""
        return _frame(self.columns, self.rows) if self.columns else None


def as_text(sections: Sequence[Section], width: int = WIDTH) -> str:
    """The sections one under another, no line longer than `width` unless a single word is."""
    return "\n\n".join("\n".join(_lines(section, width)) for section in sections) + "\n"


def _lines(section: Section, width: int) -> list[str]:
    wrapped = [line for sentence in section.sentences for line in _wrapped(sentence, width)]
    return [
        section.heading,
        *wrapped,
        *(grid_lines(section.columns, section.rows, width) if section.rows else []),
    ]


def _wrapped(sentence: str, width: int) -> list[str]:
    """A sentence over as many lines as it needs, all but the first set in a little; line breaks of its own are kept."""
    paper = textwrap.TextWrapper(width=width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
    return [part for line in sentence.splitlines() for part in paper.wrap(line) or [""]]


def _frame(names: Sequence[str], rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return tables.frame(dict(zip(names, columns, strict=True)))
