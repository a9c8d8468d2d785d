"""Schemes' terms as small frozen values: read from the parameters, or written by hand for a local variant."""

from __future__ import annotations

from typing import Any

import attrs
from numpy.typing import ArrayLike

from nhstransit.arrays import Floats, Longs
from nhstransit.errors import InputError
from nhstransit.kernels.severance import months_of_pay, severance_pence
from nhstransit.parameters import TableEntry


def pence(pounds: float) -> int:
    """Pounds as whole pence, to the nearest."""
    return round(pounds * 100)


def _positive(_: object, field: attrs.Attribute[Any], number: float | None) -> None:
    if number is not None and not number >= 0:
        raise InputError(field.name, f"is {number}", "give 0 or more")


@attrs.frozen(kw_only=True)
class MarsTerms:
    """The tariff of a severance scheme: months of pay by complete years of service, and its limits.

    Attributes:
        months_a_year: months of pay for each complete year.
        least_months, most_months: bounds for whoever qualifies.
        qualifying_months: complete months of service needed.
        qualifying_weeks: complete weeks of service needed, as well as those months.
        salary_floor, salary_cap: bounds on whole-time pounds a year; a cap of None is none.
        payment_cap: the largest payment in pounds; None is none.
        month_weeks: weeks of pay that a month's pay is at least; 0 leaves it at a twelfth of the year's.
    """

    months_a_year: float = attrs.field(default=0.5, validator=_positive)
    least_months: float = attrs.field(default=3.0, validator=_positive)
    most_months: float = attrs.field(default=12.0, validator=_positive)
    qualifying_months: int = attrs.field(default=12, validator=_positive)
    qualifying_weeks: int = attrs.field(default=0, validator=_positive)
    salary_floor: float = attrs.field(default=0.0, validator=_positive)
    salary_cap: float | None = attrs.field(default=None, validator=_positive)
    payment_cap: float | None = attrs.field(default=None, validator=_positive)
    month_weeks: float = attrs.field(default=0.0, validator=_positive)

    def __attrs_post_init__(self) -> None:
        if self.least_months > self.most_months:
            raise InputError("least_months", f"is {self.least_months}, above most_months", "give no more than that")

    @classmethod
    def of(cls, entry: TableEntry, month_weeks: float = 0.0) -> MarsTerms:
        """The terms in a parameter entry, where no salary_cap or payment_cap means none.

        Service needed stands there as qualifying_months, as qualifying_weeks, or as both.
        """
        row = entry.value
        months = row.get("qualifying_months", 0.0) if "qualifying_weeks" in row else entry.number("qualifying_months")
        return cls(
            months_a_year=entry.number("months_a_year"),
            least_months=entry.number("least_months"),
            most_months=entry.number("most_months"),
            qualifying_months=round(months),
            qualifying_weeks=round(row.get("qualifying_weeks", 0.0)),
            salary_floor=row.get("salary_floor", 0.0),
            salary_cap=row.get("salary_cap"),
            payment_cap=row.get("payment_cap"),
            month_weeks=month_weeks,
        )

    def months(self, service_months: ArrayLike, service_days: ArrayLike | None = None) -> Floats:
        """Months of pay by complete months, and where weeks are asked for days, of service, shape (n,).

        Raises InputError where the terms ask for weeks of service and no days are given.
        """
        if self.qualifying_weeks and service_days is None:
            wrong = f"are missing under terms that ask for {self.qualifying_weeks} weeks"
            raise InputError("service_days", wrong, "give days of service beside the months")
        return months_of_pay(
            service_months,
            0 if service_days is None else service_days,
            months_a_year=self.months_a_year,
            least_months=self.least_months,
            most_months=self.most_months,
            qualifying_months=self.qualifying_months,
            qualifying_weeks=self.qualifying_weeks,
        )

    def payment(
        self,
        annual_pence: ArrayLike,
        wte: ArrayLike,
        service_months: ArrayLike,
        service_days: ArrayLike | None = None,
    ) -> Longs:
        """The payment in pence by whole-time pay, time, complete months and days of service, shape (n,)."""
        return severance_pence(
            annual_pence,
            wte,
            self.months(service_months, service_days),
            floor_pence=pence(self.salary_floor),
            cap_pence=None if self.salary_cap is None else pence(self.salary_cap),
            most_pence=None if self.payment_cap is None else pence(self.payment_cap),
            month_weeks=self.month_weeks,
        )
