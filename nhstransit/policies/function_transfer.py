"""Transfer of functions: a share of the posts of some functions moves to other employers, with the people in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Rows
from nhstransit.dates import Calendar
from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import Parent, in_order, share, some_of, strict
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Appoint,
    BasePolicy,
    Effect,
    Effects,
    Occasion,
    OpenPosts,
    Proposals,
    RemovePosts,
    Situation,
)
from nhstransit.grammar.explained import TO_BE_SEEN
from nhstransit.organisations.bodies import KINDS, Roster, kinds_in_words
from nhstransit.phrases import listed, number_of, percentage
from nhstransit.streams import Chances


@attrs.frozen(kw_only=True, field_transformer=strict)
class TransferFunctions(BasePolicy):
    """A `share` of the posts of some functions moves, with the people in them, to employers that take over the work.

    Each post of `functions` (by default all), in employers of `kinds` (or those in `bodies`, by name), moves with the
    chance `share`. One random draw per post decides, so that with a larger share the same posts move, and further posts
    with them. If `successor` names an employer, the post moves there. If `receivers` lists kinds of employer, the post
    moves to an employer of these kinds in its region, drawn at random. If neither is given, the post moves to its
    employer's first successor. The receiving employer must be open on `starts`.

    The new posts open on `held`. People without an agreed exit or another post start in them on `starts`, on the same
    terms; nobody is asked. Empty posts move as vacancies. A post stays if it is reserved for someone, if its holder has
    an agreed exit or another post, if its employer closes earlier than the day before `starts`, or if no employer can
    receive it. The old posts are then removed without a saving, since the work continues elsewhere.
    """

    place: ClassVar[int] = 47

    announced: dt.date
    held: dt.date
    starts: dt.date
    share: float = share(
        1.0,
        parent=Parent(
            unit="share of posts", source="your decision: how much of the work is taken over", quality="choice"
        ),
    )
    kinds: tuple[str, ...] = some_of(KINDS, ("icb",))
    bodies: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    receivers: tuple[str, ...] = some_of(KINDS, ())
    successor: str = ""

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "held", "starts")
        if self.held >= self.starts:
            raise ScenarioError("starts", f"is {self.starts}, the same day as `held`", "give a later day")
        if self.receivers and self.successor:
            raise ScenarioError("successor", "is given together with `receivers`", "give one of the two, or neither")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day `held`, and the day `starts`. Raises ScenarioError for an employer that does not exist."""
        successor = (self.successor,) if self.successor else ()
        for field, names in (("bodies", self.bodies), ("successor", successor)):
            for name in names:
                if name not in bodies.names:
                    raise ScenarioError(field, f"has the unknown name {name!r}", nearest(name, bodies.names))
        return [Occasion(calendar.day(self.held), "made"), Occasion(calendar.day(self.starts), "cleared")]

    def propose(self, situation: Situation) -> Proposals | None:
        """The people whose posts may move. Nobody is asked."""
        return Proposals(rows=np.flatnonzero(self._people(situation)))

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Open the new posts and appoint people to them. On the day `starts`, remove the old posts.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        # The draws depend on the posts' keys alone, so both stages select the same posts while these are funded.
        moving = self._moving(situation, chances)
        posts = situation.posts
        if situation.stage == "cleared":
            # A post that was replaced is no longer credited: the right to a saving has passed to the new post.
            left = moving[posts.vacant[moving] & ~posts.credited[moving]].astype("int32")
            return Effects(then=(_removed(left),)) if len(left) else NOTHING
        heir = self._heirs(situation, moving, chances)
        holder = posts.holder[moving]
        # −1 marks an empty post. `maximum` keeps it from reading the last person.
        free = (holder < 0) | self._people(situation)[np.maximum(holder, 0)]
        goes = (heir >= 0) & free & (posts.reserved[moving] == -1)
        moving = moving[goes]
        heir = heir[goes]
        holder = holder[goes]
        if not len(moving):
            return NOTHING
        opened = OpenPosts(
            employer=heir,
            function=posts.function[moving].astype("int32"),
            band=posts.band[moving].astype("int32"),
            instead_of=moving.astype("int32"),
        )
        held = holder >= 0
        then: list[Effect] = [opened]
        if held.any():
            # In the order of people, and their new posts in the same order.
            rows = holder[held].astype(np.intp)
            order = np.argsort(holder[held], kind="stable")
            new_posts = opened.posts[np.flatnonzero(held)[order]]
            start = situation.calendar.day(self.starts)
            then.append(Appoint(rows=rows[order], posts=new_posts, start=start))
        if (~held).any():
            # An empty old post has no holder who must first start elsewhere.
            then.append(_removed(moving[~held].astype("int32")))
        return Effects(then=tuple(then))

    def _people(self, situation: Situation) -> Bools:
        """Staff without an agreed exit or another post, employed until at least the day before `starts`, (people,)."""
        found = situation.staff_of(self.kinds, bodies=self.bodies or None, functions=self.functions or None, free=True)
        closes = situation.bodies.closes[situation.people.employer]
        return np.asarray(found & (closes >= situation.calendar.day(self.starts) - 1))

    def _moving(self, situation: Situation, chances: Chances) -> Rows:
        """Posts funded today that the random draws select."""
        posts = situation.posts
        theirs = situation.posts_of(self.kinds, bodies=self.bodies or None, functions=self.functions or None)
        theirs &= situation.bodies.closes[posts.employer] >= situation.calendar.day(self.starts) - 1
        rows = np.flatnonzero(theirs & (posts.opens <= situation.day))
        return rows[chances.uniform("moves", posts.key[rows], among="post") < self.share]

    def _heirs(self, situation: Situation, moving: Rows, chances: Chances) -> Ints:
        """The employer that takes over each post, (posts,); −1 if no employer can."""
        bodies = situation.bodies
        posts = situation.posts
        start = situation.calendar.day(self.starts)
        can = (bodies.stands <= start) & (bodies.closes >= start)
        if self.successor:
            heir = bodies.fellow(self.successor, posts.employer[moving])
            return np.where(can[heir], heir, -1).astype("int32")
        if not self.receivers:
            first = np.array([heirs[0] if heirs else -1 for heirs in bodies.heirs], "int32")
            mine = first[posts.employer[moving]]
            return np.where((mine >= 0) & can[mine], mine, -1).astype("int32")
        can &= bodies.of_kinds(self.receivers)
        drawn = chances.uniform("where", posts.key[moving], among="post")
        region = bodies.region[posts.employer[moving]]
        heir = np.full(len(moving), -1, "int32")
        for number in np.unique(region).tolist():
            there = np.flatnonzero(can & (bodies.region == number)).astype("int32")
            if len(there):
                mine = region == number
                # A uniform draw as an index: each receiver in the region has the same chance.
                index = (drawn[mine] * len(there)).astype("int64")
                heir[mine] = there[np.minimum(index, len(there) - 1)]
        return heir

    title: ClassVar[str] = "Transfer of functions"
    about: ClassVar[str] = "A share of the posts of some functions moves to other employers, with the people in them."

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many posts could move, which share does, and where to."""
        if situation.stage == "cleared":
            return ("The old posts are removed, since their work continues elsewhere.",)
        if proposals is None or not len(proposals):
            return TO_BE_SEEN
        region = f"{kinds_in_words(self.receivers)} of the region" if self.receivers else "the successor"
        where = self.successor or region
        what = listed(self.functions) if self.functions else "all functions"
        drawn = f"{percentage(self.share)} of their posts, drawn at random, move"
        moved = drawn if self.share < 1 else "All of their posts move"
        return (
            f"{number_of(len(proposals), 'person')} of the opening staff work in {what}. "
            f"{moved} to {where} with the people in them.",
        )


def _removed(posts: Ints) -> RemovePosts:
    """Removal without a saving of posts whose work continues elsewhere."""
    return RemovePosts(posts=posts, pence=np.zeros(len(posts), "int64"))
