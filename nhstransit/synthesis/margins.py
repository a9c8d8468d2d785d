"""What is known, and what is assumed, about a workforce: margins, impossible combinations, odds, correlations.

Each has its sources and a quality grade, so that a table of assumptions can be made from it. Categories are words.
Functions, bands, sexes and contracts have the same names as elsewhere. Ages and years of service are the intervals
declared here. Hours are hundredths of whole time ("100", "60"), and clinician is "no" or "yes".
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import attrs

from nhstransit.errors import StaffError, nearest
from nhstransit.fields import QUALITIES, one_of, some_of
from nhstransit.organisations.bodies import KINDS
from nhstransit.rounding import largest_remainder
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, CONTRACTS, SEXES

VARIABLES = ("function", "band", "age", "service", "sex", "hours", "contract", "clinician")
NONE: Named[Any] = Named()
TOTAL = "total"  # the path of a base's total, and its key among the base's ranges
NEEDED = ("function", "band", "age", "service", "sex")
DEFAULTS = {"hours": "100", "contract": "permanent", "clinician": "no"}  # for variables without a margin


@attrs.frozen(kw_only=True)
class Margin:
    """Shares of the categories of one variable, among everyone or within each category of another variable.

    Exactly one of these is given: `shares` (they sum to 1), `counts` (people; they sum to the headcount) or `by`
    (shares for each category of `within`). `ranges` has the lowest and highest plausible shares; with `within` they are
    for all groups together. `spread` sets a range for every share: its odds divided by `spread`, and multiplied by it.
    """

    of: str = one_of(VARIABLES)
    within: str = one_of(("", *VARIABLES), "")
    shares: Named[float] = NONE
    counts: Named[int] = NONE
    by: Named[Named[float]] = NONE
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    ranges: Named[tuple[float, ...]] = NONE
    spread: float = 0.0
    note: str = ""

    def __attrs_post_init__(self) -> None:
        _check_spread(self.name, self.spread)
        if sum(bool(form) for form in (self.shares, self.counts, self.by)) != 1:
            raise StaffError(self.name, "has none or several of `shares`, `counts` and `by`", "give exactly one")
        if bool(self.by) != bool(self.within) or self.within == self.of:
            raise StaffError(
                self.name,
                "has only one of `by` and `within`, or is within itself",
                "give both, and name another variable",
            )
        for group, row in self.rows():
            _check_row(f"{self.name}{f' [{group}]' if group else ''}", row, counted=bool(self.counts))

    @property
    def name(self) -> str:
        """The name of the margin in messages, such as "sex within band"."""
        return f"{self.of} within {self.within}" if self.within else self.of

    def rows(self) -> Iterable[tuple[str, Named[Any]]]:
        """Each category of `within` ("" if there is none), with its shares or counts over the categories of `of`."""
        return tuple(self.by.items()) if self.by else (("", self.shares or self.counts),)


@attrs.frozen(kw_only=True)
class Impossible:
    """A structural zero: a combination of categories of several variables that nobody can be in."""

    where: Named[tuple[str, ...]]
    why: str


@attrs.frozen(kw_only=True)
class Tilt:
    """Association of two ordered variables: odds times exp(strength × the product of their standardised ranks)."""

    of: tuple[str, ...]
    strength: float
    range: tuple[float, ...] = ()
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if len(self.of) != 2 or any(name not in VARIABLES for name in self.of) or not abs(self.strength) <= 5:
            raise StaffError(f"tilt of {self.of}", "is not valid", "give two variables and a strength from -5 to 5")


@attrs.frozen(kw_only=True)
class Mix:
    """Shares of the bands among the staff of one kind of employer. The margin of bands includes these staff too.

    `spread` sets a range for every share without one: its odds divided by `spread`, and multiplied by it.
    """

    kind: str = one_of(KINDS)
    shares: Named[float]
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    ranges: Named[tuple[float, ...]] = NONE
    spread: float = 0.0
    note: str = ""

    def __attrs_post_init__(self) -> None:
        _check_row(f"bands in {self.kind}", self.shares, counted=False)
        _check_spread(f"bands in {self.kind}", self.spread)


@attrs.frozen(kw_only=True)
class Median:
    """The median, in years, of service or age in one category of another variable: half are above, half below.

    It is exact at the end of an interval. Inside an interval, people are assumed to be spread evenly over its years.
    """

    of: str = one_of(("age", "service"))
    within: str = one_of(VARIABLES)
    group: str
    years: float
    range: tuple[float, ...] = ()
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if self.of == self.within or not 0 < self.years < 100:
            where = f"median of {self.of} within {self.within}"
            raise StaffError(where, "is not valid", "give another variable, and years above 0 and below 100")


@attrs.frozen(kw_only=True)
class Odds:
    """Relative odds of the categories of one variable for each category of another; 1 if none are given.

    `spread` sets a range for each: the odds divided by `spread`, and multiplied by it.
    """

    of: str = one_of(VARIABLES)
    within: str = one_of(VARIABLES)
    by: Named[Named[float]]
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    spread: float = 0.0
    note: str = ""

    def __attrs_post_init__(self) -> None:
        _check_spread(f"odds of {self.of} within {self.within}", self.spread)
        for group, row in self.by.items():
            for name, odds in row.items():
                if not 0 < odds < 1e6:
                    where = f"odds of {self.of} within {self.within} [{group}]: {name}"
                    raise StaffError(
                        where, f"is {odds}", "give odds above 0; list impossible combinations under `impossible`"
                    )


@attrs.frozen(kw_only=True)
class Latents:
    """Correlations between skill, outside option and attitude, which are all standard normal."""

    skill_outside: float
    skill_attitude: float
    outside_attitude: float
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    ranges: Named[tuple[float, ...]] = NONE
    note: str = ""

    def __attrs_post_init__(self) -> None:
        a = self.skill_outside
        b = self.skill_attitude
        c = self.outside_attitude
        # The determinant of the correlation matrix. Only if it is above 0 can three variables have these correlations.
        determinant = 1 + 2 * a * b * c - a * a - b * b - c * c
        if max(abs(a), abs(b), abs(c)) >= 1 or determinant <= 0:
            raise StaffError(
                "latents", f"cannot have the correlations {a}, {b} and {c} together", "give weaker correlations"
            )


@attrs.frozen(kw_only=True)
class Base:
    """One choice of the number of staff: WTE or people by kind of employer, or people by employer.

    It may also be another base, `like`, scaled to a different `total` in the same unit.
    """

    wte: Named[float] = NONE
    people: Named[int] = NONE
    heads: Named[int] = NONE
    like: str = ""
    total: float = 0.0
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    ranges: Named[tuple[float, ...]] = NONE
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if sum(bool(form) for form in (self.wte, self.people, self.heads, self.like)) != 1:
            right = "give `wte` or `people` by kind of employer, `heads` by employer, or `like` another base"
            raise StaffError("base", "has no size, or more than one", right)
        if bool(self.like) != bool(self.total) or not 0 <= self.total < 10**7:
            wrong = f"has a total of {self.total:g}"
            raise StaffError("base", wrong, "give `like` and a `total` from 1 to ten million together")
        for name, size in (*self.wte.items(), *self.people.items(), *self.heads.items()):
            if not 0 <= size < 10**7:
                raise StaffError(f"base: {name}", f"is {size}", "give a number from 0 to ten million")

    @property
    def sizes(self) -> Named[Any]:
        """Staff by kind of employer, or by employer, in the base's unit."""
        return self.wte or self.people or self.heads

    @property
    def unit(self) -> str:
        """The unit of the sizes."""
        return "whole-time equivalents" if self.wte else "people"

    def having(self, sizes: Named[Any]) -> Base:
        """The same base with other sizes, in its own unit."""
        field = "wte" if self.wte else "people" if self.people else "heads"
        changed: dict[str, Any] = {field: sizes}
        return attrs.evolve(self, **changed)

    def scaled(self, total: float) -> Base:
        """The same base with all sizes, and their ranges, in proportion to another total."""
        # The range of the total is about this total itself, so it is not scaled.
        factor = total / sum(self.sizes.values())
        names = [name for name in self.ranges if name != TOTAL]
        ranges = {name: tuple(end * factor for end in self.ranges[name]) for name in names}
        if TOTAL in self.ranges:
            ranges[TOTAL] = self.ranges[TOTAL]
        sized = self.having(in_proportion(self.sizes, total))
        return attrs.evolve(sized, ranges=Named(ranges))


def in_proportion(sizes: Named[Any], total: float) -> Named[Any]:
    """Sizes in the same proportions that add up to a total; whole numbers if these sizes and the total are whole."""
    if all(float(size).is_integer() for size in (total, *sizes.values())):
        whole = largest_remainder(int(total), list(sizes.values())).tolist()
        return Named({name: type(sizes[name])(size) for name, size in zip(sizes, whole, strict=True)})
    factor = total / sum(sizes.values())
    return Named({name: size * factor for name, size in sizes.items()})


@attrs.frozen(kw_only=True)
class Draws:
    """What is drawn after the cells are filled. Each is an assumption.

    Attributes:
        fixed_term_months: fewest and most months until a fixed-term contract ends. A range in `ranges` is of the most.
        fixed_term_renewed: chance that a fixed term is renewed when it ends, decided again each time.
        renewed_months: length of a renewed term in months.
        vacant: share of the posts of employers of `vacant_kinds` that nobody holds at the opening.
        vacant_kinds: kinds of employer with such posts.
        top_of_band: share of staff at the top of a band that has several points. The points of other staff follow from
            service. Without it, each year in a band is a point, and years in the band are a random part of service.
        critical_share: share of each employer's staff who are business-critical; the skilled are more likely to be.
        vsm_residents: numbers of residents, ascending, at which very senior managers get the next higher spot rate.
    """

    fixed_term_months: tuple[int, ...]
    fixed_term_renewed: float = 0.0
    renewed_months: int = 12
    vacant: float = 0.0
    vacant_kinds: tuple[str, ...] = some_of(KINDS, ())
    top_of_band: float | None = None
    critical_share: float
    vsm_residents: tuple[int, ...] = ()
    sources: tuple[str, ...]
    quality: str = one_of(QUALITIES)
    ranges: Named[tuple[float, ...]] = NONE
    note: str = ""

    def __attrs_post_init__(self) -> None:
        span = self.fixed_term_months
        if len(span) != 2 or not 1 <= span[0] <= span[1] <= 240:
            raise StaffError(
                "draws: fixed_term_months", f"is {list(span)}", "give two numbers of months, such as [1, 24]"
            )
        if not 0 <= self.critical_share <= 1:
            raise StaffError("draws: critical_share", f"is {self.critical_share}", "give a share from 0 to 1")
        if not 0 <= self.fixed_term_renewed <= 0.95:
            wrong = f"is {self.fixed_term_renewed}"
            raise StaffError("draws: fixed_term_renewed", wrong, "give a chance from 0 to 0.95")
        if self.top_of_band is not None and not 0 < self.top_of_band < 1:
            raise StaffError("draws: top_of_band", f"is {self.top_of_band}", "give a share above 0 and below 1")
        if not 0 <= self.vacant <= 0.5:
            raise StaffError("draws: vacant", f"is {self.vacant}", "give a share of posts from 0 to 0.5")
        if not 1 <= self.renewed_months <= 240:
            raise StaffError("draws: renewed_months", f"is {self.renewed_months}", "give months from 1 to 240")


@attrs.frozen(kw_only=True)
class Margins:
    """Everything known or assumed about an opening workforce. `synthesise` makes people from it.

    `functions` describes each function. `ages` and `years` set the intervals in complete years, lower end included.
    """

    about: str = ""
    functions: Named[str]
    ages: Named[tuple[int, ...]]
    years: Named[tuple[int, ...]]
    base: Named[Base] = NONE
    margin: tuple[Margin, ...]
    impossible: tuple[Impossible, ...] = ()
    mix: tuple[Mix, ...] = ()
    median: tuple[Median, ...] = ()
    tilt: tuple[Tilt, ...] = ()
    odds: tuple[Odds, ...] = ()
    latents: Latents
    draws: Draws

    def __attrs_post_init__(self) -> None:
        # Intervals come first, because their names are the categories with which all other parts are compared.
        _check_intervals("ages", self.ages, 16, 100)
        _check_intervals("years", self.years, 0, 60)
        for margin in self.margin:
            self._check_words(margin)
        for needed in NEEDED:
            if not any(margin.of == needed for margin in self.margin):
                raise StaffError(f"margin of {needed}", "is missing", f"add one; needed: {', '.join(NEEDED)}")
        for name, base in self.base.items():
            sized = [other for other in self.base if not self.base[other].like]
            if base.like and base.like not in sized:
                raise StaffError(f"base: {name}: like", f"is {base.like!r}", nearest(base.like, sized))
        for one in self.impossible:
            for variable, names in one.where.items():
                self._check_names(f"impossible ({one.why})", variable, names)
        for mix in self.mix:
            self._check_names(f"bands in {mix.kind}", "band", mix.shares)
        for median in self.median:
            self._check_names("median", median.within, (median.group,))
        for odds in self.odds:
            self._check_names("odds", odds.within, odds.by)
            for row in odds.by.values():
                self._check_names("odds", odds.of, row)

    def categories(self, variable: str) -> tuple[str, ...]:
        """The categories of a variable, in order. Raises StaffError for an unknown variable."""
        every = {
            "function": tuple(self.functions),
            "band": BANDS,
            "age": tuple(sorted(self.ages, key=lambda name: self.ages[name])),
            "service": tuple(sorted(self.years, key=lambda name: self.years[name])),
            "sex": SEXES,
            "contract": CONTRACTS,
            "clinician": ("no", "yes"),
        }
        if variable == "hours":
            return self._hours()
        if variable not in every:
            raise StaffError("variable", f"is {variable!r}", nearest(variable, VARIABLES))
        return every[variable]

    def heads_base(self, name: str) -> Base:
        """The base with this name. A base that is `like` another is returned with sizes of its own.

        Raises StaffError for an unknown name, with the known ones.
        """
        if name not in self.base:
            raise StaffError("base", f"is {name!r}", nearest(name, self.base))
        base = self.base[name]
        if not base.like:
            return base
        sized = self.base[base.like].scaled(base.total)
        return attrs.evolve(sized, sources=base.sources, quality=base.quality, note=base.note)

    def _hours(self) -> tuple[str, ...]:
        # Hours have no list of categories: those that the margins use are the categories, from full time down.
        theirs = [margin for margin in self.margin if margin.of == "hours"]
        named = {name for margin in theirs for _, row in margin.rows() for name in row}
        for name in named:
            if not name.isdecimal() or not 1 <= int(name) <= 100:
                raise StaffError(
                    "margin of hours", f"contains {name!r}", "give hundredths of whole time, from 1 to 100"
                )
        return tuple(sorted(named or {DEFAULTS["hours"]}, key=int, reverse=True))

    def _check_words(self, margin: Margin) -> None:
        for group, row in margin.rows():
            self._check_names(f"margin of {margin.name}", margin.of, row)
            if group:
                self._check_names(f"margin of {margin.name}", margin.within, (group,))

    def _check_names(self, where: str, variable: str, names: Iterable[str]) -> None:
        known = self.categories(variable)
        for name in names:
            if name not in known:
                raise StaffError(f"{where}: {variable}", f"has the unknown name {name!r}", nearest(name, known))


def _check_spread(where: str, spread: float) -> None:
    if spread and not 1.0 <= spread <= 100.0:
        raise StaffError(f"{where}: spread", f"is {spread:g}", "give an odds ratio from 1 to 100")


def _check_row(where: str, row: Named[Any], *, counted: bool) -> None:
    for name, size in row.items():
        if not (math.isfinite(size) and size >= 0):
            raise StaffError(f"margin of {where}: {name}", f"is {size}", "give a number of 0 or more")
    # Shares in files are rounded, so that their sum may differ a little from 1. They are scaled when they are used.
    total = sum(row.values())
    if counted and not total:
        raise StaffError(f"margin of {where}", "counts nobody", "give at least one person")
    if not counted and abs(total - 1) > 1e-6:
        raise StaffError(f"margin of {where}", f"adds up to {total:.6g}", "give shares that add up to 1")


def _check_intervals(where: str, intervals: Named[tuple[int, ...]], low: int, high: int) -> None:
    """Intervals must be pairs in order that do not overlap, within `low` to `high`."""
    ends = sorted(intervals.values())
    for span in ends:
        if len(span) != 2 or not low <= span[0] < span[1] <= high:
            raise StaffError(where, f"has the interval {list(span)}", f"give [from, to) in years from {low} to {high}")
    for first, second in pairwise(ends):
        if second[0] < first[1]:
            raise StaffError(
                where, f"has {list(first)} and {list(second)}, which overlap", "end one where the next begins"
            )
