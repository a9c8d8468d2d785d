"""Margins to whole people: the fitted table, and its cells rounded so that every one-way margin is met.

The table has the axes function × band × age × service × sex × hours × contract × clinician. Employers are combined only
with function and band, because no margin links an employer to anything else. Variables are rounded one after another:
the people of each cell so far are divided over the categories of the next variable, whose totals are met exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import attrs
import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import Bools, Floats, Longs
from nhstransit.errors import StaffError
from nhstransit.rounding import controlled, fit_rows, largest_remainder, spread_offsets
from nhstransit.streams import Luck
from nhstransit.synthesis.fitting import Fitted, Half, Target, conflicting, fit
from nhstransit.synthesis.fitting import margin as summed
from nhstransit.synthesis.margins import DEFAULTS, NONE, VARIABLES, Margin, Margins

ADULT = 16  # reckonable service does not begin before this birthday
MIX_SWEEPS = 30  # most rounds of fitting the band mixes of kinds of employer
CLOSE = 1e-4  # largest gap of a fitted share; the rounding to whole people removes the rest


class Words(NamedTuple):
    """The categories of the table along each axis, by variable."""

    function: tuple[str, ...]
    band: tuple[str, ...]
    age: tuple[str, ...]
    service: tuple[str, ...]
    sex: tuple[str, ...]
    hours: tuple[str, ...]
    contract: tuple[str, ...]
    clinician: tuple[str, ...]


@attrs.frozen(eq=False)
class Cells:
    """Occupied cells: `codes` (c, 8) positions along each axis of `words`, and the number of `people` (c,) in each."""

    words: Words
    codes: Longs
    people: Longs


def words_of(margins: Margins) -> Words:
    """The categories of each variable that some margin names. A variable without a margin has only its default."""
    return Words(*(_named(margins, variable) for variable in VARIABLES))


def _named(margins: Margins, variable: str) -> tuple[str, ...]:
    # Categories that no margin gives people to are left out, because each of them would enlarge the table for nothing.
    theirs = [margin for margin in margins.margin if margin.of == variable]
    rows = [row for margin in theirs for _, row in margin.rows()]
    if not rows:
        return (DEFAULTS[variable],)
    used = {name for row in rows for name, size in row.items() if size > 0}
    return tuple(name for name in margins.categories(variable) if name in used)


def support(margins: Margins, words: Words) -> Bools:
    """True for cells that may contain people: not a structural zero, and with service that fits into the years since 16."""
    # The table has one axis per variable. A condition on one variable is an array of length 1 along all other axes, so
    # that NumPy repeats it there.
    may = np.ones([len(names) for names in words], bool)
    for one in margins.impossible:
        covered = np.ones([1] * len(words), bool)
        for variable, names in one.where.items():
            hit = np.isin(getattr(words, variable), names)
            covered = covered & _along(hit, VARIABLES.index(variable))
        may &= ~covered
    fits = _room(margins, words) > 0  # (ages, services), which are the third and fourth axes
    return may & fits.reshape(1, 1, len(words.age), len(words.service), 1, 1, 1, 1)


def _room(margins: Margins, words: Words) -> Floats:
    """For each pair of age and service, the part in which service fits into the years since 16, (ages, services)."""
    ages = np.array([margins.ages[name] for name in words.age], "float64")
    years = np.array([margins.years[name] for name in words.service], "float64")
    # The mean over 60 ages spread evenly over each interval of age, (ages, 60). At each age, the part of the interval of
    # service that is below the years since 16, (ages, services, 60).
    steps = (np.arange(60) + 0.5) / 60
    age = ages[:, :1] + steps * (ages[:, 1:] - ages[:, :1])
    most = (age - ADULT)[:, None, :]
    width = (years[:, 1] - years[:, 0])[None, :, None]
    part = (most - years[None, :, :1]) / width
    return np.asarray(np.clip(part, 0.0, 1.0).mean(axis=2))


def seed_table(margins: Margins, words: Words) -> Floats:
    """The starting odds of the fit: how far service fits into the years since 16, with the stated tilts and odds."""
    # Fitting to margins changes one-way and two-way totals but preserves the odds ratios of the starting table. So what
    # no margin states about combinations is stated here.
    room = _room(margins, words)
    table = support(margins, words) * room.reshape(1, 1, *room.shape, 1, 1, 1, 1)
    for tilt in margins.tilt:
        first, second = (VARIABLES.index(name) for name in tilt.of)
        ranks = [_ranks(len(words[axis])) for axis in (first, second)]
        table *= arithmetic.exp(tilt.strength * _along(ranks[0], first) * _along(ranks[1], second))
    # In the slice of each named group, the categories of the other variable are multiplied by their odds.
    for odds in margins.odds:
        inner = VARIABLES.index(odds.of)
        outer = VARIABLES.index(odds.within)
        for group, row in odds.by.items():
            if group in words[outer]:
                line = np.array([row.get(name, 1.0) for name in words[inner]])
                chosen = np.array([name == group for name in words[outer]])
                table *= np.where(_along(chosen, outer), _along(line, inner), 1.0)
    return table


def _ranks(count: int) -> Floats:
    """Positions 0 to n−1 with mean 0 and standard deviation 1."""
    ranks = np.arange(count) - (count - 1) / 2
    return np.asarray(ranks / max(float(ranks.std()), 1e-9))


def _along(line: Any, axis: int) -> Any:
    """A line as a table that varies along one axis only."""
    shape = [-1 if each == axis else 1 for each in range(len(VARIABLES))]
    return np.asarray(line).reshape(shape)


def targets_of(margins: Margins, words: Words) -> list[Target]:
    """Each margin as shares of all people, in order. Shares in `by` are multiplied by the margin of `within`."""
    return [_target(margins, words, margin) for margin in margins.margin]


def _target(margins: Margins, words: Words, margin: Margin) -> Target:
    axis = VARIABLES.index(margin.of)
    if not margin.within:
        row = margin.shares or margin.counts
        line = np.array([float(row.get(name, 0.0)) for name in words[axis]])
        return Target((axis,), line / line.sum())
    # Shares within groups, (groups, categories), become shares of all people: each row is multiplied by its group's share.
    outer = VARIABLES.index(margin.within)
    weights = one_way(margins, words, margin.within, ())
    table = _conditioned(margin, words[outer], words[axis])
    rows = zip(words[outer], table, weights.tolist(), strict=True)
    missing = [group for group, line, weight in rows if weight and not line.sum()]
    if missing:
        wrong = f"has no shares for {margin.within} {missing[0]!r}"
        raise StaffError(f"margin of {margin.name}", wrong, "give shares for every category that has people")
    table *= weights[:, None]
    # The axes of a target ascend, so the table is transposed if the groups are on the later axis.
    return Target((outer, axis), table) if outer < axis else Target((axis, outer), table.T.copy())


def one_way(margins: Margins, words: Words, variable: str, path: tuple[str, ...]) -> Floats:
    """Shares (n,) over the categories of a variable: its own margin, or what a margin within another implies.

    Args:
        margins: the margins.
        words: the categories.
        variable: the variable.
        path: the variables that led to this one, to detect a circle.
    """
    if variable in path:
        circle = " within ".join((*path, variable))
        raise StaffError(
            f"margin of {variable}", f"depends on itself ({circle})", "give at least one margin without `within`"
        )
    # A margin among everyone is used as it is. Without one, the shares within groups are averaged, weighted by the size of
    # the groups, whose own shares may again come from a margin within another variable.
    theirs = [margin for margin in margins.margin if margin.of == variable]
    plain = next((margin for margin in theirs if not margin.within), None)
    if plain is not None:
        return _target(margins, words, plain).totals
    if not theirs:
        return np.ones(1)
    outer = words[VARIABLES.index(theirs[0].within)]
    weights = one_way(margins, words, theirs[0].within, (*path, variable))
    inner = words[VARIABLES.index(variable)]
    return arithmetic.dot(weights, _conditioned(theirs[0], outer, inner))


def _conditioned(margin: Margin, groups: Sequence[str], names: Sequence[str]) -> Floats:
    """The shares (groups, names) of a margin within another variable; 0 if the margin has none."""
    table = np.zeros((len(groups), len(names)))
    for row, group in enumerate(groups):
        given = margin.by.get(group, NONE)
        table[row] = [given.get(name, 0.0) for name in names]
    return table


def fitted_shares(margins: Margins, words: Words) -> Fitted:
    """The fitted table, as shares of all people.

    Raises StaffError if no table meets all margins, with the margins or impossible combinations that conflict.
    """
    # A gap that remains usually means that margins conflict. A linear program finds out which, and is solved only then.
    targets = targets_of(margins, words)
    seed = seed_table(margins, words)
    found = fit(seed, targets, halves=_halves(margins, words), tolerance=1e-9)
    if found.worst > CLOSE:
        _refuse_conflict(margins)
    return found


def _halves(margins: Margins, words: Words) -> list[Half]:
    """The medians within categories that have people."""
    found = []
    for one in margins.median:
        axis = VARIABLES.index(one.within)
        along = VARIABLES.index(one.of)
        if one.group not in words[axis]:
            continue
        # Within the interval that contains the median, people are assumed to be spread evenly over its years.
        spans = margins.ages if one.of == "age" else margins.years
        ends = np.array([spans[name] for name in words[along]], "float64")
        part_above = (ends[:, 1] - one.years) / (ends[:, 1] - ends[:, 0])
        above = np.clip(part_above, 0.0, 1.0)  # intervals that are wholly above or below the median
        found.append(Half(axis, words[axis].index(one.group), along, above))
    return found


def _refuse_conflict(margins: Margins) -> None:
    """Raise StaffError if the margins cannot all be met, with the fewest margins that conflict.

    Categories without people are included, so that a margin that rules out everyone is itself reported.
    """
    with_margin = {margin.of for margin in margins.margin}
    every = [margins.categories(name) if name in with_margin else (DEFAULTS[name],) for name in VARIABLES]
    words = Words(*every)
    may = support(margins, words)
    targets = targets_of(margins, words)
    guilty = conflicting(may, targets)
    if not guilty:
        return
    names = " and ".join(f"'{margins.margin[place].name}'" for place in guilty)
    # If the margins agree without any structural zeros, the ruled-out combinations are part of the conflict.
    impossible = conflicting(np.ones_like(may), targets) == ()
    because = (
        "for the combinations ruled out (listed as impossible, or service longer than age less 16)"
        if impossible
        else "together"
    )
    raise StaffError(
        f"margins {names}", f"cannot be met {because}", "change one of them, or rule out fewer combinations"
    )


def fill(margins: Margins, words: Words, shares: Floats, heads: int, luck: Luck) -> Cells:
    """Whole people in the cells of a fitted table. One-way margins are exact, and cells are within one person.

    Args:
        margins: the margins.
        words: the categories.
        shares: the fitted table, as shares of all people.
        heads: number of people.
        luck: shifts the golden-ratio offsets of the rounding, so each staff seed produces a different, equally good table.
    """
    # At first there is one cell with everyone and no codes. Each step divides the occupied cells by one more variable.
    # Cells without people are dropped at once, so that the work of a step depends on the staff and not on the table.
    targets = _whole_targets(margins, words, heads)
    codes = np.zeros((1, 0), "int64")
    people = np.array([heads], "int64")
    starts = luck.uniform("opening cells", 0, np.arange(len(VARIABLES)))
    for axis in range(len(VARIABLES)):
        due = _conditional(shares, codes, axis)
        block, columns = _blocks(targets[axis], codes, len(words[axis]))
        counts = _spread(due, people, block, columns, float(starts[axis]))
        row, column = np.nonzero(counts)
        codes = np.concatenate([codes[row], column[:, None]], axis=1)
        people = counts[row, column]
    return Cells(words, codes, people)


def _conditional(shares: Floats, codes: Longs, axis: int) -> Floats:
    """Odds (r, c) of the categories of an axis for each occupied cell of the axes before it."""
    # The later axes are added up. The codes of a cell on the earlier axes are one position in the flattened table, whose
    # row there has the odds of the categories of this axis.
    table = shares.sum(axis=tuple(range(axis + 1, shares.ndim)))
    row = np.ravel_multi_index(tuple(codes.T), table.shape[:axis]) if axis else np.zeros(1, "int64")
    return np.asarray(table.reshape(-1, table.shape[axis])[row])


def _spread(odds: Floats, people: Longs, block: Longs, columns: Longs, start: float) -> Longs:
    """People of each row (r,) spread over columns (r, c) by odds. Each block of rows has its column totals (b, c)."""
    # First fractions that meet all totals, and then whole people, block by block, because each has totals of its own.
    exact = fit_rows(odds, people, block, columns.astype("float64"))
    offsets = spread_offsets(len(people), start)
    counts = np.zeros(exact.shape, "int64")
    for number, totals in enumerate(columns):
        rows = np.flatnonzero(block == number)
        if len(rows):
            counts[rows] = controlled(exact[rows], totals, offsets[rows])
    return counts


def _whole_targets(margins: Margins, words: Words, heads: int) -> list[tuple[int, Longs]]:
    """For each axis: the axis within which its totals are given (−1: none), and whole totals (b, c) that add up."""
    # Totals within groups are rounded in such a way that they add up to the whole one-way totals in both directions.
    lines: list[Longs] = []  # the one-way totals of each axis so far
    targets: list[tuple[int, Longs]] = []
    for axis, variable in enumerate(VARIABLES):
        total = largest_remainder(heads, one_way(margins, words, variable, ()))
        lines.append(total)
        outer = _outer(margins, axis)
        if outer < 0:
            targets.append((-1, total[None, :]))
            continue
        theirs = next(one for one in margins.margin if one.of == variable and VARIABLES[outer] == one.within)
        line = _target(margins, words, theirs).totals  # (groups, categories)
        one_block = np.zeros(len(line), "int64")
        due = fit_rows(line, lines[outer], one_block, total[None, :].astype("float64"))
        whole = controlled(due, total, spread_offsets(len(due), 0.5))
        targets.append((outer, whole))
    return targets


def _outer(margins: Margins, axis: int) -> int:
    """The axis, rounded earlier, within which the first margin of an axis is given; −1 if there is none."""
    theirs = [one for one in margins.margin if one.of == VARIABLES[axis] and one.within]
    outers = [VARIABLES.index(one.within) for one in theirs]
    return next((outer for outer in outers if outer < axis), -1)


def _blocks(target: tuple[int, Longs], codes: Longs, width: int) -> tuple[Longs, Longs]:
    """The block of each row and the totals (b, width) of each block."""
    outer, totals = target
    block = codes[:, outer] if outer >= 0 else np.zeros(len(codes), "int64")
    return block, totals.reshape(-1, width)


def employers_of(cells: Cells, heads: Longs, start: float, mixes: Sequence[tuple[Bools, Floats]] = ()) -> Longs:
    """People by employer, function and band, (employers, functions, bands).

    Headcounts of employers and totals by function and band are exact, and cells are within one person. The band mixes of
    some employers are met as closely as these totals allow. The other employers get the remaining people.

    Args:
        cells: the occupied cells.
        heads: (employers,) headcounts; they add up to the people in `cells`.
        start: offset of the rounding, 0 to 1.
        mixes: which employers have a band mix of their own, (employers,), and its shares, (bands,).
    """
    # `face` is the table of functions and bands, (functions, bands), which the employers share among them.
    face = np.zeros((len(cells.words.function), len(cells.words.band)), "int64")
    function = cells.codes[:, 0]
    band = cells.codes[:, 1]
    np.add.at(face, (function, band), cells.people)
    # Each employer gets the functions in the proportions of all staff, in whole people, (employers, functions).
    by_function = face.sum(1)
    function_shares = by_function / max(int(by_function.sum()), 1)
    share = heads[:, None] * function_shares[None, :]
    placed = controlled(share, by_function, spread_offsets(len(heads), start))
    # Then one row per employer and function is divided over the bands. The rows of one function are a block, whose column
    # totals are that function's bands.
    rows = placed.ravel()
    block = np.tile(np.arange(len(by_function)), len(heads))
    odds = face[block].astype("float64")
    # Band mixes are approached by scaling the odds of their employers' rows, until they are met within half a person.
    for _ in range(MIX_SWEEPS if mixes else 0):
        table = fit_rows(odds, rows, block, face.astype("float64"))
        worst = 0.0
        for mine, shares in mixes:
            group = np.repeat(mine, len(by_function))
            now = table[group].sum(0)
            due = shares * now.sum()
            odds[group] *= np.divide(due, now, out=np.ones(len(due)), where=now > 0)
            worst = max(worst, float(np.abs(now - due).max(initial=0.0)))
        if worst < 0.5:
            break
    counts = _spread(odds, rows, block, face, start)
    return counts.reshape(len(heads), *face.shape)


def summed_shares(shares: Floats, axes: Sequence[int]) -> Floats:
    """The fitted shares summed to some axes."""
    return np.asarray(summed(shares, tuple(axes)))
