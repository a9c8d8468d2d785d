"""Tiny worlds, told event for event: retention terms, from the naming to the last day's premium."""

from __future__ import annotations

from typing import Any

from nhstransit.eventlog import Kind, Phase
from nhstransit.grammar import Designate, Retain, Situation
from nhstransit.policies import Milestone, Rets
from nhstransit.workforce.codes import RiskClass
from tests.small import CERTAIN, Own, behaving, body, date, once, person, row, rows, told

OFFER, MONTH_END, OUT = Phase.WINDOWS, Phase.MONTH_END, Phase.DEPARTURES
PAY = 36_525  # £100 a day: a premium of a tenth is £10 a day


def rets(**changes: Any) -> dict[str, Rets]:
    """Offered on 10 June to everybody, guaranteed to 14 September."""
    days = {"announced": date("2010-06-01"), "offered": date("2010-06-10"), "guaranteed": date("2010-09-14")}
    return {"rets": Rets(**{**days, "cap": 1.0, "premium": 0.1, **changes})}


def test_named_retained_paid_by_the_day_and_open_again() -> None:
    """A guarantee from 10 June to 14 September pays 21, 31, 31 and 14 days, and risk is open on the 15th."""
    assert told(person(4, pay=PAY), policies=rets()) == [
        row("2010-06-10", OFFER, Kind.DESIGNATED, "rets", 4, 0),
        row("2010-06-10", OFFER, Kind.RETAINED, "rets", 4, 0, 166, 365_250),  # day 166 is 14 September
        row("2010-06-10", OFFER, Kind.RISK, "rets", 4, RiskClass.NONE, RiskClass.GUARANTEED),
        row("2010-06-30", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 21_000),
        row("2010-07-31", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 31_000),
        row("2010-08-31", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 31_000),
        row("2010-09-15", OFFER, Kind.RISK, "rets", 4, RiskClass.GUARANTEED, RiskClass.EXPOSED),
        row("2010-09-30", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 14_000),
    ]


def test_a_fifth_of_full_time_is_a_fifth_of_the_premium() -> None:
    """At a fifth of full time the premium is £2 a day: £42 for 10 to 30 June."""
    events = told(person(4, pay=PAY, wte=0.2), policies=rets(guaranteed=date("2010-06-30")))
    assert [event[2:] for event in events if event[7]] == [
        (Kind.RETAINED, 30, 4, 0, 90, 73_050),
        (Kind.PREMIUM, 0, 4, 0, -1, 4_200),
    ]


def test_named_but_not_willing() -> None:
    """Who declines stays named, without a guarantee."""
    assert told(person(4, pay=PAY), policies=rets(), behaviour=behaving(accepts=False)) == [
        row("2010-06-10", OFFER, Kind.DESIGNATED, "rets", 4, 0)
    ]


def test_the_most_skilled_are_named_up_to_the_cap() -> None:
    """Half of three is one, rounded down: the one with the highest skill."""
    people = person(1), person(2, skill=1.5), person(3, skill=0.5)
    events = told(*people, policies=rets(cap=0.5), behaviour=behaving(accepts=False))
    assert events == [row("2010-06-10", OFFER, Kind.DESIGNATED, "rets", 2, 1)]


def test_who_is_critical_already_is_not_named_again() -> None:
    """A name on the staff list's own critical column is not logged a second time."""
    policies = {"own": once("2010-05-03", Designate(rows=rows(0, 1)))}
    assert told(person(1, critical=True), person(2), policies=policies) == [
        row("2010-05-03", OFFER, Kind.DESIGNATED, "own", 2, 1)
    ]


def test_no_premium_for_a_month_not_finished() -> None:
    """A contract that ends on 20 June leaves before June's premium is paid."""
    events = told(person(4, pay=PAY, ends="2010-06-20"), policies=rets())
    assert events[-1] == row("2010-06-20", OUT, Kind.DEPARTED, "contract-end", 4, 0)


def test_the_guaranteed_feel_no_risk_while_they_are() -> None:
    """Risk is felt before, is nought at once and at each reading under the guarantee, and is felt at the next after it."""
    seen: dict[str, float] = {}

    def look(situation: Situation) -> list[Any]:
        seen[situation.stage] = float(situation.people.risk[0])
        return []

    dates = ("2010-06-09", "2010-06-11", "2010-07-02", "2010-09-14", "2010-09-16", "2010-10-02")
    policies = {**rets(), "news": Milestone(announced=date("2010-04-01")), "look": Own(dates=dates, does=look)}
    told(person(4, pay=PAY), bodies=[body("Old", closes="2010-12-31")], policies=policies)
    assert [risk > 0 for risk in seen.values()] == [True, False, False, False, False, True]


def test_the_guarantee_calms_and_its_end_lets_go() -> None:
    """An enormous premium stops a resignation until the guarantee is over.

    A premium of 20 times pay under the steepest elasticity cuts the hazard by 21⁻²⁰; without it one goes at once.
    """
    hazards = behaving(resign=CERTAIN, premium=-20.0, within_nhs=0.0)
    retain = Retain(rows=rows(0), until=29, premium=20.0)
    assert told(person(4, pay=PAY), policies={"own": once("2010-04-01", retain)}, behaviour=hazards) == [
        row("2010-04-01", OFFER, Kind.RETAINED, "own", 4, 0, 29, 73_050_000),
        row("2010-04-01", OFFER, Kind.RISK, "own", 4, RiskClass.NONE, RiskClass.GUARANTEED),
        row("2010-04-30", MONTH_END, Kind.PREMIUM, "month", 4, 0, -1, 6_000_000),  # £2,000 a day for 30 days
        row("2010-05-01", OUT, Kind.DEPARTED, "resignation", 4, 0),
    ]
