"""The management-cost path: each closing employer's pay bill must fall, by volunteers first and then by redundancy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Ints, Longs, Rows
from nhstransit.dates import Calendar
from nhstransit.errors import ScenarioError
from nhstransit.fields import Parent, share, some_of, whole
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Effects,
    Occasion,
    Proposals,
    Question,
    SeveranceOffer,
    Situation,
)
from nhstransit.kernels.selection import order_within
from nhstransit.organisations.bodies import KINDS
from nhstransit.organisations.roster import Roster
from nhstransit.policies.terms import made_redundant
from nhstransit.streams import Chances


@attrs.frozen(kw_only=True)
class Step:
    """By this day the pay bill must be down by this share of what it was at the start."""

    by: dt.date
    cut: float = share(
        parent=Parent(unit="share of the opening pay bill", source="a lever: the path the employer is held to")
    )


@attrs.frozen(kw_only=True)
class CostReduction:
    """On the day of each step, employers whose pay bill is above the path bring it down; posts that go do not come back.

    Posts left empty and exits agreed before count first. Then redundancy terms are offered; volunteers go, those who
    save most for their pay-off first; what is still missing is met by compulsory redundancy, by an assessment. Notice
    runs from the end of consultation, `consultation_days` after the step. The business-critical and the guaranteed are
    left out. `path` has the steps in order, each a share of the opening pay bill.
    """

    question: ClassVar[Question | None] = "severance"
    signed: ClassVar[bool] = False

    announced: dt.date
    path: tuple[Step, ...]
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    consultation_days: int = whole(
        90,
        high=365,
        parent=Parent(
            unit="days",
            source="collective consultation on 100 or more redundancies before 6 April 2013",
            quality="press",
        ),
    )

    def __attrs_post_init__(self) -> None:
        before = self.announced
        cut = 0.0
        for place, step in enumerate(self.path):
            if step.by < before or step.cut < cut:
                wrong = f"is {step.by} with a cut of {step.cut:g}, after {before} with {cut:g}"
                raise ScenarioError(f"path[{place}]", wrong, "give steps in order, each cut no smaller than the last")
            before, cut = step.by, step.cut

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of each step; the steps number the rounds."""
        return [Occasion(calendar.day(step.by), "step", round=place) for place, step in enumerate(self.path)]

    def propose(self, situation: Situation) -> Proposals | None:
        """Redundancy terms, to everyone who may be let go by an employer above the path and would be paid for it."""
        pool = self._pool(situation)
        if not len(pool):
            return None
        pence = self._severance(situation, pool)
        rows, pence = pool[pence > 0], pence[pence > 0]
        leaving = self._last_days(situation, rows) + situation.calendar.origin
        months = situation.law.redundancy_months(situation.people.service_from[rows], leaving)
        last = int(leaving.max(initial=situation.epoch_day)) - situation.calendar.origin
        return SeveranceOffer(rows=rows, pence=pence, months=months, last_day=last)

    def select(self, situation: Situation, proposals: SeveranceOffer, answers: Answers, chances: Chances) -> Effects:
        """Volunteers, then the least well assessed, employer by employer until the bill is on the path."""
        people, rows = situation.people, self._pool(situation)
        saving, pence = _yearly(situation, rows), self._severance(situation, rows)
        volunteers = np.isin(rows, proposals.rows[answers.yes])
        assessed = people.skill[rows] + chances.normal("assessment", people.key[rows])
        worth = np.where(volunteers, pence / np.maximum(saving, 1), assessed)
        order = order_within(people.employer[rows], ~volunteers, worth, people.staff[rows])
        go = np.zeros(len(rows), bool)
        go[order] = _until_met(people.employer[rows][order], saving[order], self._excess(situation))
        if not go.any():
            return NOTHING
        chosen = np.isin(proposals.rows, rows[go & volunteers])
        last, given = self._last_days(situation, rows[go]), situation.day + self.consultation_days
        leave = made_redundant(situation, rows[go], last, given, with_posts=True)
        return Effects(then=(leave,), chosen=chosen)

    def _pool(self, situation: Situation) -> Rows:
        """Everyone who may be let go by an employer above the path."""
        people = situation.people
        over = self._excess(situation) > 0
        free = ~people.settled & ~people.critical & (people.retained_until < situation.day)
        return np.flatnonzero(situation.employed_by(self.kinds) & over[people.employer] & free)

    def _severance(self, situation: Situation, rows: Rows) -> Longs:
        """Redundancy pay of each for going on the last day that they would have."""
        people, leaving = situation.people, self._last_days(situation, rows) + situation.calendar.origin
        pay, wte, since = people.pay_pence[rows], people.wte(rows), people.service_from[rows]
        return situation.law.redundancy(pay, wte, people.born[rows], since, leaving, people.band[rows])

    def _excess(self, situation: Situation) -> Longs:
        """Pence a year by which each body's pay bill is above the path, (bodies,); nought for other kinds."""
        people = situation.people
        stay = np.flatnonzero(people.in_post & (people.exit_rule < 0))
        bill = np.zeros(len(situation.bodies), "int64")
        np.add.at(bill, people.employer[stay], _yearly(situation, stay))
        cut = self.path[situation.round].cut
        allowed = np.floor(situation.opening_bill * (1.0 - cut)).astype("int64")
        return np.where(situation.bodies.of_kinds(self.kinds), np.maximum(bill - allowed, 0), 0)

    def _last_days(self, situation: Situation, rows: Rows) -> Ints:
        """Last day of each: notice from the end of consultation, at most to the employer's closing day."""
        people = situation.people
        given = situation.day + self.consultation_days
        weeks = situation.law.notice_weeks(
            people.band[rows], people.service_from[rows], situation.calendar.origin + given
        )
        return np.minimum(given + 7 * weeks, situation.bodies.closes[people.employer[rows]]).astype("int32")


def _yearly(situation: Situation, rows: Rows) -> Longs:
    """Basic pay in pence a year at each person's hours, (rows,)."""
    people = situation.people
    return np.rint(people.pay_pence[rows] * people.wte(rows)).astype("int64")


def _until_met(employer: np.ndarray, saving: Longs, excess: Longs) -> np.ndarray:
    """Who goes, in order within each employer, until what they save is no less than its excess, (n,)."""
    total = np.cumsum(saving)
    first = np.searchsorted(employer, employer)
    before = total - saving - (total[first] - saving[first])
    return np.asarray(before < excess[employer])
