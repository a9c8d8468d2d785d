"""The split of commissioning and provision, in words."""

from __future__ import annotations

from nhstransit.policies import Split
from tests.policies.explained import one_trust, said
from tests.small import date


def test_the_people_and_the_share_who_go_over_are_told() -> None:
    """Two people in finance, a quarter of whom go to nursing."""
    days = {"announced": date("2010-05-01"), "held": date("2010-06-01")}
    text = said(Split(**days, kinds=("pct",), functions=("finance",), becomes="nursing", part=0.25), one_trust())
    assert text == (
        "It concerns 2 people of the opening staff in finance; 25% of them, drawn at random, move to nursing."
    )
