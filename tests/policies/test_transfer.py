"""Transfers of whole functions, in words."""

from __future__ import annotations

from nhstransit.policies import TransferWhole
from tests.policies.explained import one_trust, said
from tests.small import date


def test_people_and_posts_are_counted() -> None:
    """Two people and one post: the function does not go whole."""
    days = {"announced": date("2010-05-01"), "held": date("2010-07-01"), "starts": date("2010-12-01")}
    assert said(TransferWhole(**days, senders=("pct",), receivers=("ccg",)), one_trust()) == (
        "It concerns 2 people of the opening staff, and 1 post in clinical commissioning groups. 0 people would transfer "
        "if all were still there. If fewer people are left by then, more functions may have enough posts."
    )
