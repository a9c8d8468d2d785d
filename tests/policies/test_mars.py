"""MARS in words: how many may apply, the tariff, and the rule of the panel."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

import nhstransit as nt
from nhstransit.dates import complete_months, epoch_day
from nhstransit.law import Law
from nhstransit.policies import Mars
from nhstransit.scenario import Scenario
from nhstransit.workforce.columns import CONTRACTS
from tests.policies.explained import said, two_trusts
from tests.small import date

ROUND = Mars(
    announced=date("2010-05-01"), opens=date("2010-05-10"), closes=date("2010-06-01"), leaves=date("2010-06-30")
)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return nt.load_scenario("hamlet")


def employed(scenario: Scenario, kinds: tuple[str, ...]) -> Any:
    """Which people bodies of these kinds employ, (people,), counted body by body."""
    return np.array([scenario.organisations[index].kind in kinds for index in scenario.workforce.employer.tolist()])


def test_it_counts_the_eligible(scenario: Scenario) -> None:
    """Permanent staff of the trusts and the authority with a year's service on leaving, and what they are offered."""
    mars: Any = scenario.policies["mars"]
    staff = scenario.workforce
    leaving = epoch_day(mars.leaves)
    served = complete_months(staff.service_from, leaving + 1)
    theirs = employed(scenario, mars.kinds)
    may = theirs & (staff.contract == CONTRACTS.index("permanent")) & (served >= 12)
    text = said(mars, scenario)
    assert text.startswith(f"{may.sum()} of the {theirs.sum()} people in ")
    months = np.clip(0.5 * (served[may] // 12), 3.0, 12.0)
    assert f"lowest {months.min():.1f}, median {np.median(months):.1f}, highest {months.max():.1f};" in text
    quality = Law.bundled().parameters.table("mars_2010").on(leaving).quality
    assert f"(mars_2010, quality: {quality})" in text


def test_it_tells_the_pounds(scenario: Scenario) -> None:
    """Lowest, median and highest payment, in whole pounds."""
    mars: Any = scenario.policies["mars"]
    staff = scenario.workforce
    served = complete_months(staff.service_from, epoch_day(mars.leaves) + 1)
    may = employed(scenario, ("pct", "sha")) & (staff.contract == 0) & (served >= 12)
    table = Law.bundled().annual_pay(staff.band, staff.point, epoch_day(scenario.start))
    annual = np.where(staff.pay_pence > 0, staff.pay_pence, table)
    paid = (annual * staff.wte / 12 * np.clip(0.5 * (served // 12), 3.0, 12.0) / 100)[may]
    want = f"lowest £{paid.min():,.0f}, median £{np.median(paid):,.0f}, highest £{paid.max():,.0f}"
    assert want in said(mars, scenario)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (
            "net-saving",
            "approves the rest in order of net saving, the largest first, up to 15% of its staff and £90,000.",
        ),
        ("payback", "It approves the rest in order of payback, the shortest first,"),
        ("luck", "It approves the rest in random order,"),
    ],
)
def test_it_tells_by_what_rule_the_panel_chooses(order: str, words: str) -> None:
    """What is refused, the order and the means."""
    text = said(attrs.evolve(ROUND, order=order, budget_pounds=90_000.0, protected=("finance",)))
    assert (
        "Each employer refuses business-critical staff and finance, and cases that take more than 24 months to pay"
        in text
    )
    assert words in text
    assert "88% of the vacated posts are removed permanently." in text


def test_a_local_term_of_service_is_told_in_place_of_the_law_s() -> None:
    """The tariff pays from the service that this round asks for."""
    assert "for people with 12 months' service or more" in said(ROUND)
    assert "for people with 36 months' service or more" in said(attrs.evolve(ROUND, min_service_months=36))


def test_redundancy_terms_are_told_in_weeks_of_service() -> None:
    """A voluntary redundancy: a month for a year, from 104 weeks' service."""
    text = said(attrs.evolve(ROUND, terms="section16"))
    assert "(section16, quality: official) is 1 month of pay for each complete year of service" in text
    assert "for people with 104 weeks' service or more" in text


def test_nobody_may_apply() -> None:
    """In bodies of a kind that is not there."""
    assert "depend on events before that day" in said(attrs.evolve(ROUND, kinds=("icb",)), two_trusts())
