"""A crew of one: this process, run after run."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from nhstransit.sweeps.tasks import Outcome, Task, outcomes_of


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
