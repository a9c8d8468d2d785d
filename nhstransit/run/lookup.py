"""Of several events about one person, the first or the last: the only place where a run's events are reduced so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nhstransit.arrays import AnyArray, Bools, Longs, Rows
from nhstransit.log import Events, Kind, Phase, Steps

if TYPE_CHECKING:
    from nhstransit.run.run import Run

NONE = -1  # where a person has no such event


def first_of(run: Run, events: Events) -> Rows:
    """The position in `events` of the first about each person, (people,); −1 where there is none."""
    return first_at(run.rows_of(events.staff), len(run.people))


def last_of(run: Run, events: Events) -> Rows:
    """The position in `events` of the last about each person, (people,); −1 where there is none."""
    return last_at(run.rows_of(events.staff), len(run.people))


def first_at(index: AnyArray, size: int) -> Rows:
    """The first position at which each number from 0 up to `size` stands in `index` (n,), (size,); −1 for none."""
    found = np.full(size, NONE, np.intp)
    found[index[::-1]] = np.arange(len(index))[::-1]  # of several, NumPy keeps the last: backwards, the first
    return found


def last_at(index: AnyArray, size: int) -> Rows:
    """The last position at which each number from 0 up to `size` stands in `index` (n,), (size,); −1 for none."""
    found = np.full(size, NONE, np.intp)
    found[index] = np.arange(len(index))  # of several, NumPy keeps the last
    return found


def latest(run: Run, events: Events, column: AnyArray, start: AnyArray) -> AnyArray:
    """The cell of `column` (events,) in the last event about each person, or where they started, (people,)."""
    current = start.copy()
    current[run.rows_of(events.staff)] = column  # of several, NumPy keeps the last
    return current


def named(run: Run, events: Events) -> Bools:
    """Which people any of these events is about, (people,)."""
    found = np.zeros(len(run.people), bool)
    found[run.rows_of(events.staff[events.staff >= 0])] = True
    return found


def pence_of(run: Run, payments: Steps) -> Longs:
    """Pence of these events about each person, exact, (people,)."""
    pence = np.zeros(len(run.people), "int64")
    np.add.at(pence, run.rows_of(payments.staff), payments.pence)
    return pence


def events_about(run: Run, *, but: tuple[Kind, ...] = ()) -> Longs:
    """How many events are about each person, those of some kinds left out, (people,)."""
    counted = (run.log.staff >= 0) & ~np.isin(run.log.kind, but)
    return np.bincount(run.rows_of(run.log.staff[counted]), minlength=len(run.people))


def named_by(run: Run, rules: Sequence[int]) -> Bools:
    """Which people any event made by these rules is about, (people,)."""
    staff = run.log.staff[np.isin(run.log.rule, rules)]
    found = np.zeros(len(run.people), bool)
    found[run.rows_of(staff[staff >= 0])] = True
    return found


def events_by(run: Run, day: int, phase: Phase) -> int:
    """How many events the log holds up to the end of a phase of a day: those after it have this position or a later one."""
    log = run.log
    return int(np.count_nonzero((log.day < day) | ((log.day == day) & (log.phase <= phase))))
