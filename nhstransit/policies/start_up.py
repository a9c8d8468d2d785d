"""Start-up money for new groups: a sum per resident, met from regional severance savings, funds or earlier cuts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Longs, Rows
from nhstransit.dates import Calendar
from nhstransit.fields import amount, from_law, in_order, some_of, strict
from nhstransit.grammar import Answers, BasePolicy, Draw, Effect, Effects, Find, Occasion, Proposals, Purse, Situation
from nhstransit.law import Law
from nhstransit.organisations.bodies import KINDS, Roster, kinds_in_words
from nhstransit.phrases import listed, number_of, sum_of_money
from nhstransit.rounding import largest_remainder
from nhstransit.streams import Chances


@attrs.frozen(kw_only=True, field_transformer=strict)
class StartUp(BasePolicy):
    """Each region must give its new commissioning groups a sum per resident, from the permanent savings in the region.

    The need is the sum per resident times the residents of the region's employers of `kinds`. The saving is the amount
    per year that the posts removed by the policies `savers` save in the whole region. If the saving is smaller than the
    need, the region's employers of `kinds` share the shortfall in proportion to residents. Each employer draws its
    share from the `funds`, in the order given. It must save the rest by cutting costs sooner, and the log records this
    sum. A region with a surplus keeps it.
    """

    place: ClassVar[int] = 43

    announced: dt.date
    paid: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct",))
    savers: tuple[str, ...] = ("mars",)
    funds: tuple[str, ...] = ()
    pounds_a_head: float | None = amount(None, parent=from_law("pounds a resident", "ccg_start_up_a_head"))

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "paid")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day when the money is due."""
        return [Occasion(calendar.day(self.paid), "due")]

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """What each employer draws from each fund, and how much it must save sooner.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        payers = np.flatnonzero(situation.bodies.of_kinds(self.kinds)).astype("int32")
        due = self._due(situation, payers)
        then: list[Effect] = []
        for fund in self.funds:
            # The engine refuses a draw on a fund that does not exist, so its error names the fund.
            drawn = _drawn(situation.purses[fund], payers, due) if fund in situation.purses else due
            then.append(Draw(fund=fund, employer=payers, pence=drawn))
            due = due - drawn
        return Effects(then=(*then, Find(employer=payers, pence=due)))

    def _due(self, situation: Situation, payers: Rows) -> Longs:
        """Each payer's part of its region's shortfall, by residents, (payers,) pence."""
        bodies = situation.bodies
        residents = bodies.population[payers]
        region = bodies.region[payers]
        due = np.zeros(len(payers), "int64")
        for place, short in enumerate(self.shortfalls(situation).tolist()):
            here = region == place
            if short > 0:
                due[here] = largest_remainder(short, residents[here])
        return due

    def pounds(self, law: Law, on: int) -> float:
        """Pounds per resident: the local term, or the law's on an epoch day.

        Raises:
            ParameterError: if the law has no sum on that day.
        """
        return law.start_up_pounds(on) if self.pounds_a_head is None else self.pounds_a_head

    def shortfalls(self, situation: Situation) -> Longs:
        """Pence by which each region's saving falls short of its need, (regions,); zero if it does not."""
        bodies = situation.bodies
        # Residents of the employers that must pay, by region: residents of other kinds of employer count as 0.
        residents = np.where(bodies.of_kinds(self.kinds), bodies.population, 0)
        heads = np.bincount(bodies.region, residents, len(bodies.regions))
        pounds = self.pounds(situation.law, situation.epoch_day)
        needed = np.rint(heads * pounds * 100.0).astype("int64")  # pence
        saved = np.zeros(len(bodies.regions), "int64")
        for name in self.savers:
            if name in situation.saved:
                np.add.at(saved, bodies.region, situation.saved[name])
        return np.asarray(np.maximum(needed - saved, 0))

    title: ClassVar[str] = "Start-up money"
    about: ClassVar[str] = (
        "Each region must give its new commissioning groups a sum per resident, from the permanent savings in the region."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """What the regions need, and how it is to be met. At the opening nothing has been saved yet."""
        short = self.shortfalls(situation)
        pounds = self.pounds(situation.law, situation.epoch_day)
        residents = int(situation.bodies.population[situation.bodies.of_kinds(self.kinds)].sum())
        saved = f"Savings from {listed(self.savers)} in each region" if self.savers else "No savings"
        funds = f"the funds {listed(self.funds)}, then by " if self.funds else ""
        return (
            f"£{pounds:g} a head for {residents:,} residents of {kinds_in_words(self.kinds)} comes to "
            f"{sum_of_money(int(short.sum()))} in {number_of(int((short > 0).sum()), 'region')}, before any saving.",
            f"{saved} count towards it. Any shortfall is met by {funds}savings that employers must make sooner.",
        )


def _drawn(purse: Purse, payers: Rows, due: Longs) -> Longs:
    """What each payer gets from a fund, (payers,): all that is due, or a part in proportion if there is too little."""
    number = purse.number[payers]
    drawn = np.zeros(len(payers), "int64")
    for place in np.unique(number[number >= 0]).tolist():
        mine = number == place
        left = int(purse.pence[place])
        asked = int(due[mine].sum())
        drawn[mine] = due[mine] if asked <= left else largest_remainder(left, due[mine])
    return drawn
