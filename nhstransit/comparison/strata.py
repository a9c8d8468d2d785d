"""Four strata: what became of each of the shared staff in both worlds, by group and by route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bytes, Floats, Ints, Longs
from nhstransit.comparison.people import gone, last_rule, routes
from nhstransit.errors import InputError, nearest
from nhstransit.run import Run
from nhstransit.run.groups import grouping

if TYPE_CHECKING:
    import pandas as pd

STRATA = ("here either way", "gone because of it", "kept because of it", "gone either way")
COLUMNS = tuple(tables.column(name) for name in STRATA)  # where each stratum is a column of its own
HERE_EITHER_WAY, GONE_BECAUSE, KEPT_BECAUSE, GONE_EITHER_WAY = range(len(STRATA))
Cut = Literal["all", "employer", "kind", "region", "function", "band", "sex", "age", "service"]
CUTS: tuple[Cut, ...] = ("all", "employer", "kind", "region", "function", "band", "sex", "age", "service")


def strata_of(run: Run, baseline: Run, staff: Ints) -> Bytes:
    """Position in `STRATA` of each of `staff`: in post at the end in both worlds, one, or neither, (n,)."""
    return np.asarray(gone(run, staff) * 1 + gone(baseline, staff) * 2, "int8")


def counts(stratum: Bytes) -> Longs:
    """How many are in each stratum, (4,)."""
    return np.bincount(stratum, minlength=len(STRATA))


def groups(run: Run, staff: Ints, by: Cut) -> tuple[Ints, list[str]]:
    """The group of each of `staff` as it was at the opening, (n,), and the groups' names.

    Raises InputError for a cut there is not.
    """
    if by not in CUTS:
        raise InputError("by", f"is {by!r}", nearest(str(by), CUTS))
    found = grouping(run, by)
    return found.codes[run.rows_of(staff)], list(found.names)


def table_by(run: Run, staff: Ints, stratum: Bytes, by: Cut, direct: AnyArray, knowledge: Floats) -> pd.DataFrame:
    """A row a group that has anybody: people in each stratum, those touched directly, and what policy changed.

    Columns: the four strata (`COLUMNS`); people; gone_direct and kept_direct (of those gone or kept, touched by the
    differing rules themselves); `net` (gone less kept because of it); `net_share` of the people; `knowledge_share` lost.
    """
    code, names = groups(run, staff, by)
    cells = np.bincount(code * len(STRATA) + stratum, minlength=len(names) * len(STRATA)).reshape(-1, len(STRATA))
    there = np.flatnonzero(cells.sum(axis=1))
    people = cells.sum(axis=1)
    net = cells[:, GONE_BECAUSE] - cells[:, KEPT_BECAUSE]
    sign = (stratum == GONE_BECAUSE).astype("float64") - (stratum == KEPT_BECAUSE)
    lost, held = (np.bincount(code, weight, len(names)) for weight in (sign * knowledge, knowledge))
    table: dict[str, AnyArray | list[str]] = {by: [names[place] for place in there.tolist()]}
    table |= {name: cells[there, place] for place, name in enumerate(COLUMNS)}
    table["people"] = people[there]
    for name, which in (("gone_direct", GONE_BECAUSE), ("kept_direct", KEPT_BECAUSE)):
        table[name] = np.bincount(code[direct & (stratum == which)], minlength=len(names))[there]
    table |= {"net": net[there], "net_share": net[there] / people[there]}
    table["knowledge_share"] = lost[there] / np.maximum(held[there], 1e-300)
    return tables.frame(table, index=by)


def route_table(run: Run, baseline: Run, staff: Ints, stratum: Bytes) -> pd.DataFrame:
    """A row each way out of either world: people by route in the run, route in the baseline, and the stratum they make.

    A route is the rule by which somebody last left, or "here". Most people first.
    """
    ours, theirs = last_rule(run, staff), last_rule(baseline, staff)
    pairs, people = np.unique((ours + 1) << 20 | (theirs + 1), return_counts=True)
    ours, theirs = (pairs >> 20) - 1, (pairs & 0xFFFFF) - 1
    order = np.argsort(-people, kind="stable")
    strata = (ours >= 0) * 1 + (theirs >= 0) * 2
    return tables.frame(
        {
            "route": routes(run, ours[order]),
            "baseline_route": routes(baseline, theirs[order]),
            "stratum": [STRATA[code] for code in strata[order]],
            "people": people[order],
        }
    )
