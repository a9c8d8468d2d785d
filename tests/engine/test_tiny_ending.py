"""Tiny worlds, told event for event: alternatives, forfeits, residuary notice, cuts by law, bodies that live longer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.errors import PolicyError, ScenarioError
from nhstransit.grammar import Depart, Lodge, OpenPosts
from nhstransit.law import Law
from nhstransit.log import Kind, Phase
from nhstransit.policies import CostReduction, Extension, Milestone, Redundancy
from nhstransit.policies.cost_reduction import Step
from nhstransit.workforce.columns import Disposition, RiskClass
from tests.small import Own, behaving, body, date, on, person, played, row, rows, told

NEWS = Phase.MILESTONES
DESK = Phase.WINDOWS
OUT = Phase.DEPARTURES
NIGHT = Phase.CLOSURES
OLD = body("Old", "pct", closes="2010-09-30")
SHA = body("Old", "sha", closes="2010-06-30")


def redundancy(**fields: Any) -> dict[str, Any]:
    """Letters on 1 May, consultation on 10 May."""
    days = {"announced": "2010-05-01", "letters": "2010-05-01", "consults": "2010-05-10"}
    return {"redundancy": Redundancy(**{**{name: date(day) for name, day in days.items()}, **fields})}


def step(cut: float, by: str = "2010-05-03", **fields: Any) -> dict[str, Any]:
    """One step of the cost path."""
    path = (Step(by=date(by), cut=cut),)
    return {"cost-reduction": CostReduction(announced=date("2010-04-01"), path=path, **fields)}


def test_a_suitable_post_is_offered_before_notice_the_longest_in_service_first() -> None:
    """One vacancy a band lower for two: who has served ten years takes it, from the day after the body closes."""
    people = person(5), person(6, since="2005-04-01")
    bodies = [OLD, body("New", "ccg", ("finance", "5", 1))]
    assert told(*people, bodies=bodies, policies=redundancy(alternatives=("ccg",))) == [
        row("2010-05-01", NEWS, Kind.RISK, "redundancy", 5, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-05-01", NEWS, Kind.RISK, "redundancy", 6, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-05-10", DESK, Kind.CONSULTED, "redundancy", 5, 0, 39),
        row("2010-05-10", DESK, Kind.CONSULTED, "redundancy", 6, 1, 39),
        row("2010-05-11", DESK, Kind.APPLIED, "redundancy", 5, 0),
        row("2010-05-11", DESK, Kind.APPROVED, "redundancy", 5, 0),
        row("2010-05-11", DESK, Kind.APPOINTED, "redundancy", 5, 0, 2),
        row("2010-05-11", DESK, Kind.RISK, "redundancy", 5, RiskClass.AT_RISK, RiskClass.SAFE),
        row("2010-05-11", DESK, Kind.EXIT_AGREED, "redundancy", 6, 1, 182, 1_001_096),
        row("2010-09-30", OUT, Kind.DEPARTED, "redundancy", 6, 1),
        row("2010-09-30", OUT, Kind.SEVERANCE, "redundancy", 6, 1, -1, 1_001_096),
        row("2010-10-01", NIGHT, Kind.MOVED, "redundancy", 5, 0, 2),
        row("2010-10-01", NIGHT, Kind.REMOVED, "closure", -1, 0),
        row("2010-10-01", NIGHT, Kind.REMOVED, "closure", -1, 1),
    ]


def test_two_bands_lower_is_not_suitable() -> None:
    """Nothing is offered two bands down, in another function, or in a body that closes too."""
    for new in (
        body("New", "ccg", ("finance", "4", 1)),
        body("New", "ccg", ("nursing", "6", 1)),
        body("New", "ccg", ("finance", "6", 1), closes="2010-12-30"),
        body("New", "ccg", ("finance", "6", 1), region="Hill"),
    ):
        run = played(person(5), bodies=[OLD, new], policies=redundancy(alternatives=("ccg",)))
        assert run.log.of(Kind.APPOINTED).staff.tolist() == []
        assert run.log.of(Kind.SEVERANCE).pence.tolist() == [2_002_192]


@pytest.mark.parametrize(("unreasonable", "paid"), [(1.0, []), (0.0, [2_002_192])])
def test_an_unreasonable_refusal_costs_the_redundancy_pay(unreasonable: float, paid: list[int]) -> None:
    """Who refuses a post like their own goes with nothing where that is unreasonable, else with ten months."""
    bodies = [OLD, body("New", "ccg", ("finance", "6", 1))]
    policies = redundancy(alternatives=("ccg",), unreasonable=unreasonable)
    log = played(person(5), bodies=bodies, policies=policies, behaviour=behaving(competes=False)).log
    assert log.of(Kind.DEPARTED).staff.tolist() == [5]
    assert log.of(Kind.SEVERANCE).pence.tolist() == paid


def test_notice_is_still_owed_to_who_forfeits_redundancy_pay() -> None:
    """Of ten weeks from 2 September four fit before the body closes: six are paid, and nothing else."""
    bodies = [OLD, body("New", "ccg", ("finance", "6", 1))]
    late = redundancy(alternatives=("ccg",), unreasonable=1.0, consults=date("2010-09-01"))
    log = played(person(5, pay=36_500), bodies=bodies, policies=late, behaviour=behaving(competes=False)).log
    assert log.of(Kind.SEVERANCE, Kind.PENSION).pence.tolist() == []
    assert log.of(Kind.IN_LIEU).pence.tolist() == [6 * 70_000]


def test_notice_past_closure_is_served_in_a_residuary_body() -> None:
    """Ten weeks from 11 May run to 20 July: the last three are served in a post that goes with them, saving nothing."""
    short = attrs.evolve(OLD, closes=date("2010-06-30"))
    bodies = [short, body("Rest", "nhs-elsewhere")]
    assert told(person(5), bodies=bodies, policies=redundancy(residuary="Rest")) == [
        row("2010-05-01", NEWS, Kind.RISK, "redundancy", 5, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-05-10", DESK, Kind.CONSULTED, "redundancy", 5, 0, 39),
        row("2010-05-11", DESK, Kind.EXIT_AGREED, "redundancy", 5, 0, on("2010-07-20"), 2_002_192),
        row("2010-06-30", DESK, Kind.OPENED, "redundancy", -1, 0, 1),
        row("2010-07-01", NIGHT, Kind.MOVED, "redundancy", 5, 0, 1),
        row("2010-07-01", NIGHT, Kind.REMOVED, "closure", -1, 0),
        row("2010-07-20", OUT, Kind.DEPARTED, "redundancy", 5, 1),
        row("2010-07-20", OUT, Kind.SEVERANCE, "redundancy", 5, 1, -1, 2_002_192),
        row("2010-07-21", DESK, Kind.REMOVED, "redundancy", -1, 1),
    ]


def test_a_residuary_body_that_closes_itself_cuts_notice_off() -> None:
    """Where it stands two weeks longer, two weeks are served there and one is paid."""
    short = attrs.evolve(OLD, closes=date("2010-06-30"))
    bodies = [short, body("Rest", "nhs-elsewhere", closes="2010-07-13")]
    log = played(person(5, pay=36_500), bodies=bodies, policies=redundancy(residuary="Rest")).log
    assert log.of(Kind.DEPARTED).day.tolist() == [on("2010-07-13")]
    assert log.of(Kind.IN_LIEU).pence.tolist() == [70_000]


def test_only_those_about_to_go_are_lodged_elsewhere() -> None:
    """To lodge somebody whose exit is not agreed, or at once, is refused."""
    going = Depart(
        rows=rows(0),
        last_day=np.array([90]),
        remove=np.array([False]),
        **{name: np.zeros(1, "int64") for name in ("severance", "in_lieu", "strain")},
    )
    post = OpenPosts(employer=np.array([0]), function=np.array([0]), band=np.array([5]))
    for first, start, wrong in (
        ((), 40, "lodges somebody who is not under notice"),
        ((going,), 4, "lodges people on the same day"),
    ):
        lodge = Lodge(rows=rows(0), posts=np.array([1]), start=start)
        own = Own(dates=("2010-04-05",), does=lambda _, before=first, after=lodge: (post, *before, after))
        with pytest.raises(PolicyError, match=wrong):
            told(person(1), policies={"own": own})


def test_the_pool_may_be_some_functions_and_bands() -> None:
    """Only band 6 of finance gets letters and terms; the nurse leaves with the body, unpaid."""
    people = person(1), person(2, function="nursing"), person(3, band="7")
    log = played(*people, bodies=[OLD], policies=redundancy(functions=("finance",), bands=("6",))).log
    assert log.of(Kind.CONSULTED).staff.tolist() == [1]
    assert log.of(Kind.DEPARTED).rule.tolist() == [60, 9, 9]


def test_a_residuary_body_that_is_not_there_is_named() -> None:
    """An unknown residuary body is refused with the nearest."""
    with pytest.raises(ScenarioError, match=r"residuary: has the unknown name 'Odl'; did you mean 'Old'\?"):
        told(person(1), bodies=[OLD], policies=redundancy(residuary="Odl"))


@pytest.mark.parametrize(("people", "days"), [(100, 90), (99, 30), (20, 30), (19, 0)])
def test_one_persons_path_obeys_the_law(people: int, days: int) -> None:
    """Letter, consultation for the number that the law requires, notice of eight weeks after it, the exit after that."""
    staff = [person(n, since="2007-04-01") for n in range(people)]
    bodies = [body("Old", "pct", closes="2010-12-30")]
    log = played(*staff, bodies=bodies, policies=step(1.0, by_law=True, volunteers=False)).log
    mine = log.take(log.staff == 7)
    given = on("2010-05-03") + days + 1
    notice = 8 * 7
    assert mine.tuples() == [
        row("2010-05-03", DESK, Kind.RISK, "cost-reduction", 7, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-05-03", DESK, Kind.CONSULTED, "cost-reduction", 7, 7, on("2010-05-03") + days),
        (given, DESK, Kind.EXIT_AGREED, 44, 7, 7, given + notice, 600_658),
        (given + notice, OUT, Kind.DEPARTED, 44, 7, 7, -1, 0),
        (given + notice, OUT, Kind.SEVERANCE, 44, 7, 7, -1, 600_658),
    ]


def test_steps_come_sooner_but_not_before_the_announcement() -> None:
    """A step at the end of August brought forward by two months is taken on 30 June; by six, on the day of announcement."""
    for months, day in ((0, "2010-08-31"), (2, "2010-06-30"), (6, "2010-04-01")):
        policies = step(0.5, by="2010-08-31", forward_months=months)
        log = played(person(1), person(2), policies=policies).log
        assert log.of(Kind.EXIT_AGREED).day.tolist() == [on(day)]


@pytest.mark.parametrize(("order", "gone"), [("service", 2), ("cost", 2), ("skill", 1)])
def test_whom_the_path_lets_go_of_those_who_did_not_volunteer(order: str, gone: int) -> None:
    """Last in or cheapest: who has three years; lowest assessed: who is ten standard deviations below."""
    people = person(1, skill=-5.0), person(2, since="2007-04-01", skill=5.0)
    log = played(*people, policies=step(0.5, order=order, volunteers=False)).log
    assert log.of(Kind.DEPARTED).staff.tolist() == [gone]
    assert len(log.of(Kind.APPLIED)) == 0


def test_the_path_may_spare_functions_and_bands() -> None:
    """Where only nurses may be let go, a cut of everything leaves finance alone."""
    log = played(person(1), person(2, function="nursing"), policies=step(1.0, functions=("nursing",))).log
    assert log.of(Kind.DEPARTED).staff.tolist() == [2]
    assert len(played(person(1), policies=step(1.0, bands=("8a",))).log) == 0


def test_a_body_lives_longer_and_redundancy_follows_it() -> None:
    """In May a body of June is given until September: letters, consultation and notice lead to the new last day.

    Ten weeks' notice of 1 September, 29 days of it before the end: 41 days of £24,000 a year are paid.
    """
    later = Extension(announced=date("2010-05-01"), until=date("2010-09-30"))
    policies = {
        "extension": later,
        **redundancy(kinds=("sha",), letters=date("2010-06-01"), consults=date("2010-08-31")),
    }
    lieu = int(Law.bundled().lieu(np.array([2_400_000]), np.array([1.0]), np.array([41 / 7]))[0])
    assert told(person(1), bodies=[SHA], policies=policies) == [
        row("2010-05-01", NEWS, Kind.EXTENDED, "extension", -1, 0, on("2010-09-30")),
        row("2010-05-01", NEWS, Kind.RISK, "extension", 1, RiskClass.NONE, RiskClass.EXPOSED),
        row("2010-05-01", NEWS, Kind.DISPOSITION, "extension", 1, Disposition.NONE, Disposition.MOVER),
        row("2010-06-01", NEWS, Kind.RISK, "redundancy", 1, RiskClass.EXPOSED, RiskClass.AT_RISK),
        row("2010-08-31", DESK, Kind.CONSULTED, "redundancy", 1, 0, on("2010-08-31")),
        row("2010-09-01", DESK, Kind.EXIT_AGREED, "redundancy", 1, 0, on("2010-09-30"), 2_002_192 + lieu),
        row("2010-09-30", OUT, Kind.DEPARTED, "redundancy", 1, 0),
        row("2010-09-30", OUT, Kind.SEVERANCE, "redundancy", 1, 0, -1, 2_002_192),
        row("2010-09-30", OUT, Kind.IN_LIEU, "redundancy", 1, 0, -1, lieu),
        row("2010-10-01", NIGHT, Kind.REMOVED, "closure", -1, 0),
    ]


@pytest.mark.parametrize("announced", ["2010-07-01", "2010-06-30"])
def test_a_body_that_has_closed_is_not_brought_back(announced: str) -> None:
    """The day after the last is too late; the last day itself is not."""
    later = Extension(announced=date(announced), until=date("2010-09-30"))
    log = played(person(1), bodies=[SHA], policies={"extension": later}).log
    last = "2010-10-01" if announced == "2010-06-30" else "2010-07-01"
    assert log.of(Kind.REMOVED).day.tolist() == [on(last)]


def test_an_extension_calms() -> None:
    """From certain fear, news that weighs all the way to zero leaves none once it has built up; without it fear stays."""
    seen: list[float] = []
    look = Own(dates=("2010-09-01",), does=lambda s: seen.append(float(s.people.risk[0])) or ())
    fear = Milestone(announced=date("2010-04-01"), kinds=("sha",), weight=1.0, ramp_months=0.01)
    bodies = [body("Old", "sha", closes="2010-10-31")]
    later = Extension(announced=date("2010-05-01"), until=date("2010-12-01"), weight=1.0)
    for policies in ({"announcement": fear}, {"announcement": fear, "extension": later}):
        played(person(1), bodies=bodies, policies={**policies, "own": look})
    assert seen[0] > 0.7 and seen[1] == 0.0


@pytest.mark.parametrize("last", [dt.date(2010, 4, 1), dt.date(2010, 5, 1)])
def test_a_body_that_closes_as_soon_as_it_is_announced(last: dt.date) -> None:
    """A body that closes on its first day, or on that of the letters, lets everybody go that day, with all notice paid."""
    bodies = [attrs.evolve(OLD, closes=last)]
    policies = redundancy(announced=dt.date(2010, 4, 1))
    log = played(person(1, pay=36_500), bodies=bodies, policies=policies).log
    assert log.of(Kind.DEPARTED).day.tolist() == [(last - dt.date(2010, 4, 1)).days]
    assert log.of(Kind.IN_LIEU).pence.tolist() == [700_000]
