"""The progress line of a sweep, and where it is shown."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from nhstransit.studies import progress, sweep
from nhstransit.studies.progress import Display, wanted
from nhstransit.studies.sweeps import Stopped
from tests.studies.made import left, odd, outcome, pair, plan_of

pytestmark = pytest.mark.filterwarnings("ignore::nhstransit.studies.MissingWarning")  # some runs fail on purpose


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """The output to a terminal of 120 columns."""
    text = io.StringIO()
    monkeypatch.setattr(progress, "_console", lambda: Console(file=text, force_terminal=True, width=120))
    return text


def last_line(paper: io.StringIO) -> str:
    """The last state of the line."""
    return [line for line in paper.getvalue().splitlines() if "runs" in line][-1]


def test_the_line_shows_completed_and_failed_runs_rate_and_time(paper: io.StringIO) -> None:
    """At the end, all 12 runs are counted, with failures and the rate."""
    study = sweep(pair(), replications=6, seed=1, measure=odd, progress=True)
    last = last_line(paper)
    failed = len(study.failures())
    assert "12/12" in last and f"{failed} failed" in last and " a second" in last and "0:00:0" in last


def test_stored_runs_are_counted_as_completed(paper: io.StringIO, tmp_path: Any) -> None:
    """A resumed sweep starts with the stored runs."""
    sweep(pair(), replications=3, seed=1, measure=left, store=tmp_path / "study.db", progress=False)
    assert paper.getvalue() == ""
    with Display(12, 6) as display:
        display.note([outcome(next(plan_of(pair()).tasks(lambda left: 1, lambda keys: set())).points[0], 1.0)])
    assert "7/12" in last_line(paper) and display.done == 7


def test_the_line_is_shown_only_in_terminals_and_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere it is shown only on request."""
    for terminal, notebook in ((True, False), (False, True), (False, False)):
        console = Console(file=io.StringIO(), force_terminal=terminal, force_jupyter=False)
        console.is_jupyter = notebook
        monkeypatch.setattr(progress, "_console", lambda console=console: console)
        assert wanted(None) is (terminal or notebook) and wanted(True) and not wanted(False)


class Keyboard:
    """A measure that is interrupted at its fifth run."""

    calls = 0


def interrupted(run: Any) -> dict[str, float]:
    Keyboard.calls += 1
    if Keyboard.calls == 5:
        raise KeyboardInterrupt
    return left(run)


def test_a_stopped_sweep_keeps_completed_runs(tmp_path: Any) -> None:
    """The KeyboardInterrupt contains the study so far, in memory or in one closed file.

    The same call resumes the sweep.
    """
    for store in (None, tmp_path / "study.db"):
        Keyboard.calls = 0
        with pytest.raises(KeyboardInterrupt, match="stopped with 4 runs completed; the same sweep") as caught:
            sweep(pair(), replications=6, seed=1, measure=interrupted, store=store)
        assert isinstance(caught.value, Stopped) and len(caught.value.study) == 4
        assert "8 still to be run" in repr(caught.value.study)
    assert [path.name for path in tmp_path.iterdir()] == ["study.db"]
    assert len(sweep(pair(), replications=6, seed=1, measure=interrupted, store=tmp_path / "study.db")) == 12
    assert Keyboard.calls == 5 + 8


def test_a_long_sweep_writes_to_the_log_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It writes runs, failures, rate and remaining time, and a last line. A sweep under a minute writes nothing."""
    clock = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    point = next(plan_of(pair()).tasks(lambda left: 1, lambda keys: set())).points[0]
    with caplog.at_level("INFO", logger="nhstransit"):
        with Display(12, 2, shown=False, began=0.0, logged=0.0) as display:
            for seconds in (30.0, 59.0, 61.0, 100.0, 122.0):
                clock[0] = seconds
                display.note([outcome(point, 1.0)])
        lines = [record.getMessage() for record in caplog.records]
        caplog.clear()
        with Display(12, 0, shown=False, began=122.0, logged=122.0) as display:
            display.note([outcome(point, 1.0)])
    assert lines == [
        "5 of 12 runs, 0 failed, 3.0 a minute, about 2 minutes left",
        "7 of 12 runs, 0 failed, 2.5 a minute, about 2 minutes left",
        "ended with 7 of 12 runs, 0 failed, 2.5 a minute, about 2 minutes left",
    ]
    assert not caplog.records
