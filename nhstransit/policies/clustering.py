"""Clustering: employers share a leadership team, so only a few senior posts of each function and band remain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Ints, Longs, Rows
from nhstransit.dates import Calendar
from nhstransit.fields import Parent, amount, from_law, in_order, some_of, strict, whole
from nhstransit.grammar import (
    NOTHING,
    Answers,
    BasePolicy,
    Consult,
    Effect,
    Effects,
    Occasion,
    Proposals,
    RemovePosts,
    Situation,
)
from nhstransit.grammar.explained import NOBODY_ASKED
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.phrases import number_of
from nhstransit.policies.terms import made_redundant, notice_weeks
from nhstransit.selection import nth_within, order_within
from nhstransit.streams import Chances
from nhstransit.workforce.columns import BANDS


@attrs.frozen(kw_only=True, field_transformer=strict)
class Clustering(BasePolicy):
    """On one day the employers of a cluster merge senior posts. At most `kept` posts of each function and band remain.

    Empty posts are removed first. Then a panel selects among the holders by skill, which it judges with some error.
    People who are not selected get notice of redundancy when consultation ends, and their posts are removed when they
    leave. Some people do not compete, and their posts count towards `kept`: business-critical staff, and people with a
    guarantee, an agreed exit, another post, or a fixed term that ends before their notice would end. A cluster of one
    employer changes nothing. The organisations in a cluster stay separate employers.
    """

    place: ClassVar[int] = 45

    announced: dt.date
    held: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct",))
    bands: tuple[str, ...] = some_of(BANDS, ("VSM",))
    functions: tuple[str, ...] = ()
    kept: int = whole(
        1,
        high=1000,
        parent=Parent(
            unit="posts per function and band in each cluster",
            source=(
                "the trade press reported in June 2011 that the trusts of a cluster shared an executive "
                "team; the number of posts that a cluster keeps is a judgement"
            ),
            quality="assumption",
            range=(1, 3),
        ),
    )
    assessment_error: float = amount(
        1.0,
        parent=Parent(
            unit="standard deviations of skill",
            source="the error of a panel's judgement is assumed to be as large as the spread of skill",
            quality="assumption",
            range=(0.0, 2.0),
        ),
    )
    consultation_days: int | None = whole(None, high=365, parent=from_law("days", "consultation.small_days"))

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "held")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day on which the clusters form."""
        return [Occasion(calendar.day(self.held), "merged")]

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Select the posts that remain, group by group. Remove the other posts and make their holders redundant.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        posts = situation.posts
        people = situation.people
        merging = self._merging(situation)
        if not len(merging):
            return NOTHING
        group = self._group(situation, merging)
        # Posts above `kept` in each group of cluster, function and band, (groups,).
        surplus = np.maximum(np.bincount(group) - self.kept, 0)
        # Empty posts are removed first: they reduce the surplus without a redundancy.
        empty = posts.vacant[merging]
        group_of_empty = group[empty]
        gone = merging[empty][nth_within(group_of_empty) < surplus[group_of_empty]]
        surplus -= np.bincount(group[np.isin(merging, gone)], minlength=len(surplus))
        # Only holders who could be made redundant compete. Posts of the others have already counted towards `kept`.
        held = merging[posts.holder[merging] >= 0]
        rows = posts.holder[held].astype(np.intp)
        free = ~people.settled[rows] & ~people.critical[rows] & (people.retained_until[rows] < situation.day)
        free &= people.contract_ends[rows] > self._last_days(situation, rows)
        rows = rows[free]
        theirs = self._group(situation, held[free], among=merging)
        # The panel observes skill with an error. The lowest scores leave; of equal scores, the highest identity leaves.
        score = people.skill[rows] + self.assessment_error * chances.normal("assessment", people.key[rows])
        order = order_within(theirs, score, -people.staff[rows].astype("int64"))
        out = rows[order][nth_within(theirs[order]) < surplus[theirs[order]]]
        exits = self._let_go(situation, np.sort(out))
        return Effects(then=(self._removed(situation, gone), *exits))

    def _merging(self, situation: Situation) -> Rows:
        """Existing senior posts of clusters of two or more employers."""
        posts = situation.posts
        bodies = situation.bodies
        # `shares` marks employers that share their senior posts: open, and in a cluster of two or more.
        shares = bodies.of_kinds(self.kinds) & (bodies.cluster >= 0) & (bodies.closes >= situation.day)
        # Employers outside any cluster have −1 and read the additional last entry, which is 0.
        members = np.bincount(bodies.cluster[shares], minlength=len(bodies.clusters) + 1)
        shares &= members[bodies.cluster] > 1
        senior = situation.posts_of(functions=self.functions or None, bands=self.bands)
        senior &= shares[posts.employer] & (posts.opens <= situation.day)
        return np.flatnonzero(senior)

    @staticmethod
    def _group(situation: Situation, posts: Rows, among: Rows | None = None) -> Longs:
        """A number for each post's cluster, function and band, counted from 0 in `among` (by default in `posts`)."""

        def packed(rows: Rows) -> Longs:
            now = situation.posts
            cluster = situation.bodies.cluster[now.employer[rows]].astype("int64")
            function = now.function[rows].astype("int64")
            return np.asarray(cluster << 16 | function << 8 | now.band[rows])

        known = np.unique(packed(posts if among is None else among))
        return np.searchsorted(known, packed(posts)).astype("int64")

    @staticmethod
    def _removed(situation: Situation, posts: Rows) -> RemovePosts:
        """Remove empty posts. Each saves the cost of a full-time person on the band's lowest point."""
        law = situation.law
        today = situation.epoch_day
        pay = situation.pay_in(posts, 0)
        saving = law.employer_cost(pay, np.ones(len(posts)), today)
        return RemovePosts(posts=posts.astype("int32"), pence=saving)

    def _let_go(self, situation: Situation, rows: Rows) -> list[Effect]:
        """Consultation, then exits on redundancy terms at the end of notice, or when the employer closes."""
        if not len(rows):
            return []
        given = self._notice_given(situation)
        last = self._last_days(situation, rows)
        # Today's section 16 applies, because consultation opens today.
        leave = made_redundant(situation, rows, last, given, situation.day, with_posts=True)
        return [Consult(rows=rows, until=np.full(len(rows), given, "int32")), leave]

    def _notice_given(self, situation: Situation) -> int:
        """The day when consultation ends, after `consultation_days` or the law's number of days for a small group."""
        days = self.consultation_days
        if days is None:
            days = situation.law.consultation_span("small", situation.epoch_day)
        return situation.day + days

    def _last_days(self, situation: Situation, rows: Rows) -> Ints:
        """Last day of each person if notice is given when consultation ends, at the latest the closing day."""
        given = self._notice_given(situation)
        served = given + 7 * notice_weeks(situation, rows, given)
        closes = situation.bodies.closes[situation.people.employer[rows]]
        return np.minimum(served, closes).astype("int32")

    title: ClassVar[str] = "Clustering"
    about: ClassVar[str] = (
        "On one day the employers of each cluster merge their senior posts; a few of each function and band remain."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many senior posts merge, and how many of them remain."""
        merging = self._merging(situation)
        if not len(merging):
            return NOBODY_ASKED
        group = self._group(situation, merging)
        surplus = int(np.maximum(np.bincount(group) - self.kept, 0).sum())
        clusters = len(np.unique(situation.bodies.cluster[situation.posts.employer[merging]]))
        return (
            *NOBODY_ASKED,
            f"{number_of(len(merging), 'senior post')} would merge in {number_of(clusters, 'cluster')}. Each cluster keeps "
            f"at most {self.kept:,} of each function and band, and at most {surplus:,} in all are removed.",
        )
