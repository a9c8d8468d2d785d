"""Whether the work is covered: productive whole-time equivalents beside the establishment, by body and function.

A month below the minimum is a month in which a body has lost its grip of a function. Output is less than hours where people
are new, where the disaffected stay, and where people are lent out; an interim stands in for whoever is missing.
"""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arithmetic import exp
from nhstransit.arrays import AnyArray, Bools, Floats, Ints, Longs, guarded, plain
from nhstransit.dates import months_of
from nhstransit.errors import InputError, ScenarioError, nearest
from nhstransit.eventlog import RULES
from nhstransit.fields import assumed, number, share
from nhstransit.kernels import expertise as kernel
from nhstransit.metrics.knowledge import WHOLE, rules_of
from nhstransit.run import Run
from nhstransit.run.lives import covers, lives
from nhstransit.run.once import once
from nhstransit.run.spells import (
    ARRIVED,
    AT_START,
    DAYS_A_MONTH,
    Spells,
    mean_wte,
    month_days,
    month_of,
    pieces,
    spells,
)

_HIRES = "ramp of a new or moved member of staff, prod(m) = 1 - 0.5 exp(-m/3), after Oxford Economics 2014; assumed"
_DRAG = "the NHS's chief executive, November 2010: those who dislike the reform and stay are a drag; size assumed"


@attrs.frozen(kw_only=True)
class Cover:
    """What counts as covered.

    Whoever is new to a body or function starts at `start` of full output and climbs by `ramp_months`, at `whole_start`
    where the move was by a policy of a type in `whole`, or of a name. A leaver who stays loses `drag` of their own output,
    but not in a run whose behaviour has drag switched off. Of somebody lent to a shadow consortium `lent_share` works
    there. An interim does `interim_share` of the work of a post. Cover is counted for `functions`, all by default, against
    `minimum`, or `winter_minimum` in the months of `winter`.
    """

    minimum: float = share(0.75, parent=assumed("productive WTE over establishment", 0.6, 0.9, "assumed"))
    winter_minimum: float | None = share(
        None, parent=assumed("the same in winter; `minimum` where it is not given", 0.6, 0.95, "assumed")
    )
    winter: tuple[int, ...] = attrs.field(default=(12, 1, 2), converter=tuple)
    functions: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    start: float = share(0.5, parent=assumed("share of full output on the first day", 0.3, 0.8, _HIRES))
    whole_start: float = share(
        0.9, parent=assumed("the same of who moves with a whole function", 0.5, 1.0, "the work comes along; assumed")
    )
    whole: tuple[str, ...] = attrs.field(default=WHOLE, converter=tuple)
    ramp_months: float = number(3.0, low=0.5, high=120.0, parent=assumed("months", 1.5, 6.0, _HIRES))
    drag: float = share(0.1, parent=assumed("share of a leaver's own output while there", 0.0, 0.3, _DRAG))
    lent_share: float = share(
        0.75, parent=assumed("share of a lent person's time", 0.5, 1.0, "home posts thin; assumed")
    )
    interim_share: float = share(0.9, parent=assumed("share of the work of a post", 0.5, 1.0, "assumed"))

    def __attrs_post_init__(self) -> None:
        for month in self.winter:
            if type(plain(month)) is not int or not 1 <= month <= 12:
                raise ScenarioError("winter", f"names {month!r}", "give months as 1 to 12")


COVER = Cover()


@attrs.frozen(eq=False, kw_only=True)
class Grid:
    """Cover by body, function and month, each (bodies, functions, months).

    The establishment holds the WTE of those in post, and vacancies at the mean of the opening staff; it is nought before a
    body opens. `asked` is where cover is asked for, and `below` where it is asked for and under the minimum.
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
        """Productive WTE over establishment; NaN where there is none."""
        some = self.establishment > 0
        return np.where(some, self.productive / np.where(some, self.establishment, 1.0), np.nan)


@once
def grid(run: Run, cover: Cover = COVER) -> Grid:
    """Cover at month ends, kept for a run and a way of counting. Raises InputError for a function the run has not."""
    days, posts, functions = month_days(run), run.posts, run.scenario.functions
    cell = posts.employer.astype("int64") * len(functions) + posts.function
    shape = (len(run.scenario.roster), len(functions), len(days))

    month = month_of(run)

    def by_month(post: AnyArray, start: AnyArray, end: AnyArray, *weights: AnyArray) -> list[Floats]:
        group = cell[post] if len(cell) else np.zeros(len(post), "int64")
        span = month[start], month[end]
        return kernel.standing(group, *span, *weights, groups=shape[0] * shape[1], months=shape[2])

    held, mean = spells(run), mean_wte(run)
    wte = run.people.wte[held.row]
    opens, gone = funded(run)
    one = np.ones(1)
    places = np.rint(by_month(np.arange(len(posts)), opens, gone, one)[0])
    heads, hours = by_month(held.post, held.start, held.end, one, wte)
    heads = np.rint(heads)
    establishment = np.where(places > 0, hours + np.maximum(places - heads, 0.0) * mean, 0.0)
    at_work = pieces(run)
    present = wte[at_work.spell] * effort(run, cover)
    begun, start = held.start[at_work.spell], starts(run, cover)[at_work.spell]
    scale = cover.ramp_months * DAYS_A_MONTH
    lag = present * (1.0 - start) * exp(begun / scale)
    ready, late = by_month(held.post[at_work.spell], at_work.start, at_work.end, present, lag)
    output = ready - late * exp(-days / scale)
    covered = covers(run)
    output += by_month(covered.post, covered.start, covered.end, cover.interim_share * mean * one)[0]
    cells = [part.reshape(shape) for part in (heads, places, np.maximum(output, 0.0), establishment)]
    asked = (cells[3] > 0) & _critical(run, cover)[:, None]
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
    """Output of each piece beside full output but for newness, (pieces,)."""
    at_work = pieces(run)
    return guarded((1.0 - drag(run, cover) * at_work.leaver) * (1.0 - cover.lent_share * at_work.lent))


def drag(run: Run, cover: Cover) -> float:
    """The share of their own output that leavers who stay lose: none where the run's behaviour has drag switched off."""
    return 0.0 if "drag" in run.scenario.behaviour.off else cover.drag


@once
def starts(run: Run, cover: Cover) -> Floats:
    """The share of full output with which each spell begins, (spells,): 1 for who was there, or goes on in the same work."""
    held = spells(run)
    whole = np.isin(held.rule, rules_of(run, cover.whole)) & (held.began != ARRIVED)
    new = (held.began != AT_START) & ~_same_work(run, held)
    return guarded(np.where(new, np.where(whole, cover.whole_start, cover.start), 1.0))


def _same_work(run: Run, held: Spells) -> Bools:
    """Whether a spell began with a move within body and function, (spells,): to another band, say."""
    if not len(held):
        return held.first
    place = run.posts.employer.astype("int64") << 8 | run.posts.function
    now = place[held.post]
    return np.asarray(~held.first & (held.began != ARRIVED) & (now == np.roll(now, 1)))


def funded(run: Run) -> tuple[Ints, Ints]:
    """The first day on which each post needs a holder, and the first on which it does not, (posts,).

    A body's last day does not count: whoever goes with it has gone by its end.
    """
    life, end = lives(run), run.scenario.calendar.days
    opens = np.minimum(life.opened, end)
    gone = np.minimum(life.removed - (life.rule == RULES["closure"]), end)
    if not len(life):
        return opens, gone
    opens = np.maximum(opens, run.scenario.roster.opens[run.posts.employer])
    return opens.astype("int32"), gone.astype("int32")


def _critical(run: Run, cover: Cover) -> Bools:
    """Which functions cover is asked of, (functions,)."""
    known = run.scenario.functions
    for name in cover.functions:
        if name not in known:
            raise InputError("functions", f"name {name!r}", nearest(name, known))
    return np.array([not cover.functions or name in cover.functions for name in known], bool)


def minimum(run: Run, cover: Cover, days: Ints) -> Floats:
    """The least cover in each month, (months,)."""
    month = months_of(days.astype("int64") + run.scenario.calendar.origin) % 12 + 1
    winter = cover.minimum if cover.winter_minimum is None else cover.winter_minimum
    return np.where(np.isin(month, cover.winter), winter, cover.minimum)
