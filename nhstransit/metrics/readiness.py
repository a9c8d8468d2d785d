"""How ready each successor is, red, amber or green: area teams rate commissioning groups, regions rate area teams."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Bytes, Floats, Ints
from nhstransit.errors import InputError, nearest
from nhstransit.fields import assumed, share
from nhstransit.metrics.capacity import AREA, GROUP, SERVICE_CHANGE, ServiceChange, capacity
from nhstransit.metrics.cover import COVER, Cover, grid, minimum
from nhstransit.metrics.definition import Definition
from nhstransit.metrics.grip import month_at
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.run.spells import month_names

if TYPE_CHECKING:
    import pandas as pd

RATINGS = ("red", "amber", "green")  # by how many of the two tests are met
NOT_RATED = -1
PLANS = ("posts filled", "service change and QIPP assurance")
NO_SUCCESSORS = ("nhs-elsewhere",)


@attrs.frozen(kw_only=True)
class Readiness:
    """The rule by which successors are rated: how much of the plan must be met, which plan, and what counts as cover."""

    plan_target: float = share(0.9, parent=assumed("share of the plan", 0.8, 1.0, "assumed; tolerance of a rating"))
    work: ServiceChange = SERVICE_CHANGE
    cover: Cover = COVER

    @property
    def told(self) -> str:
        """The rule in words."""
        seasons = ""
        if self.cover.winter_minimum is not None:
            seasons = f" ({self.cover.winter_minimum:.0%} in winter)"
        return (
            f"Green: the plan is at target and cover at its minimum; amber: one of the two; red: neither. The plan of a "
            f"commissioning group or an area team is service change and QIPP assurance from {self.work.starts}: "
            f"{self.plan_target:.0%} of the analyst-months needed so far must have been there. That of other successors is "
            f"to have {self.plan_target:.0%} of their posts filled. Cover is productive WTE over the establishment of all "
            f"critical functions together: at least {self.cover.minimum:.0%}{seasons}. Area teams rate commissioning "
            f"groups, regions rate area teams; the others are rated by the body they answer to."
        )


READINESS = Readiness()


@attrs.frozen(eq=False, kw_only=True)
class Ratings:
    """Successors rated at each month end: (successors, months) but for `bodies` and `overseen`, (successors,)."""

    bodies: Ints  # positions in the roster
    overseen: Bools  # whether the plan is service change and QIPP assurance, which others are not asked for
    plan: Floats
    cover: Floats
    least: Floats  # (months,) minimum cover
    rating: Bytes  # position in RATINGS; NOT_RATED before a body opens


def ratings(run: Run, rule: Readiness = READINESS) -> Ratings:
    """Every successor at every month end. A successor is named as one by a body of the scenario, or opens within it."""
    seen, bodies = grid(run, rule.cover), successors(run)
    there = (seen.establishment.sum(axis=1) > 0)[bodies]
    asked = seen.asked[bodies]
    need = np.where(asked, seen.establishment[bodies], 0.0).sum(axis=1)
    output = np.where(asked, seen.productive[bodies], 0.0).sum(axis=1)
    cover = np.where(need > 0, output / np.where(need > 0, need, 1.0), 1.0)
    posts, heads = seen.posts[bodies].sum(axis=1), seen.heads[bodies].sum(axis=1)
    filled = np.minimum(heads, posts) / np.maximum(posts, 1)
    overseen = run.scenario.roster.of_kinds((GROUP, AREA))[bodies]
    met = capacity(run, rule.work, rule.cover).delivered[bodies] if overseen.any() else filled
    plan = np.where(overseen[:, None] & ~np.isnan(met), met, filled)
    least = minimum(run, rule.cover, seen.days)
    passed = (plan >= rule.plan_target - 1e-9).astype("int8") + (cover >= least - 1e-9)
    return Ratings(
        bodies=bodies,
        overseen=overseen,
        plan=plan,
        cover=cover,
        least=least,
        rating=np.where(there, passed, NOT_RATED).astype("int8"),
    )


def successors(run: Run) -> Ints:
    """Positions of the successors in the roster, (n,): bodies named as such, or that open in the course of the scenario."""
    roster, bodies = run.scenario.roster, run.scenario.organisations
    named = {name for body in bodies for name in body.successors}
    new = (roster.opens > 0) | np.array([name in named for name in roster.names], bool)
    return np.flatnonzero(new & ~roster.of_kinds(NO_SUCCESSORS)).astype("int32")


def readiness(run: Run, *, on: dt.date | None = None, rule: Readiness = READINESS) -> pd.DataFrame:
    """Each successor's rating at the last month end up to a date, the run's last by default. Indexed by successor.

    Columns: kind, region, rated_by ("" where it answers to nobody), plan (which of `PLANS`), plan_met (share), cover
    (share), minimum_cover, rating, and why in words. Successors not open yet are left out. `Readiness.told` states the
    rule. Raises InputError for a date before the first month end or after the scenario.
    """
    found, seen = ratings(run, rule), grid(run, rule.cover)
    month = month_at(run, seen, on)
    rows = np.flatnonzero(found.rating[:, month] != NOT_RATED)
    bodies = [run.scenario.organisations[place] for place in found.bodies[rows].tolist()]
    plan, cover, least = found.plan[rows, month], found.cover[rows, month], float(found.least[month])
    plans = [PLANS[int(flag)] for flag in found.overseen[rows].tolist()]
    words = [_why(*each, least, rule.plan_target) for each in zip(plans, plan.tolist(), cover.tolist(), strict=True)]
    return tables.frame(
        {
            "employer": [body.name for body in bodies],
            "kind": [body.kind for body in bodies],
            "region": [body.region for body in bodies],
            "rated_by": [body.parent for body in bodies],
            "plan": plans,
            "plan_met": plan,
            "cover": cover,
            "minimum_cover": np.full(len(rows), least),
            "rating": [RATINGS[code] for code in found.rating[rows, month].tolist()],
            "why": words,
        },
        index="employer",
    )


def _why(plan: str, met: float, cover: float, least: float, target: float) -> str:
    plan_words = f"{plan} at {met:.0%}, {'at' if met >= target - 1e-9 else 'under'} the target of {target:.0%}"
    return (
        f"{plan_words}; cover of {cover:.0%}, {'at' if cover >= least - 1e-9 else 'under'} the minimum of {least:.0%}"
    )


def ratings_by_month(run: Run, *, kind: str = "", rule: Readiness = READINESS) -> pd.DataFrame:
    """How many successors are red, amber and green at each month end, of one kind of body or of all. Indexed by month.

    Raises InputError for a kind there is not.
    """
    if kind and kind not in KINDS:
        raise InputError("kind", f"is {kind!r}", nearest(kind, KINDS))
    found = ratings(run, rule)
    of_kind = run.scenario.roster.of_kinds((kind,))[found.bodies] if kind else np.ones(len(found.bodies), bool)
    rating = found.rating[of_kind]
    columns = {name: (rating == code).sum(axis=0) for code, name in enumerate(RATINGS)}
    return tables.frame({"month": month_names(run), **columns}, index="month")


DEFINITIONS = (
    Definition(
        name="readiness",
        unit="red, amber or green",
        formula=READINESS.told,
        reference="this project's (MODEL 4.11)",
        note="authorisation of 2012-13 used 119 criteria of another kind: compare ranks, not counts",
    ),
)
