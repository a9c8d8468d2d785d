"""The share of the opening staff still in post, day by day, as steps with intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from nhstransit.errors import check_kind
from nhstransit.measures.stays import Leaving
from nhstransit.measures.survival import staying
from nhstransit.phrases import percent
from nhstransit.plots.labels import END
from nhstransit.plots.paper import INK, TEXT, apart, axes, described, source, title
from nhstransit.plots.shown import shows_itself
from nhstransit.run import Run
from nhstransit.run.groups import PeopleCut

if TYPE_CHECKING:
    import pandas as pd

COLOURS = ("#00508C", "#B35900", "#117733", "#882255", "#555555", "#332288")  # each 4.5 to 1 or more on white
YEAR = 365.25
MOST = 400  # the most days drawn of a line, since a page with every day of a national run would be large
STEP = 0.005  # a larger fall within a day is always drawn on its own day
SAID = {  # the words for a group inside a sentence, by characteristic
    "age": "of people aged {}",
    "band": "of people in band {}",
    "function": "of people in {}",
    "service": "of people with {} years' service",
    "sex": "of {} staff",
}


@shows_itself
def survival(
    run: Run, ax: Axes | None = None, *, by: PeopleCut = "all", leaving: Leaving = "system", note: str = ""
) -> Axes:
    """The share still in post by years since the start (Kaplan–Meier), one line of steps per group, with 95% intervals.

    Returns the axes.

    Args:
        run: the run.
        ax: axes to draw on; by default those of a new figure.
        by: the groups; "all" for everyone in one line.
        leaving: what counts as leaving: "employer", "system" or "nhs".
        note: text added to the small print.
    """
    check_kind("run", run, Run)
    table = staying(run, by=by, leaving=leaving)
    ax = axes(ax, 9.0, 5.0)
    column = str(table.columns[0])
    groups = [str(group) for group in dict.fromkeys(table[column])]
    # One table of steps per group, in the order of the groups.
    lines = [_thinned(table[table[column].astype(str) == group]) for group in groups]
    ends = [float(line["share"].iloc[-1]) for line in lines]
    lengths = [float(line["days"].iloc[-1]) for line in lines]
    last = max(lengths, default=YEAR) / YEAR  # years
    levels = apart(ends, 0.06, 0.0, 1.0)  # heights of the names, which must not overlap
    for place, (group, line, end, level) in enumerate(zip(groups, lines, ends, levels, strict=True)):
        colour = COLOURS[place % len(COLOURS)]
        years = line["days"].to_numpy() / YEAR
        # A share applies from its day until the next fall, so the step comes after the day.
        ax.step(years, line["share"].to_numpy(), where="post", color=colour, linewidth=1.9, label=group)
        ax.fill_between(
            years, line["low"].to_numpy(), line["high"].to_numpy(), step="post", color=colour, alpha=0.15, linewidth=0
        )
        word = "everyone" if group == "all" else group
        text = f" {word} {percent(end)}"
        ax.text(1.02 * last, level, text, color=colour, fontsize=TEXT, va="center", parse_math=False, label=END)
    ax.set_xlim(0, 1.28 * last)
    ax.set_xticks(list(range(int(last) + 1)))
    ax.spines["bottom"].set_bounds(0, last)
    ax.set_ylim(0, 1)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"], fontsize=TEXT)
    ax.set_xlabel("years since the start", fontsize=TEXT, color=INK, loc="left")
    ax.tick_params(labelsize=TEXT, colors=INK)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    finding = "Nobody was in post"
    if ends:
        least = ends.index(min(ends))
        who = "of the opening staff"
        if groups != ["all"]:
            who = SAID.get(column, "of {}").format(groups[least])
        finding = f"{percent(ends[least])} {who} had not left by the end"
        finding += "" if groups == ["all"] else ", the lowest share"
    title(ax, finding)
    source(ax, run, "Kaplan–Meier estimates, with 95% intervals for these people in one run.", note, below=40.0)
    ends_in_words = "; ".join(f"{group} {percent(end)}" for group, end in zip(groups, ends, strict=True))
    rows = [row for line in lines for row in line.index]
    drawn = table[table.index.isin(rows)]  # the rows that were drawn, in the order of the table
    alt = f"Lines that fall in steps, by years since the start. {finding}. At the end: {ends_in_words or 'nobody'}."
    return described(ax, drawn, alt)


def _thinned(line: pd.DataFrame) -> pd.DataFrame:
    """The rows that are drawn: all if they are few, else about `MOST` of them and every large fall on its day."""
    if len(line) <= MOST:
        return line
    share = line["share"].to_numpy()
    kept = np.arange(len(line)) % math.ceil(len(line) / MOST) == 0
    # Both ends of a large fall are kept, or the fall would be drawn over several days.
    falls = np.flatnonzero(np.abs(np.diff(share)) > STEP)
    kept[falls] = True
    kept[falls + 1] = True
    kept[-1] = True
    return line.iloc[np.flatnonzero(kept)]
