"""Disclosure control of counts of real people: which counts are hidden, and how other counts are rounded.

Tables are described by their atoms, the smallest groups of people. Every cell is a sum of atoms. A reader of the tables
knows the published cells, and knows that counts are whole numbers and never negative. A small cell is safe if there are
two possible sets of counts that agree on every published cell and differ in the small cell by at least `width`. Further
cells are hidden until every small cell is safe. The cells to hide are found for one small cell at a time, by the linear
programme with the least change (Kelly, Golden and Assad, Networks 22 (1992) 397–417; Willenborg and de Waal, Elements
of Statistical Disclosure Control (2001), chapter 4). The two sets of counts in its solution prove that the cell is
safe.

A `Rule` adds rounding: every published count is rounded to the nearest multiple of a base. Totals are rounded
separately, so parts may not add up to them. A hidden count is marked [c], as in government tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Bools, Floats, Ints, Longs
from nhstransit.errors import InputError

HIDDEN = "[c]"
LEAST = 5  # the smallest published count, and the least distance between two possible values of a hidden small count
_NEAR = 1e-6
_ENOUGH = 0.5  # allowed relative gap of a whole-number solution from the optimum, because any solution is a proof


@attrs.frozen(eq=False, kw_only=True)
class Cells:
    """Linked tables: `atom` and `cell` (entries,) list which atoms are summed in which cell.

    `count` (cells,) is the number in each cell. Cells in `shown` may be published. Cells in `kept` must stay published.
    A cell that is not in `shown` is never published; if its count is small, it must not be possible to work it out.
    `cost` is the cost of hiding each cell.
    """

    atom: Ints
    cell: Ints
    atoms: int
    count: Longs
    shown: Bools
    kept: Bools
    cost: Floats


def suppressed(cells: Cells, least: int, width: int) -> Bools:
    """Which cells must be hidden, (cells,): cells below `least`, cells never shown, and further cells that protect
    them.

    For every cell below `least`, two values at least `width` apart are then possible.

    Args:
        cells: the linked tables.
        least: the smallest count that may be published.
        width: the least distance between two possible values of a hidden small cell.

    Raises:
        InputError: cells that must stay published reveal a small count.
    """
    small = cells.count < least
    hidden = ~cells.shown | (small & ~cells.kept)
    exposed = small & cells.kept
    if exposed.any():
        smallest = int(cells.count[exposed].min())
        raise InputError("kept", f"a cell has a count of {smallest}", f"keep no count below {least}")
    # One small cell at a time. The two sets of counts that protect it hide every cell in which they differ from the truth,
    # and may protect other small cells too. The loop ends, because each pass makes its target safe.
    safe = ~small
    while not safe.all():
        target = int(np.argmax(~safe))
        one, other = _worlds(cells, hidden, target, width)
        for world in (one, other):
            hidden |= np.abs(world - cells.count) > 0.5
        safe |= np.abs(one - other) >= width
    return hidden


def _worlds(cells: Cells, hidden: Bools, target: int, width: int) -> tuple[Longs, Longs]:
    """Two possible sets of counts (cells,) that differ by `width` in the target and least in the cells now shown.

    Three searches are made in turn. The first hides no further cells. The second uses the true counts as one of the two
    sets. The third allows any two sets. If a linear programme returns fractions of people, it is solved again in whole
    numbers: first by changing only the cells that it changed before, then by changing any cell.
    """
    sums = _matrix(cells)
    everything = np.ones(len(hidden), bool)
    for two, movable in ((True, hidden), (False, everything), (True, everything)):
        atoms = _solved(cells, hidden, movable, sums, target, width, two, whole=False)
        if atoms is not None and not _in_people(atoms):
            moved = hidden | _moved(cells, sums, atoms)
            atoms = _solved(cells, hidden, moved, sums, target, width, two, whole=True)
            if atoms is None:
                atoms = _solved(cells, hidden, movable, sums, target, width, two, whole=True)
        if atoms is not None:
            # The atoms of one set of counts or of two, one after the other, as whole people.
            sets = np.split(np.rint(atoms), 1 + two)
            found = [np.rint(sums @ part).astype("int64") for part in sets]
            return found[0], found[1] if two else cells.count
    wrong = f"{int(cells.count[target])} people can be worked out from cells that must be shown"
    raise InputError("a count", wrong, "give coarser groups")


def _in_people(atoms: Floats) -> bool:
    return bool(np.abs(atoms - np.rint(atoms)).max(initial=0.0) < _NEAR)


def _moved(cells: Cells, sums: Any, atoms: Floats) -> Bools:
    """Which cells differ from the true counts in any of the sets."""
    worlds = atoms.reshape(-1, cells.atoms) @ sums.T
    return np.asarray((np.abs(worlds - cells.count) > _NEAR).any(axis=0))


def _solved(
    cells: Cells, hidden: Bools, movable: Bools, sums: Any, target: int, width: int, two: bool, *, whole: bool
) -> Floats | None:
    """The atoms of one set of counts, or of two, (sets × atoms,). Only shown cells in `movable` may differ from the
    truth.

    Returns None if no solution exists.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    price, rows, low, high = _programme(cells, hidden, movable, sums, target, width, two)
    people = (1 + two) * cells.atoms
    integrality = np.zeros(len(price), "int64")
    integrality[:people] = whole
    rule = LinearConstraint(rows, low, high)
    found = milp(
        price, constraints=rule, bounds=Bounds(0, np.inf), integrality=integrality, options={"mip_rel_gap": _ENOUGH}
    )
    return None if found.x is None else np.asarray(found.x[:people])


def _matrix(cells: Cells) -> Any:
    """The sparse matrix that sums atoms to cells, (cells, atoms)."""
    from scipy.sparse import csr_array

    ones = np.ones(len(cells.atom))
    return csr_array((ones, (cells.cell, cells.atom)), shape=(len(cells.count), cells.atoms))


def _programme(
    cells: Cells, hidden: Bools, movable: Bools, sums: Any, target: int, width: int, two: bool
) -> tuple[Floats, Any, Floats, Floats]:
    """Prices, constraint rows and their limits of the linear programme.

    The columns are the atoms of each set of counts, then the increase and the decrease of each cell in each set.
    """
    from scipy.sparse import block_diag, csr_array, eye_array, hstack, vstack

    # Shown cells are `free` if they may be hidden at a price, and `fixed` if they must stay equal to the truth. Cells that
    # are hidden already have no row: they may differ at no price.
    may = movable & ~cells.kept
    free = np.flatnonzero(~hidden & may)
    fixed = np.flatnonzero(~hidden & ~may)
    worlds = 1 + two
    row = csr_array(sums[[target]])
    # With slack columns, a cell that may still be hidden can differ from the truth at the price of hiding it.
    moved = hstack([-eye_array(len(free)), eye_array(len(free))])
    above = hstack([block_diag([sums[free]] * worlds), block_diag([moved] * worlds)])
    blank = csr_array((len(fixed) * worlds + 1, moved.shape[1] * worlds))
    difference = hstack([row, -row] if two else [row])
    below = vstack([block_diag([sums[fixed]] * worlds), difference])
    # Every row equals its count, except the last: the target differs by at least `width` between the two sets, or with one
    # set is at least `width` above the truth. So the last row has no upper limit.
    targets = [cells.count[free]] * worlds + [cells.count[fixed]] * worlds
    counts = np.concatenate(targets).astype("float64")
    apart = float(width if two else cells.count[target] + width)
    # Atoms are free, and each increase or decrease of a cell costs what hiding the cell costs.
    of_slack = np.tile(cells.cost[free], 2 * worlds)
    price = np.concatenate([np.zeros(worlds * cells.atoms), of_slack])
    rows = vstack([above, hstack([below, blank])], format="csr")
    return price, rows, np.append(counts, apart), np.append(counts, np.inf)


@attrs.frozen(kw_only=True)
class Linked:
    """The counts of several tables in publishable form, as text.

    Attributes:
        parts: counts by grouping, then by set, then by group.
        totals: the totals of the sets, then of the sets for which only the total is shown.
    """

    parts: tuple[tuple[tuple[str, ...], ...], ...]
    totals: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Rule:
    """A rule of disclosure control.

    `threshold`: the smallest count that is shown. `base`: the multiple used for rounding.
    """

    threshold: int = LEAST
    base: int = 5

    def __attrs_post_init__(self) -> None:
        if not (type(self.threshold) is int and 1 <= self.threshold <= 1000):
            raise InputError("threshold", f"is {self.threshold!r}", "give a whole number from 1 to 1,000")
        if not (type(self.base) is int and 1 <= self.base <= 1000):
            raise InputError("base", f"is {self.base!r}", "give a whole number from 1 to 1,000")

    @property
    def sentence(self) -> str:
        """The rule in words, for pages."""
        return (
            f"Counts of people below {self.threshold} are shown as {HIDDEN}. Other counts are rounded to the "
            f"nearest {self.base}. Totals are rounded separately, so parts may not add up to them. Sums of money "
            f"for fewer than {self.threshold} people are hidden too. Do not publish a second page of the same "
            "staff, because hidden counts could be worked out from the differences."
        )

    def linked(
        self,
        cuts: Sequence[AnyArray],
        sizes: Sequence[int],
        sets: Sequence[Bools],
        guarded: Sequence[Bools] = (),
        in_total: Sequence[Bools] = (),
    ) -> Linked:
        """Several tables of the same people in publishable form, with a proof for every small count.

        Each set of people is counted by each grouping and in total. Given all published counts before rounding, two
        values `threshold` apart are possible for each small count.

        Args:
            cuts: for each grouping, the group of each person, (people,).
            sizes: the number of groups of each grouping.
            sets: whether each person is in each set, (people,) each.
            guarded: further sets that are not shown; it must not be possible to work out their small counts.
            in_total: further sets for which only the total is shown.
        """
        # An atom is a combination of a group of each grouping and of membership of each set. `atoms` has one row per
        # combination with people, and `people` is their number.
        every = np.array([*sets, *in_total, *guarded], bool)
        columns = np.column_stack([*cuts, *every])
        atoms, atom = np.unique(columns, axis=0, return_inverse=True)
        people = np.bincount(atom.ravel(), minlength=len(atoms))
        # `where` leads from set, grouping and group to the number of the cell; grouping −1 is the total.
        entries: list[tuple[AnyArray, int]] = []
        counts: list[int] = []
        where: dict[tuple[int, int, int], int] = {}
        for one in range(len(every)):
            held = atoms[:, len(cuts) + one] > 0
            for cut, size in [*enumerate(sizes), (-1, 1)]:
                for group in range(size):
                    inside = held if cut < 0 else held & (atoms[:, cut] == group)
                    mine = np.flatnonzero(inside)
                    if len(mine):  # an empty cell reveals nobody
                        where[one, cut, group] = len(counts)
                        counts.append(int(people[mine].sum()))
                        entries.append((mine, where[one, cut, group]))
        # Sets in `sets` are shown by group and in total, those in `in_total` in total only, and those in `guarded` never.
        seen = len(sets) + len(in_total)
        limits = [seen if cut < 0 else len(sets) for _, cut, _ in where]
        shown = np.array([one < limit for (one, _, _), limit in zip(where, limits, strict=True)], bool)
        hidden = np.zeros(len(counts), bool)
        if counts and self.threshold > 1:
            number = np.array(counts, "int64")
            cells = Cells(
                atom=np.concatenate([mine for mine, _ in entries]).astype("int32"),
                cell=np.concatenate([np.full(len(mine), cell) for mine, cell in entries]).astype("int32"),
                atoms=len(atoms),
                count=number,
                shown=shown,
                kept=np.zeros(len(counts), bool),
                cost=1.0 + np.log1p(number),
            )
            hidden = suppressed(cells, self.threshold, self.threshold)

        def _text(one: int, cut: int, group: int) -> str:
            cell = where.get((one, cut, group))
            if cell is None:
                return "0"
            return HIDDEN if hidden[cell] else f"{int(self.rounded(counts[cell])):,}"

        parts = tuple(
            tuple(tuple(_text(one, cut, group) for group in range(size)) for one in range(len(sets)))
            for cut, size in enumerate(sizes)
        )
        return Linked(parts=parts, totals=tuple(_text(one, -1, 0) for one in range(seen)))

    def rounded(self, counts: ArrayLike) -> Longs:
        """Counts rounded to the nearest multiple of the base, any shape. A half is rounded up."""
        numbers = np.asarray(counts, "int64")
        return np.asarray((2 * numbers + self.base) // (2 * self.base) * self.base)

    def one(self, count: float) -> str:
        """A single count, such as a total or a mean over runs, in publishable form."""
        number = round(count)
        return HIDDEN if 0 < number < self.threshold else f"{int(self.rounded(number)):,}"

    def money(self, pounds: float, people: float) -> str:
        """A sum of money for a number of people, to the nearest £1,000.

        It is hidden if there are few people, and a dash if there are none.
        """
        if 0 < round(people) < self.threshold:
            return HIDDEN
        return f"£{round(pounds, -3):,.0f}" if round(people) else "–"

    def percentage(self, count: int, among: int) -> str:
        """A percentage of people; hidden if the people counted, or the people not counted, are few but not zero."""
        if not among:
            return "none"
        few = [0 < number < self.threshold for number in (count, among - count)]
        return HIDDEN if any(few) else f"{count / among:.0%}"
