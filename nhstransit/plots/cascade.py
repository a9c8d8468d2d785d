"""A waterfall: bars, each of which begins at the end of the one above."""

from __future__ import annotations

from matplotlib.axes import Axes

from nhstransit import tables
from nhstransit.comparison import Waterfall
from nhstransit.errors import check_kind
from nhstransit.phrases import difference, signed
from nhstransit.plots.paper import FAINT, INK, TEXT, axes, described, title
from nhstransit.plots.rows import beside, height, named, small_print
from nhstransit.plots.shown import shows_itself

UP = "#D55E00"
DOWN = "#0072B2"
WHOLE = "#555555"


@shows_itself
def waterfall(steps: Waterfall, ax: Axes | None = None, *, note: str = "") -> Axes:
    """From the baseline (zero) to the gap, one bar per mechanism in the order of the table; the last bar is the gap.

    Mechanisms without a part are left out. Returns the axes.

    Args:
        steps: the waterfall.
        ax: axes to draw on; by default those of a new figure.
        note: text added to the small print.

    Raises:
        InputError: `steps` is not a waterfall, such as the comparison that has one.
    """
    check_kind("steps", steps, Waterfall, "give a waterfall, such as comparison.waterfall")
    shown = [(name, float(part)) for name, part in zip(steps.names, steps.parts, strict=True) if part]
    gap = float(steps.gap)
    ax = axes(ax, 9.0, height(len(shown) + 1))
    reached = 0.0
    # Every level that a bar reaches, for the limits of the axis: zero, the gap, then the level after each mechanism.
    ends = [0.0, gap]
    for place, (_, part) in enumerate(shown):
        # Rows count from the bottom, and the gap has row 0.
        row = len(shown) - place
        ax.barh(row, part, left=reached, color=UP if part > 0 else DOWN, height=0.66)
        ax.plot([reached + part] * 2, [row - 1.33, row + 0.33], color=FAINT, linewidth=0.7)
        reached += part
        ends.append(reached)
    ax.barh(0, gap, color=WHOLE, height=0.66)
    low = min(ends)
    high = max(ends)
    # Space for the amounts at both sides; a waterfall without parts still needs some.
    room = 0.24 * (high - low or 1.0)
    ax.set_xlim(low - room, high + room)
    parts = [*(part for _, part in shown), gap]
    steps_shown = [*(name for name, _ in shown), "gap"]
    _amounts(ax, steps.unit, parts, ends[2:], room)
    named(ax, steps_shown)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_xticks([])
    what = f"{steps.what[0].upper()}{steps.what[1:].rstrip(',')}"
    finding = f"{what}: no difference from the baseline"
    if gap:
        finding = f"{what}: {difference(gap, steps.unit)} {'higher' if gap > 0 else 'lower'} than in the baseline"
        if shown:
            finding += f"; the largest part is {max(shown, key=lambda pair: abs(pair[1]))[0]}"
    title(ax, finding)
    unit = f"In {steps.unit}. " if steps.unit else ""
    small_print(ax, f"{unit}{steps.order} {beside(steps.scenario, steps.baseline, steps.seed)}", note)
    table = tables.frame({"step": steps_shown, "part": parts}, index="step")
    amounts = "".join(f"{name} {signed(part, steps.unit)}; " for name, part in shown)
    return described(
        ax,
        table,
        f"Bars lead from the baseline to the run. {finding}. Parts: {amounts}in all {signed(gap, steps.unit)}.",
    )


def _amounts(ax: Axes, unit: str, parts: list[float], ends: list[float], room: float) -> None:
    """Write the size of each bar beyond its end, with its sign and unit."""
    for place, part in enumerate(parts):
        text = signed(part, unit)
        # The last bar is the gap itself: it begins at zero and ends at its own size.
        end = ends[place] if place < len(ends) else part
        row = len(parts) - 1 - place
        gap = 0.04 * room
        ax.text(
            end + (gap if part > 0 else -gap),
            row,
            f" {text} ",
            ha="left" if part > 0 else "right",
            va="center",
            fontsize=TEXT,
            color=INK,
        )
