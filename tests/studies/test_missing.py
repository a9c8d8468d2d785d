"""Runs that fail: told early, stopped where nothing comes of them, and shown beside what is there."""

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
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(PLACE, str(tmp_path))
    return tmp_path


def calls(place: Path) -> int:
    """How often a run was measured since the last time this was asked."""
    notes = place / "calls"
    count = len(notes.read_text().splitlines()) if notes.exists() else 0
    notes.unlink(missing_ok=True)
    return count


def told(sweeping: Any) -> tuple[Study, list[str]]:
    """What a sweep gave, and the sentences that it told on the way."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        study = sweeping()
    assert all(one.category is MissingWarning and one.filename == __file__ for one in caught)
    return study, [str(one.message) for one in caught]


@pytest.mark.parametrize("executor", [None, pytest.param(2, marks=pytest.mark.thorough)])
def test_a_scenario_that_always_fails_is_stopped(place: Path, executor: int | None) -> None:
    """After its first few runs, of which the first is told at once; the other scenario has all of its runs."""
    study, said = told(lambda: sweep(pair(), replications=40, seed=1, measure=touchy, executor=executor))
    summary = study.summary("left")
    assert summary.loc[("calm", "left"), "runs"] == 40
    few = FEW if executor is None else 6 * FEW  # what was under way in other processes is done all the same
    assert FEW <= summary.loc[("restless", "left"), "failed"] <= few and calls(place) <= 40 + few
    first, stopped = said
    assert first.startswith("scenario 'restless': a run failed (seed ") and "ValueError: too restless" in first
    assert stopped.startswith("scenario 'restless' was stopped because all of its first runs failed; see failures()")
    assert "still to be run" in repr(study)


def test_a_first_failure_is_told_before_the_others_are_run(place: Path) -> None:
    """Where warnings are errors the sweep ends at the first, which is in the store."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(MissingWarning, match="too restless"):
            sweep(pair(), replications=40, seed=1, measure=touchy, store=place / "study.db")
    assert calls(place) == 2  # one of each scenario


def test_gaps_are_told_of_the_others(place: Path) -> None:
    """Three scenarios, one of which fails: the gaps of the third are there, with intervals, and the failing one is named."""
    worlds = {**pair(), "calmer": tiny(resign=0.2)}
    study, _ = told(lambda: sweep(worlds, replications=12, seed=1, measure=touchy))
    gaps, (said,) = told(lambda: study.gaps(baseline="calm"))
    assert gaps.loc[("calmer", "left"), "pairs"] == 12 and math.isfinite(gaps.loc[("calmer", "left"), "low"])
    assert gaps.loc[("restless", "left"), "pairs"] == 0 and math.isnan(gaps.loc[("restless", "left"), "gap"])
    assert "'restless' (5 of 5 runs failed: ValueError: too restless (5 times))" in said
    plain, (said,) = told(lambda: study.gaps(baseline="calm", level=None))
    assert "'restless'" in said and plain["gap"].equals(gaps["gap"])
    spread, (said,) = told(lambda: study.quantiles((0.5,)))
    assert "'restless'" in said and spread.iloc[:, 0].isna().sum() == 2 and len(spread) == 6
    parts, (said,) = told(study.variance)
    assert "the parts of variance leave out 'restless'" in said and parts.loc["left", "policy"] >= 0
    with pytest.raises(SweepError, match=r"because runs failed: 'restless'.*too restless"):
        study.gaps(baseline="restless")
    more, _ = told(lambda: study.replicate_until("left", half_width=0.01, most=14))
    assert more.summary().loc[("calm", "left"), "runs"] == 14


def some_lost(lost: int) -> Study:
    """Two scenarios of twelve replications each, of which the second lost some to failures."""
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


def test_an_interval_on_too_few_pairs_is_left_out_and_told() -> None:
    """Ten pairs have one; nine, as three failed, have a mean and no interval, where a third scenario still has its own."""
    fine, said = told(lambda: some_lost(2).gaps(baseline="calm"))
    assert fine["pairs"].tolist() == [10] and not said and fine["low"].notna().all()
    with pytest.raises(
        SweepError,
        match=r"has only 9 independent results.*, because runs failed: 'restless' \(3 of 12 runs failed",
    ):
        some_lost(3).gaps(baseline="calm")
    assert some_lost(3).gaps(baseline="calm", level=None)["pairs"].tolist() == [9]


def test_one_bad_draw_does_not_stop_a_scenario(place: Path) -> None:
    """A draw under which every run fails is stopped alone; the draws after it are run."""
    draws = Draws(paths=(RESIGN,), rows=((2.0,), (0.5,), (0.6,)))
    study, said = told(lambda: sweep({"one": tiny()}, replications=20, seed=1, measure=touchy, draws=draws))
    assert study.results.failed.sum() == FEW and len(study) == FEW + 40
    assert "was stopped for draw 0 because all of its first runs failed" in said[1]


def test_a_scenario_that_fails_under_every_draw_is_stopped(place: Path) -> None:
    """After a few draws, however few the replications of each."""
    draws = Draws(paths=(RESIGN,), rows=tuple((2.0 + at / 10,) for at in range(30)))
    study, said = told(lambda: sweep({"one": tiny()}, replications=1, seed=1, measure=touchy, draws=draws))
    assert len(study) == FEW and "scenario 'one' was stopped because all of its first runs failed" in said[1]


def test_a_sweep_in_which_all_fails_is_stopped(place: Path) -> None:
    """Many scenarios of few runs each: after the first ten that fail, the rest is not tried; three at most are named."""
    worlds = {f"world {at}": tiny(resign=2.0 + at / 10) for at in range(30)}
    study, said = told(lambda: sweep(worlds, replications=2, seed=1, measure=touchy))
    assert len(study) == CELLS and len(said) == 4 and "because all of its first 10 runs failed" in said[-1]


def test_what_was_stopped_is_tried_again(place: Path) -> None:
    """Once it is mended the same call runs what failed and what was not tried, and nothing else."""
    asked: dict[str, Any] = {"replications": 20, "seed": 1, "measure": touchy, "store": place / "study.db"}
    told(lambda: sweep(pair(), **asked))
    assert calls(place) == 20 + FEW
    (place / "cured").touch()
    study, said = told(lambda: sweep(pair(), **asked))
    assert calls(place) == 20 and not said and len(study) == 40 and study.failures().empty


def test_failures_after_right_runs_stop_nothing(place: Path) -> None:
    """A scenario of which runs are in the store goes on, though all that are left fail."""
    worlds = {"restless": pair()["restless"]}
    asked: dict[str, Any] = {"seed": 1, "measure": touchy, "store": place / "study.db"}
    (place / "cured").touch()
    sweep(worlds, replications=2, **asked)
    (place / "cured").unlink()
    study, said = told(lambda: sweep(worlds, replications=14, **asked))
    assert study.results.failed.sum() == 12 and len(said) == 1


def test_a_mended_measure_reads_the_runs_that_were_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a folder for runs no run is made twice, whatever is measured of it, and whether the first measure failed."""
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
    asked: dict[str, Any] = {"replications": 3, "seed": 1, "keep": place / "runs", "store": place / "study.db"}
    told(lambda: sweep(pair(), measure=wordy, **asked))
    assert len(simulated) == 6
    mended, _ = told(lambda: sweep(pair(), measure=left, **asked))
    assert len(simulated) == 6 and mended.failures().empty
    assert mended.sha256() == sweep(pair(), replications=3, seed=1, measure=left).sha256()
    simulated.clear()
    damaged = next((place / "runs").rglob("run.npz"))
    damaged.write_bytes(b"not a run")
    assert sweep(pair(), measure=noted, **asked).failures().empty and len(simulated) == 1
    run = mended.run("restless", replication=2, keep=place / "runs")
    assert left(run)["left"] == mended.results.cells("left")[1, 0, 2]


def test_a_study_of_failures_alone_is_no_empty_table() -> None:
    """What is asked of it is refused with the reasons; its own page is still there."""
    study, _ = told(lambda: sweep(pair(), replications=2, seed=1, measure=wordy))
    for ask in (lambda: study.gaps(baseline="calm"), study.quantiles, study.variance):
        with pytest.raises(SweepError, match=r"has no figures: 4 runs failed and none succeeded \(nhstransit.*'three'"):
            ask()
    assert "4 failed" in repr(study) and "4 failed" in study._repr_html_()


def test_reasons_are_counted() -> None:
    """The most frequent error first, three at most."""
    assert (
        reasons(["a\nValueError: x", "", "ValueError: x", "KeyError: 'y'"]) == "ValueError: x (2 times); KeyError: 'y'"
    )
    assert reasons([]) == "" and reasons(["a", "b", "c", "d"]) == "a; b; c; and 1 other errors"
