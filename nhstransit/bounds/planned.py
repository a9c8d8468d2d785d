"""The best manpower plan, with the fewest redundancies or the lowest cost, by linear programming."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats, Rows
from nhstransit.bounds.plan import ManpowerPlan
from nhstransit.bounds.programme import Optimum, Programme
from nhstransit.errors import check_kind
from nhstransit.fields import one_of

if TYPE_CHECKING:
    import pandas as pd

AIMS = ("redundancies", "cost")
Aim = Literal["redundancies", "cost"]
_FLOWS = ("strength", "recruited", "redundant", "overmanned", "short_time")
_SLACK = 1e-9  # the second programme may exceed the fewest redundancies by this share, to allow for rounding


@attrs.frozen(kw_only=True)
class _Aim:
    least: str = one_of(AIMS)


@attrs.frozen(eq=False, slots=False, repr=False, kw_only=True)
class BestPlan:
    """The best plan: people by year and skill, its cost, and the effect of requirements on it.

    Arrays are (years, skills), in people. `retrained` is (years, ways) in the order of `ways_up`, and `downgraded` in
    the order of `ways_down`.
    """

    plan: ManpowerPlan
    least: Aim
    optimum: Optimum
    strength: Floats
    recruited: Floats
    redundant: Floats
    overmanned: Floats
    short_time: Floats
    retrained: Floats
    downgraded: Floats
    prices: Floats  # the change of the minimum if one more person is required, (years, skills)

    @property
    def redundancies(self) -> float:
        """People made redundant over all years."""
        return float(self.redundant.sum())

    @property
    def cost(self) -> float:
        """The cost of redundancies, retraining, overmanning and short time over all years, in pounds."""
        # People over all years by skill, times the cost of one person of that skill.
        skills = self.plan.skills
        priced = (
            (self.redundant, "redundancy_cost"),
            (self.overmanned, "overmanning_cost"),
            (self.short_time, "short_time_cost"),
        )
        total = sum(flow.sum(axis=0) @ np.array([getattr(skill, price) for skill in skills]) for flow, price in priced)
        retraining = self.retrained.sum(axis=0) @ np.array([way.cost for way in self.plan.retraining])
        return float(total + retraining)

    @property
    def ways_up(self) -> tuple[str, ...]:
        """The ways of retraining, each as "origin to target"."""
        return tuple(f"{way.origin} to {way.target}" for way in self.plan.retraining)

    @property
    def ways_down(self) -> tuple[str, ...]:
        """The ways of downgrading, each as "origin to target"."""
        return tuple(f"{high} to {low}" for low, high in _downwards(self.plan.names))

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per year and skill: people required, strength, flows and price; indexed by year and skill."""
        years = self.plan.years
        names = self.plan.names
        columns = {
            "year": np.repeat(np.arange(1, years + 1), len(names)),
            "skill": np.tile(names, years),
            "required": np.array(self.plan.required).ravel(),
            **{name: getattr(self, name).ravel() for name in _FLOWS},
            "price": self.prices.ravel(),
        }
        return tables.frame(columns, index=["year", "skill"])

    @cached_property
    def ways(self) -> pd.DataFrame:
        """One row per year and way between skills: the people retrained or downgraded, including those who leave."""
        names = [*self.ways_up, *self.ways_down]
        columns = {
            "year": np.repeat(np.arange(1, self.plan.years + 1), len(names)),
            "way": np.tile(np.array(names, object), self.plan.years),
            "people": np.hstack([self.retrained, self.downgraded]).ravel(),
        }
        return tables.frame(columns, index=["year", "way"])

    def _sentence(self) -> str:
        """The result in words."""
        fewest = "fewest redundancies" if self.least == "redundancies" else "lowest cost"
        return (
            f"{self.plan.name}, {fewest}: {self.redundancies:,.2f} redundancies over {self.plan.years} years, "
            f"at a cost of {self.cost:,.2f} pounds."
        )

    def __repr__(self) -> str:
        return f"{self._sentence()}\n\n{self.table.to_string(float_format='{:,.1f}'.format)}"

    def _repr_html_(self) -> str:
        shown = tables.html(self.table, "The best plan", form="{:,.1f}".format)
        return tables.paragraphs([self._sentence()]) + shown


def best_plan(plan: ManpowerPlan, *, least: Aim = "redundancies") -> BestPlan:
    """The cheapest plan with the fewest redundancies, or the cheapest of all plans.

    Each year's strength is the previous year's strength after wastage, plus recruits and retrained people after their
    wastage, less people who move to another skill or are made redundant. Strength less overmanning, with people on
    short time counted by their share of work, equals the requirement.

    Args:
        plan: the skills, requirements and limits.
        least: "redundancies" for the fewest redundancies, "cost" for the lowest cost.

    Raises:
        ScenarioError: for any other value of `least`.
        InputError: if no plan meets the requirements.
    """
    check_kind("plan", plan, ManpowerPlan)
    _Aim(least=least)
    programme = Programme()
    blocks = _blocks(programme, plan)
    needs = _limits(programme, plan, blocks)
    if least == "cost":
        optimum = programme.least(where=plan.name)
        prices = optimum.equal_prices[needs]
    # Two programmes: first the fewest redundancies, then the lowest cost among plans with no more than these. Prices are
    # from the first, because they are changes of the number of redundancies.
    else:
        heads = np.zeros(len(programme.costs))
        heads[blocks["redundant"]] = 1.0
        fewest = programme.least(where=plan.name, of=heads)
        prices = fewest.equal_prices[needs]
        programme.at_most(fewest.cost * (1 + _SLACK) + _SLACK, (0, blocks["redundant"].ravel(), 1.0))
        optimum = programme.least(where=plan.name)
    # Rounding can make a variable slightly negative.
    people = {name: np.maximum(optimum.variables[place], 0.0) for name, place in blocks.items()}
    return BestPlan(plan=plan, least=least, optimum=optimum, prices=prices, **people)


def _blocks(programme: Programme, plan: ManpowerPlan) -> dict[str, Rows]:
    """The variables by name: (years, skills), or (years, ways)."""
    shape = (plan.years, len(plan.skills))

    # One number for each skill, which is the same in every year.
    def of(name: str) -> Floats:
        return np.array([getattr(skill, name) for skill in plan.skills], "float64")

    most = [np.inf if way.limit is None else way.limit for way in plan.retraining]
    down = 0.0 if plan.downgrading_loss is None else np.inf
    return {
        "strength": programme.variables(*shape),
        "recruited": programme.variables(*shape, most=of("recruits")),
        "redundant": programme.variables(*shape, cost=of("redundancy_cost")),
        "overmanned": programme.variables(*shape, cost=of("overmanning_cost")),
        "short_time": programme.variables(*shape, cost=of("short_time_cost"), most=of("short_time")),
        "retrained": programme.variables(
            plan.years, len(plan.retraining), cost=[way.cost for way in plan.retraining], most=most
        ),
        "downgraded": programme.variables(plan.years, len(_downwards(plan.names)), most=down),
    }


def _limits(programme: Programme, plan: ManpowerPlan, at: dict[str, Rows]) -> Rows:
    """Add the balance of people, the requirements and the limits. Returns the indices of the requirements."""
    # The index of each limit by year and skill.
    cells = np.arange(plan.years * len(plan.skills)).reshape(plan.years, -1)
    wastage = np.array([skill.wastage for skill in plan.skills])
    first = np.array([skill.first_wastage for skill in plan.skills])
    # The opening staff are known numbers, so in the first year they are on the right side.
    carried = np.zeros(cells.shape)
    carried[0] = (1 - wastage) * [skill.strength for skill in plan.skills]
    programme.equal(
        carried,
        (cells, at["strength"], 1.0),
        (cells[1:], at["strength"][:-1], -(1 - wastage)),
        (cells, at["recruited"], -(1 - first)),
        (cells, at["redundant"], 1.0),
        *_between(plan, cells, at, wastage),
    )
    # A person on short time counts for the share of work done, so the rest is missing from the requirement.
    needs = programme.equal(
        np.array(plan.required),
        (cells, at["strength"], 1.0),
        (cells, at["overmanned"], -1.0),
        (cells, at["short_time"], -(1 - plan.short_time_work)),
    )
    # The limit on overmanning is for all skills of a year together.
    every_year = np.arange(plan.years)
    programme.at_most(np.full(plan.years, plan.overmanning), (every_year[:, None], at["overmanned"], 1.0))
    for place, way in enumerate(plan.retraining):
        if way.limit_share is not None:
            target = at["strength"][:, plan.names.index(way.target)]
            trained = at["retrained"][:, place]
            programme.at_most(np.zeros(plan.years), (every_year, trained, 1.0), (every_year, target, -way.limit_share))
    return needs.reshape(cells.shape)


def _between(plan: ManpowerPlan, cells: Rows, at: dict[str, Rows], wastage: Floats) -> list[tuple[Rows, Rows, float]]:
    """Terms of the balance for people who change their skill: out of one skill, and into another after losses."""
    # Each way has the index of its origin, the index of its target, and its variables by year.
    ways = []
    for place, way in enumerate(plan.retraining):
        ends = (plan.names.index(way.origin), plan.names.index(way.target))
        ways.append((*ends, at["retrained"][:, place]))
    # The share of people who reach the target. Retrained people are subject to the target's wastage.
    kept = [1.0 - float(wastage[target]) for _, target, _ in ways]
    # Downgrading from each skill to each lower one, in the order of `_downwards`.
    for place, (low, high) in enumerate(combinations(range(len(plan.skills)), 2)):
        ways.append((high, low, at["downgraded"][:, place]))
        kept.append(1.0 - (plan.downgrading_loss or 0.0))
    out = [(cells[:, origin], flow, 1.0) for origin, _, flow in ways]
    into = []
    for (_, target, flow), stay in zip(ways, kept, strict=True):
        into.append((cells[:, target], flow, -stay))
    return out + into


def _downwards(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Pairs of a lower and a higher skill."""
    return list(combinations(names, 2))
