"""The cost of people in post, day by day, so that the pay in two runs can be compared person by person.

A person's yearly cost is the employer's full cost of their pay and hours, at the rates of the preceding 1 April. Each
day in post costs a 365th of it. Sums are exact, because they are whole numbers of 365ths of a penny.
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
_PERSON = 2**24  # more days than any run has


@attrs.frozen(eq=False, kw_only=True)
class Pieces:
    """Periods in which a person is in post at one rate of pay, (n,) each."""

    row: Longs  # row in people
    start: Ints  # first day
    stop: Ints  # day after the last
    pay: Longs  # whole-time pence a year
    again: Bools  # whether the person had left before and returned


def accrued(run: Run, law: Law | None = None) -> tuple[Longs, Longs]:
    """Cost of each person over the run in 365ths of a penny: before first leaving, and after coming back.

    The results are (people,) each. `law` is the law of the run if it differs from that of its scenario.
    """
    first, again = np.zeros((2, len(run.people)), "int64")
    parts = pieces(run)
    for within, cost in _costs(run, parts, law or run.scenario.dated_law):
        row = parts.row[within]
        back = parts.again[within]
        np.add.at(first, row[~back], cost[~back])
        np.add.at(again, row[back], cost[back])
    return first, again


def accrued_by_year(run: Run, law: Law | None = None) -> tuple[int, Longs]:
    """The first financial year of a run, and the cost of everyone in each year in 365ths of a penny, (years,).

    `law` is the law of the run if it differs from that of its scenario.
    """
    sums = [int(cost.sum()) for _, cost in _costs(run, pieces(run), law or run.scenario.dated_law)]
    first = int(financial_year(np.array([run.scenario.calendar.origin]))[0])
    return first, np.array(sums, "int64")


def _costs(run: Run, parts: Pieces, law: Law) -> Iterator[tuple[Longs, Longs]]:
    """For each year, the periods with a day in it, and the cost of each within the year in 365ths of a penny."""
    wte = run.people.wte
    origin = run.scenario.calendar.origin
    for start, stop in _years(run):
        begin = np.maximum(parts.start, start)
        end = np.minimum(parts.stop, stop)
        within = np.flatnonzero(begin < end)
        yearly = law.employer_cost(parts.pay[within], wte[parts.row[within]], origin + start)
        yield within, yearly * (end - begin)[within].astype("int64")


def pieces(run: Run) -> Pieces:
    """All periods in post of everyone, in order of person and time."""
    log = run.log
    size = len(run.people)
    places = log.places(Kind.ARRIVED, Kind.DEPARTED, Kind.PAY)
    kind = log.kind[places]
    everybody = np.arange(size)
    row = np.concatenate([everybody, run.rows_of(log.staff[places])])
    day = np.concatenate(
        [np.zeros(size, "int64"), log.day[places] + (kind == Kind.DEPARTED)]
    )  # leavers' last day is paid
    here = np.concatenate([run.opening_post >= 0, kind == Kind.ARRIVED])
    pay = np.concatenate([run.opening_pay, log.pence[places]])
    turns = np.concatenate([np.ones(size, bool), kind != Kind.PAY])
    raises = np.concatenate([np.ones(size, bool), kind == Kind.PAY])
    went = np.concatenate([np.zeros(size, bool), kind == Kind.DEPARTED])
    order = ordered(row)
    row = row[order]
    day = day[order]
    went = np.cumsum(went[order], dtype="int64")
    here = _carried(here[order], turns[order])
    pay = _carried(pay[order].astype("int64"), raises[order])
    day = (
        np.maximum.accumulate(row * _PERSON + day) - row * _PERSON
    )  # a person who leaves and returns on one day is paid for that day once
    first = np.diff(row, prepend=-1) > 0
    before = went - went[first][np.cumsum(first) - 1]  # departures before each period; everyone's first row has none
    last = np.append(first[1:], True)
    stop = np.where(last, run.scenario.calendar.days, np.append(day[1:], 0))
    kept = here & (stop > day)
    return Pieces(row=row[kept], start=day[kept], stop=stop[kept], pay=pay[kept], again=before[kept] > 0)


def _carried(column: Array, given: Bools) -> Array:
    """The column with each missing cell replaced by the last given cell before it."""
    place = np.maximum.accumulate(np.where(given, np.arange(len(column)), 0))
    return column[place]  # type: ignore[return-value]


def _years(run: Run) -> list[tuple[int, int]]:
    """The first day of each financial year of the run, and the day after its last day."""
    calendar = run.scenario.calendar
    days = np.arange(calendar.days) + calendar.origin
    starts = np.flatnonzero(np.diff(financial_year(days), prepend=-1)).tolist()
    return list(zip(starts, [*starts[1:], calendar.days], strict=True))
