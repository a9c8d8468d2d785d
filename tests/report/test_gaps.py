"""A gap in words: they follow its sign, its interval and its unit."""

from __future__ import annotations

import pytest

from nhstransit.report.gaps import gap_told


def test_a_change_of_sign_changes_the_word() -> None:
    """The same size, up and down."""
    assert gap_told("exit cost", 1.9e6, "£", 1.2e6, 2.6e6) == (
        "Exit cost: £1.9m more than in the baseline (95% interval £1.2m to £2.6m)."
    )
    assert gap_told("exit cost", -1.9e6, "£", -2.6e6, -1.2e6) == (
        "Exit cost: £1.9m less than in the baseline (95% interval £1.2m to £2.6m)."
    )


@pytest.mark.parametrize("ends", [(-3.0, 5.0), (0.0, 5.0), (-3.0, 0.0)])
def test_no_difference_is_said_where_the_interval_holds_zero(ends: tuple[float, float]) -> None:
    """Zero within it or at its end."""
    told = gap_told("left", 1.0, "people", *ends)
    assert told.startswith("Left: no difference beyond what chance could cause (95% interval ")
    assert "more" not in told and "less" not in told


def test_equal_runs_do_not_differ() -> None:
    """With an interval of zero width, and with none."""
    assert gap_told("left", 0.0, "people", 0.0, 0.0) == "Left: no difference."
    assert gap_told("left", 0.0, "people") == "Left: no difference."


def test_without_an_interval_a_gap_is_that_of_these_runs() -> None:
    """It is not called an effect."""
    assert gap_told("left", -12.0, "people") == "Left: 12 people fewer than in the baseline, in these runs."


def test_worlds_with_names_are_named() -> None:
    """What is compared stands in the sentence, on either side of "than"."""
    told = gap_told("departures", 2.0, "people", 0.7, 3.3, where="with MARS", than="without MARS")
    assert told == "Departures: 2 people more with MARS than without MARS (95% interval 0.7 to 3.3 people)."
