"""A report as one web page: no script, nothing loaded from elsewhere, figures as SVG within it, their data as downloads."""

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
INSTEAD = ("never", "none", "[c]", "in words")  # in place of a number
DAY = re.compile(r"\d [A-Z][a-z]+ \d{4}|^\d{4}-\d{2}$|[0-9a-f]{20}|^\d+\.\d+\.")  # a day, a year, a digest, a version


def as_html(document: Document) -> str:
    """A report as a self-contained page. Every text is escaped; only the library's own drawings are left as they are.

    Raises:
        RunError: jinja2 is not installed.
    """
    try:
        import jinja2
    except ImportError:
        raise RunError("a page", "needs jinja2, which is not installed", to_install("report")) from None
    source = (files("nhstransit.report") / "templates" / TEMPLATE).read_text("utf-8")
    room = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    room.filters.update(anchor=anchor, numbers=_numbers, csv=csv_link, digest=_is_digest)
    made = room.from_string(source).render(document=document)
    return re.sub(r"\n{2,}", "\n", made)


def anchor(heading: str) -> str:
    """A heading as an identifier within the page: letters, digits and hyphens.

    >>> anchor("Who bore it?")
    'who-bore-it'
    """
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-") or "part"


def csv_link(data: pd.DataFrame) -> str:
    """A table as the address of a CSV file within the page, in UTF-8 with a mark that Excel recognises."""
    from nhstransit import tables

    made = io.StringIO()
    tables.write_csv(made, {str(name): data[name] for name in data.columns})
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(b"\xef\xbb\xbf" + made.getvalue().encode()).decode()


def _numbers(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Which columns hold numbers, with or without units, and so are aligned to the right; names of rows never are."""
    if not rows:
        return []
    return [place > 0 and _of_numbers([row[place] for row in rows]) for place in range(len(rows[0]))]


def _is_digest(cell: str) -> bool:
    """Whether a cell is a digest, which no line is to be wide enough for."""
    return re.fullmatch(r"[0-9a-f]{40,}", cell) is not None


def _of_numbers(cells: Sequence[str]) -> bool:
    """Whether cells are numbers with units: short, and each begins with a digit, a sign or a pound sign, or is a word
    that stands for one.
    """
    told = [cell for cell in cells if cell.strip("–")]
    like = [cell for cell in told if re.match(r"[+−±-]?£?[\d.]", cell) and not DAY.search(cell)]
    return bool(like) and all(cell in like or cell in INSTEAD or cell.startswith(("under ", "over ")) for cell in told)
