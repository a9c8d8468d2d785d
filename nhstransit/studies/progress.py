"""The progress of a sweep: runs done and failed, rate and time left, as a line in a terminal or a bar in a notebook.

The line is drawn by rich. The notebook's bar needs no widgets: it is an output that is replaced at intervals, and a last
time at the end.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from nhstransit.studies.tasks import Outcome

if TYPE_CHECKING:
    from rich.progress import Progress

EVERY = 0.25  # seconds between two updates of the bar
LOGGED = 60.0  # seconds between two lines of the log
log = logging.getLogger(__name__)


class Bar(Protocol):
    """A display of a sweep's progress."""

    def start(self) -> None:
        """Show the display for the first time."""
        ...

    def show(self, done: int, words: dict[str, str]) -> None:
        """Show that `done` runs are complete, including failed runs, and the texts in `words` next to the bar."""
        ...

    def stop(self) -> None:
        """Show the final state, and leave it on the screen."""
        ...


@attrs.define(eq=False)
class Display:
    """Shows the progress of a sweep of `total` runs, of which `done` were made before it began, if `shown` is true.

    In any case it writes to the library's log once a minute, and at the end of a sweep of more than a minute.
    """

    total: int
    done: int
    shown: bool = True
    failed: int = 0
    _began: float = attrs.field(factory=time.monotonic)
    _new: int = 0
    _bar: Bar | None = None
    _logged: float = attrs.field(factory=time.monotonic)
    _lines: int = 0

    def __enter__(self) -> Display:
        if self.shown:
            console = _console()
            self._bar = Notebook(self.total) if console.is_jupyter else Line(self.total, console)
            self._bar.start()
            self._bar.show(self.done, self._texts())
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
        if self._lines:
            self._log("ended with ")

    def note(self, outcomes: Iterable[Outcome]) -> None:
        """Count outcomes."""
        new = list(outcomes)
        bad = sum(bool(outcome.failure) for outcome in new)
        # `done` starts with the runs of earlier calls. Only new runs count for the rate.
        self._new += len(new)
        self.failed += bad
        self.done += len(new) - bad
        if self._bar is not None and new:
            self._bar.show(self.done + self.failed, self._texts())
        if new and time.monotonic() - self._logged >= LOGGED:
            self._log("")

    def _log(self, begin: str) -> None:
        """Write a line to the log: runs done and in total, failures, rate, and an estimate of the time left."""
        texts = self._texts()
        left = self.total - self.done - self.failed
        seconds = time.monotonic() - self._began
        # The time left assumes the rate so far.
        still = f", about {left * seconds / self._new / 60:,.0f} minutes left" if left and self._new else ""
        log.info(
            "%s%s of %s runs, %s, %s%s",
            begin,
            f"{self.done + self.failed:,}",
            f"{self.total:,}",
            *texts.values(),
            still,
        )
        self._logged = time.monotonic()
        self._lines += 1

    def _texts(self) -> dict[str, str]:
        """Failures and rate, as texts for the display."""
        seconds = max(time.monotonic() - self._began, 1e-9)
        rate = self._new / seconds
        speed = f"{rate:,.1f} a second" if rate >= 1 else f"{rate * 60:,.1f} a minute"
        return {"failed": f"{self.failed:,} failed", "rate": speed if self._new else "starting"}


@attrs.define(eq=False)
class Line:
    """A line drawn by rich, in a terminal or a file."""

    total: int
    console: Any
    _line: Progress | None = None
    _task: Any = None

    def start(self) -> None:
        """Start the line."""
        self._line = _line(self.console)
        self._line.start()
        self._task = self._line.add_task("runs", total=self.total, failed="", rate="")

    def show(self, done: int, words: dict[str, str]) -> None:
        """Update the line; rich redraws it four times a second."""
        if self._line is not None:
            fields: dict[str, Any] = dict(words)
            self._line.update(self._task, completed=done, **fields)

    def stop(self) -> None:
        """Stop updating the line, which stays on the screen."""
        if self._line is not None:
            self._line.stop()


@attrs.define(eq=False)
class Notebook:
    """A bar as the output of a notebook's cell."""

    total: int
    _done: int = 0
    _words: dict[str, str] = attrs.field(factory=dict)
    _pictured: float = 0.0
    _handle: Any = None

    def start(self) -> None:
        """Create the output that later updates replace."""
        from IPython.display import display  # IPython is always present in a notebook

        self._handle = display(self._picture(), raw=True, display_id=True)

    def show(self, done: int, words: dict[str, str]) -> None:
        """Update the bar, unless the last update was too recent."""
        self._done = done
        self._words = words
        # Each update sends the whole bar to the browser, so updates are limited to a few a second.
        if time.monotonic() - self._pictured >= EVERY:
            self._replace()

    def stop(self) -> None:
        """Draw the final state, however recent the last update."""
        self._replace()

    def _replace(self) -> None:
        self._handle.update(self._picture(), raw=True)
        self._pictured = time.monotonic()

    def _picture(self) -> dict[str, str]:
        """The bar as text and as HTML."""
        text = ", ".join([f"runs {self._done:,}/{self.total:,}", *self._words.values()])
        bar = f'<progress value="{self._done}" max="{self.total}"></progress>'
        return {"text/plain": text, "text/html": f"<div>{bar} {text}</div>"}


def wanted(progress: bool | None) -> bool:
    """Whether to show progress: as requested, or by default if standard error is a terminal or this is a notebook."""
    if progress is not None:
        return progress
    console = _console()
    return bool(console.is_terminal or console.is_jupyter)


def _console() -> Any:
    # Imported here, because only a progress display needs rich. It is on standard error, because standard output is
    # for results.
    from rich.console import Console

    return Console(stderr=True, markup=False, emoji=False)


def _line(console: Any) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    return Progress(*columns, console=console, refresh_per_second=4)
