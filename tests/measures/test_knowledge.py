"""Formulas of knowledge and output: weights, newcomers, losses, tails of a distribution, and fewest exits."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from nhstransit.errors import InputError
from nhstransit.measures import knowledge as kernel


def weights(band, years, skill):
    return kernel.worth(band, skill, 0.3) * (1.0 - kernel.unlearned(years, 5.0))


def test_a_weight_by_hand() -> None:
    """Band weight 1.18, five years' service, a skill of 1: 1.18 × (1 − 1/e) × e^0.3."""
    assert weights(1.18, 5.0, 1.0) == pytest.approx(1.18 * (1 - 1 / math.e) * math.exp(0.3))


@given(st.floats(0.1, 5), st.floats(0.01, 50), st.floats(-4, 4))
def test_knowledge_is_positive_and_increases_with_service_and_skill(band: float, years: float, skill: float) -> None:
    """It is positive for any positive service, and never above the limit of the band and skill."""
    k = weights(band, years, skill)
    assert 0 < k <= band * math.exp(0.3 * skill)
    assert weights(band, years + 1, skill) >= k
    assert weights(band, years, skill + 0.1) > k


def test_a_move_keeps_a_share_of_knowledge() -> None:
    """A person who knows 0.6 of a job keeps 0.48 after a move with a retention of 0.8."""
    assert 1 - kernel.after_move(np.array(0.4), 0.8) == pytest.approx(0.48)
    assert kernel.after_move(np.array(0.4), 1.0) == pytest.approx(0.4)
    assert kernel.after_move(np.array(0.4), 0.0) == 1.0


def test_the_output_of_a_newcomer_follows_the_published_curve() -> None:
    """Output after m months is 1 − 0.5 exp(−m/3): half on the first day, about 95% after seven months."""
    assert kernel.output_share(0, 0.5, 3.0) == 0.5
    assert kernel.output_share(7, 0.5, 3.0) == pytest.approx(1 - 0.5 * math.exp(-7 / 3))
    assert round(float(kernel.output_share(7, 0.5, 3.0)), 2) == 0.95


@given(st.floats(0, 60), st.floats(0, 60), st.floats(0, 1), st.floats(0.5, 12))
def test_work_lost_by_a_newcomer_is_the_integral_of_missing_output(
    since: float, more: float, start: float, scale: float
) -> None:
    """The closed form equals numerical integration."""
    area, _ = quad(lambda m: 1.0 - float(kernel.output_share(m, start, scale)), since, since + more)
    assert kernel.months_lost(since, since + more, start, scale) == pytest.approx(area, abs=1e-7)


def test_random_leavers_have_a_selection_ratio_of_one() -> None:
    """The mean over every group of three leavers out of seven is exactly 1."""
    k = np.array([0.2, 0.5, 0.9, 1.4, 1.4, 2.0, 3.3])
    ratios = []
    for leavers in itertools.combinations(range(7), 3):
        left = np.isin(np.arange(7), leavers)
        ratios.append(kernel.loss(k, left).selection)
    assert np.mean(ratios) == pytest.approx(1.0, rel=1e-12)


@given(st.lists(st.tuples(st.floats(0.01, 10), st.booleans()), min_size=1, max_size=30))
def test_knowledge_lost_is_the_share_of_people_times_the_selection_ratio(people: list[tuple[float, bool]]) -> None:
    """The selection ratio is the mean knowledge of leavers over the mean of everyone."""
    k = np.array([each[0] for each in people])
    left = np.array([each[1] for each in people])
    found = kernel.loss(k, left)
    assert found.share == left.sum() / len(k)
    if left.any():
        assert found.selection == pytest.approx(k[left].mean() / k.mean())
        assert found.knowledge == pytest.approx(found.share * found.selection)
    else:
        assert found.knowledge == 0.0 and math.isnan(found.selection)


def test_losses_if_everyone_leaves_and_without_people() -> None:
    """If everyone leaves, all shares are 1. Without people, the share is NaN."""
    assert kernel.loss(np.array([1.0, 2.0]), np.ones(2, bool)) == kernel.Loss(share=1.0, knowledge=1.0, selection=1.0)
    assert math.isnan(kernel.loss(np.empty(0), np.empty(0, bool)).share)


def test_the_tail_of_losses_by_hand() -> None:
    """For losses 1 to 20 at level 0.9, the loss at risk is 18 and the shortfall the mean of 19 and 20."""
    losses = np.arange(20, 0, -1.0)
    assert kernel.tail(losses, 0.9) == kernel.Tail(level=0.9, at_risk=18.0, shortfall=pytest.approx(19.5))
    odd = kernel.tail(losses, 0.875)
    assert odd.at_risk == 18.0 and odd.shortfall == pytest.approx((19 + 20 + 0.5 * 18) / 2.5)
    assert kernel.tail(np.array([0.3]), 0.95) == kernel.Tail(level=0.95, at_risk=0.3, shortfall=pytest.approx(0.3))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.01, 0.99))
def test_the_shortfall_is_the_mean_of_quantiles_beyond_the_level(losses: list[float], level: float) -> None:
    """The loss at risk is the smallest loss that a share `level` of runs does not exceed."""
    found = kernel.tail(np.array(losses), level)
    assert np.mean(np.array(losses) <= found.at_risk) >= level - 1e-9
    assert found.at_risk == min(x for x in losses if np.mean(np.array(losses) <= x) >= level - 1e-9)
    ordered = sorted(losses)
    count = len(losses)
    parts = [max(0.0, (index + 1) / count - max(level, index / count)) * x for index, x in enumerate(ordered)]
    assert found.shortfall == pytest.approx(sum(parts) / (1 - level), abs=1e-9)
    assert found.shortfall >= found.at_risk - 1e-9


@pytest.mark.parametrize(("losses", "level"), [([], 0.9), ([np.nan], 0.9), ([1.0], 1.0), ([1.0], 0.0), ([1.0], np.nan)])
def test_a_tail_without_valid_losses_or_level_is_refused(losses: list[float], level: float) -> None:
    """Refused are no runs, a loss of NaN, and a level that is not between 0 and 1."""
    with pytest.raises(InputError, match="give"):
        kernel.tail(np.array(losses), level)


intervals = st.tuples(st.integers(0, 3), st.integers(0, 7), st.integers(0, 7), st.floats(-5, 5))


@given(st.lists(intervals, max_size=20))
def test_sums_over_open_intervals_equal_plain_sums(given_intervals: list[tuple[int, int, int, float]]) -> None:
    """Each cell sums the intervals that are open in its month. An interval that ends before it begins is never open."""
    group, first, past = (np.array([each[column] for each in given_intervals], int) for column in range(3))
    weight = np.array([each[3] for each in given_intervals], float)
    found, twice = kernel.standing(group, first, past, weight, 2 * weight, groups=4, months=7)
    assert twice == pytest.approx(2 * found)
    plain = [
        [sum(w for g, a, b, w in given_intervals if g == row and a <= month < b) for month in range(7)]
        for row in range(4)
    ]
    assert found == pytest.approx(np.array(plain), abs=1e-9)


people = st.lists(st.tuples(st.integers(0, 2), st.floats(0.1, 1)), max_size=8)


@given(people, st.tuples(*[st.floats(0.05, 3)] * 3))
def test_the_fewest_exits_equal_a_search_over_all_groups(
    staff: list[tuple[int, float]], needed: tuple[float, ...]
) -> None:
    """No smaller group of leavers brings a cell below the need."""
    cell = np.array([each[0] for each in staff], int)
    weight = np.array([each[1] for each in staff], float)
    found = kernel.fewest_exits(cell, weight, np.array(needed))
    for index, least in enumerate(needed):
        mine = [size for where, size in staff if where == index]
        sizes = [
            count
            for count in range(len(mine) + 1)
            for left in itertools.combinations(range(len(mine)), count)
            if sum(size for who, size in enumerate(mine) if who not in left) < least - 1e-9
        ]
        assert found[index] == min(sizes)
