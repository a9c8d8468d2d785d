"""Named funds: money set apart for a purpose, by financial year, which policies may draw on and never overdraw."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from nhstransit.arrays import Ints, Longs
from nhstransit.dates import financial_year_name
from nhstransit.errors import ScenarioError
from nhstransit.fields import Parent, amount, one_of, some_of
from nhstransit.organisations.bodies import KINDS, Organisation
from nhstransit.organisations.roster import Roster


@attrs.frozen(kw_only=True)
class Fund:
    """So much a resident of each body of some kinds, anew each financial year of `years` (all of them where none is named).

    `lodged` with the body itself, each has a purse of its own; lodged with the region, its bodies share one. Bodies of the
    kinds in `drawers` may draw on it.
    """

    pounds_a_head: float = amount(parent=Parent(unit="pounds a resident a year", source="a lever: what is set apart"))
    kinds: tuple[str, ...] = some_of(KINDS, ("pct",))
    drawers: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    lodged: str = one_of(("body", "region"), "body")
    years: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        for year in self.years:
            start, _, end = year.partition("-")
            if not (start.isdigit() and financial_year_name(int(start)) == f"{start}-{end}"):
                raise ScenarioError("years", f"names {year!r}", 'give financial years such as "2011-12"')

    def purses(self, roster: Roster) -> Ints:
        """The number of the purse that each body may draw on, (bodies,); −1 where it may not."""
        number = roster.region if self.lodged == "region" else np.arange(len(roster), dtype="int32")
        return np.where(roster.of_kinds(self.drawers), number, -1).astype("int32")

    def filled(self, bodies: Sequence[Organisation], roster: Roster, year: int) -> Longs:
        """Pence in each purse at the start of the financial year that begins in April of `year`, (purses,)."""
        count = len(roster.regions) if self.lodged == "region" else len(roster)
        if self.years and financial_year_name(year) not in self.years:
            return np.zeros(count, "int64")
        residents = np.array([body.population for body in bodies], "int64") * roster.of_kinds(self.kinds)
        number = roster.region if self.lodged == "region" else np.arange(len(roster))
        pence = np.rint(residents * self.pounds_a_head * 100.0)
        return np.bincount(number, weights=pence, minlength=count).astype("int64")
