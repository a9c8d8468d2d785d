"""What must hold of every exit in every made world: the law's days, one pay-off, nobody gone and in post."""

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

FEWER = examples(4, 120, phases=(Step.explicit, Step.generate))  # to shrink a world takes minutes


def by_person(run: Run) -> dict[int, list[Any]]:
    """The events of each person, in order."""
    told: dict[int, list[Any]] = defaultdict(list)
    for event in run.log.tuples():
        told[event[4]].append(event)
    del told[-1]
    return told


def of_type(scenario: Scenario, *types: type) -> dict[str, Any]:
    return {name: policy for name, policy in scenario.policies.items() if isinstance(policy, types)}


@FEWER
@given(runs(crowded=True))
def test_every_exit_is_consulted_noticed_and_paid_once(run: Run) -> None:
    """Nobody consulted gets notice before it is over, unless the body closes; who goes by an exit goes on its last day.

    Nobody is paid for an exit that fell away or twice for one, nor redundant and placed; notice is served or paid; and
    nothing is done by a policy before it is announced.
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
    appointed = gone = False
    for day, _, kind, rule, _, _, go, _ in events:
        if kind is Kind.CONSULTED:
            consulted[rule] = min(go, consulted.get(rule, go))  # chosen again by a later step, the first one counts
        if kind is Kind.EXIT_AGREED:
            assert agreed is None and not appointed and not gone and go >= day
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
            assert not gone
            gone = True
            appointed = False
            paid_by = agreed if agreed is not None and agreed == (rule, day) else None
            agreed = None
        if kind in (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION):
            assert gone and paid_by == (rule, day)
        if kind is Kind.ARRIVED:
            gone = False


def _served_or_paid(run: Run) -> None:
    """From the day of notice to the last day, with what is paid in lieu, there is never less than the law's notice."""
    scenario = run.scenario
    law = Law.bundled()
    origin = scenario.calendar.origin
    rules = [scenario.rules[name] for name in of_type(scenario, Redundancy)]
    agreed = run.log.of(Kind.EXIT_AGREED)
    agreed = agreed.take(np.isin(agreed.rule, rules))
    rows = run.rows_of(agreed.staff)
    for place, row in enumerate(rows.tolist()):
        given_on = int(agreed.day[place])
        last = int(agreed.second[place])
        post = int(agreed.first[place])
        band = run.posts.band[[post]]
        since = run.people.service_from[[row]]
        weeks = int(law.notice_weeks(band, since, origin + given_on)[0])
        if last - given_on < 7 * weeks:
            lieu = run.log.of(Kind.IN_LIEU)
            mine = (lieu.staff == agreed.staff[place]) & (lieu.day == last) & np.isin(lieu.rule, rules)
            went = run.log.of(Kind.DEPARTED)
            stood = ((went.staff == agreed.staff[place]) & (went.day == last) & np.isin(went.rule, rules)).any()
            a_penny = run.people.wte_hundredths[row] == 1 or 0 < run.people.pay_pence[row] < 100
            assert lieu.pence[mine].sum() > 0 or not stood or a_penny


def _announced_before(run: Run) -> None:
    """No event bears the rule of a policy on a day before the policy is announced."""
    log = run.log
    scenario = run.scenario
    for name, policy in scenario.policies.items():
        mine = log.day[log.rule == scenario.rules[name]]
        assert not len(mine) or mine.min() >= scenario.calendar.day(policy.announced)


@FEWER
@given(worlds(crowded=True), seeds())
def test_news_and_longer_lives_of_no_weight_change_no_risk(scenario: Scenario, seed: int) -> None:
    """Where no news weighs anything and no letters go out nobody ever perceives any risk."""
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
