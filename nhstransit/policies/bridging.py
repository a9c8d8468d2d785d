"""Bridging: functions that must not lapse between old and new employers stay staffed to an end date, at a cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.dates import Calendar
from nhstransit.fields import Parent, in_order, share, some_of, strict
from nhstransit.grammar import (
    Answers,
    BasePolicy,
    Effects,
    Occasion,
    Proposals,
    Question,
    Retain,
    RetentionOffer,
    Situation,
    Turn,
)
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.streams import Chances
from nhstransit.workforce.columns import RiskClass


@attrs.frozen(kw_only=True, field_transformer=strict)
class Bridging(BasePolicy):
    """Everyone in some functions is offered a bridge post: their own post, guaranteed to `until`, with a pay premium.

    Until that day, people who accept are left out of cost reductions and at-risk letters. They stay on the payroll, so
    their function stays staffed. A person who moves from a bridge post to a successor counts as having handed over
    their work. From the day after the bridge ends, people are exposed to redundancy again.
    """

    place: ClassVar[int] = 31
    question: ClassVar[Question | None] = "retention"

    announced: dt.date
    offered: dt.date
    until: dt.date
    functions: tuple[str, ...]
    kinds: tuple[str, ...] = some_of(KINDS, ("sha",))
    premium: float = share(
        0.0,
        parent=Parent(
            unit="share of basic pay",
            source="no premium for bridge posts was published",
            quality="assumption",
            range=(0.0, 0.15),
        ),
    )

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "offered", "until")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of the offer, and the day after the bridge ends."""
        offered = calendar.day(self.offered)
        ended = calendar.day(self.until) + 1
        return [Occasion(offered, "offer"), Occasion(ended, "end")]

    def propose(self, situation: Situation) -> Proposals | None:
        """Offer terms to everyone in the functions without an agreed exit or another post. At the end nobody is asked."""
        people = situation.people
        theirs = situation.staff_of(self.kinds, functions=self.functions)
        if situation.stage == "end":
            # People with a longer guarantee, or with a safe post by now, keep their status.
            ended = (people.retained_until == situation.day - 1) & (people.risk_class == RiskClass.GUARANTEED)
            rows = np.flatnonzero(theirs & ended)
            return Proposals(rows=rows) if len(rows) else None
        until = situation.calendar.day(self.until)
        stays_open = situation.bodies.closes[people.employer] >= until
        without = people.retained_until < situation.day  # people without a guarantee today
        rows = np.flatnonzero(theirs & ~people.settled & without & stays_open)
        return RetentionOffer(rows=rows, premium=self.premium, until=until) if len(rows) else None

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Guarantee the posts of people who accept. At the end, these people are exposed to redundancy again.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        if not isinstance(proposals, RetentionOffer):
            return Effects(then=(Turn(rows=proposals.rows, risk_class=RiskClass.EXPOSED),))
        accepted = proposals.rows[answers.yes]
        return Effects(then=(Retain(rows=accepted, until=proposals.until, premium=proposals.premium),))

    title: ClassVar[str] = "Bridging of functions"
    about: ClassVar[str] = (
        "Everyone in some functions is offered a bridge post: their own post, guaranteed to the end of the bridge, "
        "with a premium."
    )
