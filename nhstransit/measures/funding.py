"""Start-up money for the new commissioning groups: an amount per head, to be met from the saving by MARS in the region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools
from nhstransit.dates import epoch_day
from nhstransit.errors import check_kind
from nhstransit.fields import one_of, some_of
from nhstransit.law import Law
from nhstransit.log import Kind, Phase
from nhstransit.measures.definitions import Definition
from nhstransit.measures.removals import openings, removals
from nhstransit.organisations.bodies import KINDS
from nhstransit.policies import Mars
from nhstransit.policies import StartUp as Policy
from nhstransit.run import Run
from nhstransit.run.groups import ALL
from nhstransit.run.lookup import events_by
from nhstransit.workforce.columns import NEVER

if TYPE_CHECKING:
    import pandas as pd

DEFINITIONS = (
    Definition(
        name="start-up funding",
        unit="£",
        formula=(
            "needed = pounds a head × people of the region; balance = saving − needed; shortfall gross = sum of "
            "max(0, needed − saving) over regions; net = needed − saving, England"
        ),
        reference="HSJ, 'Commissioning brain drain stripping assets', 2011",
        note=(
            "For each start-up policy of the scenario, by its own terms, on the day on which it is due. Net sets "
            "the surplus of some regions against the shortfall of others: gross is never less. Only 51.55m "
            "people reproduce the published gap of £27.9m; residents were 52.2m."
        ),
    ),
)


@attrs.frozen(kw_only=True)
class StartUp:
    """What must be met, and which saving meets it. By default this is set by each start-up policy of the scenario.

    `rules` are the rules whose removed posts save, instead of the policy's `savers`. `kinds` are the kinds of
    organisation whose residents count, instead of the policy's own, so that nobody is counted under two tiers.
    `population` leaves residents as they are ("residents"), or scales them to the total used for the published gap
    ("published").
    """

    rules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = some_of(KINDS, ())
    population: str = one_of(("residents", "published"), "residents")


def start_up(run: Run, terms: StartUp | None = None, *, law: Law | None = None) -> pd.DataFrame:
    """By region, and for England: money needed, the saving that must meet it, and the shortfall. Indexed by region.

    Columns: policy, people, needed, saving, saving_net (of refilled posts and returners), balance (saving less needed),
    shortfall. All except the first two are in pounds. The shortfall is gross: zero if the saving is enough, and for
    England the sum over regions. England's balance is the net one. The shortfall is the amount that the log records as
    drawn and still to be found.

    Each start-up policy of the scenario has its own rows, by its own terms and the saving from posts removed before it
    was due. If the scenario has no such policy, the need of trusts' residents at the published pounds per head is
    compared with everything that any MARS saved. Regions without people who count and without saving are left out.

    Args:
        run: the run.
        terms: what must be met, and which saving meets it.
        law: the dated rules; by default those of the scenario.
    """
    check_kind("run", run, Run)
    law = law or run.scenario.dated_law
    terms = terms or StartUp()
    numbers = law.parameters.number
    dues = _dues(run, law)
    total = numbers("start_up_population").entries[0].value if terms.population == "published" else 0.0
    parts = [_told(run, due, terms, total) for due in dues]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return tables.frame(columns, index="region")


@attrs.frozen
class _Due:
    """One demand for start-up money: policy, kinds of organisation, amount per head, rules and due day."""

    policy: str
    kinds: tuple[str, ...]
    pounds: float
    savers: tuple[str, ...]
    day: int | None = None


def _dues(run: Run, law: Law) -> list[_Due]:
    """The demands of the scenario's start-up policies or, if it has none, the amount that MARS is compared with."""
    scenario = run.scenario
    found = [
        _Due(
            name,
            each.kinds,
            each.pounds(law, epoch_day(each.paid)),
            each.savers,
            scenario.calendar.day(each.paid),
        )
        for name, each in scenario.policies.items()
        if isinstance(each, Policy)
    ]
    mars = tuple(name for name, policy in scenario.policies.items() if isinstance(policy, Mars))
    if found:
        return found
    # No source gives a date. The first entry is for 2011-12, the year for which the money was announced.
    return [_Due("", ("pct",), law.parameters.number("ccg_start_up_a_head").entries[0].value, mars)]


def _told(run: Run, due: _Due, terms: StartUp, total: float) -> dict[str, np.ndarray]:
    """The columns of the table for one demand, with England last. Residents are scaled to `total` if it is given."""
    bodies = run.scenario.roster
    heads = np.where(bodies.of_kinds(terms.kinds or due.kinds), bodies.population, 0).astype("float64")
    heads = np.bincount(bodies.region, heads, len(bodies.regions))
    if total and heads.sum():
        heads *= total / heads.sum()
    gross, net = _savings(run, due, terms.rules or due.savers)
    needed = np.rint(heads * due.pounds * 100.0) / 100.0
    there = np.flatnonzero((heads > 0) | (gross > 0))
    columns = {"people": heads, "needed": needed, "saving": gross, "saving_net": net, "balance": gross - needed}
    columns |= {"shortfall": np.maximum(needed - gross, 0.0)}
    names = [*(bodies.regions[place] for place in there.tolist()), ALL]
    whole = {name: np.append(column[there], column.sum()) for name, column in columns.items()}
    return {"region": np.array(names, object), "policy": np.full(len(names), due.policy, object), **whole}


def _savings(run: Run, due: _Due, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Pounds a year saved by posts that the rules removed in time, by employer's region: all, and the lasting part."""
    found = removals(run)
    bodies = run.scenario.roster
    mine = np.isin(found.rule, [run.code_of(name) for name in names]) & _in_time(run, due)
    region = bodies.region[run.posts.employer[found.post]] if len(found) else np.zeros(0, "int64")
    gross, net = (
        np.bincount(region, np.where(kept, found.pence, 0), len(bodies.regions)) / 100.0
        for kept in (mine, mine & (found.end == 0))
    )
    made = openings(run)
    stand = np.isin(made.rule, [run.code_of(name) for name in names]) & (made.until == NEVER)
    stand &= (made.day <= due.day) if due.day is not None else True
    where = bodies.region[run.posts.employer[made.post]] if len(made) else np.zeros(0, "int64")
    net -= np.bincount(where, np.where(stand, made.pence, 0), len(bodies.regions)) / 100.0
    return gross, net


def _in_time(run: Run, due: _Due) -> Bools:
    """Which removals came before the money was due, by their order in the log, (removals,)."""
    gone = run.log.closures
    gone = gone.take(gone.pence > 0)
    if due.day is None:
        return np.ones(len(gone), bool)
    told = run.log.of_bodies.of(Kind.DRAWN, Kind.TO_FIND).by(run.code_of(due.policy))
    own = told.order[told.day == due.day]
    return np.asarray(gone.order < (own[0] if len(own) else events_by(run, due.day, Phase.WINDOWS)))
