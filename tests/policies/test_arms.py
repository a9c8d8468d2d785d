"""The explanation of a transfer of provider arms."""

from __future__ import annotations

from nhstransit.policies import TransferArms
from tests.policies.explained import explanation, one_trust
from tests.small import date

TRANSFER = TransferArms(
    announced=date("2010-05-01"), held=date("2010-06-01"), starts=date("2010-07-01"), kinds=("pct",)
)


def test_the_explanation_counts_the_people_who_would_transfer() -> None:
    """Both people work for the one employer with a successor."""
    assert explanation(TRANSFER, one_trust()) == "2 people of the opening staff in primary care trusts would transfer."


def test_the_day_before_the_transfer_is_explained() -> None:
    """Nobody has joined since the start, but the explanation covers people who may join."""
    expected = "People who have joined primary care trusts since then transfer too, if there are posts for them."
    assert explanation(TRANSFER, one_trust(), "eve") == expected
