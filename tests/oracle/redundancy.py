"""Redundancy on abolition: letters, consultation, notice after it, and notice to latecomers on the closing day."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from nhstransit.log import Kind
from nhstransit.policies import Redundancy
from nhstransit.workforce.columns import BANDS, RiskClass
from oracle.choices import declines, key
from oracle.consultation import by_day, open_consultation, suitable
from oracle.day import Phase
from oracle.effects import agree, appoint, turn
from oracle.lodging import lodge_those_under_notice
from oracle.things import NEVER, Exit, Person, Post

Step = tuple[int, Phase, Callable[[], None]]


class Abolition:
    """A policy of redundancy in a run."""

    def __init__(self, acting: Any, policy: Redundancy) -> None:
        self.world = acting.world
        self.rule = acting.rule
        self.policy = policy
        self.chances = acting.chances

    def steps(self) -> list[Step]:
        """Letters, consultation, and the last day of every employer of these kinds that closes after the announcement."""
        day = self.world.calendar.day
        announced = day(self.policy.announced)
        self.lasts = lasts = {b.closes for b in self.world.bodies if b.kind in self.policy.kinds and not b.goes_on}
        self.world.followers.append(self._follow)
        return [
            (day(self.policy.letters), Phase.MILESTONES, self._write_letters),
            (day(self.policy.consults), Phase.WINDOWS, self._consult),
            *((last, Phase.WINDOWS, self._last_day) for last in sorted(lasts) if last >= announced),
        ]

    def _follow(self) -> None:
        """Act on the last days of employers that were extended too."""
        for last in sorted({body.closes for body in self.world.bodies if body.kind in self.policy.kinds}):
            if self.world.calendar.day(self.policy.announced) <= last < NEVER and last not in self.lasts:
                self.lasts.add(last)
                self.world.env.process(self._act_on(last))

    def _act_on(self, last: int) -> Generator[simpy.Event, None, None]:
        yield self.world.until(last, Phase.WINDOWS, self.rule)
        self._last_day()

    def _pool(self) -> list[Person]:
        """Free people at closing employers, in the policy's functions and bands, whose fixed term does not end first."""
        functions = self.policy.functions
        bands = self.policy.bands or BANDS
        return [
            p
            for p in self.world.in_post(self.policy.kinds)
            if p.body.closes < NEVER
            and not p.settled
            and p.contract_ends > p.body.closes
            and (not functions or self.world.scenario.functions[p.post.function] in functions)
            and BANDS[p.post.band] in bands
        ]

    def _write_letters(self) -> None:
        """Put everyone in the pool without a guarantee at risk."""
        for person in self._pool():
            if not person.guaranteed_on(self.world.today):
                turn(
                    self.world,
                    person,
                    Phase.MILESTONES,
                    self.rule,
                    risk_class=RiskClass.AT_RISK,
                    target=1.0,
                    weight=1.0,
                )

    def _consult(self) -> None:
        """Let each employer consult its people. Notice is given on the day after consultation ends."""
        by_day(self.world, open_consultation(self.world, self.rule, self._pool()), self.rule, self._notice_to)

    def _notice_to(self, staff: list[Person]) -> None:
        """Offer alternatives to people in `staff` who are still in the pool, and give notice to the others."""
        pool = [person for person in self._pool() if person in staff]
        offers = suitable(self.world, self.policy, pool)
        for person in pool:
            post = offers.get(person)
            if post is not None and not declines(self.world, person):
                self._appoint(person, post)
            else:
                self._give_notice(person, refused=post is not None)

    def _appoint(self, person: Person, post: Post) -> None:
        """Appoint somebody to an alternative post, from the day after the employer's last day."""
        for kind in (Kind.APPLIED, Kind.APPROVED):
            self.world.note(Phase.WINDOWS, kind, self.rule, person.staff, left=person.post.number)
        appoint(self.world, person, post, person.body.closes + 1, self.rule)

    def _last_day(self) -> None:
        """On a closing day, give notice to people who have none. Longer notice is served in the residuary body."""
        world = self.world
        self._notice_to([person for person in self._pool() if person.body.closes == world.today])
        if self.policy.residuary:
            lodge_those_under_notice(world, self.policy, self.rule)

    def _last(self, person: Person, weeks: int) -> int:
        """Somebody's last day: the employer's, or later if notice can be served in a residuary body."""
        last = person.body.closes
        if self.policy.residuary:
            stands = next(body.closes for body in self.world.bodies if body.name == self.policy.residuary)
            until = person.guarantee.until if person.guarantee is not None else -1
            served = max(last, min(max(self.world.today + 7 * weeks, until), stands))
            last = served if person.contract_ends > served else last
        return last

    def _give_notice(self, person: Person, *, refused: bool) -> None:
        """Give notice. Notice that does not fit is paid in lieu. People who refuse unreasonably lose redundancy pay."""
        world = self.world
        law = self.world.law
        since = np.array([person.service_from])
        band = np.array([person.post.band])
        weeks = int(law.notice_weeks(band, since, world.epoch(world.today))[0])
        last = self._last(person, weeks)
        pay = np.array([person.pay])
        wte = np.array([person.wte])
        leaving = np.array([world.epoch(last)])
        born = np.array([person.born])
        unserved = max(weeks - (last - world.today) / 7.0, 0.0)
        opened = min(world.calendar.day(self.policy.consults), world.today)
        terms_on = np.array([world.epoch(opened)])
        section = np.array([person.section])
        severance = law.redundancy(pay, wte, born, since, leaving, band, terms_on=terms_on)
        strain = law.pension_strain(
            pay, wte, born, since, leaving, section, redundancy_pence=severance, terms_on=terms_on
        )
        lost = refused and bool(self.chances.uniform("refusal", key(person))[0] < self.policy.unreasonable)
        going = Exit(
            rule=self.rule,
            last_day=last,
            severance=0 if lost else int(severance[0]),
            in_lieu=int(law.lieu(pay, wte, np.array([unserved]))[0]),
            strain=0 if lost else int(strain[0]),
            voidable=True,
        )
        agree(world, person, going)
