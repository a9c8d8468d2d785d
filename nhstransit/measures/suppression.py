"""Disclosure control of counts of real people: which are hidden, and how the others are rounded. Its one home.

Tables are described by their atoms: the finest groups of people. Every cell is a sum of atoms. A reader of the tables
knows the cells that are shown, and knows that counts are whole numbers and never negative. A small cell is safe if two
worlds agree on everything shown and differ in that cell by at least `width`: in one of them it is then `width` or more.
Other cells are hidden until this holds for every small cell. Which cells to hide is chosen one small cell at a time, by
the linear programme that moves the least (Kelly, Golden and Assad, Networks 22 (1992) 397–417; Willenborg and de Waal,
Elements of Statistical Disclosure Control (2001), chapter 4). The two worlds that it finds are the proof.

A rule adds rounding: every count that is shown is rounded to the nearest multiple of a base, totals on their own, so that
parts may not add up. A hidden count is marked [c], as government tables mark it.
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
LEAST = 5  # the smallest count shown, and the least distance between two possible values of a hidden one
_NEAR = 1e-6
_ENOUGH = 0.5  # allowed relative gap of a whole-number solution from the optimum: any is a proof


@attrs.frozen(eq=False, kw_only=True)
class Cells:
    """Linked tables: `atom` and `cell` (entries,) say which atoms are summed in which cell.

    `count` (cells,) is the number in each cell. Cells in `shown` may be published. Cells in `kept` stay published,
    whatever else is hidden. All other cells are never published, but a small one must still not be worked out. `cost`
    is the cost of hiding each cell.
    """

    atom: Ints
    cell: Ints
    atoms: int
    count: Longs
    shown: Bools
    kept: Bools
    cost: Floats


def suppressed(cells: Cells, least: int, width: int) -> Bools:
    """Which cells must not be published, (cells,): those below `least`, those never shown, and others that protect
    them.

    Every cell below `least`, shown or not, could then be either of two numbers `width` apart.

    Args:
        cells: the linked tables.
        least: the smallest count that may be published.
        width: the least distance between two possible values of a hidden small cell.

    Raises:
        InputError: cells that must stay published reveal a small one.
    """
    small = cells.count < least
    hidden = ~cells.shown | (small & ~cells.kept)
    if (small & cells.kept).any():
        raise InputError("kept cells", f"hold {int(cells.count[small & cells.kept].min())}", f"keep none below {least}")
    safe = ~small
    while not safe.all():
        target = int(np.argmax(~safe))
        one, other = _worlds(cells, hidden, target, width)
        for world in (one, other):
            hidden |= np.abs(world - cells.count) > 0.5
        safe |= np.abs(one - other) >= width
    return hidden


def _worlds(cells: Cells, hidden: Bools, target: int, width: int) -> tuple[Longs, Longs]:
    """Two sets of counts (cells,) that differ by `width` in the target and disagree least with the cells now shown.

    Three searches are made in turn: with nothing more hidden; with the truth as one of the two worlds; with any two
    worlds. If a linear programme returns fractions of people, it is solved again in whole numbers: first moving only
    the cells that it moved before, then any.
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
            worlds = [np.rint(sums @ np.rint(part)).astype("int64") for part in np.split(atoms, 1 + two)]
            return worlds[0], worlds[1] if two else cells.count
    wrong = f"of {int(cells.count[target])} can be worked out from cells that must be shown"
    raise InputError("a count", wrong, "give coarser groups")


def _in_people(atoms: Floats) -> bool:
    return bool(np.abs(atoms - np.rint(atoms)).max(initial=0.0) < _NEAR)


def _moved(cells: Cells, sums: Any, atoms: Floats) -> Bools:
    """Which cells differ from the truth in any of the worlds."""
    worlds = atoms.reshape(-1, cells.atoms) @ sums.T
    return np.asarray((np.abs(worlds - cells.count) > _NEAR).any(axis=0))


def _solved(
    cells: Cells, hidden: Bools, movable: Bools, sums: Any, target: int, width: int, two: bool, *, whole: bool
) -> Floats | None:
    """The atoms of one world, or of two, (worlds × atoms,); only shown cells in `movable` may differ from the truth.

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

    The columns are the atoms of each world, then what each world adds to and takes from the cells.
    """
    from scipy.sparse import block_diag, csr_array, eye_array, hstack, vstack

    may = movable & ~cells.kept
    free = np.flatnonzero(~hidden & may)
    fixed = np.flatnonzero(~hidden & ~may)
    worlds = 1 + two
    row = csr_array(sums[[target]])
    # Slack columns let a cell that may still be hidden differ from the truth, at its price.
    moved = hstack([-eye_array(len(free)), eye_array(len(free))])
    above = hstack([block_diag([sums[free]] * worlds), block_diag([moved] * worlds)])
    blank = csr_array((len(fixed) * worlds + 1, moved.shape[1] * worlds))
    below = vstack([block_diag([sums[fixed]] * worlds), hstack([row, -row] if two else [row])])
    counts = np.concatenate([cells.count[free]] * worlds + [cells.count[fixed]] * worlds).astype("float64")
    apart = float(width if two else cells.count[target] + width)
    price = np.concatenate([np.zeros(worlds * cells.atoms), np.tile(cells.cost[free], 2 * worlds)])
    rows = vstack([above, hstack([below, blank])], format="csr")
    return price, rows, np.append(counts, apart), np.append(counts, np.inf)


@attrs.frozen(kw_only=True)
class Linked:
    """Counts of several tables as they may be shared.

    Attributes:
        parts: by cut, then set, then group.
        totals: by set; then of the sets that are shown in total only.
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
        """The rule in words, for the page."""
        return (
            f"Counts of people below {self.threshold} are {HIDDEN}; others are rounded to the nearest {self.base}, "
            "totals on their own, so that parts need not add up. Sums of money for groups that small are hidden too. A "
            "second page of the same staff, published beside this one, could undo it by the difference of the two."
        )

    def linked(
        self,
        cuts: Sequence[AnyArray],
        sizes: Sequence[int],
        sets: Sequence[Bools],
        guarded: Sequence[Bools] = (),
        in_total: Sequence[Bools] = (),
    ) -> Linked:
        """Several tables of the same people as they may be shared, with every small count proven safe.

        Each set of people is counted by each cut and in total. A small count could be two numbers `threshold` apart, from
        everything that is shown of all sets and cuts together, before rounding.

        Args:
            cuts: group of each person by each cut, (people,) each.
            sizes: the number of groups of each cut.
            sets: whether each person is in each set, (people,) each.
            guarded: further sets that are not shown, and whose small counts must not be worked out from the others.
            in_total: further sets; only their total is shown.
        """
        every = np.array([*sets, *in_total, *guarded], bool)
        told = np.column_stack([*cuts, *every])
        atoms, atom = np.unique(told, axis=0, return_inverse=True)
        people = np.bincount(atom.ravel(), minlength=len(atoms))
        entries: list[tuple[AnyArray, int]] = []
        counts: list[int] = []
        where: dict[tuple[int, int, int], int] = {}
        for one in range(len(every)):
            held = atoms[:, len(cuts) + one] > 0
            for cut, size in [*enumerate(sizes), (-1, 1)]:
                for group in range(size):
                    mine = np.flatnonzero(held if cut < 0 else held & (atoms[:, cut] == group))
                    if len(mine):  # nobody at all gives nobody away
                        where[one, cut, group] = len(counts)
                        counts.append(int(people[mine].sum()))
                        entries.append((mine, where[one, cut, group]))
        seen = len(sets) + len(in_total)
        shown = np.array([one < (seen if cut < 0 else len(sets)) for one, cut, _ in where], bool)
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
        """Counts to the nearest multiple of the base, halves up, any shape."""
        numbers = np.asarray(counts, "int64")
        return np.asarray((2 * numbers + self.base) // (2 * self.base) * self.base)

    def one(self, count: float) -> str:
        """A single count, such as a total or a mean over runs, as it may be shared."""
        number = round(count)
        return HIDDEN if 0 < number < self.threshold else f"{int(self.rounded(number)):,}"

    def money(self, pounds: float, people: float) -> str:
        """A sum for a number of people, to the nearest £1,000.

        It is hidden if they are few, and empty if there are none.
        """
        if 0 < round(people) < self.threshold:
            return HIDDEN
        return f"£{round(pounds, -3):,.0f}" if round(people) else "–"

    def percentage(self, count: int, among: int) -> str:
        """A share of people in words, hidden if the people counted, or all the others, are few but not none."""
        if not among:
            return "none"
        few = [0 < number < self.threshold for number in (count, among - count)]
        return HIDDEN if any(few) else f"{count / among:.0%}"
