"""The posts that policies opened on top of the establishment: what each is debited for, from when to when.

A post that took over the work of another costs nothing more, and one that was planned is no policy's: neither has a row.
"""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Ints, Longs, Shorts
from nhstransit.run import Run
from nhstransit.run.lives import lives
from nhstransit.run.once import once
from nhstransit.workforce.columns import NEVER


@attrs.frozen(eq=False, kw_only=True)
class Openings:
    """Posts that are debited, a row each in the order of the log; columns of shape (openings,)."""

    day: Ints  # of the opening; the cost begins on it
    rule: Shorts  # that opened it
    post: Ints
    pence: Longs  # a year, at the rates of the day
    until: Ints  # first day on which it costs nothing any more, the day after it went; NEVER where it stands

    def __len__(self) -> int:
        return len(self.day)


@once
def openings(run: Run) -> Openings:
    """The posts that policies opened in a run and are debited for."""
    made = run.log.openings
    made = made.take(np.flatnonzero(made.pence > 0))
    removed = lives(run).removed[made.post]
    return Openings(
        day=made.day,
        rule=made.rule,
        post=made.post,
        pence=made.pence,
        until=np.where(removed < NEVER, removed + 1, NEVER).astype("int32"),
    )
