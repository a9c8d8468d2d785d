"""Counts of people in each state at the ends of a run's months, and of their exits by route."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Ints, Longs
from nhstransit.errors import InputError, nearest
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.run.exits import last_route
from nhstransit.run.spells import held_on
from nhstransit.workforce.columns import BANDS

CUTS = ("kind", "region", "employer", "function", "band")


@attrs.frozen(eq=False, kw_only=True)
class Months:
    """Counts over the whole months of a run, by state at the start of each month."""

    states: tuple[str, ...]
    routes: tuple[str, ...]
    opening: Longs  # people at the start of the first whole month, (m,)
    moved: Longs  # people who were in state j one month after state i, summed over months, (m, m)
    left: Longs  # people who had left by each route one month later, summed over months, (m, r)
    arrived: Longs  # people in post at the end of each month but not at its start, (months, m)
    unseen: int  # exits of people who joined and left within one month


def months_of_run(run: Run, by: Sequence[str]) -> Months:
    """The counts of a run, with states defined by characteristics of posts, such as ("kind", "function").

    Raises:
        InputError: for an unknown characteristic, and for a run without a whole month.
    """
    state_of_post, names = _states(run, by)
    edges = _edges(run)
    left_on = run.log.exits
    routes = np.unique(left_on.rule)
    size = len(names)
    ways = len(routes)
    moved = np.zeros((size, size), "int64")
    left = np.zeros((size, ways), "int64")
    arrived = np.zeros((len(edges) - 1, size), "int64")
    # The state of each person at the start of the month, (people,); −1 for people who are not in post.
    now = _state(held_on(run, int(edges[0])), state_of_post)
    unseen = 0
    opening = np.bincount(now[now >= 0], minlength=size)
    for month, (start, stop) in enumerate(pairwise(edges.tolist())):
        before = now
        now = _state(held_on(run, stop), state_of_post)
        stayed = (before >= 0) & (now >= 0)
        went = (before >= 0) & (now < 0)
        route = np.searchsorted(routes, last_route(run, stop)[went])
        moved += _counts(before[stayed], now[stayed], size, size)
        left += _counts(before[went], route, size, ways)
        arrived[month] = np.bincount(now[(before < 0) & (now >= 0)], minlength=size)
        # Exits on the days of this month. More of them than people who went means that some also joined in it.
        exits = np.diff(np.searchsorted(left_on.day, (start, stop), side="right"))
        unseen += int(exits[0] - went.sum())
    # States and routes that never occur are left out.
    entered = (moved.sum(axis=0) > 0) | (arrived.sum(axis=0) > 0)
    used = np.flatnonzero((opening > 0) | entered)
    occurring = np.flatnonzero(left.sum(axis=0))
    return Months(
        states=tuple(names[place] for place in used.tolist()),
        routes=tuple(run.rules[int(routes[place])] for place in occurring.tolist()),
        opening=opening[used],
        moved=moved[np.ix_(used, used)],
        left=left[np.ix_(used, occurring)],
        arrived=arrived[:, used],
        unseen=unseen,
    )


def _states(run: Run, by: Sequence[str]) -> tuple[Ints, list[str]]:
    """The state of each post, (posts,), and the names of all states."""
    posts = run.posts
    bodies = run.scenario.roster
    columns: dict[str, tuple[AnyArray, Sequence[str]]] = {
        "kind": (bodies.kind[posts.employer], list(KINDS)),
        "region": (bodies.region[posts.employer], bodies.regions),
        "employer": (posts.employer, bodies.names),
        "function": (posts.function, run.scenario.functions),
        "band": (posts.band, BANDS),
    }
    for cut in by:
        if cut not in columns:
            raise InputError("by", f"{cut!r} is not a characteristic of posts", nearest(cut, columns))
    if not by or len(set(by)) < len(by):
        right = f"give one or more of {', '.join(columns)}, each only once"
        raise InputError("by", f"is {', '.join(by) or 'empty'}", right)
    # One number for each combination of characteristics, of which only those that occur get a state.
    code = np.zeros(len(posts), "int64")
    for cut in by:
        code = code * len(columns[cut][1]) + columns[cut][0]
    known, state = np.unique(code, return_inverse=True)
    words = [columns[cut][1] for cut in by]
    return state.astype("int32"), [_name(int(one), words) for one in known.tolist()]


def _name(code: int, words: Sequence[Sequence[str]]) -> str:
    """The name of a state: one word for each characteristic."""
    # The last characteristic is the lowest digit of the code, so the words are found in reverse order.
    parts = []
    for names in reversed(words):
        code, place = divmod(code, len(names))
        parts.append(names[place])
    return ", ".join(reversed(parts))


def _edges(run: Run) -> Ints:
    """The last day of each month, between which the whole months are; −1 comes first if the run starts on the 1st."""
    calendar = run.scenario.calendar
    first = [-1] if len(calendar.month_starts) and calendar.month_starts[0] == 0 else []
    edges = np.array([*first, *calendar.month_ends.tolist()], "int32")
    if len(edges) < 2:
        wrong = f"has no whole month ({run.scenario.start} to {run.scenario.end})"
        raise InputError("run", wrong, "give a longer run")
    return edges


def _state(post: Ints, state_of_post: Ints) -> Longs:
    if not len(state_of_post):
        return np.full(len(post), -1, "int64")
    return np.where(post >= 0, state_of_post[post], -1).astype("int64")


def _counts(origin: Longs, target: Longs, rows: int, columns: int) -> Longs:
    """How often each pair of origin and target occurs, (rows, columns)."""
    return np.bincount(origin * columns + target, minlength=rows * columns).reshape(rows, columns)
