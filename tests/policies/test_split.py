"""The explanation of the split of commissioning and provision."""

from __future__ import annotations

from nhstransit.policies import Split
from tests.policies.explained import explanation, one_trust
from tests.small import date


def test_the_explanation_states_the_people_and_the_share_who_change_function() -> None:
    """A quarter of two people in finance move to nursing."""
    days = {"announced": date("2010-05-01"), "held": date("2010-06-01")}
    text = explanation(Split(**days, kinds=("pct",), functions=("finance",), becomes="nursing", part=0.25), one_trust())
    assert text == (
        "It concerns 2 people of the opening staff in finance; 25% of them, drawn at random, move to nursing."
    )
