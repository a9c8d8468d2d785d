"""What waiting for redundancy would pay each person who perceives a risk. It is stored until its inputs change."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Floats, Rows, picked
from nhstransit.engine.world import Room, World
from nhstransit.workforce.columns import NEVER

_NOT_YET = -NEVER  # in `leaving`: nothing has been computed for this person


class WaitingPay:
    """Redundancy pay in months of pay, on the employer's closing day or today.

    In a closing employer, a person's last day and start of service stay the same for years, but the pay is needed every
    month. So it is computed again only if one of the two has changed.
    """

    def __init__(self, world: World, *, everyone: bool) -> None:
        """`everyone`: also compute it if the employer stays open, as if people left at the start of the period."""
        self._world = world
        self._everyone = everyone
        days = np.empty(0, "int32")
        self._room = Room({"leaving": days, "since": days, "months": np.empty(0)})
        self._leaving = days
        self._since = days
        self._months = np.empty(0)

    def months(self, rows: Rows | slice, start: int) -> Floats:
        """Months of pay in the period that starts on a day, (rows,); zero for people who perceive no risk.

        It is also zero if the employer stays open, unless `everyone` was set.

        Args:
            rows: (n,) positions of people, or a slice.
            start: first day of the period, from the scenario's start.
        """
        columns = self._world.columns
        asked = picked(columns["risk"], rows) > 0
        if not asked.any():
            return np.zeros(len(asked))
        self._make_room(len(columns["risk"]))
        # The last day is computed for each employer, (bodies,), and then looked up for each person, (rows,).
        origin = self._world.calendar.origin
        closes = self._world.bodies.closes
        employer = picked(columns["employer"], rows)
        closing = (closes < NEVER).take(employer)
        last = np.where(closes < NEVER, closes + origin, origin + start).take(employer)
        if not self._everyone:
            asked &= closing
        since = picked(columns["service_from"], rows)
        last = np.where(closing, last, np.maximum(last, since))  # a newcomer starts after the start of the period
        # Stored months are still right if they were computed for the same last day and the same start of service.
        other_last = last != picked(self._leaving, rows)
        other_since = since != picked(self._since, rows)
        changed = np.flatnonzero(asked & (other_last | other_since))
        if len(changed):
            # `changed` counts within `rows`. The stores are written by position among all people.
            of = changed + rows.start if isinstance(rows, slice) else rows[changed]
            born = columns["born"][of]
            months = self._world.law.redundancy_months(since[changed], last[changed], born=born)
            self._months[of] = months
            self._leaving[of] = last[changed]
            self._since[of] = since[changed]
        return np.where(asked, picked(self._months, rows), 0.0)

    def _make_room(self, people: int) -> None:
        """Enter newcomers, with nothing computed for them yet."""
        size = len(self._leaving)
        if people > size:
            del self._leaving, self._since, self._months  # otherwise these views would keep the old columns
            more = self._room.with_more(size, people - size, {"leaving": _NOT_YET})
            self._leaving = more["leaving"]
            self._since = more["since"]
            self._months = more["months"]
