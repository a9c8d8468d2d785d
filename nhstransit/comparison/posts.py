"""What a scheme's money bought: posts gone for good, less those that would have stood empty anyway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Ints, Longs
from nhstransit.comparison.people import FOR_GOING, check_pair
from nhstransit.comparison.takers import HORIZONS, check_months, check_scheme, until
from nhstransit.comparison.touched import same_post
from nhstransit.eventlog import MOVEMENTS, Kind, Log
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "months",
    "removed",
    "gone anyway",
    "empty anyway",
    "net",
    "exit cost",
    "gap in exit cost",
    "a post removed",
    "a net post",
    "a net post, by the gap",
    "saving",
    "payback",
)
_HORIZON = 2**32  # more days than any run has


def posts_saved(run: Run, baseline: Run, scheme: str, *, months: Sequence[int] = HORIZONS) -> pd.DataFrame:
    """What a scheme paid for each post that it really saved, a row a horizon, indexed by months.

    A post that the scheme removed with its holder is not saved where it would have gone, or stood empty, in the paired world
    without the scheme so many months later (or on the last day before its body closes there, or the last of the run, if
    that is sooner).

    Returns:
        Columns removed (posts with a saving, by the scheme); `gone anyway`; `empty anyway`; net (removed less both); `exit
        cost` (pounds, of all who go by the scheme); `gap in exit cost` (of the whole world, since who is paid by the scheme
        is paid by no other); `a post removed`, `a net post`, and `a net post, by the gap`: pounds each, NaN where there are
        none; `saving` (pounds a year of the net posts); `payback` (months, of the scheme's cost by the saving of net posts).

    Raises:
        InputError: for a policy that the run does not have or that pays nobody to go, one that pays in the baseline too,
            horizons that are no months, or runs that are no pair.
    """
    check_pair(run, baseline)
    check_scheme(run, baseline, scheme)
    check_months(months)
    removed = run.log.of(Kind.REMOVED)
    removed = removed.take((removed.rule == run.code_of(scheme)) & (removed.pence > 0))
    costs = [_paid(world.log) for world in (run, baseline)]
    own = run.log.of(*FOR_GOING)
    paid, gap = int(own.pence[own.rule == run.code_of(scheme)].sum()), costs[0] - costs[1]
    posts = same_post(run, baseline, removed.from_post)
    past = Past.of(baseline, posts)
    rows = [_row(past, removed, posts, span, paid, gap) for span in months]
    return tables.frame(dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)), index="months")


def _row(past: Past, removed: Log, posts: Ints, months: int, paid: int, gap: int) -> tuple[float, ...]:
    """One horizon."""
    baseline, known = past.run, posts >= 0
    last = np.minimum(_closes(baseline)[baseline.posts.employer] - 1, baseline.scenario.calendar.days - 1)
    day = np.minimum(until(baseline, removed.day, months)[known], last[posts[known]])
    went, held = past.fates(posts[known], day)
    gone, empty = int(went.sum()), int((~went & ~held).sum())
    net = len(removed) - gone - empty
    saving = int(removed.pence[known][~went & held].sum() + removed.pence[~known].sum())
    ratios = (_each(paid, len(removed)), _each(paid, net), _each(gap, net))
    payback = 12 * paid / saving if saving else float("nan")
    return (months, len(removed), gone, empty, net, paid / 100.0, gap / 100.0, *ratios, saving / 100.0, payback)


@attrs.frozen(eq=False)
class Past:
    """What happened to some posts of a run: who came, who went, and when they were removed."""

    run: Run
    events: Log

    @classmethod
    def of(cls, run: Run, posts: Ints) -> Past:
        """The past of these posts; −1 for none of the run's."""
        log, wanted = run.log, np.zeros(len(run.posts) + 1, bool)  # the last place is for no post
        wanted[posts] = True
        wanted[-1] = False
        moves = np.isin(log.kind, (*MOVEMENTS, Kind.REMOVED))
        return cls(run, log.take(np.flatnonzero(moves & (wanted[log.from_post * moves] | wanted[log.to_post * moves]))))

    def fates(self, posts: Ints, days: Longs) -> tuple[Bools, Bools]:
        """Whether each post had gone by the end of a day, and whether somebody held it then, (n,) each."""
        there = np.zeros(len(self.run.posts) + 1, "int64")
        there[self.run.opening_post] = 1
        held = there[posts] + self._count("to_post", posts, days, Kind.MOVED, Kind.ARRIVED)
        held = held - self._count("from_post", posts, days, Kind.MOVED, Kind.DEPARTED)
        return self._count("from_post", posts, days, Kind.REMOVED) > 0, held > 0

    def _count(self, side: str, posts: AnyArray, days: AnyArray, *kinds: Kind) -> Longs:
        """How many events of some kinds concern each post by the end of its day, (n,)."""
        events, wanted = self.events.of(*kinds), posts.astype("int64") * _HORIZON
        keys = np.sort(getattr(events, side).astype("int64") * _HORIZON + events.day)
        return np.asarray(np.searchsorted(keys, wanted + days, "right") - np.searchsorted(keys, wanted, "left"))


def _closes(run: Run) -> Longs:
    """The last day of each body as it came to be, (bodies,)."""
    days = run.scenario.roster.closes.astype("int64")
    extended = run.log.of(Kind.EXTENDED)
    days[extended.from_post] = extended.to_post
    return days


def _paid(log: Log) -> int:
    """Pence paid for going, by whatever rule."""
    return int(log.of(*FOR_GOING).pence.sum())


def _each(pence: int, posts: int) -> float:
    return pence / 100.0 / posts if posts > 0 else float("nan")
