"""The events of a run by kind, as raw columns of its log, for the measures of money."""

from __future__ import annotations

from nhstransit.arrays import Rows
from nhstransit.eventlog import Kind, Log
from nhstransit.run import Run
from nhstransit.run.once import once

__all__ = ["events", "once", "places"]


@once
def events(run: Run, *kinds: Kind) -> Log:
    """The events of these kinds in the order of the log, picked out once for each run."""
    return run.log.take(run.log.places(*kinds))


def places(run: Run, *kinds: Kind) -> Rows:
    """Where in the log the events of these kinds stand, (events,), for telling what came after what."""
    return run.log.places(*kinds)
