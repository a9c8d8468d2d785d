"""A person's employer, post, pay, risk class and disposition on any day, and a post's holder, rebuilt from the log."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Ints
from nhstransit.errors import InputError, check_kind
from nhstransit.log import NOBODY, Kind
from nhstransit.run.lives import funded_on
from nhstransit.run.lookup import latest
from nhstransit.run.run import Run
from nhstransit.run.spells import held_on
from nhstransit.workforce.columns import RiskClass


@attrs.frozen(eq=False, kw_only=True)
class State:
    """The state of a run at the end of a day: columns over `run.people` and over `run.posts`.

    `post` is −1 for people not in post, and then employer, function and band are −1 too.
    """

    post: Ints
    employer: Ints
    function: Ints
    band: Ints
    point: Ints
    pay_pence: Ints  # whole-time pay a year, including any high-cost-area supplement
    disposition: Bytes
    risk_class: Bytes
    funded: Bools  # (posts,) open and not removed
    holder: Ints  # (posts,) row in people; −1: nobody

    @property
    def vacant(self) -> Bools:
        """Funded posts that nobody holds, (posts,)."""
        return np.asarray(self.funded & (self.holder < 0))


def state_on(run: Run, day: dt.date | int) -> State:
    """The state of a run at the end of a date, or of a day counted from the scenario's start.

    Raises InputError for a day outside the scenario.
    """
    check_kind("run", run, Run)
    check_kind(
        "day",
        day,
        (dt.date, int, np.integer),
        "give a date, such as datetime.date(2012, 4, 1), or the number of a day, 0 at the start",
    )
    number = run.scenario.calendar.day(day) if isinstance(day, dt.date) else int(day)
    if not 0 <= number < run.scenario.calendar.days:
        right = f"give one from {run.scenario.start} to {run.scenario.end}"
        raise InputError("day", f"{day} is outside the scenario", right)
    post = held_on(run, number)
    held = post >= 0
    safe = np.where(held, post, 0)  # a post that exists, for people without one; `_where` discards what is found there
    # Each of these starts from the value on entering, and the last event by the day replaces it.
    pay = run.log.changes(Kind.PAY).until(number)
    dispositions = run.log.changes(Kind.DISPOSITION).until(number)
    risks = run.log.changes(Kind.RISK).until(number)
    holder = np.full(len(run.posts), NOBODY, "int32")
    holder[post[held]] = np.flatnonzero(held)
    undisposed = np.zeros(len(run.people), "int8")
    return State(
        post=post,
        employer=_where(held, run.posts.employer, safe),
        function=_where(held, run.posts.function, safe),
        band=_where(held, run.posts.band, safe),
        point=latest(run, pay, pay.after, run.people.point.astype("int32")),
        pay_pence=latest(run, pay, pay.pence, run.opening_pay),
        disposition=latest(run, dispositions, dispositions.after, undisposed),
        risk_class=latest(run, risks, risks.after, _first_risk(run)),
        funded=funded_on(run, number),
        holder=holder,
    )


def posts_and_pay(run: Run, day: int) -> tuple[Ints, Ints]:
    """The post (−1: none) and whole-time pay a year in pence, with any supplement, at the end of a day, (people,) each."""
    pay = run.log.changes(Kind.PAY).until(day)
    return held_on(run, day), latest(run, pay, pay.pence, run.opening_pay)


def _first_risk(run: Run) -> Bytes:
    """Risk class on entering: none, except exposed for people who enter an employer that will close."""
    # The log has no event for the class of a newcomer on arrival, so it is found in the same way as in the engine.
    closes = run.scenario.roster.closes[run.people.employer] < np.iinfo("int32").max
    late = run.opening_post < 0
    return np.where(late & closes, RiskClass.EXPOSED, RiskClass.NONE).astype("int8")


def _where(held: Bools, column: AnyArray, rows: AnyArray) -> Ints:
    if not len(column):
        return np.full(len(held), NOBODY, "int32")
    return np.where(held, column[rows], NOBODY).astype("int32")
