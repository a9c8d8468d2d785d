"""Retention terms: a premium, a job guaranteed until a day, and exit terms that no later reform can worsen."""

from __future__ import annotations

import attrs
from numpy.typing import ArrayLike

from nhstransit.arrays import Longs
from nhstransit.dates import add_months
from nhstransit.errors import InputError
from nhstransit.law.parameters import Parameters
from nhstransit.law.pay import premium_pence


@attrs.frozen(kw_only=True)
class RetentionTerms:
    """The terms offered to staff that an employer cannot afford to lose.

    Attributes:
        premium: share of basic pay, paid in addition during the guarantee.
        guarantee_months: months of guaranteed employment.
        most_share: largest share of an employer's staff that may be designated.
    """

    premium: float
    guarantee_months: int
    most_share: float

    def __attrs_post_init__(self) -> None:
        if not (0 <= self.premium <= 1 and 0 <= self.most_share <= 1 and self.guarantee_months >= 0):
            raise InputError("retention terms", f"are {self}", "give shares from 0 to 1 and months of 0 or more")

    @classmethod
    def on(cls, parameters: Parameters, day: int) -> RetentionTerms:
        """The terms of 2011 in force on an epoch day. Raises ParameterError before March 2011."""
        entry = parameters.table("rets").on(day)
        return cls(
            premium=entry.number("premium"),
            guarantee_months=round(12 * entry.number("guarantee_years")),
            most_share=entry.number("most_share"),
        )

    def premium_pence(self, annual_pence: ArrayLike, wte: ArrayLike, months: ArrayLike) -> Longs:
        """The premium for a number of months, in pence, shape (n,).

        Args:
            annual_pence: (n,) whole-time basic pay per year.
            wte: (n,) share of whole time.
            months: (n,) months of premium.
        """
        return premium_pence(annual_pence, wte, months, share=self.premium)

    def guaranteed_to(self, signed_on: ArrayLike) -> Longs:
        # The guarantee ends on the day before the same day of the month.
        """Last epoch day of the guarantee for terms signed on an epoch day, shape (n,)."""
        return add_months(signed_on, self.guarantee_months) - 1
