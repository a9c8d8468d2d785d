"""A part of a story, as every page and terminal shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from nhstransit import tables

if TYPE_CHECKING:
    import pandas as pd


@attrs.frozen(eq=False)
class Section:
    """A part of a story: heading, sentences, and a table whose numbers are ready to print."""

    heading: str
    text: str
    table: pd.DataFrame | None = None


def lines(names: Sequence[str], rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    """A table ready to print, from its rows."""
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return tables.frame(dict(zip(names, columns, strict=True)))
