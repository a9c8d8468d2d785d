"""Community services leave: provider arms go whole, people and posts, to the bodies that take them over."""

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
    """Every post of a body of `kinds` that closes is made again at its first successor, and its people go along.

    Terms, pay and service go with them; empty posts go as vacancies. A body without a successor that stands on
    `starts`, the first day there, transfers nobody, nor does one that closes before its eve, nor do people who have
    something settled. On `held` it is settled who goes; who comes after it goes along too, while the successor has
    posts.
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
        """The day on which it is settled: posts are made, then people appointed to them; and the eve, for who came since."""
        held, eve = calendar.day(self.held), calendar.day(self.starts) - 1
        made = Occasion(held, "made", phase=Phase.MILESTONES)
        return [made, Occasion(eve, "eve")] if eve > held else [made]

    def propose(self, situation: Situation) -> Proposals | None:
        """All in post there; nobody is asked."""
        if situation.stage == "settled":
            return Proposals(rows=situation.asked[situation.people.in_post[situation.asked]])
        people = situation.people
        mine = situation.staff_of(self.kinds, functions=self.functions or None, free=True)
        mine &= (self._heir(situation) >= 0)[people.employer]
        mine &= employed_until(situation, situation.calendar.day(self.starts))
        return Proposals(rows=np.flatnonzero(mine))

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """The same posts at the successors; then, later that day, people to those of their function and band."""
        if situation.stage != "made":
            return self._settled(situation, proposals.rows)
        heir, posts = self._heir(situation), situation.posts
        theirs = situation.posts_of(self.kinds, functions=self.functions or None) & (heir[posts.employer] >= 0)
        made = np.flatnonzero(theirs)
        if not len(made):
            return NOTHING
        opened = OpenPosts(
            employer=heir[posts.employer[made]],
            function=posts.function[made].astype("int32"),
            band=posts.band[made].astype("int32"),
            instead_of=made.astype("int32"),
        )
        again = Ask(rows=proposals.rows, day=situation.day, stage="settled")
        return Effects(then=(opened, again))

    def _settled(self, situation: Situation, rows: Rows) -> Effects:
        people, posts = situation.people, situation.posts
        rows = rows[people.in_post[rows] & ~people.settled[rows]]
        heirs = self._heir(situation)
        takes = np.zeros(len(heirs), bool)
        takes[heirs[heirs >= 0]] = True
        vacant, heir = np.flatnonzero(posts.vacant & takes[posts.employer]), heirs[people.employer[rows]]
        wanted = _cell(heir, people.function[rows], people.band[rows])
        got = paired(wanted, _cell(posts.employer[vacant], posts.function[vacant], posts.band[vacant]))
        rows, seats = rows[got >= 0], vacant[got[got >= 0]].astype("int32")
        start = situation.calendar.day(self.starts)
        return Effects(then=(Appoint(rows=rows, posts=seats, start=start),))

    def _heir(self, situation: Situation) -> Ints:
        """The first successor of each body of the kinds that closes, (bodies,); −1 for none, or none by then."""
        bodies = situation.bodies
        goes = bodies.of_kinds(self.kinds) & (bodies.closes < NEVER)
        first = np.array([heirs[0] if heirs else -1 for heirs in bodies.heirs], "int32")
        goes &= bodies.stands[first] <= situation.calendar.day(self.starts)
        return np.where(goes, first, -1).astype("int32")

    title: ClassVar[str] = "Transfer of provider arms"
    about: ClassVar[str] = (
        "Every post of a body that closes is made again at its first successor, and its people go along."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many people go along with their posts; on the eve, that people who have come since do so too."""
        kinds = kinds_in_words(self.kinds)
        if situation.stage == "eve":
            return (f"People who have come to {kinds} since then go along too, while there are posts.",)
        if proposals is None or not len(proposals):
            return TO_BE_SEEN
        return (f"{number_of(len(proposals), 'person')} of the opening staff in {kinds} would go along.",)


def _cell(employer: AnyArray, function: AnyArray, band: AnyArray) -> Longs:
    """One whole number for each body, function and band, (n,)."""
    return np.asarray(employer.astype("int64") << 16 | function.astype("int64") << 8 | band)
