"""Cost reduction: at each step, every employer selects people one by one until its bill is low enough."""

from __future__ import annotations

import datetime as dt
import math
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nhstransit.log import Kind
from nhstransit.policies import CostReduction
from nhstransit.streams import Chances
from nhstransit.workforce.columns import BANDS, RiskClass
from oracle import pay
from oracle.choices import applies_for_severance, key
from oracle.consultation import consult
from oracle.day import Phase
from oracle.effects import agree, turn
from oracle.lives import remove
from oracle.mars import clawback_on_redundancy
from oracle.things import Body, Exit, Person

Step = tuple[int, Phase, Callable[[], None]]


@dataclass
class Terms:
    """Redundancy terms for one person.

    `unserved` is notice that does not fit before the last day, in weeks. `terms_on` is the epoch day whose law applies.
    """

    last_day: int
    unserved: float
    pence: int
    months: float
    terms_on: int


def consultation_days(world: Any, policy: Any) -> int:
    """Days of consultation: the policy's, or the law's for a large group (cost reduction) or a small one (clustering)."""
    if policy.consultation_days is not None:
        return int(policy.consultation_days)
    row = world.law.parameters.table("consultation").on(world.epoch(world.today))
    return int(row.number("large_days" if isinstance(policy, CostReduction) else "small_days"))


class Path:
    """A cost reduction in a run. It stores every employer's opening bill when it is made, before the first day."""

    def __init__(self, acting: Any, policy: CostReduction) -> None:
        self.world, self.rule, self.policy, self.name = acting.world, acting.rule, policy, acting.chances.policy
        self.opening = {body.number: sum(map(_yearly, self._staff(body))) for body in self.world.bodies}
        measure = policy.measure if isinstance(policy, CostReduction) else "pay"  # a clustering has no measure
        hours: Callable[[Person], int] = lambda person: round(100 * person.wte)  # noqa: E731
        self.counted = {"heads": lambda person: 1, "wte": hours, "allowance": hours}.get(measure, _yearly)

    def steps(self) -> list[Step]:
        """The day of every step, brought forward. The index of the step is the round."""
        return [
            (self._day(step.by), Phase.WINDOWS, lambda index=index, step=step: self._hold(index, step))
            for index, step in enumerate(self.policy.path)
        ]

    def _day(self, by: dt.date) -> int:
        """`forward_months` earlier, on the last day of a shorter month, but not before the announcement."""
        months = by.year * 12 + by.month - 1 - self.policy.forward_months
        year, month = divmod(months, 12)
        sooner = dt.date(year, month + 1, min(by.day, monthrange(year, month + 1)[1]))
        return max(self.world.calendar.day(sooner), self.world.calendar.day(self.policy.announced))

    def _staff(self, body: Body) -> list[Person]:
        return [person for person in self.world.people if person.post is not None and person.body is body]

    def _hold(self, index: int, step: Any) -> None:
        """Apply a step to every employer of these kinds."""
        chances = Chances(self.world.luck, self.name, index)
        for body in self.world.bodies:
            if self._has_path(body):
                if self.policy.vacancies:
                    self._remove_vacancies(body, step)
                self._select(body, self._bill(body) - self._allowed(body, step), chances)

    def _remove_vacancies(self, body: Body, step: Any) -> None:
        """Remove vacant posts for which the step leaves no room. Posts with the lowest keys remain."""
        room = max(self._level(body, step) - self._bill(body), 0)
        today = self.world.epoch(self.world.today)
        empty = [
            post for post in self.world.posts if post.vacant and post.body is body and post.opens <= self.world.today
        ]
        for post in sorted(empty, key=lambda post: post.key):
            basic = pay.in_band(self.world, post.band, 0)
            whole = basic + pay.supplement(self.world, body, post.band, basic, today)
            room -= {"heads": 1, "wte": 100, "allowance": 100}.get(self.policy.measure, whole)
            if room < 0:
                saving = int(self.world.law.employer_cost(np.array([whole]), np.ones(1), today)[0])
                remove(self.world, post, Phase.WINDOWS, self.rule, saving)

    def _has_path(self, body: Body) -> bool:
        """Whether the policy applies to an employer: by kind and name, with the residents or opening pay that it needs."""
        named = not self.policy.bodies or body.name in self.policy.bodies
        if body.kind not in self.policy.kinds or not named:
            return False
        if self.policy.measure == "allowance":
            return self._residents(body) > 0
        return self.opening[body.number] > 0 and (self.policy.measure != "pounds-a-head" or self._residents(body) > 0)

    def _bill(self, body: Body, *also: Person) -> int:
        """Pay (or number) of people in post without an agreed exit or consultation. `also` count despite consultation."""
        stay = [p for p in self._staff(body) if p.exit is None and (p.notice_due < self.world.today or p in also)]
        return sum(self.counted(p) for p in stay if p.next_post is None or p.void is None or not p.void.removes_post)

    def _allowed(self, body: Body, step: Any) -> int:
        """The bill that the step allows, less what must be found earlier, but at least what the last step allows."""
        now, least = (self._level(body, each) for each in (step, self.policy.path[-1]))
        sooner = self.world.to_find.get(body, 0) if self.counted is _yearly else 0
        return max(now - sooner, least)

    def _level(self, body: Body, step: Any) -> int:
        """Pence, people or hundredths of a whole-time equivalent that a step allows."""
        if step.cut is not None:
            return math.floor(self.opening[body.number] * (1.0 - step.cut))
        if self.policy.measure == "allowance":
            pounds = step.target * self._residents(body)
            return math.floor(pounds * self.policy.pay_share / self.policy.post_cost * 100.0 + 1e-6)
        scale = {"pay": 100, "heads": 1, "wte": 100, "pounds-a-head": 100 * self._residents(body)}[self.policy.measure]
        return math.floor(step.target * scale + 1e-6)

    def _residents(self, body: Body) -> int:
        return self.world.scenario.organisations[body.number].population

    def _select(self, body: Body, excess: int, chances: Chances) -> None:
        """Select people who apply, then others, until the excess is saved."""
        if excess <= 0:
            return
        every = {person: self._terms(person) for person in self._staff(body) if self._may_be_selected(person)}
        terms = {person: due for person, due in every.items() if person.contract_ends > due.last_day}
        volunteers = [person for person in terms if self._applies(person, terms[person], chances)]
        volunteers.sort(key=lambda person: (terms[person].pence / max(_yearly(person), 1), person.staff))
        others = [person for person in terms if person not in volunteers and self.policy.compulsory]
        others.sort(key=lambda person: (self._mark(person, terms[person], chances), person.staff))
        going: list[Person] = []
        for person in volunteers + others:
            if excess > 0:
                going.append(person)
                excess -= self.counted(person)
        for person in volunteers:
            self._note(Kind.APPLIED, person, terms[person].pence)
            self._note(Kind.APPROVED if person in going else Kind.REFUSED, person)
        if self.policy.by_law:
            opened = self.world.today
            consult(self.world, self.rule, going, lambda people: self._give_notice(people, opened))
            return
        for person in going:
            self._agree_exit(person, terms[person])

    def _mark(self, person: Person, terms: Terms, chances: Chances) -> float:
        """The order of people who did not apply, lowest first."""
        if self.policy.order == "service":
            return float(-person.service_from)
        return terms.pence / max(_yearly(person), 1) if self.policy.order == "cost" else _assessed(person, chances)

    def _give_notice(self, consulted: list[Person], opened: int) -> None:
        """After consultation, give notice from today, in order, until the bill is as low as the latest step requires."""
        step = [step for step in self.policy.path if self._day(step.by) <= self.world.today][-1]
        open_ = [p for p in consulted if p.post is not None and not p.settled and p.notice_due == self.world.today]
        open_ = [p for p in open_ if not p.guaranteed_on(self.world.today)]
        for body in {person.body for person in open_}:
            due = [p for p in self._staff(body) if p.notice_due == self.world.today]
            excess = self._bill(body, *due) - self._allowed(body, step)
            for person in (person for person in open_ if person.body is body):
                terms = self._terms(person, self.world.today, opened)
                if excess > 0 and person.contract_ends > terms.last_day:
                    self._agree_exit(person, terms)
                elif excess <= 0 and person.risk_class == RiskClass.AT_RISK:
                    calmer = RiskClass.NONE if body.goes_on else RiskClass.EXPOSED
                    turn(self.world, person, Phase.WINDOWS, self.rule, risk_class=calmer)
                excess -= self.counted(person)

    def _note(self, kind: Kind, person: Person, pence: int = 0) -> None:
        self.world.note(Phase.WINDOWS, kind, self.rule, person.staff, left=person.post.number, pence=pence)

    def _may_be_selected(self, person: Person) -> bool:
        function = self.world.scenario.functions[person.post.function]
        band = BANDS[person.post.band]
        if (self.policy.functions and function not in self.policy.functions) or band not in (
            self.policy.bands or BANDS
        ):
            return False
        if person.notice_due >= self.world.today:
            return False
        return not person.settled and not person.critical and not person.guaranteed_on(self.world.today)

    def _applies(self, person: Person, terms: Terms, chances: Chances) -> bool:
        """Whether somebody applies. Nobody does without pay, or if the policy does not ask."""
        return (
            self.policy.volunteers
            and terms.pence > 0
            and applies_for_severance(self.world, person, chances, terms.months, self._clawback(), early_pension=True)
        )

    def _clawback(self) -> float:
        """Months of clawback that applicants expect: the policy's, or the law's on the day of the question."""
        if self.policy.clawback_months is not None:
            return self.policy.clawback_months
        return clawback_on_redundancy(self.world, self.world.epoch(self.world.today))

    def _terms(self, person: Person, given: int | None = None, opened: int | None = None) -> Terms:
        """Terms for one person. Notice runs from the end of consultation, at most to the employer's last day.

        The terms of pay are those of the day on which consultation opened, by default today.
        """
        law = self.world.law
        given = self.world.today + consultation_days(self.world, self.policy) if given is None else given
        terms_on = self.world.epoch(self.world.today if opened is None else opened)
        since = np.array([person.service_from])
        band = np.array([person.post.band])
        weeks = int(law.notice_weeks(band, since, self.world.epoch(given))[0])
        last = min(given + self._worked(weeks), person.body.closes)
        leaving = np.array([self.world.epoch(last)])
        pence = law.redundancy(
            np.array([person.pay]),
            np.array([person.wte]),
            np.array([person.born]),
            since,
            leaving,
            band,
            terms_on=np.array([terms_on]),
            most_months=self._most_months(),
        )
        months = float(
            law.redundancy_months(
                since,
                leaving,
                born=np.array([person.born]),
                terms_on=np.array([terms_on]),
                most_months=self._most_months(),
            )[0]
        )
        return Terms(last, max(weeks - max(last - given, 0) / 7.0, 0.0), int(pence[0]), months, terms_on)

    def _worked(self, weeks: int) -> int:
        """Whole days of notice worked in post. A clustering has no setting for this."""
        share = self.policy.notice_worked if isinstance(self.policy, CostReduction) else 1.0
        return math.floor(7 * weeks * share + 0.5)

    def _most_months(self) -> float | None:
        """The local limit of redundancy pay in months, if there is one."""
        return self.policy.most_months if isinstance(self.policy, CostReduction) else None

    def _agree_exit(self, person: Person, terms: Terms) -> None:
        """Agree an exit on these terms. The post is removed with it."""
        law = self.world.law
        pay = np.array([person.pay])
        wte = np.array([person.wte])
        strain = law.pension_strain(
            pay,
            wte,
            np.array([person.born]),
            np.array([person.service_from]),
            np.array([self.world.epoch(terms.last_day)]),
            np.array([person.section]),
            redundancy_pence=np.array([terms.pence]),
            terms_on=np.array([terms.terms_on]),
        )
        going = Exit(
            rule=self.rule,
            last_day=terms.last_day,
            severance=terms.pence,
            in_lieu=int(law.lieu(pay, wte, np.array([terms.unserved]))[0]),
            strain=int(strain[0]),
            removes_post=True,
            voidable=True,
        )
        agree(self.world, person, going)


def _yearly(person: Person) -> int:
    """Basic pay in pence a year at a person's hours."""
    return round(person.pay * person.wte)


def _assessed(person: Person, chances: Chances) -> float:
    """Skill with the error of this round's assessment."""
    return float(person.skill + chances.normal("assessment", key(person))[0])
