"""What the saving contributes to the efficiency savings asked of the NHS: QIPP, £15bn to £20bn."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.entitlements import Law
from nhstransit.metrics.definition import Definition
from nhstransit.metrics.money import EXIT_LINES
from nhstransit.metrics.saving import saved_pence
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

DUE = (dt.date(2014, 3, 31), dt.date(2015, 3, 31))  # the end of 2013-14; and to April 2015
READINGS = {"for good": False, "to closure": True}

DEFINITIONS = (
    Definition(
        name="QIPP contribution",
        unit="share of £15bn and of £20bn",
        formula="cumulative net recurrent saving up to a date / the sum asked for",
        reference=(
            "Sir David Nicholson, Managing the Transition, letter of 13 July 2010; later over the four years to "
            "April 2015"
        ),
        note=(
            "Read twice: a saving lasts for good, or only until the body would have closed anyway. Exit cost "
            "stands beside it. "
            "Beyond the scenario's end by closed form (cumulative net saving)."
        ),
    ),
)


def qipp(run: Run, *, due: tuple[dt.date, ...] = DUE, law: Law | None = None) -> pd.DataFrame:
    """Cumulative net saving by each date and reading, and its share of the least and the most that was asked for.

    Columns: by (date), reading ("for good", "to closure"), projected (whether beyond the scenario), saved and exit_cost
    (pounds up to then), share_of_least and share_of_most. Dates before the scenario are left out.
    """
    aim = (law or Law.bundled()).parameters.table("qipp_aim").entries[0]
    paid, calendar = run.log.steps(*EXIT_LINES), run.scenario.calendar
    rows = []
    for date in (date for date in due if date >= run.scenario.start):
        cost = int(paid.pence[: int(np.searchsorted(paid.day, calendar.day(date), side="right"))].sum()) / 100.0
        for reading, to_closure in READINGS.items():
            saved = int(saved_pence(run, date, to_closure=to_closure)[1].sum()) / 100.0
            shares = (saved / aim.number("least"), saved / aim.number("most"))
            rows.append((date, reading, date > run.scenario.end, saved, cost, *shares))
    names = ("by", "reading", "projected", "saved", "exit_cost", "share_of_least", "share_of_most")
    return tables.frame({name: [row[place] for row in rows] for place, name in enumerate(names)})
