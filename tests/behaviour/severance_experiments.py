"""Experiments on applications for severance: one offer to a crowd, and one effect at a time."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit.behaviour import SeveranceChoice
from nhstransit.dates import epoch_day
from nhstransit.grammar import Effects, Occasion, SeveranceOffer, Situation
from nhstransit.log import Kind
from nhstransit.run import Run
from tests.behaviour.crowd import (
    LASTING,
    PEOPLE,
    READ,
    SHORT,
    START,
    Result,
    crowd,
    everyone,
    hazards,
    perceiving,
    played,
)


@attrs.frozen(kw_only=True)
class Offers:
    """In each round, everyone is offered months of pay and an early pension.

    All applications are approved; nobody leaves.
    """

    months: tuple[float, ...]
    clawback: float = 0.0
    question: Any = "severance"
    signed: bool = True
    announced: dt.date = START

    def days(self, calendar: Any, bodies: Any) -> Sequence[Occasion]:
        return [Occasion(READ + 10 * number, "offer", number) for number in range(len(self.months))]

    def propose(self, situation: Situation) -> SeveranceOffer:
        rows = everyone(situation)
        months = np.full(len(rows), self.months[situation.round])
        pence = np.ones(len(rows), "int64")
        return SeveranceOffer(
            rows=rows, pence=pence, months=months, last_day=60, clawback_months=self.clawback, early_pension=True
        )

    def select(self, situation: Situation, proposals: Any, answers: Any, chances: Any) -> Effects:
        return Effects(chosen=answers.yes)


def applied(run: Run) -> list[set[int]]:
    """The people who applied in each round."""
    events = run.log.of(Kind.APPLIED)
    return [set(events.staff[events.day == day].tolist()) for day in np.unique(events.day)]


def applicants(
    model: SeveranceChoice, *, risk: float = 0.0, months: float = 6.0, clawback: float = 0.0, **columns: Any
) -> int:
    """The number of people in the crowd who apply for one offer."""
    policies = {"own": perceiving(risk), "offer": Offers(months=(months,), clawback=clawback)}
    run = played(
        crowd(end=SHORT, **columns), policies, severance=model, outlook=LASTING, departures=hazards(resign=0.0)
    )
    return len(run.log.of(Kind.APPLIED))


def odds(count: int) -> float:
    return count / (PEOPLE - count)


def odds_ratio(effect: str, what: str, source: str, expected: float, less: int, more: int) -> Result:
    """Compare the ratio of the odds of applying: the larger over the smaller if `expected` is above 1."""
    ratio = odds(more) / odds(less)
    error = ratio * math.sqrt((more - less) / (less * more))
    if expected < 1:
        ratio, error = 1 / ratio, error / ratio**2
    return Result(effect=effect, what=what, source=source, expected=expected, observed=ratio, error=error)


def payout() -> Result:
    model = SeveranceChoice(typical=0.02)
    less = applicants(model, months=6.0)
    more = applicants(model, months=6.0 * 41 / 25)
    source = "Asch and others, 2016: $25,000 to $41,000, separations up by 45%"
    observed = odds_ratio("payout", "", source, 1.45, less, more)
    ratio = more / less
    what = "applicants if the sum offered is 41, divided by applicants if it is 25, at a take-up of about 2%"
    return attrs.evolve(observed, what=what, observed=ratio, error=ratio * math.sqrt((more - less) / (less * more)))


def pension() -> Result:
    model = SeveranceChoice(typical=0.05)
    less, more = (applicants(model, born=epoch_day(dt.date(year, 1, 1))) for year in (1970, 1952))
    source = "Asch, Haider and Zissimopoulos, 2003: the rate of leaving “more than doubles”"
    return odds_ratio(
        "pension", "odds of applying after pension age divided by the odds before pension age", source, 2.0, less, more
    )


def better_placed() -> Result:
    model = SeveranceChoice(typical=0.05)
    less, more = (applicants(model, outside=score) for score in (0.0, 1.0))
    what = "odds ratio of applying for an outside option that is one standard deviation better"
    return odds_ratio("outside-option", what, "sign from theory; size assumed", math.exp(0.25), less, more)


def clawed_back() -> Result:
    model = SeveranceChoice(typical=0.05)
    less, more = (applicants(model, clawback=months) for months in (12.0, 0.0))
    what = "odds of applying with a clawback of twelve months divided by the odds without clawback"
    return odds_ratio("clawback", what, "size of the deterrence assumed", math.exp(-0.24), less, more)


def from_2010_to_2025() -> Result:
    """5% apply for 4.5 months at a risk of 0.25; then the offer is twelve months at a risk of 0.75."""
    shift = 0.75 * math.log(4.5 / 6.0) + 1.1 * 0.25
    model = SeveranceChoice(typical=1 / (1 + math.exp(-(math.log(0.05 / 0.95) - shift))))
    share = applicants(model, risk=0.75, months=12.0) / PEOPLE
    return Result(
        effect="risk-of-redundancy",
        what="share of people who apply in 2025, if 5% apply in 2010",
        source="in November 2025, 13% to 20% expressed interest; the middle on the log-odds scale is 16%",
        expected=0.16,
        observed=share,
        error=math.sqrt(share * (1 - share) / PEOPLE),
    )


def payment_alone() -> Result:
    model = SeveranceChoice(typical=1 / (1 + 19 * math.exp(0.75 * math.log(4.5 / 6.0))))
    share = applicants(model, months=12.0) / PEOPLE
    return Result(
        effect="payout",
        what="share of people who apply for 12 months' pay, if 5% apply for 4.5 months' pay, at the same risk",
        source="log-odds of 5% plus 0.736 correspond to 9.9%; this is about half of the rise from 2010 to 2025",
        expected=0.099,
        observed=share,
        error=math.sqrt(share * (1 - share) / PEOPLE),
    )


def second_round(lasting: float, expected: float, error: float) -> Result:
    """New applicants in a second round on the same terms, per applicant in the first. The source has one digit."""
    model = SeveranceChoice(typical=0.05, lasting=lasting)
    run = played(
        crowd(end=SHORT), {"offer": Offers(months=(6.0, 6.0))}, severance=model, departures=hazards(resign=0.0)
    )
    first, second = applied(run)
    return Result(
        effect="lasting-taste",
        what="new applicants in round 2 divided by applicants in round 1, "
        f"if {lasting:g} of the variance of preferences is the same in both rounds",
        source="formula of the normal copula, if 5% apply in each round",
        expected=expected,
        observed=len(second - first) / len(first),
        error=error,
    )


def signing() -> Result:
    model = SeveranceChoice(typical=0.3)
    run = played(crowd(end=SHORT), {"offer": Offers(months=(6.0,))}, severance=model, departures=hazards(resign=0.0))
    count = len(run.log.of(Kind.APPROVED))
    withdrew = len(run.log.of(Kind.WITHDREW))
    return Result(
        effect="signs",
        what="share of approved applicants who sign",
        source="assumed; range 0.85 to 0.95",
        expected=0.9,
        observed=1 - withdrew / count,
        error=math.sqrt(0.09 / count),
    )
