"""What a person may do: how fast they leave of themselves, and how they answer what is put to them.

Each model is a small frozen class whose parameters carry unit, source, quality and range; any one can be replaced.
"""

from __future__ import annotations

import attrs

from nhstransit.behaviour.departures import Departures
from nhstransit.behaviour.outlook import Outlook
from nhstransit.behaviour.posts import PostChoice
from nhstransit.behaviour.retention import RetentionChoice
from nhstransit.behaviour.severance import SeveranceChoice
from nhstransit.grammar import Choice, Question

__all__ = ["Behaviour", "Departures", "Outlook", "PostChoice", "RetentionChoice", "SeveranceChoice"]


@attrs.frozen(kw_only=True)
class Behaviour:
    """One model for each thing that people do."""

    departures: Departures = attrs.field(factory=Departures)
    outlook: Outlook = attrs.field(factory=Outlook)
    severance: SeveranceChoice = attrs.field(factory=SeveranceChoice)
    retention: RetentionChoice = attrs.field(factory=RetentionChoice)
    post: PostChoice = attrs.field(factory=PostChoice)

    def choice(self, question: Question) -> Choice:
        """The model that answers a question."""
        choices: dict[Question, Choice] = {
            "severance": self.severance,
            "retention": self.retention,
            "post": self.post,
            "outlook": self.outlook,
        }
        return choices[question]
