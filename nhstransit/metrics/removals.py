"""The posts that went for good, each credited once to the event that removed it, and what became of each saving.

A saving ends early in one of two ways, whichever comes first: somebody is taken on into a post like it
(`kernels.refill`), or whoever was paid to leave with it is back on the pay roll of the NHS, in these bodies or in
others.
"""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Ints, Longs, Rows, Shorts
from nhstransit.eventlog import MOVEMENTS, Kind
from nhstransit.kernels.refill import FILLED, REMOVED, STANDS, VACATED, refilled_by
from nhstransit.metrics.once import events, once, places
from nhstransit.run import Run
from nhstransit.workforce.columns import NEVER

ENDS = ("lasts", "refilled", "returned")


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
    """The removals of a run. A post that goes because its body closes saves nothing and has no row."""
    gone, where = events(run, Kind.REMOVED), places(run, Kind.REMOVED)
    pays = np.flatnonzero(gone.pence > 0)
    gone, where = gone.take(pays), where[pays]
    row, left = _holders(run, gone.from_post, gone.rule, gone.day)
    refill, back = _refills(run, where, gone.from_post), _returns(run, row, left)
    ends = np.minimum(refill, back)
    days = np.append(run.log.day.astype("int64"), NEVER)
    cause = np.select([ends == len(run.log), refill <= back], [0, 1], 2)
    return Removals(
        day=gone.day,
        rule=gone.rule,
        post=gone.from_post,
        pence=gone.pence,
        row=row,
        until=days[ends].astype("int32"),
        end=cause.astype("int8"),
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


def _refills(run: Run, removed: Rows, post: Ints) -> Rows:
    """Where in the log a post like each is filled in its place; the log's length: nowhere.

    Posts are alike that share employer, function and band. A vacancy that stands is filled before any is counted.
    """
    group = _groups(run)
    wanted = np.zeros(int(group.max(initial=-1)) + 1, bool)
    wanted[group[post]] = True
    moves, where = events(run, *MOVEMENTS), places(run, *MOVEMENTS)
    leavings = np.flatnonzero(moves.from_post >= 0)
    leavings = leavings[wanted[group[moves.from_post[leavings]]]]
    leavings = leavings[_stands_after(run, moves.from_post[leavings])]
    fillings = np.flatnonzero(moves.to_post >= 0)
    fillings = fillings[wanted[group[moves.to_post[fillings]]]]
    place = np.concatenate([where[leavings], where[fillings], removed])
    posts = np.concatenate([moves.from_post[leavings], moves.to_post[fillings], post])
    step = np.repeat([VACATED, FILLED, REMOVED], [len(leavings), len(fillings), len(removed)])
    order = np.argsort(place, kind="stable")
    undone = np.empty(len(order), "int64")
    undone[order] = refilled_by(group[posts[order]], step[order])
    mine = undone[len(place) - len(removed) :]
    return np.asarray(np.where(mine == STANDS, len(run.log), np.append(place[order], 0)[mine]))


def _stands_after(run: Run, vacated: Ints) -> Bools:
    """Whether each leaving leaves a post that is not removed before anybody fills it again, (leavings,)."""
    goes = np.zeros(len(run.posts), bool)
    goes[events(run, Kind.REMOVED).from_post] = True
    last = np.full(len(run.posts), -1)
    last[vacated] = np.arange(len(vacated))
    return np.asarray(~goes[vacated] | (last[vacated] != np.arange(len(vacated))))


def _groups(run: Run) -> Longs:
    """A number for employer, function and band of each post, (posts,)."""
    posts = run.posts
    return np.asarray((posts.employer.astype("int64") * 128 + posts.function) * 16 + posts.band)
