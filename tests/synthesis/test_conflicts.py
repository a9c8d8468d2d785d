"""Conflicting margins, against a linear programme on the whole table and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.synthesis.fitting import Target, _least_slack, conflicting, margin, shortfall
from tests.examples import examples

seeds = st.integers(0, 2**32 - 1)
AXES = [(0,), (1,), (2,), (0, 1), (1, 2), (3,)]


@given(seeds)
def test_the_margins_of_a_table_never_conflict(seed: int) -> None:
    """Whatever margins a table with zeros has, all of them can hold."""
    draw = np.random.default_rng(seed)
    table = draw.random((3, 3, 2, 2)) * (draw.random((3, 3, 2, 2)) > 0.5)
    targets = [Target(axes, margin(table, axes)) for axes in AXES]
    assert conflicting(table > 0, targets) == ()


@examples(15, 300)
@given(seeds)
def test_the_collapsed_table_gives_the_same_verdict_as_the_whole(seed: int) -> None:
    """Margins of two different tables: a shortfall on the collapsed table exactly when there is one on the whole."""
    draw = np.random.default_rng(seed)
    support = draw.random((3, 3, 2, 2)) > 0.4
    tables = [support * draw.integers(0, 5, support.shape) for _ in range(2)]
    scale = tables[0].sum() / max(tables[1].sum(), 1)
    targets = [Target(axes, margin(tables[draw.integers(2)] * 1.0, axes)) for axes in AXES]
    targets = [Target(one.axes, one.totals * (scale if one.totals.sum() == tables[1].sum() else 1)) for one in targets]
    assert (shortfall(support, targets) > 0) == (_least_slack(support, targets) > 1e-6 * tables[0].sum())


@pytest.mark.thorough
@given(seeds)
def test_the_margins_named_conflict_and_none_of_them_is_idle(seed: int) -> None:
    """Those named cannot all hold; leave any one of them out and the others can."""
    draw = np.random.default_rng(seed)
    support = draw.random((3, 3, 2, 2)) > 0.5
    targets = [Target(axes, margin(draw.random(support.shape) * 10, axes)) for axes in AXES]
    guilty = conflicting(support, targets)
    assert guilty and shortfall(support, [targets[place] for place in guilty]) > 0
    for place in guilty:
        assert shortfall(support, [targets[one] for one in guilty if one != place]) == 0


def test_a_margin_that_only_zeros_forbid_is_named_alone() -> None:
    """Two people wanted in a category that nobody can be in: that margin, and no other."""
    support = np.array([[True, True], [False, False]])
    targets = [Target((1,), np.array([2.0, 2.0])), Target((0,), np.array([2.0, 2.0]))]
    assert conflicting(support, targets) == (1,)


def test_totals_that_differ_are_both_named() -> None:
    """Ninety people by one margin and a hundred by another, over different axes."""
    targets = [Target((0,), np.array([45.0, 45.0])), Target((1,), np.array([50.0, 50.0]))]
    assert conflicting(np.ones((2, 2), bool), targets) == (0, 1)
    assert shortfall(np.ones((2, 2), bool), targets) == pytest.approx(10.0)
