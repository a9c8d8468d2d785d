"""A sweep runs replications of small scenarios side by side, with the same results as one run at a time."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from nhstransit.engine.together import simulate_together
from nhstransit.errors import PolicyError
from nhstransit.scenario.draws import Draws
from nhstransit.studies import sweep, sweeps, tasks
from nhstransit.studies.study import Study
from nhstransit.studies.sweeps import TASK_SECONDS, Pace
from nhstransit.studies.tasks import Outcome, Point
from tests.studies.made import left, pair

REPLICATIONS = 7
POINT = Point("", 0, 0, 1, b"")


def swept(**how: Any) -> Study:
    """A study of two scenarios with two draws."""
    draws = Draws(paths=("behaviour.departures.resign",), rows=((0.4,), (0.9,)))
    return sweep(pair(), replications=REPLICATIONS, seed=3, draws=draws, measure=left, progress=False, **how)


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of runs that each call ran side by side."""
    many: list[int] = []

    def noted(world: Any, *, seeds: list[int]) -> Any:
        many.append(len(seeds))
        return simulate_together(world, seeds=seeds)

    monkeypatch.setattr(tasks, "simulate_together", noted)
    return many


def run_separately(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every scenario run one replication at a time."""
    for module in (tasks, sweeps):
        monkeypatch.setattr(module, "why_apart", lambda world: "so that a test can compare")


def test_running_side_by_side_does_not_change_a_study(monkeypatch: pytest.MonkeyPatch, sizes: list[int]) -> None:
    """Keys, figures and hash equal those of separate runs."""
    together = swept().sha256()
    assert sizes and max(sizes) > 1
    sizes.clear()
    run_separately(monkeypatch)
    assert swept().sha256() == together
    assert not sizes


def test_a_sweep_of_separate_runs_can_be_continued_side_by_side(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], tmp_path: Path
) -> None:
    """Stored and saved runs are not repeated."""
    with monkeypatch.context() as patch:
        run_separately(patch)
        sweep(pair(), replications=4, seed=3, measure=left, store=tmp_path / "study.db", keep=tmp_path, progress=False)
    assert not sizes
    kept = {"store": tmp_path / "study.db", "keep": tmp_path}
    study = sweep(pair(), replications=REPLICATIONS, seed=3, measure=left, progress=False, **kept)
    assert 0 < sum(sizes) <= 2 * (REPLICATIONS - 4)
    assert study.sha256() == sweep(pair(), replications=REPLICATIONS, seed=3, measure=left, progress=False).sha256()


def test_after_a_failure_each_run_is_made_separately(monkeypatch: pytest.MonkeyPatch) -> None:
    """After an error of several runs together, each run has the outcome of a separate run."""
    sound = swept().sha256()

    def fails(world: Any, *, seeds: list[int]) -> Any:
        raise PolicyError("policies.made", "fails among many", "run them separately")

    monkeypatch.setattr(tasks, "simulate_together", fails)
    study = swept()
    assert study.sha256() == sound
    assert study.failures().empty


def test_the_log_says_how_replications_are_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """They run side by side, or one at a time for a stated reason."""
    with caplog.at_level(logging.INFO, logger="nhstransit.studies.sweeps"):
        swept()
        run_separately(monkeypatch)
        swept()
    messages = [record.getMessage() for record in caplog.records if record.name == "nhstransit.studies.sweeps"]
    assert messages[0].startswith("replications of 'calm' are run side by side, up to ")
    assert messages[-1] == "replications of 'restless' are run one at a time: so that a test can compare"


def test_a_task_has_as_many_runs_as_fit_side_by_side() -> None:
    """Every worker still has a task, and no task takes longer than its limit."""
    pace = Pace(2, 30)
    assert pace.block(80) == 1
    pace.note((Outcome(point=POINT, seconds=0.05),))
    assert pace.block(80) == 30
    assert pace.block(20) == 10
    slow = Pace(2, 30)
    slow.note((Outcome(point=POINT, seconds=0.6, reading=0.5),))
    assert slow.block(80) == round(TASK_SECONDS / 0.5)
    busy = Pace(2, 30)
    busy.note((Outcome(point=POINT, seconds=10.0, reading=0.01),))
    assert busy.block(80) == 30
