"""Small experiments on a crowd of people who are alike, which measure one effect of behaviour at a time.

Each experiment simulates scenarios, counts events, and compares the result with the value from its source or from the
model. The two scenarios of an experiment have the same random numbers, so everyone who leaves in the calmer one also leaves
in the other. Standard errors are those of a share of the larger number.
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
READ = 30  # the first monthly reading after news on the first day
ALIKE = {"age_slope": 0.0, "service_floor": 1.0, "service_drop": 0.0, "other": 0.0, "within_nhs": 0.0}
LASTING = Outlook(
    ramp_months=0.01, half_life_months=1200.0
)  # news that takes effect at once and hardly fades in a year


@attrs.frozen(kw_only=True)
class Result:
    """The observed value of one experiment, and the expected value."""

    effect: str
    what: str
    source: str
    expected: float
    observed: float
    error: float  # standard error of the observed value

    @property
    def agrees(self) -> bool:
        """Whether the two values are within four standard errors."""
        return abs(self.observed - self.expected) <= 4 * self.error


def crowd(*, count: int = PEOPLE, end: dt.date = YEAR, closes: dt.date | None = None, **columns: Any) -> Scenario:
    """A scenario with `count` women of 40 in finance, with ten years' service, in one employer.

    Columns may be replaced.
    """
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
    """The run of a crowd that resigns at 12% a year, except as the given models say."""
    usual: dict[str, Any] = {"departures": hazards()}
    behaviour = Behaviour(**{**usual, **models})
    return simulate(attrs.evolve(scenario, policies=Named(policies or {}), behaviour=behaviour), seed=seed)


def hazards(**changes: Any) -> Departures:
    """Hazards of resignation only, at 12% a year for all ages and lengths of service."""
    never = dict.fromkeys(("retire_at_55", "retire_56_to_59", "retire_at_60", "retire_61_to_64"), 0.0)
    return Departures(**{**ALIKE, **never, "retire_at_65": 0.0, "retire_from_66": 0.0, "resign": 0.12, **changes})


def first_day(*effects: Callable[[Situation], Effect]) -> Own:
    """A policy that has these effects on the first day."""
    return Own(dates=("2010-04-01",), does=lambda situation: [effect(situation) for effect in effects])


def everyone(situation: Situation) -> Any:
    return np.arange(len(situation.people.staff))


def perceiving(risk: float) -> Own:
    """A policy after which everyone perceives this risk from the first day."""

    def turn(situation: Situation) -> Turn:
        rows = everyone(situation)
        return Turn(rows=rows, risk_class=RiskClass.EXPOSED, target=np.full(len(rows), risk))

    return first_day(turn)


def count_leavers(run: Run, rows: Any = slice(None), since: int = 0) -> tuple[int, int]:
    """The number of these people who left on day `since` or later, and the number who had not left before it."""
    events = run.log.of(Kind.DEPARTED)
    left, before = np.zeros((2, len(run.people.staff)), bool)
    left[events.staff[events.day >= since]] = before[events.staff[events.day < since]] = True
    return int(left[rows].sum()), int((~before[rows]).sum())


def hazard(left: tuple[int, int]) -> float:
    """The integrated hazard over the period, from the number of leavers and the number of people."""
    return -math.log1p(-left[0] / left[1])


def compared(
    effect: str, what: str, source: str, expected: float, less: tuple[int, int], more: tuple[int, int]
) -> Result:
    """Compare the ratio of two hazards: the smaller over the larger, or the inverse if `expected` is above 1."""
    ratio = hazard(less) / hazard(more)
    share = less[0] / more[0]
    error = math.sqrt(share * (1 - share) / more[0]) * ratio / share
    if expected > 1:
        ratio, error = 1 / ratio, error / ratio**2
    return Result(effect=effect, what=what, source=source, expected=expected, observed=ratio, error=error)
