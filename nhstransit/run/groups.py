"""The groups for counting people, posts and events, with their labels: defined here and nowhere else.

A group has one name, which is the name of its column in every table, and one set of labels, so that tables join. Kinds
of organisation and bands have the words of scenario files as labels ("pct", "8a"); `organisations.bodies.KINDS` gives
kinds of organisation in full. Age and service are complete years, in the bands of NHS workforce statistics.
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
UNSTATED = SEXES.index("unknown")  # a group of its own only if it has people

# Columns that appear next to a group's own in tables of survival, rates and losses. No characteristic may have their
# names.
_TAKEN = {
    *("financial_year", "days", "people", "opening", "closing", "arrived", "left", "stable", "unbroken", "route"),
    *("leaver_rate", "stability", "bowey", "person_years", "rate", "rate_low", "rate_high", "low", "high", "share"),
    *("at_risk", "band_low", "band_high", "years", "years_at_constant_rate", "expected", "ratio"),
    *("people_at_start", "people_lost", "share_lost", "share_of_start", "share_of_lost", "representation"),
    *("knowledge_lost", "share_of_knowledge_lost"),
}

Cut = Literal["all", "kind", "region", "employer", "function", "band"]
CUTS = ("all", "kind", "region", "employer", "function", "band")  # of posts, and so of the people who hold them
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
)  # of people, as they entered the run


@attrs.frozen(eq=False, kw_only=True)
class Characteristic:
    """A user's own characteristic: `groups` (n,) are the words for the people with the staff numbers `staff` (n,).

    People are matched by identity, because a run sorts its people; the order of the rows does not matter. People who
    are not named, including newcomers, are "not stated". Raises InputError for unequal lengths, an identity given
    twice, or a name that is also a column next to groups in a table.
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
    """The group of each of some people or posts: `codes` (n,) are indices in `names`; `by` names the column."""

    by: str
    codes: Ints
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, who: AnyArray) -> Grouping:
        """The same grouping of some of them, by mask or position."""
        return attrs.evolve(self, codes=self.codes[who])

    @property
    def words(self) -> AnyArray:
        """The name of each one's group, (n,)."""
        return np.array([*self.names, ""], object)[self.codes]


PeopleCut = str | Characteristic | None  # one of CHARACTERISTICS, a user's own, or everyone


# ---- posts


def of_posts(run: Run, by: Cut) -> Grouping:
    """The group of each post, (posts,). Raises InputError for an unknown cut, with the nearest valid one."""
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
    """`of_posts` as codes (posts,) and names. Raises InputError for an unknown cut."""
    found = of_posts(run, by)
    return found.codes, list(found.names)


def group_of(run: Run, by: By, rule: AnyArray, post: AnyArray) -> tuple[Longs, list[str]]:
    """The group of each event by its rule or by its post, (n,), and the groups' names.

    Args:
        run: the run.
        by: "rule", or a cut of posts.
        rule: (n,) rule numbers.
        post: (n,) rows of posts.

    Raises:
        InputError: the cut is unknown.
    """
    if by == "rule":
        # Only rules that occur are groups. `ravel` is for versions of NumPy that return the inverse in two dimensions.
        codes, index = np.unique(rule, return_inverse=True)
        names = [run.rules[code] for code in codes.tolist()]
        return np.asarray(index.ravel(), "int64"), names
    if by not in CUTS:
        raise InputError("by", f"is {by!r}, which is not a group of events", nearest(str(by), ("rule", *CUTS)))
    code, names = groups(run, by)
    # Without posts there are no events of posts either, and `post` is empty.
    return np.asarray(code[post] if len(code) else post, "int64"), names


# ---- people


def grouping(run: Run, by: PeopleCut) -> Grouping:
    """The group of everyone in a run when they entered, (people,); a single group, "all", if `by` is None or "all".

    Raises InputError for a name that is not in `CHARACTERISTICS`, with the nearest valid one, and for a user's own
    characteristic that does not include anybody in this run.
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
    # Age and service are those on the day on which each person entered, so that nobody changes group during a run.
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
    """The band of each number of complete years, (n,): an index in `bands(starts)`."""
    return np.searchsorted(starts, years, side="right").astype("int32")


def bands(starts: Sequence[int]) -> tuple[str, ...]:
    """The labels of bands of complete years that begin at `starts`, including the one below the first.

    >>> bands((30, 40, 60))
    ('under 30', '30–39', '40–59', '60 and over')
    """
    between = (f"{low}–{high - 1}" for low, high in pairwise(starts))
    return (f"under {starts[0]}", *between, f"{starts[-1]} and over")


def _own(run: Run, by: Characteristic) -> Grouping:
    """A user's own groups in alphabetical order, with "not stated" last if it has people."""
    staff = np.asarray(by.staff)
    words = np.array([str(word) for word in np.asarray(by.groups, object)], object)
    # `row` is where each identity would be among the people, who are sorted by identity. It is there only if the identity
    # at that row is the same.
    row = np.searchsorted(run.people.staff, staff)
    known = row < len(run.people)
    known[known] = run.people.staff[row[known]] == staff[known]
    if len(run.people) and not known.any():
        raise InputError(
            f"characteristic {by.name!r}",
            "does not include anybody in this run",
            "give staff numbers of people in the run",
        )
    stated = np.full(len(run.people), NOT_STATED, object)
    stated[row[known]] = words[known]
    names = sorted({*stated.tolist()} - {NOT_STATED})
    if (stated == NOT_STATED).any():
        names.append(NOT_STATED)
    # A dictionary is used because words are Python objects, which NumPy sorts and compares slowly.
    code_of = {name: code for code, name in enumerate(names)}
    codes = np.array([code_of[word] for word in stated.tolist()], "int32")
    return Grouping(by=by.name, codes=codes, names=tuple(names) or (NOT_STATED,))
