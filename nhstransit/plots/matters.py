"""Which inputs matter to which figures: a grid of squares, darker for a larger share of the variance."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from nhstransit.errors import InputError
from nhstransit.plots.ground import ON_FILL
from nhstransit.plots.paper import INK, SMALL, TEXT, axes, described, title
from nhstransit.plots.rows import height, of_a_table, small_print
from nhstransit.plots.shown import shows_itself
from nhstransit.scenario import Scenario
from nhstransit.tables import check_table

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 14  # the most inputs shown
LEAST = 0.05  # the smallest share that is written
LETTERS = 12  # letters in a line above a column
NAMES = 3.6  # inches for the names of inputs
COLUMN = 0.95  # inches for a column, which must be as wide as the words above it


@shows_itself
def matters(
    table: pd.DataFrame,
    ax: Axes | None = None,
    *,
    of: str = "learned",
    scenario: Scenario | None = None,
    note: str = "",
) -> Axes:
    """The share of each figure's variance that each input explains: rows are inputs, columns figures. Returns the axes.

    Args:
        table: a table made by `studies.importance.importance`.
        ax: axes to draw on; by default those of a new figure.
        of: the column that is drawn: "first", "total", "learned" or "narrowed".
        scenario: the scenario of the table; the small print then says which of its numbers were fitted.
        note: text added to the small print.

    Raises:
        InputError: the table does not have that column.
    """
    check_table("table", table)
    if of not in table.columns:
        right = "name a column of the table: first, total, learned or narrowed"
        raise InputError("of", f"is {of!r}, which is not a column that can be drawn", right)
    # `unstack` sorts the figures by name; this puts them back in the order of the table.
    figures = list(dict.fromkeys(table.index.get_level_values("figure")))
    wide = table[of].unstack("figure")[figures]
    # Inputs in the order of their largest share of any figure.
    largest = wide.max(axis=1).sort_values(ascending=False)
    wide = wide.loc[largest.index[:SHOWN]]
    width = max(9.5, NAMES + COLUMN * wide.shape[1])
    ax = axes(ax, width, height(len(wide)) + 0.9)
    cells = wide.to_numpy()
    ax.imshow(cells, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
    inputs = [str(name) for name in wide.index]
    ax.set_yticks(range(len(wide)), inputs, fontsize=SMALL, color=INK, parse_math=False)
    names = [str(name).removeprefix("headline: ") for name in wide.columns]
    heads = [textwrap.fill(name, LETTERS) for name in names]
    ax.set_xticks(range(len(names)), heads, fontsize=SMALL, color=INK, parse_math=False)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for row, column in np.argwhere(cells >= LEAST).tolist():
        # Dark cells have white text.
        ink = "white" if cells[row, column] > 0.55 else INK
        ax.text(
            column, row, f"{cells[row, column]:.2f}", ha="center", va="center", fontsize=SMALL, color=ink, label=ON_FILL
        )
    for spine in ax.spines.values():
        spine.set_visible(False)
    # `argmax` counts cells row by row.
    row, column = divmod(int(cells.argmax()), cells.shape[1])
    finding = f"{wide.index[row]} explains most: {cells[row, column]:.0%} of the uncertainty about {names[column]}"
    title(ax, finding)
    text = f"Share of each figure's variance ({of}). Shares under {LEAST:.0%} are not written. Source: nhstransit."
    small_print(ax, f"{text} {of_a_table(scenario)}", note)
    ax.tick_params(labelsize=TEXT - 1)
    return described(ax, wide.reset_index(), f"A square for each input and figure. {finding}.")
