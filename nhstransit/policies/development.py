"""Development support: courses that turn stayers (who have no job at the end) into movers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Bools, Longs, Rows
from nhstransit.dates import Calendar, add_months
from nhstransit.errors import ScenarioError
from nhstransit.fields import Parent, amount, assumed, share, some_of, strict, whole
from nhstransit.grammar import (
    Answers,
    Ask,
    BasePolicy,
    Draw,
    Effect,
    Effects,
    Occasion,
    Pay,
    Proposals,
    Question,
    RetentionOffer,
    Situation,
    Turn,
)
from nhstransit.log import Kind
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.phrases import number_of, percentage
from nhstransit.selection import first_within, order_within
from nhstransit.streams import Chances
from nhstransit.workforce.columns import BANDS, Disposition

_NONE_FOUND = "no number of courses for staff of closing NHS bodies was found; the value is a judgement"


@attrs.frozen(kw_only=True, field_transformer=strict)
class Development(BasePolicy):
    """On each day in `courses`, stayers are offered a course. Some months later the course turns some of them into movers.

    A place on the course costs `pounds`, which the employer pays on the first day. Of the people who accept, each
    employer selects the most skilled, up to `budget_pounds` per course (by default without limit). If a `fund` pays,
    people whose employers share the money are selected together, most skilled first. After `months`, of the people on
    the course who are still in post, are still stayers and have no agreed exit, a share `works` become movers. People
    who take a course are offered no other course until the day after it ends.
    """

    place: ClassVar[int] = 32
    question: ClassVar[Question | None] = "retention"

    announced: dt.date
    courses: tuple[dt.date, ...]
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    functions: tuple[str, ...] = ()
    bands: tuple[str, ...] = some_of(BANDS, ())
    pounds: float = amount(1_500.0, parent=assumed("pounds a place", 300.0, 5_000.0, _NONE_FOUND))
    budget_pounds: float | None = amount(None, parent=Parent(unit="pounds per employer and course"))
    fund: str = ""
    months: int = whole(
        6, high=60, parent=Parent(unit="months", source=_NONE_FOUND, quality="assumption", range=(3, 12))
    )
    works: float = share(0.5, parent=assumed("share of people on a course who become movers", 0.2, 0.9, _NONE_FOUND))

    def __attrs_post_init__(self) -> None:
        for earlier, later in pairwise((self.announced, *self.courses)):
            if later < earlier:
                raise ScenarioError(
                    "courses", f"lists {later} after {earlier}", "give dates in order, none before `announced`"
                )

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The first day of each course."""
        return [Occasion(calendar.day(day), "course", number) for number, day in enumerate(self.courses)]

    def propose(self, situation: Situation) -> Proposals | None:
        """Offer a place to stayers without an agreed exit, another post or a course. At the end nobody is asked."""
        people = situation.people
        stays = people.in_post & (people.disposition == Disposition.STAYER)
        if situation.stage == "over":
            rows = situation.asked[(stays & (people.exit_rule < 0))[situation.asked]]
            return Proposals(rows=rows) if len(rows) else None
        free = situation.staff_of(self.kinds, functions=self.functions or None, bands=self.bands or None, free=True)
        rows = np.flatnonzero(stays & free & (people.course_until < situation.day))
        if not len(rows):
            return None
        return RetentionOffer(rows=rows, premium=0.0, until=self._over(situation))

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Select who gets a place, and pay for it. At the end, turn people into movers if the course worked.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        if not isinstance(proposals, RetentionOffer):
            worked = chances.uniform("course", situation.people.key[proposals.rows]) < self.works
            rows = proposals.rows[worked]
            mover = np.full(len(rows), Disposition.MOVER, "int8")
            return Effects(then=(Turn(rows=rows, disposition=mover),))
        accepted = proposals.rows[answers.yes]
        rows = accepted[self._within(situation, accepted)]
        each = np.full(len(rows), self._pence, "int64")
        then: list[Effect] = [Pay(rows=rows, kind=Kind.TRAINING, pence=each, until=proposals.until)]
        if self.fund:
            payers, count = np.unique(situation.people.employer[rows], return_counts=True)
            then.append(Draw(fund=self.fund, employer=payers.astype("int32"), pence=count * self._pence))
        then.append(Ask(rows=rows, day=proposals.until, stage="over"))
        return Effects(then=tuple(then), chosen=np.isin(proposals.rows, rows))

    @property
    def _pence(self) -> int:
        return round(self.pounds * 100)

    def _over(self, situation: Situation) -> int:
        """The day on which the course is over."""
        return int(add_months(situation.epoch_day, self.months)) - situation.calendar.origin

    def _within(self, situation: Situation, rows: Rows) -> Bools:
        """Which of these people get a place within the employers' budgets and then the fund's money, (rows,)."""
        employer = situation.people.employer[rows].astype("int64")
        kept = np.ones(len(rows), bool)
        if self.budget_pounds is not None:
            budget = np.full(len(situation.bodies), round(self.budget_pounds * 100), "int64")
            kept = self._first(situation, rows, employer, budget)
        if self.fund:
            # People whose employers share a purse compete for its money together. −1: the employer has no access to it.
            purse = situation.purses[self.fund]
            number = purse.number[employer].astype("int64")
            kept &= number >= 0
            some = np.flatnonzero(kept)
            kept[some] = self._first(situation, rows[some], number[some], purse.pence)
        return kept

    def _first(self, situation: Situation, rows: Rows, group: Longs, budget: Longs) -> Bools:
        """The most skilled of each group whose places the group's budget can pay for, (rows,)."""
        people = situation.people
        order = order_within(group, -people.skill[rows], people.staff[rows])
        cost = np.full(len(rows), self._pence, "int64")
        # Only money limits the number of places: each group may select everyone.
        no_limit = np.full(len(budget), len(rows))
        return first_within(group, order, cost, budget, no_limit)

    title: ClassVar[str] = "Development courses"
    about: ClassVar[str] = (
        "On some days stayers are offered a course; some months later the course turns some of them into movers."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """The cost of a place, who pays, and the share of people who become movers. Stayers are known only in a run."""
        limit = "" if self.budget_pounds is None else f", up to £{self.budget_pounds:,.0f} per employer"
        fund = f" from the fund {self.fund!r}" if self.fund else ""
        return (
            f"A place costs £{self.pounds:,.0f}, paid by the employer{fund}{limit}.",
            "Which people are stayers depends on what happens before.",
            f"After {number_of(self.months, 'month')}, {percentage(self.works)} of the people who took the course become "
            "movers.",
        )
