"""What policies do to the people of the twin, one person after another."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import Any

import attrs
import numpy as np

from benchmarks.lives import Person
from nhstransit.eventlog import RULES, Kind, Phase
from nhstransit.grammar import Appoint, Back, Consult, Depart, Designate, Hire, Rejoin, Retain, Turn
from nhstransit.workforce.codes import RiskClass
from nhstransit.workforce.columns import NEVER


class Savings:
    """What employers save for good by those who go with their posts, worked out at once for all who go on a day."""

    def __init__(self, law: Any, origin: int) -> None:
        self._law, self._origin = law, origin
        self.leaving: defaultdict[int, list[Person]] = defaultdict(list)
        self._saved: dict[int, int] = {}

    def of(self, person: Person, day: int) -> int:
        """Pence a year saved by the post of one who goes today."""
        if day in self.leaving:
            people = self.leaving.pop(day)
            pay, hundredths = (np.array([getattr(p, name) for p in people]) for name in ("pay_pence", "wte_hundredths"))
            saved = self._law.employer_cost(pay, hundredths / 100.0, self._origin + day).tolist()
            self._saved = {one.row: pence for one, pence in zip(people, saved, strict=True)}
        return self._saved[person.row]


class Applier:
    """Carries effects out on the twin."""

    def __init__(self, twin: Any) -> None:
        self._twin, self._coming = twin, {}

    def take(self, effect: Any, day: int, phase: int, rule: int) -> None:
        """Carry out one effect."""
        steps = {
            Depart: self._agree,
            Appoint: self._appoint,
            Hire: self._hire,
            Rejoin: self._rejoin,
            Back: self._back,
            Retain: self._retain,
            Designate: self._designate,
            Turn: self._turn,
            Consult: self._consult,
        }
        people = [self._twin.persons[row] for row in getattr(effect, "rows", np.empty(0, int)).tolist()]
        steps[type(effect)](effect, people, day, int(phase), rule)

    def _log(self, *event: int) -> None:
        self._twin.events.append(event)

    def _agree(self, effect: Depart, people: list[Person], day: int, phase: int, rule: int) -> None:
        twin = self._twin
        sums = (effect.severance, effect.in_lieu, effect.strain, effect.remove)
        for person, last, *due in zip(people, effect.last_day.tolist(), *(s.tolist() for s in sums), strict=True):
            self._log(day, phase, Kind.EXIT_AGREED, rule, person.staff, person.post, last, due[0] + due[1])
            person.exit, person.last_day, person.exit_rule, person.exit_voidable = due, last, rule, effect.voidable
            twin.savings.leaving[last].append(person)
            twin.rerate(person, day)

    def _appoint(self, effect: Appoint, people: list[Person], day: int, phase: int, rule: int) -> None:
        twin, posts = self._twin, effect.posts.tolist()
        for person, post in zip(people, posts, strict=True):
            if person.exit_voidable:
                self._log(day, phase, Kind.EXIT_VOID, rule, person.staff, person.post, -1, 0)
                person.exit_rule, person.exit_voidable, person.last_day = -1, False, NEVER
            self._log(day, phase, Kind.APPOINTED, rule, person.staff, person.post, post, 0)
            person.next_post = post
            twin.posts_now.reserved[post] = person.row
            self._turn_class(person, RiskClass.SAFE, day, phase, rule)
            twin.rerate(person, day)
        start = max(effect.start, day)
        when, name = (Phase.APPOINTMENTS, rule) if start == day else (Phase.CLOSURES, RULES["transfer"])
        twin.at(start, when, name, partial(self._start, people, posts, start, int(when), rule))

    def _start(self, people: list[Person], posts: list[int], day: int, phase: int, rule: int) -> None:
        twin, now = self._twin, self._twin.posts_now
        for person, post in zip(people, posts, strict=True):
            if person.next_post != post or person.post < 0:
                continue
            self._log(day, phase, Kind.MOVED, rule, person.staff, person.post, post, 0)
            now.holder[person.post], now.holder[post], now.reserved[post] = -1, person.row, -1
            now.spell[person.post] += 1
            person.post, person.next_post = post, -1
            person.employer, person.function = int(now.employer[post]), int(now.function[post])
            person.band = int(now.band[post])
            twin.rerate(person, day)

    def _hire(self, effect: Hire, people: list[Person], day: int, phase: int, rule: int) -> None:
        del people, phase, day
        self._twin.posts_now.reserved[effect.posts] = -2
        if (effect.start, rule) not in self._coming:
            self._coming[effect.start, rule] = []
            self._twin.at(effect.start, Phase.ARRIVALS, rule, partial(self._arrive, effect.start, rule))
        self._coming[effect.start, rule].append(effect)

    def _arrive(self, day: int, rule: int) -> None:
        twin, hires = self._twin, self._coming.pop((day, rule))
        posts = np.concatenate([hire.posts for hire in hires])
        stands = twin.posts_now.funded[posts]
        names = [field.name for field in attrs.fields(type(hires[0].newcomers))]
        columns = {n: np.concatenate([getattr(hire.newcomers, n) for hire in hires])[stands] for n in names}
        posts = posts[stands]
        columns |= {name: getattr(twin.posts_now, name)[posts] for name in ("employer", "function", "band")}
        columns["staff"] = twin.persons[-1].staff + 1 + np.arange(len(posts))
        columns["contract"] = columns["critical"] = np.zeros(len(posts), int)
        columns["contract_ends"] = np.full(len(posts), NEVER)
        columns["pay_pence"] = twin.law.annual_pay(columns["band"], columns["point"], twin.origin + day)
        people = twin.join(columns, posts.tolist())
        for person in people:
            twin.posts_now.holder[person.post], twin.posts_now.reserved[person.post] = person.row, -1
            person.risk_class = int(RiskClass.EXPOSED if twin.closes[person.employer] < NEVER else RiskClass.NONE)
            person.since = day + 1
            self._log(day, Phase.ARRIVALS, Kind.ARRIVED, rule, person.staff, -1, person.post, 0)
        twin.live(people)

    def _rejoin(self, effect: Rejoin, people: list[Person], day: int, phase: int, rule: int) -> None:
        del phase
        posts = effect.posts.tolist()
        self._twin.posts_now.reserved[effect.posts] = effect.rows
        for person, post in zip(people, posts, strict=True):
            person.next_post = post
        self._twin.at(day, Phase.ARRIVALS, rule, partial(self._return, people, posts, day, rule))

    def _return(self, people: list[Person], posts: list[int], day: int, rule: int) -> None:
        twin, now, phase = self._twin, self._twin.posts_now, int(Phase.ARRIVALS)
        kept = [(person, post) for person, post in zip(people, posts, strict=True) if person.next_post == post]
        for person, post in kept:
            twin.hazards.feel(person, day)
            person.post, person.next_post, person.retained_until = post, -1, -1
            person.employer, person.function = int(now.employer[post]), int(now.function[post])
            person.band = int(now.band[post])
            now.holder[post], now.reserved[post] = person.row, -1
        back = [person for person, _ in kept]
        band, point = (np.array([getattr(person, name) for person in back]) for name in ("band", "point"))
        table = twin.law.annual_pay(band, point, twin.origin + day).tolist() if back else []
        for person, pay in zip(back, table, strict=True):
            person.pay_pence = pay
            self._log(day, phase, Kind.ARRIVED, rule, person.staff, -1, person.post, 0)
            self._log(day, phase, Kind.PAY, rule, person.staff, person.point, person.point, pay)
            closing = twin.closes[person.employer] < NEVER
            self._turn_class(person, RiskClass.EXPOSED if closing else RiskClass.NONE, day, phase, rule)
        twin.rewind(back, day)

    def _back(self, effect: Back, people: list[Person], day: int, phase: int, rule: int) -> None:
        for person in people:
            self._log(day, phase, Kind.BACK, rule, person.staff, -1, -1, 0)
            person.returned = True

    def _retain(self, effect: Retain, people: list[Person], day: int, phase: int, rule: int) -> None:
        for person in people:
            yearly = round(person.pay_pence * (person.wte_hundredths / 100.0) * effect.premium)
            self._log(day, phase, Kind.RETAINED, rule, person.staff, person.post, effect.until, yearly)
            person.retained_from, person.retained_until, person.premium = day, effect.until, effect.premium
            self._turn_class(person, RiskClass.GUARANTEED, day, phase, rule)
            self._twin.rerate(person, day)
        self._twin.retained += people

    def _designate(self, effect: Designate, people: list[Person], day: int, phase: int, rule: int) -> None:
        for person in people:
            if not person.critical:
                self._log(day, phase, Kind.DESIGNATED, rule, person.staff, person.post, -1, 0)
                person.critical = True

    def _turn(self, effect: Turn, people: list[Person], day: int, phase: int, rule: int) -> None:
        twin = self._twin
        targets = [None] * len(people) if effect.target is None else effect.target.tolist()
        kinds = [None] * len(people) if effect.disposition is None else effect.disposition.tolist()
        for person, target, kind in zip(people, targets, kinds, strict=True):
            twin.hazards.feel(person, day)
            if effect.risk_class is not None:
                self._turn_class(person, effect.risk_class, day, phase, rule)
            if target is not None:
                heads = min(max(person.risk + effect.weight * (target - person.risk), 0.0), 1.0)
                person.risk_from, person.risk_to, person.risk_since = person.risk, heads, day
            if kind is not None and kind != person.disposition:
                self._log(day, phase, Kind.DISPOSITION, rule, person.staff, person.disposition, kind, 0)
                person.disposition = kind
            twin.rerate(person, day)

    def _turn_class(self, person: Person, risk_class: int, day: int, phase: int, rule: int) -> None:
        if person.risk_class != risk_class:
            self._log(day, phase, Kind.RISK, rule, person.staff, person.risk_class, int(risk_class), 0)
            person.risk_class = int(risk_class)
        if risk_class in (RiskClass.NONE, RiskClass.GUARANTEED, RiskClass.SAFE):
            person.risk = 0.0

    def _consult(self, effect: Consult, people: list[Person], day: int, phase: int, rule: int) -> None:
        for person, until in zip(people, effect.until.tolist(), strict=True):
            self._log(day, phase, Kind.CONSULTED, rule, person.staff, person.post, until, 0)
