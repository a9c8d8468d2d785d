"""The commissioner and provider split: part of a function's work moves to the other side of the same employer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Longs, Rows
from nhstransit.dates import Calendar
from nhstransit.errors import ScenarioError
from nhstransit.fields import Parent, in_order, share, some_of, strict
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
    RemovePosts,
    Situation,
    Turn,
)
from nhstransit.grammar.explained import TO_BE_SEEN
from nhstransit.log import Phase
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.phrases import listed, number_of, percentage
from nhstransit.selection import paired
from nhstransit.streams import Chances
from nhstransit.workforce.columns import NEVER, RiskClass


@attrs.frozen(kw_only=True, field_transformer=strict)
class Split(BasePolicy):
    """On one day a share of the people in one function move, with posts, to another function of the same employer.

    A random draw for each person decides who moves. Band, pay and employer stay the same. The posts that people leave
    are removed on the next day. In a closing employer, people who move remain exposed to redundancy. People with an
    agreed exit or another post do not move.
    """

    place: ClassVar[int] = 27

    announced: dt.date
    held: dt.date
    functions: tuple[str, ...]
    becomes: str
    kinds: tuple[str, ...] = some_of(KINDS, ("sha",))
    part: float = share(
        0.5,
        parent=Parent(
            unit="share of the function's staff",
            source=(
                "commissioning and the development of providers were to be separated by 31 December 2010;"
                " the share of staff who move is a judgement"
            ),
            quality="assumption",
            range=(0.2, 0.8),
        ),
    )

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "held")
        if len(self.functions) != 1:
            raise ScenarioError("functions", f"are {self.functions!r}", "give the one function that is divided")
        if self.becomes in self.functions:
            raise ScenarioError(
                "becomes", f"is {self.becomes!r}, the function that is divided", "give the function that people move to"
            )

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of the split: posts open first, and people move later on the same day."""
        return [Occasion(calendar.day(self.held), "made", phase=Phase.MILESTONES)]

    def propose(self, situation: Situation) -> Proposals | None:
        """The people who may move. Nobody is asked."""
        if situation.stage != "made":
            return Proposals(rows=situation.asked[situation.people.in_post[situation.asked]])
        rows = np.flatnonzero(situation.staff_of(self.kinds, functions=self.functions, free=True))
        return Proposals(rows=rows) if len(rows) else None

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Open posts, then move people to them, then remove the old posts.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        if situation.stage == "made":
            return self._made(situation, proposals.rows, chances)
        if situation.stage == "over":
            return self._over(situation, proposals.rows)
        return self._gone(situation, situation.asked)  # including people who moved and have left since then

    def _made(self, situation: Situation, rows: Rows, chances: Chances) -> Effects:
        """Open a post in the new function for each person who moves. They move later that day, once the posts exist."""
        people = situation.people
        over = rows[chances.uniform("side", people.key[rows]) < self.part]
        if not len(over):
            return NOTHING
        opened = OpenPosts(
            employer=people.employer[over].astype("int32"),
            function=np.full(len(over), situation.functions.index(self.becomes), "int32"),
            band=people.band[over].astype("int32"),
            instead_of=people.post[over],
        )
        return Effects(then=(opened, Ask(rows=over, day=situation.day, stage="over")))

    def _over(self, situation: Situation, rows: Rows) -> Effects:
        """Appoint people to the posts that were opened for them today, by employer and band."""
        people = situation.people
        posts = situation.posts
        rows = rows[people.in_post[rows] & ~people.settled[rows]]
        made = posts.vacant & (posts.opens == situation.day)
        vacant = np.flatnonzero(made & (posts.function == situation.functions.index(self.becomes)))
        wanted = _cell(people.employer[rows], people.band[rows])
        offered = _cell(posts.employer[vacant], posts.band[vacant])
        got = paired(wanted, offered)  # positions in `vacant`, each used once; −1 for people without a post
        rows = rows[got >= 0]
        seats = vacant[got[got >= 0]].astype("int32")
        there = Appoint(rows=rows, posts=seats, start=situation.day)
        return Effects(then=(there, Ask(rows=rows, day=situation.day + 1, stage="gone")))

    def _gone(self, situation: Situation, rows: Rows) -> Effects:
        """Remove one empty post of the old function for each person who moved, in their employer and band."""
        people = situation.people
        posts = situation.posts
        vacant = np.flatnonzero(posts.vacant & situation.posts_of(functions=self.functions))
        wanted = _cell(people.employer[rows], people.band[rows])
        offered = _cell(posts.employer[vacant], posts.band[vacant])
        got = paired(wanted, offered)
        old = vacant[got[got >= 0]].astype("int32")
        # The move made these people safe, as every appointment does. In a closing employer they are exposed again.
        safe = people.risk_class[rows] == RiskClass.SAFE
        still = rows[people.in_post[rows] & ~people.settled[rows] & safe]
        exposed = still[situation.bodies.closes[people.employer[still]] < NEVER]
        gone = RemovePosts(posts=old, pence=np.zeros(len(old), "int64"))
        return Effects(then=(gone, Turn(rows=exposed, risk_class=RiskClass.EXPOSED)))

    title: ClassVar[str] = "Split of commissioning and provision"
    about: ClassVar[str] = (
        "On one day a share of the people in one function move, with posts, to another function of the same employer."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many people work in the function, the share that moves, and the function that it moves to."""
        if proposals is None:
            return TO_BE_SEEN
        function = listed(self.functions)
        return (
            f"It concerns {number_of(len(proposals), 'person')} of the opening staff in {function}; "
            f"{percentage(self.part)} of them, drawn at random, move to {self.becomes}.",
        )


def _cell(employer: AnyArray, band: AnyArray) -> Longs:
    """One integer for each employer and band, (n,)."""
    return np.asarray(employer.astype("int64") << 8 | band)
