"""The groups by which people, posts and events are counted, with their labels: defined only here.

A grouping has one name, which is its column in every table, and one set of labels, so that tables join. The labels of
kinds of organisation and of bands are the codes of scenario files ("pct", "8a"); `organisations.bodies.KINDS` has kinds
in words. Age and service are in complete years, in the bands of NHS workforce statistics.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Ints, Longs, guarded
from nhstransit.dates import complete_years
from nhstransit.errors import InputError, nearest
from nhstransit.organisations.bodies import KINDS
from nhstransit.run.exits import entered
from nhstransit.run.once import once
from nhstransit.run.run import Run
from nhstransit.workforce.columns import BANDS, CONTRACTS, SECTIONS, SEXES

ALL = "all"  # the single group of everyone, and the row of a table that adds all groups up
AGES = (30, 40, 50, 55, 60)  # complete years at which a band begins, without the first band
SERVICE = (2, 5, 10, 15, 20)
NOT_STATED = "not stated"
UNSTATED = SEXES.index("unknown")  # this group is shown only if it has people

# Other columns in tables of survival, rates and losses by group. A characteristic must not have one of these names.
_TAKEN = {
    *("financial_year", "days", "people", "opening", "closing", "arrived", "left", "stable", "unbroken", "route"),
    *("leaver_rate", "stability", "bowey", "person_years", "rate", "rate_low", "rate_high", "low", "high", "share"),
    *("at_risk", "band_low", "band_high", "years", "years_at_constant_rate", "expected", "ratio"),
    *("people_at_start", "people_lost", "share_lost", "share_of_start", "share_of_lost", "representation"),
    *("knowledge_lost", "share_of_knowledge_lost"),
}

Cut = Literal["all", "kind", "region", "employer", "function", "band"]
CUTS = ("all", "kind", "region", "employer", "function", "band")  # groups of posts, and so of the people in them
By = Literal["rule", "all", "kind", "region", "employer", "function", "band"]
CHARACTERISTICS = (
    "sex",
    "age",
    "hours",
    "band",
    "region",
    "kind",
    "employer",
    "function",
    "service",
    "profession",
    "contract",
    "pension_section",
)  # groups of people by their characteristics when they entered the run


@attrs.frozen(eq=False, kw_only=True)
class Characteristic:
    """A user's own characteristic.

    People are matched by identity, so the order of rows does not matter. People who are not in `staff`, such as
    newcomers, are in the group "not stated".

    Attributes:
        name: the name of the characteristic.
        staff: identities of people, (n,).
        groups: the group of each of these people, in words, (n,).

    Raises:
        InputError: the lengths differ, an identity occurs twice, or the name is that of another column of tables by
            group.
    """

    name: str
    staff: Any
    groups: Any

    def __attrs_post_init__(self) -> None:
        staff = np.asarray(self.staff)
        groups = np.asarray(self.groups, object)
        if staff.ndim != 1 or staff.shape != groups.shape:
            wrong = f"has different numbers of identities ({staff.size}) and groups ({groups.size})"
            raise InputError(f"characteristic {self.name!r}", wrong, "give one group for each identity")
        if self.name in _TAKEN:
            wrong = "has the same name as another column of tables by group"
            raise InputError(f"characteristic {self.name!r}", wrong, "give it another name")
        if len(np.unique(staff)) < len(staff):
            raise InputError(f"characteristic {self.name!r}", "has an identity twice", "give each identity once")


@attrs.frozen(eq=False, kw_only=True)
class Grouping:
    """The group of each of some people or posts: `codes` (n,) are indices in `names`; `by` is the column's name."""

    by: str
    codes: Ints
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, who: AnyArray) -> Grouping:
        """The grouping of some of the people or posts, selected by mask or position."""
        return attrs.evolve(self, codes=self.codes[who])

    @property
    def words(self) -> AnyArray:
        """The name of the group of each person or post, (n,)."""
        return np.array([*self.names, ""], object)[self.codes]


PeopleCut = str | Characteristic | None  # one of CHARACTERISTICS, a user's own, or everyone


# ---- posts


def of_posts(run: Run, by: Cut) -> Grouping:
    """The group of each post, (posts,). Raises InputError for an unknown group; the message has the nearest one."""
    posts = run.posts
    if by not in CUTS:
        raise InputError("by", f"is {by!r}, which is not a group of posts", nearest(str(by), CUTS))
    names: Sequence[str]
    if by == "all":
        codes = np.zeros(len(posts), "int32")
        names = (ALL,)
    elif by == "function":
        codes = posts.function
        names = run.scenario.functions
    elif by == "band":
        codes = posts.band
        names = BANDS
    else:
        body = of_bodies(run, by)
        codes = body.codes[posts.employer]
        names = body.names
    return Grouping(by=by, codes=np.asarray(codes, "int32"), names=tuple(names))


def of_bodies(run: Run, by: Literal["employer", "kind", "region"]) -> Grouping:
    """The group of each employer of the scenario, (bodies,)."""
    bodies = run.scenario.roster
    codes, names = {
        "employer": (np.arange(len(bodies)), bodies.names),
        "kind": (bodies.kind, KINDS),
        "region": (bodies.region, bodies.regions),
    }[by]
    return Grouping(by=by, codes=np.asarray(codes, "int32"), names=tuple(names))


def groups(run: Run, by: Cut) -> tuple[Ints, list[str]]:
    """The result of `of_posts` as codes (posts,) and names. Raises InputError for an unknown group."""
    found = of_posts(run, by)
    return found.codes, list(found.names)


def group_of(run: Run, by: By, rule: AnyArray, post: AnyArray) -> tuple[Longs, list[str]]:
    """The group of each event according to its rule or its post, (n,), and the names of the groups.

    Args:
        run: the run.
        by: "rule", or one of `CUTS`.
        rule: (n,) rule numbers.
        post: (n,) rows of posts.

    Raises:
        InputError: `by` is neither.
    """
    if by == "rule":
        codes, place = np.unique(rule, return_inverse=True)
        return np.asarray(place.ravel(), "int64"), [run.rules[code] for code in codes.tolist()]
    if by not in CUTS:
        raise InputError("by", f"is {by!r}, which is not a group of events", nearest(str(by), ("rule", *CUTS)))
    code, names = groups(run, by)
    return np.asarray(code[post] if len(code) else post, "int64"), names


# ---- people


def grouping(run: Run, by: PeopleCut) -> Grouping:
    """The group of everyone when they entered the run, (people,); a single group, "all", if `by` is None or "all".

    Raises InputError for a name that is not in `CHARACTERISTICS`, and for a user's own characteristic without anybody in
    this run.
    """
    if isinstance(by, Characteristic):
        return _own(run, by)
    if by is None or by == ALL:
        return Grouping(by=ALL, codes=np.zeros(len(run.people), "int32"), names=(ALL,))
    if by not in CHARACTERISTICS:
        right = f"{nearest(str(by), CHARACTERISTICS)}; or give a Characteristic"
        raise InputError("by", f"is {by!r}, which is not a characteristic of people", right)
    return _grouped(run, by)


@once
def _grouped(run: Run, by: str) -> Grouping:
    codes, names = _characteristic(run, by)
    return Grouping(by=by, codes=guarded(np.asarray(codes, "int32")), names=tuple(names))


def _characteristic(run: Run, by: str) -> tuple[AnyArray, Sequence[str]]:
    people = run.people
    today = entered(run).astype("int64") + run.scenario.calendar.origin
    match by:
        case "sex":
            return people.sex, SEXES if (people.sex == UNSTATED).any() else SEXES[:UNSTATED]
        case "age":
            return in_bands(complete_years(people.born, today), AGES), bands(AGES)
        case "hours":
            return people.wte_hundredths < 100, ("full time", "part time")
        case "band":
            return people.band, BANDS
        case "kind" | "region":
            body = of_bodies(run, by)
            return body.codes[people.employer], body.names
        case "employer":
            return people.employer, people.employers
        case "function":
            return people.function, people.functions
        case "service":
            return in_bands(complete_years(people.service_from, today), SERVICE), bands(SERVICE)
        case "profession":
            return people.clinician, ("not a clinician", "clinician")
        case "contract":
            return people.contract, CONTRACTS
        case _:
            return people.section, SECTIONS


def in_bands(years: AnyArray, starts: Sequence[int]) -> Ints:
    """The index in `bands(starts)` for each number of complete years, (n,)."""
    return np.searchsorted(starts, years, side="right").astype("int32")


def bands(starts: Sequence[int]) -> tuple[str, ...]:
    """The labels of bands of complete years that begin at `starts`, and of the band below the first.

    >>> bands((30, 40, 60))
    ('under 30', '30–39', '40–59', '60 and over')
    """
    between = (f"{low}–{high - 1}" for low, high in pairwise(starts))
    return (f"under {starts[0]}", *between, f"{starts[-1]} and over")


def _own(run: Run, by: Characteristic) -> Grouping:
    """A user's own groups in alphabetical order, with "not stated" last if it has people."""
    staff = np.asarray(by.staff)
    words = np.array([str(word) for word in np.asarray(by.groups, object)], object)
    place = np.searchsorted(run.people.staff, staff)
    known = place < len(run.people)
    known[known] = run.people.staff[place[known]] == staff[known]
    if len(run.people) and not known.any():
        right = "give identities of people in the run"
        raise InputError(f"characteristic {by.name!r}", "does not include anybody in this run", right)
    stated = np.full(len(run.people), NOT_STATED, object)
    stated[place[known]] = words[known]
    names = sorted({*stated.tolist()} - {NOT_STATED}) + ([NOT_STATED] if (stated == NOT_STATED).any() else [])
    places = {name: code for code, name in enumerate(names)}
    codes = np.array([places[word] for word in stated.tolist()], "int32")
    return Grouping(by=by.name, codes=codes, names=tuple(names) or (NOT_STATED,))
