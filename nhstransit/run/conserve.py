"""The laws that every run must obey: nobody is lost or duplicated, no post is overfilled, every penny is accounted for.

They are checked at the end of every run and whenever one is loaded: the log alone must lead from the opening state to
the closing one.
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
_SHAPES = (  # kind, whether it leaves a post, takes one, and is about a person
    (Kind.REMOVED, True, False, False),
    (Kind.MOVED, True, True, True),
    (Kind.DEPARTED, True, False, True),
    (Kind.ARRIVED, False, True, True),
)


def conserve(run: Run) -> None:
    """Raise ConservationError, naming the law, the person or post and the day, unless all laws hold."""
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
    when = log.day.astype("int64") * 8 + log.phase  # there are eight phases in a day
    back = np.flatnonzero(np.diff(when) < 0)
    if len(back):
        place = int(back[0]) + 1
        _fail("time runs forward", f"event {place} on day {log.day[place]} comes after day {log.day[place - 1]}")
    if len(log) and (log.day[0] < 0 or log.day[-1] >= run.scenario.calendar.days):
        _fail("time runs forward", f"days {log.day[0]} to {log.day[-1]} are not all within the scenario")


def _everything_is_known(run: Run) -> None:
    """Kinds, people and posts in the log belong to the run."""
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
    # `first` and `second` contain posts only in events of some kinds.
    named = np.concatenate([log.first[from_posts[code]], log.second[to_posts[code]]])
    outside = named[(named < NOBODY) | (named >= len(run.posts))]
    if len(outside):
        _fail("posts are known", f"post {outside[0]} is in the log but not among the posts of the run")


def _among_sorted(numbers: AnyArray, known: AnyArray) -> AnyArray:
    """Whether each number, (n,), is among those `known`, which are in order and differ."""
    if not len(known):
        return np.zeros(len(numbers), bool)
    if int(known[-1]) - int(known[0]) == len(known) - 1:  # without gaps
        return np.asarray((numbers >= known[0]) & (numbers <= known[-1]))
    place = np.searchsorted(known, numbers)  # one more than the last position for a number above all of them
    nearest = known[np.minimum(place, len(known) - 1)]
    return np.asarray(nearest == numbers)


def _movements_are_whole(run: Run) -> None:
    """A departure leaves a post, an arrival takes one, and a move does both.

    A post's own event names a post and no person.
    """
    log = run.log
    for kind, leaves, takes, personal in _SHAPES:
        these = log.places(kind)
        whole = (log.first[these] != NOBODY) == leaves
        whole &= (log.second[these] != NOBODY) == takes
        whole &= (log.staff[these] != NOBODY) == personal
        if not whole.all():
            event = log.take(these[~whole][:1]).tuples()[0]
            what = f"the event {kind.name.lower()!r} of staff {event[4]}"
            detail = f"{what} is from post {event[5]} to post {event[6]} on day {event[0]}"
            _fail("movements are whole", detail)
    # `first` is not tested here: in an opening it is the post that is replaced, and most openings replace none.
    opened = log.places(Kind.OPENED)
    without_post = log.second[opened] == NOBODY
    with_person = log.staff[opened] != NOBODY
    if (without_post | with_person).any():
        _fail("movements are whole", "the opening of a post has no post, or has a person")


def _people_move_from_where_they_are(run: Run) -> None:
    """Each movement starts at the post where the previous one ended, and the last ends at the person's closing post."""
    # Sorted by person and, because the sort is stable, in the order of the log for each person.
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
    # `roll` moves each end to the next movement. What it moves to a person's first movement is not used.
    was = np.where(first, run.opening_post[rows], np.roll(end, 1))
    wrong = start != was
    if wrong.any():
        place = int(np.argmax(wrong))
        event = log.take(moves[[place]]).tuples()[0]
        detail = f"staff {event[4]} leaves post {event[5]} on day {event[0]} but held post {was[place]}"
        _fail("people move from where they are", detail)
    # A person's last movement is the one before the next person's first. `roll` makes the very last one a last, too.
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
    # The running total goes on from post to post. `lead` is the index of each post's first entry; the total before that
    # entry is subtracted.
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
    # A post that was to open later and never did begins after the end of the log, so that any filling of it is too early.
    opening = np.where(opened > _BEFORE, opened, len(run.log))
    begins = np.where(run.posts.opens > 0, opening, _BEFORE)
    early = (step > 0) & (place < begins[post])
    if early.any():
        _fail("a post opens before it is filled", f"post {post[np.argmax(early)]} is filled before it opens")
    # The steps of a post before its removal add up to the number of people who held it then.
    gone = np.flatnonzero(removed > _BEFORE)
    inside = place < removed[post]
    holders = np.bincount(post[inside], weights=step[inside], minlength=len(run.posts))
    still = holders[gone]
    if still.any():
        _fail("a removed post stays empty", f"post {gone[np.argmax(still)]} is removed while it is held")


def _comings_and_goings(run: Run) -> tuple[AnyArray, AnyArray, AnyArray]:
    """Every filling and leaving of a post, including the opening: position in the log, post, and +1 or −1.

    The order is post by post, then by position in the log. The three are packed into one number because it sorts many
    times faster.
    """
    log = run.log
    moves = log.places(*MOVEMENTS)
    left = moves[log.first[moves] != NOBODY]
    filled = moves[log.second[moves] != NOBODY]
    seated = run.opening_post[run.opening_post != NOBODY]
    place = np.concatenate([np.full(len(seated), _BEFORE), left, filled])
    post = np.concatenate([seated, log.first[left], log.second[filled]]).astype("int64")
    counts = [len(seated), len(left), len(filled)]
    fills = np.repeat(np.array([1, 0, 1]), counts)
    # From the highest bit down: post, position from 0 (the opening has −1), and 1 for a filling. So if one event leaves
    # and fills the same post, leaving comes first.
    packed = np.sort(post << 32 | (place - _BEFORE) << 1 | fills)
    low = packed & 2**32 - 1
    return (low >> 1) + _BEFORE, packed >> 32, (packed & 1) * 2 - 1


def _life(run: Run, kind: Kind) -> AnyArray:
    """The position in the log at which each post was opened, or removed; −1 if it never was."""
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
    """Nobody receives the same kind of exit money twice on one day by one rule."""
    for kind in (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION, Kind.BOUGHT_OUT):
        paid = _exits(run.log.take(run.log.places(kind)))
        if _twice(paid):
            _fail("one exit is paid once", f"somebody has two payments of {kind.name.lower()} for one exit")


def _exits(log: Log) -> AnyArray:
    """One number for each person, day and rule."""
    # A rule needs 15 bits and a day at most 16, so no two combinations share a number.
    return (log.staff.astype("int64") << 32) | (log.day.astype("int64") << 16) | log.rule


def _posts_are_credited_once(run: Run) -> None:
    """A post opened by a policy saves nothing when removed, unless it took over from a post.

    The post that it took over from then saves nothing itself.
    """
    law = "a post is credited once"
    log = run.log
    opened = log.places(Kind.OPENED)
    planned = log.rule[opened] == RULES["opening"]
    took_over = log.first[opened] != NOBODY
    debit = log.pence[opened]
    free = planned | took_over  # opened by the scenario, or instead of another post: not an additional cost
    if (free & (debit != 0)).any() or (debit < 0).any():
        _fail(law, "a post has a negative cost, or has a cost although it was planned or replaced another post")
    handed = log.first[opened[took_over]]
    if _twice(handed):
        _fail(law, "two posts replaced the same post")
    if not len(opened):
        return
    removed_at = _life(run, Kind.REMOVED)[handed]
    if ((removed_at > _BEFORE) & (removed_at < opened[took_over])).any():
        _fail(law, "a post replaced a post that had already been removed")
    # The right to a saving: additional posts never have it, and replaced posts have passed it on.
    credited = np.ones(len(run.posts), bool)
    credited[log.second[opened[~free]]] = False
    credited[handed] = False
    removed = log.take(log.places(Kind.REMOVED))
    wrong = (removed.pence > 0) & ~credited[removed.first]
    if wrong.any():
        first = np.argmax(wrong)
        detail = f"saves {removed.pence[first]} pence but should save nothing"
        _fail(law, f"the removal of post {removed.first[first]} {detail}")


def _pence_agree(run: Run) -> None:
    """Pence by kind in the log equal the separate ledger that the engine kept."""
    for kind in (*MONEY, Kind.REMOVED, Kind.OPENED):
        logged = int(run.log.pence[run.log.places(kind)].sum())
        kept = run.closing.ledger.get(kind.name, 0)
        if logged != kept:
            detail = f"{kind.name.lower()}: {logged} in the log, {kept} in the accounts"
            _fail("pence in the log are the pence of the accounts", detail)


# The laws of interims: an interim covers one post, which is vacant, and is paid for exactly the days of cover.

Fail = Callable[[str, str], None]
_FILLED = (Kind.MOVED, Kind.ARRIVED)


def covers(run: Run, fail: Fail) -> None:
    """Call `fail` with a law and a detail if an interim of the run breaks a law."""
    # Ends and payments are tested, too: a run with only those of them is wrong, although no cover began.
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
    # Beginnings and ends are sorted by post and then by position in the log. For each post they must alternate.
    over = log.places(Kind.INTERIM_ENDED)
    place = np.concatenate([begun, over])
    post = np.concatenate([log.second[begun], log.first[over]])
    order = np.lexsort((place, post))
    place = place[order]
    post = post[order]
    begins = order < len(begun)
    again = np.append(post[1:] == post[:-1], False)  # the next event is about the same post
    first = np.insert(~again[:-1], 0, True)
    after = np.insert(begins[:-1], 0, False)  # the event before is a beginning
    if (begins & ~first & after).any():
        fail("only a vacant post is covered", "a post is covered by two interims at once")
    if (~begins & (first | ~after)).any():
        fail("cover ends once", "cover of a post ends but had not begun")
    # Each beginning ends with the next event of its post. The ends are entered by the position of the beginning in the
    # log, and then read in the order of `begun`.
    followed = begins & again
    following = np.append(place[1:], 0)
    ended = np.full(len(log), len(log))
    ended[place[followed]] = following[followed]
    ended = ended[begun]
    known = ended < len(log)
    at_end = log.staff[ended[known]]
    at_beginning = log.staff[begun[known]]
    if (at_end != at_beginning).any():
        fail("cover ends once", "cover begins with one person and ends with another")
    return ended


def _one_at_a_time(log: Log, begun: AnyArray, ended: AnyArray, fail: Fail) -> None:
    """No known person covers two posts at once."""
    # Sorted by person and then by beginning, a cover overlaps another one if it overlaps the next.
    known = log.staff[begun] != NOBODY
    staff = log.staff[begun[known]]
    order = np.lexsort((begun[known], staff))
    who = staff[order]
    first = begun[known][order]
    last = ended[known][order]
    twice = (who[1:] == who[:-1]) & (first[1:] < last[:-1])
    if twice.any():
        fail("an interim covers one post", f"staff {who[1:][twice][0]} covers two posts")


def _vacant(run: Run, begun: AnyArray, ended: AnyArray, fail: Fail) -> None:
    """Nobody holds a covered post: it is vacant when cover begins, and cover ends before someone takes it."""
    log = run.log
    posts = log.second[begun]
    taken = log.places(*_FILLED)
    left = log.places(Kind.MOVED, Kind.DEPARTED)
    held = np.bincount(run.opening_post[run.opening_post >= 0], minlength=len(run.posts))
    # Holders when cover begins are those at the opening, and people who took the post, without people who left it. A
    # vacant post can only be taken, so during cover it is enough to count people who took it.
    taken_before = _count(log.second[taken], taken, posts, begun)
    left_before = _count(log.first[left], left, posts, begun)
    before = held[posts] + taken_before - left_before
    until = _count(log.second[taken], taken, posts, ended) - taken_before
    held_then = (before != 0) | (until != 0)
    if held_then.any():
        fail("only a vacant post is covered", f"post {posts[held_then][0]} is held while it is covered")


def _count(post: AnyArray, place: AnyArray, of: AnyArray, by: AnyArray) -> AnyArray:
    """How often each post of `of` occurs in `post` at a position in the log before `by`, (covers,)."""
    # With the post in the high bits and the position in the low ones, the events of a post are a range of the sorted
    # array. Two searches find the start of the range and the place of `by` in it.
    packed = np.sort(post.astype("int64") << 32 | place)
    high = of.astype("int64") << 32
    low = np.searchsorted(packed, high)
    return np.searchsorted(packed, high | by) - low


def _paid_by_the_day(run: Run, begun: AnyArray, ended: AnyArray, fail: Fail) -> None:
    """Pence paid for each cover are its pence per day times its days, up to the run's last day if it continues."""
    log = run.log
    paid = log.places(Kind.AGENCY)
    # A payment belongs to the last cover of its post that began before it. The key −1 comes before every cover, so that a
    # search always finds an entry; payments that find this one belong to no cover.
    keys = np.append(log.second[begun].astype("int64") << 32 | begun, -1)
    order = np.argsort(keys, kind="stable")
    wanted = log.first[paid].astype("int64") << 32 | paid
    cover = order[np.searchsorted(keys[order], wanted) - 1]
    known = cover < len(begun)
    cover = cover[known]
    same_post = log.second[begun[cover]] == log.first[paid[known]]
    meant = same_post & (paid[known] < ended[cover])
    if not known.all() or not meant.all():
        fail("an interim is paid by the day", "a payment belongs to no cover")
    pence = np.bincount(cover, weights=log.pence[paid], minlength=len(begun))
    # The day on which cover ends is the first without it, and is not paid.
    over = ended < len(log)
    end_day = log.day[np.minimum(ended, len(log) - 1)]
    last = np.where(over, end_day - 1, run.scenario.calendar.days - 1)
    owed = log.pence[begun] * (last - log.day[begun] + 1)
    if (pence != owed).any():
        wrong = int(np.argmax(pence != owed))
        detail = f"post {log.second[begun[wrong]]}: {int(pence[wrong])} pence are paid, but {owed[wrong]} are due"
        fail("an interim is paid by the day", detail)


# The laws of promises: last days, promised posts and guarantees are kept, bought out, or ended by an event of the
# log.

_OWN_WAYS = [RULES[cause] for cause in CAUSES]  # people who die, retire or resign give up their guarantee


def promises(run: Run, fail: Fail) -> None:
    """Call `fail` with a law and a detail if a promise of the run is broken without an event."""
    _last_days(run, fail)
    _posts(run, fail)
    _guarantees(run, fail)


def _last_days(run: Run, fail: Fail) -> None:
    """An agreed exit ends with a departure, by its own rule on its last day or by another before, or is made void."""
    log = run.log
    agreed = log.places(Kind.EXIT_AGREED)
    after = _next(log.staff, log.places(Kind.DEPARTED, Kind.EXIT_VOID), log.staff, agreed)
    last = log.second[agreed]
    over = after < len(log)
    then = np.minimum(after, len(log) - 1)  # a position that exists; it is used only where `over` is true
    left = over & (log.kind[then] == Kind.DEPARTED)
    same = log.rule[then] == log.rule[agreed]
    # Three faults: no end although the last day came; a departure after it; a departure by the agreed rule before it.
    wrong = ~over & (last < run.scenario.calendar.days)
    wrong |= left & (log.day[then] > last)
    wrong |= left & same & (log.day[then] != last)
    if wrong.any():
        event = agreed[np.argmax(wrong)]
        fail("a last day is kept", f"staff {log.staff[event]} should have left on day {log.second[event]}")


def _posts(run: Run, fail: Fail) -> None:
    """A promised post is taken up by the person promised it, unless they leave, or it goes with its employer."""
    log = run.log
    promised = log.places(Kind.APPOINTED)
    post = log.second[promised]
    settled = _next(log.staff, log.places(Kind.MOVED, Kind.DEPARTED), log.staff, promised)
    removed = _next(log.first, log.places(Kind.REMOVED), log.second, promised)
    filled = _next(log.second, log.places(*_FILLED), log.second, promised)
    over = np.minimum(settled, removed)
    # Positions that exist, for promises that have no such event; they are used only where a mask says that it exists.
    then, gone, taken = (np.minimum(place, len(log) - 1) for place in (settled, removed, filled))
    # Three faults: the person moves to another post; somebody else fills the post; it is removed by another rule than the
    # closure of its employer.
    stands = (settled < len(log)) & (settled < removed)
    wrong = stands & (log.kind[then] == Kind.MOVED) & (log.second[then] != post)
    wrong |= (filled < over) & (log.staff[taken] != log.staff[promised])
    wrong |= (removed < settled) & (log.rule[gone] != RULES["closure"])
    if wrong.any():
        event = promised[np.argmax(wrong)]
        detail = f"staff {log.staff[event]} was promised post {log.second[event]} but did not get it"
        fail("a promised post is kept", detail)


def _guarantees(run: Run, fail: Fail) -> None:
    """A person who leaves before a guarantee ends leaves by choice, has applied to leave, or is paid the rest of it."""
    log = run.log
    given = log.places(Kind.RETAINED)
    left = log.places(Kind.DEPARTED)
    bought = log.places(Kind.BOUGHT_OUT)
    if not len(given) and not len(bought):
        return
    terms = _last_before(log.staff, given, left)
    known = terms >= 0
    came = _last_before(log.staff, log.places(Kind.ARRIVED), left)
    known &= came < terms  # terms from before a return have ended
    until = np.where(known, log.second[np.maximum(terms, 0)], -1)
    # A closure is recorded at the midnight after the last day in post, so that day is the one before.
    last = log.day[left] - (log.phase[left] == Phase.CLOSURES)
    short = until > last
    left_on = _stamp(log.staff[left], log.day[left])
    bought_on = _stamp(log.staff[bought], log.day[bought])
    paid = np.isin(left_on, bought_on)
    # People who applied for money to leave gave up the rest of the guarantee, if that policy is the one by which they left.
    applied = log.take(log.places(Kind.APPLIED))
    applied = applied.take(applied.pence > 0)
    left_by = _stamp(log.staff[left], log.rule[left])
    applied_to = _stamp(applied.staff, applied.rule)
    asked = np.isin(left_by, applied_to)
    of_own_accord = np.isin(log.rule[left], _OWN_WAYS)
    broken = short & ~paid & ~of_own_accord & ~asked
    if broken.any():
        event = left[np.argmax(broken)]
        detail = (
            f"staff {log.staff[event]} leaves on day {log.day[event]} but had a guarantee until day {until[broken][0]}"
        )
        fail("a guarantee is kept or bought out", detail)
    # And the other way round: nothing is paid for a guarantee unless it ended early.
    idle = ~np.isin(bought_on, left_on[short])
    if idle.any():
        fail(
            "a guarantee is kept or bought out",
            f"staff {log.staff[bought[np.argmax(idle)]]} is paid for a guarantee that was not broken",
        )


def _stamp(staff: AnyArray, other: AnyArray) -> AnyArray:
    """One whole number for each combination of person and day, or person and rule."""
    return np.asarray(staff.astype("int64") << 32 | other.astype("int64"))


def _next(whose: AnyArray, places: AnyArray, of: AnyArray, after: AnyArray) -> AnyArray:
    """The first of `places` in the log after each of `after`, of the same person or post; the log's length if none.

    Args:
        whose: the column that names the person or post at `places`.
        places: positions in the log.
        of: the column that names the person or post at `after`.
        after: (n,) positions in the log.
    """
    # Person or post in the high bits, position in the low ones. The −1 at the end is what a search beyond the last key
    # finds. The event found may be about another person or post, and then there is none.
    keys = np.sort(whose[places].astype("int64") << 32 | places)
    wanted = of[after].astype("int64") << 32 | after
    spot = np.searchsorted(keys, wanted, side="right")
    found = np.append(keys, np.int64(-1))[spot]
    ours = found >> 32 == of[after]
    return np.where(ours, found & 2**32 - 1, len(whose))


def _last_before(whose: AnyArray, places: AnyArray, at: AnyArray) -> AnyArray:
    """The last of `places` in the log before each of `at`, of the same person; −1 if none."""
    keys = np.sort(whose[places].astype("int64") << 32 | places)
    wanted = whose[at].astype("int64") << 32 | at
    spot = np.searchsorted(keys, wanted) - 1
    found = np.append(keys, np.int64(-1))[spot]
    ours = (spot >= 0) & (found >> 32 == whose[at])
    return np.where(ours, found & 2**32 - 1, -1)
