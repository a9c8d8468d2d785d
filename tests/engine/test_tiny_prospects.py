"""Loans to consortia, courses, second thoughts and moves into services in tiny scenarios, event by event."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.errors import NhstransitError
from nhstransit.grammar import Situation, Turn
from nhstransit.log import Kind, Phase
from nhstransit.organisations.bodies import Organisation
from nhstransit.organisations.funds import Fund
from nhstransit.policies import Assignment, BestPeople, Development, Milestone, SecondThoughts
from nhstransit.streams import Luck, name_key
from nhstransit.toml import Named
from nhstransit.workforce.columns import Disposition, RiskClass
from tests.small import (
    SIXTH_A_YEAR,
    Own,
    behaving,
    body,
    date,
    events_of,
    on,
    once,
    person,
    played,
    row,
    rows,
    small_world,
)

DESK = Phase.WINDOWS
NEWS = Phase.MILESTONES
NIGHT = Phase.CLOSURES
LEAVER = Disposition.LEAVER
STAYER = Disposition.STAYER
MOVER = Disposition.MOVER


def dated(kind: Any, **fields: Any) -> Any:
    return kind(**{name: date(item) if str(item)[:2] == "20" else item for name, item in fields.items()})


def succeeded(*heirs: Organisation, closes: str = "2010-12-30") -> list[Organisation]:
    """An employer that closes, and its successors."""
    old = body("Old", closes=closes)
    return [attrs.evolve(old, successors=tuple(heir.name for heir in heirs)), *heirs]


def of_mind(*dispositions: int) -> Own:
    """A policy that sets everyone's disposition on 2 April."""
    everyone = rows(*range(len(dispositions)))
    return once("2010-04-02", Turn(rows=everyone, disposition=np.array(dispositions, "int8")))


# Loans to consortia


def loan(*waves: str, **fields: Any) -> Assignment:
    usual = {"announced": date("2010-05-01"), "waves": tuple(date(wave) for wave in waves), "spread": 0.0}
    return Assignment(**{**usual, "willing": 0.5, **fields})


CCG = body("Group", "ccg")


def test_the_most_skilled_people_are_lent_first() -> None:
    """Two of four people are lent. Their employer, post and pay are unchanged; only their risk class changes."""
    people = [person(number, skill=number) for number in range(4)]
    assert events_of(
        *people, bodies=succeeded(CCG, closes="2011-03-31"), policies={"assignment": loan("2010-06-01")}
    ) == [
        row("2010-06-01", DESK, Kind.RISK, "assignment", 2, RiskClass.NONE, RiskClass.ASSIGNED),
        row("2010-06-01", DESK, Kind.RISK, "assignment", 3, RiskClass.NONE, RiskClass.ASSIGNED),
    ]


def test_a_loan_reduces_perceived_risk() -> None:
    """News makes the loss of posts certain.

    Later, a person on loan perceives a tenth of the risk of their colleague.
    """
    risks: list[list[float]] = []

    def look(situation: Situation) -> list[Any]:
        risks.append(np.round(situation.people.risk.astype(float), 6).tolist())
        return []

    policies = {
        "announcement": Milestone(announced=date("2010-04-02"), weight=1.0, kinds=("pct",)),
        "assignment": loan("2010-08-01", weight=0.9),
        "look": Own(dates=("2010-07-31", "2010-12-15"), does=look),
    }
    behaviour = behaving(outlook={"ramp_months": 1.0, "half_life_months": 1000.0})
    events_of(person(1), person(2, skill=1), bodies=succeeded(CCG), policies=policies, behaviour=behaviour)
    before, after = risks
    assert before[0] == before[1] > 0.99
    assert after[0] > 0.99 and after[1] == pytest.approx(0.1, abs=0.01)


def test_each_wave_of_consortia_borrows_in_proportion_to_residents() -> None:
    """A group with 30,000 residents borrows three of four people, and a later group with 10,000 residents the fourth."""
    groups = [
        attrs.evolve(body(name, "ccg"), wave=wave, population=residents)
        for name, wave, residents in (("First", 1, 30_000), ("Second", 2, 10_000))
    ]
    policies = {"assignment": loan("2010-06-01", "2010-08-01", willing=1.0)}
    events = events_of(*(person(number) for number in range(4)), bodies=succeeded(*groups), policies=policies)
    assert [(event[0], event[4]) for event in events if event[2] == Kind.RISK] == [
        (on("2010-06-01"), 0),
        (on("2010-06-01"), 1),
        (on("2010-06-01"), 2),
        (on("2010-08-01"), 3),
    ]


@pytest.mark.parametrize(
    ("fields", "bodies"),
    [
        ({"willing": 0.0}, succeeded(CCG)),
        ({"functions": ("nursing",)}, succeeded(CCG)),
        ({}, succeeded(body("Council", "council"))),
        ({}, [body("Old"), CCG]),
    ],
    ids=["unwilling", "another function", "no consortium", "goes on"],
)
def test_situations_in_which_nobody_is_lent(fields: dict[str, Any], bodies: list[Organisation]) -> None:
    """The employer is unwilling or does not close, the function is another, or there is no consortium."""
    events = events_of(person(1), person(2), bodies=bodies, policies={"assignment": loan("2010-06-01", **fields)})
    assert not [event for event in events if event[2] == Kind.RISK]


def test_people_can_decline_a_loan() -> None:
    policies = {"assignment": loan("2010-06-01", willing=1.0)}
    quiet = behaving(competes=False)
    events = events_of(person(1), bodies=succeeded(CCG), policies=policies, behaviour=quiet)
    assert Kind.RISK not in [event[2] for event in events]


def test_the_willingness_of_employers_to_lend_varies_as_specified() -> None:
    """Shares of 2,000 employers have the given mean and standard deviation, and rise with the employer's appetite."""
    from nhstransit.organisations.bodies import Roster
    from nhstransit.streams import Chances

    world = small_world(person(1), bodies=[body("Old"), *(body(f"Body {number}") for number in range(2_000))])
    bodies = Roster.of(world.organisations, world.calendar)
    shares = loan("2010-06-01", willing=0.15, spread=0.12).shares(bodies, Chances(Luck(1), "assignment", 0))
    assert shares.mean() == pytest.approx(0.15, abs=0.01) and shares.std() == pytest.approx(0.12, abs=0.01)
    keys = np.array([name_key(name) for name in bodies.names], "uint64")
    appetite = Luck(1).normal("employer appetite", 0, keys, among="organisation")
    assert np.array_equal(np.argsort(appetite), np.argsort(shares))


# Courses


def course(*days: str, **fields: Any) -> Development:
    usual = {"announced": date("2010-05-01"), "courses": tuple(date(day) for day in days), "kinds": ("pct",)}
    return Development(**{**usual, "pounds": 1_500.0, "months": 3, "works": 1.0, **fields})


def test_a_course_turns_a_stayer_into_a_mover() -> None:
    """It costs £1,500 on the first day and takes three months. Leavers and movers are not invited."""
    policies = {"mind": of_mind(LEAVER, STAYER, MOVER), "development": course("2010-06-01")}
    events = events_of(person(1), person(2), person(3), policies=policies)
    assert events[3:] == [
        row("2010-06-01", DESK, Kind.APPLIED, "development", 2, 1),
        row("2010-06-01", DESK, Kind.APPROVED, "development", 2, 1),
        row("2010-06-01", DESK, Kind.TRAINING, "development", 2, 1, -1, 150_000),
        row("2010-09-01", DESK, Kind.DISPOSITION, "development", 2, STAYER, MOVER),
    ]


def test_a_person_on_a_course_does_not_start_another() -> None:
    """The course from 1 May lasts three months.

    It does not work, so the person starts another on 2 August, but no earlier.
    """
    courses = ("2010-05-01", "2010-06-01", "2010-07-01", "2010-08-01", "2010-08-02")
    policies = {"mind": of_mind(STAYER), "development": course(*courses, works=0.0)}
    assert [event[:5] for event in events_of(person(1), policies=policies) if event[2] == Kind.TRAINING] == [
        row(day, DESK, Kind.TRAINING, "development", 1)[:5] for day in ("2010-05-01", "2010-08-02")
    ]


def test_courses_of_two_policies_do_not_overlap() -> None:
    """A person on a course of one policy is not invited by another policy."""
    policies = {"mind": of_mind(STAYER), "development": course("2010-06-01"), "more": course("2010-07-01")}
    assert sum(event[2] == Kind.TRAINING for event in events_of(person(1), policies=policies)) == 1


def test_an_employers_budget_pays_for_the_most_skilled_people() -> None:
    """£3,000 pay for two places for three stayers, and the least skilled person is refused."""
    policies = {"mind": of_mind(STAYER, STAYER, STAYER), "development": course("2010-06-01", budget_pounds=3_000.0)}
    events = events_of(person(1, skill=1), person(2, skill=-1), person(3), policies=policies)
    assert [event[4] for event in events if event[2] == Kind.TRAINING] == [1, 3]
    assert [event[4] for event in events if event[2] == Kind.REFUSED] == [2]


def test_a_fund_pays_and_is_never_overdrawn() -> None:
    """A fund of £2,000 pays for one place at £1,500. The remaining £500 are not enough for another."""
    bodies = [attrs.evolve(body("Old"), population=1_000)]
    policies = {
        "mind": of_mind(STAYER, STAYER),
        "development": course("2010-06-01", "2010-07-01", fund="two", works=0.0),
    }
    world = small_world(person(1), person(2, skill=1), bodies=bodies)
    world = attrs.evolve(world, funds=Named({"two": Fund(pounds_a_head=2.0)}), policies=Named(policies))
    from nhstransit.engine.simulate import simulate

    events = simulate(world, seed=1).log.tuples()
    assert [event for event in events if event[2] in (Kind.TRAINING, Kind.DRAWN)] == [
        row("2010-06-01", DESK, Kind.TRAINING, "development", 2, 1, -1, 150_000),
        row("2010-06-01", DESK, Kind.DRAWN, "development", -1, 0, 0, 150_000),
    ]
    assert [(event[0], event[4]) for event in events if event[2] == Kind.REFUSED] == [
        (on("2010-06-01"), 1),
        (on("2010-07-01"), 1),
    ]


@pytest.mark.parametrize(
    ("change", "quiet"),
    [({"works": 0.0}, False), ({}, True), ({"budget_pounds": 0.0}, False)],
    ids=["does not work", "refused by all", "no money"],
)
def test_situations_in_which_a_course_has_no_effect(change: dict[str, Any], quiet: bool) -> None:
    """The course never works, nobody accepts it, or there is no money for it."""
    policies = {"mind": of_mind(STAYER), "development": course("2010-06-01", **change)}
    events = events_of(person(1), policies=policies, behaviour=behaving(accepts=not quiet))
    assert [event[4] for event in events if event[2] == Kind.DISPOSITION] == [1]  # the one set on 2 April


def test_a_person_who_leaves_during_a_course_does_not_become_a_mover() -> None:
    """The course is paid for, and the contract ends before the course."""
    policies = {"mind": of_mind(STAYER), "development": course("2010-06-01")}
    events = events_of(person(1, ends="2010-07-10"), policies=policies)
    assert [event[2] for event in events[1:]] == [Kind.APPLIED, Kind.APPROVED, Kind.TRAINING, Kind.DEPARTED]


# Second thoughts


def thoughts(**fields: Any) -> SecondThoughts:
    usual = {"announced": "2010-05-01", "until": "2010-07-01", "months": 2, "lose_heart": 1.0, "kinds": ("pct",)}
    return dated(SecondThoughts, **{**usual, **fields})


def exposed(*dispositions: int) -> dict[str, Any]:
    """A policy that makes everyone exposed, with these dispositions."""
    everyone = rows(*range(len(dispositions)))
    turn = Turn(rows=everyone, disposition=np.array(dispositions, "int8"), risk_class=RiskClass.EXPOSED)
    return {"mind": once("2010-04-02", turn)}


def test_a_stayer_with_an_offer_becomes_a_mover() -> None:
    """A stayer appointed on 10 June is a mover on 1 July. The other stayer does not change."""
    from nhstransit.grammar import Appoint

    place = Appoint(rows=rows(0), posts=np.array([2]), start=on("2010-09-01"))
    policies = {**exposed(STAYER, STAYER), "offer": once("2010-06-10", place), "second-thoughts": thoughts()}
    bodies = succeeded(body("New", "ccg", ("finance", "6", 1)))
    events = events_of(person(1), person(2), bodies=bodies, policies=policies)
    assert [event for event in events if event[3] == 33] == [
        row("2010-07-01", DESK, Kind.DISPOSITION, "second-thoughts", 1, STAYER, MOVER)
    ]


def test_a_mover_without_an_offer_for_long_becomes_a_leaver() -> None:
    """The mover has no offer on 1 May and still none two months later, and becomes a leaver on 1 July, once."""
    policies = {**exposed(MOVER, STAYER, LEAVER), "second-thoughts": thoughts()}
    events = events_of(person(1), person(2), person(3), bodies=succeeded(CCG), policies=policies)
    assert [event for event in events if event[3] == 33] == [
        row("2010-07-01", DESK, Kind.DISPOSITION, "second-thoughts", 1, MOVER, LEAVER)
    ]


@pytest.mark.parametrize(
    ("fields", "bodies"),
    [({"lose_heart": 0.0}, succeeded(CCG)), ({}, [body("Old")]), ({"months": 60}, succeeded(CCG))],
    ids=["steadfast", "body goes on", "not so long"],
)
def test_situations_in_which_no_mover_becomes_a_leaver(fields: dict[str, Any], bodies: list[Organisation]) -> None:
    """The chance is zero, the employer does not close, or the scenario ends first."""
    policies = {**exposed(MOVER), "second-thoughts": thoughts(**fields)}
    assert not [event for event in events_of(person(1), bodies=bodies, policies=policies) if event[3] == 33]


# The most skilled people, into other services


def invitation(**fields: Any) -> BestPeople:
    usual = {"announced": "2010-05-01", "invited": "2010-06-01", "kinds": ("pct",), "months": 3, "pounds": 2_500.0}
    places = Named({"community-provider": 1})
    return dated(BestPeople, **{**usual, "places": places, "asked_a_place": 2.0, **fields})


CARE = body("Care", "community-provider")


def test_the_most_skilled_people_are_invited_trained_and_moved() -> None:
    """Two of three people are invited for one place.

    The more skilled one is retrained and starts as a nurse in September.
    """
    people = person(1, skill=-1), person(2, skill=1), person(3, skill=2)
    assert events_of(*people, bodies=[body("Old"), CARE], policies={"best-people": invitation(into="nursing")}) == [
        row("2010-06-01", DESK, Kind.APPLIED, "best-people", 2, 1),
        row("2010-06-01", DESK, Kind.APPLIED, "best-people", 3, 2),
        row("2010-06-01", DESK, Kind.APPROVED, "best-people", 3, 2),
        row("2010-06-01", DESK, Kind.REFUSED, "best-people", 2, 1),
        row("2010-06-01", DESK, Kind.TRAINING, "best-people", 3, 2, -1, 250_000),
        row("2010-06-01", DESK, Kind.OPENED, "best-people", -1, -1, 3, SIXTH_A_YEAR),
        row("2010-06-01", DESK, Kind.APPOINTED, "best-people", 3, 2, 3),
        row("2010-06-01", DESK, Kind.RISK, "best-people", 3, RiskClass.NONE, RiskClass.SAFE),
        row("2010-09-01", NIGHT, Kind.MOVED, "best-people", 3, 2, 3),
    ]


def test_the_new_post_has_a_new_function_but_the_old_band_and_pay() -> None:
    """Its function and employer are those of the place."""
    from nhstransit.measures import state_on

    run = played(
        person(1, pay=31_000), bodies=[body("Old"), CARE], policies={"best-people": invitation(into="nursing")}
    )
    after = state_on(run, on("2010-12-01"))
    assert (after.employer.tolist(), after.function.tolist(), after.band.tolist()) == ([1], [1], [5])
    assert after.pay_pence.tolist() == [3_100_000]


def test_places_are_shared_by_residents_and_filled_within_the_region() -> None:
    """Two of three places are in the provider with 20,000 of 30,000 residents.

    People in another region are not invited.
    """
    sizes = {"A": 20_000, "B": 10_000}
    homes = [attrs.evolve(body(name, "community-provider"), population=size) for name, size in sizes.items()]
    far = attrs.evolve(body("Far"), region="Hill")
    policies = {"best-people": invitation(places=Named({"community-provider": 3}))}
    people = [*(person(number) for number in range(6)), *(person(number, "Far", skill=9.0) for number in range(6, 9))]
    run = played(*people, bodies=[body("Old"), far, *homes], policies=policies)
    moved = run.log.of(Kind.MOVED)
    assert np.bincount(run.posts.employer[moved.second], minlength=4).tolist() == [0, 0, 2, 1]
    assert moved.staff.max() < 6


@pytest.mark.parametrize(
    ("fields", "bodies", "quiet"),
    [
        ({"places": Named({"community-provider": 0})}, [body("Old"), CARE], False),
        ({}, [body("Old")], False),
        ({"functions": ("nursing",)}, [body("Old"), CARE], False),
        ({}, [body("Old"), CARE], True),
    ],
    ids=["no places", "no destination", "another function", "nobody would"],
)
def test_situations_in_which_nobody_is_invited_or_moves(
    fields: dict[str, Any], bodies: list[Organisation], quiet: bool
) -> None:
    """There are no places, no destinations, no people in the function, or no people who accept."""
    policies = {"best-people": invitation(**fields)}
    assert events_of(person(1), bodies=bodies, policies=policies, behaviour=behaving(competes=not quiet)) == []


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: loan("2010-04-30"), "waves"),
        (lambda: loan("2010-06-01", willing=0.1, spread=0.4), "spread"),
        (lambda: course("2010-07-01", "2010-06-01"), "courses"),
        (lambda: thoughts(until="2010-04-30"), "until"),
        (lambda: invitation(places=Named({"moon": 1})), "places.moon"),
        (lambda: invitation(places=Named({"ccg": -1})), "places.ccg"),
        (lambda: small_world(person(1), policies={"best-people": invitation(into="magic")}), "best-people.into"),
    ],
)
def test_invalid_fields_are_refused_by_name(make: Any, message: str) -> None:
    """Refused are dates out of order, too wide a spread, and unknown kinds and functions."""
    with pytest.raises(NhstransitError, match=message):
        make()
