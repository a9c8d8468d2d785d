"""The explanation of interim cover for vacant posts."""

from __future__ import annotations

from nhstransit.policies import Interims
from tests.policies.explained import explanation
from tests.small import START


def test_the_explanation_counts_vacancies() -> None:
    """Two of the three posts in one trust are vacant."""
    assert explanation(Interims(announced=START, until=START, months=1)) == (
        "10% of the vacancies in primary care trusts and strategic health authorities are covered, 1 month at a time, at "
        "1.6 times the cost of an employee. 2 posts would be vacant on this day."
    )
