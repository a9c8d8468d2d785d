"""A scenario with one employer and no staff."""

from __future__ import annotations

import datetime as dt

import numpy as np

import nhstransit as nt
from nhstransit.workforce.columns import COLUMNS, Workforce


def empty_run() -> nt.Run:
    """A run of a scenario without people or posts."""
    nobody = {name: np.empty(0, dtype) for name, dtype in COLUMNS.items()}
    scenario = nt.Scenario(
        name="empty",
        start=dt.date(2010, 4, 1),
        end=dt.date(2012, 3, 31),
        functions=("finance",),
        organisations=(nt.Organisation(name="PCT", kind="pct", region="R"),),
        staff=Workforce(**nobody, employers=("PCT",), functions=("finance",)),
    )
    return nt.simulate(scenario, seed=1)
