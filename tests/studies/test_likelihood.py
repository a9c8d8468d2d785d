"""The pieces of the likelihood, against the distributions that they are."""

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


def test_a_count_that_varies_as_chance_does_is_poisson() -> None:
    """With the variance of its mean, a count has Poisson's probability."""
    assert count_piece(11.0, MEAN, MEAN) == pytest.approx(stats.poisson.logpmf(11, MEAN))


def test_a_count_that_varies_more_is_negative_binomial() -> None:
    """With a larger variance, the negative binomial of that mean and variance."""
    variance = MEAN * 3.0
    size = MEAN**2 / (variance - MEAN)
    chance = MEAN / variance
    assert count_piece(11.0, MEAN, variance) == pytest.approx(stats.nbinom.logpmf(11, size, chance))


def test_a_share_is_binomial_or_wider() -> None:
    """With its own variance a share is binomial; with a larger one beta-binomial of that variance."""
    share = np.array([0.15, 0.2, 0.3])
    own = share * (1 - share) / 100
    assert share_piece(0.2, 100, share, own) == pytest.approx(stats.binom.logpmf(20, 100, share), rel=1e-6)
    inner = 1.0 / 99.0  # doubles the variance
    total = 1.0 / inner - 1.0
    wide = stats.betabinom.logpmf(20, 100, share * total, (1 - share) * total)
    assert share_piece(0.2, 100, share, 2 * own) == pytest.approx(wide, rel=1e-6)


def test_a_total_is_normal() -> None:
    """A sum of money has the normal's density."""
    variance = np.array([4.0, 9.0, 16.0])
    assert normal_piece(10.0, MEAN, variance) == pytest.approx(stats.norm.logpdf(10.0, MEAN, np.sqrt(variance)))


@pytest.mark.parametrize("kind", ["count", "share", "mean", "total"])
def test_a_figure_is_likeliest_where_the_world_gives_it(kind: str) -> None:
    """Over worlds that differ in the mean alone, the likelihood is highest at the published figure."""
    value = 0.4 if kind == "share" else 400.0
    target = Target(name="made", kind=kind, value=value, tolerance=value / 50, size=200.0)
    means = value * np.linspace(0.5, 1.5, 101)
    heights = log_likelihood(target, means, np.full(101, (value / 20) ** 2))
    assert means[heights.argmax()] == pytest.approx(value, rel=0.02)


def test_two_accounts_of_one_error_are_not_added() -> None:
    """The binomial error of a share counts only where asking others and running again vary less."""
    target = Target(name="made", kind="share", value=0.2, size=100.0)
    mean = np.array([0.2])
    assert variance_about(target, mean, np.array([1e-6])) == pytest.approx(0.0016, rel=1e-5)
    assert variance_about(target, mean, np.array([0.01])) == pytest.approx(0.01, rel=1e-5)


def test_a_figure_that_cannot_be_met_does_not_pull() -> None:
    """Far from a figure its likelihood hardly slopes any more; near it, it is that of the model's plain error."""
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


def test_standardised_says_which_way() -> None:
    """A world that gives more than was published is off by so many standard deviations upwards."""
    target = Target(name="made", kind="total", value=10.0, tolerance=3.0, model_error=4.0)
    assert standardised(target, np.array([20.0]), np.array([0.0])) == pytest.approx(2.0)


def test_only_what_may_be_fitted_is_a_target() -> None:
    """Every target of England is published with use `calibrate`; checks and what is held out are refused by name."""
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


def test_kinds_follow_units() -> None:
    """People are counts, shares shares, pounds a person means, millions totals; a share's size follows from its error."""
    kinds = {target.name: target for target in targets_of()}
    assert kinds["mars-round1-leavers"].kind == "count" and kinds["redundancies-total"].kind == "count"
    assert kinds["mars-mean-payment-pct"].kind == "mean"
    assert kinds["redundancies-cost"].kind == "total" and kinds["mars-share-clinicians"].kind == "share"
    assert kinds["mars-share-clinicians"].size == pytest.approx(641, rel=0.05)


@pytest.mark.parametrize("wrong", [{"value": 1.2}, {"size": 0.0}, {"tolerance": -1.0}, {"model_error": float("nan")}])
def test_a_target_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    """A share above 1 or of nobody, and an error below 0, are told by the target's name."""
    usual = {"value": 0.2, "size": 100.0}
    with pytest.raises(CalibrationError, match="target made"):
        Target(name="made", kind="share", **{**usual, **wrong})


@pytest.mark.parametrize(
    ("value", "said"), [(-3, "is a count of -3; give a count of 0 or more"), ("3", "has .*; give finite numbers")]
)
def test_a_count_is_a_number_of_0_or_more(value: Any, said: str) -> None:
    """Minus three people, and three in writing, are told."""
    with pytest.raises(CalibrationError, match=f"target made: {said}"):
        Target(name="made", kind="count", value=value)
