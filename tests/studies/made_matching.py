"""A small fit by history matching of scenarios with known figures."""

from __future__ import annotations

from functools import cache

from nhstransit.scenario.discrepancy import Block, BlockFigure, Discrepancy
from nhstransit.studies.matching import Matched, match
from nhstransit.studies.posterior import Parameter
from tests.examples import THOROUGH
from tests.studies.made_calibration import OTHER, RESIGN, aims, counts, crowd

IDLE = "behaviour.severance.typical"
FREE = (
    Parameter(path=RESIGN, low=0.05, high=2.0, scale="log", reason="the truth is to be found"),
    Parameter(path=OTHER, low=0.01, high=1.0, scale="log", reason="likewise"),
    Parameter(path=IDLE, low=0.01, high=0.2, mode=0.02, reason="it moves nothing"),
)
DISCREPANCY = Discrepancy(
    across_worlds=0.8,
    block=(
        Block(name="who left", together=0.5, figure=(BlockFigure(name="resigned", share=0.02),)),
        Block(name="others", figure=(BlockFigure(name="otherwise", share=0.02), BlockFigure(name="share", share=0.02))),
    ),
)


@cache
def matched(resign: float = 0.4, other: float = 0.1) -> Matched:
    """The fit to the expected figures for these hazards."""
    return match(
        crowd(),
        aims(resign, other),
        FREE,
        DISCREPANCY,
        measure=counts,
        waves=(40, 16),
        replications=12,
        predictive=12,
        draws=60,
        steps=200 if THOROUGH else 60,
        progress=False,
    )
