"""Tiny worlds, told event for event: volunteers go on redundancy terms, as far as the year's step requires it."""

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
    """A window that opens on 1 May; by default its one panel sits on 3 May, for the end of September."""
    held = panels or (("2010-05-03", "2010-09-30"),)
    made = tuple(Panel(closes=date(closes), leaves=date(leaves)) for closes, leaves in held)
    usual = {"expected_leaving": 0.0, "payback_months": 1_200.0, **fields}
    policy = VoluntaryRedundancy(announced=date("2010-04-01"), opens=date("2010-05-01"), panels=made, cut=cut, **usual)
    return {NAME: policy}


def gone(*people: dict[str, Any], seed: int = 1, **world: Any) -> list[int]:
    """Identities of the people who leave as volunteers."""
    log = played(*people, seed=seed, **world).log
    return [event[4] for event in log.of(Kind.DEPARTED).tuples() if event[3] == 61]


def test_one_of_two_goes_with_the_post() -> None:
    """Half the bill is to go: both apply, one is approved, leaves on the last day with ten months' pay and the post."""
    events = events_of(person(1), person(2), policies=window())
    (taken,) = [event[4] for event in events if event[2] == Kind.APPROVED]
    post = taken - 1
    saved = int(Law.bundled().employer_cost(2_400_000, 1.0, epoch_day(date("2010-09-30"))))
    assert events == [
        row("2010-05-03", DESK, Kind.APPLIED, NAME, 1, 0, -1, 2_002_192),
        row("2010-05-03", DESK, Kind.APPLIED, NAME, 2, 1, -1, 2_002_192),
        row("2010-05-03", DESK, Kind.APPROVED, NAME, taken, post),
        row("2010-05-03", DESK, Kind.REFUSED, NAME, 3 - taken, 2 - taken),
        row("2010-05-03", DESK, Kind.EXIT_AGREED, NAME, taken, post, on("2010-09-30"), 2_002_192),
        row("2010-09-30", OUT, Kind.DEPARTED, NAME, taken, post),
        row("2010-09-30", OUT, Kind.SEVERANCE, NAME, taken, post, -1, 2_002_192),
        row("2010-09-30", OUT, Kind.REMOVED, NAME, -1, post, -1, saved),
    ]


def test_it_is_the_draw_that_decides_and_not_the_cost() -> None:
    """Of one with over twenty months of pay due and one with two, each is the one to go under some seed."""
    dear = person(1, since="1988-04-01")
    cheap = person(2, since="2008-02-01")
    assert {tuple(gone(dear, cheap, seed=seed, policies=window())) for seed in SEEDS} == {(1,), (2,)}


def test_an_employer_on_the_path_asks_nobody() -> None:
    """Nor does one of another kind; one that is a pound above it does."""
    assert events_of(person(1), person(2), policies=window(0.0)) == []
    assert events_of(person(1), person(2), policies=window(0.5, kinds=("sha",))) == []
    assert len(gone(person(1), person(2), policies=window(0.000_05))) == 1


def test_exits_agreed_before_count_first() -> None:
    """Where one of two is to go, and one has agreed to go by MARS, nobody is asked."""
    days = {"announced": "2010-04-01", "opens": "2010-04-01", "closes": "2010-04-20", "leaves": "2010-06-30"}
    mars = Mars(**{name: date(day) for name, day in days.items()}, quota=0.5, payback_months=1_200.0)
    assert gone(person(1), person(2), policies={"mars": mars, **window()}) == []


def test_leaving_to_be_expected_counts_first() -> None:
    """At a rate of one, half the bill goes of itself in half a year: nobody is needed for half, one for more."""
    half_a_year = ("2010-05-03", "2010-11-02")
    people = person(1), person(2)
    assert len(gone(*people, policies=window(0.5, half_a_year))) == 1
    assert gone(*people, policies=window(0.5, half_a_year, expected_leaving=1.0)) == []
    assert len(gone(*people, policies=window(0.6, half_a_year, expected_leaving=1.0))) == 1


def test_a_newcomer_on_the_way_is_on_the_bill() -> None:
    """A vacancy that is being filled costs the lowest point of its band, so that one more volunteer is needed."""
    bodies = [body("Old", "pct", ("finance", "6", 3))]
    comes = once("2010-05-02", Hire(posts=rows(2), newcomers=newcomers(9), start=on("2010-12-01")))
    assert len(gone(person(1), person(2), bodies=bodies, policies=window())) == 1
    assert len(gone(person(1), person(2), bodies=bodies, policies={"own": comes, **window()})) == 2


def test_what_must_be_found_sooner_comes_on_top_within_the_year() -> None:
    """Of a first panel that asks for nothing yet, £10,000 to be found makes one go; with no step left it asks nobody."""
    finds = once("2010-05-02", Find(employer=rows(0), pence=rows(1_000_000)))
    panels = (("2010-05-03", "2010-06-30"), ("2010-12-20", "2010-12-31"))
    first = window(0.5, *panels, year_end=1.0)
    events = events_of(person(1), person(2), policies={"own": finds, **first})
    assert {event[0] for event in events if event[2] == Kind.APPROVED} == {on("2010-05-03")}
    found_only = events_of(person(1), person(2), policies={"own": finds})
    assert events_of(person(1), person(2), policies={"own": finds, **window(0.0)}) == found_only


def test_a_case_must_pay_back_with_the_pension() -> None:
    """An elder's two years' pay and capital are refused within 24 months, and not where months are no object."""
    elder = person(1, born="1958-01-01", since="1978-04-01", pay=60_000, band="8c")
    assert gone(elder, policies=window(1.0, payback_months=24.0)) == []
    events = events_of(elder, policies=window(1.0))
    assert {Kind.SEVERANCE, Kind.PENSION} <= {event[2] for event in events}


@pytest.mark.parametrize("left_out", [{"critical": True}, {"ends": "2012-01-01"}, {"since": "2009-04-01"}])
def test_who_is_not_let_go(left_out: dict[str, Any]) -> None:
    """The business-critical are refused; people on fixed terms or with too little service are not asked."""
    events = events_of(person(1, **left_out), policies=window(1.0))
    assert [event[2] for event in events] == ([Kind.APPLIED, Kind.REFUSED] if "critical" in left_out else [])


def test_who_does_not_sign_stays() -> None:
    """The approved may withdraw; their posts stay."""
    events = events_of(person(1), policies=window(1.0), behaviour=behaving(signs=False))
    assert [event[2] for event in events] == [Kind.APPLIED, Kind.APPROVED, Kind.WITHDREW]


def test_a_later_panel_makes_up_for_an_earlier_one() -> None:
    """With four people and half to go by two panels, one goes by each where the year's end has half of the step."""
    panels = (("2010-05-03", "2010-06-30"), ("2010-10-01", "2010-10-31"))
    events = events_of(*(person(n) for n in range(1, 5)), policies=window(0.5, *panels, year_end=0.5))
    assert [event[0] for event in events if event[2] == Kind.DEPARTED] == [on("2010-06-30"), on("2010-10-31")]
    events = events_of(*(person(n) for n in range(1, 5)), policies=window(0.5, *panels, year_end=0.0))
    assert [event[0] for event in events if event[2] == Kind.DEPARTED] == [on("2010-06-30")] * 2


def test_an_agreed_exit_is_no_notice_of_redundancy() -> None:
    """Notice that the last day cuts off is paid in lieu; and nobody goes later than the employer."""
    events = events_of(person(1, pay=36_500), policies=window(1.0, ("2010-09-02", "2010-09-30")))
    assert row("2010-09-30", OUT, Kind.IN_LIEU, NAME, 1, 0, -1, 420_000) in events
    closes = [body("Old", closes="2010-06-30")]
    events = events_of(person(1), bodies=closes, policies=window(1.0))
    assert [event[0] for event in events if event[2] == Kind.DEPARTED] == [on("2010-06-30")]


def test_an_agreed_exit_binds_the_volunteer() -> None:
    """Nobody is appointed whose exit is agreed: another post does not cancel it, as it would a redundancy."""
    bodies = [body("Old"), body("New", "ccg", ("finance", "6", 1))]
    wins = once("2010-06-01", Appoint(rows=rows(0), posts=rows(1), start=on("2010-07-01")))
    with pytest.raises(Exception, match="appoints somebody whose exit is agreed"):
        events_of(person(1), bodies=bodies, policies={**window(1.0), "own": wins})
