"""How many examples and cases a test has: few in every run, many with `pytest -m thorough`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.errors import InvalidArgument


def _is_thorough() -> bool:
    """Whether tests/conftest.py, which is read before any test is, has chosen the long profile."""
    try:
        return settings.default is settings.get_profile("thorough")
    except InvalidArgument:  # a process that a test has started, which reads no conftest.py
        return False


THOROUGH = _is_thorough()


def examples(usual: int, long: int, **more: Any) -> settings:
    """Settings with `usual` examples, or with `long` in a thorough session; `more` is for hypothesis as it stands."""
    return settings(max_examples=long if THOROUGH else usual, **more)


def some(cases: Iterable[Any], usual: Iterable[Any]) -> list[Any]:
    """The cases of a parametrised test, all but the `usual` of which are played with `pytest -m thorough` only."""
    shown = list(usual)
    return [case if case in shown else pytest.param(case, marks=pytest.mark.thorough) for case in cases]


def every(step: int, cases: Iterable[Any]) -> list[Any]:
    """The cases of a parametrised test, of which one in `step` is played in every run, beginning with the first."""
    listed = list(cases)
    return some(listed, listed[::step])
