"""A second process that draws the figures of a large run, while the first writes its story and tables."""

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

LARGE = 40_000  # people; with a second process, measured time was 1.1 times as long at 20,000 people, 0.83 at 60,000
_NOT_THERE = (BrokenExecutor, OSError, SweepError)  # errors of a machine that cannot start another process


class Artist:
    """A second process that has loaded matplotlib and draws figures. If it cannot start, the first process draws."""

    def __init__(self, started: Future[Executor]) -> None:
        self._started = started
        self._begun: Future[dict[str, bytes]] | None = None

    def begin(self, run: Run) -> None:
        """Begin to draw the figures of a run."""
        sent = pickle.dumps(run)  # here, since the pool would pickle the run in a thread while this thread is using it
        with suppress(*_NOT_THERE):
            self._begun = self._started.result().submit(_pictures_of, sent)

    def pictures(self, run: Run) -> dict[str, bytes]:
        """The figures, as `pictures` returns them; if the other process has failed, they are drawn here."""
        # If the other process has failed, the figures are drawn here, only later.
        if self._begun is not None:
            with suppress(*_NOT_THERE):
                return self._begun.result()
        return pictures(run)


@contextmanager
def artist_beside(people: int) -> Iterator[Artist | None]:
    """An artist for a run of this many people, until the block ends; None if a second process would not be faster.

    A second process is faster if there are at least `LARGE` people and the machine has two processors.

    Args:
        people: the number of opening staff.

    Raises:
        InputError: `people` is not a whole number.
    """
    check_kind("people", people, int, "give a whole number")
    if people < LARGE or (os.cpu_count() or 1) < 2:
        yield None
        return
    crew = Processes(1)
    with ThreadPoolExecutor(1) as starter:  # in a thread, so that nothing waits while the process starts
        started = starter.submit(_ready, crew)
        try:
            yield Artist(started)
        finally:
            # Wait until the process has started or failed, because a starting process cannot be closed.
            started.exception()
            crew.close()


def _pictures_of(sent: bytes) -> dict[str, bytes]:
    """The figures of a pickled run."""
    return pictures(pickle.loads(sent))


def _ready(crew: Processes) -> Executor:
    """Start the executor of a crew, and make its process load matplotlib."""
    executor = crew.executor()
    executor.submit(load_plots)
    return executor
