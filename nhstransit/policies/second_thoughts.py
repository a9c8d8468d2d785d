"""Second thoughts: dispositions change between milestones, after the offer of a post or a long time without one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Bools
from nhstransit.dates import Calendar, add_months
from nhstransit.fields import Parent, in_order, share, some_of, strict, whole
from nhstransit.grammar import Answers, Ask, BasePolicy, Effect, Effects, Occasion, Proposals, Situation, Turn
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.phrases import number_of, percentage
from nhstransit.streams import Chances
from nhstransit.workforce.columns import Disposition, RiskClass

_READING = (
    "the NHS's chief executive described leavers, stayers and movers in November 2010 without"
    " saying how many there were; the size is a judgement"
)


@attrs.frozen(kw_only=True, field_transformer=strict)
class SecondThoughts(BasePolicy):
    """Each month stayers with a new post become movers, and some movers without a new post for long become leavers.

    The second change concerns movers in closing employers who are exposed or at risk, without an agreed exit or another
    post. If a person meets all of these conditions on the 1st of a month and again `months` later, the person becomes a
    leaver with the chance `lose_heart`. One random draw per person decides this for the whole run. News may change
    dispositions again.
    """

    place: ClassVar[int] = 33

    announced: dt.date
    until: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    months: int = whole(
        6, low=1, high=60, parent=Parent(unit="months", source=_READING, quality="assumption", range=(3, 24))
    )
    lose_heart: float = share(
        0.3, parent=Parent(unit="share of movers", source=_READING, quality="assumption", range=(0.0, 0.6))
    )

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "until")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The 1st of each month from the announcement to `until`."""
        first = calendar.day(self.announced)
        last = calendar.day(self.until)
        days = calendar.month_starts
        return [Occasion(int(day), "look") for day in days[(days >= first) & (days <= last)]]

    def propose(self, situation: Situation) -> Proposals | None:
        """Stayers with another post and movers without one; later, movers who still have none. Nobody is asked."""
        waits = self._waits(situation)
        if situation.stage == "long":
            return Proposals(rows=situation.asked[waits[situation.asked]])
        return Proposals(rows=np.flatnonzero(waits | self._has_one(situation)))

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Turn stayers with another post into movers, and some movers long without one into leavers.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        people = situation.people
        rows = proposals.rows
        if situation.stage == "long":
            out = rows[chances.uniform("heart", people.key[rows]) < self.lose_heart]
            leaver = np.full(len(out), Disposition.LEAVER, "int8")
            return Effects(then=(Turn(rows=out, disposition=leaver),))
        with_post = rows[people.disposition[rows] == Disposition.STAYER]
        mover = np.full(len(with_post), Disposition.MOVER, "int8")
        then: list[Effect] = [Turn(rows=with_post, disposition=mover)]
        later = int(add_months(situation.epoch_day, self.months)) - situation.calendar.origin
        # Everyone who waits gets a reminder each month. The same draw decides at every one, so nobody is drawn again.
        waiting = rows[people.disposition[rows] == Disposition.MOVER]
        return Effects(then=(*then, Ask(rows=waiting, day=later, stage="long")))

    def _has_one(self, situation: Situation) -> Bools:
        """Stayers with a post to start in, (people,)."""
        people = situation.people
        return np.asarray(
            situation.employed_by(self.kinds) & (people.next_post >= 0) & (people.disposition == Disposition.STAYER)
        )

    def _waits(self, situation: Situation) -> Bools:
        """Movers in closing employers without an agreed exit or another post, (people,)."""
        people = situation.people
        waits = situation.staff_of(self.kinds, closing=True, free=True)
        waits &= people.disposition == Disposition.MOVER
        return np.asarray(waits & np.isin(people.risk_class, (RiskClass.EXPOSED, RiskClass.AT_RISK)))

    title: ClassVar[str] = "Second thoughts"
    about: ClassVar[str] = (
        "On the 1st of each month stayers with another post become movers, and some movers long without one become "
        "leavers."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """After how many months movers lose heart, and how many. Movers are known only in a run."""
        return (
            f"Of movers who have had no other post for {number_of(self.months, 'month')}, {percentage(self.lose_heart)} "
            "become leavers. Which people they are depends on what happens before.",
        )
