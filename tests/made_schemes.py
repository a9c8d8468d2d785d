"""Scenarios for schemes: 12 to 30 people who usually apply, at employers that share purses, close and are extended.

Each is drawn with a seed. Most dates are fixed (terms, letters, notice, rounds, an extension). People, the limits of each
scheme and the amount of money are drawn.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import attrs
from small import behaving, body, person, small_world

from nhstransit.behaviour import Behaviour, Outlook, RetentionChoice, SeveranceChoice
from nhstransit.organisations.funds import Fund
from nhstransit.policies import CostReduction, Extension, Mars, Milestone, Redundancy, Rets
from nhstransit.policies.cost_reduction import Step
from nhstransit.policies.rets import Renewal
from nhstransit.scenario import Scenario
from nhstransit.toml import Named

BODIES = ("Ash", "Beech", "Cedar", "Dale")
REGIONS = ("Vale", "Vale", "Vale", "Fells")
LONGER = dt.date(2011, 2, 28)


def scheme_world(number: int) -> Scenario:
    """The scenario of a seed, which is any whole number."""
    rng = Random(number)
    policies = {
        "announcement": Milestone(announced=dt.date(2010, 4, 20)),
        "rets": _terms(rng),
        "redundancy": Redundancy(
            announced=dt.date(2010, 5, 1), letters=_day(rng, 5, 11), consults=dt.date(2010, 11, 30)
        ),
        "cost-reduction": CostReduction(
            announced=dt.date(2010, 4, 20),
            path=(Step(by=_day(rng, 6, 8), cut=rng.choice((0.1, 0.3))),),
            consultation_days=30,
        ),
        "mars": _round(rng, 7),
        "mars-again": _round(rng, 9),
    }
    if rng.random() < 0.7:
        policies["extension"] = Extension(announced=dt.date(2010, 7, 1), until=LONGER, kinds=("pct",))
    scenario = small_world(*_people(rng), bodies=_bodies(rng), end=dt.date(2011, 3, 31), behaviour=_minds(rng))
    return attrs.evolve(scenario, funds=Named({"lodged": _fund(rng)}), policies=Named(policies))


def _bodies(rng: Random) -> list[Any]:
    """Three employers of one region and one of another. Some close at the end of the year."""
    made = []
    for name, region in zip(BODIES, REGIONS, strict=True):
        dates: dict[str, Any] = {"closes": "2010-12-31"} if rng.random() < 0.6 else {}
        one = body(name, rng.choice(("pct", "pct", "sha")), region=region, **dates)
        made.append(attrs.evolve(one, population=rng.choice((10_000, 30_000, 100_000))))
    return made


def _people(rng: Random) -> list[dict[str, Any]]:
    return [
        person(
            staff,
            rng.choice(BODIES),
            function=rng.choice(("finance", "finance", "nursing")),
            band=rng.choice(("5", "6", "6", "7")),
            pay=rng.choice((24_000, 30_000, 30_000, 40_000)),
            wte=rng.choice((1.0, 1.0, 0.6)),
            since=f"{rng.choice((1990, 2000, 2000, 2007, 2009))}-{rng.randint(1, 12):02}-01",
            skill=rng.choice((0.0, 0.0, 1.0, -1.0, 0.5)),
            clinician=rng.random() < 0.3,
            critical=rng.random() < 0.1,
            ends=rng.choice((None, None, None, None, "2010-10-15")),
        )
        for staff in range(rng.randint(12, 30))
    ]


def _minds(rng: Random) -> Behaviour:
    hazards = {
        "resign": rng.choice((0.0, 0.3)),
        "contagion": rng.choice((0.0, 0.5)),
        "waiting": rng.choice((0.0, 0.1)),
    }
    return attrs.evolve(
        behaving(disposed=rng.choice(("mover", "leaver", "stayer")), **hazards),
        severance=SeveranceChoice(
            typical=rng.choice((0.5, 0.8)),
            signs=0.8,
            employer_sd=0.4,
            region_sd=0.45,
        ),
        retention=RetentionChoice(accepts=0.8, leaver=0.8),
        outlook=Outlook(drag=rng.choice((0.0, 5.0))),
    )


def _fund(rng: Random) -> Fund:
    return Fund(
        pounds_a_head=rng.choice((0.1, 0.3, 1.0, 3.0)),
        lodged=rng.choice(("region", "region", "body")),
        drawers=rng.choice((("pct", "sha"), ("pct",))),
    )


def _day(rng: Random, first: int, last: int) -> dt.date:
    return dt.date(2010, rng.randint(first, last), rng.choice((1, 15, 30)))


def _round(rng: Random, month: int) -> Mars:
    removed = rng.choice((0.0, 0.3, 0.7))
    return Mars(
        announced=dt.date(2010, 5, 1),
        opens=dt.date(2010, 5, 1),
        closes=dt.date(2010, month, 10),
        leaves=dt.date(2010, month, rng.choice((10, 30))),
        regions=rng.choice(((), (), ("Vale",))),
        functions=rng.choice(((), (), ("finance",))),
        clinicians=rng.random() < 0.8,
        at_risk=rng.random() < 0.7,
        fixed_term=rng.random() < 0.5,
        protected=rng.choice(((), (), ("nursing",))),
        payback_months=rng.choice((1200.0, 1200.0, 12.0)),
        quota=rng.choice((1.0, 0.5, 0.3)),
        appetite=rng.choice((Named(), Named({"Vale": 0.6}), Named({"Fells": 3.0}))),
        budget_pounds=rng.choice((None, None, 20_000.0)),
        fund=rng.choice(("lodged", "lodged", "")),
        order=rng.choice(("net-saving", "payback", "luck")),
        removed=removed,
        redeployed=1.0 - removed,
        search_months=rng.choice((0, 1, 3)),
    )


def _terms(rng: Random) -> Rets:
    return Rets(
        announced=dt.date(2010, 5, 1),
        offered=dt.date(2010, 5, 10),
        guaranteed=dt.date(2010, 9, 30),
        cap=rng.choice((0.3, 0.6)),
        scarcity=rng.choice((0.0, 0.5, 2.0)),
        premium=rng.choice((0.15, 0.0)),
        renewals=rng.choice(
            (
                (Renewal(on=dt.date(2010, 7, 1), cap=rng.choice((0.15, 0.3))),),
                (Renewal(on=dt.date(2010, 7, 16), cap=0.3), Renewal(on=dt.date(2010, 9, 30), cap=0.2)),
                (),
            )
        ),
    )
