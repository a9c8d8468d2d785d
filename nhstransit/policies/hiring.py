"""Newcomers from outside: their traits are drawn with the keys of a post and its spell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arithmetic import exp, log, log1p
from nhstransit.arrays import Bools, Ints, Keys
from nhstransit.dates import Calendar
from nhstransit.fields import Parent, assumed, number, share, some_of, strict
from nhstransit.grammar import (
    NOTHING,
    Answers,
    BasePolicy,
    Effects,
    Hire,
    Newcomers,
    Occasion,
    Proposals,
    Situation,
)
from nhstransit.organisations.bodies import KINDS, Roster, kinds_in_words
from nhstransit.phrases import number_of, percentage
from nhstransit.streams import Chances, combined
from nhstransit.workforce.columns import NEVER, SECTIONS

_YEAR = 365.25
_INVENTED = "newcomers' traits: no table found; assumed"


def _assumed(unit: str, low: float, high: float) -> Parent:
    return Parent(unit=unit, source=_INVENTED, quality="assumption", range=(low, high))


@attrs.frozen(kw_only=True)
class Traits(BasePolicy):
    """Shares and ages of newcomers. Skill, outside option and attitude are standard normals."""

    from_nhs: float = share(0.45, parent=_assumed("share of newcomers", 0.2, 0.7))
    part_time: float = share(0.32, parent=_assumed("share of newcomers", 0.2, 0.45))
    women: float = share(0.75, parent=_assumed("share of newcomers", 0.68, 0.8))
    youngest: float = number(22.0, low=16, high=70, parent=_assumed("years of age", 18.0, 25.0))
    oldest: float = number(55.0, low=16, high=70, parent=_assumed("years of age", 45.0, 60.0))


def draw(traits: Traits, situation: Situation, chances: Chances, keys: Keys, day: Ints | int) -> Newcomers:
    """Draw newcomers.

    Args:
        traits: shares and ages of newcomers.
        situation: the present state of the world.
        chances: draws of the policy and round.
        keys: (n,) keys of the draws, one per newcomer.
        day: the day on which they start, one for all or (n,).

    Returns:
        Newcomers, in (n,) columns.
    """

    def luck(what: str) -> np.ndarray:
        return chances.uniform(what, keys, among="post")

    def score(what: str) -> np.ndarray:
        return chances.normal(what, keys, among="post").astype("float32")

    today, count = situation.calendar.origin + day, len(keys)
    age = traits.youngest + (traits.oldest - traits.youngest) * luck("age")
    served = np.minimum(-6.0 * log(luck("service")), np.maximum(age - 17.0, 0.0))
    served *= luck("from the NHS") < traits.from_nhs
    return Newcomers(
        key=keys,
        point=np.zeros(count, "int8"),
        wte_hundredths=np.where(luck("part time") < traits.part_time, 60, 100).astype("int8"),
        born=(today - np.ceil(age * _YEAR)).astype("int32"),
        service_from=(today - np.floor(served * _YEAR)).astype("int32"),
        sex=(luck("sex") >= traits.women).astype("int8"),
        clinician=np.zeros(count, bool),
        section=np.full(count, SECTIONS.index("2008"), "int8"),
        skill=score("skill"),
        outside=score("outside"),
        attitude=score("attitude"),
    )


def some(newcomers: Newcomers, mask: Bools) -> Newcomers:
    """The newcomers that the mask, (n,), marks."""
    return Newcomers(**{field.name: getattr(newcomers, field.name)[mask] for field in attrs.fields(Newcomers)})


# Vacancies and hiring: some empty posts are refilled from outside, and newcomers take time to come.


@attrs.frozen(kw_only=True, field_transformer=strict)
class Hiring(Traits):
    """On the 1st of each month, a share of vacancies is advertised. Newcomers start on a later 1st.

    One draw, keyed by the post and its spell, settles once whether a vacancy is refilled. The time to hire has a mean
    of `weeks` and is never under a month. Nobody is hired to start on an employer's last day or later. An employer that
    is still to be authorised cannot employ anyone; with `authorised`, it advertises nothing until it is authorised. An
    employer also advertises nothing while people are under notice, or in consultation, to go with their posts.
    """

    place: ClassVar[int] = 70

    announced: dt.date
    until: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("ccg", "community-provider"))
    refill: float = share(
        0.5, parent=assumed("share of vacancies", 0.2, 0.8, "refill under recruitment control, 2010-13; assumed")
    )
    weeks: float = number(
        14.0,
        low=0.0,
        high=104.0,
        parent=Parent(
            unit="weeks from advert to start", source="trade press on NHS time to hire, 2023-25", quality="press"
        ),
    )
    spread: float = number(
        0.4, low=0.0, high=2.0, parent=assumed("coefficient of variation", 0.25, 0.6, "time to hire, assumed")
    )

    authorised: bool = attrs.field(default=True, validator=attrs.validators.instance_of(bool))

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The 1st of each month from the announcement to the last of hiring."""
        first, last = calendar.day(self.announced), calendar.day(self.until)
        days = calendar.month_starts
        return [Occasion(int(day), "adverts") for day in days[(days >= first) & (days <= last)]]

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Newcomers for the vacancies that are to be refilled, by the month when they can start."""
        posts, bodies = situation.posts, situation.bodies
        hires = bodies.of_kinds(self.kinds) & ((bodies.authorised <= situation.day) | (not self.authorised))
        hires &= ~_cutting(situation)
        vacant = np.flatnonzero(posts.vacant & hires[posts.employer])
        spell = combined(posts.key[vacant], posts.spell[vacant])
        wanted = chances.uniform("refill", spell, among="post") < self.refill
        vacant, spell = vacant[wanted], spell[wanted]
        if not len(vacant):
            return NOTHING
        start = self._starts(situation, chances, spell)
        in_time = start < np.minimum(situation.bodies.closes[posts.employer[vacant]], situation.calendar.days)
        vacant, spell, start = vacant[in_time], spell[in_time], start[in_time]
        newcomers = draw(self, situation, chances, spell, start)
        then = []
        for day in np.unique(start).tolist():
            these = start == day
            then.append(Hire(posts=vacant[these].astype("int32"), newcomers=some(newcomers, these), start=day))
        return Effects(then=tuple(then))

    def _starts(self, situation: Situation, chances: Chances, spell: np.ndarray) -> Ints:
        """The 1st of a month when each newcomer can start: after the time to hire, at least a month from now."""
        sigma = np.sqrt(log1p(self.spread * self.spread))
        days = 7 * self.weeks * exp(sigma * chances.normal("time to hire", spell, among="post") - sigma * sigma / 2)
        earliest = situation.day + np.maximum(np.ceil(days), 28).astype("int64")
        firsts = np.append(situation.calendar.month_starts, NEVER)
        return np.asarray(firsts[np.searchsorted(firsts, earliest)])

    title: ClassVar[str] = "Hiring"
    about: ClassVar[str] = (
        "On the 1st of each month, a share of vacancies is put out to hire; newcomers start on a later 1st."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """The share of vacancies that is refilled, how soon, and how many vacancies there would be."""
        hiring = situation.bodies.of_kinds(self.kinds)[situation.posts.employer]
        vacant = int((situation.posts.vacant & hiring).sum())
        return (
            f"{percentage(self.refill)} of the vacancies in {kinds_in_words(self.kinds)} are refilled from outside, after "
            f"{self.weeks:g} weeks on average.",
            f"{number_of(vacant, 'post')} would be vacant on this day.",
        )


def _cutting(situation: Situation) -> Bools:
    """Which employers have people under notice, or in consultation, to go with their posts, (bodies,)."""
    people = situation.people
    going = (people.exit_voidable & (people.post_goes >= 0)) | (people.notice_due >= situation.day)
    return np.bincount(people.employer[going], minlength=len(situation.bodies)) > 0
