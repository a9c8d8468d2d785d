"""Markov chains of people: how long they stay, by which route they finally leave, and their long-run distribution.

Sources: J. G. Kemeny and J. L. Snell, Finite Markov Chains (1960), chapters 3 and 4; D. J. Bartholomew, A. F. Forbes
and S. I. McClean, Statistical Techniques for Manpower Planning (1991), chapters 3 and 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit import tables
from nhstransit.arrays import Bools, Floats, guarded
from nhstransit.errors import InputError, ScenarioError
from nhstransit.fields import Parent, amount

if TYPE_CHECKING:
    import pandas as pd


def fundamental(within: Floats) -> Floats:
    """`F = (I − Q)⁻¹`, (m, m): the expected number of steps in state j of a person now in state i.

    The present step is included.

    Args:
        within: Q, chances per step of moving from state to state, (m, m). An exit must be reachable from every state.

    Raises:
        InputError: if no exit can be reached from some state.
    """
    # Without an exit the matrix has no inverse, so the state at fault is reported by its number.
    stuck = np.flatnonzero(trapped(within, 1.0 - within.sum(axis=1)))
    if len(stuck):
        raise InputError("chain", f"no exit can be reached from state {stuck[0]}", "give that state a path to an exit")
    return np.asarray(np.linalg.inv(np.eye(len(within)) - within))


def absorbed(within: Floats, leaving: Floats) -> Floats:
    """`B = F A`, (m, r): the chance of finally leaving by each route, from each state.

    Args:
        within: Q, chances per step of moving from state to state, (m, m).
        leaving: A, chances per step of leaving by each route, (m, r).
    """
    return np.asarray(fundamental(within) @ leaving)


def absorbed_within(within: Floats, leaving: Floats, steps: int) -> Floats:
    """Chances of having left by each route after 0, 1, … `steps` steps, (steps + 1, m, r): `(I + Q + … + Qᵗ⁻¹) A`.

    Args:
        within: Q, chances per step of moving from state to state, (m, m).
        leaving: A, chances per step of leaving by each route, (m, r).
        steps: the number of steps.
    """
    out = np.zeros((steps + 1, *leaving.shape))
    # Leave in the first step, or move and then leave in the steps that remain.
    for step in range(steps):
        out[step + 1] = leaving + within @ out[step]
    return out


def trapped(within: Floats, leaving_at_all: Floats, *, tolerance: float = 1e-12) -> Bools:
    """Whether no exit can be reached from each state, (m,).

    Args:
        within: chances of moving from state to state, (m, m).
        leaving_at_all: chances of leaving by any route, (m,).
        tolerance: the largest chance that counts as zero.
    """
    # States with an exit, then states from which one of these can be entered, and so on. No path is longer than the
    # number of states.
    free = np.asarray(leaving_at_all) > tolerance
    for _ in range(len(within)):
        free = free | ((within > tolerance) & free).any(axis=1)
    return np.asarray(~free)


def step_of_hazards(moves: Floats, leaving: Floats, years: float) -> tuple[Floats, Floats]:
    """Q (m, m) and A (m, r) for a step of some years, if people move and leave at constant hazards.

    They are blocks of `exp(G years)`, where G is the generator with absorbing routes.

    Args:
        moves: hazards per year of moving from state to state, (m, m); the diagonal is ignored.
        leaving: hazards per year of leaving by each route, (m, r).
        years: the length of a step, in years.
    """
    from scipy.linalg import expm

    # States come first, then routes. Rows of routes stay zero, because nobody comes back from a route.
    states, routes = leaving.shape
    generator = np.zeros((states + routes, states + routes))
    generator[:states, :states] = np.where(np.eye(states, dtype=bool), 0.0, moves)
    generator[:states, states:] = leaving
    # Each row of a generator adds up to zero.
    np.fill_diagonal(generator, -generator.sum(axis=1))
    step = expm(generator * years)
    return np.asarray(step[:states, :states]), np.asarray(step[:states, states:])


def stationary(transition: Floats) -> Floats:
    """Shares of people in each state in the long run, (m,): `π = π P`, `Σ π = 1`.

    Raises:
        InputError: if the shares depend on the initial states of people.
    """
    states = len(transition)
    # The equations of balance, with the sum of shares as a further equation. One of the balances is always redundant.
    system = np.vstack([np.eye(states) - transition.T, np.ones(states)])
    # If more balances are redundant, several distributions are stationary.
    if np.linalg.matrix_rank(system) < states or np.linalg.matrix_rank(system[:-1]) < states - 1:
        wrong = "has separate groups of states that nobody leaves, so long-run shares depend on the initial states"
        raise InputError("transition", wrong, "let people move between these groups")
    shares = np.linalg.lstsq(system, np.append(np.zeros(states), 1.0), rcond=None)[0]
    # Shares of states that nobody enters are zero but for rounding.
    return np.asarray(np.where(np.abs(shares) < 1e-15, 0.0, shares))


# Chains of people who move between states and leave, and of people who move between grades without end

STAYS = "never seen to leave"  # the route of people in a state from which no exit can be reached
_SUM = 1e-9  # the tolerance for sums of chances, which should be 1


def _kept(cells: ArrayLike) -> Floats:
    """A read-only copy of numbers."""
    return guarded(np.array(cells, "float64"))


@attrs.frozen(eq=False, slots=False, repr=False, kw_only=True)
class Chain:
    """An absorbing Markov chain with monthly steps.

    `within` has the chances of moving from state to state, (m, m), and `leaving` the chances of leaving by each route,
    (m, r). The chances from each state add up to 1.
    """

    states: tuple[str, ...]
    routes: tuple[str, ...]
    within: Floats = attrs.field(converter=_kept)
    leaving: Floats = attrs.field(converter=_kept)

    def __attrs_post_init__(self) -> None:
        states = len(self.states)
        routes = len(self.routes)
        _named("states", self.states)
        _named("routes", self.routes)
        _shaped("within", self.within, (states, states), "a row and a column for each state")
        _shaped("leaving", self.leaving, (states, routes), "a row for each state and a column for each route")
        total = self.within.sum(axis=1) + self.leaving.sum(axis=1)
        wrong = np.flatnonzero(np.abs(total - 1.0) > _SUM)
        if len(wrong):
            fault = f"has chances from {self.states[wrong[0]]!r} that add up to {total[wrong[0]]:.6g}"
            raise ScenarioError("chain", fault, "give chances that add up to 1")

    @classmethod
    def of_hazards(
        cls, states: Sequence[str], routes: Sequence[str], leaving: ArrayLike, moves: ArrayLike | None = None
    ) -> Chain:
        """The chain of people who move and leave at constant hazards; a month is 1/12 of a year.

        Args:
            states: the names of the m states.
            routes: the names of the r routes.
            leaving: hazards per year of leaving by each route, (m, r).
            moves: hazards per year of moving from state to state, (m, m); None for no moves.

        Raises:
            ScenarioError: for hazards of a wrong shape, or below 0.
        """
        out = np.array(leaving, "float64")
        across = np.zeros((len(states), len(states))) if moves is None else np.array(moves, "float64")
        _shaped("moves", across, (len(states), len(states)), "a row and a column for each state")
        _shaped("leaving", out, (len(states), len(routes)), "a row for each state and a column for each route")
        within, leave = step_of_hazards(across, out, 1.0 / 12.0)
        scale = (within.sum(axis=1) + leave.sum(axis=1))[:, None]  # row sums, which differ from 1 only by rounding
        return cls(states=tuple(states), routes=tuple(routes), within=within / scale, leaving=leave / scale)

    @cached_property
    def closed(self) -> Bools:
        """Whether no exit can be reached from each state, (m,)."""
        return trapped(self.within, self.leaving.sum(axis=1))

    @cached_property
    def fundamental(self) -> Floats:
        """`F = (I − Q)⁻¹`, (m, m): the expected months in state j of a person now in state i.

        It is infinite for a state from which no exit can be reached, if a person now in state i can enter it.
        """
        # The formula is valid among states with a reachable exit. Months in all other states are infinite.
        open_ = np.flatnonzero(~self.closed)
        out = np.where(self.closed & self._reaches, np.inf, 0.0)
        inside = self.within[np.ix_(open_, open_)]
        out[np.ix_(open_, open_)] = fundamental(inside)
        return guarded(out)

    @cached_property
    def exits(self) -> Floats:
        """`B = F A`, (m, r + 1): the chance of finally leaving by each route, from each state.

        The last column is the chance of never leaving.
        """
        # Entering a state without a reachable exit counts as a further route, in the last column.
        open_ = ~self.closed
        within = self.within[np.ix_(open_, open_)]
        never = self._enters.sum(axis=1, keepdims=True)
        leaving = np.hstack([self.leaving[open_], never])
        out = np.zeros((len(self.states), len(self.routes) + 1))
        out[self.closed, -1] = 1.0
        out[open_] = absorbed(within, leaving)
        return guarded(out)

    @property
    def months(self) -> Floats:
        """Expected months until a person in each state leaves, (m,)."""
        return np.asarray(self.fundamental.sum(axis=1))

    def exits_within(self, months: int) -> Floats:
        """Chances of having left by each route after 0, 1, … `months` months, (months + 1, m, r)."""
        return absorbed_within(self.within, self.leaving, months)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per state: expected months until leaving, and the share of people who finally leave by each route."""
        shares = {name: self.exits[:, place] for place, name in enumerate((*self.routes, STAYS))}
        if not self.closed.any():
            del shares[STAYS]
        return tables.frame({"state": self.states, "months": self.months, **shares}, index="state")

    @property
    def _enters(self) -> Floats:
        """Chances of moving from states with a reachable exit to states without one, (open, closed)."""
        return self.within[np.ix_(~self.closed, self.closed)]

    @property
    def _reaches(self) -> Bools:
        """Whether state j can be reached from state i in any number of months, including zero, (m, m)."""
        # Each squaring doubles the length of the paths that are covered.
        step = (self.within > 0) | np.eye(len(self.states), dtype=bool)
        for _ in range(max(len(self.states) - 1, 1).bit_length()):
            step = step @ step
        return np.asarray(step)

    def _sentence(self) -> str:
        return f"A monthly chain of {len(self.states)} states and {len(self.routes)} routes out of them."

    def __repr__(self) -> str:
        return f"{self._sentence()}\n\n{self.table.to_string(float_format='{:,.3f}'.format)}"

    def _repr_html_(self) -> str:
        shown = tables.html(self.table, "Chances per step", form="{:,.3f}".format)
        return tables.paragraphs([self._sentence()]) + shown


@attrs.frozen(kw_only=True, slots=False, repr=False)
class Grades:
    """Posts that are vacant or held by people of several grades, as a Markov chain without exits.

    `transition` has the chances per step, with one row and one column per state; each row adds up to 1. `pay` is the
    pay of a post in each state, in pounds a year.
    """

    states: tuple[str, ...]
    transition: tuple[tuple[float, ...], ...]
    posts: float = amount(parent=Parent(unit="posts"))
    pay: tuple[float, ...]

    def __attrs_post_init__(self) -> None:
        _named("states", self.states)
        count = len(self.states)
        if [len(row) for row in self.transition] != [count] * count:
            raise ScenarioError("transition", "is not square", "give a row and a column for each state")
        _shaped("transition", np.array(self.transition, "float64"), (count, count), "a row and a column for each state")
        rows = zip(self.states, self.transition, strict=True)
        wrong = [name for name, row in rows if abs(sum(row) - 1.0) > _SUM]
        if wrong:
            raise ScenarioError(f"transition: {wrong[0]}", "does not add up to 1", "give chances that add up to 1")
        if len(self.pay) != count or not all(pounds >= 0 for pounds in self.pay):
            raise ScenarioError("pay", f"is {list(self.pay)}", f"give {count} sums of 0 or more, one for each state")

    @cached_property
    def shares(self) -> Floats:
        """Long-run shares of the posts in each state, (m,). Raises InputError if they depend on the initial states."""
        return guarded(stationary(np.array(self.transition, "float64")))

    @property
    def pay_bill(self) -> float:
        """The pay of all posts in the long run, in pounds a year."""
        return float(self.posts * (self.shares @ np.array(self.pay)))

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per state: share and number of posts, pounds a year per post and in total; indexed by state."""
        people = self.shares * self.posts
        columns = {"state": self.states, "share": self.shares, "posts": people, "pay": self.pay}
        return tables.frame({**columns, "pay_bill": people * np.array(self.pay)}, index="state")

    def _sentence(self) -> str:
        return (
            f"{self.posts:,.0f} posts in {len(self.states)} states: {self.pay_bill:,.0f} pounds a year in the long run."
        )

    def __repr__(self) -> str:
        return f"{self._sentence()}\n\n{self.table.to_string(float_format='{:,.2f}'.format)}"

    def _repr_html_(self) -> str:
        return tables.paragraphs([self._sentence()]) + tables.html(self.table, "Posts by grade")


def _named(what: str, names: Sequence[str]) -> None:
    if not names or len(set(names)) < len(names):
        raise ScenarioError(what, f"are {', '.join(names) or 'empty'}", "give at least one, each with a different name")


def _shaped(what: str, cells: Floats, shape: tuple[int, ...], right: str) -> None:
    """Raise ScenarioError unless the cells have this shape and each is a number of 0 or more."""
    if cells.shape != shape:
        wrong = f"has the shape {cells.shape} instead of {shape}"
        raise ScenarioError(what, wrong, f"give {right}")
    if not (np.isfinite(cells) & (cells >= 0)).all():
        raise ScenarioError(what, "contains a number below 0, or a missing number", "give numbers of 0 or more")
