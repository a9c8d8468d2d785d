"""A second process that draws a run's figures, while this one plays the run and writes its tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nhstransit.errors import SweepError
from nhstransit.report.pictures import draw_figures, load_plots
from nhstransit.studies.executors import Processes

if TYPE_CHECKING:
    from nhstransit.run.run import Run

LARGE = 20_000  # people: from here on a run takes longer than starting a process
_NOT_THERE = (BrokenExecutor, OSError, SweepError)  # what a machine says that will not start another process


class Artist:
    """A process that has loaded matplotlib, and draws what it is sent. Where it cannot start, this process draws."""

    def __init__(self, started: Future[Executor]) -> None:
        self._started = started

    def draw(self, run: Run, folder: Path) -> Future[tuple[str, ...]]:
        """Begin to draw the figures of a run into a folder. The result is the names of the files.

        Args:
            run: the run.
            folder: where the figures are written; it must stay until the result is there.
        """
        try:
            return self._started.result().submit(draw_figures, run, folder)
        except _NOT_THERE:
            return _failed()

    def drawn(self, begun: Future[tuple[str, ...]], run: Run, folder: Path) -> tuple[str, ...]:
        """The names of the files of figures that were begun; where the other process ended, they are drawn now."""
        try:
            return begun.result()
        except _NOT_THERE:
            return draw_figures(run, folder)


@contextmanager
def artist_beside(people: int) -> Iterator[Artist | None]:
    """An artist for a run of so many people, until the block ends; None where it would not pay.

    It pays where a run is `LARGE` and the machine has two processors.

    Args:
        people: the opening staff.
    """
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


def _ready(crew: Processes) -> Executor:
    """A crew's executor, whose process has been told to load matplotlib."""
    executor = crew.executor()
    executor.submit(load_plots)
    return executor


def _failed() -> Future[tuple[str, ...]]:
    """A result that says that there is no other process."""
    future: Future[tuple[str, ...]] = Future()
    future.set_exception(BrokenExecutor())
    return future
