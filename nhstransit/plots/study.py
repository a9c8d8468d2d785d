"""Figures of many runs: gaps between a study's scenarios, a fan chart, a tornado of assumptions, and validation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nhstransit import tables
from nhstransit.england import status_of, statuses_of
from nhstransit.england.validation import Validation
from nhstransit.errors import InputError, check_kind, nearest
from nhstransit.measures.called import called, unit_of
from nhstransit.phrases import between, listed, people, signed
from nhstransit.plots.paper import FAINT, INK, TEXT, axes, described, title
from nhstransit.plots.rows import gap_ticks, height, lines_of, named, of_a_table, rests_on, small_print
from nhstransit.plots.shown import shows_itself
from nhstransit.scenario import Scenario
from nhstransit.studies import Study
from nhstransit.tables import check_table

if TYPE_CHECKING:
    import pandas as pd

DOT = "#00508C"
AWAY = "#B35900"
BANDS = ((0.05, 0.95, 0.18), (0.25, 0.75, 0.32))  # low and high quantile, opacity


@shows_itself
def study_gaps(
    study: Study,
    ax: Axes | None = None,
    *,
    baseline: str,
    measure: str,
    titles: Mapping[str, str] | None = None,
    note: str = "",
) -> Axes:
    """The mean gap of every scenario of a study from the baseline, the largest first, with its paired 95% interval.

    Blue: the interval contains zero, so the gap may be due to chance. Orange: it does not. Returns the axes.

    Args:
        study: the study.
        ax: axes to draw on; by default those of a new figure.
        baseline: the scenario that the others are compared with.
        measure: the name of a measure.
        titles: the titles of scenarios in the figure, by name; None: their names.
        note: text added to the small print.

    Raises:
        SweepError: `study.gaps` refuses the baseline or the measure.
    """
    check_kind("study", study, Study)
    table = study.gaps(baseline=baseline, measures=(measure,)).reset_index()
    table = table.sort_values("gap", ascending=False, kind="stable").reset_index(drop=True)
    ax = axes(ax, 9.0, height(len(table)))
    places = np.arange(len(table))[::-1]
    # Whether each interval excludes zero; a comparison with a missing interval (NaN) is false.
    parted = ((table["low"] > 0) | (table["high"] < 0)).to_numpy()
    for mask, colour in ((parted, AWAY), (~parted, DOT)):
        part = table[mask]
        ax.hlines(places[mask], part["low"].to_numpy(), part["high"].to_numpy(), color=colour, linewidth=2.2)
        ax.plot(part["gap"].to_numpy(), places[mask], "o", color=colour, markersize=6, markeredgecolor=FAINT)
    ax.axvline(0, color=INK, linewidth=0.8)
    size = unit_of(measure)
    known = [_titled(str(name), titles) for name in table["scenario"]]
    gaps = ["no runs" if math.isnan(gap) else signed(gap, size) for gap in table["gap"].tolist()]
    named(ax, [f"{name}  ({gap})" for name, gap in zip(known, gaps, strict=True)])
    gap_ticks(ax, size)
    ax.tick_params(labelsize=TEXT)
    ax.grid(axis="x", color="#E6E6E6", linewidth=0.6)
    apart = [name for name, differs in zip(known, parted.tolist(), strict=True) if differs]
    what = called(measure)
    base = _titled(baseline, titles)
    finding = f"{what[:1].upper()}{what[1:]}: no scenario differs from {base} beyond chance"
    if apart:
        few = listed(apart[:3]) if len(apart) <= 3 else f"{len(apart)} scenarios"
        finding = f"{what[:1].upper()}{what[1:]}: {few} {'differs' if len(apart) == 1 else 'differ'} from {base}"
    title(ax, finding)
    small_print(
        ax,
        f"Mean gaps and paired 95% intervals (Student's t), {int(table['pairs'].max())} pairs at most; orange: the interval "
        f"does not contain zero. Source: nhstransit. {rests_on(statuses_of(study).values())}",
        note,
    )
    parts = []
    for name, gap, (_, row) in zip(known, gaps, table.iterrows(), strict=True):
        span = "no interval" if math.isnan(row["low"]) else between(row["low"], row["high"], size)
        parts.append(f"{name} {gap} ({span})")
    gaps_in_words = "; ".join(parts)
    return described(ax, table, f"A point and an interval for each scenario. {finding}. Differences: {gaps_in_words}.")


def _titled(name: str, titles: Mapping[str, str] | None) -> str:
    """The title of a scenario in a figure."""
    return (titles or {}).get(name, name)


@shows_itself
def fan(study: Study, ax: Axes | None = None, *, series: str, scenario: str, what: str = "", note: str = "") -> Axes:
    """A monthly series of one scenario over all its runs: the median, the middle half and the middle 90%.

    Returns the axes.

    Args:
        study: the study.
        ax: axes to draw on; by default those of a new figure.
        series: the name of a series that the sweep stored, such as "heads: pct" of `monthly_heads`.
        scenario: the name of the scenario.
        what: the series in words; "" for its name.
        note: text added to the small print.

    Raises:
        SweepError: the study has no such series.
        InputError: the study has no such scenario.
    """
    check_kind("study", study, Study)
    every = study.series(series)
    names = list(study.results.names)
    if scenario not in names:
        raise InputError("scenario", f"is {scenario!r}, which the study does not have", nearest(scenario, names))
    runs = every.loc[scenario].to_numpy("float64")
    # (runs, months); runs that failed or ended early are left out.
    runs = runs[np.isfinite(runs).all(axis=1)]
    ax = axes(ax, 9.0, 4.8)
    months = np.arange(runs.shape[1])
    middle = np.median(runs, axis=0)
    columns: dict[str, object] = {"month": months, "median": middle}
    for low, high, shade in BANDS:
        ends = np.quantile(runs, [low, high], axis=0)
        columns |= {f"quantile {low:g}": ends[0], f"quantile {high:g}": ends[1]}
        ax.fill_between(months, ends[0], ends[1], color=DOT, alpha=shade, linewidth=0)
    ax.plot(months, middle, color=DOT, linewidth=1.9)
    last = max(len(months) - 1, 1)
    low, high = np.quantile(runs[:, -1], [0.05, 0.95])
    ax.text(
        1.02 * last, middle[-1], f" {people(middle[-1])} ({people(low)} to {people(high)})", fontsize=TEXT, color=DOT
    )
    ax.set_xlim(0, 1.3 * last)
    # A run of a year or less has ticks every three months.
    years = range(0, len(months), 12 if len(months) > 12 else 3)
    ax.set_xticks(list(years), ["start" if not month else f"{month} months" for month in years])
    ax.spines["bottom"].set_bounds(0, last)
    ax.set_ylim(0, 1.08 * float(runs.max(initial=1.0)))
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.yaxis.set_major_formatter(lambda tick, _: f"{tick:,.0f}")
    ax.tick_params(labelsize=TEXT, colors=INK)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    words = what or series.replace("_", " ")
    finding = f"{words[:1].upper()}{words[1:]}: between {people(low)} and {people(high)} at the end in 90% of runs"
    title(ax, finding)
    small_print(
        ax,
        f"Median, middle half and middle 90% of {len(runs):,} runs. Source: nhstransit, scenario {scenario}. "
        f"{statuses_of(study)[scenario].note}",
        note,
    )
    return described(
        ax,
        tables.frame(columns),
        f"A line with two bands by month. {finding}; the median begins at {people(middle[0])} and ends at "
        f"{people(middle[-1])}.",
    )


@shows_itself
def tornado(
    table: pd.DataFrame, ax: Axes | None = None, *, what: str, scenario: Scenario | None = None, note: str = ""
) -> Axes:
    """How much each assumption changes a figure, the largest first: a bar from `low` to `high` around zero.

    Returns the axes.

    Args:
        table: indexed by assumption; low and high are the changes of the figure at either end of the assumption's range.
        ax: axes to draw on; by default those of a new figure.
        what: the figure, with its unit, such as "people who left".
        scenario: the scenario of the table; the small print then says which of its numbers were fitted.
        note: text added to the small print.

    Raises:
        InputError: the table lacks a column.
    """
    check_table("table", table)
    check_kind("what", what, str, "give text")
    missing = [name for name in ("low", "high") if name not in table.columns]
    if missing:
        raise InputError("table", f"has no column {missing[0]!r}", "give a table with the columns low and high")
    reach = (table["high"] - table["low"]).abs()
    shown = table.loc[reach.sort_values(ascending=False, kind="stable").index]
    ax = axes(ax, 9.0, height(len(shown)))
    places = np.arange(len(shown))[::-1]
    for column, colour in (("low", DOT), ("high", AWAY)):
        ax.barh(places, shown[column].to_numpy(), color=colour, height=0.6, label=column)
    ax.axvline(0, color=INK, linewidth=0.8)
    named(ax, [str(name) for name in shown.index])
    ax.xaxis.set_major_formatter(lambda tick, _: _signed(tick))
    ax.tick_params(labelsize=TEXT)
    ax.grid(axis="x", color="#E6E6E6", linewidth=0.6)
    ax.set_axisbelow(True)
    finding = f"No assumption changes {what}"
    if len(shown) and reach.max() > 0:
        first = str(shown.index[0])
        # Words begin the sentence with a capital; a path without spaces must stay as it is.
        name = first[:1].upper() + first[1:] if " " in first else first
        finding = f"{name} has the largest effect on {what}"
    title(ax, finding)
    text = f"Change of {what}. Blue: at the low end of an assumption's range; orange: at the high end."
    small_print(ax, f"{text} Source: nhstransit. {of_a_table(scenario)}", note)
    ends = "; ".join(f"{name} {_signed(row['low'])} to {_signed(row['high'])}" for name, row in shown.iterrows())
    return described(ax, shown.reset_index(), f"A bar for each assumption. {finding}. {ends}.")


def _signed(number: float) -> str:
    """A change with its sign, rounded: "+23", "−2.5", "+21,000"."""
    size = f"{abs(number):,.0f}" if abs(number) >= 10 else f"{abs(number):.2g}"
    return "0" if size == "0" else f"{'+' if number > 0 else '−'}{size}"


MOST = 40  # the most figures drawn: those with the largest difference relative to tolerance and chance


@shows_itself
def validation(found: Validation, ax: Axes | None = None, *, note: str = "") -> Axes:
    """A scenario's figures as shares of the published figures.

    A bar is the middle 80% of runs; the line at 100% is the published figure. Orange figures are missed. At most 40 figures
    are drawn, those with the largest differences. Returns the axes.

    Args:
        found: the validation.
        ax: axes to draw on; by default those of a new figure.
        note: text added to the small print.
    """
    check_kind("found", found, Validation, "give what nt.validate returns")
    table = found.table
    # Shares of the published figure need both numbers, and a published figure other than zero.
    both = table["simulated"].notna() & table["published"].notna()
    table = table[both & (table["published"] != 0)]
    sizes = table["standardised"].abs().sort_values(ascending=False, kind="stable")
    table = table.loc[sizes.index].head(MOST)
    lines = {one.name: one for one in found.lines}
    names = [f"{lines[str(name)].called}  ({lines[str(name)].role})" for name in table.index]
    ax = axes(ax, 9.0, height(len(table), lines_of(names)))
    places = np.arange(len(table))[::-1]
    base = table["published"].to_numpy("float64")
    missed = table["verdict"].isin({one.verdict for one in found.misses}).to_numpy()
    for mask, colour in ((missed, AWAY), (~missed, DOT)):
        part = table[mask]
        ax.hlines(
            places[mask],
            part["low"].to_numpy("float64") / base[mask],
            part["high"].to_numpy("float64") / base[mask],
            color=colour,
            linewidth=2.2,
        )
        shares = part["simulated"].to_numpy("float64") / base[mask]
        ax.plot(shares, places[mask], "o", color=colour, markersize=5)
    ax.axvline(1.0, color=INK, linewidth=0.8)
    named(ax, names)
    ax.xaxis.set_major_formatter(lambda tick, _: f"{tick:.0%}")
    ax.tick_params(labelsize=TEXT)
    ax.grid(axis="x", color="#E6E6E6", linewidth=0.6)
    finding = f"{len(found.misses)} of {len(found.judged)} published figures are missed"
    title(ax, finding)
    small_print(
        ax,
        f"Shares of the published figure; bars: middle 80% of {found.runs} runs. Source: nhstransit, scenario "
        f"{found.scenario.name}. {status_of(found.scenario).note}",
        note,
    )
    data = table.reset_index()
    parts = []
    for name, row in table.iterrows():
        line = lines[str(name)]
        parts.append(f"{line.called}: {line.told(row['simulated'])}, published {line.told(row['published'])}")
    figures = "; ".join(parts)
    return described(ax, data, f"A point and an interval for each figure. {finding}. {figures}.")
