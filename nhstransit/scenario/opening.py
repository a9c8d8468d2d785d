"""The columns of people and posts at the start of a run, and the situation that a policy sees then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from nhstransit.arrays import AnyArray, Bools, Ints, Longs, Rows, guarded
from nhstransit.dates import Calendar, financial_year
from nhstransit.errors import check_kind
from nhstransit.grammar import People, PostsNow, Purse, Situation
from nhstransit.law import Law
from nhstransit.log import NO_RULE, NOBODY
from nhstransit.organisations.bodies import Roster
from nhstransit.organisations.posts import Posts
from nhstransit.selection import nth_within
from nhstransit.workforce.columns import BANDS, NEVER, Status, Workforce

if TYPE_CHECKING:
    from nhstransit.scenario.spec import Scenario

FRESH = {  # columns that only a run has, with everyone's starting value
    "disposition": ("int8", 0),
    "risk_class": ("int8", 0),
    "risk": ("float32", 0),
    "risk_from": ("float32", 0),
    "risk_to": ("float32", 0),
    "risk_since": ("int32", 0),
    "risk_pace": ("int16", 0),
    "last_day": ("int32", NEVER),
    "exit_rule": ("int16", -1),
    "exit_batch": ("int32", -1),
    "exit_voidable": ("bool", False),
    "post_goes": ("int16", -1),
    "next_post": ("int32", NOBODY),
    "notice_due": ("int32", -1),
    "left_day": ("int32", -1),
    "left_rule": ("int16", -1),
    "left_post": ("int32", NOBODY),
    "returned": ("bool", False),
    "departures": ("int16", 0),
    "retained_from": ("int32", -1),
    "retained_until": ("int32", -1),
    "premium": ("float64", 0),
    "course_until": ("int32", -1),
    "listed": ("bool", False),  # business-critical according to the staff list
    "paid_pence": ("int64", 0),
    "paid_off": ("bool", False),  # whether the last departure was paid for
}
# Staff columns that a run may change.
_CHANGING = ("employer", "function", "band", "point", "contract", "critical", "service_from")


def people_columns(
    calendar: Calendar, opening: Workforce, seats: Ints, law: Law, bodies: Roster
) -> dict[str, AnyArray]:
    """The columns of all people, (people,). Columns that a run does not change are shared with the staff list.

    Args:
        calendar: the scenario's days.
        opening: the opening staff.
        seats: the post that each person holds, (people,).
        law: the dated parameters.
        bodies: the organisations.
    """
    # Only columns that a run changes are copied, so that the runs of a study share the others.
    columns: dict[str, AnyArray] = dict(opening.columns())
    for name in _CHANGING:
        columns[name] = columns[name].copy()
    count = len(opening)
    ends = opening.contract_ends
    columns |= {name: np.full(count, start, dtype) for name, (dtype, start) in FRESH.items()}
    columns["listed"] = opening.critical
    columns["key"] = opening.staff.astype("uint64")
    columns["post"] = seats.astype("int32")
    columns["status"] = np.full(count, Status.IN_POST, "int8")
    # The staff list has epoch days; a run counts days from the scenario's start.
    columns["contract_ends"] = np.where(ends == NEVER, NEVER, ends - calendar.origin).astype("int32")
    columns |= pay_columns(opening, law, bodies.area, calendar.origin)
    return columns


def pay_columns(opening: Workforce, law: Law, area: AnyArray, on: int) -> dict[str, AnyArray]:
    """The pay of people when a scenario begins, (people,) each.

    `pay_pence` is whole-time pay per year including any supplement, and `supplement_pence` the supplement in it.
    `scale_share` is pay as a share of the point's pay for people paid below it, and 1 for everyone else. `own_pay` is
    whether the staff list states the person's pay and it is not below the point's.

    Pay in the staff list replaces the pay table's, and then no table is needed.

    Args:
        opening: the opening staff.
        law: the dated parameters, with pay tables.
        area: each organisation's index in `ZONES`, (bodies,).
        on: the day.

    Raises:
        ParameterError: for people without pay in the staff list, in a band that has no pay table on the day.
    """
    # People with pay of their own in a band without a table keep 0 in `table`. Anybody without pay of their own needs a
    # table, and it is an error if there is none.
    own = opening.pay_pence > 0
    table = np.zeros(len(opening), "int64")
    has_table = law.points(on)[opening.band] > 0
    listed = np.flatnonzero(~own | has_table)
    table[listed] = law.annual_pay(opening.band[listed], opening.point[listed], on)
    basic = np.where(own, opening.pay_pence, table)
    supplement = law.high_cost_supplement(basic, area[opening.employer], on, opening.band)
    below = own & (basic < table)
    return {
        "pay_pence": (basic + supplement).astype("int32"),
        "supplement_pence": supplement.astype("int32"),
        "scale_share": np.where(below, basic / np.maximum(table, 1), 1.0),
        "own_pay": own & ~below,
    }


def usual_pay(columns: Mapping[str, AnyArray]) -> Longs:
    """Median basic pay of each band's staff in whole pence per year, (bands,); 0 for an empty band."""
    basic = columns["pay_pence"] - columns["supplement_pence"]
    found = np.zeros(len(BANDS), "int64")
    for band in np.unique(columns["band"]).tolist():
        found[band] = int(np.median(basic[columns["band"] == band]))
    return found


def post_columns(posts: Posts, seats: Ints, funded: Bools) -> dict[str, AnyArray]:
    """The columns of all posts, (posts,), with their holders.

    Args:
        posts: the posts.
        seats: the post that each person holds, (people,).
        funded: whether each post is funded, (posts,).
    """
    columns: dict[str, AnyArray] = dict(posts.columns())
    columns["funded"] = funded
    columns["holder"] = np.full(len(posts), NOBODY, "int32")
    columns["reserved"] = np.full(len(posts), NOBODY, "int32")
    columns["spell"] = np.zeros(len(posts), "int32")
    columns["emptied"] = np.maximum(posts.opens, 0) - np.int32(1)
    columns["interim"] = np.full(len(posts), NOBODY, "int32")
    columns["credited"] = np.ones(len(posts), bool)
    columns["holder"][seats] = np.arange(len(seats))
    return columns


def pay_bill(columns: Mapping[str, AnyArray], bodies: int) -> Longs:
    """Pay of each organisation's staff in pence per year, including any supplement, (bodies,)."""
    pay = np.rint(columns["pay_pence"] * (columns["wte_hundredths"] / 100.0))
    return np.bincount(columns["employer"], weights=pay, minlength=bodies).astype("int64")


def next_ordinals(posts: dict[str, AnyArray], employer: AnyArray, function: AnyArray, band: AnyArray) -> Ints:
    """The ordinals of new posts, in order: the next free ones of their employer, function and band.

    Args:
        posts: the columns of the existing posts.
        employer: each new post's employer, by index, (new,).
        function: its function, by index, (new,).
        band: its band, by index, (new,).
    """

    def _packed(employer: AnyArray, function: AnyArray, band: AnyArray) -> Longs:
        return np.asarray(employer.astype("int64") << 16 | function.astype("int64") << 8 | band)

    # A cell is a combination of employer, function and band, packed in one number. Only cells with new posts matter.
    wanted = _packed(np.asarray(employer), np.asarray(function), np.asarray(band))
    cells, of_new = np.unique(wanted, return_inverse=True)
    there = _packed(posts["employer"], posts["function"], posts["band"])
    # The position of each existing post's cell among these cells, and the posts whose cell is really there.
    of_old = np.minimum(np.searchsorted(cells, there), max(len(cells) - 1, 0))
    mine = np.flatnonzero(cells[of_old] == there) if len(cells) else np.empty(0, np.intp)
    # The new posts of a cell follow its highest ordinal so far, one after another in their order.
    highest = np.full(len(cells), -1, "int64")
    np.maximum.at(highest, of_old[mine], posts["ordinal"][mine])
    return (highest[of_new] + 1 + nth_within(of_new)).astype("int32")


def opening_situation(
    scenario: Scenario, day: int = 0, stage: str = "", *, number: int = 0, law: Law | None = None
) -> Situation:
    """What a policy would see on a day if no one had come, left or moved since the first day, without any news.

    Args:
        scenario: the scenario.
        day: the day, counted from the scenario's start; posts that open by then exist and are vacant.
        stage: which of the policy's stages.
        number: which of the policy's rounds.
        law: dated parameters to use instead of the scenario's own.

    Raises:
        ParameterError: if the law has no pay for the scenario's first day.
    """
    from nhstransit.scenario.spec import Scenario

    check_kind("scenario", scenario, Scenario)
    law = law or scenario.dated_law
    calendar = scenario.calendar
    posts, seats = scenario.opening
    people = people_columns(calendar, scenario.workforce, seats, law, scenario.roster)
    places = post_columns(posts, seats, posts.opens <= day)
    nobody: Rows = np.empty(0, np.intp)
    return Situation(
        day=day,
        stage=stage,
        round=number,
        calendar=calendar,
        people=People(**{name: guarded(people[name]) for name in People.__annotations__}),
        posts=PostsNow(**{name: guarded(places[name]) for name in PostsNow.__annotations__}),
        bodies=scenario.roster,
        law=law,
        functions=scenario.functions,
        opening_bill=guarded(pay_bill(people, len(scenario.organisations))),
        usual_pay=guarded(usual_pay(people)),
        to_find=guarded(np.zeros(len(scenario.organisations), "int64")),
        saved={},
        applied={},
        purses=_full_purses(scenario, int(financial_year(calendar.origin + day))),
        asked=nobody,
        rules=scenario.rules,
        rule=NO_RULE,
    )


def _full_purses(scenario: Scenario, year: int) -> dict[str, Purse]:
    """Every fund, by name, with its balance at the start of the financial year from April of `year`."""
    bodies = scenario.organisations
    roster = scenario.roster
    return {
        name: Purse(number=fund.purses(roster), pence=fund.filled(bodies, roster, year))
        for name, fund in scenario.funds.items()
    }
