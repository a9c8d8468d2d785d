"""Selection of people within budgets and places, compared with a plain loop."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.selection import first_within, nth_within, order_within


@st.composite
def queues(draw: st.DrawFn) -> tuple[np.ndarray, ...]:
    """Group, merit and cost of each person, and budget and places of each group."""
    groups = draw(st.integers(1, 5))
    count = draw(st.integers(0, 30))

    def column(low: int, high: int, size: int) -> np.ndarray:
        return np.array(draw(st.lists(st.integers(low, high), min_size=size, max_size=size)), "int64")

    budget = column(0, 300, groups)
    endless = np.array(draw(st.lists(st.booleans(), min_size=groups, max_size=groups)), bool)
    places = column(0, 8, groups)
    group = column(0, groups - 1, count)
    merit = column(0, 5, count)
    cost = column(0, 120, count)
    return group, merit, cost, np.where(endless, 2**62, budget), places


def plainly(group: Any, order: Any, cost: Any, budget: Any, places: Any) -> list[bool]:
    """The people selected in each group: best first, up to the first one for whom there is no money or no place."""
    chosen = [False] * len(group)
    money_left = budget.tolist()
    places_left = places.tolist()
    open_ = [True] * len(budget)
    for position in order.tolist():
        here = int(group[position])
        open_[here] &= cost[position] <= money_left[here] and places_left[here] > 0
        if open_[here]:
            chosen[position] = True
            money_left[here] -= int(cost[position])
            places_left[here] -= 1
    return chosen


@given(queues())
def test_first_within_selects_the_same_people_as_the_plain_loop(queue: tuple[np.ndarray, ...]) -> None:
    group, merit, cost, budget, places = queue
    order = order_within(group, -merit, np.arange(len(group)))
    assert first_within(group, order, cost, budget, places).tolist() == plainly(group, order, cost, budget, places)


@given(queues())
def test_selection_never_exceeds_budgets_and_places(queue: tuple[np.ndarray, ...]) -> None:
    group, merit, cost, budget, places = queue
    chosen = first_within(group, order_within(group, -merit), cost, budget, places)
    spent = np.bincount(group[chosen], weights=cost[chosen], minlength=len(budget))
    assert (spent <= budget).all()
    assert (np.bincount(group[chosen], minlength=len(places)) <= places).all()


def test_selection_stops_at_the_first_case_that_does_not_fit() -> None:
    """Of £6, £5 and £1 with a budget of £10, the second does not fit, so the third is not selected either."""
    cost = np.array([600, 500, 100])
    chosen = first_within(np.zeros(3, int), np.arange(3), cost, np.array([1_000]), np.array([9]))
    assert chosen.tolist() == [True, False, False]


def test_cases_that_use_the_whole_budget_fit() -> None:
    """£6 and £4 fit into £10. With one penny less, only £6 fits."""
    cost = np.array([600, 400])
    zeros = np.zeros(2, int)
    for budget, expected in ((1_000, [True, True]), (999, [True, False])):
        assert first_within(zeros, np.arange(2), cost, np.array([budget]), np.array([2])).tolist() == expected


def test_groups_are_independent() -> None:
    """If one employer has no money, the selection of another one does not change."""
    group = np.array([1, 0, 1])
    cost = np.array([5, 5, 5])
    order = order_within(group, np.arange(3))
    assert first_within(group, order, cost, np.array([0, 9]), np.array([9, 9])).tolist() == [True, False, False]


def test_sums_of_large_pence_do_not_overflow() -> None:
    """Without a limit, 100,000 people at a million pounds each are all selected."""
    count = 100_000
    cost = np.full(count, 10**8)
    chosen = first_within(np.zeros(count, int), np.arange(count), cost, np.array([2**62]), np.array([2**62]))
    assert chosen.all()


@given(st.lists(st.integers(0, 4), max_size=30))
def test_nth_within_counts_earlier_entries_of_the_same_group(groups: list[int]) -> None:
    assert nth_within(np.array(groups, int)).tolist() == [groups[:n].count(one) for n, one in enumerate(groups)]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=20))
def test_order_within_sorts_by_group_and_then_by_its_keys(entries: list[tuple[int, int, int]]) -> None:
    """The first key has priority. Equal entries stay in their order."""
    columns = np.array(entries, int).reshape(-1, 3).T
    assert order_within(*columns).tolist() == sorted(range(len(entries)), key=entries.__getitem__)
