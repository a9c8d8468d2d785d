"""Removed posts that were refilled, against two queues played one step at a time."""

from __future__ import annotations

from collections import defaultdict, deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.errors import InputError
from nhstransit.kernels.refill import FILLED, REMOVED, VACATED, refilled_by


def plain(groups, steps):
    """The same by two queues a group."""
    waiting, given_up, undone = defaultdict(int), defaultdict(deque), [-1] * len(steps)
    for place, (group, step) in enumerate(zip(groups, steps, strict=True)):
        if step == VACATED:
            waiting[group] += 1
        elif step == REMOVED:
            given_up[group].append(place)
        elif waiting[group]:
            waiting[group] -= 1
        elif given_up[group]:
            undone[given_up[group].popleft()] = place
    return undone


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from((VACATED, FILLED, REMOVED))), max_size=60))
def test_queues_one_step_at_a_time_agree(rows):
    """In any order of steps the same removals are undone, by the same fillings."""
    groups, steps = [row[0] for row in rows], [row[1] for row in rows]
    assert refilled_by(groups, steps).tolist() == plain(groups, steps)


def test_many_groups_and_steps_agree():
    """With forty thousand steps in a thousand groups, too."""
    luck = np.random.default_rng(8)
    groups, steps = luck.integers(0, 1_000, 40_000), luck.choice([VACATED, FILLED, FILLED, REMOVED], 40_000)
    assert refilled_by(groups, steps).tolist() == plain(groups.tolist(), steps.tolist())


def test_a_vacancy_that_stands_is_filled_first():
    """Somebody leaves unpaid, a post goes, and one is hired: the vacancy is filled and the removal stands."""
    assert refilled_by([7, 7, 7], [VACATED, REMOVED, FILLED]).tolist() == [-1, -1, -1]
    assert refilled_by([7, 7, 7], [REMOVED, FILLED, VACATED]).tolist() == [1, -1, -1]


def test_a_filling_before_the_removal_is_none_of_it():
    """Who came before a post went did not come in its place, nor who comes to another group."""
    assert refilled_by([7, 7], [FILLED, REMOVED]).tolist() == [-1, -1]
    assert refilled_by([7, 8], [REMOVED, FILLED]).tolist() == [-1, -1]


def test_nothing_is_refilled_where_nothing_happens():
    """No steps give none, and a step that is none is refused."""
    assert len(refilled_by([], [])) == 0
    with pytest.raises(InputError, match="give 0, 1 or 2"):
        refilled_by([1], [3])
