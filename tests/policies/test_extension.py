"""The explanation of an extension of employers."""

from __future__ import annotations

from nhstransit.policies import Extension
from tests.policies.explained import explanation
from tests.small import date


def test_the_explanation_counts_employers_and_people() -> None:
    """Two trusts with one person each would have closed in September."""
    text = explanation(Extension(announced=date("2010-05-01"), until=date("2010-11-30"), kinds=("pct",)))
    assert text == (
        "2 employers with 2 of the opening staff would have closed from 30 September 2010 on, and close on 30 November 2010 "
        "instead. Perceived risk moves 30% of the way to 0%."
    )


def test_the_explanation_names_nobody_if_no_employer_of_the_kind_closes_sooner() -> None:
    """The scenario has no strategic health authority to extend."""
    text = explanation(Extension(announced=date("2010-05-01"), until=date("2010-11-30"), kinds=("sha",)))
    assert "the people concerned depend on events before that day" in text
