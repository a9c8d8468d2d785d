"""MARS, the mutually agreed resignation scheme: a voluntary pay-off of up to a year's salary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats, Ints, Longs, Rows
from nhstransit.dates import Calendar
from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import from_law, in_order, number, one_of, some_of, strict, whole
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Ask,
    Depart,
    Draw,
    Effect,
    Effects,
    Occasion,
    Proposals,
    Question,
    SeveranceOffer,
    Situation,
)
from nhstransit.grammar.explained import explained_by_proposals
from nhstransit.grammar.policy import among
from nhstransit.law import MarsTerms
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.phrases import listed, number_of
from nhstransit.policies.panel import Panel
from nhstransit.streams import Chances
from nhstransit.workforce.columns import BANDS, CONTRACTS, RiskClass

SECTION_16 = "section16"  # redundancy terms, for a voluntary redundancy


@attrs.frozen(kw_only=True, field_transformer=strict)
class Mars(Panel):
    """In one round, staff of some kinds of employer apply, each employer's panel approves some, and those who sign leave.

    People leave on the day `leaves`, or on the employer's last day if that is earlier. `regions` or `bodies` limit the
    round to some regions or employers. For a second round, add another policy of this type under a different name.

    The round is open to people in `functions` and `bands` (by default all) with enough service (`min_service_months`,
    by default the law's number). Clinicians, people with an at-risk letter, and people whose fixed term ends after the
    last day may apply only if `clinicians`, `at_risk` and `fixed_term` are true. The panel refuses business-critical
    staff, `protected` functions, and cases that do not pay back within `payback_months`. It approves the rest in the
    order set by `order`. It stops at the first case that `budget_pounds` or `quota` (a share of the employer's staff,
    times the region's `appetite`) does not allow. If a `fund` pays, the panels that share it stop at the first case that
    its money cannot pay for.

    A share `removed` of the posts that people leave is removed permanently. Another share, `redeployed`, is reserved for
    people at risk. With section 16 as `terms` this is a round of voluntary redundancy, as in 2025: people get
    redundancy pay, and an early pension if they are old enough. The panel, the budget and the fund then count the
    capital cost of the pension too.
    """

    place: ClassVar[int] = 40
    question: ClassVar[Question | None] = "severance"
    signed: ClassVar[bool] = True

    announced: dt.date
    opens: dt.date
    closes: dt.date
    leaves: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    regions: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    bands: tuple[str, ...] = some_of(BANDS, BANDS)
    terms: str = one_of(("mars_2010", "mars_later", "civil_service_exit", SECTION_16), "mars_2010")
    min_service_months: int | None = whole(None, high=600, parent=from_law("months", "mars_2010.qualifying_months"))
    fixed_term: bool = False
    clinicians: bool = True
    at_risk: bool = True
    clawback_months: float | None = number(
        None, low=0, high=60, parent=from_law("months", "clawback_mars_2010.all_staff")
    )

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "opens", "closes", "leaves")
        self.check_appetite()
        self.check_shares()

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The closing day, when the panel decides on the applications."""
        self.check_regions(bodies)
        limits = (("regions", self.regions, bodies.regions), ("bodies", self.bodies, bodies.names))
        for field, given, known in limits:
            for name in given:
                if name not in known:
                    raise ScenarioError(field, f"has the unknown name {name!r}", nearest(name, known))
        return [Occasion(calendar.day(self.closes), "panel")]

    def propose(self, situation: Situation) -> Proposals | None:
        """Offer the tariff's sum to people who may apply. Nobody is asked when money is drawn or a post is redeployed."""
        if situation.stage != "panel":
            asked = situation.asked
            still_here = situation.people.in_post[asked]
            return Proposals(rows=asked[still_here])
        rows = np.flatnonzero(self._open_to(situation))
        pence = self._sums(situation, rows)
        last = self._last_days(situation, rows)
        # People without the required service are paid nothing. People whose fixed term ends first leave without payment.
        served = (pence > 0) & (situation.people.contract_ends[rows] > last)
        if self.min_service_months is not None:
            served &= situation.service_months(rows, last + situation.calendar.origin) >= self.min_service_months
        rows = rows[served]
        pence = pence[served]
        if not len(rows):
            return None
        return SeveranceOffer(
            rows=rows,
            pence=pence,
            months=self._months(situation, rows),
            last_day=situation.calendar.day(self.leaves),
            clawback_months=self._clawback(situation),
            early_pension=self.terms == SECTION_16,
        )

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Select among the people who applied, and decide what becomes of their posts.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        if situation.stage == "redeploy":
            return self.redeploy(situation, chances)
        if not isinstance(proposals, SeveranceOffer):
            return self._drawn(situation, proposals.rows, chances)
        # `applied` is positions among the proposals, and `chosen` a mask over all proposals.
        applied = np.flatnonzero(answers.yes)
        if not len(applied):
            return NOTHING
        chosen = np.zeros(len(proposals), bool)
        rows = proposals.rows[applied]
        pence = proposals.pence[applied]
        cost = pence + self.strain(situation, rows, pence)
        chosen[applied] = self.approved(situation, rows, cost, proposals.last_day, chances)
        go = proposals.rows[chosen]
        paid = proposals.pence[chosen]
        return Effects(then=self._leave(situation, go, paid, chances), chosen=chosen)

    def _open_to(self, situation: Situation) -> Bools:
        """People who may apply if their service is long enough, (n,): no agreed exit, other post or guarantee."""
        people = situation.people
        may = situation.staff_of(
            self.kinds,
            regions=self.regions or None,
            bodies=self.bodies or None,
            functions=self.functions or None,
            bands=self.bands,
            free=True,
        )
        may &= people.retained_until < situation.day
        may &= self.clinicians | ~people.clinician
        may &= self.fixed_term | (people.contract == CONTRACTS.index("permanent"))
        return np.asarray(may & (self.at_risk | (people.risk_class != RiskClass.AT_RISK)))

    def _last_days(self, situation: Situation, rows: Rows) -> Ints:
        """The scheme's last day, or the employer's if that is earlier, (n,)."""
        closes = situation.bodies.closes[situation.people.employer[rows]]
        return np.minimum(closes, situation.calendar.day(self.leaves)).astype("int32")

    def _clawback(self, situation: Situation) -> float:
        """Months within which a return costs money: the local term, or the law's on the day of leaving."""
        if self.clawback_months is not None:
            return self.clawback_months
        leaving = situation.calendar.origin + situation.calendar.day(self.leaves)
        return situation.law.scheme_clawback_months(self.terms, leaving)

    def _tariff(self, situation: Situation) -> MarsTerms:
        """The terms of the scheme on the day of leaving, with the service that a local round requires."""
        leaving = situation.calendar.origin + situation.calendar.day(self.leaves)
        terms = situation.law.terms(self.terms, leaving)
        if self.min_service_months is None:
            return terms
        return attrs.evolve(terms, qualifying_months=self.min_service_months)

    def _terms_day(self, situation: Situation) -> int:
        """The epoch day whose section 16 applies to a voluntary redundancy: the day when the round opens."""
        return situation.calendar.origin + situation.calendar.day(self.opens)

    def _sums(self, situation: Situation, rows: Rows) -> Longs:
        """Pence that the tariff pays each person for leaving on the last day, (n,)."""
        people = situation.people
        leaving = situation.calendar.origin + self._last_days(situation, rows)
        pay = people.pay_pence[rows]
        wte = people.wte(rows)
        since = people.service_from[rows]
        if self.terms == SECTION_16:
            born = people.born[rows]
            band = people.band[rows]
            terms_on = self._terms_day(situation)
            return situation.law.redundancy(pay, wte, born, since, leaving, band, terms_on=terms_on)
        basic = people.basic_pence(rows)
        return situation.law.mars(basic, wte, since, leaving, terms=self._tariff(situation))

    def _months(self, situation: Situation, rows: Rows) -> Floats:
        """The tariff's sums in months of pay, (n,)."""
        since = situation.people.service_from[rows]
        leaving = situation.calendar.origin + self._last_days(situation, rows)
        if self.terms == SECTION_16:
            born = situation.people.born[rows]
            terms_on = self._terms_day(situation)
            return situation.law.redundancy_months(since, leaving, born=born, terms_on=terms_on)
        return situation.law.mars_months(since, leaving, terms=self._tariff(situation))

    def strain(self, situation: Situation, rows: Rows, pence: Longs) -> Longs:
        """Capital in pence for pensions taken early, which only redundancy terms allow, (n,).

        Args:
            situation: the present state of the run.
            rows: (n,) positions of people.
            pence: (n,) the payment to each.
        """
        if self.terms != SECTION_16:
            return np.zeros(len(rows), "int64")
        people = situation.people
        pay = people.pay_pence[rows]
        wte = people.wte(rows)
        born = people.born[rows]
        since = people.service_from[rows]
        section = people.section[rows]
        leaving = situation.calendar.origin + self._last_days(situation, rows)
        terms_on = self._terms_day(situation)
        return situation.law.pension_strain(
            pay, wte, born, since, leaving, section, redundancy_pence=pence, terms_on=terms_on
        )

    def _leave(self, situation: Situation, rows: Rows, pence: Longs, chances: Chances) -> tuple[Effect, ...]:
        """Exits on the last day, and reminders to draw the fund's money and to redeploy people on the day after."""
        last = self._last_days(situation, rows)
        removed, reused = self.fates(situation, rows, chances)
        depart = Depart(
            rows=rows,
            last_day=last,
            severance=pence,
            in_lieu=np.zeros(len(rows), "int64"),
            strain=self.strain(situation, rows, pence),
            remove=removed,
        )
        then: list[Effect] = [depart]
        # Approved people may still decline to sign. The fund is drawn later that day, for those who have signed.
        if self.fund and len(rows):
            then.append(Ask(rows=rows, day=situation.day, stage="draw"))
        # Last days differ between employers that close early and the others. Each has its own reminder, the day after.
        days = np.unique(last[reused]).tolist()
        for day in days:
            leavers = rows[reused & (last == day)]
            then.append(Ask(rows=leavers, day=day + 1, stage="redeploy"))
        return tuple(then)

    def _drawn(self, situation: Situation, rows: Rows, chances: Chances) -> Effects:
        """Draw from the fund what the people who signed will be paid, one sum per employer."""
        people = situation.people
        signed = rows[people.exit_rule[rows] == situation.rule]
        # `add.at` adds up all people of one employer; plain indexing would count only one of them.
        owed = np.zeros(len(situation.bodies), "int64")
        pence = self._sums(situation, signed)
        np.add.at(owed, people.employer[signed], pence + self.strain(situation, signed, pence))
        payers = np.flatnonzero(owed)
        if not len(payers):
            return NOTHING
        return Effects(then=(Draw(fund=self.fund, employer=payers.astype("int32"), pence=owed[payers]),))

    title: ClassVar[str] = "MARS"
    about: ClassVar[str] = (
        "One round: staff of some kinds of employer apply by the closing day, their employer's panel decides, and "
        "approved applicants sign and leave."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many may apply, what the tariff pays, how the panel selects, and what becomes of the posts."""
        if not isinstance(proposals, SeveranceOffer) or not len(proposals):
            return explained_by_proposals(self, situation, proposals)
        return (
            f"{among(len(proposals), situation, self.kinds)} may apply.",
            *proposals.explain_sums(situation),
            self._explain_tariff(situation),
            *proposals.explain_clawback(),
            *self.explain_panel(),
            *self.explain_posts_left(),
        )

    def _explain_tariff(self, situation: Situation) -> str:
        """The terms in force, with their grade: on the day of leaving, or on the opening day for redundancy terms."""
        leaving = situation.calendar.origin + situation.calendar.day(self.leaves)
        on = self._terms_day(situation) if self.terms == SECTION_16 else leaving
        entry = situation.law.parameters.table(self.terms).on(on)
        terms = MarsTerms.of(entry)
        if self.min_service_months is not None:
            terms = attrs.evolve(terms, qualifying_months=self.min_service_months)
        limits = (("pay counted", terms.salary_cap), ("payments", terms.payment_cap))
        caps = [f"{what} up to £{most:,.0f}" for what, most in limits if most is not None]
        end = f", with {listed(caps)}." if caps else "."
        return (
            f"The tariff ({self.terms}, quality: {entry.quality}) is {number_of(terms.months_a_year, 'month')} of pay for "
            f"each complete year of service, at least {terms.least_months:g} and at most {terms.most_months:g} months, "
            f"for people with {terms.service_in_words} or more{end}"
        )
