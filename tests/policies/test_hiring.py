"""The explanation of hiring, and the order of its freezes."""

from __future__ import annotations

import datetime as dt

import pytest

from nhstransit.errors import ScenarioError
from nhstransit.policies import Hiring
from nhstransit.policies.hiring import Freeze
from tests.policies.explained import explanation
from tests.small import START


def test_the_explanation_counts_vacancies() -> None:
    """Two of the three posts in one trust are vacant."""
    assert explanation(Hiring(announced=START, until=START, kinds=("pct",), refill=0.4)) == (
        "40% of the vacancies in primary care trusts are released, and filled from outside after 14 weeks on average. 2 "
        "posts would be vacant on this day."
    )


def test_the_explanation_of_a_freeze_states_its_last_day() -> None:
    """It also states the share of vacant posts that is released during the freeze."""
    freeze = Freeze(until=dt.date(2011, 3, 31), refill=0.2)
    text = explanation(Hiring(announced=START, until=START, kinds=("pct",), refill=0.4, freezes=(freeze,)))
    assert "Until 31 March 2011, 20% of the posts that become vacant are released." in text


def test_freezes_must_be_in_order() -> None:
    """Each freeze must end later than the one before it."""
    late, soon = (Freeze(until=dt.date(2011, month, 1), refill=0.2) for month in (9, 3))
    with pytest.raises(ScenarioError, match=r"^freezes: are not in order of their last days; give each a later day"):
        Hiring(announced=START, until=START, freezes=(late, soon))
