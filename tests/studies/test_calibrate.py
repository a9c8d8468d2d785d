"""Calibration finds known parameters, reports parameters that are not identified, and can be resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nhstransit.errors import CalibrationError, ScenarioError
from nhstransit.scenario import load_scenario
from nhstransit.scenario.assumptions import assumptions
from nhstransit.studies import read_draws
from nhstransit.studies.calibration import Parameter, Target, calibrate, load_fit
from nhstransit.studies.fitted import fit_of, write_fit
from nhstransit.studies.posterior import settings
from tests.studies.made_calibration import FREE, OTHER, RESIGN, aims, counts, crowd, found, quick_chains


@pytest.mark.thorough
def test_known_hazards_are_recovered() -> None:
    """After a fit to the closed form for hazards of 0.4 and 0.1, both are within the middle 80% of the sample."""
    table = found().identified
    for path, truth in ((RESIGN, 0.4), (OTHER, 0.1)):
        assert table.loc[path, "10%"] < truth < table.loc[path, "90%"]
        assert table.loc[path, "fitted"] == pytest.approx(truth, rel=0.35)
        assert table.loc[path, "identified"]
    assert found().fit["standardised"].abs().max() < 1.0


@pytest.mark.thorough
def test_the_values_of_the_scenario_do_not_affect_the_fit() -> None:
    """A scenario with very different hazards has the same fit."""
    other = calibrate(
        crowd(0.9, 0.5), aims(0.4, 0.1), FREE, seeds=4, budget=96, measure=counts, progress=False, draws=100
    )
    assert other.setting == found().setting and other.draws == found().draws


@pytest.mark.thorough
def test_the_sample_can_be_used_as_draws() -> None:
    """The draws have the fitted paths, and the scenario accepts each of them.

    The fitted scenario has the fitted values.
    """
    draws = found().draws
    world = found().fitted
    assert len(draws) == 100 and draws.paths == (RESIGN, OTHER)
    assert draws.world(crowd(), 3).behaviour.departures.resign == draws.rows[3][0]
    assert world.behaviour.departures.resign == dict(found().setting)[RESIGN]
    assert {one.path for one in assumptions(world) if one.quality == "calibrated"} == {RESIGN, OTHER}


def test_a_profile_has_its_maximum_near_the_truth() -> None:
    """The profile of an identified parameter is lower at the ends of the range."""
    profile = found().profile(RESIGN, points=9)
    low, high = profile.within
    assert low < 0.4 < high and not profile.flat
    assert profile.heights.max() == 0.0 and profile.heights[[0, -1]].max() < -10


def test_a_parameter_that_is_not_identified_is_reported() -> None:
    """A parameter without effect keeps the width of its range and has a flat profile."""
    idle = Parameter(path="behaviour.severance.typical", low=0.01, high=0.2)
    with quick_chains():
        fit = calibrate(crowd(), aims(0.4, 0.1)[:2], (idle,), seeds=2, budget=24, measure=counts, progress=False)
    assert not fit.identified.loc[idle.path, "identified"] and fit.profile(idle.path, points=5).flat


@pytest.mark.thorough
def test_intervals_have_about_their_stated_coverage() -> None:
    """When stored points serve as the truth, about 80% of them are within their 80% intervals."""
    with pytest.raises(CalibrationError, match="points: is 0; give a whole number of 1 or more"):
        found().coverage(points=0)
    coverage = found().coverage(points=12)
    assert coverage["covered"].between(0.5, 1.0).all() and (coverage["correlation"] > 0.7).all()


@pytest.mark.thorough
def test_a_second_fit_from_the_store_makes_no_run(tmp_path: Path) -> None:
    """It has the same result as the first fit."""
    store = tmp_path / "fit.db"
    ways: dict[str, Any] = {"seeds": 1, "budget": 12, "measure": counts, "progress": False, "store": store, "draws": 10}
    with quick_chains(20):
        first = calibrate(crowd(), aims(0.4, 0.1), FREE[:1], **ways)
        size = store.stat().st_size
        again = calibrate(crowd(), aims(0.4, 0.1), FREE[:1], **ways)
    assert again.hash == first.hash and again.draws == first.draws and store.stat().st_size == size


def test_a_fit_is_the_same_after_writing_and_reading(tmp_path: Path) -> None:
    """It has its values, targets and draws."""
    fit = fit_of(found(), about="made", script="a test", model_error=0.0)
    write_fit(found(), fit, tmp_path, "made")
    assert load_fit(tmp_path / "made.toml") == fit
    draws = read_draws(tmp_path / "made-draws.csv")
    assert draws.paths == found().paths and np.allclose(draws.rows, found().draws.rows, rtol=1e-5)
    assert fit.fitted_to == {"resigned", "otherwise", "share"} and {one.quality for one in fit.parameter} == {
        "calibrated"
    }


def test_scales_convert_values_to_shares_and_back() -> None:
    """On each scale, shares of 0 and 1 are the ends of the range."""
    shares = np.linspace(0, 1, 7)
    for scale in ("linear", "log", "logit"):
        parameter = Parameter(path="p", low=0.02, high=0.7, scale=scale)
        values = parameter.values(shares)
        assert parameter.shares(values) == pytest.approx(shares) and values[[0, -1]] == pytest.approx([0.02, 0.7])


def test_whole_numbers_stay_whole() -> None:
    """If the scenario has a whole number, every point has one too."""
    months = Parameter(path="policies.mars.min_service_months", low=0, high=24)
    rows = settings((months,), load_scenario("hamlet"), np.array([[0.0], [0.49], [1.0]]))
    assert rows == ((0,), (12,), (24,)) and all(type(row[0]) is int for row in rows)


TARGET = Target(name="resigned", kind="count", value=10.0)


@pytest.mark.parametrize(
    ("targets", "free", "more", "message"),
    [
        ((), FREE[:1], {}, "targets"),
        ((TARGET, TARGET), FREE[:1], {}, "each only once"),
        (aims(0.4, 0.1)[:2], FREE, {}, "give fewer parameters than targets"),
        (aims(0.4, 0.1), (FREE[0], FREE[0]), {}, "each path only once"),
        (aims(0.4, 0.1), FREE, {"budget": 5}, "at least 12 here"),
        (aims(0.4, 0.1), FREE, {"seeds": 0}, "seeds"),
        (
            (*aims(0.4, 0.1)[:2], Target(name="resined", kind="count", value=1.0)),
            FREE,
            {},
            "did you mean 'resigned'",
        ),
    ],
)
def test_an_invalid_fit_is_refused(
    targets: tuple[Target, ...], free: tuple[Parameter, ...], more: dict[str, int], message: str
) -> None:
    """The error says what would be right."""
    with pytest.raises(CalibrationError, match=message):
        calibrate(crowd(), targets, free, measure=counts, progress=False, **{"seeds": 1, "budget": 20, **more})


def test_an_unknown_path_is_refused_before_any_run() -> None:
    """The error suggests the nearest path."""
    wrong = Parameter(path="behaviour.departures.resin", low=0.1, high=0.2)
    with pytest.raises(ScenarioError, match="resign"):
        calibrate(crowd(), aims(0.4, 0.1), (wrong,), measure=counts, progress=False)


@pytest.mark.parametrize("ends", [(2.0, 1.0), (float("nan"), 1.0), ("0", 1.0), (0.0, None)])
def test_an_invalid_range_is_refused(ends: tuple[Any, Any]) -> None:
    """The low end must be below the high end, and both must be finite."""
    with pytest.raises(CalibrationError, match="the lower first"):
        Parameter(path="p", low=ends[0], high=ends[1])
    with pytest.raises(CalibrationError, match="log scale"):
        Parameter(path="p", low=0.0, high=1.0, scale="log")


def test_the_text_of_a_fit_names_parameters_and_the_largest_miss() -> None:
    """The text of a profile has the ends of its range."""
    assert "resign = " in repr(found()) and "furthest off" in repr(found())
    assert "from" in repr(found().profile(OTHER, points=5)) and "<table" in found()._repr_html_()
