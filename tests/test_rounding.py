"""Rounding to whole people: totals are met, errors are less than one, and a table is found whenever one exists."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from nhstransit.errors import InputError
from nhstransit.rounding import (
    _rounded,
    block_sums,
    controlled,
    fit_rows,
    in_turn,
    largest_remainder,
    round_rows,
    spread_offsets,
)

seeds = st.integers(0, 2**32 - 1)
weights = st.lists(st.floats(0, 1e6), min_size=1, max_size=20).filter(lambda odds: sum(odds) > 1e-3)


@given(st.integers(0, 10**6), weights)
def test_largest_remainders_add_up(total: int, odds: list[float]) -> None:
    """The parts are whole, add up to the total, and each differs from its exact share by less than one."""
    parts = largest_remainder(total, odds)
    assert parts.sum() == total
    assert np.abs(parts - total * np.array(odds) / sum(odds)).max() < 1 + 1e-6


def test_largest_remainders_go_to_the_largest() -> None:
    """If ten are split into 4.7, 3.6 and 1.7, the remainders of 0.7 are rounded up, and that of 0.6 down."""
    assert largest_remainder(10, [4.7, 3.6, 1.7]).tolist() == [5, 3, 2]
    assert largest_remainder(1, [1, 1, 1]).tolist() == [1, 0, 0]


@pytest.mark.parametrize("odds", [[], [0.0, 0.0], [1.0, -1.0], [float("nan")]])
def test_wrong_weights_are_refused(odds: list[float]) -> None:
    """Weights must not be empty, all zero, negative or NaN."""
    with pytest.raises(InputError) as caught:
        largest_remainder(5, odds)
    right = "give weights of 0 or more, at least one above 0"
    assert str(caught.value) == f"weights: cannot be used to split 5; {right}"


def test_a_negative_total_is_refused_and_zero_can_always_be_split() -> None:
    """Zero can also be split if all weights are zero, or if there are none."""
    with pytest.raises(InputError, match="cannot be used to split -1"):
        largest_remainder(-1, [1.0, 2.0])
    assert largest_remainder(0, [0.0, 0.0]).tolist() == [0, 0]
    assert largest_remainder(0, []).tolist() == []
    assert largest_remainder(5, [0.25, 0.25]).tolist() == [3, 2]
    with pytest.raises(InputError, match="cannot be used to split 5"):
        largest_remainder(5, [3.0, -1.0])
    assert largest_remainder(0, [3]).dtype == largest_remainder(7, [3]).dtype == np.int64


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40), weights)
def test_carried_remainders_meet_row_totals_and_nearly_meet_column_totals(totals: list[int], odds: list[float]) -> None:
    """Over all rows, the total of each column differs from its share by less than two."""
    counts = in_turn(totals, odds)
    assert (counts >= 0).all()
    assert counts.sum(1).tolist() == totals
    assert np.abs(counts.sum(0) - sum(totals) * np.array(odds) / sum(odds)).max() < 2


def test_small_rows_do_not_all_fill_the_same_column() -> None:
    """Ten rows with a total of one fill each of ten equal columns once."""
    assert in_turn([1] * 10, [1.0] * 10).sum(0).tolist() == [1] * 10


def test_remainders_are_carried_from_row_to_row() -> None:
    """With totals of one and shares of 60% and 40%, both shares are met exactly after five rows."""
    found = in_turn([1, 1, 1, 1, 1], [3, 2])
    assert found.tolist() == [[1, 0], [0, 1], [1, 0], [0, 1], [1, 0]]
    assert found.dtype == np.int64
    assert in_turn([2.0, 0.0, 3.0], [1, 1]).tolist() == [[1, 1], [0, 0], [2, 1]]
    assert in_turn([4, 4], [0, 1, 1]).tolist() == [[0, 2, 2], [0, 2, 2]]


@pytest.mark.parametrize(
    ("total", "parts"), [(3, [2, 1, 0]), (2, [2, 0, 0]), (1, [1, 0, 0]), (0, [0, 0, 0]), (5, [3, 1, 1])]
)
def test_too_large_parts_are_reduced_from_the_last_one(total: int, parts: list[int]) -> None:
    """Parts without a remainder are reduced by one in turn, from the end. A part never falls below zero."""
    assert _rounded(np.array([2.0, 1.0, 0.4]), total).tolist() == parts


def test_equal_columns_are_filled_in_turn() -> None:
    """Of three columns with equal shares, none gets a second person before each has one."""
    assert in_turn([1, 1, 1, 2], [1, 1, 1]).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]]


def table_of(seed: int, rows: int = 9, columns: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """A table of fractions with whole row totals, and whole column totals that differ from its own by less than one."""
    draw = np.random.default_rng(seed)
    table = draw.random((rows, columns)) * (draw.random((rows, columns)) > 0.4) + 1e-3
    table *= draw.integers(1, 8, rows)[:, None] / table.sum(1)[:, None]
    return table, largest_remainder(round(table.sum()), table.sum(0))


@given(seeds)
def test_controlled_rounding_meets_row_and_column_totals(seed: int) -> None:
    """No cell is negative."""
    table, columns = table_of(seed)
    whole = controlled(table, columns, spread_offsets(len(table), 0.3))
    assert whole.sum(1).tolist() == np.rint(table.sum(1)).astype(int).tolist()
    assert whole.sum(0).tolist() == columns.tolist()
    assert (whole >= 0).all()


@given(seeds)
def test_the_last_bits_of_fractions_have_no_effect(seed: int) -> None:
    """Equal fractions can differ in their last bits if sums are added up in another order."""
    draws = np.random.default_rng(seed)
    rows = draws.integers(1, 4, size=(12, 5)) / 4.0
    table = np.concatenate([rows] * 3)
    table[:, -1] += np.ceil(table.sum(1)) - table.sum(1)
    columns = largest_remainder(int(table.sum()), table.sum(0))
    noisy = table * (1 + draws.uniform(-1, 1, table.shape) * 1e-15)
    offsets = spread_offsets(len(table), float(draws.random()))
    assert (controlled(noisy, columns, offsets) == controlled(table, columns, offsets)).all()
    assert (largest_remainder(100, noisy.ravel()) == largest_remainder(100, table.ravel())).all()


@given(seeds)
def test_cells_change_by_less_than_one_if_the_column_totals_are_already_whole(seed: int) -> None:
    table, _ = table_of(seed)
    doubled = np.concatenate([table, np.ceil(table) - table])
    doubled[len(table) :] += (np.ceil(doubled[len(table) :].sum(1)) - doubled[len(table) :].sum(1))[:, None] / 5
    columns = doubled.sum(0)
    if np.abs(columns - np.rint(columns)).max() > 1e-9:
        doubled, columns = np.floor(doubled) + 0.0, np.floor(doubled).sum(0)
    whole = controlled(doubled, np.rint(columns).astype("int64"), spread_offsets(len(doubled), 0.7))
    assert np.abs(whole - doubled).max() < 1


def exists(support: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> bool:
    """Whether any whole table with these nonzero cells has these totals, by integer programming."""
    cells = np.argwhere(support)
    lines = np.array([[cell[0] == row for cell in cells] for row in range(len(rows))], float)
    tops = np.array([[cell[1] == column for cell in cells] for column in range(len(columns))], float)
    totals = np.concatenate([rows, columns])
    found = milp(
        np.zeros(len(cells)),
        constraints=LinearConstraint(np.concatenate([lines, tops]), totals, totals),
        integrality=np.ones(len(cells)),
        bounds=Bounds(0, np.inf),
    )
    return bool(found.success)


@given(seeds)
def test_a_whole_table_is_found_whenever_one_exists(seed: int) -> None:
    """With many zero cells and any column totals, the totals are met if integer programming can meet them."""
    draw = np.random.default_rng(seed)
    support = draw.random((5, 4)) > 0.5
    support[:, 0] |= ~support.any(1)
    rows = draw.integers(1, 4, 5)
    columns = draw.multinomial(rows.sum(), [0.25] * 4)
    table = support * rows[:, None] / support.sum(1, keepdims=True)
    whole = controlled(table, columns, spread_offsets(5, 0.1))
    assert whole.sum(1).tolist() == rows.tolist()
    assert not whole[~support].any()
    assert (whole.sum(0) == columns).all() == exists(support, rows, columns)


def test_rows_are_rounded_without_bias() -> None:
    """With evenly spread offsets, the average of 20,000 rows of 0.2, 0.3 and 0.5 is correct in each cell."""
    table = np.tile([0.2, 0.3, 0.5], (20_000, 1))
    assert round_rows(table, spread_offsets(20_000, 0.0)).mean(0) == pytest.approx([0.2, 0.3, 0.5], abs=2e-4)


def test_rows_are_rounded_by_their_cumulative_sums() -> None:
    """Cumulative sums are rounded up from 0.5 with an offset of 0.5, and down with an offset of zero."""
    table = np.array([[0.5, 0.7, 0.8], [0.5, 0.7, 0.8]])
    found = round_rows(table, np.array([0.5, 0.0]))
    assert found.tolist() == [[1, 0, 1], [0, 1, 1]]
    assert found.dtype == np.int64
    assert round_rows(np.array([[1.2, 0.0, 1.8]]), np.array([0.9])).tolist() == [[2, 0, 1]]


def test_a_sum_slightly_above_its_total_does_not_make_a_cell_negative() -> None:
    """A last cell of zero stays zero if floating-point error raises the sum of the cells before it."""
    assert round_rows(np.array([[0.5, 0.5 + 4e-16, 0.0]]), np.array([0.0])).tolist() == [[0, 1, 0]]
    assert round_rows(np.array([[1.0 + 1e-9, -1e-9]]), np.array([1 - 1e-12])).tolist() == [[1, 0]]


def test_offsets_follow_the_golden_ratio() -> None:
    """Successive offsets differ by (√5 − 1) / 2, modulo one."""
    golden = (5**0.5 - 1) / 2
    assert spread_offsets(4, 0.3) == pytest.approx([0.3, 0.3 + golden, 2 * golden - 0.7, 3 * golden - 1.7])
    assert spread_offsets(0, 0.3).tolist() == []


HALF = [0.5, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("columns", "moved"), [([4, 0], []), ([3, 1], [1]), ([2, 2], [1, 3]), ([1, 3], [1, 2, 3]), ([0, 4], [0, 1, 2, 3])]
)
def test_the_cells_that_were_rounded_up_furthest_are_rounded_down_first(columns: list[int], moved: list[int]) -> None:
    """All four rows are first rounded up in the first column. 0.6 is then rounded down before 0.7, 0.8 and 0.9."""
    table = np.array([[0.9, 0.1], [0.6, 0.4], [0.8, 0.2], [0.7, 0.3]])
    whole = controlled(table, np.array(columns), np.array(HALF))
    assert np.flatnonzero(whole[:, 1]).tolist() == moved
    assert whole.sum(1).tolist() == [1, 1, 1, 1]


def test_only_the_fraction_of_a_cell_decides_which_cell_is_rounded_down() -> None:
    """Of 3.9, 8.6 and 1.8 in the first column, 8.6 was rounded up furthest."""
    table = np.array([[3.9, 5.1], [8.6, 0.4], [1.8, 7.2]])
    whole = controlled(table, np.array([14, 13]), np.array([0.5, 0.5, 0.5]))
    assert whole.tolist() == [[4, 5], [8, 1], [2, 7]]


def test_equal_rows_are_rounded_down_by_position() -> None:
    """Of a hundred equal rows, the first forty change. This does not depend on the sorting algorithm."""
    whole = controlled(np.full((100, 2), 0.5), np.array([60, 40]), np.full(100, 0.5))
    assert np.flatnonzero(whole[:, 1]).tolist() == list(range(40))
    assert largest_remainder(40, np.ones(100)).tolist() == [1] * 40 + [0] * 60


def test_people_can_move_through_a_column_in_between() -> None:
    """No row can move from the first column to the third. One row moves to the second, and another from there."""
    table = np.array([[0.6, 0.4, 0.0], [0.0, 0.7, 0.3], [1.0, 0.0, 0.0]])
    whole = controlled(table, np.array([1, 1, 1]), np.array([0.5, 0.5, 0.5]))
    assert whole.tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_column_totals_are_met_as_nearly_as_possible_if_no_table_meets_them() -> None:
    """Nobody is put into a cell that is zero."""
    whole = controlled(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 2]), np.array([0.5, 0.5]))
    assert whole.tolist() == [[1, 0], [1, 0]]
    either = controlled(np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([0, 2]), np.array([0.5, 0.5]))
    assert either.tolist() == [[1, 0], [0, 1]]


def test_a_cell_changes_by_more_than_one_if_the_column_totals_require_it() -> None:
    assert controlled(np.array([[3.0, 1.0]]), np.array([1, 3]), np.array([0.0])).tolist() == [[1, 3]]


def test_with_equal_odds_cells_are_row_times_column_over_total() -> None:
    """The scale of the odds has no effect."""
    rows = np.array([10, 30, 60])
    columns = np.array([[25.0, 75.0]])
    wanted = np.outer(rows, columns[0]) / 100
    for scale in (1.0, 1e-9, 1e9):
        found = fit_rows(np.full((3, 2), scale), rows, np.zeros(3, "int64"), columns)
        assert found == pytest.approx(wanted, rel=1e-12)
        assert found.dtype == np.float64


def test_fitting_does_not_change_the_odds_ratios_of_a_block() -> None:
    """Each block meets its own column totals, and (a d) / (b c) remains that of the odds."""
    odds = np.array([[3.0, 1.0], [2.0, 5.0], [1.0, 4.0], [1.0, 1.0]])
    block = np.array([0, 0, 1, 1])
    columns = np.array([[40.0, 60.0], [10.0, 15.0]])
    before = odds.copy()
    found = fit_rows(odds, np.array([70, 30, 5, 20]), block, columns, sweeps=1_000)
    assert (odds == before).all(), "the function must not change its argument"
    assert found.sum(1) == pytest.approx([70, 30, 5, 20])
    assert np.array([found[:2].sum(0), found[2:].sum(0)]) == pytest.approx(columns, abs=1e-3)
    for first, ratio in ((0, 7.5), (2, 0.25)):
        a, b, c, d = found[first : first + 2].ravel()
        assert a * d / (b * c) == pytest.approx(ratio)


def test_totals_below_one_can_be_fitted() -> None:
    found = fit_rows(np.ones((2, 2)), np.array([0.2, 0.6]), np.zeros(2, "int64"), np.array([[0.3, 0.5]]))
    assert found == pytest.approx(np.array([[0.075, 0.125], [0.225, 0.375]]))


def test_the_number_of_fitting_sweeps_is_limited() -> None:
    """Without a sweep only rows are scaled. Each sweep scales columns and then rows. By default there are at most 60."""
    odds = np.array([[3.0, 1.0], [2.0, 8.0]])
    rows = np.array([8, 10])
    columns = np.array([[9.0, 9.0]])
    one = np.zeros(2, "int64")
    by_row = np.array([[6.0, 2.0], [2.0, 8.0]])
    assert fit_rows(odds, rows, one, columns, sweeps=0) == pytest.approx(by_row)
    step = by_row * (9 / by_row.sum(0))
    step *= (rows / step.sum(1))[:, None]
    assert fit_rows(odds, rows, one, columns, sweeps=1) == pytest.approx(step)
    near = fit_rows(odds, rows, one, columns)
    assert near.sum(0) == pytest.approx([9, 9], abs=1e-3)
    impossible = np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([5, 5]), one, np.array([[8.0, 2.0]])
    assert (fit_rows(*impossible) == fit_rows(*impossible, sweeps=60)).all()
    assert (fit_rows(*impossible) != fit_rows(*impossible, sweeps=61)).any()


def test_a_table_whose_totals_fit_is_not_changed() -> None:
    """It is scaled only if a total differs by more than a thousandth of a person."""
    table = np.array([[6.0, 4.0], [3.0, 7.0]])
    rows = np.array([10, 10])
    one = np.zeros(2, "int64")
    assert (fit_rows(table, rows, one, np.array([[9.0009, 10.9991]])) == table).all()
    assert (fit_rows(table, rows, one, np.array([[9.0011, 10.9989]])) != table).all()


def test_a_row_or_column_without_odds_stays_empty() -> None:
    """Nobody is put into a cell with odds of zero, and there is no warning of a division by zero."""
    odds = np.array([[0.0, 0.0], [1.0, 0.0]])
    found = fit_rows(odds, np.array([4, 6]), np.zeros(2, "int64"), np.array([[5.0, 5.0]]))
    assert found.tolist() == [[0, 0], [6, 0]]
    assert fit_rows(np.zeros((0, 2)), np.zeros(0), np.zeros(0, "int64"), np.zeros((0, 2))).shape == (0, 2)


def test_rows_of_a_block_are_added_up() -> None:
    """A block without rows is zero. The sums have the type of the table."""
    table = np.array([[1, 2, 3], [10, 20, 30], [100, 200, 300]])
    found = block_sums(table, np.array([2, 0, 2]), 4)
    assert found.tolist() == [[10, 20, 30], [0, 0, 0], [101, 202, 303], [0, 0, 0]]
    assert found.dtype == table.dtype
    assert block_sums(table / 4, np.array([0, 0, 0]), 1).tolist() == [[27.75, 55.5, 83.25]]
