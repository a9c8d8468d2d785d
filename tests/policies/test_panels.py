"""Chances moved in log-odds, and places given out in turn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.selection import each_first, logistic, shifted


@given(st.floats(0.001, 0.999), st.floats(-5, 5))
def test_log_odds_move_by_what_is_given(chance: float, by: float) -> None:
    """The logit of what comes out is the logit of what goes in and the shift."""
    before = math.log(chance / (1 - chance))
    assert shifted(chance, by) == pytest.approx(logistic(before + by), rel=1e-9)


@given(st.floats(-700, 700))
def test_never_and_always_stay(by: float) -> None:
    """No shift makes the impossible possible or the certain doubtful."""
    assert shifted(np.array([0.0, 1.0]), by).tolist() == [0.0, 1.0]


def test_no_shift_changes_nothing() -> None:
    """A shift of zero gives every chance back exactly."""
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
def test_each_place_in_turn_takes_the_cheapest_left(cost: np.ndarray, most: int) -> None:
    """A plain loop over places and candidates gives the same; nobody is taken twice, or above the limit."""
    free = set(range(cost.shape[1]))
    expected = []
    for row in cost.tolist():
        suited = [(row[one], one) for one in sorted(free) if row[one] <= most]
        expected.append(min(suited)[1] if suited else -1)
        free.discard(expected[-1])
    assert each_first(cost, most).tolist() == expected


@given(COSTS)
def test_one_more_candidate_leaves_no_place_empty_that_was_filled(cost: np.ndarray) -> None:
    """Where somebody joins who suits all places less than anybody, every place that was filled is filled as before."""
    wider = np.hstack([cost, np.full((len(cost), 1), 10, "int64")])
    before = each_first(cost, 9)
    after = each_first(wider, 10)
    assert (after[before >= 0] == before[before >= 0]).all()
