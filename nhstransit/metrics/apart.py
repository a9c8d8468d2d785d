"""Money entered by a scenario's author, in a table of its own: never added to what a run makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhstransit import tables
from nhstransit.metrics.definition import Definition
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

DEFINITIONS = (
    Definition(
        name="entered",
        unit="£",
        formula="sums by financial year as the scenario's author gives them; costs positive",
        reference="the source beside each line",
        note="Not simulated. No total adds it to simulated money.",
    ),
)


def entered(run: Run) -> pd.DataFrame:
    """A row a line and financial year: line, what, financial_year, pounds (costs positive), tag, source, quality."""
    rows = [
        (name, line.what, year, pounds, line.tag, line.source, line.quality)
        for name, line in run.scenario.entered.items()
        for year, pounds in line.pounds.items()
    ]
    names = ("line", "what", "financial_year", "pounds", "tag", "source", "quality")
    return tables.frame({name: [row[place] for row in rows] for place, name in enumerate(names)})
