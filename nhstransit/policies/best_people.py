"""Best people into community services: skilled staff are invited, choose an employer, are retrained, and move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arrays import Ints, Longs, Rows
from nhstransit.dates import Calendar, add_months
from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import Parent, amount, assumed, in_order, number, some_of, strict, whole
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Appoint,
    BasePolicy,
    Effects,
    Occasion,
    OpenPosts,
    Pay,
    PostOffer,
    Proposals,
    Question,
    Situation,
)
from nhstransit.grammar.explained import TO_BE_SEEN
from nhstransit.log import Kind
from nhstransit.organisations.bodies import KINDS, Roster, kinds_in_words
from nhstransit.phrases import number_of
from nhstransit.policies.filling import employed_until, steps
from nhstransit.policies.matching import UNMATCHED, deferred_acceptance
from nhstransit.rounding import largest_remainder
from nhstransit.selection import nth_within, order_within
from nhstransit.streams import Chances
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, NEVER

_AIM = (
    "the aim to move the best staff to community services was stated in 2010 without numbers; the value is a judgement"
)


@attrs.frozen(kw_only=True, field_transformer=strict)
class BestPeople(BasePolicy):
    """On one day the most skilled people are invited to a course and then a new post of their band in community services.

    `places` sets the number of new posts for each kind of employer. The continuing employers of a kind share these
    posts in proportion to residents. In each region `asked_a_place` people are invited for each post. The people
    invited work in `functions` (by default all), have no agreed exit or other post, and work for employers of `kinds`
    that are still open at the end of the course. People who accept rank the employers in the region, and each employer
    selects the most skilled of them. On the day `invited`, the old employer of each person selected pays `pounds` for
    the course. `months` later the person starts in the new post, in the function `into` (by default their own).
    """

    place: ClassVar[int] = 58
    question: ClassVar[Question | None] = "post"

    announced: dt.date
    invited: dt.date
    places: Named[int] = attrs.field(metadata={"parent": Parent(unit="places for each kind of employer")})
    kinds: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    functions: tuple[str, ...] = ()
    bands: tuple[str, ...] = some_of(BANDS, ())
    into: str = ""
    asked_a_place: float = number(2.0, low=1.0, high=100.0, parent=assumed("people invited per place", 1.0, 5.0, _AIM))
    months: int = whole(
        3, high=60, parent=Parent(unit="months of retraining", source=_AIM, quality="assumption", range=(1, 12))
    )
    pounds: float = amount(2_500.0, parent=assumed("pounds a person", 500.0, 10_000.0, _AIM))

    def __attrs_post_init__(self) -> None:
        in_order(self, "announced", "invited")
        for kind, count in self.places.items():
            if kind not in KINDS:
                raise ScenarioError(f"places.{kind}", "is not a kind of employer", nearest(kind, KINDS))
            if count < 0:
                raise ScenarioError(f"places.{kind}", f"is {count}", "give 0 or more places")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of the invitations."""
        return [Occasion(calendar.day(self.invited), "invited")]

    def propose(self, situation: Situation) -> Proposals | None:
        """Offer each invited person every employer in the region that has places."""
        people = situation.people
        bodies = situation.bodies
        places = self._places(situation)
        there = np.flatnonzero(places)
        invited = self._invited(situation, places)
        region = bodies.region[people.employer[invited]]
        # A table of (invited, employers with places). Each true cell is an offer: a person and an employer in the region.
        who, group = np.nonzero(region[:, None] == bodies.region[there])
        if not len(who):
            return None
        rows = invited[who]
        body = there[group]
        return PostOffer(
            rows=rows,
            group=body.astype("int32"),
            group_key=bodies.keys[body],
            near=steps(bodies, people.employer[rows], body),
            bands_down=np.zeros(len(rows), "int8"),
        )

    def select(self, situation: Situation, proposals: PostOffer, answers: Answers, chances: Chances) -> Effects:
        """Pay for the course, open the posts, and appoint people to them.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        yes = answers.yes
        people = situation.people
        if not yes.any() or answers.ranking is None:
            return NOTHING
        # Deferred acceptance numbers candidates from 0: `who[candidate]` is the person of each offer accepted.
        who, candidate = np.unique(proposals.rows[yes], return_inverse=True)
        skill = people.skill[proposals.rows[yes]].astype("float64")
        body = proposals.group[yes]
        places = self._places(situation)
        got = deferred_acceptance(candidate, body, answers.ranking[yes], skill, people.staff[who], places)
        chosen = np.zeros(len(proposals), bool)
        # A person may accept several offers, and only the one that succeeds counts as chosen.
        chosen[np.flatnonzero(yes)] = got[candidate] == body
        rows = who[got != UNMATCHED]
        employer = got[got != UNMATCHED]
        cost = np.full(len(rows), round(self.pounds * 100), "int64")
        made = OpenPosts(employer=employer, function=self._function(situation, rows), band=people.band[rows])
        placed = Appoint(rows=rows, posts=made.posts, start=self._start(situation))
        return Effects(then=(Pay(rows=rows, kind=Kind.TRAINING, pence=cost), made, placed), chosen=chosen)

    def _start(self, situation: Situation) -> int:
        """The first day after the course."""
        return int(add_months(situation.epoch_day, self.months)) - situation.calendar.origin

    def _function(self, situation: Situation, rows: Rows) -> Ints:
        """The function of each person's new post, (rows,)."""
        if self.into:
            return np.full(len(rows), situation.functions.index(self.into), "int32")
        return situation.people.function[rows].astype("int32")

    def _places(self, situation: Situation) -> Longs:
        """Number of places at each employer, (bodies,)."""
        bodies = situation.bodies
        out = np.zeros(len(bodies), "int64")
        for kind, count in self.places.items():
            stands = bodies.of_kinds((kind,)) & (bodies.closes == NEVER) & (bodies.opens <= situation.day)
            # Replications that are simulated together are separate countries, so each gets the full number of places.
            for replication in range(bodies.replications):
                theirs = np.flatnonzero(stands & (bodies.replication == replication))
                residents = bodies.population[theirs]
                weight = residents if residents.any() else np.ones(len(theirs))
                if len(theirs):
                    out[theirs] = largest_remainder(count, weight)
        return out

    def _invited(self, situation: Situation, places: Longs) -> Rows:
        """The most skilled people of each region, `asked_a_place` for each place in the region."""
        people = situation.people
        bodies = situation.bodies
        free = situation.staff_of(self.kinds, functions=self.functions or None, bands=self.bands or None, free=True)
        free &= employed_until(situation, self._start(situation))
        rows = np.flatnonzero(free)
        region = bodies.region[people.employer[rows]].astype("int64")
        rows = rows[order_within(region, -people.skill[rows], people.staff[rows])]
        region = bodies.region[people.employer[rows]]
        many = np.bincount(bodies.region, weights=places, minlength=len(bodies.regions)) * self.asked_a_place
        # `rows` is sorted by region and skill, so the number within the region is the rank.
        return np.sort(rows[nth_within(region) < np.floor(many + 1e-9)[region]])

    title: ClassVar[str] = "Best people into community services"
    about: ClassVar[str] = (
        "On one day the most skilled people are invited to a course and then a new post of their band in community services."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many people are invited to how many places, and the cost and length of the course."""
        if proposals is None:
            return TO_BE_SEEN
        invited = len(np.unique(proposals.rows))
        places = sum(self.places.values())
        return (
            f"{number_of(invited, 'person')} of the opening staff are invited to {number_of(places, 'place')} in "
            f"{kinds_in_words(tuple(self.places))}.",
            f"Retraining takes {number_of(self.months, 'month')} and costs £{self.pounds:,.0f} a person.",
        )
