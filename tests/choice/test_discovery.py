"""PRIM: a planted box is found, in the same place as EMA Workbench finds it; nothing is found where nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from nhstransit.choice.discovery import discover
from nhstransit.errors import InputError

NAMES = ("refill", "apply", "idle", "other")


def planted(futures: int = 400, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Futures fail where the first number is above 0.6 and the second below 0.4."""
    numbers = np.random.default_rng(seed).random((futures, 4))
    return numbers, (numbers[:, 0] > 0.6) & (numbers[:, 1] < 0.4)


def test_a_planted_box_is_found() -> None:
    """Its two limits, near where they are, and no others. (EMA Workbench 2.5.3 finds 0.608 and 0.369 here.)"""
    box = discover(*planted(), NAMES)
    assert [one.name for one in box.limits] == ["refill", "apply"]
    assert box.limits[0].low == pytest.approx(0.6, abs=0.03) and box.limits[0].high == np.inf
    assert box.limits[1].high == pytest.approx(0.4, abs=0.04) and box.limits[1].low == -np.inf
    assert box.coverage > 0.95 and box.density > 0.85
    assert all(one.quasi_p < 1e-6 for one in box.limits)
    assert box.table["low"].iloc[0] == box.limits[0].low


def test_the_box_in_words() -> None:
    box = discover(*planted(), NAMES)
    assert str(box).startswith("fails in 16% of 400 futures; in ")
    assert "refill is at least 0.6" in str(box) and "and apply is at most 0." in str(box)


def test_a_noisy_box_is_found() -> None:
    """One failure in ten is elsewhere, and one future in five in the box does not fail."""
    numbers, failing = planted(800, 3)
    random = np.random.default_rng(4).random(800)
    box = discover(numbers, np.where(failing, random < 0.8, random < 0.02), NAMES, density=0.7)
    assert {one.name for one in box.limits} == {"refill", "apply"}
    assert box.coverage > 0.6 and box.density >= 0.7


def test_nothing_is_found_where_nothing_is() -> None:
    """Failures at random: whatever box is best, it has few limits, and the sentence says so where it has none."""
    box = discover(np.ones((60, 2)), np.arange(60) % 3 == 0, ("one", "two"))
    assert box.limits == () and "no limits on the uncertain numbers separate" in str(box)


def test_whole_numbers_are_peeled() -> None:
    """A number with three values: the limit lies between two of them."""
    number = np.arange(300) % 3
    box = discover(number[:, None].astype(float), number == 2, ("months",))
    assert box.limits[0].low == 1.5 and box.coverage == box.density == 1.0


def test_too_few_failures_are_refused() -> None:
    with pytest.raises(InputError, match="futures: hold 4 that fail and 46 that do not; run more, until there are 5"):
        discover(np.random.default_rng(1).random((50, 1)), np.arange(50) < 4, ("one",))
