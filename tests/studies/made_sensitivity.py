"""Scenarios with known sensitivities: a measure is a formula of the scenario's numbers, and people leave."""

from __future__ import annotations

from functools import cache

from nhstransit.run import Run
from nhstransit.studies import Range
from nhstransit.studies.sensitivity import Ranking, rank
from tests.examples import THOROUGH
from tests.studies.made_calibration import crowd

RESIGN = "behaviour.departures.resign"
OTHER = "behaviour.departures.other"
IDLE = "behaviour.severance.payout"
POINTS = 40 if THOROUGH else 30  # at least ten for each assumption
RANGES = (Range(RESIGN, 0.0, 1.0), Range(OTHER, 0.0, 1.0), Range(IDLE, 0.3, 1.2))


def formula(run: Run) -> dict[str, float]:
    """A weighted sum of two hazards, the product of their deviations, the number of leavers, and a constant."""
    departures = run.scenario.behaviour.departures
    first = departures.resign
    second = departures.other
    return {
        "sum": 3.0 * first + second,
        "product": (first - 0.5) * (second - 0.5),
        "left": float((run.closing.post < 0).sum()),
        "still": 1.0,
    }


@cache
def ranked() -> Ranking:
    """The ranking of three hazards for all these figures."""
    return rank(crowd(), RANGES, points=POINTS, seeds=2, measure=formula, progress=False)


def holed(run: Run) -> dict[str, float]:
    """The formula; runs with a resignation rate above 0.92 fail."""
    if run.scenario.behaviour.departures.resign > 0.92:
        raise ValueError("did not converge")
    return formula(run)


def broken(run: Run) -> dict[str, float]:
    """The formula; runs in the upper half of the range of a hazard fail."""
    if run.scenario.behaviour.departures.resign > 0.5:
        raise ValueError("did not converge")
    return formula(run)


def never(run: Run) -> dict[str, float]:
    """Every run fails."""
    raise ValueError("no such column")


def still(run: Run) -> dict[str, float]:
    """A constant figure."""
    return {"still": 1.0, "flat": 2.0}
