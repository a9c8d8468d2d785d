"""Equality tables: each person's outcomes (yes or no) and payments, counted and compared by group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Longs, Rows
from nhstransit.errors import InputError, nearest
from nhstransit.log import ENGINE_RULES, Kind, Steps
from nhstransit.measures import estimates as kernel
from nhstransit.measures.definitions import Definition
from nhstransit.measures.stays import Who, included
from nhstransit.run import Run
from nhstransit.run.exits import came_back, moves_across
from nhstransit.run.groups import ALL, Characteristic, Grouping, PeopleCut, grouping
from nhstransit.run.lookup import first_at, named, pence_of
from nhstransit.run.once import once
from nhstransit.workforce.columns import RiskClass

if TYPE_CHECKING:
    import pandas as pd


_BYTES = 4  # of eight outcomes each, packed into one number together with the group number so far
STAFF = "staff"  # the denominator of an outcome if it is everyone
PAYMENTS = {  # every kind of payment in the log that concerns a person, in the order of `Outcomes.pence`
    "severance": Kind.SEVERANCE,
    "in lieu": Kind.IN_LIEU,
    "pension": Kind.PENSION,
    "premium": Kind.PREMIUM,
    "training": Kind.TRAINING,
    "bought out": Kind.BOUGHT_OUT,
    "paid back": Kind.CLAWBACK,
}
BACK = "paid back"  # paid by a person, not to a person


@attrs.frozen(eq=False, kw_only=True, slots=False)
class Outcomes:
    """Outcomes of the people in `rows` (n,).

    `masks` (outcomes, n) are true for people who had the outcome; `of` has the name of each outcome's denominator.
    `pence` (payments, n) are each person's amounts over the run, in the order of `PAYMENTS`: what they received, what
    was paid for them, and what they paid back.
    """

    rows: Rows
    names: tuple[str, ...]
    of: tuple[str, ...]
    masks: Bools
    pence: Longs

    def place(self, name: str) -> int:
        """The index of an outcome. Raises InputError for an unknown name, with the nearest valid one."""
        if name not in self.names:
            raise InputError("outcome", f"is {name!r}", nearest(name, self.names))
        return self.names.index(name)

    def among(self, place: int) -> Bools:
        """The denominator of an outcome: the people counted in it, (n,)."""
        of = self.of[place]
        if of == STAFF:
            return np.ones(len(self.rows), bool)
        return np.asarray(self.masks[self.names.index(of)])

    @property
    def people(self) -> Bools:
        """The denominator of every outcome, (outcomes, n)."""
        each = [self.among(place) for place in range(len(self.names))]
        return np.array(each, bool).reshape(self.masks.shape)

    @cached_property
    def alike(self) -> tuple[Longs, Outcomes]:
        """People grouped by identical outcomes: each person's group number, (n,), and one person from each group.

        There are few such groups. Counting each group once is faster than counting the people outcome by outcome.
        """
        # Eight outcomes per byte. The bytes are then joined to the group number in blocks of `_BYTES`, and the groups are
        # numbered anew after each block, so that the number always fits into 64 bits.
        people = np.arange(len(self.rows))
        packed = np.zeros((-(-len(self.masks) // 8), len(people)), "uint8")
        for place, mask in enumerate(self.masks):
            packed[place // 8] |= mask.view("uint8") << place % 8
        sort = np.zeros(len(people), "int64")
        for start in range(0, len(packed), _BYTES):
            block = packed[start : start + _BYTES]
            word = np.zeros((len(people), 8), "uint8")
            word[:, : len(block)] = block.T
            joined_number = sort << 8 * _BYTES | word.view("<i8").ravel()
            sort = np.unique(joined_number, return_inverse=True)[1].ravel()
        first = first_at(sort, sort.max(initial=-1) + 1)
        masks = self.masks[:, first]
        pence = self.pence[:, first]
        return sort, attrs.evolve(self, rows=self.rows[first], masks=masks, pence=pence)

    def some(self, names: tuple[str, ...] | None) -> Outcomes:
        """These outcomes with their denominators, or all if `names` is None. Raises InputError for an unknown name."""
        if names is None:
            return self
        # An outcome cannot be counted without its denominator, so that is included even if it was not requested.
        places = {self.place(name) for name in names}
        denominators = {self.of[place] for place in places} - {STAFF}
        places |= {self.names.index(name) for name in denominators}
        kept = sorted(places)
        return attrs.evolve(
            self,
            names=tuple(self.names[place] for place in kept),
            of=tuple(self.of[place] for place in kept),
            masks=self.masks[kept],
        )


@once
def outcomes(run: Run, who: Who = "opening") -> Outcomes:
    """Every outcome of the opening staff, newcomers or everyone, according to the log.

    *Made redundant* means that a person left under a policy that had not selected the person among its applicants.
    *Transferred* means that a person moved to another employer. Outcomes of a policy begin with its name, such as
    "mars: approved". An outcome that a person had twice counts once. The result is computed once for each run. Raises
    InputError for an unknown `who`.
    """
    rows = np.flatnonzero(included(run, who))
    found = list(_found(run))
    names = tuple(name for name, _, _ in found)
    of = tuple(of for _, of, _ in found)
    of_rows = [mask[rows] for _, _, mask in found]
    masks = np.array(of_rows).reshape(len(found), len(rows))  # two axes even if there are no people
    sums = [pence_of(run, run.log.steps(kind)) for kind in PAYMENTS.values()]
    pence = np.array([each[rows] for each in sums])
    return Outcomes(rows=rows, names=names, of=of, masks=masks, pence=pence)


def _found(run: Run) -> Iterator[tuple[str, str, Bools]]:
    """For each outcome: its name, its denominator, and who had it, (people,)."""
    log = run.log
    left = log.exits
    applied = log.steps(Kind.APPLIED)
    gone = named(run, left)
    paid = named(run, log.steps(Kind.SEVERANCE, Kind.IN_LIEU))
    yield "left", STAFF, gone
    yield "left paid", STAFF, gone & paid
    yield "left unpaid", STAFF, gone & ~paid
    yield "made redundant", STAFF, named(run, left.take(compulsory(run, left)))
    yield "transferred", STAFF, named(run, log.moves.take(moves_across(run)))
    risks = log.changes(Kind.RISK)
    yield "at risk", STAFF, named(run, risks.take(risks.after == RiskClass.AT_RISK))
    yield "retained", STAFF, named(run, log.promises(Kind.RETAINED))
    yield "returned", STAFF, gone & came_back(run)
    yield "in post at the end", STAFF, np.asarray(run.closing.post >= 0)
    for code in np.unique(left.rule).tolist():
        yield f"left by {run.rules[code]}", STAFF, named(run, left.by(code))
    for code in np.unique(applied.rule).tolist():
        yield from _steps(run, code)
    for name, kind in PAYMENTS.items():
        yield paid_outcome(name), STAFF, pence_of(run, log.steps(kind)) > 0


def paid_outcome(payment: str) -> str:
    """The name of the outcome of having a kind of payment.

    >>> [paid_outcome(name) for name in ("severance", "paid back")]
    ['paid severance', 'paid back']
    """
    return payment if payment == BACK else f"paid {payment}"


def _steps(run: Run, code: int) -> Iterator[tuple[str, str, Bools]]:
    """The outcomes of one policy for its applicants."""
    name = run.rules[code]
    applied = f"{name}: applied"
    approved = f"{name}: approved"

    def people_with(kind: Kind) -> Bools:
        return named(run, run.log.steps(kind).by(code))

    yield applied, STAFF, people_with(Kind.APPLIED)
    yield approved, applied, people_with(Kind.APPROVED)
    yield f"{name}: refused", applied, people_with(Kind.REFUSED)
    withdrew = people_with(Kind.WITHDREW)
    if withdrew.any():
        yield f"{name}: withdrew", approved, withdrew


def compulsory(run: Run, left: Steps) -> Bools:
    """Which departures were under a policy that had not selected the person among its applicants, (departures,)."""
    own = [code for code, name in run.rules.items() if name in ENGINE_RULES]
    forced = ~np.isin(left.rule, own)
    rows = run.rows_of(left.staff)
    approved = run.log.steps(Kind.APPROVED)
    for code in np.unique(approved.rule).tolist():
        # A person approved under the policy left of their own accord if they left under the same policy.
        selected = named(run, approved.by(code))[rows]
        forced &= (left.rule != code) | ~selected
    return np.asarray(forced)


# Equality impact: every outcome and every payment by sex, age, hours, band, region and any characteristic in the data.
#
# Section 149 of the Equality Act 2010 requires public bodies to consider this before they decide. The groups of each
# table add up to "all". The intervals treat the people as a sample from a large population of similar people; they do
# not include the variation between seeds or parameters. Tables of real staff that may be published are in `disclosure`.

USUAL = ("sex", "age", "hours", "band", "region")
DEFINITIONS = (
    Definition(
        name="rate of an outcome",
        unit="share of the group's staff, or of the people that the outcome refers to",
        formula="r = x / n; x: people who had the outcome at least once, n: people in the denominator",
        reference="interval: Wilson 1927",
    ),
    Definition(
        name="difference of rates",
        unit="share",
        formula="r − r0; r0: the rate of the reference group (by default the largest group)",
        reference="interval: Newcombe 1998, method 10",
    ),
    Definition(
        name="ratio of rates",
        unit="ratio",
        formula="r / r0",
        reference="interval: Donner and Zou 2012 (MOVER), from Wilson's limits",
        note="Above one when the difference is above zero. The same is true of their limits.",
    ),
    Definition(
        name="mean payment",
        unit="£ per person with a payment",
        formula="m = pounds / people with a payment of this kind, over the whole run",
        reference="interval of a mean: Student; interval of a difference of means: Welch 1947",
    ),
)


@attrs.frozen(eq=False, kw_only=True)
class Counted:
    """Counts by one characteristic: denominators (`people`) and `count`, (outcomes, groups), with everyone as the last
    group.
    """

    groups: Grouping
    people: Longs
    count: Longs

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the groups, with everyone last."""
        return (*self.groups.names, ALL)


def equality(
    run: Run,
    *,
    by: PeopleCut | Sequence[PeopleCut] = USUAL,
    reference: str | None = None,
    only: tuple[str, ...] | None = None,
    who: Who = "opening",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """One row per characteristic, outcome and group: the count, its denominator, and a comparison with a reference
    group.

    Args:
        run: the run.
        by: characteristics, each one of `CHARACTERISTICS` or a `Characteristic`.
        reference: the group to compare with; by default the largest group of each characteristic.
        only: outcomes by name; all by default.
        who: the opening staff, newcomers or everyone.
        confidence: of the intervals, between 0 and 1.

    Returns:
        Columns characteristic, outcome, of (the denominator: "staff", or another outcome), group (the last is "all"),
        people, count, rate, low, high, reference, ratio, ratio_low, ratio_high, difference, difference_low,
        difference_high. Rates and comparisons are NaN if there are no people.

    Raises:
        InputError: a characteristic, group, outcome, `who` or confidence is not valid.
    """
    found = outcomes(run, who).some(only)
    parts = []
    for each in each_of(by):
        groups = grouping(run, each).take(found.rows)
        parts.append(tabled(found, groups, reference, confidence))
    return joined(parts)


def payments(
    run: Run,
    *,
    by: PeopleCut | Sequence[PeopleCut] = USUAL,
    reference: str | None = None,
    who: Who = "opening",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """One row per characteristic, kind of payment and group: people, pounds, and a comparison with a reference group.

    A person's payments of one kind are added up over the run. A premium, for example, is paid monthly. Training is paid
    for people, not to them, and people pay back severance themselves. Payments for interims are left out, because they
    are made to agencies.

    Args:
        run, by, reference, who, confidence: as in `equality`.

    Returns:
        Columns characteristic, payment, group (the last is "all"), people (with a payment), pounds, mean, low, high,
        reference, ratio (of means), difference, difference_low, difference_high (pounds).
    """
    found = outcomes(run, who)
    parts = []
    for each in each_of(by):
        groups = grouping(run, each).take(found.rows)
        parts.append(paid_table(found, groups, reference, confidence))
    return joined(parts)


def crossed(
    run: Run,
    outcome: str,
    *,
    rows: PeopleCut = "sex",
    columns: PeopleCut = "age",
    who: Who = "opening",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """One outcome by two characteristics: one row per pair of groups, including the margins ("all").

    Columns: outcome, of, one named after each of the two characteristics, people, count, rate, low, high.

    Args:
        run: the run.
        outcome: name of the outcome, as in the table of `equality`.
        rows: the characteristic of the rows.
        columns: the characteristic of the columns.
        who, confidence: as in `equality`.

    Raises:
        InputError: as in `equality`, or the two characteristics are the same.
    """
    found = outcomes(run, who)
    place = found.place(outcome)
    across = grouping(run, rows).take(found.rows)
    down = grouping(run, columns).take(found.rows)
    people, count = crossed_counts(found, place, across, down)
    return crossed_frame(found, place, across, down, people, count, confidence)


def crossed_counts(found: Outcomes, place: int, rows: Grouping, columns: Grouping) -> tuple[Longs, Longs]:
    """The denominator and the count of an outcome, (rows + 1, columns + 1) each. The last row and column are the
    margins.

    Args:
        found: the outcomes.
        place: the index of the outcome.
        rows: the groups of the rows.
        columns: the groups of the columns.
    """
    if rows.by == columns.by:
        raise InputError("columns", f"{columns.by!r} is used for the rows", "give another characteristic")
    among = found.among(place)
    cell = rows.codes.astype("int64") * len(columns) + columns.codes

    def table(mask: Bools) -> Longs:
        """The number of people in the mask by pair of groups, with margins."""
        counts = np.bincount(cell[mask], minlength=len(rows) * len(columns))
        inner = counts.reshape(len(rows), len(columns))
        return np.asarray(np.pad(inner, ((0, 1), (0, 1))) + _margins(inner))

    return table(among), table(among & found.masks[place])


def crossed_frame(
    found: Outcomes, place: int, rows: Grouping, columns: Grouping, people: AnyArray, count: AnyArray, confidence: float
) -> pd.DataFrame:
    """The table of two characteristics, from its counts. Rates are NaN where counts are hidden.

    Args:
        found: the outcomes.
        place: the index of the outcome.
        rows: the groups of the rows.
        columns: the groups of the columns.
        people: (rows + 1, columns + 1) denominators.
        count: (rows + 1, columns + 1) counts.
        confidence: of the intervals, between 0 and 1.
    """
    low, high = kernel.wilson(count, people, confidence)
    # One row per cell: the groups of the columns change fastest, as in the flattened tables.
    across = (*rows.names, ALL)
    down = (*columns.names, ALL)
    wide = len(down)
    size = people.size
    return tables.frame(
        {
            "outcome": np.full(size, found.names[place], object),
            "of": np.full(size, found.of[place], object),
            rows.by: np.repeat(np.array(across, object), wide),
            columns.by: np.tile(np.array(down, object), len(across)),
            "people": people.ravel(),
            "count": count.ravel(),
            "rate": kernel.rates(count, people).ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
        }
    )


def each_of(by: PeopleCut | Sequence[PeopleCut]) -> Sequence[PeopleCut]:
    """The requested characteristics as a sequence. Raises InputError if there are none."""
    if by is None or (not isinstance(by, (str, Characteristic)) and not len(by)):
        raise InputError("by", "no characteristic is given", "give at least one, such as 'sex'")
    return (by,) if isinstance(by, (str, Characteristic)) else by


def reference_of(groups: Grouping, name: str | None) -> int:
    """The index of the reference group; by default that of the largest group. Raises InputError for an unknown group."""
    if name is None:
        return int(np.argmax(np.bincount(groups.codes, minlength=len(groups))))
    if name not in groups.names:
        raise InputError("reference", f"is {name!r}, which is not a group of {groups.by}", nearest(name, groups.names))
    return groups.names.index(name)


def counted(found: Outcomes, groups: Grouping) -> Counted:
    """Count and denominator by outcome and group, with everyone last."""
    # `one` has one person of each sort, and `there` is how many people of each sort every group has, (groups, sorts).
    sort, one = found.alike
    among = one.people
    sorts = len(one.rows)
    cells = groups.codes.astype("int64") * sorts + sort
    there = np.bincount(cells, minlength=len(groups) * sorts).reshape(len(groups), sorts)
    people = _sums(among, there)
    count = _sums(among & one.masks, there)
    return Counted(groups=groups, people=people, count=count)


def _sums(masks: Bools, there: Longs) -> Longs:
    """The number of people with each mask in each group and in all, (masks, groups + 1).

    `masks` is (masks, sorts), for people sorted by identical outcomes; `there` is the number of each sort in each
    group, (groups, sorts).
    """
    inner = masks.astype("int64") @ there.T
    return np.concatenate([inner, inner.sum(axis=1, keepdims=True)], axis=1)


def tabled(
    found: Outcomes, groups: Grouping, reference: str | None = None, confidence: float = 0.95
) -> dict[str, AnyArray]:
    """The columns of `equality` for one characteristic.

    Args:
        found: the outcomes.
        groups: the groups of the characteristic.
        reference: the group to compare with; by default the largest.
        confidence: of the intervals, between 0 and 1.
    """
    mine = counted(found, groups)
    place = reference_of(groups, reference)
    rate = kernel.rates(mine.count, mine.people)
    limits = kernel.wilson(mine.count, mine.people, confidence)
    # Columns of length 1, (outcomes, 1), so that every group is compared with the reference group.
    low, high = limits
    base = (rate[:, [place]], (low[:, [place]], high[:, [place]]))
    gap = kernel.difference_limits(rate, limits, *base)
    ratio = kernel.ratio_limits(rate, limits, *base)
    for limit in (*gap, *ratio):
        # The reference group is not compared with itself, nor with "all", which contains it.
        limit[:, [place, -1]] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        times = rate / base[0]
    heads = {"people": mine.people, "count": mine.count, "rate": rate, "low": low, "high": high}
    against = {"ratio": times, "ratio_low": ratio[0], "ratio_high": ratio[1]}
    against |= {"difference": rate - base[0], "difference_low": gap[0], "difference_high": gap[1]}
    labels = {"outcome": found.names, "of": found.of}
    return _columns(mine, place, labels, heads, against)


def paid_table(
    found: Outcomes, groups: Grouping, reference: str | None = None, confidence: float = 0.95
) -> dict[str, AnyArray]:
    """The columns of `payments` for one characteristic.

    Args:
        found: the outcomes.
        groups: the groups of the characteristic.
        reference: the group to compare with; by default the largest.
        confidence: of the intervals, between 0 and 1.
    """
    place = reference_of(groups, reference)
    size = len(groups) + 1
    kinds = len(PAYMENTS)
    pence = found.pence.astype("float64")
    people, total, squares = np.zeros((3, kinds, size))
    for kind in range(kinds):
        paid = np.flatnonzero(found.pence[kind])
        amounts = pence[kind, paid]
        # Once by group, and once with everyone in the last place. Squares about the mean need the mean of the same group.
        for codes in (groups.codes[paid], np.full(len(paid), size - 1)):
            count = np.bincount(codes, minlength=size)
            sums = np.bincount(codes, amounts, size)
            mean = kernel.rates(sums, count)
            people[kind] += count
            total[kind] += sums
            squares[kind] += np.bincount(codes, (amounts - mean[codes]) ** 2, size)
    # In pounds: squares of pence are 10,000 times squares of pounds.
    mean, error, (low, high) = kernel.mean_limits(total / 100, squares / 10_000, people, confidence)
    gap = np.empty_like(mean)
    down = np.empty_like(mean)
    up = np.empty_like(mean)
    for kind in range(kinds):
        limits = kernel.welch_limits(mean[kind], error[kind], people[kind], place, confidence)
        gap[kind], (down[kind], up[kind]) = limits
    for limit in (down, up):
        # As in `tabled`: no comparison of the reference group with itself or with "all".
        limit[:, [place, -1]] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        times = mean / mean[:, [place]]
    whole = people.astype("int64")
    heads = {"people": whole, "pounds": total / 100, "mean": mean, "low": low, "high": high}
    against = {"ratio": times, "difference": gap, "difference_low": down, "difference_high": up}
    beside = Counted(groups=groups, people=whole, count=whole)
    return _columns(beside, place, {"payment": tuple(PAYMENTS)}, heads, against)


def _columns(
    mine: Counted, place: int, labels: dict[str, tuple[str, ...]], heads: dict[str, Any], against: dict[str, Any]
) -> dict[str, AnyArray]:
    """Flatten cells (lines, groups) into columns, and add the labels of each row."""
    names = mine.names
    lines = len(next(iter(labels.values())))
    repeated = {name: np.repeat(np.array(words, object), len(names)) for name, words in labels.items()}
    size = lines * len(names)
    return {
        "characteristic": np.full(size, mine.groups.by, object),
        **repeated,
        "group": np.tile(np.array(names, object), lines),
        **{name: cells.ravel() for name, cells in heads.items()},
        "reference": np.full(size, names[place], object),
        **{name: cells.ravel() for name, cells in against.items()},
    }


def joined(parts: Sequence[dict[str, AnyArray]]) -> pd.DataFrame:
    """Join parts that have the same columns into one table, one below another."""
    return tables.frame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def _margins(inner: Longs) -> Longs:
    """Add row sums, column sums and the total to a table, as its last column, last row and corner."""
    out = np.zeros((inner.shape[0] + 1, inner.shape[1] + 1), "int64")
    out[:-1, -1] = inner.sum(axis=1)
    out[-1, :-1] = inner.sum(axis=0)
    out[-1, -1] = inner.sum()
    return out
