"""RETS, retention and exit terms: a guarantee to an end date, with a premium, for business-critical staff."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arithmetic import log2
from nhstransit.arrays import Bools, Rows
from nhstransit.dates import Calendar
from nhstransit.errors import ScenarioError
from nhstransit.fields import Parent, amount, from_law, in_order, share, some_of, strict
from nhstransit.grammar import (
    Answers,
    Ask,
    BasePolicy,
    Designate,
    Effect,
    Effects,
    Occasion,
    Proposals,
    Question,
    Retain,
    RetentionOffer,
    Situation,
    Turn,
)
from nhstransit.grammar.explained import explained_by_proposals
from nhstransit.grammar.policy import among
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.phrases import date, number_of, percentage
from nhstransit.selection import nth_within, order_within
from nhstransit.streams import Chances
from nhstransit.workforce.columns import NEVER, RiskClass

_CAP = from_law("share of an employer's staff", "rets.most_share")


@attrs.frozen(kw_only=True, field_transformer=strict)
class Renewal:
    """A day on which employers that now close after the guarantees end offer terms again, within a new cap."""

    on: dt.date
    cap: float | None = share(None, parent=_CAP)


@attrs.frozen(kw_only=True, field_transformer=strict)
class Rets(BasePolicy):
    """Each employer designates at most `cap` of its staff business-critical and offers them a job guarantee with a premium.

    By default, cap and premium are those of the law on the day of the offer. People who are already business-critical
    are designated first. Then people in `functions` (by default all) are designated, the most skilled first. In this
    ranking, people in small functions may get extra skill: each halving of the number of people that the employer has
    in a function adds `scarcity` to their skill. A person with a guarantee is not made redundant before the guarantee
    ends. It ends on the day `guaranteed`, or on the employer's last day or at the end of a fixed term if that is
    earlier.

    When the guarantee ends, the premium ends too, and people are exposed to redundancy again. People who became
    business-critical by the guarantee are then no longer so, unless the staff list marks them so or they have other
    terms. On each day in `renewals`, employers whose closing day is now later than the guarantees offer terms to the
    new closing day, within the new cap.
    """

    place: ClassVar[int] = 30
    question: ClassVar[Question | None] = "retention"

    announced: dt.date
    offered: dt.date
    guaranteed: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    functions: tuple[str, ...] = ()
    cap: float | None = share(None, parent=_CAP)
    scarcity: float = amount(
        0.0,
        parent=Parent(
            unit="standard deviations of skill for each halving of the number of people in a function",
            source=(
                "how much scarcity mattered in the choice of business-critical posts is unknown, so scarcity "
                "has no effect by default"
            ),
            quality="assumption",
            range=(0.0, 1.0),
        ),
    )
    premium: float | None = share(
        None, parent=from_law("share of basic pay", "rets.premium", ends=(0.0, 0.3), quality="assumption")
    )
    renewals: tuple[Renewal, ...] = ()

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "offered", "guaranteed")
        before = self.offered
        for place, renewal in enumerate(self.renewals):
            if renewal.on < before:
                wrong = f"is on {renewal.on}, before {before}"
                raise ScenarioError(f"renewals[{place}]", wrong, "give renewals in order, none before `offered`")
            before = renewal.on

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of the offer, the day after the guarantee ends, and the day of each renewal, numbered from 1."""
        return [
            Occasion(calendar.day(self.offered), "offer"),
            Occasion(calendar.day(self.guaranteed) + 1, "end"),
            *(
                Occasion(calendar.day(renewal.on), "renewal", place)
                for place, renewal in enumerate(self.renewals, start=1)
            ),
        ]

    def propose(self, situation: Situation) -> Proposals | None:
        """At an offer, terms for the people named. At the end, people whose guarantee has ended; nobody is asked.

        People who have a safe post or an at-risk letter by then keep that status.
        """
        people = situation.people
        if situation.stage == "lapse":
            asked = situation.asked  # only these people are examined, because there are hundreds of such days
            # A person with a longer guarantee by now, such as a renewed one, remains business-critical.
            ended = people.retained_until[asked] < situation.day
            over = (people.post[asked] >= 0) & people.critical[asked] & ended
            return Proposals(rows=asked[over])
        if situation.stage == "end":
            # People with a longer guarantee, or with a safe post by now, keep their status.
            ends_now = people.retained_until == situation.day - 1
            ended = ends_now & (people.risk_class == RiskClass.GUARANTEED)
            rows = np.flatnonzero(ended & people.in_post & situation.concerned[people.employer])
            return Proposals(rows=rows) if len(rows) else None
        wanted = situation.staff_of(self.kinds, functions=self.functions or None, free=True)
        law = situation.law.retention(situation.epoch_day)
        premium = law.premium if self.premium is None else self.premium
        if situation.stage == "offer":
            wanted &= people.retained_until < situation.day
            cap = law.most_share if self.cap is None else self.cap
            rows = self._designated(situation, wanted, people.critical, cap)
            until = situation.calendar.day(self.guaranteed)
        else:
            # A renewal, for people whose guarantee runs and whose employer's closing day is now later. People whose
            # guarantee already reaches the closing day count towards the new cap.
            closes = situation.bodies.closes[people.employer]
            running = (people.retained_until >= situation.day) & (people.risk_class == RiskClass.GUARANTEED)
            wanted &= running & (closes < NEVER) & (closes > people.retained_until)
            renewed = people.critical & (people.retained_until >= closes)
            given = self.renewals[situation.round - 1].cap
            rows = self._designated(situation, wanted, renewed, law.most_share if given is None else given)
            # The offer has one day: the latest closing day. `_renewed` gives each person their own employer's day.
            until = int(closes[rows].max(initial=situation.day))
        return RetentionOffer(rows=rows, premium=premium, until=until) if len(rows) else None

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Name the people who were asked business-critical. Give a guarantee to those who accept, and later end it.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        if situation.stage == "lapse":
            return Effects(then=(Designate(rows=proposals.rows, critical=False),))
        if not isinstance(proposals, RetentionOffer):
            return Effects(then=(Turn(rows=proposals.rows, risk_class=RiskClass.EXPOSED),))
        accepted = proposals.rows[answers.yes]
        if situation.stage == "renewal":
            return Effects(
                then=(Designate(rows=proposals.rows), *self._renewed(situation, accepted, proposals.premium))
            )
        lapse = Ask(rows=proposals.rows, day=proposals.until + 1, stage="lapse")
        return Effects(then=(Designate(rows=proposals.rows), *self._guaranteed(situation, accepted, proposals), lapse))

    def _guaranteed(self, situation: Situation, rows: Rows, offer: RetentionOffer) -> list[Effect]:
        """Terms to the day offered, the employer's last day or the end of a fixed term, with reminders of earlier ends."""
        people = situation.people
        lasts = np.minimum(situation.bodies.closes[people.employer[rows]], people.contract_ends[rows])
        ends = np.minimum(lasts, offer.until)
        # An effect has one last day, so there is one for each distinct day. The occasion "end" in the calendar covers the
        # day offered, and only earlier ends need a reminder.
        then: list[Effect] = []
        for until in np.unique(ends).tolist():
            mine = rows[ends == until]
            then.append(Retain(rows=mine, until=until, premium=offer.premium))
            if until < offer.until:
                then.append(Ask(rows=mine, day=until + 1, stage="end"))
        return then

    def _renewed(self, situation: Situation, accepted: Rows, premium: float) -> list[Effect]:
        """Terms to each employer's closing day, and reminders for the day after, in case the closing day moves again."""
        closes = situation.bodies.closes[situation.people.employer[accepted]]
        then: list[Effect] = []
        for until in np.unique(closes).tolist():
            rows = accepted[closes == until]
            then.append(Retain(rows=rows, until=until, premium=premium))
            then += [Ask(rows=rows, day=until + 1, stage=stage) for stage in ("end", "lapse")]
        return then

    def _designated(self, situation: Situation, wanted: Bools, placed: Bools, cap: float) -> Rows:
        """People to name, up to each employer's cap: those already business-critical, then the most skilled and scarce.

        Args:
            situation: the present state of the run.
            wanted: (people,) people who can be designated.
            placed: (people,) people who already have a place. They count towards the cap even if not in `wanted`.
            cap: most people per employer.
        """
        people = situation.people
        # The cap is a share of all staff of the employer. Places already in use are deducted, unless their holders are
        # in `wanted` and compete again. The small addition keeps a product such as 29.999999999 from losing a place.
        here = situation.employed_by(self.kinds)
        heads = np.bincount(people.employer[here], minlength=len(situation.bodies))
        used = np.bincount(people.employer[here & placed & ~wanted], minlength=len(situation.bodies))
        places = np.floor(heads * cap + 1e-9) - used
        rows = np.flatnonzero(wanted)
        holders = _holders(situation, here, rows)
        score = people.skill[rows].astype("float64") - self.scarcity * log2(holders)
        rows = rows[order_within(people.employer[rows], ~people.critical[rows], -score, people.staff[rows])]
        employer = people.employer[rows]
        return np.sort(rows[nth_within(employer) < places[employer]])

    title: ClassVar[str] = "Retention terms (RETS)"
    about: ClassVar[str] = (
        "Each employer names a part of its staff business-critical and offers them a job guarantee to a date, with a "
        "premium."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many people are named by how many employers, what they are offered, and who is named first."""
        if not isinstance(proposals, RetentionOffer) or not len(proposals):
            return explained_by_proposals(self, situation, proposals)
        employers = number_of(len(np.unique(situation.people.employer[proposals.rows])), "employer")
        sooner = proposals.ending_sooner(situation)
        shorter = (
            f"For {number_of(sooner, 'person')} it ends sooner, because their employer closes or their contract ends."
        )
        return (
            f"{employers} would name {among(len(proposals), situation, self.kinds)} business-critical.",
            *proposals.explain_terms(situation),
            *((shorter,) if sooner else ()),
            *proposals.explain_ceiling(situation),
            *self._explain_cap(situation),
        )

    def _explain_cap(self, situation: Situation) -> tuple[str, ...]:
        """How many people an employer may name, in what order, and the renewals to come."""
        law = situation.law.retention(situation.epoch_day).most_share
        scarce = ", scarce functions before common ones" if self.scarcity else ""
        most = percentage(law if self.cap is None else self.cap)
        return (
            f"An employer may name {most} of its staff at most, the most skilled first{scarce}.",
            *(
                f"On {date(renewal.on)} employers that close after that day renew the terms of at most "
                f"{percentage(law if renewal.cap is None else renewal.cap)} of their staff."
                for renewal in self.renewals
            ),
        )


def _holders(situation: Situation, here: Bools, rows: Rows) -> np.ndarray:
    """How many people in each person's employer, including the person, are in the same function, (rows,)."""
    people = situation.people
    width = len(situation.functions)
    cell = people.employer.astype("int64") * width + people.function
    holders = np.bincount(cell[here], minlength=len(situation.bodies) * width)
    return np.asarray(holders[cell[rows]])
