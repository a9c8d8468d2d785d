"""Filling of posts: one round in which staff of bodies that close compete for posts in bodies that come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bytes, Ints, Keys, Longs, Rows
from nhstransit.dates import Calendar
from nhstransit.fields import Parent, amount, in_order, one_of, some_of, whole
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Appoint,
    Effects,
    Occasion,
    PostOffer,
    Proposals,
    Question,
    Situation,
)
from nhstransit.kernels.matching import UNMATCHED, deferred_acceptance
from nhstransit.kernels.selection import nth_within
from nhstransit.organisations.bodies import KINDS
from nhstransit.organisations.posts import post_keys
from nhstransit.organisations.roster import Roster
from nhstransit.streams import Chances, combined
from nhstransit.workforce.codes import BANDS
from nhstransit.workforce.columns import NEVER


@attrs.frozen(kw_only=True)
class Filling:
    """One competitive round on a day: people rank the posts of their function, panels rank people, none is displaced.

    Open to all in post in bodies of `senders` that close, but for those with an exit of their own choice or a post
    already, in `bands`. Posts are the vacant ones of `receivers` in the region, or anywhere by `reach` or for `national`
    kinds of body, in the same function, of the same band or up to `bands_down` lower (pay is protected). Panels go by
    skill and an assessment that errs.
    """

    question: ClassVar[Question | None] = "post"
    signed: ClassVar[bool] = False

    announced: dt.date
    held: dt.date
    starts: dt.date
    senders: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    receivers: tuple[str, ...] = some_of(KINDS, ("ccg", "csu", "community-provider"))
    reach: str = one_of(("region", "anywhere"), "region")
    national: tuple[str, ...] = some_of(KINDS, ())
    bands: tuple[str, ...] = some_of(BANDS, BANDS)
    bands_down: int = whole(
        1, high=12, parent=Parent(unit="bands", source="working rule for suitable posts", quality="recalled")
    )
    assessment_error: float = amount(
        1.0,
        parent=Parent(
            unit="standard deviations of skill",
            source="panels see skill with an error as large as its spread; assumed",
            quality="assumption",
            range=(0.0, 2.0),
        ),
    )

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "held", "starts")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of the round."""
        return [Occasion(calendar.day(self.held), "round")]

    def propose(self, situation: Situation) -> Proposals | None:
        """To each candidate every group of vacant posts that he or she may compete for."""
        vacancies = _vacancies(situation, self.receivers)
        candidates = self._candidates(situation)
        if not len(candidates) or not len(vacancies.cell):
            return None
        people, posts, lead = situation.people, situation.posts, vacancies.first
        rows, groups = self._within_reach(situation, candidates, lead)
        rows = candidates[rows]
        down = (people.band[rows] - posts.band[lead[groups]]).astype("int8")
        return PostOffer(
            rows=rows,
            group=groups.astype("int32"),
            group_key=_group_keys(situation, lead)[groups],
            near=_near(situation, people.employer[rows], posts.employer[lead[groups]]),
            bands_down=down,
        )

    def select(self, situation: Situation, proposals: PostOffer, answers: Answers, chances: Chances) -> Effects:
        """A stable matching of those who compete with the posts."""
        yes = answers.yes
        if not yes.any() or answers.ranking is None:
            return NOTHING
        people, vacancies = situation.people, _vacancies(situation, self.receivers)
        rows, group = proposals.rows[yes], proposals.group[yes]
        who, candidate = np.unique(rows, return_inverse=True)
        noise = chances.normal("assessment", combined(people.key[rows], proposals.group_key[yes]))
        score = people.skill[rows] + self.assessment_error * noise
        got = deferred_acceptance(candidate, group, answers.ranking[yes], score, people.staff[who], vacancies.places)
        won = np.flatnonzero(got != UNMATCHED)
        start = situation.calendar.day(self.starts)
        placed = Appoint(rows=who[won], posts=_seats(vacancies, got[won]), start=start)
        chosen = np.zeros(len(proposals), bool)
        chosen[np.flatnonzero(yes)] = got[candidate] == group
        return Effects(then=(placed,), chosen=chosen)

    def _within_reach(self, situation: Situation, candidates: Rows, lead: Rows) -> tuple[Rows, Rows]:
        """Pairs of candidate and group: a region's own groups for its people, those open to all for everybody."""
        people, posts, region = situation.people, situation.posts, situation.bodies.region
        open_to_all = situation.bodies.of_kinds(self.national)[posts.employer[lead]] | (self.reach == "anywhere")
        found = []
        for groups, patch in ((np.flatnonzero(~open_to_all), region + 1), (np.flatnonzero(open_to_all), region * 0)):
            theirs = lead[groups]
            rows, place = _pairs(
                patch[people.employer[candidates]].astype("int64") << 8 | people.function[candidates],
                people.band[candidates],
                patch[posts.employer[theirs]].astype("int64") << 8 | posts.function[theirs],
                posts.band[theirs],
                self.bands_down,
            )
            found.append((rows, groups[place]))
        return np.concatenate([rows for rows, _ in found]), np.concatenate([groups for _, groups in found])

    def _candidates(self, situation: Situation) -> Rows:
        """Staff of closing bodies of the senders' kinds who need a post, one under notice of redundancy included."""
        people = situation.people
        closing = situation.bodies.closes[people.employer] < NEVER
        free = (people.next_post < 0) & ((people.exit_rule < 0) | people.exit_voidable)
        free &= np.isin(people.band, [BANDS.index(band) for band in self.bands])
        return np.flatnonzero(situation.employed_by(self.senders) & closing & free)


def _group_keys(situation: Situation, lead: Rows) -> Keys:
    """What luck about a group hangs on, (groups,): its employer, function and band, whichever of its posts are vacant."""
    posts = situation.posts
    cells = (posts.employer[lead], posts.function[lead], posts.band[lead])
    return post_keys(situation.bodies.names, situation.functions, *cells, 0)


@attrs.frozen(eq=False, kw_only=True)
class Vacancies:
    """Vacant posts by group: cell codes (groups,), first post (groups,), how many (groups,), all posts in order."""

    cell: Longs
    first: Rows
    places: Longs
    posts: Rows


def _vacancies(situation: Situation, receivers: Sequence[str]) -> Vacancies:
    """The vacant posts of bodies of these kinds, grouped by employer, function and band."""
    posts = situation.posts
    rows = np.flatnonzero(posts.vacant & situation.bodies.of_kinds(receivers)[posts.employer])
    code = (posts.employer[rows].astype("int64") << 16) | (posts.function[rows].astype("int64") << 8) | posts.band[rows]
    order = np.lexsort((posts.key[rows], code))
    cell, first, places = np.unique(code[order], return_index=True, return_counts=True)
    sorted_rows = rows[order]
    return Vacancies(cell=cell, first=sorted_rows[first], places=places, posts=sorted_rows)


def _seats(vacancies: Vacancies, group: Ints) -> Ints:
    """One post of its group for each of those placed, in order."""
    starts = np.concatenate([np.zeros(1, "int64"), np.cumsum(vacancies.places)])
    return vacancies.posts[starts[group] + nth_within(group)].astype("int32")


def _pairs(
    trade: AnyArray, band: AnyArray, group_trade: AnyArray, group_band: AnyArray, down: int
) -> tuple[Rows, Rows]:
    """Every candidate with every group of the same trade (region and function), of the same band or up to `down` lower."""
    code = group_trade << 8 | group_band
    order = np.argsort(code, kind="stable")
    low = np.searchsorted(code[order], trade << 8 | np.maximum(band - down, 0))
    high = np.searchsorted(code[order], trade << 8 | band, side="right")
    counts = np.maximum(high - low, 0)
    rows = np.repeat(np.arange(len(trade)), counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return rows, order[np.repeat(low, counts) + step]


def _near(situation: Situation, here: AnyArray, there: AnyArray) -> Bytes:
    """0 in the same region, 1 elsewhere."""
    region = situation.bodies.region
    return np.asarray(region[here] != region[there]).astype("int8")
