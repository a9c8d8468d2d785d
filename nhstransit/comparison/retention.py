"""Additionality: whom retention terms kept who would have gone, and what each of them cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats, Ints
from nhstransit.comparison.people import check_pair, first_departure, opening
from nhstransit.comparison.takers import until
from nhstransit.errors import InputError, nearest
from nhstransit.eventlog import Kind, Promises
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

OUTCOMES = ("kept because of it", "stayed either way", "gone either way", "gone because of it", "unseen")
UNSEEN = OUTCOMES.index("unseen")
AFTER = 12  # months after the guarantee in which a departure counts as put off


def additionality(run: Run, baseline: Run, policy: str) -> pd.DataFrame:
    """Those given a guarantee, by whether they saw its last day in either world; indexed by outcome.

    Somebody stayed who did not leave after the day of the guarantee and before its last day; on that day itself the body
    often closes. *Unseen* are those not gone in a world that ends before that day: what became of them is not known.
    Columns: people; share (of those seen; NaN for the unseen); premium, in pounds, paid to them; `put_off`: of those kept
    because of it, how many leave in the run from the guarantee's last day to twelve months after; `put_off_unseen`: how
    many are still there where the run ends within these twelve months. The premium over the people kept because of it is
    the cost of one kept: see `cost_of_one_kept`.

    Raises InputError for a policy that the run does not have or that gives no guarantees, one that retains in the baseline
    too, or runs that are no pair.
    """
    check_pair(run, baseline)
    if policy not in run.scenario.policies:
        raise InputError(f"policies.{policy}", "is not in the run", nearest(policy, run.scenario.policies))
    if len(_terms(baseline, policy)):
        right = f"make the baseline of run.scenario.without({policy!r})"
        raise InputError(f"policies.{policy}", "gives guarantees in the baseline too", right)
    given = _terms(run, policy)
    if not len(given) and run.scenario.policies[policy].question != "retention":
        others = {run.rules[rule] for rule in np.unique(run.log.promises(Kind.RETAINED).rule).tolist()}
        raise InputError(f"policies.{policy}", "gives nobody a guarantee in the run", nearest(policy, others))
    given = given.take(np.isin(given.staff, opening(baseline)))
    staff, first = np.unique(given.staff, return_index=True)
    since, last = given.day[first], given.last_day[first]
    ours, theirs = (first_departure(world, staff, since)[0] for world in (run, baseline))
    outcome = np.where(theirs < last, np.where(ours < last, 2, 0), np.where(ours < last, 3, 1))
    for world, left in ((run, ours), (baseline, theirs)):
        outcome[(left >= last) & (last > world.scenario.calendar.days)] = UNSEEN
    year = until(run, last, AFTER)
    late = (outcome == 0) & (ours <= year)
    unknown = (outcome == 0) & ~late & (year >= run.scenario.calendar.days)
    people = np.bincount(outcome, minlength=len(OUTCOMES))
    share = people / max(len(staff) - people[UNSEEN], 1)
    share[UNSEEN] = np.nan
    return tables.frame(
        {
            "outcome": OUTCOMES,
            "people": people,
            "share": share,
            "premium": np.bincount(outcome, _premium(run, staff), len(OUTCOMES)) / 100.0,
            "put_off": np.bincount(outcome, late, len(OUTCOMES)).astype("int64"),
            "put_off_unseen": np.bincount(outcome, unknown, len(OUTCOMES)).astype("int64"),
        },
        index="outcome",
    )


def cost_of_one_kept(table: pd.DataFrame) -> float:
    """Pounds of premium for each person kept because of it, the unseen left out; NaN where nobody was."""
    kept = int(table["people"].iloc[0])
    return float(table["premium"].iloc[:UNSEEN].sum()) / kept if kept else float("nan")


def _terms(run: Run, policy: str) -> Promises:
    """Guarantees given by a policy, in order."""
    return run.log.promises(Kind.RETAINED).by(run.code_of(policy))


def _premium(run: Run, staff: Ints) -> Floats:
    """Pence of premium paid to each of `staff`, (n,)."""
    paid = run.log.steps(Kind.PREMIUM)
    place = np.minimum(np.searchsorted(staff, paid.staff), max(len(staff) - 1, 0))
    mine = staff[place] == paid.staff if len(staff) else np.zeros(len(paid), bool)
    return np.bincount(place[mine], paid.pence[mine], len(staff)).astype("float64")
