"""What people of the twin are paid: the new year's points each April, and premiums for staying."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmarks.lives import Person
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.log import RULES, Kind, Phase


class Pay:
    """Points and tables as lists, looked up for one person after another; and who has ever had a guarantee."""

    def __init__(self, twin: Any) -> None:
        self._twin = twin
        self._retained: dict[int, Person] = {}
        for day in twin.calendar.month_ends.tolist():
            twin.at(day, Phase.MONTH_END, RULES["month"], partial(self._pay_premiums, day))

    def new_year(self, day: int) -> None:
        """The next point and the pay of each point of each band, from today."""
        law, on = self._twin.law, self._twin.origin + day
        ladders = [(np.full(count, band), np.arange(count)) for band, count in enumerate(law.points(on).tolist())]
        self._next = [law.next_point(*ladder, on).tolist() if len(ladder[0]) else [] for ladder in ladders]
        self._pay = [law.annual_pay(*ladder, on).tolist() if len(ladder[0]) else [] for ladder in ladders]

    def award(self, person: Person, day: int) -> None:
        """One point up, and the new year's table; nobody's pay falls."""
        band, old = person.band, person.point
        point = self._next[band][min(old, len(self._next[band]) - 1)]
        pay = max(self._pay[band][point], person.pay_pence)
        if pay != person.pay_pence or point != old:
            person.point, person.pay_pence = point, pay
            self._twin.events.append((day, 0, int(Kind.PAY), RULES["pay"], person.staff, old, point, pay))

    def retain(self, person: Person, until: int, premium: float, day: int, phase: int) -> None:
        """Terms for staying; what terms before them earned this month, to yesterday, is paid."""
        if max(person.retained_from, self._twin.month_start) < day:
            self._pay_premium(person, day - 1, day, phase)
        person.retained_from, person.retained_until, person.premium = day, until, premium
        self._retained[person.row] = person

    def _pay_premiums(self, day: int) -> None:
        for person in self._retained.values():
            if person.post >= 0:
                self._pay_premium(person, day, day, int(Phase.MONTH_END))

    def _pay_premium(self, person: Person, last: int, day: int, phase: int) -> None:
        """The premium of the month's days up to `last`, paid on `day`."""
        first = self._twin.month_start
        if person.premium > 0 and person.retained_until >= first:
            days = min(person.retained_until, last) - max(person.retained_from, first) + 1
            yearly = person.pay_pence * (person.wte_hundredths / 100.0) * person.premium
            pence = round(yearly * days / DAYS_A_YEAR)
            self._twin.events.append((day, phase, int(Kind.PREMIUM), 0, person.staff, person.post, -1, pence))
