"""Confidence intervals compared with published examples, SciPy and each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.measures.estimates import (
    difference_limits,
    garwood,
    mean_limits,
    rates,
    ratio_limits,
    welch_limits,
    wilson,
)

pair = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def both(first, second, confidence=0.95):
    """Rates and limits of two counts."""
    out = []
    for count, people in (first, second):
        out += [rates(count, people), wilson(count, people, confidence)]
    return out


@pytest.mark.parametrize(
    ("count", "people", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_limits_of_rates_equal_published_limits(count, people, low, high):
    """Wilson's limits are in Newcombe, Statistics in Medicine 17 (1998) 857, table I."""
    assert np.round(wilson(count, people, 0.95), 4).tolist() == [low, high]


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_limits_of_differences_equal_published_limits(first, second, low, high):
    """The limits of method 10 are in Newcombe, Statistics in Medicine 17 (1998) 873, table II."""
    assert np.round(difference_limits(*both(first, second)), 4).tolist() == [low, high]


@given(pair)
def test_wilson_limits_agree_with_scipy(case):
    from scipy import stats

    theirs = stats.binomtest(*case).proportion_ci(confidence_level=0.9, method="wilson")
    assert wilson(*case, 0.9) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@given(pair, pair)
def test_limits_of_ratio_and_difference_agree_on_significance(first, second):
    """A limit of the ratio is above 1 exactly if the same limit of the difference is above 0."""
    given_both = both(first, second)
    ratio = ratio_limits(*given_both)
    gap = difference_limits(*given_both)
    for limit, other in zip(ratio, gap, strict=True):
        if abs(other) > 1e-9:
            assert (limit > 1) == (other > 0)


@given(pair, pair)
def test_the_inverse_ratio_has_inverse_limits(first, second):
    """The limits of b / a are the inverse of the limits of a / b, in reverse order, and contain the ratio."""
    low, high = ratio_limits(*both(first, second))
    back_low, back_high = ratio_limits(*both(second, first))
    if first[0] and second[0]:
        assert (1 / back_high, 1 / back_low) == (pytest.approx(low), pytest.approx(high))
        assert low <= (first[0] / first[1]) / (second[0] / second[1]) <= high
    else:
        assert low >= 0.0
        assert high >= low


def test_a_ratio_to_a_rate_of_zero_has_no_upper_limit():
    """Without people, the limits are NaN."""
    low, high = ratio_limits(*both((3, 10), (0, 10)))
    assert 0 < low < high == np.inf
    assert np.isnan(ratio_limits(*both((3, 10), (0, 0)))).all()
    assert np.isnan(wilson(0, 0, 0.95)).all()


def test_limits_of_means_agree_with_scipy():
    """These are Student's limits of a mean and Welch's limits of a difference."""
    from scipy import stats

    rng = np.random.default_rng(2)
    one = rng.gamma(2, 9_000, 17)
    other = rng.gamma(3, 9_000, 40)
    total = np.array([one.sum(), other.sum(), 5.0, 0.0])
    squares = np.array([((x - x.mean()) ** 2).sum() for x in (one, other)] + [0.0, 0.0])
    count = np.array([17, 40, 1, 0])
    mean, error, (low, high) = mean_limits(total, squares, count, 0.95)
    theirs = stats.ttest_1samp(one, 0).confidence_interval(0.95)
    assert (low[0], high[0]) == (pytest.approx(theirs.low), pytest.approx(theirs.high))
    gap, (down, up) = welch_limits(mean, error, count, 1, 0.95)
    theirs = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    assert (down[0], up[0]) == (pytest.approx(theirs.low), pytest.approx(theirs.high))
    assert gap[0] == pytest.approx(one.mean() - other.mean())
    assert np.isnan([low[2], up[2], mean[3], up[3]]).all()
    assert mean[2] == 5.0


@given(st.integers(0, 400))
def test_the_limits_of_a_rate_over_time_are_exact(count):
    """The limits of a Poisson count leave 2.5% in each tail, according to SciPy's chi-squared distribution."""
    from scipy import stats

    low, high = garwood(np.array([count]), 0.95)
    assert low[0] == pytest.approx(stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0.0)
    assert high[0] == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2)
