"""Transfer of provider arms: whole community services move, with people and posts, to the employers that take over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Ints, Longs, Rows
from nhstransit.dates import Calendar
from nhstransit.fields import in_order, some_of, strict
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Appoint,
    Ask,
    BasePolicy,
    Effects,
    Occasion,
    OpenPosts,
    Proposals,
    Situation,
)
from nhstransit.grammar.explained import TO_BE_SEEN
from nhstransit.log import Phase
from nhstransit.organisations.bodies import KINDS, Roster, kinds_in_words
from nhstransit.phrases import number_of
from nhstransit.policies.filling import employed_until
from nhstransit.selection import paired
from nhstransit.streams import Chances
from nhstransit.workforce.columns import NEVER


@attrs.frozen(kw_only=True, field_transformer=strict)
class TransferArms(BasePolicy):
    """Every post of a closing employer of `kinds` transfers to its first successor, and the people transfer with the posts.

    Terms, pay and service continue unchanged. Empty posts transfer as vacancies. An employer transfers nobody if its
    first successor is not open by `starts`, the first day at the new employer. People do not transfer if their employer
    closes earlier than the day before `starts`, or if they have an agreed exit or another post. The list of people who
    transfer is fixed on `held`. People who join later transfer too, if the successor has posts.
    """

    place: ClassVar[int] = 49

    announced: dt.date
    held: dt.date
    starts: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct-provider",))
    functions: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "held", "starts")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day `held`, when posts open and people are appointed, and the day before `starts`, for later joiners."""
        held = calendar.day(self.held)
        eve = calendar.day(self.starts) - 1
        made = Occasion(held, "made", phase=Phase.MILESTONES)
        return [made, Occasion(eve, "eve")] if eve > held else [made]

    def propose(self, situation: Situation) -> Proposals | None:
        """The people who may transfer. Nobody is asked."""
        if situation.stage == "settled":
            asked = situation.asked
            still_here = situation.people.in_post[asked]
            return Proposals(rows=asked[still_here])
        people = situation.people
        mine = situation.staff_of(self.kinds, functions=self.functions or None, free=True)
        has_heir = self._heir(situation) >= 0
        mine &= has_heir[people.employer]
        mine &= employed_until(situation, situation.calendar.day(self.starts))
        return Proposals(rows=np.flatnonzero(mine))

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Open the same posts at the successors. Later that day, appoint people to posts of their function and band.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        if situation.stage != "made":
            return self._settled(situation, proposals.rows)
        heir = self._heir(situation)
        posts = situation.posts
        theirs = situation.posts_of(self.kinds, functions=self.functions or None)
        theirs &= heir[posts.employer] >= 0
        made = np.flatnonzero(theirs)
        if not len(made):
            return NOTHING
        opened = OpenPosts(
            employer=heir[posts.employer[made]],
            function=posts.function[made].astype("int32"),
            band=posts.band[made].astype("int32"),
            instead_of=made.astype("int32"),
        )
        # People are matched with vacant posts, which exist only after this effect. So they are appointed later that day.
        again = Ask(rows=proposals.rows, day=situation.day, stage="settled")
        return Effects(then=(opened, again))

    def _settled(self, situation: Situation, rows: Rows) -> Effects:
        """Appoint people to vacant posts of their function and band at the first successor of their employer."""
        people = situation.people
        posts = situation.posts
        rows = rows[people.in_post[rows] & ~people.settled[rows]]
        heirs = self._heir(situation)
        # `takes` marks employers that take over at least one other employer, (bodies,).
        takes = np.zeros(len(heirs), bool)
        takes[heirs[heirs >= 0]] = True
        vacant = np.flatnonzero(posts.vacant & takes[posts.employer])
        heir = heirs[people.employer[rows]]
        wanted = _cell(heir, people.function[rows], people.band[rows])
        offered = _cell(posts.employer[vacant], posts.function[vacant], posts.band[vacant])
        # `got` is the position of each person's post in `vacant`; people who find the posts of their cell used up
        # have −1 and stay where they are.
        got = paired(wanted, offered)
        rows = rows[got >= 0]
        seats = vacant[got[got >= 0]].astype("int32")
        start = situation.calendar.day(self.starts)
        return Effects(then=(Appoint(rows=rows, posts=seats, start=start),))

    def _heir(self, situation: Situation) -> Ints:
        """The first successor of each closing employer of `kinds`, (bodies,); −1 if it is not open by `starts`."""
        bodies = situation.bodies
        goes = bodies.of_kinds(self.kinds) & (bodies.closes < NEVER)
        # An employer without a successor has −1, which reads the last employer in the next line. That does no harm,
        # because the result for it is −1 in any case.
        first = np.array([heirs[0] if heirs else -1 for heirs in bodies.heirs], "int32")
        goes &= bodies.stands[first] <= situation.calendar.day(self.starts)
        return np.where(goes, first, -1).astype("int32")

    title: ClassVar[str] = "Transfer of provider arms"
    about: ClassVar[str] = (
        "Every post of a closing employer opens again at its first successor, and its people move with the posts."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many people transfer with their posts; at the stage "eve", that later joiners transfer too."""
        kinds = kinds_in_words(self.kinds)
        if situation.stage == "eve":
            return (f"People who have joined {kinds} since then transfer too, if there are posts for them.",)
        if proposals is None or not len(proposals):
            return TO_BE_SEEN
        return (f"{number_of(len(proposals), 'person')} of the opening staff in {kinds} would transfer.",)


def _cell(employer: AnyArray, function: AnyArray, band: AnyArray) -> Longs:
    """One integer for each employer, function and band, (n,). Functions and bands have codes below 256."""
    return np.asarray(employer.astype("int64") << 16 | function.astype("int64") << 8 | band)
