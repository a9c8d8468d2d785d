"""The study: tables and gaps from known figures, and replication until a precision is reached."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import nhstransit
from nhstransit.engine.simulate import simulate
from nhstransit.errors import SweepError
from nhstransit.measures import headlines
from nhstransit.scenario import load_scenario
from nhstransit.streams import branch_seed
from nhstransit.studies import Study, open_study, sweep
from tests.studies.made import filled, left, pair, tiny

NAN = math.nan


def test_sweep_and_study_are_public_names() -> None:
    """`nhstransit.sweep` returns an `nhstransit.Study`."""
    assert nhstransit.sweep is sweep and nhstransit.Study is Study


@pytest.mark.thorough
def test_a_sweep_equals_simulate_and_measure() -> None:
    """Each row of the table has the headline figures of a run with its seed."""
    hamlet = load_scenario("hamlet")
    worlds = {"as it was": hamlet, "without": hamlet.without("mars")}
    table = nhstransit.sweep(worlds, replications=2, seed=2010).table()
    for row in table.to_dict("records"):
        assert row["seed"] == branch_seed(2010, 0, row["replication"])
        by_hand = headlines(simulate(worlds[row["scenario"]], seed=row["seed"]))
        assert {name: row[name] for name in by_hand} == dict(by_hand)
    assert table[["scenario", "draw", "replication"]].to_numpy().tolist() == [
        [name, 0, number] for name in worlds for number in range(2)
    ]


def test_a_single_scenario_has_its_own_name() -> None:
    """It needs no label."""
    assert sweep(tiny(), replications=1, seed=1, measure=left).table()["scenario"].tolist() == ["small"]


def test_gaps_are_paired() -> None:
    """Two runs of one replication are a pair; a run without a partner is left out."""
    study = filled(
        [[[float(number) for number in range(12)]], [[number**2 - (NAN if number == 3 else 0) for number in range(12)]]]
    )
    row = study.gaps(baseline="scenario 0", line=20.0, half_width=5.0).loc[("scenario 1", "made")]
    gaps = np.array([number**2 - number for number in range(12) if number != 3], float)
    half = 2.2281388520 * gaps.std(ddof=1) / math.sqrt(11)
    assert row["pairs"] == 11 and row["gap"] == pytest.approx(gaps.mean())
    assert (row["low"], row["high"]) == (pytest.approx(gaps.mean() - half), pytest.approx(gaps.mean() + half))
    assert row["chance"] == pytest.approx((gaps > 20).mean()) and row["spread"] == pytest.approx(gaps.std(ddof=1))
    assert row["replications still needed"] > 100
    back = study.gaps(baseline="scenario 1").loc[("scenario 0", "made")]
    assert back["gap"] == -row["gap"] and back["low"] == pytest.approx(-row["high"])


def test_gaps_over_draws_use_draws_as_units() -> None:
    """With several draws, units are the means of draws, and the number needed is a number of draws."""
    rng = np.random.default_rng(1)
    cells = rng.normal(size=(2, 11, 3))
    row = filled(cells).gaps(baseline="scenario 0", half_width=0.1).loc[("scenario 1", "made")]
    units = (cells[1] - cells[0]).mean(axis=1)
    assert row["pairs"] == 33 and row["gap"] == pytest.approx(units.mean())
    assert row["spread"] == pytest.approx(units.std(ddof=1)) and row["draws still needed"] > 0
    assert row["high"] - row["gap"] == pytest.approx(2.2281388520 * units.std(ddof=1) / math.sqrt(11))


def test_intervals_and_quantiles_from_too_few_runs_are_refused() -> None:
    """Nine pairs are too few for an interval, and 18 runs for a 5% quantile.

    Without intervals, means are returned.
    """
    few = filled(np.arange(18.0).reshape(2, 1, 9))
    with pytest.raises(
        SweepError,
        match="the gap of 'scenario 1' in 'made': has only 9 independent results",
    ):
        few.gaps(baseline="scenario 0")
    plain = few.gaps(baseline="scenario 0", level=None).loc[("scenario 1", "made")]
    assert plain["gap"] == 9.0 and math.isnan(plain["low"]) and math.isnan(plain["chance high"])
    with pytest.raises(
        SweepError, match=r"'made' of 'scenario 0': has only 9 runs, too few for the 0\.05 quantile; run at least 19"
    ):
        few.quantiles()
    with pytest.raises(SweepError, match="'made': has only 8 replications beyond the first"):
        filled(np.arange(9.0).reshape(1, 1, 9)).variance()


def test_quantiles_name_their_sources_of_variation() -> None:
    """With one draw the source is chance; with several it is parameter and chance."""
    one = filled(np.arange(1.0, 20.0).reshape(1, 1, 19)).quantiles()
    assert list(one.columns) == ["0.05 quantile over chance", "0.5 quantile over chance", "0.95 quantile over chance"]
    assert one.iloc[0].tolist() == pytest.approx([1.0, 10.0, 19.0])
    many = filled(np.arange(20.0).reshape(1, 10, 2)).quantiles(at=(0.5,))
    assert list(many.columns) == ["0.5 quantile over parameter and chance"] and many.iloc[0, 0] == 9.5


def test_variance_is_attributed_to_its_source() -> None:
    """Data with variation from policy, parameter or chance alone attribute all variance to it."""
    steady = np.zeros((2, 12, 3))
    policy = filled(steady + np.array([0.0, 4.0])[:, None, None]).variance().loc["made"]
    assert policy[["policy", "parameter", "chance"]].tolist() == [4.0, 0.0, 0.0] and policy["policy share"] == 1.0
    parameter = filled(steady + np.arange(12.0)[None, :, None]).variance().loc["made"]
    assert parameter[["policy", "parameter", "chance"]].tolist() == pytest.approx([0.0, 13.0, 0.0])
    lucky = filled(np.tile(np.array([-1.0, 1.0] * 6), (2, 1, 1))).variance().loc["made"]
    assert lucky[["policy", "parameter"]].tolist() == [0.0, 0.0] and lucky["chance"] == pytest.approx(12 / 11)


def test_variance_warns_of_a_scenario_without_runs() -> None:
    """Leaving it out silently would hide a difference between policies."""
    cells = np.random.default_rng(8).normal(size=(3, 1, 12)) + np.array([0.0, 4.0, 0.0])[:, None, None]
    cells[2] = NAN
    with pytest.raises(SweepError, match="'made' of 'scenario 2': has no successful runs; see"):
        filled(cells).variance()


def test_tables_of_a_study_agree() -> None:
    """The tidy table has the same figures in long form, and the summary has their means."""
    study = sweep(pair(), replications=5, seed=1, measure=left)
    table = study.table()
    tidy = study.tidy()
    summary = study.summary()
    assert len(tidy) == 20 and tidy[tidy["measure"] == "left"]["figure"].tolist() == table["left"].tolist()
    mine = table[table["scenario"] == "restless"]["left"]
    row = summary.loc[("restless", "left")]
    assert (row["runs"], row["failed"]) == (5, 0)
    assert (row["mean"], row["standard deviation"]) == (pytest.approx(mine.mean()), pytest.approx(mine.std()))
    assert study.failures().empty


ASKED: dict[str, tuple[Any, str]] = {
    "baseline": (
        lambda study: study.gaps(baseline="scenario O"),
        "scenario 'scenario O': is not in this study; did you mean",
    ),
    "measure": (
        lambda study: study.gaps(baseline="scenario 0", measures="mad"),
        "measure 'mad': is not in this study; did you mean 'made'?",
    ),
    "quantile": (lambda study: study.quantiles(at=(0.0,)), "quantiles: include 0.0"),
    "quantile alone": (lambda study: study.quantiles(at=0.5), "quantiles: are 0.5; give one or more shares"),
    "no quantile": (lambda study: study.quantiles(at=()), "quantiles: are ()"),
    "quantile in words": (lambda study: study.quantiles(at=("half",)), "quantiles: include 'half'"),
    "level": (lambda study: study.gaps(baseline="scenario 0", level=95), "level: is 95"),
    "line": (lambda study: study.gaps(baseline="scenario 0", line="1"), "line: is '1'; give a number"),
    "no line": (lambda study: study.gaps(baseline="scenario 0", line=NAN), "line: is nan; give a number"),
    "width": (
        lambda study: study.gaps(baseline="scenario 0", half_width="1"),
        "half_width: is '1'; give a number above",
    ),
    "no width": (lambda study: study.gaps(baseline="scenario 0", half_width=NAN), "half_width: is nan"),
    "stop level": (lambda study: study.replicate_until("made", half_width=1.0, level=95), "level: is 95"),
    "stop width": (lambda study: study.replicate_until("made", half_width=0.0), "half_width: is 0.0"),
    "most": (lambda study: study.replicate_until("made", half_width=1.0, most=0), "most: is 0; give a whole number"),
}


@pytest.mark.parametrize("what", ASKED)
def test_unknown_names_in_a_study_are_refused(what: str) -> None:
    """The error suggests the nearest name or says what would be right."""
    ask, message = ASKED[what]
    with pytest.raises(SweepError) as caught:
        ask(filled(np.arange(40.0).reshape(2, 1, 20)))
    assert str(caught.value).startswith(message)


def test_one_scenario_has_no_gaps() -> None:
    """A table of gaps and a precision of gaps are both refused."""
    alone = filled(np.arange(12.0).reshape(1, 1, 12))
    for ask in (alone.gaps, lambda baseline: alone.replicate_until("made", half_width=1.0, baseline=baseline)):
        with pytest.raises(SweepError, match="baseline 'scenario 0': is the only scenario of this study"):
            ask(baseline="scenario 0")


@pytest.mark.parametrize("units", [1, 2, 9])
def test_the_number_needed_is_unknown_below_ten_units(units: int) -> None:
    """The spread of fewer than ten units is too uncertain."""
    few = filled(np.random.default_rng(9).normal(size=(2, 1, units)))
    row = few.gaps(baseline="scenario 0", level=None, half_width=0.001).loc[("scenario 1", "made")]
    assert math.isnan(row["replications still needed"]) and row["pairs"] == units


def test_a_study_finds_its_store_from_another_folder(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store was given with a relative path."""
    monkeypatch.chdir(tmp_path)
    made = sweep(tiny(), replications=2, seed=1, measure=left, store="study.db")
    opened = open_study("study.db")
    monkeypatch.chdir("/")
    assert made.sha256() == opened.sha256() and len(made.replicate_until("left", half_width=1e-6, most=3)) == 3


def test_the_text_of_a_study_has_its_size() -> None:
    """It has scenarios, runs, failures and missing runs."""
    assert repr(filled(np.ones((2, 1, 3)))) == "Study(scenario 0, scenario 1: 6 runs of 2 scenarios, 0 failed)"
    gappy = filled([[[1.0, NAN, 2.0]]])
    assert repr(gappy) == "Study(scenario 0: 2 runs of 1 scenarios, 0 failed; 1 still to be run)"
    assert "<table" in gappy._repr_html_() and len(gappy) == 2


def test_replicating_until_a_precision(tmp_path: Any) -> None:
    """Replication continues until the interval is narrow enough, keeps earlier runs, and stops at `most`."""
    first = sweep(pair(), replications=4, seed=1, measure=left, store=tmp_path / "study.db")
    found = first.replicate_until("left", half_width=0.35, baseline="calm")
    row = found.gaps(baseline="calm", measures="left", half_width=0.35).iloc[0]
    assert (row["high"] - row["low"]) / 2 <= 0.35 and row["replications still needed"] == 0 and row["pairs"] < 200
    kept = found.table()
    assert kept[kept["replication"] < 4].reset_index(drop=True).equals(first.table())
    assert len(first.replicate_until("left", half_width=1e-6, most=20)) == 40
    with pytest.raises(SweepError, match="this study: was opened from its store; call sweep"):
        open_study(tmp_path / "study.db").replicate_until("left", half_width=1.0)
    with pytest.raises(SweepError, match="has 11 draws; use more draws"):
        filled(np.ones((1, 11, 2))).replicate_until("made", half_width=1.0)


def test_replicating_in_memory_repeats_no_run() -> None:
    """This study has no store."""
    found = sweep(tiny(), replications=12, seed=1, measure=left).replicate_until("left", half_width=0.3)
    again = sweep(tiny(), replications=len(found), seed=1, measure=left)
    assert len(found) > 12 and found.sha256() == again.sha256()
