"""Suppressed counts withstand an attacker who lists every table that fits, or solves an integer programme."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.errors import NhstransitError
from nhstransit.measures.suppression import Cells, suppressed
from tests.examples import examples

LEAST = 5


def linked(atoms, sums, *, kept=(), shown=None):
    """Cells that are sums of atoms, from `sums` (cells, atoms), a matrix of zeros and ones."""
    sums = np.asarray(sums)
    atoms = np.asarray(atoms)
    cell, atom = np.nonzero(sums)
    count = sums @ atoms
    stands = np.zeros(len(sums), bool)
    stands[list(kept)] = True
    return Cells(
        atom=atom,
        cell=cell,
        atoms=len(atoms),
        count=count,
        shown=np.ones(len(sums), bool) if shown is None else shown,
        kept=stands & (count >= LEAST),
        cost=1.0 + np.log1p(count),
    )


def one_way(atoms):
    """The sums and cells of groups and their total. The total must be shown."""
    sums = np.vstack([np.eye(len(atoms), dtype=int), np.ones((1, len(atoms)), int)])
    return sums, linked(atoms, sums, kept=[len(atoms)])


def two_way(table):
    """The sums and cells of a table with margins. The total must be shown."""
    rows, columns = table.shape
    over = [np.vstack([np.eye(size, dtype=int), np.ones((1, size), int)]) for size in (rows, columns)]
    sums = np.kron(*over)
    return sums, linked(table.ravel(), sums, kept=[len(sums) - 1])


def tables_that_fit(sums, count, hidden):
    """Every table of whole numbers, (tables, atoms), that agrees with the shown cells, which must include the total."""
    atoms = sums.shape[1]
    total = int(count[-1])
    bars = np.array(list(combinations(range(total + atoms - 1), atoms - 1)))
    edges = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), total + atoms - 1)])
    tables = np.diff(edges, axis=1) - 1
    fits = (tables @ sums.T)[:, ~hidden] == count[~hidden]
    return tables[fits.all(axis=1)]


def ranges(sums, count, hidden):
    """The smallest and largest possible value of each cell given the shown cells, from integer programmes."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rule = LinearConstraint(sums[~hidden], count[~hidden], count[~hidden]) if (~hidden).any() else ()
    out = []
    for cell in range(len(sums)):
        ends = []
        for sign in (1, -1):
            limit = Bounds(0, count.max() + 50)
            found = milp(sign * sums[cell], constraints=rule, bounds=limit, integrality=np.ones(sums.shape[1], int))
            ends.append(round(sign * found.fun))
        out.append(ends)
    return np.array(out)


def check(count, hidden, low, high):
    """No small count is shown, each small count has a range of five or more, and each hidden count has a range."""
    assert (count[~hidden] >= LEAST).all()
    assert (high - low)[count < LEAST].min(initial=LEAST) >= LEAST
    assert (high > low)[hidden].all()


@examples(5, 100)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=5).filter(lambda atoms: 5 <= sum(atoms) <= 18))
def test_no_small_count_can_be_derived_from_a_one_way_table(atoms):
    """The tables that fit the shown cells differ by five or more in every small count."""
    sums, cells = one_way(atoms)
    hidden = suppressed(cells, LEAST, LEAST)
    fitting = tables_that_fit(sums, cells.count, hidden) @ sums.T
    check(cells.count, hidden, fitting.min(axis=0), fitting.max(axis=0))


@examples(5, 75)
@given(st.lists(st.integers(0, 7), min_size=6, max_size=6).filter(lambda atoms: 5 <= sum(atoms) <= 16))
def test_no_small_count_can_be_derived_from_a_small_two_way_table(atoms):
    """The two-by-three tables that fit the shown cells and margins differ by five or more in every small count."""
    sums, cells = two_way(np.array(atoms).reshape(2, 3))
    hidden = suppressed(cells, LEAST, LEAST)
    fitting = tables_that_fit(sums, cells.count, hidden) @ sums.T
    check(cells.count, hidden, fitting.min(axis=0), fitting.max(axis=0))


@pytest.mark.thorough
@examples(5, 30)
@given(st.lists(st.sampled_from((0, 1, 2, 4, 5, 6, 9, 20, 60)), min_size=12, max_size=12).filter(lambda a: sum(a) > 4))
def test_no_small_count_can_be_derived_from_a_larger_two_way_table(atoms):
    """An integer programme finds a range of five or more for every small count of a three-by-four table."""
    sums, cells = two_way(np.array(atoms).reshape(3, 4))
    hidden = suppressed(cells, LEAST, LEAST)
    low, high = ranges(sums, cells.count, hidden).T
    check(cells.count, hidden, low, high)


def test_hiding_small_counts_alone_is_not_enough():
    """The attacker of these tests can derive a small count that no other hidden cell protects."""
    sums, cells = one_way([3, 20, 30])
    low, high = ranges(sums, cells.count, cells.count < LEAST).T
    assert low[0] == high[0] == 3
    sums, cells = two_way(np.array([[2, 30, 40], [30, 30, 30], [3, 50, 60]]))
    insufficient = (cells.count < LEAST) | np.isin(
        np.arange(16), (1, 10)
    )  # one more cell in each row, but none in their columns
    low, high = ranges(sums, cells.count, insufficient).T
    assert (low == high)[insufficient].all()


def test_no_more_cells_are_hidden_than_necessary():
    """One small group needs one more hidden cell, the smallest sufficient one.

    Two small groups with a sum of six need none.
    """
    assert suppressed(one_way([1, 90, 50, 60])[1], LEAST, LEAST).tolist() == [True, False, True, False, False]
    assert suppressed(one_way([2, 4, 50, 60])[1], LEAST, LEAST).tolist() == [True, True, False, False, False]
    assert suppressed(one_way([0, 0, 50, 60])[1], LEAST, LEAST).sum() == 3
    assert not suppressed(one_way([5, 9, 50])[1], LEAST, LEAST).any()


def test_a_small_inner_cell_needs_a_rectangle_of_hidden_cells():
    """One more cell is hidden in its row, one in its column, and one where those two cross."""
    table = np.full((3, 4), 40)
    table[1, 2] = 1
    hidden = suppressed(two_way(table)[1], LEAST, LEAST).reshape(4, 5)
    assert hidden.sum() == 4
    assert hidden[1, 2]
    assert sorted(hidden.sum(axis=0)) == [0, 0, 0, 2, 2]


def test_every_cell_is_hidden_if_the_total_is_below_five():
    sums = np.vstack([np.eye(2, dtype=int), np.ones((1, 2), int)])
    assert suppressed(linked([1, 2], sums), LEAST, LEAST).all()


def test_small_counts_that_are_not_in_the_table_are_protected_too():
    """The rest of a group is not in the table, and cannot be derived by subtraction."""
    stayed_and_left = [2, 40, 30, 30]  # of two groups
    sums = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0]])
    shown = np.array([True, True, True, True, False, False])
    cells = linked(stayed_and_left, sums, kept=[0, 1], shown=shown)
    assert suppressed(cells, LEAST, LEAST).tolist() == [False, False, True, False, True, True]
    more = linked([9, 40, 30, 30], sums, kept=[0, 1], shown=shown)
    assert suppressed(more, LEAST, LEAST).tolist() == [False, False, False, False, True, True]


def test_a_table_that_cannot_be_protected_is_refused():
    """A small count follows from cells that must be shown. The message states the remedy."""
    sums = np.vstack([np.eye(2, dtype=int), np.ones((1, 2), int)])
    with pytest.raises(NhstransitError, match="can be worked out from cells that must be shown; give coarser groups"):
        suppressed(linked([1, 30], sums, kept=[1, 2]), LEAST, LEAST)
