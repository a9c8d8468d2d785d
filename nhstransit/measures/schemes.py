"""The results of each policy: the people who applied, were approved, withdrew, left or moved, and its cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.errors import check_kind
from nhstransit.log import CAUSES, Events, Kind
from nhstransit.measures.definitions import Definition
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
    "back_elsewhere": Kind.BACK,
    "interims": Kind.INTERIM,
    "posts_removed": Kind.REMOVED,
}
SUMS = {
    "severance": Kind.SEVERANCE,
    "in_lieu": Kind.IN_LIEU,
    "pension": Kind.PENSION,
    "bought_out": Kind.BOUGHT_OUT,
    "interim_pay": Kind.AGENCY,
    "development": Kind.TRAINING,
    "paid_back": Kind.CLAWBACK,
    "saving_a_year": Kind.REMOVED,
}

DEFINITIONS = (
    Definition(
        name="schemes",
        unit="people; posts; £; £ a year",
        formula="number of events of each kind caused by each policy, and sums of their pence",
        reference="counted in the log",
        note="Monthly premiums under a guarantee are not included; they are in the accounts, under the policy.",
    ),
    Definition(
        name="routes",
        unit="people; WTE",
        formula="departures by cause: a personal cause, the end of a contract, a policy, a closure",
        reference="counted in the log",
    ),
)


def schemes(run: Run) -> pd.DataFrame:
    """One row per policy: the number of people at each step, and pounds paid or saved. Indexed by policy.

    Columns of people: applied, approved, refused, withdrew, retained, appointed, moved, left, arrived, back_elsewhere
    (returned to the NHS, outside these organisations), interims. Column of posts: posts_removed. Columns of pounds:
    severance, in_lieu, pension (capital), bought_out (guarantees), interim_pay, development, paid_back (received),
    saving_a_year (of the posts removed).
    """
    check_kind("run", run, Run)
    names = list(run.scenario.policies)
    return tables.frame({"policy": names, **_columns(run, names)}, index="policy")


def routes(run: Run) -> pd.DataFrame:
    """One row per route by which people left: people and whole-time equivalents. Indexed by route."""
    left = run.log.exits
    wte = run.people.wte[run.rows_of(left.staff)]
    names = [*CAUSES, "contract-end", *run.scenario.policies, "closure"]
    codes = [run.code_of(name) for name in names]
    rows = []
    for name, code in zip(names, codes, strict=True):
        mine = left.rule == code
        if mine.any():
            rows.append((name, int(mine.sum()), wte[mine].sum()))
    return tables.of_rows(("route", "people", "wte"), rows, index="route")


def _columns(run: Run, names: list[str]) -> dict[str, list[float]]:
    codes = np.array([run.code_of(name) for name in names], "int16")
    columns: dict[str, list[float]] = {}
    for name, kind in COUNTS.items():
        rules = _events(run, kind).rule
        columns[name] = [int((rules == code).sum()) for code in codes]
    for name, kind in SUMS.items():
        money = run.log.steps(kind)
        columns[name] = [int(money.pence[money.rule == code].sum()) / 100.0 for code in codes]
    return columns


def _events(run: Run, kind: Kind) -> Events:
    """The events that are counted."""
    match kind:
        case Kind.MOVED:
            return run.log.transfers
        case Kind.APPOINTED:
            return run.log.appointments
        case Kind.RETAINED:
            return run.log.promises(kind)
        case _:
            return run.log.steps(kind)
