"""Protocols of a behaviour's five models, so that a user's own class can replace any of them.

`severance`, `retention` and `post` follow `nhstransit.grammar.Choice`. The other two follow the protocols here.
"""

from __future__ import annotations

from typing import Any, Protocol

from nhstransit.arrays import AnyArray, Floats
from nhstransit.errors import ScenarioError
from nhstransit.grammar import Choice, Exposure


class Leaving(Protocol):
    """The hazards of natural departures: `behaviour.departures`.

    Each person has a clock for each cause in `log.CAUSES`, with a threshold drawn once. A hazard is the speed of a
    clock. The first clock to run out is the cause of leaving. The model returns only the speeds; it has no state and
    makes no random draws.

    The engine calls `base` when a run begins, and `shape` for the opening staff. It calls `rates` for everyone on the
    1st of each month, and again for people with a change on a day, such as news, an agreed exit or a new post.

    When the behaviour is made, a check ensures that all these members exist. Hazards are limited to a million per year.
    Hazards of people not in post count as 0, and so does the hazard of resignation for people with an agreed exit.

    Example: people resign at a constant rate, doubled at a perceived risk of 1, and leave for no other cause.

        @attrs.frozen
        class Plain:
            rate: float = 0.1
            contagion: float = 0.0
            waiting: float = 0.0

            def base(self, functions):
                return np.full(len(functions), self.rate)

            def shape(self, age, service_months):
                return np.ones(len(age))

            def rates(self, base, people):
                never = np.zeros(len(base))
                return np.stack([never, never, never, base * (1.0 + people.risk)])
    """

    @property
    def contagion(self) -> float:
        """Above 0 if `rates` reads `Exposure.departed`. At 0 the engine passes (1,) zeros instead."""
        ...

    @property
    def waiting(self) -> float:
        """Above 0 if `rates` reads `Exposure.redundancy_months`. At 0 the engine passes (1,) zeros instead."""
        ...

    def base(self, functions: tuple[str, ...]) -> Floats:
        """Annual rate of resignation in each function, (functions,), in the order of the scenario's names."""
        ...

    def shape(self, age: AnyArray, service_months: AnyArray) -> Floats:
        """The factor for age and service in the hazard of resignation, (n,).

        The base rates are divided by its mean over the opening staff, so that they are mean rates.

        Args:
            age: complete years, (n,).
            service_months: complete months of reckonable service, (n,).
        """
        ...

    def rates(self, base: Floats, people: Exposure) -> Floats:
        """Annual hazards of the four causes, (4, n), one row for each cause in the order of `log.CAUSES`.

        Args:
            base: the base rate of each person's function, divided by the mean of `shape`, (n,).
            people: (n,) columns on which the hazards may depend.

        Returns:
            A new array of numbers of 0 or more. The engine may write into it.
        """
        ...


class Expecting(Choice, Protocol):
    """How people react to news, and how fast perceived risk moves: `behaviour.outlook`.

    It is a choice whose answers are dispositions. The engine calls `answer` whenever a policy with the question
    "outlook" brings news. `Answers.said` contains a disposition for each person (`workforce.columns.Disposition`: 1
    leaver, 2 stayer, 3 mover). The two lengths of time are read once, when a run begins. They apply to all news that
    does not state its own.
    """

    @property
    def ramp_months(self) -> float:
        """Months over which the effect of news builds up, above 0."""
        ...

    @property
    def half_life_months(self) -> float:
        """Months after which half of the effect of news has faded, above 0."""
        ...


NEEDS = {
    "departures": ("base", "shape", "rates", "contagion", "waiting"),
    "outlook": ("answer", "sign", "ramp_months", "half_life_months"),
    "severance": ("answer", "sign"),
    "retention": ("answer", "sign"),
    "post": ("answer", "sign"),
}


def check_model(name: str, model: Any) -> None:
    """Raise ScenarioError for a model that lacks a member that the engine needs from the model of this name."""
    for needed in NEEDS[name]:
        if not hasattr(model, needed):
            wrong = f"is a {type(model).__name__} without `{needed}`"
            right = f"give it {', '.join(NEEDS[name])}; see nhstransit.behaviour.models"
            raise ScenarioError(f"behaviour.{name}", wrong, right)
