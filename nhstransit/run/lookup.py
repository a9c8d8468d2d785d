"""The first or the last of several events about one person: the only place that reduces a run's events in this way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nhstransit.arrays import AnyArray, Bools, Longs, Rows
from nhstransit.log import Events, Phase, Steps

if TYPE_CHECKING:
    from nhstransit.run.run import Run

NONE = -1  # for a person without such an event


def first_of(run: Run, events: Events) -> Rows:
    """The position in `events` of the first event about each person, (people,); −1 if there is none."""
    return first_at(run.rows_of(events.staff), len(run.people))


def last_of(run: Run, events: Events) -> Rows:
    """The position in `events` of the last event about each person, (people,); −1 if there is none."""
    return last_at(run.rows_of(events.staff), len(run.people))


def first_at(index: AnyArray, size: int) -> Rows:
    """The first position in `index` (n,) of each number from 0 to `size` − 1, (size,); −1 if none."""
    found = np.full(size, NONE, np.intp)
    found[index[::-1]] = np.arange(len(index))[::-1]  # NumPy keeps the last of several; reversed, that is the first
    return found


def last_at(index: AnyArray, size: int) -> Rows:
    """The last position in `index` (n,) of each number from 0 to `size` − 1, (size,); −1 if none."""
    found = np.full(size, NONE, np.intp)
    found[index] = np.arange(len(index))  # NumPy keeps the last of several
    return found


def latest(run: Run, events: Events, column: AnyArray, start: AnyArray) -> AnyArray:
    """The cell of `column` (events,) in the last event about each person, or `start` if there is none, (people,).

    Args:
        run: the run.
        events: the events.
        column: (events,) the column to read.
        start: (people,) the values before any event.
    """
    current = start.copy()
    current[run.rows_of(events.staff)] = column  # NumPy keeps the last of several
    return current


def named(run: Run, events: Events) -> Bools:
    """Which people are in any of these events, (people,)."""
    found = np.zeros(len(run.people), bool)
    found[run.rows_of(events.staff[events.staff >= 0])] = True
    return found


def pence_of(run: Run, payments: Steps) -> Longs:
    """Pence of these events about each person, exact, (people,)."""
    pence = np.zeros(len(run.people), "int64")
    np.add.at(pence, run.rows_of(payments.staff), payments.pence)
    return pence


def named_by(run: Run, rules: Sequence[int]) -> Bools:
    """Which people are in any event made by these rules, (people,)."""
    staff = run.log.staff[np.isin(run.log.rule, rules)]
    found = np.zeros(len(run.people), bool)
    found[run.rows_of(staff[staff >= 0])] = True
    return found


def events_by(run: Run, day: int, phase: Phase) -> int:
    """The number of events up to the end of a phase of a day.

    Later events have this position in the log or a higher one.

    Args:
        run: the run.
        day: counted from the start of the scenario.
        phase: the phase of that day.
    """
    # The log is in order of time, so the number of these events is also the position of the first later one.
    log = run.log
    today = (log.day == day) & (log.phase <= phase)
    return int(np.count_nonzero((log.day < day) | today))
