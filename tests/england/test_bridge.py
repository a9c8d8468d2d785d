"""The scope bridge of a run, in which every person is in one line."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import pytest

from nhstransit.england import crossing, scope_bridge
from nhstransit.errors import InputError
from nhstransit.grammar import Appoint, Hire
from nhstransit.log import Phase
from nhstransit.synthesis import Crossing
from tests.england.made import READING, departs, hamlet
from tests.england.plain import TRANSFER_DAY, PlainRun, concerned, transferred
from tests.small import body, newcomers, on, once, person, played, rows

NEXT = attrs.evolve(READING, transferred_on=dt.date(2010, 10, 1))


def test_the_scope_bridge_by_hand() -> None:
    """Of six people in scope, one is redundant, two leave by MARS, one leaves otherwise, and two move. So does a newcomer.

    One person comes from outside the base. A person hired directly by the successor is not in the bridge.
    """
    bodies = [
        body("Old", "pct", ("finance", "6", 7), closes="2010-09-30"),
        body("New", "ccg", ("finance", "6", 9), opens="2010-10-01", shadow="2010-05-01"),
        body("Care", "community-provider", ("finance", "6", 1)),
    ]
    people = [person(number) for number in range(6)] + [person(90, "Care")]
    start = on("2010-10-01")
    windows = Phase.WINDOWS
    policies = {
        "redundancy": once("2010-07-01", departs(0, last="2010-07-31"), phase=windows),
        "mars": once("2010-07-01", departs(1, last="2010-07-31"), phase=windows),
        "mars-late": once("2010-07-02", departs(5, last="2010-08-31"), phase=windows),
        "rets": once("2010-07-01", departs(2, last="2010-07-31"), phase=windows),
        "hiring": once("2010-05-10", Hire(posts=rows(6), start=on("2010-06-01"), newcomers=newcomers(1))),
        "inflow": once("2010-07-02", Hire(posts=rows(7), start=start, newcomers=newcomers(2))),
        "hiring-new": once("2010-07-03", Hire(posts=rows(8), start=start, newcomers=newcomers(3))),
        "filling": once("2010-07-05", Appoint(rows=rows(3, 4, 7), posts=rows(9, 10, 11), start=start)),
    }
    run = played(*people, bodies=bodies, policies=policies)
    found = crossing(run, reading=NEXT)
    assert found == Crossing(
        in_scope=6, redundancies=1, mars=2, unpaid_leavers=1, refills=1, from_outside=1, transferred=4
    )
    assert found.unexplained == 0


def test_paid_leavers_count_as_redundancies_and_not_as_unpaid_leavers() -> None:
    """Of two people who leave under clustering, one is paid, and is a redundancy."""
    bodies = [body("Old", "pct", ("finance", "6", 3), closes="2010-09-30")]
    paid = attrs.evolve(departs(0, last="2010-07-31"), severance=np.array([500_000]))
    policies = {"clustering": once("2010-07-01", paid, departs(1, last="2010-07-31"))}
    run = played(person(0), person(1), person(2), bodies=bodies, policies=policies)
    found = crossing(run, reading=NEXT)
    assert (found.redundancies, found.unpaid_leavers) == (1, 2)
    assert found.unexplained == 0


def test_the_scope_bridge_of_the_hamlet_has_no_residual() -> None:
    """Every line equals a plain count, and the sum is exact."""
    run = hamlet()
    found = crossing(hamlet())
    plain_run = PlainRun(
        run, frozenset(b.name for b in run.scenario.organisations if b.kind in ("pct", "sha")), TRANSFER_DAY
    )
    assert found.unexplained == 0
    assert found.in_scope == len(plain_run.opening()) and found.transferred == transferred(plain_run)
    mine = concerned(plain_run, plain_run.bodies)
    out = [
        event
        for event in run.log.tuples()
        if event[2] == 41 and event[0] <= plain_run.day(TRANSFER_DAY) and event[4] in mine
    ]
    assert found.redundancies + found.mars + found.unpaid_leavers == len(out)
    assert min(found.redundancies, found.mars, found.unpaid_leavers, found.from_outside, found.transferred) > 0


def test_the_table_has_the_published_range_and_the_run() -> None:
    """It has eight lines: the published ones, refills, and the unexplained rest."""
    table = scope_bridge(hamlet()).set_index("line")
    assert len(table) == 8 and table.loc["in scope, April 2010", "low"] == 60_300
    assert table.loc["unexplained", "run"] == 0


def test_a_scenario_that_ends_before_the_transfer_is_refused() -> None:
    with pytest.raises(InputError, match=r"covers 2010-04-01 to 2010-12-31, without the day of transfer \(2013-04-01"):
        scope_bridge(played(person(1)))
