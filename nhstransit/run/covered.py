"""The laws of interims: who covers a post covers one, which is vacant, and is paid for the days and no others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nhstransit.arrays import AnyArray
from nhstransit.eventlog import NOBODY, Kind, Log
from nhstransit.run.run import Run

Fail = Callable[[str, str], None]
_FILLED = (Kind.MOVED, Kind.ARRIVED)


def covers(run: Run, fail: Fail) -> None:
    """Call `fail` with a law and a detail where an interim of the run breaks one."""
    log = run.log
    begun = np.flatnonzero(log.kind == Kind.INTERIM)
    if not np.isin(log.kind, (Kind.INTERIM, Kind.INTERIM_ENDED, Kind.AGENCY)).any():
        return
    ended = _ends(log, begun, fail)
    _one_at_a_time(log, begun, ended, fail)
    _vacant(run, begun, ended, fail)
    _paid_by_the_day(run, begun, ended, fail)


def _ends(log: Log, begun: AnyArray, fail: Fail) -> AnyArray:
    """Where in the log each cover ends, behind everything where it does not; (covers,)."""
    over = np.flatnonzero(log.kind == Kind.INTERIM_ENDED)
    place = np.concatenate([begun, over])
    post = np.concatenate([log.to_post[begun], log.from_post[over]])
    order = np.lexsort((place, post))
    place, post, begins = place[order], post[order], order < len(begun)
    again = np.append(post[1:] == post[:-1], False)  # the next event is of the same post
    first = np.insert(~again[:-1], 0, True)
    after = np.insert(begins[:-1], 0, False)  # the event before is a beginning
    if (begins & ~first & after).any():
        fail("cover is of a vacant post", "a post is covered twice at once")
    if (~begins & (first | ~after)).any():
        fail("cover ends once", "cover of a post ends that had not begun")
    ended = np.full(len(log), len(log))
    ended[place[begins & again]] = np.append(place[1:], 0)[begins & again]
    ended = ended[begun]
    known = ended < len(log)
    if (log.staff[ended[known]] != log.staff[begun[known]]).any():
        fail("cover ends once", "cover ends for somebody else than it began for")
    return ended


def _one_at_a_time(log: Log, begun: AnyArray, ended: AnyArray, fail: Fail) -> None:
    """Nobody known covers two posts at once."""
    known = log.staff[begun] != NOBODY
    order = np.lexsort((begun[known], log.staff[begun[known]]))
    who, first, last = log.staff[begun[known]][order], begun[known][order], ended[known][order]
    twice = (who[1:] == who[:-1]) & (first[1:] < last[:-1])
    if twice.any():
        fail("an interim covers one post", f"staff {who[1:][twice][0]} covers two")


def _vacant(run: Run, begun: AnyArray, ended: AnyArray, fail: Fail) -> None:
    """Nobody holds a covered post: it is vacant when cover begins, and cover ends before anybody takes it."""
    log = run.log
    posts = log.to_post[begun]
    taken = np.flatnonzero(np.isin(log.kind, _FILLED))
    left = np.flatnonzero(np.isin(log.kind, (Kind.MOVED, Kind.DEPARTED)))
    held = np.bincount(run.opening_post[run.opening_post >= 0], minlength=len(run.posts))
    before = (
        held[posts] + _count(log.to_post[taken], taken, posts, begun) - _count(log.from_post[left], left, posts, begun)
    )
    until = _count(log.to_post[taken], taken, posts, ended) - _count(log.to_post[taken], taken, posts, begun)
    held_then = (before != 0) | (until != 0)
    if held_then.any():
        fail("cover is of a vacant post", f"post {posts[held_then][0]} is held while it is covered")


def _count(post: AnyArray, place: AnyArray, of: AnyArray, by: AnyArray) -> AnyArray:
    """How often each post of `of` comes in `post` at a place in the log before `by`, (covers,)."""
    packed = np.sort(post.astype("int64") << 32 | place)
    low = np.searchsorted(packed, of.astype("int64") << 32)
    return np.searchsorted(packed, (of.astype("int64") << 32) | by) - low


def _paid_by_the_day(run: Run, begun: AnyArray, ended: AnyArray, fail: Fail) -> None:
    """Pence paid for each cover are its pence a day times its days, the last of the world included where it goes on."""
    log = run.log
    paid = np.flatnonzero(log.kind == Kind.AGENCY)
    keys = np.append(log.to_post[begun].astype("int64") << 32 | begun, -1)
    order = np.argsort(keys, kind="stable")  # the first is no cover
    cover = order[np.searchsorted(keys[order], log.from_post[paid].astype("int64") << 32 | paid) - 1]
    known = cover < len(begun)
    cover = cover[known]
    meant = (log.to_post[begun[cover]] == log.from_post[paid[known]]) & (paid[known] < ended[cover])
    if not known.all() or not meant.all():
        fail("an interim is paid by the day", "a payment is for no cover")
    pence = np.bincount(cover, weights=log.pence[paid], minlength=len(begun))
    over = ended < len(log)
    last = np.where(over, log.day[np.minimum(ended, len(log) - 1)] - 1, run.scenario.calendar.days - 1)
    owed = log.pence[begun] * (last - log.day[begun] + 1)
    if (pence != owed).any():
        wrong = int(np.argmax(pence != owed))
        fail(
            "an interim is paid by the day", f"post {log.to_post[begun[wrong]]}: {int(pence[wrong])} for {owed[wrong]}"
        )
