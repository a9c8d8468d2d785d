"""How soon what was paid for exits comes back: by the rate of saving, and by the day on which it truly has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Floats, Ints, Longs
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.kernels.appraisal import payback_months
from nhstransit.metrics.definition import Definition
from nhstransit.metrics.money import EXIT_LINES
from nhstransit.metrics.openings import openings
from nhstransit.metrics.removals import removals
from nhstransit.run import Run
from nhstransit.workforce.columns import NEVER

if TYPE_CHECKING:
    import pandas as pd

DEFINITIONS = (
    Definition(
        name="payback",
        unit="months",
        formula="12 × exit cost / recurrent saving a year, at full on-cost; gross, and net of returners and opened posts",
        reference="National Audit Office 2025, exits guide; project's methods, 'Payback months'",
        note="Infinite where nothing is saved. A ratio of sums, so never averaged over runs: average cost and saving first.",
    ),
    Definition(
        name="paid back on",
        unit="date",
        formula=(
            "first day from which on the saving accrued day by day, less what opened posts cost, is never again less than "
            "the exit cost paid by then"
        ),
        reference="plain arithmetic of the log",
        note="None where that is not so before the scenario ends, or where nothing was paid.",
    ),
    Definition(
        name="cost of a post removed",
        unit="£ a post",
        formula="exit cost / posts removed with a saving",
        reference="project's methods, 'Cost per net post'",
        note=(
            "Of all rules, only those that removed posts count. Posts that attrition would have removed are told by a "
            "comparison with a run without the policy."
        ),
    ),
)


def paybacks(run: Run) -> pd.DataFrame:
    """For each rule that paid for exits, removed or opened posts, and for all: cost, saving and payback. Indexed by rule.

    Columns: exit_cost (pounds), posts_removed, cost_a_post (pounds; not a number without posts, and of "all" only over the
    rules that removed some: what redundancy at a closure costs bought no post), gross and net (pounds a year),
    payback_gross and payback_net (months; infinite where nothing is saved), paid_back_on (a date, or None).
    """
    paid, found, made = run.log.steps(*EXIT_LINES), removals(run), openings(run)
    codes = np.union1d(np.union1d(paid.rule, found.rule), made.rule)
    names = [*(run.rules[code] for code in codes.tolist()), "all"]
    cost = _by_rule(codes, paid.rule, paid.pence)
    gross = _by_rule(codes, found.rule, found.pence)
    opened = _by_rule(codes, made.rule, np.where(made.until == NEVER, made.pence, 0))
    net = _by_rule(codes, found.rule, np.where(found.end == 0, found.pence, 0)) - opened
    posts = _by_rule(codes, found.rule, np.ones(len(found), "int64"))
    return tables.frame(
        {
            "rule": names,
            "exit_cost": cost / 100.0,
            "posts_removed": posts,
            "cost_a_post": _with_posts(cost, posts) / 100.0 / np.where(posts, posts, np.nan),
            "gross": gross / 100.0,
            "net": net / 100.0,
            "payback_gross": payback_months(cost, gross),
            "payback_net": payback_months(cost, np.maximum(net, 0)),
            "paid_back_on": [_date(run, code) for code in [*codes.tolist(), None]],
        },
        index="rule",
    )


def _with_posts(cost: Longs, posts: Longs) -> Longs:
    """The cost of each rule, and at the end that of all rules that removed posts with a saving, (rules + 1,)."""
    return np.append(cost[:-1], cost[:-1][posts[:-1] > 0].sum())


def _by_rule(codes: AnyArray, rule: AnyArray, pence: Longs) -> Longs:
    """Sums of pence for each of the rules, and of all, (rules + 1,)."""
    sums = np.zeros(len(codes), "int64")
    np.add.at(sums, np.searchsorted(codes, rule), pence)
    return np.append(sums, sums.sum())


def _date(run: Run, rule: int | None) -> object:
    """The day after the last on which less had been saved than paid, as a date; None where it is to come, or no cost."""
    paid, found = run.log.steps(*EXIT_LINES), removals(run)
    days = run.scenario.calendar.days
    mine = (paid.rule == rule) | (rule is None)
    cost = np.cumsum(np.bincount(paid.day[mine], paid.pence[mine], days))
    made = openings(run)
    rate = _rate(found.day + 1, found.until, found.pence, days, (found.rule == rule) | (rule is None))
    rate = rate - _rate(made.day, made.until, made.pence, days, (made.rule == rule) | (rule is None))
    saved = np.cumsum(rate) / DAYS_A_YEAR
    red = np.flatnonzero(saved < cost)
    return run.scenario.calendar.date(int(red[-1]) + 1) if len(red) and red[-1] < days - 1 else None


def _rate(since: Ints, until: Ints, pence: Longs, days: int, mine: AnyArray) -> Floats:
    """Pence a year that are in force on each day, (days,), of those that are `mine`: from `since` up to before `until`."""
    start = since[mine]
    stop = np.minimum(np.maximum(until[mine], start), days)
    change = np.bincount(start, pence[mine], days + 1) - np.bincount(stop, pence[mine], days + 1)
    return np.cumsum(change)[:days]
