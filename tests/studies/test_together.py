"""A sweep plays replications of small worlds side by side, and its study is the one of runs that were played apart."""

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
    """Two worlds under two draws."""
    draws = Draws(paths=("behaviour.departures.resign",), rows=((0.4,), (0.9,)))
    return sweep(pair(), replications=REPLICATIONS, seed=3, draws=draws, measure=left, progress=False, **how)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many runs each call played side by side."""
    many: list[int] = []

    def noted(world: Any, *, seeds: list[int]) -> Any:
        many.append(len(seeds))
        return simulate_together(world, seeds=seeds)

    monkeypatch.setattr(tasks, "simulate_together", noted)
    return many


def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every world played one run at a time."""
    for module in (tasks, sweeps):
        monkeypatch.setattr(module, "why_apart", lambda world: "so that a test can compare")


def test_a_study_is_the_same_side_by_side_and_apart(monkeypatch: pytest.MonkeyPatch, played: list[int]) -> None:
    """Keys, figures and their hash are those of runs played one by one."""
    together = swept().sha256()
    assert played and max(played) > 1
    played.clear()
    apart(monkeypatch)
    assert swept().sha256() == together
    assert not played


def test_what_was_kept_apart_goes_on_side_by_side(
    monkeypatch: pytest.MonkeyPatch, played: list[int], tmp_path: Path
) -> None:
    """Runs that a store and a folder hold already are not played again, and those to come join them."""
    with monkeypatch.context() as patch:
        apart(patch)
        sweep(pair(), replications=4, seed=3, measure=left, store=tmp_path / "study.db", keep=tmp_path, progress=False)
    assert not played
    kept = {"store": tmp_path / "study.db", "keep": tmp_path}
    study = sweep(pair(), replications=REPLICATIONS, seed=3, measure=left, progress=False, **kept)
    assert 0 < sum(played) <= 2 * (REPLICATIONS - 4)
    assert study.sha256() == sweep(pair(), replications=REPLICATIONS, seed=3, measure=left, progress=False).sha256()


def test_where_one_fails_each_is_played_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error among several is none of theirs: each run has the outcome that it has alone."""
    sound = swept().sha256()

    def fails(world: Any, *, seeds: list[int]) -> Any:
        raise PolicyError("policies.made", "fails among many", "play them apart")

    monkeypatch.setattr(tasks, "simulate_together", fails)
    study = swept()
    assert study.sha256() == sound
    assert study.failures().empty


def test_the_log_says_how_replications_are_played(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Side by side, or one at a time and why."""
    with caplog.at_level(logging.INFO, logger="nhstransit.studies.sweeps"):
        swept()
        apart(monkeypatch)
        swept()
    told = [record.getMessage() for record in caplog.records if record.name == "nhstransit.studies.sweeps"]
    assert told[0].startswith("replications of 'calm' are run side by side, up to ")
    assert told[-1] == "replications of 'restless' are run one at a time: so that a test can compare"


def test_tasks_hold_as_many_as_are_played_side_by_side() -> None:
    """As long as every worker has a task, and none takes longer than a task should."""
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
