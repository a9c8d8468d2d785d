"""Voluntary redundancy: people apply one by one, and each employer approves them at random until its bill is low enough."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nhstransit.dates import DAYS_A_YEAR
from nhstransit.log import Kind
from nhstransit.policies import VoluntaryRedundancy
from nhstransit.streams import Chances
from nhstransit.workforce.columns import BANDS, CONTRACTS
from oracle import pay
from oracle.choices import applies_for_severance, key, signs
from oracle.day import Phase
from oracle.effects import agree
from oracle.mars import clawback_on_redundancy
from oracle.things import NEWCOMER, Body, Exit, Person

Step = tuple[int, Phase, Callable[[], None]]


@dataclass(eq=False)
class Case:
    """An application: the person, the terms, the months of pay, and the panel's random number."""

    person: Person
    going: Exit
    months: float
    draw: float = 0.0


class Window:
    """A voluntary redundancy in a run. It stores every employer's opening bill when it is made, before the first day."""

    def __init__(self, acting: Any, policy: VoluntaryRedundancy) -> None:
        self.world = acting.world
        self.rule = acting.rule
        self.policy = policy
        self.key = acting.chances.policy
        self.opening = {body: sum(map(_yearly, self._staff(body))) for body in self.world.bodies}

    def steps(self) -> list[Step]:
        """The day of every panel."""
        day = self.world.calendar.day
        every = enumerate(self.policy.panels)
        return [(day(one.closes), Phase.WINDOWS, lambda number=number: self._sit(number)) for number, one in every]

    def _staff(self, body: Body) -> list[Person]:
        return [person for person in self.world.people if person.post is not None and person.body is body]

    def _sit(self, number: int) -> None:
        """Let every employer with an excess ask its people, and approve as many as save the excess."""
        chances = Chances(self.world.luck, self.key, number)
        leaves = self.world.calendar.day(self.policy.panels[number].leaves)
        above = {body: self._above(body, number, leaves) for body in self.world.bodies}
        cases = []
        for person in self.world.in_post(self.policy.kinds):
            case = self._case(person, leaves) if above[person.body] > 0 and self._asked(person) else None
            if case is not None and self._applies(case, chances, leaves):
                cases.append(case)
        approved = [case for body in self.world.bodies for case in self._approved(body, cases, above[body], chances)]
        for case in cases:
            self._settle(case, chances, approved=case in approved)

    def _settle(self, case: Case, chances: Chances, *, approved: bool) -> None:
        person = case.person
        self._note(Kind.APPLIED, person, case.going.severance)
        self._note(Kind.APPROVED if approved else Kind.REFUSED, person)
        if approved and not signs(self.world, person, chances):
            self._note(Kind.WITHDREW, person)
        elif approved:
            agree(self.world, person, case.going)

    def _note(self, kind: Kind, person: Person, pence: int = 0) -> None:
        self.world.note(Phase.WINDOWS, kind, self.rule, person.staff, left=person.post.number, pence=pence)

    def _above(self, body: Body, number: int, leaves: int) -> int:
        """The excess in pence per year, after the departures and arrivals expected by the last day."""
        if body.kind not in self.policy.kinds or self.opening[body] <= 0:
            return 0
        today = self.world.today
        stay = [p for p in self._staff(body) if p.exit is None and p.notice_due < today]
        stay = [p for p in stay if p.next_post is None or p.void is None or not p.void.removes_post]
        bill = sum(map(_yearly, stay))
        bill -= math.floor(bill * (self.policy.expected_leaving * max(leaves - today, 0) / DAYS_A_YEAR))
        for post in self.world.posts:
            if post.body is body and post.stands and post.promised is NEWCOMER:
                basic = pay.in_band(self.world, post.band, 0)
                bill += basic + pay.supplement(self.world, body, post.band, basic, self.world.epoch(today))
        whole = self.policy.cut
        first = self.policy.from_cut
        last = len(self.policy.panels) - 1
        part = 1.0 if number == last else (1.0 - self.policy.year_end) * (number + 1) / last
        now = math.floor(self.opening[body] * (1.0 - (first + (whole - first) * part)))
        least = math.floor(self.opening[body] * (1.0 - whole))
        return max(bill - max(now - self.world.to_find.get(body, 0), least), 0)

    def _asked(self, person: Person) -> bool:
        """Whether somebody is asked, regardless of redundancy pay."""
        function = self.world.scenario.functions[person.post.function]
        band = BANDS[person.post.band]
        named = (not self.policy.functions or function in self.policy.functions) and (
            not self.policy.bands or band in self.policy.bands
        )
        bound = person.settled or person.guaranteed_on(self.world.today) or person.notice_due >= self.world.today
        return named and not bound and person.contract == CONTRACTS.index("permanent")

    def _case(self, person: Person, leaves: int) -> Case | None:
        """The terms on which somebody would leave, or None without redundancy pay. The law is that of the opening day."""
        world = self.world
        law = self.world.law
        last = min(leaves, person.body.closes)
        opened = world.epoch(world.calendar.day(self.policy.opens))
        facts = (person.pay, person.wte, person.born, person.service_from, person.post.band, person.section)
        wage, wte, born, since, band, section = (np.array([fact]) for fact in facts)
        leaving = np.array([world.epoch(last)])
        terms_on = np.array([opened])
        pence = law.redundancy(wage, wte, born, since, leaving, band, terms_on=terms_on)
        if pence[0] <= 0:
            return None
        strain = law.pension_strain(wage, wte, born, since, leaving, section, redundancy_pence=pence, terms_on=terms_on)
        weeks = int(law.notice_weeks(band, since, world.epoch(world.today))[0])
        unserved = max(weeks - max(last - world.today, 0) / 7.0, 0.0)
        going = Exit(
            rule=self.rule,
            last_day=last,
            severance=int(pence[0]),
            in_lieu=int(law.lieu(wage, wte, np.array([unserved]))[0]),
            strain=int(strain[0]),
            removes_post=True,
        )
        return Case(person, going, float(law.redundancy_months(since, leaving, born=born, terms_on=terms_on)[0]))

    def _applies(self, case: Case, chances: Chances, leaves: int) -> bool:
        clawback = clawback_on_redundancy(self.world, self.world.epoch(leaves))
        return applies_for_severance(self.world, case.person, chances, case.months, clawback, early_pension=True)

    def _approved(self, body: Body, cases: list[Case], above: int, chances: Chances) -> list[Case]:
        """The cases that one employer approves: those that pay back, in random order, until the excess is saved."""
        mine = [case for case in cases if case.person.body is body and self._pays_back(case)]
        for case in mine:
            case.draw = float(chances.uniform("panel", key(case.person))[0])
        approved: list[Case] = []
        for case in sorted(mine, key=lambda case: (case.draw, case.person.staff)):
            if above <= 0:
                break
            approved.append(case)
            above -= _yearly(case.person)
        return approved

    def _pays_back(self, case: Case) -> bool:
        person = case.person
        going = case.going
        today = self.world.epoch(self.world.today)
        yearly = int(self.world.law.employer_cost(np.array([person.pay]), np.array([person.wte]), today)[0])
        cost = going.severance + going.in_lieu + going.strain
        return not person.critical and cost <= self.policy.payback_months * (yearly // 12)


def _yearly(person: Person) -> int:
    """Pay in pence a year at a person's hours."""
    return round(person.pay * person.wte)
