"""A second process that draws the figures of a large run, while this one writes its story and tables."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from nhstransit.errors import SweepError, check_kind
from nhstransit.report.pictures import load_plots, pictures
from nhstransit.studies.executors import Processes

if TYPE_CHECKING:
    from nhstransit.run.run import Run

LARGE = 40_000  # people; measured: 1.1 times as long with a second process at 20,000 people, 0.83 times at 60,000
_NOT_THERE = (BrokenExecutor, OSError, SweepError)  # what a machine says that will not start another process


class Artist:
    """A process that has loaded matplotlib, and draws what it is sent. Where it cannot start, this process draws."""

    def __init__(self, started: Future[Executor]) -> None:
        self._started = started
        self._begun: Future[dict[str, bytes]] | None = None

    def begin(self, run: Run) -> None:
        """Begin to draw the figures of a run."""
        sent = pickle.dumps(run)  # now: the pool would do it from a thread, while this one goes on using the run
        with suppress(*_NOT_THERE):
            self._begun = self._started.result().submit(_pictures_of, sent)

    def pictures(self, run: Run) -> dict[str, bytes]:
        """The figures that were begun, as `pictures` gives them; where the other process ended, they are drawn now."""
        if self._begun is not None:
            with suppress(*_NOT_THERE):
                return self._begun.result()
        return pictures(run)


@contextmanager
def artist_beside(people: int) -> Iterator[Artist | None]:
    """An artist for a run of this many people, until the block ends; None where it would not be faster.

    It pays where a run is `LARGE` and the machine has two processors.

    Args:
        people: the opening staff.

    Raises:
        InputError: for anything but a number.
    """
    check_kind("people", people, int, "give a whole number")
    if people < LARGE or (os.cpu_count() or 1) < 2:
        yield None
        return
    crew = Processes(1)
    with ThreadPoolExecutor(1) as starter:  # a process takes a while to start, and nobody waits for it
        started = starter.submit(_ready, crew)
        try:
            yield Artist(started)
        finally:
            started.exception()
            crew.close()


def _pictures_of(sent: bytes) -> dict[str, bytes]:
    """The figures of a run that was sent."""
    return pictures(pickle.loads(sent))


def _ready(crew: Processes) -> Executor:
    """A crew's executor, whose process is loading matplotlib."""
    executor = crew.executor()
    executor.submit(load_plots)
    return executor
