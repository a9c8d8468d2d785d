"""Redundancy on abolition, and the suitable alternative posts that people are offered before it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Ints, Rows, distinct
from nhstransit.dates import Calendar
from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import Parent, assumed, in_order, share, some_of, strict, whole
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Appoint,
    Ask,
    BasePolicy,
    Depart,
    Effect,
    Effects,
    Lodge,
    Occasion,
    OpenPosts,
    PostOffer,
    Proposals,
    Question,
    RemovePosts,
    Situation,
    Turn,
)
from nhstransit.grammar.explained import TO_BE_SEEN
from nhstransit.law import MarsTerms
from nhstransit.log import Phase
from nhstransit.organisations.bodies import KINDS, LISTED, Roster, kinds_in_words
from nhstransit.organisations.posts import post_keys
from nhstransit.phrases import date, listed, number_of, percentage, span, span_of_pounds, sum_of_money
from nhstransit.policies.terms import consulted, made_redundant, notice_weeks
from nhstransit.selection import paired
from nhstransit.streams import Chances, plain_keys
from nhstransit.workforce.columns import BANDS, NEVER, RiskClass, bands_below, rank_of


def offered(situation: Situation, rows: Rows, kinds: tuple[str, ...], bands_down: int) -> tuple[Rows, Ints]:
    """Which of `rows` are offered a post, and which post, one each.

    The posts are vacant, in the person's region and function, at continuing employers of these kinds. The person's own
    band comes first, then each lower band in turn. Within a band, people with the longest service come first. Ties are
    resolved by staff number.

    Args:
        situation: the present state of the run.
        rows: (n,) positions of people.
        kinds: kinds of employer that offer posts.
        bands_down: bands below the present one that are still suitable.

    Returns:
        Positions of people and of posts, (offers,) each.
    """
    people = situation.people
    posts = situation.posts
    bodies = situation.bodies
    open_to = bodies.of_kinds(kinds) & (bodies.closes == NEVER)
    free = posts.vacant & open_to[posts.employer]
    # `lexsort` sorts by its last key first: the earliest start of service, then identity.
    rows = rows[np.lexsort((people.staff[rows], people.service_from[rows]))]
    got = nearest_band(situation, rows, np.flatnonzero(free), bands_down)
    return rows[got >= 0], got[got >= 0]


def nearest_band(situation: Situation, rows: Rows, vacant: Rows, bands_down: int) -> Ints:
    """The vacant post that each person gets in their region and function, (n,); −1 for people without one.

    The person's own band comes first, then each lower band in turn. Within a band, people get posts in the order of
    `rows`, and posts are used in the order of their keys.

    Args:
        situation: the present state of the run.
        rows: (n,) positions of people.
        vacant: (posts,) positions of vacant posts.
        bands_down: bands below the present one that are still suitable.
    """
    people = situation.people
    got = np.full(len(rows), -1, "int32")
    for down in range(bands_down + 1):
        still = np.flatnonzero((got < 0) & (rank_of(people.band[rows]) >= down))
        waiting = rows[still]
        lower = bands_below(people.band[waiting], down)
        wanted = situation.patch(people.employer[waiting], people.function[waiting], lower)
        # Posts filled at a nearer band are no longer offered.
        got[still] = seats(situation, np.setdiff1d(vacant, got), wanted)
    return got


def offer(situation: Situation, rows: Rows, posts: Ints) -> PostOffer:
    """The offers as proposals. Posts of one employer, function and band form a group.

    Args:
        situation: the present state of the run.
        rows: (n,) positions of people.
        posts: (n,) the post offered to each.
    """
    now = situation.posts
    # Draws about a group depend on its employer, function and band, not on which of its posts are vacant.
    cells = (now.employer[posts], now.function[posts], now.band[posts])
    plain = post_keys(situation.bodies.names, situation.functions, *cells, 0)
    keys = situation.bodies.keyed(plain, now.employer[posts])
    return PostOffer(
        rows=rows,
        group=np.unique(keys, return_inverse=True)[1].astype("int32"),
        group_key=keys,
        near=np.zeros(len(rows), "int8"),
        bands_down=(rank_of(situation.people.band[rows]) - rank_of(now.band[posts])).astype("int8"),
        matching=True,
    )


def placed(situation: Situation, rows: Rows, posts: Ints) -> tuple[Appoint, ...]:
    """Appointments of people who accept. They start on the day after their employer closes: one effect for each day.

    Args:
        situation: the present state of the run.
        rows: (n,) positions of people.
        posts: (n,) the post that each accepts.
    """
    start = situation.bodies.closes[situation.people.employer[rows]] + 1
    appointments = []
    for day in np.unique(start).tolist():
        mine = start == day
        appointments.append(Appoint(rows=rows[mine], posts=posts[mine], start=day))
    return tuple(appointments)


def forfeited(leave: Depart, rows: Rows) -> Depart:
    """The same exits, but people in `rows` lose redundancy pay and early pension. They keep their notice."""
    lost = np.isin(leave.rows, rows)
    severance = np.where(lost, 0, leave.severance)
    strain = np.where(lost, 0, leave.strain)
    return attrs.evolve(leave, severance=severance, strain=strain)


# Seats: the vacant post that each person gets, one person after another, in their region, function and band.


def seats(situation: Situation, vacant: Rows, wanted: AnyArray) -> Ints:
    """For each patch in `wanted`, the next vacant post in that patch, (n,); −1 if none is left.

    A patch is a number from `Situation.patch`: region, function and band. Posts are used in the order of their keys,
    and people get them in the order given.

    Args:
        situation: the present state of the run.
        vacant: (posts,) positions of vacant posts.
        wanted: (n,) patch that each person wants.
    """
    posts = situation.posts
    if not len(wanted):
        return np.empty(0, "int32")
    offered = situation.patch(posts.employer[vacant], posts.function[vacant], posts.band[vacant])
    # Most vacant posts are in patches that nobody wants. They are dropped before the sort, which is the slow part.
    asked = distinct(wanted)
    nearest = np.minimum(np.searchsorted(asked, offered), len(asked) - 1)
    alike = asked[nearest] == offered
    vacant = vacant[alike]
    offered = offered[alike]
    order = np.argsort(plain_keys(posts.key[vacant]), kind="stable")
    # `place` is a position in `order`, and −1 for people without a post.
    place = paired(wanted, offered[order])
    found = place >= 0
    got = np.full(len(wanted), -1, "int32")
    got[found] = vacant[order[place[found]]]
    return got


# Redundancy on abolition: at-risk letters, consultation, suitable alternatives, notice, and section 16 pay.

_NOBODY: Rows = np.empty(0, np.intp)
_UNREASONABLE = (
    "no number was found of refusals judged unreasonable under section 16, and few were "
    "reported; the value is a judgement"
)


@attrs.frozen(kw_only=True, field_transformer=strict)
class Redundancy(BasePolicy):
    """People in a closing employer who have no other post by its last day are made redundant on that day.

    Letters inform these people (the pool) that they are at risk. Consultation then lasts as long as the law requires for
    the number of people in each employer, and notice follows. Notice that would run past the closing day is paid in
    lieu. If `residuary` names an organisation, people instead serve their notice, or a guarantee that runs longer, in
    new posts there. A person who finds another post is not made redundant. People who enter the pool late get notice on
    the closing day. The pool does not include people whose fixed term ends by then.

    Before notice, people are offered vacant posts in employers of the kinds `alternatives`, at most one post per
    person. A post offered is in the person's region and function, and in their band or up to `bands_down` lower.
    Everyone who does not decline gets the post, and starts on the day after their employer closes. A share
    `unreasonable` of the people who decline lose their redundancy pay and early pension. `functions` and `bands` limit
    the pool; by default it includes all functions and bands.
    """

    place: ClassVar[int] = 60
    question: ClassVar[Question | None] = "post"

    announced: dt.date
    letters: dt.date
    consults: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    functions: tuple[str, ...] = ()
    bands: tuple[str, ...] = some_of(BANDS, ())
    alternatives: tuple[str, ...] = some_of(KINDS, ())
    bands_down: int = whole(
        1,
        high=12,
        parent=Parent(
            unit="bands",
            source="by the usual rule, a suitable post is up to one band lower, with pay protection",
            quality="recalled",
        ),
    )
    unreasonable: float = share(0.05, parent=assumed("share of refusals", 0.0, 0.1, _UNREASONABLE))
    residuary: str = ""

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "letters", "consults")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """Letters, consultation, and each day from the announcement when employers of these kinds close.

        Raises:
            ScenarioError: for a residuary organisation that does not exist.
        """
        if self.residuary and self.residuary not in bodies.names:
            raise ScenarioError(
                "residuary", f"has the unknown name {self.residuary!r}", nearest(self.residuary, bodies.names)
            )
        closes = bodies.closes[bodies.of_kinds(self.kinds)]
        ahead = (closes >= calendar.day(self.announced)) & (closes < NEVER)
        closing = np.unique(closes[ahead]).tolist()
        return [
            Occasion(calendar.day(self.letters), "letters", phase=Phase.MILESTONES),
            Occasion(calendar.day(self.consults), "consultation"),
            *(Occasion(day, "closing") for day in closing),
        ]

    def propose(self, situation: Situation) -> Proposals | None:
        """The people in the pool or, before notice, the posts that some of them are offered."""
        rows = self.pool(situation)
        # People must be offered suitable posts before notice, and on a closing day people who enter the pool late.
        if situation.stage in ("notice", "closing") and self.alternatives:
            who, posts = offered(situation, rows, self.alternatives, self.bands_down)
            if len(who):
                return offer(situation, who, posts)
        # Two stages act even if nobody is in the pool: posts of a residuary organisation may have to be removed or opened.
        residue = situation.stage == "wound up" or (situation.stage == "closing" and self.residuary)
        acts = len(rows) or residue
        return Proposals(rows=rows) if acts else None

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Carry out this stage for everyone in the pool.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        match situation.stage:
            case "letters":
                certain = np.ones(len(proposals))
                return Effects(then=(Turn(rows=proposals.rows, risk_class=RiskClass.AT_RISK, target=certain),))
            case "consultation":
                return Effects(then=consulted(situation, proposals.rows))
            case "wound up":
                return self._wound_up(situation)
        # The other stages, "notice" and "closing", give notice to everyone in the pool who has not accepted another post.
        accepted = _NOBODY
        refused = _NOBODY
        if isinstance(proposals, PostOffer):
            accepted = proposals.rows[answers.yes]
            refused = proposals.rows[~answers.yes]
        kept = self._kept_on(situation, accepted)
        without = np.setdiff1d(self.pool(situation), accepted)
        leave = self._noticed(situation, without, refused, chances)
        then = (*kept, leave, *self._residue(situation, leave))
        return Effects(then=then, chosen=answers.yes if isinstance(proposals, PostOffer) else None)

    def pool(self, situation: Situation) -> Rows:
        """The people in the pool at this stage, as positions.

        At the letters, people with a guarantee are left out. At notice, the pool is the people consulted. On a closing
        day, it is the staff of the employers that close.
        """
        people = situation.people
        closes = situation.bodies.closes[people.employer]
        pool = situation.staff_of(
            self.kinds, functions=self.functions or None, bands=self.bands or None, closing=True, free=True
        )
        # A fixed term that ends by the closing day ends by itself, without redundancy.
        pool &= people.contract_ends > closes
        if situation.stage == "letters":
            pool &= people.retained_until < situation.day
        if situation.stage == "closing":
            pool &= closes == situation.day
        if situation.stage in ("notice", "wound up"):
            pool &= np.isin(np.arange(len(pool)), situation.asked)
        return np.flatnonzero(pool)

    def _kept_on(self, situation: Situation, accepted: Rows) -> tuple[Effect, ...]:
        """Appoint the people who accepted the alternative that they were offered."""
        if not len(accepted):
            return ()
        # The state has not changed since `propose`, so the same people are offered the same posts.
        who, posts = offered(situation, self.pool(situation), self.alternatives, self.bands_down)
        took = np.isin(who, accepted)
        return placed(situation, who[took], posts[took])

    def _noticed(self, situation: Situation, rows: Rows, refused: Rows, chances: Chances) -> Depart:
        """Notice from today to the employer's closing day, or longer if it is served in a residuary organisation."""
        last: Ints = situation.bodies.closes[situation.people.employer[rows]].astype("int32")
        if self.residuary:
            served = situation.day + 7 * notice_weeks(situation, rows, situation.day)
            stands = situation.bodies.closes[self._residuary(situation, rows)]
            # The later of the end of notice and of a guarantee, but not after the residuary organisation closes. A person
            # whose fixed term ends before then leaves on the closing day.
            served = np.maximum(served, situation.people.retained_until[rows])
            longer = np.maximum(last, np.minimum(served, stands)).astype("int32")
            last = np.where(situation.people.contract_ends[rows] > longer, longer, last)
        # Section 16 as of the day when consultation opened. An employer may close before that day; then today's applies.
        opened = min(situation.calendar.day(self.consults), situation.day)
        leave = made_redundant(situation, rows, last, situation.day, opened, with_posts=False)
        if not len(refused):
            return leave
        drawn = chances.uniform("refusal", situation.people.key[refused])
        return forfeited(leave, refused[drawn < self.unreasonable])

    def _residue(self, situation: Situation, leave: Depart) -> tuple[Effect, ...]:
        """On a closing day: residuary posts for everyone whose notice runs on, and reminders to remove these posts."""
        people = situation.people
        if not self.residuary or situation.stage != "closing":
            return ()
        shut = situation.employed_by(self.kinds) & (situation.bodies.closes[people.employer] == situation.day)
        # Last days, (people,): of earlier notices, and of the notices given just now, which are not in the state yet.
        last = np.where(people.exit_voidable, people.last_day, -1)
        last[leave.rows] = leave.last_day
        rows = np.flatnonzero(shut & (last > situation.day))
        if not len(rows):
            return ()
        body = self._residuary(situation, rows)
        ends = last[rows]
        days = np.unique(ends).tolist()
        asked = [Ask(rows=rows[ends == day], day=day + 1, stage="wound up") for day in days]
        function = people.function[rows].astype("int32")
        band = people.band[rows].astype("int32")
        opened = OpenPosts(employer=body, function=function, band=band, instead_of=people.post[rows])
        return (opened, Lodge(rows=rows, posts=opened.posts, start=situation.day + 1), *asked)

    def _residuary(self, situation: Situation, rows: Rows) -> Ints:
        """The residuary organisation for each of these people, (rows,)."""
        return situation.bodies.fellow(self.residuary, situation.people.employer[rows])

    def _wound_up(self, situation: Situation) -> Effects:
        """Remove the residuary organisation's empty posts. The saving was already credited with the old posts."""
        posts = situation.posts
        theirs = situation.posts_of(bodies=(self.residuary,)) & situation.concerned[posts.employer]
        empty = np.flatnonzero(theirs & posts.vacant).astype("int32")
        if not len(empty):
            return NOTHING
        return Effects(then=(RemovePosts(posts=empty, pence=np.zeros(len(empty), "int64")),))

    title: ClassVar[str] = "Redundancy"
    about: ClassVar[str] = (
        "Everyone in a closing employer who has no other post by its last day is made redundant on that day."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many people would be in the pool, how long they are consulted, and what notice and pay they get."""
        if proposals is None:
            return TO_BE_SEEN
        rows = self.pool(situation)
        if not len(rows):
            return ("Nobody among the opening staff is in the pool.",)
        pool = (
            f"{number_of(len(rows), 'person')} of the opening staff would be in the pool if nobody left or found a post "
            "first."
        )
        if situation.stage == "letters":
            return (pool, "They get letters that say they are at risk.")
        if situation.stage == "consultation":
            return (pool, self._explain_consultation(situation, rows), self._explain_notice(situation, rows))
        return (
            pool,
            *self._explain_too_late(situation, rows),
            *self._explain_alternatives(proposals),
            *self._explain_pay(situation, rows),
            *((f"Notice that runs past the closing day is served in {self.residuary}.",) if self.residuary else ()),
        )

    def _explain_consultation(self, situation: Situation, rows: Rows) -> str:
        """Days of consultation, by the number of people in the pool of each employer."""
        law = situation.law
        today = situation.epoch_day
        # The law sets the days by the number of people, so employers with the same days are counted together.
        pools = np.bincount(situation.people.employer[rows])
        sizes = pools[pools > 0].tolist()
        employers = Counter(law.consultation_days(int(people), today) for people in sizes)
        parts = [f"{days} days in {number_of(employers[days], 'employer')}" for days in sorted(employers, reverse=True)]
        latest = date(situation.calendar.date(situation.day + max(employers)))
        quality = law.parameters.table("consultation").on(today).quality
        return f"Collective consultation lasts {listed(parts)}, to {latest} at the latest (quality: {quality})."

    @staticmethod
    def _explain_notice(situation: Situation, rows: Rows) -> str:
        staff = situation.people
        law = situation.law
        today = situation.epoch_day
        weeks = law.notice_weeks(staff.band[rows], staff.service_from[rows], today)
        quality = law.parameters.table("contract_notice").on(today).quality
        lieu = "Notice that would run past the closing day is paid in lieu."
        return f"Weeks of notice: {span(weeks, '{:.0f}')} (quality: {quality}). {lieu}"

    def _explain_too_late(self, situation: Situation, rows: Rows) -> tuple[str, ...]:
        """A warning if an employer that closes today cannot have consulted for as long as the law requires."""
        pools = np.bincount(situation.people.employer[rows], minlength=len(situation.bodies))
        opens = situation.calendar.day(self.consults)
        on = situation.calendar.origin + opens
        # Days that the law requires, for each employer with people in the pool, by its size.
        closing = np.flatnonzero(pools).tolist()
        needed = {body: situation.law.consultation_days(int(pools[body]), on) for body in closing}
        late = [body for body, days in needed.items() if opens + days > situation.day]
        if not late:
            return ()
        names = [situation.bodies.names[body] for body in late]
        which = listed(names) if len(names) <= LISTED else number_of(len(names), "employer")
        longest = max(needed[body] for body in late)
        latest = date(situation.calendar.date(situation.day - longest))
        return (
            f"Not lawful: consultation that opens on {date(self.consults)} cannot end by the closing day of {which}. "
            f"It would have to open by {latest}.",
        )

    def _explain_alternatives(self, proposals: Proposals) -> tuple[str, ...]:
        """How many people would be offered another post first, and what a refusal costs."""
        if not self.alternatives:
            return ()
        offers = len(proposals) if isinstance(proposals, PostOffer) else 0
        return (
            f"{number_of(offers, 'person')} would first be offered a vacant post of their function, at most "
            f"{number_of(self.bands_down, 'band')} lower, in {kinds_in_words(self.alternatives)}. "
            f"{percentage(self.unreasonable)} of people who refuse lose their redundancy pay.",
        )

    def _explain_pay(self, situation: Situation, rows: Rows) -> tuple[str, ...]:
        """Section 16 on the closing day, by the terms of the day when consultation opens."""
        staff = situation.people
        law = situation.law
        origin = situation.calendar.origin
        closes = situation.bodies.closes[staff.employer[rows]].astype("int64")
        leaving = np.where(closes < NEVER, closes, situation.day) + origin
        since = staff.service_from[rows]
        band = staff.band[rows]
        opened = origin + min(situation.calendar.day(self.consults), situation.day)
        pay = staff.pay_pence[rows]
        wte = staff.wte(rows)
        born = staff.born[rows]
        months = law.redundancy_months(since, leaving, born=born, terms_on=opened)
        pence = law.redundancy(pay, wte, born, since, leaving, band, terms_on=opened)
        entry = law.parameters.table("section16").on(opened)
        terms = MarsTerms.of(entry)
        return (
            f"Months of pay on redundancy: {span(months, '{:.0f}')}; in pounds: {span_of_pounds(pence)}. For all of them it "
            f"is {sum_of_money(int(pence.sum()))}.",
            f"Section 16 pays {number_of(terms.months_a_year, 'month')} of pay for each complete year of service, at most "
            f"{terms.most_months:g} months, for people with {terms.service_in_words} or more (quality: {entry.quality}).",
            "People who find a post before then are not made redundant.",
        )
