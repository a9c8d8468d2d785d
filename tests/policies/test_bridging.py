"""Bridging in words."""

from __future__ import annotations

from nhstransit.policies import Bridging
from tests.policies.explained import said
from tests.small import date


def test_a_bridge_is_told_by_its_terms() -> None:
    """One of the two people is in the kind of body and function; nobody is called business-critical for it."""
    days = {"announced": date("2010-05-01"), "offered": date("2010-05-10"), "until": date("2010-08-30")}
    text = said(Bridging(**days, functions=("finance",), kinds=("pct",), premium=0.05))
    assert text.startswith("2 employers would offer terms for staying to 2 of the 2 people in primary care trusts.")
    assert "a job to 30 August 2010 and 5% on top of basic pay; in pounds a year: £1,200." in text
