"""Thresholds and hazards in whole units."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.clocks import FOREVER, UNITS, daily_units, days_left, threshold_units


def test_units_are_a_2_to_the_40th_of_hazard() -> None:
    """A year at a hazard of one a year is one exponential, to within half a unit a day."""
    assert daily_units(np.array([1.0]), 365.25).tolist() == [round(2**40 / 365.25)]
    assert threshold_units(np.array([1.0, 0.5, 2.0])).tolist() == [2**40, 2**39, 2**41]


def test_a_threshold_is_at_least_one_unit() -> None:
    """Even the smallest exponential lets somebody with no hazard live for ever."""
    assert threshold_units(np.array([0.0, 1e-300])).tolist() == [1, 1]
    assert days_left(np.array([1]), np.array([0])).tolist() == [FOREVER]


def test_today_counts_as_the_first_day() -> None:
    """Ten units at five a day are over tomorrow; eleven, the day after; one, today."""
    assert days_left(np.array([10, 11, 1, 5]), np.array([5, 5, 5, 5])).tolist() == [2, 3, 1, 1]


@given(st.integers(1, 2**46), st.integers(1, 2**44), st.lists(st.integers(1, 50), max_size=6))
def test_days_left_do_not_depend_on_how_time_is_cut(left: int, rate: int, cuts: list[int]) -> None:
    """Taking off whole days on the way and asking again gives the same last day."""
    due = int(days_left(np.array([left]), np.array([rate]))[0])
    gone = 0
    for days in cuts:
        if gone + days >= due:
            break
        gone += days
        assert gone + int(days_left(np.array([left - rate * gone]), np.array([rate]))[0]) == due


@given(st.integers(1, 2**46), st.integers(0, 2**44), st.integers(0, 2**44))
def test_a_higher_rate_is_never_later(left: int, first: int, second: int) -> None:
    """More units a day never leave more days."""
    low, high = sorted((first, second))
    slow, fast = days_left(np.array([left, left]), np.array([low, high])).tolist()
    assert fast <= slow


@given(st.floats(0, 1e6))
def test_a_years_units_are_the_hazard_to_half_a_unit_a_day(hazard: float) -> None:
    """Rounding to whole units shifts a daily hazard by at most 2⁻⁴¹."""
    units = int(daily_units(np.array([hazard]), 365.25)[0])
    assert abs(units - hazard * UNITS / 365.25) <= 0.5 + hazard * UNITS / 365.25 * 2**-50


def test_the_longest_clock_stays_within_64_bits() -> None:
    """The largest exponential that luck can give, and the fastest rate over a century, leave room."""
    largest = int(threshold_units(np.array([-np.log(2.0**-53)]))[0])
    fastest = int(daily_units(np.array([1e6]), 365.25)[0])
    assert largest < 2**46 and fastest * 31 < 2**62
