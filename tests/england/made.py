"""A hamlet with every kind of event that the published figures need, and outcomes made for it."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import attrs
import numpy as np

from nhstransit.engine.simulate import simulate
from nhstransit.england import MEASURES, UNITS, Given, Outcome, Outcomes, Reading, bundled_outcomes
from nhstransit.grammar import Depart
from nhstransit.policies import CostReduction, Inflow, Returns
from nhstransit.policies.cost_reduction import Step as CostStep
from nhstransit.run import Run
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.toml import Named
from tests.small import on, rows

READING: Reading = bundled_outcomes().reading
GIVEN = Given(name="start-up", value=2.0, unit="£ a resident", sources=("hsj-brain-drain-2011",), quality="seed")


@cache
def hamlet() -> Run:
    """A run of the hamlet with a cost path, people from outside the base, and returns."""
    return simulate(hamlet_scenario(), seed=4)


def hamlet_scenario() -> Scenario:
    plain = load_scenario("hamlet")
    successors = ("ccg", "community-provider")
    steps = (CostStep(by=dt.date(2011, 9, 30), cut=0.2), CostStep(by=dt.date(2012, 6, 30), cut=0.3))
    early = CostReduction(announced=dt.date(2010, 7, 12), path=steps)
    inflow = Inflow(
        announced=dt.date(2012, 7, 1), kept=dt.date(2012, 7, 1), starts=dt.date(2013, 4, 1), people=Named({"ccg": 4})
    )
    returns = Returns(announced=dt.date(2010, 4, 1), after=("mars", "redundancy", "cost-reduction"), kinds=successors)
    policies = plain.policies.having("cost-reduction", early).having("inflow", inflow).having("returns", returns)
    return attrs.evolve(plain, policies=policies)


def unit_of(measure: str) -> str:
    """The unit of size one of a measure."""
    return next(name for name, unit in UNITS.items() if unit.measures == MEASURES[measure].measures and unit.size == 1)


def outcome(measure: str = "first MARS leavers", /, **changes: Any) -> Outcome:
    """An outcome with one published figure for a measure, with fields that `changes` may replace."""
    usual: dict[str, Any] = {
        "id": measure,
        "what": measure,
        "group": "made",
        "value": 1.0,
        "unit": unit_of(measure) if measure in MEASURES else "people",
        "scope": "a hamlet",
        "period": "once",
        "use": "check",
        "sources": ("project",),
        "quality": "assumption",
        "measure": measure,
    }
    return Outcome(**{**usual, **changes})


def outcomes(*made: Outcome, reading: Reading = READING) -> Outcomes:
    return Outcomes(reading=reading, given=(GIVEN,), outcome=made)


def departs(*people: int, last: str) -> Depart:
    """Unpaid exits of the people in these rows on a day. Their posts stay."""
    zero = np.zeros(len(people), "int64")
    return Depart(
        rows=rows(*people),
        last_day=np.full(len(people), on(last), "int32"),
        severance=zero,
        in_lieu=zero,
        strain=zero,
        remove=np.zeros(len(people), bool),
    )
