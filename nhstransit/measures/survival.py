"""Lengths of stay and routes of leaving: Kaplan–Meier and Aalen–Johansen curves, and the log-rank test.

People are censored only by the end of the run. The intervals treat the people as a sample from a large population of
similar people. They do not include the variation between seeds or parameters, for which replications are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools
from nhstransit.measures import estimates as kernel
from nhstransit.measures.definitions import Definition
from nhstransit.measures.estimates import LifeTable, life_table
from nhstransit.measures.stays import Leaving, Who, stays
from nhstransit.run import Run
from nhstransit.run.groups import PeopleCut, grouping
from nhstransit.run.once import once

if TYPE_CHECKING:
    import pandas as pd

STILL = "still there"
DEFINITIONS = (
    Definition(
        name="share still there",
        unit="share of people who entered",
        formula="S(t) = Π over days j ≤ t of (1 − d_j / n_j); d_j: people who leave on day j, n_j: people at risk",
        reference="Kaplan and Meier 1958; interval by log(−log), Kalbfleisch and Prentice 2002; band, Hall and Wellner 1980",
        note="The interval is valid for one day at a time, and the band for the whole curve.",
    ),
    Definition(
        name="share gone by route",
        unit="share of people who entered",
        formula="F_k(t) = Σ over days j ≤ t of S(j − 1) d_kj / n_j; d_kj: people who leave by route k on day j",
        reference="Aalen and Johansen 1978; variance after Marubini and Valsecchi 1995, section 10.3",
        note="The shares by route and the share still there add up to one.",
    ),
    Definition(
        name="log-rank",
        unit="chi-squared",
        formula="Z' V⁻ Z, with Z_g = Σ_j (d_gj − d_j n_gj / n_j) and V its hypergeometric variance",
        reference="Mantel 1966; Peto and Peto 1972",
    ),
)


def staying(
    run: Run,
    *,
    leaving: Leaving = "system",
    by: PeopleCut = None,
    who: Who = "opening",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The share that has not left after each number of days, by group.

    There is one row for day 0, one for each day with an exit, and one for the last day.

    Args:
        run: the run.
        leaving: what ends a stay: leaving the "employer", or the "system" of all employers of the scenario.
        by: one of `CHARACTERISTICS`, a `Characteristic`, or None for everyone together.
        who: "opening" staff, from the first day; "newcomers", from their day of arrival; or "everyone".
        confidence: of intervals and bands, above 0 and below 1.

    Returns:
        Columns: the group ("all" without `by`), days, at_risk (people at the start of the day), left (people, on the
            day), share, low and high (interval for the day), band_low and band_high (band for the whole curve). Groups
            without people have no row.

    Raises:
        InputError: an argument is not valid.
    """
    table, names, _ = counted(run, leaving, by, who)
    share, greenwood = kernel.kaplan_meier(table)
    low, high = kernel.log_log_interval(share, share**2 * greenwood, confidence)
    band = kernel.hall_wellner(share, greenwood, table.at_risk[:, 0], confidence)
    rows, day = np.nonzero(_days_shown(table))
    columns = {"share": share, "low": low, "high": high, "band_low": band[0], "band_high": band[1]}
    return tables.frame(
        {
            grouping(run, by).by: np.array(names, object)[rows],
            "days": day,
            "at_risk": table.at_risk[rows, day],
            "left": table.events[rows, day],
            **{name: cells[rows, day] for name, cells in columns.items()},
        }
    )


def routes_out(
    run: Run,
    *,
    leaving: Leaving = "system",
    by: PeopleCut = None,
    who: Who = "opening",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The share that has left by each route after each number of days, by group. The rows of a group and day sum to
    one.

    Columns: the group, days, route (a policy or other cause, "another employer", or "still there"), left (people, on
    the day, by the route), share, low, high.

    Args:
        run, leaving, by, who, confidence: as in `staying`.

    Raises:
        InputError: as in `staying`.
    """
    table, names, routes = counted(run, leaving, by, who)
    gone, variance = kernel.aalen_johansen(table)
    share, greenwood = kernel.kaplan_meier(table)
    # The share still there is one more route, at the end of the first axis: (routes + 1, groups, days).
    shares = np.concatenate([gone, share[None]])
    variances = np.concatenate([variance, (share**2 * greenwood)[None]])
    low, high = kernel.log_log_interval(shares, variances, confidence)
    left = np.concatenate([table.exits, np.zeros_like(table.at_risk)[None]])
    rows, day = np.nonzero(_days_shown(table))
    labels = [*routes, STILL]

    def column(cells: AnyArray) -> AnyArray:
        """Cells (routes + 1, groups, days) as one column: all routes of the first group and day, then of the next."""
        return np.ascontiguousarray(cells[:, rows, day].T).ravel()

    return tables.frame(
        {
            grouping(run, by).by: np.repeat(np.array(names, object)[rows], len(labels)),
            "days": np.repeat(day, len(labels)),
            "route": np.tile(np.array(labels, object), len(rows)),
            "left": column(left),
            "share": column(shares),
            "low": column(low),
            "high": column(high),
        }
    )


@attrs.frozen(eq=False, kw_only=True, repr=False)
class LogRank:
    """The result of a log-rank test of whether groups have the same hazard of leaving.

    `statistic` is chi-squared with `freedom` degrees of freedom. `p_value` is the chance of a value at least as large
    if the groups have the same hazard.

    `table` has one row per group: people, left, expected (if the hazards are equal), ratio (left over expected).
    """

    statistic: float
    freedom: int
    p_value: float
    table: pd.DataFrame

    def __repr__(self) -> str:
        return f"{self._sentence()}\n{self.table.to_string(float_format='{:,.2f}'.format)}"

    def _repr_html_(self) -> str:
        return tables.paragraphs([self._sentence()]) + tables.html(self.table, "Leavers, observed and expected")

    def _sentence(self) -> str:
        chance = "below 0.0001" if self.p_value < 0.0001 else f"{self.p_value:.4f}"
        return f"Log-rank: chi-squared {self.statistic:,.2f} on {self.freedom} degrees of freedom, p {chance}"


def log_rank(run: Run, *, by: PeopleCut, leaving: Leaving = "system", who: Who = "opening") -> LogRank:
    """The log-rank test between the groups of a characteristic. Any number of groups may be compared at once.

    With one group, or if nobody left, there is no comparison: the statistic is 0 on 0 degrees of freedom.

    Args:
        run, by, leaving, who: as in `staying`.

    Raises:
        InputError: as in `staying`.
    """
    from scipy.special import chdtrc

    table, names, _ = counted(run, leaving, by, who)
    cut = grouping(run, by).by
    expected, statistic, freedom = kernel.log_rank(table)
    left = table.events.sum(axis=1)
    there = table.at_risk[:, 0] > 0
    unknown = np.full(len(left), np.nan)
    ratio = np.divide(left, expected, out=unknown, where=expected > 0)
    columns: dict[str, Any] = {
        cut: np.array(names, object)[there],
        "people": table.at_risk[there, 0],
        "left": left[there],
        "expected": expected[there],
        "ratio": ratio[there],
    }
    p_value = float(chdtrc(freedom, statistic)) if freedom else 1.0
    return LogRank(statistic=statistic, freedom=freedom, p_value=p_value, table=tables.frame(columns, index=cut))


@once
def counted(run: Run, leaving: Leaving, by: PeopleCut, who: Who) -> tuple[LifeTable, tuple[str, ...], tuple[str, ...]]:
    """The life table of first stays, the names of its groups and the names of its routes.

    Args:
        run, leaving, by, who: as in `staying`.
    """
    groups = grouping(run, by)
    mine = stays(run, leaving=leaving, who=who)
    codes = groups.codes[mine.rows]
    table = life_table(mine.days, mine.route, codes, routes=len(mine.routes), groups=len(groups))
    return table, groups.names, mine.routes


def _days_shown(table: LifeTable) -> Bools:
    """Which days have a row, (groups, days): the first day, days with exits, and the last day with anyone at risk."""
    here = table.at_risk > 0
    days = np.arange(here.shape[1])
    last = here.sum(axis=1, keepdims=True) - 1
    shown = (days == 0) | (table.events > 0) | (days == last)
    return np.asarray(here & shown)
