"""Gaps of the headline figures as points, with paired intervals if there are enough pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from nhstransit.comparison import Comparison, Comparisons
from nhstransit.comparison.several import FEWEST
from nhstransit.errors import check_kind
from nhstransit.measures.headline_figures import in_words
from nhstransit.phrases import signed
from nhstransit.plots.paper import FAINT, INK, TEXT, axes, described, title
from nhstransit.plots.rows import beside, height, named, small_print
from nhstransit.plots.shown import shows_itself

if TYPE_CHECKING:
    import pandas as pd

DOT = "#0072B2"


@shows_itself
def gaps(compared: Comparison | Comparisons, ax: Axes | None = None, *, note: str = "") -> Axes:
    """Each headline figure's gap as a share of the baseline's figure: a point, and a bar for its 95% interval.

    If there are too few pairs of runs, there are no intervals. Figures without a difference are left out. Figures that
    are zero in the baseline are listed in the small print. Returns the axes.

    Args:
        compared: one comparison or several.
        ax: axes to draw on; by default those of a new figure.
        note: text added to the small print.

    Raises:
        InputError: `compared` is not a comparison.
    """
    right = "give the result of compare; for a study, use plots.study_gaps"
    check_kind("compared", compared, (Comparison, Comparisons), right)
    table = compared.gaps
    ends = None
    if isinstance(compared, Comparisons) and len(compared) >= FEWEST["t"]:
        ends = compared.intervals()
    # A gap is drawn as a share of the baseline's figure, which does not exist if that is zero.
    differ = table[table["gap"] != 0]
    shown = differ[differ["baseline"] != 0]
    lost = list(differ.index[differ["baseline"] == 0])
    ax = axes(ax, 9.0, height(len(shown)))
    base = shown["baseline"].abs().to_numpy()
    _points(ax, shown, None if ends is None else ends.loc[shown.index], base)
    names = [f"{in_words(str(name))}  ({signed(row['gap'], str(row['unit']))})" for name, row in shown.iterrows()]
    named(ax, names)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.xaxis.set_major_formatter(lambda share, _: percent(share, ax.get_xticks()))
    ax.tick_params(labelsize=TEXT)
    ax.grid(axis="x", color="#E6E6E6", linewidth=0.6)
    pairs = compared.pairs if isinstance(compared, Comparisons) else (compared,)
    cells: Any = shown.loc  # pandas' stubs know no cell by two names
    # The tiny floor only avoids a division by zero; figures that are zero in the baseline are not drawn.
    largest = shown["gap"].abs() / np.maximum(base, 1e-300)
    finding = "No headline figure differs from the baseline"
    if ends is not None and len(shown):
        # A gap that may be due to chance is not called the largest.
        sure = (ends["low"] > 0) | (ends["high"] < 0)
        largest = largest[sure.loc[shown.index]]
        finding = "No headline figure differs from the baseline beyond chance"
    if len(largest):
        first = str(largest.idxmax())
        words = in_words(first)
        verb = "differ" if words.partition(" ")[0].endswith("s") else "differs"  # the first word is the noun
        share = float(cells[first, "gap"]) / abs(float(cells[first, "baseline"]))
        by = percent(share, np.array([0.01]))  # in whole per cent
        finding = f"{words[:1].upper()}{words[1:]} {verb} most from the baseline, by {by}"
    title(ax, finding)
    bars = "Bars: paired 95% intervals (Student's t)." if ends is not None else "There are too few pairs for intervals."
    zeros = ", ".join(in_words(str(name)) for name in lost)
    missing = f" Not drawn, because the baseline's figure is zero: {zeros}." if lost else ""
    first_pair = pairs[0]
    compared_with = beside(first_pair.run.scenario, first_pair.baseline.scenario, first_pair.run.seed, len(pairs))
    small_print(
        ax,
        f"Gaps as shares of the baseline's figures. {bars}{missing} {compared_with}",
        note,
    )
    data = differ.reset_index() if ends is None else ends.loc[differ.index].reset_index()
    return described(
        ax,
        data,
        f"Each point is a headline figure that differs from the baseline. {finding}. Differences: {'; '.join(names)}.",
    )


def _points(ax: Axes, shown: pd.DataFrame, ends: pd.DataFrame | None, base: np.ndarray) -> None:
    # Rows count from the bottom, so the first figure is at the top.
    places = np.arange(len(shown))[::-1]
    if ends is not None:
        low = ends["low"].to_numpy() / base
        high = ends["high"].to_numpy() / base
        ax.hlines(places, low, high, color=DOT, linewidth=2.2)
    ax.plot(shown["gap"].to_numpy() / base, places, "o", color=DOT, markersize=6, markeredgecolor=FAINT)


def percent(share: float, ticks: np.ndarray) -> str:
    """A share on the axis, with as many decimals as the ticks need."""
    every = 100 * ticks
    places = next((few for few in range(4) if np.allclose(every, np.round(every, few), 0, 1e-9)), 4)
    return "0" if abs(share) < 1e-12 else f"{share:+.{places}%}"
