"""What is said of a published figure beside simulated ones: it lies where it should, or by how much it does not."""

from __future__ import annotations

import math

import attrs

from nhstransit.published.kept import FITTED, MISS, NOT_AS_SAID, NOT_SIMULATED, SHOWN

__all__ = [
    "AS_SAID",
    "BAND",
    "CHANCE",
    "CHECK",
    "CONTEXT",
    "FITTED",
    "HELD_OUT",
    "MISS",
    "NOT_AS_SAID",
    "NOT_SIMULATED",
    "SHOWN",
    "VERDICTS",
    "WITHIN",
    "Simulated",
    "role_of",
    "standardised",
    "verdict_of",
]
HELD_OUT, CHECK, CONTEXT = "held out", "check", "context"
WITHIN, BAND, CHANCE, AS_SAID = "within tolerance", "within band", "within chance", "as reported"
VERDICTS = {
    WITHIN: "the simulated mean lies within the published tolerance",
    BAND: "not so, but it lies within the wider range that the figure's table would accept",
    CHANCE: "neither, but the published figure lies within the middle 80% of replications, its own tolerance granted",
    MISS: "none of these; `standardised` says by how much",
    AS_SAID: "a pattern reported in words is there",
    NOT_AS_SAID: "it is not",
    NOT_SIMULATED: "a run cannot say it, and why",
    SHOWN: "simulated, where nothing was published to hold it against",
}


@attrs.frozen(kw_only=True)
class Simulated:
    """A figure over replications: mean, standard deviation, and the ends of the middle 80%."""

    mean: float
    spread: float
    low: float
    high: float


def verdict_of(
    published: float | None, tolerance: float | None, band: tuple[float, ...], simulated: Simulated | None
) -> str:
    """The verdict on one number."""
    if simulated is None:
        return NOT_SIMULATED
    if published is None:
        return SHOWN
    allowed = tolerance or 0.0
    if abs(simulated.mean - published) <= allowed:
        return WITHIN
    if len(band) == 2 and band[0] <= simulated.mean <= band[1]:
        return BAND
    return CHANCE if simulated.low - allowed <= published <= simulated.high + allowed else MISS


def standardised(published: float | None, tolerance: float | None, simulated: Simulated | None) -> float | None:
    """How many standard deviations of tolerance and chance together the simulated mean lies above the published figure."""
    if simulated is None or published is None:
        return None
    allowed = math.hypot(tolerance or 0.0, simulated.spread)
    return (simulated.mean - published) / allowed if allowed > 0 else None


def role_of(use: str, name: str, fitted_to: frozenset[str]) -> str:
    """Fitted, held out, a check that repeats other figures, or context."""
    if name in fitted_to:
        return FITTED
    return {"check": CHECK, "context": CONTEXT}.get(use, HELD_OUT)
