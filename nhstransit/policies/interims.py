"""Interims: vacant posts are covered from an agency, at a premium, until they are filled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Longs, Rows
from nhstransit.dates import DAYS_A_YEAR, Calendar, add_months
from nhstransit.fields import assumed, in_order, number, share, some_of, strict, whole
from nhstransit.grammar import NOTHING, Answers, BasePolicy, Effects, Engage, Occasion, Proposals, Situation
from nhstransit.log import NOBODY
from nhstransit.organisations.bodies import KINDS, Roster, kinds_in_words
from nhstransit.phrases import number_of, percentage
from nhstransit.streams import Chances, combined
from nhstransit.workforce.columns import BANDS, NEVER

_TOP = 99  # means the last point of a band


def dearer() -> Any:
    """The cost of an interim, as a multiple of the cost of the post."""
    return number(
        1.6,
        low=0.0,
        high=20.0,
        parent=assumed(
            "times the cost of an employee in the post",
            1.2,
            2.5,
            "no figures were found for the cost of agency managers; the value is a judgement",
        ),
    )


def months_at_a_time() -> Any:
    """How long an interim is engaged."""
    return whole(
        6, low=1, high=60, parent=assumed("months", 3.0, 12.0, "the length of an interim's engagement is a judgement")
    )


@attrs.frozen(kw_only=True, field_transformer=strict)
class Interims(BasePolicy):
    """On the 1st of each month a share of vacant posts is covered by agency staff, for `months` months or until filled.

    A vacant post reserved for a newcomer who has not started yet is covered like any other vacancy. A vacant post
    reserved for a present member of staff is not covered. One random draw per post and vacancy decides whether the
    vacancy is covered. After `months` the vacancy may be covered again. A day costs `dearer` times the cost of an
    employee at the top of the band. `functions` and `bands` limit the posts; by default all posts count.
    """

    place: ClassVar[int] = 72

    announced: dt.date
    until: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    functions: tuple[str, ...] = ()
    bands: tuple[str, ...] = some_of(BANDS, ())
    covered: float = share(
        0.1,
        parent=assumed(
            "share of vacancies",
            0.0,
            0.4,
            "the share of vacancies covered while recruitment is restricted is a judgement",
        ),
    )
    months: int = months_at_a_time()
    dearer: float = dearer()

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "until")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The 1st of each month from the announcement to the last day when interims are engaged."""
        first = calendar.day(self.announced)
        last = calendar.day(self.until)
        days = calendar.month_starts
        return [Occasion(int(day), "cover") for day in days[(days >= first) & (days <= last)]]

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Engage interims for the vacant posts that the random draws select.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        posts = situation.posts
        open_to = situation.posts_of(self.kinds, functions=self.functions or None, bands=self.bands or None)
        vacant = np.flatnonzero(open_to & posts.coverable & (posts.interim == NOBODY))
        # The key is the post with its number of earlier holders. So the decision is the same every month while the post
        # stays vacant, and a larger share covers the same vacancies and more.
        spell = combined(posts.key[vacant], posts.spell[vacant])
        drawn = chances.uniform("interim", spell, among="post")
        vacant = vacant[drawn < self.covered]
        if not len(vacant):
            return NOTHING
        nobody = np.full(len(vacant), NOBODY, "int32")
        return Effects(then=(engaged(situation, vacant, nobody, self.months, self.dearer),))

    title: ClassVar[str] = "Interims"
    about: ClassVar[str] = (
        "On the 1st of each month a share of vacant posts is covered from an agency for some months, or until "
        "the post is filled."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """The share of vacancies covered, for how long, at what cost, and how many vacancies there would be."""
        posts = situation.posts
        of_kinds = situation.bodies.of_kinds(self.kinds)
        vacant = posts.vacant & of_kinds[posts.employer] & (posts.opens < NEVER)
        return (
            f"{percentage(self.covered)} of the vacancies in {kinds_in_words(self.kinds)} are covered, "
            f"{number_of(self.months, 'month')} at a time, at {self.dearer:g} times the cost of an employee.",
            f"{number_of(int(vacant.sum()), 'post')} would be vacant on this day.",
        )


def engaged(situation: Situation, posts: Rows, who: AnyArray, months: int, dearer: float) -> Engage:
    """Cover of posts by interims from today.

    Args:
        situation: the present state of the run.
        posts: (n,) positions of posts.
        who: (n,) positions of people who return as interims; −1 for someone from an agency.
        months: length of the cover in months.
        dearer: cost of an interim, as a multiple of the cost of an employee in the post.
    """
    last = int(add_months(situation.epoch_day, months)) - 1 - situation.calendar.origin
    return Engage(
        posts=posts.astype("int32"),
        who=np.asarray(who, "int32"),
        until=np.full(len(posts), last, "int32"),
        pence=_daily(situation, posts, dearer),
    )


def _daily(situation: Situation, posts: Rows, dearer: float) -> Longs:
    """Cost in pence per day for each of these posts, (posts,)."""
    top_pay = situation.pay_in(posts, _TOP)
    yearly = situation.law.employer_cost(top_pay, np.ones(len(posts)), situation.epoch_day)
    return np.asarray(np.rint(yearly * dearer / DAYS_A_YEAR), "int64")
