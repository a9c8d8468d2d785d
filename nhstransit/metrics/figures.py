"""The figures a run is first judged by, each with a name and a unit, and all measures of a run in one object."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.eventlog import Kind
from nhstransit.metrics.flows import stocks
from nhstransit.metrics.money import accounts, pay_bill
from nhstransit.metrics.state import state_on
from nhstransit.metrics.steps import routes, schemes
from nhstransit.run import Run
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd

UNITS = {
    "opening heads": "people",
    "closing heads": "people",
    "opening wte": "WTE",
    "closing wte": "WTE",
    "left": "people",
    "left without pay": "people",
    "left with pay": "people",
    "arrived": "people",
    "moved": "people",
    "exit cost": "£",
    "retention cost": "£",
    "recurrent saving": "£ a year",
    "posts removed with saving": "posts",
    "vacancies at the end": "posts",
}


def headlines(run: Run) -> Named[float]:
    """The headline figures by name; `UNITS` gives the unit of each.

    *Left with pay* counts departures on which severance or pay in lieu was paid; exit cost adds pension capital.
    """
    log, wte = run.log, run.people.wte
    closing, opened = run.closing.post >= 0, run.opening_post >= 0
    money = {kind: int(log.of(kind).pence.sum()) for kind in (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION, Kind.PREMIUM)}
    left, removed = log.of(Kind.DEPARTED), log.of(Kind.REMOVED)
    paid = len(np.unique(log.of(Kind.SEVERANCE, Kind.IN_LIEU).staff))
    end = state_on(run, run.scenario.calendar.days - 1)
    figures = {
        "opening heads": float(opened.sum()),
        "closing heads": float(closing.sum()),
        "opening wte": float(wte[opened].sum()),
        "closing wte": float(wte[closing].sum()),
        "left": float(len(left)),
        "left with pay": float(paid),
        "left without pay": float(len(left) - paid),
        "arrived": float(len(log.of(Kind.ARRIVED))),
        "moved": float(len(log.of(Kind.MOVED))),
        "exit cost": (money[Kind.SEVERANCE] + money[Kind.IN_LIEU] + money[Kind.PENSION]) / 100.0,
        "retention cost": money[Kind.PREMIUM] / 100.0,
        "recurrent saving": int(removed.pence.sum()) / 100.0,
        "posts removed with saving": float((removed.pence > 0).sum()),
        "vacancies at the end": float(end.vacant.sum()),
    }
    return Named(figures)


@attrs.frozen(eq=False, slots=False, repr=False)
class Measures:
    """Everything measured of one run; each table is made when it is first asked for."""

    run: Run

    @cached_property
    def headlines(self) -> Named[float]:
        """The headline figures by name."""
        return headlines(self.run)

    @cached_property
    def schemes(self) -> pd.DataFrame:
        """What each policy did."""
        return schemes(self.run)

    @cached_property
    def routes(self) -> pd.DataFrame:
        """How people left."""
        return routes(self.run)

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """Pounds by financial year, rule and line."""
        return accounts(self.run)

    @cached_property
    def pay_bill(self) -> pd.DataFrame:
        """Pay at the start and at the end of each financial year."""
        return pay_bill(self.run)

    @cached_property
    def stocks(self) -> pd.DataFrame:
        """Heads by month and kind of body."""
        return stocks(self.run)

    def table(self) -> pd.DataFrame:
        """The headline figures as a table: figure, unit, indexed by name."""
        names = list(UNITS)
        columns = {"measure": names, "figure": [self.headlines[name] for name in names], "unit": list(UNITS.values())}
        return tables.frame(columns, index="measure")

    def __repr__(self) -> str:
        return f"Measures of {self.run!r}\n" + self.table().to_string(float_format="{:,.0f}".format)

    def _repr_html_(self) -> str:
        html: str = self.table().to_html(float_format="{:,.0f}".format)
        return html


def measure(run: Run) -> Measures:
    """All measures of a run: headline figures at once, tables when asked for."""
    return Measures(run)
