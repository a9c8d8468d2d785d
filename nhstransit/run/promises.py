"""The laws of promises: last days, promised posts and guarantees are kept, bought out, or end by an event of the log."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nhstransit.arrays import AnyArray
from nhstransit.eventlog import CAUSES, RULES, Kind, Phase
from nhstransit.run.run import Run

Fail = Callable[[str, str], None]
_OWN_WAYS = [RULES[cause] for cause in CAUSES]  # people who die, retire or resign give their guarantee up
_FILLED = (Kind.MOVED, Kind.ARRIVED)


def promises(run: Run, fail: Fail) -> None:
    """Call `fail` with a law and a detail where a promise of the run is broken in silence."""
    _last_days(run, fail)
    _posts(run, fail)
    _guarantees(run, fail)


def _last_days(run: Run, fail: Fail) -> None:
    """An agreed exit ends with a departure, by its own rule on its last day or by another before, or is made void."""
    log = run.log
    agreed = np.flatnonzero(log.kind == Kind.EXIT_AGREED)
    after = _next(log.staff, np.flatnonzero(np.isin(log.kind, (Kind.DEPARTED, Kind.EXIT_VOID))), log.staff, agreed)
    last = log.to_post[agreed]
    over = after < len(log)
    then = np.minimum(after, len(log) - 1)
    left = over & (log.kind[then] == Kind.DEPARTED)
    same = log.rule[then] == log.rule[agreed]
    wrong = ~over & (last < run.scenario.calendar.days)
    wrong |= left & (log.day[then] > last)
    wrong |= left & same & (log.day[then] != last)
    if wrong.any():
        event = agreed[np.argmax(wrong)]
        fail("a last day is kept", f"staff {log.staff[event]} was to leave on day {log.to_post[event]}")


def _posts(run: Run, fail: Fail) -> None:
    """A promised post is taken up by whom it was promised to, unless they leave, or the post goes with its body."""
    log = run.log
    promised = np.flatnonzero(log.kind == Kind.APPOINTED)
    post = log.to_post[promised]
    settled = _next(log.staff, np.flatnonzero(np.isin(log.kind, (Kind.MOVED, Kind.DEPARTED))), log.staff, promised)
    removed = _next(log.from_post, np.flatnonzero(log.kind == Kind.REMOVED), log.to_post, promised)
    filled = _next(log.to_post, np.flatnonzero(np.isin(log.kind, _FILLED)), log.to_post, promised)
    over = np.minimum(settled, removed)
    then, gone, taken = (np.minimum(place, len(log) - 1) for place in (settled, removed, filled))
    stands = (settled < len(log)) & (settled < removed)
    wrong = stands & (log.kind[then] == Kind.MOVED) & (log.to_post[then] != post)
    wrong |= (filled < over) & (log.staff[taken] != log.staff[promised])
    wrong |= (removed < settled) & (log.rule[gone] != RULES["closure"])
    if wrong.any():
        event = promised[np.argmax(wrong)]
        fail("a promised post is kept", f"staff {log.staff[event]} was promised post {log.to_post[event]}")


def _guarantees(run: Run, fail: Fail) -> None:
    """Who leaves before a guarantee ends goes of their own accord, has applied to go, or is paid the rest of it."""
    log = run.log
    given = np.flatnonzero(log.kind == Kind.RETAINED)
    left = np.flatnonzero(log.kind == Kind.DEPARTED)
    bought = np.flatnonzero(log.kind == Kind.BOUGHT_OUT)
    if not len(given) and not len(bought):
        return
    terms = _last_before(log.staff, given, left)
    known = terms >= 0
    came = _last_before(log.staff, np.flatnonzero(log.kind == Kind.ARRIVED), left)
    known &= came < terms  # terms of before a return are over
    until = np.where(known, log.to_post[np.maximum(terms, 0)], -1)
    short = until > log.day[left] - (log.phase[left] == Phase.CLOSURES)
    paid = np.isin(_stamp(log.staff[left], log.day[left]), _stamp(log.staff[bought], log.day[bought]))
    applied = log.take((log.kind == Kind.APPLIED) & (log.pence > 0))
    asked = np.isin(_stamp(log.staff[left], log.rule[left]), _stamp(applied.staff, applied.rule))
    broken = short & ~paid & ~np.isin(log.rule[left], _OWN_WAYS) & ~asked
    if broken.any():
        event = left[np.argmax(broken)]
        detail = f"staff {log.staff[event]} leaves on day {log.day[event]}, guaranteed a job to {until[broken][0]}"
        fail("a guarantee is kept or bought out", detail)
    owed = _stamp(log.staff[left[short]], log.day[left[short]])
    idle = ~np.isin(_stamp(log.staff[bought], log.day[bought]), owed)
    if idle.any():
        fail("a guarantee is kept or bought out", f"staff {log.staff[bought[np.argmax(idle)]]} is paid for none")


def _stamp(staff: AnyArray, other: AnyArray) -> AnyArray:
    """One whole number for each person and day, or rule."""
    return np.asarray(staff.astype("int64") << 32 | other.astype("int64"))


def _next(whose: AnyArray, places: AnyArray, of: AnyArray, after: AnyArray) -> AnyArray:
    """The first of `places` in the log after each of `after`, of the same person or post; the log's length for none.

    `whose` and `of` are the columns of the log that name the person or post there and here.
    """
    keys = np.sort(whose[places].astype("int64") << 32 | places)
    wanted = of[after].astype("int64") << 32 | after
    found = np.append(keys, np.int64(-1))[np.searchsorted(keys, wanted, side="right")]
    return np.where(found >> 32 == of[after], found & 2**32 - 1, len(whose))


def _last_before(whose: AnyArray, places: AnyArray, at: AnyArray) -> AnyArray:
    """The last of `places` in the log before each of `at`, of the same person; −1 for none."""
    keys = np.sort(whose[places].astype("int64") << 32 | places)
    wanted = whose[at].astype("int64") << 32 | at
    spot = np.searchsorted(keys, wanted) - 1
    found = np.append(keys, np.int64(-1))[spot]
    return np.where((spot >= 0) & (found >> 32 == whose[at]), found & 2**32 - 1, -1)
