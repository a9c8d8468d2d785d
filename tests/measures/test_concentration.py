"""Indices of concentration and divergence against their definitions, scipy and hand-worked cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy

from nhstransit.errors import InputError
from nhstransit.measures.drain import dissimilarity, gini, jensen_shannon, theil

groups = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=1, max_size=8)


def split(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """What was lost and what there was: each stock is what was lost and some besides."""
    lost = np.array([each[0] for each in pairs], float)
    return lost, lost + np.array([each[1] for each in pairs], float)


@given(groups)
def test_theil_is_relative_entropy(pairs: list[tuple[int, int]]) -> None:
    """Theil's T of rates weighted by stock is scipy's entropy of the shares of the loss beside those of the stock."""
    lost, stock = split(pairs)
    if lost.sum():
        assert theil(lost, stock) == pytest.approx(float(entropy(lost, stock)), abs=1e-12)
        rates = lost / stock
        weight = stock / stock.sum()
        relative = rates / (weight * rates).sum()
        plain = sum(w * x * math.log(x) for w, x in zip(weight, relative, strict=True) if x > 0)
        assert theil(lost, stock) == pytest.approx(plain, abs=1e-9)


@given(groups)
def test_gini_is_the_mean_difference_of_pairs(pairs: list[tuple[int, int]]) -> None:
    """The area under the Lorenz curve gives what comparing every pair of groups does."""
    lost, stock = split(pairs)
    if lost.sum():
        rates = lost / stock
        weight = stock / stock.sum()
        plain = (weight[:, None] * weight * np.abs(rates[:, None] - rates)).sum() / (2 * (weight * rates).sum())
        assert gini(lost, stock) == pytest.approx(plain, abs=1e-9)


def test_even_losses_have_no_concentration() -> None:
    """A tenth of every group: both are zero, whatever the sizes."""
    stock = np.array([10.0, 200.0, 30.0])
    assert theil(stock / 10, stock) == pytest.approx(0, abs=1e-15)
    assert gini(stock / 10, stock) == pytest.approx(0, abs=1e-15)


def test_all_from_one_of_four_equal_groups() -> None:
    """Theil is ln 4 and Gini three quarters."""
    lost = np.array([5.0, 0, 0, 0])
    stock = np.full(4, 10.0)
    assert theil(lost, stock) == pytest.approx(math.log(4))
    assert gini(lost, stock) == pytest.approx(0.75)


def test_a_group_without_stock_changes_nothing() -> None:
    """A region in which nobody worked is left out."""
    lost = np.array([5.0, 1.0])
    stock = np.array([10.0, 10.0])
    assert theil(np.append(lost, 0), np.append(stock, 0)) == theil(lost, stock)
    assert gini(np.append(lost, 0), np.append(stock, 0)) == gini(lost, stock)


def test_nothing_lost_cannot_be_concentrated() -> None:
    """Both are not a number; more lost than there was is refused."""
    assert math.isnan(theil(np.zeros(2), np.ones(2))) and math.isnan(gini(np.zeros(2), np.ones(2)))
    with pytest.raises(InputError, match="give the part of each stock that was lost"):
        theil(np.ones(2), np.array([1.0, 0.0]))


mixes = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8)


@given(mixes)
def test_divergence_is_scipys(pairs: list[tuple[int, int]]) -> None:
    """Jensen–Shannon in bits is the square of scipy's distance to base 2; dissimilarity half the sum of differences."""
    one, other = (np.array([each[place] for each in pairs], float) for place in (0, 1))
    if one.sum() and other.sum():
        distance = float(np.nan_to_num(jensenshannon(one, other, base=2)))
        assert jensen_shannon(one, other) == pytest.approx(distance**2, abs=1e-7)
        assert 0 <= jensen_shannon(one, other) <= 1 + 1e-12
        plain = sum(abs(a / one.sum() - b / other.sum()) for a, b in pairs) / 2
        assert dissimilarity(one, other) == pytest.approx(plain, abs=1e-12)


def test_the_same_mix_and_nothing_in_common() -> None:
    """0 and 0 for the same mix in other amounts; 1 bit and 1 for mixes without a common group; NaN for an empty one."""
    mix = np.array([3.0, 1.0])
    assert jensen_shannon(mix, mix * 7) == pytest.approx(0, abs=1e-15) and dissimilarity(mix, mix * 7) == 0
    ends = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert jensen_shannon(*ends) == pytest.approx(1) and dissimilarity(*ends) == 1
    assert math.isnan(jensen_shannon(mix, np.zeros(2))) and math.isnan(dissimilarity(np.zeros(2), mix))
