"""Tiny worlds, told event for event: what happens on one day happens in the declared order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nhstransit.grammar import Ask, Depart, Designate, Effect, Situation
from nhstransit.log import Kind, Phase
from nhstransit.policies import Mars, Milestone, Redundancy
from nhstransit.workforce.columns import Disposition, RiskClass
from tests.small import CERTAIN, Own, behaving, body, date, events_of, on, once, person, row, rows

DESK = Phase.WINDOWS
OUT = Phase.DEPARTURES


def go(place: int, last: str, **sums: int) -> Depart:
    """One person leaves on a day, with what is paid and whether the post goes."""
    pence = {name: np.array([sums.get(name, 0)]) for name in ("severance", "in_lieu", "strain")}
    remove = np.array([bool(sums.get("remove", 0))])
    return Depart(rows=rows(place), last_day=np.array([on(last)]), remove=remove, **pence)


def test_every_kind_of_event_is_told_in_a_tiny_world() -> None:
    """No kind can be added to the log without a small world that shows it."""
    told_of = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_tiny_*.py"))
    assert [kind.name for kind in Kind if f"Kind.{kind.name}, " not in told_of] == []


def test_two_policies_on_one_day_go_by_their_rules() -> None:
    """The scheme (rule 40) settles before redundancy (rule 60) consults: one goes with the first, one with the second."""
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    mars = Mars(**{name: date(day) for name, day in days.items()}, quota=0.5, removed=0.0)
    days = {"announced": "2010-05-01", "letters": "2010-06-30", "consults": "2010-06-30"}
    redundancy = Redundancy(**{name: date(day) for name, day in days.items()})
    people = person(1), person(2, since="2007-04-01")
    bodies = [body("Old", closes="2010-09-30")]
    assert events_of(*people, bodies=bodies, policies={"redundancy": redundancy, "mars": mars}) == [
        row("2010-06-30", Phase.MILESTONES, Kind.RISK, "redundancy", 1, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-06-30", Phase.MILESTONES, Kind.RISK, "redundancy", 2, RiskClass.NONE, RiskClass.AT_RISK),
        row("2010-06-30", DESK, Kind.APPLIED, "mars", 1, 0, -1, 1_000_000),
        row("2010-06-30", DESK, Kind.APPLIED, "mars", 2, 1, -1, 600_000),
        row("2010-06-30", DESK, Kind.APPROVED, "mars", 2, 1),
        row("2010-06-30", DESK, Kind.REFUSED, "mars", 1, 0),
        row("2010-06-30", DESK, Kind.EXIT_AGREED, "mars", 2, 1, 182, 600_000),
        row("2010-06-30", DESK, Kind.CONSULTED, "redundancy", 1, 0, 90),
        row("2010-07-01", DESK, Kind.EXIT_AGREED, "redundancy", 1, 0, 182, 2_002_192),
        row("2010-09-30", OUT, Kind.DEPARTED, "mars", 2, 1),
        row("2010-09-30", OUT, Kind.SEVERANCE, "mars", 2, 1, -1, 600_000),
        row("2010-09-30", OUT, Kind.DEPARTED, "redundancy", 1, 0),
        row("2010-09-30", OUT, Kind.SEVERANCE, "redundancy", 1, 0, -1, 2_002_192),
        row("2010-10-01", Phase.CLOSURES, Kind.REMOVED, "closure", -1, 0),
        row("2010-10-01", Phase.CLOSURES, Kind.REMOVED, "closure", -1, 1),
    ]


def test_policies_of_one_class_act_in_the_order_of_the_scenario() -> None:
    """Of two policies with one place in the day, the one that is given first acts first."""
    first = once("2010-05-03", Designate(rows=rows(0)))
    second = once("2010-05-03", Designate(rows=rows(1)))
    people = person(1), person(2)
    forth = events_of(*people, policies={"one": first, "two": second})
    back = events_of(*people, policies={"two": second, "one": first})
    assert [event[4] for event in forth] == [1, 2]
    assert [event[4] for event in back] == [2, 1]


def test_contracts_end_after_agreed_exits_so_that_what_is_owed_is_paid() -> None:
    """The last day of the contract and of an agreed exit is one: the exit comes first and is paid."""
    policies = {"mars": once("2010-05-03", go(0, "2010-06-30", severance=5))}
    assert events_of(person(1, ends="2010-06-30"), policies=policies)[1:] == [
        row("2010-06-30", OUT, Kind.DEPARTED, "mars", 1, 0),
        row("2010-06-30", OUT, Kind.SEVERANCE, "mars", 1, 0, -1, 5),
    ]


def test_two_exits_on_one_day_by_two_policies() -> None:
    """On a common last day people go by the number of the rule that let them go, each with money and post."""
    policies = {
        "rets": once("2010-05-04", go(1, "2010-06-30", severance=7, remove=1)),
        "mars": once("2010-05-05", go(0, "2010-06-30", severance=5)),
    }
    events = events_of(person(1), person(2), policies=policies)
    assert events[2:] == [
        row("2010-06-30", OUT, Kind.DEPARTED, "rets", 2, 1),
        row("2010-06-30", OUT, Kind.SEVERANCE, "rets", 2, 1, -1, 7),
        row("2010-06-30", OUT, Kind.REMOVED, "rets", -1, 1, -1, 2_899_911),
        row("2010-06-30", OUT, Kind.DEPARTED, "mars", 1, 0),
        row("2010-06-30", OUT, Kind.SEVERANCE, "mars", 1, 0, -1, 5),
    ]


def test_death_comes_before_retirement_before_an_agreed_exit_before_a_contracts_end() -> None:
    """Four people leave on 1 April by four rules, in the order of the rules; the fifth stays."""
    people = person(1), person(2, born="1950-01-01"), person(3), person(4, ends="2010-04-01"), person(5)
    policies = {"mars": once("2010-04-01", go(2, "2010-04-01"))}
    events = events_of(*people, policies=policies, behaviour=behaving(retire_at_60=CERTAIN))
    assert [event for event in events if event[2] == Kind.DEPARTED] == [
        row("2010-04-01", OUT, Kind.DEPARTED, "retirement", 2, 1),
        row("2010-04-01", OUT, Kind.DEPARTED, "mars", 3, 2),
        row("2010-04-01", OUT, Kind.DEPARTED, "contract-end", 4, 3),
    ]


def test_asked_again_on_a_later_day() -> None:
    """A policy that asks again acts on that day on those it named, and on nobody who has gone meanwhile."""
    seen: list[Any] = []

    def act(situation: Situation) -> list[Effect]:
        if situation.stage == "again":
            seen.append((situation.day, situation.round, situation.asked.tolist()))
            here = situation.asked[situation.people.in_post[situation.asked]]
            return [Designate(rows=here)]
        return [Ask(rows=rows(0, 1), day=on("2010-06-30"), stage="again")]

    events = events_of(person(1), person(2, ends="2010-06-10"), policies={"own": Own(dates=("2010-05-03",), does=act)})
    assert seen == [(on("2010-06-30"), 0, [0, 1])]
    assert events[1:] == [row("2010-06-30", DESK, Kind.DESIGNATED, "own", 1, 0)]


@pytest.mark.parametrize("when", ["2010-05-03", "2010-05-04"])
def test_asked_again_on_the_same_day_or_the_next(when: str) -> None:
    """To ask again today is to act once more today, after what came first."""

    def act(situation: Situation) -> list[Effect]:
        if situation.stage == "again":
            return [Designate(rows=rows(1))]
        return [Ask(rows=rows(0), day=on(when), stage="again"), Designate(rows=rows(0))]

    assert events_of(person(1), person(2), policies={"own": Own(dates=("2010-05-03",), does=act)}) == [
        row("2010-05-03", DESK, Kind.DESIGNATED, "own", 1, 0),
        row(when, DESK, Kind.DESIGNATED, "own", 2, 1),
    ]


def test_occasions_outside_the_scenario_are_not_reached() -> None:
    """A policy whose days lie past the end does nothing; of one that begins before the start, only those days count."""
    late = once("2011-05-03", Designate(rows=rows(0)))
    assert events_of(person(1), policies={"own": late}) == []


def test_news_comes_before_panels_on_the_same_day() -> None:
    """Milestones come before windows: a leaver made today applies today."""
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    policies: dict[str, Any] = {"mars": Mars(**{name: date(day) for name, day in days.items()}, quota=0.0)}
    policies["news"] = Milestone(announced=date("2010-06-30"))
    assert events_of(person(1), policies=policies, behaviour=behaving(disposed="leaver")) == [
        row("2010-06-30", Phase.MILESTONES, Kind.RISK, "news", 1, RiskClass.NONE, RiskClass.EXPOSED),
        row("2010-06-30", Phase.MILESTONES, Kind.DISPOSITION, "news", 1, Disposition.NONE, Disposition.LEAVER),
        row("2010-06-30", DESK, Kind.APPLIED, "mars", 1, 0, -1, 1_000_000),
        row("2010-06-30", DESK, Kind.REFUSED, "mars", 1, 0),
    ]
