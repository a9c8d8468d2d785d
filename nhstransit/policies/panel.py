"""What an employer's panel approves, and what becomes of the posts of the people who leave."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs, Rows
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import Parent, amount, number, one_of, share, whole
from nhstransit.grammar import NOTHING, Appoint, Ask, BasePolicy, Effects, Situation
from nhstransit.organisations.bodies import Roster
from nhstransit.phrases import listed, number_of, percentage
from nhstransit.selection import each_first, first_within, order_within
from nhstransit.streams import Chances
from nhstransit.toml import Named
from nhstransit.workforce.columns import RiskClass, rank_of

# What becomes of a post whose holder was paid to leave: removed, reserved for someone at risk, or left empty.
#
# A severance payment avoids a redundancy only if the chain of moves that it starts ends with a person at risk.

_NEVER_SUITS = 2**40


@attrs.frozen(kw_only=True)
class Vacated(BasePolicy):
    """What becomes of the posts that people leave: some are removed, some redeploy people at risk, some stay empty.

    A post for redeployment is offered on the day after its holder left, and then on the 1st of each month for
    `search_months`. It is offered to people in the region and function who have an at-risk letter or notice, whose own
    job ends before the post does, and who are in its band or one higher. People of its own band come first, and within a
    band the most skilled. The post is a suitable alternative, so they accept it.
    """

    removed: float = share(
        0.88,
        parent=Parent(
            unit="share of vacated posts",
            source=(
                "the value was chosen so that the published mean payment, mean saving and service of "
                "people who left under MARS in 2010 agree with each other"
            ),
            quality="assumption",
            range=(0.7, 1.0),
        ),
    )
    redeployed: float = share(
        0.0,
        parent=Parent(
            unit="share of vacated posts",
            source=(
                "it was not published how many of the other vacated posts were used to redeploy people; "
                "by default none is"
            ),
            quality="assumption",
            range=(0.0, 0.12),
        ),
    )
    search_months: int = whole(
        3,
        high=60,
        parent=Parent(
            unit="months", source="your decision: how long a post is reserved for redeployment", quality="choice"
        ),
    )

    def check_shares(self) -> None:
        """Raise ScenarioError if the shares `removed` and `redeployed` add up to more than 1."""
        if self.removed + self.redeployed > 1 + 1e-9:
            wrong = f"is {self.redeployed:g}, with {self.removed:g} removed"
            raise ScenarioError("redeployed", wrong, "give shares of the posts that add up to 1 or less")

    def fates(self, situation: Situation, rows: Rows, chances: Chances) -> tuple[Bools, Bools]:
        """Which of these leavers' posts are removed, and which are used for redeployment, (n,) each.

        Args:
            situation: the present state of the run.
            rows: (n,) positions of the leavers.
            chances: draws of the policy's round.
        """
        # One draw decides both, so no post is in both groups, and a larger share removes the same posts and more.
        drawn = chances.uniform("post removed", situation.people.key[rows])
        removed = drawn < self.removed
        return removed, ~removed & (drawn < self.removed + self.redeployed)

    def redeploy(self, situation: Situation, chances: Chances) -> Effects:
        """Appoint people at risk to the posts that leavers left. Posts that are still empty are offered again later."""
        people = situation.people
        # Leavers under this policy whose old post still exists and is empty. People may have returned in the meantime.
        gone = situation.asked[~people.in_post[situation.asked]]
        gone = gone[people.left_rule[gone] == situation.rule]
        gone = gone[situation.posts.vacant[people.left_post[gone]]]
        if not len(gone):
            return NOTHING
        posts = people.left_post[gone]
        rows = _at_risk(situation)
        # A suitable pair costs less than twice the number of people: 0 or 1 band down, times their number, plus the rank.
        found = each_first(_cost(situation, posts, rows), 2 * len(rows))
        there = found >= 0
        appoint = Appoint(rows=rows[found[there]], posts=posts[there], start=situation.day)
        return Effects(then=(appoint, *self._again(situation, gone[~there])))

    def _again(self, situation: Situation, gone: Rows) -> list[Ask]:
        """A reminder for the next 1st, unless the search ends before it."""
        firsts = situation.calendar.month_starts
        place = int(firsts.searchsorted(situation.day, "right"))
        if place == len(firsts):
            return []  # the scenario ends before the next 1st
        day = int(firsts[place])
        away = day - situation.people.left_day[gone]
        still = gone[away <= self.search_months * DAYS_A_YEAR / 12.0]
        return [Ask(rows=still, day=day, stage="redeploy")] if len(still) else []

    def explain_posts_left(self) -> tuple[str, ...]:
        """How many of the posts that people leave are removed, and how many are offered to people at risk."""
        removed = f"{percentage(self.removed)} of the vacated posts are removed permanently."
        if not self.redeployed:
            return (removed,)
        months = (
            f" and on the 1st of each month for {number_of(self.search_months, 'month')}" if self.search_months else ""
        )
        return (
            removed,
            f"{percentage(self.redeployed)} of the vacated posts are offered to people at risk on the day after the holder "
            f"leaves{months}.",
        )


def _at_risk(situation: Situation) -> Rows:
    """People with an at-risk letter or notice of redundancy and no other post, the most skilled first."""
    people = situation.people
    free = people.in_post & (people.next_post < 0)
    noticed = (people.exit_rule >= 0) & people.exit_voidable
    lettered = (people.exit_rule < 0) & (people.risk_class == RiskClass.AT_RISK)
    rows = np.flatnonzero(free & (noticed | lettered))
    return rows[np.lexsort((people.staff[rows], -people.skill[rows]))]


def _cost(situation: Situation, posts: Ints, rows: Rows) -> Longs:
    """Cost of each pair of post and person, (posts, rows); the lowest is preferred.

    People of the post's own band come first, then the order of `rows`. Unsuitable pairs cost far more.
    """
    people = situation.people
    bodies = situation.bodies
    now = situation.posts
    # People under notice need a post until their last day, and others until their employer closes.
    closes = bodies.closes[people.employer[rows]]
    ends = np.where(people.exit_rule[rows] >= 0, people.last_day[rows], closes)
    # Columns of people against rows of posts: every comparison below gives a table, (posts, rows).
    down = rank_of(people.band[rows]) - rank_of(now.band[posts])[:, None]
    suits = (down == 0) | (down == 1)
    suits &= people.function[rows] == now.function[posts][:, None]
    employer = now.employer[posts]
    suits &= bodies.region[people.employer[rows]] == bodies.region[employer][:, None]
    suits &= bodies.closes[employer][:, None] > ends
    return np.where(suits, down * len(rows) + np.arange(len(rows)), _NEVER_SUITS)


# An employer's panel: which cases for severance it approves, in what order, and within which limits.

_LEVER = Parent(
    unit="months", source="your decision: the employer's criterion for approval; none was published", quality="choice"
)
_ENDLESS = 2**62  # pence; a budget without a limit
_IN_ORDER = {  # which cases come first, by `order`
    "net-saving": "in order of net saving, the largest first",
    "payback": "in order of payback, the shortest first",
    "luck": "in random order",
}


@attrs.frozen(kw_only=True)
class Panel(Vacated):
    """Which cases a panel refuses and which it approves first, within budget, quota and fund; and the posts left."""

    protected: tuple[str, ...] = ()
    payback_months: float = number(24.0, low=0.0, high=1200.0, parent=_LEVER)
    order: str = one_of(("net-saving", "payback", "luck"), "net-saving")
    budget_pounds: float | None = amount(
        None,
        parent=Parent(
            unit="pounds per employer",
            source="your decision: the employer's limit; there is none by default",
            quality="choice",
        ),
    )
    fund: str = ""
    quota: float = share(
        0.15,
        parent=Parent(
            unit="share of staff", source="your decision: the employer's limit; none was published", quality="choice"
        ),
    )
    appetite: Named[float] = Named()  # noqa: RUF009 — immutable

    def check_appetite(self) -> None:
        """Raise ScenarioError for an appetite that is negative or not a number."""
        for region, scale in self.appetite.items():
            if not 0 <= scale < float("inf"):
                raise ScenarioError(f"appetite.{region}", f"is {scale!r}", "give a multiple of the quota, 0 or more")

    def check_regions(self, bodies: Roster) -> None:
        """Raise ScenarioError for an appetite of a region that no employer is in."""
        for region in self.appetite:
            if region not in bodies.regions:
                raise ScenarioError(f"appetite.{region}", "is not a region", nearest(region, bodies.regions))

    def approved(self, situation: Situation, rows: Rows, pence: Longs, leaves: int, chances: Chances) -> Bools:
        """Which of these cases are approved, (cases,).

        Each panel approves cases in order, up to the first one that its budget or quota does not allow. If a fund pays,
        the cases of all panels that share its money are then put in one order, and approved up to the first one that the
        money cannot pay for.

        Args:
            situation: the present state of the run.
            rows: (cases,) positions of people.
            pence: (cases,) what the employer pays for each: severance, and the capital cost of a pension taken early.
            leaves: the day of leaving.
            chances: draws of the policy and round.
        """
        people = situation.people
        monthly, net, drawn = self._worth(situation, rows, pence, leaves, chances)
        shielded = np.isin(people.function[rows], situation.function_codes(self.protected))
        may = ~people.critical[rows] & ~shielded & (pence <= self.payback_months * monthly)
        # The sort key, lowest first. Payback is in thousandths of a month, so that it stays an integer.
        payback = pence * 1000 // np.maximum(monthly, 1)
        first = {"net-saving": -net, "payback": payback, "luck": drawn}[self.order]
        pounds = self.budget_pounds
        bodies = len(situation.bodies)
        budget = np.full(bodies, _ENDLESS if pounds is None else round(pounds * 100), "int64")
        keys = (first, drawn, people.staff[rows])  # equal cases are in random order, then in order of identity
        may = _cut(may, people.employer[rows], keys, pence, budget, self._places(situation))
        if not self.fund:
            return may
        # The second cut is by purse instead of employer, and only money limits it. −1: no access to the fund.
        purse = situation.purses[self.fund]
        number = purse.number[people.employer[rows]]
        no_limit = np.full(len(purse.pence), len(rows))
        return _cut(may & (number >= 0), number, keys, pence, purse.pence, no_limit)

    def _worth(
        self, situation: Situation, rows: Rows, pence: Longs, leaves: int, chances: Chances
    ) -> tuple[Longs, Longs, Longs]:
        """Monthly saving with on-costs, saving to the closing day less the payment, and panel draws, (cases,) each."""
        people = situation.people
        yearly = situation.law.employer_cost(people.pay_pence[rows], people.wte(rows), situation.epoch_day)
        monthly = yearly // 12
        # A continuing employer counts the saving to the scenario's last day.
        closes = situation.bodies.closes[people.employer[rows]]
        closes = np.minimum(closes, situation.calendar.days - 1)
        days = np.maximum(closes - leaves, 0)
        # A uniform draw is a multiple of 2⁻⁵³, so this integer loses nothing, and all sort keys are integers.
        drawn = (chances.uniform("panel", people.key[rows]) * 2**53).astype("int64")
        return monthly, monthly * 12 * days // 365 - pence, drawn

    def _places(self, situation: Situation) -> Longs:
        """The most people that each employer may approve, (bodies,): its quota, times its region's multiple."""
        people = situation.people
        bodies = situation.bodies
        scale = np.array([self.appetite.get(region, 1.0) for region in bodies.regions])
        quota = np.minimum(self.quota * scale, 1.0)[bodies.region]
        heads = np.bincount(people.employer[people.in_post], minlength=len(bodies))
        # The small addition keeps a product such as 29.999999999 from losing a place.
        places: Longs = np.floor(heads * quota + 1e-9).astype("int64")
        return places

    def explain_panel(self) -> tuple[str, ...]:
        """Which cases a panel refuses, which it approves first, and within which limits."""
        refused = listed(["business-critical staff", *self.protected])
        budget = "" if self.budget_pounds is None else f" and £{self.budget_pounds:,.0f}"
        sentences = [
            f"Each employer refuses {refused}, and cases that take more than {self.payback_months:g} months to pay back. "
            f"It approves the rest {_IN_ORDER[self.order]}, up to {percentage(self.quota)} of its staff{budget}."
        ]
        if self.appetite:
            scales = (f"{scale:g} in {region}" for region, scale in self.appetite.items())
            sentences.append(f"The quota is multiplied by {listed(scales)}.")
        if self.fund:
            sentences.append(
                f"The fund {self.fund!r} pays: panels that share it stop at the first case that it cannot pay for."
            )
        return tuple(sentences)


def _cut(
    may: Bools, group: np.ndarray, keys: tuple[np.ndarray, ...], pence: Longs, budget: Longs, places: Longs
) -> Bools:
    """Which cases are approved, best first within each group, until its budget or places run out, (cases,).

    Args:
        may: (cases,) cases that may be approved.
        group: (cases,) number of the panel or purse.
        keys: sort keys, (cases,) each.
        pence: (cases,) cost of each case.
        budget: (groups,) pence.
        places: (groups,) number of people.
    """
    # Cases that are refused take no place and no money, so only the others are ranked. Positions are within `some`.
    some = np.flatnonzero(may)
    order = order_within(group[some], *(key[some] for key in keys))
    approved = np.zeros(len(may), bool)
    approved[some] = first_within(group[some], order, pence[some], budget, places)
    return approved
