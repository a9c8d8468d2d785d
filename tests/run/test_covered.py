"""Interims obey their laws in every run, and a fault planted in any of them is caught and named."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import attrs
import numpy as np
import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.errors import ConservationError
from nhstransit.log import Kind, Log
from nhstransit.policies import Hiring, Interims, Mars, Returns
from nhstransit.run import Run, conserve
from tests.small import START, behaving, body, date, person, small_world

VACANT = "only a vacant post is covered"
DAYS = "an interim is paid by the day"
ENDS = "cover ends once"
ONE = "an interim covers one post"


@cache
def covered() -> Run:
    """Two posts empty from the start, three more by MARS; agencies, unseen returners and newcomers in turn take them."""
    mars = Mars(
        announced=START, opens=START, closes=date("2010-04-20"), leaves=date("2010-05-20"), quota=1.0, removed=0.0
    )
    policies = {
        "mars": mars,
        "interims": Interims(announced=START, until=date("2012-02-01"), covered=0.6, months=2),
        "returns": Returns(announced=START, share=0.0, unseen=1.0, kinds=("pct",)),
        "hiring": Hiring(announced=date("2011-01-01"), until=date("2011-12-01"), kinds=("pct",), refill=0.5, weeks=4.0),
    }
    people = [person(n, band="8a", pay=40_000) for n in range(30)]
    bodies = [body("Old", "pct", ("finance", "8a", 34))]
    world = small_world(*people, bodies=bodies, policies=policies, behaviour=behaving(), end=date("2012-02-15"))
    return simulate(world, seed=3)


def changed(run: Run, where: int, **cells: int) -> Run:
    columns = {name: column.copy() for name, column in run.log.columns().items()}
    for name, cell in cells.items():
        columns[name][where] = cell
    return attrs.evolve(run, log=Log(*columns.values()))


def without(run: Run, where: int) -> Run:
    return attrs.evolve(run, log=run.log.take(np.delete(np.arange(len(run.log)), where)))


def nth(kind: Kind, place: int = 0) -> int:
    return int(np.flatnonzero(covered().log.kind == kind)[place])


def two_posts_at_once(run: Run) -> Run:
    """The second known interim is the first, from its beginning to its end."""
    log = run.log
    first, second = np.flatnonzero((log.kind == Kind.INTERIM) & (log.staff >= 0))[:2]
    theirs = (log.staff == log.staff[second]) & np.isin(log.kind, (Kind.INTERIM, Kind.INTERIM_ENDED, Kind.AGENCY))
    staff = np.where(theirs, log.staff[first], log.staff)
    return attrs.evolve(run, log=Log(**{**log.columns(), "staff": staff}))


def held_while_covered(run: Run) -> Run:
    """Cover begins for a post that somebody holds to the end."""
    held = int(run.closing.post[run.closing.post >= 0][0])
    log = run.log
    post = int(run.log.second[nth(Kind.INTERIM)])
    swap = {"first": log.first.copy(), "second": log.second.copy()}
    mine = np.isin(log.kind, (Kind.INTERIM, Kind.INTERIM_ENDED, Kind.AGENCY))
    for column in swap.values():
        column[mine & (column == post)] = held
    return attrs.evolve(run, log=Log(**{**log.columns(), **swap}))


FAULTS: list[tuple[str, Callable[[Run], Run]]] = [
    (DAYS, lambda run: changed(run, nth(Kind.AGENCY), pence=1)),
    (DAYS, lambda run: changed(run, nth(Kind.INTERIM), pence=int(run.log.pence[nth(Kind.INTERIM)]) + 1)),
    (DAYS, lambda run: without(run, nth(Kind.AGENCY, -1))),
    (DAYS, lambda run: changed(run, nth(Kind.AGENCY), first=int(run.posts.employer.size) - 1)),
    (ENDS, lambda run: changed(run, nth(Kind.INTERIM_ENDED), staff=int(run.people.staff[0]))),
    (ENDS, lambda run: without(run, nth(Kind.INTERIM))),
    (VACANT, lambda run: without(run, nth(Kind.INTERIM_ENDED))),
    (VACANT, held_while_covered),
    (ONE, two_posts_at_once),
]


@pytest.mark.parametrize(("law", "fault"), FAULTS, ids=[f"{n}-{law}" for n, (law, _) in enumerate(FAULTS)])
def test_a_fault_in_cover_is_caught_and_named(law: str, fault: Callable[[Run], Run]) -> None:
    """One event of an interim changed or left out breaks the law that it is against."""
    with pytest.raises(ConservationError, match=law):
        conserve(fault(covered()))


def test_cover_of_every_sort_conserves() -> None:
    """Cover by agencies and by people known, cut off by newcomers, by time and by the end of the world, breaks no law."""
    log = covered().log
    begun = log.of(Kind.INTERIM)
    over = log.of(Kind.INTERIM_ENDED)
    assert (begun.staff >= 0).sum() >= 2 and (begun.staff == -1).any() and len(log.of(Kind.ARRIVED))
    assert 0 < len(over) < len(begun)
    conserve(covered())


def test_pence_are_days_times_the_daily_pence_told_plainly() -> None:
    """Post by post and cover by cover, in a loop, the payments between beginning and end are the days times the price."""
    run = covered()
    open_now: dict[int, list[int]] = {}
    for day, _, kind, _, _, come, go, pence in run.log.tuples():
        if kind is Kind.INTERIM:
            open_now[go] = [day, pence, 0]
        if kind is Kind.AGENCY:
            open_now[come][2] += pence
        if kind is Kind.INTERIM_ENDED:
            since, price, paid = open_now.pop(come)
            assert paid == price * (day - since)
    for since, price, paid in open_now.values():
        assert paid == price * (run.scenario.calendar.days - since)
