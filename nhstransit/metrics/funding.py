"""Start-up money for the new commissioning groups: so much a head, to be met from what MARS saves in the region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.entitlements import Law
from nhstransit.fields import one_of, some_of
from nhstransit.metrics.definition import Definition
from nhstransit.metrics.removals import removals
from nhstransit.organisations.bodies import KINDS
from nhstransit.policies import Mars
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

DEFINITIONS = (
    Definition(
        name="start-up funding",
        unit="£",
        formula=(
            "needed = £2 × people of the region; balance = saving − needed; shortfall gross = sum of max(0, "
            "needed − saving) "
            "over regions; net = needed − saving, England"
        ),
        reference="HSJ, 'Commissioning brain drain stripping assets', 2011",
        note=(
            "Net hides what the regions in surplus have over: gross is never less. Only 51.55m people reproduce "
            "the published "
            "gap of £27.9m; residents were 52.2m."
        ),
    ),
)


@attrs.frozen(kw_only=True)
class StartUp:
    """What is to be met, and by which saving: the recurrent saving of posts removed by some policies.

    Without `rules`, those of the scenario that are MARS. `kinds` are the bodies whose residents count, so that nobody
    is counted under two tiers; `population` leaves them as they are ("residents"), or scales them to the total with
    which the published gap was worked out ("published").
    """

    rules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = some_of(KINDS, ("pct",))
    population: str = one_of(("residents", "published"), "residents")


def start_up(run: Run, terms: StartUp | None = None, *, law: Law | None = None) -> pd.DataFrame:
    """By region, and for England: money needed, the saving that is to meet it, and what is short. Indexed by region.

    Columns: people, needed, saving, saving_net (of refill and returners), balance (saving less needed), shortfall (the
    gross one: nought where there is enough, and for England the sum), all in pounds but the first; England's balance
    is the net one. Regions without people that count and without saving are left out.
    """
    terms = terms or StartUp()
    scenario, bodies = run.scenario, run.scenario.roster
    numbers = (law or Law.bundled()).parameters.number
    pounds = numbers("ccg_start_up_a_head").entries[0].value
    people = np.array([body.population for body in scenario.organisations], "float64") * bodies.of_kinds(terms.kinds)
    heads = np.bincount(bodies.region, people, len(bodies.regions))
    if terms.population == "published" and heads.sum():
        heads *= numbers("start_up_population").entries[0].value / heads.sum()
    gross, net = (_saving(run, terms.rules, lasting) for lasting in (False, True))
    there = np.flatnonzero((heads > 0) | (gross > 0))
    needed = heads * pounds
    short = np.maximum(needed - gross, 0.0)
    columns = {"people": heads, "needed": needed, "saving": gross, "saving_net": net, "balance": gross - needed}
    whole = {name: np.append(column[there], column.sum()) for name, column in (columns | {"shortfall": short}).items()}
    return tables.frame(
        {"region": [*(bodies.regions[place] for place in there.tolist()), "all regions"], **whole}, index="region"
    )


def _saving(run: Run, rules: tuple[str, ...], lasting: bool) -> np.ndarray:
    """Pounds a year saved by posts that the rules removed, by region of their body, (regions,)."""
    found, bodies = removals(run), run.scenario.roster
    names = rules or tuple(name for name, policy in run.scenario.policies.items() if isinstance(policy, Mars))
    codes = [code for code, name in run.rules.items() if name in names]
    mine = np.isin(found.rule, codes) & ((found.end == 0) | (not lasting))
    region = bodies.region[run.posts.employer[found.post[mine]]] if mine.any() else np.zeros(0, "int64")
    return np.bincount(region, found.pence[mine], len(bodies.regions)) / 100.0
