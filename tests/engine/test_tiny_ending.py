"""Redundancy in tiny scenarios, event by event: alternatives, refusals, residuary bodies, cuts and extensions."""

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
from tests.small import Own, behaving, body, date, events_of, on, person, played, row, rows

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


def test_a_suitable_post_is_offered_before_notice_to_the_person_with_the_longest_service() -> None:
    """One vacancy a band lower for two people: the person with ten years' service starts there on the day after closure."""
    people = person(5), person(6, since="2005-04-01")
    bodies = [OLD, body("New", "ccg", ("finance", "5", 1))]
    assert events_of(*people, bodies=bodies, policies=redundancy(alternatives=("ccg",))) == [
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


def test_unsuitable_posts_are_not_offered() -> None:
    """A post is unsuitable two bands lower, in another function or region, or in an employer that closes too."""
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
    """A person who refuses a post like their own gets ten months' pay, or nothing if the refusal is unreasonable."""
    bodies = [OLD, body("New", "ccg", ("finance", "6", 1))]
    policies = redundancy(alternatives=("ccg",), unreasonable=unreasonable)
    log = played(person(5), bodies=bodies, policies=policies, behaviour=behaving(competes=False)).log
    assert log.of(Kind.DEPARTED).staff.tolist() == [5]
    assert log.of(Kind.SEVERANCE).pence.tolist() == paid


def test_a_person_who_forfeits_redundancy_pay_is_still_owed_notice() -> None:
    """Four of ten weeks from 2 September are before the closure; six weeks are paid in lieu, and nothing else."""
    bodies = [OLD, body("New", "ccg", ("finance", "6", 1))]
    late = redundancy(alternatives=("ccg",), unreasonable=1.0, consults=date("2010-09-01"))
    log = played(person(5, pay=36_500), bodies=bodies, policies=late, behaviour=behaving(competes=False)).log
    assert log.of(Kind.SEVERANCE, Kind.PENSION).pence.tolist() == []
    assert log.of(Kind.IN_LIEU).pence.tolist() == [6 * 70_000]


def test_notice_past_closure_is_worked_in_a_residuary_body() -> None:
    """Ten weeks from 11 May run to 20 July. The last three are worked in a new post, whose removal saves nothing."""
    short = attrs.evolve(OLD, closes=date("2010-06-30"))
    bodies = [short, body("Rest", "nhs-elsewhere")]
    assert events_of(person(5), bodies=bodies, policies=redundancy(residuary="Rest")) == [
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


def test_notice_ends_when_the_residuary_body_closes() -> None:
    """It closes two weeks later, so two weeks are worked there and one is paid in lieu."""
    short = attrs.evolve(OLD, closes=date("2010-06-30"))
    bodies = [short, body("Rest", "nhs-elsewhere", closes="2010-07-13")]
    log = played(person(5, pay=36_500), bodies=bodies, policies=redundancy(residuary="Rest")).log
    assert log.of(Kind.DEPARTED).day.tolist() == [on("2010-07-13")]
    assert log.of(Kind.IN_LIEU).pence.tolist() == [70_000]


def test_only_people_under_notice_can_be_lodged_and_not_today() -> None:
    """Lodging somebody without an agreed exit, or on the same day, is refused."""
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
            events_of(person(1), policies={"own": own})


def test_the_pool_can_be_limited_to_functions_and_bands() -> None:
    """Only finance in band 6 is consulted and paid. The others leave unpaid when the employer closes."""
    people = person(1), person(2, function="nursing"), person(3, band="7")
    log = played(*people, bodies=[OLD], policies=redundancy(functions=("finance",), bands=("6",))).log
    assert log.of(Kind.CONSULTED).staff.tolist() == [1]
    assert log.of(Kind.DEPARTED).rule.tolist() == [60, 9, 9]


def test_an_unknown_residuary_body_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ScenarioError, match=r"residuary: has the unknown name 'Odl'; did you mean 'Old'\?"):
        events_of(person(1), bodies=[OLD], policies=redundancy(residuary="Odl"))


@pytest.mark.parametrize(("people", "days"), [(100, 90), (99, 30), (20, 30), (19, 0)])
def test_consultation_and_notice_follow_the_law(people: int, days: int) -> None:
    """A letter, consultation for as long as the law requires for this number of people, then eight weeks' notice."""
    staff = [person(n, since="2007-04-01") for n in range(people)]
    bodies = [body("Old", "pct", closes="2010-12-30")]
    log = played(*staff, bodies=bodies, policies=step(1.0, by_law=True, volunteers=False)).log
    events = log.take(log.staff == 7)
    notice_day = on("2010-05-03") + days + 1
    notice = 8 * 7
    assert events.tuples() == [
        row("2010-05-03", DESK, Kind.RISK, "cost-reduction", 7, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-05-03", DESK, Kind.CONSULTED, "cost-reduction", 7, 7, on("2010-05-03") + days),
        (notice_day, DESK, Kind.EXIT_AGREED, 44, 7, 7, notice_day + notice, 600_658),
        (notice_day + notice, OUT, Kind.DEPARTED, 44, 7, 7, -1, 0),
        (notice_day + notice, OUT, Kind.SEVERANCE, 44, 7, 7, -1, 600_658),
    ]


def test_a_step_can_be_earlier_but_not_before_the_announcement() -> None:
    """A step on 31 August, two months earlier, is on 30 June; six months earlier, on the day of the announcement."""
    for months, day in ((0, "2010-08-31"), (2, "2010-06-30"), (6, "2010-04-01")):
        policies = step(0.5, by="2010-08-31", forward_months=months)
        log = played(person(1), person(2), policies=policies).log
        assert log.of(Kind.EXIT_AGREED).day.tolist() == [on(day)]


@pytest.mark.parametrize(("order", "gone"), [("service", 2), ("cost", 2), ("skill", 1)])
def test_the_order_of_selection_decides_who_leaves(order: str, gone: int) -> None:
    """The person with three years' service has the shortest service and the lowest cost; the other has the lower skill."""
    people = person(1, skill=-5.0), person(2, since="2007-04-01", skill=5.0)
    log = played(*people, policies=step(0.5, order=order, volunteers=False)).log
    assert log.of(Kind.DEPARTED).staff.tolist() == [gone]
    assert len(log.of(Kind.APPLIED)) == 0


def test_the_path_can_be_limited_to_functions_and_bands() -> None:
    """If the path is limited to nursing, a cut of 100% removes nobody in finance."""
    log = played(person(1), person(2, function="nursing"), policies=step(1.0, functions=("nursing",))).log
    assert log.of(Kind.DEPARTED).staff.tolist() == [2]
    assert len(played(person(1), policies=step(1.0, bands=("8a",))).log) == 0


def test_redundancy_follows_an_extended_closing_day() -> None:
    """In May, closure moves from June to September: letters, consultation and notice lead to the new last day.

    Ten weeks' notice from 1 September has 29 days before the closure, so 41 days at £24,000 a year are paid in lieu.
    """
    later = Extension(announced=date("2010-05-01"), until=date("2010-09-30"))
    policies = {
        "extension": later,
        **redundancy(kinds=("sha",), letters=date("2010-06-01"), consults=date("2010-08-31")),
    }
    in_lieu = int(Law.bundled().lieu(np.array([2_400_000]), np.array([1.0]), np.array([41 / 7]))[0])
    assert events_of(person(1), bodies=[SHA], policies=policies) == [
        row("2010-05-01", NEWS, Kind.EXTENDED, "extension", -1, 0, on("2010-09-30")),
        row("2010-05-01", NEWS, Kind.RISK, "extension", 1, RiskClass.NONE, RiskClass.EXPOSED),
        row("2010-05-01", NEWS, Kind.DISPOSITION, "extension", 1, Disposition.NONE, Disposition.MOVER),
        row("2010-06-01", NEWS, Kind.RISK, "redundancy", 1, RiskClass.EXPOSED, RiskClass.AT_RISK),
        row("2010-08-31", DESK, Kind.CONSULTED, "redundancy", 1, 0, on("2010-08-31")),
        row("2010-09-01", DESK, Kind.EXIT_AGREED, "redundancy", 1, 0, on("2010-09-30"), 2_002_192 + in_lieu),
        row("2010-09-30", OUT, Kind.DEPARTED, "redundancy", 1, 0),
        row("2010-09-30", OUT, Kind.SEVERANCE, "redundancy", 1, 0, -1, 2_002_192),
        row("2010-09-30", OUT, Kind.IN_LIEU, "redundancy", 1, 0, -1, in_lieu),
        row("2010-10-01", NIGHT, Kind.REMOVED, "closure", -1, 0),
    ]


@pytest.mark.parametrize("announced", ["2010-07-01", "2010-06-30"])
def test_an_employer_that_has_closed_cannot_be_extended(announced: str) -> None:
    """An extension on the last day still works, but not on the day after."""
    later = Extension(announced=date(announced), until=date("2010-09-30"))
    log = played(person(1), bodies=[SHA], policies={"extension": later}).log
    last = "2010-10-01" if announced == "2010-06-30" else "2010-07-01"
    assert log.of(Kind.REMOVED).day.tolist() == [on(last)]


def test_an_extension_reduces_perceived_risk() -> None:
    """An extension with a weight of 1 moves perceived risk to zero; without the extension, risk stays high."""
    seen: list[float] = []
    look = Own(dates=("2010-09-01",), does=lambda s: seen.append(float(s.people.risk[0])) or ())
    bad_news = Milestone(announced=date("2010-04-01"), kinds=("sha",), weight=1.0, ramp_months=0.01)
    bodies = [body("Old", "sha", closes="2010-10-31")]
    later = Extension(announced=date("2010-05-01"), until=date("2010-12-01"), weight=1.0)
    for policies in ({"announcement": bad_news}, {"announcement": bad_news, "extension": later}):
        played(person(1), bodies=bodies, policies={**policies, "own": look})
    assert seen[0] > 0.7 and seen[1] == 0.0


@pytest.mark.parametrize("last", [dt.date(2010, 4, 1), dt.date(2010, 5, 1)])
def test_closure_on_the_first_day_or_on_the_day_of_the_letters(last: dt.date) -> None:
    """Everyone leaves on that day, and all notice is paid in lieu."""
    bodies = [attrs.evolve(OLD, closes=last)]
    policies = redundancy(announced=dt.date(2010, 4, 1))
    log = played(person(1, pay=36_500), bodies=bodies, policies=policies).log
    assert log.of(Kind.DEPARTED).day.tolist() == [(last - dt.date(2010, 4, 1)).days]
    assert log.of(Kind.IN_LIEU).pence.tolist() == [700_000]
