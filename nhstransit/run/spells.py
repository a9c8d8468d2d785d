"""Which person was in which post, from when to when.

Measures of expertise and cover use these spells, computed once per run.
"""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Ints, Longs, Rows
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.log import NOBODY, Kind
from nhstransit.run.lookup import latest
from nhstransit.run.once import once
from nhstransit.run.run import Run
from nhstransit.workforce.columns import Disposition, RiskClass

AT_START = 0  # how a person came into a post
ARRIVED = 1
MOVED = 2
STILL = 0  # how the time in it ended
LEFT = 1
MOVED_ON = 2
BEGAN = ("at the start", "arrived", "moved")
ENDED = ("still in post", "left", "moved on")
DAYS_A_MONTH = DAYS_A_YEAR / 12.0  # to convert lengths of time to months; never to count a person's service


@attrs.frozen(eq=False, kw_only=True)
class Spells:
    """Each time that a person held a post, by person and in order of time, (n,).

    The person holds the post at the ends of the days from `start` to the day before `end`. For people still in post,
    `end` is the scenario's number of days. `place` is the position of the spell's beginning in the log: 0 for the
    opening, otherwise one more than the event's row.
    """

    row: Rows  # rows in people
    post: Ints
    start: Ints
    end: Ints
    began: Bytes  # AT_START, ARRIVED or MOVED
    ended: Bytes  # STILL, LEFT or MOVED_ON
    rule: Ints  # of its beginning; −1 at the start
    exit_rule: Ints  # of its end; −1 if it did not end
    first: Bools  # not the person's second spell
    place: Longs

    def __len__(self) -> int:
        return len(self.row)


@once
def spells(run: Run) -> Spells:
    """The spells of a run."""
    moves = run.log.moves
    seated = np.flatnonzero(run.opening_post != NOBODY)
    rows = np.concatenate([seated, run.rows_of(moves.staff)])
    # Person and time are packed in one number, which sorts many times faster than two columns. The low bits are the
    # number of the event from 1, or 0 for the opening, so that they lead back to the event after the sort.
    at_opening = np.zeros(len(seated), "int64")
    when = np.concatenate([at_opening, np.arange(1, len(moves) + 1)])
    packed = np.sort(rows.astype("int64") << 32 | when)
    row = packed >> 32
    event = (packed & (2**32 - 1)) - 1  # position in moves; -1 for people there at the start
    at_start = event < 0

    def at(column: AnyArray, opening: AnyArray | int) -> AnyArray:
        """A column of the moves in the sorted order, with other values for the opening."""
        return np.where(at_start, opening, column[event] if len(column) else NOBODY)

    post = at(moves.to_post, run.opening_post[row] if len(row) else NOBODY)
    day = at(moves.day, 0)
    rule = at(moves.rule, -1)
    came_from = at(moves.from_post, NOBODY)
    place = at(moves.order + 1, 0)
    last = np.ones(len(row), bool)
    last[:-1] = row[1:] != row[:-1]
    # A departure leads to no post, so its entry begins no spell. It is needed only as the end of the entry before it.
    held = post != NOBODY
    # `after` is the next entry; for the last entry of all it is that entry itself, which `last` keeps from being used.
    after = np.minimum(np.arange(len(row)) + 1, max(len(row) - 1, 0))
    began = np.where(at_start, AT_START, np.where(came_from == NOBODY, ARRIVED, MOVED))
    ended = np.where(last, STILL, np.where(post[after] == NOBODY, LEFT, MOVED_ON))
    end = np.where(last, run.scenario.calendar.days, day[after])
    exit_rule = np.where(last, -1, rule[after])
    mine = row[held]
    first = np.ones(len(mine), bool)
    first[1:] = mine[1:] != mine[:-1]
    return Spells(
        row=mine,
        post=post[held].astype("int32"),
        start=day[held].astype("int32"),
        end=end[held].astype("int32"),
        began=began[held].astype("int8"),
        ended=ended[held].astype("int8"),
        rule=rule[held].astype("int32"),
        exit_rule=exit_rule[held].astype("int32"),
        first=first,
        place=place[held],
    )


@attrs.frozen(eq=False, kw_only=True)
class Pieces:
    """Spells divided where a person became a leaver or ceased to be one, or was lent out or returned, (n,)."""

    spell: Rows
    start: Ints
    end: Ints
    leaver: Bools
    lent: Bools  # assigned to a shadow consortium, while in the post from which the person is lent


@once
def pieces(run: Run) -> Pieces:
    """The spells of a run, divided into pieces within which nothing that affects output changes."""
    # Everything is packed as person · 2³² + position in the log, counted from 1. So spells and events of everyone sort
    # together, and a search finds the spell during which an event happened.
    held = spells(run)
    keys = held.row.astype("int64") << 32 | held.place
    leaver = _turns(run, Kind.DISPOSITION, Disposition.LEAVER)
    lent = _turns(run, Kind.RISK, RiskClass.ASSIGNED, silent=RiskClass.SAFE)
    cuts = np.sort(np.concatenate([leaver.when, lent.when]))
    spell = np.searchsorted(keys, cuts, side="right") - 1
    row = cuts >> 32
    place = cuts & (2**32 - 1)
    day = run.log.day[place - 1] if len(run.log) else place
    # An event after the end of a spell, between two spells, divides none.
    inside = np.zeros(len(cuts), bool)
    if len(held):
        inside = (spell >= 0) & (held.row[spell] == row) & (day < held.end[spell])
    # A spell with n events in it becomes n + 1 pieces. Each piece begins with the spell or with one of the events.
    every = np.sort(np.concatenate([keys, cuts[inside]]))
    pieces_each = 1 + np.bincount(spell[inside], minlength=len(held))
    owner = np.repeat(np.arange(len(held)), pieces_each)
    when = every & (2**32 - 1)
    event_day = run.log.day[np.maximum(when - 1, 0)] if len(run.log) else 0
    start = np.where(when == 0, 0, event_day).astype("int32")
    # A piece ends where the next piece of its spell begins; the last piece ends with the spell.
    end = held.end[owner]
    same_spell = owner[1:] == owner[:-1]
    end[:-1] = np.where(same_spell, start[1:], end[:-1])
    # A disposition goes with the person from post to post, so events since the start of the run count. A loan ends with
    # the spell in which it began, so only events since the start of that spell do.
    return Pieces(
        spell=owner,
        start=start,
        end=end,
        leaver=leaver.last(every, since=every >> 32 << 32),
        lent=lent.last(every, since=keys[owner]),
    )


@attrs.frozen(eq=False)
class _Turns:
    """Events that bring a person into a state or out of it: person and position in the log, packed and sorted."""

    when: Longs
    into: Bools

    def last(self, when: Longs, since: Longs) -> Bools:
        """Whether the last event in `since` < t ≤ `when`, packed in the same way, was one into the state, (n,)."""
        if not len(self.when):
            return np.zeros(len(when), bool)
        place = np.searchsorted(self.when, when, side="right") - 1  # −1 if no event is that early
        recent = (place >= 0) & (self.when[place] > since)
        return np.asarray(recent & self.into[place])


def _turns(run: Run, kind: Kind, state: int, silent: int = -1) -> _Turns:
    """The turns of everyone who was ever in a state.

    An event to the state `silent` does not end it: a person who is lent and wins a post continues to be lent.

    Args:
        run: the run.
        kind: the kind of event that changes the state.
        state: the state.
        silent: a state that does not end it; −1 for none.
    """
    # Most people are never in the state. Their events are left out, because they would only divide spells for nothing.
    turns = run.log.changes(kind)
    rows = run.rows_of(turns.staff)
    ever = np.zeros(len(run.people), bool)
    ever[rows[turns.after == state]] = True
    used = np.flatnonzero(ever[rows] & (turns.after != silent))
    packed = rows[used].astype("int64") << 32 | (turns.order[used] + 1)
    into = turns.after[used] == state
    order = np.argsort(packed, kind="stable")
    return _Turns(packed[order], into[order])


def held_on(run: Run, day: int) -> Ints:
    """The post that each person held at the end of a day, (people,); −1 for people in none.

    Before day 0: at the start.
    """
    moves = run.log.moves.until(day)
    return np.asarray(latest(run, moves, moves.to_post, run.opening_post))


def month_days(run: Run) -> Ints:
    """The days whose end closes a month: the last of each month, and the scenario's last, (months,)."""
    calendar = run.scenario.calendar
    ends = calendar.month_ends
    return np.append(ends[ends < calendar.days - 1], calendar.days - 1).astype("int32")


@once
def month_of(run: Run) -> Longs:
    """The index of the first of these days on or after each day, (days + 1,); after the last day, their number."""
    return np.searchsorted(month_days(run), np.arange(run.scenario.calendar.days + 1))


def month_names(run: Run) -> list[str]:
    """Those days as dates."""
    return [run.scenario.calendar.date(day).isoformat() for day in month_days(run).tolist()]


def mean_wte(run: Run) -> float:
    """Mean whole-time equivalent of the opening staff, for vacant posts; 1 if there are no staff."""
    wte: Floats = run.people.wte[run.opening_post != NOBODY]
    return float(wte.mean()) if len(wte) else 1.0


def posts_held(run: Run, posts: AnyArray, days: AnyArray) -> Bools:
    """Whether each of these posts was held at the end of its own day, (n,).

    Args:
        run: the run.
        posts: (n,) rows of posts.
        days: (n,) days, counted from the start of the scenario.
    """
    # Spells of the post that began by the day, without those that ended by then. Keys are post · 2³² + day, so each count
    # is the distance between two positions in a sorted array.
    begun, ended = _by_post(run)
    post = np.asarray(posts, "int64") << 32
    until = post | np.asarray(days, "int64")
    held = np.searchsorted(begun, until, side="right") - np.searchsorted(begun, post)
    held -= np.searchsorted(ended, until, side="right") - np.searchsorted(ended, post)
    return np.asarray(held > 0)


@once
def _by_post(run: Run) -> tuple[Longs, Longs]:
    """The beginnings and the ends of all spells, with post and day packed in one number, in order."""
    held = spells(run)
    post = held.post.astype("int64") << 32
    return np.sort(post | held.start), np.sort(post | held.end)
