"""The curve by which those paid to go come back: who is still away, and for how long, in closed form.

A `share` comes back in the end; of those, 1 − exp(−(t/`scale`)^`shape`) within t years, but nobody before `least`
years.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from nhstransit import arithmetic
from nhstransit.arrays import Floats


def still_away(years: ArrayLike, *, share: float, scale: float, shape: float, least: float = 0.0) -> Floats:
    """The chance of being away so many years after leaving, (n,)."""
    time = np.maximum(np.asarray(years, "float64"), 0.0)
    curve = 1.0 - share * -arithmetic.expm1(-arithmetic.power(time / scale, shape))
    return np.where(time < least, 1.0, curve)


def away_years(years: ArrayLike, *, share: float, scale: float, shape: float, least: float = 0.0) -> Floats:
    """Expected years away in the first so many after leaving, (n,): the integral of `still_away`.

    The integral of exp(−(t/s)^k) from 0 to t is s/k Γ(1/k) P(1/k, (t/s)^k), P the regularised lower incomplete gamma
    function.
    """
    from scipy.special import gamma, gammainc

    time = np.maximum(np.asarray(years, "float64"), 0.0)

    def within(until: Floats | float) -> Floats:
        return np.asarray(scale / shape * gamma(1.0 / shape) * gammainc(1.0 / shape, (until / scale) ** shape))

    later = np.maximum(time, least)
    after = (1.0 - share) * (later - least) + share * (within(later) - within(least))
    return np.asarray(np.minimum(time, least) + after)
