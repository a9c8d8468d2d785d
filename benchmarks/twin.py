"""The twin: the same model with a SimPy process for each person, as fast as plain Python lets it be.

Two ways to drive the people: `process`, in which everybody's own process wakes for the month's reading and for their own
departure, and `loop`, in which one process goes through everybody each month and only departures are events. Whatever
happens to many at once (a panel, a round of filling, adverts, the draw of luck) is done by the library's own policies,
choices, law and luck on gathered columns, so the twin is spared the slow half of writing those in plain Python.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np
import simpy

from benchmarks.effects import Applier, Savings
from benchmarks.estate import Estate
from benchmarks.lives import Hazards, Person, clocks, give, soonest
from benchmarks.pay import Pay
from benchmarks.schemes import Gathered, Scheme
from nhstransit.dates import day_of_month, months_of
from nhstransit.law import Law
from nhstransit.log import CAUSES, RULES, Phase
from nhstransit.scenario.opening import pay_bill
from nhstransit.streams import Luck
from nhstransit.workforce.columns import NEVER

RULE = 2**15
DAY = len(Phase) * RULE
CAUSE_RULES = [RULES[cause] for cause in CAUSES]
EXIT, CONTRACT = 4, 5  # what a person may be waiting for, after the four clocks


def run_twin(scenario: Any, seed: int, drive: str = "process") -> Twin:
    """Play the scenario once; `drive` is "process" or "loop"."""
    twin = Twin(scenario, seed, drive)
    twin.environment.run(until=scenario.calendar.days * DAY)
    return twin


class Twin:
    """The world, its clock and its log, which is a list of tuples."""

    def __init__(self, scenario: Any, seed: int, drive: str) -> None:
        self.calendar, self.functions = scenario.calendar, scenario.functions
        self.law, self.events = Law.bundled(), []
        self._gathered: Gathered | None = None
        self._luck, self._drive, self.environment = Luck(seed), drive, simpy.Environment()
        self.origin, self.savings = self.calendar.origin, Savings(self.law, self.calendar.origin)
        self.estate = Estate(self, scenario)
        self.gone, self._waits = [0] * len(self.estate.bodies), {}  # departures of the month by body; months of pay
        behaviour, opening = scenario.behaviour.in_force(), scenario.workforce
        self.hazards = self._hazards(behaviour, opening)
        self.persons: list[Person] = []
        self.pay = Pay(self)
        self.rules, self.orders = scenario.rules, scenario.orders
        starts = sorted({0, *self.calendar.month_starts.tolist()})
        self._ends = dict(zip(starts, [*starts[1:], self.calendar.days], strict=True))
        self._begin_month(0)
        self.join(self._opening(opening), scenario.opening[1].tolist())
        for day in starts[1:]:
            self.at(day, Phase.OPENINGS, RULES["month"], partial(self._month, day))
        self.live(self.persons)
        applier = Applier(self)
        self.names = {scenario.rules[name]: name for name in scenario.policies}
        for name, policy in scenario.policies.items():
            Scheme(name, policy, behaviour, self, applier, self._luck)

    def _hazards(self, behaviour: Any, opening: Any) -> Hazards:
        """Rates of leaving, base rates being those of the opening staff on average."""
        model, month = behaviour.departures, int(months_of(self.origin))
        age, served = (np.maximum(month - _full_months(day), 0) for day in (opening.born, opening.service_from))
        shape = model.shape(age // 12, served)
        scale = 1.0 / float(shape.mean()) if len(shape) and shape.any() else 1.0
        return Hazards(model, behaviour.outlook, (model.base(self.functions) * scale).tolist(), self._waiting_pays)

    def _opening(self, opening: Any) -> dict[str, Any]:
        """The columns of the opening staff, and what they earn at each body."""
        columns = opening.columns() | {"key": opening.staff.astype("uint64")}
        table = self.law.annual_pay(opening.band, opening.point, self.origin)
        columns["pay_pence"] = np.where(opening.pay_pence > 0, opening.pay_pence, table)
        ends = opening.contract_ends.astype("int64")
        self.opening_bill = pay_bill(columns, len(self.estate.bodies))
        columns["contract_ends"] = np.where(ends == NEVER, NEVER, ends - self.origin)
        return columns

    def _waiting_pays(self, person: Person) -> float:
        """Months of pay that redundancy on the employer's closing day would bring a person, nought where it goes on."""
        known = (person.service_from, self.estate.closes[person.employer])
        if known[1] >= NEVER:
            return 0.0
        if known not in self._waits:
            since, leaving = np.array([known[0]]), np.array([known[1] + self.origin])
            self._waits[known] = float(self.law.redundancy_months(since, leaving)[0])
        return self._waits[known]

    def join(self, columns: dict[str, Any], posts: list[int]) -> list[Person]:
        """Objects for people in columns, with their luck drawn for all at once."""
        first = {"born_month": _full_months(columns["born"]), "served_month": _full_months(columns["service_from"])}
        first["listed"] = columns["critical"]
        lists = columns | first | clocks(self._luck, columns["key"], 0)
        people = [Person(row, post) for row, post in enumerate(posts, len(self.persons))]
        give(people, lists)
        for person in people:
            self.hazards.settle(person)
        self.persons += people
        return people

    def rewind(self, people: list[Person], day: int) -> None:
        """People are back, with new luck, and clocks that run from tomorrow."""
        for spell in sorted({person.departures for person in people}):
            mine = [person for person in people if person.departures == spell]
            give(mine, clocks(self._luck, np.array([person.key for person in mine], "uint64"), spell))
        for person in people:
            person.since = day + 1
        self.live(people)

    def live(self, people: list[Person]) -> None:
        """Set everybody going."""
        for person in people:
            self.hazards.rate(person, self._month_number, person.since)
            self._plan(person)
            if self._drive == "process":
                person.process = self.environment.process(self._life(person))
            else:
                self._await(person)

    def _life(self, person: Person) -> Any:
        """One person's process: wake for each month's reading and for the departure, until gone."""
        environment, spell = self.environment, person.departures
        while True:
            try:
                yield environment.timeout(person.wake - environment.now)
            except simpy.Interrupt:
                continue
            if person.departures != spell:
                return
            if person.wake % DAY:
                self._go(person)
                return
            self._read(person, person.wake // DAY)

    def _await(self, person: Person) -> None:
        """In the loop: one event if the departure comes this month, and none if not."""
        if person.wake < self._month_end * DAY:
            wait = self.environment.timeout(person.wake - self.environment.now, person.wake)
            wait.callbacks.append(partial(self._woken, person))

    def _woken(self, person: Person, event: Any) -> None:
        if person.post >= 0 and person.wake == event.value:
            self._go(person)

    def _begin_month(self, day: int) -> None:
        self.month_start, self._month_number = day, int(months_of(self.origin + day))
        self._month_end = self._ends[day]
        self._april = day > 0 and self._month_number % 12 == 3
        if self._april:
            self.pay.new_year(day)

    def _month(self, day: int) -> None:
        """The month begins; in the loop, for everybody."""
        self._begin_month(day)
        if self.hazards.contagion:
            heads = Counter(person.employer for person in self.persons if person.post >= 0)
            self.hazards.departed = [gone / max(heads[body], 1) for body, gone in enumerate(self.gone)]
        self.gone = [0] * len(self.gone)
        if self._drive == "loop":
            for person in self.persons:
                if person.post >= 0:
                    self._read(person, day)
                    self._await(person)

    def _read(self, person: Person, day: int) -> None:
        """The month's reading of one person, and in April the pay day."""
        self.hazards.feel(person, day)
        if self._april:
            self.pay.award(person, day)
        self.hazards.rate(person, self._month_number, day)
        self._plan(person)

    def _plan(self, person: Person) -> None:
        """When this person wakes next: the first way of leaving that falls within the month, or the month's end."""
        days, person.cause = soonest(person, self._month_end - person.since)
        wake = (person.since + days - 1) * DAY + 5 * RULE if days else self._month_end * DAY
        if person.last_day < self._month_end and person.last_day * DAY + 5 * RULE + 10 < wake:
            wake, person.cause = person.last_day * DAY + 5 * RULE + 10, EXIT
        ends = person.contract_ends
        if person.since <= ends < self._month_end and ends * DAY + 5 * RULE + 900 < wake:
            wake, person.cause = ends * DAY + 5 * RULE + 900, CONTRACT
        person.wake = wake

    def rerate(self, person: Person, day: int) -> None:
        """Something changed: new rates from today, and the process told if that changes when it wakes."""
        before = person.wake
        self.hazards.rate(person, self._month_number, day)
        self._plan(person)
        if person.wake != before:
            if self._drive == "process":
                person.process.interrupt()
            else:
                self._await(person)

    def _go(self, person: Person) -> None:
        """A departure of one's own: by a clock, an agreed exit or the end of a contract."""
        day, post = person.wake // DAY, person.post
        if person.cause != EXIT:
            rule = RULES["contract-end"] if person.cause == CONTRACT else CAUSE_RULES[person.cause]
            self.depart(person, day, 5, rule)
            return
        rule = person.exit_rule
        severance, in_lieu, strain, remove = person.exit
        self.depart(person, day, 5, rule)
        person.paid_pence, person.paid_off = severance, severance + in_lieu + strain > 0
        for kind, pence in ((60, severance), (61, in_lieu), (62, strain)):
            if pence > 0:
                self.events.append((day, 5, kind, rule, person.staff, post, -1, pence))
        if remove:
            self.estate.remove(post, day, 5, rule, self.savings.of(person, day))

    def depart(self, person: Person, day: int, phase: int, rule: int) -> None:
        posts, post = self.estate.posts, person.post
        self.events.append((day, phase, 41, rule, person.staff, post, -1, 0))
        posts.holder[post] = -1
        posts.spell[post] += 1
        if person.next_post >= 0:
            posts.reserved[person.next_post] = -1
        person.post = person.next_post = person.notice_due = person.post_goes = person.exit_rule = -1
        person.last_day, person.exit_voidable, person.exit, person.paid_pence = NEVER, False, None, 0
        person.left_day, person.left_rule, person.left_post, person.paid_off = day, rule, post, False
        person.departures += 1
        self.gone[person.employer] += 1

    def feel_away(self, person: Person) -> None:
        """Read the risk of somebody who has been away as it would have been on the 1st."""
        if person.left_day < self.month_start:
            self.hazards.feel(person, self.month_start)

    def gather(self) -> Any:
        """Everybody as columns, as they stand."""
        if self._gathered is None:
            self._gathered = Gathered(self.persons)
        return self._gathered

    def at(self, day: int, phase: int, rule: int, action: Any) -> None:
        """Act once at a declared time; never, if that is past."""
        self.scheme([(day, phase, action)], rule)

    def scheme(self, steps: Any, rule: int) -> None:
        """A process that acts on several occasions, in their order in time."""
        ticks = sorted(
            ((day * DAY + phase * RULE + self.orders[rule], action) for day, phase, action in steps), key=itemgetter(0)
        )
        self.environment.process(self._occasions([step for step in ticks if step[0] >= self.environment.now]))

    def _occasions(self, steps: Any) -> Any:
        for tick, action in steps:
            yield self.environment.timeout(tick - self.environment.now)
            self._gathered = None
            action()

    def add(
        self,
        day: int,
        phase: int,
        kind: int,
        rule: int,
        staff: Any,
        from_post: Any = -1,
        to_post: Any = -1,
        pence: Any = 0,
    ) -> None:
        """Log an event for each of `staff`."""
        sides = (np.broadcast_to(side, len(staff)).tolist() for side in (staff, from_post, to_post, pence))
        start = (day, int(phase), int(kind), rule)
        self.events += [(*start, *event) for event in zip(*sides, strict=True)]


def _full_months(days: Any) -> Any:
    """Month from which months count as complete on the 1st."""
    return months_of(days) + (day_of_month(days) > 1)
