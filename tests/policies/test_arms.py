"""Transfers of provider arms, in words."""

from __future__ import annotations

from nhstransit.policies import TransferArms
from tests.policies.explained import one_trust, said
from tests.small import date

TRANSFER = TransferArms(
    announced=date("2010-05-01"), held=date("2010-06-01"), starts=date("2010-07-01"), kinds=("pct",)
)


def test_the_people_who_go_along_are_counted() -> None:
    """Both of the one body, which has a successor."""
    assert said(TRANSFER, one_trust()) == "2 people of the opening staff in primary care trusts would transfer."


def test_the_eve_is_told() -> None:
    """Nobody has come since the opening; what will happen to people who do is known all the same."""
    want = "People who have joined primary care trusts since then transfer too, if there are posts for them."
    assert said(TRANSFER, one_trust(), "eve") == want
