"""What each policy did: who applied, was approved, withdrew, went or moved, and what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.eventlog import CAUSES, RULES, Kind, rule_code
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

COUNTS = {
    "applied": Kind.APPLIED,
    "approved": Kind.APPROVED,
    "refused": Kind.REFUSED,
    "withdrew": Kind.WITHDREW,
    "retained": Kind.RETAINED,
    "appointed": Kind.APPOINTED,
    "moved": Kind.MOVED,
    "left": Kind.DEPARTED,
    "arrived": Kind.ARRIVED,
    "posts_removed": Kind.REMOVED,
}
SUMS = {
    "severance": Kind.SEVERANCE,
    "in_lieu": Kind.IN_LIEU,
    "pension": Kind.PENSION,
    "saving_a_year": Kind.REMOVED,
}


def schemes(run: Run) -> pd.DataFrame:
    """A row a policy: how many people each step of it concerned, and pounds paid or saved. Indexed by policy."""
    names = list(run.scenario.policies)
    return tables.frame({"policy": names, **_columns(run, names)}, index="policy")


def routes(run: Run) -> pd.DataFrame:
    """A row a rule by which people left: heads and whole-time equivalents. Indexed by route."""
    left = run.log.of(Kind.DEPARTED)
    wte = run.people.wte[run.rows_of(left.staff)]
    names = [*CAUSES, "contract-end", *run.scenario.policies, "closure"]
    codes = [RULES.get(name, rule_code(name)) for name in names]
    rows = [
        (name, int((left.rule == code).sum()), wte[left.rule == code].sum())
        for name, code in zip(names, codes, strict=True)
    ]
    rows = [row for row in rows if row[1]]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(("route", "heads", "wte"))}
    return tables.frame(columns, index="route")


def _columns(run: Run, names: list[str]) -> dict[str, list[float]]:
    log, codes = run.log, np.array([rule_code(name) for name in names], "int16")
    columns: dict[str, list[float]] = {}
    for name, kind in COUNTS.items():
        rules = log.rule[log.kind == kind]
        columns[name] = [int((rules == code).sum()) for code in codes]
    for name, kind in SUMS.items():
        events = log.of(kind)
        columns[name] = [int(events.pence[events.rule == code].sum()) / 100.0 for code in codes]
    return columns
