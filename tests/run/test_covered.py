"""Every run obeys the laws of interim cover, and a planted fault is reported under the law that it breaks."""

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
    """A run with vacancies from the start and from MARS, covered by agency staff, returning leavers and newcomers."""
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


def nth(kind: Kind, number: int = 0) -> int:
    return int(np.flatnonzero(covered().log.kind == kind)[number])


def two_posts_at_once(run: Run) -> Run:
    """The second returning interim has the identity of the first, from the start to the end of their cover."""
    log = run.log
    first, second = np.flatnonzero((log.kind == Kind.INTERIM) & (log.staff >= 0))[:2]
    theirs = (log.staff == log.staff[second]) & np.isin(log.kind, (Kind.INTERIM, Kind.INTERIM_ENDED, Kind.AGENCY))
    staff = np.where(theirs, log.staff[first], log.staff)
    return attrs.evolve(run, log=Log(**{**log.columns(), "staff": staff}))


def held_while_covered(run: Run) -> Run:
    """A post that a person holds to the end is covered by an interim."""
    held = int(run.closing.post[run.closing.post >= 0][0])
    log = run.log
    post = int(run.log.second[nth(Kind.INTERIM)])
    swap = {"first": log.first.copy(), "second": log.second.copy()}
    of_cover = np.isin(log.kind, (Kind.INTERIM, Kind.INTERIM_ENDED, Kind.AGENCY))
    for column in swap.values():
        column[of_cover & (column == post)] = held
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
def test_a_fault_in_cover_is_reported_under_its_law(law: str, fault: Callable[[Run], Run]) -> None:
    """One event of interim cover is changed or removed."""
    with pytest.raises(ConservationError, match=law):
        conserve(fault(covered()))


def test_every_kind_of_cover_obeys_the_laws() -> None:
    """The run has cover by agency staff and by leavers, which ends with newcomers, in time, or with the run."""
    log = covered().log
    begun = log.of(Kind.INTERIM)
    over = log.of(Kind.INTERIM_ENDED)
    assert (begun.staff >= 0).sum() >= 2 and (begun.staff == -1).any() and len(log.of(Kind.ARRIVED))
    assert 0 < len(over) < len(begun)
    conserve(covered())


def test_payments_for_cover_equal_days_times_the_daily_cost() -> None:
    """A plain loop over events checks the payments of each cover between its start and end."""
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
