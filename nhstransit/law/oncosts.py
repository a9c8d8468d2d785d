"""Employer's costs beyond pay: National Insurance, the NHS pension contribution, the apprenticeship levy.

Each line is rounded half up to the penny separately, so that lines and totals in an account agree. National Insurance
is computed on the year's pay with the year's limits, not week by week.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Longs
from nhstransit.law.parameters import Parameters
from nhstransit.law.pay import actual_pence
from nhstransit.law.severance import pence
from nhstransit.pence import RATE_PARTS, half_up, in_blocks, pence_column, rate_parts


def employer_ni_pence(
    pay_pence: ArrayLike,
    *,
    rate: float,
    threshold_pence: int,
    rebate: float = 0.0,
    lower_pence: int = 0,
    upper_pence: int = 0,
) -> Longs:
    """Employer's National Insurance on a year's actual pay, in pence, shape (n,).

    Below the threshold the rebate may exceed the contribution. It is then a credit (negative).

    Args:
        pay_pence: (n,) actual pay per year.
        rate: contribution rate above the secondary threshold.
        threshold_pence: secondary threshold per year.
        rebate: contracted-out rebate, a share of pay between the next two limits.
        lower_pence: lower earnings limit per year.
        upper_pence: upper accrual point per year.

    Raises:
        InputError: for negative or fractional pence.
    """
    pence_column("pay_pence", pay_pence)
    main = rate_parts(rate)
    back = rate_parts(rebate)

    def rule(pay: Any) -> Any:
        due = half_up(np.maximum(pay - threshold_pence, 0) * main, RATE_PARTS)
        if not back:
            return due
        # The rebate is on the part of pay between the lower limit and the upper accrual point.
        rebated = np.maximum(np.minimum(pay, upper_pence) - lower_pence, 0)
        return due - half_up(rebated * back, RATE_PARTS)

    return in_blocks(rule, "int64", pay_pence)


def share_pence(pay_pence: ArrayLike, *, rate: float) -> Longs:
    """`rate` of a year's actual pay, rounded half up, in pence, shape (n,). Raises InputError."""
    pay = pence_column("pay_pence", pay_pence)
    part = rate_parts(rate)
    if not part:  # a rate of 0, such as a levy that has not begun
        return np.zeros(pay.shape, "int64")
    return in_blocks(lambda pay: half_up(pay * part, RATE_PARTS), "int64", pay_pence)


# Employer's costs line by line, at the rates of the day.

VIEWS = ("employer", "system")


@attrs.frozen(eq=False)
class CostLines:
    """A year's cost of each person in pence, shape (n,) for each line: pay, and what is paid on top of it."""

    pay: Longs
    national_insurance: Longs
    pension: Longs
    levy: Longs
    central_pension: Longs

    @property
    def employer(self) -> Longs:
        """The employer's cost."""
        return np.asarray(self.pay + self.national_insurance + self.pension + self.levy)

    @property
    def system(self) -> Longs:
        """The employer's cost plus the part that is paid centrally."""
        return np.asarray(self.employer + self.central_pension)


def cost_lines(parameters: Parameters, annual_pence: ArrayLike, wte: ArrayLike, on: int) -> CostLines:
    """The lines of a year's cost at the rates of an epoch day, for members of the pension scheme.

    Args:
        parameters: the dated parameters.
        annual_pence: (n,) whole-time pay per year.
        wte: (n,) share of whole time.
        on: epoch day of the rates.
    """
    ni = parameters.table("employer_ni").on(on)
    rates = parameters.table("employer_pension").on(on)
    pay = actual_pence(annual_pence, wte)
    return CostLines(
        pay,
        employer_ni_pence(
            pay,
            rate=ni.number("rate"),
            threshold_pence=pence(ni.number("threshold")),
            rebate=ni.number("rebate"),
            lower_pence=pence(ni.number("lower_limit")),
            upper_pence=pence(ni.number("upper_accrual")),
        ),
        share_pence(pay, rate=rates.number("employer")),
        share_pence(pay, rate=parameters.number("apprenticeship_levy").on(on).value),
        share_pence(pay, rate=rates.number("central")),
    )
