"""The explanation of a MARS round: how many people may apply, the tariff, and how the panel decides."""

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
from tests.policies.explained import explanation, two_trusts
from tests.small import date

ROUND = Mars(
    announced=date("2010-05-01"), opens=date("2010-05-10"), closes=date("2010-06-01"), leaves=date("2010-06-30")
)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return nt.load_scenario("hamlet")


def employed(scenario: Scenario, kinds: tuple[str, ...]) -> Any:
    """True for people whose employer is of one of these kinds, (people,)."""
    return np.array([scenario.organisations[index].kind in kinds for index in scenario.workforce.employer.tolist()])


def test_the_explanation_counts_eligible_people(scenario: Scenario) -> None:
    """Permanent staff with a year's service on leaving are eligible. Their payments are stated too."""
    mars: Any = scenario.policies["mars"]
    staff = scenario.workforce
    leaving = epoch_day(mars.leaves)
    served = complete_months(staff.service_from, leaving + 1)
    in_scope = employed(scenario, mars.kinds)
    eligible = in_scope & (staff.contract == CONTRACTS.index("permanent")) & (served >= 12)
    text = explanation(mars, scenario)
    assert text.startswith(f"{eligible.sum()} of the {in_scope.sum()} people in ")
    months = np.clip(0.5 * (served[eligible] // 12), 3.0, 12.0)
    assert f"lowest {months.min():.1f}, median {np.median(months):.1f}, highest {months.max():.1f};" in text
    quality = Law.bundled().parameters.table("mars_2010").on(leaving).quality
    assert f"(mars_2010, quality: {quality})" in text


def test_the_explanation_states_payments_in_pounds(scenario: Scenario) -> None:
    """The lowest, median and highest payment, in whole pounds."""
    mars: Any = scenario.policies["mars"]
    staff = scenario.workforce
    served = complete_months(staff.service_from, epoch_day(mars.leaves) + 1)
    eligible = employed(scenario, ("pct", "sha")) & (staff.contract == 0) & (served >= 12)
    table = Law.bundled().annual_pay(staff.band, staff.point, epoch_day(scenario.start))
    annual = np.where(staff.pay_pence > 0, staff.pay_pence, table)
    paid = (annual * staff.wte / 12 * np.clip(0.5 * (served // 12), 3.0, 12.0) / 100)[eligible]
    expected = f"lowest £{paid.min():,.0f}, median £{np.median(paid):,.0f}, highest £{paid.max():,.0f}"
    assert expected in explanation(mars, scenario)


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
def test_the_explanation_states_how_the_panel_decides(order: str, words: str) -> None:
    """It states which cases are refused, the order of approval and the limits."""
    text = explanation(attrs.evolve(ROUND, order=order, budget_pounds=90_000.0, protected=("finance",)))
    assert (
        "Each employer refuses business-critical staff and finance, and cases that take more than 24 months to pay"
        in text
    )
    assert words in text
    assert "88% of the vacated posts are removed permanently." in text


def test_a_local_minimum_service_replaces_the_minimum_of_the_tariff() -> None:
    assert "for people with 12 months' service or more" in explanation(ROUND)
    assert "for people with 36 months' service or more" in explanation(attrs.evolve(ROUND, min_service_months=36))


def test_the_explanation_states_the_minimum_service_of_section_16_in_weeks() -> None:
    """Section 16 pays one month for each year of service, from 104 weeks' service."""
    text = explanation(attrs.evolve(ROUND, terms="section16"))
    assert "(section16, quality: official) is 1 month of pay for each complete year of service" in text
    assert "for people with 104 weeks' service or more" in text


def test_a_round_for_employers_that_do_not_exist_yet_counts_nobody() -> None:
    """The scenario has no integrated care board."""
    assert "depend on events before that day" in explanation(attrs.evolve(ROUND, kinds=("icb",)), two_trusts())
