"""History matching: known truths are found, what is wrong is ruled out, and the checks of a fit can fail."""

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
    """Points of the flattened posterior, for every test that reweights them."""
    return pool_of(matched(), steps=120 if THOROUGH else 48)


@pytest.mark.thorough
def test_known_truths_are_found_again() -> None:
    """Fitted to what hazards of 0.4 and 0.1 give, both lie in the middle 80%, and the idle input is not moved."""
    found = matched().identified
    for path, truth in ((RESIGN, 0.4), (OTHER, 0.1)):
        assert found.loc[path, "10%"] < truth < found.loc[path, "90%"]
        assert found.loc[path, "identified"] and found.loc[path, "width left"] < 0.5
    assert not found.loc[IDLE, "identified"] and IDLE not in dict(matched().setting)
    assert matched().fitted.calibrated.keys() == {RESIGN, OTHER}
    assert matched().fit["standardised"].abs().max() < 1.0


@pytest.mark.thorough
def test_chains_have_mixed_and_space_is_ruled_out() -> None:
    """R-hat is near 1, the effective sample is large, and both waves leave a small part of the prior."""
    assert matched().rhat < 1.1 and matched().effective > 200
    first, second = matched().left
    assert 0.0 < second <= first * 1.2 < 0.3
    assert matched().runs == 12 + 40 + 16 + 12 and matched().bounded


def test_emulators_are_judged_at_points_left_out() -> None:
    """They tell nearly all of the variance, and their intervals hold about what they say."""
    quality = matched().quality
    assert (quality["r2"] > 0.9).all() and quality["within 90%"].between(0.8, 1.0).all()


def test_a_planted_wrong_mechanism_is_ruled_out() -> None:
    """Figures of a world in which half of those who left were back (which no input can give) leave no point plausible."""
    wrong = tuple(attrs.evolve(one, value=one.value / 2) if one.name == "share" else one for one in aims(0.4, 0.1))
    found = matched()
    rows = found.ensemble.wave == 0
    evidence = evidence_of(DISCREPANCY, wrong, found.ensemble.matrix(DISCREPANCY.figures)[rows], np.zeros(len(wrong)))
    assert left_of(evidence, found.emulated, len(FREE)) == 0.0
    assert not posterior_surface(evidence, found.emulated, found.ensemble, len(FREE))[0].bounded
    right = evidence_of(DISCREPANCY, aims(0.4, 0.1), found.ensemble.matrix(DISCREPANCY.figures)[rows], np.zeros(3))
    assert left_of(right, found.emulated, len(FREE)) > 0.0


def test_a_replication_that_lacks_a_figure_is_left_out() -> None:
    """It tells nothing of how figures vary together; where too few are whole, the figure that is lacking is named."""
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


def test_a_file_with_something_else_than_numbers_is_no_ensemble(tmp_path: Path) -> None:
    """It is refused by name, as a file without inputs is."""
    path = tmp_path / "ensemble.csv"
    path.write_text("wave,input: a,left\n1,0.5,many\n", "utf-8")
    with pytest.raises(FormatError, match="has a cell that is not a number"):
        read_ensemble(path)


def test_ranks_are_uniform_and_a_planted_fault_is_seen() -> None:
    """Known truths have uniform ranks; with a likelihood that is five times too sure of itself they have not."""
    size = 4096 if THOROUGH else 1024
    right = calibrated(matched(), trials=120, pool=size)
    wrong = calibrated(matched(), trials=120, pool=size, narrowed=0.2)
    assert right.worst > 0.05
    assert wrong.worst < 0.01 and wrong.table["within 90%"].min() < 0.75 < right.table["within 90%"].min()
    with pytest.raises(CalibrationError, match="trials: is 3"):
        calibrated(matched(), trials=3)


@pytest.mark.thorough
def test_a_block_is_predicted_without_itself() -> None:
    """Without its block a figure is predicted as it was, sharper than by the prior where other blocks tell of it."""
    table = out_of_block(matched(), pool=pool())
    assert table["inside 90%"].all() and (table["effective"] > 50).all()
    share = table.loc["resigned"]
    assert share["crps"] < share["prior crps"] and share["width"] < share["prior high 90%"] - share["prior low 90%"]


def test_later_figures_are_predicted_from_earlier_ones() -> None:
    """From two figures the third is predicted, as it was; an unknown figure, and nothing to predict, are refused."""
    table = predicted_from(matched(), ["resigned", "otherwise"], pool=pool())
    assert list(table.index) == ["share"] and table.loc["share", "inside 90%"]
    assert table.loc["share", "crps"] < table.loc["share", "prior crps"]
    with pytest.raises(CalibrationError, match="resigned"):
        predicted_from(matched(), ["resined"])
    with pytest.raises(CalibrationError, match="leave others to predict"):
        predicted_from(matched(), ["resigned", "otherwise", "share"])


def test_intervals_hold_every_source() -> None:
    """The interval of one world is wider than chance alone, and grows with the model's own error."""
    ensemble = matched().ensemble
    small, large = (intervals(ensemble, {"resigned": (share, 0.0)})["resigned"] for share in (0.0, 0.3))
    assert large.high_90 - large.low_90 > 1.5 * (small.high_90 - small.low_90)
    assert small.high_90 - small.low_90 > 2.0 * small.by_chance and small.low_90 < 75.3 < small.high_90


@pytest.mark.thorough
def test_an_ensemble_is_kept_and_gone_on_from(tmp_path: Path) -> None:
    """Written and read it is the same to seven digits, and a fit that begins with it makes no run of its own."""
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
    ("changes", "said"),
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
def test_what_cannot_be_matched_is_told(changes: dict[str, object], said: str) -> None:
    """Each mistake ends with a sentence that says what would be right."""
    asked: dict[str, object] = {"parameters": FREE, "discrepancy": DISCREPANCY, **changes}
    free = asked.pop("parameters")
    error = asked.pop("discrepancy")
    asked = {"waves": (9,), "replications": 4, **asked}
    with pytest.raises(CalibrationError, match=said):
        match(crowd(), aims(0.4, 0.1), free, error, measure=counts, progress=False, **asked)  # type: ignore[arg-type]


def test_a_prior_with_a_peak() -> None:
    """A triangle's quantiles go there and back, its middle is at the mode of a symmetric one, and ends are the ends."""
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
def test_an_error_is_a_share_or_absolute(wrong: dict[str, float]) -> None:
    """One of them, above zero; and correlations are possible ones."""
    with pytest.raises(CalibrationError, match="give one of the two"):
        BlockFigure(name="a", **wrong)
    with pytest.raises(CalibrationError, match="together"):
        Block(name="b", together=1.0, figure=())


def test_what_matters_is_found_and_what_is_idle_is_not() -> None:
    """Resignations depend on their hazard; the idle input explains nothing, before fitting or after."""
    table = importance(matched(), ["resigned"]).loc["resigned"]
    assert table.loc[RESIGN, "total"] > 0.8 and table.loc[IDLE, "total"] < 0.05
    assert table.loc[RESIGN, "learned"] > 0.5 > 0.1 > table.loc[IDLE, "learned"]
    assert table.loc[RESIGN, "narrowed"] == pytest.approx(1.0 - (1.0 - table.loc[RESIGN, "learned"]) ** 0.5)
    flat = np.linspace(0, 1, 400)
    assert explained(flat, flat**2) > 0.99 and explained(flat, np.sin(1e4 * np.arange(400.0))) < 0.1


@pytest.mark.thorough
def test_what_matters_to_a_gap_is_found_with_common_luck() -> None:
    """To the same world there is no gap at any point; to one that ends earlier the gap is what happened later."""
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
