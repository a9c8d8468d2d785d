"""Redundancy in words: pool, consultation, alternatives, pay."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

import nhstransit as nt
from nhstransit.phrases import date as spoken
from nhstransit.policies import Redundancy
from tests.policies.explained import said
from tests.small import START, body, date, person, small_world


@pytest.mark.parametrize(("year", "days"), [(2012, 90), (2013, 45)])
def test_consultation_is_by_the_law_of_the_day(year: int, days: int) -> None:
    """A hundred in one body are consulted for 90 days, twenty in another for 30, few not at all; 45 from April 2013."""
    people = [person(number, "Big") for number in range(100)]
    people += [person(100 + number, "Middling") for number in range(20)] + [person(120, "Tiny")]
    start = dt.date(year, 4, 10)
    closes = f"{year + 1}-03-31"
    bodies = [body(name, closes=closes) for name in ("Big", "Middling", "Tiny")]
    letters = dt.date(year, 10, 15)
    redundancy = nt.load_scenario("hamlet").policies["redundancy"]
    redundancy = attrs.evolve(redundancy, announced=start, letters=letters, consults=letters)  # type: ignore[misc]
    world = small_world(*people, bodies=bodies, start=start, end=dt.date(year + 1, 6, 30))
    text = said(redundancy, world, "consultation")
    assert f"{days} days in 1 employer, 30 days in 1 employer and 0 days in 1 employer" in text
    assert f"to {spoken(letters + dt.timedelta(days=days))} at the latest (quality: press)" in text


def closing(consults: str) -> str:
    """What is said of 20 people's redundancy on 30 September, when consultation opens on a day."""
    policy = Redundancy(announced=START, letters=START, consults=date(consults))
    staff = [person(number) for number in range(20)]
    return said(policy, small_world(*staff, bodies=[body("Old", "pct", closes="2010-09-30")]), "closing")


def test_consultation_that_is_too_short_is_told() -> None:
    """Twenty people are consulted for 30 days: from 31 August there is time before the last day of September, later not."""
    assert "Not lawful" not in closing("2010-08-31")
    late = "cannot end by the closing day of Old. It would have to open by 31 August 2010."
    for consults, day in (("2010-09-01", "1 September"), ("2010-11-01", "1 November")):
        assert f"Not lawful: consultation that opens on {day} 2010 {late}" in closing(consults)


def test_alternatives_and_the_residuary_body_are_told() -> None:
    """One vacancy in the region: of two in the pool one would be offered it."""
    day = dt.date(2010, 5, 3)
    policy = Redundancy(announced=day, letters=day, consults=day, alternatives=("ccg",), residuary="New")
    text = said(policy, stage="closing")
    assert text.startswith("2 people of the opening staff would be in the pool")
    assert "1 person would first be offered a vacant post of their function, at most 1 band lower" in text
    assert (
        "Section 16 pays 1 month of pay for each complete year of service, at most 24 months, for people with 104 weeks' "
        "service or more" in text
    )
    assert text.endswith("Notice that runs past the closing day is served in New.")
