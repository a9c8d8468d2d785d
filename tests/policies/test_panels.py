"""Shifts of chances in log-odds, and allocation of places in turn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.selection import each_first, logistic, shifted


@given(st.floats(0.001, 0.999), st.floats(-5, 5))
def test_the_log_odds_move_by_the_shift(chance: float, by: float) -> None:
    """The logit of the result is the logit of the chance plus the shift."""
    before = math.log(chance / (1 - chance))
    assert shifted(chance, by) == pytest.approx(logistic(before + by), rel=1e-9)


@given(st.floats(-700, 700))
def test_chances_of_zero_and_one_are_unchanged(by: float) -> None:
    """No shift makes an impossible event possible or a certain event uncertain."""
    assert shifted(np.array([0.0, 1.0]), by).tolist() == [0.0, 1.0]


def test_a_shift_of_zero_changes_no_chance() -> None:
    chances = np.linspace(0, 1, 21)
    assert (shifted(chances, 0.0) == chances).all()


COSTS = st.integers(0, 5).flatmap(
    lambda places: st.integers(0, 6).flatmap(
        lambda people: st.lists(
            st.lists(st.integers(0, 9), min_size=people, max_size=people), min_size=places, max_size=places
        ).map(lambda rows: np.array(rows, "int64").reshape(places, people))
    )
)


@given(COSTS, st.integers(-1, 9))
def test_each_place_in_turn_gets_the_cheapest_free_candidate(cost: np.ndarray, most: int) -> None:
    """A plain loop agrees. Nobody gets two places, and no cost is above the limit."""
    free = set(range(cost.shape[1]))
    expected = []
    for row in cost.tolist():
        suited = [(row[one], one) for one in sorted(free) if row[one] <= most]
        expected.append(min(suited)[1] if suited else -1)
        free.discard(expected[-1])
    assert each_first(cost, most).tolist() == expected


@given(COSTS)
def test_one_more_candidate_empties_no_place(cost: np.ndarray) -> None:
    """A new candidate who costs more than everyone else does not change any place that was filled."""
    wider = np.hstack([cost, np.full((len(cost), 1), 10, "int64")])
    before = each_first(cost, 9)
    after = each_first(wider, 10)
    assert (after[before >= 0] == before[before >= 0]).all()
