"""Scenarios with a planted policy that pays certain people to leave or guarantees the jobs of certain people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit.engine.simulate import simulate
from nhstransit.grammar import Depart, Effect, Retain, Situation
from nhstransit.log import Kind
from nhstransit.run import Run
from nhstransit.scenario import Scenario
from tests.small import Own, behaving, body, date, on, person, small_world

PAY_DAY = "2010-09-30"  # the day of the planted policy
END = dt.date(2013, 3, 31)
COST = 1_000_00  # pence for each person


def restless(count: int = 120, **world: Any) -> Scenario:
    """A scenario with high natural turnover in one employer."""
    behaviour = world.pop("behaviour", behaving(resign=0.35, other=0.05, age_slope=0.0, service_drop=0.0))
    bodies = world.pop("bodies", [body("Old")])
    people = [person(staff, since="2005-04-01") for staff in range(count)]
    return small_world(*people, bodies=bodies, behaviour=behaviour, end=END, **world)


def with_policy(scenario: Scenario, name: str, policy: Any) -> Scenario:
    return attrs.evolve(scenario, policies=scenario.policies.having(name, policy))


def pays(staff: Iterable[int], *, when: str = PAY_DAY, remove: bool = False, pence: int = COST) -> Own:
    """A policy under which these people leave on one day, for £1,000 each or another sum."""
    selected = np.array(sorted(staff), "int32")

    def does(situation: Situation) -> Sequence[Effect]:
        rows = np.flatnonzero(np.isin(situation.people.staff, selected) & situation.people.in_post)
        count = len(rows)
        zero = np.zeros(count, "int64")
        return [
            Depart(
                rows=rows,
                last_day=np.full(count, situation.day, "int32"),
                severance=np.full(count, pence, "int64"),
                in_lieu=zero,
                strain=zero,
                remove=np.full(count, remove),
            )
        ]

    return Own(dates=(when,), does=does)


def keeps(staff: Iterable[int], until: str, *, when: str = PAY_DAY, premium: float = 0.1) -> Own:
    """A policy that guarantees the jobs of these people."""
    selected = np.array(sorted(staff), "int32")

    def does(situation: Situation) -> Sequence[Effect]:
        rows = np.flatnonzero(np.isin(situation.people.staff, selected) & situation.people.in_post)
        return [Retain(rows=rows, until=on(until), premium=premium)]

    return Own(dates=(when,), does=does)


def leavers(run: Run, first: str, last: str) -> set[int]:
    """The people who leave between two dates, both included, and are paid nothing."""
    left = run.log.of(Kind.DEPARTED)
    paid = set(run.log.of(Kind.SEVERANCE).staff.tolist())
    within = (left.day >= on(first)) & (left.day <= on(last))
    return set(left.staff[within].tolist()) - paid


def there_on(run: Run, when: str) -> set[int]:
    """The opening staff who have not left by the end of a day."""
    left = run.log.of(Kind.DEPARTED)
    return set(run.people.staff.tolist()) - set(left.staff[left.day <= on(when)].tolist())


def pair(scenario: Scenario, policy: Any, *, name: str = "planted", seed: int = 1) -> tuple[Run, Run]:
    """Runs of a scenario with a policy and without it, with the same seed."""
    return simulate(with_policy(scenario, name, policy), seed=seed), simulate(scenario, seed=seed)


__all__ = ["COST", "END", "PAY_DAY", "date", "keeps", "leavers", "pair", "pays", "restless", "there_on", "with_policy"]
