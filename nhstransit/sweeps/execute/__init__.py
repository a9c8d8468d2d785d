"""Who carries out a sweep's tasks: this process, processes of its own, or any executor that is lent to it."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

from nhstransit.arrays import plain
from nhstransit.errors import SweepError
from nhstransit.sweeps.execute.crew import Crew
from nhstransit.sweeps.execute.flights import Lent, Pooled
from nhstransit.sweeps.execute.processes import Processes
from nhstransit.sweeps.execute.serial import Serial

__all__ = ["Crew", "Lent", "Pooled", "Processes", "Serial", "crew_of"]


def crew_of(executor: Any) -> Crew:
    """The crew for what a user gave: nothing or 1, a number of processes, an executor, or `Lent(executor, workers=)`."""
    if executor is None:
        return Serial()
    executor = plain(executor)
    if type(executor) is int and executor >= 1:
        return Serial() if executor == 1 else Pooled(Processes(executor))
    if isinstance(executor, Executor):
        return Pooled(Lent(executor))
    if isinstance(executor, (Lent, Processes)):
        return Pooled(executor)
    right = "give a number of processes, or an executor as in concurrent.futures"
    raise SweepError("executor", f"is {executor!r}", right)
