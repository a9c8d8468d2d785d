"""Voluntary redundancy and early retirement on section 16 terms, as far as a year's cut in costs requires them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs, Rows
from nhstransit.dates import DAYS_A_YEAR, Calendar
from nhstransit.errors import ScenarioError
from nhstransit.fields import Parent, in_order, number, share, some_of, strict
from nhstransit.grammar import (
    NOTHING,
    Answers,
    BasePolicy,
    Depart,
    Effects,
    Occasion,
    Proposals,
    Question,
    SeveranceOffer,
    Situation,
)
from nhstransit.grammar.explained import explained_by_proposals
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.phrases import date, percentage, sum_of_money
from nhstransit.policies.terms import made_redundant, staying, until_met, yearly_pay
from nhstransit.selection import order_within
from nhstransit.streams import Chances
from nhstransit.workforce.columns import BANDS, CONTRACTS

_SECTION_16 = "section16"
_COMING = -2  # `PostsNow.reserved` of a post that is reserved for a newcomer
_STEPS = (
    "the local press of 2010-11 reported the cuts of trusts and authorities; the first year's"
    " cut was the largest, and was due at the end of the year"
)
_LEAVING = (
    "in 2011-12, 10.7% of the staff of a cluster of trusts due to close left, and so did 10% "
    "of hospital and community staff"
)


@attrs.frozen(kw_only=True, field_transformer=strict)
class Panel:
    """One panel: the day when it decides on the applications, and the last day in post of the people who sign."""

    closes: dt.date
    leaves: dt.date

    def __attrs_post_init__(self) -> None:
        in_order(self, "closes", "leaves")


@attrs.frozen(kw_only=True, field_transformer=strict)
class VoluntaryRedundancy(BasePolicy):
    """In one financial year, employers offer voluntary redundancy on section 16 terms, as far as the year's step requires.

    The year's step takes the required cut from `from_cut` to `cut`, both shares of the opening pay bill. A share
    `year_end` of the step is left to the last of `panels`. The panels before it divide the rest evenly.

    Each panel compares the bill allowed with the bill expected on the last day. The bill expected is the pay of people
    who stay and of newcomers who have not started yet, less a share `expected_leaving` per year for people who leave
    without payment. An employer that meets its target offers nothing. Other employers offer voluntary redundancy to
    permanent staff in `functions` and `bands` (by default all) with enough service for redundancy pay, but not to
    people with a guarantee, an agreed exit or another post.

    A panel refuses business-critical staff, and cases that cost more than `payback_months` of the saving. The cost is
    redundancy pay, pay in lieu of notice, and the capital cost of a pension taken early. The panel approves the other
    cases in random order until the bill meets the target. The approved people who sign then leave, and their posts are
    removed. Notice runs from the day of the panel; any part after the last day is paid in lieu. If too few people
    apply, later policies, such as compulsory redundancy, must make the rest of the cut.
    """

    place: ClassVar[int] = 42
    question: ClassVar[Question | None] = "severance"
    signed: ClassVar[bool] = True

    announced: dt.date
    opens: dt.date
    panels: tuple[Panel, ...]
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    functions: tuple[str, ...] = ()
    bands: tuple[str, ...] = some_of(BANDS, ())
    from_cut: float = share(
        0.0,
        parent=Parent(
            unit="share of the opening pay bill",
            source="your decision: the cut made by the end of the year before",
            quality="choice",
        ),
    )
    cut: float = share(
        0.15,
        parent=Parent(unit="share of the opening pay bill", source=_STEPS, quality="press", range=(0.10, 0.20)),
    )
    year_end: float = share(
        0.2,
        parent=Parent(
            unit="share of the year's step",
            source="the payroll of April 2012 shows no second large fall in staff; the share is a judgement",
            quality="assumption",
            range=(0.0, 0.4),
        ),
    )
    expected_leaving: float = share(
        0.10, parent=Parent(unit="share of the bill a year", source=_LEAVING, quality="press", range=(0.09, 0.125))
    )
    payback_months: float = number(
        24.0,
        low=0.0,
        high=1200.0,
        parent=Parent(
            unit="months",
            source="your decision: the employer's criterion for approval; none was published",
            quality="choice",
        ),
    )

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "opens")
        before = self.opens
        for place, panel in enumerate(self.panels):
            if panel.closes < before:
                raise ScenarioError(
                    f"panels[{place}].closes", f"is {panel.closes}, before {before}", "give days in order"
                )
            before = panel.closes
        if self.cut < self.from_cut:
            wrong = f"is {self.cut:g}, less than `from_cut`, {self.from_cut:g}"
            raise ScenarioError("cut", wrong, "give a cut at the year's end that is no smaller")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of each panel, with its position as the round."""
        return [Occasion(calendar.day(panel.closes), "panel", round=n) for n, panel in enumerate(self.panels)]

    def due(self, panel: int) -> float:
        """The cut that is due by the last day of a panel, by its number, as a share of the opening bill."""
        # The panels before the last divide the first part of the step evenly. The last panel completes the step.
        last = len(self.panels) - 1
        done = 1.0 if panel == last else (1.0 - self.year_end) * (panel + 1) / last
        return self.from_cut + (self.cut - self.from_cut) * done

    def propose(self, situation: Situation) -> Proposals | None:
        """Offer redundancy terms to permanent staff with a right to redundancy pay, at employers above the path."""
        people = situation.people
        above = self.above(situation)
        may = above[people.employer] > 0
        may &= situation.staff_of(self.kinds, functions=self.functions or None, bands=self.bands or None, free=True)
        may &= (people.retained_until < situation.day) & (people.notice_due < situation.day)
        may &= people.contract == CONTRACTS.index("permanent")
        rows = np.flatnonzero(may)
        pence = self._leave(situation, rows).severance
        rows = rows[pence > 0]
        pence = pence[pence > 0]
        if not len(rows):
            return None
        leaving = self._last_days(situation, rows) + situation.calendar.origin
        since = people.service_from[rows]
        terms_on = situation.calendar.origin + self._opened(situation)
        last_day = self._leaves(situation)
        return SeveranceOffer(
            rows=rows,
            pence=pence,
            months=situation.law.redundancy_months(since, leaving, born=people.born[rows], terms_on=terms_on),
            last_day=last_day,
            clawback_months=situation.law.scheme_clawback_months(_SECTION_16, situation.calendar.origin + last_day),
            early_pension=True,
        )

    def select(self, situation: Situation, proposals: SeveranceOffer, answers: Answers, chances: Chances) -> Effects:
        """Approve applicants whose cases pay back, in random order, until the bill is on the path.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        applied = np.flatnonzero(answers.yes)
        if not len(applied):
            return NOTHING
        chosen = np.zeros(len(proposals), bool)
        chosen[applied] = self._approved(situation, proposals.rows[applied], chances)
        return Effects(then=(self._leave(situation, proposals.rows[chosen]),), chosen=chosen)

    def above(self, situation: Situation) -> Longs:
        """Pence per year by which each employer would be above the path on the panel's last day, (bodies,)."""
        bodies = situation.bodies
        posts = situation.posts
        bill = np.zeros(len(bodies), "int64")
        stay = staying(situation)
        np.add.at(bill, situation.people.employer[stay], yearly_pay(situation, stay))
        # The bill on the last day: present pay, less expected leaving until then, plus newcomers who have yet to start.
        days = max(self._leaves(situation) - situation.day, 0)
        bill -= np.floor(bill * (self.expected_leaving * days / DAYS_A_YEAR)).astype("int64")
        coming = np.flatnonzero(posts.funded & (posts.reserved == _COMING))
        np.add.at(bill, posts.employer[coming], situation.pay_in(coming, 0))
        now = self._level(situation, self.due(situation.round))
        least = self._level(situation, self.cut)
        allowed = np.maximum(now - situation.to_find, least)
        on_path = bodies.of_kinds(self.kinds) & (situation.opening_bill > 0)
        return np.asarray(np.where(on_path, np.maximum(bill - allowed, 0), 0))

    def _approved(self, situation: Situation, rows: Rows, chances: Chances) -> Bools:
        """Which of these applicants are approved, (rows,)."""
        people = situation.people
        exits = self._leave(situation, rows)
        cost = exits.severance + exits.in_lieu + exits.strain
        yearly = situation.law.employer_cost(people.pay_pence[rows], people.wte(rows), situation.epoch_day)
        monthly = yearly // 12
        # `may` is positions in `rows`: cases that pay back, by employer and in random order.
        may = np.flatnonzero(~people.critical[rows] & (cost <= self.payback_months * monthly))
        cases = rows[may]
        drawn = chances.uniform("panel", people.key[cases])
        may = may[order_within(people.employer[cases], drawn, people.staff[cases])]
        cases = rows[may]
        approved = np.zeros(len(rows), bool)
        approved[may] = until_met(people.employer[cases], yearly_pay(situation, cases), self.above(situation))
        return approved

    def _leave(self, situation: Situation, rows: Rows) -> Depart:
        """Exits on the panel's last day, with their posts. They are agreed, so another post does not cancel them."""
        last = self._last_days(situation, rows)
        exits = made_redundant(situation, rows, last, situation.day, self._opened(situation), with_posts=True)
        return attrs.evolve(exits, voidable=False)

    def _last_days(self, situation: Situation, rows: Rows) -> Ints:
        """The panel's last day, or the employer's if that is earlier, (rows,)."""
        closes = situation.bodies.closes[situation.people.employer[rows]]
        return np.minimum(closes, self._leaves(situation)).astype("int32")

    def _leaves(self, situation: Situation) -> int:
        """The last day in post of people approved by this panel."""
        return situation.calendar.day(self.panels[situation.round].leaves)

    def _opened(self, situation: Situation) -> int:
        """The day whose section 16 applies: the day when applications open."""
        return situation.calendar.day(self.opens)

    def _level(self, situation: Situation, cut: float) -> Longs:
        """The bill that a cut leaves each employer, in pence per year, (bodies,)."""
        return np.asarray(np.floor(situation.opening_bill * (1.0 - cut)), "int64")

    title: ClassVar[str] = "Voluntary redundancy"
    about: ClassVar[str] = (
        "People apply to leave on redundancy terms, and are approved as far as the year's cut in management costs "
        "requires. Their posts are removed."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """Which people are asked, how far the bill is to fall by this panel, and how the panel decides."""
        return (*explained_by_proposals(self, situation, proposals), *self._explain_panel(situation))

    def _explain_panel(self, situation: Situation) -> tuple[str, ...]:
        """The cut that is due, what counts towards it, and in which order cases are approved."""
        due = self.due(situation.round)
        bill = float(situation.opening_bill[situation.bodies.of_kinds(self.kinds)].sum())
        leaves = date(situation.calendar.date(self._leaves(situation)))
        quality = situation.law.parameters.table("section16").on(situation.epoch_day).quality
        return (
            f"By {leaves} each employer's basic pay is to be {percentage(due)} below its level at the start: a cut of "
            f"{sum_of_money(due * bill)} from {sum_of_money(bill)} a year in all. Empty posts, exits already agreed "
            f"and expected leaving ({percentage(self.expected_leaving)} a year) count first.",
            "Each employer refuses business-critical staff, and cases that take more than "
            f"{self.payback_months:g} months to pay back, with the capital cost of an early pension. It approves the rest "
            f"in random order until its bill is on the path. The terms are those of section 16 (quality: {quality}).",
        )
