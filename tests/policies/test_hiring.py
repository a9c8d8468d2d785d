"""Hiring in words."""

from __future__ import annotations

import datetime as dt

import pytest

from nhstransit.errors import ScenarioError
from nhstransit.policies import Hiring
from nhstransit.policies.hiring import Freeze
from tests.policies.explained import said
from tests.small import START


def test_it_is_told_with_the_vacancies() -> None:
    """Two of the three posts of one trust are vacant."""
    assert said(Hiring(announced=START, until=START, kinds=("pct",), refill=0.4)) == (
        "40% of the vacancies in primary care trusts are released, and filled from outside after 14 weeks on average. 2 "
        "posts would be vacant on this day."
    )


def test_a_freeze_is_told_with_its_last_day() -> None:
    """What is released while it runs, and to which day."""
    freeze = Freeze(until=dt.date(2011, 3, 31), refill=0.2)
    words = said(Hiring(announced=START, until=START, kinds=("pct",), refill=0.4, freezes=(freeze,)))
    assert "Until 31 March 2011, 20% of the posts that become vacant are released." in words


def test_freezes_are_in_order() -> None:
    """Each has a later last day than the one before."""
    late, soon = (Freeze(until=dt.date(2011, month, 1), refill=0.2) for month in (9, 3))
    with pytest.raises(ScenarioError, match=r"^freezes: are not in order of their last days; give each a later day"):
        Hiring(announced=START, until=START, freezes=(late, soon))
