"""MARS, the mutually agreed resignation scheme: a voluntary pay-off of up to a year's salary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Bools, Longs, Rows
from nhstransit.dates import Calendar
from nhstransit.fields import Parent, amount, in_order, number, one_of, share, some_of, whole
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Depart,
    Effects,
    Occasion,
    Proposals,
    Question,
    SeveranceOffer,
    Situation,
)
from nhstransit.kernels.selection import first_within, order_within
from nhstransit.organisations.bodies import KINDS
from nhstransit.organisations.roster import Roster
from nhstransit.streams import Chances
from nhstransit.workforce.codes import CONTRACTS

_LEVER = Parent(unit="months", source="employer's criterion for approval; none published", quality="choice")
_ENDLESS = 2**62  # pence, or places, that never run out


@attrs.frozen(kw_only=True)
class Mars:
    """One round: staff of some kinds of body apply to the closing day, their employer's panel approves, they sign and go.

    The panel refuses the business-critical, the protected functions, and any case that would not pay back within
    `payback_months`; it takes the rest best first, by `order`, and stops at the first that `budget_pounds` or
    `quota` (a share of the employer's staff) cannot meet. Of the posts left, a share of `removed` goes for good.
    """

    question: ClassVar[Question | None] = "severance"
    signed: ClassVar[bool] = True

    announced: dt.date
    opens: dt.date
    closes: dt.date
    leaves: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    terms: str = one_of(("mars_2010",), "mars_2010")
    min_service_months: int = whole(
        12,
        high=600,
        parent=Parent(unit="months", source="later MARS schemes, taken to hold in 2010", quality="recalled"),
    )
    fixed_term: bool = False
    protected: tuple[str, ...] = ()
    payback_months: float = number(24.0, low=0.0, high=1200.0, parent=_LEVER)
    quota: float = share(
        0.15, parent=Parent(unit="share of staff", source="employer's limit; none published", quality="choice")
    )
    budget_pounds: float | None = amount(
        None, parent=Parent(unit="pounds an employer", source="employer's limit; none by default", quality="choice")
    )
    order: str = one_of(("net-saving", "payback", "luck"), "net-saving")
    removed: float = share(
        0.88,
        parent=Parent(
            unit="share of posts left",
            source="reconciliation of the mean payment, mean saving and service of MARS leavers, 2010",
            quality="assumption",
            range=(0.7, 1.0),
        ),
    )
    clawback_months: float = number(
        6.0, low=0, high=60, parent=Parent(unit="months", source="section 20 of the handbook", quality="recalled")
    )

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "opens", "closes", "leaves")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The closing day, on which applications are counted and the panel sits."""
        return [Occasion(calendar.day(self.closes), "panel")]

    def propose(self, situation: Situation) -> Proposals | None:
        """The tariff's sum, to those with the service, who have no exit agreed and no redundancy in hand."""
        people, leaving = situation.people, situation.calendar.origin + situation.calendar.day(self.leaves)
        may = situation.employed_by(self.kinds) & ~people.settled & (people.retained_until < situation.day)
        if not self.fixed_term:
            may &= people.contract == CONTRACTS.index("permanent")
        rows = np.flatnonzero(may)
        pence = situation.law.mars(
            people.pay_pence[rows], people.wte(rows), people.service_from[rows], leaving, terms=self.terms
        )
        served = situation.service_months(rows, leaving) >= self.min_service_months
        rows, pence = rows[served & (pence > 0)], pence[served & (pence > 0)]
        if not len(rows):
            return None
        months = situation.law.mars_months(people.service_from[rows], leaving, terms=self.terms)
        return SeveranceOffer(
            rows=rows,
            pence=pence,
            months=months,
            last_day=situation.calendar.day(self.leaves),
            clawback_months=self.clawback_months,
        )

    def select(self, situation: Situation, proposals: SeveranceOffer, answers: Answers, chances: Chances) -> Effects:
        """The panel's choice among those who applied, and what becomes of their posts."""
        applied = np.flatnonzero(answers.yes)
        if not len(applied):
            return NOTHING
        rows, pence = proposals.rows[applied], proposals.pence[applied]
        worth = self._worth(situation, rows, pence, chances)
        chosen = np.zeros(len(proposals), bool)
        chosen[applied] = self._approved(situation, rows, pence, *worth)
        go, paid = proposals.rows[chosen], proposals.pence[chosen]
        nothing = np.zeros(len(go), "int64")
        depart = Depart(
            rows=go,
            last_day=np.full(len(go), proposals.last_day, "int32"),
            severance=paid,
            in_lieu=nothing,
            strain=nothing,
            remove=chances.uniform("post removed", situation.people.key[go]) < self.removed,
        )
        return Effects(then=(depart,), chosen=chosen)

    def _worth(self, situation: Situation, rows: Rows, pence: Longs, chances: Chances) -> tuple[Longs, Longs, Longs]:
        """Monthly saving at full on-cost, saving to the employer's closing day net of the payment, and panel luck."""
        people = situation.people
        monthly = situation.law.employer_cost(people.pay_pence[rows], people.wte(rows), situation.epoch_day) // 12
        closes = np.minimum(situation.bodies.closes[people.employer[rows]], situation.calendar.days - 1)
        days = np.maximum(closes - situation.calendar.day(self.leaves), 0)
        luck = (chances.uniform("panel", people.key[rows]) * 2**53).astype("int64")
        return monthly, monthly * 12 * days // 365 - pence, luck

    def _approved(
        self, situation: Situation, rows: Rows, pence: Longs, monthly: Longs, net: Longs, luck: Longs
    ) -> Bools:
        """Who is approved, (applicants,)."""
        people = situation.people
        shielded = np.isin(people.function[rows], situation.function_codes(self.protected))
        may = ~people.critical[rows] & ~shielded & (pence <= self.payback_months * monthly)
        first = {"net-saving": -net, "payback": pence * 1000 // np.maximum(monthly, 1), "luck": luck}[self.order]
        employer = people.employer[rows]
        eligible = np.flatnonzero(may)
        order = order_within(employer[eligible], first[eligible], luck[eligible], people.staff[rows[eligible]])
        heads = np.bincount(people.employer[people.in_post], minlength=len(situation.bodies))
        places = np.floor(heads * self.quota + 1e-9).astype("int64")
        pounds = self.budget_pounds
        budget = np.full(len(heads), _ENDLESS if pounds is None else round(pounds * 100), "int64")
        approved = np.zeros(len(rows), bool)
        approved[eligible] = first_within(employer[eligible], order, pence[eligible], budget, places)
        return approved
