"""The factors of the hazards of leaving, compared with published and computed numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.behaviour.departures import age_factor, premium_factor, risk_ratio, selection_factor, service_factor


def test_a_premium_of_8_percent_at_an_elasticity_of_3_4_reduces_exits_by_23_percent() -> None:
    """The published result for early-career teachers, England, 2022: 1.08 to the power −3.4 is 0.77."""
    assert 1 - float(premium_factor(np.array([0.08]), -3.4)[0]) == pytest.approx(0.23, abs=0.002)


def test_a_higher_premium_reduces_the_hazard() -> None:
    """A premium of zero has a factor of 1."""
    factors = premium_factor(np.array([0.0, 0.05, 0.1, 0.3]), -2.0)
    assert factors[0] == 1.0 and (np.diff(factors) < 0).all()
    assert factors[3] == pytest.approx(1 / 1.3**2)


def test_the_hazard_ratio_at_a_published_risk() -> None:
    """At a risk of 0.13, with a maximum ratio of 2 and a scale of 0.4, it is 1 + (1 − exp(−0.325)) = 1.2775."""
    assert float(risk_ratio(np.array([0.13]), 2.0, 0.4)[0]) == pytest.approx(1.2775, abs=5e-5)


def test_the_hazard_ratio_at_zero_and_at_certain_risk() -> None:
    """It is 1 at zero risk, and 1 + (most − 1)(1 − exp(−1/R0)) at certain risk."""
    assert risk_ratio(np.array([0.0, 1.0]), 2.0, 0.4).tolist() == pytest.approx([1.0, 2.0 - np.exp(-2.5)])


@given(st.floats(0, 1), st.floats(0, 1), st.floats(1, 20), st.floats(0.01, 10))
def test_the_hazard_ratio_increases_with_risk(first: float, second: float, most: float, saturation: float) -> None:
    """It is always from 1 to the maximum."""
    low, high = risk_ratio(np.array(sorted((first, second))), most, saturation).tolist()
    assert 1.0 <= low <= high <= most + 1e-9


def test_single_precision_agrees_with_double() -> None:
    """The engine's columns are float32, and the ratio is the same to six digits."""
    risk = np.linspace(0, 1, 101)
    assert risk_ratio(risk.astype("float32"), 2.0, 0.4) == pytest.approx(risk_ratio(risk, 2.0, 0.4), rel=1e-6)


def test_resignation_decreases_by_7_percent_a_year_of_age() -> None:
    """The factor is 1 at 40, exp(−0.07) a year later and exp(0.7) ten years earlier."""
    ages = age_factor(np.array([30, 40, 41]), -0.07)
    assert ages == pytest.approx([np.exp(0.7), 1.0, np.exp(-0.07)])
    assert age_factor(np.array([20, 60], "int8"), 0.0).tolist() == [1.0, 1.0]


def test_resignation_decreases_with_service_to_a_floor() -> None:
    """The factor is floor + drop on the first day, floor + drop / e after one scale, and the floor in the end."""
    assert service_factor(np.array([0.0, 2.5, 200.0]), 0.6, 1.2, 2.5) == pytest.approx([1.8, 0.6 + 1.2 / np.e, 0.6])


def test_skilled_people_leave_less_without_risk_and_more_under_threat() -> None:
    """The factor of one standard deviation of skill is exp(−0.15) without risk and exp(0.18) at certain risk."""
    one = np.array([1.0])
    zero = np.array([0.0])
    assert float(selection_factor(zero, one, zero, -0.15, 0.18, 0.25)[0]) == pytest.approx(np.exp(-0.15))
    assert float(selection_factor(one, one, zero, -0.15, 0.18, 0.25)[0]) == pytest.approx(np.exp(0.18))
    assert float(selection_factor(one, zero, one, -0.15, 0.18, 0.25)[0]) == pytest.approx(np.exp(0.25))
    assert float(selection_factor(one, zero, zero, -0.15, 0.18, 0.25)[0]) == 1.0
