"""The money of a run by plain loops over its tuples: what the library's tables are held against."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict, deque
from dataclasses import dataclass

from nhstransit.eventlog import Kind
from nhstransit.run import Run

EXITS = (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION)
MOVES = (Kind.MOVED, Kind.DEPARTED, Kind.ARRIVED)


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
    cell = list(zip(run.posts.employer.tolist(), run.posts.function.tolist(), run.posts.band.tolist(), strict=True))
    found = [
        Gone(place, day, rule, come, pence)
        for place, (day, _, kind, rule, _, come, _, pence) in enumerate(events)
        if kind is Kind.REMOVED and pence > 0
    ]
    refills = _refills(events, cell)
    for one in found:
        left = [e for e in events[: one.place] if e[2] is Kind.DEPARTED and e[5] == one.post]
        ends = [(refills[one.place], "refilled")] if one.place in refills else []
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
            ends += [(later[0], "returned")] if later else []
        if ends:
            place, one.end = min(ends)
            one.until = events[place][0]
    return found


def _refills(events: list, cell: list) -> dict[int, int]:
    """The place of each removal that is refilled, and the place of what refills it: a vacancy that stands goes first."""
    removed_at = {e[5]: place for place, e in enumerate(events) if e[2] is Kind.REMOVED}
    waiting, given_up, undone = Counter(), defaultdict(deque), {}
    for place, (_, _, kind, _, _, come, go, pence) in enumerate(events):
        if kind is Kind.REMOVED and pence > 0:
            given_up[cell[come]].append(place)
        if kind not in MOVES:
            continue
        if come >= 0 and not _goes_next(events, removed_at, place, come):
            waiting[cell[come]] += 1
        if go >= 0:
            if waiting[cell[go]]:
                waiting[cell[go]] -= 1
            elif given_up[cell[go]]:
                undone[given_up[cell[go]].popleft()] = place
    return undone


def _goes_next(events: list, removed_at: dict[int, int], place: int, post: int) -> bool:
    """Whether the post is removed before anybody takes it again."""
    if post not in removed_at:
        return False
    return not any(e[2] in MOVES and e[6] == post for e in events[place + 1 : removed_at[post]])


def saved(run: Run, upto: int) -> dict[int, int]:
    """Net pence by financial year, day by day, up to and with a day; each post's year rounded half up by itself."""
    net: Counter[int] = Counter()
    for one in gone_posts(run):
        gross, lost = Counter(), Counter()
        for day in range(one.day + 1, upto + 1):
            year = year_of(run, day)
            gross[year] += 1
            lost[year] += one.until is not None and day >= one.until
        for year, days in gross.items():
            size = days_of(year)
            net[year] += (2 * one.pence * days + size) // (2 * size)
            net[year] -= (2 * one.pence * lost[year] + size) // (2 * size)
    return dict(net)


def sums(run: Run, *kinds: Kind) -> int:
    """Pence of all events of some kinds."""
    return sum(e[7] for e in run.log.tuples() if e[2] in kinds)
