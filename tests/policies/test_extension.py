"""A longer life of bodies, in words."""

from __future__ import annotations

from nhstransit.policies import Extension
from tests.policies.explained import said
from tests.small import date


def test_it_is_told_with_its_bodies_and_people() -> None:
    """Two trusts with a person each would have closed in September."""
    text = said(Extension(announced=date("2010-05-01"), until=date("2010-11-30"), kinds=("pct",)))
    assert text == (
        "2 employers with 2 of the opening staff would have closed from 30 September 2010 on, and close on 30 November 2010 "
        "instead. Perceived risk moves 30% of the way to 0%."
    )


def test_it_reaches_nobody_where_no_body_closes_sooner() -> None:
    """No health authority is there to live longer."""
    text = said(Extension(announced=date("2010-05-01"), until=date("2010-11-30"), kinds=("sha",)))
    assert "the people concerned depend on events before that day" in text
