"""The scope bridge of a run: from people in scope at the start to people transferred, counted from its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit.arrays import Longs
from nhstransit.england.evidence import Record, codes
from nhstransit.england.figures import Reading
from nhstransit.england.measures import concerned, transferred_on
from nhstransit.england.outcomes import bundled_outcomes
from nhstransit.errors import InputError, check_kind
from nhstransit.log import EXIT_MONEY, Events, Kind
from nhstransit.run import Run
from nhstransit.synthesis import Bridge, Crossing, check_crossing, load_bridge

if TYPE_CHECKING:
    import pandas as pd


def scope_bridge(run: Run, *, reading: Reading | None = None, bridge: Bridge | None = None) -> pd.DataFrame:
    """The published bridge and the bridge of the run, with the columns line, low, high, run and outside.

    The last line is the unexplained remainder. All lines are in heads.

    Args:
        run: the run.
        reading: the policies and organisations that the published figures refer to; by default those of the bundled file.
        bridge: the published bridge; by default the bundled one.

    Raises:
        InputError: the scenario ends before the day of transfer.
    """
    check_kind("run", run, Run)
    return check_crossing(bridge or load_bridge(), crossing(run, reading=reading))


def crossing(run: Run, *, reading: Reading | None = None) -> Crossing:
    """The counts of a run for the bridge, in heads, up to the end of the day of transfer.

    Only people concerned are counted: people who were ever in a sending organisation, or came from outside the base.
    Departures are counted as MARS, as redundancies (with all other paid departures, such as when clusters merge), or as
    unpaid. Every arrival except the inflow is a refill, including people who return. The unexplained remainder is
    people who moved to a receiving organisation or back without an arrival, or are still in a sending organisation.

    Raises:
        InputError: the scenario ends before that day.
    """
    check_kind("run", run, Run)
    read = reading or bundled_outcomes().reading
    calendar = run.scenario.calendar
    day = calendar.day(read.transferred_on)
    if not 0 <= day < calendar.days:
        wrong = f"covers {calendar.start} to {calendar.end}, without the day of transfer ({read.transferred_on})"
        raise InputError("scenario", wrong, "give a scenario that includes that day, or another day of transfer")
    record = Record(run)
    mine = concerned(record, read, day)
    # Moves up to the day, and of these only the moves of people concerned.
    moves = run.log.moves.until(day)
    moves = moves.take(mine[run.rows_of(moves.staff)])
    gone = moves.take(moves.kind == Kind.DEPARTED)
    came = moves.rule[moves.kind == Kind.ARRIVED]
    by_mars = np.isin(gone.rule, codes(run, read, "mars"))
    # A departure is paid if the same person was paid on the same day under the same rule.
    paid = np.isin(_stamps(gone), _stamps(run.log.steps(*EXIT_MONEY)))
    by_redundancy = np.isin(gone.rule, codes(run, read, "redundancy"))
    # MARS comes first, so that no departure counts twice.
    redundant = int((~by_mars & (paid | by_redundancy)).sum())
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
    # The rule takes the lowest 16 bits, the day the 16 bits above them, and the staff number the bits above these.
    return np.asarray(events.staff.astype("int64") << 32 | events.day.astype("int64") << 16 | events.rule)
