"""The panel of an employer: which cases for severance it takes, in which order, and where its means end (MODEL 4.6)."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Bools, Longs, Rows
from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import Parent, amount, number, one_of, share
from nhstransit.grammar import Situation
from nhstransit.kernels.choice import shifted
from nhstransit.kernels.selection import first_within, order_within
from nhstransit.organisations.roster import Roster
from nhstransit.policies.appetite import appetite
from nhstransit.policies.vacated import Vacated
from nhstransit.streams import Chances
from nhstransit.toml import Named

_LEVER = Parent(unit="months", source="employer's criterion for approval; none published", quality="choice")
_ENDLESS = 2**62  # pence that never run out


@attrs.frozen(kw_only=True)
class Panel(Vacated):
    """What a panel refuses, what it takes first, how far budget, quota and a fund's money reach; and the posts left."""

    protected: tuple[str, ...] = ()
    payback_months: float = number(24.0, low=0.0, high=1200.0, parent=_LEVER)
    order: str = one_of(("net-saving", "payback", "luck"), "net-saving")
    budget_pounds: float | None = amount(
        None, parent=Parent(unit="pounds an employer", source="employer's limit; none by default", quality="choice")
    )
    fund: str = ""
    quota: float = share(
        0.15, parent=Parent(unit="share of staff", source="employer's limit; none published", quality="choice")
    )
    appetite: Named[float] = Named()  # noqa: RUF009 — immutable
    appetite_sd: float = amount(
        0.0,
        parent=Parent(
            unit="log-odds of the quota, standard deviation over employers",
            source="spread of application rates of four PCTs and of regions' savings a head, 2010: 0.6; off by default",
            quality="assumption",
            range=(0.0, 0.9),
        ),
    )

    def check_appetite(self) -> None:
        """Raise ScenarioError for an appetite that is no multiple."""
        for region, scale in self.appetite.items():
            if not 0 <= scale < float("inf"):
                raise ScenarioError(f"appetite.{region}", f"is {scale!r}", "give a multiple of the quota of 0 or more")

    def check_regions(self, bodies: Roster) -> None:
        """Raise ScenarioError for an appetite of a region that is none of these bodies'."""
        for region in self.appetite:
            if region not in bodies.regions:
                raise ScenarioError(f"appetite.{region}", "is no region", nearest(region, bodies.regions))

    def approved(self, situation: Situation, rows: Rows, pence: Longs, leaves: int, chances: Chances) -> Bools:
        """Which of these cases are taken, (cases,): each panel goes down its list to the first it has no means for.

        `pence` is all that the employer pays for each: the sum, and the capital of a pension taken early.
        Where the money is a fund's, the lists that share a purse are then cut as one.
        """
        people = situation.people
        monthly, net, luck = self._worth(situation, rows, pence, leaves, chances)
        shielded = np.isin(people.function[rows], situation.function_codes(self.protected))
        may = ~people.critical[rows] & ~shielded & (pence <= self.payback_months * monthly)
        first = {"net-saving": -net, "payback": pence * 1000 // np.maximum(monthly, 1), "luck": luck}[self.order]
        pounds, bodies = self.budget_pounds, len(situation.bodies)
        budget = np.full(bodies, _ENDLESS if pounds is None else round(pounds * 100), "int64")
        keys = (first, luck, people.staff[rows])
        may = _cut(may, people.employer[rows], keys, pence, budget, self._places(situation, chances))
        if not self.fund:
            return may
        purse = situation.purses[self.fund]
        number = purse.number[people.employer[rows]]
        return _cut(may & (number >= 0), number, keys, pence, purse.pence, np.full(len(purse.pence), len(rows)))

    def _worth(
        self, situation: Situation, rows: Rows, pence: Longs, leaves: int, chances: Chances
    ) -> tuple[Longs, Longs, Longs]:
        """Monthly saving at full on-cost, saving to the employer's closing day net of the payment, and panel luck."""
        people = situation.people
        monthly = situation.law.employer_cost(people.pay_pence[rows], people.wte(rows), situation.epoch_day) // 12
        closes = np.minimum(situation.bodies.closes[people.employer[rows]], situation.calendar.days - 1)
        days = np.maximum(closes - leaves, 0)
        luck = (chances.uniform("panel", people.key[rows]) * 2**53).astype("int64")
        return monthly, monthly * 12 * days // 365 - pence, luck

    def _places(self, situation: Situation, chances: Chances) -> Longs:
        """How many each employer lets go at most, (bodies,): its region's and its own appetite move its quota."""
        people, bodies = situation.people, situation.bodies
        scale = np.array([self.appetite.get(region, 1.0) for region in bodies.regions])
        quota = np.minimum(self.quota * scale, 1.0)[bodies.region]
        if self.appetite_sd:
            quota = shifted(quota, self.appetite_sd * appetite(bodies, chances.luck))
        heads = np.bincount(people.employer[people.in_post], minlength=len(bodies))
        places: Longs = np.floor(heads * quota + 1e-9).astype("int64")
        return places


def _cut(
    may: Bools, group: np.ndarray, keys: tuple[np.ndarray, ...], pence: Longs, budget: Longs, places: Longs
) -> Bools:
    """Of the cases that `may` be taken, those of each group within its budget and places, best first, (cases,)."""
    some = np.flatnonzero(may)
    order = order_within(group[some], *(key[some] for key in keys))
    taken = np.zeros(len(may), bool)
    taken[some] = first_within(group[some], order, pence[some], budget, places)
    return taken
