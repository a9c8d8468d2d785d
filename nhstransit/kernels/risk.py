"""Perceived risk of losing the post, between the news that moves it (MODEL 4.4)."""

from __future__ import annotations

import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import AnyArray, Floats


def perceived(
    origin: AnyArray,
    target: AnyArray,
    since: AnyArray,
    day: int,
    ramp_days: AnyArray | float,
    half_life_days: AnyArray | float,
) -> Floats:
    """Risk on `day`: from `origin` it ramps to `target` over `ramp_days` after day `since`, then halves each half-life.

    All but `day` are (n,), and the two spans may be; risks lie in 0–1, `since` on or before `day`.
    """
    elapsed = np.maximum(day - np.asarray(since, "float64"), 0.0)
    ramped = np.minimum(elapsed / ramp_days, 1.0)
    fading = arithmetic.exp2(-np.maximum(elapsed - ramp_days, 0.0) / half_life_days)
    return np.asarray((origin + (np.asarray(target) - origin) * ramped) * fading)


def moved(current: AnyArray, target: AnyArray, weight: float) -> Floats:
    """Where risk heads after news: `R + w (target − R)`, kept in 0–1."""
    return np.asarray(np.clip(current + weight * (np.asarray(target) - current), 0.0, 1.0))
