"""The measures of published figures by plain loops over events: slow, short and hard to get wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cache

import attrs

from nhstransit.log import Kind, rule_code
from nhstransit.run import Run
from nhstransit.workforce.columns import BANDS

TRANSFER_DAY = dt.date(2013, 4, 1)
START = dt.date(2010, 4, 1)


@cache
def _tuples(run: Run) -> list[tuple]:
    return run.log.tuples()


@cache
def _rows(run: Run) -> dict[int, int]:
    return {staff: row for row, staff in enumerate(run.people.staff.tolist())}


@attrs.frozen
class PlainRun:
    """A run as lists and dictionaries, limited to some employers and days."""

    run: Run
    bodies: frozenset[str]
    until: dt.date
    since: dt.date = START

    def day(self, date: dt.date) -> int:
        return (date - self.run.scenario.start).days

    def body(self, post: int) -> str:
        return self.run.scenario.organisations[int(self.run.posts.employer[post])].name

    def function(self, post: int) -> str:
        return self.run.scenario.functions[int(self.run.posts.function[post])]

    def row(self, staff: int) -> int:
        return _rows(self.run)[staff]

    def log(self) -> list[tuple]:
        return _tuples(self.run)

    def events(self, kind: Kind, rules: Iterable[str] = ()) -> list[tuple]:
        """Events of a kind under some rules, in the employers and days of this view."""
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
        """The post of everyone in post at the end of a date, by staff number."""
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
        """The people in the employers of this view at the start."""
        pairs = zip(self.run.people.staff.tolist(), self.run.opening_post.tolist(), strict=True)
        return [staff for staff, post in pairs if post >= 0 and self.body(post) in self.bodies]


MARS = ("mars",)
OUT = ("redundancy", "cost-reduction", "voluntary-redundancy", "voluntary-redundancy-second")
PAID = (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION)


def left(plain_run: PlainRun, rules: Iterable[str]) -> list[tuple]:
    return plain_run.events(Kind.DEPARTED, rules)


def share(items: list[bool]) -> float:
    return sum(items) / len(items)


def years(plain_run: PlainRun, event: tuple) -> int:
    """Complete years of service on the day of leaving, by the calendar."""
    since = dt.date(1970, 1, 1) + dt.timedelta(int(plain_run.run.people.service_from[plain_run.row(event[4])]))
    day = plain_run.run.scenario.start + dt.timedelta(event[0])
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def residents(plain_run: PlainRun) -> int:
    return sum(
        body.population
        for body in plain_run.run.scenario.organisations
        if body.name in plain_run.bodies and body.kind == "pct"
    )


def applied(plain_run: PlainRun) -> float:
    made = plain_run.events(Kind.APPLIED, MARS)
    opened = plain_run.run.scenario.start + dt.timedelta(min(event[0] for event in made))
    there = [staff for staff, post in plain_run.held(opened).items() if plain_run.body(post) in plain_run.bodies]
    return len({event[4] for event in made}) / len(there)


def women(plain_run: PlainRun) -> float:
    def female(staff: int) -> bool:
        return bool(plain_run.run.people.sex[plain_run.row(staff)] == 0)

    return share([female(event[4]) for event in left(plain_run, OUT)]) / share(
        [female(one) for one in plain_run.opening()]
    )


def without(plain_run: PlainRun) -> float:
    with_redundancies = {plain_run.body(event[5]) for event in left(plain_run, OUT)}
    return share([name not in with_redundancies for name in plain_run.bodies])


def returned(plain_run: PlainRun, year: int) -> float:
    """The share of people made redundant in a financial year who returned, to an employer in the model or elsewhere."""
    first = plain_run.day(dt.date(year, 4, 1))
    last = plain_run.day(dt.date(year + 1, 3, 31))
    redundant = [event for event in left(plain_run, OUT) if first <= event[0] <= last]
    end = plain_run.day(plain_run.until)
    back = [event for event in plain_run.log() if event[2] in (Kind.ARRIVED, Kind.BACK) and event[0] <= end]
    return share([any(one[4] == event[4] and one[0] > event[0] for one in back) for event in redundant])


def concerned(plain_run: PlainRun, senders: frozenset[str]) -> set[int]:
    """The people who were in a sending employer by the day of transfer, or came from outside the base."""
    mine = set(plain_run.opening())
    for day, _, kind, rule, staff, _, to_post, _ in plain_run.log():
        if day <= plain_run.day(TRANSFER_DAY) and kind in (Kind.MOVED, Kind.ARRIVED):
            inflow = kind == Kind.ARRIVED and rule == rule_code("inflow")
            if inflow or plain_run.body(to_post) in senders:
                mine.add(staff)
    return mine


def transferred(plain_run: PlainRun) -> int:
    mine = concerned(plain_run, plain_run.bodies)
    return sum(
        staff in mine and plain_run.body(post) not in plain_run.bodies
        for staff, post in plain_run.held(TRANSFER_DAY).items()
    )


def posts_a_person(plain_run: PlainRun, function: str) -> float:
    posts = plain_run.run.posts
    new = [
        post
        for post in range(len(posts))
        if plain_run.body(post) not in plain_run.bodies
        and 0 < posts.opens[post] <= plain_run.day(TRANSFER_DAY)
        and plain_run.function(post) == function
    ]
    people = [
        p
        for p in plain_run.held(plain_run.until).values()
        if plain_run.body(p) in plain_run.bodies and plain_run.function(p) == function
    ]
    return len(new) / len(people)


def paid_exits(plain_run: PlainRun) -> list[tuple]:
    """Departures in this view on a day on which the person was paid for leaving."""
    paid = {(event[4], event[0]) for kind in PAID for event in plain_run.events(kind) if event[7] > 0}
    return [event for event in plain_run.events(Kind.DEPARTED) if (event[4], event[0]) in paid]


def whole(plain_run: PlainRun, until: dt.date = TRANSFER_DAY - dt.timedelta(days=1)) -> PlainRun:
    return attrs.evolve(plain_run, since=START, until=until)


def mean(plain_run: PlainRun) -> float:
    return plain_run.pounds(PAID, ()) / len(paid_exits(plain_run))


def removed(plain_run: PlainRun) -> int:
    return sum(event[7] > 0 for event in plain_run.events(Kind.REMOVED))


def there(plain_run: PlainRun) -> int:
    """Posts held on the first day of this view."""
    return sum(plain_run.body(post) in plain_run.bodies for post in plain_run.held(plain_run.since).values())


PLAIN: dict[str, Callable[[PlainRun], float]] = {
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
    "MARS share of a function": lambda t: share([t.function(event[5]) == "public-health" for event in left(t, MARS)]),
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
