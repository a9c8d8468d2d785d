"""Filling of posts: which posts each person may compete for, and one round in which posts are filled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any, ClassVar

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Ints, Keys, Longs, Rows, distinct
from nhstransit.dates import Calendar
from nhstransit.fields import Parent, amount, in_order, one_of, some_of, strict, whole
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Appoint,
    BasePolicy,
    Effects,
    Occasion,
    PostOffer,
    Proposals,
    Question,
    Situation,
)
from nhstransit.grammar.explained import explained_by_proposals
from nhstransit.organisations.bodies import KINDS, Roster, kinds_in_words
from nhstransit.organisations.posts import post_keys
from nhstransit.phrases import listed, number_of
from nhstransit.policies.matching import UNMATCHED, deferred_acceptance
from nhstransit.selection import nth_within, ordered
from nhstransit.streams import Chances, combined, plain_keys
from nhstransit.workforce.columns import BANDS, rank_of

REACHES = ("successor", "cluster", "region", "anywhere")
SUCCESSOR, CLUSTER, REGION, ELSEWHERE = range(4)  # steps of `PostOffer.near`
_PAIRS = 65_536  # pairs processed at a time
_ROOM_A_PERSON = 0.25  # pairs per person in one part of a large round: about 46 bytes of memory per person


def steps(bodies: Roster, here: AnyArray, there: AnyArray) -> Bytes:
    """How near one employer is to another, for each pair, (pairs,).

    0 for a successor, 1 for the same cluster, 2 for the same region, 3 for elsewhere.

    The function works pair by pair. A table of every employer by every other would grow with the square of their
    number, and most of its cells would never be read.

    Args:
        bodies: the employers.
        here: (pairs,) positions of the employers that people come from.
        there: (pairs,) positions of the employers that they may go to.
    """
    near = np.full(len(here), ELSEWHERE, "int8")
    # A national round has millions of pairs. Blocks keep the temporary columns small.
    for start in range(0, len(here), _PAIRS):
        rows = slice(start, start + _PAIRS)
        step = near[rows]
        old = here[rows]
        new = there[rows]
        cluster = bodies.cluster[old]
        # From the widest area to the nearest, so that the nearest one that is true remains. −1: in no cluster.
        step[bodies.region[old] == bodies.region[new]] = REGION
        step[(cluster == bodies.cluster[new]) & (cluster >= 0)] = CLUSTER
        step[bodies.succeeds(old, new)] = SUCCESSOR
    return near


def employed_until(situation: Situation, start: int) -> Bools:
    """People whose employer is open until the day before `start`, (people,), so they have no gap without a job."""
    people = situation.people
    return np.asarray(people.in_post & (situation.bodies.closes[people.employer] >= start - 1))


def within_reach(
    situation: Situation,
    rows: Rows,
    lead: Rows,
    reach: str,
    national: Bools,
    down: int,
    kindred: Sequence[str] = (),
) -> tuple[Ints, Ints]:
    """Every pair of a candidate and a group of posts that the candidate may compete for.

    The group has the candidate's function, or both functions are in `kindred`. It has the candidate's band, or one up
    to `down` bands lower.

    Args:
        situation: the present state of the run.
        rows: (n,) positions of candidates.
        lead: (groups,) position of one post of each group.
        reach: how far candidates may go for posts, one of the keys of `_ROUTES`.
        national: (bodies,) employers whose posts are open to everyone. `reach` limits the posts of other employers.
        down: bands below the candidate's own that are still in reach.
        kindred: functions whose staff may take each other's posts.

    Returns:
        Positions in `rows` and in `lead`, (pairs,) each.
    """
    people = situation.people
    posts = situation.posts
    bodies = situation.bodies
    trade = _trades(situation, kindred)
    open_to_all = national[posts.employer[lead]]
    found = []
    # Groups with a limited reach first, then the groups that are open to everyone.
    for groups, how in ((np.flatnonzero(~open_to_all), reach), (np.flatnonzero(open_to_all), "anywhere")):
        theirs = lead[groups]
        who, here = _places(bodies, people.employer[rows], how)
        there = _place(bodies, posts.employer[theirs], how)
        # Area and function in one integer: only equal integers may compete. A candidate with several areas, such as
        # several successors, has one entry in `who` for each.
        row, place = _pairs(
            here << 8 | trade[people.function[rows[who]]],
            rank_of(people.band[rows[who]]),
            there << 8 | trade[posts.function[theirs]],
            rank_of(posts.band[theirs]),
            down,
        )
        found.append((who[row], groups[place].astype("int32")))
    (local, groups), (far, others) = found
    return np.concatenate([local, far]), np.concatenate([groups, others])


def _trades(situation: Situation, kindred: Sequence[str]) -> Ints:
    """The code used for each function, (functions,): its own, or one code for all functions in `kindred`."""
    trades = np.arange(len(situation.functions), dtype="int32")
    alike = situation.function_codes(kindred)
    trades[alike] = min(alike, default=0)
    return trades


def _places(bodies: Roster, employer: AnyArray, how: str) -> tuple[Ints, Longs]:
    """The areas where people of these employers may compete: position in `employer`, and number of the area."""
    if how != "successor":
        place = _place(bodies, employer, how)
        who = np.flatnonzero(place >= 0).astype("int32")
        return who, place[who]
    # Each person has one entry per successor. `every` lists the successors of all employers one after another, and
    # `first` is where each employer's list begins.
    heirs = [sorted(set(each)) for each in bodies.heirs]
    count = np.array([len(each) for each in heirs], "int64")
    first = np.cumsum(count) - count
    every = np.array([heir for each in heirs for heir in each], "int64")
    who = np.repeat(np.arange(len(employer), dtype="int32"), count[employer])
    nth = _run_along(count[employer])
    if not len(who):
        return who, np.empty(0, "int64")
    return who, every[first[employer[who]] + nth]


def _place(bodies: Roster, employer: AnyArray, how: str) -> Longs:
    """The number of the area of each of these employers' posts, (n,); −2 if the employer is in no area."""
    if how == "successor":
        return employer.astype("int64")
    if how == "cluster":
        cluster = bodies.cluster[employer].astype("int64")
        return np.where(cluster >= 0, cluster, -2)
    anywhere = bodies.replication if how == "anywhere" else bodies.region  # replications never compete
    return anywhere[employer].astype("int64")


def _run_along(counts: Longs) -> Longs:
    """0, 1, 2 … up to each count, one count after another, (sum,)."""
    ends = np.cumsum(counts)
    total = ends[-1] if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts, counts)


def _pairs(
    trade: AnyArray, rank: AnyArray, group_trade: AnyArray, group_rank: AnyArray, down: int
) -> tuple[Ints, Ints]:
    """Every pair of candidate and group with the same trade, in the same band or up to `down` bands lower.

    Args:
        trade: (candidates,) number of the candidate's area and function.
        rank: (candidates,) rank of the candidate's band.
        group_trade: (groups,) number of the group's area and function.
        group_rank: (groups,) rank of the group's band.
        down: bands below the candidate's own that are still in reach.

    Returns:
        Positions of candidates and of groups, (pairs,) each.
    """
    # Groups sorted by area, function and rank. The groups open to a candidate are then one stretch, from the lowest
    # suitable rank to the candidate's own. All stretches are written one after another.
    code = group_trade << 8 | group_rank
    order = ordered(code).astype("int32")
    low = np.searchsorted(code[order], trade << 8 | np.maximum(rank - down, 0))
    high = np.searchsorted(code[order], trade << 8 | rank, side="right")
    counts = np.maximum(high - low, 0)
    rows = np.repeat(np.arange(len(trade), dtype="int32"), counts)
    places = np.repeat(low, counts) + _run_along(counts)
    return rows, order[places]


def apart(
    situation: Situation,
    rows: Rows,
    lead: Rows,
    reach: str,
    national: Bools,
    down: int,
    kindred: Sequence[str] = (),
) -> list[tuple[Rows, Rows]]:
    """Divide candidates and groups of a round into parts, so that nobody may compete for a post of another part.

    People compete within their function or the `kindred` ones, and within an area unless some post is open more widely.
    Functions and areas are combined until a part has about `_PAIRS` pairs, or in a large scenario a quarter as many
    pairs as there are people. So a small round is one part.

    Args:
        situation, rows, lead, reach, national, down, kindred: as for `within_reach`.

    Returns:
        For each part, positions in `rows` and in `lead`, in order.
    """
    people = situation.people
    posts = situation.posts
    bodies = situation.bodies
    # One post that is open to everyone, or successors that several employers share, would join areas together. Then
    # only the function divides the round.
    in_areas = reach in ("cluster", "region") and not national[posts.employer[lead]].any()
    area = reach if in_areas else "anywhere"
    function = _trades(situation, kindred)
    trade = _place(bodies, people.employer[rows], area) << 8 | function[people.function[rows]]
    group_trade = _place(bodies, posts.employer[lead], area) << 8 | function[posts.function[lead]]
    trades = distinct(np.concatenate([trade, group_trade]))
    trade = np.searchsorted(trades, trade)
    group_trade = np.searchsorted(trades, group_trade)
    # The number of pairs in each trade and rank, without listing them: candidates of a rank times groups of that rank,
    # and times groups of each lower rank in reach. The columns are ranks, so lower ranks are columns to the left.
    wanted = _counts(trade, rank_of(people.band[rows]), len(trades))
    offered = _counts(group_trade, rank_of(posts.band[lead]), len(trades))
    pairs = wanted * offered
    for step in range(1, down + 1):
        pairs[:, step:] += wanted[:, step:] * offered[:, :-step]
    # Trades are filled into parts in order. A trade belongs to the part in which its first pair falls.
    size = pairs.sum(axis=1)
    limit = max(_PAIRS, int(_ROOM_A_PERSON * len(people.staff)))
    part = (np.cumsum(size) - size) // limit
    candidates = _by_number(part[trade], part)
    groups = _by_number(part[group_trade], part)
    return list(zip(candidates, groups, strict=True))


def _counts(trade: AnyArray, rank: AnyArray, trades: int) -> Longs:
    """The number of entries of each trade and band's rank, (trades, bands)."""
    cells = np.bincount(trade * len(BANDS) + rank, minlength=trades * len(BANDS))
    return cells.reshape(trades, len(BANDS))


def _by_number(numbers: Longs, known: Longs) -> list[Rows]:
    """For each distinct number in `known`, smallest first, its positions in `numbers`, in order."""
    order = ordered(numbers)
    return np.split(order, np.searchsorted(numbers[order], distinct(known)[1:]))


# Filling posts: one round in which staff of closing employers compete for posts in new ones.

_AHEAD = 1_000.0  # added to the score of people with a right to the post, so that they come first
_OWN_FUNCTION = (
    100.0  # added to the score of people of the post's own function; less than `_AHEAD`, as rights come first
)
_ROUTES = {  # by `reach`
    "successor": "It is a competitive slot-in: only staff of the employers that a post's employer succeeds may compete",
    "cluster": "It is a ring-fenced competition: only staff of the cluster may compete",
    "region": "It is an open competition in each region",
    "anywhere": "It is an open competition for staff anywhere",
}
_MATCHED = {  # by `reach`, in a round of `matching`
    "successor": "It is a slot-in: posts are matched with staff of the employers that the post's employer succeeds",
    "cluster": "It is a ring-fence: posts are matched with staff of the cluster",
    "region": "Posts are matched with staff of the region",
    "anywhere": "Posts are matched with staff anywhere",
}


@attrs.frozen(kw_only=True, field_transformer=strict)
class Filling(BasePolicy):
    """One round in which people rank posts of their function and panels rank people. Nobody loses a post to another person.

    The round is open to everyone in post in a closing employer of `senders` that is open until at least the day before
    `starts`, except people with another post or an exit of their own choice. The vacant posts of `receivers` are on
    offer, in the same function, in the same band or up to `bands_down` lower (pay is protected). `bands` limits the
    round to people who are in these bands now.

    `reach` sets the route: a slot-in to posts of the employer's successors ("successor"), a ring-fenced competition
    within the cluster ("cluster"), or an open competition in the region ("region") or everywhere ("anywhere"). Posts of
    `national` kinds of employer are open to everyone. Panels rank people by skill, which they judge with some error.
    With `rights_first`, people with a right to a post of their own band in a successor of their employer come first.
    Staff of `kindred` functions may take each other's posts, but come after staff of the post's own function. With
    `matching`, employers match people with posts: nobody needs to apply, and everyone who does not decline is
    considered. `waves` limits the posts to commissioning groups authorised in these waves. With `authorised`, employers
    that are not yet authorised offer no posts.
    """

    place: ClassVar[int] = 50
    question: ClassVar[Question | None] = "post"

    announced: dt.date
    held: dt.date
    starts: dt.date
    senders: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    receivers: tuple[str, ...] = some_of(KINDS, ("ccg", "csu", "community-provider"))
    reach: str = one_of(REACHES, "region")
    rights_first: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    national: tuple[str, ...] = some_of(KINDS, ())
    bands: tuple[str, ...] = some_of(BANDS, BANDS)
    kindred: tuple[str, ...] = ()
    waves: tuple[int, ...] = ()
    authorised: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    matching: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    bands_down: int = whole(
        1,
        high=12,
        parent=Parent(
            unit="bands", source="by the usual rule, a suitable post is up to one band lower", quality="recalled"
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

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "held", "starts")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of the round."""
        return [Occasion(calendar.day(self.held), "round")]

    def propose(self, situation: Situation) -> Proposals | None:
        """Offer each candidate every group of vacant posts that they may compete for."""
        offered = self._vacancies(situation)
        candidates = self._candidates(situation)
        if not len(candidates) or not len(offered.cell):
            return None
        national = situation.bodies.of_kinds(self.national)
        reached = (self.reach, national, self.bands_down, self.kindred)
        # Neither the parts nor the offers are computed here: `Round` calls these functions when they are needed.
        parts = partial(apart, situation, candidates, offered.first, *reached)
        return Round(partial(self._offers, situation, national), parts, candidates, offered)

    def _offers(self, situation: Situation, national: Bools, candidates: Rows, offered: Vacancies) -> Offers:
        """Every group of these vacant posts that each of these candidates may compete for."""
        people = situation.people
        posts = situation.posts
        lead = offered.first
        place, group = within_reach(situation, candidates, lead, self.reach, national, self.bands_down, self.kindred)
        here = people.employer[candidates]
        there = posts.employer[lead]
        own_rank = rank_of(people.band[candidates])
        post_rank = rank_of(posts.band[lead])
        return Offers(
            offered=offered,
            rows=candidates.astype("int32")[place],
            group=group,
            group_key=_group_keys(situation, lead)[group],
            near=steps(situation.bodies, here[place], there[group]),
            bands_down=(own_rank[place] - post_rank[group]).astype("int8"),
            matching=self.matching,
        )

    def select(self, situation: Situation, proposals: PostOffer, answers: Answers, chances: Chances) -> Effects:
        """Match the people who compete with the posts, in a stable matching.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        yes = answers.yes
        if not yes.any() or answers.ranking is None:
            return NOTHING
        people = situation.people
        # The numbers in `group` refer to the vacancies of the same part of the round.
        offered = proposals.offered if isinstance(proposals, Offers) else self._vacancies(situation)
        rows = proposals.rows[yes]
        group = proposals.group[yes]
        who, candidate = _numbered(rows, len(people.staff))
        score = self._assessed(situation, proposals, yes, chances)
        if self.kindred:
            wanted = situation.posts.function[offered.first][group]
            score[people.function[rows] == wanted] += _OWN_FUNCTION
        got = deferred_acceptance(candidate, group, answers.ranking[yes], score, people.staff[who], offered.places)
        won = np.flatnonzero(got != UNMATCHED)
        start = situation.calendar.day(self.starts)
        placed = Appoint(rows=who[won], posts=seats(offered, got[won]), start=start)
        # A person may compete for several groups. Only the pair that succeeded counts as chosen.
        chosen = np.zeros(len(proposals), bool)
        chosen[np.flatnonzero(yes)] = got[candidate] == group
        return Effects(then=(placed,), chosen=chosen)

    def _assessed(self, situation: Situation, proposals: PostOffer, yes: Bools, chances: Chances) -> Floats:
        """The panel's score of each candidate for each post applied for, (pairs,)."""
        people = situation.people
        rows = proposals.rows[yes]
        score = people.skill[rows].astype("float64")
        if self.assessment_error:
            # The error belongs to the pair of person and group: each panel judges a candidate independently.
            pair = combined(people.key[rows], proposals.group_key[yes])
            score += self.assessment_error * chances.normal("assessment", pair)
        if self.rights_first:
            right = (proposals.near == SUCCESSOR) & (proposals.bands_down == 0)
            score[right[yes]] += _AHEAD
        return score

    def _vacancies(self, situation: Situation) -> Vacancies:
        """The posts on offer today."""
        bodies = situation.bodies
        offers = bodies.of_kinds(self.receivers) & (bodies.stands <= situation.calendar.day(self.starts))
        if self.waves:
            offers = offers & np.isin(bodies.wave, self.waves)
        if self.authorised:
            offers = offers & (bodies.authorised <= situation.day)
        return vacancies(situation, offers)

    def _candidates(self, situation: Situation) -> Rows:
        """Staff of closing `senders` who need a post, under notice or not, and whose employer does not close too soon."""
        people = situation.people
        need = (people.next_post < 0) & ((people.exit_rule < 0) | people.exit_voidable)
        need &= employed_until(situation, situation.calendar.day(self.starts))
        return np.flatnonzero(need & situation.staff_of(self.senders, bands=self.bands, closing=True))

    title: ClassVar[str] = "Filling of posts"
    about: ClassVar[str] = (
        "One round on one day: people rank the posts of their function, panels rank people, and nobody is displaced."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many people may compete for how many posts, and the route."""
        if not isinstance(proposals, PostOffer) or not len(proposals):
            return explained_by_proposals(self, situation, proposals)
        receiving = situation.bodies.of_kinds(self.receivers)[situation.posts.employer]
        vacant = int((situation.posts.vacant & receiving).sum())
        return (
            *proposals.explain_candidates(situation, self.senders),
            self._explain_route(),
            f"{number_of(vacant, 'post')} would be vacant in {kinds_in_words(self.receivers)}.",
            *proposals.explain_choices(),
        )

    def _explain_route(self) -> str:
        """The route of the round, how people enter it, and whether those with a right to a post come first."""
        others = f"; posts in {kinds_in_words(self.national)} are open to everyone" if self.national else ""
        first = " People with a right to slot in come before all others." if self.rights_first else ""
        if self.kindred:
            first += (
                f" Staff in {listed(self.kindred)} may take each other's posts, after staff of the post's own function."
            )
        if self.matching:
            return f"{_MATCHED[self.reach]}, by band and duties{others}. Everyone who does not decline is considered.{first}"
        return f"{_ROUTES[self.reach]}{others}.{first}"


def _group_keys(situation: Situation, lead: Rows) -> Keys:
    """Keys of draws about a group, (groups,): by employer, function and band, not by which of its posts are vacant."""
    posts = situation.posts
    cells = (posts.employer[lead], posts.function[lead], posts.band[lead])
    plain = post_keys(situation.bodies.names, situation.functions, *cells, 0)
    return situation.bodies.keyed(plain, posts.employer[lead])


@attrs.frozen(eq=False, kw_only=True)
class Vacancies:
    """Vacant posts by group: cell codes, first post and number of posts, (groups,) each, and all posts in order."""

    cell: Longs
    first: Rows
    places: Longs
    posts: Rows

    def of(self, groups: Rows) -> Vacancies:
        """The vacancies of some groups only, numbered from 0 in the order given."""
        # Posts are stored group after group, so a group is a stretch that begins after the places of earlier groups.
        places = self.places[groups]
        starts = (np.cumsum(self.places) - self.places)[groups]
        posts = self.posts[np.repeat(starts, places) + _run_along(places)]
        return Vacancies(cell=self.cell[groups], first=self.first[groups], places=places, posts=posts)


@attrs.frozen(eq=False, kw_only=True)
class Offers(PostOffer):
    """Offers of a round, with the vacancies to which the numbers in `group` refer."""

    offered: Vacancies


class Round(PostOffer):
    """All offers of a round, made when they are read: a national round has millions, and few are needed at a time."""

    def __init__(
        self,
        make: Callable[[Rows, Vacancies], Offers],
        apart: Callable[[], list[tuple[Rows, Rows]]],
        candidates: Rows,
        offered: Vacancies,
    ) -> None:
        """`make` returns the offers of some vacancies to some candidates, and `apart` the parts of the whole round."""
        # The base class is frozen, and its columns must stay unset so that reading one reaches `__getattr__`.
        vars(self).update(make=make, apart=apart, candidates=candidates, offered=offered)

    def parts(self) -> Iterator[Offers]:
        """Offers in separate parts, each made when it is needed. A part without offers is left out."""
        parts = self.apart()
        if len(parts) == 1:
            yield self._whole
            return
        for some, groups in parts:
            made: Offers = self.make(self.candidates[some], self.offered.of(groups))
            if len(made):
                yield made

    @cached_property
    def _whole(self) -> Offers:
        whole: Offers = self.make(self.candidates, self.offered)
        return whole

    def __getattr__(self, name: str) -> Any:
        """A column of all offers, which are made when the first column is read."""
        return getattr(self._whole, name)


def vacancies(situation: Situation, offers: Bools) -> Vacancies:
    """The vacant posts of the employers marked in `offers`, (bodies,), grouped by employer, function and band."""
    posts = situation.posts
    rows = np.flatnonzero(posts.vacant & offers[posts.employer])
    employer = posts.employer[rows].astype("int64")
    function = posts.function[rows].astype("int64")
    # Codes of functions and bands are below 256. Within a group, posts are in the order of their keys.
    code = (employer << 16) | (function << 8) | posts.band[rows]
    order = np.lexsort((plain_keys(posts.key[rows]), code))
    cell, first, places = np.unique(code[order], return_index=True, return_counts=True)
    sorted_rows = rows[order]
    return Vacancies(cell=cell, first=sorted_rows[first], places=places, posts=sorted_rows)


def seats(vacancies: Vacancies, group: Ints) -> Ints:
    """One post of the group for each person placed, in order."""
    starts = np.concatenate([np.zeros(1, "int64"), np.cumsum(vacancies.places)])
    return vacancies.posts[starts[group] + nth_within(group)].astype("int32")


def _numbered(rows: AnyArray, people: int) -> tuple[Rows, Ints]:
    """The distinct people in `rows`, in order, (n,), and the index of each row among those, (rows,)."""
    # A mark for each person is much faster than `np.unique` on millions of rows.
    there = np.zeros(people, bool)
    there[rows] = True
    who = np.flatnonzero(there)
    number = np.empty(people, "int32")  # only the entries of those people are written and read
    number[who] = np.arange(len(who))
    return who, number[rows]
