"""What became of each person, as yes or no, and what each was paid: what equality tables are counted from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import attrs
import numpy as np

from nhstransit.arrays import Bools, Longs, Rows
from nhstransit.errors import InputError, nearest
from nhstransit.eventlog import ENGINE_RULES, Kind, Steps
from nhstransit.metrics.stays import Who, included
from nhstransit.run import Run
from nhstransit.run.exits import came_back, moves_across
from nhstransit.run.lookup import first_at, named, pence_of
from nhstransit.run.once import once
from nhstransit.workforce.codes import RiskClass

_BYTES = 4  # eight outcomes each, packed into one number beside the sort so far
STAFF = "staff"  # what an outcome's people are where they are everybody
PAYMENTS = {  # every kind of money of the log that is about a person, in the order of `Outcomes.pence`
    "severance": Kind.SEVERANCE,
    "in lieu": Kind.IN_LIEU,
    "pension": Kind.PENSION,
    "premium": Kind.PREMIUM,
    "training": Kind.TRAINING,
    "bought out": Kind.BOUGHT_OUT,
    "paid back": Kind.CLAWBACK,
}
BACK = "paid back"  # by a person, not to one


@attrs.frozen(eq=False, kw_only=True, slots=False)
class Outcomes:
    """Outcomes of the people in `rows` (n,): `masks` (outcomes, n) say whom each befell; `of` names whose share it is.

    `pence` (payments, n) are paid to each over the run, or for each, or back by each, in the order of `PAYMENTS`.
    """

    rows: Rows
    names: tuple[str, ...]
    of: tuple[str, ...]
    masks: Bools
    pence: Longs

    def place(self, name: str) -> int:
        """The position of an outcome. Raises InputError for a name there is none of, with the nearest."""
        if name not in self.names:
            raise InputError("outcome", f"is {name!r}", nearest(name, self.names))
        return self.names.index(name)

    def among(self, place: int) -> Bools:
        """Whose share an outcome is, (n,)."""
        of = self.of[place]
        return np.ones(len(self.rows), bool) if of == STAFF else np.asarray(self.masks[self.names.index(of)])

    @property
    def people(self) -> Bools:
        """Whose share each outcome is, (outcomes, n)."""
        each = [self.among(place) for place in range(len(self.names))]
        return np.array(each, bool).reshape(self.masks.shape)

    @cached_property
    def alike(self) -> tuple[Longs, Outcomes]:
        """Which people are alike in every outcome: the number of each one's sort, (n,), and one person of every sort.

        There are few sorts, so that what is counted by sort once need not be counted outcome by outcome.
        """
        people = np.arange(len(self.rows))
        packed = np.zeros((-(-len(self.masks) // 8), len(people)), "uint8")
        for place, mask in enumerate(self.masks):
            packed[place // 8] |= mask.view("uint8") << place % 8
        sort = np.zeros(len(people), "int64")
        for start in range(0, len(packed), _BYTES):
            word = np.zeros((len(people), 8), "uint8")
            word[:, : len(packed[start : start + _BYTES])] = packed[start : start + _BYTES].T
            sort = np.unique(sort << 8 * _BYTES | word.view("<i8").ravel(), return_inverse=True)[1].ravel()
        first = first_at(sort, sort.max(initial=-1) + 1)
        one = attrs.evolve(self, rows=self.rows[first], masks=self.masks[:, first], pence=self.pence[:, first])
        return sort, one

    def some(self, names: tuple[str, ...] | None) -> Outcomes:
        """Only these outcomes, with those whose share they are; all where `names` is None. Raises InputError."""
        if names is None:
            return self
        places = {self.place(name) for name in names}
        places |= {self.names.index(self.of[place]) for place in places if self.of[place] != STAFF}
        kept = sorted(places)
        return attrs.evolve(
            self,
            names=tuple(self.names[place] for place in kept),
            of=tuple(self.of[place] for place in kept),
            masks=self.masks[kept],
        )


@once
def outcomes(run: Run, who: Who = "opening") -> Outcomes:
    """Every outcome of the opening staff, newcomers or everyone, from the log.

    *Made redundant* is who left by a policy without having been chosen among its applicants; *transferred*, who moved to
    another employer. An outcome of a policy stands under its name, such as "mars: approved". What befell somebody twice
    counts once. Worked out once for each run. Raises InputError.
    """
    rows = np.flatnonzero(included(run, who))
    found = list(_found(run))
    names, of = tuple(name for name, _, _ in found), tuple(of for _, of, _ in found)
    masks = np.array([mask[rows] for _, _, mask in found]).reshape(len(found), len(rows))
    pence = np.array([pence_of(run, run.log.steps(kind))[rows] for kind in PAYMENTS.values()])
    return Outcomes(rows=rows, names=names, of=of, masks=masks, pence=pence)


def _found(run: Run) -> Iterator[tuple[str, str, Bools]]:
    """Name, whose share it is, and whom it befell, (people,)."""
    log = run.log
    left, applied = log.exits, log.steps(Kind.APPLIED)
    gone, paid = named(run, left), named(run, log.steps(Kind.SEVERANCE, Kind.IN_LIEU))
    yield "left", STAFF, gone
    yield "left paid", STAFF, gone & paid
    yield "left unpaid", STAFF, gone & ~paid
    yield "made redundant", STAFF, named(run, left.take(_compulsory(run, left)))
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
    """The outcome of everybody whom a kind of payment concerns.

    >>> [paid_outcome(name) for name in ("severance", "paid back")]
    ['paid severance', 'paid back']
    """
    return payment if payment == BACK else f"paid {payment}"


def _steps(run: Run, code: int) -> Iterator[tuple[str, str, Bools]]:
    """What one policy said to those who applied to it."""
    name = run.rules[code]
    applied, approved = f"{name}: applied", f"{name}: approved"

    def whom(kind: Kind) -> Bools:
        return named(run, run.log.steps(kind).by(code))

    yield applied, STAFF, whom(Kind.APPLIED)
    yield approved, applied, whom(Kind.APPROVED)
    yield f"{name}: refused", applied, whom(Kind.REFUSED)
    withdrew = whom(Kind.WITHDREW)
    if withdrew.any():
        yield f"{name}: withdrew", approved, withdrew


def _compulsory(run: Run, left: Steps) -> Bools:
    """Which departures were by a policy that had not chosen the person among its applicants, (departures,)."""
    own = [code for code, name in run.rules.items() if name in ENGINE_RULES]
    forced, rows = ~np.isin(left.rule, own), run.rows_of(left.staff)
    approved = run.log.steps(Kind.APPROVED)
    for code in np.unique(approved.rule).tolist():
        forced &= (left.rule != code) | ~named(run, approved.by(code))[rows]
    return np.asarray(forced)
