"""Assignment to shadow consortia: people are lent to their future employers, which lowers the risk they perceive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arithmetic import beta_quantile, normal_chance
from nhstransit.arrays import Bools, Floats, Longs
from nhstransit.dates import Calendar
from nhstransit.errors import ScenarioError
from nhstransit.fields import Parent, amount, assumed, share, some_of, strict
from nhstransit.grammar import (
    Answers,
    BasePolicy,
    Effects,
    Occasion,
    PostOffer,
    Proposals,
    Question,
    Situation,
    Turn,
)
from nhstransit.grammar.explained import TO_BE_SEEN
from nhstransit.organisations.appetites import appetite
from nhstransit.organisations.bodies import KINDS, Roster, kinds_in_words
from nhstransit.phrases import number_of, percentage
from nhstransit.selection import nth_within, order_within
from nhstransit.streams import Chances
from nhstransit.workforce.columns import NEVER, RiskClass

_REPORTED = (
    "the press reported in February 2011 that 7 of 160 staff applied in West Cheshire and "
    "that about 120 were assigned in Wirral; the spread over employers is a judgement"
)


@attrs.frozen(kw_only=True, field_transformer=strict)
class Assignment(BasePolicy):
    """In waves, closing employers lend people to their successor consortia, and those people perceive less risk.

    Each employer is willing to lend a share of its staff in `functions` (by default all). The share has mean `willing`
    and standard deviation `spread` over employers, and is drawn at random for each employer. Successors of the kinds
    `consortia` join on the days of `waves`, each in the wave in which it is authorised. Each successor has places in
    proportion to its residents. These places are offered to everyone without an agreed exit, another post, a guarantee
    or an at-risk letter. Of the people who accept, the most skilled are lent. People who are lent keep their employer,
    their pay and their home post, in which they have fewer duties.
    """

    place: ClassVar[int] = 56
    question: ClassVar[Question | None] = "post"

    announced: dt.date
    waves: tuple[dt.date, ...]
    kinds: tuple[str, ...] = some_of(KINDS, ("pct",))
    consortia: tuple[str, ...] = some_of(KINDS, ("ccg",))
    functions: tuple[str, ...] = ()
    willing: float = share(
        0.15,
        parent=Parent(unit="share of an employer's staff", source=_REPORTED, quality="assumption", range=(0.04, 0.3)),
    )
    spread: float = amount(
        0.12,
        parent=Parent(
            unit="standard deviation over employers", source=_REPORTED, quality="assumption", range=(0.0, 0.2)
        ),
    )
    weight: float = share(
        0.8,
        parent=assumed(
            "share of perceived risk removed", 0.4, 1.0, "an early place is assumed to reduce perceived risk"
        ),
    )

    def __attrs_post_init__(self) -> None:
        for earlier, later in pairwise((self.announced, *self.waves)):
            if later < earlier:
                raise ScenarioError(
                    "waves", f"lists {later} after {earlier}", "give dates in order, none before `announced`"
                )
        # A variable between 0 and 1 with mean m has a standard deviation below √(m(1−m)). No Beta distribution has more.
        if self.spread and self.spread * self.spread >= self.willing * (1.0 - self.willing):
            most = np.sqrt(self.willing * (1.0 - self.willing))
            raise ScenarioError("spread", f"is {self.spread:g}", f"give less than {most:.3g} with this `willing`")

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day of each wave."""
        return [Occasion(calendar.day(day), "wave", number) for number, day in enumerate(self.waves)]

    def propose(self, situation: Situation) -> Proposals | None:
        """Offer a place to everyone who may be lent, if one of their employer's consortia has joined."""
        people = situation.people
        some_joined = self._come(situation.bodies, situation.round) > 0
        rows = np.flatnonzero(self._concerned(situation) & some_joined[people.employer] & ~people.settled)
        # Higher risk classes are people with a guarantee, a place from an earlier wave, an at-risk letter or a safe post.
        rows = rows[people.risk_class[rows] <= RiskClass.EXPOSED]
        if not len(rows):
            return None
        # All places of an employer are one group: at successors, which is nearness 0, and in the person's own band.
        zero = np.zeros(len(rows), "int8")
        employer = people.employer[rows].astype("int32")
        return PostOffer(
            rows=rows, group=employer, group_key=situation.bodies.keys[employer], near=zero, bands_down=zero
        )

    def select(self, situation: Situation, proposals: PostOffer, answers: Answers, chances: Chances) -> Effects:
        """Select the most skilled of the people who accept, as many as there are places.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        people = situation.people
        rows = proposals.rows[answers.yes]
        # By employer, the most skilled first. Equal skills are ordered by identity, never by position in the run.
        rows = rows[order_within(people.employer[rows], -people.skill[rows], people.staff[rows])]
        employer = people.employer[rows]
        places = self._places(situation, chances)
        lent = np.sort(rows[nth_within(employer) < places[employer]])
        turn = Turn(rows=lent, risk_class=RiskClass.ASSIGNED, target=np.zeros(len(lent)), weight=self.weight)
        return Effects(then=(turn,))

    def _places(self, situation: Situation, chances: Chances) -> Longs:
        """How many more people each employer lends today, (bodies,)."""
        people = situation.people
        bodies = situation.bodies
        mine = self._concerned(situation)
        heads = np.bincount(people.employer[mine], minlength=len(bodies))
        already = mine & (people.risk_class == RiskClass.ASSIGNED)
        lent = np.bincount(people.employer[already], minlength=len(bodies))
        # The share is of today's staff, so an employer that shrinks lends fewer. The small addition before rounding
        # down keeps a product such as 29.999999999 from losing a place.
        due = heads * self.shares(bodies, chances) * self._come(bodies, situation.round)
        return np.maximum(np.floor(due + 1e-9).astype("int64") - lent, 0)

    def shares(self, bodies: Roster, chances: Chances) -> Floats:
        """The share of its staff that each employer is willing to lend, (bodies,): a Beta quantile of its appetite."""
        if not self.spread:
            return np.full(len(bodies), self.willing)
        # The sum of the two parameters of the Beta distribution, from its mean and standard deviation.
        both = self.willing * (1.0 - self.willing) / (self.spread * self.spread) - 1.0
        quantile = normal_chance(appetite(bodies, chances.luck))
        return beta_quantile(self.willing * both, (1.0 - self.willing) * both, quantile)

    def _come(self, bodies: Roster, wave: int) -> Floats:
        """Share of each employer's consortia that have joined, (bodies,).

        The share is by residents, or by number of consortia if residents are not given.
        """
        consortium = bodies.of_kinds(self.consortia)
        # Waves of authorisation are numbered from 1. Consortia of a later wave than the last one here join with it.
        comes = np.clip(bodies.wave - 1, 0, len(self.waves) - 1) <= wave
        out = np.zeros(len(bodies))
        for body in np.flatnonzero(bodies.of_kinds(self.kinds) & (bodies.closes < NEVER)):
            heirs = np.array([heir for heir in bodies.heirs[body] if consortium[heir]], np.intp)
            if len(heirs):
                residents = bodies.population[heirs]
                weights = residents if residents.any() else np.ones(len(heirs), "int64")
                out[body] = weights[comes[heirs]].sum() / weights.sum()
        return out

    def _concerned(self, situation: Situation) -> Bools:
        """People in post in closing employers of `kinds`, in `functions`, (people,)."""
        return situation.staff_of(self.kinds, functions=self.functions or None, closing=True)

    title: ClassVar[str] = "Loans to shadow bodies"
    about: ClassVar[str] = (
        "In waves, closing employers lend people to the consortia that will succeed them. These people keep their "
        "employer and pay, and perceive less risk."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """How many people work for employers with a consortium in this wave, and the share that employers will lend."""
        if proposals is None:
            return TO_BE_SEEN
        employers = np.unique(situation.people.employer[proposals.rows])
        return (
            f"{number_of(len(proposals), 'person')} of the opening staff work for {number_of(len(employers), 'employer')} "
            f"with {kinds_in_words(self.consortia)} of this wave or an earlier one.",
            f"Employers are willing to lend {percentage(self.willing)} of them on average, with a standard deviation of "
            f"{100 * self.spread:g} percentage points. The most skilled of the people who accept are lent, "
            "and keep their employer.",
        )
