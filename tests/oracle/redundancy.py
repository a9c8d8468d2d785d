"""Redundancy on abolition: letters, consultation, notice after it, and notice at the closing day to latecomers."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from nhstransit.eventlog import Kind, Phase
from nhstransit.policies import Redundancy
from nhstransit.workforce.codes import RiskClass
from oracle.effects import agree, turn
from oracle.things import NEVER, Exit, Person

Step = tuple[int, Phase, Callable[[], None]]


class Abolition:
    """One policy of redundancy at work."""

    def __init__(self, acting: Any, policy: Redundancy) -> None:
        self.world, self.rule, self.policy = acting.world, acting.rule, policy

    def steps(self) -> list[Step]:
        """Letters, consultation, and the last day of every body of these kinds that closes once it is announced."""
        day = self.world.calendar.day
        announced = day(self.policy.announced)
        lasts = {body.closes for body in self.world.bodies if body.kind in self.policy.kinds and not body.goes_on}
        return [
            (day(self.policy.letters), Phase.MILESTONES, self._write_letters),
            (day(self.policy.consults), Phase.WINDOWS, self._consult),
            *((last, Phase.WINDOWS, self._last_day) for last in sorted(lasts) if last >= announced),
        ]

    def _pool(self) -> list[Person]:
        """Everybody in a closing body who has nothing to go to."""
        return [p for p in self.world.in_post(self.policy.kinds) if p.body.closes < NEVER and not p.settled]

    def _write_letters(self) -> None:
        """Everybody without a guarantee is told that the post goes."""
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
        """Each employer consults with its own; the day after it ends, notice is given."""
        pool, world = self._pool(), self.world
        for body in world.bodies:
            staff = [person for person in pool if person.body is body]
            until = world.today + world.law.consultation_days(len(staff), world.epoch(world.today))
            for person in staff:
                post = person.post.number
                world.note(Phase.WINDOWS, Kind.CONSULTED, self.rule, person.staff, left=post, right=until)
            if staff:
                world.env.process(self._give_notice_after(until, staff))

    def _give_notice_after(self, until: int, staff: list[Person]) -> Generator[simpy.Event, None, None]:
        yield self.world.until(until + 1, Phase.WINDOWS, self.rule)
        for person in self._pool():
            if person in staff:
                self._give_notice(person)

    def _last_day(self) -> None:
        """A closing day: whoever has had no notice gets it now."""
        for person in self._pool():
            if person.body.closes == self.world.today:
                self._give_notice(person)

    def _give_notice(self, person: Person) -> None:
        """The last day is the employer's; notice that does not fit before it is paid."""
        world, law, last = self.world, self.world.law, person.body.closes
        pay, wte, leaving = np.array([person.pay]), np.array([person.wte]), np.array([world.epoch(last)])
        born, since, band = np.array([person.born]), np.array([person.service_from]), np.array([person.post.band])
        weeks = int(law.notice_weeks(band, since, world.epoch(world.today))[0])
        unserved = max(weeks - (last - world.today) / 7.0, 0.0)
        severance = law.redundancy(pay, wte, born, since, leaving, band)
        strain = law.pension_strain(
            pay, wte, born, since, leaving, np.array([person.section]), redundancy_pence=severance
        )
        going = Exit(
            rule=self.rule,
            last_day=last,
            severance=int(severance[0]),
            in_lieu=int(law.lieu(pay, wte, np.array([unserved]))[0]),
            strain=int(strain[0]),
            voidable=True,
        )
        agree(world, person, going)
