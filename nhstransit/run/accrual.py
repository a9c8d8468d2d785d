"""The cost of people in post, day by day, so that the pay of two runs can be compared person by person.

A person's yearly cost is the employer's full cost of their pay and hours, at the rates of the preceding 1 April. Each
day in post costs a 365th of it. Pence are summed as whole numbers of 365ths.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from nhstransit.arrays import Array, Bools, Ints, Longs
from nhstransit.dates import financial_year
from nhstransit.law import Law
from nhstransit.log import Kind
from nhstransit.run.run import Run
from nhstransit.selection import ordered

YEAR = 365  # number of days over which a yearly cost is spread
_PERSON = 2**24  # more days than any run has, so that row · _PERSON + day sorts by person and then by day


@attrs.frozen(eq=False, kw_only=True)
class Pieces:
    """Stretches of one person's time at one rate of pay: row in people, first day, day after the last, pay, spell."""

    row: Longs
    start: Ints
    stop: Ints
    pay: Longs  # whole-time pence a year
    again: Bools  # after the person had left once: a spell after a return


def accrued(run: Run, law: Law | None = None) -> tuple[Longs, Longs]:
    """Cost of each person in 365ths of a penny from first day to last: before ever leaving, and after coming back.

    The results are (people,) each. `law` is the law of the run, if it was not the one of its scenario.
    """
    first, again = np.zeros((2, len(run.people)), "int64")
    parts = pieces(run)
    # The loop is over financial years. `add.at` is needed because a person may have several stretches in a year.
    for within, cost in _costs(run, parts, law or run.scenario.dated_law):
        row = parts.row[within]
        back = parts.again[within]
        np.add.at(first, row[~back], cost[~back])
        np.add.at(again, row[back], cost[back])
    return first, again


def accrued_by_year(run: Run, law: Law | None = None) -> tuple[int, Longs]:
    """The first financial year of a run, and the cost of everyone in 365ths of a penny in each, (years,).

    `law` is the law of the run, if it was not the one of its scenario.
    """
    law = law or run.scenario.dated_law
    costs = _costs(run, pieces(run), law)
    sums = [int(cost.sum()) for _, cost in costs]
    first = int(financial_year(np.array([run.scenario.calendar.origin]))[0])
    return first, np.array(sums, "int64")


def _costs(run: Run, parts: Pieces, law: Law) -> Iterator[tuple[Longs, Longs]]:
    """Year by year: the stretches that have a day in the year, and the cost of each within it in 365ths of a penny."""
    wte = run.people.wte
    origin = run.scenario.calendar.origin
    # Rates change on 1 April, so each stretch is cut at the ends of financial years: its days within a year have one rate.
    for start, stop in _years(run):
        begin = np.maximum(parts.start, start)
        end = np.minimum(parts.stop, stop)
        within = np.flatnonzero(begin < end)
        pay = parts.pay[within]
        hours = wte[parts.row[within]]
        yearly = law.employer_cost(pay, hours, origin + start)
        days = (end - begin)[within].astype("int64")
        yield within, yearly * days


def pieces(run: Run) -> Pieces:
    """All stretches in post of everyone, in order of person and time."""
    log = run.log
    size = len(run.people)
    places = log.places(Kind.ARRIVED, Kind.DEPARTED, Kind.PAY)
    kind = log.kind[places]
    everybody = np.arange(size)
    # One entry per person for the start of the run, and then one per event. Each begins a stretch.
    row = np.concatenate([everybody, run.rows_of(log.staff[places])])
    counts_from = log.day[places] + (kind == Kind.DEPARTED)  # the last day is paid, so a departure counts from the next
    day = np.concatenate([np.zeros(size, "int64"), counts_from])
    here = np.concatenate([run.opening_post >= 0, kind == Kind.ARRIVED])
    pay = np.concatenate([run.opening_pay, log.pence[places]])
    # A pay event does not say whether the person is in post, and a movement does not state pay. These masks mark the
    # entries that do; the other entries repeat the one before them.
    turns = np.concatenate([np.ones(size, bool), kind != Kind.PAY])
    raises = np.concatenate([np.ones(size, bool), kind == Kind.PAY])
    went = np.concatenate([np.zeros(size, bool), kind == Kind.DEPARTED])
    # The sort by person is stable, so each person's start comes first and the events follow in the order of the log.
    order = ordered(row)
    row = row[order]
    day = day[order]
    went = np.cumsum(went[order], dtype="int64")
    here = _carried(here[order], turns[order])
    pay = _carried(pay[order].astype("int64"), raises[order])
    # A person who returns on the day of leaving would be paid for that day twice, so no stretch may begin before the one
    # before it.
    latest = np.maximum.accumulate(row * _PERSON + day)
    day = latest - row * _PERSON
    # The running count of departures goes on from person to person; the count at a person's first entry is subtracted.
    first = np.diff(row, prepend=-1) > 0
    before = went - went[first][np.cumsum(first) - 1]
    # A stretch ends where the same person's next one begins, or at the end of the run.
    last = np.append(first[1:], True)
    next_day = np.append(day[1:], 0)
    stop = np.where(last, run.scenario.calendar.days, next_day)
    kept = here & (stop > day)
    again = before[kept] > 0
    return Pieces(row=row[kept], start=day[kept], stop=stop[kept], pay=pay[kept], again=again)


def _carried(column: Array, given: Bools) -> Array:
    """The column, with each missing cell filled by the last given cell before it."""
    # The highest index so far of a given cell is the index of the last one, because indices only increase.
    place = np.maximum.accumulate(np.where(given, np.arange(len(column)), 0))
    return column[place]  # type: ignore[return-value]


def _years(run: Run) -> list[tuple[int, int]]:
    """First day and day after the last of each financial year of the run."""
    calendar = run.scenario.calendar
    days = np.arange(calendar.days) + calendar.origin
    starts = np.flatnonzero(np.diff(financial_year(days), prepend=-1)).tolist()
    return list(zip(starts, [*starts[1:], calendar.days], strict=True))
