"""Which cells of an equality publication are hidden: the totals first, then each characteristic, then what crosses two.

What a later step finds standing stands: a total or a margin that was shown is never hidden again, and one that was hidden
is never shown. People are told apart by all the outcomes that befell them together, so that no subtraction of one outcome
from another gives what is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Longs
from nhstransit.kernels.suppression import Cells, suppressed
from nhstransit.metrics.outcomes import STAFF, Outcomes
from nhstransit.run.groups import Grouping

LEAST = 5  # the smallest count that is shown, and how far apart two possible values of a hidden one lie at least
FREE, STAND, GONE = 0, 1, 2
_DEAR = 20.0  # how much dearer it is to hide how many there are of a group than what befell them


@attrs.frozen(eq=False, kw_only=True)
class Question:
    """A two-way table: the groups of rows and of columns, and the positions of the outcomes told."""

    rows: Grouping
    columns: Grouping
    places: tuple[int, ...]


@attrs.frozen(eq=False, kw_only=True)
class Pattern:
    """Which cells are hidden: `hidden` (outcomes + 1, places), all staff in the first line.

    `among` (outcomes,) is the line of those whose share each outcome is. The places are the groups and then all, or the
    cells of a two-way table row by row.
    """

    hidden: Bools
    among: tuple[int, ...]

    def of(self, outcomes: Iterable[int]) -> tuple[Bools, Bools]:
        """Whether the counts, and whether the people they are of, are hidden, (outcomes, places) each."""
        places = np.array(list(outcomes), int)
        return self.hidden[places + 1], self.hidden[np.array(self.among, int)[places]]


def shown(found: Outcomes, places: int) -> Pattern:
    """The pattern that hides nothing."""
    return Pattern(hidden=np.zeros((len(found.names) + 1, places), bool), among=_among(found))


def totals(found: Outcomes) -> Pattern:
    """Which totals are hidden."""
    state = np.full((len(found.names) + 1, 1), FREE)
    place = np.zeros(len(found.rows), "int64")
    return Pattern(hidden=_hidden(found, place, np.ones((1, 1), bool), state), among=_among(found))


def one_way(found: Outcomes, groups: Grouping, whole: Pattern) -> Pattern:
    """Which counts of one characteristic are hidden; where a total is, all of its groups are."""
    size, gone = len(groups), whole.hidden
    unions = np.vstack([np.eye(size, dtype=bool), np.ones((1, size), bool)])
    state = np.hstack([np.where(gone, GONE, FREE).repeat(size, axis=1), np.where(gone, GONE, STAND)])
    return Pattern(hidden=_hidden(found, groups.codes, unions, state), among=whole.among)


def two_way(found: Outcomes, question: Question, whole: Pattern, rows: Pattern, columns: Pattern) -> Pattern:
    """Which cells of a two-way table are hidden: margins as the one-way tables have them, and all that is not asked for.

    Reckoned with is all that is told of the outcomes asked for, and of those whose share they are.
    """
    across, down = len(question.rows), len(question.columns)
    asked = found.some(tuple(found.names[place] for place in question.places))
    lines = np.array([0, *(found.names.index(name) + 1 for name in asked.names)])
    state = np.empty((len(lines), across + 1, down + 1), int)
    state[:] = np.where(whole.hidden[lines], GONE, FREE)[:, :, None]
    state[:, :, -1] = np.where(rows.hidden[lines], GONE, STAND)
    state[:, -1, :] = np.where(columns.hidden[lines], GONE, STAND)
    cell = question.rows.codes.astype("int64") * down + question.columns.codes
    hidden = np.ones((len(found.names) + 1, (across + 1) * (down + 1)), bool)
    hidden[lines] = _hidden(asked, cell, _crossing(across, down), state.reshape(len(lines), -1))
    return Pattern(hidden=hidden, among=_among(found))


def _among(found: Outcomes) -> tuple[int, ...]:
    return tuple(0 if of == STAFF else 1 + found.names.index(of) for of in found.of)


def _crossing(across: int, down: int) -> Bools:
    """Which inner cells are summed in each cell of a two-way table with margins, (cells with margins, inner cells)."""
    rows = np.vstack([np.eye(across, dtype=bool), np.ones((1, across), bool)])
    columns = np.vstack([np.eye(down, dtype=bool), np.ones((1, down), bool)])
    return np.kron(rows, columns).astype(bool)


def _hidden(found: Outcomes, area: AnyArray, unions: Bools, state: AnyArray) -> Bools:
    """Which cells are hidden, (outcomes + 1, unions), all staff first.

    Args:
        found: the outcomes.
        area: (n,) the finest cell of each person.
        unions: (unions, areas) which areas each place sums.
        state: (outcomes + 1, unions) which places are free to be hidden, must stand, or are gone.
    """
    sets, kind = _kinds(found.people, found.masks)
    if not sets.shape[1]:
        return np.ones(state.shape, bool)
    areas, kinds = unions.shape[1], sets.shape[1]
    people = np.bincount(np.asarray(area, "int64") * kinds + kind, minlength=areas * kinds).reshape(areas, kinds)
    counts = np.rint(sets.astype("float64") @ people.T.astype("float64") @ unions.T.astype("float64")).astype("int64")
    told = len(found.names) + 1
    whole = np.full(counts.shape, GONE)
    whole[:told] = state
    line = np.arange(len(sets))[:, None].repeat(len(unions), axis=1)
    cost = np.where(line == 0, _DEAR, 1.0) * (1.0 + np.log1p(counts)) * unions.sum(axis=1)
    place, atom = np.nonzero(np.kron(sets, unions))
    linked = Cells(
        atom=(atom % areas * kinds + atom // areas).astype("int32"),
        cell=place.astype("int32"),
        atoms=areas * kinds,
        count=counts.ravel(),
        shown=(whole != GONE).ravel(),
        kept=(whole == STAND).ravel(),
        cost=cost.ravel(),
    )
    return suppressed(linked, LEAST, LEAST).reshape(counts.shape)[:told]


def _kinds(among: Bools, masks: Bools) -> tuple[Bools, Longs]:
    """People told apart by all that befell them: the sets that hold each kind, (sets, kinds), and each one's kind, (n,).

    The sets are all staff, those whom each outcome befell, and those of its people whom it did not, where there are any.
    """
    told = np.concatenate([among & masks, among & ~masks])
    kinds, code = np.unique(told, axis=1, return_inverse=True)
    held = kinds.any(axis=1) | (np.arange(len(kinds)) < len(masks))
    return np.concatenate([np.ones((1, kinds.shape[1]), bool), kinds[held]]), np.asarray(code, "int64").ravel()
