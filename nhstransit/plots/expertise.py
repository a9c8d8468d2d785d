"""Knowledge and headcount of a workforce, and readiness of the successor organisations, month by month."""

from __future__ import annotations

import datetime as dt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nhstransit import tables
from nhstransit.arrays import Floats
from nhstransit.dates import epoch_day
from nhstransit.errors import check_kind
from nhstransit.measures.expertise import knowledge_by_month
from nhstransit.measures.knowledge import KNOWLEDGE, Knowledge
from nhstransit.measures.readiness import RATINGS, READINESS, Readiness, ratings_by_month
from nhstransit.organisations.bodies import KINDS
from nhstransit.plots.contrast import readable
from nhstransit.plots.ground import ON_FILL
from nhstransit.plots.labels import END, leads_to
from nhstransit.plots.paper import INK, TEXT, apart, axes, described, source, title, unit
from nhstransit.plots.shown import shows_itself
from nhstransit.run import Run

LINES = {  # name: column of the knowledge by month, colour, stroke
    "people in post": ("people", "#555555", "--"),
    "knowledge": ("closing", "#0072B2", "-"),
    "knowledge a person": ("knowledge_a_person", "#E69F00", "-."),
}
COLOURS = {"red": "#B2182B", "amber": "#FDBE6F", "green": "#1B7837"}
HATCHES = {"red": "//", "amber": "", "green": ".."}


@shows_itself
def knowledge(run: Run, ax: Axes | None = None, *, weighed: Knowledge = KNOWLEDGE, note: str = "") -> Axes:
    """People in post, their knowledge, and knowledge per person, at month ends, with the start of the run as 100.

    If knowledge falls faster than the number of people, leavers knew more than average, or people lost knowledge when
    they moved. If it falls more slowly, stayers are learning. The horizontal axis is in epoch days. Returns the axes.

    Args:
        run: the run.
        ax: axes to draw on; by default those of a new figure.
        weighed: how knowledge is weighted.
        note: text added to the small print.
    """
    check_kind("run", run, Run)
    ax = axes(ax, 9.0, 5.2)
    days, series = paths(run, weighed)
    top = max((float(line.max()) for line in series.values()), default=100.0)
    scale = max(top, 100.0)  # every line begins at 100%
    _framed(ax, days, 1.08 * scale)
    # Names at the ends of lines are moved apart; a thin stroke leads from each line to its name.
    wanted = [float(line[-1]) for line in series.values()]
    ends = apart(wanted, 0.055 * scale, 0.0, 1.08 * scale)
    for (name, line), place in zip(series.items(), ends, strict=True):
        _, colour, stroke = LINES[name]
        ax.plot(days, line, color=colour, linestyle=stroke, linewidth=1.9, label=name)
        across = [days[-1], days[-1] + 12]
        (lead,) = ax.plot(across, [line[-1], place], color=colour, linewidth=0.7, label=f"_{name}")
        label = ax.text(
            days[-1] + 14,
            place,
            f" {name} {line[-1]:.0f}%",
            color=readable(colour),
            fontsize=TEXT,
            va="center",
            parse_math=False,
            label=END,
        )
        lead.set_label(leads_to(label))
    unit(ax, "first day = 100%")
    span = f"{run.scenario.start:%B %Y} to {run.scenario.end:%B %Y}"
    ended = {name: float(line[-1]) for name, line in series.items()}
    finding = f"Knowledge of the workforce ended at {ended['knowledge']:.0f}% of its level on the first day, {span}"
    title(ax, finding)
    source(ax, run, "People (heads) at month ends; knowledge: people weighted by band, service and skill.", note)
    table = tables.frame({"epoch_day": days.astype("int64")} | dict(series))
    ends_in_words = "; ".join(f"{name} {last:.0f}%" for name, last in ended.items())
    return described(ax, table, f"Three lines begin at 100%. {finding}. At the end: {ends_in_words}.")


def paths(run: Run, weighed: Knowledge = KNOWLEDGE) -> tuple[Floats, dict[str, Floats]]:
    """Epoch days of the start and of each month end, and each line of the figure as a percentage of its start.

    A run without people at the start has lines of zeros.
    """
    table = knowledge_by_month(run, knowledge=weighed)
    seated = int((run.opening_post >= 0).sum())
    start = float(table["opening"].iloc[0])
    months = map(dt.date.fromisoformat, table["month"])
    # The start is the end of the day before the first, like a month end.
    days = np.array([epoch_day(run.scenario.start) - 1, *map(epoch_day, months)], "float64")
    firsts = {"people": float(seated), "closing": start, "knowledge_a_person": start / max(seated, 1)}
    lines = {}
    for name, (column, _, _) in LINES.items():
        first = firsts[column]
        every = np.concatenate([[first], table[column].to_numpy("float64")])
        lines[name] = 100.0 * every / first if first > 0 else np.zeros(len(every))
    return days, lines


@shows_itself
def ratings(
    run: Run, ax: Axes | None = None, *, kind: str = "ccg", rule: Readiness = READINESS, note: str = ""
) -> Axes:
    """How many successors of a kind are rated red, amber and green at each month end, one bar per month.

    Hatching as well as colour shows the rating. Returns the axes.

    Args:
        run: the run.
        ax: axes to draw on; by default those of a new figure.
        kind: the kind of organisation; "" for all kinds.
        rule: the conditions of the ratings.
        note: text added to the small print.
    """
    check_kind("run", run, Run)
    ax = axes(ax, 9.0, 4.6)
    table = ratings_by_month(run, kind=kind, rule=rule)
    # Months before any successor of this kind exists have no bar.
    table = table[table.sum(axis=1) > 0]
    # The height that each month's bar has reached so far, (months,).
    foot = np.zeros(len(table))
    most = int(table.sum(axis=1).max()) if len(table) else 1
    for name in reversed(RATINGS):
        bodies = table[name].to_numpy("float64")
        months = np.arange(len(table))
        ax.bar(months, bodies, bottom=foot, color=COLOURS[name], hatch=HATCHES[name], edgecolor="white")
        # A part that is too low for a number has none.
        for place in np.flatnonzero(bodies > 0.04 * most).tolist():
            middle = foot[place] + bodies[place] / 2
            ax.text(
                place,
                middle,
                f"{bodies[place]:.0f}",
                ha="center",
                va="center",
                fontsize=TEXT - 1,
                color=INK,
                bbox=_PLAIN,
                label=ON_FILL,
            )
        if len(table) and bodies[-1]:
            ax.text(
                len(table) - 0.4,
                foot[-1] + bodies[-1] / 2,
                f" {name}",
                va="center",
                fontsize=TEXT,
                color=INK,
                parse_math=False,
            )
        foot += bodies
    labels = [f"{dt.date.fromisoformat(month):%b\n%Y}" for month in table.index]
    ax.set_xticks(np.arange(len(table)), labels, fontsize=TEXT - 1)
    ax.set_xlim(-0.6, max(len(table), 1) * 1.08)
    unit(ax, "successors")
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    counts = {name: int(table[name].iloc[-1]) if len(table) else 0 for name in RATINGS}
    finding = f"{counts['green']:,} of {sum(counts.values()):,} successors were green at the last month end"
    title(ax, f"{finding}: {KINDS[kind] if kind else 'all successors'}")
    source(
        ax, run, "Green: plan at target and at least minimum cover; amber: one of the two; red: neither.", note, 34.0
    )
    numbers = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    return described(ax, table.reset_index(), f"One bar per month. {finding}: {numbers}.")


_PLAIN = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8}


def _framed(ax: Axes, days: Floats, ceiling: float) -> None:
    """Prepare axes with a tick at the start of each April, space on the right for names, and a scale from zero."""
    span = max(float(days[-1] - days[0]), 1.0)
    # Epoch days count from 1970. Dividing by 366 and 365 includes the years of both ends for certain.
    years = range(1970 + int(days[0] // 366), 1971 + int(days[-1] // 365))
    every = [epoch_day(dt.date(year, 4, 1)) for year in years]
    aprils = [day for day in every if days[0] <= day <= days[-1] + 1]
    ax.set_xticks(aprils, [f"Apr {1970 + int((day + 1) // 365.25)}" for day in aprils], fontsize=TEXT)
    ax.set_xlim(days[0], days[-1] + 0.3 * span)
    ax.set_ylim(0, ceiling)
    ax.hlines(100.0, days[0], days[-1], color="#DDDDDD", linewidth=0.8, zorder=0.4)
    ax.tick_params(labelsize=TEXT, colors=INK)
    ax.spines["bottom"].set_bounds(days[0], days[-1])
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
