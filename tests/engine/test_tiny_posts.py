"""Posts in tiny scenarios, event by event: opening, removal, moves and newcomers."""

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
SIXTH = 5  # the code of band 6


def opening(count: int, employer: int = 0) -> OpenPosts:
    fill = np.full(count, employer)
    return OpenPosts(employer=fill, function=np.zeros(count, int), band=np.full(count, SIXTH))


def appointment(post: int, start: str, *, person: int = 0) -> Appoint:
    return Appoint(rows=rows(person), posts=np.array([post]), start=on(start))


def test_removing_a_post_that_a_policy_opened_is_no_saving() -> None:
    """Two posts open in May at a cost.

    One is removed in June, and the saving that the other policy claims is not credited.
    """
    removal = RemovePosts(posts=np.array([2]), pence=np.array([3_100_000]))
    policies = {"first": once("2010-05-03", opening(2)), "second": once("2010-06-01", removal)}
    assert events_of(person(1), policies=policies) == [
        row("2010-05-03", DESK, Kind.OPENED, "first", -1, -1, 1, SIXTH_A_YEAR),
        row("2010-05-03", DESK, Kind.OPENED, "first", -1, -1, 2, SIXTH_A_YEAR),
        row("2010-06-01", DESK, Kind.REMOVED, "second", -1, 2, -1, 0),
    ]


def test_a_policy_can_pay_several_people_and_kinds_of_money() -> None:
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


def test_an_appointment_for_today_takes_effect_today() -> None:
    """The person moves in the phase of appointments on the same day, under the policy's rule."""
    policies = {"own": once("2010-05-03", opening(1), appointment(1, "2010-05-03"))}
    assert events_of(person(1), policies=policies) == [
        row("2010-05-03", DESK, Kind.OPENED, "own", -1, -1, 1, SIXTH_A_YEAR),
        row("2010-05-03", DESK, Kind.APPOINTED, "own", 1, 0, 1),
        row("2010-05-03", DESK, Kind.RISK, "own", 1, RiskClass.NONE, RiskClass.SAFE),
        row("2010-05-03", Phase.APPOINTMENTS, Kind.MOVED, "own", 1, 0, 1),
    ]


def test_an_appointment_with_a_past_start_takes_effect_today() -> None:
    policies = {"own": once("2010-05-03", opening(1), appointment(1, "2010-04-03"))}
    assert events_of(person(1), policies=policies)[-1] == row(
        "2010-05-03", Phase.APPOINTMENTS, Kind.MOVED, "own", 1, 0, 1
    )


def test_a_promised_post_is_vacant_again_if_the_person_leaves_first() -> None:
    """A contract ends before the new post starts, so a second person can be appointed."""

    def second(situation: Situation) -> list[Appoint]:
        assert situation.posts.vacant.tolist() == [True, False, True]  # the first's own, the second's own, the new one
        return [appointment(2, "2010-08-01", person=1)]

    policies = {
        "first": once("2010-05-03", opening(1), appointment(2, "2010-07-01")),
        "second": Own(dates=("2010-06-01",), does=second),
    }
    events = events_of(person(1, ends="2010-05-20"), person(2), policies=policies)
    assert [event for event in events if event[2] in (Kind.DEPARTED, Kind.APPOINTED, Kind.MOVED)] == [
        row("2010-05-03", DESK, Kind.APPOINTED, "first", 1, 0, 2),
        row("2010-05-20", Phase.DEPARTURES, Kind.DEPARTED, "contract-end", 1, 0),
        row("2010-06-01", DESK, Kind.APPOINTED, "second", 2, 1, 2),
        row("2010-08-01", NIGHT, Kind.MOVED, "second", 2, 1, 2),
    ]


def test_a_promised_post_that_closes_with_its_employer() -> None:
    """The person stays in their old post, and can be appointed to another post."""
    bodies = [body("Old"), body("Brief", "ccg", ("finance", "6", 1), closes="2010-06-30")]

    def look(situation: Situation) -> list[Any]:
        assert situation.people.next_post.tolist() == [-1]
        return []

    policies = {"own": once("2010-05-03", appointment(1, "2010-08-01")), "look": Own(dates=("2010-07-02",), does=look)}
    assert events_of(person(1), bodies=bodies, policies=policies) == [
        row("2010-05-03", DESK, Kind.APPOINTED, "own", 1, 0, 1),
        row("2010-05-03", DESK, Kind.RISK, "own", 1, RiskClass.NONE, RiskClass.SAFE),
        row("2010-07-01", NIGHT, Kind.REMOVED, "closure", -1, 1),
    ]


def test_newcomers_get_the_lowest_unused_identities() -> None:
    """Two newcomers become staff 8 and 9, after 7, in the order of the hires."""
    hire = Hire(posts=np.array([2, 1]), newcomers=newcomers(11, 12), start=on("2010-06-01"))
    policies = {"own": once("2010-05-03", opening(2), hire)}
    assert events_of(person(7), policies=policies)[2:] == [
        row("2010-06-01", DOOR, Kind.ARRIVED, "own", 8, -1, 2),
        row("2010-06-01", DOOR, Kind.ARRIVED, "own", 9, -1, 1),
    ]


def test_a_newcomer_whose_employer_has_closed_does_not_arrive() -> None:
    """The employer closes on 30 June, and the newcomer was to start on 1 July."""
    bodies = [body("Old"), body("Brief", "ccg", ("finance", "6", 1), closes="2010-06-30")]
    hire = Hire(posts=np.array([1]), newcomers=newcomers(11), start=on("2010-07-01"))
    assert events_of(person(7), bodies=bodies, policies={"own": once("2010-05-03", hire)}) == [
        row("2010-07-01", NIGHT, Kind.REMOVED, "closure", -1, 1)
    ]


def test_vacancies_are_advertised_on_the_first_and_filled_a_month_later() -> None:
    """A contract ends on 10 June. With the shortest time to hire, the advert of 1 July leads to a start on 1 August."""
    hiring = Hiring(announced=date("2010-05-01"), until=date("2010-07-01"), kinds=("pct",), refill=1.0, weeks=0.0)
    assert events_of(person(7, ends="2010-06-10"), policies={"hiring": hiring}) == [
        row("2010-06-10", Phase.DEPARTURES, Kind.DEPARTED, "contract-end", 7, 0),
        row("2010-08-01", DOOR, Kind.ARRIVED, "hiring", 8, -1, 0),
    ]


def test_the_more_skilled_of_two_candidates_gets_the_post() -> None:
    """Both compete for one post, and the assessment has no error here."""
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


def test_a_post_for_which_nobody_competes_stays_vacant() -> None:
    """The log has the closure only."""
    bodies = [body("Old", closes="2010-12-01"), body("New", "ccg", ("finance", "6", 1))]
    days = {"announced": "2010-05-01", "held": "2010-07-01", "starts": "2010-08-01"}
    filling = Filling(**{name: date(day) for name, day in days.items()})
    events = events_of(person(1), bodies=bodies, policies={"filling": filling}, behaviour=behaving(competes=False))
    assert events == [
        row("2010-12-02", NIGHT, Kind.DEPARTED, "closure", 1, 0),
        row("2010-12-02", NIGHT, Kind.REMOVED, "closure", -1, 0),
    ]


def test_on_the_night_of_closure_posts_open_before_the_old_employer_closes() -> None:
    """A person who is appointed on the day after the employer's last day is too late, and leaves with the closure."""
    bodies = [body("Old", closes="2010-06-30"), body("New", "ccg", ("finance", "6", 1), opens="2010-07-01")]

    def appoint(situation: Situation) -> list[Any]:
        return [appointment(2, "2010-07-01")] if situation.stage == "2010-07-01" else []

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
