"""Proportional fitting: possible margins are met, and odds ratios are preserved."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.rounding import fit_rows
from nhstransit.synthesis.fitting import Target, fit, margin

seeds = st.integers(0, 2**32 - 1)
AXES = [(0,), (1,), (0, 2), (1, 3)]


def possible(seed: int, shape: tuple[int, ...] = (3, 4, 2, 3), zeros: float = 0.3) -> tuple[np.ndarray, list[Target]]:
    """A table with structural zeros, and its margins."""
    draw = np.random.default_rng(seed)
    table = draw.random(shape) * (draw.random(shape) > zeros) * 100
    return table, [Target(axes, margin(table, axes)) for axes in AXES]


@given(seeds)
def test_possible_margins_are_met(seed: int) -> None:
    """Starting from a table with the same zeros, every one-way and two-way margin is met to a hundredth of a person."""
    table, targets = possible(seed)
    found = fit((table > 0) * 1.0, targets, most_sweeps=20_000)
    assert found.worst < 0.01
    for target, gap in zip(targets, found.gaps, strict=True):
        assert np.abs(margin(found.table, target.axes) - target.totals).max() == pytest.approx(gap)


@given(seeds)
def test_impossible_cells_stay_empty(seed: int) -> None:
    """A cell with odds of zero contains nobody."""
    table, targets = possible(seed)
    assert not fit((table > 0) * 1.0, targets, most_sweeps=30).table[table == 0].any()


def test_odds_ratios_are_preserved() -> None:
    """Fitting only scales rows and columns, which leaves the odds ratio of a two-by-two table unchanged."""
    seed = np.array([[3.0, 1.0], [2.0, 5.0]])
    found = fit(
        seed, [Target((0,), np.array([70.0, 30.0])), Target((1,), np.array([40.0, 60.0]))], tolerance=1e-12
    ).table
    assert found[0, 0] * found[1, 1] / (found[0, 1] * found[1, 0]) == pytest.approx(7.5)
    assert found.sum(1) == pytest.approx([70, 30])


def test_margins_with_different_totals_leave_a_gap() -> None:
    """Row totals of 90 and column totals of 100 cannot both be met."""
    found = fit(np.ones((2, 2)), [Target((0,), np.array([45.0, 45.0])), Target((1,), np.array([50.0, 50.0]))])
    assert found.gaps == pytest.approx((5.0, 0.0))


@given(seeds, st.integers(1, 3))
def test_rows_are_met_exactly_and_columns_of_each_block_closely(seed: int, blocks: int) -> None:
    """`fit_rows` meets row totals to rounding error, and the column totals of every block to 0.05."""
    draw = np.random.default_rng(seed)
    table = draw.random((12, 4)) + 0.05
    block = np.arange(12) % blocks
    whole = draw.integers(0, 9, (12, 4))
    columns = np.array([whole[block == number].sum(0) for number in range(blocks)], "float64")
    found = fit_rows(table * (whole > 0), whole.sum(1), block, columns, sweeps=5_000)
    assert found.sum(1) == pytest.approx(whole.sum(1))
    for number in range(blocks):
        assert found[block == number].sum(0) == pytest.approx(columns[number], abs=0.05)
