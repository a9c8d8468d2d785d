"""People from outside the opening staff: employees of other organisations who join the successors with their work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.dates import Calendar
from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import Parent, in_order, strict
from nhstransit.grammar import NOTHING, Answers, Effects, Hire, Occasion, Proposals, Situation
from nhstransit.organisations.bodies import KINDS, MOST_POSTS, Roster, kinds_in_words
from nhstransit.phrases import date, listed, number_of
from nhstransit.policies.hiring import Traits, draw
from nhstransit.selection import nth_within
from nhstransit.streams import Chances, combined
from nhstransit.toml import Named


@attrs.frozen(kw_only=True, field_transformer=strict)
class Inflow(Traits):
    """On one day vacant posts are reserved for people from outside the opening staff, who all start on one later day.

    `people` sets how many join each kind of employer. Vacant posts are selected at random. If there are fewer vacant
    posts than people, all vacant posts are reserved.
    """

    place: ClassVar[int] = 46

    announced: dt.date
    kept: dt.date
    starts: dt.date
    people: Named[int] = attrs.field(metadata={"parent": Parent(unit="people for each kind of employer")})

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "kept", "starts")
        for kind, count in self.people.items():
            if kind not in KINDS:
                raise ScenarioError(f"people.{kind}", "is not a kind of employer", nearest(kind, KINDS))
            if count < 0:
                raise ScenarioError(f"people.{kind}", f"is {count}", "give 0 or more people")
            if count > MOST_POSTS:
                raise ScenarioError(f"people.{kind}", f"is {count:,}", f"give {MOST_POSTS:,} at most")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day when the posts are reserved."""
        return [Occasion(calendar.day(self.kept), "kept")]

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Reserve for newcomers the posts with the lowest random numbers, in each kind of employer.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        posts = situation.posts
        start = situation.calendar.day(self.starts)
        chosen = []
        for kind, count in self.people.items():
            of_kind = situation.bodies.of_kinds((kind,))
            open_ = np.flatnonzero(posts.vacant & of_kind[posts.employer])
            drawn = chances.uniform("kept", posts.key[open_], among="post")
            in_order = open_[np.argsort(drawn, kind="stable")]
            # Each replication simulated together is a country of its own and gets the full number of people.
            replication = situation.bodies.replication[posts.employer[in_order]]
            chosen.append(in_order[nth_within(replication) < count])
        kept = np.concatenate(chosen) if chosen else np.empty(0, np.intp)
        if not len(kept) or start <= situation.day:
            return NOTHING
        keys = combined(posts.key[kept], posts.spell[kept])
        newcomers = draw(self, situation, chances, keys, start, posts.band[kept])
        return Effects(then=(Hire(posts=kept.astype("int32"), newcomers=newcomers, start=start),))

    title: ClassVar[str] = "People from outside the base"
    about: ClassVar[str] = (
        "On one day vacant posts are reserved for people from outside the opening staff, who all start on one later day."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many people join which kinds of employer, and how many posts would be vacant for them."""
        posts = situation.posts
        parts: list[str] = []
        found = 0
        for kind, count in self.people.items():
            if count:
                parts.append(f"{count:,} into {kinds_in_words((kind,))}")
            of_kind = situation.bodies.of_kinds((kind,))
            vacant = int((posts.vacant & of_kind[posts.employer]).sum())
            found += min(count, vacant)
        people = number_of(sum(self.people.values()), "person")
        return (
            f"{people} are to come from outside: {listed(parts)}, to start on {date(self.starts)}.",
            f"{number_of(found, 'post')} would be vacant for them.",
        )
