"""Identities that are true in every run, such as mean = cost / count, and tests of patterns reported in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Floats

EXACT = 1e-9  # relative tolerance, for rounding that depends on the order of addition
Columns = Mapping[str, Floats]


@attrs.frozen
class Identity:
    """Two numbers that are equal in every run: the identity in words, the figures that it uses, and both sides."""

    said: str
    takes: tuple[str, ...]
    sides: Callable[[Columns], tuple[AnyArray, AnyArray]]


IDENTITIES = (
    Identity(
        "the mean MARS payment times the leavers is the cost",
        ("mars-mean-payment-national", "mars-round1-leavers", "mars-round1-cost"),
        lambda of: (of["mars-mean-payment-national"] * of["mars-round1-leavers"], of["mars-round1-cost"] * 1e6),
    ),
    Identity(
        "the mean MARS saving times the leavers is the saving",
        ("mars-mean-saving", "mars-round1-leavers", "mars-round1-saving"),
        lambda of: (of["mars-mean-saving"] * of["mars-round1-leavers"], of["mars-round1-saving"] * 1e6),
    ),
    Identity(
        "years to pay back times the saving is the cost",
        ("mars-payback-years", "mars-round1-saving", "mars-round1-cost"),
        lambda of: (of["mars-payback-years"] * of["mars-round1-saving"], of["mars-round1-cost"]),
    ),
    Identity(
        "the mean cost of a redundancy times the WTE is the cost",
        ("redundancies-mean-cost", "redundancies-total", "redundancies-cost"),
        lambda of: (of["redundancies-mean-cost"] * of["redundancies-total"], of["redundancies-cost"] * 1e6),
    ),
    Identity(
        "the lines of the scope bridge add up, with nobody unexplained",
        ("scope-bridge: unexplained",),
        lambda of: (of["scope-bridge: unexplained"], np.zeros_like(of["scope-bridge: unexplained"])),
    ),
    Identity(
        "cost to March 2014 is no less than cost to March 2013",
        ("redundancies-cost", "redundancies-cost-to-2014"),
        lambda of: (
            np.maximum(of["redundancies-cost"] - of["redundancies-cost-to-2014"], 0.0),
            np.zeros(len(of["redundancies-cost"])),
        ),
    ),
)


def broken(columns: Columns) -> tuple[str, ...]:
    """The identities that fail in any run, in words, with the largest difference.

    An identity whose figures are missing is not checked.
    """
    found = []
    for identity in IDENTITIES:
        if all(name in columns for name in identity.takes):
            # Both sides have one entry for each run, (runs,).
            left, right = identity.sides(columns)
            gap = np.abs(left - right)
            # Relative to the larger side, and absolute for numbers below 1. NaN is never larger, so a run without the
            # figure passes.
            size = np.maximum(np.abs(left), np.maximum(np.abs(right), 1.0))
            wrong = gap > EXACT * size
            if wrong.any():
                found.append(
                    f"{identity.said}: the sides differ by up to {np.nanmax(gap):g} in {int(wrong.sum())} runs"
                )
    return tuple(found)


def asked(columns: Columns) -> tuple[str, ...]:
    """The identities that can be checked with these figures, in words."""
    return tuple(one.said for one in IDENTITIES if all(name in columns for name in one.takes))


# Patterns that were reported in words, without a published number, as tests of the simulated figures.

Means = Mapping[str, float]
_SOUTH = ("South East Coast", "South Central", "South West")
_NORTH = ("North East", "Yorkshire and the Humber", "North West")


def _women(means: Means) -> bool | None:
    """Whether women are slightly over-represented among people made redundant: a ratio between 1 and 1.15."""
    found = means.get("redundancies-women")
    return None if found is None else 1.0 < found < 1.15


def _skills(means: Means) -> bool | None:
    """Whether finance and analytics are short of staff, and no function is in surplus."""
    parts = {
        part: means.get(f"no-surplus-skill: {part}")
        for part in ("commissioning", "finance", "informatics", "public health")
    }
    known = {part: found for part, found in parts.items() if found is not None}
    if len(known) < len(parts):
        return None
    # One post or more for each person in every function means that no function has too many people.
    return min(known.values()) >= 1.0 and known["finance"] > 1.0 and known["informatics"] > 1.0


def _regions(means: Means) -> bool | None:
    """Whether every southern region has more posts per person than any northern region, and the North West the fewest."""
    south, north = ([means.get(f"region-balance: {region}") for region in part] for part in (_SOUTH, _NORTH))
    if None in south or None in north:
        return None
    # The lists contain no None here. The comprehension is for the type checker.
    least = [found for found in south if found is not None]
    most = [found for found in north if found is not None]
    # The North West is the last of the northern regions.
    return min(least) > max(most) and most[-1] == min(most)


PATTERNS: Mapping[str, Callable[[Means], bool | None]] = {
    "redundancies-women": _women,
    "no-surplus-skill": _skills,
    "region-balance": _regions,
}


def holds(outcome: str, means: Means) -> bool | None:
    """Whether a pattern is present, or None if the runs do not have the figures to test it."""
    return PATTERNS[outcome](means) if outcome in PATTERNS else None
