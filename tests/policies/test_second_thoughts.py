"""The explanation of second thoughts."""

from __future__ import annotations

from nhstransit.policies import SecondThoughts
from tests.policies.explained import explanation, one_trust
from tests.small import date


def test_the_explanation_states_the_months_and_the_share() -> None:
    """It states the months without an offer and the share of movers who then become leavers."""
    policy = SecondThoughts(announced=date("2010-05-01"), until=date("2010-07-01"), kinds=("pct",), months=3)
    assert "Of movers who have had no other post for 3 months, 30% become leavers." in explanation(policy, one_trust())
