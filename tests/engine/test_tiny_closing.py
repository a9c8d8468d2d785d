"""Closures in tiny scenarios, event by event: agreed payments are made, and nobody waits for a post that starts too late."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from nhstransit.log import Kind, Phase
from nhstransit.policies import (
    BestPeople,
    Clustering,
    CostReduction,
    Filling,
    Mars,
    Redundancy,
    TransferArms,
    TransferWhole,
)
from nhstransit.policies.cost_reduction import Step
from nhstransit.toml import Named
from nhstransit.workforce.columns import RiskClass
from tests.small import body, date, events_of, on, person, row

NEWS = Phase.MILESTONES
DESK = Phase.WINDOWS
OUT = Phase.DEPARTURES
NIGHT = Phase.CLOSURES
OLD = body("Old", "pct", closes="2010-09-30")
NEW = body("New", "ccg", ("finance", "6", 1))


def dated(kind: Any, **fields: Any) -> Any:
    return kind(**{name: date(item) if str(item)[:2] == "20" else item for name, item in fields.items()})


def redundancy(**fields: Any) -> Any:
    """Letters on 1 May, consultation on 10 May."""
    return dated(Redundancy, **{"announced": "2010-05-01", "letters": "2010-05-01", "consults": "2010-05-10", **fields})


def promising(kind: Any, starts: str) -> Any:
    """A policy that promises posts in June, to start on a later day."""
    return dated(kind, announced="2010-05-01", held="2010-06-01", starts=starts)


def test_a_round_whose_posts_start_too_late_does_not_prevent_redundancy() -> None:
    """The post starts two days after the employer closes, so nobody competes for it and redundancy pay is paid."""
    round_ = attrs.evolve(promising(Filling, "2010-10-02"), receivers=("ccg",))
    assert events_of(person(1), bodies=[OLD, NEW], policies={"filling": round_, "redundancy": redundancy()}) == [
        row("2010-05-01", NEWS, Kind.RISK, "redundancy", 1, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-05-10", DESK, Kind.CONSULTED, "redundancy", 1, 0, 39),
        row("2010-05-11", DESK, Kind.EXIT_AGREED, "redundancy", 1, 0, 182, 2_002_192),
        row("2010-09-30", OUT, Kind.DEPARTED, "redundancy", 1, 0),
        row("2010-09-30", OUT, Kind.SEVERANCE, "redundancy", 1, 0, -1, 2_002_192),
        row("2010-10-01", NIGHT, Kind.REMOVED, "closure", -1, 0),
    ]


ROUTES = {
    "filling": lambda starts: attrs.evolve(promising(Filling, starts), receivers=("ccg",)),
    "transfer-whole": lambda starts: attrs.evolve(promising(TransferWhole, starts), receivers=("ccg",)),
    "transfer-arms": lambda starts: attrs.evolve(promising(TransferArms, starts), kinds=("pct",)),
}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("starts", "moves"), (("2010-10-01", True), ("2010-10-02", False)))
def test_a_post_may_start_on_the_day_after_closure_but_not_later(route: str, starts: str, moves: bool) -> None:
    """This is so for every route into a post."""
    bodies = [attrs.evolve(OLD, successors=("New",)), NEW]
    events = events_of(person(1), bodies=bodies, policies={route: ROUTES[route](starts)})
    kinds = [event[2] for event in events if event[4] == 1]
    assert (Kind.APPOINTED in kinds, Kind.MOVED in kinds, Kind.DEPARTED in kinds) == (moves, moves, not moves)


@pytest.mark.parametrize(("invited", "goes"), (("2010-07-01", True), ("2010-07-02", False)))
def test_nobody_is_trained_for_a_place_that_starts_too_late(invited: str, goes: bool) -> None:
    """If the employer closes on 30 September, a course to 1 October is paid for and a course to 2 October is not."""
    call = dated(BestPeople, announced="2010-05-01", invited=invited, places=Named({"community-provider": 1}))
    events = events_of(person(1), bodies=[OLD, body("Com", "community-provider")], policies={"best-people": call})
    kinds = [event[2] for event in events]
    assert (Kind.TRAINING in kinds, Kind.MOVED in kinds, Kind.DEPARTED in kinds) == (goes, goes, not goes)


def mars(**fields: Any) -> Any:
    """Panel on 30 June, last day 31 October, a month after the old body's."""
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-10-31"}
    return dated(Mars, **{**days, "quota": 1.0, "removed": 1.0, "payback_months": 1200.0, **fields})


def test_an_agreed_exit_after_closure_moves_to_the_closing_day() -> None:
    """The last day is 31 October, but 30 September in the employer that closes on that day."""
    bodies = [body("Old", "pct", ("finance", "6", 1), closes="2010-09-30"), body("Stays", "pct", ("finance", "6", 1))]
    events = events_of(
        person(1), person(2, "Stays"), bodies=bodies, policies={"mars": mars(removed=0.0, redeployed=1.0)}
    )
    assert [event for event in events if event[2] not in (Kind.APPLIED, Kind.APPROVED)] == [
        row("2010-06-30", DESK, Kind.EXIT_AGREED, "mars", 1, 0, on("2010-09-30"), 1_000_000),
        row("2010-06-30", DESK, Kind.EXIT_AGREED, "mars", 2, 1, on("2010-10-31"), 1_000_000),
        row("2010-09-30", OUT, Kind.DEPARTED, "mars", 1, 0),
        row("2010-09-30", OUT, Kind.SEVERANCE, "mars", 1, 0, -1, 1_000_000),
        row("2010-10-01", NIGHT, Kind.REMOVED, "closure", -1, 0),
        row("2010-10-31", OUT, Kind.DEPARTED, "mars", 2, 1),
        row("2010-10-31", OUT, Kind.SEVERANCE, "mars", 2, 1, -1, 1_000_000),
    ]


def test_service_is_counted_to_each_persons_last_day() -> None:
    """Eight complete years on 31 October are seven on 30 September: £8,000, or £7,000 in the employer that closes."""
    bodies = [OLD, body("Stays", "pct")]
    people = (person(staff, at, since="2002-10-31") for staff, at in ((1, "Old"), (2, "Stays")))
    events = events_of(*people, bodies=bodies, policies={"mars": mars()})
    assert [event[7] for event in events if event[2] == Kind.SEVERANCE] == [700_000, 800_000]


@pytest.mark.parametrize(("ends", "asked"), (("2010-09-30", False), ("2010-10-01", True)))
def test_a_fixed_term_that_ends_by_the_last_day_earns_no_severance(ends: str, asked: bool) -> None:
    """People on a fixed term can apply only if it runs past the last day, here the employer's last day."""
    events = events_of(person(1, ends=ends), bodies=[OLD], policies={"mars": mars(fixed_term=True)})
    assert (Kind.SEVERANCE in [event[2] for event in events]) == asked


def agreed(events: list[Any]) -> list[tuple[int, int]]:
    """People with an agreed exit, and their last days."""
    return [(event[4], event[6]) for event in events if event[2] == Kind.EXIT_AGREED]


def test_a_fixed_term_that_ends_by_the_closing_day_is_no_redundancy() -> None:
    """Of three terms, only the one that runs past the closing day ends in redundancy."""
    people = (person(staff, ends=f"2010-{ends}") for staff, ends in ((1, "09-29"), (2, "09-30"), (3, "10-01")))
    events = events_of(*people, bodies=[OLD], policies={"redundancy": redundancy()})
    assert agreed(events) == [(3, on("2010-09-30"))]
    assert {event[4] for event in events if event[2] in (Kind.CONSULTED, Kind.RISK)} == {3}
    assert [event[:5] for event in events if event[2] == Kind.DEPARTED] == [
        row("2010-09-29", OUT, Kind.DEPARTED, "contract-end", 1)[:5],
        row("2010-09-30", OUT, Kind.DEPARTED, "redundancy", 3)[:5],
        row("2010-09-30", OUT, Kind.DEPARTED, "contract-end", 2)[:5],
    ]


def test_notice_does_not_run_past_the_end_of_a_fixed_term() -> None:
    """Ten weeks from 31 July run to 9 October.

    A person whose term ends then leaves on the closing day, with pay in lieu.
    """
    people = person(1), person(2, ends="2010-10-09"), person(3, ends="2010-10-10")
    bodies = [OLD, body("Rest", "nhs-elsewhere")]
    late = redundancy(letters="2010-07-01", consults="2010-07-30", residuary="Rest")
    events = events_of(*people, bodies=bodies, policies={"redundancy": late})
    assert agreed(events) == [(1, on("2010-10-09")), (2, on("2010-09-30")), (3, on("2010-10-09"))]
    assert [event[4] for event in events if event[2] == Kind.IN_LIEU] == [2]


def test_clustering_selects_nobody_whose_fixed_term_ends_first() -> None:
    """The less skilled of two people is selected, unless their contract ends by the last day of notice, 9 September."""
    for ends, out in ((None, [1]), ("2010-09-10", [1]), ("2010-09-09", [2])):
        bodies = [attrs.evolve(body(name, "pct", ("finance", "6", 1)), cluster="Vale") for name in ("One", "Two")]
        merged = dated(Clustering, announced="2010-05-01", held="2010-06-01", bands=("6",), assessment_error=0.0)
        events = events_of(
            person(1, "One", skill=-1.0, ends=ends), person(2, "Two"), bodies=bodies, policies={"c": merged}
        )
        assert [staff for staff, _ in agreed(events)] == out


@pytest.mark.parametrize("by_law", (True, False))
def test_a_cut_selects_nobody_whose_fixed_term_ends_first(by_law: bool) -> None:
    """The less skilled of two people is selected, unless their contract ends by the last day of notice, 12 July."""
    path = CostReduction(
        announced=date("2010-05-01"),
        path=(Step(by=date("2010-05-03"), cut=0.5),),
        volunteers=False,
        by_law=by_law,
        consultation_days=0,
    )
    last = "2010-07-13" if by_law else "2010-07-12"
    for ends, out in ((None, [1]), ("2010-07-14", [1]), ("2010-07-12", [2]), (last, [] if by_law else [2])):
        events = events_of(person(1, skill=-9.0, ends=ends), person(2, skill=9.0), policies={"cost-reduction": path})
        assert [staff for staff, _ in agreed(events)] == out


@pytest.mark.parametrize(("shadow", "goes"), (("2010-10-01", True), ("2010-10-02", False)))
def test_nobody_transfers_to_an_employer_that_does_not_exist_yet(shadow: str, goes: bool) -> None:
    """A successor in shadow form on the day of transfer receives the arm.

    A successor formed a day later receives nobody.
    """
    heir = body("New", "acute-trust", shadow=shadow, opens="2010-12-01")
    bodies = [attrs.evolve(OLD, successors=("New",)), heir]
    events = events_of(person(1), bodies=bodies, policies={"transfer-arms": ROUTES["transfer-arms"]("2010-10-01")})
    kinds = [event[2] for event in events]
    assert (Kind.OPENED in kinds, Kind.MOVED in kinds, Kind.DEPARTED in kinds) == (goes, goes, not goes)


def test_a_post_is_not_filled_before_its_employer_opens() -> None:
    """Posts created in June for a successor that opens in December can be filled from December only."""
    late = attrs.evolve(body("Trust", "ccg"), opens=date("2010-12-01"))
    arm = attrs.evolve(body("Arm", "pct-provider", ("finance", "6", 1), closes="2010-12-15"), successors=("Trust",))
    whole = attrs.evolve(promising(TransferArms, "2010-12-01"), kinds=("pct-provider",))
    for kind in (Filling, TransferWhole):
        for starts, moved in (("2010-11-30", []), ("2010-12-01", [on("2010-12-01")])):
            sooner = attrs.evolve(
                dated(kind, announced="2010-05-01", held="2010-06-02", starts=starts), receivers=("ccg",)
            )
            old = body("Old", "pct", closes="2010-12-15")
            events = events_of(person(1), bodies=[old, arm, late], policies={"a": whole, "b": sooner})
            assert [event[0] for event in events if event[2] == Kind.MOVED] == moved
