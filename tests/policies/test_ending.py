"""Rules for every exit in generated scenarios: notice according to law, one payment, and no post held after leaving."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import attrs
import numpy as np
from hypothesis import Phase as Step
from hypothesis import given
from small import Own
from worlds import runs, seeds, worlds

from nhstransit.engine.simulate import simulate
from nhstransit.law import Law
from nhstransit.log import Kind
from nhstransit.policies import CostReduction, Extension, Milestone, Redundancy
from nhstransit.run import Run
from nhstransit.scenario import Scenario
from nhstransit.scenario.spoken import parted
from nhstransit.toml import Named
from nhstransit.workforce.columns import NEVER
from tests.examples import examples

FEWER = examples(4, 120, phases=(Step.explicit, Step.generate))  # shrinking a failing scenario takes minutes


def by_person(run: Run) -> dict[int, list[Any]]:
    """The events of each person, in order."""
    events: dict[int, list[Any]] = defaultdict(list)
    for event in run.log.tuples():
        events[event[4]].append(event)
    del events[-1]
    return events


def of_type(scenario: Scenario, *types: type) -> dict[str, Any]:
    return {name: policy for name, policy in scenario.policies.items() if isinstance(policy, types)}


@FEWER
@given(runs(crowded=True))
def test_every_exit_is_consulted_noticed_and_paid_once(run: Run) -> None:
    """Nobody gets notice before their consultation is over, unless their employer closes on that day.

    People who leave under an agreed exit leave on its last day.

    Each exit is paid at most once, and not at all if it becomes void. Nobody with an agreed exit is appointed.
    Notice is worked or paid. A policy causes no event before it is announced.
    """
    _served_or_paid(run)
    _announced_before(run)
    scenario = run.scenario
    lawful = {scenario.rules[name] for name, p in of_type(scenario, Redundancy).items()}
    lawful |= {scenario.rules[name] for name, p in of_type(scenario, CostReduction).items() if p.by_law}
    closing = {int(day) for day in run.scenario.roster.closes if day < NEVER} | {
        int(day) for day in run.log.of(Kind.EXTENDED).second
    }
    for events in by_person(run).values():
        _obeys(events, lawful, closing)


def _obeys(events: list[Any], lawful: set[int], closing: set[int]) -> None:
    agreed: Any = None
    consulted: dict[int, int] = {}
    appointed = left = False
    for day, _, kind, rule, _, _, go, _ in events:
        if kind is Kind.CONSULTED:
            consulted[rule] = min(
                go, consulted.get(rule, go)
            )  # a person selected again by a later step keeps the first last day
        if kind is Kind.EXIT_AGREED:
            assert agreed is None and not appointed and not left and go >= day
            if rule in lawful:
                assert day > consulted.get(rule, -1) or day in closing
            agreed = (rule, go)
        if kind is Kind.EXIT_VOID:
            assert agreed is not None
            agreed = None
        if kind is Kind.APPOINTED:
            assert agreed is None
            appointed = True
        if kind is Kind.MOVED:
            appointed = False
        if kind is Kind.DEPARTED:
            assert not left
            left = True
            appointed = False
            paid_by = agreed if agreed is not None and agreed == (rule, day) else None
            agreed = None
        if kind in (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION):
            assert left and paid_by == (rule, day)
        if kind is Kind.ARRIVED:
            left = False


def _served_or_paid(run: Run) -> None:
    """Notice lasts as long as the law requires, or pay in lieu makes up the difference."""
    scenario = run.scenario
    law = Law.bundled()
    origin = scenario.calendar.origin
    rules = [scenario.rules[name] for name in of_type(scenario, Redundancy)]
    agreed = run.log.of(Kind.EXIT_AGREED)
    agreed = agreed.take(np.isin(agreed.rule, rules))
    rows = run.rows_of(agreed.staff)
    for index, row in enumerate(rows.tolist()):
        notice_day = int(agreed.day[index])
        last = int(agreed.second[index])
        post = int(agreed.first[index])
        band = run.posts.band[[post]]
        since = run.people.service_from[[row]]
        weeks = int(law.notice_weeks(band, since, origin + notice_day)[0])
        if last - notice_day < 7 * weeks:
            in_lieu = run.log.of(Kind.IN_LIEU)
            mine = (in_lieu.staff == agreed.staff[index]) & (in_lieu.day == last) & np.isin(in_lieu.rule, rules)
            departures = run.log.of(Kind.DEPARTED)
            left_then = (
                (departures.staff == agreed.staff[index]) & (departures.day == last) & np.isin(departures.rule, rules)
            ).any()
            too_little_to_pay = run.people.wte_hundredths[row] == 1 or 0 < run.people.pay_pence[row] < 100
            assert in_lieu.pence[mine].sum() > 0 or not left_then or too_little_to_pay


def _announced_before(run: Run) -> None:
    """A policy causes no event before the day of its announcement."""
    log = run.log
    scenario = run.scenario
    for name, policy in scenario.policies.items():
        mine = log.day[log.rule == scenario.rules[name]]
        assert not len(mine) or mine.min() >= scenario.calendar.day(policy.announced)


@FEWER
@given(worlds(crowded=True), seeds())
def test_news_and_extensions_with_zero_weight_change_no_perceived_risk(scenario: Scenario, seed: int) -> None:
    """If all news has a weight of zero and there are no redundancy letters, perceived risk stays at zero."""
    silent = {
        name: attrs.evolve(policy, weight=0.0) if isinstance(policy, Milestone | Extension) else policy
        for name, policy in scenario.policies.items()
        if not isinstance(policy, Redundancy | CostReduction)
    }
    seen: list[float] = []
    last = scenario.end.isoformat()
    silent["watch"] = Own(dates=(last,), does=lambda s: seen.append(float(s.people.risk.max(initial=0.0))) or ())
    simulate(attrs.evolve(scenario, policies=parted(Named(silent))), seed=seed)
    assert seen == [0.0]
