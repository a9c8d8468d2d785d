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
        world.uncover = self.end
        for day in sorted({*world.calendar.month_ends.tolist(), world.calendar.days - 1}):
            at = Instant.of_engine(day, Phase.MONTH_END, "month")
            clock.at(at, partial(self._pay, at))

    def engage(self, engage: Engage, at: Instant) -> None:
        """Start cover today."""
        posts = np.asarray(engage.posts, "int32")
        who = np.asarray(engage.who, "int32")
        self._grow()
        covered = self._world.posts["interim"]
        covered[posts] = np.where(who >= 0, who, -2)
        self._paid_to[posts] = at.day - 1
        self._until[posts] = engage.until
        self._daily[posts] = engage.pence
        self._rule[posts] = at.rule
        self._world.columns["returned"][who[who >= 0]] = True
        self._log(at, Kind.INTERIM, posts, second=posts, pence=engage.pence)
        for last in np.unique(engage.until).tolist():
            over = Instant.of_engine(last + 1, Phase.OPENINGS, "month")
            self._clock.at(over, partial(self._run_out, over))

    def end(self, posts: AnyArray, at: Instant) -> None:
        """End the cover of the posts among these that have an interim. Today is the first day without one."""
        posts = np.asarray(posts)[self._world.posts["interim"][posts] != NOBODY]
        if len(posts):
            self._settle(posts, at.day - 1, at)
            self._log(at, Kind.INTERIM_ENDED, posts, first=posts)
            self._world.posts["interim"][posts] = NOBODY

    def _run_out(self, at: Instant) -> None:
        self._grow()
        posts = np.flatnonzero((self._world.posts["interim"] != NOBODY) & (self._until == at.day - 1))
        self.end(posts, at)

    def _pay(self, at: Instant) -> None:
        posts = np.flatnonzero(self._world.posts["interim"] != NOBODY)
        if len(posts):
            self._grow()
            self._settle(posts, at.day, at)

    def _settle(self, posts: Rows, to: int, at: Instant) -> None:
        """Pay for the days since the last payment, up to and including day `to`."""
        last = np.maximum(np.minimum(self._until[posts], to), self._paid_to[posts])
        pence = self._daily[posts] * (last - self._paid_to[posts])
        self._paid_to[posts] = last
        due = pence > 0
        self._world.ledger[Kind.AGENCY] += int(pence.sum())
        self._log(at, Kind.AGENCY, posts[due], first=posts[due], pence=pence[due])

    def _log(self, at: Instant, kind: Kind, posts: Rows, **columns: AnyArray) -> None:
        """Log one event per post, by the rule that engaged its interim, with the interim's identity if known."""
        who = self._world.posts["interim"][posts]
        staff = np.where(who >= 0, self._world.columns["staff"][np.maximum(who, 0)], NOBODY) if len(who) else who
        self._world.write(at, kind, staff, rules=self._rule[posts], **columns)

    def _none(self) -> None:
        nothing: Ints = np.empty(0, "int32")
        self._paid_to = nothing
        self._until = nothing
        self._rule = nothing.astype("int16")
        self._daily = np.empty(0, "int64")

    def _grow(self) -> None:
        """Extend the columns for posts that opened since the last call."""
        fresh = len(self._world.posts["interim"]) - len(self._until)
        if fresh:
            self._paid_to = np.append(self._paid_to, np.full(fresh, -1, "int32"))
            self._until = np.append(self._until, np.full(fresh, -1, "int32"))
            self._daily = np.append(self._daily, np.zeros(fresh, "int64"))
            self._rule = np.append(self._rule, np.zeros(fresh, "int16"))
