"""What each of the five models of a behaviour must be able to do, so that any one can be replaced by a class of one's own.

`severance`, `retention` and `post` follow `nhstransit.grammar.Choice`; the other two follow the protocols here.
"""

from __future__ import annotations

from typing import Any, Protocol

from nhstransit.arrays import AnyArray, Floats
from nhstransit.errors import ScenarioError
from nhstransit.grammar import Choice, Exposure


class Leaving(Protocol):
    """How fast people leave of their own accord: `behaviour.departures`.

    Each person has a clock for each cause in `eventlog.CAUSES`, with a threshold drawn once. A hazard is the speed at which
    such a clock runs; the first to run out is the cause of leaving. The model says only how fast they run. It keeps no
    state and draws nothing.

    The engine asks once when a run begins (`base`, and `shape` for the opening staff), for everyone on the 1st of each month
    (`rates`), and again for those people to whom something happens on a day, such as news, an agreed exit or a new post.

    Checked: that all these members are there, when the behaviour is made. Hazards are cut at a million a year. Those of
    people not in post count as 0, and so do those of resigning for people with an agreed exit.

    Example: people resign at one rate, twice as fast with a perceived risk of 1, and nothing else makes them leave.

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
        """Above 0 where `rates` reads `Exposure.departed`; at 0 the engine gives (1,) zeros in its place."""
        ...

    @property
    def waiting(self) -> float:
        """Above 0 where `rates` reads `Exposure.redundancy_months`; at 0 the engine gives (1,) zeros in its place."""
        ...

    def base(self, functions: tuple[str, ...]) -> Floats:
        """Annual rate of resigning in each function, (functions,), in the order of the scenario's names."""
        ...

    def shape(self, age: AnyArray, service_months: AnyArray) -> Floats:
        """The factor of age and service in resigning, (n,).

        Its mean over the opening staff is divided out of the base rates, so that these are mean rates.

        Args:
            age: complete years, (n,).
            service_months: complete months of reckonable service, (n,).
        """
        ...

    def rates(self, base: Floats, people: Exposure) -> Floats:
        """Annual hazards of the four causes, (4, n), a row for each cause in the order of `eventlog.CAUSES`.

        Args:
            base: the base rate of each person's function, divided by the mean of `shape`, (n,).
            people: what the hazards may depend on, (n,) columns.

        Returns:
            A new array of numbers of 0 or more, which the engine may write into.
        """
        ...


class Expecting(Choice, Protocol):
    """What news makes of people, and how fast perceived risk moves: `behaviour.outlook`.

    It is a choice that answers with dispositions.
    `answer` is asked whenever a policy with the question "outlook" brings news. `Answers.said` holds a disposition for each
    person (`workforce.codes.Disposition`: 1 leaver, 2 stayer, 3 mover). The two spans are read once, when a run begins, and
    hold for all news that has no pace of its own.
    """

    @property
    def ramp_months(self) -> float:
        """Months over which news builds up, above 0."""
        ...

    @property
    def half_life_months(self) -> float:
        """Months after which half of it has faded, above 0."""
        ...


NEEDS = {
    "departures": ("base", "shape", "rates", "contagion", "waiting"),
    "outlook": ("answer", "sign", "ramp_months", "half_life_months"),
    "severance": ("answer", "sign"),
    "retention": ("answer", "sign"),
    "post": ("answer", "sign"),
}


def check_model(name: str, model: Any) -> None:
    """Raise ScenarioError for a model that lacks what the engine asks of the one by this name."""
    for needed in NEEDS[name]:
        if not hasattr(model, needed):
            wrong = f"is a {type(model).__name__} without `{needed}`"
            right = f"give it {', '.join(NEEDS[name])}; see nhstransit.behaviour.models"
            raise ScenarioError(f"behaviour.{name}", wrong, right)
