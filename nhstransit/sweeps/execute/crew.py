"""What a crew is: it takes tasks and gives outcomes, in whatever order they come."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Protocol

from nhstransit.sweeps.tasks import Outcome, Task


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
