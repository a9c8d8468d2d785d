"""The explanation of a transfer of whole functions."""

from __future__ import annotations

from nhstransit.policies import TransferWhole
from tests.policies.explained import explanation, one_trust
from tests.small import date


def test_the_explanation_counts_people_and_posts() -> None:
    """One post for two people is not enough, so the function would not transfer."""
    days = {"announced": date("2010-05-01"), "held": date("2010-07-01"), "starts": date("2010-12-01")}
    assert explanation(TransferWhole(**days, senders=("pct",), receivers=("ccg",)), one_trust()) == (
        "It concerns 2 people of the opening staff, and 1 post in clinical commissioning groups. 0 people would transfer "
        "if all were still there. If fewer people are left by then, more functions may have enough posts."
    )
