"""Worker processes of the sweep's own: started afresh, ended with their parent, replaced when they die.

They are spawned, never forked, so that they hold nothing of the parent's. Each waits in a thread for the end of a pipe
that only the parent holds open: it ends when the parent closes it, or dies, however suddenly.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

import attrs

from nhstransit.arrays import plain
from nhstransit.errors import SweepError

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
