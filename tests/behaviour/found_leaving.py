"""Experiments on leaving of oneself: one hazard, one effect at a time."""

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
    Found,
    compared,
    crowd,
    everybody,
    feeling,
    first_day,
    gone,
    hazard,
    hazards,
    played,
)
from tests.small import Own


def felt(effect: str, date: str, what: str, wanted: float) -> Found:
    """How much of a risk of one is felt on a reading after news of it on the first day, by the usual ramp and half-life."""
    seen: list[float] = []
    look = Own(dates=(date,), does=lambda situation: seen.append(float(situation.people.risk.mean())) or [])
    played(
        crowd(count=100, end=dt.date(2011, 12, 31)), {"own": feeling(1.0), "look": look}, departures=hazards(resign=0.0)
    )
    source = (
        "assumed: perceived risk builds up over three months and halves in twelve; the monthly update differs from an "
        "exact month by about a day"
    )
    return Found(effect=effect, what=what, source=source, wanted=wanted, found=seen[0], error=0.002)


def retention_pay(premium: float = 0.08, elasticity: float = -3.4, wanted: float = 0.77) -> Found:
    def retain(situation: Situation) -> Retain:
        return Retain(rows=everybody(situation), until=364, premium=premium)

    model = hazards(premium=elasticity)
    with_it, without = (gone(played(crowd(), each, departures=model)) for each in ({"own": first_day(retain)}, None))
    what = (
        f"hazard with a premium of {premium:.0%} divided by that without a premium, at an elasticity of {elasticity:g}"
    )
    source = (
        "Sims and Benhenda, 2022: 8% more pay, 23% fewer exits"
        if wanted == 0.77
        else "formula: (1 + premium)^elasticity"
    )
    return compared("premium", what, source, wanted, with_it, without)


def announcement(risk: float, wanted: float, source: str) -> Found:
    calm, told = (gone(played(crowd(), each, outlook=LASTING), since=READ) for each in (None, {"own": feeling(risk)}))
    return compared(
        "announcement",
        f"hazard at a perceived risk of {risk:g} divided by that at no perceived risk",
        source,
        wanted,
        calm,
        told,
    )


def selection(risk: float, wanted: float, source: str) -> Found:
    skill = np.where(np.arange(PEOPLE) % 2 == 0, -1.0, 1.0)
    run = played(crowd(skill=skill), {"own": feeling(risk)}, outlook=LASTING)
    able, others = (gone(run, skill == sign, READ) for sign in (1.0, -1.0))
    ratio = hazard(able) / hazard(others)
    error = 0.5 * math.sqrt(1 / able[0] + 1 / others[0]) * math.sqrt(ratio)
    what = f"hazard ratio for a skill that is one standard deviation higher, at a perceived risk of {risk:g}"
    return Found(effect="skill", what=what, source=source, wanted=wanted, found=math.sqrt(ratio), error=error)


def outside_option() -> Found:
    outside = np.where(np.arange(PEOPLE) % 2 == 0, -1.0, 1.0)
    run = played(crowd(outside=outside))
    far, near = (gone(run, outside == sign) for sign in (1.0, -1.0))
    ratio = math.sqrt(hazard(far) / hazard(near))
    error = 0.5 * math.sqrt(1 / far[0] + 1 / near[0]) * ratio
    what = "hazard ratio for an outside option (prospects elsewhere) that is one standard deviation better"
    source = "sign from job-search theory; size assumed"
    return Found(effect="outside-option", what=what, source=source, wanted=math.exp(0.25), found=ratio, error=error)


def disposed(kind: Disposition, wanted: float) -> Found:
    def turn(situation: Situation) -> Turn:
        rows = everybody(situation)
        return Turn(rows=rows, disposition=np.full(len(rows), kind, "int8"))

    run = played(crowd(), {"own": first_day(turn)})
    calm = played(crowd())
    less, more = sorted((gone(run), gone(calm)))
    what = f"hazard of people with the disposition of a {kind.name.lower()} divided by that of movers"
    return compared(
        "disposition", what, "three kinds of staff were described in 2010; size assumed", wanted, less, more
    )


def waiting(weight: float = 0.05, risk: float = 0.5) -> Found:
    closes = dt.date(2011, 3, 31)
    scenario = crowd(closes=closes, end=dt.date(2011, 3, 30))
    tempted, calm = (
        gone(played(scenario, {"own": feeling(risk)}, outlook=LASTING, departures=hazards(waiting=each)), since=READ)
        for each in (weight, 0.0)
    )
    wanted = math.exp(-weight * risk * 11.0)  # eleven years' service at the end, a month's pay for each
    what = f"hazard if waiting has a weight of {weight:g} divided by that at a weight of 0; risk {risk:g}, 11 months of pay"
    return compared(
        "waiting", what, "formula: exp(−weight × risk × months of pay); off by default", wanted, tempted, calm
    )


def contagion(ratio: float = 0.1) -> Found:
    """A tenth of the staff are let go on the first day; nobody resigns but because of others."""
    seeds = PEOPLE // 10

    def let_go(situation: Situation) -> Depart:
        rows = everybody(situation)[:seeds]
        nothing = np.zeros(seeds, "int64")
        pence = dict.fromkeys(("severance", "in_lieu", "strain"), nothing)
        return Depart(rows=rows, last_day=np.zeros(seeds, "int32"), remove=np.zeros(seeds, bool), **pence)

    run = played(crowd(), {"own": first_day(let_go)}, departures=hazards(resign=0.0, contagion=ratio))
    brought = gone(run)[0] - seeds
    return Found(
        effect="contagion",
        what=f"later departures caused by each departure, at a branching ratio of {ratio:g}",
        source="formula: q / (1 − q), with the branching ratio q; from a study of quits in 1,620 US stores, and lowered",
        wanted=ratio / (1 - ratio),
        found=brought / seeds,
        error=math.sqrt(brought) / seeds / (1 - ratio),
    )


def put_off_and_gone(days: int, premium: float = 0.15) -> Found:
    """Of those that a year's premium delayed, the share gone so many days after it: a closed form of the clocks."""
    end = dt.date(2011, 9, 30)

    def retain(situation: Situation) -> Retain:
        return Retain(rows=everybody(situation), until=364, premium=premium)

    with_it, without = (played(crowd(end=end), each) for each in ({"own": first_day(retain)}, None))
    would = without.log.of(Kind.DEPARTED)
    kept = with_it.log.of(Kind.DEPARTED)
    put_off = np.setdiff1d(would.staff[would.day <= 364], kept.staff[kept.day <= 364])
    share = float(np.isin(put_off, kept.staff[kept.day <= 364 + days]).mean())
    most = 0.12 * (1 - (1 + premium) ** -2.0)  # hazard still to run, on the clock of whoever was put off for longest
    wanted = math.expm1(-min(0.12 * days / 365.25, most)) / math.expm1(-most)
    return Found(
        effect="premium",
        what=f"share of people delayed by a year's premium of {premium:.0%} who leave within {days} days of its end",
        source="closed form: delayed departures follow from the clocks, without a separate rebound",
        wanted=wanted,
        found=share,
        error=max(math.sqrt(wanted * (1 - wanted) / len(put_off)), 0.002),
    )


@attrs.frozen(kw_only=True)
class Told:
    """On each of its days everybody hears that no post is expected to go, and thinks again."""

    days_told: tuple[int, ...] = (0, 40)
    question: Any = "outlook"
    signed: bool = False
    announced: dt.date = START

    def days(self, calendar: Any, bodies: Any) -> list[Occasion]:
        return [Occasion(day, "news", place, Phase.MILESTONES) for place, day in enumerate(self.days_told)]

    def propose(self, situation: Situation) -> News:
        rows = everybody(situation)
        return News(rows=rows, target=np.zeros(len(rows)), weight=0.0)

    def select(self, situation: Situation, proposals: Any, answers: Any, chances: Any) -> Effects:
        return Effects(then=(Turn(rows=proposals.rows, disposition=answers.said),))


def disaffected(drag: float, attitude: float) -> Found:
    """The share of leavers after the second of two pieces of news: the first sets how many colleagues are disaffected."""
    model = Outlook(drag=drag)
    policies = {"own": Told()}
    run = played(crowd(attitude=attitude), policies, outlook=model, departures=hazards(resign=0.0))
    now = np.zeros(PEOPLE, "int8")
    for _, _, _, _, staff, _, disposition, _ in run.log.of(Kind.DISPOSITION).tuples():
        now[staff] = disposition
    share = float((now == Disposition.LEAVER).mean())
    own = model.leaver + model.leaver_attitude * attitude
    first = _logit(own, model.stayer)
    wanted = _logit(own - model.leaver_attitude * drag * first, model.stayer)
    what = f"share of people with the disposition of a leaver, at an attitude of {attitude:g} and a drag of {drag:g}"
    return Found(
        effect="drag" if drag else "attitude",
        what=what,
        source="logit of the scores of the dispositions; sizes assumed; drag (the effect of colleagues) off by default",
        wanted=wanted,
        found=share,
        error=math.sqrt(share * (1 - share) / PEOPLE),
    )


def _logit(leaver: float, stayer: float) -> float:
    return math.exp(leaver) / (math.exp(leaver) + math.exp(stayer) + 1.0)
