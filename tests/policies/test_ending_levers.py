"""Levers of leaving, pulled in the hamlet with the same luck: each moves what it should, and that way."""

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
    """A run with these fields of redundancy changed."""
    for name, item in changes.items():
        scenario = scenario.having(f"policies.redundancy.{name}", item)
    return simulate(scenario, seed=seed)


def of(log: Log, name: str, *kinds: Kind) -> Log:
    return log.take(log.rule == rule_code(name)).of(*kinds)


def pence(log: Log, name: str, *kinds: Kind) -> int:
    return int(of(log, name, *kinds).pence.sum())


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_alternatives_place_people_and_cost_less(seed: int) -> None:
    """Offered what is vacant in the provider, some are placed and less is paid; the stricter on refusal, the less."""
    without = run(LATE, seed)
    kinds = ("community-provider", "ccg")
    lax, strict = (run(LATE, seed, alternatives=kinds, unreasonable=share) for share in (0.0, 1.0))
    assert len(of(lax.log, "redundancy", Kind.APPOINTED)) > 0
    paid = [pence(each.log, "redundancy", Kind.SEVERANCE) for each in (without, lax, strict)]
    assert paid[0] > paid[1] >= paid[2]
    gone = [of(each.log, "redundancy", Kind.DEPARTED).staff.tolist() for each in (lax, strict)]
    assert gone[0] == gone[1]


def test_served_elsewhere_nothing_is_paid_in_lieu() -> None:
    """With a residuary body all notice is served, and nobody is there at the end who was lodged in it."""
    lodged = run(LATE, residuary="Vale Community Health")
    assert pence(run(LATE).log, "redundancy", Kind.IN_LIEU) > 0
    assert pence(lodged.log, "redundancy", Kind.IN_LIEU) == 0
    moved = of(lodged.log, "redundancy", Kind.MOVED).staff
    assert len(moved) and set(moved.tolist()) <= set(lodged.log.of(Kind.DEPARTED).staff.tolist())


@pytest.mark.parametrize("by_law", [True, pytest.param(False, marks=pytest.mark.thorough)])
def test_a_path_brought_forward_lets_people_go_sooner(by_law: bool) -> None:
    """Half a year sooner, on the day of each step as many or more are gone or going by then."""
    plain = HAMLET.having("policies.cost-reduction", PATH).having("policies.cost-reduction.by_law", by_law)
    sooner = plain.having("policies.cost-reduction.forward_months", 6)
    first, second = (of(run(each).log, "cost-reduction", Kind.EXIT_AGREED).day for each in (plain, sooner))
    for step in PATH.path:
        day = HAMLET.calendar.day(step.by) - 30
        assert (second <= day).sum() >= (first <= day).sum()
    assert (second <= HAMLET.calendar.day(dt.date(2011, 5, 1))).sum() > 0


def test_bodies_that_live_longer_let_go_later() -> None:
    """With half a year more, nobody is made redundant before, and no post goes with its body before."""
    later = Extension(announced=dt.date(2012, 6, 1), until=dt.date(2013, 9, 30), kinds=("pct", "sha"))
    log = run(HAMLET.having("policies.extension", later)).log
    day = HAMLET.calendar.day(dt.date(2013, 9, 30))
    assert set(of(log, "redundancy", Kind.DEPARTED).day.tolist()) == {day}
    assert set(of(log, "closure", Kind.REMOVED).day.tolist()) == {day + 1}


def test_who_is_not_deterred_repays_and_who_is_does_not() -> None:
    """Under the terms of MARS and of section 16 money comes back from those who do not wait, and from nobody else."""
    terms = Named({"mars": "mars_2010", "redundancy": "section16"})
    quick = Returns(
        announced=dt.date(2010, 4, 1), repays=terms, share=1.0, scale_years=0.2, kinds=("community-provider",)
    )
    waits = HAMLET.having("policies.returns", quick)
    hasty = waits.having("policies.returns.deterred", 0.0)
    assert len(run(waits).log.of(Kind.CLAWBACK)) == 0
    back = run(hasty).log.of(Kind.CLAWBACK)
    paid = run(hasty).log.of(Kind.SEVERANCE)
    assert 0 < back.pence.sum() <= paid.pence.sum()
    assert set(back.staff.tolist()) <= set(paid.staff.tolist())
