"""How far a sweep has come, by rich, in a terminal and in a notebook: done, failed, rate, time left."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import attrs

from nhstransit.sweeps.tasks import Outcome

if TYPE_CHECKING:
    from rich.progress import Progress


@attrs.define(eq=False)
class Display:
    """A line that tells of a sweep of `total` runs of which `done` were there before; none where `shown` is false."""

    total: int
    done: int
    shown: bool = True
    failed: int = 0
    _began: float = attrs.field(factory=time.monotonic)
    _new: int = 0
    _line: Progress | None = None
    _task: Any = None

    def __enter__(self) -> Display:
        if self.shown:
            self._line = _line()
            self._line.start()
            self._task = self._line.add_task("runs", total=self.total, completed=self.done, **self._told())
        return self

    def __exit__(self, *_: object) -> None:
        if self._line is not None:
            self._line.stop()

    def note(self, outcomes: Iterable[Outcome]) -> None:
        """Count outcomes in."""
        new = list(outcomes)
        bad = sum(bool(outcome.failure) for outcome in new)
        self._new += len(new)
        self.failed += bad
        self.done += len(new) - bad
        if self._line is not None and new:
            self._line.update(self._task, completed=self.done + self.failed, **self._told())

    def _told(self) -> dict[str, Any]:
        """Failures and rate as the line has them."""
        seconds = max(time.monotonic() - self._began, 1e-9)
        rate = self._new / seconds
        speed = f"{rate:,.1f} a second" if rate >= 1 else f"{rate * 60:,.1f} a minute"
        return {"failed": f"{self.failed:,} failed", "rate": speed if self._new else "starting"}


def wanted(progress: bool | None) -> bool:
    """Whether to show the line: as asked, or where standard error is a terminal or this is a notebook."""
    if progress is not None:
        return progress
    console = _console()
    return bool(console.is_terminal or console.is_jupyter)


def _console() -> Any:
    from rich.console import Console

    return Console(stderr=True, markup=False, emoji=False)


def _line() -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    return Progress(*columns, console=_console(), refresh_per_second=4)
