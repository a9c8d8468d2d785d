"""What a person is paid for leaving: mutually agreed resignation, section 16, the statutory sum, what voids it.

Service arrives as complete months or years (from `nhstransit.dates`); pay as whole-time pence a year. The numbers of
each scheme arrive as keywords: none is written here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Floats, Longs
from nhstransit.kernels.columns import (
    MONTH_PARTS,
    RATE_PARTS,
    WEEK_DAYS,
    WTE_PARTS,
    YEAR_DAYS,
    checked,
    half_up,
    in_blocks,
    parts,
    pence_column,
    rate_parts,
    service_column,
    wte_column,
)

_MONTH_SCALE = 12 * MONTH_PARTS * WTE_PARTS
_WEEK_SCALE = 2 * YEAR_DAYS * WTE_PARTS


def months_of_pay(
    service_months: ArrayLike,
    *,
    months_a_year: float,
    least_months: float,
    most_months: float,
    qualifying_months: int,
) -> Floats:
    """Months of pay by the straight line most NHS severance follows, shape (n,).

    `months_a_year` for each complete year, never under `least_months` nor over `most_months`; nought with fewer
    complete `service_months` than `qualifying_months`. Part years are ignored. Serves MARS (½, 3, 12, 12) and section
    16 (1, 0, 24, 24). Raises InputError for negative or missing service.
    """
    service_column("service_months", service_months)

    def rule(service: Any) -> Any:
        months = np.clip(months_a_year * (service // 12), least_months, most_months)
        return np.where(service >= qualifying_months, months, 0.0)

    return in_blocks(rule, "float64", service_months)


def severance_pence(
    annual_pence: ArrayLike,
    wte: ArrayLike,
    months: ArrayLike,
    *,
    floor_pence: int = 0,
    cap_pence: int | None = None,
    most_pence: int | None = None,
) -> Longs:
    """`months` twelfths of annual pay, in pence, shape (n,).

    Whole-time pay is first raised to `floor_pence` and cut to `cap_pence` a year, then taken in proportion to `wte`;
    the sum never passes `most_pence`. Raises InputError for pay, time or months that are negative, missing or out of
    bounds.
    """
    pence_column("annual_pence", annual_pence)
    wte_column(wte)
    checked("months", months, 0, 240, "give months of pay from 0 to 240")

    def rule(annual: Any, time: Any, month: Any) -> Any:
        counted = np.clip(annual, floor_pence, cap_pence)
        sums = half_up(counted * parts(time, WTE_PARTS) * parts(month, MONTH_PARTS), _MONTH_SCALE)
        return sums if most_pence is None else np.minimum(sums, most_pence)

    return in_blocks(rule, "int64", annual_pence, wte, months)


def statutory_half_weeks(
    age_years: ArrayLike,
    service_years: ArrayLike,
    *,
    half_weeks: tuple[int, int, int],
    ages: tuple[int, int],
    most_years: int,
    qualifying_years: int,
) -> Longs:
    """Half-weeks of pay in the statutory sum, shape (n,).

    Years are counted backwards from the end of service, `most_years` at most; each is worth the first, second or
    third of `half_weeks` as the person was, throughout that year, below the first of `ages`, at it, or at the second
    (½, 1 and 1½ weeks below 22, from 22 and from 41). Raises InputError for a negative or missing age or service.
    """
    service_column("age_years", age_years)
    service_column("service_years", service_years)

    def rule(age: Any, service: Any) -> Any:
        years = np.minimum(service // 1, most_years)
        middle = np.clip(age // 1 - ages[0], 0, years)
        old = np.clip(age // 1 - ages[1], 0, years)
        young, mid, high = half_weeks
        weeks = young * years + (mid - young) * middle + (high - mid) * old
        return np.where(service >= qualifying_years, weeks, 0)

    return in_blocks(rule, "int64", age_years, service_years)


def statutory_pence(
    annual_pence: ArrayLike, wte: ArrayLike, half_weeks: ArrayLike, *, week_cap_pence: int | None
) -> Longs:
    """`half_weeks` of actual pay, a week no more than `week_cap_pence` (None: no limit), in pence, shape (n,).

    A week's pay is 7/365 of the year's. Raises InputError for pay, time or weeks that are negative, missing or out of
    bounds.
    """
    pence_column("annual_pence", annual_pence)
    wte_column(wte)
    checked("half_weeks", half_weeks, 0, 400, "give half-weeks of pay from 0 to 400")
    limit = None if week_cap_pence is None else week_cap_pence * YEAR_DAYS * WTE_PARTS

    def rule(annual: Any, time: Any, halves: Any) -> Any:
        week = annual * parts(time, WTE_PARTS) * WEEK_DAYS
        return half_up((week if limit is None else np.minimum(week, limit)) * halves, _WEEK_SCALE)

    return in_blocks(rule, "int64", annual_pence, wte, half_weeks)


def due_pence(pence: ArrayLike, days_to_next_post: ArrayLike, refused: ArrayLike, *, window_days: int) -> Longs:
    """A redundancy sum after its conditions, in pence, shape (n,).

    Void where NHS work starts within `window_days` after the last day (`days_to_next_post` is the next start less the
    last day), forfeited where `refused` (a suitable offer, unreasonably). Someone with no next post has a large
    number there.
    """
    pence_column("pence", pence)
    checked("days_to_next_post", days_to_next_post, -(2**40), 2**40, "give a number of days")

    def rule(sums: Any, days: Any, no: Any) -> Any:
        return np.where((days <= window_days) | no, 0, sums)

    return in_blocks(rule, "int64", pence, days_to_next_post, refused)


def net_pence(gross_pence: ArrayLike, *, free_pence: int, tax_rate: float) -> Longs:
    """A severance sum less income tax at `tax_rate` on what passes `free_pence`, in pence, shape (n,)."""
    pence_column("gross_pence", gross_pence)
    checked("tax_rate", tax_rate, 0, 1, "give a share from 0 to 1")
    rate = rate_parts(tax_rate)

    def rule(gross: Any) -> Any:
        return gross - half_up(np.maximum(gross - free_pence, 0) * rate, RATE_PARTS)

    return in_blocks(rule, "int64", gross_pence)


def clawback_pence(
    net_paid_pence: ArrayLike, paid_months: ArrayLike, months_away: ArrayLike, *, window_months: ArrayLike
) -> Longs:
    """What goes back to the payer on a return, in pence, shape (n,): the unexpired share of the net sum.

    The share is `(paid_months − months_away) / paid_months` for someone back before `window_months` complete months are
    over, else nought. Where a rule runs over the window itself, give the window as `paid_months`.
    """
    pence_column("net_paid_pence", net_paid_pence)
    checked("paid_months", paid_months, 0, 240, "give months of pay from 0 to 240")
    service_column("months_away", months_away)
    service_column("window_months", window_months)

    def rule(net: Any, paid: Any, away: Any, window: Any) -> Any:
        months = np.maximum(parts(paid, MONTH_PARTS), 1)
        left = np.maximum(parts(paid, MONTH_PARTS) - away * MONTH_PARTS, 0)
        return np.where(away < window, (2 * net * left + months) // (2 * months), 0)

    return in_blocks(rule, "int64", net_paid_pence, paid_months, months_away, window_months)
