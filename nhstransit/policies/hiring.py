"""Hiring from outside: vacancies are advertised and filled at random, and so are the traits of newcomers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np

from nhstransit.arithmetic import log, normal_quantile
from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Ints, Keys, Longs
from nhstransit.dates import DAYS_A_YEAR, Calendar
from nhstransit.errors import ScenarioError
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
from nhstransit.phrases import date, number_of, percentage
from nhstransit.streams import Chances, combined
from nhstransit.workforce.columns import NEVER, VSM

_YEAR = 365.25
_INVENTED = "no table of the characteristics of newcomers was found; the value is a judgement"


def _assumed(unit: str, low: float, high: float) -> Parent:
    return Parent(unit=unit, source=_INVENTED, quality="assumption", range=(low, high))


@attrs.frozen(kw_only=True)
class Traits(BasePolicy):
    """Shares and ages of newcomers. Skill, outside option and attitude are standard normal variables.

    A share `keeps_point` of the newcomers from the NHS keep their pay point: one point for each year in the band, up to
    the last. All other newcomers start at the lowest point.
    """

    from_nhs: float = share(0.45, parent=_assumed("share of newcomers", 0.2, 0.7))
    keeps_point: float = share(0.5, parent=_assumed("share of newcomers from the NHS", 0.0, 1.0))
    part_time: float = share(0.32, parent=_assumed("share of newcomers", 0.2, 0.45))
    women: float = share(0.75, parent=_assumed("share of newcomers", 0.68, 0.8))
    youngest: float = number(22.0, low=16, high=70, parent=_assumed("years of age", 18.0, 25.0))
    oldest: float = number(55.0, low=16, high=70, parent=_assumed("years of age", 45.0, 60.0))


_SCORES = ("skill", "outside", "attitude")
_DRAWN = ("age", "service", "from the NHS", "years in band", "keeps point", "part time", "sex", *_SCORES)


def draw(traits: Traits, situation: Situation, chances: Chances, keys: Keys, day: int, band: AnyArray) -> Newcomers:
    """Draw the traits of newcomers, with the keys of the posts and of their vacancies.

    Args:
        traits: shares and ages of newcomers.
        situation: the present state of the run.
        chances: draws of the policy and round.
        keys: (n,) keys of the draws, one per newcomer.
        day: the day on which they start.
        band: (n,) the band of each post.

    Returns:
        Newcomers, in (n,) columns.
    """
    # One uniform draw per trait and newcomer, by name of the trait.
    draws = dict(zip(_DRAWN, chances.several(_DRAWN, keys, among="post"), strict=True))
    scores = normal_quantile(np.stack([draws[what] for what in _SCORES])).astype("float32")
    today = situation.calendar.origin + day
    count = len(keys)
    age = traits.youngest + (traits.oldest - traits.youngest) * draws["age"]
    # Years of service are exponential with a mean of six years, and nobody has served since before the age of 17.
    # People who do not come from the NHS have none.
    longest = np.maximum(age - 17.0, 0.0)
    served = np.minimum(-6.0 * log(draws["service"]), longest)
    served *= draws["from the NHS"] < traits.from_nhs
    in_band = served * draws["years in band"] * (draws["keeps point"] < traits.keeps_point)
    return Newcomers(
        key=keys,
        point=_points(situation, day, band, in_band),
        wte_hundredths=np.where(draws["part time"] < traits.part_time, 60, 100).astype("int8"),
        born=(today - np.ceil(age * _YEAR)).astype("int32"),
        service_from=(today - np.floor(served * _YEAR)).astype("int32"),
        sex=(draws["sex"] >= traits.women).astype("int8"),
        clinician=np.zeros(count, bool),
        section=situation.law.pension_section(np.full(count, today), situation.epoch_day),
        skill=scores[0],
        outside=scores[1],
        attitude=scores[2],
    )


def _points(situation: Situation, day: int, band: AnyArray, years: Floats) -> Bytes:
    """One point for each complete year in the band, up to the last; 0 for very senior managers, who are on spot rates."""
    # For a start after the scenario's end, the points of its last day apply.
    law_day = situation.calendar.origin + min(day, situation.calendar.days - 1)
    last = situation.law.points(law_day)[band] - 1
    points = np.minimum(np.floor(years), np.maximum(last, 0))
    return np.where(band == VSM, 0, points).astype("int8")


# Vacancies and hiring: posts that are not frozen are filled from outside at a constant hazard.

_WEEKS_A_MONTH = DAYS_A_YEAR / 12 / 7


@attrs.frozen(kw_only=True, field_transformer=strict)
class Freeze:
    """Of the posts that become vacant up to this day, only a share is released to be filled."""

    until: dt.date
    refill: float = share(
        parent=Parent(unit="share of vacancies", source="your decision: how strict the freeze is", quality="choice")
    )


@attrs.frozen(kw_only=True, field_transformer=strict)
class Hiring(Traits):
    """On the 1st of each month, vacancies that are not frozen are advertised. Newcomers start on the 1st of a later month.

    Each month an advert finds someone with the same chance, 1 / (time to hire in months). So the mean time from the
    first advert to the start is `weeks`, and vacancies are filled at a constant hazard. Newcomers start on the first
    1st of a month at least four weeks after the advert. A share `refill` of the posts that become vacant is released to
    be advertised, and the rest are frozen. During a freeze, the freeze's own share applies instead. `freezes` lists
    freezes in order of their last days. A post frozen during a freeze stays empty after the freeze ends, because a
    freeze saves the pay of these posts.

    Nobody is hired to start on an employer's last day or later. An employer cannot employ anyone before it is
    authorised; with `authorised`, it does not advertise before then either. An employer does not advertise while any of
    its staff whose posts are to be removed are under notice or in consultation.
    """

    place: ClassVar[int] = 70

    announced: dt.date
    until: dt.date
    kinds: tuple[str, ...] = some_of(KINDS, ("ccg", "community-provider"))
    refill: float = share(
        0.5,
        parent=assumed(
            "share of vacancies",
            0.2,
            0.8,
            "the share of posts refilled while recruitment was restricted in 2010-13 is a judgement",
        ),
    )
    freezes: tuple[Freeze, ...] = ()
    weeks: float = number(
        14.0,
        low=0.0,
        high=104.0,
        parent=Parent(
            unit="weeks from advert to start",
            source="the trade press reported times to hire in the NHS in 2023-25, and a target of 8 weeks",
            quality="press",
            range=(8.0, 20.0),
        ),
    )

    authorised: bool = attrs.field(default=True, validator=attrs.validators.instance_of(bool))

    def __attrs_post_init__(self) -> None:
        days = [freeze.until for freeze in self.freezes]
        if days != sorted(set(days)):
            raise ScenarioError(
                "freezes", "are not in order of their last days", "give each a later day than the one before"
            )

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The 1st of each month from the announcement to `until`."""
        first = calendar.day(self.announced)
        last = calendar.day(self.until)
        days = calendar.month_starts
        return [Occasion(int(day), "adverts") for day in days[(days >= first) & (days <= last)]]

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Hire newcomers for the vacancies whose advert finds someone.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        posts = situation.posts
        bodies = situation.bodies
        may_advertise = (bodies.authorised <= situation.day) | (not self.authorised)
        hires = bodies.of_kinds(self.kinds) & may_advertise
        hires &= ~_cutting(situation)
        start = self._start(situation)
        # Nobody starts on an employer's last day, or after the scenario ends.
        hires &= start < np.minimum(bodies.closes, situation.calendar.days)
        vacant = np.flatnonzero(posts.vacant & hires[posts.employer])
        # The key of a vacancy: the post with its number of earlier holders. So a post that becomes vacant again is
        # drawn anew, and one that stays vacant keeps its draw of whether it is released.
        spell = combined(posts.key[vacant], posts.spell[vacant])
        share_released = self._released(situation, posts.emptied[vacant])
        released = chances.uniform("refill", spell, among="post") < share_released
        vacant = vacant[released]
        spell = spell[released]
        advert = combined(spell, _adverts_before(situation, posts.emptied[vacant]))
        found = chances.uniform("found", advert, among="post") < self.chance_a_month
        vacant = vacant[found]
        spell = spell[found]
        if not len(vacant):
            return NOTHING
        newcomers = draw(self, situation, chances, spell, start, posts.band[vacant])
        return Effects(then=(Hire(posts=vacant.astype("int32"), newcomers=newcomers, start=start),))

    @property
    def chance_a_month(self) -> float:
        """The chance that a month's advert finds someone."""
        return min(1.0, _WEEKS_A_MONTH / self.weeks) if self.weeks else 1.0

    def _start(self, situation: Situation) -> int:
        """The first 1st of a month at least four weeks from now; NEVER if the scenario ends before it."""
        firsts = np.append(situation.calendar.month_starts, NEVER)
        return int(firsts[np.searchsorted(firsts, situation.day + 28)])

    def _released(self, situation: Situation, emptied: Ints) -> Floats:
        """The share of vacancies that is released, by the day on which each post was last held, (vacancies,)."""
        if not self.freezes:
            return np.full(len(emptied), self.refill)
        # A post emptied on a freeze's last day still belongs to that freeze. After all freezes, `refill` applies.
        lasts = [situation.calendar.day(freeze.until) for freeze in self.freezes]
        shares = np.array([*(freeze.refill for freeze in self.freezes), self.refill])
        return np.asarray(shares[np.searchsorted(lasts, emptied)])

    title: ClassVar[str] = "Hiring"
    about: ClassVar[str] = (
        "On the 1st of each month, vacancies that are not frozen are advertised. Newcomers start on the 1st of a later "
        "month."
    )

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """The share of vacancies that is released, how soon they are filled, and how many vacancies there would be."""
        hiring = situation.bodies.of_kinds(self.kinds)[situation.posts.employer]
        vacant = int((situation.posts.vacant & hiring).sum())
        freezes = (
            f"Until {date(freeze.until)}, {percentage(freeze.refill)} of the posts that become vacant are released."
            for freeze in self.freezes
        )
        return (
            f"{percentage(self.refill)} of the vacancies in {kinds_in_words(self.kinds)} are released, and filled from "
            f"outside after {self.weeks:g} weeks on average.",
            *freezes,
            f"{number_of(vacant, 'post')} would be vacant on this day.",
        )


def _adverts_before(situation: Situation, emptied: Ints) -> Longs:
    """How many 1sts of a month have passed since each post was last held, (vacancies,), not counting today.

    The random number of an advert depends on this count, not on its date. So a change in a policy's dates does not
    change the random numbers.
    """
    firsts = situation.calendar.month_starts
    today = int(np.searchsorted(firsts, situation.day))
    return np.asarray(today - np.searchsorted(firsts, emptied, side="right"), "int64")


def _cutting(situation: Situation) -> Bools:
    """Which employers have staff under notice or in consultation whose posts will be removed with them, (bodies,)."""
    people = situation.people
    going = people.notice_due >= situation.day  # in consultation
    under_notice = np.flatnonzero(people.exit_voidable)
    loses_post = people.post_goes[under_notice] >= 0
    going[under_notice[loses_post]] = True
    return np.bincount(people.employer[going], minlength=len(situation.bodies)) > 0
