"""The explanation of an inflow of people from outside."""

from __future__ import annotations

from nhstransit.policies import Inflow
from nhstransit.toml import Named
from tests.policies.explained import explanation
from tests.small import date


def test_the_explanation_counts_the_people_and_the_posts_for_them() -> None:
    """Three people are to come: one to a trust with two vacant posts, two to a commissioning group."""
    coming = Named({"pct": 1, "ccg": 2, "phe": 0})
    policy = Inflow(announced=date("2010-05-01"), kept=date("2010-06-01"), starts=date("2010-07-01"), people=coming)
    assert explanation(policy) == (
        "3 people are to come from outside: 2 into clinical commissioning groups and 1 into primary care trusts, to start "
        "on 1 July 2010. 2 posts would be vacant for them."
    )
