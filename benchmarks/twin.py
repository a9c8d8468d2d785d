"""The twin: the same model with a SimPy process for each person, as fast as plain Python lets it be.

Two ways to drive the people: `process`, in which everybody's own process wakes for the month's reading and for their own
departure, and `loop`, in which one process goes through everybody each month and only departures are events. Whatever
happens to many at once (a panel, a round of filling, adverts, the draw of luck) is done by the library's own policies,
choices, law and luck on gathered columns, so the twin is spared the slow half of writing those in plain Python.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import simpy

from benchmarks.effects import Applier, Savings
from benchmarks.lives import Hazards, Person, clocks, give, soonest
from benchmarks.schemes import Gathered, Scheme
from nhstransit.dates import day_of_month, months_of
from nhstransit.entitlements import Law
from nhstransit.eventlog import CAUSES, RULES, Kind, Phase
from nhstransit.grammar import PostsNow
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
        self.calendar, self.bodies, self.functions = scenario.calendar, scenario.roster, scenario.functions
        self.law, self.events = Law.bundled(), []
        self._gathered: Gathered | None = None
        self._luck, self._drive, self.environment = Luck(seed), drive, simpy.Environment()
        self.origin, self.closes = self.calendar.origin, self.bodies.closes.tolist()
        self.savings = Savings(self.law, self.origin)
        starts = self.calendar.month_starts.tolist()
        self._ends = dict(zip([0, *starts], [*starts, self.calendar.days], strict=True)) | {0: starts[1]}
        self._begin_month(0)
        opening, self.retained = scenario.workforce, []
        posts, seats = scenario.opening
        self._found(posts, seats)
        model = scenario.behaviour.departures
        month = int(months_of(self.origin))
        age, served = (month - _full_months(day) for day in (opening.born, opening.service_from))
        scale = 1.0 / float(model.shape(age // 12, served).mean())
        self.hazards = Hazards(model, scenario.behaviour.outlook, (model.base(self.functions) * scale).tolist())
        self.persons: list[Person] = []
        columns = opening.columns() | {"key": opening.staff.astype("uint64")}
        table = self.law.annual_pay(opening.band, opening.point, self.origin)
        columns["pay_pence"] = np.where(opening.pay_pence > 0, opening.pay_pence, table)
        ends = opening.contract_ends.astype("int64")
        self.opening_bill = pay_bill(columns, len(self.bodies))
        columns["contract_ends"] = np.where(ends == NEVER, NEVER, ends - self.origin)
        self.join(columns, seats.tolist())
        for day in starts[1:]:
            self.at(day, Phase.OPENINGS, RULES["month"], partial(self._month, day))
        for day in self.calendar.month_ends.tolist():
            self.at(day, Phase.MONTH_END, 0, partial(self._pay_premiums, day))
        self.live(self.persons)
        applier = Applier(self)
        for name, policy in scenario.policies.items():
            Scheme(name, policy, scenario.behaviour, self, applier, self._luck)

    def _found(self, posts: Any, seats: Any) -> None:
        """Posts, and the days on which bodies open and close."""
        count, still = len(posts), -np.ones(len(posts), "int32")
        columns = {name: getattr(posts, name) for name in ("employer", "function", "band", "key", "opens")}
        self.posts_now = PostsNow(
            **columns, funded=posts.opens <= 0, holder=still, reserved=still.copy(), spell=np.zeros(count, "int32")
        )
        self.posts_now.holder[seats] = np.arange(len(seats))
        for day in np.unique(posts.opens[posts.opens > 0]).tolist():
            self.at(day, Phase.OPENINGS, RULES["opening"], partial(self._open, day, np.flatnonzero(posts.opens == day)))
        for last in {day for day in self.closes if 0 <= day < NEVER}:
            self.at(last + 1, Phase.CLOSURES, RULES["closure"], partial(self._close, last))

    def join(self, columns: dict[str, Any], posts: list[int]) -> list[Person]:
        """Objects for people in columns, with their luck drawn for all at once."""
        first = {"born_month": _full_months(columns["born"]), "served_month": _full_months(columns["service_from"])}
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
        environment = self.environment
        while True:
            try:
                yield environment.timeout(person.wake - environment.now)
            except simpy.Interrupt:
                continue
            if person.post < 0:
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
        self._month_number = int(months_of(self.origin + day))
        self._month_end = self._ends[day]
        self._april = day > 0 and self._month_number % 12 == 3
        if self._april:
            on, points = self.origin + day, self.law.points(self.origin + day).tolist()
            ladders = [(np.full(count, band), np.arange(count)) for band, count in enumerate(points)]
            self._next = [self.law.next_point(*ladder, on).tolist() if len(ladder[0]) else [] for ladder in ladders]
            self._pay = [self.law.annual_pay(*ladder, on).tolist() if len(ladder[0]) else [] for ladder in ladders]

    def _month(self, day: int) -> None:
        """The month begins; in the loop, for everybody."""
        self._begin_month(day)
        if self._drive == "loop":
            for person in self.persons:
                if person.post >= 0:
                    self._read(person, day)
                    self._await(person)

    def _read(self, person: Person, day: int) -> None:
        """The month's reading of one person, and in April the pay day."""
        self.hazards.feel(person, day)
        if self._april:
            self._award(person, day)
        self.hazards.rate(person, self._month_number, day)
        self._plan(person)

    def _award(self, person: Person, day: int) -> None:
        band, old = person.band, person.point
        point = self._next[band][min(old, len(self._next[band]) - 1)]
        pay = max(self._pay[band][point], person.pay_pence)
        if pay != person.pay_pence or point != old:
            person.point, person.pay_pence = point, pay
            self.events.append((day, 0, 50, 6, person.staff, old, point, pay))

    def _plan(self, person: Person) -> None:
        """When this person wakes next: the first way of leaving that falls within the month, or the month's end."""
        days, person.cause = soonest(person, self._month_end - person.since)
        wake = (person.since + days - 1) * DAY + 5 * RULE if days else self._month_end * DAY
        if person.last_day < self._month_end and person.last_day * DAY + 5 * RULE + 10 < wake:
            wake, person.cause = person.last_day * DAY + 5 * RULE + 10, EXIT
        ends = person.contract_ends
        if max(person.since - 1, 0) <= ends < self._month_end and ends * DAY + 5 * RULE + 900 < wake:
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
        for kind, pence in ((60, severance), (61, in_lieu), (62, strain)):
            if pence > 0:
                self.events.append((day, 5, kind, rule, person.staff, post, -1, pence))
        if remove:
            self.posts_now.funded[post] = False
            self.events.append((day, 5, 2, rule, -1, post, -1, self.savings.of(person, day)))

    def depart(self, person: Person, day: int, phase: int, rule: int) -> None:
        posts, post = self.posts_now, person.post
        self.events.append((day, phase, 41, rule, person.staff, post, -1, 0))
        posts.holder[post] = -1
        posts.spell[post] += 1
        if person.next_post >= 0:
            posts.reserved[person.next_post] = -1
        person.post = person.next_post = person.exit_rule = -1
        person.last_day, person.exit_voidable = NEVER, False
        person.left_day, person.left_rule = day, rule
        person.departures += 1

    def _open(self, day: int, posts: Any) -> None:
        self.posts_now.funded[posts] = True
        self.add(day, 0, Kind.OPENED, RULES["opening"], np.full(len(posts), -1), to_post=posts)

    def _close(self, last: int) -> None:
        """Bodies whose last day was yesterday: whoever is left goes, and the posts."""
        rule = RULES["closure"]
        for person in self.persons:
            if person.post >= 0 and self.closes[person.employer] == last:
                self.depart(person, last + 1, 1, rule)
        posts = self.posts_now
        gone = np.flatnonzero((self.bodies.closes == last)[posts.employer] & posts.funded)
        for row in posts.reserved[gone].tolist():
            if row >= 0:
                self.persons[row].next_post = -1
        posts.funded[gone], posts.reserved[gone] = False, -1
        self.add(last + 1, 1, Kind.REMOVED, rule, np.full(len(gone), -1), from_post=gone)

    def _pay_premiums(self, day: int) -> None:
        first = int(self.calendar.month_starts[self.calendar.month_starts.searchsorted(day, "right") - 1])
        for person in self.retained:
            if person.retained_until >= first and person.post >= 0:
                days = min(person.retained_until, day) - max(person.retained_from, first) + 1
                yearly = person.pay_pence * (person.wte_hundredths / 100.0) * person.premium
                pence = round(yearly * days / 365.25)
                self.events.append((day, 7, 63, 0, person.staff, person.post, -1, pence))

    def gather(self) -> Any:
        """Everybody as columns, as they stand."""
        if self._gathered is None:
            self._gathered = Gathered(self.persons)
        return self._gathered

    def at(self, day: int, phase: int, rule: int, action: Any) -> None:
        """Act once at a declared time."""
        wait = self.environment.timeout(day * DAY + phase * RULE + rule - self.environment.now)
        wait.callbacks.append(partial(self._act, action))

    def _act(self, action: Any, _: Any) -> None:
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
