"""Deadweight, posts saved and additionality of a scheme, from a paired run without the scheme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Floats, Ints, Longs
from nhstransit.comparison.people import check_pair, first_departure, opening, paid_for_going, same_post
from nhstransit.dates import add_months
from nhstransit.errors import InputError, nearest
from nhstransit.log import EXIT_MONEY, Kind, Promises, Steps
from nhstransit.phrases import inside
from nhstransit.run import Run
from nhstransit.run.lives import closing_days, lives
from nhstransit.run.spells import posts_held
from nhstransit.tables import check_table

if TYPE_CHECKING:
    import pandas as pd

HORIZONS = (12, 24)  # months after the day on which each person left under the scheme
MOST = 1200  # the longest horizon in months: a hundred years


def deadweight(run: Run, baseline: Run, scheme: str, *, months: Sequence[int] = HORIZONS) -> pd.DataFrame:
    """People paid to leave by a scheme, by what they did in the run without it: one row per horizon, indexed by months.

    Args:
        run: the run with the scheme.
        baseline: the paired run, with the same random numbers, in which the scheme pays nobody.
        scheme: the policy's name, such as "mars".
        months: horizons, counted from the day on which each person left under the scheme.

    Returns:
        Columns: takers (people paid by the scheme). Four columns add up to the takers: `unpaid` (left within the
            horizon in the baseline without payment), `paid_otherwise` (left within the horizon, paid by another
            policy), `not_gone` (had not left by the horizon) and `unseen` (had not left, and the horizon is after the
            last day of the run). Then share (unpaid over the takers who are not unseen), pounds (paid by the scheme to
            the unpaid) and share_of_pounds (of all payments of the scheme).

    Raises:
        InputError: the run does not have the policy, the policy pays nobody to leave, it pays in the baseline too, a
            horizon is not a whole number of months, or the runs are not a pair.
    """
    check_pair(run, baseline)
    _check_scheme(run, baseline, scheme)
    check_months(months)
    # Only people who are in the opening staff of the baseline can be looked up there.
    staff, went, pence = paid_for_going(run, run.code_of(scheme))
    both = np.isin(staff, opening(baseline))
    staff = staff[both]
    went = went[both]
    pence = pence[both]
    # A person who left before the scheme was announced cannot have left because of it, so an earlier departure in the
    # baseline, from which the person came back, does not count.
    announced = run.scenario.calendar.day(run.scenario.policies[scheme].announced)
    left, paid = first_departure(baseline, staff, announced)
    rows = [_row(baseline, span, went, left, paid, pence) for span in months]
    names = ("months", "takers", "unpaid", "paid_otherwise", "not_gone", "unseen", "share", "pounds", "share_of_pounds")
    return tables.of_rows(names, rows, index="months")


def told_deadweight(pairs: Sequence[tuple[Run, Run]], *, months: int = HORIZONS[-1]) -> list[str]:
    """The deadweight of each scheme that pays people to leave in the runs but not in the baselines, one sentence each.

    `pairs` are runs and their baselines; all runs have one scenario, and all baselines another. People and pounds are
    summed over the pairs. If a baseline ends too soon to show what some people would have done, the sentence has a
    lower and an upper bound of the share.
    """
    sentences = []
    for name, policy in pairs[0][0].scenario.policies.items():
        if policy.question != "severance":
            continue
        # A scheme that pays people in a baseline too has no run without it.
        if any(len(paid_for_going(other, other.code_of(name))[0]) for _, other in pairs):
            continue
        found = [deadweight(run, other, name, months=(months,)) for run, other in pairs]
        takers = sum(int(table["takers"].sum()) for table in found)
        unpaid = sum(int(table["unpaid"].sum()) for table in found)
        unseen = sum(int(table["unseen"].sum()) for table in found)
        pounds = sum(float(table["pounds"].sum()) for table in found)
        if takers:
            # The unseen would all have stayed, or all have left unpaid: these are the two bounds.
            least = unpaid / takers
            most = (unpaid + unseen) / takers
            share = f"between {least:.0%} and {most:.0%}" if unseen else f"{least:.0%}"
            later = f"; for {unseen:,} this is not known, because the baseline ends too soon" if unseen else ""
            over = f" in {len(pairs)} pairs of runs" if len(pairs) > 1 else ""
            title = inside(pairs[0][0].scenario.policy_titles[name])
            text = (
                f"Deadweight of {title}: of {takers:,} people paid to go{over}, {unpaid:,} ({share}) would have left "
                f"unpaid within {months} months{later}."
            )
            if unpaid:
                text += f" Payments to {'this person' if unpaid == 1 else 'these people'} came to £{pounds:,.0f}."
            sentences.append(text)
    return sentences


def _check_scheme(run: Run, baseline: Run, scheme: str) -> None:
    """Raise InputError unless a policy is in the run and pays nobody to leave in the baseline.

    Args:
        run: the run with the scheme.
        baseline: the run without it.
        scheme: the policy's name in the scenario.
    """
    policies = run.scenario.policies
    if scheme not in policies:
        raise InputError(f"policies.{scheme}", "is not in the run", nearest(scheme, policies))
    if len(paid_for_going(baseline, baseline.code_of(scheme))[0]):
        raise InputError(f"policies.{scheme}", "pays people to go in the baseline too", _without(scheme))
    if policies[scheme].question != "severance" and not len(paid_for_going(run, run.code_of(scheme))[0]):
        paying = np.unique(run.log.steps(*EXIT_MONEY).rule).tolist()
        others = {run.rules[rule] for rule in paying}
        raise InputError(f"policies.{scheme}", "pays nobody to go in the run", nearest(scheme, others))


def _without(policy: str) -> str:
    """The advice if a policy is in the baseline too, for users of Python and of the command line."""
    return f"compare with a run without it: scenario.without({policy!r}), or --without {policy} at the command line"


def check_months(months: Sequence[int]) -> None:
    """Raise InputError unless there is at least one horizon, and each is a whole number of months, 0 or more."""
    each = list(months) if isinstance(months, Iterable) and not isinstance(months, str) else []
    if not each or not all(isinstance(span, (int, np.integer)) and 0 <= span <= MOST for span in each):
        raise InputError(
            "months", f"{months!r} is not valid", f"give whole numbers from 0 to {MOST}, such as {HORIZONS}"
        )


def until(run: Run, days: Ints, months: int) -> Longs:
    """The day a number of months after each day of a run, (n,).

    Args:
        run: the run, for its calendar.
        days: (n,) days since the scenario's start.
        months: the number of months to add.
    """
    origin = run.scenario.calendar.origin
    return np.asarray(add_months(days.astype("int64") + origin, months) - origin)


def _row(
    baseline: Run, months: int, went: Ints, left: Ints, paid: Bools, pence: Longs
) -> tuple[int, int, int, int, int, int, float, float, float]:
    """The row of one horizon."""
    end = until(baseline, went, months)
    out = left <= end
    unseen = ~out & (end >= baseline.scenario.calendar.days)
    unpaid = out & ~paid
    seen = len(went) - int(unseen.sum())
    lost = int(pence[unpaid].sum())
    total = int(pence.sum())
    return (
        months,
        len(went),
        int(unpaid.sum()),
        int((out & paid).sum()),
        int((~out & ~unseen).sum()),
        int(unseen.sum()),
        int(unpaid.sum()) / seen if seen else float("nan"),
        lost / 100.0,
        lost / total if total else float("nan"),
    )


# The posts saved by a scheme: posts removed permanently, less posts that would have been vacant anyway.

COLUMNS = (
    "months",
    "removed",
    "gone_anyway",
    "empty_anyway",
    "net",
    "exit_cost",
    "gap_in_exit_cost",
    "cost_a_post",
    "cost_a_net_post",
    "gap_a_net_post",
    "saving",
    "payback",
)


def posts_saved(run: Run, baseline: Run, scheme: str, *, months: Sequence[int] = HORIZONS) -> pd.DataFrame:
    """The cost of a scheme for each post saved, net of deadweight: one row per horizon, indexed by months.

    A post that the scheme removed with its holder is not counted as saved if it is removed or vacant at the horizon in
    the baseline. If the employer closes in the baseline before the horizon, the last day before its closure is used
    instead. If the baseline ends before the horizon, its last day is used.

    Args:
        run: the run with the scheme.
        baseline: the paired run, with the same random numbers, in which the scheme pays nobody.
        scheme: the policy's name, such as "mars".
        months: horizons, counted from the removal.

    Returns:
        Columns: removed (posts removed by the scheme with a saving); gone_anyway and empty_anyway (posts removed or
            vacant in the baseline); net (removed less both); exit_cost (pounds paid by the scheme); gap_in_exit_cost
            (pounds, run less baseline, by all policies, because a person paid by the scheme is not paid by another);
            cost_a_post, cost_a_net_post and gap_a_net_post (pounds per post; NaN without posts); `saving` (pounds a
            year, of the net posts); `payback` (months until the saving of the net posts equals the scheme's cost).

    Raises:
        InputError: the run does not have the policy, the policy pays nobody to leave, it pays in the baseline too, a
            horizon is not a whole number of months, or the runs are not a pair.
    """
    check_pair(run, baseline)
    _check_scheme(run, baseline, scheme)
    check_months(months)
    removed = run.log.closures.by(run.code_of(scheme))
    removed = removed.take(removed.pence > 0)
    paid = int(run.log.steps(*EXIT_MONEY).by(run.code_of(scheme)).pence.sum())
    gap = _paid(run) - _paid(baseline)
    posts = same_post(run, baseline, removed.post)
    rows = [_posts_row(baseline, removed, posts, span, paid, gap) for span in months]
    return tables.of_rows(COLUMNS, rows, index="months")


def _posts_row(baseline: Run, removed: Steps, posts: Ints, months: int, paid: int, gap: int) -> tuple[float, ...]:
    """The row of one horizon."""
    # Posts that the baseline does not have are counted as saved: they cannot be removed or vacant there.
    known = posts >= 0
    mine = posts[known]
    # The day to look at in the baseline: the horizon, but before the employer closes and before the run ends.
    closes = closing_days(baseline).astype("int64")[baseline.posts.employer]
    last = np.minimum(closes - 1, baseline.scenario.calendar.days - 1)
    day = np.minimum(until(baseline, removed.day, months)[known], last[mine])
    went = lives(baseline).removed[mine] <= day
    held = posts_held(baseline, mine, day)
    gone = int(went.sum())
    empty = int((~went & ~held).sum())
    net = len(removed) - gone - empty
    saved = ~went & held
    saving = int(removed.pence[known][saved].sum() + removed.pence[~known].sum())
    ratios = (_each(paid, len(removed)), _each(paid, net), _each(gap, net))
    payback = 12 * paid / saving if saving else float("nan")
    return (months, len(removed), gone, empty, net, paid / 100.0, gap / 100.0, *ratios, saving / 100.0, payback)


def _paid(run: Run) -> int:
    """Pence paid to leavers in a run, by any policy or other cause."""
    return int(run.log.steps(*EXIT_MONEY).pence.sum())


def _each(pence: int, posts: int) -> float:
    """Pounds per post; NaN without posts."""
    return pence / 100.0 / posts if posts > 0 else float("nan")


# Additionality: people who stayed because of retention terms, and the cost of each.

OUTCOMES = ("stayed because of it", "stayed in both runs", "left in both runs", "left because of it", "unseen")
UNSEEN = OUTCOMES.index("unseen")
AFTER = 12  # months after the guarantee in which a departure counts as delayed


def additionality(run: Run, baseline: Run, policy: str) -> pd.DataFrame:
    """People given a guarantee, by whether they stayed up to its last day in each run; indexed by outcome.

    A person *stayed* if the person did not leave between the day of the guarantee and its last day. Departures on the
    last day do not count, because the employer often closes on that day. *Unseen* are people who had not left when a
    run ended before that day, so their outcome is not known. Columns: people; share (of everyone who is not unseen; NaN
    for the unseen); premium (pounds paid to them); `put_off` (people who stayed because of the guarantee, and leave
    within twelve months from its last day); `put_off_unseen` (people who stayed because of it, and are still in post
    when the run ends within these twelve months). `cost_of_one_kept` divides all premium by the number of people who
    stayed because of the guarantee.

    Args:
        run: the run with the policy.
        baseline: the paired run, with the same random numbers, in which the policy retains nobody.
        policy: the policy's name.

    Raises:
        InputError: the run does not have the policy, the policy guarantees nobody a job, it does so in the baseline
            too, or the runs are not a pair.
    """
    check_pair(run, baseline)
    if policy not in run.scenario.policies:
        raise InputError(f"policies.{policy}", "is not in the run", nearest(policy, run.scenario.policies))
    if len(_terms(baseline, policy)):
        raise InputError(f"policies.{policy}", "guarantees jobs in the baseline too", _without(policy))
    given = _terms(run, policy)
    if not len(given) and run.scenario.policies[policy].question != "retention":
        guaranteeing = np.unique(run.log.promises(Kind.RETAINED).rule).tolist()
        others = {run.rules[rule] for rule in guaranteeing}
        raise InputError(f"policies.{policy}", "guarantees nobody a job in the run", nearest(policy, others))
    given = given.take(np.isin(given.staff, opening(baseline)))
    # A person with several guarantees counts once, with the first.
    staff, first = np.unique(given.staff, return_index=True)
    since = given.day[first]
    last = given.last_day[first]
    ours = first_departure(run, staff, since)[0]
    theirs = first_departure(baseline, staff, since)[0]
    # The index in `OUTCOMES`: by whether the person left before the last day in the run, and in the baseline.
    if_left_without = np.where(ours < last, 2, 0)
    if_stayed_without = np.where(ours < last, 3, 1)
    outcome = np.where(theirs < last, if_left_without, if_stayed_without)
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
    """Pounds of premium for each person who stayed because of the guarantee; NaN if there are none.

    The premium of the unseen is left out.
    """
    check_table("table", table)
    kept = int(table["people"].iloc[0])  # the first of `OUTCOMES`
    return float(table["premium"].iloc[:UNSEEN].sum()) / kept if kept else float("nan")


def _terms(run: Run, policy: str) -> Promises:
    """The guarantees of a policy, in order."""
    return run.log.promises(Kind.RETAINED).by(run.code_of(policy))


def _premium(run: Run, staff: Ints) -> Floats:
    """Pence of premium paid to each of `staff`, (n,)."""
    paid = run.log.steps(Kind.PREMIUM)
    # The position of each payment's person in `staff`, which is sorted. Payments to other people are dropped.
    last = max(len(staff) - 1, 0)
    place = np.minimum(np.searchsorted(staff, paid.staff), last)
    mine = staff[place] == paid.staff if len(staff) else np.zeros(len(paid), bool)
    return np.bincount(place[mine], paid.pence[mine], len(staff)).astype("float64")
