"""Models of people's behaviour: how often they resign, retire or otherwise leave, and how they answer proposals.

Each model is a small frozen class whose parameters carry unit, source, quality and range. Any model can be replaced,
and any effect can be switched off by its name.
"""

from __future__ import annotations

import attrs

from nhstransit.behaviour.better_offer import BetterOffer, WaitingApplicants, WaitingLeavers
from nhstransit.behaviour.departures import Departures
from nhstransit.behaviour.effects import EFFECTS, neutral
from nhstransit.behaviour.models import NEEDS, Expecting, Leaving, check_model
from nhstransit.behaviour.outlook import Outlook
from nhstransit.behaviour.posts import PostChoice
from nhstransit.behaviour.retention import RetentionChoice
from nhstransit.behaviour.severance import SeveranceChoice
from nhstransit.fields import some_of
from nhstransit.grammar import Choice, Question

__all__ = [
    "EFFECTS",
    "Behaviour",
    "BetterOffer",
    "Departures",
    "Expecting",
    "Leaving",
    "Outlook",
    "PostChoice",
    "RetentionChoice",
    "SeveranceChoice",
    "WaitingLeavers",
]


@attrs.frozen(kw_only=True)
class Behaviour:
    """One model for each kind of decision. Effects named in `off` (keys of `EFFECTS`) are switched off."""

    departures: Departures = attrs.field(factory=Departures)
    outlook: Outlook = attrs.field(factory=Outlook)
    severance: SeveranceChoice = attrs.field(factory=SeveranceChoice)
    retention: RetentionChoice = attrs.field(factory=RetentionChoice)
    post: PostChoice = attrs.field(factory=PostChoice)
    better_offer: BetterOffer = attrs.field(factory=BetterOffer)
    off: tuple[str, ...] = some_of(EFFECTS, ())

    def __attrs_post_init__(self) -> None:
        # A model that lacks a member, or an effect that it lacks, is refused now and not in the middle of a run.
        for name in NEEDS:
            check_model(name, getattr(self, name))
            neutral(name, getattr(self, name), self.off)

    def without(self, *effects: str) -> Behaviour:
        """This behaviour with these effects switched off too. For an unknown effect, ScenarioError suggests the nearest
        name.

        >>> Behaviour().without("contagion", "announcement").in_force().departures.risk_ratio
        1.0
        """
        new = (name for name in dict.fromkeys(effects) if name not in self.off)
        return attrs.evolve(self, off=(*self.off, *new))

    def in_force(self) -> Behaviour:
        """The behaviour in a run: each model, with the effects in `off` at their neutral values."""
        models = {name: neutral(name, getattr(self, name), self.off) for name in NEEDS}
        hope = neutral("better_offer", self.better_offer, self.off)
        # Hope of a better offer wraps the two models that it changes. Without it, they are used as they are.
        if hope.belief and hope.worth:
            models["departures"] = WaitingLeavers(model=models["departures"], hope=hope)
            models["severance"] = WaitingApplicants(model=models["severance"], hope=hope)
        # The effects are in the models now, so none is left to switch off.
        return attrs.evolve(self, off=(), better_offer=BetterOffer(), **models)

    def choice(self, question: Question) -> Choice:
        """The model that answers a question."""
        choices: dict[Question, Choice] = {
            "severance": self.severance,
            "retention": self.retention,
            "post": self.post,
            "outlook": self.outlook,
        }
        return choices[question]
