"""Hiring in words."""

from __future__ import annotations

from nhstransit.policies import Hiring
from tests.policies.explained import said
from tests.small import START


def test_it_is_told_with_the_vacancies() -> None:
    """Two of the three posts of one trust are vacant."""
    assert said(Hiring(announced=START, until=START, kinds=("pct",), refill=0.4)) == (
        "40% of the vacancies in primary care trusts are refilled from outside, after 14 weeks on average. 2 posts would be "
        "vacant on this day."
    )
