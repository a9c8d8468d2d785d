"""Departure clocks: thresholds and integrated hazards in integer units, so that sums do not depend on the time step.

A clock holds the remaining units. Each day in post subtracts the day's rate. The person leaves on the first day when
nothing remains. A unit is 2⁻⁴⁰ of hazard.
"""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray, Floats, Longs

UNITS = float(2**40)
FOREVER = 2**62  # the threshold of a cause that is switched off: more units than any clock can use


def threshold_units(exponentials: Floats) -> Longs:
    """Unit-exponential thresholds in integer units, rounded up, at least one; any shape."""
    return np.maximum(np.ceil(exponentials * UNITS), 1.0).astype("int64")


def daily_units(annual_hazard: AnyArray, days_a_year: float) -> Longs:
    """Annual hazards in integer units per day, to the nearest; any shape. Hazards are 0 or more, below 10⁶ per year."""
    units = np.asarray(annual_hazard * (UNITS / days_a_year))
    return np.rint(units, out=units).astype("int64")


def days_left(left: Longs, rate: Longs) -> Longs:
    """Days until each clock runs out at this rate, with today as the first; FOREVER if the rate is 0."""
    running = rate > 0
    # 1 avoids a division by zero for clocks that stand still.
    safe = np.where(running, rate, 1)
    # Division rounded up, in integers.
    return np.where(running, -(-left // safe), FOREVER)
