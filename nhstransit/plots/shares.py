"""People who left or stayed because of a policy, by group, affected directly or through others."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from nhstransit.arrays import Longs
from nhstransit.comparison import Comparison
from nhstransit.comparison.strata import COLUMNS, GONE_BECAUSE, KEPT_BECAUSE, Cut
from nhstransit.errors import check_kind
from nhstransit.organisations.bodies import KINDS
from nhstransit.plots.contrast import readable
from nhstransit.plots.paper import INK, TEXT, axes, described, title
from nhstransit.plots.rows import beside, height, named, small_print
from nhstransit.plots.shown import shows_itself

GONE = "#D55E00"
KEPT = "#0072B2"
LIGHT = 0.45  # opacity of the colour for effects through other people
MOST = 30  # the most groups drawn: those with most people affected


@shows_itself
def strata(comparison: Comparison, ax: Axes | None = None, *, by: Cut = "function", note: str = "") -> Axes:
    """People who stayed (left) and people who left (right) only because of what differs, by group on the first day.

    The dark part is people affected directly by a policy that differs; the light part is people affected through others.
    Next to each group's name are its number of people and the share who left in both runs. At most 30 groups are drawn,
    those with most people affected. Returns the axes.

    Args:
        comparison: the comparison.
        ax: axes to draw on; by default those of a new figure.
        by: the characteristic that defines the groups.
        note: text added to the small print.
    """
    check_kind("comparison", comparison, Comparison)
    table = comparison.strata_by(by)
    moved = (table[COLUMNS[GONE_BECAUSE]] + table[COLUMNS[KEPT_BECAUSE]]).to_numpy()
    # The groups with most people affected, put back in the order of the table.
    most = np.argsort(-moved, kind="stable")[:MOST]
    shown = np.sort(most)
    table = table.iloc[shown]
    ax = axes(ax, 9.0, height(len(table)))
    places = np.arange(len(table))[::-1]
    for name, touched, colour, sign in (
        (COLUMNS[KEPT_BECAUSE], "stayed_direct", KEPT, -1),
        (COLUMNS[GONE_BECAUSE], "left_direct", GONE, 1),
    ):
        _bars(ax, places, table[touched].to_numpy(), table[name].to_numpy(), colour, sign)
    either = table[COLUMNS[3]] / table["people"]
    words = [str(group).replace("-", " ") for group in table.index]
    if by == "kind":
        words = [KINDS.get(group, group) for group in table.index]
    names = [
        f"{group}  ({people:,}; {share:.0%} left in both)"
        for group, people, share in zip(words, table["people"], either, strict=True)
    ]
    named(ax, names)
    sides = table[[COLUMNS[GONE_BECAUSE], COLUMNS[KEPT_BECAUSE]]].to_numpy()
    _framed(ax, len(names), int(sides.max(initial=0)))
    gone = int(table[COLUMNS[GONE_BECAUSE]].sum())
    kept = int(table[COLUMNS[KEPT_BECAUSE]].sum())
    finding = f"{gone:,} people left only in the run, and {kept:,} only in the baseline, by {by}"
    title(ax, finding)
    text = (
        "People (heads) of the opening staff; in brackets, the number in the group and the share who left in both runs. "
        "Dark: affected directly, light: affected through others."
    )
    small_print(
        ax, f"{text} {beside(comparison.run.scenario, comparison.baseline.scenario, comparison.run.seed)}", note
    )
    parts = [
        f"{word}: {g:,} only in the run, {k:,} only in the baseline"
        for word, g, k in zip(words, table[COLUMNS[GONE_BECAUSE]], table[COLUMNS[KEPT_BECAUSE]], strict=True)
    ]
    return described(ax, table.reset_index(), f"Bars by {by}. {finding}. {'; '.join(parts)}.")


def _bars(ax: Axes, places: Longs, direct: Longs, people: Longs, colour: str, sign: int) -> None:
    """Draw one side: direct effects next to the middle, then effects through others, then the number of people.

    Args:
        ax: the axes.
        places: (n,) heights of the rows.
        direct: (n,) people affected directly.
        people: (n,) all people of the side.
        colour: the colour of the side.
        sign: −1 for the left, 1 for the right.
    """
    ax.barh(places, sign * direct, color=colour, height=0.7, label="direct")
    ax.barh(
        places, sign * (people - direct), left=sign * direct, color=colour, alpha=LIGHT, height=0.7, label="through"
    )
    for place, count in zip(places.tolist(), people.tolist(), strict=True):
        if count:
            side = "right" if sign < 0 else "left"
            ax.text(sign * count, place, f" {count:,} ", ha=side, va="center", fontsize=TEXT, color=INK)


def _framed(ax: Axes, rows: int, most: int) -> None:
    """Set the same scale on both sides, draw a line in the middle, and write the meaning of each side above it."""
    reach = 1.25 * max(most, 1)
    ax.set_xlim(-reach, reach)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_xticks([])
    ax.set_ylim(-0.6, rows + 0.1)
    for side, words, colour, sign in (
        ("right", "left only in the baseline", KEPT, -1),
        ("left", "left only in the run", GONE, 1),
    ):
        ax.text(
            0.03 * sign * reach,
            rows - 0.5,
            words,
            ha=side,
            va="bottom",
            fontsize=TEXT,
            color=readable(colour),
            parse_math=False,
        )
