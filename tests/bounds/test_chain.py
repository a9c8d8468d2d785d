"""Absorbing and stationary Markov chains, compared with closed forms and powers of the matrix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.bounds.chain import absorbed, absorbed_within, fundamental, stationary, step_of_hazards, trapped
from nhstransit.errors import InputError
from tests.examples import examples


@st.composite
def chains(draw):
    """A chain of up to four states and three routes, in which every state has an exit."""
    states = draw(st.integers(1, 4))
    routes = draw(st.integers(1, 3))
    weights = st.integers(0, 5)
    cells = np.array(draw(st.lists(weights, min_size=states * (states + routes), max_size=states * (states + routes))))
    cells = cells.reshape(states, -1).astype(float)
    cells[:, -1] += 1
    cells /= cells.sum(axis=1, keepdims=True)
    return cells[:, :states], cells[:, states:]


@examples(12, 250)
@given(chains())
def test_sums_of_powers_converge_to_the_closed_form(chain):
    """They are the fundamental matrix and the absorption probabilities. Everyone leaves in the end."""
    within, leaving = chain
    power = np.eye(len(within))
    stays = np.zeros_like(within)
    for _ in range(300):
        stays += power
        power = power @ within
    assert np.allclose(fundamental(within), stays)
    assert np.allclose(absorbed(within, leaving), stays @ leaving)
    assert np.allclose(absorbed(within, leaving).sum(axis=1), 1.0)
    assert np.allclose(absorbed_within(within, leaving, 300)[-1], stays @ leaving)


def test_a_stay_in_one_state_is_geometric():
    """With a chance of leaving of 0.25 per step, the mean stay is four steps."""
    assert fundamental(np.array([[0.75]])) == pytest.approx(4.0)
    assert absorbed_within(np.array([[0.75]]), np.array([[0.25]]), 2)[:, 0, 0].tolist() == [0.0, 0.25, 0.4375]


def test_states_without_an_exit_are_found_and_refused():
    """A state that leads to such states and elsewhere is accepted."""
    within = np.array([[0.5, 0.2, 0.2], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    assert trapped(within, np.array([0.1, 0.0, 0.0])).tolist() == [False, True, True]
    with pytest.raises(InputError, match="no exit can be reached from state 1"):
        fundamental(within)


@examples(12, 250)
@given(st.floats(0.01, 3), st.floats(0.01, 3), st.floats(0.01, 3), st.floats(0.01, 5))
def test_hazards_are_converted_to_chances_of_a_step(quit_, retire, move, years):
    """A person can leave by two routes or move to a state without exits: the closed form of competing hazards."""
    moves = np.array([[0.0, move], [0.0, 0.0]])
    leaving = np.array([[quit_, retire], [0.0, 0.0]])
    within, left = step_of_hazards(moves, leaving, years)
    total = quit_ + retire + move
    moved_or_left = -np.expm1(-total * years)
    assert within[0] == pytest.approx([1 - moved_or_left, moved_or_left * move / total], abs=1e-9)
    assert left[0] == pytest.approx([moved_or_left * quit_ / total, moved_or_left * retire / total], abs=1e-9)
    assert within[1].tolist() == pytest.approx([0.0, 1.0])


def test_stationary_shares_balance_the_flows():
    """The flows between two states are equal in the long run."""
    assert stationary(np.array([[0.9, 0.1], [0.3, 0.7]])) == pytest.approx([0.75, 0.25])


def test_a_long_run_that_depends_on_the_start_is_refused():
    """The two states are not connected."""
    with pytest.raises(InputError, match="long-run shares depend on the initial states"):
        stationary(np.eye(2))
