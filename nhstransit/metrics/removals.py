"""The posts that went for good, each credited once to the event that removed it, and what became of each saving.

A saving ends early where the person who was paid to leave with the post is back on the payroll of the NHS, in these bodies
or in others. A removed post cannot be filled again; if a like one is opened instead, that one is debited (`openings`).
"""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Bools, Bytes, Ints, Longs, Rows, Shorts
from nhstransit.run import Run
from nhstransit.run.exits import exits
from nhstransit.run.lookup import last_at
from nhstransit.run.once import once
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
    gone = run.log.closures
    gone = gone.take(np.flatnonzero(gone.pence > 0))
    left = exits(run)
    last = last_at(left.post, len(run.posts))[gone.post]  # who left each post for good, -1 for nobody
    same = last >= 0
    same[same] = (left.route[last[same]] == gone.rule[same]) & (left.day[last[same]] == gone.day[same])
    with_it = np.where(same, last, -1)  # the exit that came with the removal
    back = np.append(left.back, np.int32(NEVER))[with_it]
    return Removals(
        day=gone.day,
        rule=gone.rule,
        post=gone.post,
        pence=gone.pence,
        row=np.append(left.row, np.intp(-1))[with_it],
        until=back,
        end=(back < NEVER).astype("int8"),
    )
