"""The parts of the likelihood, compared with their distributions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from nhstransit.england import bundled_outcomes, targets_of
from nhstransit.errors import CalibrationError
from nhstransit.studies.calibration import Target
from nhstransit.studies.likelihood import (
    count_piece,
    log_likelihood,
    normal_piece,
    share_piece,
    standardised,
    variance_about,
)

MEAN = np.array([3.0, 12.5, 640.0])


def test_a_count_with_the_variance_of_its_mean_is_poisson() -> None:
    assert count_piece(11.0, MEAN, MEAN) == pytest.approx(stats.poisson.logpmf(11, MEAN))


def test_a_count_with_a_larger_variance_is_negative_binomial() -> None:
    """It has that mean and variance."""
    variance = MEAN * 3.0
    size = MEAN**2 / (variance - MEAN)
    chance = MEAN / variance
    assert count_piece(11.0, MEAN, variance) == pytest.approx(stats.nbinom.logpmf(11, size, chance))


def test_a_share_is_binomial_or_beta_binomial() -> None:
    """With the binomial variance it is binomial; with a larger variance it is beta-binomial."""
    share = np.array([0.15, 0.2, 0.3])
    own = share * (1 - share) / 100
    assert share_piece(0.2, 100, share, own) == pytest.approx(stats.binom.logpmf(20, 100, share), rel=1e-6)
    inner = 1.0 / 99.0  # doubles the variance
    total = 1.0 / inner - 1.0
    wide = stats.betabinom.logpmf(20, 100, share * total, (1 - share) * total)
    assert share_piece(0.2, 100, share, 2 * own) == pytest.approx(wide, rel=1e-6)


def test_a_total_is_normal() -> None:
    """Amounts of money have a normal density."""
    variance = np.array([4.0, 9.0, 16.0])
    assert normal_piece(10.0, MEAN, variance) == pytest.approx(stats.norm.logpdf(10.0, MEAN, np.sqrt(variance)))


@pytest.mark.parametrize("kind", ["count", "share", "mean", "total"])
def test_the_likelihood_is_highest_at_the_published_figure(kind: str) -> None:
    """The simulated means vary, and nothing else does."""
    value = 0.4 if kind == "share" else 400.0
    target = Target(name="made", kind=kind, value=value, tolerance=value / 50, size=200.0)
    means = value * np.linspace(0.5, 1.5, 101)
    heights = log_likelihood(target, means, np.full(101, (value / 20) ** 2))
    assert means[heights.argmax()] == pytest.approx(value, rel=0.02)


def test_two_estimates_of_one_error_are_not_added() -> None:
    """The binomial error of a share applies only if the variation between runs and its stated error are smaller."""
    target = Target(name="made", kind="share", value=0.2, size=100.0)
    mean = np.array([0.2])
    assert variance_about(target, mean, np.array([1e-6])) == pytest.approx(0.0016, rel=1e-5)
    assert variance_about(target, mean, np.array([0.01])) == pytest.approx(0.01, rel=1e-5)


def test_a_figure_that_cannot_be_met_has_little_influence() -> None:
    """Far from the figure, the likelihood is nearly flat; near it, it is that of the model error alone."""
    target = Target(name="made", kind="total", value=100.0, model_error=1.0)
    plain = Target(name="made", kind="total", value=100.0, tolerance=1.0)
    near = np.array([100.0, 101.0])
    far = np.array([140.0, 141.0])
    nothing = np.zeros(2)
    assert np.diff(log_likelihood(target, near, nothing)) == pytest.approx(
        np.diff(log_likelihood(plain, near, nothing)), abs=0.05
    )
    assert (
        abs(np.diff(log_likelihood(target, far, nothing))[0])
        < 0.5
        < 30
        < abs(np.diff(log_likelihood(plain, far, nothing))[0])
    )


def test_standardised_differences_have_a_sign() -> None:
    """A simulated figure above the published one has a positive difference in standard deviations."""
    target = Target(name="made", kind="total", value=10.0, tolerance=3.0, model_error=4.0)
    assert standardised(target, np.array([20.0]), np.array([0.0])) == pytest.approx(2.0)


def test_only_figures_for_calibration_are_targets() -> None:
    """Every target of England has the use `calibrate`. Checks and held-out figures are refused by name."""
    outcomes = bundled_outcomes()
    for target in targets_of():
        assert outcomes.named(target.name.partition(":")[0]).use == "calibrate"
    for name, use in (("staff-transferred", "validate"), ("redundancies-mean-cost", "check")):
        with pytest.raises(CalibrationError, match=use):
            targets_of([name])
    with pytest.raises(CalibrationError, match="did you mean 'mars-round1-leavers'"):
        targets_of(["mars-round1-leaver"])
    assert targets_of("mars-round1-leavers") == targets_of(["mars-round1-leavers"])
    with pytest.raises(CalibrationError, match="target 'staff-transferred': has the use 'validate'"):
        targets_of("staff-transferred")


def test_the_kind_of_a_target_follows_its_unit() -> None:
    """People are counts, pounds per person are means, and millions are totals.

    The size of a share follows from its error.
    """
    kinds = {target.name: target for target in targets_of()}
    assert kinds["mars-round1-leavers"].kind == "count" and kinds["redundancies-total"].kind == "count"
    assert kinds["mars-mean-payment-pct"].kind == "mean"
    assert kinds["redundancies-cost"].kind == "total" and kinds["mars-share-clinicians"].kind == "share"
    assert kinds["mars-share-clinicians"].size == pytest.approx(641, rel=0.05)


@pytest.mark.parametrize("wrong", [{"value": 1.2}, {"size": 0.0}, {"tolerance": -1.0}, {"model_error": float("nan")}])
def test_an_invalid_target_is_refused(wrong: dict[str, float]) -> None:
    """A share above 1 or of zero people, and a negative error. The error names the target."""
    usual = {"value": 0.2, "size": 100.0}
    with pytest.raises(CalibrationError, match="target made"):
        Target(name="made", kind="share", **{**usual, **wrong})


@pytest.mark.parametrize(
    ("value", "message"), [(-3, "is a count of -3; give a count of 0 or more"), ("3", "has .*; give finite numbers")]
)
def test_a_count_must_be_zero_or_more(value: Any, message: str) -> None:
    """A negative number and text are refused."""
    with pytest.raises(CalibrationError, match=f"target made: {message}"):
        Target(name="made", kind="count", value=value)
