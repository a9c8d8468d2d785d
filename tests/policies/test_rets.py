"""RETS in words: how many are named, and on what terms."""

from __future__ import annotations

from typing import Any

import numpy as np

import nhstransit as nt
from nhstransit.policies import Rets
from nhstransit.policies.rets import Renewal
from tests.policies.explained import said
from tests.small import date


def test_so_many_of_each_employer_are_named() -> None:
    """A tenth of each closing body's staff, rounded down."""
    scenario = nt.load_scenario("hamlet")
    rets: Any = scenario.policies["rets"]
    employers = [scenario.organisations[index] for index in scenario.workforce.employer.tolist()]
    theirs = [body.kind in ("pct", "sha") for body in employers]
    staff = np.bincount(scenario.workforce.employer[np.array(theirs)])
    named = sum(int(count * rets.cap + 1e-9) for count in staff.tolist())
    text = said(rets, scenario, "offer")
    assert f"would name {named} of the 242 people" in text
    assert "An employer may name 10% of its staff at most, the most skilled first." in text


def test_terms_that_end_with_the_employer_and_renewals_are_told() -> None:
    """Both trusts close before the guarantee ends."""
    policy = Rets(
        announced=date("2010-05-01"),
        offered=date("2010-05-10"),
        guaranteed=date("2010-11-30"),
        cap=1.0,
        scarcity=0.5,
        premium=0.1,
        renewals=(Renewal(on=date("2010-08-01"), cap=0.05),),
    )
    text = said(policy)
    assert "They are offered a job to 30 November 2010 and 10% on top of basic pay; in pounds a year: £2,400." in text
    assert "For 2 people it ends sooner, because their employer closes or their contract ends." in text
    assert "the most skilled first, scarce functions before common ones." in text
    assert text.endswith(
        "On 1 August 2010 employers that close after that day renew the terms of at most 5% of their staff."
    )


def test_the_people_whose_guarantee_ends_are_to_be_seen() -> None:
    """It depends on who accepts."""
    days = {"announced": date("2010-05-01"), "offered": date("2010-05-10"), "guaranteed": date("2010-08-30")}
    assert "depend on events before that day" in said(Rets(**days), stage="end")
