"""Calibration finds what it is told, says what it does not know, and goes on where it was stopped."""

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
def test_known_hazards_are_found_again() -> None:
    """Fitted to what hazards of 0.4 and 0.1 give in closed form, both lie within the middle 80% of the sample, and near."""
    told = found().identified
    for path, truth in ((RESIGN, 0.4), (OTHER, 0.1)):
        assert told.loc[path, "10%"] < truth < told.loc[path, "90%"]
        assert told.loc[path, "fitted"] == pytest.approx(truth, rel=0.35)
        assert told.loc[path, "identified"]
    assert found().fit["standardised"].abs().max() < 1.0


@pytest.mark.thorough
def test_the_scenario_itself_has_no_part_in_the_fit() -> None:
    """A crowd whose own hazards are far off gives the same fit: the truth comes from the figures."""
    other = calibrate(
        crowd(0.9, 0.5), aims(0.4, 0.1), FREE, seeds=4, budget=96, measure=counts, progress=False, draws=100
    )
    assert other.setting == found().setting and other.draws == found().draws


@pytest.mark.thorough
def test_draws_go_into_a_sweep() -> None:
    """The sample is draws at the fitted paths, each of which the scenario takes; the fitted scenario holds the fit."""
    draws = found().draws
    world = found().fitted
    assert len(draws) == 100 and draws.paths == (RESIGN, OTHER)
    assert draws.world(crowd(), 3).behaviour.departures.resign == draws.rows[3][0]
    assert world.behaviour.departures.resign == dict(found().setting)[RESIGN]
    assert {one.path for one in assumptions(world) if one.quality == "calibrated"} == {RESIGN, OTHER}


def test_a_profile_is_highest_near_the_truth() -> None:
    """The profile of a parameter that is told has its top by the truth, and speaks against the ends of the range."""
    profile = found().profile(RESIGN, points=9)
    low, high = profile.within
    assert low < 0.4 < high and not profile.flat
    assert profile.heights.max() == 0.0 and profile.heights[[0, -1]].max() < -10


def test_what_the_figures_do_not_tell_is_said() -> None:
    """A parameter that moves nothing keeps its width, is told as such, and has a flat profile."""
    idle = Parameter(path="behaviour.severance.typical", low=0.01, high=0.2)
    with quick_chains():
        told = calibrate(crowd(), aims(0.4, 0.1)[:2], (idle,), seeds=2, budget=24, measure=counts, progress=False)
    assert not told.identified.loc[idle.path, "identified"] and told.profile(idle.path, points=5).flat


@pytest.mark.thorough
def test_coverage_is_about_what_it_says() -> None:
    """Stored points taken for the truth are found within their 80% intervals about so often, and in their order."""
    with pytest.raises(CalibrationError, match="points: is 0; give a whole number of 1 or more"):
        found().coverage(points=0)
    coverage = found().coverage(points=12)
    assert coverage["covered"].between(0.5, 1.0).all() and (coverage["correlation"] > 0.7).all()


@pytest.mark.thorough
def test_a_store_makes_the_second_fit_free(tmp_path: Path) -> None:
    """The same call on the store of the first runs nothing anew, and ends the same."""
    store = tmp_path / "fit.db"
    ways: dict[str, Any] = {"seeds": 1, "budget": 12, "measure": counts, "progress": False, "store": store, "draws": 10}
    with quick_chains(20):
        first = calibrate(crowd(), aims(0.4, 0.1), FREE[:1], **ways)
        size = store.stat().st_size
        again = calibrate(crowd(), aims(0.4, 0.1), FREE[:1], **ways)
    assert again.hash == first.hash and again.draws == first.draws and store.stat().st_size == size


def test_a_fit_is_kept_and_read(tmp_path: Path) -> None:
    """Written and read, the fit has its values, its targets and its draws."""
    fit = fit_of(found(), about="made", script="a test", model_error=0.0)
    write_fit(found(), fit, tmp_path, "made")
    assert load_fit(tmp_path / "made.toml") == fit
    draws = read_draws(tmp_path / "made-draws.csv")
    assert draws.paths == found().paths and np.allclose(draws.rows, found().draws.rows, rtol=1e-5)
    assert fit.fitted_to == {"resigned", "otherwise", "share"} and {one.quality for one in fit.parameter} == {
        "calibrated"
    }


def test_scales_go_and_come_back() -> None:
    """Values at shares of a range, on each scale, are at those shares; ends are the range's ends."""
    shares = np.linspace(0, 1, 7)
    for scale in ("linear", "log", "logit"):
        parameter = Parameter(path="p", low=0.02, high=0.7, scale=scale)
        values = parameter.values(shares)
        assert parameter.shares(values) == pytest.approx(shares) and values[[0, -1]] == pytest.approx([0.02, 0.7])


def test_whole_numbers_stay_whole() -> None:
    """Where the scenario has a whole number, so has every point."""
    months = Parameter(path="policies.mars.min_service_months", low=0, high=24)
    rows = settings((months,), load_scenario("hamlet"), np.array([[0.0], [0.49], [1.0]]))
    assert rows == ((0,), (12,), (24,)) and all(type(row[0]) is int for row in rows)


TARGET = Target(name="resigned", kind="count", value=10.0)


@pytest.mark.parametrize(
    ("targets", "free", "more", "said"),
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
def test_what_cannot_be_fitted_is_told(
    targets: tuple[Target, ...], free: tuple[Parameter, ...], more: dict[str, int], said: str
) -> None:
    """Each mistake ends with a sentence that says what would be right."""
    with pytest.raises(CalibrationError, match=said):
        calibrate(crowd(), targets, free, measure=counts, progress=False, **{"seeds": 1, "budget": 20, **more})


def test_a_path_that_leads_nowhere_is_told_before_anything_is_run() -> None:
    """The nearest path is named."""
    wrong = Parameter(path="behaviour.departures.resin", low=0.1, high=0.2)
    with pytest.raises(ScenarioError, match="resign"):
        calibrate(crowd(), aims(0.4, 0.1), (wrong,), measure=counts, progress=False)


@pytest.mark.parametrize("ends", [(2.0, 1.0), (float("nan"), 1.0), ("0", 1.0), (0.0, None)])
def test_a_range_that_is_none_is_refused(ends: tuple[Any, Any]) -> None:
    """Low before high, and both finite."""
    with pytest.raises(CalibrationError, match="the lower first"):
        Parameter(path="p", low=ends[0], high=ends[1])
    with pytest.raises(CalibrationError, match="log scale"):
        Parameter(path="p", low=0.0, high=1.0, scale="log")


def test_it_is_readable() -> None:
    """The fit says what was fitted and what is furthest off; a profile where it ends."""
    assert "resign = " in repr(found()) and "furthest off" in repr(found())
    assert "from" in repr(found().profile(OTHER, points=5)) and "<table" in found()._repr_html_()
