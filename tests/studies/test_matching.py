"""History matching: known parameters are recovered, wrong ones are ruled out, and the checks of a fit can fail."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import attrs
import numpy as np
import pytest

from nhstransit.errors import CalibrationError, FormatError
from nhstransit.scenario.discrepancy import Block, BlockFigure, Discrepancy
from nhstransit.studies.blocks import evidence_of
from nhstransit.studies.checks import Pool, calibrated, intervals, out_of_block, pool_of, predicted_from
from nhstransit.studies.ensemble import read_ensemble
from nhstransit.studies.importance import explained, gaps_at, importance
from nhstransit.studies.matching import left_of, match, posterior_surface
from nhstransit.studies.posterior import Parameter
from tests.examples import THOROUGH
from tests.studies.made_calibration import OTHER, RESIGN, aims, counts, crowd
from tests.studies.made_matching import DISCREPANCY, FREE, IDLE, matched


@cache
def pool() -> Pool:
    """Points of the flattened posterior, for the tests that reweight them."""
    return pool_of(matched(), steps=120 if THOROUGH else 48)


@pytest.mark.thorough
def test_known_hazards_are_recovered() -> None:
    """After a fit to the expected figures for 0.4 and 0.1, both are within the middle 80%.

    An input without effect is unchanged.
    """
    found = matched().identified
    for path, truth in ((RESIGN, 0.4), (OTHER, 0.1)):
        assert found.loc[path, "10%"] < truth < found.loc[path, "90%"]
        assert found.loc[path, "identified"] and found.loc[path, "width left"] < 0.5
    assert not found.loc[IDLE, "identified"] and IDLE not in dict(matched().setting)
    assert matched().fitted.calibrated.keys() == {RESIGN, OTHER}
    assert matched().fit["standardised"].abs().max() < 1.0


@pytest.mark.thorough
def test_chains_converge_and_most_of_the_prior_is_ruled_out() -> None:
    """R-hat is near 1, the effective sample is large, and a small part of the prior is left."""
    assert matched().rhat < 1.1 and matched().effective > 200
    first, second = matched().left
    assert 0.0 < second <= first * 1.2 < 0.3
    assert matched().runs == 12 + 40 + 16 + 12 and matched().bounded


def test_emulators_are_accurate_at_points_left_out() -> None:
    """They explain nearly all of the variance, and their intervals have about their stated coverage."""
    quality = matched().quality
    assert (quality["r2"] > 0.9).all() and quality["within 90%"].between(0.8, 1.0).all()


def test_figures_of_a_wrong_mechanism_rule_out_every_point() -> None:
    """The figures assume that half of the leavers returned, which no input can produce."""
    wrong = tuple(attrs.evolve(one, value=one.value / 2) if one.name == "share" else one for one in aims(0.4, 0.1))
    found = matched()
    rows = found.ensemble.wave == 0
    evidence = evidence_of(DISCREPANCY, wrong, found.ensemble.matrix(DISCREPANCY.figures)[rows], np.zeros(len(wrong)))
    assert left_of(evidence, found.emulated, len(FREE)) == 0.0
    assert not posterior_surface(evidence, found.emulated, found.ensemble, len(FREE))[0].bounded
    right = evidence_of(DISCREPANCY, aims(0.4, 0.1), found.ensemble.matrix(DISCREPANCY.figures)[rows], np.zeros(3))
    assert left_of(right, found.emulated, len(FREE)) > 0.0


def test_a_replication_without_a_figure_is_left_out() -> None:
    """It has no information on covariances.

    If too few replications are complete, the error names the missing figure.
    """
    found = matched()
    whole = found.ensemble.matrix(DISCREPANCY.figures)[found.ensemble.wave == 0]
    gap = np.full(3, np.nan)
    gap[:2] = 1.0
    some = evidence_of(DISCREPANCY, found.targets, np.vstack([gap, whole]), np.zeros(3))
    assert np.array_equal(some.chance, evidence_of(DISCREPANCY, found.targets, whole, np.zeros(3)).chance)
    with pytest.raises(
        CalibrationError,
        match="only 3 of 5 have every figure; 'share' is missing most often; make more, until at least 4",
    ):
        evidence_of(DISCREPANCY, found.targets, np.vstack([gap, gap, whole[:3]]), np.zeros(3))


def test_a_file_with_other_data_is_refused_as_an_ensemble(tmp_path: Path) -> None:
    """The error names the file; a file without inputs is refused too."""
    path = tmp_path / "ensemble.csv"
    path.write_text("wave,input: a,left\n1,0.5,many\n", "utf-8")
    with pytest.raises(FormatError, match="has a cell that is not a number"):
        read_ensemble(path)


def test_ranks_are_uniform_only_with_the_right_likelihood() -> None:
    """With a likelihood that is five times too narrow, ranks of known parameters are not uniform."""
    size = 4096 if THOROUGH else 1024
    right = calibrated(matched(), trials=120, pool=size)
    wrong = calibrated(matched(), trials=120, pool=size, narrowed=0.2)
    assert right.worst > 0.05
    assert wrong.worst < 0.01 and wrong.table["within 90%"].min() < 0.75 < right.table["within 90%"].min()
    with pytest.raises(CalibrationError, match="trials: is 3"):
        calibrated(matched(), trials=3)


@pytest.mark.thorough
def test_a_block_is_predicted_from_the_other_blocks() -> None:
    """The prediction agrees with the figure and is narrower than that of the prior if other blocks are informative."""
    table = out_of_block(matched(), pool=pool())
    assert table["inside 90%"].all() and (table["effective"] > 50).all()
    share = table.loc["resigned"]
    assert share["crps"] < share["prior crps"] and share["width"] < share["prior high 90%"] - share["prior low 90%"]


def test_later_figures_are_predicted_from_earlier_ones() -> None:
    """The third figure is predicted from the first two. An unknown figure and an empty list are refused."""
    table = predicted_from(matched(), ["resigned", "otherwise"], pool=pool())
    assert list(table.index) == ["share"] and table.loc["share", "inside 90%"]
    assert table.loc["share", "crps"] < table.loc["share", "prior crps"]
    with pytest.raises(CalibrationError, match="resigned"):
        predicted_from(matched(), ["resined"])
    with pytest.raises(CalibrationError, match="leave others to predict"):
        predicted_from(matched(), ["resigned", "otherwise", "share"])


def test_intervals_include_every_source_of_error() -> None:
    """The interval is wider than chance alone, and grows with the model error."""
    ensemble = matched().ensemble
    small, large = (intervals(ensemble, {"resigned": (share, 0.0)})["resigned"] for share in (0.0, 0.3))
    assert large.high_90 - large.low_90 > 1.5 * (small.high_90 - small.low_90)
    assert small.high_90 - small.low_90 > 2.0 * small.by_chance and small.low_90 < 75.3 < small.high_90


@pytest.mark.thorough
def test_a_fit_can_start_from_a_stored_ensemble(tmp_path: Path) -> None:
    """The ensemble is stored to seven digits, and a fit that starts from it makes no run."""
    path = tmp_path / "ensemble.csv"
    matched().ensemble.write(path)
    begun = read_ensemble(path)
    assert begun.paths == matched().paths and np.allclose(begun.points, matched().ensemble.points, atol=1e-8)
    again = match(
        crowd(), aims(0.4, 0.1), FREE, DISCREPANCY, measure=_never, waves=(40, 16), replications=12, predictive=12,
        draws=60, steps=200, begun=begun, progress=False,
    )  # fmt: skip
    assert again.setting == matched().setting and again.left == matched().left


def _never(run: object) -> dict[str, float]:
    raise AssertionError(f"{run} was simulated")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"waves": (4,)}, "of which the first is 9 or more"),
        ({"waves": (40, 16, 12)}, "one or two numbers"),
        ({"replications": 2}, "4 or more"),
        ({"parameters": (FREE[0], attrs.evolve(FREE[1], also=(RESIGN,)))}, "each path only once"),
        (
            {"discrepancy": Discrepancy(block=(Block(name="b", figure=(BlockFigure(name="resined", share=0.1),)),))},
            "resigned",
        ),
    ],
)
def test_an_invalid_match_is_refused(changes: dict[str, object], message: str) -> None:
    """The error says what would be right."""
    asked: dict[str, object] = {"parameters": FREE, "discrepancy": DISCREPANCY, **changes}
    free = asked.pop("parameters")
    error = asked.pop("discrepancy")
    asked = {"waves": (9,), "replications": 4, **asked}
    with pytest.raises(CalibrationError, match=message):
        match(crowd(), aims(0.4, 0.1), free, error, measure=counts, progress=False, **asked)  # type: ignore[arg-type]


def test_a_triangular_prior_has_correct_quantiles() -> None:
    """Quantiles and shares are inverse functions. The median of a symmetric prior is its mode."""
    one = Parameter(path="p", low=0.0, mode=1.0, high=4.0)
    shares = np.linspace(0, 1, 9)
    assert one.shares(one.values(shares)) == pytest.approx(shares) and one.values(np.array([0.25])) == pytest.approx(
        [1.0]
    )
    assert Parameter(path="p", low=0.0, mode=2.0, high=4.0).values(np.array([0.0, 0.5, 1.0])) == pytest.approx(
        [0, 2, 4]
    )
    assert one.shape == "triangular" and attrs.evolve(one, mode=None).shape == "uniform"
    with pytest.raises(CalibrationError, match="mode"):
        Parameter(path="p", low=0.0, mode=5.0, high=4.0)


@pytest.mark.parametrize("wrong", [{"share": 0.0}, {"share": 0.1, "absolute": 0.1}, {"share": -0.1, "absolute": 0.2}])
def test_a_model_error_is_either_a_share_or_absolute(wrong: dict[str, float]) -> None:
    """Exactly one is given and above zero, and correlations are possible."""
    with pytest.raises(CalibrationError, match="give one of the two"):
        BlockFigure(name="a", **wrong)
    with pytest.raises(CalibrationError, match="together"):
        Block(name="b", together=1.0, figure=())


def test_inputs_with_an_effect_are_found() -> None:
    """Resignations depend on their hazard. An input without effect explains nothing before or after fitting."""
    table = importance(matched(), ["resigned"]).loc["resigned"]
    assert table.loc[RESIGN, "total"] > 0.8 and table.loc[IDLE, "total"] < 0.05
    assert table.loc[RESIGN, "learned"] > 0.5 > 0.1 > table.loc[IDLE, "learned"]
    assert table.loc[RESIGN, "narrowed"] == pytest.approx(1.0 - (1.0 - table.loc[RESIGN, "learned"]) ** 0.5)
    flat = np.linspace(0, 1, 400)
    assert explained(flat, flat**2) > 0.99 and explained(flat, np.sin(1e4 * np.arange(400.0))) < 0.1


@pytest.mark.thorough
def test_inputs_with_an_effect_on_a_gap_are_found() -> None:
    """With common random numbers, the gap to the same scenario is zero.

    The gap to a shorter scenario is the later events.
    """
    fit = matched()
    none = gaps_at(fit, crowd(), ["resigned", "share"], measure=counts, progress=False)
    assert not none.ensemble.matrix(("resigned", "share")).any()
    shorter = crowd().having("end", crowd().end - dt.timedelta(days=120))
    later = gaps_at(fit, shorter, ["resigned"], measure=counts, progress=False)
    assert (later.ensemble.of("resigned") >= 0).all() and later.ensemble.of("resigned").sum() > 0
    table = importance(later, ["resigned"]).loc["resigned"]
    assert table.loc[RESIGN, "total"] > table.loc[IDLE, "total"]
    with pytest.raises(CalibrationError, match="wave: is 7, which has no runs; give one of 0, 1, 2, 9"):
        gaps_at(fit, shorter, ["resigned"], wave=7, measure=counts)
