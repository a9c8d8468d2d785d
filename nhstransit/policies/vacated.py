"""What becomes of a post that somebody was paid to leave: gone for good, kept for somebody at risk, or just empty.

A severance saves a redundancy only where the chain of moves that it sets off ends at a person at risk.
"""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs, Rows
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.errors import ScenarioError
from nhstransit.fields import Parent, share, whole
from nhstransit.grammar import NOTHING, Appoint, Ask, Effects, Keyed, Situation
from nhstransit.kernels.selection import each_first
from nhstransit.streams import Chances
from nhstransit.workforce.codes import RiskClass

_NEVER_SUITS = 2**40


@attrs.frozen(kw_only=True)
class Vacated(Keyed):
    """A share of the posts left is removed, another used to redeploy somebody at risk; the rest stand empty.

    A post to be so used is offered, the day after its holder left and then on the 1st of each month for `search_months`, to
    those in the region and function who have an at-risk letter or notice, whose own job ends before the post does, of its
    band or one higher: its own band before the higher, the most skilled first. It is a suitable alternative, and taken.
    """

    removed: float = share(
        0.88,
        parent=Parent(
            unit="share of posts left",
            source="reconciliation of the mean payment, mean saving and service of MARS leavers, 2010",
            quality="assumption",
            range=(0.7, 1.0),
        ),
    )
    redeployed: float = share(
        0.0,
        parent=Parent(
            unit="share of posts left",
            source="how the rest was split between kept and used to redeploy was not published; none by default",
            quality="assumption",
            range=(0.0, 0.12),
        ),
    )
    search_months: int = whole(
        3, high=60, parent=Parent(unit="months", source="how long a post is kept for redeployment", quality="choice")
    )

    def check_shares(self) -> None:
        """Raise ScenarioError where more than all posts are spoken for."""
        if self.removed + self.redeployed > 1 + 1e-9:
            wrong = f"is {self.redeployed:g}, with {self.removed:g} removed"
            raise ScenarioError("redeployed", wrong, "give shares of the posts that come to 1 or less")

    def fates(self, situation: Situation, rows: Rows, chances: Chances) -> tuple[Bools, Bools]:
        """Whose posts, of these leavers, are removed, and whose are used to redeploy, (n,) each."""
        luck = chances.uniform("post removed", situation.people.key[rows])
        return luck < self.removed, (luck >= self.removed) & (luck < self.removed + self.redeployed)

    def redeploy(self, situation: Situation, chances: Chances) -> Effects:
        """Posts that those asked about have left, to people at risk; those still empty are offered again."""
        people = situation.people
        gone = situation.asked[~people.in_post[situation.asked]]
        gone = gone[people.left_rule[gone] == situation.rule]
        gone = gone[situation.posts.vacant[people.left_post[gone]]]
        if not len(gone):
            return NOTHING
        posts = people.left_post[gone]
        rows = _at_risk(situation)
        found = each_first(_cost(situation, posts, rows), 2 * len(rows))
        there = found >= 0
        appoint = Appoint(rows=rows[found[there]], posts=posts[there], start=situation.day)
        return Effects(then=(appoint, *self._again(situation, gone[~there])))

    def _again(self, situation: Situation, gone: Rows) -> list[Ask]:
        """A reminder for the next 1st, unless the search is over by then."""
        firsts = situation.calendar.month_starts
        place = int(firsts.searchsorted(situation.day, "right"))
        if place == len(firsts):
            return []
        day = int(firsts[place])
        still = gone[day - situation.people.left_day[gone] <= self.search_months * DAYS_A_YEAR / 12.0]
        return [Ask(rows=still, day=day, stage="redeploy")] if len(still) else []


def _at_risk(situation: Situation) -> Rows:
    """Who has a letter or notice of redundancy and no other post, the most skilled first."""
    people = situation.people
    free = people.in_post & (people.next_post < 0)
    noticed = (people.exit_rule >= 0) & people.exit_voidable
    lettered = (people.exit_rule < 0) & (people.risk_class == RiskClass.AT_RISK)
    rows = np.flatnonzero(free & (noticed | lettered))
    return rows[np.lexsort((people.staff[rows], -people.skill[rows]))]


def _cost(situation: Situation, posts: Ints, rows: Rows) -> Longs:
    """Whom to prefer for each post, (posts, rows): own band, then as they come; far beyond reach who does not suit."""
    people, bodies, now = situation.people, situation.bodies, situation.posts
    ends = np.where(people.exit_rule[rows] >= 0, people.last_day[rows], bodies.closes[people.employer[rows]])
    down = people.band[rows].astype("int64") - now.band[posts].astype("int64")[:, None]
    suits = (down == 0) | (down == 1)
    suits &= people.function[rows] == now.function[posts][:, None]
    suits &= bodies.region[people.employer[rows]] == bodies.region[now.employer[posts]][:, None]
    suits &= bodies.closes[now.employer[posts]][:, None] > ends
    return np.where(suits, down * len(rows) + np.arange(len(rows)), _NEVER_SUITS)
