"""A report as one self-contained web page: no scripts, nothing loaded from elsewhere, figures as SVG with their data."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from nhstransit.errors import RunError, to_install
from nhstransit.report.document import Document

if TYPE_CHECKING:
    import pandas as pd

TEMPLATE = "page.html"
INSTEAD = ("never", "none", "[c]", "in words")  # cells that may occur instead of a number
DAY = re.compile(r"\d [A-Z][a-z]+ \d{4}|^\d{4}-\d{2}$|[0-9a-f]{20}|^\d+\.\d+\.")  # a day, a year, a digest, a version


def as_html(document: Document) -> str:
    """A report as a self-contained page. All text is escaped, except for the library's own drawings.

    Raises:
        RunError: jinja2 is not installed.
    """
    try:
        import jinja2
    except ImportError:
        raise RunError("a page", "needs jinja2, which is not installed", to_install("report")) from None
    source = (files("nhstransit.report") / "templates" / TEMPLATE).read_text("utf-8")
    # Every text is escaped. A name that the template misspells is an error, not an empty string.
    room = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    room.filters.update(anchor=anchor, numbers=_numbers, csv=csv_link, digest=_is_digest)
    made = room.from_string(source).render(document=document)
    # The template's own lines leave blank lines behind.
    return re.sub(r"\n{2,}", "\n", made)


def anchor(heading: str) -> str:
    """A heading as an identifier within the page: letters, digits and hyphens.

    >>> anchor("Who was affected?")
    'who-was-affected'
    """
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-") or "part"


def csv_link(data: pd.DataFrame) -> str:
    """A table as a data URL of a CSV file, in UTF-8 with the byte-order mark that Excel needs."""
    from nhstransit import tables

    made = io.StringIO()
    tables.write_csv(made, {str(name): data[name] for name in data.columns})
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(b"\xef\xbb\xbf" + made.getvalue().encode()).decode()


def _numbers(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Which columns have numbers, with or without units, and are right-aligned. The first column never is."""
    if not rows:
        return []
    columns = list(zip(*rows, strict=True))
    return [place > 0 and _of_numbers(column) for place, column in enumerate(columns)]


def _is_digest(cell: str) -> bool:
    """Whether a cell is a digest, which must wrap because it is wider than a column should be."""
    return re.fullmatch(r"[0-9a-f]{40,}", cell) is not None


def _of_numbers(cells: Sequence[str]) -> bool:
    """Whether all cells are numbers with units, or words that may occur instead of a number.

    A number begins with a digit, a sign or a pound sign. Blank cells and dashes are ignored.
    """
    # A blank cell does not show whether its column has numbers.
    filled = [cell for cell in cells if cell.strip("–")]
    like = [cell for cell in filled if re.match(r"[+−±-]?£?[\d.]", cell) and not DAY.search(cell)]
    # At least one real number: a column of nothing but "never" is text.
    return bool(like) and all(
        cell in like or cell in INSTEAD or cell.startswith(("under ", "over ")) for cell in filled
    )
