"""Tables for users and from users: the only use of pandas at run time."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from nhstransit.errors import CONTROLS, FormatError, InputError, Mistakes, check_kind, nearest, shown
from nhstransit.files import content_of, written

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet's formula begins with one of these
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE)


def check_table(name: str, table: object) -> None:
    """Raise InputError unless the argument `name` is a table (a DataFrame)."""
    import pandas as pd

    check_kind(name, table, pd.DataFrame, "give a table, a DataFrame")


def frame(columns: Mapping[str, Any], *, index: str | list[str] | None = None) -> pd.DataFrame:
    """A DataFrame of columns of equal length, indexed by one or more of them."""
    import pandas as pd

    if not isinstance(index, str):
        table = pd.DataFrame(dict(columns))
        return table if index is None else table.set_index(index)
    labels = pd.Index(columns[index], name=index)  # `set_index` would first build a table with this column
    return pd.DataFrame({name: column for name, column in columns.items() if name != index}, index=labels)


def of_rows(
    names: Sequence[str], rows: Iterable[Sequence[Any]], *, index: str | list[str] | None = None
) -> pd.DataFrame:
    """A DataFrame of rows, indexed by one or more of its columns. Without rows, all columns are empty.

    Args:
        names: the names of the columns.
        rows: the rows, each with one entry per name.
        index: the names of the columns of the index; None for a plain table.
    """
    every = list(rows)
    columns = {name: [row[place] for row in every] for place, name in enumerate(names)}
    return frame(columns, index=index)


def column(words: str) -> str:
    """Words as a column name.

    >>> column("chosen or kept in another's place")
    'chosen_or_kept_in_anothers_place'
    """
    return words.lower().replace("'", "").replace(",", "").replace("-", "_").replace(" ", "_")


def whole(numbers: Any) -> Any:
    """A column of integers, in which negative numbers become missing values."""
    import pandas as pd

    return pd.arrays.IntegerArray(np.asarray(numbers, "int64"), np.asarray(numbers) < 0)


def factorized(cells: Any) -> tuple[Any, list[str]]:
    """The distinct texts of a column in order of appearance, and the position of each cell's text, (cells,)."""
    import pandas as pd

    codes, words = pd.factorize(pd.Series(cells, dtype=object))
    return codes.astype("int64"), [str(word) for word in words]


def write_csv(path: Path | TextIO, columns: Mapping[str, Any], *, excel: bool = False, mode: int | None = None) -> None:
    """Write columns of equal length as CSV in UTF-8 with a header. No text can act as a formula in a spreadsheet.

    A file is written whole or not at all.

    Args:
        path: the file, or an open text stream.
        columns: the columns by name.
        excel: whether to begin with a mark that makes Excel read the text as UTF-8, with its accents.
        mode: the permissions of the file, as for `files.written`.
    """
    table = frame(columns)
    for name in table.columns:
        # Text columns: both of pandas' string types, categories, and objects.
        kind = table[name].dtype
        if not isinstance(kind, np.dtype) or kind.kind == "O":
            table[name] = _harmless(table[name])
    table.columns = [harmless(name) for name in table.columns]
    if not isinstance(path, Path):
        table.to_csv(path, index=False, lineterminator="\n")
        return
    opened = gzip.open if path.suffix.lower() == ".gz" else open  # as in `read_csv`; pandas knows other endings
    with written(path, mode=mode) as part, opened(part, "wt", encoding="utf-8", newline="") as stream:
        stream.write("\ufeff" if excel else "")  # Python's "utf-8-sig" would double the time
        table.to_csv(stream, index=False, lineterminator="\n")


def _harmless(column: pd.Series) -> Any:
    """A column with its texts made harmless. Only the distinct cells are checked: a long column has few."""
    try:
        cells = column.unique()
    except TypeError:  # cells that cannot be hashed
        return column.map(harmless)
    changed = [cell for cell in cells if harmless(cell) is not cell]
    return column.map(harmless) if changed else column


def html(table: pd.DataFrame, caption: str, *, form: Callable[[float], str] = "{:,.2f}".format, blank: str = "") -> str:
    """A table for a notebook, as every object of the library shows it: with a caption and headers for screen readers.

    The levels of a named index are the headers of rows, otherwise the first column is used. Wide tables can be
    scrolled, also with the keyboard. Colours are the notebook's own. Every text is escaped.

    Args:
        table: the table.
        caption: a description of the table in a few words.
        form: how floats are written.
        blank: the text for a missing value.

    Returns:
        The element, as HTML.
    """
    # The levels of a named index become columns, which are then the headers of rows.
    named = [name for name in table.index.names if name is not None]
    flat = table.reset_index() if named else table
    lead = max(len(named), 1)

    def text_of(cell: Any) -> str:
        # NaN is the only value that differs from itself.
        if cell is None or cell != cell:
            return blank
        return escape(form(float(cell)) if isinstance(cell, float | np.floating) else str(cell))

    def row_of(row: tuple[Any, ...]) -> str:
        cells = []
        for place, cell in enumerate(row):
            text = text_of(cell)
            cells.append(f'<th scope="row">{text}</th>' if place < lead else f"<td>{text}</td>")
        return f"<tr>{''.join(cells)}</tr>"

    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in flat.columns)
    rows = "".join(row_of(row) for row in flat.itertuples(index=False, name=None))
    label = escape(caption)
    return (
        f'<div role="region" tabindex="0" aria-label="{label}" style="overflow-x: auto"><table>'
        f'<caption style="caption-side: top; text-align: left; font-weight: bold">{label}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def captioned(table: pd.DataFrame, caption: str, *, form: Callable[[float], str] = "{:,.4g}".format) -> pd.DataFrame:
    """The same table, which a notebook shows with a caption and headers for screen readers. Of a long table it shows
    the first rows.

    Every operation on it returns a plain table.

    Args:
        table: the table.
        caption: a description of the table in a few words.
        form: how floats are written.
    """
    made: pd.DataFrame = _captioned()(table)
    made.attrs |= {"caption": caption, "form": form}
    return made


ROWS_SHOWN = 60  # rows of a long table that a notebook shows, as with pandas


@cache
def _captioned() -> type:
    """The class of tables with a caption. It is made at the first use, because pandas is slow to load."""
    import pandas as pd

    class Captioned(pd.DataFrame):
        """A table that a notebook shows with a caption."""

        # pandas calls this for the result of every operation, which then has no caption that might be wrong.
        @property
        def _constructor(self) -> Any:
            return pd.DataFrame

        # A class made in a function cannot be pickled, so a plain table is stored.
        def __reduce__(self) -> Any:
            return pd.DataFrame, (pd.DataFrame(self),)

        def _repr_html_(self) -> str:
            """The table as every object of the library shows it."""
            label = str(self.attrs.get("caption", "Table"))
            if len(self) > ROWS_SHOWN:
                label += f": the first {ROWS_SHOWN} of {len(self):,} rows"
            return html(self.head(ROWS_SHOWN), label, form=self.attrs.get("form", "{:,.4g}".format))

    return Captioned


def paragraphs(lines: Iterable[str]) -> str:
    """Lines as paragraphs for a notebook, escaped."""
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def harmless(cell: Any) -> Any:
    """A text with an apostrophe before it if a spreadsheet would read it as a formula. Everything else is unchanged.

    >>> [harmless(cell) for cell in ("=1+1", "-5.2", "@SUM(A1)", "finance")]
    ["'=1+1", '-5.2', "'@SUM(A1)", 'finance']
    """
    if not isinstance(cell, str) or cell[:1] not in _FORMULA:
        return cell
    # A number such as -5.2 is a formula too, with itself as its result.
    return cell if _NUMBER.fullmatch(cell) else f"'{cell}"


class Rows(dict[str, list[str]]):
    """The columns of a CSV file, each cell as its text. `lines` contains the line of the file on which each row begins."""

    lines: list[int]


def read_csv(path: Path, mistakes: Mistakes | None = None) -> Rows:
    """The columns of a CSV file with a header, each cell as its text without spaces at the ends.

    Lines without any content are not rows, but count as lines. In a file of one column, an empty cell in quotation
    marks is a row. A file whose name ends in .csv.gz is unpacked, up to `MOST_UNPACKED` bytes; others must be plain
    text. Rows with too few or too many cells are left out. They are added to `mistakes` if it is given, so that the
    caller can report them with its own.

    Raises FormatError if the file is missing, empty, an archive, not UTF-8, not rectangular, or repeats a column.
    """
    text = _csv_text(path)
    rows = _parted(path, text)
    header = next(rows, None)
    if header is None:
        raise FormatError("", "is empty", "give a header line and one line per row").in_file(path)
    names = [name.strip() for name in header[1]]
    _check_names(path, names)
    found = Rows({name: [] for name in names})
    found.lines = []
    # Without a list from the caller, the mistakes of this file are raised at the end.
    own = Mistakes() if mistakes is None else mistakes
    for line, cells in rows:
        if len(names) > 1 and not any(cell.strip() for cell in cells):
            continue  # spreadsheets often end in lines of commas only
        if len(cells) != len(names):
            wrong = f"has {len(cells)} {'cell' if len(cells) == 1 else 'cells'}, not {len(names)}"
            error = FormatError(f"line {line}", wrong, "give every line as many cells as the header")
            own.add(error.in_file(path), line, -1)
            continue
        found.lines.append(line)
        for name, cell in zip(names, cells, strict=True):
            found[name].append(cell.strip())
    if mistakes is None:
        own.tell()
    return found


def check_header(
    path: Path, columns: Iterable[str], needed: Iterable[str], optional: Iterable[str], kind: type[InputError]
) -> None:
    """Raise an error of class `kind` that names all missing and all unknown columns.

    Args:
        path: the file.
        columns: columns of the file.
        needed: columns that must exist.
        optional: further columns that may exist.
        kind: class of the error.
    """
    found = list(columns)
    needed = tuple(needed)
    known = (*needed, *optional)
    mistakes = Mistakes()
    missing = [name for name in needed if name not in found]
    strange = [name for name in found if name not in known]
    if missing:
        wrong = "is missing" if len(missing) == 1 else "are missing"
        mistakes.add(kind(_columns(missing), wrong, f"add {_it(missing)}; needed: {', '.join(needed)}").in_file(path))
    if strange:
        wrong = "is not known" if len(strange) == 1 else "are not known"
        right = nearest(strange[0], known) if len(strange) == 1 else f"known: {', '.join(known)}"
        mistakes.add(kind(_columns(strange), wrong, right).in_file(path))
    mistakes.tell()


def _columns(names: list[str]) -> str:
    return f"column{'' if len(names) == 1 else 's'} {', '.join(map(shown, names))}"


def _it(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"


MOST_UNPACKED = 500_000_000  # bytes of an unpacked CSV file; a small packed file can unpack to any size
_KINDS = {  # first bytes of files that are not text, whatever their name
    b"PK\x03\x04": "a zip archive or a workbook",
    b"PK\x05\x06": "an empty zip archive",
    b"\x1f\x8b": "compressed by gzip",
    b"BZh": "compressed by bzip2",
    b"\xfd7zXZ\x00": "compressed by xz",
    b"\x28\xb5\x2f\xfd": "compressed by Zstandard",
    b"\xd0\xcf\x11\xe0": "an old workbook",
    b"7z\xbc\xaf": "a 7z archive",
    b"PAR1": "a Parquet file",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
_PLAIN = "give a plain CSV in UTF-8, or one compressed by gzip whose name ends in .csv.gz"


def _csv_text(path: Path) -> str:
    """The text of a CSV file without a byte order mark, unpacked if its name ends in .gz."""
    try:
        content = content_of(path, MOST_UNPACKED)
    except FileNotFoundError:
        raise FormatError("", "no such file", "check the path").in_file(path) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FormatError("", f"cannot be read ({reason})", "give a CSV file").in_file(path) from None
    if path.suffix.lower() == ".gz":
        content = _unpacked(path, content)
    # By the first bytes, because a name may have the wrong ending. A tar archive has its mark further on.
    kind = next((kind for start, kind in _KINDS.items() if content.startswith(start)), None)
    if content[257:262] == b"ustar":
        kind = "a tar archive"
    if kind is not None and kind.startswith("text"):
        raise FormatError("", f"is not UTF-8 text ({kind})", "save it as CSV in UTF-8").in_file(path)
    if kind is not None:
        raise FormatError("", f"is {kind}, not a CSV file", _PLAIN).in_file(path)
    if path.suffix.lower() in (".zip", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".7z", ".xlsx", ".xls", ".ods"):
        wrong = f"is a {path.suffix} file, not a CSV file"
        raise FormatError("", wrong, _PLAIN).in_file(path)
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise FormatError(f"line {line}", "contains a zero byte, so it is not text", _PLAIN).in_file(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FormatError(f"line {line}", "is not UTF-8 text", "save it as CSV in UTF-8").in_file(path) from None
    control = CONTROLS.search(text)
    if control is not None:  # it could control the terminal on which it is printed
        line = text.count("\n", 0, control.start()) + 1
        wrong = f"contains a control character ({control.group()!r})"
        raise FormatError(f"line {line}", wrong, "write printable characters only").in_file(path)
    return text


def _unpacked(path: Path, content: bytes) -> bytes:
    """The content of a gzip file. Raises FormatError if it is not one, is damaged or is cut short."""
    import gzip
    import io
    import zlib

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            # One byte more than the limit shows that there is more, without unpacking it.
            unpacked = file.read(MOST_UNPACKED + 1)
        if len(unpacked) > MOST_UNPACKED:
            wrong = f"is more than {MOST_UNPACKED:,} bytes when unpacked"
            right = "split it, or unpack it yourself, or raise nhstransit.tables.MOST_UNPACKED"
            raise FormatError("", wrong, right).in_file(path)
        return unpacked
    except EOFError:
        raise FormatError("", "is cut short: its end is missing", "get the whole file again").in_file(path) from None
    except (OSError, zlib.error) as error:
        wrong = "is not compressed by gzip, although its name ends in .gz"
        if content.startswith(b"\x1f\x8b"):
            wrong = f"is damaged ({error})"
        raise FormatError("", wrong, _PLAIN).in_file(path) from None


def _parted(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with content, with the line of the file on which it begins."""
    import csv
    import io

    reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
    # A cell may contain line breaks, so the reader's line number is that of a row's end.
    begins = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _unreadable(path, begins, reader.line_num, str(error)) from None
        if cells is None:
            return
        if cells:
            yield begins, cells
        begins = reader.line_num + 1


def _unreadable(path: Path, begins: int, line: int, error: str) -> FormatError:
    """The error for a text that cannot be split into cells."""
    wrong = f"cannot be split into cells ({error})"
    right = "check its quotation marks and commas"
    if "field larger" in error:
        wrong = "has a cell of more than 131,000 letters"
        right = "shorten it, or close a quotation mark that is open"
    elif "unexpected end" in error:
        wrong = "opens a quotation mark that is never closed"
        right = "close it, or remove it"
        line = begins
    fault: FormatError = FormatError(f"line {line}", wrong, right).in_file(path)
    return fault


def _check_names(path: Path, names: list[str]) -> None:
    """Raise FormatError for a header with a repeated or missing name, or one that is not separated by commas."""
    mistakes = Mistakes()
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        mark = next(mark for mark in ";\t|" if mark in names[0])
        marks = {";": "semicolons", "\t": "tabs", "|": "bars"}[mark]
        mistakes.add(FormatError("line 1", f"is separated by {marks}", "save it as CSV with commas").in_file(path))
    for name in dict.fromkeys(names):
        if name and names.count(name) > 1:
            mistakes.add(
                FormatError("", f"has two columns {shown(name)}", "give each column a different name").in_file(path)
            )
    for place, name in enumerate(names, 1):
        if not name:
            mistakes.add(FormatError(f"column {place}", "has no name", "give it one").in_file(path))
    mistakes.tell()
