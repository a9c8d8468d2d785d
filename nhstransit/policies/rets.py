"""RETS, retention and exit terms: a guarantee to an end date, with a premium, for the business-critical."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Rows
from nhstransit.dates import Calendar
from nhstransit.fields import Parent, in_order, share, some_of
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Designate,
    Effects,
    Occasion,
    Proposals,
    Question,
    Retain,
    RetentionOffer,
    Situation,
    Turn,
)
from nhstransit.kernels.selection import nth_within, order_within
from nhstransit.organisations.bodies import KINDS
from nhstransit.organisations.roster import Roster
from nhstransit.streams import Chances
from nhstransit.workforce.codes import RiskClass


@attrs.frozen(kw_only=True)
class Rets:
    """Each employer names at most `cap` of its staff business-critical and offers them terms to the guarantee's end.

    Named first are those in `functions` (all functions where none is listed), the most skilled first. When the guarantee
    ends, so does the premium, and what people expect is open again.
    """

    question: ClassVar[Question | None] = "retention"
    signed: ClassVar[bool] = False

    announced: dt.date
    offered: dt.date
    guaranteed: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    functions: tuple[str, ...] = ()
    cap: float = share(
        0.15,
        parent=Parent(
            unit="share of an employer's staff", source="trade press, March 2011: about 15% at most", quality="press"
        ),
    )
    premium: float = share(
        0.15,
        parent=Parent(
            unit="share of basic pay",
            source="no figure published; bounded by the 30% recruitment and retention ceiling",
            quality="assumption",
            range=(0.0, 0.3),
        ),
    )

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "offered", "guaranteed")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of the offer, and the day after the guarantee ends."""
        return [
            Occasion(calendar.day(self.offered), "offer"),
            Occasion(calendar.day(self.guaranteed) + 1, "end"),
        ]

    def propose(self, situation: Situation) -> Proposals | None:
        """At the offer, terms to those designated; at the end, nothing is asked of those whose guarantee has run out.

        Whoever has a safe post or an at-risk letter by then keeps it.
        """
        if situation.stage == "end":
            people = situation.people
            ended = (people.retained_until == situation.day - 1) & (people.risk_class == RiskClass.GUARANTEED)
            rows = np.flatnonzero(ended & people.in_post)
            return Proposals(rows=rows) if len(rows) else None
        rows = self._designated(situation)
        until = situation.calendar.day(self.guaranteed)
        return RetentionOffer(rows=rows, premium=self.premium, until=until) if len(rows) else None

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Designation of all who were asked, terms for those who accept; at the end, the open future again."""
        if not isinstance(proposals, RetentionOffer):
            return Effects(then=(Turn(rows=proposals.rows, risk_class=RiskClass.EXPOSED),))
        accepted = proposals.rows[answers.yes]
        retain = Retain(rows=accepted, until=proposals.until, premium=proposals.premium)
        return Effects(then=(Designate(rows=proposals.rows), retain)) if len(proposals) else NOTHING

    def _designated(self, situation: Situation) -> Rows:
        """The most skilled of the functions wanted, up to the cap of each employer."""
        people = situation.people
        here = situation.employed_by(self.kinds)
        heads = np.bincount(people.employer[here], minlength=len(situation.bodies))
        wanted = here & ~people.settled & (people.retained_until < situation.day)
        if self.functions:
            wanted &= np.isin(people.function, situation.function_codes(self.functions))
        rows = np.flatnonzero(wanted)
        order = order_within(people.employer[rows], -people.skill[rows], people.staff[rows])
        rows = rows[order]
        within = nth_within(people.employer[rows]) < np.floor(heads * self.cap + 1e-9)[people.employer[rows]]
        return np.sort(rows[within])
