"""Redundancy on abolition: at-risk letters, collective consultation, notice, and section 16 pay on the closing day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Ints, Rows
from nhstransit.dates import Calendar
from nhstransit.eventlog import Phase
from nhstransit.fields import in_order, some_of
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Ask,
    Consult,
    Depart,
    Effect,
    Effects,
    Occasion,
    Proposals,
    Question,
    Situation,
    Turn,
)
from nhstransit.organisations.bodies import KINDS
from nhstransit.organisations.roster import Roster
from nhstransit.policies.terms import made_redundant
from nhstransit.streams import Chances
from nhstransit.workforce.codes import RiskClass
from nhstransit.workforce.columns import NEVER


@attrs.frozen(kw_only=True)
class Redundancy:
    """Everybody in a closing body who has nothing to go to by its last day is made redundant on that day.

    Letters tell them they are at risk; consultation lasts as the law says for each employer's number; notice follows it.
    Notice that would run past the closing day is paid in lieu. A post found meanwhile makes the redundancy void. Whoever
    comes into the pool late is given notice on the closing day.
    """

    question: ClassVar[Question | None] = None
    signed: ClassVar[bool] = False

    announced: dt.date
    letters: dt.date
    consults: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "letters", "consults")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """Letters, consultation, and each day from the announcement on which bodies of these kinds close."""
        mine = bodies.closes[bodies.of_kinds(self.kinds)]
        closing = np.unique(mine[(mine >= calendar.day(self.announced)) & (mine < NEVER)]).tolist()
        return [
            Occasion(calendar.day(self.letters), "letters", phase=Phase.MILESTONES),
            Occasion(calendar.day(self.consults), "consultation"),
            *(Occasion(day, "closing") for day in closing),
        ]

    def propose(self, situation: Situation) -> Proposals | None:
        """The pool: no letter to the guaranteed; after consultation those consulted; at a closing those of that day."""
        people = situation.people
        closes = situation.bodies.closes[people.employer]
        pool = situation.employed_by(self.kinds) & (closes < NEVER) & ~people.settled
        if situation.stage == "letters":
            pool &= people.retained_until < situation.day
        if situation.stage == "closing":
            pool &= closes == situation.day
        if situation.stage == "notice":
            pool &= np.isin(np.arange(len(pool)), situation.asked)
        rows = np.flatnonzero(pool)
        return Proposals(rows=rows) if len(rows) else None

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """What the stage does to the whole pool."""
        if situation.stage == "letters":
            certain = np.ones(len(proposals))
            return Effects(then=(Turn(rows=proposals.rows, risk_class=RiskClass.AT_RISK, target=certain),))
        if situation.stage == "consultation":
            return Effects(then=self._consulted(situation, proposals.rows))
        return Effects(then=(self._noticed(situation, proposals.rows),)) if len(proposals) else NOTHING

    def _consulted(self, situation: Situation, rows: Rows) -> tuple[Effect, ...]:
        """Consultation by employer, and a reminder to give notice on the day after it ends, or at the closing day."""
        employer = situation.people.employer[rows]
        numbers, place = np.unique(np.bincount(employer), return_inverse=True)
        days = [situation.law.consultation_days(int(number), situation.epoch_day) for number in numbers]
        until = (situation.day + np.array(days)[place])[employer].astype("int32")
        asked = [Ask(rows=rows[until == day], day=int(day) + 1, stage="notice") for day in np.unique(until)]
        return (Consult(rows=rows, until=until), *asked)

    def _noticed(self, situation: Situation, rows: Rows) -> Depart:
        """Notice from today: the last day is the employer's closing day; what it cannot hold of the notice is paid."""
        last: Ints = situation.bodies.closes[situation.people.employer[rows]].astype("int32")
        return made_redundant(situation, rows, last, situation.day, with_posts=False)
