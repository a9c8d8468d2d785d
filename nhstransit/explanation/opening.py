"""The situation at the opening: everybody in the post they begin in, as a policy would find them."""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.arrays import AnyArray, Ints, Longs, Rows, guarded
from nhstransit.entitlements import Law
from nhstransit.grammar import People, PostsNow, Situation
from nhstransit.scenario import Scenario
from nhstransit.workforce.codes import Status
from nhstransit.workforce.columns import NEVER, Workforce

_NOBODY: Rows = np.empty(0, np.intp)
_FRESH = {  # columns that only a transition fills, with the value everybody starts from
    "disposition": ("int8", 0),
    "risk_class": ("int8", 0),
    "risk": ("float32", 0),
    "status": ("int8", Status.IN_POST),
    "last_day": ("int32", NEVER),
    "exit_rule": ("int16", -1),
    "exit_voidable": ("bool", False),
    "next_post": ("int32", -1),
    "retained_until": ("int32", -1),
    "premium": ("float64", 0),
    "left_day": ("int32", -1),
    "left_rule": ("int16", -1),
    "returned": ("bool", False),
}


def opening_situation(
    scenario: Scenario, day: int = 0, stage: str = "", *, number: int = 0, law: Law | None = None
) -> Situation:
    """What a policy would see on a day if nobody had come, left or moved since the first, and no news had come.

    Args:
        scenario: the world.
        day: the day asked about; posts that open by then are there, vacant.
        stage: which of the policy's stages.
        number: which round.
        law: dated parameters other than the bundled ones.

    Raises ParameterError where the law holds no pay for the scenario's first day.
    """
    law = law or Law.bundled()
    people, calendar = scenario.workforce, scenario.calendar
    posts, seats = scenario.opening
    staff = _people(people, seats, law, calendar.origin)
    return Situation(
        day=day,
        stage=stage,
        round=number,
        calendar=calendar,
        people=staff,
        posts=PostsNow(
            employer=posts.employer,
            function=posts.function,
            band=posts.band,
            key=posts.key,
            opens=posts.opens,
            funded=guarded(posts.opens <= day),
            holder=guarded(_holders(seats, len(posts))),
            reserved=guarded(np.full(len(posts), -1, "int32")),
            spell=guarded(np.zeros(len(posts), "int32")),
        ),
        bodies=scenario.roster,
        law=law,
        functions=scenario.functions,
        opening_bill=_bill(staff, len(scenario.organisations)),
        asked=_NOBODY,
    )


def _people(opening: Workforce, seats: Ints, law: Law, origin: int) -> People:
    """The opening staff as the first morning finds them."""
    columns: dict[str, Any] = {name: np.full(len(opening), start, kind) for name, (kind, start) in _FRESH.items()}
    columns |= {name: column for name, column in opening.columns().items() if name in People.__annotations__}
    columns["key"] = opening.staff.astype("uint64")
    columns["post"] = seats.astype("int32")
    ends = opening.contract_ends
    columns["contract_ends"] = np.where(ends == NEVER, NEVER, ends - origin).astype("int32")
    table = law.annual_pay(opening.band, opening.point, origin)
    columns["pay_pence"] = np.where(opening.pay_pence > 0, opening.pay_pence, table).astype("int32")
    return People(**{name: guarded(column) for name, column in columns.items()})


def _bill(staff: People, bodies: int) -> Longs:
    """Basic pay of each body's staff in pence a year, (bodies,)."""
    bill = np.zeros(bodies, "int64")
    np.add.at(bill, staff.employer, np.rint(staff.pay_pence * (staff.wte_hundredths / 100.0)).astype("int64"))
    return guarded(bill)


def _holders(seats: Ints, posts: int) -> AnyArray:
    """Row of who holds each post, (posts,); −1: nobody."""
    holder = np.full(posts, -1, "int32")
    holder[seats] = np.arange(len(seats))
    return holder
