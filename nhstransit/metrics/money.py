"""The money of a run: what was paid for exits and for staying, what posts that went save, and the pay bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.dates import financial_year, financial_year_name
from nhstransit.entitlements import Law
from nhstransit.eventlog import MONEY, Kind
from nhstransit.metrics.state import state_on
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

LINES = {
    Kind.SEVERANCE: "severance",
    Kind.IN_LIEU: "pay in lieu of notice",
    Kind.PENSION: "pension capital",
    Kind.PREMIUM: "retention premium",
    Kind.REMOVED: "recurrent saving begun (a year)",
}


def accounts(run: Run) -> pd.DataFrame:
    """Pounds by line, rule and financial year, from the log; a removed post's saving stands in the year it begins.

    Columns: financial_year, rule, line, pounds, events. Sums of pence are exact before they are shown as pounds.
    """
    events = run.log.of(*MONEY, Kind.REMOVED)
    events = events.take(events.pence != 0)
    year = financial_year(events.day.astype("int64") + run.scenario.calendar.origin)
    keys = np.stack([year, events.rule.astype("int64"), events.kind.astype("int64")])
    cells, inverse, counts = np.unique(keys, axis=1, return_inverse=True, return_counts=True)
    pence = np.zeros(cells.shape[1], "int64")
    np.add.at(pence, inverse.ravel(), events.pence)
    return tables.frame(
        {
            "financial_year": [financial_year_name(int(item)) for item in cells[0]],
            "rule": [run.rules[int(item)] for item in cells[1]],
            "line": [LINES[Kind(item)] for item in cells[2]],
            "pounds": pence / 100.0,
            "events": counts,
        }
    )


def pay_bill(run: Run, *, law: Law | None = None) -> pd.DataFrame:
    """Basic pay and full cost of those in post on the last day of each financial year, in pounds a year.

    Columns: date, heads, wte, basic_pay, full_cost (with employer's National Insurance and pension contribution). `law` is
    that of the run, where it was not the bundled one.
    """
    law, calendar = law or Law.bundled(), run.scenario.calendar
    ends = [day for day in calendar.month_ends.tolist() if calendar.date(day).month == 3]
    rows = []
    for day in [0, *ends]:
        state = state_on(run, day)
        here = np.flatnonzero(state.post >= 0)
        wte, pay = run.people.wte[here], state.pay_pence[here]
        cost = law.employer_cost(pay, wte, calendar.origin + day)
        rows.append((calendar.date(day), len(here), wte.sum(), (pay * wte).sum() / 100.0, cost.sum() / 100.0))
    names = ("date", "heads", "wte", "basic_pay", "full_cost")
    return tables.frame(dict(zip(names, zip(*rows, strict=True), strict=True)))
