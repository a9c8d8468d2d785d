"""What people and posts cost on the day that matters: pay before an event, and a post's yearly cost line by line."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray, Longs
from nhstransit.dates import financial_year
from nhstransit.entitlements import Law
from nhstransit.entitlements.oncosts import CostLines
from nhstransit.eventlog import Kind
from nhstransit.run import Run

_LINES = ("pay", "national_insurance", "pension", "levy", "central_pension")
_HIGHEST = 10**8  # pence a year of pay, beyond any in the service


def pay_before(run: Run, rows: AnyArray, day: AnyArray) -> Longs:
    """Whole-time basic pay in pence a year of people at the end of a day each, (n,)."""
    keys, pence = _pay_steps(run, rows)
    place = np.searchsorted(keys, np.asarray(rows, "int64") << 32 | np.asarray(day, "int64"), side="right") - 1
    told = np.append(keys, -1)[place] >> 32 == rows
    return np.where(told, np.append(pence, 0)[place], run.opening_pay[rows] if len(rows) else 0).astype("int64")


def _pay_steps(run: Run, rows: AnyArray) -> tuple[Longs, Longs]:
    """Every change of pay of these people by person and day, in order: row × 2³² + day, and pence a year."""
    told, wanted = run.log.changes(Kind.PAY), np.zeros(len(run.people), bool)
    wanted[rows] = True
    whose = run.rows_of(told.staff)
    mine = np.flatnonzero(wanted[whose])
    keys = whose[mine].astype("int64") << 32 | told.day[mine]
    order = np.argsort(keys, kind="stable")
    return keys[order], told.pence[mine[order]]


def costs_of(law: Law, pence: AnyArray, wte: AnyArray, on: AnyArray) -> CostLines:
    """The lines of a year's cost at the rates of each one's financial year, (n,) each; `on` are epoch days."""
    on = np.asarray(on, "int64")
    columns = {name: np.zeros(len(on), "int64") for name in _LINES}
    year = financial_year(on)
    for each in np.unique(year).tolist():
        mine = np.flatnonzero(year == each)
        lines = law.cost_lines(pence[mine], wte[mine], int(on[mine].min()))
        for name, column in columns.items():
            column[mine] = getattr(lines, name)
    return CostLines(**columns)


def yearly_costs(run: Run, law: Law, pence: Longs, day: AnyArray) -> CostLines:
    """The lines that make up a year's cost in pence of each post, at the rates of the day it went or opened, (n,) each.

    The log holds the sum alone. Pay is what costs that much by the rates of the day, which rise with pay without a step.
    """
    on = np.asarray(day, "int64") + run.scenario.calendar.origin
    pay = np.zeros(len(pence), "int64")
    year = financial_year(on)
    for each in np.unique(year).tolist():
        mine = np.flatnonzero(year == each)
        knots = _knots(law, int(on[mine].min()))
        costs = law.employer_cost(knots, 1.0, int(on[mine].min()))
        pay[mine] = np.rint(np.interp(pence[mine], costs, knots)).astype("int64")
    return costs_of(law, pay, np.ones(len(pence)), on)


def _knots(law: Law, on: int) -> Longs:
    """Pay in pence at which the slope of its cost changes, from nothing to more than anybody's."""
    limits = law.parameters.table("employer_ni").on(on)
    named = [limits.number(name) for name in ("threshold", "lower_limit", "upper_accrual")]
    return np.unique(np.array([0, *(round(100 * limit) for limit in named), _HIGHEST], "int64"))
