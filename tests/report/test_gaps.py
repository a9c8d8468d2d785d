"""A gap in words: the words depend on its sign, interval and unit."""

from __future__ import annotations

import pytest

from nhstransit.report.gaps import gap_told


def test_the_words_more_and_less_follow_the_sign() -> None:
    assert gap_told("exit cost", 1.9e6, "£", 1.2e6, 2.6e6) == (
        "Exit cost: £1.9m more than in the baseline (95% interval £1.2m to £2.6m)."
    )
    assert gap_told("exit cost", -1.9e6, "£", -2.6e6, -1.2e6) == (
        "Exit cost: £1.9m less than in the baseline (95% interval £1.2m to £2.6m)."
    )


@pytest.mark.parametrize("ends", [(-3.0, 5.0), (0.0, 5.0), (-3.0, 0.0)])
def test_an_interval_that_contains_zero_is_no_difference(ends: tuple[float, float]) -> None:
    """Zero is within the interval or at its end."""
    sentence = gap_told("left", 1.0, "people", *ends)
    assert sentence.startswith("Left: no difference beyond what chance could cause (95% interval ")
    assert "more" not in sentence and "less" not in sentence


def test_a_gap_of_zero_is_no_difference() -> None:
    """With an interval of zero width, and without an interval."""
    assert gap_told("left", 0.0, "people", 0.0, 0.0) == "Left: no difference."
    assert gap_told("left", 0.0, "people") == "Left: no difference."


def test_a_gap_without_an_interval_is_described_as_a_gap_of_these_runs() -> None:
    """The sentence does not call it an effect."""
    assert gap_told("left", -12.0, "people") == "Left: 12 people fewer than in the baseline, in these runs."


def test_named_scenarios_are_on_either_side_of_than() -> None:
    sentence = gap_told("departures", 2.0, "people", 0.7, 3.3, where="with MARS", than="without MARS")
    assert sentence == "Departures: 2 people more with MARS than without MARS (95% interval 0.7 to 3.3 people)."
