"""Markov chains of people: how long they stay, by which route they go at last, and where they are in the long run.

Sources: J. G. Kemeny and J. L. Snell, Finite Markov Chains (1960), chapters 3 and 4; D. J. Bartholomew, A. F. Forbes and
S. I. McClean, Statistical Techniques for Manpower Planning (1991), chapters 3 and 4.
"""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Bools, Floats
from nhstransit.errors import InputError


def fundamental(within: Floats) -> Floats:
    """`F = (I − Q)⁻¹`, (m, m): expected steps that somebody now in state i spends in state j, this one included.

    Args:
        within: Q, chances a step of going from state to state, (m, m). From each an exit must be within reach.

    Raises InputError where somebody might never leave.
    """
    stuck = np.flatnonzero(trapped(within, 1.0 - within.sum(axis=1)))
    if len(stuck):
        raise InputError("chain", f"nobody ever leaves from state {stuck[0]}", "give it an exit within reach")
    return np.asarray(np.linalg.inv(np.eye(len(within)) - within))


def absorbed(within: Floats, leaving: Floats) -> Floats:
    """`B = F A`, (m, r): the chance of leaving at last by each route, from each state.

    Args:
        within: Q, chances a step of going from state to state, (m, m).
        leaving: A, chances a step of leaving by each route, (m, r).
    """
    return np.asarray(fundamental(within) @ leaving)


def absorbed_within(within: Floats, leaving: Floats, steps: int) -> Floats:
    """Chances of having left by each route after 0, 1, … `steps` steps, (steps + 1, m, r): `(I + Q + … + Qᵗ⁻¹) A`."""
    out = np.zeros((steps + 1, *leaving.shape))
    for step in range(steps):
        out[step + 1] = leaving + within @ out[step]
    return out


def trapped(within: Floats, leaving_at_all: Floats, *, tolerance: float = 1e-12) -> Bools:
    """States from which no exit is within reach, (m,): by chances of going (m, m) and of leaving at all (m,)."""
    free = np.asarray(leaving_at_all) > tolerance
    for _ in range(len(within)):
        free = free | ((within > tolerance) & free).any(axis=1)
    return np.asarray(~free)


def step_of_hazards(moves: Floats, leaving: Floats, years: float) -> tuple[Floats, Floats]:
    """Q (m, m) and A (m, r) of a step of so many years, where people move and leave at constant hazards a year.

    Args:
        moves: hazards a year of going from state to state, (m, m); the diagonal is not read.
        leaving: hazards a year of leaving by each route, (m, r).
        years: length of a step.

    The chances are the blocks of `exp(G years)`, G the generator in which routes absorb.
    """
    from scipy.linalg import expm

    states, routes = leaving.shape
    generator = np.zeros((states + routes, states + routes))
    generator[:states, :states] = np.where(np.eye(states, dtype=bool), 0.0, moves)
    generator[:states, states:] = leaving
    np.fill_diagonal(generator, -generator.sum(axis=1))
    step = expm(generator * years)
    return np.asarray(step[:states, :states]), np.asarray(step[:states, states:])


def stationary(transition: Floats) -> Floats:
    """Shares of people in each state in the long run, (m,): `π = π P`, `Σ π = 1`.

    Raises InputError where they depend on where people began.
    """
    states = len(transition)
    system = np.vstack([np.eye(states) - transition.T, np.ones(states)])
    if np.linalg.matrix_rank(system) < states or np.linalg.matrix_rank(system[:-1]) < states - 1:
        wrong = "falls into parts that nobody leaves, so that the long run depends on the start"
        raise InputError("transition", wrong, "give a chain in which all such states can reach each other")
    shares = np.linalg.lstsq(system, np.append(np.zeros(states), 1.0), rcond=None)[0]
    return np.asarray(np.where(np.abs(shares) < 1e-15, 0.0, shares))
