"""The length of each person's stay, and the route of the exit: the basis of survival curves and rates.

An event of day d is counted at d + 1 days completed, because `state_on` returns the state at the end of a day. The
people who have not left after t days are the people in post in `state_on(run, t − 1)`, except returners, whose first
exit counts.
"""

from __future__ import annotations

from typing import Literal

import attrs
import numpy as np

from nhstransit.arrays import Bools, Ints
from nhstransit.errors import InputError, nearest
from nhstransit.log import RULES
from nhstransit.run import Run
from nhstransit.run.exits import entered, first_exit

Leaving = Literal["employer", "system"]
Who = Literal["opening", "newcomers", "everyone"]
LEAVINGS = ("employer", "system")
WHO = ("opening", "newcomers", "everyone")
ELSEWHERE = "another employer"


@attrs.frozen(eq=False, kw_only=True)
class Stays:
    """First stays: columns (n,) over the people in `rows`, from their first day in the run to their first exit.

    `days` are days completed until the exit, or until the end of the run. `route` is an index in `routes`; it is −1 for
    people who stayed to the end.
    """

    rows: Ints
    days: Ints
    route: Ints
    routes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)


def stays(run: Run, *, leaving: Leaving = "system", who: Who = "opening") -> Stays:
    """The first stay of each person, with their employer or in the system of all employers of the scenario.

    Args:
        run: the run.
        leaving: "employer" counts a move to another employer as leaving too; "system" counts departures only.
        who: the opening staff, newcomers or everyone.

    Raises:
        InputError: `leaving` or `who` is not a valid word.
    """
    one_of("leaving", leaving, LEAVINGS)
    rows = np.flatnonzero(included(run, who)).astype("int32")
    day, rule = first_exit(run, employer=leaving == "employer")
    gone = day[rows] >= 0
    start = entered(run)[rows]
    end = run.scenario.calendar.days
    # An exit on day d completes d + 1 days, because events are recorded at the end of a day.
    last = np.where(gone, day[rows] + 1, end)
    # Only routes that somebody took are numbered, in the order of their codes.
    codes = np.unique(rule[rows][gone])
    route = np.where(gone, np.searchsorted(codes, rule[rows]), -1)
    return Stays(
        rows=rows,
        days=(last - start).astype("int32"),
        route=route.astype("int32"),
        routes=tuple(ELSEWHERE if code == RULES["transfer"] else run.rules[code] for code in codes.tolist()),
    )


def included(run: Run, who: Who) -> Bools:
    """Which people are counted, (people,). Raises InputError for an unknown word."""
    one_of("who", who, WHO)
    here = run.opening_post >= 0
    if who == "everyone":
        return np.ones(len(here), bool)
    return here if who == "opening" else ~here


def one_of(name: str, word: str, known: tuple[str, ...]) -> None:
    """Raise InputError for an unknown word, with the nearest valid one.

    Args:
        name: the argument, for the error.
        word: its value.
        known: the valid words.
    """
    if word not in known:
        raise InputError(name, f"is {word!r}", nearest(str(word), known))
