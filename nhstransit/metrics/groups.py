"""The groups by which money is told: the rule behind an event, or a cut of the post it concerns."""

from __future__ import annotations

from typing import Literal

import numpy as np

from nhstransit.arrays import AnyArray, Ints, Longs
from nhstransit.errors import InputError, nearest
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.workforce.codes import BANDS

Cut = Literal["all", "kind", "region", "employer", "function", "band"]
By = Literal["rule", "all", "kind", "region", "employer", "function", "band"]
CUTS = ("all", "kind", "region", "employer", "function", "band")


def groups(run: Run, by: Cut) -> tuple[Ints, list[str]]:
    """The group of each post, (posts,), and the groups' names. Raises InputError for another cut."""
    posts, bodies = run.posts, run.scenario.roster
    if by not in CUTS:
        raise InputError("by", f"is {by!r}", nearest(str(by), CUTS))
    if by == "all":
        return np.zeros(len(posts), "int32"), ["all"]
    if by == "kind":
        return bodies.kind[posts.employer], list(KINDS)
    if by == "region":
        return bodies.region[posts.employer], list(bodies.regions)
    if by == "employer":
        return posts.employer.astype("int32"), list(bodies.names)
    if by == "function":
        return posts.function.astype("int32"), list(run.scenario.functions)
    return posts.band.astype("int32"), list(BANDS)


def group_of(run: Run, by: By, rule: AnyArray, post: AnyArray) -> tuple[Longs, list[str]]:
    """The group of each event by its rule or by its post, (n,), and the groups' names.

    Raises InputError for another cut.
    """
    if by == "rule":
        codes, place = np.unique(rule, return_inverse=True)
        return np.asarray(place.ravel(), "int64"), [run.rules[code] for code in codes.tolist()]
    if by not in CUTS:
        raise InputError("by", f"is {by!r}", nearest(str(by), ("rule", *CUTS)))
    code, names = groups(run, by)
    return np.asarray(code[post] if len(code) else post, "int64"), names
