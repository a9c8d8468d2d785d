"""Chances from scores, and tastes that partly persist."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.selection import highest, logistic, persistent

COUNT = 40_000


@given(st.lists(st.floats(-1e308, 1e308), max_size=20))
def test_logistic_never_overflows(scores: list[float]) -> None:
    """However large the score, a chance from 0 to 1 and no warning."""
    chances = logistic(np.array(scores))
    assert ((chances >= 0) & (chances <= 1)).all()


def test_logistic_by_its_definition() -> None:
    """1 / (1 + exp(−x)), to the last digits; a half at zero; x and −x sum to one."""
    scores = np.linspace(-30, 30, 601)
    assert logistic(scores) == pytest.approx(1 / (1 + np.exp(-scores)), rel=1e-9, abs=1e-15)
    assert logistic(np.zeros(1)).tolist() == [0.5]
    assert logistic(scores) + logistic(-scores) == pytest.approx(np.ones(601), abs=1e-15)
    assert logistic(np.array([-np.inf, np.inf])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_tastes_are_uniform_and_last_by_their_share(share: float) -> None:
    """Each round's taste is uniform, and two rounds' correlate, in normal terms, by ρ."""
    from scipy.special import ndtri

    luck = np.random.default_rng(5)
    lasting, *fresh = luck.normal(size=(3, COUNT))
    first, second = (persistent(lasting, each, share) for each in fresh)
    for taste in (first, second):
        gaps = np.abs(np.sort(taste) - (np.arange(COUNT) + 0.5) / COUNT)
        assert gaps.max() * np.sqrt(COUNT) < 1.63
    found = float(np.corrcoef(ndtri(first), ndtri(second))[0, 1])
    assert found == pytest.approx(share, abs=4 * (1 - share**2) / np.sqrt(COUNT) + 1e-9)


def test_the_ends_of_persistence() -> None:
    """With all of it lasting the fresh luck is not heard; with none, the lasting is not."""
    lasting = np.array([0.3])
    fresh = np.array([-1.2])
    other = np.array([2.0])
    assert persistent(lasting, fresh, 1.0).tolist() == persistent(lasting, other, 1.0).tolist()
    assert persistent(lasting, fresh, 0.0).tolist() == persistent(other, fresh, 0.0).tolist()


def test_the_highest_of_several_and_the_first_of_equals() -> None:
    """Which of three scores is highest in each column; the first where they tie."""
    assert highest(np.array([[1.0, 0.0, 2.0], [2.0, 0.0, 2.0], [0.0, 0.5, 1.0]])).tolist() == [1, 2, 0]


def test_highest_of_scores_with_gumbel_luck_is_a_logit() -> None:
    """Scores 0, 1 and −1 with Gumbel luck win by exp(score) / Σ exp(score)."""
    luck = np.random.default_rng(6)
    scores = np.array([0.0, 1.0, -1.0])
    won = np.bincount(highest(scores[:, None] + luck.gumbel(size=(3, COUNT))), minlength=3) / COUNT
    assert won == pytest.approx(np.exp(scores) / np.exp(scores).sum(), abs=4 * 0.5 / np.sqrt(COUNT))
