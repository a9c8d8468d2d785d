"""Whether successors have enough people for their future work: service change and QIPP assurance from April 2013.

Area teams and commissioning groups need analyst-months every month. Their own analysts and the support unit of their
region provide them, according to the staff in the log. No figure for the need was published. The need is assumed to
leave a fully staffed organisation in the bundled England scenarios about a tenth of its analysts' time to spare.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Ints
from nhstransit.errors import InputError, nearest
from nhstransit.fields import amount, assumed, share
from nhstransit.measures.cover import COVER, Cover, grid, minimum, month_at
from nhstransit.measures.definitions import Definition
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.run.spells import month_names

if TYPE_CHECKING:
    import pandas as pd

_WORK = (
    "the article 'NHS England plans to lead radical service change' (HSJ, April 2013) "
    "describes the work without numbers; the value is a judgement"
)
GROUP = "ccg"
AREA = "board-area"
SUPPORT = "csu"


@attrs.frozen(kw_only=True)
class ServiceChange:
    """The analyst-months needed each month, and the staff who can provide them.

    A commissioning group needs `group_need` per 100,000 residents. An area team needs `area_need` per 100,000 residents
    and `assurance` for each commissioning group that it oversees. Analysts are the staff of `functions`; this work may
    take `time_share` of their time. Support units lend `support_share` of their analysts' time to the commissioning
    groups of their region, in proportion to residents.
    """

    starts: dt.date = dt.date(2013, 4, 1)
    functions: tuple[str, ...] = attrs.field(default=("commissioning", "finance", "informatics"), converter=tuple)
    group_need: float = amount(2.5, parent=assumed("analyst-months a month for 100,000 residents", 1.0, 4.0, _WORK))
    area_need: float = amount(0.25, parent=assumed("analyst-months a month for 100,000 residents", 0.1, 0.5, _WORK))
    assurance: float = amount(
        1.0, parent=assumed("analyst-months a month for each commissioning group overseen", 0.5, 2.0, _WORK)
    )
    time_share: float = share(0.25, parent=assumed("share of analysts' time", 0.15, 0.4, _WORK))
    support_share: float = share(0.1, parent=assumed("share of the time of support units' analysts", 0.0, 0.2, _WORK))


SERVICE_CHANGE = ServiceChange()
CapacityCut = Literal["employer", "kind", "region", "month"]
CAPACITY_CUTS = ("employer", "kind", "region", "month")


@attrs.frozen(eq=False, kw_only=True)
class Capacity:
    """Analyst-months needed and available, (bodies, months); zero if an employer is not open or has no such work."""

    needed: Floats
    available: Floats
    months: Bools  # (months,) whether a month counts: whole months from the start of the work

    @property
    def gap(self) -> Floats:
        """The shortage, month by month. A surplus in one month does not make up for a shortage in another."""
        return np.asarray(np.maximum(self.needed - self.available, 0.0))

    @property
    def delivered(self) -> Floats:
        """The share of the need met so far, by employer and month; NaN if there is no need yet."""
        needed = self.needed.cumsum(axis=1)
        met = np.minimum(self.needed, self.available).cumsum(axis=1)
        return np.where(needed > 0, met / np.where(needed > 0, needed, 1.0), np.nan)


def capacity(run: Run, work: ServiceChange = SERVICE_CHANGE, cover: Cover = COVER) -> Capacity:
    """Analyst-months by employer and month.

    Args:
        run: the run.
        work: the need, and the staff who can meet it.
        cover: the definition of cover.

    Raises:
        InputError: the run has no function of analysts.
    """
    seen = grid(run, cover)
    roster = run.scenario.roster
    calendar = run.scenario.calendar
    analysts = seen.productive[:, _functions(run, work), :].sum(axis=1)
    months = np.isin(seen.days, calendar.month_ends) & (seen.days >= calendar.day(work.starts))
    there = (seen.establishment.sum(axis=1) > 0) & months
    groups = roster.of_kinds((GROUP,))
    areas = roster.of_kinds((AREA,))
    support = roster.of_kinds((SUPPORT,))
    residents = np.array([body.population for body in run.scenario.organisations], "float64")
    # Monthly need of each employer, (bodies,). It is zero for all other kinds of employer.
    need = residents / 1e5 * (work.group_need * groups + work.area_need * areas)
    need = need + work.assurance * areas * _overseen(run, groups)
    # What the support units of each region lend, (regions, months), and the share of it that each group gets: its
    # residents over those of all groups of the region that are open in that month.
    lent = np.zeros((len(roster.regions), len(seen.days)))
    np.add.at(lent, roster.region[support], analysts[support] * work.support_share)
    here = residents[:, None] * (groups[:, None] & there)
    all_here = np.zeros_like(lent)
    np.add.at(all_here, roster.region, here)
    share_of = here / np.maximum(all_here, 1.0)[roster.region]
    own = analysts * work.time_share * (groups | areas)[:, None]
    supply = own + share_of * lent[roster.region]
    return Capacity(
        needed=need[:, None] * there,
        available=np.where(need[:, None] > 0, supply, 0.0) * there,
        months=months,
    )


def _functions(run: Run, work: ServiceChange) -> Ints:
    known = run.scenario.functions
    found = [known.index(name) for name in work.functions if name in known]
    if work.functions and not found:
        raise InputError(
            "functions", f"the run has none of {', '.join(work.functions)}", nearest(work.functions[0], known)
        )
    return np.array(found, "int32")


def _overseen(run: Run, groups: Bools) -> Floats:
    """The number of these organisations that each organisation is the parent of, (bodies,)."""
    places = {name: place for place, name in enumerate(run.scenario.roster.names)}
    count = np.zeros(len(places))
    for body, counts in zip(run.scenario.organisations, groups.tolist(), strict=True):
        if counts and body.parent:
            count[places[body.parent]] += 1
    return count


def capacity_gap(
    run: Run, *, by: CapacityCut = "employer", work: ServiceChange = SERVICE_CHANGE, cover: Cover = COVER
) -> pd.DataFrame:
    """Analyst-months for service change and QIPP assurance: needed, available, missing. Indexed by group.

    Columns: bodies, needed_analyst_months, available_analyst_months, gap_analyst_months (the sum of shortages over
    employers and months), body_months_short (with any shortage), share_met (of the need). By employer, the columns
    kind, region and overseen_by come first. Groups without need are left out.

    Args:
        run: the run.
        by: how employers are grouped.
        work: the need, and the staff who can meet it.
        cover: the definition of cover.

    Raises:
        InputError: the grouping is unknown.
    """
    if by not in CAPACITY_CUTS:
        raise InputError("by", f"is {by!r}", nearest(str(by), CAPACITY_CUTS))
    found = capacity(run, work, cover)
    roster = run.scenario.roster
    shape = found.needed.shape
    cuts: dict[str, tuple[AnyArray, list[str]]] = {
        "employer": (np.arange(shape[0])[:, None], list(roster.names)),
        "kind": (roster.kind[:, None], list(KINDS)),
        "region": (roster.region[:, None], list(roster.regions)),
        "month": (np.arange(shape[1])[None, :], month_names(run)),
    }
    codes, names = cuts[by]
    place = np.broadcast_to(codes, shape).ravel()

    def summed(cells: Floats | Bools) -> Floats:
        return np.asarray(np.bincount(place, cells.ravel().astype("float64"), len(names)), "float64")

    needed = summed(found.needed)
    gap = summed(found.gap)
    there = np.flatnonzero(needed > 0)
    columns = {
        "bodies": _bodies_in(place, found.needed > 0, len(names))[there],
        "needed_analyst_months": needed[there],
        "available_analyst_months": summed(found.available)[there],
        "gap_analyst_months": gap[there],
        "body_months_short": summed(found.gap > 1e-9)[there].astype("int64"),
        "share_met": 1.0 - gap[there] / needed[there],
    }
    labels = _labels(run, there.tolist()) if by == "employer" else {}
    return tables.frame({by: [names[code] for code in there.tolist()], **labels, **columns}, index=by)


def _bodies_in(place: Ints, some: Bools, groups: int) -> Ints:
    """The number of employers with any need, by group."""
    # Group and employer in one integer, for each cell with a need, so that an employer counts once per group.
    size = max(some.shape[0], 1)
    body = np.repeat(np.arange(some.shape[0]), some.shape[1])
    code = place.astype("int64") * size + body
    pairs = np.unique(code[some.ravel()])
    return np.bincount(pairs // size, minlength=groups).astype("int32")


def _labels(run: Run, places: list[int]) -> dict[str, list[str]]:
    bodies = [run.scenario.organisations[place] for place in places]
    return {
        "kind": [body.kind for body in bodies],
        "region": [body.region for body in bodies],
        "overseen_by": [body.parent for body in bodies],
    }


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        name="capacity gap",
        unit="analyst-months",
        formula="Σ_bodies Σ_months max(0, needed − available)",
        reference="this project's own measure; the work is described in HSJ, April 2013",
        note="available: productive WTE of analysts × share of their time, plus a share of the region's support unit",
    ),
)


# The red, amber or green rating of each successor. Area teams rate commissioning groups; regions rate area teams.

RATINGS = ("red", "amber", "green")  # by how many of the two tests are passed
NOT_RATED = -1
PLANS = ("posts filled", "service change and QIPP assurance")
NO_SUCCESSORS = ("nhs-elsewhere",)


@attrs.frozen(kw_only=True)
class Readiness:
    """How successors are rated: the share of the plan that must be met, the work in the plan, and the definition of
    cover.
    """

    plan_target: float = share(
        0.9,
        parent=assumed(
            "share of the plan",
            0.8,
            1.0,
            "how far a successor may miss its plan before its rating falls is a judgement",
        ),
    )
    work: ServiceChange = SERVICE_CHANGE
    cover: Cover = COVER

    @property
    def in_words(self) -> str:
        """How successors are rated, in words."""
        seasons = ""
        if self.cover.winter_minimum is not None:
            seasons = f" ({self.cover.winter_minimum:.0%} in winter)"
        return (
            "Green: plan and cover are both on target; amber: only one of them is; red: neither is. The plan of a "
            f"commissioning group or an area team is service change and QIPP assurance from {self.work.starts}: at "
            f"least {self.plan_target:.0%} of the analyst-months needed so far must have been available. The plan "
            f"of any other successor is to have {self.plan_target:.0%} of its posts filled. Cover is productive WTE "
            "over the establishment of all critical functions together; its target is "
            f"{self.cover.minimum:.0%}{seasons}. Area teams rate commissioning groups, and regions rate area teams. "
            "Any other successor is rated by the organisation that oversees it."
        )


READINESS = Readiness()


@attrs.frozen(eq=False, kw_only=True)
class Ratings:
    """Successors rated at each month end, (successors, months); `bodies` and `overseen` are (successors,)."""

    bodies: Ints  # positions in the roster
    overseen: Bools  # whether the plan is service change and QIPP assurance; otherwise it is posts filled
    plan: Floats
    cover: Floats
    least: Floats  # (months,) minimum cover
    rating: Bytes  # index in RATINGS; NOT_RATED before the employer opens


def ratings(run: Run, rule: Readiness = READINESS) -> Ratings:
    """The rating of every successor at every month end.

    A successor is an organisation that another organisation of the scenario lists as its successor, or that opens
    during the scenario.
    """
    seen = grid(run, rule.cover)
    bodies = successors(run)
    there = (seen.establishment.sum(axis=1) > 0)[bodies]
    asked = seen.asked[bodies]
    # Cover of all critical functions together: output and need are added up before they are divided.
    need = np.where(asked, seen.establishment[bodies], 0.0).sum(axis=1)
    output = np.where(asked, seen.productive[bodies], 0.0).sum(axis=1)
    cover = np.where(need > 0, output / np.where(need > 0, need, 1.0), 1.0)
    posts = seen.posts[bodies].sum(axis=1)
    heads = seen.heads[bodies].sum(axis=1)
    filled = np.minimum(heads, posts) / np.maximum(posts, 1)
    overseen = run.scenario.roster.of_kinds((GROUP, AREA))[bodies]
    # Before the work begins there is no need, and such a successor is rated by its posts too.
    met = filled
    if overseen.any():
        met = capacity(run, rule.work, rule.cover).delivered[bodies]
    plan = np.where(overseen[:, None] & ~np.isnan(met), met, filled)
    least = minimum(run, rule.cover, seen.days)
    # The number of tests passed, 0 to 2, is the index of the rating.
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
    """Positions of the successors in the roster, (n,): listed by another organisation, or opened during the scenario."""
    roster = run.scenario.roster
    bodies = run.scenario.organisations
    named = {name for body in bodies for name in body.successors}
    new = (roster.opens > 0) | np.array([name in named for name in roster.names], bool)
    return np.flatnonzero(new & ~roster.of_kinds(NO_SUCCESSORS)).astype("int32")


def readiness(run: Run, *, on: dt.date | None = None, rule: Readiness = READINESS) -> pd.DataFrame:
    """Each successor's rating at the last month end up to a date, by default the end of the run. Indexed by successor.

    Columns: kind, region, rated_by ("" if no organisation oversees it), plan (which of `PLANS`), plan_met (share),
    cover (share), minimum_cover, rating, and why in words. Successors that are not yet open are left out.
    `Readiness.in_words` explains the ratings.

    Args:
        run: the run.
        on: the date.
        rule: how successors are rated.

    Raises:
        InputError: the date is before the first month end or after the scenario.
    """
    found = ratings(run, rule)
    seen = grid(run, rule.cover)
    month = month_at(run, seen, on)
    rows = np.flatnonzero(found.rating[:, month] != NOT_RATED)
    bodies = [run.scenario.organisations[place] for place in found.bodies[rows].tolist()]
    plan = found.plan[rows, month]
    cover = found.cover[rows, month]
    least = float(found.least[month])
    plans = [PLANS[int(flag)] for flag in found.overseen[rows].tolist()]
    words = []
    for name, met, share_covered in zip(plans, plan.tolist(), cover.tolist(), strict=True):
        words.append(_why(name, met, share_covered, least, rule.plan_target))
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
    """The number of red, amber and green successors at each month end, of one kind or of all. Indexed by month.

    Args:
        run: the run.
        kind: a kind of organisation; "" for all.
        rule: how successors are rated.

    Raises:
        InputError: the kind is unknown.
    """
    if kind and kind not in KINDS:
        raise InputError("kind", f"is {kind!r}", nearest(kind, KINDS))
    found = ratings(run, rule)
    rating = found.rating
    if kind:
        of_kind = run.scenario.roster.of_kinds((kind,))[found.bodies]
        rating = rating[of_kind]
    columns = {name: (rating == code).sum(axis=0) for code, name in enumerate(RATINGS)}
    return tables.frame({"month": month_names(run), **columns}, index="month")


DEFINITIONS += (
    Definition(
        name="readiness",
        unit="red, amber or green",
        formula=READINESS.in_words,
        reference="this project's own measure",
        note="The authorisation of 2012-13 used 119 different criteria, so compare ranks and not counts.",
    ),
)
