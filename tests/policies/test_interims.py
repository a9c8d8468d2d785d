"""Cover of vacant posts, in words."""

from __future__ import annotations

from nhstransit.policies import Interims
from tests.policies.explained import said
from tests.small import START


def test_it_is_told_with_the_vacancies() -> None:
    """Two of the three posts of one trust are vacant."""
    assert said(Interims(announced=START, until=START, months=1)) == (
        "10% of the vacancies in primary care trusts and strategic health authorities are covered, 1 month at a time, at "
        "1.6 times the cost of an employee. 2 posts would be vacant on this day."
    )
