"""Where grip was lost: months below minimum cover, work lost to newness and drag, functions that hang on one person."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Floats, Ints
from nhstransit.errors import InputError, nearest
from nhstransit.kernels import expertise as kernel
from nhstransit.metrics.cover import COVER, Cover, Grid, drag, effort, funded, grid, minimum, starts
from nhstransit.metrics.definition import Definition
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.run.groups import Cut, groups
from nhstransit.run.lives import covers
from nhstransit.run.spells import DAYS_A_MONTH, mean_wte, month_names, pieces, spells

if TYPE_CHECKING:
    import pandas as pd

CoverCut = Literal["employer", "kind", "region", "function", "month", "all"]
COVER_CUTS = ("employer", "kind", "region", "function", "month", "all")


def months_below(run: Run, *, by: CoverCut = "employer", cover: Cover = COVER) -> pd.DataFrame:
    """Months below minimum cover, counted at month ends. Indexed by group; groups that never had posts are left out.

    Columns: bodies; body_months in which cover was asked for; months_lost_grip, of these, in which any critical function was
    below; function_months, one for each body, function and month; function_months_below; share_below of them; lowest_cover
    of a function in a month (productive WTE over establishment). Raises InputError for another cut.
    """
    seen = grid(run, cover)
    place, names = _places(run, by, seen)
    asked, below = seen.asked, seen.below
    lowest = np.full(len(names), np.inf)
    cells = np.broadcast_to(place, asked.shape)
    np.minimum.at(lowest, cells[asked], seen.share[asked])
    count, under = (np.bincount(cells[which], minlength=len(names)) for which in (asked, below))
    months, lost = (
        (count, under) if by == "function" else (_any_function(place, which, names) for which in (asked, below))
    )
    there = np.flatnonzero(count)
    columns = {
        "bodies": _bodies(place, asked, names)[there],
        "body_months": months[there],
        "months_lost_grip": lost[there],
        "function_months": count[there],
        "function_months_below": under[there],
        "share_below": under[there] / count[there],
        "lowest_cover": lowest[there],
    }
    return tables.frame({by: [names[code] for code in there.tolist()], **columns}, index=by)


def _places(run: Run, by: CoverCut, seen: Grid) -> tuple[AnyArray, list[str]]:
    """The group of each cell of the grid, in a shape that spreads over it, and the groups' names."""
    roster = run.scenario.roster
    if by not in COVER_CUTS:
        raise InputError("by", f"is {by!r}", nearest(str(by), COVER_CUTS))
    if by == "function":
        return np.arange(seen.asked.shape[1])[None, :, None], list(run.scenario.functions)
    if by == "month":
        return np.arange(len(seen.days))[None, None, :], month_names(run)
    cuts: dict[str, tuple[AnyArray, list[str]]] = {
        "employer": (np.arange(len(roster)), list(roster.names)),
        "kind": (roster.kind, list(KINDS)),
        "region": (roster.region, list(roster.regions)),
        "all": (np.zeros(len(roster), "int64"), ["all"]),
    }
    codes, names = cuts[by]
    return codes[:, None, None], names


def _any_function(place: AnyArray, which: Bools, names: list[str]) -> AnyArray:
    """Months of bodies in which it is so of any function, by group; a group is one of bodies or of months."""
    some = which.any(axis=1)
    return np.bincount(np.broadcast_to(place[:, 0, :], some.shape)[some], minlength=len(names))


def _bodies(place: AnyArray, asked: Bools, names: list[str]) -> AnyArray:
    """Bodies of which cover is ever asked, by group."""
    spread = tuple(axis for axis in (1, 2) if place.shape[axis] == 1)
    some = asked.any(axis=spread, keepdims=True)
    return np.bincount(np.broadcast_to(place, some.shape)[some], minlength=len(names))


def lost_work(run: Run, *, by: Cut = "kind", cover: Cover = COVER) -> pd.DataFrame:
    """Work in whole-time-equivalent months, day by day from the start to the end. Indexed by group of posts.

    Columns: in_post (WTE of all who held posts), lent (worked for a shadow consortium), lost_to_newness and lost_to_drag,
    productive: in_post − lent − lost_to_newness − lost_to_drag; interims (on top of it); vacant (WTE of empty posts of
    bodies that were open). Who is both new and disaffected loses first to newness. Groups that never had posts are left
    out. Raises InputError for another cut.
    """
    held, at_work = spells(run), pieces(run)
    group, names = groups(run, by)
    post = held.post[at_work.spell]
    mine = group[post] if len(group) else post
    wte, months = run.people.wte[held.row][at_work.spell], (at_work.end - at_work.start) / DAYS_A_MONTH
    begun = held.start[at_work.spell]
    since, until = ((when - begun) / DAYS_A_MONTH for when in (at_work.start, at_work.end))
    new = kernel.months_lost(since, until, starts(run, cover)[at_work.spell], cover.ramp_months)
    here = 1.0 - cover.lent_share * at_work.lent
    parts = {
        "in_post": wte * months,
        "lent": wte * months * (1.0 - here),
        "lost_to_newness": wte * here * new,
        "lost_to_drag": wte * here * (months - new) * drag(run, cover) * at_work.leaver,
    }
    sums = {name: np.asarray(np.bincount(mine, part, len(names)), "float64") for name, part in parts.items()}
    sums["productive"] = sums["in_post"] - sums["lent"] - sums["lost_to_newness"] - sums["lost_to_drag"]
    sums |= _without_holder(run, group, names, cover)
    there = np.flatnonzero(np.bincount(group, minlength=len(names)))
    columns = {name: part[there] for name, part in sums.items()}
    return tables.frame({by: [names[code] for code in there.tolist()], **columns}, index=by)


def _without_holder(run: Run, group: Ints, names: list[str], cover: Cover) -> dict[str, Floats]:
    """Work of interims, and WTE-months of empty posts, by group."""
    mean, held = mean_wte(run), spells(run)
    opens, gone = funded(run)
    cover_spells = covers(run)
    open_days = np.maximum(gone - opens, 0)
    filled = np.minimum(held.end, gone[held.post]) - np.maximum(held.start, opens[held.post]) if len(gone) else held.end
    days = np.asarray(np.bincount(group, open_days, len(names)), "float64")
    covered = cover_spells.post
    mine, theirs = (group[held.post], group[covered]) if len(group) else (held.post, covered)
    days -= np.bincount(mine, np.maximum(filled, 0), len(names))
    cost = np.asarray(np.bincount(theirs, cover_spells.end - cover_spells.start, len(names)), "float64")
    scale = mean / DAYS_A_MONTH
    return {"interims": cost * scale * cover.interim_share, "vacant": days * scale}


def holders(run: Run, *, on: dt.date | None = None, cover: Cover = COVER) -> pd.DataFrame:
    """How far bodies hang on single people at the last month end up to a date. Indexed by employer.

    Columns: functions (critical, with posts), single_holder_functions (of them held by one person or none), share_single,
    truck_factor: the fewest people, the most productive first, whose going leaves a critical function below minimum
    cover, 0 where one is below already; weakest, that function. Raises InputError for a date before the first month end.
    """
    seen = grid(run, cover)
    month = month_at(run, seen, on)
    asked, heads = seen.asked[:, :, month], seen.heads[:, :, month]
    exits = _exits(run, seen, month, cover)
    there = np.flatnonzero(asked.any(axis=1))
    count, single = asked.sum(axis=1)[there], (asked & (heads <= 1)).sum(axis=1)[there]
    fewest = np.where(asked, exits, np.iinfo("int64").max)[there]
    names, functions = run.scenario.roster.names, run.scenario.functions
    return tables.frame(
        {
            "employer": [names[place] for place in there.tolist()],
            "functions": count,
            "single_holder_functions": single,
            "share_single": single / count,
            "truck_factor": fewest.min(axis=1, initial=np.iinfo("int64").max),
            "weakest": [functions[place] for place in fewest.argmin(axis=1).tolist()] if len(there) else [],
        },
        index="employer",
    )


def month_at(run: Run, seen: Grid, on: dt.date | None) -> int:
    """The last month end up to a date, as a position in the grid; the last of all by default."""
    if on is None:
        return len(seen.days) - 1
    day = run.scenario.calendar.day(on)
    month = int(np.searchsorted(seen.days, day, side="right")) - 1
    if month < 0 or day >= run.scenario.calendar.days:
        calendar = run.scenario.calendar
        right = f"give one from {calendar.date(int(seen.days[0]))} to {run.scenario.end}"
        raise InputError("on", f"{on} has no month end before it in the scenario", right)
    return month


def _exits(run: Run, seen: Grid, month: int, cover: Cover) -> AnyArray:
    """Fewest exits that leave each function of each body below minimum cover, (bodies, functions)."""
    day, shape = int(seen.days[month]), seen.asked.shape[:2]
    held, at_work = spells(run), pieces(run)
    here = np.flatnonzero((at_work.start <= day) & (at_work.end > day))
    spell = at_work.spell[here]
    months = (day - held.start[spell]) / DAYS_A_MONTH
    output = kernel.output_share(months, starts(run, cover)[spell], cover.ramp_months) * effort(run, cover)[here]
    post = held.post[spell]
    cell = run.posts.employer[post].astype("int64") * shape[1] + run.posts.function[post]
    needed = (seen.establishment[:, :, month] * minimum(run, cover, seen.days)[month]).ravel()
    weight = run.people.wte[held.row[spell]] * output
    covered = seen.productive[:, :, month].ravel() - np.bincount(cell, weight, len(needed))  # by interims
    least = np.maximum(needed - np.maximum(covered, 0.0), 1e-6)
    return kernel.fewest_exits(cell, weight, least).reshape(shape)


DEFINITIONS = (
    Definition(
        name="cover",
        unit="share of the establishment",
        formula="C = Σ wte × (1 − (1 − s) exp(−m / r)) × (1 − d × leaver) × (1 − a × lent) / (Σ wte + v × mean wte)",
        reference="ramp after Oxford Economics 2014; drag after Sir David Nicholson, November 2010; sizes assumed",
        note="s: output on day one, m: months since, r: ramp, d: drag, a: share lent, v: vacancies; an interim adds to it",
    ),
    Definition(
        name="months of lost grip",
        unit="months of bodies",
        formula="month ends at which C of any critical function is below the minimum",
        reference="this project's (MODEL 4.11)",
        note="the minimum may be higher in winter",
    ),
    Definition(
        name="work lost to newness and drag",
        unit="WTE-months",
        formula="∫ wte × (1 − s) exp(−m / r) dm, and d × what a leaver would have done besides",
        reference="this project's",
    ),
    Definition(
        name="single-holder functions",
        unit="share of functions with posts",
        formula="functions held by one person or none / functions with posts",
        reference="Rigby and others 2016",
    ),
    Definition(
        name="truck factor",
        unit="people",
        formula="least n such that the n most productive going leaves a critical function below minimum cover",
        reference="Avelino and others, ICPC 2016; here with cover in place of files",
    ),
)
