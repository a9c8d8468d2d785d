"""Redundancy in tiny scenarios, event by event: letters, consultation, notice, payment, and void exits."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.dates import epoch_day
from nhstransit.grammar import Appoint, Depart
from nhstransit.law import Law
from nhstransit.log import Kind, Phase
from nhstransit.policies import Filling, Redundancy
from nhstransit.workforce.columns import RiskClass
from tests.small import body, date, events_of, on, once, person, row, rows

NEWS = Phase.MILESTONES
DESK = Phase.WINDOWS
OUT = Phase.DEPARTURES
NIGHT = Phase.CLOSURES
OLD = body("Old", "pct", closes="2010-09-30")
CLOSED = row("2010-10-01", NIGHT, Kind.REMOVED, "closure", -1, 0)


def redundancy(consults: str = "2010-05-10") -> dict[str, Any]:
    """Letters on 1 May."""
    days = {"announced": "2010-05-01", "letters": "2010-05-01", "consults": consults}
    return {"redundancy": Redundancy(**{name: date(day) for name, day in days.items()})}


def test_the_events_of_one_redundancy_under_section_16() -> None:
    """One person needs no period of consultation. Ten complete years of service pay ten months of £2,000."""
    assert events_of(person(5), bodies=[OLD], policies=redundancy()) == [
        row("2010-05-01", NEWS, Kind.RISK, "redundancy", 5, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-05-10", DESK, Kind.CONSULTED, "redundancy", 5, 0, 39),  # day 39 is 10 May
        row("2010-05-11", DESK, Kind.EXIT_AGREED, "redundancy", 5, 0, 182, 2_002_192),  # day 182 is 30 September
        row("2010-09-30", OUT, Kind.DEPARTED, "redundancy", 5, 0),
        row("2010-09-30", OUT, Kind.SEVERANCE, "redundancy", 5, 0, -1, 2_002_192),
        CLOSED,
    ]


def test_notice_past_the_closing_day_is_paid_in_lieu() -> None:
    """Four of ten weeks' notice from 2 September are before the closing day: six weeks of £700 are paid in lieu.

    Pay is £36,500, £100 a day; ten months of 4.35 weeks are £30,450.
    """
    assert events_of(person(5, pay=36_500), bodies=[OLD], policies=redundancy("2010-09-01")) == [
        row("2010-05-01", NEWS, Kind.RISK, "redundancy", 5, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-09-01", DESK, Kind.CONSULTED, "redundancy", 5, 0, 153),
        row("2010-09-02", DESK, Kind.EXIT_AGREED, "redundancy", 5, 0, 182, 3_045_000 + 420_000),
        row("2010-09-30", OUT, Kind.DEPARTED, "redundancy", 5, 0),
        row("2010-09-30", OUT, Kind.SEVERANCE, "redundancy", 5, 0, -1, 3_045_000),
        row("2010-09-30", OUT, Kind.IN_LIEU, "redundancy", 5, 0, -1, 420_000),
        CLOSED,
    ]


def test_a_large_pool_is_consulted_for_longer() -> None:
    """Twenty people in one employer are consulted for thirty days, and get notice on the next day."""
    people = [person(staff) for staff in range(20)]
    events = events_of(*people, bodies=[OLD], policies=redundancy())
    consulted = [event for event in events if event[2] == Kind.CONSULTED]
    assert consulted == [row("2010-05-10", DESK, Kind.CONSULTED, "redundancy", n, n, 39 + 30) for n in range(20)]
    assert {event[0] for event in events if event[2] == Kind.EXIT_AGREED} == {on("2010-06-10")}


def test_consultation_ends_on_the_closing_day() -> None:
    """Thirty days from 20 September run past the closing day. People get notice on that day, all of it paid in lieu."""
    people = [person(staff, pay=36_500) for staff in range(20)]
    events = [event for event in events_of(*people, bodies=[OLD], policies=redundancy("2010-09-20")) if event[4] == 3]
    assert events[2:] == [
        row("2010-09-30", DESK, Kind.EXIT_AGREED, "redundancy", 3, 3, 182, 3_045_000 + 700_000),  # ten weeks of £700
        row("2010-09-30", OUT, Kind.DEPARTED, "redundancy", 3, 3),
        row("2010-09-30", OUT, Kind.SEVERANCE, "redundancy", 3, 3, -1, 3_045_000),
        row("2010-09-30", OUT, Kind.IN_LIEU, "redundancy", 3, 3, -1, 700_000),
    ]


def test_severance_pay_in_lieu_and_pension_are_paid_in_order() -> None:
    """The pension's capital is paid to the scheme, so the sum agreed with the person does not include it."""
    sums = {"severance": np.array([11]), "in_lieu": np.array([22]), "strain": np.array([33])}
    going = Depart(rows=rows(0), last_day=np.array([4]), remove=np.array([False]), **sums)
    assert events_of(person(5), policies={"own": once("2010-04-02", going)}) == [
        row("2010-04-02", DESK, Kind.EXIT_AGREED, "own", 5, 0, 4, 33),  # the sum for the person: 11 + 22
        row("2010-04-05", OUT, Kind.DEPARTED, "own", 5, 0),
        row("2010-04-05", OUT, Kind.SEVERANCE, "own", 5, 0, -1, 11),
        row("2010-04-05", OUT, Kind.IN_LIEU, "own", 5, 0, -1, 22),
        row("2010-04-05", OUT, Kind.PENSION, "own", 5, 0, -1, 33),
    ]


def test_redundancy_at_51_releases_a_pension() -> None:
    """The capital in the log is the sum that the law requires on the last day."""
    born = date("1959-03-01")
    since = date("1980-04-01")
    events = events_of(person(5, born="1959-03-01", since="1980-04-01"), bodies=[OLD], policies=redundancy())
    (paid,) = [event for event in events if event[2] == Kind.PENSION]
    columns = (epoch_day(born), epoch_day(since), epoch_day(date("2010-09-30")), 0)
    law = Law.bundled().pension_strain(2_400_000, 1.0, *columns, redundancy_pence=4_805_260)
    assert paid == row("2010-09-30", OUT, Kind.PENSION, "redundancy", 5, 0, -1, int(law))
    assert paid[7] > 0


def test_a_new_post_makes_a_redundancy_void() -> None:
    """A person under notice since May is appointed in July. Nothing is paid, and they move on 1 October."""
    new = body("New", "ccg", ("finance", "6", 1), shadow="2010-06-01")
    days = {"announced": "2010-05-01", "held": "2010-07-01", "starts": "2010-10-01"}
    filling = Filling(**{name: date(day) for name, day in days.items()})
    assert events_of(person(5), bodies=[OLD, new], policies={**redundancy(), "filling": filling}) == [
        row("2010-05-01", NEWS, Kind.RISK, "redundancy", 5, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-05-10", DESK, Kind.CONSULTED, "redundancy", 5, 0, 39),
        row("2010-05-11", DESK, Kind.EXIT_AGREED, "redundancy", 5, 0, 182, 2_002_192),
        row("2010-06-01", Phase.OPENINGS, Kind.OPENED, "opening", -1, -1, 1),
        row("2010-07-01", DESK, Kind.APPLIED, "filling", 5, 0),
        row("2010-07-01", DESK, Kind.APPROVED, "filling", 5, 0),
        row("2010-07-01", DESK, Kind.EXIT_VOID, "filling", 5, 0),
        row("2010-07-01", DESK, Kind.APPOINTED, "filling", 5, 0, 1),
        row("2010-07-01", DESK, Kind.RISK, "filling", 5, RiskClass.AT_RISK, RiskClass.SAFE),
        row("2010-10-01", NIGHT, Kind.MOVED, "filling", 5, 0, 1),
        CLOSED,
    ]


def test_a_person_with_a_new_post_gets_no_letter() -> None:
    """Nor are they consulted or given notice."""
    new = body("New", "ccg", ("finance", "6", 1))
    placed = Appoint(rows=rows(0), posts=np.array([1]), start=on("2010-10-01"))
    policies = {**redundancy(), "own": once("2010-04-05", placed)}
    assert events_of(person(5), bodies=[OLD, new], policies=policies) == [
        row("2010-04-05", DESK, Kind.APPOINTED, "own", 5, 0, 1),
        row("2010-04-05", DESK, Kind.RISK, "own", 5, RiskClass.NONE, RiskClass.SAFE),
        row("2010-10-01", NIGHT, Kind.MOVED, "own", 5, 0, 1),
        CLOSED,
    ]


def test_redundancy_in_an_employer_that_closes_before_consultation() -> None:
    """Its staff are made redundant on its closing day."""
    first = body("First", "pct", closes="2010-05-05")
    events = events_of(person(5, "First"), bodies=[first, OLD], policies=redundancy())
    assert [event[2] for event in events if event[4] == 5] == [
        Kind.RISK,
        Kind.EXIT_AGREED,
        Kind.DEPARTED,
        Kind.SEVERANCE,
        Kind.IN_LIEU,
    ]
    assert {event[0] for event in events if event[2] == Kind.DEPARTED} == {on("2010-05-05")}


def test_no_redundancy_in_an_employer_that_closes_before_the_announcement() -> None:
    """Its staff leave with the closure, unpaid."""
    first = body("First", "pct", closes="2010-04-20")
    assert events_of(person(5, "First"), bodies=[first, OLD], policies=redundancy()) == [
        row("2010-04-21", NIGHT, Kind.DEPARTED, "closure", 5, 0),
        row("2010-04-21", NIGHT, Kind.REMOVED, "closure", -1, 0),
    ]
