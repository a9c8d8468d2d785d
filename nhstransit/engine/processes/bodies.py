"""Bodies that open and close: posts become fillable on their day, and go, with whoever is left, when their body does."""

from __future__ import annotations

from functools import partial

import numpy as np

from nhstransit.engine.clock import Clock
from nhstransit.engine.processes.natural import Natural
from nhstransit.engine.world import World
from nhstransit.eventlog import RULES, Phase
from nhstransit.workforce.columns import NEVER


class Bodies:
    """Openings and closures at midnight."""

    def __init__(self, world: World, clock: Clock, natural: Natural) -> None:
        self._world, self._natural = world, natural
        opens = world.posts["opens"]
        for day in np.unique(opens[(opens > 0) & (opens < world.calendar.days)]).tolist():
            clock.at(day, Phase.OPENINGS, RULES["opening"], partial(self._open, day))
        closes = world.bodies.closes
        for last in np.unique(closes[(closes < NEVER) & (closes >= 0)]).tolist():
            clock.at(last + 1, Phase.CLOSURES, RULES["closure"], partial(self._close, last))

    def _open(self, day: int) -> None:
        posts = np.flatnonzero((self._world.posts["opens"] == day) & ~self._world.posts["funded"])
        self._world.open_posts(posts, day, Phase.OPENINGS, RULES["opening"])

    def _close(self, last: int) -> None:
        """The bodies whose last day was yesterday: whoever is still there has nowhere to go, and their posts go too."""
        world, day = self._world, last + 1
        shut = world.bodies.closes == last
        left = np.flatnonzero((world.columns["post"] >= 0) & shut[world.columns["employer"]])
        if len(left):
            world.depart(left, day, Phase.CLOSURES, RULES["closure"])
            self._natural.stop(left)
        posts = np.flatnonzero(shut[world.posts["employer"]] & world.posts["funded"])
        if len(posts):
            world.remove_posts(posts, day, Phase.CLOSURES, RULES["closure"])
