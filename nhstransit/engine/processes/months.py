"""What comes round with the calendar: the 1st of the month, the pay day of April, and month ends with their premiums."""

from __future__ import annotations

from functools import partial

import numpy as np

from nhstransit.behaviour.outlook import Outlook
from nhstransit.dates import DAYS_A_YEAR, months_of
from nhstransit.engine.clock import Clock
from nhstransit.engine.processes.natural import BLOCK, Natural
from nhstransit.engine.world import World
from nhstransit.eventlog import RULES, Kind, Phase

_MONTH_DAYS = DAYS_A_YEAR / 12.0
_APRIL = 3  # months after January


class Months:
    """Reads age, service and risk anew on the 1st, raises pay each April, pays premiums at month ends."""

    def __init__(self, world: World, clock: Clock, natural: Natural, outlook: Outlook) -> None:
        self._world, self._natural = world, natural
        self._ramp, self._half_life = outlook.ramp_months * _MONTH_DAYS, outlook.half_life_months * _MONTH_DAYS
        starts = sorted({0, *world.calendar.month_starts.tolist()})
        ends = [*starts[1:], world.calendar.days]
        for start, end in zip(starts, ends, strict=True):
            clock.at(start, Phase.OPENINGS, RULES["month"], partial(self._begin, start, end - start))
            if start and months_of(world.calendar.origin + start) % 12 == _APRIL:
                clock.at(start, Phase.OPENINGS, RULES["pay"], partial(self._award, start))
        for end in world.calendar.month_ends.tolist():
            clock.at(end, Phase.MONTH_END, RULES["month"], partial(self._pay_premiums, end))

    def feel(self, rows: object, day: int) -> None:
        """Read perceived risk anew for these people."""
        self._world.feel(rows, day, self._ramp, self._half_life)

    def _begin(self, day: int, length: int) -> None:
        classes = self._world.columns["risk_class"]
        for start in range(0, len(classes), BLOCK):
            rows = slice(start, start + BLOCK)
            if classes[rows].any():
                self.feel(rows, day)
        self._natural.begin_period(day, length)

    def _award(self, day: int) -> None:
        """The new year's table at the next pay point; whoever is paid above it, under protection, stays as they are."""
        world, columns = self._world, self._world.columns
        rows = np.flatnonzero(columns["post"] >= 0)
        today = world.calendar.origin + day
        band, old = columns["band"][rows], columns["point"][rows]
        point = world.law.next_point(band, old, today)
        pay = np.maximum(world.law.annual_pay(band, point, today), columns["pay_pence"][rows])
        changed = (pay != columns["pay_pence"][rows]) | (point != old)
        rows, old, point, pay = rows[changed], old[changed], point[changed], pay[changed]
        world.log.add(
            day,
            Phase.OPENINGS,
            Kind.PAY,
            RULES["pay"],
            columns["staff"][rows],
            from_post=old,
            to_post=point,
            pence=pay,
        )
        columns["point"][rows], columns["pay_pence"][rows] = point, pay

    def _pay_premiums(self, day: int) -> None:
        """The month's premium, by days, to those in post under a guarantee on any of them."""
        columns, month = self._world.columns, int(self._world.calendar.month_starts.searchsorted(day, "right"))
        first = int(self._world.calendar.month_starts[month - 1]) if month else 0
        running = (columns["premium"] > 0) & (columns["retained_until"] >= first) & (columns["post"] >= 0)
        rows = np.flatnonzero(running)
        since = np.maximum(columns["retained_from"][rows], first)
        days = np.minimum(columns["retained_until"][rows], day) - since + 1
        yearly = columns["pay_pence"][rows] * (columns["wte_hundredths"][rows] / 100.0) * columns["premium"][rows]
        pence = np.rint(yearly * days / DAYS_A_YEAR).astype("int64")
        self._world.record(
            day,
            Phase.MONTH_END,
            Kind.PREMIUM,
            RULES["month"],
            rows,
            from_post=columns["post"][rows],
            pence=pence,
        )
