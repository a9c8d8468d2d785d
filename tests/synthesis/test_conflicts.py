"""Conflicting margins, compared with a linear programme on the whole table and with results by hand."""

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
    """All margins of an existing table, also of one with zeros, can be met together."""
    draw = np.random.default_rng(seed)
    table = draw.random((3, 3, 2, 2)) * (draw.random((3, 3, 2, 2)) > 0.5)
    targets = [Target(axes, margin(table, axes)) for axes in AXES]
    assert conflicting(table > 0, targets) == ()


@examples(15, 300)
@given(seeds)
def test_the_collapsed_table_has_a_shortfall_exactly_when_the_whole_has(seed: int) -> None:
    """The margins come from two different tables, so that they may conflict."""
    draw = np.random.default_rng(seed)
    support = draw.random((3, 3, 2, 2)) > 0.4
    tables = [support * draw.integers(0, 5, support.shape) for _ in range(2)]
    scale = tables[0].sum() / max(tables[1].sum(), 1)
    targets = [Target(axes, margin(tables[draw.integers(2)] * 1.0, axes)) for axes in AXES]
    targets = [Target(one.axes, one.totals * (scale if one.totals.sum() == tables[1].sum() else 1)) for one in targets]
    assert (shortfall(support, targets) > 0) == (_least_slack(support, targets) > 1e-6 * tables[0].sum())


@pytest.mark.thorough
@given(seeds)
def test_each_reported_margin_is_needed_for_the_conflict(seed: int) -> None:
    """The reported margins cannot be met together; without any one of them, the others can."""
    draw = np.random.default_rng(seed)
    support = draw.random((3, 3, 2, 2)) > 0.5
    targets = [Target(axes, margin(draw.random(support.shape) * 10, axes)) for axes in AXES]
    reported = conflicting(support, targets)
    assert reported and shortfall(support, [targets[index] for index in reported]) > 0
    for left_out in reported:
        assert shortfall(support, [targets[index] for index in reported if index != left_out]) == 0


def test_a_margin_that_needs_an_empty_category_is_reported_alone() -> None:
    """The margin has two people in a category that must be empty."""
    support = np.array([[True, True], [False, False]])
    targets = [Target((1,), np.array([2.0, 2.0])), Target((0,), np.array([2.0, 2.0]))]
    assert conflicting(support, targets) == (1,)


def test_margins_with_different_totals_are_both_reported() -> None:
    """One margin has 90 people and another 100."""
    targets = [Target((0,), np.array([45.0, 45.0])), Target((1,), np.array([50.0, 50.0]))]
    assert conflicting(np.ones((2, 2), bool), targets) == (0, 1)
    assert shortfall(np.ones((2, 2), bool), targets) == pytest.approx(10.0)
