"""Headcount and whole-time equivalents by month: opening, arrivals, transfers, departures, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Floats, Ints
from nhstransit.dates import financial_year, financial_year_name, months_of
from nhstransit.eventlog import MOVEMENTS
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.workforce.codes import BANDS

if TYPE_CHECKING:
    import pandas as pd

Cut = Literal["all", "kind", "region", "employer", "function", "band"]
FLOWS = ("arrivals", "transfers_in", "transfers_out", "departures")


def stocks(run: Run, *, by: Cut = "kind", wte: bool = False) -> pd.DataFrame:
    """A row a month and group: opening + arrivals + transfers in − transfers out − departures = closing.

    Args:
        run: the run.
        by: the cut of the posts that people hold: "all", or a group of posts.
        wte: count whole-time equivalents in place of heads.

    Returns:
        Columns month (its last day), financial_year, group, opening, the flows and closing. Transfers are moves between
        groups; a move within one is none.
    """
    groups, names = _groups(run, by)
    weight = run.people.wte if wte else np.ones(len(run.people))
    months, labels, years = _months(run)
    flows = _flows(run, groups, len(names), weight, months)
    net = flows[0] + flows[1] - flows[2] - flows[3]
    seated = run.opening_post >= 0
    start = np.bincount(groups[run.opening_post[seated]], weights=weight[seated], minlength=len(names))
    closing = start + np.cumsum(net, axis=0)
    opening = closing - net
    kind = "float64" if wte else "int64"

    def column(cells: Floats) -> AnyArray:
        return np.round(cells.ravel(), 6).astype(kind)

    return tables.frame(
        {
            "month": np.repeat(labels, len(names)),
            "financial_year": np.repeat(years, len(names)),
            by: np.tile(names, len(labels)),
            "opening": column(opening),
            **{name: column(cells) for name, cells in zip(FLOWS, flows, strict=True)},
            "closing": column(closing),
        }
    )


def _groups(run: Run, by: Cut) -> tuple[Ints, list[str]]:
    """The group of each post, and the groups' names."""
    posts, bodies = run.posts, run.scenario.roster
    if by == "all":
        return np.zeros(len(posts), "int32"), ["all"]
    if by == "kind":
        return bodies.kind[posts.employer], list(KINDS)
    if by == "region":
        return bodies.region[posts.employer], list(bodies.regions)
    if by == "employer":
        return posts.employer.astype("int32"), list(bodies.names)
    if by == "function":
        return posts.function.astype("int32"), list(run.scenario.functions)
    return posts.band.astype("int32"), list(BANDS)


def _months(run: Run) -> tuple[Ints, list[str], list[str]]:
    """First month number, and for each month its last simulated day and its financial year."""
    calendar = run.scenario.calendar
    ends = [day for day in calendar.month_ends.tolist() if day < calendar.days - 1]
    ends.append(calendar.days - 1)
    days = np.array(ends) + calendar.origin
    labels = [calendar.date(day).isoformat() for day in ends]
    years = [financial_year_name(int(year)) for year in financial_year(days)]
    return months_of(days).astype("int32"), labels, years


def _flows(run: Run, groups: Ints, count: int, weight: Floats, months: Ints) -> Floats:
    """Arrivals, transfers in, transfers out, departures: (4, months, groups)."""
    moves = run.log.of(*MOVEMENTS)
    month = months_of(moves.day.astype("int64") + run.scenario.calendar.origin) - months[0]
    load = weight[run.rows_of(moves.staff)]
    out = np.zeros((4, len(months), count))
    left, came = moves.from_post >= 0, moves.to_post >= 0
    origin = groups[np.where(left, moves.from_post, 0)]
    target = groups[np.where(came, moves.to_post, 0)]
    across = left & came & (origin != target)
    for place, mask, group in (
        (0, ~left & came, target),
        (1, across, target),
        (2, across, origin),
        (3, left & ~came, origin),
    ):
        np.add.at(out[place], (month[mask], group[mask]), load[mask])
    return out
