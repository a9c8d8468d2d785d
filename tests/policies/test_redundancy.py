"""The explanation of redundancy: pool, consultation, alternatives and pay."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

import nhstransit as nt
from nhstransit.phrases import date as in_words
from nhstransit.policies import Redundancy
from tests.policies.explained import explanation
from tests.small import START, body, date, person, small_world


@pytest.mark.parametrize(("year", "days"), [(2012, 90), (2013, 45)])
def test_consultation_lasts_as_long_as_the_law_of_the_day_requires(year: int, days: int) -> None:
    """90 days for 100 people in one employer (45 from April 2013), 30 days for 20 people, and 0 days for one person."""
    people = [person(number, "Big") for number in range(100)]
    people += [person(100 + number, "Middling") for number in range(20)] + [person(120, "Tiny")]
    start = dt.date(year, 4, 10)
    closes = f"{year + 1}-03-31"
    bodies = [body(name, closes=closes) for name in ("Big", "Middling", "Tiny")]
    letters = dt.date(year, 10, 15)
    redundancy = nt.load_scenario("hamlet").policies["redundancy"]
    redundancy = attrs.evolve(redundancy, announced=start, letters=letters, consults=letters)  # type: ignore[misc]
    world = small_world(*people, bodies=bodies, start=start, end=dt.date(year + 1, 6, 30))
    text = explanation(redundancy, world, "consultation")
    assert f"{days} days in 1 employer, 30 days in 1 employer and 0 days in 1 employer" in text
    assert f"to {in_words(letters + dt.timedelta(days=days))} at the latest (quality: press)" in text


def closing(consults: str) -> str:
    """The explanation of the redundancy of 20 people on 30 September, if consultation opens on `consults`."""
    policy = Redundancy(announced=START, letters=START, consults=date(consults))
    staff = [person(number) for number in range(20)]
    return explanation(policy, small_world(*staff, bodies=[body("Old", "pct", closes="2010-09-30")]), "closing")


def test_consultation_that_is_too_short_is_called_not_lawful() -> None:
    """Twenty people must be consulted for 30 days, so consultation must open by 31 August to end in September."""
    assert "Not lawful" not in closing("2010-08-31")
    late = "cannot end by the closing day of Old. It would have to open by 31 August 2010."
    for consults, day in (("2010-09-01", "1 September"), ("2010-11-01", "1 November")):
        assert f"Not lawful: consultation that opens on {day} 2010 {late}" in closing(consults)


def test_the_explanation_states_alternatives_and_the_residuary_body() -> None:
    """The region has one vacancy, so one of the two people in the pool would be offered an alternative."""
    day = dt.date(2010, 5, 3)
    policy = Redundancy(announced=day, letters=day, consults=day, alternatives=("ccg",), residuary="New")
    text = explanation(policy, stage="closing")
    assert text.startswith("2 people of the opening staff would be in the pool")
    assert "1 person would first be offered a vacant post of their function, at most 1 band lower" in text
    assert (
        "Section 16 pays 1 month of pay for each complete year of service, at most 24 months, for people with 104 weeks' "
        "service or more" in text
    )
    assert text.endswith("Notice that runs past the closing day is served in New.")
