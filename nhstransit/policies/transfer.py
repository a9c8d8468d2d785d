"""Transfer whole: people go with their function to the body that takes it over, without competing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.dates import Calendar
from nhstransit.fields import in_order, some_of, strict
from nhstransit.grammar import NOTHING, Answers, Appoint, BasePolicy, Effects, Occasion, Proposals, Situation
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.policies.filling import employed_until
from nhstransit.selection import nth_within
from nhstransit.streams import Chances


@attrs.frozen(kw_only=True, field_transformer=strict)
class TransferWhole(BasePolicy):
    """Where a function's posts in the successors of a region are as many as its people, all of them go along.

    Judged region by function by band on one day. Where posts are fewer than people, nobody transfers whole: the next
    routes decide. People of a body that closes before the eve of `starts` do not count. Nobody is asked.
    """

    place: ClassVar[int] = 48

    announced: dt.date
    held: dt.date
    starts: dt.date
    functions: tuple[str, ...] = ()
    senders: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    receivers: tuple[str, ...] = some_of(KINDS, ())

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "held", "starts")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day on which it is settled who transfers."""
        return [Occasion(calendar.day(self.held), "settled")]

    def propose(self, situation: Situation) -> Proposals | None:
        """Everyone in these functions in a closing body of the senders' kinds who has nothing settled."""
        moves = situation.staff_of(self.senders, functions=self.functions or None, closing=True, free=True)
        moves &= employed_until(situation, situation.calendar.day(self.starts))
        rows = np.flatnonzero(moves)
        return Proposals(rows=rows) if len(rows) else None

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Posts in the order of their keys to people in the order of identity, where there is one for each."""
        people, posts = situation.people, situation.posts
        rows = proposals.rows
        start, bodies = situation.calendar.day(self.starts), situation.bodies
        takes = bodies.of_kinds(self.receivers) & (bodies.stands <= start)
        vacant = np.flatnonzero(posts.vacant & takes[posts.employer])
        vacant = vacant[np.argsort(posts.key[vacant], kind="stable")]
        wanted = situation.patch(people.employer[rows], people.function[rows], people.band[rows])
        offered = situation.patch(posts.employer[vacant], posts.function[vacant], posts.band[vacant])
        size = int(max(wanted.max(initial=0), offered.max(initial=0))) + 1
        need, supply = np.bincount(wanted, minlength=size), np.bincount(offered, minlength=size)
        whole = (need > 0) & (need <= supply)
        rows, wanted = rows[whole[wanted]], wanted[whole[wanted]]
        if not len(rows):
            return NOTHING
        order = np.argsort(offered, kind="stable")
        starts = np.searchsorted(offered[order], wanted)
        seats = vacant[order[starts + nth_within(wanted)]]
        return Effects(then=(Appoint(rows=rows, posts=seats.astype("int32"), start=start),))
