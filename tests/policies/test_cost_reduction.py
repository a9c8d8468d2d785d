"""The explanation of a path of management costs."""

from __future__ import annotations

import pytest

from nhstransit.policies import CostReduction
from nhstransit.policies.cost_reduction import Step
from tests.policies.explained import explanation
from tests.small import START, date

DAY = date("2010-06-01")


def test_the_explanation_states_the_order_of_selection_and_the_consultation() -> None:
    """No voluntary redundancy, the shortest service first, and consultation as long as the law requires."""
    path = (Step(by=DAY, cut=0.5),)
    text = explanation(CostReduction(announced=START, path=path, order="service", volunteers=False, by_law=True))
    assert text.startswith("It concerns 2 people of the opening staff. Each employer's basic pay is to be 50% below")
    assert "The first to go are the people with the shortest service." in text
    assert "Consultation lasts as long as the law requires for the number of people before notice is given" in text


def test_the_explanation_of_voluntary_redundancy_states_who_is_offered_terms() -> None:
    """Both people are offered terms, and consultation lasts the number of days that is set."""
    text = explanation(CostReduction(announced=START, path=(Step(by=DAY, cut=0.5),), consultation_days=1))
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
def test_the_explanation_states_the_target_in_the_units_of_its_measure(measure: str, target: float, words: str) -> None:
    policy = CostReduction(announced=START, path=(Step(by=DAY, target=target),), measure=measure)
    assert f"Each employer is to have at most {words}." in explanation(policy)
