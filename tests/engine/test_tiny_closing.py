"""Tiny worlds, told event for event: a closure leaves nobody unpaid who was to be paid, nor waiting for a post to begin."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from nhstransit.eventlog import Kind, Phase
from nhstransit.policies import BestPeople, Filling, Redundancy, TransferArms, TransferWhole
from nhstransit.toml import Named
from nhstransit.workforce.codes import RiskClass
from tests.small import body, date, person, row, told

NEWS, DESK, OUT, NIGHT = Phase.MILESTONES, Phase.WINDOWS, Phase.DEPARTURES, Phase.CLOSURES
OLD, NEW = body("Old", "pct", closes="2010-09-30"), body("New", "ccg", ("finance", "6", 1))


def dated(kind: Any, **fields: Any) -> Any:
    return kind(**{name: date(item) if str(item)[:2] == "20" else item for name, item in fields.items()})


def redundancy(**fields: Any) -> Any:
    """Letters on 1 May, consultation on 10 May."""
    return dated(Redundancy, **{"announced": "2010-05-01", "letters": "2010-05-01", "consults": "2010-05-10", **fields})


def promise(kind: Any, starts: str) -> Any:
    """Posts promised in June, to start later."""
    return dated(kind, announced="2010-05-01", held="2010-06-01", starts=starts)


def test_a_round_whose_posts_start_too_late_does_not_stop_redundancy() -> None:
    """The post begins two days after the employer closes: nobody competes for it, and the pay of redundancy is paid."""
    round_ = attrs.evolve(promise(Filling, "2010-10-02"), receivers=("ccg",))
    assert told(person(1), bodies=[OLD, NEW], policies={"filling": round_, "redundancy": redundancy()}) == [
        row("2010-05-01", NEWS, Kind.RISK, "redundancy", 1, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-05-10", DESK, Kind.CONSULTED, "redundancy", 1, 0, 39),
        row("2010-05-11", DESK, Kind.EXIT_AGREED, "redundancy", 1, 0, 182, 2_000_000),
        row("2010-09-30", OUT, Kind.DEPARTED, "redundancy", 1, 0),
        row("2010-09-30", OUT, Kind.SEVERANCE, "redundancy", 1, 0, -1, 2_000_000),
        row("2010-10-01", NIGHT, Kind.REMOVED, "closure", -1, 0),
    ]


ROUTES = {
    "filling": lambda starts: attrs.evolve(promise(Filling, starts), receivers=("ccg",)),
    "transfer-whole": lambda starts: attrs.evolve(promise(TransferWhole, starts), receivers=("ccg",)),
    "transfer-arms": lambda starts: attrs.evolve(promise(TransferArms, starts), kinds=("pct",)),
}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(("starts", "moves"), (("2010-10-01", True), ("2010-10-02", False)))
def test_a_post_may_begin_the_day_after_the_employers_last(route: str, starts: str, moves: bool) -> None:
    """By whatever route, a post that begins the day after is promised and taken up, one a day later promised to nobody."""
    bodies = [attrs.evolve(OLD, successors=("New",)), NEW]
    events = told(person(1), bodies=bodies, policies={route: ROUTES[route](starts)})
    kinds = [event[2] for event in events if event[4] == 1]
    assert (Kind.APPOINTED in kinds, Kind.MOVED in kinds, Kind.DEPARTED in kinds) == (moves, moves, not moves)


@pytest.mark.parametrize(("invited", "goes"), (("2010-07-01", True), ("2010-07-02", False)))
def test_nobody_is_taught_for_a_place_that_begins_too_late(invited: str, goes: bool) -> None:
    """Three months' course to 1 October is paid for where the employer stands to 30 September, one to 2 October is not."""
    call = dated(BestPeople, announced="2010-05-01", invited=invited, places=Named({"community-provider": 1}))
    events = told(person(1), bodies=[OLD, body("Com", "community-provider")], policies={"best-people": call})
    kinds = [event[2] for event in events]
    assert (Kind.TRAINING in kinds, Kind.MOVED in kinds, Kind.DEPARTED in kinds) == (goes, goes, not goes)
