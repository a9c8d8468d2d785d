"""Failed runs: reported early, stopped if all fail, and shown with the available results."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nhstransit.errors import SweepError
from nhstransit.studies import Draws, MissingWarning, Study, sweep
from nhstransit.studies import tasks as tasks_module
from nhstransit.studies.missing import CELLS, FEW, reasons
from nhstransit.studies.store import opened
from nhstransit.studies.tasks import Outcome
from tests.studies.made import PLACE, left, noted, pair, plan_of, tiny, touchy, wordy

RESIGN = "behaviour.departures.resign"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(PLACE, str(tmp_path))
    return tmp_path


def calls(folder: Path) -> int:
    """The number of measured runs since the last call."""
    notes = folder / "calls"
    count = len(notes.read_text().splitlines()) if notes.exists() else 0
    notes.unlink(missing_ok=True)
    return count


def with_warnings(sweeping: Any) -> tuple[Study, list[str]]:
    """The result of a call, and the warnings from it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        study = sweeping()
    assert all(one.category is MissingWarning and one.filename == __file__ for one in caught)
    return study, [str(one.message) for one in caught]


@pytest.mark.parametrize("executor", [None, pytest.param(2, marks=pytest.mark.thorough)])
def test_a_scenario_that_always_fails_is_stopped(folder: Path, executor: int | None) -> None:
    """It is stopped after its first few runs, and its first failure is reported immediately.

    The other scenario is completed.
    """
    study, messages = with_warnings(lambda: sweep(pair(), replications=40, seed=1, measure=touchy, executor=executor))
    summary = study.summary("left")
    assert summary.loc[("calm", "left"), "runs"] == 40
    few = FEW if executor is None else 6 * FEW  # runs in progress in other processes are completed
    assert FEW <= summary.loc[("restless", "left"), "failed"] <= few and calls(folder) <= 40 + few
    first, stopped = messages
    assert first.startswith("scenario 'restless': a run failed (seed ") and "ValueError: too restless" in first
    assert stopped.startswith("scenario 'restless' was stopped because all of its first runs failed; see failures()")
    assert "still to be run" in repr(study)


def test_the_first_failure_is_reported_before_the_other_runs(folder: Path) -> None:
    """If warnings are errors, the sweep ends at the first failure, which is in the store."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(MissingWarning, match="too restless"):
            sweep(pair(), replications=40, seed=1, measure=touchy, store=folder / "study.db")
    assert calls(folder) == 2  # one of each scenario


def test_gaps_of_the_other_scenarios_are_shown(folder: Path) -> None:
    """One of three scenarios fails. A warning names it, and the gaps of the third have intervals."""
    worlds = {**pair(), "calmer": tiny(resign=0.2)}
    study, _ = with_warnings(lambda: sweep(worlds, replications=12, seed=1, measure=touchy))
    gaps, (messages,) = with_warnings(lambda: study.gaps(baseline="calm"))
    assert gaps.loc[("calmer", "left"), "pairs"] == 12 and math.isfinite(gaps.loc[("calmer", "left"), "low"])
    assert gaps.loc[("restless", "left"), "pairs"] == 0 and math.isnan(gaps.loc[("restless", "left"), "gap"])
    assert "'restless' (5 of 5 runs failed: ValueError: too restless (5 times))" in messages
    plain, (messages,) = with_warnings(lambda: study.gaps(baseline="calm", level=None))
    assert "'restless'" in messages and plain["gap"].equals(gaps["gap"])
    spread, (messages,) = with_warnings(lambda: study.quantiles((0.5,)))
    assert "'restless'" in messages and spread.iloc[:, 0].isna().sum() == 2 and len(spread) == 6
    parts, (messages,) = with_warnings(study.variance)
    assert "the parts of variance leave out 'restless'" in messages and parts.loc["left", "policy"] >= 0
    with pytest.raises(SweepError, match=r"because runs failed: 'restless'.*too restless"):
        study.gaps(baseline="restless")
    more, _ = with_warnings(lambda: study.replicate_until("left", half_width=0.01, most=14))
    assert more.summary().loc[("calm", "left"), "runs"] == 14


def some_lost(lost: int) -> Study:
    """Two scenarios with twelve replications each; some runs of the second failed."""
    plan = plan_of(pair(), 12)
    store = opened(None)
    number = store.register(plan)
    for which, entry in enumerate(plan.entries):
        for replication in range(12):
            point = plan.point(entry.content, 0, replication)
            if which and replication < lost:
                store.add([Outcome(point=point, failure="Traceback\nValueError: lost")])
            else:
                figures = np.array([float(replication * which)]).tobytes()
                store.add([Outcome(point=point, names=("made",), figures=figures)])
    store.commit()
    return Study(source=store, sweep=number, plan=plan)


def test_an_interval_from_too_few_pairs_is_left_out_with_a_warning() -> None:
    """Ten pairs have an interval. Nine pairs have only a mean, and a third scenario keeps its interval."""
    fine, messages = with_warnings(lambda: some_lost(2).gaps(baseline="calm"))
    assert fine["pairs"].tolist() == [10] and not messages and fine["low"].notna().all()
    with pytest.raises(
        SweepError,
        match=r"has only 9 independent results.*, because runs failed: 'restless' \(3 of 12 runs failed",
    ):
        some_lost(3).gaps(baseline="calm")
    assert some_lost(3).gaps(baseline="calm", level=None)["pairs"].tolist() == [9]


def test_one_bad_draw_does_not_stop_a_scenario(folder: Path) -> None:
    """Only the draw with failing runs is stopped; the later draws are run."""
    draws = Draws(paths=(RESIGN,), rows=((2.0,), (0.5,), (0.6,)))
    study, messages = with_warnings(
        lambda: sweep({"one": tiny()}, replications=20, seed=1, measure=touchy, draws=draws)
    )
    assert study.results.failed.sum() == FEW and len(study) == FEW + 40
    assert "was stopped for draw 0 because all of its first runs failed" in messages[1]


def test_a_scenario_that_fails_under_every_draw_is_stopped(folder: Path) -> None:
    """It is stopped after a few draws, whatever the number of replications."""
    draws = Draws(paths=(RESIGN,), rows=tuple((2.0 + at / 10,) for at in range(30)))
    study, messages = with_warnings(lambda: sweep({"one": tiny()}, replications=1, seed=1, measure=touchy, draws=draws))
    assert len(study) == FEW and "scenario 'one' was stopped because all of its first runs failed" in messages[1]


def test_a_sweep_with_only_failures_is_stopped(folder: Path) -> None:
    """The sweep has many scenarios with few runs.

    It is stopped after ten failures, and at most three scenarios are named.
    """
    worlds = {f"world {at}": tiny(resign=2.0 + at / 10) for at in range(30)}
    study, messages = with_warnings(lambda: sweep(worlds, replications=2, seed=1, measure=touchy))
    assert len(study) == CELLS and len(messages) == 4 and "because all of its first 10 runs failed" in messages[-1]


def test_stopped_runs_are_tried_again(folder: Path) -> None:
    """After the measure is corrected, the same call makes only the failed and the missing runs."""
    asked: dict[str, Any] = {"replications": 20, "seed": 1, "measure": touchy, "store": folder / "study.db"}
    with_warnings(lambda: sweep(pair(), **asked))
    assert calls(folder) == 20 + FEW
    (folder / "cured").touch()
    study, messages = with_warnings(lambda: sweep(pair(), **asked))
    assert calls(folder) == 20 and not messages and len(study) == 40 and study.failures().empty


def test_failures_after_successful_runs_stop_nothing(folder: Path) -> None:
    """A scenario with successful runs in the store is not stopped, even if all its other runs fail."""
    worlds = {"restless": pair()["restless"]}
    asked: dict[str, Any] = {"seed": 1, "measure": touchy, "store": folder / "study.db"}
    (folder / "cured").touch()
    sweep(worlds, replications=2, **asked)
    (folder / "cured").unlink()
    study, messages = with_warnings(lambda: sweep(worlds, replications=14, **asked))
    assert study.results.failed.sum() == 12 and len(messages) == 1


def test_a_corrected_measure_uses_the_saved_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a folder for runs, no run is simulated twice for another measure, even if the first measure failed."""
    simulated: list[int] = []
    simulate = tasks_module.simulate

    def counting(world: Any, *, seed: int) -> Any:
        simulated.append(seed)
        return simulate(world, seed=seed)

    together = tasks_module.simulate_together

    def counting_together(world: Any, *, seeds: Any) -> Any:
        simulated.extend(seeds)
        return together(world, seeds=seeds)

    monkeypatch.setattr(tasks_module, "simulate", counting)
    monkeypatch.setattr(tasks_module, "simulate_together", counting_together)
    asked: dict[str, Any] = {"replications": 3, "seed": 1, "keep": folder / "runs", "store": folder / "study.db"}
    with_warnings(lambda: sweep(pair(), measure=wordy, **asked))
    assert len(simulated) == 6
    mended, _ = with_warnings(lambda: sweep(pair(), measure=left, **asked))
    assert len(simulated) == 6 and mended.failures().empty
    assert mended.sha256() == sweep(pair(), replications=3, seed=1, measure=left).sha256()
    simulated.clear()
    damaged = next((folder / "runs").rglob("run.npz"))
    damaged.write_bytes(b"not a run")
    assert sweep(pair(), measure=noted, **asked).failures().empty and len(simulated) == 1
    run = mended.run("restless", replication=2, keep=folder / "runs")
    assert left(run)["left"] == mended.results.cells("left")[1, 0, 2]


def test_a_study_with_only_failures_says_why() -> None:
    """Its tables are refused with the reasons; its description is still available."""
    study, _ = with_warnings(lambda: sweep(pair(), replications=2, seed=1, measure=wordy))
    for ask in (lambda: study.gaps(baseline="calm"), study.quantiles, study.variance):
        with pytest.raises(SweepError, match=r"has no figures: 4 runs failed and none succeeded \(nhstransit.*'three'"):
            ask()
    assert "4 failed" in repr(study) and "4 failed" in study._repr_html_()


def test_reasons_for_failures_are_counted() -> None:
    """The most frequent comes first, and at most three are shown."""
    assert (
        reasons(["a\nValueError: x", "", "ValueError: x", "KeyError: 'y'"]) == "ValueError: x (2 times); KeyError: 'y'"
    )
    assert reasons([]) == "" and reasons(["a", "b", "c", "d"]) == "a; b; c; and 1 other errors"
