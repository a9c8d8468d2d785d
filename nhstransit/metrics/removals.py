"""The posts that went for good, each credited once to the event that removed it, and what became of each saving.

A saving ends early where the person who was paid to leave with the post is back on the payroll of the NHS, in these bodies
or in others. A removed post cannot be filled again; if a like one is opened instead, that one is debited (`openings`).
"""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Ints, Longs, Rows, Shorts
from nhstransit.eventlog import Kind
from nhstransit.metrics.once import events, once, places
from nhstransit.run import Run
from nhstransit.workforce.columns import NEVER

ENDS = ("lasts", "returned")


@attrs.frozen(eq=False, kw_only=True)
class Removals:
    """Posts removed with a saving, a row each in the order of the log; columns of shape (removals,)."""

    day: Ints  # of the removal; the saving begins the day after
    rule: Shorts
    post: Ints
    pence: Longs  # a year, at the rates of the day
    row: Rows  # in people: who left with the post, by the same rule; −1 where it stood empty, or they moved on
    until: Ints  # first day on which nothing is saved any more, maybe that of the removal; NEVER where it lasts
    end: Bytes  # position in `ENDS`

    def __len__(self) -> int:
        return len(self.day)

    def lasting(self, day: int) -> Bools:
        """Which still save at the end of a day, of those removed by then."""
        return np.asarray((self.day <= day) & (self.until > day))


@once
def removals(run: Run) -> Removals:
    """The removals of a run. A post that goes because its body closes, or that a policy opened, has no row."""
    gone = events(run, Kind.REMOVED)
    gone = gone.take(np.flatnonzero(gone.pence > 0))
    row, left = _holders(run, gone.from_post, gone.rule, gone.day)
    back = _returns(run, row, left)
    days = np.append(run.log.day.astype("int64"), NEVER)
    return Removals(
        day=gone.day,
        rule=gone.rule,
        post=gone.from_post,
        pence=gone.pence,
        row=row,
        until=days[back].astype("int32"),
        end=(back < len(run.log)).astype("int8"),
    )


def _holders(run: Run, post: Ints, rule: Shorts, day: Ints) -> tuple[Rows, Rows]:
    """Who left each post for good with it, as a row in people, and where in the log they did; −1: nobody."""
    left, where = events(run, Kind.DEPARTED), places(run, Kind.DEPARTED)
    last = np.full(len(run.posts), -1)
    last[left.from_post] = np.arange(len(left))  # of several, NumPy keeps the last
    found = last[post]
    seen = np.flatnonzero(found >= 0)
    same = (left.rule[found[seen]] == rule[seen]) & (left.day[found[seen]] == day[seen])
    row, place = np.full(len(post), -1, np.intp), np.full(len(post), -1, np.intp)
    seen = seen[same]
    row[seen], place[seen] = run.rows_of(left.staff[found[seen]]), where[found[seen]]
    return row, place


def _returns(run: Run, row: Rows, left: Rows) -> Rows:
    """Where in the log each leaver is next back, in these bodies or elsewhere; the log's length: never."""
    never = len(run.log)
    came, where = events(run, Kind.ARRIVED, Kind.BACK), places(run, Kind.ARRIVED, Kind.BACK)
    keys = np.sort(_packed(run.rows_of(came.staff), where))
    who = np.flatnonzero(row >= 0)
    nearest = np.searchsorted(keys, _packed(row[who], left[who]))
    found = np.append(keys, np.int64(-1))[nearest]
    back = np.full(len(row), never)
    same = found >> 32 == row[who]
    back[who[same]] = (found & 2**32 - 1)[same]
    return back


def _packed(rows: AnyArray, where: AnyArray) -> Longs:
    return np.asarray(np.asarray(rows, "int64") << 32 | np.asarray(where, "int64"))
