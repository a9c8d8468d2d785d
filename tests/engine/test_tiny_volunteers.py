"""Voluntary redundancy towards the year's target in tiny scenarios, event by event."""

from __future__ import annotations

from typing import Any

import pytest

from nhstransit.dates import epoch_day
from nhstransit.grammar import Appoint, Find, Hire
from nhstransit.law import Law
from nhstransit.log import Kind, Phase
from nhstransit.policies import Mars, VoluntaryRedundancy
from nhstransit.policies.voluntary_redundancy import Panel
from tests.small import behaving, body, date, events_of, newcomers, on, once, person, played, row, rows

DESK = Phase.WINDOWS
OUT = Phase.DEPARTURES
NAME = "voluntary-redundancy"
SEEDS = range(1, 13)


def window(cut: float = 0.5, *panels: tuple[str, str], **fields: Any) -> dict[str, Any]:
    """A window that opens on 1 May, by default with one panel on 3 May and exits on 30 September."""
    held = panels or (("2010-05-03", "2010-09-30"),)
    made = tuple(Panel(closes=date(closes), leaves=date(leaves)) for closes, leaves in held)
    usual = {"expected_leaving": 0.0, "payback_months": 1_200.0, **fields}
    policy = VoluntaryRedundancy(announced=date("2010-04-01"), opens=date("2010-05-01"), panels=made, cut=cut, **usual)
    return {NAME: policy}


def voluntary_leavers(*people: dict[str, Any], seed: int = 1, **world: Any) -> list[int]:
    """Identities of the people who leave through voluntary redundancy."""
    log = played(*people, seed=seed, **world).log
    return [event[4] for event in log.of(Kind.DEPARTED).tuples() if event[3] == 61]


def test_one_of_two_applicants_leaves_and_the_post_is_removed() -> None:
    """The target is half the bill. Both people apply, and one leaves on the last day with ten months' pay."""
    events = events_of(person(1), person(2), policies=window())
    (approved,) = [event[4] for event in events if event[2] == Kind.APPROVED]
    post = approved - 1
    saved = int(Law.bundled().employer_cost(2_400_000, 1.0, epoch_day(date("2010-09-30"))))
    assert events == [
        row("2010-05-03", DESK, Kind.APPLIED, NAME, 1, 0, -1, 2_002_192),
        row("2010-05-03", DESK, Kind.APPLIED, NAME, 2, 1, -1, 2_002_192),
        row("2010-05-03", DESK, Kind.APPROVED, NAME, approved, post),
        row("2010-05-03", DESK, Kind.REFUSED, NAME, 3 - approved, 2 - approved),
        row("2010-05-03", DESK, Kind.EXIT_AGREED, NAME, approved, post, on("2010-09-30"), 2_002_192),
        row("2010-09-30", OUT, Kind.DEPARTED, NAME, approved, post),
        row("2010-09-30", OUT, Kind.SEVERANCE, NAME, approved, post, -1, 2_002_192),
        row("2010-09-30", OUT, Kind.REMOVED, NAME, -1, post, -1, saved),
    ]


def test_approval_is_random_and_does_not_depend_on_cost() -> None:
    """Of a person with twenty months of pay due and a person with two, each is approved under some seed."""
    expensive = person(1, since="1988-04-01")
    cheap = person(2, since="2008-02-01")
    assert {tuple(voluntary_leavers(expensive, cheap, seed=seed, policies=window())) for seed in SEEDS} == {(1,), (2,)}


def test_an_employer_on_target_asks_nobody() -> None:
    """Nor does an employer of another kind. An employer slightly above the target does."""
    assert events_of(person(1), person(2), policies=window(0.0)) == []
    assert events_of(person(1), person(2), policies=window(0.5, kinds=("sha",))) == []
    assert len(voluntary_leavers(person(1), person(2), policies=window(0.000_05))) == 1


def test_exits_agreed_before_count_first() -> None:
    """One of two posts must go, and one person has agreed an exit under MARS, so nobody is asked."""
    days = {"announced": "2010-04-01", "opens": "2010-04-01", "closes": "2010-04-20", "leaves": "2010-06-30"}
    mars = Mars(**{name: date(day) for name, day in days.items()}, quota=0.5, payback_months=1_200.0)
    assert voluntary_leavers(person(1), person(2), policies={"mars": mars, **window()}) == []


def test_expected_leaving_counts_first() -> None:
    """At a rate of 1 a year, half the bill is expected to go in half a year. Nobody is needed for a cut of half."""
    half_a_year = ("2010-05-03", "2010-11-02")
    people = person(1), person(2)
    assert len(voluntary_leavers(*people, policies=window(0.5, half_a_year))) == 1
    assert voluntary_leavers(*people, policies=window(0.5, half_a_year, expected_leaving=1.0)) == []
    assert len(voluntary_leavers(*people, policies=window(0.6, half_a_year, expected_leaving=1.0))) == 1


def test_a_newcomer_who_has_not_started_yet_counts_in_the_bill() -> None:
    """A reserved post costs the lowest point of its band, so one more person is approved."""
    bodies = [body("Old", "pct", ("finance", "6", 3))]
    newcomer = once("2010-05-02", Hire(posts=rows(2), newcomers=newcomers(9), start=on("2010-12-01")))
    assert len(voluntary_leavers(person(1), person(2), bodies=bodies, policies=window())) == 1
    assert len(voluntary_leavers(person(1), person(2), bodies=bodies, policies={"own": newcomer, **window()})) == 2


def test_money_to_find_makes_exits_earlier_within_the_step() -> None:
    """The first panel needs nobody yet, but £10,000 to find makes it approve one person.

    With no step, it asks nobody.
    """
    finds = once("2010-05-02", Find(employer=rows(0), pence=rows(1_000_000)))
    panels = (("2010-05-03", "2010-06-30"), ("2010-12-20", "2010-12-31"))
    first = window(0.5, *panels, year_end=1.0)
    events = events_of(person(1), person(2), policies={"own": finds, **first})
    assert {event[0] for event in events if event[2] == Kind.APPROVED} == {on("2010-05-03")}
    found_only = events_of(person(1), person(2), policies={"own": finds})
    assert events_of(person(1), person(2), policies={"own": finds, **window(0.0)}) == found_only


def test_the_payback_period_includes_the_pension() -> None:
    """Two years' pay and pension capital do not pay back within 24 months. Without that limit the case is approved."""
    elder = person(1, born="1958-01-01", since="1978-04-01", pay=60_000, band="8c")
    assert voluntary_leavers(elder, policies=window(1.0, payback_months=24.0)) == []
    events = events_of(elder, policies=window(1.0))
    assert {Kind.SEVERANCE, Kind.PENSION} <= {event[2] for event in events}


@pytest.mark.parametrize("left_out", [{"critical": True}, {"ends": "2012-01-01"}, {"since": "2009-04-01"}])
def test_people_who_are_not_approved(left_out: dict[str, Any]) -> None:
    """Business-critical people are refused. People on fixed terms or with too little service cannot apply."""
    events = events_of(person(1, **left_out), policies=window(1.0))
    assert [event[2] for event in events] == ([Kind.APPLIED, Kind.REFUSED] if "critical" in left_out else [])


def test_approved_people_may_withdraw() -> None:
    """They stay, and so do their posts."""
    events = events_of(person(1), policies=window(1.0), behaviour=behaving(signs=False))
    assert [event[2] for event in events] == [Kind.APPLIED, Kind.APPROVED, Kind.WITHDREW]


def test_two_panels_share_the_step() -> None:
    """Two of four people must leave.

    If half the step is left to the end of the year, each panel approves one of them.
    """
    panels = (("2010-05-03", "2010-06-30"), ("2010-10-01", "2010-10-31"))
    events = events_of(*(person(n) for n in range(1, 5)), policies=window(0.5, *panels, year_end=0.5))
    assert [event[0] for event in events if event[2] == Kind.DEPARTED] == [on("2010-06-30"), on("2010-10-31")]
    events = events_of(*(person(n) for n in range(1, 5)), policies=window(0.5, *panels, year_end=0.0))
    assert [event[0] for event in events if event[2] == Kind.DEPARTED] == [on("2010-06-30")] * 2


def test_a_voluntary_exit_is_never_later_than_the_closing_day() -> None:
    """Notice that would run past the last day is paid in lieu."""
    events = events_of(person(1, pay=36_500), policies=window(1.0, ("2010-09-02", "2010-09-30")))
    assert row("2010-09-30", OUT, Kind.IN_LIEU, NAME, 1, 0, -1, 420_000) in events
    closes = [body("Old", closes="2010-06-30")]
    events = events_of(person(1), bodies=closes, policies=window(1.0))
    assert [event[0] for event in events if event[2] == Kind.DEPARTED] == [on("2010-06-30")]


def test_a_person_with_an_agreed_voluntary_exit_cannot_be_appointed() -> None:
    """Another post does not cancel the exit, as it would cancel a compulsory redundancy."""
    bodies = [body("Old"), body("New", "ccg", ("finance", "6", 1))]
    appointment = once("2010-06-01", Appoint(rows=rows(0), posts=rows(1), start=on("2010-07-01")))
    with pytest.raises(Exception, match="appoints somebody whose exit is agreed"):
        events_of(person(1), bodies=bodies, policies={**window(1.0), "own": appointment})
