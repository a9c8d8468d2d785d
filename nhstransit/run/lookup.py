"""The first or last of several events about each person, and other summaries of events per person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nhstransit.arrays import AnyArray, Bools, Longs, Rows
from nhstransit.log import Events, Phase, Steps

if TYPE_CHECKING:
    from nhstransit.run.run import Run

NONE = -1  # the position for a person without such an event


def first_of(run: Run, events: Events) -> Rows:
    """The position in `events` of the first event about each person, (people,); −1 if there is none."""
    return first_at(run.rows_of(events.staff), len(run.people))


def last_of(run: Run, events: Events) -> Rows:
    """The position in `events` of the last event about each person, (people,); −1 if there is none."""
    return last_at(run.rows_of(events.staff), len(run.people))


def first_at(index: AnyArray, size: int) -> Rows:
    """The first position in `index` (n,) of each number from 0 to `size` − 1, (size,); −1 if none."""
    found = np.full(size, NONE, np.intp)
    found[index[::-1]] = np.arange(len(index))[
        ::-1
    ]  # NumPy uses the last of several values, which is the first reversed
    return found


def last_at(index: AnyArray, size: int) -> Rows:
    """The last position in `index` (n,) of each number from 0 to `size` − 1, (size,); −1 if none."""
    found = np.full(size, NONE, np.intp)
    found[index] = np.arange(len(index))  # NumPy uses the last of several values
    return found


def latest(run: Run, events: Events, column: AnyArray, start: AnyArray) -> AnyArray:
    """The value of `column` in the last event about each person, or the value of `start` if there is none, (people,).

    Args:
        run: the run.
        events: the events.
        column: (events,) the column to read.
        start: (people,) the values before any event.
    """
    current = start.copy()
    current[run.rows_of(events.staff)] = column  # NumPy uses the last of several values
    return current


def named(run: Run, events: Events) -> Bools:
    """Which people are in any of these events, (people,)."""
    found = np.zeros(len(run.people), bool)
    found[run.rows_of(events.staff[events.staff >= 0])] = True
    return found


def pence_of(run: Run, payments: Steps) -> Longs:
    """The total pence of these events for each person, (people,)."""
    pence = np.zeros(len(run.people), "int64")
    np.add.at(pence, run.rows_of(payments.staff), payments.pence)
    return pence


def named_by(run: Run, rules: Sequence[int]) -> Bools:
    """Which people are in any event of these policies or rules, (people,)."""
    staff = run.log.staff[np.isin(run.log.rule, rules)]
    found = np.zeros(len(run.people), bool)
    found[run.rows_of(staff[staff >= 0])] = True
    return found


def events_by(run: Run, day: int, phase: Phase) -> int:
    """The number of events up to the end of a phase of a day, which is the position in the log of the next event.

    Args:
        run: the run.
        day: counted from the start of the scenario.
        phase: the phase of that day.
    """
    # The log is in order of time, so the number of these events is also the position of the first later one.
    log = run.log
    today = (log.day == day) & (log.phase <= phase)
    return int(np.count_nonzero((log.day < day) | today))
