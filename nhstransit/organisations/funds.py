"""From money to posts: what an allowance per resident pays for, and how posts are divided over functions and bands.

The number of a commissioning group's own posts is its allowance, times the residents, times the share spent on own pay,
divided by the mean cost of a whole-time post. The bought-in share pays for posts in support units. The rest is not pay.
Whole-time posts are turned into posts of one person each by mean participation.
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
    """A running-cost allowance and its pay shares. The remainder, `non_pay_share`, is never set."""

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
        """The share of the allowance that is left after own and bought-in pay."""
        return 1.0 - self.own_pay_share - self.bought_in_share

    def own_wte(self, residents: ArrayLike) -> Floats:
        """Whole-time posts of their own that organisations with these residents can pay, any shape."""
        return np.asarray(self.pounds_a_head * np.asarray(residents) * self.own_pay_share / self.own_post_cost)

    def support_wte(self, residents: ArrayLike) -> Floats:
        """Whole-time posts in support units that the bought-in share of these residents' allowance pays, any shape."""
        return np.asarray(self.pounds_a_head * np.asarray(residents) * self.bought_in_share / self.support_post_cost)


@attrs.frozen(kw_only=True)
class Mix:
    """Shares of posts by function and by band, and how far each may be out. A function says nothing about a band."""

    functions: Named[float]
    bands: Named[float]
    function_ranges: Named[tuple[float, ...]] = Named()  # noqa: RUF009 — immutable
    band_ranges: Named[tuple[float, ...]] = Named()  # noqa: RUF009 — immutable
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
        for what, shares, ranges in (
            ("function_ranges", self.functions, self.function_ranges),
            ("band_ranges", self.bands, self.band_ranges),
        ):
            _check_ranges(what, shares, ranges)
        for band in self.bands:
            if band not in BANDS:
                raise OrganisationError("mix: bands", f"names {band!r}", nearest(band, BANDS))

    def mean(self, pounds_by_band: Named[float]) -> float:
        """The mean over the band shares of an amount by band, such as the cost of a post."""
        return float(sum(size * pounds_by_band[band] for band, size in self.bands.items()))


def _check_ranges(what: str, shares: Named[float], ranges: Named[tuple[float, ...]]) -> None:
    """Raise OrganisationError unless each range belongs to a share and holds it."""
    for name, ends in ranges.items():
        if name not in shares:
            raise OrganisationError(f"mix: {what}", f"names {name!r}, which has no share", nearest(name, shares))
        if len(ends) != 2 or not ends[0] <= shares[name] <= ends[1]:
            wrong = f"is {list(ends)} for {name}, whose share is {shares[name]:g}"
            raise OrganisationError(f"mix: {what}", wrong, "give a low and a high end, the share between them")


@attrs.frozen(kw_only=True)
class Plan:
    """Posts of all organisations of one kind: a number of `posts` (people), or what `money` pays, by residents.

    `outside` of these posts are for people who come from outside the scenario's opening staff.
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
    """Everything that determines the number of successors' posts, by function and band."""

    about: str = ""
    allowance: Allowance
    mix: Named[Mix]
    plan: tuple[Plan, ...]

    def __attrs_post_init__(self) -> None:
        for plan in self.plan:
            if plan.mix not in self.mix:
                raise OrganisationError(f"plan for {plan.kind}: mix", f"is {plan.mix!r}", nearest(plan.mix, self.mix))


def fund(bodies: Sequence[Organisation], funding: Funding, *, include_outside: bool = True) -> tuple[Organisation, ...]:
    """The same organisations with the posts that `funding` gives to their kinds. Kinds without a plan are unchanged.

    Args:
        bodies: the organisations.
        funding: plans by kind.
        include_outside: whether to include posts for people from outside the opening staff.

    Raises:
        OrganisationError: for a plan for a kind without organisations, or for posts before an organisation exists or
            after it has closed.
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
    """Posts, one person each, of the organisations of a plan: by residents, or equally where some have none.

    Args:
        bodies: the organisations.
        plan: the plan of their kind.
        allowance: the running-cost allowance.
    """
    residents = np.array([body.population for body in bodies], "int64")
    total = plan.posts
    if plan.money:
        wte = allowance.own_wte(residents) if plan.money == MONEY[0] else allowance.support_wte(residents)
        total = round(float(wte.sum()) / allowance.participation)
    return largest_remainder(total, residents if residents.all() else np.ones(len(bodies)))


def establishments(posts: Longs, mix: Mix, since: dt.date | None) -> list[tuple[Establishment, ...]]:
    """Each organisation's `posts` (m,) over function × band, whole, with remainders carried to the next in order.

    Args:
        posts: (m,) number of posts.
        mix: shares by function and band.
        since: first day of the posts; None for the organisation's first day.
    """
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


# Named funds: money set aside for a purpose, by financial year. Policies may draw on it and never overdraw it.


@attrs.frozen(kw_only=True)
class Fund:
    """An amount per resident of some kinds of organisation, in each financial year of `years` (all by default).

    `lodged` with the organisation, each has its own purse. Lodged with the region, its organisations share one.
    Organisations of the kinds in `drawers` may draw on it.
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
        """The number of the purse that each organisation may draw on, (bodies,); −1 where it may not draw."""
        number = roster.region if self.lodged == "region" else np.arange(len(roster), dtype="int32")
        return np.where(roster.of_kinds(self.drawers), number, -1).astype("int32")

    def filled(self, bodies: Sequence[Organisation], roster: Roster, year: int) -> Longs:
        """Pence in each purse at the start of the financial year that begins in April of `year`, (purses,).

        Args:
            bodies: the organisations.
            roster: the same organisations as columns.
            year: first calendar year of the financial year.
        """
        count = len(roster.regions) if self.lodged == "region" else len(roster)
        if self.years and financial_year_name(year) not in self.years:
            return np.zeros(count, "int64")
        residents = np.array([body.population for body in bodies], "int64") * roster.of_kinds(self.kinds)
        number = roster.region if self.lodged == "region" else np.arange(len(roster))
        pence = np.rint(residents * self.pounds_a_head * 100.0)
        return np.bincount(number, weights=pence, minlength=count).astype("int64")
