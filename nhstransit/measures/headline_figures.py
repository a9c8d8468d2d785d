"""The headline figures of a run, each with a name and a unit. They are quick, because sweeps compute them for every
run.
"""

from __future__ import annotations

import numpy as np

from nhstransit.errors import check_kind
from nhstransit.log import Kind
from nhstransit.measures.definitions import Definition
from nhstransit.measures.drain import knowledge_lost
from nhstransit.measures.money import EXIT_LINES, staff_cost
from nhstransit.measures.removals import openings, removals
from nhstransit.measures.saving import saved_pence
from nhstransit.run import Run
from nhstransit.run.lives import funded_on
from nhstransit.run.lookup import named
from nhstransit.toml import Named
from nhstransit.workforce.columns import NEVER

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
    "came back": "people",
    "exit cost": "£",
    "severance paid back": "£",
    "retention cost": "£",
    "development cost": "£",
    "interim cost": "£",
    "staff cost": "£",
    "recurrent saving": "£ a year",
    "recurrent cost of posts opened": "£ a year",
    "net recurrent saving": "£ a year",
    "cumulative net saving": "£",
    "posts removed with saving": "posts",
    "vacancies at the end": "posts",
    "knowledge lost": "% of knowledge",
}
_LOG = "counted in the log"
TITLES = {  # of the headline figures, for readers
    "opening heads": "people in post on the first day",
    "closing heads": "people in post at the end",
    "opening wte": "whole-time equivalents on the first day",
    "closing wte": "whole-time equivalents at the end",
    "left": "departures",
    "left without pay": "departures without a payment",
    "left with pay": "departures with a payment",
    "arrived": "arrivals from outside",
    "moved": "moves to another post or employer",
    "came back": "people who left and came back",
    "exit cost": "cost of paying people to go",
    "severance paid back": "severance paid back by people who came back",
    "retention cost": "cost of retention terms",
    "development cost": "cost of training",
    "interim cost": "cost of interims",
    "staff cost": "cost of staff over the whole time",
    "recurrent saving": "yearly saving of removed posts",
    "recurrent cost of posts opened": "yearly cost of posts opened",
    "net recurrent saving": "yearly saving of removed posts, net",
    "cumulative net saving": "net saving added up over the whole time",
    "posts removed with saving": "posts removed with a saving",
    "vacancies at the end": "vacancies at the end",
    "knowledge lost": "knowledge of the opening staff lost to the NHS",
}

FIVE = ("left", "exit cost", "net recurrent saving", "closing heads", "knowledge lost")  # shown first in reports


def in_words(name: str) -> str:
    """The title of a headline figure. Any other measure keeps its own name."""
    return TITLES.get(name, name.replace("_", " "))


DEFINITIONS = (
    Definition(
        name="left with pay",
        unit="people",
        formula="people who were paid severance or pay in lieu of notice",
        reference=_LOG,
        note="`left` counts departures: two for a person who left twice. `left without pay` is `left` less this figure.",
    ),
    Definition(
        name="came back",
        unit="people",
        formula="departures followed by an arrival in these organisations, or by a return to the NHS elsewhere",
        reference="National Audit Office 2025, exits guide (returns)",
    ),
    Definition(
        name="vacancies at the end",
        unit="posts",
        formula="posts open and not removed on the last day, less posts held",
        reference=_LOG,
    ),
)


def headlines(run: Run) -> Named[float]:
    """The headline figures by name. `UNITS` has the unit of each.

    *Left with pay* counts people who were paid severance or pay in lieu. *Exit cost* is these payments, pension capital
    and guarantees bought out. *Staff cost* is pay for every day in post and all other payments, and equals the figure
    in the waterfall of a comparison to the penny. *Cumulative net saving* is the saving up to the scenario's end, less
    the cost of posts opened by policies. *Knowledge lost* is the share of the opening staff's knowledge that has left
    the NHS by the scenario's end. Figures may be averaged over runs, because all runs of a scenario have the same
    denominators. For a ratio of two figures, such as payback, use the ratio of the averages.
    """
    check_kind("run", run, Run)
    share = knowledge_lost(run)
    lost = 100.0 * share if np.isfinite(share) else 0.0  # without opening staff the share is not a number
    return Named({**_people(run), **_money(run), "knowledge lost": lost})


def _people(run: Run) -> dict[str, float]:
    """Heads, whole-time equivalents and posts."""
    hundredths = run.people.wte_hundredths.astype("int64")
    closing = run.closing.post >= 0
    opened = run.opening_post >= 0
    log = run.log
    left = len(log.exits)
    arrived = len(log.arrivals)
    back = len(log.steps(Kind.BACK))
    paid = named(run, log.steps(Kind.SEVERANCE, Kind.IN_LIEU))
    funded = funded_on(run, run.scenario.calendar.days - 1)
    # Arrivals are newcomers, once each, and people who came back. `BACK` is a return to the NHS in another organisation.
    newcomers = len(run.people) - int(opened.sum())
    return {
        "opening heads": float(opened.sum()),
        "closing heads": float(closing.sum()),
        "opening wte": float(hundredths[opened].sum()) / 100.0,
        "closing wte": float(hundredths[closing].sum()) / 100.0,
        "left": float(left),
        "left with pay": float(paid.sum()),
        "left without pay": float(left - paid.sum()),
        "arrived": float(arrived),
        "moved": float(len(log.transfers)),
        "came back": float(arrived - newcomers + back),
        "vacancies at the end": float(funded.sum() - closing.sum()),
    }


def _money(run: Run) -> dict[str, float]:
    """Pounds, from exact sums of pence."""
    found = removals(run)
    made = openings(run)
    opened = int(made.pence[made.until == NEVER].sum())

    def pounds(*kinds: Kind) -> float:
        return int(run.log.steps(*kinds).pence.sum()) / 100.0

    return {
        "exit cost": pounds(*EXIT_LINES),
        "severance paid back": pounds(Kind.CLAWBACK),
        "retention cost": pounds(Kind.PREMIUM),
        "development cost": pounds(Kind.TRAINING),
        "interim cost": pounds(Kind.AGENCY),
        "staff cost": float(staff_cost(run) / 100),
        "recurrent saving": int(found.pence.sum()) / 100.0,
        "recurrent cost of posts opened": opened / 100.0,
        "net recurrent saving": (int(found.pence[found.end == 0].sum()) - opened) / 100.0,
        "cumulative net saving": int(saved_pence(run)[1].sum()) / 100.0,
        "posts removed with saving": float(len(found)),
    }
