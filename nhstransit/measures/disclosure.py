"""Equality tables that may be published: which cells are hidden, and how the tables are written.

`suppression` decides which cells to hide, and proves that each hidden count is protected. This module turns the tables
of an equality publication into the linked cells that `suppression` needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Longs
from nhstransit.errors import ConservationError, InputError, RunError
from nhstransit.files import write_text
from nhstransit.measures import equality as plain
from nhstransit.measures.definitions import Definition
from nhstransit.measures.equality import PAYMENTS, STAFF, USUAL, Outcomes, each_of, outcomes, paid_outcome
from nhstransit.measures.real_staff import staff_are_real
from nhstransit.measures.suppression import HIDDEN, LEAST, Cells, suppressed
from nhstransit.run import Run
from nhstransit.run.groups import Grouping, PeopleCut, grouping

if TYPE_CHECKING:
    import pandas as pd


# Which cells of an equality publication are hidden: the totals first, then each characteristic, then two-way tables.
#
# A later step never changes a decision of an earlier step: a shown total or margin stays shown, and a hidden one stays
# hidden. People are grouped by their full set of outcomes, so that subtracting one outcome from another cannot reveal a
# hidden count.

FREE = 0
STAND = 1
GONE = 2
_DEAR = 20.0  # how much more it costs to hide the size of a group than to hide its outcomes


@attrs.frozen(eq=False, kw_only=True)
class Question:
    """A two-way table: the groups of its rows and columns, and the indices of the outcomes that it shows."""

    rows: Grouping
    columns: Grouping
    places: tuple[int, ...]


@attrs.frozen(eq=False, kw_only=True)
class Pattern:
    """Which cells are hidden: `hidden` (outcomes + 1, places), with all staff in the first row.

    `among` (outcomes,) is the row with the denominator of each outcome. The columns of `hidden` are the groups and then
    all, or the cells of a two-way table, row by row.
    """

    hidden: Bools
    among: tuple[int, ...]

    def of(self, outcomes: Iterable[int]) -> tuple[Bools, Bools]:
        """Whether the counts, and whether their denominators, are hidden, (outcomes, places) each."""
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
    """Which counts of one characteristic are hidden. If a total is hidden, so are all of its groups.

    Args:
        found: the outcomes.
        groups: the groups of the characteristic.
        whole: the pattern of the totals.
    """
    size = len(groups)
    gone = whole.hidden
    # The published cells are each group by itself, and then all groups together.
    unions = _with_margin(size)
    of_groups = np.where(gone, GONE, FREE).repeat(size, axis=1)
    of_all = np.where(gone, GONE, STAND)
    state = np.hstack([of_groups, of_all])
    return Pattern(hidden=_hidden(found, groups.codes, unions, state), among=whole.among)


def two_way(found: Outcomes, question: Question, whole: Pattern, rows: Pattern, columns: Pattern) -> Pattern:
    """Which cells of a two-way table are hidden.

    Margins follow the one-way tables. Outcomes that were not requested are hidden in every cell.

    The protection covers everything published about the requested outcomes and their denominators.

    Args:
        found: the outcomes.
        question: the two-way table.
        whole: the pattern of the totals.
        rows: the pattern of the one-way table of the rows.
        columns: the pattern of the one-way table of the columns.
    """
    across = len(question.rows)
    down = len(question.columns)
    asked = found.some(tuple(found.names[place] for place in question.places))
    # `lines` are the rows of the patterns that this table concerns: all staff, and each requested outcome.
    of_outcomes = [found.names.index(name) + 1 for name in asked.names]
    lines = np.array([0, *of_outcomes])
    # Inner cells may be hidden, and are hidden anyway if their total is. The last column and row are the margins, whose
    # state the one-way tables have settled; both set the corner, to the state of the total.
    state = np.empty((len(lines), across + 1, down + 1), int)
    state[:] = np.where(whole.hidden[lines], GONE, FREE)[:, :, None]
    state[:, :, -1] = np.where(rows.hidden[lines], GONE, STAND)
    state[:, -1, :] = np.where(columns.hidden[lines], GONE, STAND)
    cell = question.rows.codes.astype("int64") * down + question.columns.codes
    unions = _crossing(across, down)
    hidden = np.ones((len(found.names) + 1, len(unions)), bool)
    hidden[lines] = _hidden(asked, cell, unions, state.reshape(len(lines), -1))
    return Pattern(hidden=hidden, among=_among(found))


def _among(found: Outcomes) -> tuple[int, ...]:
    return tuple(0 if of == STAFF else 1 + found.names.index(of) for of in found.of)


def _crossing(across: int, down: int) -> Bools:
    """Which inner cells add up to each cell of a two-way table with margins, (cells with margins, inner cells)."""
    return np.kron(_with_margin(across), _with_margin(down)).astype(bool)


def _with_margin(groups: int) -> Bools:
    """Which groups add up to each published cell, (groups + 1, groups): each group by itself, then all of them."""
    return np.vstack([np.eye(groups, dtype=bool), np.ones((1, groups), bool)])


def _hidden(found: Outcomes, area: AnyArray, unions: Bools, state: AnyArray) -> Bools:
    """Which cells are hidden, (outcomes + 1, unions), with all staff first.

    Args:
        found: the outcomes.
        area: (n,) the finest cell of each person.
        unions: (unions, areas) which areas add up to each published cell.
        state: (outcomes + 1, unions) which cells may be hidden, must be shown, or are already hidden.
    """
    sets, kind = _kinds(found.people, found.masks)
    if not sets.shape[1]:
        return np.ones(state.shape, bool)
    areas = unions.shape[1]
    kinds = sets.shape[1]
    # People by area and kind, (areas, kinds). These are the atoms of the linked tables.
    atom_of_person = np.asarray(area, "int64") * kinds + kind
    people = np.bincount(atom_of_person, minlength=areas * kinds).reshape(areas, kinds)
    # Counts by set and published cell, (sets, unions), as a product of matrices. Floats use a faster routine than
    # integers, and are exact for counts of this size.
    by_set = sets.astype("float64") @ people.T.astype("float64")
    counts = np.rint(by_set @ unions.T.astype("float64")).astype("int64")
    lines = len(found.names) + 1
    # Sets after the first `lines` are the people without each outcome. They are never shown, but protected too.
    whole = np.full(counts.shape, GONE)
    whole[:lines] = state
    line = np.arange(len(sets))[:, None].repeat(len(unions), axis=1)
    dearness = np.where(line == 0, _DEAR, 1.0)
    cost = dearness * (1.0 + np.log1p(counts)) * unions.sum(axis=1)
    # Row set × union and column kind × area of the Kronecker product: whether an atom is part of a cell. The atoms are
    # renumbered, because `people` has the area first.
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
    return suppressed(linked, LEAST, LEAST).reshape(counts.shape)[:lines]


def _kinds(among: Bools, masks: Bools) -> tuple[Bools, Longs]:
    """People grouped by all their outcomes: the sets that contain each kind, (sets, kinds), and each person's kind,
    (n,).

    A kind is a group of people with identical outcomes. The sets are all staff, the people with each outcome, and the
    people in its denominator who did not have it, if there are any.
    """
    lines = np.concatenate([among & masks, among & ~masks])
    kinds, code = np.unique(lines, axis=1, return_inverse=True)
    # The people with each outcome always have a row, even if there are none; the people without it only if there are.
    held = kinds.any(axis=1) | (np.arange(len(kinds)) < len(masks))
    all_staff = np.ones((1, kinds.shape[1]), bool)
    return np.concatenate([all_staff, kinds[held]]), np.asarray(code, "int64").ravel()


# Equality tables that may be published. Small counts are hidden, and further counts with them, so that no small count
# can be worked out.
#
# A run of real staff reveals facts about real people, such as how many part-time men of sixty a small employer has. The
# section above decides what to hide. Totals are reconciled before anything is hidden.
#
# References: Government Statistical Service, Guidance on disclosure control for tables produced from administrative
# sources. Willenborg and de Waal, Elements of Statistical Disclosure Control (2001).

_BESIDE = ("ratio", "difference")  # columns that reveal the reference group too
DEFINITIONS = (
    Definition(
        name="published count",
        unit="people",
        formula=(
            f"shown if it and the rest of its group are at least {LEAST}, unless it is hidden to protect another count"
        ),
        reference="Willenborg and de Waal 2001, chapter 4; Kelly, Golden and Assad 1992",
        note=(
            f"A hidden count below {LEAST} cannot be worked out from the published counts: at least two values, "
            f"{LEAST} apart, are possible."
        ),
    ),
)


@attrs.frozen(eq=False, kw_only=True)
class Cross:
    """Outcomes to be shown by two characteristics at once."""

    rows: PeopleCut
    columns: PeopleCut
    outcomes: tuple[str, ...]


def publication(
    run: Run,
    *,
    by: PeopleCut | Sequence[PeopleCut] = USUAL,
    only: tuple[str, ...] | None = None,
    crosses: Sequence[Cross] = (),
    real: bool | None = None,
) -> Publication:
    """Equality tables of the opening staff that may be published.

    A hidden count cannot be worked out from its characteristic's table together with the totals. Nor can a hidden count
    of a two-way table be worked out from that table together with the one-way counts of its outcomes.

    Args:
        run: the run.
        by: characteristics, as in `equality`.
        only: outcomes by name; all by default. Outcomes that applied to nobody, or to everyone, are left out. Payments
            are shown for the kinds whose outcome, such as "paid severance", is shown.
        crosses: two-way tables.
        real: whether the staff are real people and small counts must be hidden; by default the answer of
            `staff_are_real`.

    Raises:
        InputError: a name is unknown, two crosses have the same pair of characteristics, or the groups are too small
            for safe tables.
    """
    found = _some_but_not_all(outcomes(run).some(only))
    groups = [grouping(run, each).take(found.rows) for each in each_of(by)]
    known = {mine.by: mine for mine in groups}
    if len(known) < len(groups):
        raise InputError("by", "a characteristic is given twice", "give each characteristic once")
    for mine in groups:
        _reconcile(found, mine)
    asked = tuple(_asked(run, found, known, cross) for cross in crosses)
    pairs = {frozenset((question.rows.by, question.columns.by)) for question in asked}
    if len(pairs) < len(asked):
        raise InputError(
            "crosses", "two crosses have the same pair of characteristics", "list all outcomes of a pair in one cross"
        )
    hide = staff_are_real(run) if real is None else real
    return Publication(run=run, found=found, groups=tuple(groups), asked=asked, real=hide)


@attrs.frozen(eq=False, kw_only=True, slots=False, repr=False)
class Publication:
    """Tables of one run, made when first requested.

    Hidden numbers are NaN in the tables, and `[c]` in the files written.
    """

    run: Run
    found: Outcomes
    groups: tuple[Grouping, ...]
    asked: tuple[Question, ...]
    real: bool

    @cached_property
    def equality(self) -> pd.DataFrame:
        """Outcomes by characteristic and group: the columns of `equality`, and `hidden`."""
        parts = []
        for groups, pattern in zip(self.groups, self._patterns, strict=True):
            table = tables.frame(plain.tabled(self.found, groups))
            count, people = pattern.of(range(len(self.found.names)))
            parts.append(_masked(table, {"people": people, "count": count}, count | people))
        return _stacked(parts)

    @cached_property
    def payments(self) -> pd.DataFrame:
        """Payments by characteristic and group: the columns of `payments`, and `hidden`.

        Kinds that nobody was paid are left out.
        """
        parts = []
        for groups, pattern in zip(self.groups, self._patterns, strict=True):
            table = tables.frame(plain.paid_table(self.found, groups))
            kinds = [kind for kind in PAYMENTS if paid_outcome(kind) in self.found.names]
            count, _ = pattern.of([self.found.place(paid_outcome(kind)) for kind in kinds])
            parts.append(_masked(table[table["payment"].isin(kinds)], {"people": count}, count))
        return _stacked(parts)

    @cached_property
    def crossed(self) -> tuple[pd.DataFrame, ...]:
        """A two-way table for each cross that was requested: the columns of `crossed`, and `hidden`."""
        return tuple(self._crossed(question) for question in self.asked)

    def write(self, folder: str | Path) -> tuple[Path, ...]:
        """Write the tables as CSV, with a note on what is hidden, and return the files. Create the folder if needed.

        Raises RunError if the folder cannot be written.
        """
        place = Path(folder)
        named: dict[str, pd.DataFrame] = {"equality.csv": self.equality, "payments.csv": self.payments}
        for question, table in zip(self.asked, self.crossed, strict=True):
            named[f"{question.rows.by}-by-{question.columns.by}.csv"] = table
        try:
            place.mkdir(parents=True, exist_ok=True)
            for name, table in named.items():
                tables.write_csv(place / name, _starred(table))
            write_text(place / "note.txt", self.note + "\n")
        except OSError as error:
            right = "name a folder you may write to"
            raise RunError(str(place), f"cannot be written ({error.strerror})", right) from None
        return tuple(place / name for name in (*named, "note.txt"))

    @property
    def note(self) -> str:
        """A note for readers of the tables, in a few sentences."""
        if not self.real:
            return "The staff are synthetic, so nothing is hidden."
        return (
            f"A count is hidden ({HIDDEN}) if it is below {LEAST}, if it leaves fewer than {LEAST} of its group, or "
            "if a hidden count could be worked out from it. Outcomes that applied to nobody or to everyone are "
            "left out. Publishing further tables of the same staff could reveal the hidden counts."
        )

    def __repr__(self) -> str:
        hidden = int(self.equality["hidden"].sum())
        kind = "real" if self.real else "synthetic"
        return f"Publication(staff {kind}: {len(self.equality):,} rows, {hidden:,} with hidden numbers)"

    @cached_property
    def _totals(self) -> Pattern:
        return totals(self.found)

    @cached_property
    def _patterns(self) -> tuple[Pattern, ...]:
        if not self.real:
            return tuple(shown(self.found, len(groups) + 1) for groups in self.groups)
        return tuple(one_way(self.found, groups, self._totals) for groups in self.groups)

    def _pattern(self, groups: Grouping) -> Pattern:
        return self._patterns[[mine.by for mine in self.groups].index(groups.by)]

    def _across(self, question: Question) -> Pattern:
        if not self.real:
            return shown(self.found, (len(question.rows) + 1) * (len(question.columns) + 1))
        sides = self._pattern(question.rows), self._pattern(question.columns)
        return two_way(self.found, question, self._totals, *sides)

    def _crossed(self, question: Question) -> pd.DataFrame:
        parts = []
        pattern = self._across(question)
        for place in question.places:
            people, count = plain.crossed_counts(self.found, place, question.rows, question.columns)
            table = plain.crossed_frame(self.found, place, question.rows, question.columns, people, count, 0.95)
            gone, missing = pattern.of([place])
            parts.append(_masked(table, {"people": missing, "count": gone}, gone | missing))
        return _stacked(parts)


def _asked(run: Run, found: Outcomes, known: dict[str, Grouping], cross: Cross) -> Question:
    """A cross with its groups and outcomes.

    Raises InputError if the cross uses a characteristic or an outcome that the one-way tables do not have.
    """
    both = (cross.rows, cross.columns)
    sides = [grouping(run, each).take(found.rows) for each in both]
    for side in sides:
        if side.by not in known:
            raise InputError("crosses", f"{side.by!r} is not one of the characteristics in `by`", "add it to `by`")
    if sides[0].by == sides[1].by:
        raise InputError("crosses", f"{sides[0].by!r} is crossed with itself", "give two different characteristics")
    places = tuple(found.place(name) for name in cross.outcomes)
    if not places:
        raise InputError("crosses", "a cross has no outcomes", "give at least one outcome, such as 'left'")
    return Question(rows=sides[0], columns=sides[1], places=places)


def _some_but_not_all(found: Outcomes) -> Outcomes:
    """Keep only outcomes that applied to some people but not to all. No other outcome is shown by group."""
    among = found.people
    befell = (among & found.masks).sum(axis=1)
    spared = (among & ~found.masks).sum(axis=1)
    kept = np.flatnonzero((befell > 0) & (spared > 0))
    return found.some(tuple(found.names[place] for place in kept))


def _reconcile(found: Outcomes, groups: Grouping) -> None:
    """Raise ConservationError unless the groups of a characteristic add up to the totals, in people and in pence."""
    table = plain.counted(found, groups)
    people = (found.people & found.masks).sum(axis=1)
    pence = np.zeros(len(found.pence), "int64")
    for code in range(len(groups)):
        pence += found.pence[:, groups.codes == code].sum(axis=1)
    total = found.pence.sum(axis=1)
    if (table.count[:, -1] != people).any() or (pence != total).any():
        raise ConservationError(f"the groups by {groups.by} do not add up to the total")


def _masked(table: pd.DataFrame, own: dict[str, Bools], row: Bools) -> pd.DataFrame:
    """The table with hidden numbers as NaN.

    `own` has the masks (lines, groups) of the counts; `row` (lines, groups) is the mask of every other column. A
    comparison is also hidden if its reference group is hidden, because it would reveal that group's rate.
    """
    table = table.reset_index(drop=True)
    beside = [name for name in table.columns if name.startswith(_BESIDE)]
    hidden = row.ravel()
    for name in table.columns:
        if table[name].dtype.kind in "if":  # only columns of numbers can reveal a count
            mask = own[name].ravel() if name in own else hidden
            if name in beside:
                of_reference = row[:, _reference(table, row.shape[1])]
                mask = hidden | np.repeat(of_reference, row.shape[1])
            table[name] = table[name].astype("float64").mask(mask)
    table["hidden"] = hidden
    return table


def _reference(table: pd.DataFrame, groups: int) -> int:
    """The index of the reference group among the groups of each line."""
    if not len(table):
        return 0
    names = table["group"].to_numpy()[:groups]
    return int(np.argmax(names == table["reference"].iloc[0]))


def _stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    columns: dict[str, Any] = {
        name: np.concatenate([part[name].to_numpy() for part in parts]) for name in parts[0].columns
    }
    return tables.frame(columns)


def _starred(table: pd.DataFrame) -> dict[str, AnyArray]:
    """The columns as text: `[c]` for a hidden number, an empty cell for a missing one, and pounds to the penny."""
    out: dict[str, AnyArray] = {}
    hidden = table["hidden"].to_numpy()
    # `lost` marks comparisons that are missing although the row's own figure is shown: their reference group is hidden.
    level = table["mean" if "mean" in table else "rate"].notna().to_numpy()
    lost = np.zeros(len(table), bool)
    if "difference" in table:
        lost = level & table["difference"].isna().to_numpy()
    for name in table.columns.drop("hidden"):
        cells = table[name].to_numpy()
        if table[name].dtype.kind == "f":
            stars = np.isnan(cells) & (hidden | (lost & name.startswith(_BESIDE)))
            style = _style(name, "pounds" in table)
            words = np.array([_word(cell, style) for cell in cells.tolist()], object)
            cells = np.where(stars, HIDDEN, words)
        out[name] = cells
    return out


def _style(name: str, money: bool) -> str:
    if name in ("people", "count"):
        return ".0f"
    return ".2f" if money and not name.startswith("ratio") else ".6g"


def _word(cell: float, style: str) -> str:
    return "" if np.isnan(cell) else format(cell, style)
