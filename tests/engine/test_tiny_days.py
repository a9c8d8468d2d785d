"""Events of one day in tiny scenarios, event by event: they are in the declared order."""

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


def leave(place: int, last: str, **sums: int) -> Depart:
    """One person's exit on a day, with its payments in pence; `remove=1` removes the post."""
    pence = {name: np.array([sums.get(name, 0)]) for name in ("severance", "in_lieu", "strain")}
    remove = np.array([bool(sums.get("remove", 0))])
    return Depart(rows=rows(place), last_day=np.array([on(last)]), remove=remove, **pence)


def test_every_kind_of_event_occurs_in_a_tiny_scenario() -> None:
    """A new kind of event needs a test in one of the `test_tiny_` files."""
    source = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_tiny_*.py"))
    assert [kind.name for kind in Kind if f"Kind.{kind.name}, " not in source] == []


def test_two_policies_on_one_day_act_in_order_of_their_class() -> None:
    """MARS approves one exit before redundancy consults, so one person leaves under each policy."""
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
    """Of two policies of one class, the first in the scenario acts first."""
    first = once("2010-05-03", Designate(rows=rows(0)))
    second = once("2010-05-03", Designate(rows=rows(1)))
    people = person(1), person(2)
    first_order = events_of(*people, policies={"one": first, "two": second})
    reversed_order = events_of(*people, policies={"two": second, "one": first})
    assert [event[4] for event in first_order] == [1, 2]
    assert [event[4] for event in reversed_order] == [2, 1]


def test_an_agreed_exit_comes_before_the_end_of_a_contract_on_the_same_day() -> None:
    """Otherwise the agreed severance would not be paid."""
    policies = {"mars": once("2010-05-03", leave(0, "2010-06-30", severance=5))}
    assert events_of(person(1, ends="2010-06-30"), policies=policies)[1:] == [
        row("2010-06-30", OUT, Kind.DEPARTED, "mars", 1, 0),
        row("2010-06-30", OUT, Kind.SEVERANCE, "mars", 1, 0, -1, 5),
    ]


def test_exits_on_one_day_are_in_order_of_their_rules() -> None:
    """Each exit has its own payment, and its own removal of the post."""
    policies = {
        "rets": once("2010-05-04", leave(1, "2010-06-30", severance=7, remove=1)),
        "mars": once("2010-05-05", leave(0, "2010-06-30", severance=5)),
    }
    events = events_of(person(1), person(2), policies=policies)
    assert events[2:] == [
        row("2010-06-30", OUT, Kind.DEPARTED, "rets", 2, 1),
        row("2010-06-30", OUT, Kind.SEVERANCE, "rets", 2, 1, -1, 7),
        row("2010-06-30", OUT, Kind.REMOVED, "rets", -1, 1, -1, 2_899_911),
        row("2010-06-30", OUT, Kind.DEPARTED, "mars", 1, 0),
        row("2010-06-30", OUT, Kind.SEVERANCE, "mars", 1, 0, -1, 5),
    ]


def test_retirement_comes_before_an_agreed_exit_and_that_before_a_contracts_end() -> None:
    """Three people leave on 1 April under three rules, in the order of the rules."""
    people = person(1), person(2, born="1950-01-01"), person(3), person(4, ends="2010-04-01"), person(5)
    policies = {"mars": once("2010-04-01", leave(2, "2010-04-01"))}
    events = events_of(*people, policies=policies, behaviour=behaving(retire_at_60=CERTAIN))
    assert [event for event in events if event[2] == Kind.DEPARTED] == [
        row("2010-04-01", OUT, Kind.DEPARTED, "retirement", 2, 1),
        row("2010-04-01", OUT, Kind.DEPARTED, "mars", 3, 2),
        row("2010-04-01", OUT, Kind.DEPARTED, "contract-end", 4, 3),
    ]


def test_a_reminder_on_a_later_day() -> None:
    """The policy acts again on that day, with the people it listed, and can leave out those who have left."""
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
def test_a_reminder_on_the_same_day_or_the_next(when: str) -> None:
    """With a reminder for today, the policy acts again today, after its first effects."""

    def act(situation: Situation) -> list[Effect]:
        if situation.stage == "again":
            return [Designate(rows=rows(1))]
        return [Ask(rows=rows(0), day=on(when), stage="again"), Designate(rows=rows(0))]

    assert events_of(person(1), person(2), policies={"own": Own(dates=("2010-05-03",), does=act)}) == [
        row("2010-05-03", DESK, Kind.DESIGNATED, "own", 1, 0),
        row(when, DESK, Kind.DESIGNATED, "own", 2, 1),
    ]


def test_days_after_the_end_of_the_scenario_are_ignored() -> None:
    """A policy whose only day is after the end does nothing."""
    after_the_end = once("2011-05-03", Designate(rows=rows(0)))
    assert events_of(person(1), policies={"own": after_the_end}) == []


def test_news_comes_before_panels_on_the_same_day() -> None:
    """A person who becomes a leaver because of today's news can apply today."""
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    policies: dict[str, Any] = {"mars": Mars(**{name: date(day) for name, day in days.items()}, quota=0.0)}
    policies["news"] = Milestone(announced=date("2010-06-30"))
    assert events_of(person(1), policies=policies, behaviour=behaving(disposed="leaver")) == [
        row("2010-06-30", Phase.MILESTONES, Kind.RISK, "news", 1, RiskClass.NONE, RiskClass.EXPOSED),
        row("2010-06-30", Phase.MILESTONES, Kind.DISPOSITION, "news", 1, Disposition.NONE, Disposition.LEAVER),
        row("2010-06-30", DESK, Kind.APPLIED, "mars", 1, 0, -1, 1_000_000),
        row("2010-06-30", DESK, Kind.REFUSED, "mars", 1, 0),
    ]
