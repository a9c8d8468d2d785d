"""How many examples a property test makes: few in every run, many with `pytest -m thorough`."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

# tests/conftest.py has chosen the profile before any test is imported.
THOROUGH = settings.default is settings.get_profile("thorough")


def examples(usual: int, long: int, **more: Any) -> settings:
    """Settings with `usual` examples, or with `long` in a thorough session; `more` is for hypothesis as it stands."""
    return settings(max_examples=long if THOROUGH else usual, **more)
