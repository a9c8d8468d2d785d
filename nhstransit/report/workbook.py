"""A report as an accessible spreadsheet: a cover, contents, and one sheet for each table.

It follows "Making spreadsheets accessible" by the government's Analysis Function. Each sheet has one table, with its
title in cell A1 and its headers in one row. There are no merged or empty cells, and colour alone has no meaning.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

from nhstransit import tables
from nhstransit.errors import RunError, to_install
from nhstransit.report.document import Document

LONGEST = 31  # the most characters in the name of a sheet
EMPTY = "[z]"  # the government's mark for a cell that is not applicable


def write_workbook(document: Document, path: Path) -> None:
    """Write a report as a workbook: the tables of its parts, then the data of its figures.

    Args:
        document: the report.
        path: the file.

    Raises:
        RunError: gptables is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # gptables leaves one of its own files open
            import gptables
    except ImportError:
        raise RunError("a workbook", "needs gptables, which is not installed", to_install("report")) from None
    # Spreadsheets refuse two sheets whose names differ only in capitals, so names are compared in lower case.
    sheets = {}
    taken: set[str] = set()
    for called, title, text, frame in _tables(document):
        name = _sheet_name(called, taken)
        taken.add(name.lower())
        sheets[name] = gptables.GPTable(
            table=frame,
            table_name=re.sub(r"\W", "_", name.lower()),
            title=tables.harmless(title),
            subtitles=[tables.harmless(text)] if text else [],
            scope=tables.harmless(document.title),
            source=f"nhstransit. {document.status[0]}",
            index_columns={},
        )
    cover = gptables.Cover(
        title=tables.harmless(document.title),
        intro=[tables.harmless(text) for text in (*document.status, document.about) if text],
        # Sentences above a table are on the sheet of that table; all others are on the cover.
        about=[
            tables.harmless(sentence)
            for part in document.parts
            for section in part.sections
            if not section.rows
            for sentence in section.sentences
        ],
        contact=[f"{EMPTY} in a cell: not applicable. Numbers in sentences are rounded; the data of figures are not."],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # gptables warns about missing units, which are in the headers of these tables
        book = gptables.produce_workbook(filename=str(path), sheets=sheets, cover=cover, contentsheet_label="Contents")
        book.set_properties({"title": tables.harmless(document.title), "comments": document.status[0]})
        book.close()


def _tables(document: Document) -> Iterator[tuple[str, str, str, object]]:
    """Sheet name, title, text and rows of each table, and then of the data of each figure."""
    for part in document.parts:
        for section in part.sections:
            if section.rows:
                title = section.heading if section.heading == part.heading else f"{part.heading}: {section.heading}"
                rows = [[_plain(cell) for cell in row] for row in section.rows]
                names = [tables.harmless(name) for name in section.columns]
                yield section.heading, title, section.text, tables.of_rows(names, rows)
    for picture in document.pictures:
        data = picture.data
        columns = {}
        for name in data.columns:
            heading = tables.harmless(str(name).replace("_", " "))
            columns[heading] = [_plain(cell) for cell in data[name].tolist()]
        title = f"Figure: {picture.title}"
        yield f"Figure {picture.name.replace('-', ' ')}", title, picture.alt, tables.frame(columns)


def _plain(cell: object) -> object:
    """A cell for a spreadsheet; a missing number, an empty cell and a lone dash become `EMPTY`."""
    # NaN is the only value that differs from itself.
    if cell is None or cell != cell:
        return EMPTY
    if isinstance(cell, int | float):
        return cell
    text = str(cell)
    return tables.harmless(text) if any(letter.isalnum() for letter in text) else EMPTY


def _sheet_name(title: str, taken: set[str]) -> str:
    """A unique name for a sheet, at most 31 characters long, without characters that spreadsheets refuse."""
    whole = re.sub(r"[\[\]:*?/\\']", "", title).strip()
    name = _cut(whole, LONGEST)
    number = 2
    while name.lower() in taken:
        end = f" {number}"
        name = _cut(whole, LONGEST - len(end)) + end
        number += 1
    return name


def _cut(text: str, most: int) -> str:
    """The beginning of a text, at most `most` characters long, cut between words if possible."""
    if len(text) <= most:
        return text
    # One character more, so that a word that ends exactly at the limit is not cut.
    words = text[: most + 1].rpartition(" ")[0].rstrip(" ,")
    return words or text[:most]
