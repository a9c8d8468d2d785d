"""Work that measures share is done once for a run and the words it is asked in, and let go with the run."""

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


def test_the_same_words_are_answered_once_however_they_are_put(run: Run) -> None:
    """A default, the same by position and by name are one question; another word, and another run, are others."""
    asked = []

    @once
    def answer(run: Run, word: str = "a", *, other: int = 0) -> object:
        asked.append((word, other))
        return object()

    assert answer(run) is answer(run, "a") is answer(run, word="a", other=0)
    assert answer(run, "b") is not answer(run)
    assert answer(copy.copy(run)) is not answer(run)
    assert asked == [("a", 0), ("b", 0), ("a", 0)]


def test_words_that_cannot_be_hashed_are_asked_anew(run: Run) -> None:
    """A list is taken as it is each time, so that a wrong one still meets the check it should."""
    asked = []

    @once
    def answer(run: Run, words: list[str]) -> int:
        asked.append(words)
        return len(words)

    assert answer(run, ["a"]) == answer(run, ["b"]) == 1
    assert asked == [["a"], ["b"]]


@pytest.mark.thorough
def test_what_was_worked_out_goes_with_the_run(run: Run) -> None:
    """Once nobody holds a run any more, nothing of it is kept."""

    @once
    def answer(run: Run) -> set[int]:
        return {1}

    mine = copy.copy(run)
    held = weakref.ref(answer(mine))
    del mine
    gc.collect()
    assert held() is None


@given(arrays("int64", st.integers(0, 20), elements=st.integers(-3, 3)))
def test_distinct_numbers_are_those_of_a_set(numbers: np.ndarray) -> None:
    """In order, each once; none of none."""
    assert distinct(numbers).tolist() == sorted(set(numbers.tolist()))
