"""Posts removed with the exit of their holder, and posts deleted while they were vacant."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from nhstransit.log import Kind
from nhstransit.measures.reorganisation import _deleted


def run_with(removal: tuple[int, int, int], departure: tuple[int, int, int]) -> Any:
    """A run with one removal that saves 100 pence and one exit, each given as its post, day and rule."""
    columns = [np.array([value], "int32") for value in removal]
    removed = SimpleNamespace(post=columns[0], day=columns[1], rule=columns[2], pence=np.array([100], "int64"))
    post, day, rule = (np.array([value], "int32") for value in departure)
    exits = SimpleNamespace(post=post, day=day, rule=rule)
    return SimpleNamespace(log=SimpleNamespace(steps={Kind.REMOVED: removed}.__getitem__, exits=exits))


def test_an_exit_on_the_same_day_under_the_same_policy_belongs_to_the_removal() -> None:
    with_exit, vacant, pounds = _deleted(run_with((7, 400, 5), (7, 400, 5)))
    assert (with_exit.tolist(), vacant.tolist(), pounds) == ([7], [], 1.0)


def test_an_exit_on_another_day_under_a_policy_with_a_high_number_does_not() -> None:
    """Numbers of rules go up to 32,767. Day and rule must not run into each other in the key that compares them."""
    with_exit, vacant, _ = _deleted(run_with((7, 400, 4096 + 5), (7, 401, 5)))
    assert (with_exit.tolist(), vacant.tolist()) == ([], [7])
