"""Start-up money for commissioning groups: an amount per head of population, to be met from regional MARS savings."""

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
            "needed = pounds per head × people of the region; balance = saving − needed; gross shortfall = sum of "
            "max(0, needed − saving) over regions; net shortfall = needed − saving, England"
        ),
        reference="HSJ, 'Commissioning brain drain stripping assets', 2011",
        note=(
            "Each start-up policy of the scenario has its own terms and its own due day. The net shortfall offsets "
            "the shortfall of some regions by the surplus of others, so it is never above the gross. The published "
            "gap of £27.9m can be reproduced only with 51.55m people, although there were 52.2m residents."
        ),
    ),
)


@attrs.frozen(kw_only=True)
class StartUp:
    """Which money is needed and which savings count towards it. By default, the terms of each start-up policy are used.

    `rules` are the policies whose removed posts count as savings; by default the policy's `savers`. `kinds` are the
    kinds of organisation whose residents count; by default the policy's own. Give kinds of one tier, because residents
    of two tiers would be counted twice. `population` is "residents", or "published" to scale residents to the total
    used for the published gap.
    """

    rules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = some_of(KINDS, ())
    population: str = one_of(("residents", "published"), "residents")


def start_up(run: Run, terms: StartUp | None = None, *, law: Law | None = None) -> pd.DataFrame:
    """Money needed, savings that count towards it, and the shortfall, by region and for England. Indexed by region.

    Columns: policy, people, needed, saving, saving_net (net of refilled posts and returners), balance (saving less
    needed), shortfall. All except the first two are in pounds. The shortfall of a region is zero if its saving is
    enough; the shortfall of England is the sum over regions, and is not reduced by the surplus of a region. The balance
    of England is net. The shortfall equals the amount that the log records as drawn and still to be found.

    Each start-up policy of the scenario has its own rows, with its own terms and the saving from posts removed before
    it was due. If the scenario has no such policy, the published amount per head for the residents of primary care
    trusts is compared with the savings of all MARS policies. Regions with neither residents who count nor savings are
    left out.

    Args:
        run: the run.
        terms: which money is needed and which savings count.
        law: the dated legal rules; by default those of the scenario.
    """
    check_kind("run", run, Run)
    law = law or run.scenario.dated_law
    terms = terms or StartUp()
    numbers = law.parameters.number
    dues = _dues(run, law)
    total = numbers("start_up_population").entries[0].value if terms.population == "published" else 0.0
    parts = [_table_of(run, due, terms, total) for due in dues]
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
    """The demands of the scenario's start-up policies or, if it has none, the published demand."""
    scenario = run.scenario
    found = []
    for name, each in scenario.policies.items():
        if isinstance(each, Policy):
            pounds = each.pounds(law, epoch_day(each.paid))
            found.append(_Due(name, each.kinds, pounds, each.savers, scenario.calendar.day(each.paid)))
    mars = tuple(name for name, policy in scenario.policies.items() if isinstance(policy, Mars))
    if found:
        return found
    # No source gives a date. The first entry is for 2011-12, the year for which the money was announced.
    pounds = law.parameters.number("ccg_start_up_a_head").entries[0].value
    return [_Due("", ("pct",), pounds, mars)]


def _table_of(run: Run, due: _Due, terms: StartUp, total: float) -> dict[str, np.ndarray]:
    """The columns of the table for one demand, with England last. Residents are scaled to `total` if it is given."""
    bodies = run.scenario.roster
    counted = bodies.of_kinds(terms.kinds or due.kinds)
    residents = np.where(counted, bodies.population, 0).astype("float64")
    heads = np.bincount(bodies.region, residents, len(bodies.regions))
    if total and heads.sum():
        heads *= total / heads.sum()
    gross, net = _savings(run, due, terms.rules or due.savers)
    needed = np.rint(heads * due.pounds * 100.0) / 100.0  # to the penny, as the policy computes it
    there = np.flatnonzero((heads > 0) | (gross > 0))
    columns = {"people": heads, "needed": needed, "saving": gross, "saving_net": net, "balance": gross - needed}
    columns |= {"shortfall": np.maximum(needed - gross, 0.0)}
    names = [*(bodies.regions[place] for place in there.tolist()), ALL]
    whole = {name: np.append(column[there], column.sum()) for name, column in columns.items()}
    return {"region": np.array(names, object), "policy": np.full(len(names), due.policy, object), **whole}


def _savings(run: Run, due: _Due, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Pounds a year saved by posts that these policies removed before the due day, by employer's region: gross and net."""
    found = removals(run)
    bodies = run.scenario.roster
    codes = [run.code_of(name) for name in names]
    mine = np.isin(found.rule, codes) & _in_time(run, due)
    region = bodies.region[run.posts.employer[found.post]] if len(found) else np.zeros(0, "int64")
    lasting = mine & (found.end == 0)
    gross = np.bincount(region, np.where(mine, found.pence, 0), len(bodies.regions)) / 100.0
    net = np.bincount(region, np.where(lasting, found.pence, 0), len(bodies.regions)) / 100.0
    # Posts that the same policies opened, and that remain, reduce the net saving.
    made = openings(run)
    remains = np.isin(made.rule, codes) & (made.until == NEVER)
    if due.day is not None:
        remains &= made.day <= due.day
    where = bodies.region[run.posts.employer[made.post]] if len(made) else np.zeros(0, "int64")
    net -= np.bincount(where, np.where(remains, made.pence, 0), len(bodies.regions)) / 100.0
    return gross, net


def _in_time(run: Run, due: _Due) -> Bools:
    """Which removals were before the money was due, according to their order in the log, (removals,)."""
    gone = run.log.closures
    gone = gone.take(gone.pence > 0)
    if due.day is None:
        return np.ones(len(gone), bool)
    # A removal on the due day counts only if it precedes the policy's own events. If the policy has none, because nothing
    # fell short, the order of phases within the day decides.
    funding = run.log.of_bodies.of(Kind.DRAWN, Kind.TO_FIND).by(run.code_of(due.policy))
    own = funding.order[funding.day == due.day]
    limit = own[0] if len(own) else events_by(run, due.day, Phase.WINDOWS)
    return np.asarray(gone.order < limit)
