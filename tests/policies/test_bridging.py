"""The explanation of bridging terms."""

from __future__ import annotations

from nhstransit.policies import Bridging
from tests.policies.explained import explanation
from tests.small import date


def test_the_explanation_states_the_people_and_the_terms() -> None:
    """Both people are in the kind of employer and the function; neither needs to be business-critical."""
    days = {"announced": date("2010-05-01"), "offered": date("2010-05-10"), "until": date("2010-08-30")}
    text = explanation(Bridging(**days, functions=("finance",), kinds=("pct",), premium=0.05))
    assert text.startswith("2 employers would offer terms for staying to 2 of the 2 people in primary care trusts.")
    assert "a job to 30 August 2010 and 5% on top of basic pay; in pounds a year: £1,200." in text
