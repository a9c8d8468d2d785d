"""Small experiments: the library played on a crowd of people who are alike, and one effect measured at a time.

Each runs whole worlds through the engine, counts what the log tells, and says what its source, or the number the model
took from it, would have. Two worlds of one experiment share all their luck, so that those who go in the calmer are among
those who go in the other; standard errors are those of a share of the larger number.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

from nhstransit.behaviour import Behaviour, Departures, Outlook
from nhstransit.dates import epoch_day
from nhstransit.engine.simulate import simulate
from nhstransit.grammar import Effect, Situation, Turn
from nhstransit.log import Kind
from nhstransit.run import Run
from nhstransit.scenario import Scenario
from nhstransit.toml import Named
from nhstransit.workforce.columns import NEVER, RiskClass, Workforce
from tests.small import Own, body

PEOPLE = 30_000
START = dt.date(2010, 4, 1)
YEAR = dt.date(2011, 3, 31)
SHORT = dt.date(2010, 5, 31)
READ = 30  # the first monthly reading, at which news of the first day is felt
ALIKE = {"age_slope": 0.0, "service_floor": 1.0, "service_drop": 0.0, "other": 0.0, "within_nhs": 0.0}
LASTING = Outlook(ramp_months=0.01, half_life_months=1200.0)  # news at once, which hardly fades in a year


@attrs.frozen(kw_only=True)
class Found:
    """What one experiment found, beside what it should have."""

    effect: str
    what: str
    source: str
    wanted: float
    found: float
    error: float  # standard error of what was found

    @property
    def agrees(self) -> bool:
        """Whether they lie within four standard errors."""
        return abs(self.found - self.wanted) <= 4 * self.error


def crowd(*, count: int = PEOPLE, end: dt.date = YEAR, closes: dt.date | None = None, **columns: Any) -> Scenario:
    """So many women of 40 in finance, ten years in the service, in one body; any staff column may be given."""
    usual: dict[str, Any] = {"staff": np.arange(count), "born": epoch_day(dt.date(1970, 1, 1))}
    usual |= {"service_from": epoch_day(dt.date(2000, 4, 1)), "wte_hundredths": 100, "contract_ends": NEVER}
    usual |= {"band": 5, "pay_pence": 2_400_000}
    others = ("employer", "function", "point", "sex", "clinician", "contract", "section", "critical")
    usual |= dict.fromkeys((*others, "skill", "outside", "attitude"), 0)
    full = {name: np.broadcast_to(item, count) for name, item in {**usual, **columns}.items()}
    return Scenario(
        name="crowd",
        start=START,
        end=end,
        functions=("finance",),
        organisations=(attrs.evolve(body("Old"), closes=closes),),
        staff=Workforce(**full, employers=("Old",), functions=("finance",)),
    )


def played(scenario: Scenario, policies: dict[str, Any] | None = None, seed: int = 1, **models: Any) -> Run:
    """The run of a crowd that resigns at 12% a year, alike, but for the models given."""
    usual: dict[str, Any] = {"departures": hazards()}
    behaviour = Behaviour(**{**usual, **models})
    return simulate(attrs.evolve(scenario, policies=Named(policies or {}), behaviour=behaviour), seed=seed)


def hazards(**changes: Any) -> Departures:
    """Resignation alone, at 12% a year for all ages and services."""
    never = dict.fromkeys(("retire_at_55", "retire_56_to_59", "retire_at_60", "retire_61_to_64"), 0.0)
    return Departures(**{**ALIKE, **never, "retire_at_65": 0.0, "retire_from_66": 0.0, "resign": 0.12, **changes})


def first_day(*effects: Callable[[Situation], Effect]) -> Own:
    """On the first day these effects happen to people."""
    return Own(dates=("2010-04-01",), does=lambda situation: [effect(situation) for effect in effects])


def everybody(situation: Situation) -> Any:
    return np.arange(len(situation.people.staff))


def feeling(risk: float) -> Own:
    """Everybody feels so much risk from the first day on."""

    def turn(situation: Situation) -> Turn:
        rows = everybody(situation)
        return Turn(rows=rows, risk_class=RiskClass.EXPOSED, target=np.full(len(rows), risk))

    return first_day(turn)


def gone(run: Run, rows: Any = slice(None), since: int = 0) -> tuple[int, int]:
    """How many of these people left on a day or later, and how many of them were there before it."""
    events = run.log.of(Kind.DEPARTED)
    left, before = np.zeros((2, len(run.people.staff)), bool)
    left[events.staff[events.day >= since]] = before[events.staff[events.day < since]] = True
    return int(left[rows].sum()), int((~before[rows]).sum())


def hazard(left: tuple[int, int]) -> float:
    """The hazard over the time of which so many of so many are gone."""
    return -math.log1p(-left[0] / left[1])


def compared(effect: str, what: str, source: str, wanted: float, less: tuple[int, int], more: tuple[int, int]) -> Found:
    """The ratio of two hazards: the smaller over the larger, or the other way round where `wanted` is above 1."""
    ratio = hazard(less) / hazard(more)
    kept = less[0] / more[0]
    error = math.sqrt(kept * (1 - kept) / more[0]) * ratio / kept
    if wanted > 1:
        ratio, error = 1 / ratio, error / ratio**2
    return Found(effect=effect, what=what, source=source, wanted=wanted, found=ratio, error=error)
