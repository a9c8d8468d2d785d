"""The published figures once more, read by plain loops over the log's tuples: slow, short and hard to get wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cache

import attrs

from nhstransit.log import Kind, rule_code
from nhstransit.run import Run
from nhstransit.workforce.columns import BANDS

GONE = dt.date(2013, 4, 1)
START = dt.date(2010, 4, 1)


@cache
def _tuples(run: Run) -> list[tuple]:
    return run.log.tuples()


@cache
def _rows(run: Run) -> dict[int, int]:
    return {staff: row for row, staff in enumerate(run.people.staff.tolist())}


@attrs.frozen
class Told:
    """A run as lists and dicts, seen in some bodies and days."""

    run: Run
    bodies: frozenset[str]
    until: dt.date
    since: dt.date = START

    def day(self, date: dt.date) -> int:
        return (date - self.run.scenario.start).days

    def body(self, post: int) -> str:
        return self.run.scenario.organisations[int(self.run.posts.employer[post])].name

    def trade(self, post: int) -> str:
        return self.run.scenario.functions[int(self.run.posts.function[post])]

    def row(self, staff: int) -> int:
        return _rows(self.run)[staff]

    def log(self) -> list[tuple]:
        return _tuples(self.run)

    def events(self, kind: Kind, rules: Iterable[str] = ()) -> list[tuple]:
        """Events of a kind, by some rules, of posts in sight, up to the last day."""
        codes = [self.run.code_of(name) for name in rules]
        return [
            event
            for event in self.log()
            if event[2] == kind
            and (not codes or event[3] in codes)
            and self.day(self.since) <= event[0] <= self.day(self.until)
            and self.body(event[5]) in self.bodies
        ]

    def pounds(self, kinds: Iterable[Kind], rules: Iterable[str]) -> float:
        return sum(event[7] for kind in kinds for event in self.events(kind, rules)) / 100

    def wte(self, staff: Iterable[int]) -> float:
        return sum(int(self.run.people.wte_hundredths[self.row(one)]) for one in staff) / 100

    def held(self, date: dt.date) -> dict[int, int]:
        """The post of everybody in post at the end of a date, by identity."""
        people = self.run.people.staff.tolist()
        now = {
            staff: int(post) for staff, post in zip(people, self.run.opening_post.tolist(), strict=True) if post >= 0
        }
        for day, _, kind, _, staff, _, to_post, _ in self.log():
            if day <= self.day(date) and kind in (Kind.MOVED, Kind.ARRIVED, Kind.DEPARTED):
                now.pop(staff, None)
                if to_post >= 0:
                    now[staff] = to_post
        return now

    def opening(self) -> list[int]:
        """Those in a body in sight at the start."""
        pairs = zip(self.run.people.staff.tolist(), self.run.opening_post.tolist(), strict=True)
        return [staff for staff, post in pairs if post >= 0 and self.body(post) in self.bodies]


MARS = ("mars",)
OUT = ("redundancy", "cost-reduction", "voluntary-redundancy", "voluntary-redundancy-second")
PAID = (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION)


def left(told: Told, rules: Iterable[str]) -> list[tuple]:
    return told.events(Kind.DEPARTED, rules)


def share(items: list[bool]) -> float:
    return sum(items) / len(items)


def years(told: Told, event: tuple) -> int:
    """Complete years of service on the day of leaving, by the calendar."""
    since = dt.date(1970, 1, 1) + dt.timedelta(int(told.run.people.service_from[told.row(event[4])]))
    day = told.run.scenario.start + dt.timedelta(event[0])
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def residents(told: Told) -> int:
    return sum(
        body.population for body in told.run.scenario.organisations if body.name in told.bodies and body.kind == "pct"
    )


def applied(told: Told) -> float:
    made = told.events(Kind.APPLIED, MARS)
    opened = told.run.scenario.start + dt.timedelta(min(event[0] for event in made))
    there = [staff for staff, post in told.held(opened).items() if told.body(post) in told.bodies]
    return len({event[4] for event in made}) / len(there)


def women(told: Told) -> float:
    def female(staff: int) -> bool:
        return bool(told.run.people.sex[told.row(staff)] == 0)

    return share([female(event[4]) for event in left(told, OUT)]) / share([female(one) for one in told.opening()])


def without(told: Told) -> float:
    some = {told.body(event[5]) for event in left(told, OUT)}
    return share([name not in some for name in told.bodies])


def returned(told: Told, year: int) -> float:
    """Of those made redundant in a financial year, the share who came back, in or outside the model's bodies."""
    first = told.day(dt.date(year, 4, 1))
    last = told.day(dt.date(year + 1, 3, 31))
    gone = [event for event in left(told, OUT) if first <= event[0] <= last]
    end = told.day(told.until)
    back = [event for event in told.log() if event[2] in (Kind.ARRIVED, Kind.BACK) and event[0] <= end]
    return share([any(one[4] == event[4] and one[0] > event[0] for one in back) for event in gone])


def concerned(told: Told, senders: frozenset[str]) -> set[int]:
    """Whoever was in a sending body by the day of transfer, or came from outside the base."""
    mine = set(told.opening())
    for day, _, kind, rule, staff, _, to_post, _ in told.log():
        if day <= told.day(GONE) and kind in (Kind.MOVED, Kind.ARRIVED):
            inflow = kind == Kind.ARRIVED and rule == rule_code("inflow")
            if inflow or told.body(to_post) in senders:
                mine.add(staff)
    return mine


def transferred(told: Told) -> int:
    mine = concerned(told, told.bodies)
    return sum(staff in mine and told.body(post) not in told.bodies for staff, post in told.held(GONE).items())


def posts_a_person(told: Told, trade: str) -> float:
    posts = told.run.posts
    new = [
        place
        for place in range(len(posts))
        if told.body(place) not in told.bodies
        and 0 < posts.opens[place] <= told.day(GONE)
        and told.trade(place) == trade
    ]
    people = [p for p in told.held(told.until).values() if told.body(p) in told.bodies and told.trade(p) == trade]
    return len(new) / len(people)


def paid_exits(told: Told) -> list[tuple]:
    """Departures in sight on a day on which the person was paid something for going."""
    paid = {(event[4], event[0]) for kind in PAID for event in told.events(kind) if event[7] > 0}
    return [event for event in told.events(Kind.DEPARTED) if (event[4], event[0]) in paid]


def whole(told: Told, until: dt.date = GONE - dt.timedelta(days=1)) -> Told:
    return attrs.evolve(told, since=START, until=until)


def mean(told: Told) -> float:
    return told.pounds(PAID, ()) / len(paid_exits(told))


def removed(told: Told) -> int:
    return sum(event[7] > 0 for event in told.events(Kind.REMOVED))


def there(told: Told) -> int:
    """Posts held on the first day in sight."""
    return sum(told.body(post) in told.bodies for post in told.held(told.since).values())


PLAIN: dict[str, Callable[[Told], float]] = {
    "first MARS leavers": lambda t: len(left(t, MARS)),
    "first MARS cost": lambda t: t.pounds(PAID, MARS),
    "first MARS saving": lambda t: t.pounds([Kind.REMOVED], MARS),
    "first MARS mean payment": lambda t: t.pounds([Kind.SEVERANCE], MARS) / len(left(t, MARS)),
    "first MARS mean saving": lambda t: t.pounds([Kind.REMOVED], MARS) / len(left(t, MARS)),
    "first MARS payback": lambda t: t.pounds(PAID, MARS) / t.pounds([Kind.REMOVED], MARS),
    "first MARS saving a resident": lambda t: t.pounds([Kind.REMOVED], MARS) / residents(t),
    "start-up gap": lambda t: 2 * residents(t) - t.pounds([Kind.REMOVED], MARS),
    "MARS leavers": lambda t: len(left(t, MARS)),
    "MARS mean payment": lambda t: t.pounds([Kind.SEVERANCE], MARS) / len(left(t, MARS)),
    "MARS share of clinicians": lambda t: share([bool(t.run.people.clinician[t.row(e[4])]) for e in left(t, MARS)]),
    "MARS share of a function": lambda t: share([t.trade(event[5]) == "public-health" for event in left(t, MARS)]),
    "MARS share of senior bands": lambda t: share(
        [BANDS[int(t.run.posts.band[e[5]])] in ("8a", "8b", "8c", "8d", "9", "VSM") for e in left(t, MARS)]
    ),
    "share with long service": lambda t: share([years(t, event) >= 15 for event in left(t, (*MARS, *OUT))]),
    "MARS application share": applied,
    "redundancies": lambda t: len(left(t, OUT)),
    "redundancies in WTE": lambda t: t.wte(event[4] for event in left(t, OUT)),
    "redundancies and MARS in WTE": lambda t: t.wte(event[4] for event in left(t, (*MARS, *OUT))),
    "redundancy cost": lambda t: t.pounds(PAID, OUT),
    "redundancy mean": lambda t: t.pounds([Kind.SEVERANCE], OUT) / len(left(t, OUT)),
    "redundancy mean cost": lambda t: t.pounds(PAID, OUT) / t.wte(event[4] for event in left(t, OUT)),
    "redundancy mean cost a person": lambda t: t.pounds(PAID, OUT) / len(left(t, OUT)),
    "redundancy share of base": lambda t: t.wte(event[4] for event in left(t, OUT)) / t.wte(t.opening()),
    "bodies without redundancy": without,
    "women over their share": women,
    "returned": lambda t: returned(t, 2012),
    "transferred": transferred,
    "posts a person": lambda t: posts_a_person(t, "public-health"),
    "paid exits": lambda t: len(paid_exits(t)),
    "paid exit cost": lambda t: t.pounds(PAID, ()),
    "paid exit share": lambda t: len(paid_exits(t)) / len(paid_exits(whole(t))),
    "paid exit mean ratio": lambda t: mean(t) / mean(whole(t, dt.date(2011, 3, 31))),
    "posts removed": removed,
    "posts lost": lambda t: len(left(t, OUT)),
    "share of posts lost": lambda t: len(left(t, OUT)) / there(t),
}
