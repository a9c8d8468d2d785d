"""From the baseline's cost to the run's, mechanism by mechanism, read from the two logs.

The parts sum to the gap exactly.

Pay needs no order of mechanisms: it is a sum over people, and each person's gap belongs to one mechanism. The payments
for leaving are a product (the number of people, their pay, and the payment per pound of pay). The gap of this product
is shared by Shapley values, the mean over all orders.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bytes, Ints, Longs
from nhstransit.comparison.people import check_law, check_pair, shared, stamps
from nhstransit.comparison.shapley import Exact, product_shares
from nhstransit.comparison.strata import strata_of
from nhstransit.comparison.wording import amount
from nhstransit.log import EXIT_MONEY, MONEY, Kind
from nhstransit.measures.money import COMING_IN, sign, staff_cost
from nhstransit.run import Run
from nhstransit.run.accrual import YEAR, accrued
from nhstransit.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from nhstransit.law import Law

RESIDUAL = "not explained"
MECHANISMS = {
    "number paid to go": "more or fewer people are paid for going",
    "selection": "people who are paid to go have different pay",
    "price": "more or less is paid for each pound of yearly pay: the tariff, and the service of the people who go",
    "gone because of it": "pay no longer drawn by people who left because of policy",
    "kept because of it": "pay drawn by people who stayed because of policy",
    "timing": "people who leave either way go sooner or later, or are paid differently until then",
    "posts of those here": "people in post either way are paid differently, or were away for a while",
    "returns": "pay drawn by people who left and came back",
    "refill": "pay of people who were not there at the start",
    "retention": "premiums for staying",
    "interims": "agencies are paid for covering vacant posts",
    "paid back": "people who return too soon repay severance",
    "other payments": "development, retraining, and any other money of the log",
}
PAYMENTS: dict[str, tuple[Kind, ...]] = {
    "retention": (Kind.PREMIUM,),
    "interims": (Kind.AGENCY,),
    "paid back": COMING_IN,
}
PAYMENTS["other payments"] = tuple(
    kind for kind in MONEY if kind not in EXIT_MONEY and not any(kind in kinds for kinds in PAYMENTS.values())
)


@attrs.frozen(kw_only=True, eq=False, slots=False, repr=False)
class Waterfall:
    """Steps from one number to another: `parts` (exact, in `unit`) sum exactly to `end` less `start`.

    `order` says how the parts were made independent of an order, or which order they are in. `scenario` and `baseline` are
    the two worlds, both played with `seed`.
    """

    scenario: Scenario
    baseline: Scenario
    seed: int
    what: str
    unit: str
    start: Fraction
    end: Fraction
    names: tuple[str, ...]
    parts: tuple[Fraction, ...]
    order: str

    @property
    def gap(self) -> Fraction:
        """The gap to be explained."""
        return self.end - self.start

    @property
    def residual(self) -> Fraction:
        """The part of the gap that no mechanism explains: 0 if they explain all."""
        return self.parts[self.names.index(RESIDUAL)] if RESIDUAL in self.names else self.gap - sum(self.parts)

    @property
    def table(self) -> pd.DataFrame:
        """One row per mechanism: its part and its share of the gap, NaN if the gap is zero. Indexed by mechanism."""
        parts = [float(part) for part in self.parts]
        share = [float(part / self.gap) if self.gap else float("nan") for part in self.parts]
        return tables.frame({"mechanism": list(self.names), self.unit: parts, "share": share}, index="mechanism")

    def __repr__(self) -> str:
        return "\n".join([*self.sentences(), "", self._shown().to_string()])

    def _repr_html_(self) -> str:
        return tables.paragraphs(self.sentences()) + tables.html(self._shown(), "The gap by mechanism")

    def _shown(self) -> pd.DataFrame:
        """The mechanisms with a non-zero part, as text."""
        rows = [pair for pair in zip(self.names, self.parts, strict=True) if pair[1] or pair[0] == RESIDUAL]
        columns = {
            "mechanism": [name for name, _ in rows],
            self.unit or "part": [f"{float(part):+,.0f}" for _, part in rows],
            "share": [f"{float(part / self.gap):.1%}" if self.gap else "" for _, part in rows],
        }
        return tables.frame(columns, index="mechanism")

    def sentences(self) -> list[str]:
        """The waterfall in three sentences."""
        start, end, gap = (amount(float(number), self.unit) for number in (self.start, self.end, self.gap))
        whole = [pair for pair in zip(self.names, self.parts, strict=True) if pair[1]]
        first = f"{self.what[0].upper()}{self.what[1:]} goes from {start} to {end}: a gap of {gap}."
        if not whole:
            return [first, "No mechanism contributes to it.", self.order]
        name, part = max(whole, key=lambda pair: abs(pair[1]))
        return [first, f"The largest part is {name} ({amount(float(part), self.unit)}).", self.order]


def waterfall(run: Run, baseline: Run, *, law: Law | None = None) -> Waterfall:
    """What staff cost from first day to last, in pounds, from the baseline to the run by mechanism (`MECHANISMS`).

    The cost is the full cost of everyone in post day by day, payments for leaving, premiums and other payments. Any
    amount that the mechanisms do not explain is under "not explained". Each world is priced by the law of its own
    scenario.

    Args:
        run: the run.
        baseline: its baseline.
        law: the law of both, if they were simulated under another one.

    Raises:
        InputError: the runs are not a pair (see `compare`), or were not simulated under this law.
    """
    check_pair(run, baseline)
    check_law(run, baseline, law)
    staff = shared(run, baseline)
    stratum = strata_of(run, baseline, staff)
    ours = _pay(run, staff, law)
    theirs = _pay(baseline, staff, law)
    parts = dict.fromkeys(MECHANISMS, Fraction(0)) | _going(run, baseline) | _by_stratum(ours, theirs, stratum)
    parts["returns"] = Fraction(ours.again - theirs.again, YEAR)
    parts["refill"] = Fraction(ours.others - theirs.others, YEAR)
    for name, kinds in PAYMENTS.items():
        parts[name] = Fraction(_money(run, kinds) - _money(baseline, kinds))
    start = staff_cost(baseline)  # from the ledgers, which are kept separately from the logs
    end = staff_cost(run)
    parts[RESIDUAL] = end - start - sum(parts.values())
    return Waterfall(
        scenario=run.scenario,
        baseline=baseline.scenario,
        seed=run.seed,
        what="what staff cost, first day to last,",
        unit="£",
        start=start / 100,
        end=end / 100,
        names=tuple(parts),
        parts=tuple(part / 100 for part in parts.values()),
        order="The parts do not depend on an order: pay is a sum over people, and payments for going are shared by Shapley.",
    )


@attrs.frozen(eq=False)
class _Pay:
    """Cost in 365ths of a penny: of each of the shared staff before leaving, of all returners, and of newcomers."""

    first: Longs
    again: int
    others: int


def _pay(run: Run, staff: Ints, law: Law | None) -> _Pay:
    first, again = accrued(run, law)
    mine = first[run.rows_of(staff)]
    return _Pay(mine, int(again.sum()), int(first.sum()) - int(mine.sum()))


def _by_stratum(ours: _Pay, theirs: _Pay, stratum: Bytes) -> dict[str, Fraction]:
    """The gap in pay before leaving, by stratum."""
    gap = ours.first - theirs.first
    names = ("posts of those here", "gone because of it", "kept because of it", "timing")
    return {name: Fraction(int(gap[stratum == place].sum()), YEAR) for place, name in enumerate(names)}


def _going(run: Run, baseline: Run) -> dict[str, Fraction]:
    """The gap in payments for leaving: number of people, their yearly pay, and the payment per pound of pay."""
    shares = product_shares(*_aligned(_factors(baseline), _factors(run)))
    return dict(zip(("number paid to go", "selection", "price"), shares, strict=True))


def _factors(run: Run) -> tuple[int, Fraction, Fraction] | None:
    """Paid departures, mean yearly pay of the leavers, and pence paid per penny of pay; None if there are none."""
    paid = run.log.steps(*EXIT_MONEY)
    each = np.unique(stamps(paid)) & 0xFFFFFFFF
    if not len(each):
        return None
    rows = run.rows_of(each.astype("int32"))
    yearly = int((run.opening_pay[rows].astype("int64") * run.people.wte_hundredths[rows]).sum())
    return len(each), Fraction(yearly, 100 * len(each)), Fraction(100 * int(paid.pence.sum()), max(yearly, 1))


def _aligned(
    before: tuple[int, Fraction, Fraction] | None, after: tuple[int, Fraction, Fraction] | None
) -> tuple[tuple[Exact, ...], tuple[Exact, ...]]:
    """The factors of both worlds.

    If one world pays nobody, only the number differs, because it has neither pay nor price.
    """
    nobody = (0, Fraction(0), Fraction(0))
    return before or (0, *(after or nobody)[1:]), after or (0, *(before or nobody)[1:])


def _money(run: Run, kinds: tuple[Kind, ...]) -> int:
    """Pence paid of these kinds, less pence received."""
    return sum(sign(kind) * int(run.log.steps(kind).pence.sum()) for kind in kinds)
