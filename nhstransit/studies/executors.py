"""Executors of a sweep's tasks: this process, worker processes, or an executor supplied by the user."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections import Counter, deque
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
from nhstransit.studies.tasks import (
    Outcome,
    Task,
    VersionError,
    failed,
    outcomes_of,
    perform,
    perform_holding,
    perform_named,
)


class Crew(Protocol):
    """What carries out the tasks of a sweep."""

    @property
    def width(self) -> int:
        """How many tasks run at the same time."""
        ...

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[tuple[Outcome, ...]]:
        """Yield outcomes as tasks finish, and sometimes an empty tuple. A task is requested when there is capacity."""
        ...

    def finished(self) -> tuple[Outcome, ...]:
        """Outcomes that were complete but not yet yielded when the sweep was stopped."""
        ...

    def close(self) -> None:
        """Release the workers. Unfinished tasks are abandoned."""
        ...


class Pool(Protocol):
    """A source of executors, which may replace an executor that breaks."""

    @property
    def width(self) -> int:
        """The number of workers, as far as it is known."""
        ...

    def executor(self) -> Executor:
        """The executor to submit to, created or recreated if necessary."""
        ...

    def broke(self, executor: Executor) -> None:
        """Record that an executor is broken. Raises SweepError if it cannot be replaced."""
        ...

    def close(self) -> None:
        """Stop the workers, if this pool owns them."""
        ...


@attrs.frozen
class Serial:
    """Carries out one task after another in this process."""

    width: int = attrs.field(default=1, init=False)

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[tuple[Outcome, ...]]:
        """Yield each outcome as it is completed."""
        for task in tasks:
            for outcome in outcomes_of(task):
                yield (outcome,)

    def finished(self) -> tuple[Outcome, ...]:
        """Always empty: each outcome is returned at once."""
        return ()

    def close(self) -> None:
        """Do nothing: no workers were started."""


# Tasks in flight are submitted to an executor, and their number is limited. Only tasks lost with a worker are retried.
#
# A run that fails is an outcome. A task is lost if its future raises an exception: the worker died, the pool broke, or
# the worker could not read the task. A task that is lost twice is a suspect. Its runs are then retried one by one with
# nothing else in flight. A run that kills its worker therefore ends as a failure, and other runs are not affected.

HEARTBEAT = 0.5  # seconds to wait for an outcome before the sweep may write to its store
SUSPECTED = 2  # the number of losses after which a task's runs are retried alone
GIVEN_UP = 3  # the number of losses alone after which a run counts as failed


@attrs.frozen
class Flight:
    """A task, and how often it was lost: in total, and with nothing else in flight."""

    task: Task
    losses: int = 0
    alone: int = 0
    executor: Executor | None = None  # the executor to which the task was submitted
    whole: bool = False  # whether its scenario must be sent with it, because a worker did not have the scenario

    @property
    def suspect(self) -> bool:
        """Whether the task must be retried with nothing else in flight."""
        return self.losses >= SUSPECTED


@attrs.define(eq=False)
class Pooled:
    """A crew with an executor. Two tasks per worker are in flight, so that no worker waits for its next task."""

    pool: Pool
    _flying: dict[Future[tuple[Outcome, ...] | None], Flight] = attrs.field(factory=dict)
    _again: deque[Flight] = attrs.field(factory=deque)
    _sent: Counter[str] = attrs.field(factory=Counter)  # how often each scenario was sent to the current executor
    _served: Executor | None = None  # the current executor

    @property
    def width(self) -> int:
        """The number of workers, as far as it is known."""
        return self.pool.width

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[tuple[Outcome, ...]]:
        """Yield outcomes in the order in which tasks finish, and sometimes an empty tuple.

        Raises:
            SweepError: if the executor is broken and cannot be replaced.
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
        """Outcomes that are complete but have not been yielded."""
        ready = [future for future in self._flying if future.done() and not future.cancelled()]
        # A future with an exception was lost with its worker; the next call of the sweep makes its runs again.
        complete = [future.result() for future in ready if future.exception() is None]
        return tuple(outcome for outcomes in complete for outcome in outcomes or ())

    def close(self) -> None:
        """Cancel waiting tasks and close the pool."""
        for future in self._flying:
            future.cancel()
        self._flying.clear()
        self.pool.close()

    def _launch(self, tasks: Iterator[Task]) -> None:
        """Submit tasks up to capacity: lost tasks first, then new tasks, and last the suspects, each alone."""
        while len(self._flying) < 2 * self.pool.width:
            # A suspect runs alone, so that a further loss can only be its own fault.
            if any(flight.suspect for flight in self._flying.values()):
                return
            flight = self._next(tasks)
            if flight is None:
                return
            self._submit(flight)

    def _next(self, tasks: Iterator[Task]) -> Flight | None:
        # Lost tasks are retried before new tasks, because their runs were requested earlier.
        trusted = next((flight for flight in self._again if not flight.suspect), None)
        if trusted is not None:
            self._again.remove(trusted)
            return trusted
        if self._again:  # only suspects are left in it: wait until nothing is in flight, then try one
            return None if self._flying else self._again.popleft()
        task = next(tasks, None)
        return None if task is None else Flight(task)

    def _submit(self, flight: Flight) -> None:
        executor = self.pool.executor()
        try:
            future = self._submitted(executor, flight)
        # The pool broke between two tasks. This task was not lost with it, so the loss is not counted.
        except BrokenExecutor:
            self.pool.broke(executor)
            self._again.appendleft(flight)
            return
        except NotImplementedError:
            wrong = f"is a {type(executor).__name__}, whose submit() is not implemented"
            raise SweepError("executor", wrong, "give a complete executor, like those in concurrent.futures") from None
        except Exception as error:  # executors raise many kinds of error after a shutdown or the loss of a cluster
            reason = " ".join(str(error).split()) or type(error).__name__
            right = "give an executor that is open, and call again: completed runs stay in the store"
            raise SweepError("executor", f"accepts no more tasks ({reason})", right) from None
        # A future of another kind, such as asyncio's, could not be waited for together with the others.
        if not isinstance(future, Future):
            wrong = f"returned a {type(future).__name__} for a task"
            raise SweepError("executor", wrong, "use an executor whose submit() returns a concurrent.futures.Future")
        self._flying[future] = attrs.evolve(flight, executor=executor)

    def _submitted(self, executor: Executor, flight: Flight) -> Future[Any]:
        """Submit a task and return its future.

        Worker processes that the sweep started hold scenarios, so each scenario is sent to them only about once each.
        If a worker does not have the scenario, it returns None, and the task is sent again with the scenario. Executors
        supplied by the user get the scenario with every task, because their workers may change.
        """
        task = flight.task
        if not isinstance(self.pool, Processes):
            return executor.submit(perform, task)
        # A new pool has new workers, which hold no scenarios.
        if executor is not self._served:
            self._served = executor
            self._sent.clear()
        sent_to_all = self._sent[task.content] >= self.pool.width
        if sent_to_all and not flight.whole and not flight.losses:
            return executor.submit(perform_named, task.named())
        self._sent[task.content] += 1
        return executor.submit(perform_holding, task)

    def _landed(self, future: Future[tuple[Outcome, ...] | None]) -> tuple[Outcome, ...]:
        """The outcomes of a future. If the task was lost, they are empty, or failures once it is given up."""
        flight = self._flying.pop(future)
        try:
            outcomes = future.result()
            # None is not a loss: the worker does not hold the scenario, so the task is sent again with it.
            if outcomes is None:
                self._again.appendleft(attrs.evolve(flight, whole=True))
                return ()
            return outcomes
        except BrokenExecutor as error:
            if flight.executor is not None:
                self.pool.broke(flight.executor)
            return self._lost(flight, error)
        # Another version of the library would make every task fail, so it stops the sweep.
        except VersionError:
            raise
        except (Exception, CancelledError) as error:
            return self._lost(flight, error)

    def _lost(self, flight: Flight, error: BaseException) -> tuple[Outcome, ...]:
        # A suspect was alone in flight, so this loss was alone too.
        alone = flight.alone + 1 if flight.suspect else flight.alone
        if alone >= GIVEN_UP:
            reason = "".join(traceback.format_exception_only(error)).strip()
            trace = f"its worker process was lost {flight.losses + 1} times, finally with no other run in progress: {reason}"
            return tuple(failed(point, trace) for point in flight.task.points)
        # A task that becomes a suspect is divided into single runs, to find the run at fault.
        newly_suspect = flight.losses + 1 >= SUSPECTED and not flight.suspect
        parts = flight.task.apart() if newly_suspect else (flight.task,)
        self._again.extend(Flight(part, flight.losses + 1, alone) for part in parts)
        return ()


@attrs.define(eq=False)
class Lent:
    """An executor supplied by the user, such as `dask.distributed.Client(...).get_executor()`. No sweep closes it.

    `workers` is the number of tasks that it can run at the same time. It is needed only if the executor does not report
    this number itself.
    """

    lent: Executor = attrs.field()
    workers: int = attrs.field(default=0)

    @lent.validator
    def _check_lent(self, _: object, lent: Any) -> None:
        if not callable(getattr(lent, "submit", None)):
            raise SweepError("executor", f"is {lent!r}", "give an executor, as in concurrent.futures")

    @workers.validator
    def _check_workers(self, _: object, workers: Any) -> None:
        if type(plain(workers)) is not int or workers < 0:
            raise SweepError(
                "workers",
                f"is {workers!r}",
                "give a whole number of 1 or more, or 0 if you do not know how many the executor has",
            )

    @property
    def width(self) -> int:
        """The given number of workers; otherwise the executor's own number, or this machine's number of processors."""
        return self.workers or getattr(self.lent, "_max_workers", None) or cpu_count() or 1

    def executor(self) -> Executor:
        """The executor itself."""
        return self.lent

    def broke(self, executor: Executor) -> None:
        """Raise SweepError: the user's executor cannot be recreated."""
        raise SweepError("executor", "is broken", "call again with a new executor: completed runs stay in the store")

    def close(self) -> None:
        """Do nothing: the user closes the executor."""


# Worker processes started by the sweep. They stop with their parent, and are replaced when they die.
#
# They are spawned, not forked, so that they inherit none of the parent's state. In each worker a thread waits for the
# end of a pipe that only the parent holds open. The worker ends when the parent closes the pipe or dies, even suddenly.

STARTS = 20  # attempts to start a pool if workers are killed as they start; if they exit by themselves, one attempt


@attrs.define(eq=False)
class Processes:
    """A pool of worker processes on this machine, `width` of them."""

    width: int = attrs.field(converter=plain)
    _pool: ProcessPoolExecutor | None = None
    _leash: tuple[Connection, ...] = ()

    @width.validator
    def _check_width(self, _: object, width: Any) -> None:
        if type(width) is not int or width < 1:
            raise SweepError("processes", f"the number is {width!r}", "give a whole number of 1 or more")

    def executor(self) -> Executor:
        """The pool, which is started if necessary. Raises SweepError if its workers cannot start."""
        # If a worker is killed while it starts, `_start` leaves no pool, and a new attempt is made.
        for _ in range(STARTS):
            if self._pool is None:
                self._start()
            if self._pool is not None:
                return self._pool
        raise SweepError(
            "worker processes", "were killed while they were starting", "check whether the machine ran out of memory"
        )

    def broke(self, executor: Executor) -> None:
        """Discard a broken pool. The next call of `executor` starts a new one."""
        if executor is self._pool:
            self.close()

    def close(self) -> None:
        """Stop every worker at once, even during a task."""
        # The fields are cleared first, so that a second call does nothing even if the shutdown fails.
        leash = self._leash
        pool = self._pool
        self._leash = ()
        self._pool = None
        # Workers end when their pipe is closed, even during a task.
        for end in leash:
            end.close()
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _start(self) -> None:
        """Start a new pool and wait for all its workers.

        If a worker is killed while it starts, the pool is closed again.
        """
        before = multiprocessing.active_children()
        context = multiprocessing.get_context("spawn")
        self._leash = context.Pipe(duplex=False)  # each worker gets the reading end as it starts
        self._pool = ProcessPoolExecutor(self.width, context, initializer=_settle, initargs=self._leash[:1])
        try:
            # Submitting starts the workers. Their first task is trivial and shows that they are ready.
            with _undisturbed():
                first = [self._pool.submit(os.getpid) for _ in range(self.width)]
            workers = [child for child in multiprocessing.active_children() if child not in before]
            wait(first)
            first[0].result()
        except BrokenExecutor:
            self.close()
            # A worker that ended by itself has a code above 0, usually because its script starts a sweep when it is
            # imported. A worker that was killed has a code below 0.
            if any((worker.exitcode or 0) > 0 for worker in workers):
                right = 'put the code of your script under `if __name__ == "__main__":`, or use executor=None'
                raise SweepError("worker processes", "ended while they were starting", right) from None


def _settle(held: Connection) -> None:
    """Prepare a worker: ignore Ctrl-C, which the parent handles, and end with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(held,), daemon=True).start()


def _end_with_parent(held: Connection) -> None:
    with suppress(EOFError, OSError):
        held.recv_bytes()  # nothing is ever sent: this returns only when the pipe is closed
    os._exit(0)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start workers inside this context, so that Ctrl-C does not reach them before `_settle` has run."""
    # Python allows only the main thread to set a signal's handler.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def crew_of(executor: Any) -> Crew:
    """The crew for an `executor` argument.

    None and 1 use this process. A number above 1 starts as many worker processes. An executor, or `Lent(…)`, is used
    as it is.
    """
    if executor is None:
        return Serial()
    executor = plain(executor)
    if type(executor) is int and executor >= 1:
        # One process gains nothing from a pool, and a sweep in this process is easier to debug.
        return Serial() if executor == 1 else Pooled(Processes(executor))
    if isinstance(executor, Executor):
        return Pooled(Lent(executor))
    if isinstance(executor, (Lent, Processes)):
        return Pooled(executor)
    right = "give a number of processes, or an executor as in concurrent.futures"
    raise SweepError("executor", f"is {executor!r}", right)


__all__ = ["Crew", "Lent", "Pooled", "Processes", "Serial", "crew_of"]
