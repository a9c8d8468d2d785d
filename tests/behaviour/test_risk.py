"""Perceived risk after news: ramp, fading, and the effect of further news."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.behaviour.outlook import moved, perceived

risks = st.floats(0, 1)


def at(day: int, start: float = 0.2, target: float = 0.8) -> float:
    """Perceived risk `day` days after news on day 100, with a ramp of 90 days and a half-life of 365."""
    return float(perceived(np.array([start]), np.array([target]), np.array([100]), 100 + day, 90.0, 365.0)[0])


def test_risk_builds_up_and_then_halves() -> None:
    """It rises from 0.2 to 0.8 in 90 days, and then halves with each half-life."""
    assert at(0) == 0.2
    assert at(45) == pytest.approx(0.5)
    assert at(90) == pytest.approx(0.8)
    assert at(90 + 365) == pytest.approx(0.4)
    assert at(90 + 730) == pytest.approx(0.2)


def test_risk_is_unchanged_before_the_news() -> None:
    """A day before the news counts as the day of the news."""
    assert at(-30) == 0.2


@given(risks, risks, st.integers(0, 3_000))
def test_risk_stays_between_zero_and_the_higher_of_start_and_target(start: float, target: float, day: int) -> None:
    assert 0.0 <= at(day, start, target) <= max(start, target)


@given(risks, risks, st.integers(90, 2_000), st.integers(0, 2_000))
def test_risk_only_falls_after_the_ramp(start: float, target: float, day: int, more: int) -> None:
    """It fades unless there is further news."""
    assert at(day + more, start, target) <= at(day, start, target)


@given(risks, risks, risks)
def test_news_moves_the_target_in_proportion_to_its_weight(now: float, target: float, weight: float) -> None:
    """The new target is R + w (target − R)."""
    heads = float(moved(np.array([now]), np.array([target]), weight)[0])
    assert min(now, target) - 1e-12 <= heads <= max(now, target) + 1e-12
    assert float(moved(np.array([now]), np.array([target]), 0.0)[0]) == now
    assert float(moved(np.array([now]), np.array([target]), 1.0)[0]) == pytest.approx(target)


def test_a_target_outside_0_to_1_is_limited() -> None:
    """A target beyond the limits leads to 0 or 1."""
    assert moved(np.array([0.5, 0.5]), np.array([2.0, -2.0]), 1.0).tolist() == [1.0, 0.0]
