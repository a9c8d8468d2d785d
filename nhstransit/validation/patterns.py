"""Patterns that were reported in words, as questions to the simulated figures; none has a number to be held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Means = Mapping[str, float]
_SOUTH, _NORTH = (
    ("South East Coast", "South Central", "South West"),
    ("North East", "Yorkshire and the Humber", "North West"),
)


def _women(means: Means) -> bool | None:
    """Women slightly over-represented among the redundant: above 1 and below 1.15."""
    found = means.get("redundancies-women")
    return None if found is None else 1.0 < found < 1.15


def _skills(means: Means) -> bool | None:
    """Finance and analytics short of people, and no skill with too many."""
    parts = {
        part: means.get(f"no-surplus-skill: {part}")
        for part in ("commissioning", "finance", "informatics", "public health")
    }
    told = {part: found for part, found in parts.items() if found is not None}
    if len(told) < len(parts):
        return None
    return min(told.values()) >= 1.0 and told["finance"] > 1.0 and told["informatics"] > 1.0


def _regions(means: Means) -> bool | None:
    """More posts a person in every southern region than in any northern one, and fewest in the North West."""
    south, north = ([means.get(f"region-balance: {region}") for region in part] for part in (_SOUTH, _NORTH))
    if None in south or None in north:
        return None
    least = [found for found in south if found is not None]
    most = [found for found in north if found is not None]
    return min(least) > max(most) and most[-1] == min(most)


PATTERNS: Mapping[str, Callable[[Means], bool | None]] = {
    "redundancies-women": _women,
    "no-surplus-skill": _skills,
    "region-balance": _regions,
}


def holds(outcome: str, means: Means) -> bool | None:
    """Whether a pattern is there, or None where the runs do not say."""
    return PATTERNS[outcome](means) if outcome in PATTERNS else None
