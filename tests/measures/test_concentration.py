"""Indices of concentration and divergence, compared with their definitions, SciPy and examples by hand."""

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
    """Losses and stocks of groups, from pairs of the number lost and the number that stayed."""
    lost = np.array([each[0] for each in pairs], float)
    return lost, lost + np.array([each[1] for each in pairs], float)


@given(groups)
def test_theil_is_relative_entropy(pairs: list[tuple[int, int]]) -> None:
    """Theil's T of loss rates, weighted by stock, is the relative entropy of shares of losses and shares of stock."""
    lost, stock = split(pairs)
    if lost.sum():
        assert theil(lost, stock) == pytest.approx(float(entropy(lost, stock)), abs=1e-12)
        rates = lost / stock
        weight = stock / stock.sum()
        relative = rates / (weight * rates).sum()
        plain = sum(w * x * math.log(x) for w, x in zip(weight, relative, strict=True) if x > 0)
        assert theil(lost, stock) == pytest.approx(plain, abs=1e-9)


@given(groups)
def test_gini_is_the_mean_difference_between_pairs_of_groups(pairs: list[tuple[int, int]]) -> None:
    """The area under the Lorenz curve equals the formula over all pairs of groups."""
    lost, stock = split(pairs)
    if lost.sum():
        rates = lost / stock
        weight = stock / stock.sum()
        plain = (weight[:, None] * weight * np.abs(rates[:, None] - rates)).sum() / (2 * (weight * rates).sum())
        assert gini(lost, stock) == pytest.approx(plain, abs=1e-9)


def test_equal_loss_rates_have_zero_concentration() -> None:
    """Every group loses a tenth, and both indices are zero whatever the sizes."""
    stock = np.array([10.0, 200.0, 30.0])
    assert theil(stock / 10, stock) == pytest.approx(0, abs=1e-15)
    assert gini(stock / 10, stock) == pytest.approx(0, abs=1e-15)


def test_concentration_if_one_of_four_equal_groups_has_all_losses() -> None:
    """Theil's T is ln 4 and the Gini coefficient is 0.75."""
    lost = np.array([5.0, 0, 0, 0])
    stock = np.full(4, 10.0)
    assert theil(lost, stock) == pytest.approx(math.log(4))
    assert gini(lost, stock) == pytest.approx(0.75)


def test_a_group_without_stock_changes_nothing() -> None:
    """A group in which nobody worked is left out."""
    lost = np.array([5.0, 1.0])
    stock = np.array([10.0, 10.0])
    assert theil(np.append(lost, 0), np.append(stock, 0)) == theil(lost, stock)
    assert gini(np.append(lost, 0), np.append(stock, 0)) == gini(lost, stock)


def test_without_losses_concentration_is_undefined() -> None:
    """Both indices are NaN. A loss larger than its stock is refused."""
    assert math.isnan(theil(np.zeros(2), np.ones(2))) and math.isnan(gini(np.zeros(2), np.ones(2)))
    with pytest.raises(InputError, match="give the part of each stock that was lost"):
        theil(np.ones(2), np.array([1.0, 0.0]))


mixes = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8)


@given(mixes)
def test_divergence_agrees_with_scipy(pairs: list[tuple[int, int]]) -> None:
    """Jensen–Shannon in bits is SciPy's distance squared. Dissimilarity is half the sum of absolute differences."""
    one, other = (np.array([each[side] for each in pairs], float) for side in (0, 1))
    if one.sum() and other.sum():
        distance = float(np.nan_to_num(jensenshannon(one, other, base=2)))
        assert jensen_shannon(one, other) == pytest.approx(distance**2, abs=1e-7)
        assert 0 <= jensen_shannon(one, other) <= 1 + 1e-12
        plain = sum(abs(a / one.sum() - b / other.sum()) for a, b in pairs) / 2
        assert dissimilarity(one, other) == pytest.approx(plain, abs=1e-12)


def test_divergence_of_equal_disjoint_and_empty_mixes() -> None:
    """Both are 0 for equal shares, 1 for mixes without a common group, and NaN for an empty mix."""
    mix = np.array([3.0, 1.0])
    assert jensen_shannon(mix, mix * 7) == pytest.approx(0, abs=1e-15) and dissimilarity(mix, mix * 7) == 0
    ends = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert jensen_shannon(*ends) == pytest.approx(1) and dissimilarity(*ends) == 1
    assert math.isnan(jensen_shannon(mix, np.zeros(2))) and math.isnan(dissimilarity(np.zeros(2), mix))
