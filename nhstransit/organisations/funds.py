"""Money to posts: what an allowance a head pays for, and how posts are shared out over functions and bands.

A commissioning group's own posts are its allowance times the residents times the share spent on own pay, over the mean
cost of a whole-time post. The bought-in share pays for posts in support units; the rest is not pay. Whole-time posts are
turned into posts of one person each by mean participation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Floats, Ints, Longs
from nhstransit.dates import financial_year_name
from nhstransit.errors import OrganisationError, ScenarioError, nearest
from nhstransit.fields import QUALITIES, Parent, amount, number, one_of, share, some_of, whole
from nhstransit.organisations.bodies import KINDS, Establishment, Organisation, Roster
from nhstransit.rounding import in_turn, largest_remainder
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS

MONEY = ("own pay", "bought-in pay")
_POUNDS = Parent(unit="pounds a post a year, on-costs included")


@attrs.frozen(kw_only=True)
class Allowance:
    """A running-cost allowance and the shares of it that are pay; what is left, `non_pay_share`, is never set."""

    pounds_a_head: float = amount(parent=Parent(unit="pounds a resident a year"))
    own_pay_share: float = share(parent=Parent(unit="share of the allowance"))
    bought_in_share: float = share(parent=Parent(unit="share of the allowance"))
    own_post_cost: float = number(low=1.0, parent=_POUNDS)
    support_post_cost: float = number(low=1.0, parent=_POUNDS)
    participation: float = number(low=0.01, high=1.0, parent=Parent(unit="whole-time equivalents a person"))
    ranges: Named[tuple[float, ...]] = Named()  # noqa: RUF009 — immutable
    sources: tuple[str, ...] = ()
    quality: str = one_of(QUALITIES, "choice")
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if self.non_pay_share < -1e-9:
            paid = f"{self.own_pay_share:g} and {self.bought_in_share:g}"
            raise OrganisationError("allowance", f"spends {paid} of itself on pay", "give shares that sum to 1 or less")

    @property
    def non_pay_share(self) -> float:
        """What is left of the allowance after own and bought-in pay."""
        return 1.0 - self.own_pay_share - self.bought_in_share

    def own_wte(self, residents: ArrayLike) -> Floats:
        """Whole-time posts of their own that bodies with so many residents can pay, any shape."""
        return np.asarray(self.pounds_a_head * np.asarray(residents) * self.own_pay_share / self.own_post_cost)

    def support_wte(self, residents: ArrayLike) -> Floats:
        """Whole-time posts in support units that the bought-in share of so many residents' allowance pays."""
        return np.asarray(self.pounds_a_head * np.asarray(residents) * self.bought_in_share / self.support_post_cost)


@attrs.frozen(kw_only=True)
class Mix:
    """Shares of posts by function and by band; a post's function says nothing of its band."""

    functions: Named[float]
    bands: Named[float]
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""

    def __attrs_post_init__(self) -> None:
        for what, shares in (("functions", self.functions), ("bands", self.bands)):
            if any(size < 0 for size in shares.values()) or abs(sum(shares.values()) - 1) > 1e-6:
                total = f"{sum(shares.values()):.6g}"
                raise OrganisationError(
                    f"mix: {what}", f"add up to {total}", "give shares of 0 or more that add up to 1"
                )
        for band in self.bands:
            if band not in BANDS:
                raise OrganisationError("mix: bands", f"names {band!r}", nearest(band, BANDS))

    def mean(self, pounds_by_band: Named[float]) -> float:
        """The mean over the band shares of an amount by band, such as the cost of a post."""
        return float(sum(size * pounds_by_band[band] for band, size in self.bands.items()))


@attrs.frozen(kw_only=True)
class Plan:
    """Posts of all bodies of one kind: a number of `posts` (people), or what `money` pays, spread by residents.

    `outside` of them are for people who come from outside the staff that a scenario opens with.
    """

    kind: str = one_of(KINDS)
    posts: int = whole(0, parent=Parent(unit="posts"))
    outside: int = whole(0, parent=Parent(unit="posts"))
    money: str = one_of(("", *MONEY), "")
    mix: str
    since: dt.date | None = None
    range: tuple[float, ...] = ()
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if bool(self.posts) == bool(self.money):
            raise OrganisationError(
                f"plan for {self.kind}", "does not say one thing", "give one of `posts` and `money`"
            )
        if self.outside and self.outside >= self.posts:
            wrong = f"keeps {self.outside} of {self.posts} posts for people from outside"
            raise OrganisationError(f"plan for {self.kind}", wrong, "give fewer, of a number of `posts`")


@attrs.frozen(kw_only=True)
class Funding:
    """Everything that decides how many posts of which function and band successors have."""

    about: str = ""
    allowance: Allowance
    mix: Named[Mix]
    plan: tuple[Plan, ...]

    def __attrs_post_init__(self) -> None:
        for plan in self.plan:
            if plan.mix not in self.mix:
                raise OrganisationError(f"plan for {plan.kind}: mix", f"is {plan.mix!r}", nearest(plan.mix, self.mix))


def fund(bodies: Sequence[Organisation], funding: Funding, *, include_outside: bool = True) -> tuple[Organisation, ...]:
    """The same bodies with the posts that `funding` gives their kinds; a body whose kind has no plan is unchanged.

    Posts for people from outside the opening staff are left out where `include_outside` is False.
    Raises OrganisationError for a plan whose kind has no body, or posts from before a body stands or after it is shut.
    """
    out = list(bodies)
    for plan in funding.plan:
        places = [place for place, body in enumerate(bodies) if body.kind == plan.kind]
        if not places:
            raise OrganisationError(f"plan for {plan.kind}", "finds no such body", "add one, or leave the plan out")
        plan = plan if include_outside or not plan.outside else _without_outside(plan)
        sizes = posts_by_body([bodies[place] for place in places], plan, funding.allowance)
        mix = funding.mix[plan.mix]
        for place, lines in zip(places, establishments(sizes, mix, plan.since), strict=True):
            out[place] = attrs.evolve(out[place], establishment=(*out[place].establishment, *lines))
    return tuple(out)


def _without_outside(plan: Plan) -> Plan:
    return attrs.evolve(plan, posts=plan.posts - plan.outside, outside=0)


def posts_by_body(bodies: Sequence[Organisation], plan: Plan, allowance: Allowance) -> Longs:
    """Posts, one person each, of the bodies of a plan: shared out by residents, or evenly where some have none."""
    residents = np.array([body.population for body in bodies], "int64")
    total = plan.posts
    if plan.money:
        wte = allowance.own_wte(residents) if plan.money == MONEY[0] else allowance.support_wte(residents)
        total = round(float(wte.sum()) / allowance.participation)
    return largest_remainder(total, residents if residents.all() else np.ones(len(bodies)))


def establishments(posts: Longs, mix: Mix, since: dt.date | None) -> list[tuple[Establishment, ...]]:
    """Each body's `posts` (m,) over function × band, whole, remainders carried from body to body in order."""
    cells = [(function, band) for function in mix.functions for band in BANDS if band in mix.bands]
    shares = [mix.functions[function] * mix.bands[band] for function, band in cells]
    counts = in_turn(posts, shares)
    return [
        tuple(
            Establishment(function=function, band=band, posts=count, since=since)
            for (function, band), count in zip(cells, row, strict=True)
            if count
        )
        for row in counts.tolist()
    ]


# Named funds: money set apart for a purpose, by financial year, which policies may draw on and never overdraw.


@attrs.frozen(kw_only=True)
class Fund:
    """So much a resident of each body of some kinds, anew each financial year of `years` (all of them where none is named).

    `lodged` with the body itself, each has a purse of its own; lodged with the region, its bodies share one. Bodies of the
    kinds in `drawers` may draw on it.
    """

    pounds_a_head: float = amount(parent=Parent(unit="pounds a resident a year", source="a lever: what is set apart"))
    kinds: tuple[str, ...] = some_of(KINDS, ("pct",))
    drawers: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    lodged: str = one_of(("body", "region"), "body")
    years: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        for year in self.years:
            start, _, end = year.partition("-")
            if not (start.isdigit() and financial_year_name(int(start)) == f"{start}-{end}"):
                raise ScenarioError("years", f"names {year!r}", 'give financial years such as "2011-12"')

    def purses(self, roster: Roster) -> Ints:
        """The number of the purse that each body may draw on, (bodies,); −1 where it may not."""
        number = roster.region if self.lodged == "region" else np.arange(len(roster), dtype="int32")
        return np.where(roster.of_kinds(self.drawers), number, -1).astype("int32")

    def filled(self, bodies: Sequence[Organisation], roster: Roster, year: int) -> Longs:
        """Pence in each purse at the start of the financial year that begins in April of `year`, (purses,)."""
        count = len(roster.regions) if self.lodged == "region" else len(roster)
        if self.years and financial_year_name(year) not in self.years:
            return np.zeros(count, "int64")
        residents = np.array([body.population for body in bodies], "int64") * roster.of_kinds(self.kinds)
        number = roster.region if self.lodged == "region" else np.arange(len(roster))
        pence = np.rint(residents * self.pounds_a_head * 100.0)
        return np.bincount(number, weights=pence, minlength=count).astype("int64")
