"""Hidden counts against attackers: every table that fits what is shown, and a whole-number programme for larger tables."""

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
    """Cells that are sums of atoms: `sums` (cells, atoms) of zeros and ones."""
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
    """Groups and their total, which stands."""
    sums = np.vstack([np.eye(len(atoms), dtype=int), np.ones((1, len(atoms)), int)])
    return sums, linked(atoms, sums, kept=[len(atoms)])


def two_way(table):
    """Cells, margins and the total, which stands, as sums of the inner cells."""
    rows, columns = table.shape
    over = [np.vstack([np.eye(size, dtype=int), np.ones((1, size), int)]) for size in (rows, columns)]
    sums = np.kron(*over)
    return sums, linked(table.ravel(), sums, kept=[len(sums) - 1])


def worlds_that_fit(sums, count, hidden):
    """Every table of whole people, (worlds, atoms), that agrees with all shown; the total must be among it."""
    atoms = sums.shape[1]
    total = int(count[-1])
    bars = np.array(list(combinations(range(total + atoms - 1), atoms - 1)))
    edges = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), total + atoms - 1)])
    tables = np.diff(edges, axis=1) - 1
    fits = (tables @ sums.T)[:, ~hidden] == count[~hidden]
    return tables[fits.all(axis=1)]


def ranges(sums, count, hidden):
    """The least and the most that each cell may be, from all that is shown, by whole-number programmes."""
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
    """Nothing small is shown; each small count may be two numbers five apart; no hidden one is known."""
    assert (count[~hidden] >= LEAST).all()
    assert (high - low)[count < LEAST].min(initial=LEAST) >= LEAST
    assert (high > low)[hidden].all()


@examples(5, 100)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=5).filter(lambda atoms: 5 <= sum(atoms) <= 18))
def test_no_one_way_table_gives_a_small_count_away(atoms):
    """Of all tables that fit what is shown, some differ by five or more in every small count."""
    sums, cells = one_way(atoms)
    hidden = suppressed(cells, LEAST, LEAST)
    fitting = worlds_that_fit(sums, cells.count, hidden) @ sums.T
    check(cells.count, hidden, fitting.min(axis=0), fitting.max(axis=0))


@examples(5, 75)
@given(st.lists(st.integers(0, 7), min_size=6, max_size=6).filter(lambda atoms: 5 <= sum(atoms) <= 16))
def test_no_small_two_way_table_gives_a_count_away(atoms):
    """Of all two by three tables that fit what is shown, margins included, some differ by five in every small count."""
    sums, cells = two_way(np.array(atoms).reshape(2, 3))
    hidden = suppressed(cells, LEAST, LEAST)
    fitting = worlds_that_fit(sums, cells.count, hidden) @ sums.T
    check(cells.count, hidden, fitting.min(axis=0), fitting.max(axis=0))


@pytest.mark.thorough
@examples(5, 30)
@given(st.lists(st.sampled_from((0, 1, 2, 4, 5, 6, 9, 20, 60)), min_size=12, max_size=12).filter(lambda a: sum(a) > 4))
def test_no_larger_two_way_table_gives_a_count_away(atoms):
    """A whole-number programme cannot narrow any small count of a three by four table below five."""
    sums, cells = two_way(np.array(atoms).reshape(3, 4))
    hidden = suppressed(cells, LEAST, LEAST)
    low, high = ranges(sums, cells.count, hidden).T
    check(cells.count, hidden, low, high)


def test_hiding_only_what_is_small_would_give_it_away():
    """The attacker of these tests does find a small count where nothing guards it."""
    sums, cells = one_way([3, 20, 30])
    low, high = ranges(sums, cells.count, cells.count < LEAST).T
    assert low[0] == high[0] == 3
    sums, cells = two_way(np.array([[2, 30, 40], [30, 30, 30], [3, 50, 60]]))
    naive = (cells.count < LEAST) | np.isin(np.arange(16), (1, 10))  # one more in each row, but none in those columns
    low, high = ranges(sums, cells.count, naive).T
    assert (low == high)[naive].all()


def test_as_little_is_hidden_as_need_be():
    """One small group costs one more, the smallest that will do; two that hide each other's sum of six cost none."""
    assert suppressed(one_way([1, 90, 50, 60])[1], LEAST, LEAST).tolist() == [True, False, True, False, False]
    assert suppressed(one_way([2, 4, 50, 60])[1], LEAST, LEAST).tolist() == [True, True, False, False, False]
    assert suppressed(one_way([0, 0, 50, 60])[1], LEAST, LEAST).sum() == 3
    assert not suppressed(one_way([5, 9, 50])[1], LEAST, LEAST).any()


def test_four_cells_guard_one_in_a_two_way_table():
    """One small inner cell costs a rectangle: one more in its row, one in its column, one where those cross."""
    table = np.full((3, 4), 40)
    table[1, 2] = 1
    hidden = suppressed(two_way(table)[1], LEAST, LEAST).reshape(4, 5)
    assert hidden.sum() == 4
    assert hidden[1, 2]
    assert sorted(hidden.sum(axis=0)) == [0, 0, 0, 2, 2]


def test_too_few_people_are_hidden_altogether():
    """Where all are fewer than five, the total is hidden with every group."""
    sums = np.vstack([np.eye(2, dtype=int), np.ones((1, 2), int)])
    assert suppressed(linked([1, 2], sums), LEAST, LEAST).all()


def test_what_is_never_shown_is_guarded_too():
    """The rest of a group, not itself in the table, is not to be had by subtraction: its count is hidden."""
    stayed_and_left = [2, 40, 30, 30]  # of two groups
    sums = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0]])
    shown = np.array([True, True, True, True, False, False])
    cells = linked(stayed_and_left, sums, kept=[0, 1], shown=shown)
    assert suppressed(cells, LEAST, LEAST).tolist() == [False, False, True, False, True, True]
    more = linked([9, 40, 30, 30], sums, kept=[0, 1], shown=shown)
    assert suppressed(more, LEAST, LEAST).tolist() == [False, False, False, False, True, True]


def test_what_cannot_be_guarded_is_refused():
    """Where cells that must stand give a small one away, that is an error which says what to do."""
    sums = np.vstack([np.eye(2, dtype=int), np.ones((1, 2), int)])
    with pytest.raises(NhstransitError, match="can be worked out from cells that must be shown; give coarser groups"):
        suppressed(linked([1, 30], sums, kept=[1, 2]), LEAST, LEAST)
