"""Monthly and yearly events: the 1st of the month, the April pay award, and month ends with their premiums."""

from __future__ import annotations

from functools import partial

import numpy as np

from nhstransit.arrays import Rows
from nhstransit.behaviour.outlook import Outlook, unfolded
from nhstransit.dates import DAYS_A_YEAR, months_of
from nhstransit.engine.clock import Clock
from nhstransit.engine.instant import Instant
from nhstransit.engine.minds import feel, feel_all
from nhstransit.engine.processes.natural import BLOCK, Natural
from nhstransit.engine.world import World
from nhstransit.log import Kind, Phase

_MONTH_DAYS = DAYS_A_YEAR / 12.0
_APRIL = 3  # months after January


class Months:
    """Recomputes age, service and risk on the 1st, raises pay each April, and pays premiums at month ends."""

    def __init__(self, world: World, clock: Clock, natural: Natural, outlook: Outlook) -> None:
        self._world = world
        self._natural = natural
        self._usual = (outlook.ramp_months, outlook.half_life_months)
        self._paces = [self._usual]  # (ramp, half-life) in months; `risk_pace` contains positions in this list
        # Day 0 is added, because a scenario may begin within a month. Each period ends where the next one begins.
        starts = sorted({0, *world.calendar.month_starts.tolist()})
        ends = [*starts[1:], world.calendar.days]
        for start, end in zip(starts, ends, strict=True):
            first = Instant.of_engine(start, Phase.OPENINGS, "month")
            clock.at(first, partial(self._begin, start, end - start))
            # Opening pay already follows the table of the first day, so an award on that day would be a second one.
            if start and months_of(world.calendar.origin + start) % 12 == _APRIL:
                award = Instant.of_engine(start, Phase.OPENINGS, "pay")
                clock.at(award, partial(self._award, award))
        for end in world.calendar.month_ends.tolist():
            last = Instant.of_engine(end, Phase.MONTH_END, "month")
            clock.at(last, partial(self._pay_premiums, last))

    def feel(self, rows: Rows, day: int) -> None:
        """Recompute perceived risk for these people."""
        # `.T` turns the rows of paces into two rows, (2, paces): one of ramps and one of half-lives.
        ramps, half_lives = np.array(self._paces).T * _MONTH_DAYS
        pace = self._world.columns["risk_pace"][rows] if len(self._paces) > 1 else 0
        feel(self._world, rows, day, ramps[pace], half_lives[pace])

    def pace(self, ramp_months: float | None, half_life_months: float | None) -> int:
        """The number of a pace at which news builds up and fades. None means the usual pace."""
        # Few paces are different, and each is entered once. So a person's pace is one small number.
        ramp, half_life = self._usual
        if ramp_months is not None:
            ramp = ramp_months
        if half_life_months is not None:
            half_life = half_life_months
        wanted = (ramp, half_life)
        if wanted not in self._paces:
            self._paces.append(wanted)
        return self._paces.index(wanted)

    def _begin(self, day: int, length: int) -> None:
        # While every class is 0, nobody perceives a risk and nothing has to be computed.
        classes = self._world.columns["risk_class"]
        if classes.any():
            # The tables have one row per pace and one column per day since the news, at most `day` days ago.
            ramps, half_lives = np.array(self._paces).T[:, :, None] * _MONTH_DAYS
            ramped, fading = unfolded(np.arange(day + 1.0), ramps, half_lives)
            # The columns of one block fit in the processor's cache.
            for start in range(0, len(classes), BLOCK):
                rows = slice(start, start + BLOCK)
                if classes[rows].any():
                    feel_all(self._world, rows, day, ramped, fading)
        # Rates depend on risk, so the new period begins after risk has been computed.
        self._natural.begin_period(day, length)

    def _award(self, at: Instant) -> None:
        """Move staff to the next pay point of the new year's table, with the new year's supplement on it.

        Protected pay above the table does not change. Pay that was below the table at the start stays below it by the
        same percentage. Pay from the staff list that is at or above the table, or has no table, rises by the law's award
        for pay outside the tables. Any other pay in a band without a table does not change.
        """
        world = self._world
        columns = self._world.columns
        rows = np.flatnonzero(columns["post"] >= 0)
        today = world.calendar.origin + at.day
        band = columns["band"][rows]
        old = columns["point"][rows]
        # A band without a pay table on this day has 0 points. Its staff stay on their point, and their table pay is 0.
        listed = world.law.points(today)[band] > 0
        point = np.where(listed, world.law.next_point(band, old, today), old)
        was = columns["pay_pence"][rows] - columns["supplement_pence"][rows]
        table = np.zeros(len(rows), "int64")
        table[listed] = world.law.annual_pay(band[listed], point[listed], today)
        # Basic pay is the higher of table pay and of the pay so far. The latter is raised first if it is own pay.
        raised = np.rint(was * (1.0 + world.law.own_pay_award(today)))
        own = np.where(columns["own_pay"][rows], raised, was)
        on_scale = np.rint(table * columns["scale_share"][rows])
        basic = np.maximum(on_scale, own).astype("int64")
        # The supplement is a share of basic pay within limits, so it is computed anew from the new basic pay.
        zone = world.bodies.area[columns["employer"][rows]]
        supplement = world.law.high_cost_supplement(basic, zone, today, band)
        pay = basic + supplement
        # Only changes are logged, but a new point is a change even if the pay is the same.
        changed = (pay != columns["pay_pence"][rows]) | (point != old)
        rows = rows[changed]
        old = old[changed]
        point = point[changed]
        pay = pay[changed]
        supplement = supplement[changed]
        world.write(at, Kind.PAY, columns["staff"][rows], first=old, second=point, pence=pay)
        columns["point"][rows] = point
        columns["pay_pence"][rows] = pay
        columns["supplement_pence"][rows] = supplement

    def _pay_premiums(self, at: Instant) -> None:
        """Pay the month's premium, by days, to people in post who had a guarantee on any of those days."""
        # A guarantee that ended within the month still earned a premium on the days before.
        columns = self._world.columns
        first = self._first_of_month(at.day)
        running = (columns["premium"] > 0) & (columns["retained_until"] >= first)
        running &= columns["post"] >= 0
        self._pay_to(np.flatnonzero(running), at.day, at)

    def settle(self, rows: Rows, at: Instant) -> None:
        """Pay premiums earned this month up to yesterday, for people in `rows` who get different terms today."""
        # Terms that began today have earned nothing up to yesterday.
        columns = self._world.columns
        first = self._first_of_month(at.day)
        earned = (columns["premium"][rows] > 0) & (columns["retained_until"][rows] >= first)
        earned &= np.maximum(columns["retained_from"][rows], first) < at.day
        # The payment is the month's, although the policy that sets the new terms brings it forward.
        month = Instant.of_engine(at.day, at.phase, "month")
        self._pay_to(rows[earned], at.day - 1, month)

    def _first_of_month(self, day: int) -> int:
        # The number of months that began by this day. It is 0 in the first days of a scenario that begins within a month.
        starts = self._world.calendar.month_starts
        begun = int(starts.searchsorted(day, "right"))
        return int(starts[begun - 1]) if begun else 0

    def _pay_to(self, rows: Rows, last: int, at: Instant) -> None:
        """Pay, at an instant, the premium of the month's days up to `last`."""
        columns = self._world.columns
        since = np.maximum(columns["retained_from"][rows], self._first_of_month(at.day))
        days = np.minimum(columns["retained_until"][rows], last) - since + 1
        # A premium is a share of basic pay, without supplement. Each payment is rounded to a whole penny.
        basic = columns["pay_pence"][rows] - columns["supplement_pence"][rows]
        wte = columns["wte_hundredths"][rows] / 100.0
        yearly = basic * wte * columns["premium"][rows]
        pence = np.rint(yearly * days / DAYS_A_YEAR).astype("int64")
        self._world.record(at, Kind.PREMIUM, rows, first=columns["post"][rows], pence=pence)
