"""Yes or no, and one out of several: chances from scores, and tastes that partly persist."""

from __future__ import annotations

import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import AnyArray, Bytes, Floats


def logistic(score: AnyArray) -> Floats:
    """`1 / (1 + exp(−score))`, any shape, without overflow."""
    return arithmetic.logistic(score)


def persistent(lasting: Floats, fresh: Floats, share: float) -> Floats:
    """A uniform number of which `share` (ρ) of the variance, in normal terms, lasts over rounds.

    `Φ(√ρ z + √(1−ρ) z')` of two standard normals, (n,): the same person tends to say the same again.
    """
    return arithmetic.normal_chance(np.sqrt(share) * lasting + np.sqrt(1.0 - share) * fresh)


def highest(scores: Floats) -> Bytes:
    """Which of k alternatives scores highest, (k, n) to (n,); the first of equals."""
    return np.asarray(np.argmax(scores, axis=0), "int8")


def shifted(chance: AnyArray, log_odds: AnyArray) -> Floats:
    """Chances (0 to 1) whose log-odds are moved by so much, any shape; never and always stay as they are."""
    chance = np.asarray(chance, "float64")
    odds = arithmetic.exp(np.asarray(log_odds, "float64"))
    return np.asarray(chance * odds / (1.0 - chance + chance * odds))
