"""The value of information compared with its closed form, and known switching values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from nhstransit.choice.information import switching_values, worth
from tests.examples import some

RANDOM = np.random.default_rng(2)


def closed(mean: float, spread: float) -> float:
    """E[max(0, x)] − max(0, E[x]) for normal x: the unit normal loss."""
    ratio = abs(mean) / spread
    return spread * (float(norm.pdf(ratio)) - ratio * float(norm.sf(ratio)))


def figures(numbers: np.ndarray, mean: float, weights: list[float], noise: float) -> np.ndarray:
    """Two options with a common random part: no gain, and a linear gain with noise."""
    futures = numbers.shape[1]
    shared = RANDOM.standard_normal(futures) * 5
    gain = mean + np.array(weights) @ numbers + noise * RANDOM.standard_normal(futures)
    return np.array([shared, shared + gain])


@pytest.mark.parametrize("mean", some([0.0, 0.5, -1.0], [0.5]))
def test_partial_information_has_the_value_of_its_closed_form(mean: float) -> None:
    """Two numbers have weights 1 and 0.5, and are valued alone and together."""
    numbers = RANDOM.standard_normal((2, 2_000))
    found = figures(numbers, mean, [1.0, 0.5], 1.0)
    assert worth(found, numbers[:1]).value == pytest.approx(closed(mean, 1.0), abs=0.05)
    assert worth(found, numbers[1:]).value == pytest.approx(closed(mean, 0.5), abs=0.05)
    assert worth(found, numbers).value == pytest.approx(closed(mean, math.sqrt(1.25)), abs=0.05)


def test_a_number_without_effect_is_worth_nothing() -> None:
    """Over 100 repetitions of 60 futures, an effect is hardly ever found, and the mean value is near zero."""
    found = []
    for _ in range(100):
        numbers = RANDOM.standard_normal((1, 60))
        found.append(worth(figures(numbers, 0.0, [0.0], 1.0), numbers))
    assert np.mean([one.degree == 0 for one in found]) > 0.6
    assert np.mean([one.value for one in found]) < 0.06  # the standard deviation is 1


def test_intervals_contain_the_true_value() -> None:
    """Most of the 90% intervals of 60 repetitions with 100 futures contain the closed form."""
    held = []
    for _ in range(60):
        numbers = RANDOM.standard_normal((1, 100))
        one = worth(figures(numbers, 0.3, [1.0], 1.0), numbers)
        held.append(one.low <= closed(0.3, 1.0) <= one.high)
    assert np.mean(held) > 0.8


def test_a_nonlinear_effect_is_found() -> None:
    """For a gain of x² − 1 with standard normal x, the value is E[max(0, x² − 1)] = 2φ(1)."""
    x = RANDOM.standard_normal(4_000)
    found = worth(np.array([np.zeros(4_000), x**2 - 1]), x[None])
    assert found.degree >= 2 and found.value == pytest.approx(2 * norm.pdf(1), abs=0.05)


def test_rounding_errors_are_worth_nothing() -> None:
    """One option always leads, by an amount that depends on the number: knowing it is worth exactly zero."""
    random = np.random.default_rng(5)
    for futures in range(18, 60):
        x = random.random(futures)
        shared = 60.0 + random.standard_normal(futures)
        found = worth(np.array([shared, shared - 0.3 - x, shared - 0.1 - 2.0 * x]), x[None])
        assert found.degree >= 1 and (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_a_constant_number_is_worth_nothing() -> None:
    found = worth(figures(np.zeros((1, 50)), 0.0, [1.0], 1.0), np.full((1, 50), 7.0))
    assert (found.value, found.degree) == (0.0, 0)


def test_a_switching_value_is_where_the_gap_is_zero() -> None:
    """The gap is x − 0.7 with noise, for x from 0 to 1. A gap that stays above zero has no switching value."""
    x = RANDOM.random(400)
    gap = x - 0.7 + 0.2 * RANDOM.standard_normal(400)
    assert switching_values(gap, x) == pytest.approx((0.7,), abs=0.05)
    assert switching_values(gap + 2.0, x) == ()
    assert switching_values(RANDOM.standard_normal(40) + 1.0, np.full(40, 3.0)) == ()


def test_a_constant_difference_does_not_hide_another() -> None:
    """One option is always worse by the same amount apart from rounding; the gap of another depends on a number."""
    x = RANDOM.random(40)
    shared = 1e6 * RANDOM.standard_normal(40)
    found = worth(np.array([shared, shared + 1e6 * (x - 0.5), shared - 0.5e6]), x[None])
    assert found.degree >= 1 and found.value == pytest.approx(125_000, rel=0.4)
