"""Equality tables that may be published: small counts hidden, and others with them, so that none can be worked out.

A run of real staff tells of real people, were it only how many part-time men of sixty a small employer has. What is
hidden, and what it is proved against, is in `kernels.suppression`. Totals are reconciled first, and hidden last.

References:
    Government Statistical Service, Guidance on disclosure control for tables produced from administrative sources.
    Willenborg and de Waal, Elements of Statistical Disclosure Control (2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools
from nhstransit.errors import ConservationError, InputError, RunError
from nhstransit.metrics import equality as plain
from nhstransit.metrics.definition import Definition
from nhstransit.metrics.equality import USUAL, each_of
from nhstransit.metrics.outcomes import PAYMENTS, Outcomes, outcomes, paid_outcome
from nhstransit.metrics.patterns import LEAST, Pattern, Question, one_way, shown, totals, two_way
from nhstransit.metrics.real_staff import staff_are_real
from nhstransit.run import Run
from nhstransit.run.groups import Grouping, PeopleCut, grouping

if TYPE_CHECKING:
    import pandas as pd

HIDDEN = "*"
_BESIDE = ("ratio", "difference")  # columns that tell of the reference group too
DEFINITIONS = (
    Definition(
        name="published count",
        unit="people",
        formula=f"shown where at least {LEAST}, the rest of its group at least {LEAST}, and not needed to guard another",
        reference="Willenborg and de Waal 2001, chapter 4; Kelly, Golden and Assad 1992",
        note=f"Every hidden count below {LEAST} could, from all that is shown, be either of two numbers {LEAST} apart.",
    ),
)


@attrs.frozen(eq=False, kw_only=True)
class Cross:
    """Outcomes to be told by two characteristics at once."""

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

    Args:
        run: the run.
        by: characteristics, as of `equality`.
        only: outcomes by name; all by default. What befell nobody, or everybody, is left out. Payments are told of the kinds
            whose outcome, such as "paid severance", is told.
        crosses: two-way tables.
        real: whether the staff are real people and small counts must be hidden; by default as `staff_are_real` finds.

    Each characteristic's table of all outcomes, with the totals common to all, is proof against working out what it hides;
    so is each two-way table, with the one-way counts of its own outcomes. Raises InputError for an unknown name, for two
    crosses of one pair, and for groups so fine that the tables cannot be made safe.
    """
    found = _told(outcomes(run).some(only))
    groups = [grouping(run, each).take(found.rows) for each in each_of(by)]
    known = {mine.by: mine for mine in groups}
    if len(known) < len(groups):
        raise InputError("by", "names a characteristic twice", "name each once")
    for mine in groups:
        _reconcile(found, mine)
    asked = tuple(_asked(run, found, known, cross) for cross in crosses)
    if len({frozenset((q.rows.by, q.columns.by)) for q in asked}) < len(asked):
        raise InputError("crosses", "cross one pair twice", "name all outcomes of a pair in one cross")
    hide = staff_are_real(run) if real is None else real
    return Publication(run=run, found=found, groups=tuple(groups), asked=asked, real=hide)


@attrs.frozen(eq=False, kw_only=True, slots=False, repr=False)
class Publication:
    """Tables of one run, made when first asked for; hidden numbers are NaN in them, and `*` in what is written."""

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
        """Payments by characteristic and group: the columns of `payments`, and `hidden`; no kind that nobody was paid."""
        parts = []
        for groups, pattern in zip(self.groups, self._patterns, strict=True):
            table = tables.frame(plain.paid_table(self.found, groups))
            kinds = [kind for kind in PAYMENTS if paid_outcome(kind) in self.found.names]
            count, _ = pattern.of([self.found.place(paid_outcome(kind)) for kind in kinds])
            parts.append(_masked(table[table["payment"].isin(kinds)], {"people": count}, count))
        return _stacked(parts)

    @cached_property
    def crossed(self) -> tuple[pd.DataFrame, ...]:
        """A two-way table for each cross that was asked for: the columns of `crossed`, and `hidden`."""
        return tuple(self._crossed(question) for question in self.asked)

    def write(self, folder: str | Path) -> tuple[Path, ...]:
        """Write the tables as CSV into a folder, made if need be, with a note on what is hidden; returns the files.

        Raises RunError where the folder cannot be written.
        """
        place = Path(folder)
        named: dict[str, pd.DataFrame] = {"equality.csv": self.equality, "payments.csv": self.payments}
        for question, table in zip(self.asked, self.crossed, strict=True):
            named[f"{question.rows.by}-by-{question.columns.by}.csv"] = table
        try:
            place.mkdir(parents=True, exist_ok=True)
            for name, table in named.items():
                tables.write_csv(place / name, _starred(table))
            (place / "note.txt").write_text(self.note + "\n", "utf-8")
        except OSError as error:
            right = "name a folder you may write to"
            raise RunError(str(place), f"cannot be written ({error.strerror})", right) from None
        return tuple(place / name for name in (*named, "note.txt"))

    @property
    def note(self) -> str:
        """What a reader of the tables must know, in a few sentences."""
        if not self.real:
            return "The staff are synthetic: nothing is hidden."
        return (
            f"Counts below {LEAST}, counts of all but fewer than {LEAST} of a group, and those from which either could be "
            f"worked out are hidden ({HIDDEN}). What befell nobody, or everybody, is left out. Further tables of the same "
            "staff, published beside these, could undo this."
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
        parts, pattern = [], self._across(question)
        for place in question.places:
            people, count = plain.crossed_counts(self.found, place, question.rows, question.columns)
            table = plain.crossed_frame(self.found, place, question.rows, question.columns, people, count, 0.95)
            gone, missing = pattern.of([place])
            parts.append(_masked(table, {"people": missing, "count": gone}, gone | missing))
        return _stacked(parts)


def _asked(run: Run, found: Outcomes, known: dict[str, Grouping], cross: Cross) -> Question:
    """A cross with its groups and outcomes. Raises InputError where it names what the one-way tables do not."""
    sides = [grouping(run, each).take(found.rows) for each in (cross.rows, cross.columns)]
    for side in sides:
        if side.by not in known:
            raise InputError("crosses", f"cross {side.by!r}", "name it among the characteristics `by` too")
    if sides[0].by == sides[1].by:
        raise InputError("crosses", f"cross {sides[0].by!r} with itself", "name two characteristics")
    places = tuple(found.place(name) for name in cross.outcomes)
    if not places:
        raise InputError("crosses", "name no outcome", "name one, such as 'left'")
    return Question(rows=sides[0], columns=sides[1], places=places)


def _told(found: Outcomes) -> Outcomes:
    """Only outcomes that befell somebody and not everybody: of the others nothing is told by group."""
    among = found.people
    befell, spared = (among & found.masks).sum(axis=1), (among & ~found.masks).sum(axis=1)
    return found.some(tuple(found.names[place] for place in np.flatnonzero((befell > 0) & (spared > 0))))


def _reconcile(found: Outcomes, groups: Grouping) -> None:
    """Raise ConservationError unless the groups of a characteristic add up to all, in people and in pence."""
    table = plain.counted(found, groups)
    wholes = (found.people & found.masks).sum(axis=1).tolist()
    pence = [sum(int(line[groups.codes == code].sum()) for code in range(len(groups))) for line in found.pence]
    if table.count[:, -1].tolist() != wholes or pence != found.pence.sum(axis=1).tolist():
        raise ConservationError(f"the groups by {groups.by} do not add up to all")


def _masked(table: pd.DataFrame, own: dict[str, Bools], row: Bools) -> pd.DataFrame:
    """The table with hidden numbers as NaN: counts by masks of their own (lines, groups), the rest where `row` hides.

    A comparison is hidden with the reference group too, whose rate it would give.
    """
    table = table.reset_index(drop=True)
    beside = [name for name in table.columns if name.startswith(_BESIDE)]
    hidden = row.ravel()
    for name in table.columns:
        if table[name].dtype.kind in "if":
            mask = own[name].ravel() if name in own else hidden
            if name in beside:
                mask = hidden | np.repeat(row[:, _reference(table, row.shape[1])], row.shape[1])
            table[name] = table[name].astype("float64").mask(mask)
    table["hidden"] = hidden
    return table


def _reference(table: pd.DataFrame, groups: int) -> int:
    """The position of the reference among the groups of each line."""
    return int(np.argmax(table["group"].to_numpy()[:groups] == table["reference"].iloc[0])) if len(table) else 0


def _stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    columns: dict[str, Any] = {
        name: np.concatenate([part[name].to_numpy() for part in parts]) for name in parts[0].columns
    }
    return tables.frame(columns)


def _starred(table: pd.DataFrame) -> dict[str, AnyArray]:
    """The columns as text, `*` for what is hidden, nothing where there is no number; pounds to the penny."""
    out: dict[str, AnyArray] = {}
    hidden = table["hidden"].to_numpy()
    level = table["mean" if "mean" in table else "rate"].notna().to_numpy()
    lost = level & table["difference"].isna().to_numpy() if "difference" in table else np.zeros(len(table), bool)
    for name in table.columns.drop("hidden"):
        cells = table[name].to_numpy()
        if table[name].dtype.kind == "f":
            stars = np.isnan(cells) & (hidden | (lost & name.startswith(_BESIDE)))
            words = np.array([_word(cell, _style(name, "pounds" in table)) for cell in cells.tolist()], object)
            cells = np.where(stars, HIDDEN, words)
        out[name] = cells
    return out


def _style(name: str, money: bool) -> str:
    if name in ("people", "count"):
        return ".0f"
    return ".2f" if money and not name.startswith("ratio") else ".6g"


def _word(cell: float, style: str) -> str:
    return "" if np.isnan(cell) else format(cell, style)
