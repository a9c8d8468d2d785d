"""The explanation of development courses."""

from __future__ import annotations

from nhstransit.policies import Development
from tests.policies.explained import explanation, one_trust
from tests.small import date


def test_the_explanation_of_a_course_states_its_cost() -> None:
    """The cost of a place, the limit and the success rate are stated although nobody is a stayer yet."""
    course = Development(announced=date("2010-05-01"), courses=(date("2010-06-01"),), budget_pounds=9_000.0, works=0.4)
    text = explanation(course, one_trust())
    assert "A place costs £1,500, paid by the employer, up to £9,000 per employer." in text
    assert "After 6 months, 40% of the people who took the course become movers." in text
