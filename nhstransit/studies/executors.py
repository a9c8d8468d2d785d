"""What a crew is: it takes tasks and gives outcomes, in whatever order they come."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED as FIRST
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from os import cpu_count
from typing import Any, Protocol

import attrs

from nhstransit.arrays import plain
from nhstransit.errors import SweepError
from nhstransit.studies.tasks import Outcome, Task, VersionError, failed, outcomes_of, perform


class Crew(Protocol):
    """Carries out tasks; `width` is how many at a time."""

    @property
    def width(self) -> int:
        """How many tasks are worked on at a time."""
        ...

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[tuple[Outcome, ...]]:
        """Outcomes as they come, now and then none; tasks are taken one by one as there is room for them."""
        ...

    def finished(self) -> tuple[Outcome, ...]:
        """What was done and not yet given when the sweep was stopped."""
        ...

    def close(self) -> None:
        """Let go of whatever works for this crew; what is under way is given up."""
        ...


class Pool(Protocol):
    """An executor, and what to do when it breaks."""

    @property
    def width(self) -> int:
        """How many workers there are, as far as is known."""
        ...

    def executor(self) -> Executor:
        """The executor to submit to, made or made anew if need be."""
        ...

    def broke(self, executor: Executor) -> None:
        """Take note that this executor is broken. Raises SweepError where there cannot be another."""
        ...

    def close(self) -> None:
        """End the workers, if they are this pool's own."""
        ...


# A crew of one: this process, run after run.


@attrs.frozen
class Serial:
    """Carries out one task after another, here."""

    width: int = attrs.field(default=1, init=False)

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[tuple[Outcome, ...]]:
        """Each outcome as it comes."""
        for task in tasks:
            for outcome in outcomes_of(task):
                yield (outcome,)

    def finished(self) -> tuple[Outcome, ...]:
        """Nothing: each outcome is given at once."""
        return ()

    def close(self) -> None:
        """Nothing is held."""


# Tasks in flight: a bounded number at an executor, and only those tried again that were lost with a worker.
#
# A run that went wrong is an outcome; a task is lost where its future raises, which means that the worker died,
# the pool broke or the task could not be read there. A task lost twice is suspected of it, and its runs are
# tried one by one with nothing else in flight: so a run that brings down its worker ends as a failure, and the
# others do not suffer for it.

HEARTBEAT = 0.5  # seconds without an outcome after which the sweep may look after its store
SUSPECTED = 2  # losses after which a task's runs are tried alone
GIVEN_UP = 3  # losses alone after which a run has failed


@attrs.frozen
class Flight:
    """A task, and how often it was lost, in company and alone."""

    task: Task
    losses: int = 0
    alone: int = 0
    executor: Executor | None = None  # where it was submitted

    @property
    def suspect(self) -> bool:
        """Whether it is to be tried with nothing else in flight."""
        return self.losses >= SUSPECTED


@attrs.define(eq=False)
class Pooled:
    """A crew at an executor: two tasks for each worker are in flight, so that none waits for the next."""

    pool: Pool
    _flying: dict[Future[tuple[Outcome, ...]], Flight] = attrs.field(factory=dict)
    _again: deque[Flight] = attrs.field(factory=deque)

    @property
    def width(self) -> int:
        """Workers, as far as is known."""
        return self.pool.width

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[tuple[Outcome, ...]]:
        """Outcomes in the order in which tasks are done; an empty one now and then.

        Raises SweepError where the executor is broken for good.
        """
        while True:
            self._launch(tasks)
            if not self._flying:
                return
            done, _ = wait(self._flying, timeout=HEARTBEAT, return_when=FIRST)
            for future in done:
                yield self._landed(future)
            yield ()

    def finished(self) -> tuple[Outcome, ...]:
        """Outcomes that lie ready and were not given."""
        ready = [future for future in self._flying if future.done() and not future.cancelled()]
        return tuple(outcome for future in ready if future.exception() is None for outcome in future.result())

    def close(self) -> None:
        """Cancel what waits, and let the pool go."""
        for future in self._flying:
            future.cancel()
        self._flying.clear()
        self.pool.close()

    def _launch(self, tasks: Iterator[Task]) -> None:
        """Fill the air: lost tasks first, then new ones; suspects last, and alone."""
        while len(self._flying) < 2 * self.pool.width:
            if any(flight.suspect for flight in self._flying.values()):
                return
            flight = self._next(tasks)
            if flight is None:
                return
            self._submit(flight)

    def _next(self, tasks: Iterator[Task]) -> Flight | None:
        trusted = next((flight for flight in self._again if not flight.suspect), None)
        if trusted is not None:
            self._again.remove(trusted)
            return trusted
        if self._again:  # suspects: let the air empty, then try one
            return None if self._flying else self._again.popleft()
        task = next(tasks, None)
        return None if task is None else Flight(task)

    def _submit(self, flight: Flight) -> None:
        executor = self.pool.executor()
        try:
            future = executor.submit(perform, flight.task)
        except BrokenExecutor:
            self.pool.broke(executor)
            self._again.appendleft(flight)
        except NotImplementedError:
            wrong = f"is a {type(executor).__name__}, whose submit does nothing"
            raise SweepError("executor", wrong, "lend one that is whole, as those in concurrent.futures are") from None
        except Exception as error:  # whatever an executor says that was shut down, or lost its cluster
            told = " ".join(str(error).split()) or type(error).__name__
            right = "give one that is still open, and call again: what was committed is kept"
            raise SweepError("executor", f"takes no more work ({told})", right) from None
        if not isinstance(future, Future):
            wrong = f"gave a {type(future).__name__} for a task"
            raise SweepError("executor", wrong, "lend one whose submit gives a concurrent.futures.Future")
        self._flying[future] = attrs.evolve(flight, executor=executor)

    def _landed(self, future: Future[tuple[Outcome, ...]]) -> tuple[Outcome, ...]:
        """The outcomes of a future; if it was lost, none, unless it is given up."""
        flight = self._flying.pop(future)
        try:
            return future.result()
        except BrokenExecutor as error:
            if flight.executor is not None:
                self.pool.broke(flight.executor)
            return self._lost(flight, error)
        except VersionError:
            raise
        except (Exception, CancelledError) as error:
            return self._lost(flight, error)

    def _lost(self, flight: Flight, error: BaseException) -> tuple[Outcome, ...]:
        alone = flight.alone + flight.suspect
        if alone >= GIVEN_UP:
            told = "".join(traceback.format_exception_only(error)).strip()
            trace = f"lost with its worker {flight.losses + 1} times, at last alone: {told}"
            return tuple(failed(point, trace) for point in flight.task.points)
        parts = flight.task.apart() if flight.losses + 1 >= SUSPECTED and not flight.suspect else (flight.task,)
        self._again.extend(Flight(part, flight.losses + 1, alone) for part in parts)
        return ()


@attrs.define(eq=False)
class Lent:
    """An executor of the user's own, such as `dask.distributed.Client(...).get_executor()`; it is never closed here.

    `workers` says how many tasks it works on at a time, where it does not say so itself.
    """

    lent: Executor = attrs.field()
    workers: int = attrs.field(default=0)

    @lent.validator
    def _check_lent(self, _: object, lent: Any) -> None:
        if not callable(getattr(lent, "submit", None)):
            raise SweepError("executor", f"is {lent!r}", "lend an executor as in concurrent.futures")

    @workers.validator
    def _check_workers(self, _: object, workers: Any) -> None:
        if type(plain(workers)) is not int or workers < 0:
            raise SweepError("workers", f"are {workers!r}", "give a whole number of 1 or more, or 0 where not known")

    @property
    def width(self) -> int:
        """The number of workers told, or the executor's own word, or that of processors here."""
        return self.workers or getattr(self.lent, "_max_workers", None) or cpu_count() or 1

    def executor(self) -> Executor:
        """The executor itself."""
        return self.lent

    def broke(self, executor: Executor) -> None:
        """A lent executor cannot be made anew."""
        raise SweepError("executor", "is broken", "give a new one and begin again; what was committed is kept")

    def close(self) -> None:
        """It is the user's to close."""


# Worker processes of the sweep's own: started afresh, ended with their parent, replaced when they die.
#
# They are spawned, never forked, so that they hold nothing of the parent's. Each waits in a thread for the end
# of a pipe that only the parent holds open: it ends when the parent closes it, or dies, however suddenly.

STARTS = 20  # pools in a row of which a worker may be killed as it starts; of those that end by themselves, one


@attrs.define(eq=False)
class Processes:
    """So many worker processes on this machine."""

    width: int = attrs.field(converter=plain)
    _pool: ProcessPoolExecutor | None = None
    _leash: tuple[Connection, ...] = ()

    @width.validator
    def _check_width(self, _: object, width: Any) -> None:
        if type(width) is not int or width < 1:
            raise SweepError("processes", f"are {width!r}", "give a whole number of 1 or more")

    def executor(self) -> Executor:
        """The pool, started if there is none. Raises SweepError where its workers cannot start."""
        for _ in range(STARTS):
            if self._pool is None:
                self._start()
            if self._pool is not None:
                return self._pool
        raise SweepError(
            "worker processes", "are killed before they have begun", "see what kills them: memory, perhaps"
        )

    def broke(self, executor: Executor) -> None:
        """Let go of a broken pool; the next will be another."""
        if executor is self._pool:
            self.close()

    def close(self) -> None:
        """End every worker at once, whatever it is doing."""
        leash, pool, self._leash, self._pool = self._leash, self._pool, (), None
        for end in leash:
            end.close()
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _start(self) -> None:
        """A new pool with all its workers there; none where one of them was killed on the way."""
        before = multiprocessing.active_children()
        context = multiprocessing.get_context("spawn")
        self._leash = context.Pipe(duplex=False)  # the end that workers read is given to each as it starts
        self._pool = ProcessPoolExecutor(self.width, context, initializer=_settle, initargs=self._leash[:1])
        try:
            with _undisturbed():
                first = [self._pool.submit(os.getpid) for _ in range(self.width)]
            workers = [child for child in multiprocessing.active_children() if child not in before]
            wait(first)
            first[0].result()
        except BrokenExecutor:
            self.close()
            if any((worker.exitcode or 0) > 0 for worker in workers):
                right = 'put what your script does under `if __name__ == "__main__":`, or use executor=None'
                raise SweepError("worker processes", "end before they have begun", right) from None


def _settle(held: Connection) -> None:
    """A worker's first act: leave the keyboard to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(held,), daemon=True).start()


def _end_with_parent(held: Connection) -> None:
    with suppress(EOFError, OSError):
        held.recv_bytes()  # nothing is ever sent: this returns only at the end of the pipe
    os._exit(0)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Workers started within do not hear Ctrl-C before they can say so themselves."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# Who carries out a sweep's tasks: this process, processes of its own, or any executor that is lent to it.


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


__all__ = ["Crew", "Lent", "Pooled", "Processes", "Serial", "crew_of"]
