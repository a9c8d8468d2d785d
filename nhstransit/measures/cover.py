"""Whether the work is covered: productive whole-time equivalents against the establishment, by employer and function.

If cover of a function is below the minimum in a month, the employer has lost its grip on that function. New people,
disaffected people who stay, and people lent to others produce less than their hours. An interim replaces a missing
person.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arithmetic import exp
from nhstransit.arrays import AnyArray, Bools, Floats, Ints, Longs, guarded, plain
from nhstransit.dates import months_of
from nhstransit.errors import InputError, ScenarioError, nearest
from nhstransit.fields import assumed, number, share
from nhstransit.log import RULES
from nhstransit.measures import knowledge as kernel
from nhstransit.measures.definitions import Definition
from nhstransit.measures.knowledge import WHOLE, rules_of
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.run.groups import Cut, groups
from nhstransit.run.lives import covers, lives
from nhstransit.run.once import once
from nhstransit.run.spells import (
    ARRIVED,
    AT_START,
    DAYS_A_MONTH,
    Spells,
    mean_wte,
    month_days,
    month_names,
    month_of,
    pieces,
    spells,
)

if TYPE_CHECKING:
    import pandas as pd


_HIRES = (
    "new staff and staff who moved are assumed to produce 1 − 0.5 exp(−m/3) of full output "
    "after m months, a curve based on Oxford Economics (2014)"
)
_DRAG = (
    "the NHS's chief executive said in November 2010 that people who dislike the reform and "
    "stay are a drag; the size is a judgement"
)


@attrs.frozen(kw_only=True)
class Cover:
    """The definition of cover.

    A person who is new to an employer or function starts at the share `start` of full output and approaches it with
    time constant `ramp_months`. The start is `whole_start` if the move was made by a policy whose type or name is in
    `whole`. A person with the disposition "leaver" who stays loses the share `drag` of their output, unless the run's
    behaviour has drag switched off. A person lent to a shadow consortium does `lent_share` of their work there. An
    interim does `interim_share` of the work of a post. Cover of each of the `functions` (all by default) is compared
    with `minimum`, or with `winter_minimum` in the months of `winter`.
    """

    minimum: float = share(
        0.75,
        parent=assumed("productive WTE over establishment", 0.6, 0.9, "no source was used; the value is a judgement"),
    )
    winter_minimum: float | None = share(
        None,
        parent=assumed(
            "minimum cover in winter; by default `minimum`", 0.6, 0.95, "no source was used; the value is a judgement"
        ),
    )
    winter: tuple[int, ...] = attrs.field(default=(12, 1, 2), converter=tuple)
    functions: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    start: float = share(0.5, parent=assumed("share of full output on the first day", 0.3, 0.8, _HIRES))
    whole_start: float = share(
        0.9,
        parent=assumed(
            "share of full output on the first day after a whole function moves",
            0.5,
            1.0,
            "people are assumed to lose little output if their work moves with them",
        ),
    )
    whole: tuple[str, ...] = attrs.field(default=WHOLE, converter=tuple)
    ramp_months: float = number(3.0, low=0.5, high=120.0, parent=assumed("months", 1.5, 6.0, _HIRES))
    drag: float = share(
        0.1, parent=assumed("share of the output of a person with the disposition leaver", 0.0, 0.3, _DRAG)
    )
    lent_share: float = share(
        0.75,
        parent=assumed(
            "share of a lent person's time",
            0.5,
            1.0,
            "people lent are assumed to spend the rest of their time on their home posts",
        ),
    )
    interim_share: float = share(
        0.9, parent=assumed("share of the work of a post", 0.5, 1.0, "no source was used; the value is a judgement")
    )

    def __attrs_post_init__(self) -> None:
        for month in self.winter:
            if type(plain(month)) is not int or not 1 <= month <= 12:
                raise ScenarioError("winter", f"{month!r} is not a month", "give months as 1 to 12")


COVER = Cover()


@attrs.frozen(eq=False, kw_only=True)
class Grid:
    """Cover by employer, function and month, each (bodies, functions, months).

    The establishment is the WTE of people in post, plus vacancies at the mean WTE of the opening staff. It is zero
    before an employer opens. `asked` marks the cells where cover is required. `below` marks the cells where cover is
    required and is under the minimum.
    """

    days: Ints
    heads: Longs
    posts: Longs
    productive: Floats
    establishment: Floats
    asked: Bools
    below: Bools

    @property
    def share(self) -> Floats:
        """Productive WTE over establishment; NaN where the establishment is zero."""
        some = self.establishment > 0
        return np.where(some, self.productive / np.where(some, self.establishment, 1.0), np.nan)


@once
def grid(run: Run, cover: Cover = COVER) -> Grid:
    """Cover at month ends, cached by run and definition. Raises InputError for a function that the run does not have."""
    days = month_days(run)
    posts = run.posts
    functions = run.scenario.functions
    # A cell is an employer and a function. Everything is added up by cell and month, and given its shape at the end.
    cell = posts.employer.astype("int64") * len(functions) + posts.function
    shape = (len(run.scenario.roster), len(functions), len(days))

    month = month_of(run)

    def _by_month(post: AnyArray, start: AnyArray, end: AnyArray, *weights: AnyArray) -> list[Floats]:
        """The sum of each weight over spells in posts that cover a month end, (cells, months) each."""
        group = cell[post] if len(cell) else np.zeros(len(post), "int64")
        span = month[start], month[end]
        return kernel.standing(group, *span, *weights, groups=shape[0] * shape[1], months=shape[2])

    held = spells(run)
    mean = mean_wte(run)
    wte = run.people.wte[held.row]
    opens, gone = funded(run)
    one = np.ones(1)
    # Running sums of ones in floating point are rounded back to whole numbers.
    places = np.rint(_by_month(np.arange(len(posts)), opens, gone, one)[0])
    heads, hours = _by_month(held.post, held.start, held.end, one, wte)
    heads = np.rint(heads)
    # Empty posts count at the mean hours of the opening staff, because a post has no hours of its own.
    establishment = np.where(places > 0, hours + np.maximum(places - heads, 0.0) * mean, 0.0)
    # A newcomer's output at time t is present × (1 − (1 − start) exp(−(t − begun) / scale)). The part that depends on t
    # is exp(−t / scale) alone, so `lag` is added up over people first and multiplied by it once for each month.
    at_work = pieces(run)
    present = wte[at_work.spell] * effort(run, cover)
    begun = held.start[at_work.spell]
    start = starts(run, cover)[at_work.spell]
    scale = cover.ramp_months * DAYS_A_MONTH
    lag = present * (1.0 - start) * exp(begun / scale)
    ready, late = _by_month(held.post[at_work.spell], at_work.start, at_work.end, present, lag)
    output = ready - late * exp(-days / scale)
    covered = covers(run)
    output += _by_month(covered.post, covered.start, covered.end, cover.interim_share * mean * one)[0]
    # Rounding in the running sums can make the output of an empty cell slightly negative.
    cells = [part.reshape(shape) for part in (heads, places, np.maximum(output, 0.0), establishment)]
    asked = (cells[3] > 0) & _critical(run, cover)[:, None]
    # The tolerance prevents that rounding puts a cell below a minimum that it meets exactly.
    below = asked & (cells[2] < cells[3] * minimum(run, cover, days) - 1e-9)
    return Grid(
        days=days,
        heads=cells[0].astype("int64"),
        posts=cells[1].astype("int64"),
        productive=cells[2],
        establishment=cells[3],
        asked=asked,
        below=below,
    )


@once
def effort(run: Run, cover: Cover) -> Floats:
    """Output of each piece as a share of full output, before any loss to newness, (pieces,)."""
    at_work = pieces(run)
    of_leavers = 1.0 - drag(run, cover) * at_work.leaver
    of_lent = 1.0 - cover.lent_share * at_work.lent
    return guarded(of_leavers * of_lent)


def drag(run: Run, cover: Cover) -> float:
    """The share of their own output that leavers who stay lose.

    It is zero if the run's behaviour has drag switched off.
    """
    return 0.0 if "drag" in run.scenario.behaviour.off else cover.drag


@once
def starts(run: Run, cover: Cover) -> Floats:
    """The share of full output at the start of each spell, (spells,).

    It is 1 for people in post at the start, and for people who continue in the same work.
    """
    held = spells(run)
    whole = np.isin(held.rule, rules_of(run, cover.whole)) & (held.began != ARRIVED)
    new = (held.began != AT_START) & ~_same_work(run, held)
    of_new = np.where(whole, cover.whole_start, cover.start)
    return guarded(np.where(new, of_new, 1.0))


def _same_work(run: Run, held: Spells) -> Bools:
    """Whether each spell began with a move within an employer and function, such as to another band, (spells,)."""
    if not len(held):
        return held.first
    place = run.posts.employer.astype("int64") << 8 | run.posts.function
    now = place[held.post]
    # Spells are in the order of people, so the entry before is the same person's previous spell unless this is the first.
    unchanged = now == np.roll(now, 1)
    return np.asarray(~held.first & (held.began != ARRIVED) & unchanged)


def funded(run: Run) -> tuple[Ints, Ints]:
    """The first day on which each post needs a holder, and the first day on which it no longer needs one, (posts,).

    The last day of an employer does not count, because people whose posts end with it have gone by the end of that day.
    Posts of an employer that opens after the scenario's end never need a holder: both days equal the length of the
    scenario.
    """
    life = lives(run)
    end = run.scenario.calendar.days
    opens = np.minimum(life.opened, end)
    gone = np.minimum(life.removed - (life.rule == RULES["closure"]), end)
    if not len(life):
        return opens, gone
    # A post cannot be needed before its employer opens.
    employer_opens = run.scenario.roster.opens[run.posts.employer]
    opens = np.minimum(np.maximum(opens, employer_opens), end)
    return opens.astype("int32"), gone.astype("int32")


def _critical(run: Run, cover: Cover) -> Bools:
    """Which functions must be covered, (functions,)."""
    known = run.scenario.functions
    for name in cover.functions:
        if name not in known:
            raise InputError("functions", f"{name!r} is not a function of the run", nearest(name, known))
    return np.array([not cover.functions or name in cover.functions for name in known], bool)


def minimum(run: Run, cover: Cover, days: Ints) -> Floats:
    """The minimum cover in each month, (months,).

    Args:
        run: the run.
        cover: the definition of cover.
        days: (months,) month ends, counted from the start of the scenario.
    """
    month = months_of(days.astype("int64") + run.scenario.calendar.origin) % 12 + 1
    winter = cover.minimum if cover.winter_minimum is None else cover.winter_minimum
    return np.where(np.isin(month, cover.winter), winter, cover.minimum)


# Losses of grip: months below minimum cover, work lost to newness and drag, and functions that depend on one person.

CoverCut = Literal["employer", "kind", "region", "function", "month", "all"]
COVER_CUTS = ("employer", "kind", "region", "function", "month", "all")


def months_below(run: Run, *, by: CoverCut = "employer", cover: Cover = COVER) -> pd.DataFrame:
    """Months below minimum cover, counted at month ends. Indexed by group; groups that never had posts are left out.

    Columns: bodies; body_months (when cover was required); months_lost_grip (body_months with any critical function
    below the minimum); function_months (one per employer, function and month); function_months_below; share_below (the
    share of function_months); lowest_cover (of a function in a month: productive WTE over establishment).

    Args:
        run: the run.
        by: how the cells of the grid are grouped.
        cover: the definition of cover.

    Raises:
        InputError: `by` is not a known grouping.
    """
    seen = grid(run, cover)
    place, names = _places(run, by, seen)
    asked = seen.asked
    below = seen.below
    lowest = np.full(len(names), np.inf)
    cells = np.broadcast_to(place, asked.shape)
    np.minimum.at(lowest, cells[asked], seen.share[asked])
    count = np.bincount(cells[asked], minlength=len(names))
    under = np.bincount(cells[below], minlength=len(names))
    # An employer's month counts once, however many functions are below. By function there is nothing to combine.
    if by == "function":
        months = count
        lost = under
    else:
        months = _any_function(place, asked, names)
        lost = _any_function(place, below, names)
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
    """The group of each cell of the grid, in a shape that broadcasts over it, and the names of the groups."""
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
    """Count, by group, the employer-months in which the condition holds for any function.

    A group here is a group of employers or of months.
    """
    some = which.any(axis=1)
    group = np.broadcast_to(place[:, 0, :], some.shape)
    return np.bincount(group[some], minlength=len(names))


def _bodies(place: AnyArray, asked: Bools, names: list[str]) -> AnyArray:
    """Count, by group, the employers for which cover is ever required."""
    # Axes of length 1 in `place` are functions or months over which a group extends. An employer counts once for them.
    spread = tuple(axis for axis in (1, 2) if place.shape[axis] == 1)
    some = asked.any(axis=spread, keepdims=True)
    group = np.broadcast_to(place, some.shape)
    return np.bincount(group[some], minlength=len(names))


def lost_work(run: Run, *, by: Cut = "kind", cover: Cover = COVER) -> pd.DataFrame:
    """Work in whole-time-equivalent months, day by day from the start to the end. Indexed by group of posts.

    Columns: in_post (WTE of everyone who held a post); lent (worked for a shadow consortium); lost_to_newness and
    lost_to_drag; productive (in_post − lent − lost_to_newness − lost_to_drag); interims (not part of productive);
    vacant (WTE of empty posts of employers that were open). If a person is both new and disaffected, the loss to
    newness is deducted first. Groups that never had posts are left out.

    Args:
        run: the run.
        by: how the posts that people hold are grouped.
        cover: the definition of cover.

    Raises:
        InputError: `by` is not a known grouping.
    """
    held = spells(run)
    at_work = pieces(run)
    group, names = groups(run, by)
    post = held.post[at_work.spell]
    mine = group[post] if len(group) else post
    wte = run.people.wte[held.row][at_work.spell]
    months = (at_work.end - at_work.start) / DAYS_A_MONTH
    # Newness depends on the time since the spell began, not since the piece began.
    begun = held.start[at_work.spell]
    since = (at_work.start - begun) / DAYS_A_MONTH
    until = (at_work.end - begun) / DAYS_A_MONTH
    new = kernel.months_lost(since, until, starts(run, cover)[at_work.spell], cover.ramp_months)
    here = 1.0 - cover.lent_share * at_work.lent  # the share of time in the home post
    parts = {
        "in_post": wte * months,
        "lent": wte * months * (1.0 - here),
        "lost_to_newness": wte * here * new,
        "lost_to_drag": wte * here * (months - new) * drag(run, cover) * at_work.leaver,
    }
    sums = {}
    for name, part in parts.items():
        sums[name] = np.asarray(np.bincount(mine, part, len(names)), "float64")
    sums["productive"] = sums["in_post"] - sums["lent"] - sums["lost_to_newness"] - sums["lost_to_drag"]
    sums |= _without_holder(run, group, names, cover)
    there = np.flatnonzero(np.bincount(group, minlength=len(names)))
    columns = {name: part[there] for name, part in sums.items()}
    return tables.frame({by: [names[code] for code in there.tolist()], **columns}, index=by)


def _without_holder(run: Run, group: Ints, names: list[str], cover: Cover) -> dict[str, Floats]:
    """Work of interims, and WTE-months of empty posts, by group."""
    mean = mean_wte(run)
    held = spells(run)
    opens, gone = funded(run)
    cover_spells = covers(run)
    open_days = np.maximum(gone - opens, 0)
    # Days of each spell within the time in which its post needs a holder. A run without posts has no spells.
    filled = held.end
    mine = held.post
    theirs = cover_spells.post
    if len(gone):
        begin = np.maximum(held.start, opens[held.post])
        filled = np.minimum(held.end, gone[held.post]) - begin
        mine = group[held.post]
        theirs = group[cover_spells.post]
    # Empty days of a group: the days in which its posts need a holder, less the days in which they have one.
    days = np.asarray(np.bincount(group, open_days, len(names)), "float64")
    days -= np.bincount(mine, np.maximum(filled, 0), len(names))
    cost = np.asarray(np.bincount(theirs, cover_spells.end - cover_spells.start, len(names)), "float64")
    scale = mean / DAYS_A_MONTH
    return {"interims": cost * scale * cover.interim_share, "vacant": days * scale}


def holders(run: Run, *, on: dt.date | None = None, cover: Cover = COVER) -> pd.DataFrame:
    """How far employers depend on single people, at the last month end up to a date. Indexed by employer.

    Columns: functions (critical functions that have posts); single_holder_functions (functions held by one person or
    nobody); share_single; truck_factor (the number of people, the most productive first, whose loss would leave a
    critical function below minimum cover; 0 if one is already below it); weakest (that function).

    Args:
        run: the run.
        on: the date; by default the last day of the run.
        cover: the definition of cover.

    Raises:
        InputError: the date is before the first month end.
    """
    seen = grid(run, cover)
    month = month_at(run, seen, on)
    asked = seen.asked[:, :, month]
    heads = seen.heads[:, :, month]
    exits = _exits(run, seen, month, cover)
    there = np.flatnonzero(asked.any(axis=1))
    count = asked.sum(axis=1)[there]
    single = (asked & (heads <= 1)).sum(axis=1)[there]
    # Functions without a minimum can never be the weakest.
    fewest = np.where(asked, exits, np.iinfo("int64").max)[there]
    names = run.scenario.roster.names
    functions = run.scenario.functions
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
    """The index in the grid of the last month end up to a date; by default the last month end of the run.

    Args:
        run: the run.
        seen: the grid.
        on: the date; None for the last month end.
    """
    if on is None:
        return len(seen.days) - 1
    day = run.scenario.calendar.day(on)
    month = int(np.searchsorted(seen.days, day, side="right")) - 1
    if month < 0 or day >= run.scenario.calendar.days:
        calendar = run.scenario.calendar
        right = f"give one from {calendar.date(int(seen.days[0]))} to {run.scenario.end}"
        raise InputError("on", f"the scenario has no month end up to {on}", right)
    return month


def _exits(run: Run, seen: Grid, month: int, cover: Cover) -> AnyArray:
    """The fewest exits that leave each function of each employer below minimum cover, (bodies, functions)."""
    day = int(seen.days[month])
    shape = seen.asked.shape[:2]
    held = spells(run)
    at_work = pieces(run)
    # The one piece of each person in post that contains the day.
    here = np.flatnonzero((at_work.start <= day) & (at_work.end > day))
    spell = at_work.spell[here]
    months = (day - held.start[spell]) / DAYS_A_MONTH
    learned = kernel.output_share(months, starts(run, cover)[spell], cover.ramp_months)
    output = learned * effort(run, cover)[here]
    post = held.post[spell]
    cell = run.posts.employer[post].astype("int64") * shape[1] + run.posts.function[post]
    least_share = minimum(run, cover, seen.days)[month]
    needed = (seen.establishment[:, :, month] * least_share).ravel()
    weight = run.people.wte[held.row[spell]] * output
    # What people in post do not produce is the work of interims, which remains when people leave.
    by_staff = np.bincount(cell, weight, len(needed))
    covered = seen.productive[:, :, month].ravel() - by_staff
    least = np.maximum(needed - np.maximum(covered, 0.0), 1e-6)
    return kernel.fewest_exits(cell, weight, least).reshape(shape)


DEFINITIONS = (
    Definition(
        name="cover",
        unit="share of the establishment",
        formula="C = Σ wte × (1 − (1 − s) exp(−m / r)) × (1 − d × leaver) × (1 − a × lent) / (Σ wte + v × mean wte)",
        reference="ramp after Oxford Economics 2014; drag after Sir David Nicholson, November 2010; sizes assumed",
        note=(
            "s: output on day one, m: months since then, r: ramp, d: drag, a: share lent, v: vacancies; interims add to C"
        ),
    ),
    Definition(
        name="months of lost grip",
        unit="employer-months",
        formula="number of month ends at which C is below the minimum for any critical function",
        reference="this project's own measure",
        note="the minimum may be higher in winter",
    ),
    Definition(
        name="work lost to newness and drag",
        unit="WTE-months",
        formula="newness: ∫ wte × (1 − s) exp(−m / r) dm; drag: d × the remaining output of leavers who stay",
        reference="this project's own measure",
    ),
    Definition(
        name="single-holder functions",
        unit="share of functions with posts",
        formula="functions held by one person or nobody / functions with posts",
        reference="Rigby and others 2016",
    ),
    Definition(
        name="truck factor",
        unit="people",
        formula=(
            "least n such that a critical function falls below minimum cover when the n most productive people leave"
        ),
        reference="Avelino and others, ICPC 2016; here for cover of functions instead of knowledge of files",
    ),
)
