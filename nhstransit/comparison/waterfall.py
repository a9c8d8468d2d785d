"""The change in staff cost from the baseline to the run, by mechanism, computed from the two logs.

The parts add up to the gap exactly.

The parts of pay do not depend on an order of mechanisms, because pay is a sum over people and each person's gap belongs
to one mechanism. The payments for leaving are a product: the number of people × their pay × the payment per pound of
pay. The gap of this product is divided by Shapley values, which are means over all orders.
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
    "number paid to go": "more or fewer people are paid to leave",
    "selection": "the people who are paid to leave have different pay",
    "price": "more or less is paid per pound of yearly pay, because of the tariff and the leavers' service",
    "left because of it": "pay no longer drawn by people who left because of policy",
    "stayed because of it": "pay drawn by people who stayed because of policy",
    "timing": "people who leave in both runs leave earlier or later, or are paid differently until then",
    "pay of people who stayed": "people in post at the end of both runs are paid differently, or were away for a time",
    "returns": "pay drawn by people who left and came back",
    "refill": "pay of people who were not there at the start",
    "retention": "premiums for staying",
    "interims": "agencies are paid to cover vacant posts",
    "paid back": "people who return too soon repay severance",
    "other payments": "development, retraining, and any other payments in the log",
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
    """The steps from one number to another. `parts` (exact, in `unit`) add up to `end` less `start`.

    `order` is a sentence on how the parts depend on the order of mechanisms. `scenario` and `baseline` are the two
    scenarios, both simulated with `seed`.
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
        """The part of the gap that no mechanism explains; 0 if the mechanisms explain all of it."""
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
        pairs = zip(self.names, self.parts, strict=True)
        rows = [(name, part) for name, part in pairs if part or name == RESIDUAL]
        columns = {
            "mechanism": [name for name, _ in rows],
            self.unit or "part": [f"{float(part):+,.0f}" for _, part in rows],
            "share": [f"{float(part / self.gap):.1%}" if self.gap else "" for _, part in rows],
        }
        return tables.frame(columns, index="mechanism")

    def sentences(self) -> list[str]:
        """The waterfall in three sentences."""
        start = amount(float(self.start), self.unit)
        end = amount(float(self.end), self.unit)
        gap = amount(float(self.gap), self.unit)
        pairs = zip(self.names, self.parts, strict=True)
        whole = [(name, part) for name, part in pairs if part]
        what = self.what[0].upper() + self.what[1:]
        first = f"{what} changes from {start} to {end}: a gap of {gap}."
        if not whole:
            return [first, "No mechanism contributes to it.", self.order]
        name, part = max(whole, key=lambda pair: abs(pair[1]))
        return [first, f"The largest part is {name} ({amount(float(part), self.unit)}).", self.order]


def waterfall(run: Run, baseline: Run, *, law: Law | None = None) -> Waterfall:
    """The change in staff cost, in pounds, from the baseline to the run, by mechanism (`MECHANISMS`).

    Staff cost is the full cost of everyone in post on each day, payments for leaving, premiums and other payments. Any
    amount that the mechanisms do not explain is under "not explained". Each run is costed with the law of its own
    scenario.

    Args:
        run: the run.
        baseline: its baseline.
        law: the law of both runs, if it was not the law of their scenarios.

    Raises:
        InputError: the runs are not a pair (see `compare`), or used another law.
    """
    check_pair(run, baseline)
    check_law(run, baseline, law)
    staff = shared(run, baseline)
    stratum = strata_of(run, baseline, staff)
    ours = _pay(run, staff, law)
    theirs = _pay(baseline, staff, law)
    # In the order of `MECHANISMS`, in exact pence. Each source of the gap sets its own mechanisms.
    parts = dict.fromkeys(MECHANISMS, Fraction(0))
    parts |= _going(run, baseline)
    parts |= _by_stratum(ours, theirs, stratum)
    parts["returns"] = Fraction(ours.again - theirs.again, YEAR)
    parts["refill"] = Fraction(ours.others - theirs.others, YEAR)
    for name, kinds in PAYMENTS.items():
        parts[name] = Fraction(_money(run, kinds) - _money(baseline, kinds))
    start = staff_cost(baseline)  # from the ledgers, which are independent of the logs
    end = staff_cost(run)
    parts[RESIDUAL] = end - start - sum(parts.values())
    return Waterfall(
        scenario=run.scenario,
        baseline=baseline.scenario,
        seed=run.seed,
        what="staff cost over the whole period",
        unit="£",
        start=start / 100,
        end=end / 100,
        names=tuple(parts),
        parts=tuple(part / 100 for part in parts.values()),
        order=(
            "The parts do not depend on an order: pay is a sum over people, and leavers' payments are divided by "
            "Shapley values."
        ),
    )


@attrs.frozen(eq=False)
class _Pay:
    """Cost in 365ths of a penny: each of the shared staff before leaving, then all returners, then all newcomers."""

    first: Longs
    again: int
    others: int


def _pay(run: Run, staff: Ints, law: Law | None) -> _Pay:
    """The pay of a run, divided into the shared staff, returners and everyone else."""
    first, again = accrued(run, law)
    mine = first[run.rows_of(staff)]
    others = int(first.sum()) - int(mine.sum())
    return _Pay(first=mine, again=int(again.sum()), others=others)


def _by_stratum(ours: _Pay, theirs: _Pay, stratum: Bytes) -> dict[str, Fraction]:
    """The gap in pay before leaving, by stratum."""
    gap = ours.first - theirs.first
    # One mechanism for each stratum, in the order of `strata.STRATA`.
    names = ("pay of people who stayed", "left because of it", "stayed because of it", "timing")
    parts = {}
    for place, name in enumerate(names):
        total = int(gap[stratum == place].sum())
        parts[name] = Fraction(total, YEAR)
    return parts


def _going(run: Run, baseline: Run) -> dict[str, Fraction]:
    """The gap in payments for leaving: number of people, their yearly pay, and the payment per pound of pay."""
    shares = product_shares(*_aligned(_factors(baseline), _factors(run)))
    return dict(zip(("number paid to go", "selection", "price"), shares, strict=True))


def _factors(run: Run) -> tuple[int, Fraction, Fraction] | None:
    """Paid departures, mean yearly pay of the leavers, and pence paid per penny of pay; None if there are none."""
    # One entry per paid departure: the person in the lower 32 bits of each distinct day and person.
    paid = run.log.steps(*EXIT_MONEY)
    each = np.unique(stamps(paid)) & 0xFFFFFFFF
    if not len(each):
        return None
    rows = run.rows_of(each.astype("int32"))
    # In hundredths of a penny, because hours are in hundredths of a whole-time equivalent.
    yearly = int((run.opening_pay[rows].astype("int64") * run.people.wte_hundredths[rows]).sum())
    mean_pay = Fraction(yearly, 100 * len(each))
    price = Fraction(100 * int(paid.pence.sum()), max(yearly, 1))
    return len(each), mean_pay, price


def _aligned(
    before: tuple[int, Fraction, Fraction] | None, after: tuple[int, Fraction, Fraction] | None
) -> tuple[tuple[Exact, ...], tuple[Exact, ...]]:
    """The factors of both runs.

    If one run pays nobody, it has neither pay nor price, so those of the other run are used and only the number
    differs.
    """
    nobody = (0, Fraction(0), Fraction(0))
    first = before or (0, *(after or nobody)[1:])
    second = after or (0, *(before or nobody)[1:])
    return first, second


def _money(run: Run, kinds: tuple[Kind, ...]) -> int:
    """Pence paid of these kinds, less pence received."""
    return sum(sign(kind) * int(run.log.steps(kind).pence.sum()) for kind in kinds)
