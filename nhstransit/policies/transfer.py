"""Transfer whole: people move with their function to the employer that takes it over, without competition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Longs
from nhstransit.dates import Calendar
from nhstransit.fields import Parent, in_order, some_of, strict, whole
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Appoint,
    BasePolicy,
    Effects,
    Occasion,
    Proposals,
    Situation,
)
from nhstransit.grammar.explained import TO_BE_SEEN
from nhstransit.organisations.bodies import KINDS, Roster, kinds_in_words
from nhstransit.phrases import number_of
from nhstransit.policies.filling import employed_until
from nhstransit.policies.redundancy import nearest_band
from nhstransit.streams import Chances, Luck


@attrs.frozen(kw_only=True, field_transformer=strict)
class TransferWhole(BasePolicy):
    """If a region's successors have a post for each person in a function, all of these people transfer.

    This is decided on one day for each region and function, from the numbers of people and posts of all bands together.
    If there are fewer posts than people, nobody in the function transfers under this policy, and later policies decide.
    People whose employer closes earlier than the day before `starts` do not count. Each person gets a post of their own
    band or, if none is left, up to `bands_down` lower, in the order of the staff list within a band. Pay is protected.
    Later policies decide about people who get no such post. Nobody is asked.
    """

    place: ClassVar[int] = 48

    announced: dt.date
    held: dt.date
    starts: dt.date
    functions: tuple[str, ...] = ()
    senders: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    receivers: tuple[str, ...] = some_of(KINDS, ())
    bands_down: int = whole(
        1,
        high=12,
        parent=Parent(
            unit="bands", source="by the usual rule, a suitable post is up to one band lower", quality="recalled"
        ),
    )

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "held", "starts")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day when the transfers are settled."""
        return [Occasion(calendar.day(self.held), "settled")]

    def propose(self, situation: Situation) -> Proposals | None:
        """Staff of closing `senders` in these functions, without an agreed exit or another post."""
        moves = situation.staff_of(self.senders, functions=self.functions or None, closing=True, free=True)
        moves &= employed_until(situation, situation.calendar.day(self.starts))
        rows = np.flatnonzero(moves)
        return Proposals(rows=rows) if len(rows) else None

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Appoint the people of functions that are not reduced, own band first, to posts in order of their keys.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        people = situation.people
        posts = situation.posts
        rows = proposals.rows
        start = situation.calendar.day(self.starts)
        bodies = situation.bodies
        takes = bodies.of_kinds(self.receivers) & (bodies.stands <= start)
        vacant = np.flatnonzero(posts.vacant & takes[posts.employer])
        wanted = _trade(situation, people.employer[rows], people.function[rows])
        offered = _trade(situation, posts.employer[vacant], posts.function[vacant])
        # The condition compares people with posts in each region and function, whatever the bands.
        size = int(max(wanted.max(initial=0), offered.max(initial=0))) + 1
        enough = np.bincount(wanted, minlength=size) <= np.bincount(offered, minlength=size)
        rows = rows[enough[wanted]]
        seat = nearest_band(situation, rows, vacant, self.bands_down)
        found = seat >= 0
        if not found.any():
            return NOTHING
        return Effects(then=(Appoint(rows=rows[found], posts=seat[found], start=start),))

    title: ClassVar[str] = "Transfer of whole functions"
    about: ClassVar[str] = (
        "If a region's successors have a post for each person in a function, all of these people transfer."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many people it concerns, and how many would transfer if all of them were still there."""
        if proposals is None:
            return TO_BE_SEEN
        everyone = Answers(said=np.ones(len(proposals), "int8"))
        chances = Chances(Luck(0), "", situation.round)  # this policy makes no draws, so any key will do
        effects = self.select(situation, proposals, everyone, chances)
        moved = sum(len(effect.rows) for effect in effects.then if isinstance(effect, Appoint))
        receiving = situation.bodies.of_kinds(self.receivers)[situation.posts.employer]
        vacant = int((situation.posts.vacant & receiving).sum())
        return (
            f"It concerns {number_of(len(proposals), 'person')} of the opening staff, and {number_of(vacant, 'post')} in "
            f"{kinds_in_words(self.receivers)}.",
            f"{number_of(moved, 'person')} would transfer if all were still there. If fewer people are left by then, more "
            "functions may have enough posts.",
        )


def _trade(situation: Situation, employer: AnyArray, function: AnyArray) -> Longs:
    """One integer for the employer's region and the function, (n,)."""
    return np.asarray(situation.bodies.region[employer].astype("int64") << 8 | function)
