"""Staying and leaving in runs, compared with plain loops over the log and with the state of each day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from empty import empty_run
from hypothesis import given
from small import body, once, person, played, rows
from worlds import runs

import nhstransit as nt
from nhstransit.grammar import Depart
from nhstransit.log import Kind
from nhstransit.measures import disclosure, equality, survival
from nhstransit.measures import turnover as rates
from nhstransit.measures.stays import ELSEWHERE, stays
from nhstransit.measures.survival import STILL, log_rank, routes_out, staying
from nhstransit.run.groups import CHARACTERISTICS, Characteristic, grouping
from nhstransit.run.state import state_on
from tests.examples import examples
from tests.shared import hamlet_run


def leave_on(day, when, *people):
    """A policy that on a date agrees unpaid exits of people, on one day or on a day for each."""
    none = np.zeros(len(people), "int64")
    last = np.broadcast_to(np.asarray(day, "int32"), len(people)).copy()
    return once(
        when,
        Depart(
            rows=rows(*people),
            last_day=last,
            severance=none,
            in_lieu=none,
            strain=none,
            remove=np.zeros(len(people), bool),
        ),
    )


def plain_stays(run, leaving, who):
    """Days and route of each person's first stay, from a walk through the events."""
    start = {int(s): 0 for s, post in zip(run.people.staff, run.opening_post, strict=True) if post >= 0}
    opening = set(start)
    ended = {}
    employer = run.posts.employer
    for day, _, kind, rule, staff, old, new, _ in run.log.tuples():
        if kind is Kind.ARRIVED and staff not in start:
            start[staff] = day
        if kind is Kind.DEPARTED and staff not in ended:
            ended[staff] = (day, run.rules[rule])
        if leaving == "employer" and kind is Kind.MOVED and staff not in ended and employer[old] != employer[new]:
            ended[staff] = (day, ELSEWHERE)
    selected = {"opening": opening, "newcomers": set(start) - opening, "everyone": set(start)}[who]
    end = run.scenario.calendar.days
    return {
        staff: (ended[staff][0] + 1 - start[staff], ended[staff][1]) if staff in ended else (end - start[staff], STILL)
        for staff in selected
    }


@pytest.mark.parametrize("leaving", ["employer", "system"])
@examples(5, 40)
@given(run=runs())
def test_stays_equal_a_plain_walk_through_the_log(leaving, run):
    """Each person's days and route are equal in any scenario."""
    for who in ("opening", "newcomers", "everyone"):
        small_run = stays(run, leaving=leaving, who=who)
        names = [*small_run.routes, STILL]
        found = {
            int(run.people.staff[row]): (days, names[route])
            for row, days, route in zip(small_run.rows, small_run.days.tolist(), small_run.route.tolist(), strict=True)
        }
        assert found == plain_stays(run, leaving, who)


@pytest.fixture(scope="module")
def run():
    """The hamlet."""
    return hamlet_run()


@pytest.mark.parametrize("leaving", ["employer", "system"])
def test_the_share_still_there_equals_the_state_of_the_day(run, leaving):
    """Nobody is censored before the end, so S(t) is the share that `state_on(t − 1)` has in the first employer."""
    table = staying(run, leaving=leaving).set_index("days")
    began = run.posts.employer[run.opening_post]
    back = np.isin(run.people.staff, run.log.of(Kind.ARRIVED).staff)
    for day in table.index[1:]:
        state = state_on(run, int(day) - 1)
        here = state.post >= 0 if leaving == "system" else state.employer == began
        opening = (run.opening_post >= 0) & ~back
        assert table.loc[day, "share"] == pytest.approx((here & opening).sum() / (run.opening_post >= 0).sum())


def test_people_at_risk_equal_leavers_and_people_still_there(run):
    """This holds in each group. Shares are within their limits."""
    table = staying(run, by="band")
    for _, small_run in table.groupby("band"):
        assert (
            small_run["at_risk"].iloc[0]
            == small_run["left"].sum() + small_run["at_risk"].iloc[-1] - small_run["left"].iloc[-1]
        )
        assert (small_run["low"] <= small_run["share"] + 1e-12).all()
        assert (small_run["share"] <= small_run["band_high"] + 1e-12).all()


def test_shares_by_route_and_still_there_sum_to_one(run):
    """They do so on every day in every group."""
    table = routes_out(run, leaving="employer", by="sex")
    assert table.groupby(["sex", "days"])["share"].sum().to_numpy() == pytest.approx(1.0)
    still = table[table["route"] == STILL].set_index(["sex", "days"])["share"]
    curve = staying(run, leaving="employer", by="sex").set_index(["sex", "days"])["share"]
    assert still.to_dict() == pytest.approx(curve.to_dict())
    left = table.groupby("route")["left"].sum()
    assert left[ELSEWHERE] > 0
    assert left[STILL] == 0


def test_curves_if_everyone_leaves_on_the_first_day():
    """After one day nobody is there, and all have left by one route."""
    small_run = played(person(1), person(2), policies={"gone": leave_on(0, "2010-04-01", 0, 1)})
    assert staying(small_run)[["days", "at_risk", "left", "share"]].to_numpy().tolist() == [[0, 2, 0, 1], [1, 2, 2, 0]]
    table = routes_out(small_run)
    assert table.loc[table["days"] == 1, ["route", "share"]].to_numpy().tolist() == [["gone", 1.0], [STILL, 0.0]]
    assert log_rank(small_run, by="sex").freedom == 0


def test_the_curve_of_one_person_who_stays():
    """The share is 1 on the first day and on the last."""
    small_run = played(person(1), end=dt.date(2010, 4, 30))
    assert staying(small_run)[["days", "share", "low"]].to_numpy().tolist() == [[0, 1, 1], [30, 1, 1]]


def test_a_run_without_people_has_empty_tables():
    """Its groups do not differ."""
    nobody = empty_run()
    assert len(staying(nobody)) == len(routes_out(nobody)) == 0
    assert log_rank(nobody, by="sex").p_value == 1.0
    assert len(log_rank(nobody, by="sex").table) == 0


def test_the_log_rank_test_detects_a_difference_between_groups():
    """All women leave and no men, or half of each group leave."""
    staff = [person(n, sex="female" if n < 20 else "male") for n in range(40)]
    apart = played(*staff, policies={"gone": leave_on(9, "2010-04-02", *range(20))})
    test = log_rank(apart, by="sex")
    assert test.p_value < 1e-6
    assert test.table.loc["female", "ratio"] == pytest.approx(2.0)
    alike = played(*staff, policies={"gone": leave_on(9, "2010-04-02", *range(10), *range(20, 30))})
    assert log_rank(alike, by="sex").statistic == pytest.approx(0.0)


@pytest.mark.parametrize("by", [None, *CHARACTERISTICS])
def test_every_person_has_a_group(run, by):
    """This holds for every bundled characteristic."""
    groups = grouping(run, by)
    assert groups.codes.shape == (len(run.people),)
    assert (groups.codes >= 0).all()
    assert (groups.codes < len(groups)).all()


def test_age_service_and_hours_are_measured_on_the_first_day():
    """Age and service are in complete years. Part time means less than one whole-time equivalent."""
    staff = [
        person(1, born="1980-04-01", since="2000-04-01"),
        person(2, born="1980-04-02", since="2000-04-02", wte=0.99),
        person(3, born="1950-03-31"),
    ]
    small_run = played(*staff)
    groups = {
        by: [grouping(small_run, by).names[code] for code in grouping(small_run, by).codes] for by in ("age", "hours")
    }
    assert groups["age"] == ["30–39", "under 30", "60 and over"]
    assert groups["hours"] == ["full time", "part time", "full time"]
    served = grouping(small_run, "service")
    assert [served.names[code] for code in served.codes] == ["10–14", "5–9", "10–14"]


def test_a_users_own_characteristic_is_matched_by_identity():
    """The order does not matter. People who are missing are "not stated"."""
    small_run = played(person(5), person(9), person(7))
    own = Characteristic(name="ethnicity", staff=[9, 5, 1234], groups=["white", "Asian", "Black"])
    groups = grouping(small_run, own)
    assert [groups.names[code] for code in groups.codes] == ["Asian", "not stated", "white"]
    assert staying(small_run, by=own)[own.name].unique().tolist() == ["Asian", "white", "not stated"]


def test_invalid_arguments_are_refused(run):
    """Refused are unknown words, and characteristics that match nobody, have unequal columns or repeat an identity."""
    with pytest.raises(
        nt.NhstransitError, match="by: is 'agee', which is not a characteristic of people; did you mean 'age'"
    ):
        staying(run, by="agee")
    with pytest.raises(nt.NhstransitError, match="leaving: is 'employers'; did you mean 'employer'"):
        staying(run, leaving="employers")
    with pytest.raises(nt.NhstransitError, match="who: is 'all'"):
        staying(run, who="all")
    with pytest.raises(nt.NhstransitError, match="does not include anybody in this run; give staff numbers"):
        staying(run, by=Characteristic(name="faith", staff=[10**6], groups=["none"]))
    with pytest.raises(
        nt.NhstransitError, match=r"different numbers of identities \(2\) and groups \(1\); give one group"
    ):
        Characteristic(name="faith", staff=[1, 2], groups=["none"])
    with pytest.raises(nt.NhstransitError, match="has an identity twice"):
        Characteristic(name="faith", staff=[1, 1], groups=["none", "any"])


def test_a_move_within_an_employer_ends_no_stay():
    """A move to another employer ends the stay with the employer, but not in the system."""
    from nhstransit.grammar import Appoint

    bodies = (body("Old", "pct", ("finance", "6", 3)), body("New", "ccg", ("finance", "6", 1)))
    move = once("2010-05-03", Appoint(rows=rows(0, 1), posts=np.array([2, 3], "int32"), start=32))
    small_run = played(person(1), person(2), bodies=bodies, policies={"move": move})
    assert stays(small_run, leaving="employer").route.tolist() == [-1, 0]
    assert stays(small_run, leaving="employer").routes == (ELSEWHERE,)
    assert stays(small_run, leaving="system").route.tolist() == [-1, -1]


@pytest.mark.parametrize("room", [survival, rates, equality, disclosure], ids=lambda room: room.__name__)
def test_every_measure_has_a_formula_and_a_reference(room):
    """Names are unique within a module."""
    names = [definition.name for definition in room.DEFINITIONS]
    assert len(set(names)) == len(names) > 0
    for definition in room.DEFINITIONS:
        assert all((definition.name, definition.unit, definition.formula, definition.reference))
