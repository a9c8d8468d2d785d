"""Extension: employers that were to close stay open for longer, and the news reassures their staff."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Ints
from nhstransit.dates import Calendar
from nhstransit.fields import assumed, in_order, share, some_of, strict
from nhstransit.grammar import (
    Answers,
    BasePolicy,
    Effects,
    Extend,
    News,
    Occasion,
    Proposals,
    Question,
    Situation,
    Turn,
)
from nhstransit.grammar.explained import TO_BE_SEEN
from nhstransit.log import Phase
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.phrases import date, number_of, percentage
from nhstransit.streams import Chances
from nhstransit.workforce.columns import RiskClass


@attrs.frozen(kw_only=True, field_transformer=strict)
class Extension(BasePolicy):
    """Employers of the given kinds that are due to close stay open until a later day.

    The risk that their staff perceive moves towards `target`, by the share `weight` of the difference. Dispositions are
    scored again. People with a guarantee, an at-risk letter or another post are not affected. Exits already agreed keep
    their dates.
    """

    place: ClassVar[int] = 26
    question: ClassVar[Question | None] = "outlook"

    announced: dt.date
    until: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("sha",))
    target: float = share(
        0.0,
        parent=assumed(
            "share of similar posts that are removed",
            0.0,
            1.0,
            "in 2011 the government extended the life of regional authorities to 2013 in the hope of "
            "steadying staff; the target is a judgement",
        ),
    )
    weight: float = share(
        0.3,
        parent=assumed(
            "share of the way to the target",
            0.0,
            0.6,
            "in 2011 the government extended the life of regional authorities to 2013 in the hope of "
            "steadying staff; the size of the effect is a judgement",
        ),
    )

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "until")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of the announcement."""
        return [Occasion(calendar.day(self.announced), "news", phase=Phase.MILESTONES)]

    def propose(self, situation: Situation) -> Proposals | None:
        """The news, for staff without an agreed exit or another post. None if no employer would stay open longer."""
        people = situation.people
        bodies = self.concerned(situation)
        if not len(bodies):
            return None
        staff = people.in_post & np.isin(people.employer, bodies)
        # People with a guarantee, a loan to a consortium, an at-risk letter or a safe post have higher risk classes.
        rows = np.flatnonzero(staff & ~people.settled & (people.risk_class <= RiskClass.EXPOSED))
        return News(rows=rows, target=np.full(len(rows), self.target), weight=self.weight)

    def select(self, situation: Situation, proposals: News, answers: Answers, chances: Chances) -> Effects:
        """Set later closing days, and apply the changes in dispositions and perceived risk.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        bodies = self.concerned(situation)
        closes = np.full(len(bodies), situation.calendar.day(self.until), "int32")
        turn = Turn(
            rows=proposals.rows,
            disposition=answers.said,
            risk_class=RiskClass.EXPOSED,
            target=proposals.target,
            weight=proposals.weight,
        )
        return Effects(then=(Extend(employer=bodies, closes=closes), turn))

    def concerned(self, situation: Situation) -> Ints:
        """Employers of these kinds that are still open and would close before `until`."""
        closes = situation.bodies.closes
        mine = situation.bodies.of_kinds(self.kinds)
        sooner = mine & (closes >= situation.day) & (closes < situation.calendar.day(self.until))
        return np.flatnonzero(sooner).astype("int32")

    title: ClassVar[str] = "Longer life of bodies"
    about: ClassVar[str] = "Employers of the given kinds that are due to close stay open until a later day."

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many employers stay open longer, with how many people, and how far the news reduces perceived risk."""
        if proposals is None:
            return TO_BE_SEEN
        bodies = self.concerned(situation)
        first = situation.calendar.date(int(situation.bodies.closes[bodies].min()))
        staff = int(np.isin(situation.people.employer, bodies).sum())
        return (
            f"{number_of(len(bodies), 'employer')} with {staff:,} of the opening staff would have closed from {date(first)} "
            f"on, and close on {date(self.until)} instead.",
            f"Perceived risk moves {percentage(self.weight)} of the way to {percentage(self.target)}.",
        )
