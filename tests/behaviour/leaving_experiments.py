"""Experiments on natural departures: one hazard and one effect at a time."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import attrs
import numpy as np

from nhstransit.behaviour import Outlook
from nhstransit.grammar import Depart, Effects, News, Occasion, Retain, Situation, Turn
from nhstransit.log import Kind, Phase
from nhstransit.workforce.columns import Disposition
from tests.behaviour.crowd import (
    LASTING,
    PEOPLE,
    READ,
    START,
    Result,
    compared,
    count_leavers,
    crowd,
    everyone,
    first_day,
    hazard,
    hazards,
    perceiving,
    played,
)
from tests.small import Own


def perceived_after_news(effect: str, date: str, what: str, expected: float) -> Result:
    """The share of a risk of 1 that is perceived on `date`, after news on the first day, with default ramp and half-life."""
    seen: list[float] = []
    look = Own(dates=(date,), does=lambda situation: seen.append(float(situation.people.risk.mean())) or [])
    played(
        crowd(count=100, end=dt.date(2011, 12, 31)),
        {"own": perceiving(1.0), "look": look},
        departures=hazards(resign=0.0),
    )
    source = (
        "assumed: perceived risk builds up over three months and halves in twelve; the monthly update differs from an "
        "exact month by about a day"
    )
    return Result(effect=effect, what=what, source=source, expected=expected, observed=seen[0], error=0.002)


def retention_pay(premium: float = 0.08, elasticity: float = -3.4, expected: float = 0.77) -> Result:
    def retain(situation: Situation) -> Retain:
        return Retain(rows=everyone(situation), until=364, premium=premium)

    model = hazards(premium=elasticity)
    with_it, without = (
        count_leavers(played(crowd(), each, departures=model)) for each in ({"own": first_day(retain)}, None)
    )
    what = (
        f"hazard with a premium of {premium:.0%} divided by the hazard without a premium, "
        f"at an elasticity of {elasticity:g}"
    )
    source = (
        "Sims and Benhenda, 2022: 8% more pay, 23% fewer exits"
        if expected == 0.77
        else "formula: (1 + premium)^elasticity"
    )
    return compared("premium", what, source, expected, with_it, without)


def announcement(risk: float, expected: float, source: str) -> Result:
    calm, informed = (
        count_leavers(played(crowd(), each, outlook=LASTING), since=READ) for each in (None, {"own": perceiving(risk)})
    )
    return compared(
        "announcement",
        f"hazard at a perceived risk of {risk:g} divided by the hazard at no perceived risk",
        source,
        expected,
        calm,
        informed,
    )


def selection(risk: float, expected: float, source: str) -> Result:
    skill = np.where(np.arange(PEOPLE) % 2 == 0, -1.0, 1.0)
    run = played(crowd(skill=skill), {"own": perceiving(risk)}, outlook=LASTING)
    able, others = (count_leavers(run, skill == sign, READ) for sign in (1.0, -1.0))
    ratio = hazard(able) / hazard(others)
    error = 0.5 * math.sqrt(1 / able[0] + 1 / others[0]) * math.sqrt(ratio)
    what = f"hazard ratio for a skill that is one standard deviation higher, at a perceived risk of {risk:g}"
    return Result(effect="skill", what=what, source=source, expected=expected, observed=math.sqrt(ratio), error=error)


def outside_option() -> Result:
    outside = np.where(np.arange(PEOPLE) % 2 == 0, -1.0, 1.0)
    run = played(crowd(outside=outside))
    far, near = (count_leavers(run, outside == sign) for sign in (1.0, -1.0))
    ratio = math.sqrt(hazard(far) / hazard(near))
    error = 0.5 * math.sqrt(1 / far[0] + 1 / near[0]) * ratio
    what = "hazard ratio for an outside option (prospects elsewhere) that is one standard deviation better"
    source = "sign from job-search theory; size assumed"
    return Result(
        effect="outside-option", what=what, source=source, expected=math.exp(0.25), observed=ratio, error=error
    )


def disposed(kind: Disposition, expected: float) -> Result:
    def turn(situation: Situation) -> Turn:
        rows = everyone(situation)
        return Turn(rows=rows, disposition=np.full(len(rows), kind, "int8"))

    run = played(crowd(), {"own": first_day(turn)})
    calm = played(crowd())
    less, more = sorted((count_leavers(run), count_leavers(calm)))
    what = f"hazard of people with the disposition of a {kind.name.lower()} divided by the hazard of movers"
    return compared(
        "disposition", what, "three kinds of staff were described in 2010; size assumed", expected, less, more
    )


def waiting(weight: float = 0.05, risk: float = 0.5) -> Result:
    closes = dt.date(2011, 3, 31)
    scenario = crowd(closes=closes, end=dt.date(2011, 3, 30))
    tempted, calm = (
        count_leavers(
            played(scenario, {"own": perceiving(risk)}, outlook=LASTING, departures=hazards(waiting=each)), since=READ
        )
        for each in (weight, 0.0)
    )
    expected = math.exp(-weight * risk * 11.0)  # eleven years' service at the end, a month's pay for each
    what = (
        f"hazard if waiting has a weight of {weight:g}, divided by the hazard at a weight of 0; "
        f"perceived risk {risk:g}, 11 months of pay"
    )
    return compared(
        "waiting", what, "formula: exp(−weight × risk × months of pay); off by default", expected, tempted, calm
    )


def contagion(ratio: float = 0.1) -> Result:
    """A tenth of the staff leave on the first day. The others resign because of colleagues only."""
    first_leavers = PEOPLE // 10

    def dismiss(situation: Situation) -> Depart:
        rows = everyone(situation)[:first_leavers]
        nothing = np.zeros(first_leavers, "int64")
        pence = dict.fromkeys(("severance", "in_lieu", "strain"), nothing)
        return Depart(
            rows=rows, last_day=np.zeros(first_leavers, "int32"), remove=np.zeros(first_leavers, bool), **pence
        )

    run = played(crowd(), {"own": first_day(dismiss)}, departures=hazards(resign=0.0, contagion=ratio))
    caused = count_leavers(run)[0] - first_leavers
    return Result(
        effect="contagion",
        what=f"later departures caused by each departure, at a branching ratio of {ratio:g}",
        source="formula: q / (1 − q), with the branching ratio q; "
        "a study of quits in 1,620 US stores found the effect; size assumed",
        expected=ratio / (1 - ratio),
        observed=caused / first_leavers,
        error=math.sqrt(caused) / first_leavers / (1 - ratio),
    )


def delayed_departures(days: int, premium: float = 0.15) -> Result:
    """Of the people delayed by a year's premium, the share who leave within `days` days of its end."""
    end = dt.date(2011, 9, 30)

    def retain(situation: Situation) -> Retain:
        return Retain(rows=everyone(situation), until=364, premium=premium)

    with_it, without = (played(crowd(end=end), each) for each in ({"own": first_day(retain)}, None))
    baseline = without.log.of(Kind.DEPARTED)
    delayed_exits = with_it.log.of(Kind.DEPARTED)
    delayed = np.setdiff1d(baseline.staff[baseline.day <= 364], delayed_exits.staff[delayed_exits.day <= 364])
    share = float(np.isin(delayed, delayed_exits.staff[delayed_exits.day <= 364 + days]).mean())
    longest_delay = 0.12 * (1 - (1 + premium) ** -2.0)  # remaining hazard of the person with the longest delay
    expected = math.expm1(-min(0.12 * days / 365.25, longest_delay)) / math.expm1(-longest_delay)
    return Result(
        effect="premium",
        what=f"share of people delayed by a year's premium of {premium:.0%} who leave within {days} days of its end",
        source="closed form: delayed departures follow from the clocks, without a separate rebound",
        expected=expected,
        observed=share,
        error=max(math.sqrt(expected * (1 - expected) / len(delayed)), 0.002),
    )


@attrs.frozen(kw_only=True)
class RepeatedNews:
    """On each of its days, everyone hears that no post is expected to close, and chooses a disposition again."""

    news_days: tuple[int, ...] = (0, 40)
    question: Any = "outlook"
    signed: bool = False
    announced: dt.date = START

    def days(self, calendar: Any, bodies: Any) -> list[Occasion]:
        return [Occasion(day, "news", number, Phase.MILESTONES) for number, day in enumerate(self.news_days)]

    def propose(self, situation: Situation) -> News:
        rows = everyone(situation)
        return News(rows=rows, target=np.zeros(len(rows)), weight=0.0)

    def select(self, situation: Situation, proposals: Any, answers: Any, chances: Any) -> Effects:
        return Effects(then=(Turn(rows=proposals.rows, disposition=answers.said),))


def disaffected(drag: float, attitude: float) -> Result:
    """The share of leavers after the second news. The first news determines how many colleagues are disaffected."""
    model = Outlook(drag=drag)
    policies = {"own": RepeatedNews()}
    run = played(crowd(attitude=attitude), policies, outlook=model, departures=hazards(resign=0.0))
    now = np.zeros(PEOPLE, "int8")
    for _, _, _, _, staff, _, disposition, _ in run.log.of(Kind.DISPOSITION).tuples():
        now[staff] = disposition
    share = float((now == Disposition.LEAVER).mean())
    own = model.leaver + model.leaver_attitude * attitude
    first = _logit(own, model.stayer)
    expected = _logit(own - model.leaver_attitude * drag * first, model.stayer)
    what = f"share of people with the disposition of a leaver, at an attitude of {attitude:g} and a drag of {drag:g}"
    return Result(
        effect="drag" if drag else "attitude",
        what=what,
        source="logit of the scores of the dispositions; sizes assumed; drag (the effect of colleagues) off by default",
        expected=expected,
        observed=share,
        error=math.sqrt(share * (1 - share) / PEOPLE),
    )


def _logit(leaver: float, stayer: float) -> float:
    return math.exp(leaver) / (math.exp(leaver) + math.exp(stayer) + 1.0)
