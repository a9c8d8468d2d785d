"""How far strata hang on the coupling of the two worlds' luck: what the marginals alone allow, and another coupling.

Nobody is ever seen in both worlds. That a person's luck is the same in both is a choice; the shares gone in each world are
not. Given these, the number gone either way can be anything between Fréchet's bounds; given them group by group, less.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bytes, Floats, Ints
from nhstransit.comparison.people import shared
from nhstransit.comparison.strata import (
    GONE_BECAUSE,
    GONE_EITHER_WAY,
    KEPT_BECAUSE,
    STRATA,
    Cut,
    counts,
    groups,
    strata_of,
)
from nhstransit.errors import InputError
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

    from nhstransit.entitlements import Law

WITHIN: tuple[tuple[Cut, ...], ...] = (("all",), ("function",), ("employer",), ("employer", "function", "band"))


def frechet(people: AnyArray, gone: AnyArray, gone_without: AnyArray) -> tuple[AnyArray, AnyArray]:
    """The least and the most people in each stratum for given numbers gone in either world, (4, groups) each.

    Between them lies every joint distribution with these marginals (Fréchet 1935); the extremes are reached, though not
    all at once: with the most gone either way come the fewest gone or kept because of it. Raises InputError for fewer than
    none gone, or more than there are people.
    """
    for name, part in (("gone", gone), ("gone_without", gone_without)):
        if not np.all((np.asarray(part) >= 0) & (np.asarray(part) <= people)):
            raise InputError(name, "holds numbers below 0 or above people", "give how many of these people are gone")
    least, most = np.maximum(gone + gone_without - people, 0), np.minimum(gone, gone_without)

    def strata(both: AnyArray) -> AnyArray:
        return np.stack([people - gone - gone_without + both, gone - both, gone_without - both, both])

    few, many = strata(least), strata(most)
    return np.minimum(few, many), np.maximum(few, many)


def bounds(run: Run, staff: Ints, stratum: Bytes, within: Sequence[Sequence[Cut]] = WITHIN) -> pd.DataFrame:
    """Strata found beside what is possible, a row for each grouping and stratum; indexed by both.

    Columns: least and most (Fréchet's bounds, summed over groups; a finer grouping is never wider); independent (expected
    where the two worlds' luck has nothing in common within a group); found (with common luck).
    """
    found, rows = counts(stratum), []
    for cuts in within:
        numbers = _marginals(run, staff, stratum, cuts)
        least, most = (part.sum(axis=1) for part in frechet(*numbers))
        expected = _independent(*numbers)
        name = " × ".join(cuts)
        rows += [
            (name, STRATA[place], int(least[place]), int(most[place]), float(expected[place]), int(found[place]))
            for place in range(len(STRATA))
        ]
    names = ("within", "stratum", "least", "most", "independent", "found")
    return tables.frame(dict(zip(names, zip(*rows, strict=True), strict=True)), index=["within", "stratum"])


def recoupled(run: Run, baseline: Run, seeds: Sequence[int], *, law: Law | None = None) -> pd.DataFrame:
    """Strata with common luck beside those with luck of the baseline's own: it is simulated anew with each of other seeds.

    Indexed by stratum; columns `common_luck` and one of people for each seed. `law` is that of the runs where it was not
    the bundled one. Raises InputError for a seed that is the run's own, or a law that is not the baseline's.
    """
    from nhstransit.engine.simulate import simulate

    staff = shared(run, baseline)
    table = {"stratum": list(STRATA), "common_luck": counts(strata_of(run, baseline, staff))}
    for seed in seeds:
        if seed == run.seed:
            raise InputError("seeds", f"have {seed}, the run's own", "give seeds of other luck")
        other = simulate(baseline.scenario, seed=seed, law=law)
        if other.provenance.law != baseline.provenance.law:
            raise InputError("law", "is not that of the baseline", "give the law that it was simulated under")
        table[f"seed_{seed}"] = counts(strata_of(run, other, staff))
    return tables.frame(table, index="stratum")


def _marginals(run: Run, staff: Ints, stratum: Bytes, cuts: Sequence[Cut]) -> tuple[AnyArray, ...]:
    """People, gone in the run and gone in the baseline by group, (groups,) each."""
    code, cells = np.zeros(len(staff), "int64"), 1
    for cut in cuts:
        part, names = groups(run, staff, cut)
        code, cells = code * len(names) + part, cells * len(names)
    gone = (stratum == GONE_BECAUSE) | (stratum == GONE_EITHER_WAY)
    without = (stratum == KEPT_BECAUSE) | (stratum == GONE_EITHER_WAY)
    return tuple(np.bincount(part, minlength=cells) for part in (code, code[gone], code[without]))


def _independent(people: AnyArray, gone: AnyArray, without: AnyArray) -> Floats:
    """People expected in each stratum where going in one world says nothing of going in the other, (4,)."""
    p, q = gone / np.maximum(people, 1), without / np.maximum(people, 1)
    shares = np.stack([(1 - p) * (1 - q), p * (1 - q), (1 - p) * q, p * q])
    return np.asarray((shares * people).sum(axis=1))
