"""The scope bridge of a run: from those in scope at the start to those transferred, counted from its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit.arrays import Longs
from nhstransit.england.evidence import Record, codes
from nhstransit.england.figures import Reading
from nhstransit.england.measures import concerned, transferred_on
from nhstransit.england.outcomes import bundled_outcomes
from nhstransit.errors import InputError
from nhstransit.log import EXIT_MONEY, Events, Kind
from nhstransit.run import Run
from nhstransit.synthesis import Bridge, Crossing, check_crossing, load_bridge

if TYPE_CHECKING:
    import pandas as pd


def scope_bridge(run: Run, *, reading: Reading | None = None, bridge: Bridge | None = None) -> pd.DataFrame:
    """The published bridge and the run's own: line, low, high, run, outside; the last line is what stays unexplained.

    In heads. Raises InputError where the scenario does not reach the day of transfer.
    """
    return check_crossing(bridge or load_bridge(), crossing(run, reading=reading))


def crossing(run: Run, *, reading: Reading | None = None) -> Crossing:
    """A run's own counts for the bridge, in heads, to the end of the day of transfer.

    Of those concerned (ever in a sending body, or come from outside the base): MARS by its rules; redundancies by theirs,
    and everyone else who is paid for going, as when clusters merge; every other departure is unpaid; every arrival but the
    inflow is a refill, returners too. What stays unexplained is who changed sides without an arrival, or is still in a
    sending body. Raises InputError where the scenario does not reach that day.
    """
    read = reading or bundled_outcomes().reading
    calendar = run.scenario.calendar
    day = calendar.day(read.transferred_on)
    if not 0 <= day < calendar.days:
        wrong = f"runs from {calendar.start} to {calendar.end}, without the day of transfer ({read.transferred_on})"
        raise InputError("scenario", wrong, "give one that reaches it, or a reading with another day")
    record = Record(run)
    mine = concerned(record, read, day)
    moves = run.log.moves.until(day)
    moves = moves.take(mine[run.rows_of(moves.staff)])
    gone = moves.take(moves.kind == Kind.DEPARTED)
    came = moves.rule[moves.kind == Kind.ARRIVED]
    by_mars = np.isin(gone.rule, codes(run, read, "mars"))
    paid = np.isin(_stamps(gone), _stamps(run.log.steps(*EXIT_MONEY)))
    redundant = int((~by_mars & (paid | np.isin(gone.rule, codes(run, read, "redundancy")))).sum())
    resigned = int(by_mars.sum())
    outside = int(np.isin(came, codes(run, read, "inflow")).sum())
    return Crossing(
        in_scope=int(record.in_bodies(run.opening_post, record.bodies_of(read.senders)).sum()),
        redundancies=redundant,
        mars=resigned,
        unpaid_leavers=len(gone) - redundant - resigned,
        refills=len(came) - outside,
        from_outside=outside,
        transferred=int(transferred_on(record, read, day).sum()),
    )


def _stamps(events: Events) -> Longs:
    """One whole number for the person, day and rule of each event."""
    return np.asarray(events.staff.astype("int64") << 32 | events.day.astype("int64") << 16 | events.rule)
