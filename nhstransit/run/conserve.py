"""The laws that every run must keep: nobody is lost or doubled, no post overfilled, no penny unaccounted for.

Checked at the end of every run and whenever one is loaded: the log alone must carry the opening state to the closing one.
"""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import AnyArray
from nhstransit.errors import ConservationError
from nhstransit.eventlog import MONEY, MOVEMENTS, NOBODY, OF_BODIES, RULES, Kind, Log
from nhstransit.run.covered import covers
from nhstransit.run.promises import promises
from nhstransit.run.run import Run

_BEFORE = -1  # a place in the log before its first event
_NOT_FROM_POSTS = (Kind.DISPOSITION, Kind.RISK, Kind.PAY, *OF_BODIES)  # something else stands in `from_post`
_TO_POSTS = (Kind.OPENED, Kind.APPOINTED, Kind.MOVED, Kind.ARRIVED, Kind.INTERIM)
_SHAPES = (  # kind, whether it leaves a post, takes one, and is somebody's
    (Kind.REMOVED, True, False, False),
    (Kind.MOVED, True, True, True),
    (Kind.DEPARTED, True, False, True),
    (Kind.ARRIVED, False, True, True),
)


def conserve(run: Run) -> None:
    """Raise ConservationError, naming the law, the person or post and the day, unless all laws hold."""
    _time_runs_forward(run)
    _everything_is_known(run)
    _movements_are_whole(run)
    _people_move_from_where_they_are(run)
    _posts_hold_one_person(run)
    _nobody_is_paid_twice(run)
    covers(run, _fail)
    promises(run, _fail)
    _posts_are_credited_once(run)
    _pence_agree(run)


def _fail(law: str, detail: str) -> None:
    raise ConservationError(f"{law}: {detail}")


def _time_runs_forward(run: Run) -> None:
    log = run.log
    when = log.day.astype("int64") * 8 + log.phase
    back = np.flatnonzero(np.diff(when) < 0)
    if len(back):
        place = int(back[0]) + 1
        _fail("time runs forward", f"event {place} on day {log.day[place]} comes after day {log.day[place - 1]}")
    if len(log) and (log.day[0] < 0 or log.day[-1] >= run.scenario.calendar.days):
        _fail("time runs forward", f"days {log.day[0]} to {log.day[-1]} lie outside the scenario")


def _everything_is_known(run: Run) -> None:
    """Kinds, people and posts in the log are of the run."""
    log, everybody = run.log, run.people.staff
    kinds = log.kind[~np.isin(log.kind, list(Kind))]
    if len(kinds):
        _fail("kinds are known", f"{kinds[0]} is in the log and is no kind of event")
    strangers = log.staff[~np.isin(log.staff, everybody) & (log.staff != NOBODY)]
    if len(strangers):
        _fail("people are known", f"staff {strangers[0]} is in the log and not among the people")
    leavings = log.from_post[~np.isin(log.kind, _NOT_FROM_POSTS)]
    named = np.concatenate([leavings, log.to_post[np.isin(log.kind, _TO_POSTS)]])
    wrong = named[(named < NOBODY) | (named >= len(run.posts))]
    if len(wrong):
        _fail("posts are known", f"post {wrong[0]} is in the log and not among the posts")


def _movements_are_whole(run: Run) -> None:
    """A departure leaves a post, an arrival takes one, a move does both; a post's own event names one and nobody."""
    log = run.log
    for kind, leaves, takes, personal in _SHAPES:
        these = log.of(kind)
        whole = ((these.from_post != NOBODY) == leaves) & ((these.to_post != NOBODY) == takes)
        whole &= (these.staff != NOBODY) == personal
        if not whole.all():
            event = these.take(~whole).tuples()[0]
            detail = f"staff {event[4]} is {kind.name.lower()} from post {event[5]} to {event[6]} on day {event[0]}"
            _fail("movements are whole", detail)
    opened = log.of(Kind.OPENED)
    if ((opened.to_post == NOBODY) | (opened.staff != NOBODY)).any():
        _fail("movements are whole", "a post is opened that is none, or by somebody")


def _people_move_from_where_they_are(run: Run) -> None:
    """Each movement starts at the post where the one before ended, and the last ends where the world closed."""
    moves = run.log.of(*MOVEMENTS)
    rows = run.rows_of(moves.staff)
    order = np.argsort(rows, kind="stable")
    rows, start, end = rows[order], moves.from_post[order], moves.to_post[order]
    first = np.ones(len(rows), bool)
    first[1:] = rows[1:] != rows[:-1]
    was = np.where(first, run.opening_post[rows], np.roll(end, 1))
    wrong = start != was
    if wrong.any():
        place = int(np.argmax(wrong))
        event = moves.take(order).take([place]).tuples()[0]
        detail = f"staff {event[4]} leaves post {event[5]} on day {event[0]} but held {was[place]}"
        _fail("people move from where they are", detail)
    closing = run.opening_post.copy()
    last = np.roll(first, -1)
    closing[rows[last]] = end[last]
    lost = closing != run.closing.post
    if lost.any():
        row = int(np.argmax(lost))
        ends = f"ends in post {closing[row]} by the log and {run.closing.post[row]} in the world"
        detail = f"staff {run.people.staff[row]} {ends}"
        _fail("opening + arrivals − departures = closing", detail)


def _posts_hold_one_person(run: Run) -> None:
    """No post holds two people, is held before it opens or after it is removed, or is removed while held."""
    place, post, step = _comings_and_goings(run)
    first = np.ones(len(post), bool)
    first[1:] = post[1:] != post[:-1]
    total = np.cumsum(step)
    lead = np.maximum.accumulate(np.where(first, np.arange(len(post)), 0))
    held = total - (total - step)[lead]
    if (held > 1).any():
        worst = int(np.argmax(held))
        _fail("a post holds one person", f"post {post[worst]} holds {held[worst]}")
    opened, removed = _life(run, Kind.OPENED), _life(run, Kind.REMOVED)
    late = (step > 0) & (place > removed[post]) & (removed[post] > _BEFORE)
    if late.any():
        _fail("a removed post stays empty", f"post {post[np.argmax(late)]} is filled after it was removed")
    begins = np.where(run.posts.opens > 0, np.where(opened > _BEFORE, opened, len(run.log)), _BEFORE)
    early = (step > 0) & (place < begins[post])
    if early.any():
        _fail("a post opens before it is filled", f"post {post[np.argmax(early)]} is filled before it opens")
    gone = np.flatnonzero(removed > _BEFORE)
    inside = place < removed[post]
    still = np.bincount(post[inside], weights=step[inside], minlength=len(run.posts))[gone]
    if still.any():
        _fail("a removed post stays empty", f"post {gone[np.argmax(still)]} is removed while it is held")


def _comings_and_goings(run: Run) -> tuple[AnyArray, AnyArray, AnyArray]:
    """Where in the log, which post, and +1 or −1, of every filling and leaving of a post, the opening included.

    Post by post, in the order of the log: the three are packed into one number, which sorts many times faster.
    """
    log = run.log
    moves = np.flatnonzero(np.isin(log.kind, MOVEMENTS))
    left, filled = moves[log.from_post[moves] != NOBODY], moves[log.to_post[moves] != NOBODY]
    seated = run.opening_post[run.opening_post != NOBODY]
    place = np.concatenate([np.full(len(seated), _BEFORE), left, filled])
    post = np.concatenate([seated, log.from_post[left], log.to_post[filled]]).astype("int64")
    fills = np.repeat(np.array([1, 0, 1]), [len(seated), len(left), len(filled)])
    packed = np.sort(post << 32 | (place - _BEFORE) << 1 | fills)
    return ((packed & 2**32 - 1) >> 1) + _BEFORE, packed >> 32, (packed & 1) * 2 - 1


def _life(run: Run, kind: Kind) -> AnyArray:
    """Where in the log each post was opened, or removed; −1 where it never was."""
    where = np.full(len(run.posts), _BEFORE)
    events = np.flatnonzero(run.log.kind == kind)
    posts = run.log.to_post[events] if kind is Kind.OPENED else run.log.from_post[events]
    if _twice(posts):
        _fail("a post opens once and goes once", f"a post is {kind.name.lower()} twice")
    where[posts] = events
    return where


def _twice(numbers: AnyArray) -> bool:
    """Whether any comes more than once; sorting tells it far sooner than a set does."""
    ordered = np.sort(numbers)
    return bool((ordered[1:] == ordered[:-1]).any())


def _nobody_is_paid_twice(run: Run) -> None:
    """Nobody has the same kind of exit money twice on one day by one rule."""
    for kind in (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION, Kind.BOUGHT_OUT):
        paid = _exits(run.log.of(kind))
        if _twice(paid):
            _fail("one exit is paid once", f"somebody has two payments of {kind.name.lower()} for one exit")


def _exits(log: Log) -> AnyArray:
    """One number for each person, day and rule."""
    return (log.staff.astype("int64") << 32) | (log.day.astype("int64") << 16) | log.rule


def _posts_are_credited_once(run: Run) -> None:
    """What a policy opens saves nothing when it goes, unless it took over from a post, which then saves nothing itself."""
    law = "a post is credited once"
    log = run.log
    opened = np.flatnonzero(log.kind == Kind.OPENED)
    planned, took_over = log.rule[opened] == RULES["opening"], log.from_post[opened] != NOBODY
    if ((planned | took_over) & (log.pence[opened] != 0)).any() or (log.pence[opened] < 0).any():
        _fail(law, "a post is debited that was planned or took over another's work, or for less than nothing")
    handed = log.from_post[opened[took_over]]
    if _twice(handed):
        _fail(law, "two posts took over from one")
    if not len(opened):
        return
    gone = _life(run, Kind.REMOVED)
    if ((gone[handed] > _BEFORE) & (gone[handed] < opened[took_over])).any():
        _fail(law, "a post took over from one that had gone")
    credited = np.ones(len(run.posts), bool)
    credited[log.to_post[opened[~planned & ~took_over]]] = False
    credited[handed] = False
    removed = log.of(Kind.REMOVED)
    wrong = (removed.pence > 0) & ~credited[removed.from_post]
    if wrong.any():
        _fail(law, f"post {removed.from_post[np.argmax(wrong)]} saves {removed.pence[np.argmax(wrong)]} pence")


def _pence_agree(run: Run) -> None:
    """Pence by kind in the log equal the ledger that the engine kept beside it."""
    for kind in (*MONEY, Kind.REMOVED, Kind.OPENED):
        logged, kept = int(run.log.of(kind).pence.sum()), run.closing.ledger.get(kind.name, 0)
        if logged != kept:
            _fail("pence in the log are the pence of the accounts", f"{kind.name.lower()}: {logged} against {kept}")
