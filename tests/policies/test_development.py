"""Courses in words."""

from __future__ import annotations

from nhstransit.policies import Development
from tests.policies.explained import one_trust, said
from tests.small import date


def test_a_course_says_what_it_costs() -> None:
    """A place, a limit, and for how many it works; that nobody is a stayer yet is no reason to say less."""
    course = Development(announced=date("2010-05-01"), courses=(date("2010-06-01"),), budget_pounds=9_000.0, works=0.4)
    text = said(course, one_trust())
    assert "A place costs £1,500, paid by the employer, up to £9,000 per employer." in text
    assert "After 6 months, 40% of the people who took the course become movers." in text
