"""Money that the author enters and no run simulates, such as IT and estates. It is never mixed with simulated money."""

from __future__ import annotations

from typing import Any

import attrs

from nhstransit.dates import financial_year_name
from nhstransit.errors import ScenarioError
from nhstransit.fields import QUALITIES, Parent, one_of, share
from nhstransit.law.appraisal import TAGS
from nhstransit.toml import Named


def _check_pounds(_: Any, field: Any, pounds: Named[float]) -> None:
    """Reject keys that are not a financial year, and amounts that do not fit a table of pence."""
    for year, sum_ in pounds.items():
        # The name is made again from its first year, and must be the same: "2012-14" is not a financial year.
        start = year.partition("-")[0]
        four_digits = start.isdecimal() and len(start) == 4
        if not four_digits or financial_year_name(int(start)) != year:
            raise ScenarioError(f"{field.name}.{year}", "is not a financial year", 'write one such as "2012-13"')
        if not abs(sum_) < 1e10:
            wrong = f"is {sum_!r}"
            raise ScenarioError(f"{field.name}.{year}", wrong, "give pounds between -10,000 million and 10,000 million")


@attrs.frozen(kw_only=True)
class Entered:
    """One line of entered money: what it is, pounds by financial year (costs positive), and its source.

    `tag` sets where the money counts in an appraisal: cash (both views), transfer (the Exchequer only) or resource
    (society only). `optimism` is an allowance that increases costs and reduces gains.
    """

    what: str
    pounds: Named[float] = attrs.field(validator=_check_pounds)
    tag: str = one_of(TAGS, "cash")
    source: str
    quality: str = one_of(QUALITIES, "assumption")
    optimism: float = share(
        0.0, parent=Parent(unit="share added to costs for optimism", source="your decision: no source gives an uplift")
    )

    def pence_by_year(self) -> dict[int, int]:
        """Pence by the calendar year in which each financial year begins."""
        pence = {}
        for year, pounds in self.pounds.items():
            first = int(year.partition("-")[0])
            pence[first] = round(100 * pounds)
        return pence
