"""Sections and tables on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from nhstransit.report import Section


def console() -> Console:
    """Standard output as rich has it; plain where it is no terminal, and then wide enough for any table.

    Names are printed as they are: no brackets are taken for markup, and no colons for pictures.
    """
    import sys

    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 180)


def print_story(sections: tuple[Section, ...]) -> None:
    """Print each section: heading, text, table."""
    paper = console()
    for section in sections:
        paper.print()
        paper.print(section.heading, style="bold")
        if section.text:
            paper.print(section.text)
        if section.table is not None and len(section.table):
            paper.print(grid(section.table))


def grid(frame: Any) -> Any:
    """A DataFrame as a rich table: the first column to the left, the others to the right."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(frame.columns):
        words = not place or not _numeric(frame[name])
        table.add_column(str(name), justify="left" if words else "right", overflow="fold", no_wrap=not place)
    for row in frame.itertuples(index=False):
        table.add_row(*(str(cell) for cell in row))
    return table


def _numeric(cells: Any) -> bool:
    """Whether every cell of a column, text though it is, reads as a number, with £, m or % perhaps."""
    return all(str(cell).strip("£m%-−").replace("£", "").replace(",", "").replace(".", "").isdigit() for cell in cells)
