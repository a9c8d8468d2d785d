"""People in post by region: one small panel per region, all with the same scale from zero, and the change in each."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from nhstransit.errors import check_kind
from nhstransit.measures.flows import stocks
from nhstransit.phrases import percent
from nhstransit.plots.paper import INK, SMALL, TEXT, axes, described, source, title
from nhstransit.plots.shown import shows_itself
from nhstransit.run import Run

LINE = "#00508C"
ACROSS = 4  # panels in a row
WHOLE = "England"  # the region of national bodies


def called(region: str) -> str:
    """The name of a region in the figure."""
    return "National bodies" if region == WHOLE else region


@shows_itself
def regions(run: Run, ax: Axes | None = None, *, note: str = "") -> Axes:
    """People in post at month ends in each region, as a share of the number on the first day, in small panels.

    Every panel has the same scale, so that regions can be compared; its heading has the number of people and the change.
    Returns the axes, which contain the panels.

    Args:
        run: the run.
        ax: axes to draw on; by default those of a new figure.
        note: text added to the small print.
    """
    check_kind("run", run, Run)
    table = stocks(run, by="region")
    names = [str(name) for name in dict.fromkeys(table["region"])]
    opening = {}
    for name in names:
        mine = table[table["region"] == name]
        opening[name] = int(mine["opening"].iloc[0])  # months are in order, so the first is the first day
    # A share of the first day needs people on the first day.
    shown = [name for name in names if opening[name]]
    down = max(math.ceil(len(shown) / ACROSS), 1)
    across = min(max(len(shown), 1), ACROSS)
    ax = axes(ax, 9.0, 1.7 + 1.6 * down)
    ax.set_axis_off()
    shares = {}
    for name in shown:
        heads = table[table["region"] == name]["closing"].to_numpy("float64")
        shares[name] = np.concatenate([[1.0], heads / opening[name]])
    ceiling = 1.05 * max((float(line.max()) for line in shares.values()), default=1.0)
    for place, (name, line) in enumerate(shares.items()):
        row, column = divmod(place, across)
        # Left, bottom, width and height of the panel as shares of the axes; rows count from the top.
        box = (column / across, 1.0 - (row + 0.86) / down, 0.84 / across, 0.58 / down)
        panel = ax.inset_axes(box)
        panel.plot(np.arange(len(line)), line, color=LINE, linewidth=1.7)
        panel.axhline(1.0, color="#BBBBBB", linewidth=0.6)
        panel.set_ylim(0, ceiling)
        panel.set_xticks([])
        # Only the first panel of a row has numbers on its scale, since all scales are the same.
        panel.set_yticks([0, 1], ["", ""] if column else ["0%", "100%"], fontsize=SMALL)
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
        last = round(line[-1] * opening[name])
        panel.set_title(
            f"{called(name)}\n{opening[name]:,} to {last:,} ({line[-1] - 1:+.0%})",
            loc="left", fontsize=TEXT - 1, color=INK, parse_math=False,
        )  # fmt: skip
    finding = "Nobody is in post in any region"
    if shares:
        least = min(shares, key=lambda name: float(shares[name][-1]))
        share = percent(float(shares[least][-1]))
        where = "national bodies" if least == WHOLE else least
        how = "fell most" if float(shares[least][-1]) < 1.0 else "rose least"
        finding = f"People in post {how} in {where}, to {share} of the number on the first day"
        if len(shares) == 1:
            finding = f"{called(least)} ended with {share} of the people in post on the first day"
    title(ax, finding)
    source(ax, run, "People (heads) at month ends; the first day is 100%.", note, below=2.0)
    ends = "; ".join(f"{called(name)} {percent(float(line[-1]))}" for name, line in shares.items())
    return described(ax, table, f"One panel per region. {finding}. At the end: {ends or 'none'}.")
