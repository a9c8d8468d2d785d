"""When each policy of a scenario acts: a bar from its first day to its last, with the policy's name in words."""

from __future__ import annotations

import datetime as dt

from matplotlib.axes import Axes

from nhstransit import tables
from nhstransit.dates import date_of, epoch_day
from nhstransit.errors import check_kind
from nhstransit.phrases import date
from nhstransit.plots.lines import tick_days
from nhstransit.plots.paper import TEXT, axes, described, source, title
from nhstransit.plots.rows import height, named
from nhstransit.plots.shown import shows_itself
from nhstransit.run import Run
from nhstransit.scenario import Scenario

BAR = "#00508C"
SHORTEST = 0.006  # the shortest bar as a share of the whole time, so that a single day can be seen


@shows_itself
def policies(run: Run, ax: Axes | None = None, *, note: str = "") -> Axes:
    """When each policy acts, from its first day to its last, in order of first days.

    The horizontal axis is in epoch days. Policies that never act within the scenario are left out. Returns the axes.

    Args:
        run: the run.
        ax: axes to draw on; by default those of a new figure.
        note: text added to the small print.
    """
    check_kind("run", run, Run)
    rows = timeline(run.scenario)
    ax = axes(ax, 9.0, height(len(rows), 3))
    start = epoch_day(run.scenario.start)
    end = epoch_day(run.scenario.end)
    span = max(end - start, 1)
    for row, (first, last, _, _) in enumerate(rows):
        begin = epoch_day(first)
        # Both ends are days on which the policy acts, so a single day has a width of one.
        wide = max(epoch_day(last) - begin + 1, SHORTEST * span)
        place = len(rows) - 1 - row
        ax.barh(place, wide, left=begin, color=BAR, height=0.5)
    # The days are part of the name, since a bar could cover them inside the axes.
    named(ax, [f"{name}\n{span_of(first, last)}" for first, last, name, _ in rows])
    ax.set_xlim(start, end)
    days = tick_days(start, end, 8)
    ax.set_xticks(days, [f"{date_of(day):%b %Y}" for day in days], fontsize=TEXT)
    ax.grid(axis="x", color="#E6E6E6", linewidth=0.6)
    ax.set_axisbelow(True)
    finding = "No policy acts within the time of the run"
    if rows:
        finding = f"{rows[0][2]} is the first policy to act, on {date(rows[0][0])}; {len(rows)} act in all"
        if len(rows) == 1:
            finding = f"{rows[0][2]} is the only policy that acts, from {date(rows[0][0])} on"
    title(ax, finding)
    source(ax, run, "Each bar is from the first to the last day on which a policy acts.", note, below=26.0)
    columns = ("first_day", "last_day", "policy", "occasions")
    data = tables.of_rows(columns, rows)
    spans = "; ".join(f"{name} {span_of(first, last)}" for first, last, name, _ in rows)
    return described(ax, data, f"A bar for each policy. {finding}. {spans}.")


def timeline(scenario: Scenario) -> list[tuple[dt.date, dt.date, str, int]]:
    """First day, last day, title and number of days of each policy that acts, in order of first days."""
    check_kind("scenario", scenario, Scenario)
    calendar = scenario.calendar
    titles = scenario.policy_titles
    found = []
    for name, policy in scenario.policies.items():
        days = [one.day for one in policy.days(calendar, scenario.roster) if 0 <= one.day < calendar.days]
        if days:
            first = calendar.date(min(days))
            last = calendar.date(max(days))
            found.append((first, last, titles[name], len(days)))
    return sorted(found)


def span_of(first: dt.date, last: dt.date) -> str:
    """Days from the first to the last in words; a single day once."""
    return date(first) if first == last else f"{date(first)} to {date(last)}"
