"""Scenario discovery with PRIM of EMA Workbench: it finds a known box, and no box in random failures."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pandas as pd
import pytest

from nhstransit.choice.discovery import Box, discover
from nhstransit.errors import InputError

NAMES = ("refill", "apply", "idle", "other")


def known_box(futures: int = 400, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Futures that fail if the first number is above 0.6 and the second below 0.4."""
    numbers = np.random.default_rng(seed).random((futures, 4))
    return numbers, (numbers[:, 0] > 0.6) & (numbers[:, 1] < 0.4)


@pytest.fixture(scope="module")
def box() -> Box:
    """The result of scenario discovery for these futures."""
    return discover(*known_box(), NAMES)


def test_a_known_box_is_found(box: Box) -> None:
    """The two limits are near the true ones, and there are no others."""
    assert [one.name for one in box.limits] == ["refill", "apply"]
    assert box.limits[0].low == pytest.approx(0.6, abs=0.03) and box.limits[0].high == np.inf
    assert box.limits[1].high == pytest.approx(0.4, abs=0.04) and box.limits[1].low == -np.inf
    assert box.coverage > 0.95 and box.density > 0.85
    assert all(one.quasi_p < 1e-6 for one in box.limits)
    assert box.table["low"].iloc[0] == box.limits[0].low


@pytest.mark.thorough
def test_the_box_agrees_with_ema_workbench() -> None:
    """EMA Workbench, called directly, has a box with the same limits, coverage, density and quasi-p."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim

        numbers, failing = known_box()
        frame = pd.DataFrame(numbers, columns=list(NAMES))
        theirs = prim.Prim(frame, failing.astype(int), threshold=0.5).find_box()
    box = discover(numbers, failing, NAMES)
    path = theirs.peeling_trajectory
    at = int((path["coverage"] * path["density"] / (path["coverage"] + path["density"])).idxmax())
    ends = theirs.box_lims[at]
    for one in box.limits:
        low, high = ends[one.name]
        assert (one.low, one.high) == (
            low if one.name == "refill" else -np.inf,
            high if one.name == "apply" else np.inf,
        )
        assert one.quasi_p == pytest.approx(max(theirs.qp[at][one.name]), rel=0.5)
    inside = (numbers[:, 0] >= box.limits[0].low) & (numbers[:, 1] <= box.limits[1].high)
    assert box.coverage == failing[inside].sum() / failing.sum() and box.density == failing[inside].mean()
    assert box.mass == inside.mean()


def test_scenario_discovery_uses_no_random_numbers(box: Box) -> None:
    """The same futures have the same box, and the state of NumPy's global generator is unchanged."""
    before = str(np.random.get_state())  # noqa: NPY002 the global generator of NumPy
    assert discover(*known_box(), NAMES) == box
    assert str(np.random.get_state()) == before  # noqa: NPY002


def test_scenario_discovery_emits_no_warning_and_changes_no_filter() -> None:
    """EMA Workbench warns about optional packages, and its packages set filters; users see neither."""
    before = list(warnings.filters)
    with warnings.catch_warnings(record=True) as emitted:
        discover(*known_box(120), NAMES)
    assert not emitted and warnings.filters == before


def test_a_limit_that_is_not_significant_is_dropped() -> None:
    """Each limit of the box is significant by itself in the exact binomial test."""
    from scipy.stats import binomtest

    numbers, failing = known_box(120, 9)
    box = discover(numbers, failing, NAMES)
    inside = np.ones(120, bool)
    for one in box.limits:
        column = numbers[:, NAMES.index(one.name)]
        inside &= (column >= one.low) & (column <= one.high)
    for one in box.limits:
        others = np.ones(120, bool)
        for other in box.limits:
            column = numbers[:, NAMES.index(other.name)]
            others &= (other is one) | ((column >= other.low) & (column <= other.high))
        chance = binomtest(
            int(failing[inside].sum()), int(inside.sum()), float(failing[others].mean()), alternative="greater"
        )
        assert one.quasi_p == pytest.approx(chance.pvalue) and one.quasi_p <= 0.05


def test_without_ema_workbench_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ema_workbench.analysis.prim", None)
    with pytest.raises(
        InputError, match=r"scenario discovery: needs EMA Workbench; install it with: pip install .*\[discovery\]"
    ):
        discover(*known_box(), NAMES)


def test_a_box_is_described_in_words(box: Box) -> None:
    assert str(box).startswith("fails in 16% of 400 futures; in ")
    assert "refill is at least 0.6" in str(box) and "and apply is at most 0." in str(box)


@pytest.mark.thorough
def test_a_noisy_box_is_found() -> None:
    """2% of the futures outside the box fail, and 20% of those inside do not."""
    numbers, failing = known_box(800, 3)
    random = np.random.default_rng(4).random(800)
    box = discover(numbers, np.where(failing, random < 0.8, random < 0.02), NAMES, density=0.7)
    assert {one.name for one in box.limits} == {"refill", "apply"}
    assert box.coverage > 0.6 and box.density >= 0.7


def test_random_failures_have_no_box() -> None:
    """The numbers are constant, so no limit separates the failures, and the sentence says so."""
    box = discover(np.ones((60, 2)), np.arange(60) % 3 == 0, ("one", "two"))
    assert box.limits == () and "no limits on the uncertain numbers separate" in str(box)


def test_limits_of_whole_numbers_are_between_two_values() -> None:
    """The number has three values."""
    number = np.arange(300) % 3
    box = discover(number[:, None].astype(float), number == 2, ("months",))
    assert box.limits[0].low == 1.5 and box.coverage == box.density == 1.0


def test_too_few_failures_are_refused() -> None:
    with pytest.raises(
        InputError,
        match="futures: include 4 in which the option fails and 46 in which it does not; run more",
    ):
        discover(np.random.default_rng(1).random((50, 1)), np.arange(50) < 4, ("one",))
