"""What a person is paid for leaving: mutually agreed resignation, section 16, the statutory sum, what voids it.

Service arrives as complete months or years (from `nhstransit.dates`); pay as whole-time pence a year. The numbers of
each scheme arrive as keywords: none is written here.
"""

from __future__ import annotations

from fractions import Fraction
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

_WEEK_SCALE = 2 * YEAR_DAYS * WTE_PARTS


def months_of_pay(
    service_months: ArrayLike,
    service_days: ArrayLike = 0,
    *,
    months_a_year: float,
    least_months: float,
    most_months: float,
    qualifying_months: int = 0,
    qualifying_weeks: int = 0,
) -> Floats:
    """Months of pay by the straight line most NHS severance follows, shape (n,).

    Args:
        service_months: (n,) complete months of service.
        service_days: (n,) days of service; read only where there are `qualifying_weeks`.
        months_a_year: months of pay for each complete year of service; part years are ignored.
        least_months: the least that anyone who qualifies is paid.
        most_months: the most that anyone is paid.
        qualifying_months: complete months of service needed to be paid at all.
        qualifying_weeks: complete weeks of service needed to be paid at all.

    Serves MARS (½, 3, 12; 12 months) and section 16 (1, 0, 24; 104 weeks). Raises InputError for negative or missing
    service.
    """
    service_column("service_months", service_months)
    checked("service_days", service_days, 0, 400_000, "give days of service of 0 or more")

    def rule(service: Any, days: Any) -> Any:
        months = np.clip(months_a_year * (service // 12), least_months, most_months)
        qualifies = (service >= qualifying_months) & (days >= WEEK_DAYS * qualifying_weeks)
        return np.where(qualifies, months, 0.0)

    return in_blocks(rule, "float64", service_months, service_days)


def month_share(month_weeks: float) -> Fraction:
    """The share of a year's pay in a month's pay: a twelfth, or so many weeks' pay where that is more.

    Weeks are read to two decimal places, so that the sum can be worked out in whole numbers.
    """
    weeks = Fraction(round(month_weeks * MONTH_PARTS), MONTH_PARTS) * WEEK_DAYS / YEAR_DAYS
    return max(Fraction(1, 12), weeks)


def severance_pence(
    annual_pence: ArrayLike,
    wte: ArrayLike,
    months: ArrayLike,
    *,
    floor_pence: int = 0,
    cap_pence: int | None = None,
    most_pence: int | None = None,
    month_weeks: float = 0.0,
) -> Longs:
    """`months` of pay, in pence, shape (n,).

    Whole-time pay is first raised to `floor_pence` and cut to `cap_pence` a year, then taken in proportion to `wte`;
    the sum never passes `most_pence`. A month's pay is a twelfth of the year's, or `month_weeks` weeks' pay where that
    is more (a week's pay is 7/365 of the year's). Raises InputError for pay, time or months that are negative, missing
    or out of bounds.
    """
    pence_column("annual_pence", annual_pence)
    wte_column(wte)
    checked("months", months, 0, 240, "give months of pay from 0 to 240")
    month = month_share(month_weeks)
    scale = month.denominator * MONTH_PARTS * WTE_PARTS

    def rule(annual: Any, time: Any, number: Any) -> Any:
        counted = np.clip(annual, floor_pence, cap_pence)
        product = counted * parts(time, WTE_PARTS) * parts(number, MONTH_PARTS)
        # Whole units of the scale first, so that the numerator's product stays inside 64 bits.
        units, rest = np.divmod(product, scale)
        sums = units * month.numerator + half_up(rest * month.numerator, scale)
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
