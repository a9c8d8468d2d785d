"""Clocks: thresholds and hazards in whole units."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.clocks import FOREVER, UNITS, daily_units, days_left, threshold_units


def test_a_unit_is_two_to_the_minus_40_of_hazard() -> None:
    """A year at a hazard of one per year is 2⁴⁰ units, to within half a unit per day."""
    assert daily_units(np.array([1.0]), 365.25).tolist() == [round(2**40 / 365.25)]
    assert threshold_units(np.array([1.0, 0.5, 2.0])).tolist() == [2**40, 2**39, 2**41]


def test_a_threshold_is_at_least_one_unit() -> None:
    """Even with the smallest exponential, somebody without a hazard never leaves."""
    assert threshold_units(np.array([0.0, 1e-300])).tolist() == [1, 1]
    assert days_left(np.array([1]), np.array([0])).tolist() == [FOREVER]


def test_today_counts_as_the_first_day() -> None:
    """At five units per day, ten units end tomorrow, eleven on the day after, and one today."""
    assert days_left(np.array([10, 11, 1, 5]), np.array([5, 5, 5, 5])).tolist() == [2, 3, 1, 1]


@given(st.integers(1, 2**46), st.integers(1, 2**44), st.lists(st.integers(1, 50), max_size=6))
def test_days_left_do_not_depend_on_intermediate_updates(left: int, rate: int, cuts: list[int]) -> None:
    """Subtracting whole days on the way does not change the last day."""
    due = int(days_left(np.array([left]), np.array([rate]))[0])
    gone = 0
    for days in cuts:
        if gone + days >= due:
            break
        gone += days
        assert gone + int(days_left(np.array([left - rate * gone]), np.array([rate]))[0]) == due


@given(st.integers(1, 2**46), st.integers(0, 2**44), st.integers(0, 2**44))
def test_a_higher_rate_is_never_later(left: int, first: int, second: int) -> None:
    low, high = sorted((first, second))
    slow, fast = days_left(np.array([left, left]), np.array([low, high])).tolist()
    assert fast <= slow


@given(st.floats(0, 1e6))
def test_daily_units_are_the_hazard_to_within_half_a_unit(hazard: float) -> None:
    """Rounding to whole units changes a daily hazard by at most 2⁻⁴¹."""
    units = int(daily_units(np.array([hazard]), 365.25)[0])
    assert abs(units - hazard * UNITS / 365.25) <= 0.5 + hazard * UNITS / 365.25 * 2**-50


def test_the_longest_clock_stays_within_64_bits() -> None:
    """This includes the largest possible exponential, and the highest rate over a long time."""
    largest = int(threshold_units(np.array([-np.log(2.0**-53)]))[0])
    fastest = int(daily_units(np.array([1e6]), 365.25)[0])
    assert largest < 2**46 and fastest * 31 < 2**62
