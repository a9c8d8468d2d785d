"""The money of a run by plain loops over its tuples: what the library's tables are held against."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from nhstransit.log import Kind
from nhstransit.run import Run

EXITS = (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION, Kind.BOUGHT_OUT)


@dataclass
class Gone:
    """One post removed with a saving."""

    place: int
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


def gone_posts(run: Run) -> list[Gone]:
    """Every removal with a saving, in order, with what undid it first."""
    events = run.log.tuples()
    found = [
        Gone(place, day, rule, come, pence)
        for place, (day, _, kind, rule, _, come, _, pence) in enumerate(events)
        if kind is Kind.REMOVED and pence > 0
    ]
    for one in found:
        left = [e for e in events[: one.place] if e[2] is Kind.DEPARTED and e[5] == one.post]
        if left and left[-1][0] == one.day and left[-1][3] == one.rule:
            one.staff = left[-1][4]
            since = max(
                place
                for place, e in enumerate(events)
                if e[2] is Kind.DEPARTED and e[4] == one.staff and e[5] == one.post and place < one.place
            )
            later = [
                place
                for place, e in enumerate(events)
                if place > since and e[4] == one.staff and e[2] in (Kind.ARRIVED, Kind.BACK)
            ]
            if later:
                one.end = "returned"
                one.until = events[later[0]][0]
    return found


@dataclass
class Made:
    """One post that a policy opened, and is debited for."""

    day: int
    rule: int
    post: int
    pence: int
    until: int | None = None  # the first day on which it costs nothing


def made_posts(run: Run) -> list[Made]:
    """Every post that is debited, in order."""
    events = run.log.tuples()
    gone = {come: day + 1 for day, _, kind, _, _, come, _, _ in events if kind is Kind.REMOVED}
    return [
        Made(day, rule, go, pence, gone.get(go))
        for day, _, kind, rule, _, _, go, pence in events
        if kind is Kind.OPENED and pence > 0
    ]


def saved(run: Run, upto: int) -> dict[int, int]:
    """Net pence by financial year, day by day, up to and with a day; each post's year rounded half up by itself."""
    net: Counter[int] = Counter()
    for one in gone_posts(run):
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
    for one in made_posts(run):
        open_days = Counter(
            year_of(run, day) for day in range(one.day, upto + 1) if one.until is None or day < one.until
        )
        for year, days in open_days.items():
            size = days_of(year)
            net[year] -= (2 * one.pence * days + size) // (2 * size)
    return dict(net)


def sums(run: Run, *kinds: Kind) -> int:
    """Pence of all events of some kinds."""
    return sum(e[7] for e in run.log.tuples() if e[2] in kinds)
