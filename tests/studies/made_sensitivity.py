"""Worlds of known sensitivities: a measure that is a formula of the scenario's own numbers, and a crowd that leaves."""

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
POINTS = 40 if THOROUGH else 30  # of which there must be ten for each assumption
RANGES = (Range(RESIGN, 0.0, 1.0), Range(OTHER, 0.0, 1.0), Range(IDLE, 0.3, 1.2))


def formula(run: Run) -> dict[str, float]:
    """Three times one hazard and the other, and their product about the middle; besides who left, and what never varies."""
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
    """The ranking of three hazards for all of these."""
    return rank(crowd(), RANGES, points=POINTS, seeds=2, measure=formula, progress=False)


def holed(run: Run) -> dict[str, float]:
    """The formula, but nothing comes of runs in which more than 92 in a hundred would resign."""
    if run.scenario.behaviour.departures.resign > 0.92:
        raise ValueError("did not converge")
    return formula(run)


def broken(run: Run) -> dict[str, float]:
    """The formula, but nothing comes of the upper half of a hazard."""
    if run.scenario.behaviour.departures.resign > 0.5:
        raise ValueError("did not converge")
    return formula(run)


def never(run: Run) -> dict[str, float]:
    """Nothing comes of any run."""
    raise ValueError("no such column")


def still(run: Run) -> dict[str, float]:
    """What never varies."""
    return {"still": 1.0, "flat": 2.0}
