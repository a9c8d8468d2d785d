"""Whole people: totals kept, nobody more than one away from the due, a table found wherever there is one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from nhstransit.errors import InputError
from nhstransit.rounding import controlled, in_turn, largest_remainder, round_rows, spread_offsets

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
    with pytest.raises(InputError, match="cannot share out 5"):
        largest_remainder(5, odds)


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
