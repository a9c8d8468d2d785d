"""Employers that open and close. From its opening a post can be filled; at a closing, staff leave and posts are removed."""

from __future__ import annotations

from functools import partial

import attrs
import numpy as np

from nhstransit.arrays import Ints, guarded
from nhstransit.engine.clock import Clock
from nhstransit.engine.instant import Instant
from nhstransit.engine.processes.natural import Natural
from nhstransit.engine.world import World
from nhstransit.grammar import Extend
from nhstransit.log import Kind, Phase
from nhstransit.workforce.columns import NEVER


class Bodies:
    """Openings and closures of employers at midnight."""

    def __init__(self, world: World, clock: Clock, natural: Natural) -> None:
        self._world = world
        self._natural = natural
        # Posts whose day is 0 or less are open from the start. One event opens all the posts of a day.
        opens = world.posts["opens"]
        planned = opens[(opens > 0) & (opens < world.calendar.days)]
        for day in np.unique(planned).tolist():
            at = Instant.of_engine(day, Phase.OPENINGS, "opening")
            clock.at(at, partial(self._open, at))
        # A negative closing day is before the start: such an employer has no funded posts and nothing to close.
        self._clock = clock
        closes = world.bodies.closes
        self._set(closes[(closes < NEVER) & (closes >= 0)])

    def extend(self, extend: Extend, at: Instant) -> None:
        """Give employers a different closing day."""
        # The roster is frozen, and policies may hold the old one. So a new roster replaces it, and no array is changed.
        world = self._world
        closes = world.bodies.closes.copy()
        closes[extend.employer] = extend.closes
        world.bodies = attrs.evolve(world.bodies, closes=guarded(closes))
        world.record_bodies(at, Kind.EXTENDED, extend.employer, extend.closes)
        # The old closing day stays in the calendar. When it comes, it closes only employers that still have that day.
        self._set(extend.closes)
        # Policies plan some of their days from closing days, so they must plan again.
        for follow in world.followers:
            follow()

    def _set(self, days: Ints) -> None:
        for last in np.unique(days).tolist():
            at = Instant.of_engine(last + 1, Phase.CLOSURES, "closure")
            self._clock.at(at, partial(self._close, at))

    def _open(self, at: Instant) -> None:
        today = self._world.posts["opens"] == at.day
        posts = np.flatnonzero(today & ~self._world.posts["funded"])
        self._world.open_posts(posts, at)

    def _close(self, at: Instant) -> None:
        """Close the employers whose last day was yesterday. People still there leave, and the posts are removed."""
        world = self._world
        last = at.day - 1
        shut = world.bodies.closes == last  # read now, because some may have been extended since
        in_post = world.columns["post"] >= 0
        left = np.flatnonzero(in_post & shut[world.columns["employer"]])
        if len(left):
            # Posts are read before the departure, after which nobody has one.
            held = world.columns["post"][left]
            owed = world.unexpired(left, last)
            world.depart(left, at)
            self._natural.stop(left)
            due = owed > 0
            world.record(at, Kind.BOUGHT_OUT, left[due], first=held[due], pence=owed[due])
        # Everyone has left, so all remaining posts are vacant and can be removed.
        posts = np.flatnonzero(shut[world.posts["employer"]] & world.posts["funded"])
        if len(posts):
            world.remove_posts(posts, at)
