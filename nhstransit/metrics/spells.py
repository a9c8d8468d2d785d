"""Who was in which post from when to when: what measures of expertise and cover are built on, worked out once a run."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Ints, Longs, Rows
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.eventlog import MOVEMENTS, NOBODY, Kind
from nhstransit.metrics.once import once
from nhstransit.run import Run
from nhstransit.workforce.codes import Disposition, RiskClass

AT_START, ARRIVED, MOVED = 0, 1, 2  # how somebody came into a post
STILL, LEFT, MOVED_ON = 0, 1, 2  # how the time in it ended
DAYS_A_MONTH = DAYS_A_YEAR / 12.0  # to turn lengths of time into months; never to count anybody's service


@attrs.frozen(eq=False, kw_only=True)
class Spells:
    """Each time that somebody held a post, by person and in order of time, (n,).

    A spell holds at the ends of the days from `start` to the day before `end`; `end` is the scenario's number of days for
    who is there still. `place` is where in the log it began, 0 for the opening, one more than the event's row otherwise.
    """

    row: Rows  # in people
    post: Ints
    start: Ints
    end: Ints
    began: Bytes  # AT_START, ARRIVED or MOVED
    ended: Bytes  # STILL, LEFT or MOVED_ON
    rule: Ints  # by which it began; −1 at the start
    exit_rule: Ints  # by which it ended; −1 where it did not
    first: Bools  # nobody's second
    place: Longs

    def __len__(self) -> int:
        return len(self.row)


@once
def spells(run: Run) -> Spells:
    """The spells of a run."""
    log = run.log
    moves = np.flatnonzero(_of(run, MOVEMENTS))
    seated = np.flatnonzero(run.opening_post != NOBODY)
    rows = np.concatenate([seated, run.rows_of(log.staff[moves])])
    packed = np.sort(rows.astype("int64") << 32 | np.concatenate([np.zeros(len(seated), "int64"), moves + 1]))
    row, place = packed >> 32, packed & (2**32 - 1)
    opening, event = place == 0, np.maximum(place - 1, 0)

    def told(column: AnyArray, at_start: AnyArray | int) -> AnyArray:
        return np.where(opening, at_start, column[event] if len(column) else NOBODY)

    post = told(log.to_post, run.opening_post[row] if len(row) else NOBODY)
    day, rule, came_from = told(log.day, 0), told(log.rule, -1), told(log.from_post, NOBODY)
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
        began=np.where(opening, AT_START, np.where(came_from == NOBODY, ARRIVED, MOVED))[held].astype("int8"),
        ended=ended[held].astype("int8"),
        rule=rule[held].astype("int32"),
        exit_rule=np.where(last, -1, rule[after])[held].astype("int32"),
        first=first,
        place=place[held],
    )


@attrs.frozen(eq=False, kw_only=True)
class Pieces:
    """Spells cut wherever somebody turned leaver or stopped being one, or was lent out or came back, (n,)."""

    spell: Rows
    start: Ints
    end: Ints
    leaver: Bools
    lent: Bools  # assigned to a shadow consortium, while in the post from which they were lent


@once
def pieces(run: Run) -> Pieces:
    """The spells of a run in pieces over which what matters for output does not change."""
    held = spells(run)
    keys = held.row.astype("int64") << 32 | held.place
    soured = _turns(run, Kind.DISPOSITION, Disposition.LEAVER)
    lent = _turns(run, Kind.RISK, RiskClass.ASSIGNED, silent=RiskClass.SAFE)
    cuts = np.sort(np.concatenate([soured.when, lent.when]))
    spell = np.searchsorted(keys, cuts, side="right") - 1
    row, place = cuts >> 32, cuts & (2**32 - 1)
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
    """Events that bring somebody into a state or out of it: person and place in the log, packed and sorted, and which."""

    when: Longs
    into: Bools

    def last(self, when: Longs, since: Longs) -> Bools:
        """Whether the last of them in `since` < t ≤ `when`, packed alike, was one into the state, (n,)."""
        if not len(self.when):
            return np.zeros(len(when), bool)
        place = np.searchsorted(self.when, when, side="right") - 1
        return np.asarray((place >= 0) & (self.when[place] > since) & self.into[place])


def _turns(run: Run, kind: Kind, state: int, silent: int = -1) -> _Turns:
    """The turns of those ever in a state; one to `silent` ends nothing: who is lent and wins a post goes on being lent."""
    log = run.log
    places = np.flatnonzero(log.kind == kind)
    now = log.to_post[places]
    rows = run.rows_of(log.staff[places])
    ever = np.zeros(len(run.people), bool)
    ever[rows[now == state]] = True
    kept = np.flatnonzero(ever[rows] & (now != silent))
    packed = rows[kept].astype("int64") << 32 | (places[kept] + 1)
    order = np.argsort(packed)
    return _Turns(packed[order], (now[kept] == state)[order])


def _of(run: Run, kinds: tuple[Kind, ...]) -> Bools:
    """Which events are of these kinds, (events,)."""
    wanted = np.zeros(256, bool)
    wanted[list(kinds)] = True
    return np.asarray(wanted[run.log.kind.view("uint8")])


def held_on(run: Run, day: int) -> Ints:
    """The post that each person held at the end of a day, (people,); −1 for those in none."""
    held = spells(run)
    here = (held.start <= day) & (held.end > day)
    post = np.full(len(run.people), NOBODY, "int32")
    post[held.row[here]] = held.post[here]
    return post


def month_days(run: Run) -> Ints:
    """The days at whose end a month is told: the last of each month, and the scenario's last, (months,)."""
    calendar = run.scenario.calendar
    ends = calendar.month_ends
    return np.append(ends[ends < calendar.days - 1], calendar.days - 1).astype("int32")


@once
def month_of(run: Run) -> Longs:
    """Which of those days is the first from each day on, (days + 1,): their number for the day after the last."""
    return np.searchsorted(month_days(run), np.arange(run.scenario.calendar.days + 1))


def month_names(run: Run) -> list[str]:
    """Those days as dates."""
    return [run.scenario.calendar.date(day).isoformat() for day in month_days(run).tolist()]


def mean_wte(run: Run) -> float:
    """Mean whole-time equivalent of the opening staff, for posts that nobody holds; 1 where there are none."""
    wte: Floats = run.people.wte[run.opening_post != NOBODY]
    return float(wte.mean()) if len(wte) else 1.0
