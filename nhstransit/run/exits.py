"""The people who left: how, what was paid for it, and whether they came back."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints, Longs, Rows
from nhstransit.log import EXIT_MONEY, RULES, Kind
from nhstransit.run.lookup import first_at, first_of, last_of
from nhstransit.run.once import once
from nhstransit.run.run import Run
from nhstransit.workforce.columns import NEVER


@attrs.frozen(eq=False, kw_only=True)
class Exits:
    """Every departure in the order of the log, (n,) each.

    `route` is the number of the rule of the departure. `severance`, `in_lieu`, `pension` and `bought_out` are pence
    paid for it. `back` is the first day on which the person is in the NHS again, in these organisations or elsewhere
    (`NEVER`: not by the end).
    """

    order: Rows  # positions in the log
    row: Rows  # rows in people
    day: Ints
    route: Ints
    post: Ints
    severance: Longs
    in_lieu: Longs
    pension: Longs
    bought_out: Longs
    back: Ints

    def __len__(self) -> int:
        return len(self.day)

    @property
    def paid(self) -> Longs:
        """Pence paid for each exit, (n,)."""
        return np.asarray(self.severance + self.in_lieu + self.pension + self.bought_out)


@once
def exits(run: Run) -> Exits:
    """The departures of a run, each with what was paid for it.

    A payment belongs to the person's last departure before it in the log. A payment without one belongs to no exit.
    """
    # Person in the high bits and position in the log in the low ones: sorted, the last key below that of a payment is the
    # departure before it. The −1 appended to each array is what a search finds if no departure is before it.
    left = run.log.exits
    rows = run.rows_of(left.staff)
    keys = rows.astype("int64") << 32 | left.order
    by_person = np.argsort(keys, kind="stable")
    pence = {}
    for kind in EXIT_MONEY:
        paid = run.log.steps(kind)
        wanted = run.rows_of(paid.staff).astype("int64") << 32 | paid.order
        before = np.searchsorted(keys[by_person], wanted) - 1
        exit_of = np.append(by_person, -1)[before]
        known = np.append(rows, -1)[exit_of] == wanted >> 32  # the departure found is the same person's
        pence[kind] = np.zeros(len(left), "int64")
        np.add.at(pence[kind], exit_of[known], paid.pence[known])
    return Exits(
        order=left.order,
        row=rows,
        day=left.day,
        route=left.rule.astype("int32"),
        post=left.post,
        severance=pence[Kind.SEVERANCE],
        in_lieu=pence[Kind.IN_LIEU],
        pension=pence[Kind.PENSION],
        bought_out=pence[Kind.BOUGHT_OUT],
        back=_back(run, keys),
    )


def _back(run: Run, left: Longs) -> Ints:
    """The day of the first return after each departure, with person and position packed together, (n,)."""
    came = run.log.steps(Kind.ARRIVED, Kind.BACK)
    keys = run.rows_of(came.staff).astype("int64") << 32 | came.order
    order = np.argsort(keys, kind="stable")
    # The first return at or after the key of a departure may be another person's, and then this person did not return.
    found = np.searchsorted(keys[order], left)
    whose = np.append(keys[order] >> 32, -1)[found]
    day = np.append(came.day[order], NEVER)[found]
    return np.where(whose == left >> 32, day, NEVER).astype("int32")


def last_route(run: Run, day: int | None = None) -> Ints:
    """The number of the rule by which each person last left by the end of a day, by default the run's last, (people,).

    It is -1 for people who did not leave.
    """
    left = run.log.exits if day is None else run.log.exits.until(day)
    route = np.append(left.rule.astype("int32"), np.int32(-1))
    return route[last_of(run, left)]  # the position −1, of people who did not leave, reads the −1 at the end


@attrs.frozen(eq=False, kw_only=True)
class Leavings:
    """Events that count as leaving, in the order of the log: row in people, day, and rule number, (n,) each."""

    row: Rows
    day: Ints
    route: Ints

    def __len__(self) -> int:
        return len(self.day)


@once
def leavings(run: Run, *, employer: bool = False) -> Leavings:
    """Departures; with `employer` also moves to another employer, which all have the route of a transfer."""
    moves = run.log.moves
    gone = moves.kind == Kind.DEPARTED
    route = moves.rule.astype("int32")
    if employer:
        across = moves_across(run)
        gone = gone | across
        route = np.where(across, np.int32(RULES["transfer"]), route)
    row = run.rows_of(moves.staff[gone])
    return Leavings(row=row, day=moves.day[gone], route=route[gone])


def first_exit(run: Run, *, employer: bool = False) -> tuple[Ints, Ints]:
    """The day and route of each person's first event in `leavings`, (people,) each; -1 if there is none."""
    left = leavings(run, employer=employer)
    first = first_at(left.row, len(run.people))
    # People without such an event have the position −1, and so read the −1 at the end.
    day = np.append(left.day, np.int32(-1))
    route = np.append(left.route, np.int32(-1))
    return day[first], route[first]


@once
def moves_across(run: Run) -> Bools:
    """Which of `run.log.moves` are to another employer, (moves,)."""
    # The −1 at the end is the employer of post −1, which arrivals come from and departures go to.
    moves = run.log.moves
    employer = np.append(run.posts.employer, np.int16(-1))
    elsewhere = employer[moves.from_post] != employer[moves.to_post]
    return np.asarray((moves.kind == Kind.MOVED) & elsewhere)


def out_but_in_the_nhs(run: Run, day: int) -> Bools:
    """Whether each person, if in no post at the end of a day, was then in the NHS elsewhere, (people,).

    This is so if their last exit was to the NHS elsewhere, or if they have come back elsewhere since.
    """
    # `last_of` is −1 for people without such an event, and so reads the False at the end.
    ends = run.log.steps(Kind.DEPARTED, Kind.BACK).until(day)
    within = (ends.kind == Kind.BACK) | (ends.rule == RULES["resignation-within-nhs"])
    return np.asarray(np.append(within, False)[last_of(run, ends)])


@once
def entered(run: Run) -> Ints:
    """The day on which each person entered, (people,): 0 for the opening staff."""
    came = run.log.arrivals
    first = first_of(run, came)
    day = np.where(first >= 0, np.append(came.day, 0)[first], 0)
    return np.where(run.opening_post >= 0, 0, day).astype("int32")


def came_back(run: Run) -> Bools:
    """Whether each person came back, to the model or elsewhere in the NHS, (people,).

    A person came back to the model if they arrived more often than a first entry explains.
    """
    arrived = run.rows_of(run.log.arrivals.staff)
    arrivals = np.bincount(arrived, minlength=len(run.people))
    elsewhere = last_of(run, run.log.steps(Kind.BACK)) >= 0
    # People who were not in the opening staff arrive once without coming back.
    return np.asarray((arrivals > (run.opening_post < 0)) | elsewhere)
