"""Additionality: whom retention terms kept who would have gone, and what each of them cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats, Ints
from nhstransit.comparison.people import check_pair, first_departure, opening
from nhstransit.comparison.takers import until
from nhstransit.errors import InputError, nearest
from nhstransit.eventlog import Kind, Log, rule_code
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

OUTCOMES = ("kept because of it", "stayed either way", "gone either way", "gone because of it")
AFTER = 12  # months after the guarantee in which a departure counts as put off


def additionality(run: Run, baseline: Run, policy: str) -> pd.DataFrame:
    """Those given a guarantee, by whether they saw its last day in either world; indexed by outcome.

    Somebody stayed who did not leave after the day of the guarantee and before its last day; on that day itself the body
    often closes. Columns: people; share; premium, in pounds, paid to them; `put off`: of those kept because of it, how many
    leave in the run from the guarantee's last day to twelve months after. The premium of all over the people kept because
    of it is the cost of one kept: see `cost_of_one_kept`.

    Raises InputError for a policy that the run does not have, one that retains in the baseline too, or runs that are no
    pair.
    """
    check_pair(run, baseline)
    if policy not in run.scenario.policies:
        raise InputError(f"policies.{policy}", "is not in the run", nearest(policy, run.scenario.policies))
    if len(_terms(baseline, policy)):
        right = f"make the baseline of run.scenario.without({policy!r})"
        raise InputError(f"policies.{policy}", "gives guarantees in the baseline too", right)
    given = _terms(run, policy)
    given = given.take(np.isin(given.staff, opening(baseline)))
    staff, first = np.unique(given.staff, return_index=True)
    since, last = given.day[first], given.to_post[first]
    ours, theirs = (first_departure(world, staff, since)[0] for world in (run, baseline))
    outcome = np.where(theirs < last, np.where(ours < last, 2, 0), np.where(ours < last, 3, 1))
    premium = _premium(run, staff)
    late = (outcome == 0) & (ours <= until(run, last, AFTER))
    return tables.frame(
        {
            "outcome": OUTCOMES,
            "people": np.bincount(outcome, minlength=4),
            "share": np.bincount(outcome, minlength=4) / max(len(staff), 1),
            "premium": np.bincount(outcome, premium, 4) / 100.0,
            "put off": np.bincount(outcome, late, 4).astype("int64"),
        },
        index="outcome",
    )


def cost_of_one_kept(table: pd.DataFrame) -> float:
    """Pounds of premium for each person kept because of it; NaN where nobody was."""
    kept = int(table["people"].iloc[0])
    return float(table["premium"].sum()) / kept if kept else float("nan")


def _terms(run: Run, policy: str) -> Log:
    """Guarantees given by a policy, in order."""
    events = run.log.of(Kind.RETAINED)
    return events.take(events.rule == rule_code(policy))


def _premium(run: Run, staff: Ints) -> Floats:
    """Pence of premium paid to each of `staff`, (n,)."""
    paid = run.log.of(Kind.PREMIUM)
    place = np.minimum(np.searchsorted(staff, paid.staff), max(len(staff) - 1, 0))
    mine = staff[place] == paid.staff if len(staff) else np.zeros(len(paid), bool)
    return np.bincount(place[mine], paid.pence[mine], len(staff)).astype("float64")
