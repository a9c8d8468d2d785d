"""Conservation laws of a run: nobody is lost or duplicated, no post is overfilled, every penny is accounted for.

They are checked at the end of every run and when a run is loaded. The events of the log alone must lead from the opening
state to the closing state.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nhstransit.arrays import AnyArray
from nhstransit.errors import ConservationError, check_kind
from nhstransit.log import (
    CAUSES,
    MONEY,
    MOVEMENTS,
    NOBODY,
    NOT_FROM_POSTS,
    RULES,
    TO_POSTS,
    Kind,
    Log,
    Phase,
    marked,
)
from nhstransit.run.run import Run
from nhstransit.selection import ordered

_BEFORE = -1  # a position in the log before its first event
_SHAPES = (  # kind of event; whether it has a post that is left, a post that is filled, and a person
    (Kind.REMOVED, True, False, False),
    (Kind.MOVED, True, True, True),
    (Kind.DEPARTED, True, False, True),
    (Kind.ARRIVED, False, True, True),
)


def conserve(run: Run) -> None:
    """Raise ConservationError if a law is broken. The message has the law, the person or post, and the day."""
    check_kind("run", run, Run)
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
        _fail("time runs forward", f"days {log.day[0]} to {log.day[-1]} are not all within the scenario")


def _everything_is_known(run: Run) -> None:
    """All kinds, people and posts in the log are known in the run."""
    log = run.log
    everybody = run.people.staff
    known = marked(Kind)
    from_posts = ~marked(NOT_FROM_POSTS)
    to_posts = marked(TO_POSTS)
    code = log.kind.view("uint8")
    kinds = log.kind[~known[code]]
    if len(kinds):
        _fail("kinds are known", f"{kinds[0]} is in the log but is not a kind of event")
    strangers = log.staff[~_among_sorted(log.staff, everybody) & (log.staff != NOBODY)]
    if len(strangers):
        _fail("people are known", f"staff {strangers[0]} is in the log but not among the people of the run")
    named = np.concatenate([log.first[from_posts[code]], log.second[to_posts[code]]])
    if len(named) and (named.min() < NOBODY or named.max() >= len(run.posts)):
        wrong = named[(named < NOBODY) | (named >= len(run.posts))]
        _fail("posts are known", f"post {wrong[0]} is in the log but not among the posts of the run")


def _among_sorted(numbers: AnyArray, known: AnyArray) -> AnyArray:
    """Whether each number, (n,), is among the `known` ones, which are sorted and all different."""
    if not len(known):
        return np.zeros(len(numbers), bool)
    if int(known[-1]) - int(known[0]) == len(known) - 1:  # without gaps
        return np.asarray((numbers >= known[0]) & (numbers <= known[-1]))
    return np.asarray(known[np.minimum(np.searchsorted(known, numbers), len(known) - 1)] == numbers)


def _movements_are_whole(run: Run) -> None:
    """A departure has a post that is left, an arrival a post that is filled, and a move both.

    The opening or removal of a post has a post but no person.
    """
    log = run.log
    for kind, leaves, takes, personal in _SHAPES:
        these = log.places(kind)
        whole = ((log.first[these] != NOBODY) == leaves) & ((log.second[these] != NOBODY) == takes)
        whole &= (log.staff[these] != NOBODY) == personal
        if not whole.all():
            event = log.take(these[~whole][:1]).tuples()[0]
            what = f"the event {kind.name.lower()!r} of staff {event[4]}"
            detail = f"{what} is from post {event[5]} to post {event[6]} on day {event[0]}"
            _fail("movements are whole", detail)
    opened = log.places(Kind.OPENED)
    if ((log.second[opened] == NOBODY) | (log.staff[opened] != NOBODY)).any():
        _fail("movements are whole", "the opening of a post has no post, or has a person")


def _people_move_from_where_they_are(run: Run) -> None:
    """Each person's movement starts at the post where the previous one ended; the last ends at the closing post."""
    log = run.log
    moves = log.places(*MOVEMENTS)
    rows = run.rows_of(log.staff[moves])
    order = ordered(rows)
    rows = rows[order]
    moves = moves[order]
    start = log.first[moves]
    end = log.second[moves]
    first = np.ones(len(rows), bool)
    first[1:] = rows[1:] != rows[:-1]
    was = np.where(first, run.opening_post[rows], np.roll(end, 1))
    wrong = start != was
    if wrong.any():
        place = int(np.argmax(wrong))
        event = log.take(moves[[place]]).tuples()[0]
        detail = f"staff {event[4]} leaves post {event[5]} on day {event[0]} but held post {was[place]}"
        _fail("people move from where they are", detail)
    closing = run.opening_post.copy()
    last = np.roll(first, -1)
    closing[rows[last]] = end[last]
    lost = closing != run.closing.post
    if lost.any():
        row = int(np.argmax(lost))
        ends = f"ends in post {closing[row]} according to the log, but in post {run.closing.post[row]} in the closing state"
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
        _fail("a post holds one person", f"post {post[worst]} is held by {held[worst]} people")
    opened = _life(run, Kind.OPENED)
    removed = _life(run, Kind.REMOVED)
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
    """Every time that a post is filled or left, with the opening staff: position in the log, post, and +1 or −1.

    They are in order of post, then of position in the log. The three are packed into one number because one column sorts
    many times faster than three.
    """
    log = run.log
    moves = log.places(*MOVEMENTS)
    left = moves[log.first[moves] != NOBODY]
    filled = moves[log.second[moves] != NOBODY]
    seated = run.opening_post[run.opening_post != NOBODY]
    place = np.concatenate([np.full(len(seated), _BEFORE), left, filled])
    post = np.concatenate([seated, log.first[left], log.second[filled]]).astype("int64")
    fills = np.repeat(np.array([1, 0, 1]), [len(seated), len(left), len(filled)])
    packed = np.sort(post << 32 | (place - _BEFORE) << 1 | fills)
    return ((packed & 2**32 - 1) >> 1) + _BEFORE, packed >> 32, (packed & 1) * 2 - 1


def _life(run: Run, kind: Kind) -> AnyArray:
    """The position in the log at which each post was opened or removed, as `kind` says; −1 if it never was."""
    where = np.full(len(run.posts), _BEFORE)
    events = run.log.places(kind)
    posts = run.log.second[events] if kind is Kind.OPENED else run.log.first[events]
    if _twice(posts):
        _fail("a post opens once and is removed once", f"a post is {kind.name.lower()} twice")
    where[posts] = events
    return where


def _twice(numbers: AnyArray) -> bool:
    """Whether any number occurs more than once. Sorting finds this much faster than a set."""
    ordered = np.sort(numbers)
    return bool((ordered[1:] == ordered[:-1]).any())


def _nobody_is_paid_twice(run: Run) -> None:
    """Nobody receives the same kind of exit payment twice on one day under one policy or rule."""
    for kind in (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION, Kind.BOUGHT_OUT):
        paid = _exits(run.log.take(run.log.places(kind)))
        if _twice(paid):
            _fail("one exit is paid once", f"somebody has two payments of {kind.name.lower()} for one exit")


def _exits(log: Log) -> AnyArray:
    """One number for each person, day and rule."""
    return (log.staff.astype("int64") << 32) | (log.day.astype("int64") << 16) | log.rule


def _posts_are_credited_once(run: Run) -> None:
    """A post that a policy opened saves nothing when it is removed, unless it replaced another post.

    The removal of the other post then saves nothing.
    """
    law = "a post is credited once"
    log = run.log
    opened = log.places(Kind.OPENED)
    planned = log.rule[opened] == RULES["opening"]
    took_over = log.first[opened] != NOBODY
    if ((planned | took_over) & (log.pence[opened] != 0)).any() or (log.pence[opened] < 0).any():
        _fail(law, "a post has a negative cost, or has a cost although it was planned or replaced another post")
    handed = log.first[opened[took_over]]
    if _twice(handed):
        _fail(law, "two posts replaced the same post")
    if not len(opened):
        return
    gone = _life(run, Kind.REMOVED)
    if ((gone[handed] > _BEFORE) & (gone[handed] < opened[took_over])).any():
        _fail(law, "a post replaced a post that had already been removed")
    credited = np.ones(len(run.posts), bool)
    credited[log.second[opened[~planned & ~took_over]]] = False
    credited[handed] = False
    removed = log.take(log.places(Kind.REMOVED))
    wrong = (removed.pence > 0) & ~credited[removed.first]
    if wrong.any():
        amount = removed.pence[np.argmax(wrong)]
        _fail(
            law, f"the removal of post {removed.first[np.argmax(wrong)]} saves {amount} pence but should save nothing"
        )


def _pence_agree(run: Run) -> None:
    """Pence by kind of event in the log equal those in the separate ledger of the engine."""
    for kind in (*MONEY, Kind.REMOVED, Kind.OPENED):
        logged = int(run.log.pence[run.log.places(kind)].sum())
        kept = run.closing.ledger.get(kind.name, 0)
        if logged != kept:
            detail = f"{kind.name.lower()}: {logged} in the log, {kept} in the accounts"
            _fail("pence in the log are the pence of the accounts", detail)


# The laws of interims: an interim covers one vacant post, and is paid for exactly the days of cover.

Fail = Callable[[str, str], None]
_FILLED = (Kind.MOVED, Kind.ARRIVED)


def covers(run: Run, fail: Fail) -> None:
    """Call `fail` with the law and a detail if an interim in the run breaks a law."""
    log = run.log
    begun = log.places(Kind.INTERIM)
    if not len(log.places(Kind.INTERIM, Kind.INTERIM_ENDED, Kind.AGENCY)):
        return
    ended = _ends(log, begun, fail)
    _one_at_a_time(log, begun, ended, fail)
    _vacant(run, begun, ended, fail)
    _paid_by_the_day(run, begun, ended, fail)


def _ends(log: Log, begun: AnyArray, fail: Fail) -> AnyArray:
    """The position in the log at which each cover ends, or the length of the log if it does not; (covers,)."""
    over = log.places(Kind.INTERIM_ENDED)
    place = np.concatenate([begun, over])
    post = np.concatenate([log.second[begun], log.first[over]])
    order = np.lexsort((place, post))
    place = place[order]
    post = post[order]
    begins = order < len(begun)
    again = np.append(post[1:] == post[:-1], False)  # whether the next event is about the same post
    first = np.insert(~again[:-1], 0, True)
    after = np.insert(begins[:-1], 0, False)  # whether the previous event is a beginning
    if (begins & ~first & after).any():
        fail("only a vacant post is covered", "a post is covered by two interims at once")
    if (~begins & (first | ~after)).any():
        fail("cover ends once", "cover of a post ends but had not begun")
    ended = np.full(len(log), len(log))
    ended[place[begins & again]] = np.append(place[1:], 0)[begins & again]
    ended = ended[begun]
    known = ended < len(log)
    if (log.staff[ended[known]] != log.staff[begun[known]]).any():
        fail("cover ends once", "cover begins with one person and ends with another")
    return ended


def _one_at_a_time(log: Log, begun: AnyArray, ended: AnyArray, fail: Fail) -> None:
    """No known person covers two posts at once."""
    known = log.staff[begun] != NOBODY
    order = np.lexsort((begun[known], log.staff[begun[known]]))
    who = log.staff[begun[known]][order]
    first = begun[known][order]
    last = ended[known][order]
    twice = (who[1:] == who[:-1]) & (first[1:] < last[:-1])
    if twice.any():
        fail("an interim covers one post", f"staff {who[1:][twice][0]} covers two posts")


def _vacant(run: Run, begun: AnyArray, ended: AnyArray, fail: Fail) -> None:
    """A covered post is vacant: nobody holds it when cover begins, and cover ends before somebody fills it."""
    log = run.log
    posts = log.second[begun]
    taken = log.places(*_FILLED)
    left = log.places(Kind.MOVED, Kind.DEPARTED)
    held = np.bincount(run.opening_post[run.opening_post >= 0], minlength=len(run.posts))
    before = held[posts] + _count(log.second[taken], taken, posts, begun) - _count(log.first[left], left, posts, begun)
    until = _count(log.second[taken], taken, posts, ended) - _count(log.second[taken], taken, posts, begun)
    held_then = (before != 0) | (until != 0)
    if held_then.any():
        fail("only a vacant post is covered", f"post {posts[held_then][0]} is held while it is covered")


def _count(post: AnyArray, place: AnyArray, of: AnyArray, by: AnyArray) -> AnyArray:
    """How often each post of `of` occurs in `post` at positions in the log before `by`, (covers,)."""
    packed = np.sort(post.astype("int64") << 32 | place)
    low = np.searchsorted(packed, of.astype("int64") << 32)
    return np.searchsorted(packed, (of.astype("int64") << 32) | by) - low


def _paid_by_the_day(run: Run, begun: AnyArray, ended: AnyArray, fail: Fail) -> None:
    """Pence paid for each cover are its pence a day times its days, up to the last day of the run if it continues."""
    log = run.log
    paid = log.places(Kind.AGENCY)
    keys = np.append(log.second[begun].astype("int64") << 32 | begun, -1)
    order = np.argsort(keys, kind="stable")  # the added key −1 sorts first and stands for no cover
    cover = order[np.searchsorted(keys[order], log.first[paid].astype("int64") << 32 | paid) - 1]
    known = cover < len(begun)
    cover = cover[known]
    meant = (log.second[begun[cover]] == log.first[paid[known]]) & (paid[known] < ended[cover])
    if not known.all() or not meant.all():
        fail("an interim is paid by the day", "a payment belongs to no cover")
    pence = np.bincount(cover, weights=log.pence[paid], minlength=len(begun))
    over = ended < len(log)
    last = np.where(over, log.day[np.minimum(ended, len(log) - 1)] - 1, run.scenario.calendar.days - 1)
    owed = log.pence[begun] * (last - log.day[begun] + 1)
    if (pence != owed).any():
        wrong = int(np.argmax(pence != owed))
        detail = f"post {log.second[begun[wrong]]}: {int(pence[wrong])} pence are paid, but {owed[wrong]} are due"
        fail("an interim is paid by the day", detail)


# The laws of promises: last days, promised posts and guarantees are kept, bought out, or ended by an event in the log.

_OWN_WAYS = [RULES[cause] for cause in CAUSES]  # a guarantee ends if the person dies, retires or resigns


def promises(run: Run, fail: Fail) -> None:
    """Call `fail` with the law and a detail if a promise is broken without an event in the log."""
    _last_days(run, fail)
    _posts(run, fail)
    _guarantees(run, fail)


def _last_days(run: Run, fail: Fail) -> None:
    """An agreed exit ends with a departure or is made void.

    The departure is on the agreed last day under the policy that agreed it, or by that day for another reason.
    """
    log = run.log
    agreed = log.places(Kind.EXIT_AGREED)
    after = _next(log.staff, log.places(Kind.DEPARTED, Kind.EXIT_VOID), log.staff, agreed)
    last = log.second[agreed]
    over = after < len(log)
    then = np.minimum(after, len(log) - 1)
    left = over & (log.kind[then] == Kind.DEPARTED)
    same = log.rule[then] == log.rule[agreed]
    wrong = ~over & (last < run.scenario.calendar.days)
    wrong |= left & (log.day[then] > last)
    wrong |= left & same & (log.day[then] != last)
    if wrong.any():
        event = agreed[np.argmax(wrong)]
        fail("a last day is kept", f"staff {log.staff[event]} should have left on day {log.second[event]}")


def _posts(run: Run, fail: Fail) -> None:
    """A promised post is filled by the person to whom it was promised, unless they leave or its employer closes."""
    log = run.log
    promised = log.places(Kind.APPOINTED)
    post = log.second[promised]
    settled = _next(log.staff, log.places(Kind.MOVED, Kind.DEPARTED), log.staff, promised)
    removed = _next(log.first, log.places(Kind.REMOVED), log.second, promised)
    filled = _next(log.second, log.places(*_FILLED), log.second, promised)
    over = np.minimum(settled, removed)
    then, gone, taken = (np.minimum(place, len(log) - 1) for place in (settled, removed, filled))
    stands = (settled < len(log)) & (settled < removed)
    wrong = stands & (log.kind[then] == Kind.MOVED) & (log.second[then] != post)
    wrong |= (filled < over) & (log.staff[taken] != log.staff[promised])
    wrong |= (removed < settled) & (log.rule[gone] != RULES["closure"])
    if wrong.any():
        event = promised[np.argmax(wrong)]
        detail = f"staff {log.staff[event]} was promised post {log.second[event]} but did not get it"
        fail("a promised post is kept", detail)


def _guarantees(run: Run, fail: Fail) -> None:
    """People who leave before their guarantee ends do so by choice, have applied to leave, or are paid for the rest."""
    log = run.log
    given = log.places(Kind.RETAINED)
    left = log.places(Kind.DEPARTED)
    bought = log.places(Kind.BOUGHT_OUT)
    if not len(given) and not len(bought):
        return
    terms = _last_before(log.staff, given, left)
    known = terms >= 0
    came = _last_before(log.staff, log.places(Kind.ARRIVED), left)
    known &= came < terms  # a guarantee from before a return has ended
    until = np.where(known, log.second[np.maximum(terms, 0)], -1)
    short = until > log.day[left] - (log.phase[left] == Phase.CLOSURES)
    paid = np.isin(_stamp(log.staff[left], log.day[left]), _stamp(log.staff[bought], log.day[bought]))
    applied = log.take(log.places(Kind.APPLIED))
    applied = applied.take(applied.pence > 0)
    asked = np.isin(_stamp(log.staff[left], log.rule[left]), _stamp(applied.staff, applied.rule))
    broken = short & ~paid & ~np.isin(log.rule[left], _OWN_WAYS) & ~asked
    if broken.any():
        event = left[np.argmax(broken)]
        detail = (
            f"staff {log.staff[event]} leaves on day {log.day[event]} but had a guarantee until day {until[broken][0]}"
        )
        fail("a guarantee is kept or bought out", detail)
    owed = _stamp(log.staff[left[short]], log.day[left[short]])
    idle = ~np.isin(_stamp(log.staff[bought], log.day[bought]), owed)
    if idle.any():
        fail(
            "a guarantee is kept or bought out",
            f"staff {log.staff[bought[np.argmax(idle)]]} is paid for a guarantee that was not broken",
        )


def _stamp(staff: AnyArray, other: AnyArray) -> AnyArray:
    """One whole number for each combination of person and day, or person and rule."""
    return np.asarray(staff.astype("int64") << 32 | other.astype("int64"))


def _next(whose: AnyArray, places: AnyArray, of: AnyArray, after: AnyArray) -> AnyArray:
    """The first of `places` after each of `after` for the same person or post, (n,); the log's length if there is none.

    Args:
        whose: the column of the log that has the person or post for `places`.
        places: positions in the log.
        of: the column of the log that has the person or post for `after`.
        after: (n,) positions in the log.
    """
    keys = np.sort(whose[places].astype("int64") << 32 | places)
    wanted = of[after].astype("int64") << 32 | after
    found = np.append(keys, np.int64(-1))[np.searchsorted(keys, wanted, side="right")]
    return np.where(found >> 32 == of[after], found & 2**32 - 1, len(whose))


def _last_before(whose: AnyArray, places: AnyArray, at: AnyArray) -> AnyArray:
    """The last of `places` in the log before each of `at` for the same person; −1 if there is none."""
    keys = np.sort(whose[places].astype("int64") << 32 | places)
    wanted = whose[at].astype("int64") << 32 | at
    spot = np.searchsorted(keys, wanted) - 1
    found = np.append(keys, np.int64(-1))[spot]
    return np.where((spot >= 0) & (found >> 32 == whose[at]), found & 2**32 - 1, -1)
