"""Personal clocks: thresholds and integrated hazards in whole units, so that sums do not depend on how time was cut.

A clock holds the units still to run. Each day in post takes off the day's rate; the person goes on the first day on which
nothing is left. A unit is 2⁻⁴⁰ of hazard.
"""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray, Floats, Longs

UNITS = float(2**40)
FOREVER = 2**62  # more units than any clock can run down: the cause is switched off


def threshold_units(exponentials: Floats) -> Longs:
    """Unit-exponential thresholds in whole units, rounded up, at least one; any shape."""
    return np.maximum(np.ceil(exponentials * UNITS), 1.0).astype("int64")


def daily_units(annual_hazard: AnyArray, days_a_year: float) -> Longs:
    """Annual hazards as whole units a day, to the nearest; any shape. Hazards are 0 or more, below 10⁶ a year."""
    return np.rint(annual_hazard * (UNITS / days_a_year)).astype("int64")


def days_left(left: Longs, rate: Longs) -> Longs:
    """Days until each clock runs out at this rate, counting today as the first; FOREVER where the rate is 0."""
    running = rate > 0
    safe = np.where(running, rate, 1)
    return np.where(running, -(-left // safe), FOREVER)
