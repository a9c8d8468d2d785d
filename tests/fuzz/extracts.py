"""Payroll extracts in many forms, and damage to them.

All forms are made from one list of invented people, so each must give the same people as the plain form.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from random import Random

Rows = list[list[str]]

WORDS = (
    *("", " ", "x", "0", "-1", "1", "1.5", "37.5", "1e9", "nan", "inf", "NULL", "=1+1", "Band 10", "Band 8"),
    *("NHS|XR05|Review Body Band 6", "03/04/1968", "31/02/1970", "1968-W20", "25337", "01-JAN-1900", "31-DEC-4712"),
    *("2010-13-45", "Bank", "Honorary", "Career Break", "female", "NHS Pension", "é", "\u202e", '"', ",", "a\nb"),
    *("9" * 400, "٣", "½"),
)


def mutant(text: str, rng: Random) -> str:
    """The text of an extract with one to three kinds of damage."""
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(rows))
        row = rows[at]
        match rng.randrange(9):
            case 0 | 1 | 2 | 3:
                row[rng.randrange(len(row))] = rng.choice(WORDS)
            case 4:
                first = rng.randrange(len(row))
                second = rng.randrange(len(row))
                row[first], row[second] = row[second], row[first]
            case 5:
                del row[rng.randrange(len(row)) :]
                row or row.append("")
            case 6:
                row.insert(rng.randrange(len(row) + 1), rng.choice(WORDS))
            case 7:
                rows.insert(rng.randrange(len(rows) + 1), list(row))
            case _:
                cell = rng.randrange(len(row))
                if row[cell]:
                    index = rng.randrange(len(row[cell]))
                    row[cell] = row[cell][:index] + rng.choice("0 9/-|.,x£%") + row[cell][index + rng.randint(0, 1) :]
    made = text_of(rows)
    if rng.random() < 0.1:
        made = made[: rng.randrange(len(made))]
    return made


def one_cell(text: str, rng: Random) -> tuple[str, int]:
    """The text with one cell of one row replaced, and the index of that row."""
    rows = list(csv.reader(io.StringIO(text)))
    at = rng.randrange(1, len(rows))
    rows[at][rng.randrange(1, len(rows[at]))] = rng.choice(WORDS)
    return text_of(rows), at - 1


def text_of(rows: Rows) -> str:
    """Rows as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


# Forms. Each function writes the rows of the invented extract to a path, to which it adds the suffix.


def _column(rows: Rows, heading: str, new: str, change: Callable[[str], str]) -> Rows:
    """The rows with one column renamed and its cells changed."""
    at = rows[0].index(heading)
    return [[*row[:at], new if number == 0 else change(row[at]), *row[at + 1 :]] for number, row in enumerate(rows)]


_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_DATES = ("Latest Start Date", "NHS CSD Date", "Date of Birth", "Fixed Term Temp End Date")


def _days(rows: Rows, form: str) -> Rows:
    """All dates written in another form, in which {d}, {m} and {y} are numbers."""

    def change(cell: str) -> str:
        if not cell:
            return ""
        day, month, year = cell.split("-")
        return form.format(d=int(day), m=_MONTHS[month], y=int(year))

    for heading in _DATES:
        rows = _column(rows, heading, heading, change)
    return rows


def _bare(word: str) -> str:
    """A grade in the short form of some payrolls: 8a for Band 8 - Range A."""
    return word.rsplit("Band ", 1)[1].replace(" - Range ", "").lower()


def _write(path: Path, rows: Rows, *, encoding: str = "utf-8", before: str = "", after: str = "", **how: str) -> Path:
    out = io.StringIO()
    csv.writer(out, **how).writerows(rows)  # type: ignore[arg-type]
    path = path.with_suffix(".csv")
    path.write_bytes((before + out.getvalue() + after).encode(encoding))
    return path


def plain(rows: Rows, path: Path) -> Path:
    """The form of the staff record system."""
    return _write(path, rows)


def slashes(rows: Rows, path: Path) -> Path:
    """Dates such as 14/05/1968."""
    return _write(path, _days(rows, "{d:02}/{m:02}/{y}"))


def american(rows: Rows, path: Path) -> Path:
    """Dates such as 05/14/1968. Only the whole column shows that the month comes first."""
    return _write(path, _days(rows, "{m:02}/{d:02}/{y}"))


def iso(rows: Rows, path: Path) -> Path:
    """Dates such as 1968-05-14 with a time, as a database writes them."""
    return _write(path, _days(rows, "{y}-{m:02}-{d:02} 00:00:00"))


def tabs(rows: Rows, path: Path) -> Path:
    """Separated by tabs, in UTF-16 with a byte order mark, as a spreadsheet saves Unicode text."""
    return _write(path, rows, encoding="utf-16", delimiter="\t")


def semicolons(rows: Rows, path: Path) -> Path:
    """Separated by semicolons, with a decimal comma in the WTE."""
    rows = _column(rows, "FTE", "FTE", lambda cell: cell.replace(".", ","))
    return _write(path, rows, encoding="utf-8-sig", delimiter=";")


def report(rows: Rows, path: Path) -> Path:
    """A report with a title, a blank line, repeated headings, a total and a note."""
    half = len(rows) // 2
    rows = [*rows[:half], rows[0], *rows[half:]]
    return _write(
        path, rows, before="Staff in post\nExtract as at 1 April 2010\n\n", after=f"Total,{len(rows)}\nEnd of report\n"
    )


def trailing(rows: Rows, path: Path) -> Path:
    """With commas after the last column, as spreadsheets write them, and a line of commas only."""
    rows = [[*row, "", ""] for row in rows]
    return _write(path, [*rows, [""] * len(rows[0])])


def short_grades(rows: Rows, path: Path) -> Path:
    """Other headings and values: WTE, Pay Band such as 8a, Spinal Point as a number, DOB, Sex as F and M."""
    rows = _column(rows, "Grade", "Pay Band", _bare)
    rows = _column(rows, "Spine point", "Spinal Point", lambda cell: cell.rsplit("|", 1)[-1])
    rows = _column(rows, "FTE", "WTE", lambda cell: f"{float(cell):g}")
    rows = _column(rows, "Gender", "Sex", lambda cell: cell[:1])
    rows = _column(rows, "Date of Birth", "DOB", lambda cell: cell)
    return _write(path, rows)


def hours(rows: Rows, path: Path) -> Path:
    """Weekly hours (37.5 for full time) instead of WTE."""
    return _write(path, _column(rows, "FTE", "Contracted Hours", lambda cell: f"{float(cell) * 37.5:g}"))


def shuffled(rows: Rows, path: Path) -> Path:
    """Columns in reverse order with an unused one, and rows from the last to the first."""
    rows = [[*row[::-1], "Cost code" if number == 0 else "X1"] for number, row in enumerate(rows)]
    return _write(path, [rows[0], *rows[:0:-1]])


def windows(rows: Rows, path: Path) -> Path:
    """In Windows-1252, with a pound sign and an accent in titles of positions."""
    rows = _column(rows, "Position Title", "Position Title", lambda cell: f"{cell} – café £")
    return _write(path, rows, encoding="cp1252")


def percent(rows: Rows, path: Path) -> Path:
    """WTE as percentages, every cell in quotation marks, and spaces around texts."""
    rows = _column(rows, "FTE", "FTE", lambda cell: f"{float(cell):.0%}")
    spaced = [[f" {cell} " for cell in row] for row in rows]
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(spaced)
    path = path.with_suffix(".csv")
    path.write_text(out.getvalue(), "utf-8")
    return path


def workbook(rows: Rows, path: Path) -> Path:
    """A workbook with a cover sheet, and dates as date cells."""
    import datetime as dt

    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Cover"
    book.active.append(["Staff list of an invented trust"])
    sheet = book.create_sheet("Staff")
    dated = [rows[0].index(heading) for heading in _DATES]
    for number, row in enumerate(rows):
        cells: list[object] = list(row)
        for at in dated if number else []:
            if row[at]:
                day, month, year = row[at].split("-")
                cells[at] = dt.datetime(int(year), _MONTHS[month], int(day))
        sheet.append(cells)
    path = path.with_suffix(".xlsx")
    book.save(path)
    return path


FORMS = (
    *(plain, slashes, american, iso, tabs, semicolons, report, trailing),
    *(short_grades, hours, shuffled, windows, percent, workbook),
)
