"""Staying and leaving, read from runs: against plain loops over the log and the state of each day."""

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


def leave_on(day, when, *places):
    """A policy that on a date lets these people go on a day (one, or one each), unpaid."""
    none = np.zeros(len(places), "int64")
    last = np.broadcast_to(np.asarray(day, "int32"), len(places)).copy()
    return once(
        when,
        Depart(
            rows=rows(*places),
            last_day=last,
            severance=none,
            in_lieu=none,
            strain=none,
            remove=np.zeros(len(places), bool),
        ),
    )


def plain_stays(run, leaving, who):
    """First stays by a walk through the log's tuples."""
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
    wanted = {"opening": opening, "newcomers": set(start) - opening, "everyone": set(start)}[who]
    end = run.scenario.calendar.days
    return {
        staff: (ended[staff][0] + 1 - start[staff], ended[staff][1]) if staff in ended else (end - start[staff], STILL)
        for staff in wanted
    }


@pytest.mark.parametrize("leaving", ["employer", "system"])
@examples(5, 40)
@given(run=runs())
def test_stays_are_those_of_a_plain_walk(leaving, run):
    """In any world each person's days and route are those that a walk through the log finds."""
    for who in ("opening", "newcomers", "everyone"):
        mine = stays(run, leaving=leaving, who=who)
        names = [*mine.routes, STILL]
        found = {
            int(run.people.staff[row]): (days, names[route])
            for row, days, route in zip(mine.rows, mine.days.tolist(), mine.route.tolist(), strict=True)
        }
        assert found == plain_stays(run, leaving, who)


@pytest.fixture(scope="module")
def run():
    """The hamlet, without the policies that bring people back."""
    return hamlet_run()


@pytest.mark.parametrize("leaving", ["employer", "system"])
def test_the_share_still_there_is_that_of_the_state_of_the_day(run, leaving):
    """With nobody censored before the end, S(t) is the share whom `state_on(t − 1)` finds where they began."""
    table = staying(run, leaving=leaving).set_index("days")
    began = run.posts.employer[run.opening_post]
    back = np.isin(run.people.staff, run.log.of(Kind.ARRIVED).staff)
    for day in table.index[1:]:
        state = state_on(run, int(day) - 1)
        here = state.post >= 0 if leaving == "system" else state.employer == began
        opening = (run.opening_post >= 0) & ~back
        assert table.loc[day, "share"] == pytest.approx((here & opening).sum() / (run.opening_post >= 0).sum())


def test_days_at_risk_and_left_add_up(run):
    """In each group those at risk on day 0 are those who left and those still there at the end."""
    table = staying(run, by="band")
    for _, mine in table.groupby("band"):
        assert mine["at_risk"].iloc[0] == mine["left"].sum() + mine["at_risk"].iloc[-1] - mine["left"].iloc[-1]
        assert (mine["low"] <= mine["share"] + 1e-12).all()
        assert (mine["share"] <= mine["band_high"] + 1e-12).all()


def test_routes_and_those_still_there_sum_to_one(run):
    """On every day told the shares by route and the share still there sum to one, in every group."""
    table = routes_out(run, leaving="employer", by="sex")
    assert table.groupby(["sex", "days"])["share"].sum().to_numpy() == pytest.approx(1.0)
    still = table[table["route"] == STILL].set_index(["sex", "days"])["share"]
    curve = staying(run, leaving="employer", by="sex").set_index(["sex", "days"])["share"]
    assert still.to_dict() == pytest.approx(curve.to_dict())
    left = table.groupby("route")["left"].sum()
    assert left[ELSEWHERE] > 0
    assert left[STILL] == 0


def test_everyone_leaves_on_the_first_day():
    """All gone on day 0: after one day nobody is there, by that one route."""
    mine = played(person(1), person(2), policies={"gone": leave_on(0, "2010-04-01", 0, 1)})
    assert staying(mine)[["days", "at_risk", "left", "share"]].to_numpy().tolist() == [[0, 2, 0, 1], [1, 2, 2, 0]]
    table = routes_out(mine)
    assert table.loc[table["days"] == 1, ["route", "share"]].to_numpy().tolist() == [["gone", 1.0], [STILL, 0.0]]
    assert log_rank(mine, by="sex").freedom == 0


def test_one_person_stays_to_the_end():
    """One person who stays is there with a share of one on the first day and the last."""
    mine = played(person(1), end=dt.date(2010, 4, 30))
    assert staying(mine)[["days", "share", "low"]].to_numpy().tolist() == [[0, 1, 1], [30, 1, 1]]


def test_nobody_gives_empty_tables():
    """A run without people gives tables without rows, and groups that do not differ."""
    nobody = empty_run()
    assert len(staying(nobody)) == len(routes_out(nobody)) == 0
    assert log_rank(nobody, by="sex").p_value == 1.0
    assert len(log_rank(nobody, by="sex").table) == 0


def test_groups_that_leave_differently_are_told_apart():
    """Where all women and no men leave, the log-rank test says so; where all leave alike it is silent."""
    staff = [person(n, sex="female" if n < 20 else "male") for n in range(40)]
    apart = played(*staff, policies={"gone": leave_on(9, "2010-04-02", *range(20))})
    test = log_rank(apart, by="sex")
    assert test.p_value < 1e-6
    assert test.table.loc["female", "ratio"] == pytest.approx(2.0)
    alike = played(*staff, policies={"gone": leave_on(9, "2010-04-02", *range(10), *range(20, 30))})
    assert log_rank(alike, by="sex").statistic == pytest.approx(0.0)


@pytest.mark.parametrize("by", [None, *CHARACTERISTICS])
def test_everybody_has_a_group(run, by):
    """Every bundled characteristic gives each person one of its names."""
    groups = grouping(run, by)
    assert groups.codes.shape == (len(run.people),)
    assert (groups.codes >= 0).all()
    assert (groups.codes < len(groups)).all()


def test_ages_and_hours_are_those_of_the_first_day():
    """Age in complete years on entering, and part time below a whole-time equivalent of one, decide the band."""
    staff = [
        person(1, born="1980-04-01", since="2000-04-01"),
        person(2, born="1980-04-02", since="2000-04-02", wte=0.99),
        person(3, born="1950-03-31"),
    ]
    mine = played(*staff)
    told = {by: [grouping(mine, by).names[code] for code in grouping(mine, by).codes] for by in ("age", "hours")}
    assert told["age"] == ["30–39", "under 30", "60 and over"]
    assert told["hours"] == ["full time", "part time", "full time"]
    served = grouping(mine, "service")
    assert [served.names[code] for code in served.codes] == ["10–14", "5–9", "10–14"]


def test_a_characteristic_of_ones_own_goes_by_identity():
    """Words are matched by identity whatever their order; who is not named is not stated."""
    mine = played(person(5), person(9), person(7))
    own = Characteristic(name="ethnicity", staff=[9, 5, 1234], groups=["white", "Asian", "Black"])
    groups = grouping(mine, own)
    assert [groups.names[code] for code in groups.codes] == ["Asian", "not stated", "white"]
    assert staying(mine, by=own)[own.name].unique().tolist() == ["Asian", "white", "not stated"]


def test_wrong_input_is_told_in_a_sentence(run):
    """An unknown word, a characteristic that fits nobody, and unequal columns each say what would be right."""
    with pytest.raises(
        nt.NhstransitError, match="by: is 'agee', which is not a characteristic of people; did you mean 'age'"
    ):
        staying(run, by="agee")
    with pytest.raises(nt.NhstransitError, match="leaving: is 'employers'; did you mean 'employer'"):
        staying(run, leaving="employers")
    with pytest.raises(nt.NhstransitError, match="who: is 'all'"):
        staying(run, who="all")
    with pytest.raises(nt.NhstransitError, match="does not include anybody in this run; give identities"):
        staying(run, by=Characteristic(name="faith", staff=[10**6], groups=["none"]))
    with pytest.raises(
        nt.NhstransitError, match=r"different numbers of identities \(2\) and groups \(1\); give one group"
    ):
        Characteristic(name="faith", staff=[1, 2], groups=["none"])
    with pytest.raises(nt.NhstransitError, match="has an identity twice"):
        Characteristic(name="faith", staff=[1, 1], groups=["none", "any"])


def test_moves_within_an_employer_are_no_leaving():
    """A move to another post of the same employer ends no stay; to another employer it ends that with the employer."""
    from nhstransit.grammar import Appoint

    bodies = (body("Old", "pct", ("finance", "6", 3)), body("New", "ccg", ("finance", "6", 1)))
    go = once("2010-05-03", Appoint(rows=rows(0, 1), posts=np.array([2, 3], "int32"), start=32))
    mine = played(person(1), person(2), bodies=bodies, policies={"go": go})
    assert stays(mine, leaving="employer").route.tolist() == [-1, 0]
    assert stays(mine, leaving="employer").routes == (ELSEWHERE,)
    assert stays(mine, leaving="system").route.tolist() == [-1, -1]


@pytest.mark.parametrize("room", [survival, rates, equality, disclosure], ids=lambda room: room.__name__)
def test_every_measure_has_its_formula_and_source(room):
    """Each module says of its measures the name, unit, formula and reference, and no name comes twice."""
    names = [definition.name for definition in room.DEFINITIONS]
    assert len(set(names)) == len(names) > 0
    for definition in room.DEFINITIONS:
        assert all((definition.name, definition.unit, definition.formula, definition.reference))
