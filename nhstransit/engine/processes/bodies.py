"""Bodies that open and close: posts become fillable on their day, and go, with whoever is left, when their body does."""

from __future__ import annotations

from functools import partial

import attrs
import numpy as np

from nhstransit.arrays import Ints, guarded
from nhstransit.engine.clock import Clock
from nhstransit.engine.processes.natural import Natural
from nhstransit.engine.world import World
from nhstransit.grammar import Extend
from nhstransit.log import RULES, Kind, Phase
from nhstransit.workforce.columns import NEVER


class Bodies:
    """Openings and closures at midnight."""

    def __init__(self, world: World, clock: Clock, natural: Natural) -> None:
        self._world, self._natural = world, natural
        opens = world.posts["opens"]
        for day in np.unique(opens[(opens > 0) & (opens < world.calendar.days)]).tolist():
            clock.at(day, Phase.OPENINGS, RULES["opening"], partial(self._open, day))
        self._clock = clock
        closes = world.bodies.closes
        self._set(closes[(closes < NEVER) & (closes >= 0)])

    def extend(self, extend: Extend, day: int, phase: Phase, rule: int) -> None:
        """Bodies close on another day than was meant."""
        closes = self._world.bodies.closes.copy()
        closes[extend.employer] = extend.closes
        self._world.bodies = attrs.evolve(self._world.bodies, closes=guarded(closes))
        self._world.record_bodies(day, phase, Kind.EXTENDED, rule, extend.employer, extend.closes)
        self._set(extend.closes)
        for follow in self._world.followers:
            follow()

    def _set(self, days: Ints) -> None:
        for last in np.unique(days).tolist():
            self._clock.at(last + 1, Phase.CLOSURES, RULES["closure"], partial(self._close, last))

    def _open(self, day: int) -> None:
        posts = np.flatnonzero((self._world.posts["opens"] == day) & ~self._world.posts["funded"])
        self._world.open_posts(posts, day, Phase.OPENINGS, RULES["opening"])

    def _close(self, last: int) -> None:
        """The bodies whose last day was yesterday: whoever is still there has nowhere to go, and their posts go too."""
        world, day = self._world, last + 1
        shut = world.bodies.closes == last  # as things stand now: some may have been extended
        left = np.flatnonzero((world.columns["post"] >= 0) & shut[world.columns["employer"]])
        if len(left):
            held = world.columns["post"][left]
            owed = world.unexpired(left, last)
            world.depart(left, day, Phase.CLOSURES, RULES["closure"])
            self._natural.stop(left)
            due = owed > 0
            world.record(
                day,
                Phase.CLOSURES,
                Kind.BOUGHT_OUT,
                RULES["closure"],
                left[due],
                from_post=held[due],
                pence=owed[due],
            )
        posts = np.flatnonzero(shut[world.posts["employer"]] & world.posts["funded"])
        if len(posts):
            world.remove_posts(posts, day, Phase.CLOSURES, RULES["closure"])
