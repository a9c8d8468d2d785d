"""Probabilities from scores, and preferences that partly persist."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.selection import highest, logistic, persistent

COUNT = 40_000


@given(st.lists(st.floats(-1e308, 1e308), max_size=20))
def test_logistic_never_overflows(scores: list[float]) -> None:
    """For any score the result is a probability from 0 to 1, without a warning."""
    chances = logistic(np.array(scores))
    assert ((chances >= 0) & (chances <= 1)).all()


def test_logistic_follows_its_definition() -> None:
    """It is 1 / (1 + exp(−x)), a half at zero, and its values at x and −x add up to one."""
    scores = np.linspace(-30, 30, 601)
    assert logistic(scores) == pytest.approx(1 / (1 + np.exp(-scores)), rel=1e-9, abs=1e-15)
    assert logistic(np.zeros(1)).tolist() == [0.5]
    assert logistic(scores) + logistic(-scores) == pytest.approx(np.ones(601), abs=1e-15)
    assert logistic(np.array([-np.inf, np.inf])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_tastes_are_uniform_and_correlated_by_their_share(share: float) -> None:
    """The tastes of each round are uniform. As normal scores, those of two rounds have the correlation `share`."""
    from scipy.special import ndtri

    rng = np.random.default_rng(5)
    lasting, *fresh = rng.normal(size=(3, COUNT))
    first, second = (persistent(lasting, each, share) for each in fresh)
    for taste in (first, second):
        gaps = np.abs(np.sort(taste) - (np.arange(COUNT) + 0.5) / COUNT)
        assert gaps.max() * np.sqrt(COUNT) < 1.63
    found = float(np.corrcoef(ndtri(first), ndtri(second))[0, 1])
    assert found == pytest.approx(share, abs=4 * (1 - share**2) / np.sqrt(COUNT) + 1e-9)


def test_full_and_no_persistence_use_one_draw_only() -> None:
    """With a share of 1 the round's own draw has no effect. With a share of 0 the lasting draw has none."""
    lasting = np.array([0.3])
    fresh = np.array([-1.2])
    other = np.array([2.0])
    assert persistent(lasting, fresh, 1.0).tolist() == persistent(lasting, other, 1.0).tolist()
    assert persistent(lasting, fresh, 0.0).tolist() == persistent(other, fresh, 0.0).tolist()


def test_highest_returns_the_first_of_equal_scores() -> None:
    """The result is the row of the highest score in each column."""
    assert highest(np.array([[1.0, 0.0, 2.0], [2.0, 0.0, 2.0], [0.0, 0.5, 1.0]])).tolist() == [1, 2, 0]


def test_the_highest_score_plus_gumbel_noise_is_a_logit() -> None:
    """With Gumbel noise, each of the scores 0, 1 and −1 is highest with probability exp(score) / Σ exp(score)."""
    rng = np.random.default_rng(6)
    scores = np.array([0.0, 1.0, -1.0])
    won = np.bincount(highest(scores[:, None] + rng.gumbel(size=(3, COUNT))), minlength=3) / COUNT
    assert won == pytest.approx(np.exp(scores) / np.exp(scores).sum(), abs=4 * 0.5 / np.sqrt(COUNT))
