"""The instant of an occasion: when something happens, and by whose word."""

from __future__ import annotations

import attrs

from nhstransit.log import RULES, Phase


@attrs.frozen
class Instant:
    """A day, a phase of that day, and the rule that acts in it.

    An instant is made where an occasion begins: the day of a policy, the 1st of a month, the last day of an exit. All that
    follows from the occasion is checked, carried out and recorded at it.
    """

    day: int  # from the scenario's start
    phase: Phase
    rule: int  # the number by which columns and log know the rule
    name: str  # of the rule: the policy's, as a refusal gives it, or one of the engine's own

    @classmethod
    def of_engine(cls, day: int, phase: Phase, name: str) -> Instant:
        """An instant at which one of the engine's own rules acts, such as "closure"."""
        return cls(day, phase, RULES[name], name)

    def later(self, day: int, phase: Phase) -> Instant:
        """Another day and phase, by the same rule."""
        return Instant(day, phase, self.rule, self.name)
