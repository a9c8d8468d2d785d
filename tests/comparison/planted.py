"""Worlds with a planted scheme that pays exactly some people to go, or keeps exactly some, by reading another run."""

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

PAY_DAY = "2010-09-30"  # the planted scheme's day
END = dt.date(2013, 3, 31)
COST = 1_000_00  # pence for each


def restless(count: int = 120, **world: Any) -> Scenario:
    """People of whom half leave in a year, in a body with posts to spare."""
    behaviour = world.pop("behaviour", behaving(resign=0.35, other=0.05, age_slope=0.0, service_drop=0.0))
    bodies = world.pop("bodies", [body("Old")])
    people = [person(staff, since="2005-04-01") for staff in range(count)]
    return small_world(*people, bodies=bodies, behaviour=behaviour, end=END, **world)


def with_policy(scenario: Scenario, name: str, policy: Any) -> Scenario:
    return attrs.evolve(scenario, policies=scenario.policies.having(name, policy))


def pays(staff: Iterable[int], *, when: str = PAY_DAY, remove: bool = False, pence: int = COST) -> Own:
    """A scheme that lets these people go on one day, for £1,000 each or another sum."""
    wanted = np.array(sorted(staff), "int32")

    def does(situation: Situation) -> Sequence[Effect]:
        rows = np.flatnonzero(np.isin(situation.people.staff, wanted) & situation.people.in_post)
        count = len(rows)
        nothing = np.zeros(count, "int64")
        return [
            Depart(
                rows=rows,
                last_day=np.full(count, situation.day, "int32"),
                severance=np.full(count, pence, "int64"),
                in_lieu=nothing,
                strain=nothing,
                remove=np.full(count, remove),
            )
        ]

    return Own(dates=(when,), does=does)


def keeps(staff: Iterable[int], until: str, *, when: str = PAY_DAY, premium: float = 0.1) -> Own:
    """A scheme that gives these people a guarantee."""
    wanted = np.array(sorted(staff), "int32")

    def does(situation: Situation) -> Sequence[Effect]:
        rows = np.flatnonzero(np.isin(situation.people.staff, wanted) & situation.people.in_post)
        return [Retain(rows=rows, until=on(until), premium=premium)]

    return Own(dates=(when,), does=does)


def leavers(run: Run, first: str, last: str) -> set[int]:
    """Who leaves a run between two dates, both included, and is paid nothing."""
    left = run.log.of(Kind.DEPARTED)
    paid = set(run.log.of(Kind.SEVERANCE).staff.tolist())
    within = (left.day >= on(first)) & (left.day <= on(last))
    return set(left.staff[within].tolist()) - paid


def there_on(run: Run, when: str) -> set[int]:
    """Who of the opening staff has not left before the end of a day."""
    left = run.log.of(Kind.DEPARTED)
    return set(run.people.staff.tolist()) - set(left.staff[left.day <= on(when)].tolist())


def pair(scenario: Scenario, policy: Any, *, name: str = "planted", seed: int = 1) -> tuple[Run, Run]:
    """A world with a policy and the same without it, with one luck."""
    return simulate(with_policy(scenario, name, policy), seed=seed), simulate(scenario, seed=seed)


__all__ = ["COST", "END", "PAY_DAY", "date", "keeps", "leavers", "pair", "pays", "restless", "there_on", "with_policy"]
