"""The money of a run computed by plain loops over events, for comparison with the library's tables."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from nhstransit.log import Kind
from nhstransit.run import Run

EXITS = (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION, Kind.BOUGHT_OUT)


@dataclass
class Removal:
    """One post removed with a saving."""

    index: int
    day: int
    rule: int
    post: int
    pence: int
    staff: int = -1
    until: int | None = None
    end: str = "lasts"


def year_of(run: Run, day: int) -> int:
    date = run.scenario.start + dt.timedelta(days=day)
    return date.year if date.month >= 4 else date.year - 1


def days_of(year: int) -> int:
    return (dt.date(year + 1, 4, 1) - dt.date(year, 4, 1)).days


def removed_posts(run: Run) -> list[Removal]:
    """Every removal with a saving, in order, with the day on which a return ends the saving."""
    events = run.log.tuples()
    found = [
        Removal(index, day, rule, come, pence)
        for index, (day, _, kind, rule, _, come, _, pence) in enumerate(events)
        if kind is Kind.REMOVED and pence > 0
    ]
    for one in found:
        left = [e for e in events[: one.index] if e[2] is Kind.DEPARTED and e[5] == one.post]
        if left and left[-1][0] == one.day and left[-1][3] == one.rule:
            one.staff = left[-1][4]
            since = max(
                index
                for index, e in enumerate(events)
                if e[2] is Kind.DEPARTED and e[4] == one.staff and e[5] == one.post and index < one.index
            )
            later = [
                index
                for index, e in enumerate(events)
                if index > since and e[4] == one.staff and e[2] in (Kind.ARRIVED, Kind.BACK)
            ]
            if later:
                one.end = "returned"
                one.until = events[later[0]][0]
    return found


@dataclass
class Opened:
    """One post that a policy opened, at a cost."""

    day: int
    rule: int
    post: int
    pence: int
    until: int | None = None  # the first day on which it costs nothing


def opened_posts(run: Run) -> list[Opened]:
    """Every post opened at a cost, in order."""
    events = run.log.tuples()
    removed = {come: day + 1 for day, _, kind, _, _, come, _, _ in events if kind is Kind.REMOVED}
    return [
        Opened(day, rule, go, pence, removed.get(go))
        for day, _, kind, rule, _, _, go, pence in events
        if kind is Kind.OPENED and pence > 0
    ]


def saved(run: Run, upto: int) -> dict[int, int]:
    """Net pence by financial year up to and including a day, with each post's year rounded half up separately."""
    net: Counter[int] = Counter()
    for one in removed_posts(run):
        gross = Counter()
        lost = Counter()
        for day in range(one.day + 1, upto + 1):
            year = year_of(run, day)
            gross[year] += 1
            lost[year] += one.until is not None and day >= one.until
        for year, days in gross.items():
            size = days_of(year)
            net[year] += (2 * one.pence * days + size) // (2 * size)
            net[year] -= (2 * one.pence * lost[year] + size) // (2 * size)
    for one in opened_posts(run):
        open_days = Counter(
            year_of(run, day) for day in range(one.day, upto + 1) if one.until is None or day < one.until
        )
        for year, days in open_days.items():
            size = days_of(year)
            net[year] -= (2 * one.pence * days + size) // (2 * size)
    return dict(net)


def sums(run: Run, *kinds: Kind) -> int:
    """Sum of the pence of all events of these kinds."""
    return sum(e[7] for e in run.log.tuples() if e[2] in kinds)
