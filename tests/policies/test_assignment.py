"""The explanation of loans to shadow bodies."""

from __future__ import annotations

from nhstransit.policies import Assignment
from tests.policies.explained import explanation, one_trust
from tests.small import date


def test_the_explanation_counts_the_people_who_might_be_lent() -> None:
    """Two people work for the one employer whose commissioning group is in this wave."""
    text = explanation(Assignment(announced=date("2010-05-01"), waves=(date("2010-06-01"),)), one_trust())
    assert "2 people of the opening staff work for 1 employer with clinical commissioning groups of this wave" in text
    assert "willing to lend 15% of them on average, with a standard deviation of 12 percentage points" in text
