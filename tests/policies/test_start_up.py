"""The explanation of start-up money."""

from __future__ import annotations

from nhstransit.policies import StartUp
from tests.policies.explained import explanation
from tests.small import START, date


def test_the_explanation_states_the_need_of_the_regions() -> None:
    """The need is £2 for each of 25,000 residents in two regions."""
    text = explanation(StartUp(announced=START, paid=date("2010-06-01"), funds=("reserve",)))
    assert "£2 a head for 25,000 residents of primary care trusts comes to £50,000 in 2 regions" in text
    assert "Savings from mars in each region count towards it. Any shortfall is met by the funds reserve, then" in text
