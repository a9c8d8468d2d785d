"""The path of management costs, in words."""

from __future__ import annotations

import pytest

from nhstransit.policies import CostReduction
from nhstransit.policies.cost_reduction import Step
from tests.policies.explained import said
from tests.small import START, date

DAY = date("2010-06-01")


def test_it_tells_its_order_and_its_consultation() -> None:
    """Nobody volunteers, last in goes first, and the law says how long."""
    path = (Step(by=DAY, cut=0.5),)
    text = said(CostReduction(announced=START, path=path, order="service", volunteers=False, by_law=True))
    assert text.startswith("It concerns 2 people of the opening staff. Each employer's basic pay is to be 50% below")
    assert "The first to go are the people with the shortest service." in text
    assert "Consultation lasts as long as the law requires for the number of people before notice is given" in text


def test_volunteers_are_offered_redundancy_terms() -> None:
    """To both, and they go first; consultation lasts as many days as are set."""
    text = said(CostReduction(announced=START, path=(Step(by=DAY, cut=0.5),), consultation_days=1))
    assert text.startswith("2 of the 2 people in primary care trusts and strategic health authorities would be offered")
    assert "People who accept the terms go first, and then the people assessed lowest." in text
    assert "Consultation lasts 1 day before notice is given" in text


@pytest.mark.parametrize(
    ("measure", "target", "words"),
    [
        ("pay", 9_000, "£9,000 of basic pay a year"),
        ("heads", 0, "0 people"),
        ("wte", 0.5, "0.5 whole-time equivalents"),
        ("pounds-a-head", 0.5, "£0.50 of basic pay a year for each resident"),
    ],
)
def test_a_target_is_said_in_its_measure(measure: str, target: float, words: str) -> None:
    """Pounds, people, hours, and pounds for each resident."""
    policy = CostReduction(announced=START, path=(Step(by=DAY, target=target),), measure=measure)
    assert f"Each employer is to have at most {words}." in said(policy)
