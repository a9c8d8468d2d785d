"""A person of the SimPy twin, in plain floats: the state one life needs, and what a month's reading does to it.

Whole numbers up to 2⁵³ are exact in a float, so clocks run down here as they do in the engine. What differs is rounding
in hazards, by a few parts in ten million: the engine holds risk, skill and outside options in single precision.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nhstransit.behaviour import Departures, Outlook
from nhstransit.clocks import UNITS, threshold_units
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.log import CAUSES
from nhstransit.streams import Luck
from nhstransit.workforce.columns import NEVER, RiskClass

MONTH_DAYS = DAYS_A_YEAR / 12.0
A_DAY = UNITS / DAYS_A_YEAR
NOT_CALM = (RiskClass.EXPOSED, RiskClass.ASSIGNED, RiskClass.AT_RISK)
FELT = tuple(kind in NOT_CALM for kind in RiskClass)


class Person:
    """One member of staff; the names are those of the engine's columns, so that policies can read either."""

    __slots__ = (
        *("row", "staff", "key", "post", "employer", "function", "band", "point", "pay_pence", "wte_hundredths"),
        *("born", "service_from", "sex", "clinician", "contract", "contract_ends", "section", "critical", "skill"),
        *("outside", "attitude", "disposition", "risk_class", "risk", "risk_from", "risk_to", "risk_since"),
        *("exit_rule", "exit_voidable", "last_day", "next_post", "retained_from", "retained_until", "premium"),
        *("notice_due", "post_goes"),
        *("ramp", "half_life", "left_day", "left_rule", "left_post", "paid_pence", "returned", "departures"),
        *("born_month", "served_month", "calm", "since", "other", "retiring", "moving", "leaving"),
        *("paid_off", "course_until", "listed"),
        *("other_rate", "retiring_rate", "moving_rate", "leaving_rate", "wake", "cause", "exit", "process"),
    )

    def __init__(self, row: int, post: int) -> None:
        self.row, self.post = row, post
        self.disposition = self.risk_class = self.risk_since = self.since = 0
        self.risk = self.risk_from = self.risk_to = self.premium = 0.0
        self.other_rate = self.retiring_rate = self.moving_rate = self.leaving_rate = 0.0
        self.exit_rule = self.next_post = self.retained_from = self.retained_until = -1
        self.notice_due = self.post_goes = -1
        self.exit_voidable, self.last_day = False, NEVER
        self.left_day = self.left_rule = self.left_post = -1
        self.paid_pence, self.paid_off, self.course_until = 0, False, -1
        self.returned, self.departures = False, 0
        self.exit: Any = None
        self.process: Any = None


def give(people: list[Person], columns: dict[str, Any]) -> None:
    """To each their own of every column."""
    for name, column in columns.items():
        for person, item in zip(people, column.tolist(), strict=True):
            setattr(person, name, item)


def clocks(luck: Luck, keys: Any, spell: int) -> dict[str, Any]:
    """What is on each clock of people with these keys who have left so often before, drawn in bulk."""
    drawn = [luck.exponential(f"clock {cause}", spell, keys) for cause in CAUSES]
    wound = [threshold_units(units).astype(float) for units in drawn]
    return dict(zip(("other", "retiring", "moving", "leaving"), wound, strict=True))


class Hazards:
    """The four rates of a person, by look-up where the engine looks up, by `math` elsewhere."""

    def __init__(
        self, model: Departures, outlook: Outlook, base: list[float], waits: Callable[[Person], float]
    ) -> None:
        self._by_age, self._by_service = model.by_age.tolist(), model.by_service.tolist()
        self._retirement = [float(round(rate * A_DAY)) for rate in model.retirement.tolist()]
        self._other = float(round(model.other * A_DAY))
        self._base = [rate * A_DAY for rate in base]
        self._by_disposition, self._within = model.by_disposition.tolist(), model.within_nhs
        self._calm, self._steeper, self._reach = model.skill_calm, model.skill_threat - model.skill_calm, model.outside
        self._more, self._saturation = model.risk_ratio - 1.0, model.risk_saturation
        self._elasticity = model.premium
        self._usual = (outlook.ramp_months, outlook.half_life_months)
        self.contagion, self._waiting, self._waits = model.contagion * 12.0 * A_DAY, model.waiting, waits
        self.departed: list[float] = []  # by body, those who left last month, a head; empty without contagion

    def settle(self, person: Person) -> None:
        """Work out once what does not change: the selection factor of a person who feels no risk."""
        person.calm = math.exp(self._calm * person.skill + self._reach * person.outside)
        person.ramp, person.half_life = self.pace(None, None)

    def pace(self, ramp_months: float | None, half_life_months: float | None) -> tuple[float, float]:
        """Days in which news builds up, and halves; None stands for what is usual."""
        usual_ramp, usual_half_life = self._usual
        ramp = usual_ramp if ramp_months is None else ramp_months
        half_life = usual_half_life if half_life_months is None else half_life_months
        return ramp * MONTH_DAYS, half_life * MONTH_DAYS

    def feel(self, person: Person, day: int) -> None:
        """Read perceived risk anew."""
        if not FELT[person.risk_class]:
            person.risk = 0.0
            return
        elapsed = day - person.risk_since
        ramp = person.ramp
        if elapsed < ramp:
            person.risk = person.risk_from + (person.risk_to - person.risk_from) * (elapsed / ramp)
        else:
            person.risk = person.risk_to * 2.0 ** ((ramp - elapsed) / person.half_life)

    def rate(self, person: Person, month: int, day: int) -> None:
        """Run the clocks to `day`, then set new rates from it."""
        gone = day - person.since
        if gone:
            person.other -= person.other_rate * gone
            person.retiring -= person.retiring_rate * gone
            person.moving -= person.moving_rate * gone
            person.leaving -= person.leaving_rate * gone
            person.since = day
        age = max(month - person.born_month, 0) // 12
        person.other_rate, person.retiring_rate = self._other, self._retirement[age]
        if person.exit_rule >= 0:
            person.moving_rate = person.leaving_rate = 0.0
            return
        hazard = self._base[person.function] * self._by_age[age]
        hazard *= self._by_service[max(month - person.served_month, 0)]
        risk = person.risk
        if risk:
            tilt = (self._calm + self._steeper * risk) * person.skill + self._reach * person.outside
            hazard *= (1.0 - self._more * math.expm1(-risk / self._saturation)) * math.exp(tilt)
        else:
            hazard *= person.calm
        if self._waiting and risk:
            hazard *= math.exp(-self._waiting * risk * self._waits(person))
        hazard *= self._by_disposition[person.disposition]
        if person.premium and person.retained_until >= day:
            hazard *= (1.0 + person.premium) ** self._elasticity
        if self.departed:
            hazard += self.contagion * self.departed[person.employer]
        person.moving_rate = float(int(hazard * self._within + 0.5))
        person.leaving_rate = float(int(hazard * (1.0 - self._within) + 0.5))


def soonest(person: Person, days: int) -> tuple[int, int]:
    """Days until the first clock runs out, today counted, and which; (0, 0) if none does within `days`."""
    best, cause = 0, 0
    if person.other <= person.other_rate * days:
        best = math.ceil(person.other / person.other_rate)
    if person.retiring <= person.retiring_rate * days:
        wait = math.ceil(person.retiring / person.retiring_rate)
        if not best or wait < best:
            best, cause = wait, 1
    if person.moving <= person.moving_rate * days:
        wait = math.ceil(person.moving / person.moving_rate)
        if not best or wait < best:
            best, cause = wait, 2
    if person.leaving <= person.leaving_rate * days:
        wait = math.ceil(person.leaving / person.leaving_rate)
        if not best or wait < best:
            best, cause = wait, 3
    return best, cause
