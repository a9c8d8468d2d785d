"""Levers on redundancy in the hamlet, with the same seed: each changes the outcome in the expected direction."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind, Log, rule_code
from nhstransit.policies import CostReduction, Extension, Returns
from nhstransit.policies.cost_reduction import Step
from nhstransit.run import Run
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.toml import Named

HAMLET = load_scenario("hamlet")
LATE = HAMLET.having("policies.redundancy.consults", dt.date(2013, 3, 1))  # so that notice runs past the closing day
PATH = CostReduction(
    announced=dt.date(2010, 7, 12),
    path=(Step(by=dt.date(2011, 6, 30), cut=0.15), Step(by=dt.date(2012, 6, 30), cut=0.3)),
)


@cache
def run(scenario: Scenario = HAMLET, seed: int = 1, **changes: Any) -> Run:
    """A run in which these fields of the redundancy policy have changed."""
    for name, item in changes.items():
        scenario = scenario.having(f"policies.redundancy.{name}", item)
    return simulate(scenario, seed=seed)


def of(log: Log, name: str, *kinds: Kind) -> Log:
    return log.take(log.rule == rule_code(name)).of(*kinds)


def pence(log: Log, name: str, *kinds: Kind) -> int:
    return int(of(log, name, *kinds).pence.sum())


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_suitable_alternatives_reduce_severance(seed: int) -> None:
    """People appointed to vacancies get no severance, nor do people who unreasonably refuse one."""
    without = run(LATE, seed)
    kinds = ("community-provider", "ccg")
    lax, strict = (run(LATE, seed, alternatives=kinds, unreasonable=share) for share in (0.0, 1.0))
    assert len(of(lax.log, "redundancy", Kind.APPOINTED)) > 0
    paid = [pence(each.log, "redundancy", Kind.SEVERANCE) for each in (without, lax, strict)]
    assert paid[0] > paid[1] >= paid[2]
    leavers = [of(each.log, "redundancy", Kind.DEPARTED).staff.tolist() for each in (lax, strict)]
    assert leavers[0] == leavers[1]


def test_with_a_residuary_body_nothing_is_paid_in_lieu_of_notice() -> None:
    """All notice is worked there, and everyone who moved into the residuary body under notice leaves it."""
    with_residuary = run(LATE, residuary="Vale Community Health")
    assert pence(run(LATE).log, "redundancy", Kind.IN_LIEU) > 0
    assert pence(with_residuary.log, "redundancy", Kind.IN_LIEU) == 0
    moved = of(with_residuary.log, "redundancy", Kind.MOVED).staff
    assert len(moved) and set(moved.tolist()) <= set(with_residuary.log.of(Kind.DEPARTED).staff.tolist())


@pytest.mark.parametrize("by_law", [True, pytest.param(False, marks=pytest.mark.thorough)])
def test_an_earlier_path_of_costs_leads_to_earlier_exits(by_law: bool) -> None:
    """Six months earlier, at least as many exits have been agreed by 30 days before each step of the original path."""
    plain = HAMLET.having("policies.cost-reduction", PATH).having("policies.cost-reduction.by_law", by_law)
    sooner = plain.having("policies.cost-reduction.forward_months", 6)
    first, second = (of(run(each).log, "cost-reduction", Kind.EXIT_AGREED).day for each in (plain, sooner))
    for step in PATH.path:
        day = HAMLET.calendar.day(step.by) - 30
        assert (second <= day).sum() >= (first <= day).sum()
    assert (second <= HAMLET.calendar.day(dt.date(2011, 5, 1))).sum() > 0


def test_extending_employers_postpones_redundancy() -> None:
    """After an extension, all redundancies are on the new closing day, and posts are removed the day after."""
    later = Extension(announced=dt.date(2012, 6, 1), until=dt.date(2013, 9, 30), kinds=("pct", "sha"))
    log = run(HAMLET.having("policies.extension", later)).log
    day = HAMLET.calendar.day(dt.date(2013, 9, 30))
    assert set(of(log, "redundancy", Kind.DEPARTED).day.tolist()) == {day}
    assert set(of(log, "closure", Kind.REMOVED).day.tolist()) == {day + 1}


def test_people_who_are_deterred_from_an_early_return_repay_nothing() -> None:
    """Under the terms of MARS and section 16, only people who return within the window repay."""
    terms = Named({"mars": "mars_2010", "redundancy": "section16"})
    returns = Returns(
        announced=dt.date(2010, 4, 1), repays=terms, share=1.0, scale_years=0.2, kinds=("community-provider",)
    )
    deterred = HAMLET.having("policies.returns", returns)
    not_deterred = deterred.having("policies.returns.deterred", 0.0)
    assert len(run(deterred).log.of(Kind.CLAWBACK)) == 0
    repaid = run(not_deterred).log.of(Kind.CLAWBACK)
    paid = run(not_deterred).log.of(Kind.SEVERANCE)
    assert 0 < repaid.pence.sum() <= paid.pence.sum()
    assert set(repaid.staff.tolist()) <= set(paid.staff.tolist())
