"""Employer's costs line by line, by the rates of the day."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Longs
from nhstransit.entitlements.terms import pence
from nhstransit.kernels.oncosts import employer_ni_pence, share_pence
from nhstransit.kernels.pay import actual_pence
from nhstransit.parameters import Parameters

VIEWS = ("employer", "system")


@attrs.frozen(eq=False)
class CostLines:
    """A year's cost of each person in pence, shape (n,) each: pay, and what is paid on it."""

    pay: Longs
    national_insurance: Longs
    pension: Longs
    levy: Longs
    central_pension: Longs

    @property
    def employer(self) -> Longs:
        """What the employer pays."""
        return np.asarray(self.pay + self.national_insurance + self.pension + self.levy)

    @property
    def system(self) -> Longs:
        """What the employer pays and what is paid centrally for it."""
        return np.asarray(self.employer + self.central_pension)


def cost_lines(parameters: Parameters, annual_pence: ArrayLike, wte: ArrayLike, on: int) -> CostLines:
    """The lines of a year's cost at the rates of an epoch day, for members of the pension scheme."""
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
