"""Groups of people by what they were on entering: sex, age, hours, band, place, and any characteristic of a user's own.

A staff file holds no more than the model needs. Ethnicity, disability and the like come beside it as a `Characteristic`:
a word for each identity.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Ints, guarded
from nhstransit.dates import complete_years
from nhstransit.errors import InputError, nearest
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.run.exits import entered
from nhstransit.run.once import once
from nhstransit.workforce.codes import BANDS, CONTRACTS, SECTIONS, SEXES

AGES = (30, 40, 50, 55, 60)
SERVICE = (2, 5, 10, 15, 20)
UNKNOWN = "not stated"


@attrs.frozen(eq=False, kw_only=True)
class Characteristic:
    """A characteristic of a user's own: `groups` (n,) words of the people with the identities `staff` (n,).

    By identity, since a run sorts its people: the order of the rows is of no account. Whoever is not named, newcomers
    among them, is "not stated". Raises InputError for unequal lengths or an identity given twice.
    """

    name: str
    staff: Any
    groups: Any

    def __attrs_post_init__(self) -> None:
        staff, groups = np.asarray(self.staff), np.asarray(self.groups, object)
        if staff.ndim != 1 or staff.shape != groups.shape:
            wrong = f"has {staff.size} identities and {groups.size} groups"
            raise InputError(f"characteristic {self.name!r}", wrong, "give a word for each identity")
        if len(np.unique(staff)) < len(staff):
            raise InputError(f"characteristic {self.name!r}", "names somebody twice", "name each identity once")


@attrs.frozen(eq=False, kw_only=True)
class Grouping:
    """Everybody's group: `codes` (people,) are positions in `names`."""

    by: str
    codes: Ints
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, who: AnyArray) -> Grouping:
        """The same of some people, by mask or row."""
        return attrs.evolve(self, codes=self.codes[who])


By = str | Characteristic | None
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
    "pension section",
)


def grouping(run: Run, by: By) -> Grouping:
    """The group of everybody in a run, (people,), as they entered it; one group, "all", where `by` is None.

    Raises InputError for a name that is not in `CHARACTERISTICS`, with the nearest, and for a characteristic of a user's
    own that names nobody of this run.
    """
    people = run.people
    if isinstance(by, Characteristic):
        return _own(run, by)
    if by is None:
        return Grouping(by="all", codes=np.zeros(len(people), "int32"), names=("all",))
    if by not in CHARACTERISTICS:
        right = f"{nearest(str(by), CHARACTERISTICS)}; or give a Characteristic"
        raise InputError("by", f"is {by!r}", right)
    return _grouped(run, by)


@once
def _grouped(run: Run, by: str) -> Grouping:
    codes, names = _bundled(run, by)
    return Grouping(by=by, codes=guarded(np.asarray(codes, "int32")), names=tuple(names))


def _bundled(run: Run, by: str) -> tuple[AnyArray, Sequence[str]]:
    people, roster = run.people, run.scenario.roster
    today = entered(run).astype("int64") + run.scenario.calendar.origin
    match by:
        case "sex":
            return people.sex, SEXES
        case "age":
            return _banded(complete_years(people.born, today), AGES)
        case "hours":
            return people.wte_hundredths < 100, ("full time", "part time")
        case "band":
            return people.band, BANDS
        case "region":
            return roster.region[people.employer], roster.regions
        case "kind":
            return roster.kind[people.employer], tuple(KINDS)
        case "employer":
            return people.employer, people.employers
        case "function":
            return people.function, people.functions
        case "service":
            return _banded(complete_years(people.service_from, today), SERVICE)
        case "profession":
            return people.clinician, ("not a clinician", "clinician")
        case "contract":
            return people.contract, CONTRACTS
        case _:
            return people.section, SECTIONS


def _banded(years: AnyArray, cuts: Sequence[int]) -> tuple[AnyArray, list[str]]:
    """Years in bands that begin at the cuts: under the first, and from the last."""
    names = [
        f"under {cuts[0]}",
        *(f"{a}–{b - 1}" for a, b in pairwise(cuts)),
        f"{cuts[-1]} and over",
    ]
    return np.searchsorted(cuts, years, side="right"), names


def _own(run: Run, by: Characteristic) -> Grouping:
    """A user's own groups, in the order of the alphabet, "not stated" last where anybody is."""
    staff, words = np.asarray(by.staff), np.array([str(word) for word in np.asarray(by.groups, object)], object)
    place = np.searchsorted(run.people.staff, staff)
    known = place < len(run.people)
    known[known] = run.people.staff[place[known]] == staff[known]
    if len(run.people) and not known.any():
        raise InputError(f"characteristic {by.name!r}", "names nobody of this run", "give the identities of its staff")
    told = np.full(len(run.people), UNKNOWN, object)
    told[place[known]] = words[known]
    names = sorted({*told.tolist()} - {UNKNOWN}) + ([UNKNOWN] if (told == UNKNOWN).any() else [])
    places = {name: code for code, name in enumerate(names)}
    codes = np.array([places[word] for word in told.tolist()], "int32")
    return Grouping(by=by.name, codes=codes, names=tuple(names) or (UNKNOWN,))
