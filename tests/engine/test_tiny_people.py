"""Natural departures, pay and news in tiny scenarios, event by event."""

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
def test_each_cause_of_departure_alone(hazards: dict[str, Any], cause: str) -> None:
    """With one certain hazard, everyone leaves by that cause on the first day."""
    events = events_of(person(3, born="1950-02-03"), person(8, born="1950-03-04"), behaviour=behaving(**hazards))
    assert events == [
        row("2010-04-01", OUT, Kind.DEPARTED, cause, 3, 0),
        row("2010-04-01", OUT, Kind.DEPARTED, cause, 8, 1),
    ]


def test_of_two_certain_causes_the_first_in_order_applies() -> None:
    """If two clocks run out on one day, death comes before resignation, and the person leaves once."""
    assert events_of(person(3), behaviour=behaving(other=CERTAIN, resign=CERTAIN)) == [
        row("2010-04-01", OUT, Kind.DEPARTED, "death-or-dismissal", 3, 0)
    ]


def test_a_functions_own_rate_applies_to_that_function_only() -> None:
    """A person in the other function stays."""
    people = person(3), person(4, function="nursing")
    hazards = behaving(by_function={"nursing": 5.0}, within_nhs=0.0)
    events = events_of(*people, behaviour=hazards)
    assert [event[2:6] for event in events] == [(Kind.DEPARTED, 4, 4, 1)]


def test_the_retirement_hazard_changes_on_the_first_of_the_month() -> None:
    """A person who is 60 on 1 May retires on that day; a person who is 60 on 2 May retires on 1 June."""
    people = person(3, born="1950-05-01"), person(4, born="1950-05-02")
    assert events_of(*people, behaviour=behaving(retire_at_60=CERTAIN)) == [
        row("2010-05-01", OUT, Kind.DEPARTED, "retirement", 3, 0),
        row("2010-06-01", OUT, Kind.DEPARTED, "retirement", 4, 1),
    ]


def test_fixed_terms_end_on_their_last_day() -> None:
    """The person leaves on the last day of the term, and the post stays."""
    people = person(3, ends="2010-04-01"), person(4, ends="2010-12-31"), person(5, ends="2011-01-01")
    assert events_of(*people) == [
        row("2010-04-01", OUT, Kind.DEPARTED, "contract-end", 3, 0),
        row("2010-12-31", OUT, Kind.DEPARTED, "contract-end", 4, 1),
    ]


def test_people_get_an_increment_in_april() -> None:
    """Pay rises to the second point of band 7, £31,454, on 1 April 2011. The top point does not change."""
    people = person(3, band="7", pay=0), person(4, band="7", pay=0, point=9)
    assert events_of(*people, end=dt.date(2011, 4, 30)) == [
        row("2011-04-01", DAWN, Kind.PAY, "pay", 3, 0, 1, 3_145_400)
    ]


def test_pay_above_the_table_does_not_rise() -> None:
    """The person moves up a point, but their pay stays the same."""
    assert events_of(person(3, band="7", pay=50_000), end=dt.date(2011, 4, 30)) == [
        row("2011-04-01", DAWN, Kind.PAY, "pay", 3, 0, 1, 5_000_000)
    ]


def test_there_is_no_increment_on_the_first_day() -> None:
    """A run that starts on 1 April starts with the pay of that day."""
    assert events_of(person(3, band="7", pay=0), end=dt.date(2010, 4, 30)) == []


@pytest.mark.parametrize("kind", ["leaver", "stayer", "mover"])
def test_news_makes_leavers_stayers_and_movers(kind: str) -> None:
    """News exposes people and sets their dispositions. The same news again changes nothing."""
    bodies = [body("Old", closes="2010-12-01")]
    policies = {"first": Milestone(announced=date("2010-07-12")), "second": Milestone(announced=date("2010-08-01"))}
    events = events_of(person(3), bodies=bodies, policies=policies, behaviour=behaving(disposed=kind))
    assert events[:2] == [
        row("2010-07-12", NEWS, Kind.RISK, "first", 3, RiskClass.NONE, RiskClass.EXPOSED),
        row("2010-07-12", NEWS, Kind.DISPOSITION, "first", 3, Disposition.NONE, Disposition[kind.upper()]),
    ]
    assert {event[0] for event in events[2:]} == {245}  # 2 December, the day after closure


def test_later_news_can_change_a_disposition() -> None:
    """A stayer while the loss of the post is certain (−10 + 20); a mover once a new post is planned (−10 against 0)."""
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


def test_news_does_not_change_people_with_an_at_risk_letter() -> None:
    letter = Turn(rows=rows(0), risk_class=RiskClass.AT_RISK)
    policies = {"letter": once("2010-05-03", letter), "news": Milestone(announced=date("2010-07-12"))}
    assert events_of(person(3), policies=policies) == [
        row("2010-05-03", Phase.WINDOWS, Kind.RISK, "letter", 3, RiskClass.NONE, RiskClass.AT_RISK)
    ]


def test_the_effect_of_news_on_perceived_risk() -> None:
    """Two posts close and one is planned, so the target is 0.5, with a weight of 0.5 and a ramp of a month."""
    seen: list[float] = []
    bodies = [body("Old", closes="2010-12-01"), body("New", "ccg", ("finance", "6", 1))]

    def look(situation: Situation) -> list[Any]:
        seen.extend(situation.people.risk.tolist())
        return []

    policies: dict[str, Any] = {"news": Milestone(announced=date("2010-07-12"), weight=0.5)}
    policies["look"] = Own(dates=("2010-07-13", "2010-09-02"), does=look)
    events_of(person(3), person(4), bodies=bodies, policies=policies, behaviour=behaving(outlook={"ramp_months": 1.0}))
    # half of 0.5 is 0.25, which fades from the end of the ramp, 20.5625 days before the reading of 1 September
    assert seen[:2] == [0.0, 0.0]
    assert seen[2:] == pytest.approx([0.25 * 2 ** (-20.5625 / 365.25)] * 2)


def test_news_reaches_certain_kinds_of_employer_only() -> None:
    """Staff of an acute trust do not hear news for primary care trusts."""
    bodies = [body("Old"), body("Shop", "acute-trust", closes="2010-12-01")]
    events = events_of(
        person(3), person(4, "Shop"), bodies=bodies, policies={"news": Milestone(announced=date("2010-07-12"))}
    )
    assert events[:2] == [
        row("2010-07-12", NEWS, Kind.RISK, "news", 3, RiskClass.NONE, RiskClass.EXPOSED),
        row("2010-07-12", NEWS, Kind.DISPOSITION, "news", 3, Disposition.NONE, Disposition.MOVER),
    ]


def test_without_policies_or_hazards_the_log_is_empty() -> None:
    assert events_of(person(3)) == []
