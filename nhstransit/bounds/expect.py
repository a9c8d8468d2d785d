"""The flows expected from an absorbing Markov chain, compared with the flows of a run."""

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
    """The flows that a chain expects for the people of a run, and the flows in the run.

    Attributes:
        run: the run.
        chain: the chain.
        read: whether the chain was estimated from the same run.
        opening: people in each state at the start of the first whole month, (m,).
        arrived: people who joined in each month and were in post at its end, by state, (months, m).
        left: exits in the run from each state by each route, (m, r).
        present: people in each state at the start of each month, summed over months, (m,).
        unseen: the number of exits of people who joined and left within one month.
    """

    run: Run
    chain: Chain
    read: bool
    opening: Longs
    arrived: Longs
    left: Longs
    present: Longs
    unseen: int

    @property
    def months(self) -> int:
        """The number of whole months of the run."""
        return len(self.arrived)

    @cached_property
    def expected(self) -> Floats:
        """The expected exits of these people by each route within the run, (r,)."""
        return np.asarray(self._moments[0])

    @cached_property
    def spread(self) -> Floats:
        """The standard deviation of the exits by each route, (r,), if people leave independently of one another."""
        return np.sqrt(self._moments[1])

    @cached_property
    def routes(self) -> pd.DataFrame:
        """One row per route: simulated and expected exits within the run, and the gap between them.

        `standard_gap` is the gap divided by its standard deviation. `eventually` is the share of the opening staff and
        arrivals that the chain expects to leave by the route in the end.
        """
        # A route with no chance of leaving has a spread of zero, and its gap is not standardised.
        seen = self.left.sum(axis=0)
        spread = self.spread
        gap = seen - self.expected
        with np.errstate(divide="ignore", invalid="ignore"):
            standard = np.where(spread > 0, gap / spread, 0.0)
        people = self.opening + self.arrived.sum(axis=0)
        at_last = people @ self.chain.exits / max(people.sum(), 1)
        # The last column of `exits` is the chance of never leaving, which has a row only if it occurs.
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
        """One row per state: people at the start, arrivals, simulated and expected months, expected months to exit."""
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
        """The mean and variance of exits by each route within the run, (r,) each.

        Each person leaves by a route or does not, so the variance is a sum of Bernoulli variances.
        """
        # One cohort for the opening staff and one for the arrivals of each month, (cohorts, m). Arrivals are counted at
        # the end of their month.
        chances = self.chain.exits_within(self.months)
        people = np.vstack([self.opening, self.arrived])
        left = np.append(self.months, np.arange(self.months)[::-1])  # months left in the run for each cohort
        mean = np.einsum("cm,cmr->r", people, chances[left])
        variance = np.einsum("cm,cmr->r", people, chances[left] * (1.0 - chances[left]))
        return mean, np.maximum(variance, 0.0)

    @property
    def _expected_present(self) -> Floats:
        # Month by month: people at the start of a month are counted, then they move or leave, and others arrive.
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
            lines.append(f"{self.unseen:,} more exits were of people who joined and left within one month.")
        return lines

    def __repr__(self) -> str:
        return "\n".join([*self._sentences(), "", self.routes.to_string(float_format="{:,.3f}".format)])

    def _repr_html_(self) -> str:
        shown = tables.html(self.routes, "Departures by route, expected and actual", form="{:,.3f}".format)
        return tables.paragraphs(self._sentences()) + shown


def expect(run: Run, *, by: Iterable[str] = USUAL, chain: Chain | None = None) -> Expectation:
    """Compare the flows of a run's opening staff and arrivals with the flows expected from an absorbing Markov chain.

    Args:
        run: the run; only its whole months are used.
        by: the characteristics of posts that define a state, from kind, region, employer, function and band.
        chain: the chain, which must have all states and routes of the run under the same names. By default it is
            estimated from the run: the chances are the shares of people in a state who are in each state, or have left
            by each route, one month later.

    Raises:
        InputError: for an unknown characteristic, for a run without a whole month, and for a chain that lacks a state or
            a route of the run.
    """
    check_kind("run", run, Run)
    seen = months_of_run(run, tuple((by,) if isinstance(by, str) else by))
    source = chain or _read(seen)
    state = _placed("state", seen.states, source.states)
    route = _placed("route", seen.routes, source.routes)
    size = len(source.states)
    routes = len(source.routes)
    # Counts by the run's states and routes, in the order of the chain's.
    left = np.zeros((size, routes), "int64")
    left[np.ix_(state, route)] = seen.left
    # Everyone present at the start of a month is in some state, or has left, one month later.
    present = seen.moved.sum(axis=1) + seen.left.sum(axis=1)
    return Expectation(
        run=run,
        chain=source,
        read=chain is None,
        opening=_spread(seen.opening, state, size),
        arrived=_spread(seen.arrived, state, size),
        left=left,
        present=_spread(present, state, size),
        unseen=seen.unseen,
    )


def _read(seen: Months) -> Chain:
    """The chain of a run's monthly shares. In it, nobody leaves a state that occurs only at the end of the run."""
    if not seen.states:
        raise InputError("run", "has no staff in post at the end of any month", "give a run with staff")
    total = seen.moved.sum(axis=1) + seen.left.sum(axis=1)
    within = np.where(total[:, None] > 0, seen.moved, np.eye(len(total)))
    size = np.maximum(total, 1)[:, None]
    return Chain(states=seen.states, routes=seen.routes, within=within / size, leaving=seen.left / size)


def _placed(what: str, names: Sequence[str], known: Sequence[str]) -> Ints:
    """The index in the chain of each of the run's names. Raises InputError for a name that the chain lacks."""
    for name in names:
        if name not in known:
            raise InputError("chain", f"has no {what} {name!r}, which the run has", nearest(name, known))
    return np.array([list(known).index(name) for name in names], "int32")


def _spread(counts: Longs, places: Ints, size: int) -> Longs:
    """Counts by the run's states (last axis), rearranged into the order of the chain's states."""
    out = np.zeros((*counts.shape[:-1], size), "int64")
    out[..., places] = counts
    return out
