"""Figures of where people are and whether they come back: those transferred, those returned, posts for each person."""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Bools
from nhstransit.dates import financial_year, financial_year_name
from nhstransit.eventlog import Kind
from nhstransit.published.record import Record, kept
from nhstransit.published.specs import Reading
from nhstransit.published.view import Answer, Missing, Partial, View, codes, ratio


def concerned(record: Record, reading: Reading, day: int) -> Bools:
    """Whom the transition concerns by the end of a day, (people,): ever in a sending body, or come from outside the base."""
    run = record.run
    senders = record.bodies_of(reading.senders)
    mine: Bools = record.in_bodies(run.opening_post, senders)
    moves = run.log.moves.until(day)
    came = (moves.kind == Kind.ARRIVED) & np.isin(moves.rule, codes(run, reading, "inflow"))
    mine[run.rows_of(moves.staff[came | record.in_bodies(moves.to_post, senders)])] = True
    return mine


def transferred_on(record: Record, reading: Reading, day: int) -> Bools:
    """Who of those concerned holds, at the end of a day, a post in a body that is no sender, (people,)."""
    receivers = ~record.bodies_of(reading.senders)
    return concerned(record, reading, day) & record.in_bodies(record.held_on(day), receivers)


def transferred(view: View) -> Answer:
    """People of the sending bodies, and those from outside the base, who are in a receiving body on the day of transfer."""
    day = view.run.scenario.calendar.day(view.reading.transferred_on)
    return float(transferred_on(view.record, view.reading, day).sum())


def returned(view: View) -> Answer:
    """Of those made redundant in one financial year, the share who came back by the last day in sight.

    Whoever comes back arrives again, or is back elsewhere in the NHS, under the same identity. Redundant twice counts twice.
    """
    exits = view.exits
    gone = kept(exits, view.by("redundancy", exits.rule))
    years = financial_year(gone.day.astype("int64") + view.run.scenario.calendar.origin)
    gone = kept(gone, years == int(view.figure.part[:4]))
    if not len(gone.row):
        last = view.date(view.last)
        started = financial_year_name(int(financial_year(view.run.scenario.calendar.origin + view.last)))
        late = view.figure.part > started
        return Missing(f"the scenario ends on {last}" if late else f"nobody was made redundant in {view.figure.part}")
    row, day = view.record.returns
    back = np.full(len(view.run.people), -1, "int64")
    seen = day <= view.last
    np.maximum.at(back, row[seen], day[seen])
    share = float((back[gone.row] > gone.day).mean())
    until = view.figure.until
    if until and until > view.run.scenario.end:
        return Partial(
            share, f"returned by {view.date(view.last)}, when the run ends; the published share is by {until}"
        )
    return share


def posts_a_person(view: View) -> Answer:
    """New posts of the receiving bodies for each person in a sending body on the last day in sight.

    Posts are those open by the day of transfer; by region of both, or by function, as the figure says. Bodies without a
    region of their own are in no region.
    """
    record, figure, scenario = view.record, view.figure, view.run.scenario
    posts, roster = view.run.posts, scenario.roster
    held = record.held_on(view.last)
    people = record.in_bodies(held, view.bodies)
    ready = (posts.opens > 0) & (posts.opens <= scenario.calendar.day(view.reading.transferred_on))
    new = ~record.bodies_of(view.reading.senders)[posts.employer] & ready
    if figure.region:
        new &= roster.region[posts.employer] == roster.regions.index(figure.region)
    if figure.function:
        wanted = view.reading.functions[figure.function]
        trade = np.isin(
            posts.function, [scenario.functions.index(name) for name in wanted if name in scenario.functions]
        )
        new &= trade
        people &= trade[np.where(held >= 0, held, 0)]
    return ratio(float(new.sum()), float(people.sum()), "nobody in sight in a sending body")
