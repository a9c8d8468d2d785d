"""Numbers of examples and cases of tests: few in every session, many with `pytest -m thorough`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.errors import InvalidArgument


def _is_thorough() -> bool:
    """Whether tests/conftest.py, which is loaded before any test, has chosen the thorough profile."""
    try:
        return settings.default is settings.get_profile("thorough")
    except InvalidArgument:  # a process that a test has started, without conftest.py
        return False


THOROUGH = _is_thorough()


def examples(usual: int, long: int, **more: Any) -> settings:
    """Settings with `usual` examples, or with `long` in a thorough session. `more` are further settings of Hypothesis."""
    return settings(max_examples=long if THOROUGH else usual, **more)


def some(cases: Iterable[Any], usual: Iterable[Any]) -> list[Any]:
    """The cases of a parametrised test. All except the `usual` ones run only with `pytest -m thorough`."""
    selected = list(usual)
    return [case if case in selected else pytest.param(case, marks=pytest.mark.thorough) for case in cases]


def every(step: int, cases: Iterable[Any]) -> list[Any]:
    """The cases of a parametrised test. The first and then one in `step` run in every session."""
    listed = list(cases)
    return some(listed, listed[::step])
