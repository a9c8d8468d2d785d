"""The reduction of a workforce by route, and the figures used to compare variants of a reorganisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Floats, Longs
from nhstransit.dates import DAYS_A_YEAR, complete_years, financial_year, financial_year_name
from nhstransit.errors import InputError, nearest
from nhstransit.log import Kind
from nhstransit.measures.cover import grid, lost_work
from nhstransit.measures.equality import compulsory
from nhstransit.measures.headline_figures import headlines
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.run.exits import exits, moves_across
from nhstransit.toml import Named
from nhstransit.workforce.columns import SEXES, RiskClass, at_least

if TYPE_CHECKING:
    import pandas as pd

ReductionCut = Literal["kind", "employer", "region", "all"]
CUTS = ("kind", "employer", "region", "all")
DAYS_A_MONTH = DAYS_A_YEAR / 12.0
UNDER_THREAT = (RiskClass.EXPOSED, RiskClass.AT_RISK)
OLD = 50
SENIOR = "8a"
YEAR = 365
BELOW = "critical work below a safe level"
UNITS = {
    "exits: volunteers": "people",
    "exits: compulsory": "people",
    "exits: unpaid": "people",
    "posts deleted with an exit": "posts",
    "posts deleted empty": "posts",
    "one-off cost": "£",
    "recurrent saving": "£ a year",
    "payback": "months",
    BELOW: "% of functions and months",
    "work that nobody does": "WTE-months",
    "women among those paid": "ratio to staff",
    "aged 50 or over among those paid": "ratio to staff",
    "Band 8a or over among those paid": "ratio to staff",
    "back within 12 months": "% of those paid",
    "months under threat": "person-months",
}
TITLES = {  # for readers; the other figures have names that need no title
    "exits: volunteers": "people who applied to leave and were paid",
    "exits: compulsory": "people made redundant against their will",
    "exits: unpaid": "people who left unpaid",
    "one-off cost": "one-off cost of paying people to go",
    "recurrent saving": "yearly saving of removed posts",
    "payback": "months to pay back",
}
# The most important first.
SIX = ("one-off cost", "recurrent saving", "exits: volunteers", "exits: compulsory", "exits: unpaid", BELOW)


def reduction(run: Run, *, by: ReductionCut = "kind", wte: bool = False) -> pd.DataFrame:
    """The reduction of staff by group of employers: one row per group with any staff. Indexed by group.

    Columns, in people (or whole-time equivalents with `wte`): start; arrived; moved_in; attrition (left unpaid, by
    resignation, retirement, death or the end of a contract); volunteers and compulsory (left with severance, pay in
    lieu or a pension; volunteers under a policy that had selected them among its applicants, compulsory under one that
    had not); moved_out; end. Two columns count posts removed with a credited saving: deleted_with_exit (on the day when
    the holder left under the same policy) and deleted_empty (all other posts). For every group, start + arrived +
    moved_in − attrition − volunteers − compulsory − moved_out = end. A published reduction often adds attrition, exits
    and empty posts together. Here they are separate.

    Args:
        run: the run.
        by: how employers are grouped.
        wte: count whole-time equivalents instead of people.

    Raises:
        InputError: `by` is not a known grouping.
    """
    group, names = _groups(run, by)
    own = np.append(group, 0)  # one more entry, which the index −1 (no post) reads
    weight = run.people.wte_hundredths / 100.0 if wte else np.ones(len(run.people))

    def count(post: AnyArray, rows: AnyArray) -> Floats:
        return np.asarray(np.bincount(own[post], weight[rows], len(names)), "float64")

    # `left`, `paid` and `forced` have one entry per departure, and `crossed` marks moves between employers.
    left = exits(run)
    came = run.log.arrivals
    across = run.log.moves
    paid = paid_exits(run)
    forced = compulsory(run, run.log.exits)
    crossed = moves_across(run)
    rows = run.rows_of(across.staff[crossed])
    opening = np.flatnonzero(run.opening_post >= 0)
    closing = np.flatnonzero(run.closing.post >= 0)
    columns = {
        "start": count(run.opening_post[opening], opening),
        "arrived": count(came.post, run.rows_of(came.staff)),
        "moved_in": count(across.to_post[crossed], rows),
        "attrition": count(left.post[~paid], left.row[~paid]),
        "volunteers": count(left.post[paid & ~forced], left.row[paid & ~forced]),
        "compulsory": count(left.post[paid & forced], left.row[paid & forced]),
        "moved_out": count(across.from_post[crossed], rows),
        "end": count(run.closing.post[closing], closing),
    }
    with_exit, empty, _ = _deleted(run)
    columns["deleted_with_exit"] = np.bincount(own[with_exit], minlength=len(names)).astype("float64")
    columns["deleted_empty"] = np.bincount(own[empty], minlength=len(names)).astype("float64")
    there = np.flatnonzero(columns["start"] + columns["arrived"] + columns["moved_in"])
    made = {name: column[there] for name, column in columns.items()}
    return tables.frame({by: [names[place] for place in there.tolist()], **made}, index=by)


def _groups(run: Run, by: str) -> tuple[Longs, list[str]]:
    """The group of each post, (posts,), and the names of the groups."""
    roster = run.scenario.roster
    employer = run.posts.employer
    if by not in CUTS:
        raise InputError("by", f"is {by!r}", nearest(str(by), CUTS))
    if by == "kind":
        return roster.kind[employer].astype("int64"), list(KINDS)
    if by == "region":
        return roster.region[employer].astype("int64"), list(roster.regions)
    if by == "employer":
        return employer.astype("int64"), list(roster.names)
    return np.zeros(len(employer), "int64"), ["all"]


def paid_exits(run: Run) -> Bools:
    """Which departures had severance, pay in lieu, pension capital or a guarantee bought out, (departures,)."""
    return np.asarray(exits(run).paid > 0)


def _deleted(run: Run) -> tuple[AnyArray, AnyArray, float]:
    """Posts removed with a saving: posts whose holder left that day under the same policy, then all other posts.

    Then the saving from the first group, in pounds a year.
    """
    removed = run.log.steps(Kind.REMOVED)
    credited = removed.pence > 0
    post = removed.post[credited].astype("int64")
    day = removed.day[credited].astype("int64")
    rule = removed.rule[credited].astype("int64")
    pence = removed.pence[credited]
    # Post, day and rule in one integer, with 17 bits for the day and 15 for the rule, which is below 32,768.
    left = run.log.exits
    left_day = left.day.astype("int64")
    gone = (left.post.astype("int64") << 32) | (left_day << 15) | left.rule
    with_exit = np.isin((post << 32) | (day << 15) | rule, gone)
    return post[with_exit], post[~with_exit], int(pence[with_exit].sum()) / 100.0


def reorganisation(run: Run) -> Named[float]:
    """The figures used to compare variants of a reorganisation, by name. `UNITS` has the unit of each.

    *Payback* is the one-off cost over the yearly saving from posts removed with an exit; posts deleted empty are left
    out, because nobody was paid. *Critical work below a safe level* is the share of functions and month ends with less
    cover than the minimum; *… in 2026-27* is the share in one financial year. *Among those paid* is a group's share of
    paid leavers over its share of the opening staff: 1 if the group is affected in proportion. *Back within 12 months*
    is the share of paid leavers who return within a year, to these organisations or elsewhere in the NHS; people who
    leave in the last twelve months have had less than a year to return. *Months under threat* are the person-months in
    which people in post were exposed or at risk.
    """
    left = exits(run)
    paid = paid_exits(run)
    forced = compulsory(run, run.log.exits)
    money = headlines(run)
    with_exit, empty, saving = _deleted(run)
    seen = grid(run)
    work = lost_work(run, by="all")
    within_a_year = left.back[paid] - left.day[paid] <= YEAR
    figures = {
        "exits: volunteers": float((paid & ~forced).sum()),
        "exits: compulsory": float((paid & forced).sum()),
        "exits: unpaid": float((~paid).sum()),
        "posts deleted with an exit": float(len(with_exit)),
        "posts deleted empty": float(len(empty)),
        "one-off cost": money["exit cost"],
        "recurrent saving": money["recurrent saving"],
        "payback": 12.0 * money["exit cost"] / saving if saving else np.nan,
        BELOW: _share(seen.below, seen.asked),
        "work that nobody does": float(work["vacant"].sum()),
        **_among_paid(run),
        "back within 12 months": 100.0 * float(within_a_year.mean()) if paid.any() else 0.0,
        "months under threat": months_under_threat(run),
    }
    years = financial_year(seen.days.astype("int64") + run.scenario.calendar.origin)
    for year in np.unique(years).tolist():
        mine = years == year
        name = f"{BELOW} in {financial_year_name(year)}"
        figures[name] = _share(seen.below[:, :, mine], seen.asked[:, :, mine])
    return Named(figures)


def reorganisation_by_month(run: Run) -> Named[Floats]:
    """The share of critical work below a safe level at each month end, by name, (months,), in % of functions.

    Use it as `sweep(..., series=reorganisation_by_month)`. `gap_table` has these shares for whole years.
    """
    seen = grid(run)
    asked = seen.asked.sum(axis=(0, 1))  # over employers and functions: one number per month
    below = seen.below.sum(axis=(0, 1))
    return Named({BELOW: 100.0 * below / np.maximum(asked, 1)})


def _share(below: Bools, asked: Bools) -> float:
    """The percentage of cells below minimum cover, among cells that have a minimum; 0 if there are none."""
    return 100.0 * float(below.sum()) / max(int(asked.sum()), 1)


def _among_paid(run: Run) -> dict[str, float]:
    """The share of each group among paid leavers over its share of the opening staff; 1 if nobody was paid."""
    left = exits(run)
    people = run.people
    gone = left.row[paid_exits(run)]
    there = np.flatnonzero(run.opening_post >= 0)
    age = complete_years(people.born, run.scenario.calendar.origin)
    masks = {
        "women among those paid": people.sex == SEXES.index("female"),
        "aged 50 or over among those paid": age >= OLD,
        "Band 8a or over among those paid": at_least(people.band, SENIOR),
    }
    shares = {}
    for name, mask in masks.items():
        if len(gone) and mask[there].any():
            shares[name] = float(mask[gone].mean() / mask[there].mean())
        else:
            shares[name] = 1.0
    return shares


def months_under_threat(run: Run) -> float:
    """Person-months in post in the risk classes "exposed" and "at risk"."""
    changed = run.log.changes(Kind.RISK)
    left = run.log.exits
    rows = np.concatenate([run.rows_of(changed.staff), run.rows_of(left.staff)])
    order = np.concatenate([changed.order, left.order])
    day = np.concatenate([changed.day, left.day]).astype("int64")
    into_threat = np.isin(changed.after, UNDER_THREAT)
    threatened = np.concatenate([into_threat, np.zeros(len(left), bool)])  # a departure ends it
    # By person, then in the order of the log. Each entry lasts until the same person's next one, or to the end of the run.
    place = np.lexsort((order, rows))
    rows = rows[place]
    day = day[place]
    threatened = threatened[place]
    ends = np.full(len(day), run.scenario.calendar.days, "int64")
    same = rows[1:] == rows[:-1]
    ends[:-1][same] = day[1:][same]
    return float((ends - day)[threatened].sum() / DAYS_A_MONTH)
