"""Anyone's employer, post, pay, risk class and disposition on any day, and any post's holder, rebuilt from the log."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Ints
from nhstransit.errors import InputError, check_kind
from nhstransit.eventlog import MOVEMENTS, NOBODY, Kind, Log
from nhstransit.metrics.once import events
from nhstransit.run import Run
from nhstransit.workforce.codes import RiskClass


@attrs.frozen(eq=False, kw_only=True)
class State:
    """How things stood at the end of a day: columns over `run.people` and over `run.posts`.

    `post` is −1 for those not in post, and then employer, function and band are −1 too.
    """

    post: Ints
    employer: Ints
    function: Ints
    band: Ints
    point: Ints
    pay_pence: Ints  # whole-time pay a year, any high-cost-area supplement included
    disposition: Bytes
    risk_class: Bytes
    funded: Bools  # (posts,) open and not removed
    holder: Ints  # (posts,) row in people; −1: nobody

    @property
    def vacant(self) -> Bools:
        """Funded posts that nobody holds, (posts,)."""
        return np.asarray(self.funded & (self.holder < 0))


def state_on(run: Run, day: dt.date | int) -> State:
    """How things stood at the end of a date, or of a day counted from the scenario's start.

    Raises InputError for a day outside the scenario.
    """
    check_kind("run", run, Run)
    check_kind(
        "day", day, (dt.date, int, np.integer), "give a date, such as datetime.date(2012, 4, 1), or a day counted"
    )
    number = run.scenario.calendar.day(day) if isinstance(day, dt.date) else int(day)
    if not 0 <= number < run.scenario.calendar.days:
        right = f"give one from {run.scenario.start} to {run.scenario.end}"
        raise InputError("day", f"{day} lies outside the scenario", right)
    people = run.people

    def so_far(*kinds: Kind) -> Log:
        return _up_to(number, events(run, *kinds))

    post = _last(run, so_far(*MOVEMENTS), run.opening_post, "to_post")
    held = post >= 0
    safe = np.where(held, post, 0)
    pay = so_far(Kind.PAY)
    holder = np.full(len(run.posts), NOBODY, "int32")
    holder[post[held]] = np.flatnonzero(held)
    funded = run.posts.opens <= 0
    funded[so_far(Kind.OPENED).to_post] = True
    funded[so_far(Kind.REMOVED).from_post] = False
    nobody = np.zeros(len(people), "int8")
    return State(
        post=post,
        employer=_where(held, run.posts.employer, safe),
        function=_where(held, run.posts.function, safe),
        band=_where(held, run.posts.band, safe),
        point=_last(run, pay, people.point.astype("int32"), "to_post"),
        pay_pence=_last(run, pay, run.opening_pay, "pence"),
        disposition=_last(run, so_far(Kind.DISPOSITION), nobody, "to_post"),
        risk_class=_last(run, so_far(Kind.RISK), _first_risk(run), "to_post"),
        funded=funded,
        holder=holder,
    )


def posts_and_pay(run: Run, day: int) -> tuple[Ints, Ints]:
    """The post (−1: none) and whole-time basic pay a year in pence of everybody at the end of a day, (people,) each."""
    moves, pay = _up_to(day, events(run, *MOVEMENTS)), _up_to(day, events(run, Kind.PAY))
    return _last(run, moves, run.opening_post, "to_post"), _last(run, pay, run.opening_pay, "pence")


def _up_to(day: int, told: Log) -> Log:
    """The events up to the end of a day."""
    return told.take(slice(0, int(told.day.searchsorted(day, side="right"))))


def _first_risk(run: Run) -> Bytes:
    """Risk class on entering: none, but exposed for who comes to a body that will close."""
    closes = run.scenario.roster.closes[run.people.employer] < np.iinfo("int32").max
    late = run.opening_post < 0
    return np.where(late & closes, RiskClass.EXPOSED, RiskClass.NONE).astype("int8")


def _last(run: Run, told: Log, start: AnyArray, column: str) -> AnyArray:
    """The last value of a column of some events for each person, or where they started, (people,)."""
    out = start.copy()
    out[run.rows_of(told.staff)] = getattr(told, column)  # of several, NumPy keeps the last
    return out


def _where(held: Bools, column: AnyArray, rows: AnyArray) -> Ints:
    if not len(column):
        return np.full(len(held), NOBODY, "int32")
    return np.where(held, column[rows], NOBODY).astype("int32")
