"""Tiny worlds, told event for event: natural departures, pay, and what people expect."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from nhstransit.grammar import OpenPosts, Situation, Turn
from nhstransit.log import Kind, Phase
from nhstransit.policies import Milestone
from nhstransit.workforce.columns import Disposition, RiskClass
from tests.small import CERTAIN, SIXTH_A_YEAR, Own, behaving, body, date, events_of, once, person, row, rows

OUT = Phase.DEPARTURES
DAWN = Phase.OPENINGS
NEWS = Phase.MILESTONES


@pytest.mark.parametrize(
    ("hazards", "cause"),
    [
        ({"other": CERTAIN}, "death-or-dismissal"),
        ({"retire_at_60": CERTAIN}, "retirement"),
        ({"resign": CERTAIN, "within_nhs": 1.0}, "resignation-within-nhs"),
        ({"resign": CERTAIN, "within_nhs": 0.0}, "resignation"),
    ],
)
def test_each_cause_alone(hazards: dict[str, Any], cause: str) -> None:
    """With one certain hazard people go by that cause on the first day."""
    events = events_of(person(3, born="1950-02-03"), person(8, born="1950-03-04"), behaviour=behaving(**hazards))
    assert events == [
        row("2010-04-01", OUT, Kind.DEPARTED, cause, 3, 0),
        row("2010-04-01", OUT, Kind.DEPARTED, cause, 8, 1),
    ]


def test_of_two_certain_causes_the_first_wins() -> None:
    """Where two clocks run out on one day, the order of causes decides: death before resignation; one leaves once."""
    assert events_of(person(3), behaviour=behaving(other=CERTAIN, resign=CERTAIN)) == [
        row("2010-04-01", OUT, Kind.DEPARTED, "death-or-dismissal", 3, 0)
    ]


def test_one_function_resigns_and_the_other_stays() -> None:
    """A rate of a function's own holds for that function alone."""
    people = person(3), person(4, function="nursing")
    hazards = behaving(by_function={"nursing": 5.0}, within_nhs=0.0)
    events = events_of(*people, behaviour=hazards)
    assert [event[2:6] for event in events] == [(Kind.DEPARTED, 4, 4, 1)]


def test_retirement_is_read_on_the_first_of_the_month() -> None:
    """Sixty on the 1st of May goes that day; sixty on the 2nd, on the 1st of June."""
    people = person(3, born="1950-05-01"), person(4, born="1950-05-02")
    assert events_of(*people, behaviour=behaving(retire_at_60=CERTAIN)) == [
        row("2010-05-01", OUT, Kind.DEPARTED, "retirement", 3, 0),
        row("2010-06-01", OUT, Kind.DEPARTED, "retirement", 4, 1),
    ]


def test_contracts_end_on_their_day() -> None:
    """The last day of a fixed term is the day of leaving; the post stays."""
    people = person(3, ends="2010-04-01"), person(4, ends="2010-12-31"), person(5, ends="2011-01-01")
    assert events_of(*people) == [
        row("2010-04-01", OUT, Kind.DEPARTED, "contract-end", 3, 0),
        row("2010-12-31", OUT, Kind.DEPARTED, "contract-end", 4, 1),
    ]


def test_an_increment_in_april() -> None:
    """From the first to the second point of band 7 (£31,454) on 1 April 2011; the last point stays as it is."""
    people = person(3, band="7", pay=0), person(4, band="7", pay=0, point=9)
    assert events_of(*people, end=dt.date(2011, 4, 30)) == [
        row("2011-04-01", DAWN, Kind.PAY, "pay", 3, 0, 1, 3_145_400)
    ]


def test_protected_pay_marks_time() -> None:
    """Whoever is paid above the table goes up a point and keeps the pay."""
    assert events_of(person(3, band="7", pay=50_000), end=dt.date(2011, 4, 30)) == [
        row("2011-04-01", DAWN, Kind.PAY, "pay", 3, 0, 1, 5_000_000)
    ]


def test_no_pay_day_on_the_first_day() -> None:
    """A run that starts on 1 April starts with the pay of that day."""
    assert events_of(person(3, band="7", pay=0), end=dt.date(2010, 4, 30)) == []


@pytest.mark.parametrize("kind", ["leaver", "stayer", "mover"])
def test_news_makes_leavers_stayers_and_movers(kind: str) -> None:
    """An announcement exposes people and tells what kind each is; said again, it changes nothing more."""
    bodies = [body("Old", closes="2010-12-01")]
    policies = {"first": Milestone(announced=date("2010-07-12")), "second": Milestone(announced=date("2010-08-01"))}
    events = events_of(person(3), bodies=bodies, policies=policies, behaviour=behaving(disposed=kind))
    assert events[:2] == [
        row("2010-07-12", NEWS, Kind.RISK, "first", 3, RiskClass.NONE, RiskClass.EXPOSED),
        row("2010-07-12", NEWS, Kind.DISPOSITION, "first", 3, Disposition.NONE, Disposition[kind.upper()]),
    ]
    assert {event[0] for event in events[2:]} == {245}  # 2 December, when the body is shut


def test_news_changes_a_mind() -> None:
    """A stayer while the post is sure to go (−10 + 20); once a post is planned in its place, a mover (−10 against 0)."""
    bodies = [body("Old", closes="2010-12-01"), body("New", "ccg")]
    planned = OpenPosts(employer=np.array([1]), function=np.array([0]), band=np.array([5]))
    policies = {"first": Milestone(announced=date("2010-07-12")), "open": once("2010-07-20", planned)}
    policies["second"] = Milestone(announced=date("2010-08-01"))
    scores = {"stayer": -10.0, "stayer_risk": 20.0, "leaver": -20.0}
    events = events_of(person(3), bodies=bodies, policies=policies, behaviour=behaving(outlook=scores))
    assert events[:4] == [
        row("2010-07-12", NEWS, Kind.RISK, "first", 3, RiskClass.NONE, RiskClass.EXPOSED),
        row("2010-07-12", NEWS, Kind.DISPOSITION, "first", 3, Disposition.NONE, Disposition.STAYER),
        row("2010-07-20", Phase.WINDOWS, Kind.OPENED, "open", -1, -1, 1, SIXTH_A_YEAR),
        row("2010-08-01", NEWS, Kind.DISPOSITION, "second", 3, Disposition.STAYER, Disposition.MOVER),
    ]


def test_a_letter_is_not_taken_back_by_news() -> None:
    """News passes over those who hold an at-risk letter."""
    letter = Turn(rows=rows(0), risk_class=RiskClass.AT_RISK)
    policies = {"letter": once("2010-05-03", letter), "news": Milestone(announced=date("2010-07-12"))}
    assert events_of(person(3), policies=policies) == [
        row("2010-05-03", Phase.WINDOWS, Kind.RISK, "letter", 3, RiskClass.NONE, RiskClass.AT_RISK)
    ]


def test_what_news_says_of_the_risk() -> None:
    """Two posts of a function go and one is planned: news heads for a half, weighed by a half, and builds up in a month."""
    seen: list[float] = []
    bodies = [body("Old", closes="2010-12-01"), body("New", "ccg", ("finance", "6", 1))]

    def look(situation: Situation) -> list[Any]:
        seen.extend(situation.people.risk.tolist())
        return []

    policies: dict[str, Any] = {"news": Milestone(announced=date("2010-07-12"), weight=0.5)}
    policies["look"] = Own(dates=("2010-07-13", "2010-09-02"), does=look)
    events_of(person(3), person(4), bodies=bodies, policies=policies, behaviour=behaving(outlook={"ramp_months": 1.0}))
    # a weight of ½ towards ½ is ¼, full on 1 September, which is 20.5625 days after the month of ramp is over
    assert seen[:2] == [0.0, 0.0]
    assert seen[2:] == pytest.approx([0.25 * 2 ** (-20.5625 / 365.25)] * 2)


def test_news_is_for_some_kinds_of_body() -> None:
    """The staff of a trust hear nothing of what is told to primary care trusts, closing or not."""
    bodies = [body("Old"), body("Shop", "acute-trust", closes="2010-12-01")]
    events = events_of(
        person(3), person(4, "Shop"), bodies=bodies, policies={"news": Milestone(announced=date("2010-07-12"))}
    )
    assert events[:2] == [
        row("2010-07-12", NEWS, Kind.RISK, "news", 3, RiskClass.NONE, RiskClass.EXPOSED),
        row("2010-07-12", NEWS, Kind.DISPOSITION, "news", 3, Disposition.NONE, Disposition.MOVER),
    ]


def test_an_empty_body_and_no_policy_tell_nothing() -> None:
    """A calm world of one writes an empty log."""
    assert events_of(person(3)) == []
