"""News that moves what people expect: an announcement, and each milestone that makes the future clearer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Floats, Rows
from nhstransit.dates import Calendar
from nhstransit.eventlog import Phase
from nhstransit.fields import Parent, share, some_of
from nhstransit.grammar import (
    Answers,
    Effects,
    News,
    Occasion,
    Proposals,
    Question,
    Situation,
    Turn,
)
from nhstransit.organisations.bodies import KINDS
from nhstransit.organisations.roster import Roster
from nhstransit.streams import Chances
from nhstransit.workforce.codes import RiskClass
from nhstransit.workforce.columns import NEVER


@attrs.frozen(kw_only=True)
class Milestone:
    """One dated piece of news to the staff of some kinds of body.

    Perceived risk moves by `weight` towards the share of the function's posts in the region that is expected to go, from
    the posts that stand or are planned on that day; dispositions are scored anew. Those with a guarantee, an at-risk
    letter or another post are left as they are.
    """

    question: ClassVar[Question | None] = "outlook"
    signed: ClassVar[bool] = False

    announced: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    weight: float = share(
        0.5,
        parent=Parent(
            unit="share of the way to the target",
            source="no study found of how far one announcement moves perceived risk; assumed",
            quality="assumption",
            range=(0.2, 0.9),
        ),
    )

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of the news."""
        return [Occasion(calendar.day(self.announced), "news", phase=Phase.MILESTONES)]

    def propose(self, situation: Situation) -> Proposals | None:
        """The news, to all in post in those kinds of body who have nothing settled."""
        people = situation.people
        told = situation.employed_by(self.kinds) & ~people.settled & (people.risk_class <= RiskClass.EXPOSED)
        rows = np.flatnonzero(told)
        return News(rows=rows, target=_going(situation, rows), weight=self.weight) if len(rows) else None

    def select(self, situation: Situation, proposals: News, answers: Answers, chances: Chances) -> Effects:
        """All are exposed, with the disposition that each gave and the risk the news suggests."""
        turn = Turn(
            rows=proposals.rows,
            disposition=answers.said,
            risk_class=RiskClass.EXPOSED,
            target=proposals.target,
            weight=proposals.weight,
        )
        return Effects(then=(turn,))


def _going(situation: Situation, rows: Rows) -> Floats:
    """Share of the posts of each person's function in the region that is expected to go, (rows,).

    Whole counts: posts in bodies that close, less empty posts, standing or to come, in bodies that go on, over the
    former; 0 for a body that does not close.
    """
    posts, bodies, people = situation.posts, situation.bodies, situation.people
    width = int(posts.function.max(initial=0)) + 1
    cell = bodies.region[posts.employer].astype("int64") * width + posts.function
    size = len(bodies.regions) * width
    closing = bodies.closes[posts.employer] < NEVER
    going = np.bincount(cell[closing & posts.funded], minlength=size)
    to_fill = (posts.holder < 0) & (posts.funded | (posts.opens > situation.day))
    coming = np.bincount(cell[~closing & to_fill], minlength=size)
    share_going = np.maximum(going - coming, 0) / np.maximum(going, 1)
    own = bodies.region[people.employer[rows]].astype("int64") * width + people.function[rows]
    return np.where(bodies.closes[people.employer[rows]] < NEVER, share_going[own], 0.0)
