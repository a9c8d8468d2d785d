"""The flows expected from an absorbing chain, compared with those of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats, Ints, Longs
from nhstransit.bounds.chain import STAYS, Chain
from nhstransit.bounds.months import Months, months_of_run
from nhstransit.errors import InputError, check_kind, nearest
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

USUAL = ("kind", "function")


@attrs.frozen(eq=False, slots=False, repr=False, kw_only=True)
class Expectation:
    """What a chain expects of the people of a run, month by month, and what happened to them in it.

    `opening` (m,) are people in each state at the start of the first whole month. `arrived` (months, m) are people who
    came and were there at the end of a month. `left` (m, r) are exits observed from each state. `present` (m,) are
    people at the beginnings of months, summed over months. `unseen` people came and left within one month.
    """

    run: Run
    chain: Chain
    read: bool  # whether the chain was estimated from this very run
    opening: Longs
    arrived: Longs
    left: Longs
    present: Longs
    unseen: int

    @property
    def months(self) -> int:
        """Whole months of the run."""
        return len(self.arrived)

    @cached_property
    def expected(self) -> Floats:
        """Exits by route that the chain expects of these people within the run, (r,)."""
        return np.asarray(self._moments[0])

    @cached_property
    def spread(self) -> Floats:
        """Standard deviation of the exits by route, (r,), if people are independent of one another."""
        return np.sqrt(self._moments[1])

    @cached_property
    def routes(self) -> pd.DataFrame:
        """One row per route: exits simulated and expected within the run, the gap, and the route's share in the end.

        `standard_gap` is the gap over its standard deviation. `eventually` is the share, in the end, of everyone who
        was ever there.
        """
        seen = self.left.sum(axis=0)
        spread = self.spread
        gap = seen - self.expected
        with np.errstate(divide="ignore", invalid="ignore"):
            standard = np.where(spread > 0, gap / spread, 0.0)
        people = self.opening + self.arrived.sum(axis=0)
        at_last = people @ self.chain.exits / max(people.sum(), 1)
        stays = [STAYS] if at_last[-1] > 0 else []
        columns = {
            "route": [*self.chain.routes, *stays],
            "simulated": [*seen.tolist(), *[0] * len(stays)],
            "expected": [*self.expected, *[0.0] * len(stays)],
            "gap": [*gap, *[0.0] * len(stays)],
            "standard_gap": [*standard, *[0.0] * len(stays)],
            "eventually": at_last[: len(self.chain.routes) + len(stays)],
        }
        return tables.frame(columns, index="route")

    @cached_property
    def states(self) -> pd.DataFrame:
        """One row per state: people at the start, arrivals, months in post simulated and expected, months until
        leaving.
        """
        columns = {
            "state": self.chain.states,
            "opening": self.opening,
            "arrived": self.arrived.sum(axis=0),
            "simulated_months": self.present,
            "expected_months": self._expected_present,
            "months_until_leaving": self.chain.months,
        }
        return tables.frame(columns, index="state")

    @cached_property
    def _moments(self) -> tuple[Floats, Floats]:
        """Mean and variance of exits by route, (r,) each.

        Each person either leaves by the route by the end, or does not.
        """
        chances = self.chain.exits_within(self.months)
        people = np.vstack([self.opening, self.arrived])
        left = np.append(self.months, np.arange(self.months)[::-1])  # months still ahead of each cohort
        mean = np.einsum("cm,cmr->r", people, chances[left])
        variance = np.einsum("cm,cmr->r", people, chances[left] * (1.0 - chances[left]))
        return mean, np.maximum(variance, 0.0)

    @property
    def _expected_present(self) -> Floats:
        now = self.opening.astype("float64")
        total = np.zeros(len(self.opening))
        for came in self.arrived:
            total += now
            now = now @ self.chain.within + came
        return total

    def _sentences(self) -> list[str]:
        seen = int(self.left.sum())
        expected = float(self.expected.sum())
        source = "estimated from the same run" if self.read else "given"
        lines = [
            f"{self.run.scenario.name}, seed {self.run.seed}: {seen:,} exits in {self.months} months; a chain of "
            f"{len(self.chain.states)} states, {source}, expects {expected:,.1f}."
        ]
        if self.unseen:
            lines.append(f"{self.unseen:,} more came and left within one month.")
        return lines

    def __repr__(self) -> str:
        return "\n".join([*self._sentences(), "", self.routes.to_string(float_format="{:,.3f}".format)])

    def _repr_html_(self) -> str:
        shown = tables.html(self.routes, "Departures by route, expected and actual", form="{:,.3f}".format)
        return tables.paragraphs(self._sentences()) + shown


def expect(run: Run, *, by: Iterable[str] = USUAL, chain: Chain | None = None) -> Expectation:
    """What an absorbing chain expects of a run's opening staff and arrivals, and what happened to them.

    Args:
        run: the run; only its whole months are read.
        by: the cut of posts that makes a state, from kind, region, employer, function and band.
        chain: the chain used for the expectation; the run's states and routes must be among its own, with the same
            names. By default its chances are the monthly shares of the run itself: of the people in a state, the shares
            in each state, or gone by each route, one month later.

    Raises:
        InputError: a cut is unknown, the run has no whole month, or the chain lacks a state or a route of the run.
    """
    check_kind("run", run, Run)
    seen = months_of_run(run, tuple((by,) if isinstance(by, str) else by))
    source = chain or _read(seen)
    state = _placed("state", seen.states, source.states)
    route = _placed("route", seen.routes, source.routes)
    size = len(source.states)
    routes = len(source.routes)
    left = np.zeros((size, routes), "int64")
    left[np.ix_(state, route)] = seen.left
    return Expectation(
        run=run,
        chain=source,
        read=chain is None,
        opening=_spread(seen.opening, state, size),
        arrived=_spread(seen.arrived, state, size),
        left=left,
        present=_spread(seen.moved.sum(axis=1) + seen.left.sum(axis=1), state, size),
        unseen=seen.unseen,
    )


def _read(seen: Months) -> Chain:
    """The chain of observed monthly shares. People in a state that occurs only in the last month stay there."""
    if not seen.states:
        raise InputError("run", "has nobody in post at the end of any month", "give a run with staff")
    total = seen.moved.sum(axis=1) + seen.left.sum(axis=1)
    within = np.where(total[:, None] > 0, seen.moved, np.eye(len(total)))
    size = np.maximum(total, 1)[:, None]
    return Chain(states=seen.states, routes=seen.routes, within=within / size, leaving=seen.left / size)


def _placed(what: str, names: Sequence[str], known: Sequence[str]) -> Ints:
    """The index of each name in the chain."""
    for name in names:
        if name not in known:
            raise InputError("chain", f"has no {what} {name!r}, which the run has", nearest(name, known))
    return np.array([list(known).index(name) for name in names], "int32")


def _spread(counts: Longs, places: Ints, size: int) -> Longs:
    """Counts whose last axis follows the run's states, rearranged to follow those of the chain."""
    out = np.zeros((*counts.shape[:-1], size), "int64")
    out[..., places] = counts
    return out
