"""Dominance, regret, limits and shares of futures won, compared with results by hand."""

from __future__ import annotations

import numpy as np
import pytest

from nhstransit.choice.robust import dominance, dominates, ranked, regret, resampled, satisfied, won

RANDOM = np.random.default_rng(1)


def test_regret_and_shares_of_futures_won_agree_with_results_by_hand() -> None:
    """There are three options and four futures."""
    figures = np.array([[1.0, 4.0, 2.0, 0.0], [3.0, 1.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    assert regret(figures).tolist() == [[2.0, 0.0, 0.0, 0.0], [0.0, 3.0, 0.0, 0.0], [3.0, 4.0, 2.0, 0.0]]
    third = 1 / 3
    assert won(figures) == pytest.approx([(1 + 0.5 + third) / 4, (1 + 0.5 + third) / 4, third / 4])
    assert ranked(figures).tolist() == [0, 1, 2]


def test_limits_are_checked_in_each_future() -> None:
    """One objective has a limit and one has none."""
    figures = np.array([[[1.0, 3.0], [2.0, 2.0]], [[0.0, 0.0], [9.0, 9.0]]])
    assert satisfied(figures, np.array([2.0, np.nan])).tolist() == [[False, True], [True, True]]


def test_a_dominating_option_is_better_once_and_never_worse() -> None:
    means = np.array([[1.0, 1.0, 0.0], [1.0, 2.0, 3.0]])
    assert dominates(means).tolist() == [[False, False, False], [True, False, False], [False, False, False]]


def test_dominance_has_a_probability() -> None:
    """Option 0 clearly dominates option 1, option 2 equals it in one objective, and option 3 differs only by chance."""
    noise = RANDOM.standard_normal((2, 1, 40))
    means = np.array([[3.0, 1.0, 3.0, 3.0], [3.0, 1.0, 9.0, 3.0]])[:, :, None]
    own = np.zeros((2, 4, 40))
    own[:, 3] = RANDOM.standard_normal((2, 40))
    beats, kept = dominance(means + noise + own)
    assert beats[0, 1] == 1.0 and kept[1] == 0.0
    assert beats[2, 0] == 1.0 and kept[2] == 1.0  # equal in one objective, better in the other
    assert 0.02 < beats[0, 3] < 0.98


def test_options_that_differ_only_by_rounding_do_not_dominate() -> None:
    """Their figures differ as after adding in another order."""
    figures = RANDOM.standard_normal((1, 1, 20)) * 1e9
    both = np.concatenate([figures, figures + 1e-7], axis=1)
    beats, kept = dominance(both)
    assert not beats.any() and kept.tolist() == [1.0, 1.0]


def test_bootstrap_weights_are_unbiased_and_reproducible() -> None:
    """Weights add up to 1, and the variance of a weighted mean is right."""
    weights = resampled(25)
    assert weights.sum(axis=1) == pytest.approx(np.ones(2_000))
    assert weights.mean() == pytest.approx(1 / 25)
    figures = RANDOM.standard_normal(25)
    assert (weights @ figures).std() == pytest.approx(figures.std() / 5, rel=0.1)
    assert (resampled(25) == weights).all()
