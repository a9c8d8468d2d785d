"""Notice: the number of weeks, and the cost of pay in lieu."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Ints, Longs
from nhstransit.pence import (
    WEEK_DAYS,
    WTE_PARTS,
    YEAR_DAYS,
    checked,
    half_up,
    in_blocks,
    parts,
    pence_column,
    service_column,
    wte_column,
)


def notice_weeks(
    contract_weeks: ArrayLike, service_years: ArrayLike, *, weeks_a_year: int, least_weeks: int, most_weeks: int
) -> Ints:
    """The greater of contractual and statutory notice in weeks, shape (n,).

    Args:
        contract_weeks: (n,) weeks of notice by contract.
        service_years: (n,) complete years of service.
        weeks_a_year: statutory weeks for each complete year.
        least_weeks: shortest statutory notice.
        most_weeks: longest statutory notice.

    Raises:
        InputError: for negative or missing service.
    """
    checked("contract_weeks", contract_weeks, 0, 520, "give weeks from 0 to 520")
    service_column("service_years", service_years)

    # The statutory minimum is one week even before a full year, and it has an upper limit; a contract may give more.
    def _rule(contract: Any, service: Any) -> Any:
        return np.maximum(contract, np.clip(weeks_a_year * (service // 1), least_weeks, most_weeks))

    return in_blocks(_rule, "int32", contract_weeks, service_years)


def lieu_pence(annual_pence: ArrayLike, wte: ArrayLike, weeks: ArrayLike) -> Longs:
    """Basic pay for a whole number of weeks, in pence, shape (n,). A week is 7/365 of the year's pay, at `wte`.

    Args:
        annual_pence: (n,) whole-time pay per year.
        wte: (n,) share of whole time.
        weeks: (n,) weeks.

    Raises:
        InputError: for pay, time or weeks that are negative, missing or out of bounds.
    """
    pence_column("annual_pence", annual_pence)
    wte_column(wte)
    checked("weeks", weeks, 0, 520, "give weeks from 0 to 520")

    # One division at the end, so that only the result is rounded.
    def _rule(annual: Any, time: Any, week: Any) -> Any:
        return half_up(annual * parts(time, WTE_PARTS) * (WEEK_DAYS * week), YEAR_DAYS * WTE_PARTS)

    return in_blocks(_rule, "int64", annual_pence, wte, weeks)
