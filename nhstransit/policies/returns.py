"""Returns: some of those paid to go come back, to a post in the model or elsewhere in the NHS (MODEL 4.10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Floats, Ints, Rows
from nhstransit.dates import DAYS_A_YEAR, Calendar
from nhstransit.eventlog import rule_code
from nhstransit.fields import Parent, amount, number, share, some_of
from nhstransit.grammar import NOTHING, Answers, Back, Effects, Occasion, Proposals, Question, Rejoin, Situation
from nhstransit.kernels.selection import nth_within
from nhstransit.organisations.bodies import KINDS
from nhstransit.organisations.roster import Roster
from nhstransit.streams import Chances

_CURVE = (
    "NHS redundancies by year and return to September 2018, Electronic Staff Record, written answer of January 2019"
)


@attrs.frozen(kw_only=True)
class Returns:
    """Who left by one of the rules in `after` returns with the chance `share`, after a time of their own luck.

    Both are drawn anew each time they leave. The time follows `1 − exp(−(t/scale)^shape)`; a clawback window puts returns
    off to its end. On the 1st of each month those due take a vacant post of `kinds` in their region, function and band,
    or are back elsewhere in the NHS.
    """

    question: ClassVar[Question | None] = None
    signed: ClassVar[bool] = False

    announced: dt.date
    after: tuple[str, ...] = ("mars", "redundancy", "cost-reduction")
    kinds: tuple[str, ...] = some_of(KINDS, ())
    share: float = share(
        0.262, parent=Parent(unit="share of those paid to go", source=_CURVE, quality="derived", range=(0.22, 0.28))
    )
    scale_years: float = number(
        1.12, low=0.01, high=50.0, parent=Parent(unit="years", source=_CURVE, quality="derived", range=(0.6, 2.0))
    )
    shape: float = number(
        0.58, low=0.1, high=10.0, parent=Parent(unit="shape", source=_CURVE, quality="derived", range=(0.4, 1.0))
    )
    clawback_months: float = amount(
        1.0,
        parent=Parent(
            unit="months before anybody returns",
            source="four weeks under section 16; more under later rules",
            quality="official",
            range=(0.0, 12.0),
        ),
    )

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The 1st of each month from the announcement on."""
        first = calendar.day(self.announced)
        return [Occasion(int(day), "returns") for day in calendar.month_starts if day >= first]

    def propose(self, situation: Situation) -> Proposals | None:
        """Nothing to those within."""
        return Proposals(rows=np.empty(0, np.intp))

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Those whose day to return has come since the last 1st."""
        people = situation.people
        rules = [rule_code(name) for name in self.after]
        out = (people.post < 0) & (people.next_post < 0) & ~people.returned
        away = np.flatnonzero(out & np.isin(people.left_rule, rules))
        due = self._due(_luck(situation, away, chances), people.left_day[away])
        rows = away[due <= situation.day]
        if not len(rows):
            return NOTHING
        posts = self._posts(situation, rows)
        here = posts >= 0
        return Effects(then=(Rejoin(rows=rows[here], posts=posts[here]), Back(rows=rows[~here])))

    def _due(self, luck: Floats, left: Ints) -> Ints:
        """The day on which each returns, or far beyond any scenario, (n,)."""
        comes = luck < self.share
        within = np.where(comes, luck / max(self.share, 1e-12), 0.5)
        years = self.scale_years * (-np.log1p(-within)) ** (1.0 / self.shape)
        days = np.maximum(years, self.clawback_months / 12.0) * DAYS_A_YEAR
        return np.where(comes, left + np.minimum(np.ceil(days), 1e6), 2**40).astype("int64")

    def _posts(self, situation: Situation, rows: Rows) -> Ints:
        """A vacant post of region, function and band for each while there are some, or −1: elsewhere, (rows,)."""
        people, posts = situation.people, situation.posts
        vacant = np.flatnonzero(posts.vacant & situation.bodies.of_kinds(self.kinds)[posts.employer])
        offered = situation.patch(posts.employer[vacant], posts.function[vacant], posts.band[vacant])
        order = np.lexsort((posts.key[vacant], offered))
        wanted = situation.patch(people.employer[rows], people.function[rows], people.band[rows])
        place = np.searchsorted(offered[order], wanted) + nth_within(wanted)
        got = np.full(len(rows), -1, "int32")
        there = place < len(vacant)
        there[there] = offered[order[place[there]]] == wanted[there]
        got[there] = vacant[order[place[there]]]
        return got


def _luck(situation: Situation, rows: Rows, chances: Chances) -> Floats:
    """Of each, for the latest of their departures: the number of those before it is the round, (rows,)."""
    keys, before = situation.people.key[rows], situation.people.departures[rows] - 1
    luck = np.empty(len(rows))
    for spell in np.unique(before).tolist():
        again = before == spell
        luck[again] = Chances(chances.luck, chances.policy, spell).uniform("return", keys[again])
    return luck
