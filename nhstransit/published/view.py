"""A view of a run as an observer had it: some bodies, some days, and the rules that a figure speaks of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TypeVar

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools
from nhstransit.published.record import Applications, Exits, Record, Sums, kept
from nhstransit.published.specs import Figure, Reading
from nhstransit.run import Run


@attrs.frozen
class Missing:
    """No figure, and why, in words."""

    why: str


@attrs.frozen
class Partial:
    """A figure that stands for less than the published one, and why: shown, and no difference taken."""

    value: float
    why: str


Answer = float | Missing | Partial
Seen = TypeVar("Seen", Exits, Applications, Sums)


@attrs.frozen(eq=False, kw_only=True, slots=False)
class View:
    """One figure's eyes on a run: `bodies` (bodies,) in sight, days `first` to `last` inclusive, and what is given."""

    record: Record
    reading: Reading
    figure: Figure
    given: Mapping[str, float]
    bodies: Bools
    first: int
    last: int
    wider: View | None = None  # the view that this is a part of

    @property
    def run(self) -> Run:
        """The run looked at."""
        return self.record.run

    @cached_property
    def exits(self) -> Exits:
        """Departures in sight."""
        return self._seen((self.wider or self.record).exits)

    @cached_property
    def applications(self) -> Applications:
        """Applications in sight."""
        return self._seen((self.wider or self.record).applications)

    @cached_property
    def sums(self) -> Sums:
        """Pence in sight."""
        return self._seen((self.wider or self.record).sums)

    def _seen(self, columns: Seen) -> Seen:
        return kept(columns, self.bodies[columns.body] & (columns.day >= self.first) & (columns.day <= self.last))

    def by(self, role: str, rules: AnyArray) -> Bools:
        """Which of these rule numbers play a role, such as "redundancy"."""
        return np.isin(rules, self.codes(role))

    def codes(self, role: str) -> AnyArray:
        """The rule numbers of the scenario's policies that play a role."""
        return codes(self.run, self.reading, role)

    def seeing(self, bodies: Bools) -> View:
        """The same eyes on fewer bodies: those that are in both."""
        return attrs.evolve(self, bodies=self.bodies & bodies, wider=self)

    def date(self, day: int) -> dt.date:
        """The date of a day."""
        return self.run.scenario.calendar.date(day)


Read = Callable[[View], Answer]


@attrs.frozen(kw_only=True)
class Measure:
    """How a figure is read from a view: what it measures (see `units`), and the roles a scenario's policies must fill.

    `partial` readings may stop at the run's last day where the published one goes on.
    """

    measures: str
    read: Read
    needs: tuple[str, ...] = ()
    partial: bool = False


def codes(run: Run, reading: Reading, role: str) -> AnyArray:
    """The rule numbers of the run's policies that play a role, (n,)."""
    return np.array([run.code_of(name) for name in reading.named(role, run.scenario.policies)], "int16")


def ratio(above: float, below: float, nobody: str) -> Answer:
    """One number over another; where the lower is nought, nothing, and why."""
    return Missing(nobody) if below == 0 else float(above / below)


def view_of(record: Record, reading: Reading, given: Mapping[str, float], figure: Figure) -> View:
    """The view that a figure asks for: its kinds of body, region and days."""
    calendar, roster = record.run.scenario.calendar, record.run.scenario.roster
    bodies = record.bodies_of(figure.kinds or reading.senders)
    if figure.region:
        place = roster.regions.index(figure.region) if figure.region in roster.regions else -1
        bodies = bodies & (roster.region == place)
    return View(
        record=record,
        reading=reading,
        figure=figure,
        given=given,
        bodies=bodies,
        first=calendar.day(figure.since) if figure.since else 0,
        last=min(calendar.day(figure.until), calendar.days - 1) if figure.until else calendar.days - 1,
    )


def hindrance(view: View, measure: Measure) -> Missing | None:
    """Why this figure cannot be read from this run, or None: what the scenario lacks of what the figure speaks of."""
    figure, scenario = view.figure, view.run.scenario
    for role in measure.needs:
        if not view.reading.named(role, scenario.policies):
            names = " or ".join(getattr(view.reading, role))
            return Missing(f"the scenario has no policy {names}")
    if not view.bodies.any():
        where = f" in {figure.region}" if figure.region else ""
        return Missing(f"the scenario has no such body{where}")
    if figure.since and scenario.calendar.day(figure.since) < 0:
        return Missing(f"the scenario starts on {scenario.start}, after {figure.since}")
    if figure.until and figure.until > scenario.end and not measure.partial:
        return Missing(f"the scenario ends on {scenario.end}, before {figure.until}")
    return None
