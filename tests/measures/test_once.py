"""`once`: results that measures share are computed once for a run and its arguments, and freed with the run."""

from __future__ import annotations

import copy
import gc
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nhstransit.arrays import distinct
from nhstransit.run import Run
from nhstransit.run.once import once
from tests.shared import hamlet_run


@pytest.fixture(scope="module")
def run() -> Run:
    return hamlet_run()


def test_a_result_is_computed_once_for_the_same_arguments(run: Run) -> None:
    """It does not matter whether an argument is a default, positional or named.

    Another argument or run is computed anew.
    """
    calls = []

    @once
    def answer(run: Run, word: str = "a", *, other: int = 0) -> object:
        calls.append((word, other))
        return object()

    assert answer(run) is answer(run, "a") is answer(run, word="a", other=0)
    assert answer(run, "b") is not answer(run)
    assert answer(copy.copy(run)) is not answer(run)
    assert calls == [("a", 0), ("b", 0), ("a", 0)]


def test_a_result_for_arguments_without_a_hash_is_computed_each_time(run: Run) -> None:
    """A list with an error is therefore checked each time."""
    calls = []

    @once
    def answer(run: Run, words: list[str]) -> int:
        calls.append(words)
        return len(words)

    assert answer(run, ["a"]) == answer(run, ["b"]) == 1
    assert calls == [["a"], ["b"]]


@pytest.mark.thorough
def test_results_are_freed_with_the_run(run: Run) -> None:

    @once
    def answer(run: Run) -> set[int]:
        return {1}

    copied_run = copy.copy(run)
    result = weakref.ref(answer(copied_run))
    del copied_run
    gc.collect()
    assert result() is None


@given(arrays("int64", st.integers(0, 20), elements=st.integers(-3, 3)))
def test_distinct_returns_each_number_once_in_order(numbers: np.ndarray) -> None:
    assert distinct(numbers).tolist() == sorted(set(numbers.tolist()))
