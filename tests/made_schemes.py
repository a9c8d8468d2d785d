"""Worlds made for schemes: some two dozen people who mostly apply, in bodies that share purses, close and live longer.

Each is drawn from a number, plainly: dates are those of a story (terms, letters, notice, rounds, an extension), and what is
drawn is who is where, what each scheme allows, and how much money there is.
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
    """The world of a number, any whole one."""
    luck = Random(number)
    policies = {
        "announcement": Milestone(announced=dt.date(2010, 4, 20)),
        "rets": _terms(luck),
        "redundancy": Redundancy(
            announced=dt.date(2010, 5, 1), letters=_day(luck, 5, 11), consults=dt.date(2010, 11, 30)
        ),
        "cost-reduction": CostReduction(
            announced=dt.date(2010, 4, 20),
            path=(Step(by=_day(luck, 6, 8), cut=luck.choice((0.1, 0.3))),),
            consultation_days=30,
        ),
        "mars": _round(luck, 7),
        "mars-again": _round(luck, 9),
    }
    if luck.random() < 0.7:
        policies["extension"] = Extension(announced=dt.date(2010, 7, 1), until=LONGER, kinds=("pct",))
    scenario = small_world(*_people(luck), bodies=_bodies(luck), end=dt.date(2011, 3, 31), behaviour=_minds(luck))
    return attrs.evolve(scenario, funds=Named({"lodged": _fund(luck)}), policies=Named(policies))


def _bodies(luck: Random) -> list[Any]:
    """Three of one region and one of another; some close at the year's end."""
    made = []
    for name, region in zip(BODIES, REGIONS, strict=True):
        dates: dict[str, Any] = {"closes": "2010-12-31"} if luck.random() < 0.6 else {}
        one = body(name, luck.choice(("pct", "pct", "sha")), region=region, **dates)
        made.append(attrs.evolve(one, population=luck.choice((10_000, 30_000, 100_000))))
    return made


def _people(luck: Random) -> list[dict[str, Any]]:
    return [
        person(
            staff,
            luck.choice(BODIES),
            function=luck.choice(("finance", "finance", "nursing")),
            band=luck.choice(("5", "6", "6", "7")),
            pay=luck.choice((24_000, 30_000, 30_000, 40_000)),
            wte=luck.choice((1.0, 1.0, 0.6)),
            since=f"{luck.choice((1990, 2000, 2000, 2007, 2009))}-{luck.randint(1, 12):02}-01",
            skill=luck.choice((0.0, 0.0, 1.0, -1.0, 0.5)),
            clinician=luck.random() < 0.3,
            critical=luck.random() < 0.1,
            ends=luck.choice((None, None, None, None, "2010-10-15")),
        )
        for staff in range(luck.randint(12, 30))
    ]


def _minds(luck: Random) -> Behaviour:
    hazards = {
        "resign": luck.choice((0.0, 0.3)),
        "contagion": luck.choice((0.0, 0.5)),
        "waiting": luck.choice((0.0, 0.1)),
    }
    return attrs.evolve(
        behaving(disposed=luck.choice(("mover", "leaver", "stayer")), **hazards),
        severance=SeveranceChoice(
            typical=luck.choice((0.5, 0.8)),
            signs=0.8,
            employer_sd=0.4,
            region_sd=0.45,
        ),
        retention=RetentionChoice(accepts=0.8, leaver=0.8),
        outlook=Outlook(drag=luck.choice((0.0, 5.0))),
    )


def _fund(luck: Random) -> Fund:
    return Fund(
        pounds_a_head=luck.choice((0.1, 0.3, 1.0, 3.0)),
        lodged=luck.choice(("region", "region", "body")),
        drawers=luck.choice((("pct", "sha"), ("pct",))),
    )


def _day(luck: Random, first: int, last: int) -> dt.date:
    return dt.date(2010, luck.randint(first, last), luck.choice((1, 15, 30)))


def _round(luck: Random, month: int) -> Mars:
    removed = luck.choice((0.0, 0.3, 0.7))
    return Mars(
        announced=dt.date(2010, 5, 1),
        opens=dt.date(2010, 5, 1),
        closes=dt.date(2010, month, 10),
        leaves=dt.date(2010, month, luck.choice((10, 30))),
        regions=luck.choice(((), (), ("Vale",))),
        functions=luck.choice(((), (), ("finance",))),
        clinicians=luck.random() < 0.8,
        at_risk=luck.random() < 0.7,
        fixed_term=luck.random() < 0.5,
        protected=luck.choice(((), (), ("nursing",))),
        payback_months=luck.choice((1200.0, 1200.0, 12.0)),
        quota=luck.choice((1.0, 0.5, 0.3)),
        appetite=luck.choice((Named(), Named({"Vale": 0.6}), Named({"Fells": 3.0}))),
        budget_pounds=luck.choice((None, None, 20_000.0)),
        fund=luck.choice(("lodged", "lodged", "")),
        order=luck.choice(("net-saving", "payback", "luck")),
        removed=removed,
        redeployed=1.0 - removed,
        search_months=luck.choice((0, 1, 3)),
    )


def _terms(luck: Random) -> Rets:
    return Rets(
        announced=dt.date(2010, 5, 1),
        offered=dt.date(2010, 5, 10),
        guaranteed=dt.date(2010, 9, 30),
        cap=luck.choice((0.3, 0.6)),
        scarcity=luck.choice((0.0, 0.5, 2.0)),
        premium=luck.choice((0.15, 0.0)),
        renewals=luck.choice(
            (
                (Renewal(on=dt.date(2010, 7, 1), cap=luck.choice((0.15, 0.3))),),
                (Renewal(on=dt.date(2010, 7, 16), cap=0.3), Renewal(on=dt.date(2010, 9, 30), cap=0.2)),
                (),
            )
        ),
    )
