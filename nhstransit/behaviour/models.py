"""What each of the five models of a behaviour must be able to do, so that any one can be replaced by a class of one's own.

`severance`, `retention` and `post` follow `nhstransit.grammar.Choice`; the other two follow the protocols here.
"""

from __future__ import annotations

from typing import Any, Protocol

from nhstransit.arrays import AnyArray, Floats
from nhstransit.errors import ScenarioError
from nhstransit.grammar import Choice, Exposure


class Leaving(Protocol):
    """How fast people leave of themselves: `behaviour.departures`.

    `contagion` and `waiting` say whether the model reads `Exposure.departed` and `Exposure.redundancy_months`: where one is
    0 the engine does not work that out, and gives noughts.
    """

    @property
    def contagion(self) -> float:
        """Above 0 where departures of colleagues are read."""
        ...

    @property
    def waiting(self) -> float:
        """Above 0 where what redundancy would pay is read."""
        ...

    def base(self, functions: tuple[str, ...]) -> Floats:
        """Annual rate of resigning by function code, (functions,)."""
        ...

    def shape(self, age: AnyArray, service_months: AnyArray) -> Floats:
        """Factor of age and service, (n,): its mean over the opening staff is divided out of the base rates."""
        ...

    def rates(self, base: Floats, people: Exposure) -> Floats:
        """Annual hazards of the four causes of `eventlog.CAUSES`, (4, n), given each one's base rate, (n,)."""
        ...


class Expecting(Choice, Protocol):
    """What news makes of people: `behaviour.outlook`. It answers with dispositions, and says how perceived risk moves."""

    @property
    def ramp_months(self) -> float:
        """Months over which news builds up."""
        ...

    @property
    def half_life_months(self) -> float:
        """Months after which half of it has faded."""
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
