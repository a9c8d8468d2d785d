"""Scenarios of a few people, in which only those events happen that a test asks for.

By default nobody resigns, retires or dies, everyone accepts every offer and signs, and everyone is a mover. Day 0 is
1 April 2010 and the last day is 31 December 2010, so there is no pay day. Posts are numbered by employer (in the order
given), function (finance before nursing) and band, from the lowest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit.behaviour import Behaviour, Departures, Outlook, PostChoice, RetentionChoice, SeveranceChoice
from nhstransit.dates import epoch_day
from nhstransit.engine.simulate import simulate
from nhstransit.grammar import Effect, Effects, Newcomers, Occasion, Proposals, Situation
from nhstransit.log import RULES, Phase
from nhstransit.organisations.bodies import Establishment, Organisation
from nhstransit.run import Run
from nhstransit.scenario import Scenario
from nhstransit.workforce.columns import BANDS, CONTRACTS, NEVER, SECTIONS, SEXES, Workforce

START = dt.date(2010, 4, 1)
END = dt.date(2010, 12, 31)
FUNCTIONS = ("finance", "nursing")
CERTAIN = 1e6  # a hazard per year by which everyone leaves on the first day
NOBODY: np.ndarray = np.empty(0, np.intp)
SIXTH_A_YEAR = 3_081_114  # pence per year of a post at the lowest point of band 6 in 2010-11, with on-costs


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def on(text: str) -> int:
    """The day of the run on a date such as 2010-09-30."""
    return (date(text) - START).days


def row(when: str, phase: Phase, kind: int, rule: str, staff: int, come: int = -1, go: int = -1, pence: int = 0) -> Any:
    """One event in the form of `Log.tuples`. `come` is its column `first`, and `go` its column `second`.

    A rule without a fixed number counts as the scenario's first own policy.
    """
    return (on(when), phase, kind, RULES.get(rule, 1_000), staff, come, go, pence)


def person(staff: int, employer: str = "Old", **facts: Any) -> dict[str, Any]:
    """A full-time finance officer in band 6 at £24,000, born in 1970 and in service since April 2000."""
    usual = {"function": "finance", "band": "6", "point": 1, "pay": 24_000, "wte": 1.0, "sex": "female"}
    usual |= {"born": "1970-01-01", "since": "2000-04-01", "ends": None, "section": "1995", "critical": False}
    usual |= {"skill": 0.0, "outside": 0.0, "attitude": 0.0, "clinician": False}
    unknown = set(facts) - set(usual)
    assert not unknown, f"a person has no {unknown}"
    return {"staff": staff, "employer": employer, **usual, **facts}


def body(
    name: str, kind: str = "pct", *posts: tuple[str, str, int], region: str = "Vale", **dates: str
) -> Organisation:
    """An organisation, with posts as (function, band, number), and dates such as closes="2010-09-30"."""
    lines = tuple(Establishment(function=function, band=band, posts=count) for function, band, count in posts)
    days = {name: date(text) for name, text in dates.items()}
    return Organisation(name=name, kind=kind, region=region, establishment=lines, **days)


def behaving(
    *,
    applies: bool = True,
    signs: bool = True,
    accepts: bool = True,
    competes: bool = True,
    disposed: str = "mover",
    outlook: dict[str, float] | None = None,
    **hazards: Any,
) -> Behaviour:
    """A behaviour model in which every answer is certain, without hazards except the given ones."""
    fixed = ("at_55", "56_to_59", "at_60", "61_to_64", "at_65", "from_66")
    calm = {"resign": 0.0, "other": 0.0, **{f"retire_{age}": 0.0 for age in fixed}}
    scores = {kind: 20.0 if kind == disposed else -20.0 for kind in ("leaver", "stayer")}
    return Behaviour(
        departures=Departures(**{**calm, **hazards}),
        outlook=Outlook(**{**scores, **(outlook or {})}),
        severance=SeveranceChoice(typical=float(applies), signs=float(signs)),
        retention=RetentionChoice(accepts=float(accepts), leaver=float(accepts)),
        post=_answering(competes),
    )


def _answering(competes: bool) -> PostChoice:
    """A choice of posts in which everyone competes and accepts, or nobody does. Everyone would move home."""
    yes = float(competes)
    no = float(not competes)
    declining = {"mover_declines": no, "stayer_declines": no, "leaver_declines": no}
    return PostChoice(mover=yes, stayer=yes, leaver=yes, near_only=0.0, **declining)


def workforce(people: Sequence[dict[str, Any]], employers: Sequence[str]) -> Workforce:
    def column(read: Callable[[dict[str, Any]], Any]) -> np.ndarray:
        return np.array([read(one) for one in people])

    return Workforce(
        staff=column(lambda p: p["staff"]),
        employer=column(lambda p: employers.index(p["employer"])),
        function=column(lambda p: FUNCTIONS.index(p["function"])),
        band=column(lambda p: BANDS.index(p["band"])),
        point=column(lambda p: p["point"] - 1),
        pay_pence=column(lambda p: round(p["pay"] * 100)),
        wte_hundredths=column(lambda p: round(p["wte"] * 100)),
        born=column(lambda p: epoch_day(date(p["born"]))),
        service_from=column(lambda p: epoch_day(date(p["since"]))),
        sex=column(lambda p: SEXES.index(p["sex"])),
        clinician=column(lambda p: p["clinician"]),
        contract=column(lambda p: CONTRACTS.index("fixed-term" if p["ends"] else "permanent")),
        contract_ends=column(lambda p: epoch_day(date(p["ends"])) if p["ends"] else NEVER),
        section=column(lambda p: SECTIONS.index(p["section"])),
        critical=column(lambda p: p["critical"]),
        skill=column(lambda p: p["skill"]),
        outside=column(lambda p: p["outside"]),
        attitude=column(lambda p: p["attitude"]),
        employers=tuple(employers),
        functions=FUNCTIONS,
    )


def small_world(
    *people: dict[str, Any],
    bodies: Sequence[Organisation] = (body("Old"),),
    policies: dict[str, Any] | None = None,
    behaviour: Behaviour | None = None,
    start: dt.date = START,
    end: dt.date = END,
) -> Scenario:
    """A scenario of these people. An employer without listed posts has one post for each of its people."""
    return Scenario(
        name="small",
        start=start,
        end=end,
        functions=FUNCTIONS,
        organisations=tuple(bodies),
        staff=workforce(people, [body.name for body in bodies]),
        policies=policies or {},
        behaviour=behaviour or behaving(),
    )


def played(*people: dict[str, Any], seed: int = 1, **world: Any) -> Run:
    """The run of a small scenario."""
    return simulate(small_world(*people, **world), seed=seed)


def events_of(*people: dict[str, Any], **world: Any) -> list[Any]:
    """The events of a run in a small world, as tuples.

    Every rule of the scenario's own has the code 1,000, as in `row`.
    """
    events = played(*people, **world).log.tuples()
    return [(*event[:3], min(event[3], 1_000), *event[4:]) for event in events]


@attrs.frozen(kw_only=True)
class Own:
    """A policy for tests: on each date it has the effects that `does` returns for the situation.

    It asks nobody anything.
    """

    dates: tuple[str, ...]
    does: Callable[[Situation], Sequence[Effect]]
    phase: Phase = Phase.WINDOWS
    question: Any = None
    signed: bool = False

    @property
    def announced(self) -> dt.date:
        return date(min(self.dates))

    def days(self, calendar: Any, bodies: Any) -> list[Occasion]:
        return [Occasion(calendar.day(date(text)), text, number, self.phase) for number, text in enumerate(self.dates)]

    def propose(self, situation: Situation) -> Proposals | None:
        return Proposals(rows=NOBODY)

    def select(self, situation: Situation, proposals: Any, answers: Any, chances: Any) -> Effects:
        return Effects(then=tuple(self.does(situation)))


def once(when: str, *effects: Effect, phase: Phase = Phase.WINDOWS) -> Own:
    """A policy that has these effects on one date."""
    return Own(dates=(when,), does=lambda situation: effects, phase=phase)


def rows(*positions: int) -> np.ndarray:
    return np.array(positions, np.intp)


def newcomers(*keys: int, **columns: Any) -> Newcomers:
    """Newcomers: women aged 30 on 1 April 2010, without earlier service, full time on the lowest point."""
    count = len(keys)
    usual: dict[str, Any] = {
        "point": np.zeros(count, "int8"),
        "wte_hundredths": np.full(count, 100, "int8"),
        "born": np.full(count, epoch_day(date("1980-04-01")), "int32"),
        "service_from": np.full(count, epoch_day(START), "int32"),
        "sex": np.zeros(count, "int8"),
        "clinician": np.zeros(count, bool),
        "section": np.full(count, SECTIONS.index("2008"), "int8"),
        "skill": np.zeros(count, "float32"),
        "outside": np.zeros(count, "float32"),
        "attitude": np.zeros(count, "float32"),
    }
    return Newcomers(key=np.array(keys, "uint64"), **{**usual, **columns})
