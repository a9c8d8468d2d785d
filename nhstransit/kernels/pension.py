"""Early release of a pension on redundancy: who may have it, and what it costs in capital.

The formula is a stated one, not the scheme actuary's table. Someone released `m` months before the normal pension age
gets, without reduction, a pension P and a lump sum L earlier than otherwise; from that age on nothing changes. With a
real discount rate r (pensions rise with prices) and n = m/12, the capital cost is

    P · (1 − (1+r)^−n) / ln(1+r)  +  L · (1 − (1+r)^−n)

an annuity certain, paid evenly through the year; deaths before the normal pension age are left out, which overstates it
a little. The pension's part falls with r and the lump sum's rises, so that with a lump sum the two nearly cancel around
six years early. The parameters hold a middle rate and a range.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nhstransit import arithmetic
from nhstransit.arrays import Bools, Longs
from nhstransit.kernels.columns import checked, in_blocks, pence_column, service_column, wte_column


def release_pence(
    annual_pence: ArrayLike,
    wte: ArrayLike,
    membership_months: ArrayLike,
    months_early: ArrayLike,
    accrual_share: ArrayLike,
    lump_multiple: ArrayLike,
    *,
    real_rate: float,
) -> Longs:
    """Capital cost of paying a pension early and unreduced, in pence, shape (n,).

    The pension is whole-time pay × `wte` × membership in years × `accrual_share` (1/80, 1/60); the lump sum
    `lump_multiple` pensions. Nought where `months_early` is 0 or less. Floats inside; the sum is rounded half up to
    the penny. Raises InputError for pay, time or membership that is negative, missing or out of bounds.
    """
    pence_column("annual_pence", annual_pence)
    wte_column(wte)
    service_column("membership_months", membership_months)
    checked("months_early", months_early, -12_000, 12_000, "give a number of months")
    checked("accrual_share", accrual_share, 0, 1, "give a share of pay a year from 0 to 1")
    checked("lump_multiple", lump_multiple, 0, 100, "give years of pension from 0 to 100")
    checked("real_rate", real_rate, -0.05, 0.2, "give a rate a year from -0.05 to 0.2")
    force = float(arithmetic.log1p(real_rate))

    def rule(annual: Any, time: Any, member: Any, early: Any, accrual: Any, lump: Any) -> Any:
        gone = -arithmetic.expm1(np.maximum(early, 0) * (-force / 12))
        years = gone / force if force else np.maximum(early, 0) / 12
        return np.floor(annual * time * (member / 12) * accrual * (years + lump * gone) + 0.5)

    return in_blocks(rule, "int64", annual_pence, wte, membership_months, months_early, accrual_share, lump_multiple)


def top_up_pence(release: ArrayLike, redundancy: ArrayLike) -> Longs:
    """What the employer adds once the redundancy sum has been given up towards the release, in pence, shape (n,)."""
    pence_column("release", release)
    pence_column("redundancy", redundancy)
    return in_blocks(lambda cost, given: np.maximum(cost - given, 0), "int64", release, redundancy)


def age_reached(age_years: ArrayLike, least_age: ArrayLike) -> Bools:
    """Whether each complete age is at or past `least_age`, shape (n,). Raises InputError for a negative age."""
    service_column("age_years", age_years)
    service_column("least_age", least_age)
    return in_blocks(np.greater_equal, "bool", age_years, least_age)
