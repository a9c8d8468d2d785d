"""Perceived risk between the news that moves it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.behaviour.outlook import moved, perceived

risks = st.floats(0, 1)


def at(day: int, start: float = 0.2, target: float = 0.8) -> float:
    """Risk so many days after news on day 100, with a ramp of 90 days and a half-life of 365."""
    return float(perceived(np.array([start]), np.array([target]), np.array([100]), 100 + day, 90.0, 365.0)[0])


def test_it_ramps_and_then_halves() -> None:
    """From 0.2 to 0.8 in 90 days; half-way at 45; then half as much a half-life later."""
    assert at(0) == 0.2
    assert at(45) == pytest.approx(0.5)
    assert at(90) == pytest.approx(0.8)
    assert at(90 + 365) == pytest.approx(0.4)
    assert at(90 + 730) == pytest.approx(0.2)


def test_before_the_news_it_stands_where_it_stood() -> None:
    """A day before `since` counts as that day."""
    assert at(-30) == 0.2


@given(risks, risks, st.integers(0, 3_000))
def test_it_stays_between_nought_and_the_higher_of_the_two(start: float, target: float, day: int) -> None:
    """Never below 0, never above where it was and where it heads."""
    assert 0.0 <= at(day, start, target) <= max(start, target)


@given(risks, risks, st.integers(90, 2_000), st.integers(0, 2_000))
def test_after_the_ramp_it_only_falls(start: float, target: float, day: int, more: int) -> None:
    """Unless renewed, risk fades."""
    assert at(day + more, start, target) <= at(day, start, target)


@given(risks, risks, risks)
def test_news_moves_by_its_weight(now: float, target: float, weight: float) -> None:
    """R + w (target − R): not at all at 0, all the way at 1, between the two otherwise."""
    heads = float(moved(np.array([now]), np.array([target]), weight)[0])
    assert min(now, target) - 1e-12 <= heads <= max(now, target) + 1e-12
    assert float(moved(np.array([now]), np.array([target]), 0.0)[0]) == now
    assert float(moved(np.array([now]), np.array([target]), 1.0)[0]) == pytest.approx(target)


def test_news_is_kept_within_0_to_1() -> None:
    """A target or a weight out of bounds leads no further than 0 or 1."""
    assert moved(np.array([0.5, 0.5]), np.array([2.0, -2.0]), 1.0).tolist() == [1.0, 0.0]
