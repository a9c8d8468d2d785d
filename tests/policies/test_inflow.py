"""People from outside the base, in words."""

from __future__ import annotations

from nhstransit.policies import Inflow
from nhstransit.toml import Named
from tests.policies.explained import said
from tests.small import date


def test_people_and_the_posts_for_them_are_counted() -> None:
    """Three people come, into a trust with two vacant posts and a group with one."""
    coming = Named({"pct": 1, "ccg": 2, "phe": 0})
    policy = Inflow(announced=date("2010-05-01"), kept=date("2010-06-01"), starts=date("2010-07-01"), people=coming)
    assert said(policy) == (
        "3 people are to come from outside: 2 into clinical commissioning groups and 1 into primary care trusts, to start "
        "on 1 July 2010. 2 posts would be vacant for them."
    )
