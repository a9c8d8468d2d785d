"""The promise about time: an opening of 200,000 people is made in under two seconds."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest


@pytest.mark.thorough
def test_two_hundred_thousand_people_take_less_than_two_seconds() -> None:
    """The best of three openings of that size, made from nothing with England's margins and bodies."""
    benchmark = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "synthesis.py"))
    assert benchmark["seconds"](200_000, 3) < 2.0
