"""The life of each post and employer: when it opened, when and why it was removed, which interims covered it."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs
from nhstransit.log import NOBODY, Kind
from nhstransit.run.once import once
from nhstransit.run.run import Run
from nhstransit.workforce.columns import NEVER


@attrs.frozen(eq=False, kw_only=True)
class Lives:
    """The life of each post, (posts,) each.

    `opened` is the first day on which it could be held: 0 for posts there at the start, `NEVER` for one that never
    opened. `removed` is the day of its removal, `NEVER` for posts that remain. `rule` is the rule that removed it, -1
    if none. `saving` is pence a year saved permanently, 0 if the employer closed.
    """

    opened: Ints
    removed: Ints
    rule: Ints
    saving: Longs

    def __len__(self) -> int:
        return len(self.opened)


@attrs.frozen(eq=False, kw_only=True)
class Covers:
    """Each time that an interim covered a vacant post, in the order in which cover began within each post, (n,).

    The post is covered at the ends of the days from `start` to the day before `end`. If cover continues, `end` is the
    scenario's number of days. `row` is the person who returned as an interim, -1 for an unknown person. `pence` is the
    total paid for the cover.
    """

    post: Ints
    row: Ints
    start: Ints
    end: Ints
    rule: Ints
    pence_a_day: Longs
    pence: Longs

    def __len__(self) -> int:
        return len(self.post)


@once
def lives(run: Run) -> Lives:
    """The lives of the posts of a run."""
    # Of the posts that were to open later, only the log shows which did open.
    opened = np.where(run.posts.opens <= 0, 0, NEVER).astype("int32")
    openings = run.log.openings
    closures = run.log.closures
    opened[openings.post] = openings.day
    removed = np.full(len(run.posts), NEVER, "int32")
    rule = np.full(len(run.posts), -1, "int32")
    saving = np.zeros(len(run.posts), "int64")
    # A post is removed at most once (conservation checks this), so no event overwrites another here.
    removed[closures.post] = closures.day
    rule[closures.post] = closures.rule
    saving[closures.post] = closures.pence
    return Lives(opened=opened, removed=removed, rule=rule, saving=saving)


def funded_on(run: Run, day: int) -> Bools:
    """Which posts are open and not removed at the end of a day, (posts,)."""
    life = lives(run)
    return np.asarray((life.opened <= day) & (life.removed > day))


def closing_days(run: Run) -> Ints:
    """The final last day of each employer, after any delays, (bodies,); NEVER if it continues."""
    closes = run.scenario.roster.closes.copy()
    extended = run.log.of_bodies.of(Kind.EXTENDED)
    closes[extended.body] = extended.last_day  # an employer may be extended several times: NumPy stores the last value
    return closes


@once
def covers(run: Run) -> Covers:
    """The times that interims covered posts in a run, by post and in order of time."""
    log = run.log
    days = run.scenario.calendar.days
    turns = log.steps(Kind.INTERIM, Kind.INTERIM_ENDED)
    # Sorted by post, and within each post in the order of the log. Beginnings and ends alternate, as conservation checks,
    # so a cover ends at the next entry of its post.
    order = np.argsort(turns.post, kind="stable")
    turns = turns.take(order)
    begins = turns.kind == Kind.INTERIM
    last = np.full(len(turns), days)
    same = turns.post[1:] == turns.post[:-1]
    last[:-1] = np.where(same, turns.day[1:], days)
    begun = turns.take(begins)
    # A payment belongs to the last cover of its post that began before it. Post and position are packed in one number.
    paid = log.steps(Kind.AGENCY)
    starts = begun.post.astype("int64") << 32 | begun.order
    paid_at = paid.post.astype("int64") << 32 | paid.order
    cover = np.searchsorted(starts, paid_at) - 1
    pence = np.zeros(len(begun), "int64")
    np.add.at(pence, cover, paid.pence)
    known = begun.staff != NOBODY
    row = np.full(len(begun), NOBODY, "int32")
    row[known] = run.rows_of(begun.staff[known])
    return Covers(
        post=begun.post,
        row=row,
        start=begun.day,
        end=last[begins].astype("int32"),
        rule=begun.rule.astype("int32"),
        pence_a_day=begun.pence,
        pence=pence,
    )
