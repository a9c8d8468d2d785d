"""Spells: which person was in which post, and when. They are computed once per run."""

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

AT_START = 0  # how a spell began
ARRIVED = 1
MOVED = 2
STILL = 0  # how a spell ended
LEFT = 1
MOVED_ON = 2
BEGAN = ("at the start", "arrived", "moved")
ENDED = ("still in post", "left", "moved on")
DAYS_A_MONTH = DAYS_A_YEAR / 12.0  # to convert lengths of time to months; a person's service is never counted so


@attrs.frozen(eq=False, kw_only=True)
class Spells:
    """Each period in which a person held a post, in order of person and time, (n,).

    The person held the post at the end of each day from `start` to the day before `end`. For people still in post, `end`
    is the number of days in the scenario. `place` is 0 for a spell that begins at the start, otherwise one more than the
    position in the log of the event that begins it.
    """

    row: Rows  # rows in people
    post: Ints
    start: Ints
    end: Ints
    began: Bytes  # AT_START, ARRIVED or MOVED
    ended: Bytes  # STILL, LEFT or MOVED_ON
    rule: Ints  # the rule that began it; −1 at the start
    exit_rule: Ints  # the rule that ended it; −1 if it did not end
    first: Bools  # whether it is the person's first spell
    place: Longs

    def __len__(self) -> int:
        return len(self.row)


@once
def spells(run: Run) -> Spells:
    """The spells of a run."""
    moves = run.log.moves
    seated = np.flatnonzero(run.opening_post != NOBODY)
    rows = np.concatenate([seated, run.rows_of(moves.staff)])
    # Person and number of the event are packed into one number, which sorts many times faster than two columns.
    when = np.concatenate([np.zeros(len(seated), "int64"), np.arange(1, len(moves) + 1)])
    packed = np.sort(rows.astype("int64") << 32 | when)
    row = packed >> 32
    event = (packed & (2**32 - 1)) - 1  # position in moves; −1 for the opening staff
    at_start = event < 0

    def of_event(column: AnyArray, opening: AnyArray | int) -> AnyArray:
        return np.where(at_start, opening, column[event] if len(column) else NOBODY)

    post = of_event(moves.to_post, run.opening_post[row] if len(row) else NOBODY)
    day = of_event(moves.day, 0)
    rule = of_event(moves.rule, -1)
    came_from = of_event(moves.from_post, NOBODY)
    place = of_event(moves.order + 1, 0)
    last = np.ones(len(row), bool)
    last[:-1] = row[1:] != row[:-1]
    held = post != NOBODY
    after = np.minimum(np.arange(len(row)) + 1, max(len(row) - 1, 0))
    ended = np.where(last, STILL, np.where(post[after] == NOBODY, LEFT, MOVED_ON))
    mine = row[held]
    first = np.ones(len(mine), bool)
    first[1:] = mine[1:] != mine[:-1]
    return Spells(
        row=mine,
        post=post[held].astype("int32"),
        start=day[held].astype("int32"),
        end=np.where(last, run.scenario.calendar.days, day[after])[held].astype("int32"),
        began=np.where(at_start, AT_START, np.where(came_from == NOBODY, ARRIVED, MOVED))[held].astype("int8"),
        ended=ended[held].astype("int8"),
        rule=rule[held].astype("int32"),
        exit_rule=np.where(last, -1, rule[after])[held].astype("int32"),
        first=first,
        place=place[held],
    )


@attrs.frozen(eq=False, kw_only=True)
class Pieces:
    """Spells divided at each change in whether the person is a leaver or is lent to another employer, (n,)."""

    spell: Rows
    start: Ints
    end: Ints
    leaver: Bools
    lent: Bools  # assigned to a shadow consortium while holding the post


@once
def pieces(run: Run) -> Pieces:
    """The spells of a run, divided into pieces in which a person's output does not change."""
    held = spells(run)
    keys = held.row.astype("int64") << 32 | held.place
    soured = _turns(run, Kind.DISPOSITION, Disposition.LEAVER)
    lent = _turns(run, Kind.RISK, RiskClass.ASSIGNED, silent=RiskClass.SAFE)
    cuts = np.sort(np.concatenate([soured.when, lent.when]))
    spell = np.searchsorted(keys, cuts, side="right") - 1
    row = cuts >> 32
    place = cuts & (2**32 - 1)
    day = run.log.day[place - 1] if len(run.log) else place
    inside = (spell >= 0) & (held.row[spell] == row) & (day < held.end[spell]) if len(held) else np.zeros(0, bool)
    every = np.sort(np.concatenate([keys, cuts[inside]]))
    owner = np.repeat(np.arange(len(held)), 1 + np.bincount(spell[inside], minlength=len(held)))
    when = every & (2**32 - 1)
    start = np.where(when == 0, 0, run.log.day[np.maximum(when - 1, 0)] if len(run.log) else 0).astype("int32")
    end = held.end[owner]
    end[:-1] = np.where(owner[1:] == owner[:-1], start[1:], end[:-1])
    return Pieces(
        spell=owner,
        start=start,
        end=end,
        leaver=soured.last(every, since=every >> 32 << 32),
        lent=lent.last(every, since=keys[owner]),
    )


@attrs.frozen(eq=False)
class _Turns:
    """Events that begin or end a state of a person: person and position in the log, packed into one number and sorted."""

    when: Longs
    into: Bools

    def last(self, when: Longs, since: Longs) -> Bools:
        """Whether the last event after `since` and up to `when`, packed in the same way, began the state, (n,)."""
        if not len(self.when):
            return np.zeros(len(when), bool)
        place = np.searchsorted(self.when, when, side="right") - 1
        return np.asarray((place >= 0) & (self.when[place] > since) & self.into[place])


def _turns(run: Run, kind: Kind, state: int, silent: int = -1) -> _Turns:
    """The events that begin or end a state, for everyone who was ever in it.

    A change to the state `silent` is ignored. For example, a person who is lent and wins a post is still lent.

    Args:
        run: the run.
        kind: the kind of event that changes the state.
        state: the state.
        silent: the state that does not end it; −1 for none.
    """
    turns = run.log.changes(kind)
    rows = run.rows_of(turns.staff)
    ever = np.zeros(len(run.people), bool)
    ever[rows[turns.after == state]] = True
    kept = np.flatnonzero(ever[rows] & (turns.after != silent))
    packed = rows[kept].astype("int64") << 32 | (turns.order[kept] + 1)
    order = np.argsort(packed, kind="stable")
    return _Turns(packed[order], (turns.after[kept] == state)[order])


def held_on(run: Run, day: int) -> Ints:
    """The post that each person held at the end of a day, (people,); −1 for none. Day −1 is the opening state."""
    moves = run.log.moves.until(day)
    return np.asarray(latest(run, moves, moves.to_post, run.opening_post))


def month_days(run: Run) -> Ints:
    """The last day of each month of the scenario, and the scenario's last day, (months,)."""
    calendar = run.scenario.calendar
    ends = calendar.month_ends
    return np.append(ends[ends < calendar.days - 1], calendar.days - 1).astype("int32")


@once
def month_of(run: Run) -> Longs:
    """The index in `month_days` of the first day on or after each day, (days + 1,)."""
    return np.searchsorted(month_days(run), np.arange(run.scenario.calendar.days + 1))


def month_names(run: Run) -> list[str]:
    """The days of `month_days` as dates in ISO format."""
    return [run.scenario.calendar.date(day).isoformat() for day in month_days(run).tolist()]


def mean_wte(run: Run) -> float:
    """The mean whole-time equivalent of the opening staff, used for vacant posts; 1 if there are no staff."""
    wte: Floats = run.people.wte[run.opening_post != NOBODY]
    return float(wte.mean()) if len(wte) else 1.0


def posts_held(run: Run, posts: AnyArray, days: AnyArray) -> Bools:
    """Whether each of these posts was held at the end of the day given for it, (n,).

    Args:
        run: the run.
        posts: (n,) rows of posts.
        days: (n,) days, counted from the start of the scenario.
    """
    begun, ended = _by_post(run)
    post = np.asarray(posts, "int64") << 32
    until = post | np.asarray(days, "int64")
    held = np.searchsorted(begun, until, side="right") - np.searchsorted(begun, post)
    held -= np.searchsorted(ended, until, side="right") - np.searchsorted(ended, post)
    return np.asarray(held > 0)


@once
def _by_post(run: Run) -> tuple[Longs, Longs]:
    """The beginnings and the ends of all spells, sorted, each as post and day packed into one number."""
    held = spells(run)
    post = held.post.astype("int64") << 32
    return np.sort(post | held.start), np.sort(post | held.end)
