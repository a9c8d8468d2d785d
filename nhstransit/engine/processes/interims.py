"""Interims: cover for vacant posts, paid by the day. It ends when the post is filled, removed, or the term ends."""

from __future__ import annotations

from functools import partial

import numpy as np

from nhstransit.arrays import AnyArray, Ints, Rows
from nhstransit.engine.clock import Clock
from nhstransit.engine.instant import Instant
from nhstransit.engine.world import World
from nhstransit.grammar import Engage
from nhstransit.log import NOBODY, Kind, Phase


class Interims:
    """Who covers which post, the day from which pay is due, and the cost of each interim per day."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock
        self._none()
        # The state cannot import this class, so it gets a function to call when a post is filled or removed.
        world.uncover = self.end
        # The last day is added, so that a scenario that ends within a month pays for all of its days.
        pay_days = {*world.calendar.month_ends.tolist(), world.calendar.days - 1}
        for day in sorted(pay_days):
            at = Instant.of_engine(day, Phase.MONTH_END, "month")
            clock.at(at, partial(self._pay, at))

    def engage(self, engage: Engage, at: Instant) -> None:
        """Start cover today."""
        posts = np.asarray(engage.posts, "int32")
        who = np.asarray(engage.who, "int32")
        self._grow()
        # In `interim`, −2 is an interim from an agency, because −1 is a post without one.
        covered = self._world.posts["interim"]
        covered[posts] = np.where(who >= 0, who, -2)
        self._paid_to[posts] = at.day - 1
        self._until[posts] = engage.until
        self._daily[posts] = engage.pence
        self._rule[posts] = at.rule
        self._world.columns["returned"][who[who >= 0]] = True
        self._log(at, Kind.INTERIM, posts, second=posts, pence=engage.pence)
        # Several engagements may plan the same day. The second of these events finds no cover left to end.
        for last in np.unique(engage.until).tolist():
            over = Instant.of_engine(last + 1, Phase.OPENINGS, "month")
            self._clock.at(over, partial(self._run_out, over))

    def end(self, posts: AnyArray, at: Instant) -> None:
        """End the cover of the posts among these that have an interim. Today is the first day without one."""
        covered = self._world.posts["interim"][posts] != NOBODY
        posts = np.asarray(posts)[covered]
        if len(posts):
            # The event needs the interim's identity, so it is written before the column is cleared.
            self._settle(posts, at.day - 1, at)
            self._log(at, Kind.INTERIM_ENDED, posts, first=posts)
            self._world.posts["interim"][posts] = NOBODY

    def _run_out(self, at: Instant) -> None:
        # Cover that was ended early, or replaced by cover with another last day, is not selected here.
        self._grow()
        covered = self._world.posts["interim"] != NOBODY
        posts = np.flatnonzero(covered & (self._until == at.day - 1))
        self.end(posts, at)

    def _pay(self, at: Instant) -> None:
        posts = np.flatnonzero(self._world.posts["interim"] != NOBODY)
        if len(posts):
            self._grow()
            self._settle(posts, at.day, at)

    def _settle(self, posts: Rows, to: int, at: Instant) -> None:
        """Pay for the days since the last payment, up to and including day `to`."""
        # The number of days is never negative, even if they are already paid to a later day.
        paid_to = self._paid_to[posts]
        last = np.maximum(np.minimum(self._until[posts], to), paid_to)
        pence = self._daily[posts] * (last - paid_to)
        self._paid_to[posts] = last
        due = pence > 0
        self._world.ledger[Kind.AGENCY] += int(pence.sum())
        self._log(at, Kind.AGENCY, posts[due], first=posts[due], pence=pence[due])

    def _log(self, at: Instant, kind: Kind, posts: Rows, **columns: AnyArray) -> None:
        """Log one event per post, by the rule that engaged its interim, with the interim's identity if known."""
        # An interim from an agency has no identity. Its negative code is replaced by 0 before the look-up, and `where`
        # discards what is found there.
        who = self._world.posts["interim"][posts]
        if len(who):
            known = self._world.columns["staff"][np.maximum(who, 0)]
            who = np.where(who >= 0, known, NOBODY)
        self._world.write(at, kind, who, rules=self._rule[posts], **columns)

    def _none(self) -> None:
        nothing: Ints = np.empty(0, "int32")
        self._paid_to = nothing
        self._until = nothing
        self._rule = nothing.astype("int16")
        self._daily = np.empty(0, "int64")

    def _grow(self) -> None:
        """Extend the columns for posts that opened since the last call."""
        # The first call makes room for every post. A run without interims never needs these columns.
        fresh = len(self._world.posts["interim"]) - len(self._until)
        if fresh:
            self._paid_to = np.append(self._paid_to, np.full(fresh, -1, "int32"))
            self._until = np.append(self._until, np.full(fresh, -1, "int32"))
            self._daily = np.append(self._daily, np.zeros(fresh, "int64"))
            self._rule = np.append(self._rule, np.zeros(fresh, "int16"))
