"""Which counts of published tables to hide, so that no small one can be worked out from those left standing.

Tables are told by their atoms: the finest groups of people, of which every cell is a sum. Whoever reads the tables knows
the cells that stand, and that people are whole and none are negative. A small cell is safe where two worlds that agree on
all that stands differ in it by at least `width`: in one of them it is then `width` or more. Other cells are hidden until
that holds of every small one; which, is chosen one by one by a linear programme that moves the least (Kelly, Golden and
Assad, Networks 22 (1992) 397–417; Willenborg and de Waal, Elements of Statistical Disclosure Control (2001), chapter 4),
and the two worlds it finds are the proof.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats, Ints, Longs
from nhstransit.errors import InputError

_NEAR = 1e-6
_ENOUGH = 0.5  # how far from the least a choice in whole people may be: any is a proof


@attrs.frozen(eq=False, kw_only=True)
class Cells:
    """Linked tables: `atom` and `cell` (entries,) say which atoms are summed in which cell.

    `count` (cells,) is what each holds. Those `shown` may be published, and those `kept` stand whatever else is hidden;
    others never are, yet a small one must not be found out. `cost` is what hiding one is worth avoiding.
    """

    atom: Ints
    cell: Ints
    atoms: int
    count: Longs
    shown: Bools
    kept: Bools
    cost: Floats


def suppressed(cells: Cells, least: int, width: int) -> Bools:
    """Which cells not to publish, (cells,): those below `least`, those never shown, and others to guard them.

    Every cell below `least`, shown or not, could then be either of two numbers `width` apart. Raises InputError
    where cells that must stand give one away.
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
    """Two sets of counts (cells,) that differ by `width` in the target and are least at odds with what now stands.

    First with nothing more hidden; then one of the two being the truth; then any two. A linear programme that gives people
    in parts is asked again for whole ones: at first moving only the cells it moved, then any.
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
    wrong = f"of {int(cells.count[target])} can be worked out from cells that must stand"
    raise InputError("a count", wrong, "give coarser groups")


def _in_people(atoms: Floats) -> bool:
    return bool(np.abs(atoms - np.rint(atoms)).max(initial=0.0) < _NEAR)


def _moved(cells: Cells, sums: Any, atoms: Floats) -> Bools:
    """Which cells a set of worlds takes from the truth."""
    worlds = atoms.reshape(-1, cells.atoms) @ sums.T
    return np.asarray((np.abs(worlds - cells.count) > _NEAR).any(axis=0))


def _solved(
    cells: Cells, hidden: Bools, movable: Bools, sums: Any, target: int, width: int, two: bool, *, whole: bool
) -> Floats | None:
    """The atoms of the one world, or of the two, (worlds × atoms,), where only `movable` cells that stand may be at odds.

    None where there are none such.
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
    """Atoms to cells, sparse, (cells, atoms)."""
    from scipy.sparse import csr_array

    ones = np.ones(len(cells.atom))
    return csr_array((ones, (cells.cell, cells.atom)), shape=(len(cells.count), cells.atoms))


def _programme(
    cells: Cells, hidden: Bools, movable: Bools, sums: Any, target: int, width: int, two: bool
) -> tuple[Floats, Any, Floats, Floats]:
    """Prices, constraint rows and their limits. Columns: the atoms of each world; what each adds to and takes off cells."""
    from scipy.sparse import block_diag, csr_array, eye_array, hstack, vstack

    may = movable & ~cells.kept
    free, fixed = np.flatnonzero(~hidden & may), np.flatnonzero(~hidden & ~may)
    worlds, row = 1 + two, csr_array(sums[[target]])
    moved = hstack([-eye_array(len(free)), eye_array(len(free))])
    above = hstack([block_diag([sums[free]] * worlds), block_diag([moved] * worlds)])
    blank = csr_array((len(fixed) * worlds + 1, moved.shape[1] * worlds))
    below = vstack([block_diag([sums[fixed]] * worlds), hstack([row, -row] if two else [row])])
    counts = np.concatenate([cells.count[free]] * worlds + [cells.count[fixed]] * worlds).astype("float64")
    apart = float(width if two else cells.count[target] + width)
    price = np.concatenate([np.zeros(worlds * cells.atoms), np.tile(cells.cost[free], 2 * worlds)])
    rows = vstack([above, hstack([below, blank])], format="csr")
    return price, rows, np.append(counts, apart), np.append(counts, np.inf)
