"""The four strata: the outcomes of the shared staff in both runs, by group and by route."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bytes, Floats, Ints, Longs
from nhstransit.comparison.people import gone, last_rule, routes, shared
from nhstransit.errors import InputError, check_kind, nearest
from nhstransit.pence import check_numbers
from nhstransit.run import Run
from nhstransit.run.groups import grouping

if TYPE_CHECKING:
    import pandas as pd

    from nhstransit.law import Law


STRATA = ("stayed in both runs", "left because of it", "stayed because of it", "left in both runs")
COLUMNS = tuple(tables.column(name) for name in STRATA)  # names of the strata as columns
HERE_EITHER_WAY, GONE_BECAUSE, KEPT_BECAUSE, GONE_EITHER_WAY = range(len(STRATA))
Cut = Literal["all", "employer", "kind", "region", "function", "band", "sex", "age", "service"]
CUTS: tuple[Cut, ...] = ("all", "employer", "kind", "region", "function", "band", "sex", "age", "service")


def strata_of(run: Run, baseline: Run, staff: Ints) -> Bytes:
    """Index in `STRATA` of each of `staff`: in post at the end in both runs, in one, or in neither, (n,).

    Args:
        run: the run.
        baseline: the run that it is compared with.
        staff: (n,) staff numbers of people.
    """
    # 1 for having left in the run, 2 for having left in the baseline: the order of `STRATA`.
    return np.asarray(gone(run, staff) * 1 + gone(baseline, staff) * 2, "int8")


def counts(stratum: Bytes) -> Longs:
    """The number of people in each stratum, (4,)."""
    return np.bincount(stratum, minlength=len(STRATA))


def groups(run: Run, staff: Ints, by: Cut) -> tuple[Ints, list[str]]:
    """The group of each of `staff` at the opening, (n,), and the names of the groups.

    Args:
        run: the run.
        staff: (n,) staff numbers of people.
        by: what people are grouped by, one of `CUTS`.

    Raises:
        InputError: `by` is unknown.
    """
    if by not in CUTS:
        raise InputError("by", f"is {by!r}", nearest(str(by), CUTS))
    found = grouping(run, by)
    return found.codes[run.rows_of(staff)], list(found.names)


def table_by(run: Run, staff: Ints, stratum: Bytes, by: Cut, direct: AnyArray, knowledge: Floats) -> pd.DataFrame:
    """One row per group with people: people in each stratum, people affected directly, and the effect of the policy.

    Columns: the four strata (`COLUMNS`); `people`; `left_direct` and `stayed_direct` (people who left, or stayed, because
    of it and were affected directly by a policy whose settings differ); `net` (people who left because of it, less those
    who stayed because of it); `net_share` (`net` over `people`); `knowledge_share` (the net share of the group's
    knowledge that is lost).

    Args:
        run: the run.
        staff: (n,) identities.
        stratum: (n,) indices in `STRATA`.
        by: how people are grouped.
        direct: (n,) whether a policy whose settings differ has an event about the person.
        knowledge: (n,) the knowledge of each.
    """
    code, names = groups(run, staff, by)
    # People by group and stratum, (groups, 4).
    cell = code * len(STRATA) + stratum
    cells = np.bincount(cell, minlength=len(names) * len(STRATA)).reshape(-1, len(STRATA))
    people = cells.sum(axis=1)
    there = np.flatnonzero(people)
    net = cells[:, GONE_BECAUSE] - cells[:, KEPT_BECAUSE]
    # Knowledge counts as lost with people who left because of the policy, and as saved with people who stayed.
    sign = (stratum == GONE_BECAUSE).astype("float64") - (stratum == KEPT_BECAUSE)
    lost = np.bincount(code, sign * knowledge, len(names))
    held = np.bincount(code, knowledge, len(names))
    table: dict[str, AnyArray | list[str]] = {by: [names[place] for place in there.tolist()]}
    table |= {name: cells[there, place] for place, name in enumerate(COLUMNS)}
    table["people"] = people[there]
    for name, which in (("left_direct", GONE_BECAUSE), ("stayed_direct", KEPT_BECAUSE)):
        affected = direct & (stratum == which)
        table[name] = np.bincount(code[affected], minlength=len(names))[there]
    table |= {"net": net[there], "net_share": net[there] / people[there]}
    table["knowledge_share"] = lost[there] / np.maximum(held[there], 1e-300)
    return tables.frame(table, index=by)


def route_table(run: Run, baseline: Run, staff: Ints, stratum: Bytes) -> pd.DataFrame:
    """People by route in the run, by route in the baseline, and by the resulting stratum: one row per combination.

    A route is the policy or other cause of a person's last exit, or "here". Rows with most people come first.

    Args:
        run: the run.
        baseline: its baseline.
        staff: (n,) identities.
        stratum: (n,) indices in `STRATA`.
    """
    ours = last_rule(run, staff)
    theirs = last_rule(baseline, staff)
    # Both codes in one integer, 20 bits for the second. They are raised by 1, because −1 means in post at the end.
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


# How far the strata depend on using the same random numbers in both runs: the range that is possible given only the
# marginal counts, and the result with other random numbers.
#
# Nobody is ever observed both with and without a policy. It is an assumption that a person has the same random numbers
# in both runs. The share of people who left in each run does not depend on this assumption. Given these two shares, the
# number of people who left in both runs can be anything between Fréchet's bounds. Given the shares by group, the range
# is narrower.

WITHIN: tuple[tuple[Cut, ...], ...] = (("all",), ("function",), ("employer",), ("employer", "function", "band"))


def frechet(people: AnyArray, gone: AnyArray, gone_without: AnyArray) -> tuple[AnyArray, AnyArray]:
    """The least and the most people in each stratum, given the numbers who left in each run, (4, groups) each.

    Every joint distribution with these marginals is between these bounds (Fréchet 1935). Each bound can be reached, but
    not all at once: if the number of people who left in both runs is at its upper bound, the numbers who left or stayed
    because of the policy are at their lower bounds.

    Args:
        people: (groups,) people.
        gone: (groups,) people who left in the run.
        gone_without: (groups,) people who left in the baseline.

    Raises:
        InputError: a number of people who left is negative, or above the number of people.
    """
    check_numbers("people", people)
    check_numbers("gone", gone)
    check_numbers("gone_without", gone_without)
    for name, part in (("gone", gone), ("gone_without", gone_without)):
        numbers = np.asarray(part)
        if not np.all((numbers >= 0) & (numbers <= people)):
            raise InputError(
                name, "has numbers below 0 or above the number of people", "give the number of these people who left"
            )
    least = np.maximum(gone + gone_without - people, 0)
    most = np.minimum(gone, gone_without)

    # If the number who left in both runs is known, the other three strata follow from the marginals.
    def strata(both: AnyArray) -> AnyArray:
        return np.stack([people - gone - gone_without + both, gone - both, gone_without - both, both])

    few = strata(least)
    many = strata(most)
    return np.minimum(few, many), np.maximum(few, many)


def bounds(run: Run, staff: Ints, stratum: Bytes, within: Sequence[Sequence[Cut]] = WITHIN) -> pd.DataFrame:
    """The strata, with the range that is possible: one row per grouping and stratum; indexed by both.

    Columns: least and most (Fréchet's bounds, summed over groups; the range of a finer grouping is never wider);
    independent (expected if leaving in one run is independent of leaving in the other, within a group); found (with the
    same random numbers).

    Args:
        run: the run.
        staff: (n,) identities.
        stratum: (n,) indices in `STRATA`.
        within: the groupings, each a sequence of characteristics.
    """
    check_kind("run", run, Run)
    found = counts(stratum)
    rows = []
    for cuts in within:
        numbers = _marginals(run, staff, stratum, cuts)
        least, most = (part.sum(axis=1) for part in frechet(*numbers))
        expected = _independent(*numbers)
        name = " × ".join(cuts)
        for place, stratum_name in enumerate(STRATA):
            ends = (int(least[place]), int(most[place]))
            rows.append((name, stratum_name, *ends, float(expected[place]), int(found[place])))
    names = ("within", "stratum", "least", "most", "independent", "found")
    return tables.of_rows(names, rows, index=["within", "stratum"])


def recoupled(run: Run, baseline: Run, seeds: Sequence[int], *, law: Law | None = None) -> pd.DataFrame:
    """Strata with the same random numbers in both runs, and with other random numbers in the baseline.

    The baseline is simulated again with each of the other seeds. Indexed by stratum. Columns of people: `common_luck`,
    then one column for each seed, such as `seed_2` and `seed_3`.

    Args:
        run: the run.
        baseline: its baseline.
        seeds: other seeds for the baseline.
        law: the law of the baseline, if it was not the law of its scenario.

    Raises:
        InputError: a seed is the run's own, or the law is not the baseline's.
    """
    from nhstransit.engine.simulate import simulate

    staff = shared(run, baseline)
    table = {"stratum": list(STRATA), "common_luck": counts(strata_of(run, baseline, staff))}
    for seed in seeds:
        if seed == run.seed:
            raise InputError("seeds", f"{seed} is the seed of the run", "give other seeds")
        other = simulate(baseline.scenario, seed=seed, law=law)
        if other.provenance.law != baseline.provenance.law:
            raise InputError(
                "law", "the baseline used another law", "give the law that the baseline was simulated with"
            )
        table[f"seed_{seed}"] = counts(strata_of(run, other, staff))
    return tables.frame(table, index="stratum")


def _marginals(run: Run, staff: Ints, stratum: Bytes, cuts: Sequence[Cut]) -> tuple[AnyArray, ...]:
    """People, people who left in the run, and people who left in the baseline, by group, (groups,) each."""
    # One number for each combination of groups.
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
    """People expected in each stratum if leaving in one run is independent of leaving in the other, (4,)."""
    p = gone / np.maximum(people, 1)
    q = without / np.maximum(people, 1)
    stay = 1 - p
    stay_without = 1 - q
    shares = np.stack([stay * stay_without, p * stay_without, stay * q, p * q])  # in the order of `STRATA`
    return np.asarray((shares * people).sum(axis=1))


# Loss of people and knowledge because of a policy, by stratum, with the weights of `measures.knowledge`.

NET = "net, because of it"


def drain(stratum: Bytes, knowledge: Floats) -> pd.DataFrame:
    """People and knowledge in each stratum, and the net loss because of the policy. Indexed by stratum.

    Columns: people; `share` (m, of all people); knowledge; `knowledge_share` (m_K, of all knowledge); `selection` = m_K
    ÷ m, above 1 if the people of the stratum know more than average (the selection ratio of Docquier, Lohest and
    Marfouk 2007). The last row is people who left because of the policy less people who stayed because of it. Its
    selection is NaN if these numbers are equal.
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
