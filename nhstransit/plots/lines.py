"""Headcount by kind of employer over time."""

from __future__ import annotations

import datetime as dt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nhstransit import tables
from nhstransit.arrays import Floats, Longs
from nhstransit.dates import add_months, date_of, epoch_day
from nhstransit.errors import check_kind
from nhstransit.measures.flows import stocks
from nhstransit.organisations.bodies import KINDS
from nhstransit.phrases import change, inside
from nhstransit.plots.boxes import Boxes, Sheet
from nhstransit.plots.contrast import readable
from nhstransit.plots.groups import Group, groups_of
from nhstransit.plots.labels import END, leads_to
from nhstransit.plots.paper import FAINT, INK, SMALL, TEXT, apart, axes, described, inches, source, title, unit
from nhstransit.plots.shown import shows_itself
from nhstransit.run import Run
from nhstransit.run.lives import closing_days
from nhstransit.run.state import posts_and_pay
from nhstransit.scenario import Scenario

MANY = 6  # a policy that acts on more days than this has no milestone
LEGROOM = 0.42  # space on the right for the names, as a share of the span of dates
WIDE = 0.56  # width of a letter and height of a line, as multiples of the font size
HIGH = 1.4


@shows_itself
def headcount(run: Run, ax: Axes | None = None, *, note: str = "") -> Axes:
    """People in post by kind of employer at the start and at each month's end, one labelled line per group.

    There is a further point on the day after employers close, so that a closure is a step and not a slope. The horizontal
    axis is in epoch days. Faint numbered lines mark the first days of policies, and the small print lists these policies.
    Returns the axes.

    Args:
        run: the run.
        ax: axes to draw on; by default those of a new figure.
        note: text added to the end of the small print.
    """
    check_kind("run", run, Run)
    ax = axes(ax, 10.0, 6.2)
    days, heads = _with_closures(run, *series(run))
    when = np.array([epoch_day(day) for day in days], "float64")
    most = max((int(line.max()) for line in heads.values()), default=0)
    sheet = _framed(ax, when, most or 1, run.scenario)  # a scale from 0 to 0 would have no height
    for group, line in heads.items():
        part = _while_there(line)
        ax.plot(when[part], line[part], color=group.colour, linestyle=group.stroke, linewidth=1.9, label=group.name)
    _names_at_the_end(ax, sheet, {group: line for group, line in heads.items() if line[-1]})
    _names_on_the_way(ax, sheet, heads)
    span = f"{run.scenario.start:%B %Y} to {run.scenario.end:%B %Y}"
    # The added zeros make the sum work for a run without people.
    whole = np.sum([*heads.values(), np.zeros(len(days), "int64")], axis=0)
    finding = change(float(whole[0]), float(whole[-1]), "People in post")
    title(ax, f"{finding}, {span}, by kind of employer")
    source(ax, run, f"People (heads) at month ends. {_key(run.scenario)}".strip(), note)
    parts = [
        f"{group.name} {line[0]:,} at first, {line.max():,} at most, {line[-1]:,} at the end"
        for group, line in heads.items()
    ]
    table = tables.frame({"date": days} | {group.name: line for group, line in heads.items()})
    return described(ax, table, f"A line for each kind of employer, {span}. {finding}: {'; '.join(parts) or 'nobody'}.")


def series(run: Run) -> tuple[list[dt.date], dict[Group, Longs]]:
    """The first day and each month's end, and the number of people of each group that has any on these days."""
    table = stocks(run, by="kind")
    days = [run.scenario.start, *map(dt.date.fromisoformat, dict.fromkeys(table["month"]))]
    kinds = list(dict.fromkeys(table["kind"]))
    # The table is sorted by month, then by kind, and has every kind in every month: (months, kinds).
    closing = table["closing"].to_numpy().reshape(-1, len(kinds))
    # The first row is the opening number of the first month.
    every = np.vstack([table["opening"].to_numpy()[: len(kinds)], closing])
    lines = {}
    for group, members in groups_of().items():
        columns = [kinds.index(kind) for kind in members]
        lines[group] = every[:, columns].sum(axis=1)
    return days, {group: line for group, line in lines.items() if line.any()}


def _with_closures(
    run: Run, days: list[dt.date], heads: dict[Group, Longs]
) -> tuple[list[dt.date], dict[Group, Longs]]:
    """Days and people of each group, with the days after closures added in order."""
    calendar = run.scenario.calendar
    after = {int(day) + 1 for day in closing_days(run).tolist()}
    # Days beyond the end of the run, and days that have a point already, are left out.
    more = sorted(day for day in after if day < calendar.days and calendar.date(day) not in days)
    kind = run.scenario.roster.kind
    extra = []
    for day in more:
        post = np.asarray(posts_and_pay(run, day)[0])
        held = post[post >= 0]  # −1 means no post
        extra.append(np.bincount(kind[run.posts.employer[held]], minlength=len(KINDS)))
    every = [*days, *(calendar.date(day) for day in more)]
    # The added days come last, so days and numbers are put in order of time together.
    order = sorted(range(len(every)), key=lambda place: every[place])
    names = list(KINDS)
    found = {}
    for group, line in heads.items():
        own = [names.index(name) for name in groups_of()[group]]
        added = np.array([counts[own].sum() for counts in extra], "int64")
        whole = np.concatenate([line, added])
        found[group] = whole[order]
    return [every[place] for place in order], found


def milestones(scenario: Scenario) -> list[tuple[dt.date, str]]:
    """The first day on which each policy acts, with its title. Policies that act month after month are left out."""
    calendar = scenario.calendar
    found = []
    for name, policy in scenario.policies.items():
        days = [one.day for one in policy.days(calendar, scenario.roster) if 0 <= one.day < calendar.days]
        if 0 < len(days) <= MANY:
            found.append((calendar.date(min(days)), scenario.policy_titles[name]))
    return sorted(found)


def _key(scenario: Scenario) -> str:
    """The numbers of the milestones with the titles of the policies; empty if there are none."""
    marks = [f"{number} {inside(title)}" for number, (_, title) in enumerate(milestones(scenario), 1)]
    return f"Numbers mark the first days of policies: {'; '.join(marks)}." if marks else ""


def _while_there(line: Longs) -> slice:
    """The slice from the last month before a group has people to the first month after."""
    there = np.flatnonzero(line)
    return slice(max(int(there[0]) - 1, 0), int(there[-1]) + 2)


def _framed(ax: Axes, when: Floats, most: int, scenario: Scenario) -> Sheet:
    """Prepare axes from zero, with space on the right for names, and draw the milestones at the top."""
    span = max(when[-1] - when[0], 1.0)
    (wide, high) = inches(ax)
    marks = milestones(scenario)
    top = 1.06 * most
    # The share of the height for the numbers of milestones above the lines; 72 points are one inch.
    share = min((SMALL * HIGH + 8.0) / 72.0 / high, 0.5) if marks else 0.0
    ceiling = 1.04 * top / (1.0 - share)
    ax.set_xlim(when[0], when[-1] + LEGROOM * span)
    ax.set_ylim(0, ceiling)
    letter = TEXT * WIDE / 72.0 / wide * span * (1.0 + LEGROOM)
    _ticks(ax, when, top, most=max(int(span / (10 * letter)), 2))
    sheet = Sheet(when, top, letter, TEXT * HIGH / 72.0 / high * ceiling)
    _marks(ax, sheet, marks)
    return sheet


def _ticks(ax: Axes, when: Floats, top: float, most: int) -> None:
    """Draw ticks at the starts of financial years, or of months in a short scenario, and at whole numbers of people."""
    days = tick_days(int(when[0]), int(when[-1]), most)
    ax.set_xticks(days, [f"{date_of(day):%b %Y}" for day in days])
    ticks = MaxNLocator(6, integer=True).tick_values(0, top)
    heads = [float(tick) for tick in ticks if tick <= top]
    ax.set_yticks(heads, [f"{tick:,.0f}" for tick in heads])
    unit(ax, "people in post")
    ax.tick_params(labelsize=TEXT, colors=INK)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_bounds(when[0], when[-1])
    ax.spines["left"].set_bounds(0, top)
    ax.hlines(heads[1:], when[0], when[-1], color="#E6E6E6", linewidth=0.6, zorder=0.4)


def tick_days(first: int, last: int, most: int) -> list[int]:
    """Epoch days of the first days of months. If they are half a year apart, they are in April and October.

    Args:
        first: epoch day at which the axis begins.
        last: epoch day at which it ends.
        most: the approximate number of days wanted.
    """
    start = date_of(first)
    months = (last - first) / 30.4
    # The shortest of these numbers of months that does not give more ticks than wanted.
    step = next(step for step in (1, 3, 6, 12, 24, 60, 120, 1200) if months / step <= most)
    # Counted from an April before the axis begins, so that ticks fall on the start of a financial year.
    april = epoch_day(dt.date(start.year - 1, 4, 1))
    count = int((months + 24) // step) + 2  # enough to pass the end, from an April up to two years before the start
    every = [int(add_months(april, number * step)) for number in range(count)]
    return [day for day in every if first <= day <= last]


def _marks(ax: Axes, sheet: Sheet, marks: list[tuple[dt.date, str]]) -> None:
    """Draw a faint line on the day of each milestone, with its number above; numbers of near days are separated."""
    days = [float(epoch_day(date)) for date, _ in marks]
    least = sheet.letter * SMALL / TEXT * (len(str(len(marks))) + 1)
    places = apart(days, least, sheet.when[0], sheet.when[-1])
    low = sheet.top
    high = 1.04 * sheet.top
    for number, (place, day) in enumerate(zip(places, days, strict=True), 1):
        ax.plot([day, day, place], [0, low, high], color="#BBBBBB", linewidth=0.7, zorder=0.5, label=f"_{number}")
        ax.text(
            place,
            1.01 * high,
            str(number),
            fontsize=SMALL,
            color=FAINT,
            va="bottom",
            ha="center",
            parse_math=False,
        )


def _names_at_the_end(ax: Axes, sheet: Sheet, last: dict[Group, Longs]) -> None:
    """Write the name of each group that has people at the end, to the right of its line."""
    wanted = [float(line[-1]) for line in last.values()]
    heights = apart(wanted, sheet.line, 0.0, sheet.top)
    end = sheet.when[-1]
    edge = sheet.when[-1] + 3 * sheet.letter
    for (group, line), place in zip(last.items(), heights, strict=True):
        (stroke,) = ax.plot([end, edge], [line[-1], place], color=group.colour, linewidth=0.7, label=f"_{group.name}")
        label = ax.text(
            edge,
            place,
            f" {group.name} {line[-1]:,}",
            color=readable(group.colour),
            fontsize=TEXT,
            va="center",
            parse_math=False,
            label=END,
        )
        stroke.set_label(leads_to(label))


def _names_on_the_way(ax: Axes, sheet: Sheet, heads: dict[Group, Longs]) -> None:
    """Write the name of each group without people at the end near its line; a stroke leads to a name further away."""
    lines = list(heads.values())
    # Names are placed one after another, the largest group first, and each avoids those already placed.
    boxes = Boxes(sheet)
    gone = [(group, line) for group, line in heads.items() if not line[-1]]
    for group, line in sorted(gone, key=lambda pair: -int(pair[1].max())):
        text = f"{group.name}, {line.max():,} at most"
        left, foot, height = boxes.place(line, lines, len(text) * sheet.letter)
        if abs(height - foot) > sheet.line:
            ax.plot([left, left], [foot, height], color=group.colour, linewidth=0.7, marker=".", markevery=[0])
        shown = ax.text(
            left,
            height,
            f" {text}",
            color=readable(group.colour),
            fontsize=TEXT,
            va="center",
            zorder=1.5,
            parse_math=False,
        )
        shown.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.4})
