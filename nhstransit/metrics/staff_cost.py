"""What staff cost: pay for every day in post and all money paid, by year; and the one sum that other tables agree with."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.dates import financial_year, financial_year_name
from nhstransit.entitlements import Law
from nhstransit.errors import InputError
from nhstransit.eventlog import MONEY, Kind
from nhstransit.metrics.definition import Definition
from nhstransit.metrics.money import EXIT_LINES
from nhstransit.run import Run
from nhstransit.run.accrual import YEAR, accrued_by_year

if TYPE_CHECKING:
    import pandas as pd

COMING_IN = (Kind.CLAWBACK,)
COLUMNS = EXIT_LINES | {
    Kind.PREMIUM: "premiums",
    Kind.AGENCY: "interim_pay",
    Kind.TRAINING: "development",
    Kind.CLAWBACK: "paid_back",
}

DEFINITIONS = (
    Definition(
        name="staff cost",
        unit="£",
        formula=(
            "pay with employer's on-costs for every day in post, a 365th of a year's each, from the first day to the last + "
            "all money paid (severance, pay in lieu, pension capital, premiums, interims, development, guarantees bought "
            "out) − severance paid back"
        ),
        reference="facts of the log; the rates of the 1st of April before each day",
        note=(
            "Its gap between two runs is the gap that the waterfall explains, to the penny: what a policy costs or saves "
            "in all, whatever becomes of posts."
        ),
    ),
)


def staff_cost(run: Run) -> Fraction:
    """Everything that staff cost from the first day to the last, in pence, exactly."""
    ledger = sum(sign(kind) * run.closing.ledger.get(kind.name, 0) for kind in MONEY)
    return Fraction(run.closing.pay, YEAR) + ledger


def sign(kind: Kind) -> int:
    """−1 for money that comes in, 1 for what is paid."""
    return -1 if kind in COMING_IN else 1


def staff_costs(run: Run, *, law: Law | None = None) -> pd.DataFrame:
    """By financial year: pay with on-costs, each line of money paid, and their total in pounds.

    Columns: financial_year, pay, one for each kind of money (`COLUMNS`; what comes in is negative), total. The totals add up
    to the headline *staff cost*. `law` is that of the run where it was not the bundled one.

    Raises InputError where the run was not simulated under that law.
    """
    first, pay = accrued_by_year(run, law)
    if int(pay.sum()) != run.closing.pay:
        right = "give law=, the law that the run was simulated under"
        raise InputError("law", "is not that of the run: days in post cost otherwise", right)
    columns = {"pay": pay / YEAR / 100.0}
    total = pay.astype("float64") / YEAR
    for kind in MONEY:
        paid = run.log.steps(kind)
        pence = np.zeros(len(pay), "int64")
        year = financial_year(paid.day.astype("int64") + run.scenario.calendar.origin) - first
        np.add.at(pence, year, sign(kind) * paid.pence)
        columns[COLUMNS[kind]] = pence / 100.0
        total += pence
    names = [financial_year_name(first + place) for place in range(len(pay))]
    return tables.frame({"financial_year": names, **columns, "total": total / 100.0})
