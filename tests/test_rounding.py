"""Whole people: totals kept, nobody more than one away from the due, a table found wherever there is one."""

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
    """The parts are whole, add up to the total, and each lies within one of its exact share."""
    parts = largest_remainder(total, odds)
    assert parts.sum() == total
    assert np.abs(parts - total * np.array(odds) / sum(odds)).max() < 1 + 1e-6


def test_largest_remainders_go_to_the_largest() -> None:
    """Ten seats over 4.7, 3.6 and 1.7: the extra two go to the remainders of seven tenths, not to six tenths."""
    assert largest_remainder(10, [4.7, 3.6, 1.7]).tolist() == [5, 3, 2]
    assert largest_remainder(1, [1, 1, 1]).tolist() == [1, 0, 0]


@pytest.mark.parametrize("odds", [[], [0.0, 0.0], [1.0, -1.0], [float("nan")]])
def test_nothing_to_share_out_by_is_refused(odds: list[float]) -> None:
    """Weights that are empty, zero, negative or no numbers are refused in a sentence."""
    with pytest.raises(InputError) as told:
        largest_remainder(5, odds)
    right = "give weights of 0 or more, at least one above 0"
    assert str(told.value) == f"weights: cannot be used to split 5; {right}"


def test_a_total_below_zero_is_refused_and_none_is_shared_out_by_anything() -> None:
    """Minus one cannot be shared out; zero can, also where all weights are zero, or there is none."""
    with pytest.raises(InputError, match="cannot be used to split -1"):
        largest_remainder(-1, [1.0, 2.0])
    assert largest_remainder(0, [0.0, 0.0]).tolist() == [0, 0]
    assert largest_remainder(0, []).tolist() == []
    assert largest_remainder(5, [0.25, 0.25]).tolist() == [3, 2]
    with pytest.raises(InputError, match="cannot be used to split 5"):
        largest_remainder(5, [3.0, -1.0])
    assert largest_remainder(0, [3]).dtype == largest_remainder(7, [3]).dtype == np.int64


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40), weights)
def test_carried_remainders_keep_both_sums(totals: list[int], odds: list[float]) -> None:
    """Every body gets its number; over all bodies each cell is within two of its share of all."""
    counts = in_turn(totals, odds)
    assert (counts >= 0).all()
    assert counts.sum(1).tolist() == totals
    assert np.abs(counts.sum(0) - sum(totals) * np.array(odds) / sum(odds)).max() < 2


def test_small_bodies_do_not_all_get_the_same_cells() -> None:
    """Ten bodies of one post each over ten equal cells fill every cell once: nothing is lost to rounding."""
    assert in_turn([1] * 10, [1.0] * 10).sum(0).tolist() == [1] * 10


def test_remainders_are_carried_from_one_to_the_next() -> None:
    """One post each over shares of 60% and 40%: what a share did not get is carried, until both are met after five."""
    found = in_turn([1, 1, 1, 1, 1], [3, 2])
    assert found.tolist() == [[1, 0], [0, 1], [1, 0], [0, 1], [1, 0]]
    assert found.dtype == np.int64
    assert in_turn([2.0, 0.0, 3.0], [1, 1]).tolist() == [[1, 1], [0, 0], [2, 1]]
    assert in_turn([4, 4], [0, 1, 1]).tolist() == [[0, 2, 2], [0, 2, 2]]


@pytest.mark.parametrize(
    ("total", "parts"), [(3, [2, 1, 0]), (2, [2, 0, 0]), (1, [1, 0, 0]), (0, [0, 0, 0]), (5, [3, 1, 1])]
)
def test_where_there_are_fewer_than_were_given_the_last_give_back_first(total: int, parts: list[int]) -> None:
    """From 2, 1 and 0.4: those without a remainder, from the end, one each in turn; nobody is taken from an empty cell."""
    assert _rounded(np.array([2.0, 1.0, 0.4]), total).tolist() == parts


def test_what_was_given_too_early_is_taken_off_later() -> None:
    """Three cells of a third: each has its turn, and nobody has a second before all have had a first."""
    assert in_turn([1, 1, 1, 2], [1, 1, 1]).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]]


def table_of(seed: int, rows: int = 9, columns: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """A fractional table with whole rows, and whole column totals within one of its own."""
    draw = np.random.default_rng(seed)
    table = draw.random((rows, columns)) * (draw.random((rows, columns)) > 0.4) + 1e-3
    table *= draw.integers(1, 8, rows)[:, None] / table.sum(1)[:, None]
    return table, largest_remainder(round(table.sum()), table.sum(0))


@given(seeds)
def test_controlled_rounding_keeps_rows_and_columns(seed: int) -> None:
    """Rows keep their totals and columns get theirs, whole, with nobody in a cell that is empty."""
    table, columns = table_of(seed)
    whole = controlled(table, columns, spread_offsets(len(table), 0.3))
    assert whole.sum(1).tolist() == np.rint(table.sum(1)).astype(int).tolist()
    assert whole.sum(0).tolist() == columns.tolist()
    assert (whole >= 0).all()


@given(seeds)
def test_last_bits_decide_nothing(seed: int) -> None:
    """Equal fractions that differ in their last bits, as when sums are added up in another order, are equal still."""
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
def test_cells_stay_within_one_where_the_columns_are_the_table_s_own(seed: int) -> None:
    """Where column sums are whole already, every cell goes to the whole number below or above."""
    table, _ = table_of(seed)
    doubled = np.concatenate([table, np.ceil(table) - table])
    doubled[len(table) :] += (np.ceil(doubled[len(table) :].sum(1)) - doubled[len(table) :].sum(1))[:, None] / 5
    columns = doubled.sum(0)
    if np.abs(columns - np.rint(columns)).max() > 1e-9:
        doubled, columns = np.floor(doubled) + 0.0, np.floor(doubled).sum(0)
    whole = controlled(doubled, np.rint(columns).astype("int64"), spread_offsets(len(doubled), 0.7))
    assert np.abs(whole - doubled).max() < 1


def exists(support: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> bool:
    """Whether any whole table on a support has these sums, by integer programming."""
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
def test_a_whole_table_is_found_wherever_there_is_one(seed: int) -> None:
    """With many structural zeros and any column totals, they are met exactly when integer programming can meet them."""
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
    """Over evenly spread offsets each cell is right on average: 20,000 rows of 0.2, 0.3, 0.5."""
    table = np.tile([0.2, 0.3, 0.5], (20_000, 1))
    assert round_rows(table, spread_offsets(20_000, 0.0)).mean(0) == pytest.approx([0.2, 0.3, 0.5], abs=2e-4)


def test_rows_are_rounded_by_their_running_sums() -> None:
    """Running sums 0.5, 1.2 and 2 are rounded up from 0.5 on with an offset of a half, and down with one of zero."""
    table = np.array([[0.5, 0.7, 0.8], [0.5, 0.7, 0.8]])
    found = round_rows(table, np.array([0.5, 0.0]))
    assert found.tolist() == [[1, 0, 1], [0, 1, 1]]
    assert found.dtype == np.int64
    assert round_rows(np.array([[1.2, 0.0, 1.8]]), np.array([0.9])).tolist() == [[2, 0, 1]]


def test_a_sum_a_little_above_its_total_takes_nobody_away() -> None:
    """A last cell of zero stays zero where the cells before it add up to a hair more than the total."""
    assert round_rows(np.array([[0.5, 0.5 + 4e-16, 0.0]]), np.array([0.0])).tolist() == [[0, 1, 0]]
    assert round_rows(np.array([[1.0 + 1e-9, -1e-9]]), np.array([1 - 1e-12])).tolist() == [[1, 0]]


def test_offsets_follow_the_golden_ratio() -> None:
    """0.3, 0.918, 1.536 less one, 2.154 less two: (√5 − 1) / 2 apart, round and round."""
    golden = (5**0.5 - 1) / 2
    assert spread_offsets(4, 0.3) == pytest.approx([0.3, 0.3 + golden, 2 * golden - 0.7, 3 * golden - 1.7])
    assert spread_offsets(0, 0.3).tolist() == []


HALF = [0.5, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("columns", "moved"), [([4, 0], []), ([3, 1], [1]), ([2, 2], [1, 3]), ([1, 3], [1, 2, 3]), ([0, 4], [0, 1, 2, 3])]
)
def test_the_cells_that_were_rounded_up_furthest_are_rounded_down_first(columns: list[int], moved: list[int]) -> None:
    """Four rows that an offset of a half rounds to the first column: 0.6 gives a person back before 0.7, 0.8 and 0.9."""
    table = np.array([[0.9, 0.1], [0.6, 0.4], [0.8, 0.2], [0.7, 0.3]])
    whole = controlled(table, np.array(columns), np.array(HALF))
    assert np.flatnonzero(whole[:, 1]).tolist() == moved
    assert whole.sum(1).tolist() == [1, 1, 1, 1]


def test_rows_of_any_size_give_back_by_their_fractions() -> None:
    """Of 3.9, 8.6 and 1.8 in the first column, 8.6 was rounded up furthest, whatever stands beside it."""
    table = np.array([[3.9, 5.1], [8.6, 0.4], [1.8, 7.2]])
    whole = controlled(table, np.array([14, 13]), np.array([0.5, 0.5, 0.5]))
    assert whole.tolist() == [[4, 5], [8, 1], [2, 7]]


def test_equal_rows_give_people_back_by_position() -> None:
    """Of a hundred equal rows, the first forty move: on every machine, with every way of sorting."""
    whole = controlled(np.full((100, 2), 0.5), np.array([60, 40]), np.full(100, 0.5))
    assert np.flatnonzero(whole[:, 1]).tolist() == list(range(40))
    assert largest_remainder(40, np.ones(100)).tolist() == [1] * 40 + [0] * 60


def test_people_move_by_way_of_a_column_between() -> None:
    """No row can move from the first column to the third; one can to the second, and another from there to the third."""
    table = np.array([[0.6, 0.4, 0.0], [0.0, 0.7, 0.3], [1.0, 0.0, 0.0]])
    whole = controlled(table, np.array([1, 1, 1]), np.array([0.5, 0.5, 0.5]))
    assert whole.tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_where_no_table_has_the_columns_they_come_as_near_as_they_can() -> None:
    """Both people can only be in the first column; nobody is put where the table is empty."""
    whole = controlled(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([0, 2]), np.array([0.5, 0.5]))
    assert whole.tolist() == [[1, 0], [1, 0]]
    either = controlled(np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([0, 2]), np.array([0.5, 0.5]))
    assert either.tolist() == [[1, 0], [0, 1]]


def test_cells_go_further_than_their_whole_neighbours_only_where_they_must() -> None:
    """Four people in a row of 3 and 1 are put one and three where the columns say so."""
    assert controlled(np.array([[3.0, 1.0]]), np.array([1, 3]), np.array([0.0])).tolist() == [[1, 3]]


def test_odds_of_a_product_are_fitted_in_one_step() -> None:
    """Without odds of their own, cells are row × column / total, whatever the scale of the odds."""
    rows = np.array([10, 30, 60])
    columns = np.array([[25.0, 75.0]])
    wanted = np.outer(rows, columns[0]) / 100
    for scale in (1.0, 1e-9, 1e9):
        found = fit_rows(np.full((3, 2), scale), rows, np.zeros(3, "int64"), columns)
        assert found == pytest.approx(wanted, rel=1e-12)
        assert found.dtype == np.float64


def test_cross_ratios_of_odds_are_kept_in_each_block() -> None:
    """Two blocks of two rows, each with its own columns: sums are met and (a d) / (b c) stays that of the odds."""
    odds = np.array([[3.0, 1.0], [2.0, 5.0], [1.0, 4.0], [1.0, 1.0]])
    block = np.array([0, 0, 1, 1])
    columns = np.array([[40.0, 60.0], [10.0, 15.0]])
    before = odds.copy()
    found = fit_rows(odds, np.array([70, 30, 5, 20]), block, columns, sweeps=1_000)
    assert (odds == before).all(), "the odds are the caller's"
    assert found.sum(1) == pytest.approx([70, 30, 5, 20])
    assert np.array([found[:2].sum(0), found[2:].sum(0)]) == pytest.approx(columns, abs=1e-3)
    for first, ratio in ((0, 7.5), (2, 0.25)):
        a, b, c, d = found[first : first + 2].ravel()
        assert a * d / (b * c) == pytest.approx(ratio)


def test_fewer_than_one_person_are_fitted_too() -> None:
    """Rows of 0.2 and 0.6, columns of 0.3 and 0.5: cells are row × column / total."""
    found = fit_rows(np.ones((2, 2)), np.array([0.2, 0.6]), np.zeros(2, "int64"), np.array([[0.3, 0.5]]))
    assert found == pytest.approx(np.array([[0.075, 0.125], [0.225, 0.375]]))


def test_sweeps_end_when_they_are_told_to() -> None:
    """Without a sweep only rows are scaled; each sweep scales the columns and then the rows; 60 are the usual most."""
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


def test_a_table_that_fits_is_left_as_it_is() -> None:
    """Within a thousandth of a person nothing is scaled any more; beyond it, something is."""
    table = np.array([[6.0, 4.0], [3.0, 7.0]])
    rows = np.array([10, 10])
    one = np.zeros(2, "int64")
    assert (fit_rows(table, rows, one, np.array([[9.0009, 10.9991]])) == table).all()
    assert (fit_rows(table, rows, one, np.array([[9.0011, 10.9989]])) != table).all()


def test_a_row_or_column_without_odds_stays_empty() -> None:
    """Nobody is put where the odds are zero, and no division by zero is told of."""
    odds = np.array([[0.0, 0.0], [1.0, 0.0]])
    found = fit_rows(odds, np.array([4, 6]), np.zeros(2, "int64"), np.array([[5.0, 5.0]]))
    assert found.tolist() == [[0, 0], [6, 0]]
    assert fit_rows(np.zeros((0, 2)), np.zeros(0), np.zeros(0, "int64"), np.zeros((0, 2))).shape == (0, 2)


def test_sums_of_blocks() -> None:
    """Rows of a block are added up column by column; a block without rows is zero; whole numbers stay whole."""
    table = np.array([[1, 2, 3], [10, 20, 30], [100, 200, 300]])
    found = block_sums(table, np.array([2, 0, 2]), 4)
    assert found.tolist() == [[10, 20, 30], [0, 0, 0], [101, 202, 303], [0, 0, 0]]
    assert found.dtype == table.dtype
    assert block_sums(table / 4, np.array([0, 0, 0]), 1).tolist() == [[27.75, 55.5, 83.25]]
