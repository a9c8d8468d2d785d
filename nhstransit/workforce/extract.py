"""Reads a payroll extract as it is on disk: headings, cells as text, and the line of the file of each row.

Cells are not interpreted here. The form of the file is recognised (delimiter, encoding, byte order mark, workbook).
Lines that are not rows of people, such as titles, totals, repeated headings and blank lines, are set aside with a
reason. The report lists all of this.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from sys import intern
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Longs
from nhstransit.errors import FormatError, Mistakes, StaffError, to_install
from nhstransit.files import content_of
from nhstransit.workforce.quality import mistake

if TYPE_CHECKING:
    import pandas as pd

DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
_SEARCHED = 40  # the headings must be among this many lines at the top
_FOOT = re.compile(
    r"^\W*(grand |sub|overall )?-?(total|count|sum)s?\b|^\W*(end of (report|file|extract)|\d+ rows? (selected|returned)|"
    r"(report|extract) (run|produced|printed)|page \d+( of \d+)?$|source:|notes?:)",
    re.IGNORECASE,
)
_ARCHIVES = {
    b"PK\x03\x04": "a zip archive or a workbook",
    b"\x1f\x8b": "a gzip archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook in the old format (.xls)",
}


@attrs.frozen(eq=False, kw_only=True)
class Column:
    """One column of an extract.

    Attributes:
        heading: as in the file.
        words: its distinct texts, without spaces at their ends.
        codes: (rows,) position of each row's text in `words`.
    """

    heading: str
    words: tuple[str, ...]
    codes: Longs

    def read(self, meaning: Callable[[str], Any], dtype: str = "object") -> AnyArray:
        """The meaning of each row's text, (rows,). Each distinct text is read once."""
        found = np.empty(len(self.words), dtype)
        for position, word in enumerate(self.words):
            found[position] = meaning(word)
        return found[self.codes]

    @property
    def text(self) -> AnyArray:
        """The text of each row, (rows,)."""
        return np.array(self.words, object)[self.codes]

    def take(self, rows: AnyArray) -> Column:
        """The same column for some of the rows, without the words that no row has any more."""
        codes = self.codes[rows]
        used, codes = np.unique(codes, return_inverse=True)
        return attrs.evolve(self, words=tuple(self.words[code] for code in used.tolist()), codes=codes)


@attrs.frozen(eq=False, kw_only=True)
class Sheet:
    """An extract's rows as columns of text.

    Attributes:
        source: the file's name, or "DataFrame".
        columns: by heading, in the order of the file.
        lines: (rows,) the line of the file, counted from 1, on which each row begins.
        titles: texts above the headings.
        notes: findings about the file's form, one sentence each.
        set_aside: line number and reason for each line that is not a row of a person.
        unit: what `lines` counts: "line", or "row" for a workbook or DataFrame.
    """

    source: str
    columns: dict[str, Column]
    lines: Longs
    titles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    set_aside: tuple[tuple[int, str], ...] = ()
    unit: str = "line"

    def __len__(self) -> int:
        return len(self.lines)

    def take(self, rows: AnyArray) -> Sheet:
        """Some of the rows, by a mask or positions."""
        columns = {name: column.take(rows) for name, column in self.columns.items()}
        return attrs.evolve(self, columns=columns, lines=self.lines[rows])


def read_sheet(source: str | Path | pd.DataFrame, *, known: Callable[[str], bool], sheet: str = "") -> Sheet:
    """The rows of an extract.

    Args:
        source: a CSV or text file, an `.xlsx` workbook, or a DataFrame with headings as its columns.
        known: function that returns whether a text is a heading of a staff record. The line with most such texts is the
            line of headings.
        sheet: name of the sheet to read, if a workbook has several lists.

    Raises:
        FormatError: for a file that cannot be read or has no headings.
        ExtractError: for all rows whose number of cells does not match the headings, by line.
    """
    if not isinstance(source, (str, Path)):
        return _from_frame(source)
    path = Path(source)
    content = _bytes(path)
    # The file's name and its first bytes must agree, because a workbook is a zip archive.
    if path.suffix.lower() in (".xlsx", ".xlsm") and content.startswith(b"PK"):
        rows, lines, name = _workbook(path, content, known, sheet)
        return _sheet(path.name, rows, lines, known, (f"Read from the sheet {name!r} of the workbook.",), unit="row")
    for magic, what in _ARCHIVES.items():
        if content.startswith(magic):
            raise FormatError(str(path), f"is {what}, not text", "save the list as CSV in UTF-8, or as .xlsx")
    text, encoding = _decoded(path, content)
    delimiter = _delimiter(text, known)
    rows, lines = _split(path, text, delimiter)
    notes = (f"Cells are separated by {DELIMITERS[delimiter]}; the text is {encoding}.",)
    return _sheet(path.name, rows, lines, known, notes, unit="line")


def _bytes(path: Path) -> bytes:
    try:
        content = content_of(path, tables.MOST_UNPACKED)
    except FileNotFoundError:
        raise FormatError(str(path), "no such file", "check the path") from None
    except OSError as error:
        raise FormatError(
            str(path), f"cannot be read ({error.strerror})", "give a CSV file or an .xlsx workbook"
        ) from None
    if not content.strip():
        raise FormatError(str(path), "is empty", "give a line of headings and a line for each assignment")
    return content


def _decoded(path: Path, content: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding, by byte order mark, else UTF-8, else Windows-1252."""
    # By the byte order mark if there is one. Otherwise UTF-8 is tried, which other encodings hardly ever fit by chance.
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            raise FormatError(str(path), "begins as UTF-16, but the rest is not", "save it as CSV in UTF-8") from None
    try:
        text = content.decode("utf-8-sig")
        name = "UTF-8"
        if content.startswith(b"\xef\xbb\xbf"):
            name = "UTF-8 with a byte order mark"
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        name = "not UTF-8 and was read as Windows-1252"
    if "\x00" in text:
        raise FormatError(
            str(path), "contains zero bytes, so it is not a text file", "save the list as CSV in UTF-8, or as .xlsx"
        )
    return text, name


def _delimiter(text: str, known: Callable[[str], bool]) -> str:
    """The delimiter that separates most known headings on one line near the top; a comma if none does."""
    # Only the top of the file, because the headings must be there.
    top = io.StringIO("\n".join(text.splitlines()[:_SEARCHED]), newline="")
    best = ","
    most = 0
    for delimiter in DELIMITERS:
        top.seek(0)
        counts = (sum(map(known, row)) for row in csv.reader(top, delimiter=delimiter))
        found = max(counts, default=0)
        if found > most:
            best = delimiter
            most = found
    return best


def _split(path: Path, text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The rows of delimited text and the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    # A cell may contain line breaks, so a row may end several lines after it began.
    ends = [0]
    try:
        for row in reader:  # a loop, because the line number is known only while the reader is at that line
            rows.append(list(map(intern, row)))  # most texts recur; storing each once takes a third of the memory
            ends.append(reader.line_num)
    except csv.Error as error:
        where = f"{path}: line {reader.line_num}"
        raise FormatError(where, f"cannot be split into cells ({error})", "look for an extra quotation mark") from None
    return rows, [end + 1 for end in ends[:-1]]


def _workbook(
    path: Path, content: bytes, known: Callable[[str], bool], wanted: str
) -> tuple[list[list[str]], list[int], str]:
    """The rows of the sheet of a workbook that has the headings of a staff record."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        right = f"{to_install('xlsx')}; or save the sheet as CSV in UTF-8"
        raise FormatError(str(path), "is a workbook, and openpyxl is not installed", right) from None
    # The size is checked before the workbook is unpacked, because a small file may expand to fill the memory.
    _check_unpacked(path, content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises errors of many kinds
        wrong = f"is not a workbook that can be read ({type(error).__name__})"
        raise FormatError(str(path), wrong, "open it in a spreadsheet and save it again, or as CSV") from None
    try:
        lists = {}
        for sheet in book.worksheets:
            if not hasattr(sheet, "iter_rows") or (wanted and sheet.title != wanted):
                continue
            rows = [[_cell_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            # A sheet with three known headings on one line is a list of staff; others have notes or totals.
            if any(sum(map(known, row)) >= 3 for row in rows[:_SEARCHED]):
                lists[sheet.title] = rows
        names = [sheet.title for sheet in book.worksheets]
    finally:
        book.close()
    if not lists:
        wrong = f"has no sheet with the headings of a staff record (sheets: {', '.join(names)})"
        raise FormatError(str(path), wrong, "give the sheet the headings of the payroll extract")
    if len(lists) > 1:
        raise FormatError(str(path), f"contains several lists: {', '.join(lists)}", "name one with --sheet")
    name, rows = next(iter(lists.items()))
    return rows, list(range(1, len(rows) + 1)), name


def _check_unpacked(path: Path, content: bytes) -> None:
    """Raise FormatError for a workbook, which is a zip archive, that would be too large when unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (OSError, ValueError, zipfile.BadZipFile):
        return  # openpyxl then reports the mistake
    if size > tables.MOST_UNPACKED:
        wrong = f"is {size:,} bytes when unpacked, more than {tables.MOST_UNPACKED:,}"
        right = "save the sheet as CSV, or raise nhstransit.tables.MOST_UNPACKED"
        raise FormatError(str(path), wrong, right)


def _cell_text(cell: Any) -> str:
    """A workbook's cell as text: days as 1968-05-14, integers without a decimal point."""
    if cell is None:
        return ""
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _from_frame(table: Any) -> Sheet:
    """The columns of a DataFrame. Its rows are counted from 1."""
    if not hasattr(table, "columns") or not hasattr(table, "iloc"):
        wrong = f"is a {type(table).__name__}"
        raise StaffError("staff", wrong, "give the path of a CSV file or workbook, or a DataFrame")
    headings = [str(name).strip() for name in table.columns]
    _refuse_twice("DataFrame", headings)
    if not len(table):
        raise StaffError("DataFrame", "contains no people", "give a row for each assignment")
    columns = {}
    for position, heading in enumerate(headings):
        cells = [_plain_text(cell) for cell in table.iloc[:, position].tolist()]
        columns[heading] = _column(heading, cells)
    return Sheet(source="DataFrame", columns=columns, lines=np.arange(1, len(table) + 1), unit="row")


def _plain_text(cell: Any) -> str:
    """A DataFrame's cell as text. A missing cell is empty."""
    # NaN is the only value that differs from itself.
    if cell is None or cell != cell or str(cell) in ("NaT", "<NA>"):
        return ""
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    return _cell_text(cell)


def _sheet(
    source: str,
    rows: list[list[str]],
    lines: list[int],
    known: Callable[[str], bool],
    notes: tuple[str, ...],
    *,
    unit: str,
) -> Sheet:
    """The rows under the headings. Titles, totals, repeated headings and blank lines are set aside.

    Args:
        source: the file's name, or "DataFrame".
        rows: the cells of each line.
        lines: the number of each line in the file.
        known: function that returns whether a text is a heading of a staff record.
        notes: findings about the file's form.
        unit: what `lines` counts: "line" or "row".
    """
    head = _headings_at(source, rows, known)
    headings = [" ".join(cell.split()) for cell in rows[head]]
    above = [at for at in range(head) if any(map(str.strip, rows[at]))]
    titles = tuple(" ".join(filter(None, map(str.strip, rows[at]))) for at in above)
    aside = [(lines[at], "a title above the headings") for at in above]
    # The number of cells of a line: up to the last heading that is not empty.
    width = max((position + 1 for position, name in enumerate(headings) if name), default=0)
    _refuse_twice(source, [name for name in headings if name])
    people = []
    at_line = []
    mistakes = Mistakes()
    # A line with this many filled cells or fewer may be a total or a note.
    few = max(3, width // 3)
    # Sort whole lines into rows, blank lines and totals. Cells are read later.
    for row, line in zip(rows[head + 1 :], lines[head + 1 :], strict=True):
        if len(row) != width:
            row = _fitted(row, width)
        filled = len(row) - row.count("")
        if filled <= few:
            if not any(cell.strip() for cell in row):
                continue
            if _is_foot(row):
                aside.append((line, "a total or a note, not a person"))
                continue
        if row[0] == rows[head][0] and [" ".join(cell.split()) for cell in row] == headings[:width]:
            aside.append((line, "the headings again"))
        elif len(row) != width:
            wrong = f"has {len(row)} cells, but there are {width} headings"
            right = "give every line one cell for each heading, including empty cells"
            mistakes.add(mistake(unit, line, "", wrong, right).in_file(source), line)
        else:
            people.append(row)
            at_line.append(line)
    mistakes.tell()
    if not people:
        raise StaffError(source, "contains no people under its headings", "give a line for each assignment")
    columns = {}
    # From rows to columns.
    for name, cells in zip(headings[:width], zip(*people, strict=True), strict=True):
        column = _column(name, cells)
        if name:
            columns[name] = column
        # Cells under an empty heading would be lost, so they are reported, with the first line that has one.
        elif any(column.words):
            filled_rows = column.codes != column.words.index("") if "" in column.words else True
            first = at_line[int(np.argmax(filled_rows))]
            error = mistake(unit, first, "", "has a cell under no heading", "give that column a heading")
            raise error.in_file(source)
    if titles:
        notes = (*notes, f"Above the headings: {len(titles)} title line{'s' * (len(titles) > 1)}.")
    return Sheet(
        source=source,
        columns=columns,
        lines=np.array(at_line, "int64"),
        titles=titles,
        notes=notes,
        set_aside=tuple(aside),
        unit=unit,
    )


def _headings_at(source: str, rows: Sequence[list[str]], known: Callable[[str], bool]) -> int:
    """The position of the line with most known headings. Raises FormatError if no line has three."""
    counts = [sum(map(known, row)) for row in rows[:_SEARCHED]]
    if max(counts, default=0) < 3:
        first = ", ".join(cell.strip() for cell in rows[0][:8]) if rows else ""
        wrong = (
            f"has no line with the headings of a staff record among its first {len(counts)} (the first: {first[:120]})"
        )
        right = (
            "give headings such as Employee Number, Grade, FTE, Date of Birth; or explain your headings "
            "in a mapping file"
        )
        raise FormatError(source, wrong, right)
    return int(np.argmax(counts))


def _fitted(row: list[str], width: int) -> list[str]:
    """A line without empty cells after the last heading."""
    # Spreadsheets often write empty cells after the last column.
    while len(row) > width and not row[-1].strip():
        row = row[:-1]
    return row


def _is_foot(row: list[str]) -> bool:
    """Whether a line of few cells is a total or a note, by its first words."""
    first = next(cell for cell in row if cell.strip())
    return bool(_FOOT.match(first.strip()))


def _column(heading: str, cells: Sequence[str]) -> Column:
    # Each distinct text is trimmed once. Texts that are equal after this get the same code.
    codes, words = tables.factorized(cells)
    trimmed = [" ".join(word.split()) for word in words]
    known = list(dict.fromkeys(trimmed))
    where = {word: position for position, word in enumerate(known)}
    moved = np.array([where[word] for word in trimmed], "int64")
    return Column(heading=heading, words=tuple(known), codes=moved[codes])


def _refuse_twice(source: str, headings: Sequence[str]) -> None:
    twice = next((name for position, name in enumerate(headings) if name in headings[:position]), None)
    if twice is not None:
        raise FormatError(source, f"has the heading {twice!r} twice", "give each column a different heading")
