"""Tiny worlds, told event for event: posts that open and go, people who move into them, and newcomers."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.grammar import Appoint, Hire, OpenPosts, Pay, RemovePosts, Situation
from nhstransit.log import Kind, Phase
from nhstransit.policies import Filling, Hiring
from nhstransit.workforce.columns import RiskClass
from tests.small import SIXTH_A_YEAR, Own, behaving, body, date, events_of, newcomers, on, once, person, row, rows

DESK = Phase.WINDOWS
NIGHT = Phase.CLOSURES
DAWN = Phase.OPENINGS
DOOR = Phase.ARRIVALS
SIXTH = 5  # band 6, by its place among the bands


def opening(count: int, employer: int = 0) -> OpenPosts:
    fill = np.full(count, employer)
    return OpenPosts(employer=fill, function=np.zeros(count, int), band=np.full(count, SIXTH))


def place(post: int, start: str, *, person: int = 0) -> Appoint:
    return Appoint(rows=rows(person), posts=np.array([post]), start=on(start))


def test_a_post_that_a_policy_opened_saves_nothing_when_it_goes() -> None:
    """Two posts open in May, each debited; in June the second goes, and what another policy claims is not credited."""
    gone = RemovePosts(posts=np.array([2]), pence=np.array([3_100_000]))
    policies = {"first": once("2010-05-03", opening(2)), "second": once("2010-06-01", gone)}
    assert events_of(person(1), policies=policies) == [
        row("2010-05-03", DESK, Kind.OPENED, "first", -1, -1, 1, SIXTH_A_YEAR),
        row("2010-05-03", DESK, Kind.OPENED, "first", -1, -1, 2, SIXTH_A_YEAR),
        row("2010-06-01", DESK, Kind.REMOVED, "second", -1, 2, -1, 0),
    ]


def test_a_policy_pays() -> None:
    """Money of each kind, to one person or to several."""
    first = np.array([5, 6])
    second = np.array([7])
    effects = (
        Pay(rows=rows(0, 1), kind=Kind.SEVERANCE, pence=first),
        Pay(rows=rows(1), kind=Kind.PENSION, pence=second),
    )
    assert events_of(person(1), person(2), policies={"own": once("2010-05-03", *effects)}) == [
        row("2010-05-03", DESK, Kind.SEVERANCE, "own", 1, 0, -1, 5),
        row("2010-05-03", DESK, Kind.SEVERANCE, "own", 2, 1, -1, 6),
        row("2010-05-03", DESK, Kind.PENSION, "own", 2, 1, -1, 7),
    ]


def test_appointed_today_for_today() -> None:
    """Who starts on the day of the appointment moves in that day's appointments, under the policy's rule."""
    policies = {"own": once("2010-05-03", opening(1), place(1, "2010-05-03"))}
    assert events_of(person(1), policies=policies) == [
        row("2010-05-03", DESK, Kind.OPENED, "own", -1, -1, 1, SIXTH_A_YEAR),
        row("2010-05-03", DESK, Kind.APPOINTED, "own", 1, 0, 1),
        row("2010-05-03", DESK, Kind.RISK, "own", 1, RiskClass.NONE, RiskClass.SAFE),
        row("2010-05-03", Phase.APPOINTMENTS, Kind.MOVED, "own", 1, 0, 1),
    ]


def test_a_start_that_lies_behind_is_today() -> None:
    """An appointment dated back starts today."""
    policies = {"own": once("2010-05-03", opening(1), place(1, "2010-04-03"))}
    assert events_of(person(1), policies=policies)[-1] == row(
        "2010-05-03", Phase.APPOINTMENTS, Kind.MOVED, "own", 1, 0, 1
    )


def test_gone_before_the_start_the_post_is_free_again() -> None:
    """A contract that ends before the new post starts frees it: a second person can be appointed."""

    def second(situation: Situation) -> list[Appoint]:
        assert situation.posts.vacant.tolist() == [True, False, True]  # the first's own, the second's own, the new one
        return [place(2, "2010-08-01", person=1)]

    policies = {
        "first": once("2010-05-03", opening(1), place(2, "2010-07-01")),
        "second": Own(dates=("2010-06-01",), does=second),
    }
    events = events_of(person(1, ends="2010-05-20"), person(2), policies=policies)
    assert [event for event in events if event[2] in (Kind.DEPARTED, Kind.APPOINTED, Kind.MOVED)] == [
        row("2010-05-03", DESK, Kind.APPOINTED, "first", 1, 0, 2),
        row("2010-05-20", Phase.DEPARTURES, Kind.DEPARTED, "contract-end", 1, 0),
        row("2010-06-01", DESK, Kind.APPOINTED, "second", 2, 1, 2),
        row("2010-08-01", NIGHT, Kind.MOVED, "second", 2, 1, 2),
    ]


def test_a_promised_post_that_goes_with_its_body() -> None:
    """Whoever was to start in a body that has closed by then stays where they are, free to be appointed elsewhere."""
    bodies = [body("Old"), body("Brief", "ccg", ("finance", "6", 1), closes="2010-06-30")]

    def look(situation: Situation) -> list[Any]:
        assert situation.people.next_post.tolist() == [-1]
        return []

    policies = {"own": once("2010-05-03", place(1, "2010-08-01")), "look": Own(dates=("2010-07-02",), does=look)}
    assert events_of(person(1), bodies=bodies, policies=policies) == [
        row("2010-05-03", DESK, Kind.APPOINTED, "own", 1, 0, 1),
        row("2010-05-03", DESK, Kind.RISK, "own", 1, RiskClass.NONE, RiskClass.SAFE),
        row("2010-07-01", NIGHT, Kind.REMOVED, "closure", -1, 1),
    ]


def test_newcomers_arrive_at_the_lowest_identities_not_yet_given() -> None:
    """Two newcomers on the 1st: staff 8 and 9, after 7, in the order of the hires."""
    hire = Hire(posts=np.array([2, 1]), newcomers=newcomers(11, 12), start=on("2010-06-01"))
    policies = {"own": once("2010-05-03", opening(2), hire)}
    assert events_of(person(7), policies=policies)[2:] == [
        row("2010-06-01", DOOR, Kind.ARRIVED, "own", 8, -1, 2),
        row("2010-06-01", DOOR, Kind.ARRIVED, "own", 9, -1, 1),
    ]


def test_a_newcomer_whose_post_is_gone_does_not_come() -> None:
    """The body closes on 30 June, the newcomer was to start on 1 July."""
    bodies = [body("Old"), body("Brief", "ccg", ("finance", "6", 1), closes="2010-06-30")]
    hire = Hire(posts=np.array([1]), newcomers=newcomers(11), start=on("2010-07-01"))
    assert events_of(person(7), bodies=bodies, policies={"own": once("2010-05-03", hire)}) == [
        row("2010-07-01", NIGHT, Kind.REMOVED, "closure", -1, 1)
    ]


def test_vacancies_are_refilled_from_the_first_of_a_month_a_month_later() -> None:
    """A contract ends on 10 June; the advert of 1 July, with no time to hire, brings somebody on 1 August."""
    hiring = Hiring(announced=date("2010-05-01"), until=date("2010-07-01"), kinds=("pct",), refill=1.0, weeks=0.0)
    assert events_of(person(7, ends="2010-06-10"), policies={"hiring": hiring}) == [
        row("2010-06-10", Phase.DEPARTURES, Kind.DEPARTED, "contract-end", 7, 0),
        row("2010-08-01", DOOR, Kind.ARRIVED, "hiring", 8, -1, 0),
    ]


def test_the_better_of_two_gets_the_post() -> None:
    """Both compete for one post; the panel, which never errs here, takes the more skilled and refuses the other."""
    bodies = [body("Old", closes="2010-12-01"), body("New", "ccg", ("finance", "6", 1))]
    days = {"announced": "2010-05-01", "held": "2010-07-01", "starts": "2010-08-01"}
    filling = Filling(**{name: date(day) for name, day in days.items()}, assessment_error=0.0)
    events = events_of(person(1, skill=0.2), person(2, skill=0.3), bodies=bodies, policies={"filling": filling})
    assert events[:7] == [
        row("2010-07-01", DESK, Kind.APPLIED, "filling", 1, 0),
        row("2010-07-01", DESK, Kind.APPLIED, "filling", 2, 1),
        row("2010-07-01", DESK, Kind.APPROVED, "filling", 2, 1),
        row("2010-07-01", DESK, Kind.REFUSED, "filling", 1, 0),
        row("2010-07-01", DESK, Kind.APPOINTED, "filling", 2, 1, 2),
        row("2010-07-01", DESK, Kind.RISK, "filling", 2, RiskClass.NONE, RiskClass.SAFE),
        row("2010-08-01", NIGHT, Kind.MOVED, "filling", 2, 1, 2),
    ]


def test_nobody_competes_nothing_happens() -> None:
    """Where nobody goes for a post it stays empty, and nothing is logged but the closure."""
    bodies = [body("Old", closes="2010-12-01"), body("New", "ccg", ("finance", "6", 1))]
    days = {"announced": "2010-05-01", "held": "2010-07-01", "starts": "2010-08-01"}
    filling = Filling(**{name: date(day) for name, day in days.items()})
    events = events_of(person(1), bodies=bodies, policies={"filling": filling}, behaviour=behaving(competes=False))
    assert events == [
        row("2010-12-02", NIGHT, Kind.DEPARTED, "closure", 1, 0),
        row("2010-12-02", NIGHT, Kind.REMOVED, "closure", -1, 0),
    ]


def test_who_transfers_on_the_night_their_body_closes_is_not_lost() -> None:
    """On one midnight the new post opens, then people transfer, then the old body closes with its posts."""
    bodies = [body("Old", closes="2010-06-30"), body("New", "ccg", ("finance", "6", 1), opens="2010-07-01")]

    def appoint(situation: Situation) -> list[Any]:
        return [place(2, "2010-07-01")] if situation.stage == "2010-07-01" else []

    policies = {"own": Own(dates=("2010-05-03", "2010-07-01"), does=appoint, phase=DAWN)}
    assert events_of(person(1), person(2), bodies=bodies, policies=policies) == [
        row("2010-07-01", DAWN, Kind.OPENED, "opening", -1, -1, 2),
        row("2010-07-01", DAWN, Kind.APPOINTED, "own", 1, 0, 2),
        row("2010-07-01", DAWN, Kind.RISK, "own", 1, RiskClass.NONE, RiskClass.SAFE),
        row("2010-07-01", NIGHT, Kind.DEPARTED, "closure", 1, 0),
        row("2010-07-01", NIGHT, Kind.DEPARTED, "closure", 2, 1),
        row("2010-07-01", NIGHT, Kind.REMOVED, "closure", -1, 0),
        row("2010-07-01", NIGHT, Kind.REMOVED, "closure", -1, 1),
    ]
