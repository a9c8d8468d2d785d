"""What a scheme's money bought: posts gone for good, less those that would have stood empty anyway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.arrays import Ints
from nhstransit.comparison.people import check_pair
from nhstransit.comparison.takers import HORIZONS, check_months, check_scheme, until
from nhstransit.comparison.touched import same_post
from nhstransit.eventlog import EXIT_MONEY, Steps
from nhstransit.run import Run
from nhstransit.run.lives import closing_days, lives
from nhstransit.run.spells import posts_held

if TYPE_CHECKING:
    import pandas as pd

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
    """What a scheme paid for each post that it really saved, a row a horizon, indexed by months.

    A post that the scheme removed with its holder is not saved where it would have gone, or stood empty, in the paired world
    without the scheme so many months later (or on the last day before its body closes there, or the last of the run, if
    that is sooner).

    Returns:
        Columns removed (posts with a saving, by the scheme); gone_anyway; empty_anyway; net (removed less both);
        exit_cost (pounds, of all who go by the scheme); gap_in_exit_cost (of the whole world, since who is paid by the
        scheme is paid by no other); cost_a_post, cost_a_net_post and gap_a_net_post: pounds each, NaN where there are
        none; `saving` (pounds a year of the net posts); `payback` (months, of the scheme's cost by the saving of net posts).

    Raises:
        InputError: for a policy that the run does not have or that pays nobody to go, one that pays in the baseline too,
            horizons that are no months, or runs that are no pair.
    """
    check_pair(run, baseline)
    check_scheme(run, baseline, scheme)
    check_months(months)
    removed = run.log.closures.by(run.code_of(scheme))
    removed = removed.take(removed.pence > 0)
    paid = int(run.log.steps(*EXIT_MONEY).by(run.code_of(scheme)).pence.sum())
    gap = _paid(run) - _paid(baseline)
    posts = same_post(run, baseline, removed.post)
    rows = [_row(baseline, removed, posts, span, paid, gap) for span in months]
    return tables.frame(dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)), index="months")


def _row(baseline: Run, removed: Steps, posts: Ints, months: int, paid: int, gap: int) -> tuple[float, ...]:
    """One horizon."""
    known = posts >= 0
    last = np.minimum(
        closing_days(baseline).astype("int64")[baseline.posts.employer] - 1, baseline.scenario.calendar.days - 1
    )
    day = np.minimum(until(baseline, removed.day, months)[known], last[posts[known]])
    went = lives(baseline).removed[posts[known]] <= day
    held = posts_held(baseline, posts[known], day)
    gone, empty = int(went.sum()), int((~went & ~held).sum())
    net = len(removed) - gone - empty
    saving = int(removed.pence[known][~went & held].sum() + removed.pence[~known].sum())
    ratios = (_each(paid, len(removed)), _each(paid, net), _each(gap, net))
    payback = 12 * paid / saving if saving else float("nan")
    return (months, len(removed), gone, empty, net, paid / 100.0, gap / 100.0, *ratios, saving / 100.0, payback)


def _paid(run: Run) -> int:
    """Pence paid for going in a run, by whatever rule."""
    return int(run.log.steps(*EXIT_MONEY).pence.sum())


def _each(pence: int, posts: int) -> float:
    return pence / 100.0 / posts if posts > 0 else float("nan")
