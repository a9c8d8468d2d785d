"""The calendar of a run: a SimPy environment. Its time is one integer made from day, phase and order of the rule.

These three set the order within a day, which never depends on the order of insertion or on a name. A batch of people is
one event.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence

import simpy

from nhstransit.engine.instant import Instant
from nhstransit.log import Phase

# A tick is day · phases · 2¹⁵ + phase · 2¹⁵ + order. Orders are below 2¹⁵, so ticks sort by day, then phase, then order.
# Ticks are integers, because sums of floating-point times could change the order of two events of a day.
_RULES = 2**15
_DAY = len(Phase) * _RULES


class Clock:
    """Runs actions at their declared times to the last day."""

    def __init__(self, days: int, orders: Mapping[int, int]) -> None:
        """`orders` gives the order within a phase for each rule number. A lower order acts first."""
        self._environment = simpy.Environment()
        self._days = days
        self._orders = orders
        self._before: Callable[[], None] = _nothing

    @property
    def today(self) -> int:
        """The present day, from the scenario's start."""
        return int(self._environment.now) // _DAY

    def order(self, rule: int) -> int:
        """The order of a rule within a phase."""
        return self._orders[rule]

    def before_each(self, follow: Callable[[], None]) -> None:
        """Call `follow` before each action, at the time of that action, and once after the last action.

        `follow` carries out small events together, in their order. Nothing can see them before the next action, and
        events of their own in the calendar would cost more time than what they do.
        """
        self._before = follow

    def last_day_before(self, turn: Instant) -> int:
        """The last day on which an instant's phase and rule came before the present. The instant's own day is ignored.

        It is −1 if there has been no such day.
        """
        # The largest day whose tick is below the present one. Division by `//` rounds down, also below zero.
        within_day = turn.phase * _RULES + self._orders[turn.rule]
        last_tick = int(self._environment.now) - 1
        return (last_tick - within_day) // _DAY

    def at(self, when: Instant, action: Callable[[], None]) -> None:
        """Schedule one action. A day after the last day is never reached."""
        self.scheme([(when, action)])

    def scheme(self, steps: Sequence[tuple[Instant, Callable[[], None]]]) -> None:
        """Start one process that acts on several occasions, in order of time. Past steps are left out."""
        # The sort is stable: steps at one instant act in the order given. The key leaves out actions, which have no order.
        in_time = sorted(steps, key=lambda step: self._tick(step[0]))
        now = self._environment.now
        ahead = [step for step in in_time if self._tick(step[0]) >= now]
        # Without steps there is no process, so that an idle policy adds no event to the calendar.
        if ahead:
            self._environment.process(self._occasions(ahead))

    def run(self) -> None:
        """Run to the end of the last day."""
        # SimPy stops before any event at the given time, which is the first tick after the last day.
        self._environment.run(until=self._days * _DAY)
        # Small events after the last action of the calendar are still to be carried out.
        self._before()

    def _occasions(self, steps: Sequence[tuple[Instant, Callable[[], None]]]) -> Generator[simpy.Event, None, None]:
        for when, action in steps:
            # SimPy waits for a span of time, so the present is subtracted from the tick of the step.
            yield self._environment.timeout(self._tick(when) - self._environment.now)
            self._before()
            action()

    def _tick(self, when: Instant) -> int:
        return when.day * _DAY + when.phase * _RULES + self._orders[when.rule]


def _nothing() -> None:
    """Do nothing. Used until `before_each` is called."""
