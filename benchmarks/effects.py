"""What policies do to the people of the twin, one person after another."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import attrs
import numpy as np

from benchmarks.comings import Comings, turn_class
from benchmarks.lives import Person
from nhstransit.grammar import (
    Appoint,
    Back,
    Consult,
    Depart,
    Designate,
    Draw,
    Engage,
    Extend,
    Find,
    Hire,
    Lodge,
    Opened,
    OpenPosts,
    Pay,
    Rejoin,
    RemovePosts,
    Retain,
    Turn,
)
from nhstransit.log import Kind
from nhstransit.workforce.columns import RiskClass


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

    def now(self, person: Person, day: int) -> int:
        """Pence a year saved by the post of one who moves on today."""
        pay, wte = np.array([person.pay_pence]), np.array([person.wte_hundredths]) / 100.0
        return int(self._law.employer_cost(pay, wte, self._origin + day)[0])


class Applier:
    """Carries effects out on the twin."""

    def __init__(self, twin: Any) -> None:
        self._twin, self._comings = twin, Comings(twin)
        self._opened: dict[OpenPosts, Any] = {}  # positions of the posts that each effect opened

    def take(self, effect: Any, day: int, phase: int, rule: int) -> None:
        """Carry out one effect."""
        estate, when = self._twin.estate, (day, int(phase), rule)
        if isinstance(effect, OpenPosts):
            self._opened[effect] = len(estate.posts.key) + np.arange(len(effect.employer))
        elif isinstance(posts := getattr(effect, "posts", None), Opened):
            effect = attrs.evolve(effect, posts=self._opened[posts.by][posts.which].astype("int32"))
        of_bodies = {
            Engage: estate.covers.engage,
            Draw: estate.draw,
            Find: estate.find,
            Extend: estate.extend,
            OpenPosts: estate.open_posts,
            RemovePosts: estate.remove_posts,
        }
        steps = {
            Depart: self._agree,
            Appoint: self._comings.appoint,
            Back: self._back,
            Retain: self._retain,
            Designate: self._designate,
            Turn: self._turn,
            Consult: self._consult,
            Pay: self._pay,
        }
        if type(effect) in of_bodies:
            of_bodies[type(effect)](effect, *when)
            return
        people = [self._twin.persons[row] for row in getattr(effect, "rows", np.empty(0, int)).tolist()]
        match effect:
            case Hire():
                self._comings.hire(effect, rule)
            case Rejoin():
                self._comings.rejoin(effect, people, day, rule)
            case Lodge():
                self._comings.lodge(effect, people, rule)
            case _:
                steps[type(effect)](effect, people, *when)

    def _log(self, *event: int) -> None:
        self._twin.events.append(event)

    def _agree(self, effect: Depart, people: list[Person], day: int, phase: int, rule: int) -> None:
        twin = self._twin
        sums = (effect.severance, effect.in_lieu, effect.strain, effect.remove)
        for person, last, *due in zip(people, effect.last_day.tolist(), *(s.tolist() for s in sums), strict=True):
            self._log(day, phase, Kind.EXIT_AGREED, rule, person.staff, person.post, last, due[0] + due[1])
            person.exit, person.last_day, person.exit_rule, person.exit_voidable = due, last, rule, effect.voidable
            person.post_goes = rule if effect.voidable and due[3] else -1
            twin.savings.leaving[last].append(person)
            twin.rerate(person, day)

    def _pay(self, effect: Pay, people: list[Person], day: int, phase: int, rule: int) -> None:
        for person, pence in zip(people, effect.pence.tolist(), strict=True):
            self._log(day, phase, effect.kind, rule, person.staff, person.post, -1, pence)
            if effect.until >= 0:
                person.course_until = effect.until

    def _back(self, effect: Back, people: list[Person], day: int, phase: int, rule: int) -> None:
        for person in people:
            self._log(day, phase, Kind.BACK, rule, person.staff, -1, -1, 0)
            person.returned = True

    def _retain(self, effect: Retain, people: list[Person], day: int, phase: int, rule: int) -> None:
        twin = self._twin
        for person in people:
            yearly = round(person.pay_pence * (person.wte_hundredths / 100.0) * effect.premium)
            self._log(day, phase, Kind.RETAINED, rule, person.staff, person.post, effect.until, yearly)
            twin.pay.retain(person, effect.until, effect.premium, day, phase)
            turn_class(twin, person, RiskClass.GUARANTEED, day, phase, rule)
            twin.rerate(person, day)

    def _designate(self, effect: Designate, people: list[Person], day: int, phase: int, rule: int) -> None:
        for person in people:
            if person.critical != effect.critical and (effect.critical or not person.listed):
                kind = Kind.DESIGNATED if effect.critical else Kind.LAPSED
                self._log(day, phase, kind, rule, person.staff, person.post, -1, 0)
                person.critical = effect.critical

    def _turn(self, effect: Turn, people: list[Person], day: int, phase: int, rule: int) -> None:
        twin = self._twin
        targets = [None] * len(people) if effect.target is None else effect.target.tolist()
        kinds = [None] * len(people) if effect.disposition is None else effect.disposition.tolist()
        pace = twin.hazards.pace(effect.ramp_months, effect.half_life_months)
        for person, target, kind in zip(people, targets, kinds, strict=True):
            twin.hazards.feel(person, day)
            if effect.risk_class is not None:
                turn_class(twin, person, effect.risk_class, day, phase, rule)
            if target is not None:
                heads = min(max(person.risk + effect.weight * (target - person.risk), 0.0), 1.0)
                person.risk_from, person.risk_to, person.risk_since = person.risk, heads, day
                person.ramp, person.half_life = pace
            if kind is not None and kind != person.disposition:
                self._log(day, phase, Kind.DISPOSITION, rule, person.staff, person.disposition, kind, 0)
                person.disposition = kind
            twin.rerate(person, day)

    def _consult(self, effect: Consult, people: list[Person], day: int, phase: int, rule: int) -> None:
        for person, until in zip(people, effect.until.tolist(), strict=True):
            self._log(day, phase, Kind.CONSULTED, rule, person.staff, person.post, until, 0)
            if effect.chosen:
                person.notice_due = until + 1
