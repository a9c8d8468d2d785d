"""The cost path in tiny scenarios, event by event: steps, consultation, and people who get other posts."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest
from oracle import oracle
from oracle.words import first_difference

import nhstransit as nt
from nhstransit.grammar import Depart
from nhstransit.law import Law
from nhstransit.log import Kind, Phase
from nhstransit.policies import CostReduction, Filling, Hiring
from nhstransit.policies.cost_reduction import Step
from nhstransit.run.conserve import conserve
from nhstransit.workforce.columns import RiskClass
from tests.small import body, date, events_of, on, once, person, played, row, rows, small_world

DESK = Phase.WINDOWS
OUT = Phase.DEPARTURES
NIGHT = Phase.CLOSURES


def path(*steps: tuple[str, float], **fields: Any) -> dict[str, Any]:
    """A cost path with these days and cuts, without voluntary redundancy, shortest service first."""
    cuts = tuple(Step(by=date(by), cut=cut) for by, cut in steps)
    usual = {"announced": date("2010-04-01"), "volunteers": False, "order": "service"}
    return {"cost-reduction": CostReduction(path=cuts, **{**usual, **fields})}


def saved(when: str) -> int:
    """Pence a year that an employer saves by removing a post at £24,000, at the rates of the day."""
    day = (date(when) - date("1970-01-01")).days
    return int(Law.bundled().employer_cost(np.array([2_400_000]), np.ones(1), day)[0])


def leave(row_: int, last: str) -> Any:
    """A policy that agrees one person's exit on 10 May, without payment."""
    zero = {name: np.zeros(1, "int64") for name in ("severance", "in_lieu", "strain")}
    return once("2010-05-10", Depart(rows=rows(row_), last_day=np.array([on(last)]), remove=np.array([False]), **zero))


def test_a_second_step_on_the_day_of_notice_selects_nobody_else() -> None:
    """A cut of half by 3 May and by 4 May: one of two people is consulted, with notice on the day of the second step."""
    people = person(5), person(6, since="2005-04-01")
    assert events_of(*people, policies=path(("2010-05-03", 0.5), ("2010-05-04", 0.5), by_law=True)) == [
        row("2010-05-03", DESK, Kind.RISK, "cost-reduction", 6, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-05-03", DESK, Kind.CONSULTED, "cost-reduction", 6, 1, on("2010-05-03")),
        row("2010-05-04", DESK, Kind.EXIT_AGREED, "cost-reduction", 6, 1, on("2010-06-29"), 1_001_096),
        row("2010-06-29", OUT, Kind.DEPARTED, "cost-reduction", 6, 1),
        row("2010-06-29", OUT, Kind.SEVERANCE, "cost-reduction", 6, 1, -1, 1_001_096),
        row("2010-06-29", OUT, Kind.REMOVED, "cost-reduction", -1, 1, -1, saved("2010-06-29")),
    ]


@pytest.mark.parametrize(("cut", "consulted"), [(0.5, 20), (0.75, 30)])
def test_people_under_consultation_count_towards_a_later_step(cut: float, consulted: int) -> None:
    """Twenty of forty people are consulted on 1 June. A second step on 15 June requires nobody or ten people more."""
    people = [person(n) for n in range(40)]
    log = played(*people, policies=path(("2010-06-01", 0.5), ("2010-06-15", cut), by_law=True)).log
    assert len(log.of(Kind.CONSULTED)) == len(log.of(Kind.DEPARTED)) == consulted
    assert len(set(log.of(Kind.CONSULTED).staff.tolist())) == consulted


def test_consulted_people_who_are_no_longer_needed_get_no_notice() -> None:
    """Twenty of forty people are consulted. Another person agrees an exit, so one of the twenty gets no notice."""
    people = [person(n, since=f"{2008 - n // 12}-{12 - n % 12:02}-01") for n in range(40)]
    policies = {**path(("2010-05-03", 0.5), by_law=True), "own": leave(30, "2010-05-31")}
    log = played(*people, policies=policies).log
    assert log.of(Kind.EXIT_AGREED).staff.tolist() == [30, *range(19)]
    events_of_one = log.take(log.staff == 19)
    assert events_of_one.tuples() == [
        row("2010-05-03", DESK, Kind.RISK, "cost-reduction", 19, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-05-03", DESK, Kind.CONSULTED, "cost-reduction", 19, 19, on("2010-06-02")),
        row("2010-06-03", DESK, Kind.RISK, "cost-reduction", 19, RiskClass.AT_RISK, RiskClass.NONE),
    ]
    events_of_one = played(*people, bodies=[body("Old", closes="2010-12-30")], policies=policies).log
    events_of_one = events_of_one.take(events_of_one.staff == 19).of(Kind.RISK)
    assert events_of_one.second.tolist() == [RiskClass.AT_RISK, RiskClass.EXPOSED]


def round_of_filling(**fields: Any) -> dict[str, Any]:
    """A round on 10 May that fills posts from 1 June."""
    days = {"announced": date("2010-04-01"), "held": date("2010-05-10"), "starts": date("2010-06-01")}
    return {"filling": Filling(**{**days, "bands": ("6",), **fields})}


def test_a_post_under_notice_is_removed_when_its_holder_moves() -> None:
    """The holder is under notice from 1 May and moves on 1 June. The cost path saves the old post on that day."""
    bodies = [body("Old", closes="2010-12-15"), body("New", "ccg", ("finance", "6", 1))]
    policies = {**path(("2010-05-01", 1.0), consultation_days=30), **round_of_filling()}
    run = played(person(5), bodies=bodies, policies=policies)
    assert run.log.tuples() == [
        row("2010-05-01", DESK, Kind.EXIT_AGREED, "cost-reduction", 5, 0, on("2010-08-09"), 2_002_192),
        row("2010-05-10", DESK, Kind.APPLIED, "filling", 5, 0),
        row("2010-05-10", DESK, Kind.APPROVED, "filling", 5, 0),
        row("2010-05-10", DESK, Kind.EXIT_VOID, "filling", 5, 0),
        row("2010-05-10", DESK, Kind.APPOINTED, "filling", 5, 0, 1),
        row("2010-05-10", DESK, Kind.RISK, "filling", 5, RiskClass.NONE, RiskClass.SAFE),
        row("2010-06-01", NIGHT, Kind.MOVED, "filling", 5, 0, 1),
        row("2010-06-01", NIGHT, Kind.REMOVED, "cost-reduction", -1, 0, -1, saved("2010-06-01")),
    ]
    savings = nt.measure(run).savings
    assert savings.loc["cost-reduction", "gross"] == savings.loc["cost-reduction", "net"] == saved("2010-06-01") / 100
    conserve(run)


def test_a_post_removed_by_closure_is_no_saving_of_the_cost_path() -> None:
    """The holder under notice moves on the day after the employer's last day, and the closure removes the post."""
    bodies = [body("Old", closes="2010-05-31"), body("New", "ccg", ("finance", "6", 1))]
    log = played(person(5), bodies=bodies, policies={**path(("2010-05-01", 1.0)), **round_of_filling()}).log
    assert log.of(Kind.REMOVED).tuples() == [row("2010-06-01", NIGHT, Kind.REMOVED, "closure", -1, 0)]


def test_a_person_with_an_agreed_move_counts_towards_the_cut() -> None:
    """One of two people waits to start in another employer on the day of the second step, so the other stays."""
    people = person(5, since="2005-04-01"), person(6, band="7")
    bodies = [body("Old", closes="2010-12-15"), body("New", "ccg", ("finance", "6", 1))]
    log = played(
        *people, bodies=bodies, policies={**path(("2010-05-01", 0.5), ("2010-05-20", 0.5)), **round_of_filling()}
    ).log
    assert log.of(Kind.MOVED).staff.tolist() == log.of(Kind.EXIT_AGREED).staff.tolist() == [5]


@pytest.mark.parametrize("by_law", [False, True])
def test_an_employer_without_staff_at_the_start_has_no_target(by_law: bool) -> None:
    """Its two people come in June, and the step in August does not apply."""
    bodies = [body("Old", closes="2010-06-30"), body("New", "ccg", ("finance", "6", 2), opens="2010-05-01")]
    cut = path(("2010-08-01", 0.1), kinds=("ccg",), by_law=by_law)
    run = played(person(1), person(2), bodies=bodies, policies={**round_of_filling(), **cut})
    assert run.log.of(Kind.MOVED).staff.tolist() == [1, 2]
    assert len(run.log.of(Kind.CONSULTED, Kind.EXIT_AGREED)) == 0


@pytest.mark.parametrize(("by_law", "arrivals"), [(False, []), (True, []), (None, ["2010-06-01"])])
def test_an_employer_with_people_under_notice_hires_nobody(by_law: bool | None, arrivals: list[str]) -> None:
    """A vacancy is not advertised while a colleague is under notice or consultation."""
    bodies = [body("Old", "pct", ("finance", "6", 41))]
    people = [person(n, since=f"{2007 - n // 12}-{12 - n % 12:02}-01") for n in range(40)]
    hire = Hiring(announced=date("2010-05-01"), until=date("2010-05-01"), kinds=("pct",), refill=1.0, weeks=0.0)
    cut = {} if by_law is None else path(("2010-04-30", 0.5), by_law=by_law, consultation_days=30)
    log = played(*people, bodies=bodies, policies={**cut, "hiring": hire}).log
    assert log.of(Kind.ARRIVED).day.tolist() == [on(day) for day in arrivals]


@pytest.mark.parametrize(
    ("measure", "target", "left"),
    [
        ("pay", 72_000.0, 2),  # £24,000 each, two of them at half time: £96,000 in all
        ("pay", 84_000.0, 1),
        ("pay", 83_999.0, 2),
        ("heads", 3.0, 2),
        ("heads", 5.0, 0),
        ("wte", 3.0, 2),
        ("wte", 4.0, 0),
        ("pounds-a-head", 6.0, 1),  # 14,000 residents: £84,000
    ],
)
def test_as_many_people_leave_as_the_target_requires(measure: str, target: float, left: int) -> None:
    """Five people at £24,000 whole time; the two with the shortest service work half time and leave first."""
    people = [person(n, since=f"200{n}-01-01", wte=1.0 if n < 3 else 0.5) for n in range(5)]
    old = attrs.evolve(body("Old"), population=14_000)
    steps = (Step(by=date("2010-05-03"), target=target),)
    policy = CostReduction(
        announced=date("2010-04-01"),
        path=steps,
        measure=measure,
        volunteers=False,
        order="service",
        consultation_days=0,
    )
    world = small_world(*people, bodies=[old], policies={"cost-reduction": policy})
    run = nt.simulate(world, seed=1)
    leavers = run.log.of(Kind.DEPARTED).staff.tolist()
    assert sorted(leavers) == list(range(5 - left, 5))
    assert not first_difference(run.log, oracle(world, 1), world)


def test_a_step_is_a_cut_or_a_target() -> None:
    """Refused are both, neither, a cut in a path of people, and a target that rises."""
    for fields in ({}, {"cut": 0.1, "target": 3.0}):
        with pytest.raises(nt.NhstransitError, match=r"both a cut and a target|neither a cut nor a target"):
            Step(by=date("2010-05-03"), **fields)
    with pytest.raises(nt.NhstransitError, match="give a target"):
        path(("2010-05-03", 0.5), measure="heads")
    with pytest.raises(nt.NhstransitError, match="no larger than the one before"):
        steps = (Step(by=date("2010-05-03"), target=3.0), Step(by=date("2010-06-03"), target=4.0))
        CostReduction(announced=date("2010-04-01"), path=steps, measure="heads")
