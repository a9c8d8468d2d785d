"""The explanation of RETS: how many people are named, and the terms they are offered."""

from __future__ import annotations

from typing import Any

import numpy as np

import nhstransit as nt
from nhstransit.policies import Rets
from nhstransit.policies.rets import Renewal
from tests.policies.explained import explanation
from tests.small import date


def test_the_explanation_counts_the_people_named_by_each_employer() -> None:
    """Each closing employer names a tenth of its staff, rounded down."""
    scenario = nt.load_scenario("hamlet")
    rets: Any = scenario.policies["rets"]
    employers = [scenario.organisations[index] for index in scenario.workforce.employer.tolist()]
    in_scope = [body.kind in ("pct", "sha") for body in employers]
    staff = np.bincount(scenario.workforce.employer[np.array(in_scope)])
    named = sum(int(count * rets.cap + 1e-9) for count in staff.tolist())
    text = explanation(rets, scenario, "offer")
    assert f"would name {named} of the 242 people" in text
    assert "An employer may name 10% of its staff at most, the most skilled first." in text


def test_the_explanation_states_renewals_and_terms_that_end_with_the_employer() -> None:
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
    text = explanation(policy)
    assert "They are offered a job to 30 November 2010 and 10% on top of basic pay; in pounds a year: £2,400." in text
    assert "For 2 people it ends sooner, because their employer closes or their contract ends." in text
    assert "the most skilled first, scarce functions before common ones." in text
    assert text.endswith(
        "On 1 August 2010 employers that close after that day renew the terms of at most 5% of their staff."
    )


def test_the_end_of_guarantees_depends_on_earlier_events() -> None:
    """Before a run, nobody can know who accepts."""
    days = {"announced": date("2010-05-01"), "offered": date("2010-05-10"), "guaranteed": date("2010-08-30")}
    assert "depend on events before that day" in explanation(Rets(**days), stage="end")
