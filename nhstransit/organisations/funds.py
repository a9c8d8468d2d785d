"""Computes posts from payroll or money, and divides them between functions and bands.

If the staff in post are known by region, posts are those staff divided by one minus the vacancy rate. If not, posts are
an allowance per resident, times the share spent on own pay, divided by the mean cost of a whole-time post. The
bought-in share pays for posts in support units, and the rest is not spent on pay. Mean participation converts
whole-time posts into posts of one person each. One kind of organisation may get the remainder of all posts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Floats, Ints, Longs
from nhstransit.dates import financial_year_name
from nhstransit.errors import OrganisationError, ScenarioError, nearest
from nhstransit.fields import QUALITIES, Parent, amount, number, one_of, share, some_of, whole
from nhstransit.organisations.bodies import KINDS, Establishment, Organisation, Roster
from nhstransit.rounding import fit_rows, in_turn, largest_remainder
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS

MONEY = ("own pay", "bought-in pay")
PAYROLL = "payroll"
REST = "rest"
_PARTS = 1e9  # parts of all posts of a mix; proportional fitting meets its totals to a thousandth of a part
_SWEEPS = 500  # largest number of sweeps; tables of a dozen bands converge within a hundred
_MET = 1e-6  # tolerance of the shares of a mix
_POUNDS = Parent(unit="pounds per post and year, on-costs included")


@attrs.frozen(kw_only=True)
class Allowance:
    """A running-cost allowance and its pay shares. The remainder, `non_pay_share`, follows from them."""

    pounds_a_head: float = amount(parent=Parent(unit="pounds a resident a year"))
    own_pay_share: float = share(0.0, parent=Parent(unit="share of the allowance"))
    bought_in_share: float = share(0.0, parent=Parent(unit="share of the allowance"))
    own_post_cost: float = number(50_000.0, low=1.0, parent=_POUNDS)
    support_post_cost: float = number(50_000.0, low=1.0, parent=_POUNDS)
    participation: float = number(low=0.01, high=1.0, parent=Parent(unit="whole-time equivalents a person"))
    ranges: Named[tuple[float, ...]] = Named()  # noqa: RUF009 — immutable
    sources: tuple[str, ...] = ()
    quality: str = one_of(QUALITIES, "choice")
    note: str = ""

    def __attrs_post_init__(self) -> None:
        # A small tolerance, because shares such as 0.7 and 0.3 may add up to slightly more than 1 in floats.
        if self.non_pay_share < -1e-9:
            paid = f"{self.own_pay_share:g} and {self.bought_in_share:g}"
            raise OrganisationError(
                "allowance",
                f"has pay shares of {paid}, which add up to more than 1",
                "give shares that add up to 1 or less",
            )

    @property
    def non_pay_share(self) -> float:
        """The share of the allowance that remains after own and bought-in pay."""
        return 1.0 - self.own_pay_share - self.bought_in_share

    def own_wte(self, residents: ArrayLike) -> Floats:
        """The whole-time posts that organisations with these residents can pay for themselves, any shape."""
        return np.asarray(self.pounds_a_head * np.asarray(residents) * self.own_pay_share / self.own_post_cost)

    def support_wte(self, residents: ArrayLike) -> Floats:
        """The whole-time posts in support units that the bought-in share of these residents' allowance pays for, any
        shape.
        """
        return np.asarray(self.pounds_a_head * np.asarray(residents) * self.bought_in_share / self.support_post_cost)


@attrs.frozen(kw_only=True)
class InPost:
    """Staff in post on the payroll, and the posts that follow from them.

    Attributes:
        wte: staff in post of all organisations of a kind, by region.
        unseen: their staff on payrolls of other kinds of organisation, divided by those on their own payrolls.
        vacancy_rate: the share of their posts that were vacant.
    """

    wte: Named[float]
    unseen: float = amount(0.0, parent=Parent(unit="staff on other payrolls divided by staff on own payrolls"))
    vacancy_rate: float = share(parent=Parent(unit="share of posts"))
    ranges: Named[tuple[float, ...]] = Named()  # noqa: RUF009 — immutable
    sources: tuple[str, ...] = ()
    quality: str = one_of(QUALITIES, "choice")
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if self.vacancy_rate >= 1.0:
            raise OrganisationError("payroll: vacancy_rate", f"is {self.vacancy_rate:g}", "give a share below 1")

    def posts_wte(self, region: str) -> float:
        """Whole-time posts of a region. Raises OrganisationError for a region that is not on the payroll."""
        if region not in self.wte:
            raise OrganisationError(
                "payroll: wte", f"has no staff in {region!r}", "give every region its staff in post"
            )
        # Staff on other payrolls hold posts too, and some posts are vacant.
        return self.wte[region] * (1.0 + self.unseen) / (1.0 - self.vacancy_rate)


@attrs.frozen(kw_only=True)
class AllPosts:
    """The total number of posts, one person each, of all kinds of organisation with a plan."""

    posts: int = whole(low=1, parent=Parent(unit="posts"))
    range: tuple[float, ...] = ()
    sources: tuple[str, ...] = ()
    quality: str = one_of(QUALITIES, "choice")
    note: str = ""


@attrs.frozen(kw_only=True)
class BandsWithin:
    """Relative odds of bands within a function, the same in all mixes: 1 if none are given, 0 for no such posts.

    They shape the table of functions by bands, but do not change the shares of functions or of bands in a mix. The
    range of each is from the odds divided by `spread` to the odds times `spread`; a `spread` of 0 means no range.
    """

    odds: Named[Named[float]]
    spread: float = 0.0
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if self.spread and not 1.0 <= self.spread < 1e6:
            raise OrganisationError("bands_within: spread", f"is {self.spread:g}", "give 1 or more, or 0 for none")
        for function, row in self.odds.items():
            for band, odds in row.items():
                where = f"bands_within: {function}"
                if band not in BANDS:
                    raise OrganisationError(where, f"has the unknown name {band!r}", nearest(band, BANDS))
                if not 0 <= odds < 1e6:
                    raise OrganisationError(where, f"gives band {band} odds of {odds:g}", "give odds of 0 or more")


@attrs.frozen(kw_only=True)
class Mix:
    """Shares of posts by function and by band, with their plausible ranges."""

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
                raise OrganisationError("mix: bands", f"has the unknown name {band!r}", nearest(band, BANDS))

    def table(self, within: BandsWithin | None) -> Floats:
        """Shares of posts by function and band, (functions, bands of `BANDS`). They match the shares of functions and
        of bands, and are shaped by the odds.

        Raises:
            OrganisationError: if the odds exclude posts that the shares require.
        """
        functions = np.array(list(self.functions.values()), "float64")
        bands = np.array([self.bands.get(band, 0.0) for band in BANDS], "float64")
        # Without odds every function has the same bands.
        table: Floats = functions[:, None] * bands
        if within is None:
            return table
        for place, function in enumerate(self.functions):
            row = within.odds.get(function, Named())
            table[place] *= [row.get(band, 1.0) for band in BANDS]
        # The odds change the sums, so the table is scaled back to the shares of functions and of bands.
        one = np.zeros(len(functions), "int64")  # all rows are one block
        table = fit_rows(table, functions * _PARTS, one, bands[None] * _PARTS, sweeps=_SWEEPS) / _PARTS
        # Odds of 0 may leave no cell for posts that a share requires.
        for names, sums, wanted in ((list(self.functions), 1, functions), (list(BANDS), 0, bands)):
            short = wanted - table.sum(axis=sums)
            if short.max() > _MET:
                wrong = f"has posts in {names[int(short.argmax())]} that the odds rule out"

                raise OrganisationError("mix", wrong, "give odds above 0 there, or other shares")
        return table

    def mean(self, pounds_by_band: Named[float]) -> float:
        """The mean of an amount by band, such as the cost of a post, weighted by the band shares."""
        return float(sum(size * pounds_by_band[band] for band, size in self.bands.items()))


def _check_ranges(what: str, shares: Named[float], ranges: Named[tuple[float, ...]]) -> None:
    """Raise OrganisationError unless each range belongs to a share and contains it."""
    for name, ends in ranges.items():
        if name not in shares:
            raise OrganisationError(f"mix: {what}", f"names {name!r}, which has no share", nearest(name, shares))
        if len(ends) != 2 or not ends[0] <= shares[name] <= ends[1]:
            wrong = f"is {list(ends)} for {name}, whose share is {shares[name]:g}"
            raise OrganisationError(f"mix: {what}", wrong, "give a low and a high end, with the share between them")


@attrs.frozen(kw_only=True)
class Plan:
    """The posts of all organisations of one kind: a number of `posts` (people), or as many as `money` pays for or `by`
    yields.

    They are divided by residents. `by` is "payroll" (from the staff in post of each region) or "rest" (all posts minus
    those of the other plans). `outside` is the number of these posts for people who come from outside the scenario's
    opening staff.
    """

    kind: str = one_of(KINDS)
    posts: int = whole(0, parent=Parent(unit="posts"))
    outside: int = whole(0, parent=Parent(unit="posts"))
    money: str = one_of(("", *MONEY), "")
    by: str = one_of(("", PAYROLL, REST), "")
    mix: str
    since: dt.date | None = None
    range: tuple[float, ...] = ()
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if sum(bool(way) for way in (self.posts, self.money, self.by)) != 1:
            right = "give exactly one of them"
            raise OrganisationError(f"plan for {self.kind}", "has none or several of `posts`, `money` and `by`", right)
        if self.outside and self.outside >= self.posts:
            wrong = f"reserves {self.outside} of {self.posts} posts for people from outside"
            raise OrganisationError(f"plan for {self.kind}", wrong, "give fewer than the number in `posts`")


@attrs.frozen(kw_only=True)
class Funding:
    """Everything that determines the number of successors' posts, by function and band."""

    about: str = ""
    allowance: Allowance
    payroll: InPost | None = None
    total: AllPosts | None = None
    bands_within: BandsWithin | None = None
    mix: Named[Mix]
    plan: tuple[Plan, ...]

    def __attrs_post_init__(self) -> None:
        for plan in self.plan:
            if plan.mix not in self.mix:
                raise OrganisationError(f"plan for {plan.kind}: mix", f"is {plan.mix!r}", nearest(plan.mix, self.mix))
        for way, needed in ((PAYROLL, self.payroll), (REST, self.total)):
            using = [plan.kind for plan in self.plan if plan.by == way]
            if using and needed is None:
                table = "payroll" if way == PAYROLL else "total"
                raise OrganisationError(
                    f"plan for {using[0]}", f"uses {way}, but the table [{table}] is missing", "add it"
                )
        rests = [plan.kind for plan in self.plan if plan.by == REST]
        if len(rests) > 1:
            wrong = f"gets the rest, and so does {rests[0]}"
            raise OrganisationError(f"plan for {rests[1]}", wrong, "give the rest to only one kind")


def fund(bodies: Sequence[Organisation], funding: Funding, *, include_outside: bool = True) -> tuple[Organisation, ...]:
    """The same organisations with the posts that `funding` plans for their kinds. Kinds without a plan are unchanged.

    Args:
        bodies: the organisations.
        funding: plans by kind.
        include_outside: whether to include posts for people from outside the opening staff.

    Raises:
        OrganisationError: for a plan for a kind without organisations, for plans with more posts than the total, or for
            posts before an organisation exists or after it has closed.
    """
    out = list(bodies)
    # The positions of the organisations of each plan.
    places: dict[str, list[int]] = {}
    for plan in funding.plan:
        places[plan.kind] = [place for place, body in enumerate(bodies) if body.kind == plan.kind]
    for kind, here in places.items():
        if not here:
            raise OrganisationError(
                f"plan for {kind}", "is for a kind without organisations", "add one, or leave the plan out"
            )
    planned = [(plan, places[plan.kind]) for plan in funding.plan]
    of_kind = {plan.kind: [bodies[place] for place in here] for plan, here in planned}
    # The plan that gets the rest needs the posts of all other plans. Posts for people from outside count here in any
    # case, so that leaving them out does not move them to the rest.
    others = sum(int(posts_by_body(of_kind[plan.kind], plan, funding).sum()) for plan, _ in planned if plan.by != REST)
    for plan, here in planned:
        wanted = plan if include_outside or not plan.outside else _without_outside(plan)
        sizes = posts_by_body(of_kind[plan.kind], wanted, funding, others=others)
        mix = funding.mix[plan.mix]
        lines_of_each = establishments(sizes, mix, plan.since, funding.bands_within)
        for place, lines in zip(here, lines_of_each, strict=True):
            out[place] = attrs.evolve(out[place], establishment=(*out[place].establishment, *lines))
    return tuple(out)


def _without_outside(plan: Plan) -> Plan:
    return attrs.evolve(plan, posts=plan.posts - plan.outside, outside=0)


def posts_by_body(bodies: Sequence[Organisation], plan: Plan, funding: Funding, *, others: int = 0) -> Longs:
    """Posts, one person each, of the organisations of a plan: divided by residents, or equally if some have none.

    Args:
        bodies: the organisations.
        plan: the plan of their kind.
        funding: the allowance, the payroll and the number of all posts.
        others: posts of all other plans, for a plan that gets the rest.

    Raises:
        OrganisationError: for a region without a payroll, or if the other plans have more posts than the total.
    """
    residents = np.array([body.population for body in bodies], "int64")
    weights = residents if residents.all() else np.ones(len(bodies))
    if plan.by == PAYROLL:
        return _by_region(bodies, weights, funding)
    total = plan.posts
    # Money pays for whole-time posts; participation converts them to posts of one person each.
    if plan.money:
        allowance = funding.allowance
        wte = allowance.own_wte(residents) if plan.money == MONEY[0] else allowance.support_wte(residents)
        total = round(float(wte.sum()) / allowance.participation)
    if plan.by == REST and funding.total is not None:
        total = funding.total.posts - others
        if total < 0:
            wrong = f"gets {total:,} posts, because the other plans have more than the total of {funding.total.posts:,}"
            raise OrganisationError(
                f"plan for {plan.kind}", wrong, "give the other plans fewer posts, or raise the total"
            )
    return largest_remainder(total, weights)


def _by_region(bodies: Sequence[Organisation], weights: ArrayLike, funding: Funding) -> Longs:
    """Posts from the staff in post of each region, (bodies,), divided by `weights` within the region."""
    out = np.zeros(len(bodies), "int64")
    regions = [body.region for body in bodies]
    # A loop over regions, each of which has its own staff in post.
    for region in dict.fromkeys(regions):
        here = np.flatnonzero(np.array(regions) == region)
        wte = 0.0 if funding.payroll is None else funding.payroll.posts_wte(region)
        total = round(wte / funding.allowance.participation)
        out[here] = largest_remainder(total, np.asarray(weights)[here])
    return out


def establishments(
    posts: Longs, mix: Mix, since: dt.date | None, within: BandsWithin | None = None
) -> list[tuple[Establishment, ...]]:
    """Each organisation's `posts` (m,) divided over function × band, with remainders carried to the next organisation.

    Args:
        posts: (m,) number of posts.
        mix: shares by function and band.
        since: first day of the posts; None for the organisation's first day.
        within: relative odds of bands within functions; None if every function has the same bands.
    """
    table = mix.table(within)
    # One column for each function and band of the mix, in a fixed order.
    cells = [(function, band) for function in mix.functions for band in BANDS if band in mix.bands]
    names = list(mix.functions)
    shares = [table[names.index(function), BANDS.index(band)] for function, band in cells]
    counts = in_turn(posts, shares)

    @cache  # most organisations have the same few counts of posts in a cell
    def _line(function: str, band: str, count: int) -> Establishment:
        return Establishment(function=function, band=band, posts=count, since=since)

    found = []
    for row in counts.tolist():
        lines = [_line(function, band, count) for (function, band), count in zip(cells, row, strict=True) if count]
        found.append(tuple(lines))
    return found


# Named funds: money set aside for a purpose, by financial year. Policies may draw on a fund, but cannot overdraw it.


@attrs.frozen(kw_only=True)
class Fund:
    """An amount per resident of some kinds of organisation, in each financial year of `years` (all by default).

    If `lodged` is the organisation, each has its own purse. If it is the region, the region's organisations share one.
    Organisations of the kinds in `drawers` may draw on it.
    """

    pounds_a_head: float = amount(
        parent=Parent(unit="pounds a resident a year", source="your decision: the money set aside")
    )
    kinds: tuple[str, ...] = some_of(KINDS, ("pct",))
    drawers: tuple[str, ...] = some_of(KINDS, ("pct", "sha"))
    lodged: str = one_of(("body", "region"), "body")
    years: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        for year in self.years:
            start, _, end = year.partition("-")
            # The name must be the usual one of that year, so "2011-13" is refused.
            if not (start.isdigit() and financial_year_name(int(start)) == f"{start}-{end}"):
                raise ScenarioError("years", f"contains {year!r}", 'give financial years such as "2011-12"')

    def purses(self, roster: Roster) -> Ints:
        """The number of the purse on which each organisation may draw, (bodies,); −1 if it may not draw."""
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
        # Only residents of the kinds for which money is set aside count; every purse gets the sum of its organisations.
        residents = np.array([body.population for body in bodies], "int64") * roster.of_kinds(self.kinds)
        number = roster.region if self.lodged == "region" else np.arange(len(roster))
        pence = np.rint(residents * self.pounds_a_head * 100.0)
        return np.bincount(number, weights=pence, minlength=count).astype("int64")
