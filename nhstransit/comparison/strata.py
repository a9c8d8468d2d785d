"""Four strata: the outcome of each of the shared staff in both worlds, by group and by route."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bytes, Floats, Ints, Longs
from nhstransit.comparison.people import gone, last_rule, routes
from nhstransit.errors import InputError, check_kind, nearest
from nhstransit.pence import check_numbers
from nhstransit.run import Run
from nhstransit.run.groups import grouping

if TYPE_CHECKING:
    import pandas as pd
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nhstransit.comparison.people import shared

if TYPE_CHECKING:
    import pandas as pd

    from nhstransit.law import Law


STRATA = ("here either way", "gone because of it", "kept because of it", "gone either way")
COLUMNS = tuple(tables.column(name) for name in STRATA)  # where each stratum is a column
HERE_EITHER_WAY, GONE_BECAUSE, KEPT_BECAUSE, GONE_EITHER_WAY = range(len(STRATA))
Cut = Literal["all", "employer", "kind", "region", "function", "band", "sex", "age", "service"]
CUTS: tuple[Cut, ...] = ("all", "employer", "kind", "region", "function", "band", "sex", "age", "service")


def strata_of(run: Run, baseline: Run, staff: Ints) -> Bytes:
    """Index in `STRATA` of each of `staff`: in post at the end in both worlds, in one, or in neither, (n,).

    Args:
        run: the run.
        baseline: the run that it is compared with.
        staff: (n,) identities of people.
    """
    return np.asarray(gone(run, staff) * 1 + gone(baseline, staff) * 2, "int8")


def counts(stratum: Bytes) -> Longs:
    """The number of people in each stratum, (4,)."""
    return np.bincount(stratum, minlength=len(STRATA))


def groups(run: Run, staff: Ints, by: Cut) -> tuple[Ints, list[str]]:
    """The group of each of `staff` at the opening, (n,), and the groups' names.

    Args:
        run: the run.
        staff: (n,) identities of people.
        by: what people are grouped by, one of `CUTS`.

    Raises:
        InputError: for an unknown cut.
    """
    if by not in CUTS:
        raise InputError("by", f"is {by!r}", nearest(str(by), CUTS))
    found = grouping(run, by)
    return found.codes[run.rows_of(staff)], list(found.names)


def table_by(run: Run, staff: Ints, stratum: Bytes, by: Cut, direct: AnyArray, knowledge: Floats) -> pd.DataFrame:
    """One row per group with people: people in each stratum, those affected directly, and what the policy changed.

    Columns: the four strata (`COLUMNS`); people; gone_direct and kept_direct (people gone or kept who were touched by
    the differing rules themselves); `net` (gone less kept because of it); `net_share` of the people; `knowledge_share`
    lost.

    Args:
        run: the run.
        staff: (n,) identities.
        stratum: (n,) indices in `STRATA`.
        by: the cut of the groups.
        direct: (n,) who was touched by the differing rules themselves.
        knowledge: (n,) the knowledge of each.
    """
    code, names = groups(run, staff, by)
    cells = np.bincount(code * len(STRATA) + stratum, minlength=len(names) * len(STRATA)).reshape(-1, len(STRATA))
    there = np.flatnonzero(cells.sum(axis=1))
    people = cells.sum(axis=1)
    net = cells[:, GONE_BECAUSE] - cells[:, KEPT_BECAUSE]
    sign = (stratum == GONE_BECAUSE).astype("float64") - (stratum == KEPT_BECAUSE)
    lost, held = (np.bincount(code, weight, len(names)) for weight in (sign * knowledge, knowledge))
    table: dict[str, AnyArray | list[str]] = {by: [names[place] for place in there.tolist()]}
    table |= {name: cells[there, place] for place, name in enumerate(COLUMNS)}
    table["people"] = people[there]
    for name, which in (("gone_direct", GONE_BECAUSE), ("kept_direct", KEPT_BECAUSE)):
        table[name] = np.bincount(code[direct & (stratum == which)], minlength=len(names))[there]
    table |= {"net": net[there], "net_share": net[there] / people[there]}
    table["knowledge_share"] = lost[there] / np.maximum(held[there], 1e-300)
    return tables.frame(table, index=by)


def route_table(run: Run, baseline: Run, staff: Ints, stratum: Bytes) -> pd.DataFrame:
    """People by route in the run, route in the baseline, and the stratum that these give: one row per combination.

    A route is the rule by which a person last left, or "here". Most people first.

    Args:
        run: the run.
        baseline: its baseline.
        staff: (n,) identities.
        stratum: (n,) indices in `STRATA`.
    """
    ours = last_rule(run, staff)
    theirs = last_rule(baseline, staff)
    pairs, people = np.unique((ours + 1) << 20 | (theirs + 1), return_counts=True)
    ours = (pairs >> 20) - 1
    theirs = (pairs & 0xFFFFF) - 1
    order = np.argsort(-people, kind="stable")
    strata = (ours >= 0) * 1 + (theirs >= 0) * 2
    return tables.frame(
        {
            "route": routes(run, ours[order]),
            "baseline_route": routes(baseline, theirs[order]),
            "stratum": [STRATA[code] for code in strata[order]],
            "people": people[order],
        }
    )


# How far strata depend on the coupling of the two worlds' luck: what the marginals alone allow, and another coupling.
#
# Nobody is ever observed in both worlds. That a person's luck is the same in both is an assumption; the shares gone
# in each world are not. Given these shares, the number of people gone in both worlds can be anything between
# Fréchet's bounds. Given the shares group by group, the range is narrower.

WITHIN: tuple[tuple[Cut, ...], ...] = (("all",), ("function",), ("employer",), ("employer", "function", "band"))


def frechet(people: AnyArray, gone: AnyArray, gone_without: AnyArray) -> tuple[AnyArray, AnyArray]:
    """The least and the most people in each stratum for given numbers gone in either world, (4, groups) each.

    Every joint distribution with these marginals lies between them (Fréchet 1935). Each extreme can be reached, but not
    all at once: the most people gone in both worlds comes with the fewest gone or kept because of the policy.

    Args:
        people: (groups,) people.
        gone: (groups,) people gone in the run.
        gone_without: (groups,) people gone in the baseline.

    Raises:
        InputError: a number gone is negative, or more than there are people.
    """
    check_numbers("people", people)
    check_numbers("gone", gone)
    check_numbers("gone_without", gone_without)
    for name, part in (("gone", gone), ("gone_without", gone_without)):
        if not np.all((np.asarray(part) >= 0) & (np.asarray(part) <= people)):
            raise InputError(
                name, "holds numbers below 0, or above the number of people", "give the number of these people who left"
            )
    least = np.maximum(gone + gone_without - people, 0)
    most = np.minimum(gone, gone_without)

    def strata(both: AnyArray) -> AnyArray:
        return np.stack([people - gone - gone_without + both, gone - both, gone_without - both, both])

    few = strata(least)
    many = strata(most)
    return np.minimum(few, many), np.maximum(few, many)


def bounds(run: Run, staff: Ints, stratum: Bytes, within: Sequence[Sequence[Cut]] = WITHIN) -> pd.DataFrame:
    """Strata found, with the range that is possible: one row per grouping and stratum; indexed by both.

    Columns: least and most (Fréchet's bounds, summed over groups; a finer grouping is never wider); independent
    (expected if the luck of the two worlds is independent within a group); found (with common luck).

    Args:
        run: the run.
        staff: (n,) identities.
        stratum: (n,) indices in `STRATA`.
        within: the groupings, each a sequence of cuts.
    """
    check_kind("run", run, Run)
    found = counts(stratum)
    rows = []
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
    """Strata with common luck, and with separate luck: the baseline is simulated again with each of the other seeds.

    Indexed by stratum; columns `common_luck` and, of people, one for each seed, such as
    `seed_2` and `seed_3`.

    Args:
        run: the run.
        baseline: its baseline.
        seeds: other seeds for the baseline.
        law: the law of the baseline, if it was not the one of its scenario.

    Raises:
        InputError: a seed is the run's own, or the law is not the baseline's.
    """
    from nhstransit.engine.simulate import simulate

    staff = shared(run, baseline)
    table = {"stratum": list(STRATA), "common_luck": counts(strata_of(run, baseline, staff))}
    for seed in seeds:
        if seed == run.seed:
            raise InputError("seeds", f"have {seed}, the run's own", "give other seeds")
        other = simulate(baseline.scenario, seed=seed, law=law)
        if other.provenance.law != baseline.provenance.law:
            raise InputError("law", "is not the baseline's law", "give the law that it was simulated under")
        table[f"seed_{seed}"] = counts(strata_of(run, other, staff))
    return tables.frame(table, index="stratum")


def _marginals(run: Run, staff: Ints, stratum: Bytes, cuts: Sequence[Cut]) -> tuple[AnyArray, ...]:
    """People, gone in the run and gone in the baseline by group, (groups,) each."""
    code = np.zeros(len(staff), "int64")
    cells = 1
    for cut in cuts:
        part, names = groups(run, staff, cut)
        code = code * len(names) + part
        cells = cells * len(names)
    gone = (stratum == GONE_BECAUSE) | (stratum == GONE_EITHER_WAY)
    without = (stratum == KEPT_BECAUSE) | (stratum == GONE_EITHER_WAY)
    return tuple(np.bincount(part, minlength=cells) for part in (code, code[gone], code[without]))


def _independent(people: AnyArray, gone: AnyArray, without: AnyArray) -> Floats:
    """People expected in each stratum if leaving in one world is independent of leaving in the other, (4,)."""
    p = gone / np.maximum(people, 1)
    q = without / np.maximum(people, 1)
    shares = np.stack([(1 - p) * (1 - q), p * (1 - q), (1 - p) * q, p * q])
    return np.asarray((shares * people).sum(axis=1))


# Brain drain caused by policy: heads and knowledge of each stratum, with the weights of `measures.knowledge`.

NET = "net, because of it"


def drain(stratum: Bytes, knowledge: Floats) -> pd.DataFrame:
    """Heads and knowledge of each stratum, and the net loss because of the policy. Indexed by stratum.

    Columns: people; `share` of all (m); knowledge; `knowledge_share` of all (m_K); `selection` = m_K ÷ m, above 1 if
    the people of the stratum know more than average (the selection ratio of Docquier, Lohest and Marfouk 2007). The
    last row is the people gone because of the policy less those kept because of it. Its selection is NaN if these
    numbers are equal.
    """
    heads = np.bincount(stratum, minlength=len(STRATA)).astype("float64")
    known = np.bincount(stratum, knowledge, len(STRATA))
    heads = np.append(heads, heads[GONE_BECAUSE] - heads[KEPT_BECAUSE])
    known = np.append(known, known[GONE_BECAUSE] - known[KEPT_BECAUSE])
    m = heads / max(len(stratum), 1)
    m_k = known / max(float(knowledge.sum()), 1e-300)
    columns = {
        "stratum": [*STRATA, NET],
        "people": heads.astype("int64"),
        "share": m,
        "knowledge": known,
        "knowledge_share": m_k,
        "selection": np.divide(m_k, m, out=np.full(len(m), np.nan), where=m != 0),
    }
    return tables.frame(columns, index="stratum")
