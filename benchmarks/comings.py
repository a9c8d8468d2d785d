"""Who starts in which post of the twin: appointed, lodged, hired, or back; one after another."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs
import numpy as np

from benchmarks.lives import Person
from nhstransit.dates import add_months, day_of_month, months_of
from nhstransit.grammar import Appoint, Hire, Lodge, Rejoin
from nhstransit.log import RULES, Kind, Phase
from nhstransit.workforce.columns import CONTRACTS, NEVER, RiskClass

_PERMANENT, _FIXED = CONTRACTS.index("permanent"), CONTRACTS.index("fixed-term")
_CALM = (RiskClass.NONE, RiskClass.GUARANTEED, RiskClass.SAFE)


def turn_class(twin: Any, person: Person, risk_class: int, day: int, phase: int, rule: int) -> None:
    """A person's risk class changes; the calm feel no risk."""
    if person.risk_class != risk_class:
        old, person.risk_class = person.risk_class, int(risk_class)
        twin.events.append((day, phase, int(Kind.RISK), rule, person.staff, old, int(risk_class), 0))
    if risk_class in _CALM:
        person.risk = 0.0


class Comings:
    """Everything agreed about who is to start where."""

    def __init__(self, twin: Any) -> None:
        self._twin, self._coming = twin, {}

    def appoint(self, effect: Appoint, people: list[Person], day: int, phase: int, rule: int) -> None:
        """Posts are promised, to start at midnight of a later day or in today's appointments."""
        twin, posts, log = self._twin, effect.posts.tolist(), self._twin.events.append
        for person, post in zip(people, posts, strict=True):
            if person.exit_voidable:
                log((day, phase, int(Kind.EXIT_VOID), rule, person.staff, person.post, -1, 0))
                person.exit_rule, person.exit_voidable, person.last_day, person.exit = -1, False, NEVER, None
            log((day, phase, int(Kind.APPOINTED), rule, person.staff, person.post, post, 0))
            person.next_post, person.notice_due = post, -1
            twin.estate.posts.reserved[post] = person.row
            turn_class(twin, person, RiskClass.SAFE, day, phase, rule)
            twin.rerate(person, day)
        start = max(effect.start, day)
        when, name = (Phase.APPOINTMENTS, rule) if start == day else (Phase.CLOSURES, RULES["transfer"])
        twin.at(start, when, name, partial(self._start, people, posts, start, int(when), rule))

    def _start(self, people: list[Person], posts: list[int], day: int, phase: int, rule: int) -> None:
        for person, post in zip(people, posts, strict=True):
            if person.next_post == post and person.post >= 0:
                left, goes, person.post_goes = person.post, person.post_goes, -1
                self._move(person, post, day, phase, rule)
                estate = self._twin.estate
                if goes >= 0 and estate.closes[estate.posts.employer[left]] >= day:
                    estate.remove(left, day, phase, goes, self._twin.savings.now(person, day))

    def _move(self, person: Person, post: int, day: int, phase: int, rule: int) -> None:
        twin, now = self._twin, self._twin.estate.posts
        twin.events.append((day, phase, int(Kind.MOVED), rule, person.staff, person.post, post, 0))
        now.holder[person.post] = -1
        now.spell[person.post] += 1
        self._sit(person, post, day, phase)
        twin.rerate(person, day)

    def _sit(self, person: Person, post: int, day: int, phase: int) -> None:
        """The post kept for a person is theirs; whoever covered it goes."""
        estate, now = self._twin.estate, self._twin.estate.posts
        estate.covers.end(post, day, phase)
        now.holder[post], now.reserved[post] = person.row, -1
        person.post, person.next_post = post, -1
        person.employer, person.function = int(now.employer[post]), int(now.function[post])
        person.band = int(now.band[post])

    def lodge(self, effect: Lodge, people: list[Person], rule: int) -> None:
        """Posts are kept in which people serve the rest of what is agreed."""
        posts, exits = effect.posts.tolist(), [person.exit for person in people]
        self._twin.estate.posts.reserved[effect.posts] = effect.rows
        moving_in = partial(self._move_in, people, posts, exits, effect.start, rule)
        self._twin.at(effect.start, Phase.CLOSURES, RULES["transfer"], moving_in)

    def _move_in(self, people: list[Person], posts: list[int], exits: list[Any], day: int, rule: int) -> None:
        """Those with the same exit still before them move; posts kept for the others are free."""
        reserved = self._twin.estate.posts.reserved
        for person, post, agreed in zip(people, posts, exits, strict=True):
            if reserved[post] != person.row:
                continue
            if person.post >= 0 and person.exit is agreed:
                self._move(person, post, day, int(Phase.CLOSURES), rule)
            else:
                reserved[post] = -1

    def hire(self, effect: Hire, rule: int) -> None:
        """Posts are kept for newcomers who start on a later day."""
        self._twin.estate.posts.reserved[effect.posts] = -2
        if (effect.start, rule) not in self._coming:
            self._coming[effect.start, rule] = []
            self._twin.at(effect.start, Phase.ARRIVALS, rule, partial(self._arrive, effect.start, rule))
        self._coming[effect.start, rule].append(effect)

    def _arrive(self, day: int, rule: int) -> None:
        """Those whose posts still stand start."""
        twin, hires, phase = self._twin, self._coming.pop((day, rule)), int(Phase.ARRIVALS)
        now = twin.estate.posts
        posts = np.concatenate([hire.posts for hire in hires])
        stands = now.funded[posts]
        names = [field.name for field in attrs.fields(type(hires[0].newcomers))]
        columns = {n: np.concatenate([getattr(hire.newcomers, n) for hire in hires])[stands] for n in names}
        posts = posts[stands]
        columns |= {name: getattr(now, name)[posts] for name in ("employer", "function", "band")}
        first = twin.persons[-1].staff + 1 if twin.persons else 0
        columns["staff"] = first + np.arange(len(posts))
        columns["contract"] = columns["critical"] = np.zeros(len(posts), int)
        columns["contract_ends"] = np.full(len(posts), NEVER)
        columns["pay_pence"] = twin.law.annual_pay(columns["band"], columns["point"], twin.origin + day)
        people = twin.join(columns, posts.tolist())
        for person in people:
            self._sit(person, person.post, day, phase)
            person.risk_class = int(
                RiskClass.EXPOSED if twin.estate.closes[person.employer] < NEVER else RiskClass.NONE
            )
            person.since = day + 1
            twin.events.append((day, phase, int(Kind.ARRIVED), rule, person.staff, -1, person.post, 0))
        twin.live(people)

    def _count_service(self, person: Person, day: int) -> None:
        """Service that was paid for, or lies before too long a break, counts no more."""
        today, free = self._twin.origin + day, self._twin.origin + person.left_day + 1
        if person.paid_off or add_months(free, self._twin.law.reckonable_break_months(today)) < today:
            person.service_from = today
            person.served_month = int(months_of(today) + (day_of_month(today) > 1))

    def rejoin(self, effect: Rejoin, people: list[Person], day: int, rule: int) -> None:
        """Posts are kept for people who come back in today's arrivals."""
        posts = effect.posts.tolist()
        until = [NEVER] * len(posts) if effect.until is None else effect.until.tolist()
        self._twin.estate.posts.reserved[effect.posts] = effect.rows
        for person, post in zip(people, posts, strict=True):
            person.next_post = post
        returning = list(zip(people, posts, until, strict=True))
        self._twin.at(day, Phase.ARRIVALS, rule, partial(self._return, returning, day, rule))

    def _return(self, returning: list[tuple[Person, int, int]], day: int, rule: int) -> None:
        """Those whose posts still stand are back, by the table of the day, on a contract and with clocks of their own."""
        twin, phase, log = self._twin, int(Phase.ARRIVALS), self._twin.events.append
        kept = [(person, post, until) for person, post, until in returning if person.next_post == post]
        for person, post, until in kept:
            twin.feel_away(person)
            self._sit(person, post, day, phase)
            person.retained_until, person.contract_ends = -1, until
            self._count_service(person, day)
            person.contract = _FIXED if until < NEVER else _PERMANENT
        back = [person for person, _, _ in kept]
        band, point = (np.array([getattr(person, name) for person in back]) for name in ("band", "point"))
        table = twin.law.annual_pay(band, point, twin.origin + day).tolist() if back else []
        for person, pay in zip(back, table, strict=True):
            person.pay_pence = pay
            log((day, phase, int(Kind.ARRIVED), rule, person.staff, -1, person.post, 0))
            log((day, phase, int(Kind.PAY), rule, person.staff, person.point, person.point, pay))
            closing = twin.estate.closes[person.employer] < NEVER
            turn_class(twin, person, RiskClass.EXPOSED if closing else RiskClass.NONE, day, phase, rule)
        twin.rewind(back, day)
