"""The instant of an occasion: when something happens, and which rule acts."""

from __future__ import annotations

import attrs

from nhstransit.log import RULES, Phase


@attrs.frozen
class Instant:
    """A day, a phase of that day, and the rule that acts in it.

    An instant is made when an occasion begins: the day of a policy, the 1st of a month, the last day of an exit.
    Everything that the occasion causes is checked, carried out and recorded at that instant.
    """

    day: int  # from the scenario's start
    phase: Phase
    rule: int  # the rule's number in the columns and the log
    name: str  # the rule's name: a policy's, for error messages, or that of one of the engine's own rules

    @classmethod
    def of_engine(cls, day: int, phase: Phase, name: str) -> Instant:
        """The instant of one of the engine's own rules, such as "closure".

        Args:
            day: day from the scenario's start.
            phase: phase of that day.
            name: name of the rule.
        """
        return cls(day, phase, RULES[name], name)

    def later(self, day: int, phase: Phase) -> Instant:
        """Another day and phase, with the same rule."""
        return Instant(day, phase, self.rule, self.name)
