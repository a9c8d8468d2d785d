"""Capacity for service change, readiness of successors and clinicians who leave, compared with sums by hand."""

from __future__ import annotations

import datetime as dt
import math

import attrs
import numpy as np
import pytest
from empty import empty_run
from hypothesis import given
from small import body, on, once, person, played, rows
from worlds import runs

from nhstransit.errors import InputError
from nhstransit.grammar import Appoint, Depart
from nhstransit.log import Kind
from nhstransit.measures.cover import Cover, grid
from nhstransit.measures.drain import clinicians_leaving
from nhstransit.measures.readiness import (
    READINESS,
    Readiness,
    ServiceChange,
    capacity,
    capacity_gap,
    ratings,
    ratings_by_month,
    readiness,
    successors,
)
from tests.examples import examples
from tests.shared import hamlet_run

START = dt.date(2010, 7, 1)
WORK = ServiceChange(starts=START, functions=("finance",), time_share=0.5, support_share=0.2)
RULE = Readiness(work=WORK)
TEAM = body("Team", "board-area", ("finance", "7", 2), shadow="2010-05-01", opens="2010-07-01")
GROUP = body("Group", "ccg", ("finance", "6", 4), shadow="2010-05-01", opens="2010-07-01")
UNIT = body("Unit", "csu", ("finance", "6", 5), shadow="2010-05-01", opens="2010-07-01")
OLD = body("Old", "pct", ("finance", "6", 9), ("nursing", "6", 3), closes="2010-12-31")


def bodies(residents=100_000):
    """A trust that closes, an area team, two groups of different size under it, and a support unit."""
    return (
        attrs.evolve(OLD, successors=("Group", "Unit")),
        attrs.evolve(TEAM, population=2 * residents),
        attrs.evolve(GROUP, population=residents, parent="Team"),
        attrs.evolve(GROUP, name="Small", population=residents // 4, parent="Team"),
        UNIT,
    )


def moving(to, when="2010-07-01"):
    """A policy that moves the opening staff to these posts, in order, on a day."""
    return once("2010-06-01", Appoint(rows=rows(*range(len(to))), posts=np.array(to), start=on(when)))


@pytest.fixture(scope="module")
def run():
    """Four people move to the large group (posts 14 to 17) and one to the unit (post 22) on 1 July 2010."""
    people = [person(number, wte=0.8 if number == 3 else 1.0) for number in range(6)]
    return played(*people, bodies=bodies(), policies={"move": moving([14, 15, 16, 17, 22])})


def test_the_posts_of_the_fixture_are_in_the_intended_employers(run):
    names = [run.scenario.roster.names[run.posts.employer[post]] for post in (14, 17, 18, 22)]
    assert names == ["Group", "Group", "Small", "Unit"]


def output(month, count):
    """Whole-time output, at the end of a month, of `count` people who came on 1 July."""
    days = (dt.date(2010 + month // 12, month % 12 + 1, 1) - dt.timedelta(1) - START).days
    return count * (1 - 0.5 * math.exp(-days / (365.25 / 12) / 3))


def test_capacity_for_service_change_by_hand(run):
    """A group's own analysts have half their time for it.

    The unit's analysts have a fifth, mostly for the larger group.
    """
    table = capacity_gap(run, work=WORK)
    own = sum(0.5 * output(month, 3.8) for month in range(7, 13))
    lent = sum(0.2 * output(month, 1.0) for month in range(7, 13))
    assert table.loc["Group", "needed_analyst_months"] == pytest.approx(6 * 2.5)
    assert table.loc["Group", "available_analyst_months"] == pytest.approx(own + 0.8 * lent)
    assert table.loc["Small", "available_analyst_months"] == pytest.approx(0.2 * lent)
    assert table.loc["Team", "needed_analyst_months"] == pytest.approx(6 * (2 * 0.25 + 2 * 1.0))
    assert table.loc["Team", "gap_analyst_months"] == pytest.approx(table.loc["Team", "needed_analyst_months"])
    assert table["overseen_by"].tolist() == ["", "Team", "Team"] and "Unit" not in table.index
    gap = table.loc["Group", "needed_analyst_months"] - table.loc["Group", "available_analyst_months"]
    assert table.loc["Group", "gap_analyst_months"] == pytest.approx(gap)  # no month has a surplus
    assert table.loc["Group", "body_months_short"] == 6


def test_a_later_surplus_does_not_reduce_an_earlier_gap(run):
    """With a small need, early months have a gap and later months a surplus.

    The total is the gap of the early months.
    """
    easy = attrs.evolve(WORK, group_need=1.4)
    found = capacity(run, easy)
    group = run.scenario.roster.names.index("Group")
    short = found.gap[group]
    assert short[3] > 0 and short[8] == 0 and found.available[group, 8] > found.needed[group, 8]
    assert capacity_gap(run, work=easy).loc["Group", "gap_analyst_months"] == pytest.approx(short.sum())


def test_gaps_add_up_for_every_grouping(run):
    """The totals are the same by employer, kind, region and month. An unknown grouping is refused."""
    tables = {by: capacity_gap(run, by=by, work=WORK) for by in ("employer", "kind", "region", "month")}
    for table in tables.values():
        for column in ("needed_analyst_months", "available_analyst_months", "gap_analyst_months", "body_months_short"):
            assert table[column].sum() == pytest.approx(tables["employer"][column].sum())
    assert tables["month"].index[0] == "2010-07-31" and tables["month"]["bodies"].tolist() == [3] * 6
    assert tables["kind"].loc["ccg", "bodies"] == 2
    with pytest.raises(InputError, match="did you mean 'month'"):
        capacity_gap(run, by="months", work=WORK)
    with pytest.raises(InputError, match="known: finance, nursing"):
        capacity_gap(run, work=ServiceChange(functions=("typing",)))


def test_ratings_by_hand(run):
    """Green needs the plan at its target and cover at its minimum. One of the two is amber, and neither is red."""
    easy = attrs.evolve(RULE, work=attrs.evolve(WORK, group_need=0.1, area_need=0.0, assurance=0.0))
    december = readiness(run, on=dt.date(2010, 12, 31), rule=easy)
    assert december.loc["Group", "rating"] == "green" and december.loc["Group", "plan_met"] == 1.0
    assert (
        december.loc["Small", "rating"] == "amber" and december.loc["Small", "cover"] == 0.0
    )  # the unit's loan meets its plan
    assert (
        december.loc["Team", "rating"] == "red" and december.loc["Team", "plan_met"] == 0.0
    )  # there is no need, so the plan is the share of posts filled
    early = readiness(run, on=dt.date(2010, 7, 31), rule=easy)
    assert early.loc["Group", "rating"] == "amber" and early.loc["Group", "cover"] < 0.75
    for least, rating in ((december.loc["Group", "cover"], "green"), (december.loc["Group", "cover"] + 1e-6, "amber")):
        exact = attrs.evolve(easy, cover=Cover(minimum=least))
        assert readiness(run, rule=exact).loc["Group", "rating"] == rating
    unit = december.loc["Unit"]
    assert unit["plan"] == "posts filled" and unit["plan_met"] == pytest.approx(0.2) and unit["rating"] == "red"
    assert december["rated_by"].tolist() == ["", "Team", "Team", ""]
    assert december.loc["Group", "why"].startswith(
        "service change and QIPP assurance at 100%, at the target of 90%; cover of"
    )


def test_successors_are_named_as_such_or_open_during_the_scenario(run):
    """The employer that existed at the start and closes is not a successor."""
    names = [run.scenario.roster.names[index] for index in successors(run).tolist()]
    assert names == ["Team", "Group", "Small", "Unit"]
    assert not len(readiness(run, on=dt.date(2010, 6, 30), rule=RULE))
    with pytest.raises(InputError, match="give one from 2010-04-30"):
        readiness(run, on=dt.date(2010, 4, 1), rule=RULE)


@examples(5, 50)
@given(runs())
def test_ratings_equal_a_plain_computation(run):
    """Each rating of any scenario follows from plan and cover, computed from the grid."""
    rule = Readiness(
        work=ServiceChange(starts=run.scenario.start, functions=(), group_need=3.0), cover=Cover(minimum=0.6)
    )
    seen = grid(run, rule.cover)
    found = ratings(run, rule)
    work = capacity(run, rule.work, rule.cover)
    for row, employer in enumerate(found.bodies.tolist()):
        for month in range(len(seen.days)):
            need = seen.establishment[employer, :, month].sum()
            if need == 0:
                assert found.rating[row, month] == -1
                continue
            cover = seen.productive[employer, :, month].sum() / need
            needed = work.needed[employer, : month + 1].sum()
            met = np.minimum(work.needed, work.available)[employer, : month + 1].sum()
            filled = seen.heads[employer, :, month].sum() / seen.posts[employer, :, month].sum()
            plan = met / needed if needed else filled
            if min(abs(cover - 0.6), abs(plan - 0.9)) > 1e-7:
                assert found.rating[row, month] == int(cover >= 0.6) + int(plan >= 0.9)
    table = ratings_by_month(run, rule=rule)
    assert table.to_numpy().sum() == (found.rating >= 0).sum()


def test_commissioning_groups_are_rated_from_the_month_in_which_they_open():
    """From then on, each group has a rating in every month."""
    table = ratings_by_month(hamlet_run(), kind="ccg")
    assert (table.loc[:"2013-03-31"].to_numpy().sum(), set(table.loc["2013-04-30":].sum(axis=1))) == (0, {2})


def test_the_rule_of_readiness_has_a_description():
    """It states thresholds and dates, and the winter minimum only if it differs."""
    assert (
        "from 2013-04-01: at least 90% of the analyst-months" in READINESS.in_words
        and "winter" not in READINESS.in_words
    )
    strict = Readiness(plan_target=0.95, cover=Cover(minimum=0.7, winter_minimum=0.8))
    assert "95%" in strict.in_words and "target is 70% (80% in winter)" in strict.in_words


def exits(*who, when):
    """Exits of the people in these rows on a day."""
    money = {name: np.zeros(len(who), "int64") for name in ("severance", "in_lieu", "strain")}
    last = np.full(len(who), on(when), "int32")
    return Depart(rows=rows(*who), last_day=last, **money, remove=np.zeros(len(who), bool))


def test_clinicians_who_leave_by_hand():
    """Two of three people in a group are clinicians.

    One leaves after 92 days, and the other moves on after 123 days.
    """
    people = [person(1, clinician=True), person(2, clinician=True), person(3)]
    on_again = once("2010-10-01", Appoint(rows=rows(1), posts=np.array([22]), start=on("2010-11-01")))
    policies = {
        "move": moving([14, 15, 16]),
        "exit": once("2010-09-01", exits(0, when="2010-10-01")),
        "other": once("2010-08-01", exits(2, when="2010-09-01")),
        "within": once("2010-08-03", Appoint(rows=rows(1), posts=np.array([17]), start=on("2010-08-15"))),
        "again": on_again,
    }
    run = played(*people, bodies=bodies(), policies=policies)
    whole = clinicians_leaving(run, by="all").loc["all"]
    assert (whole["came"], whole["left"], whole["moved_on"], whole["in_post_at_end"]) == (2, 1, 1, 0)
    assert whole["clinician_years"] == pytest.approx((92 + 123) / 365.25)
    assert whole["left_a_year"] == pytest.approx(1 / ((92 + 123) / 365.25))
    month = clinicians_leaving(run)
    assert month["left"].sum() == month.loc["2010-10-31", "left"] == 1
    assert month["moved_on"].sum() == month.loc["2010-11-30", "moved_on"] == 1
    assert month["in_post_at_end"].tolist() == [0, 0, 0, 2, 2, 2, 1, 0, 0]
    assert month["clinician_years"].sum() == pytest.approx(whole["clinician_years"])
    assert clinicians_leaving(run, by="employer").index.tolist() == ["Group"]
    with pytest.raises(InputError, match="did you mean 'month'"):
        clinicians_leaving(run, by="monthly")


@examples(5, 50)
@given(runs())
def test_clinicians_who_leave_equal_a_plain_count(run):
    """The counts are equal in total and by month."""
    kinds = [one.kind for one in run.scenario.organisations]
    clinician = dict(zip(run.people.staff.tolist(), run.people.clinician.tolist(), strict=True))
    employer = run.posts.employer.tolist()
    left = moved = 0
    for _, _, kind, _, staff, old, new, _ in run.log.tuples():
        if kind in (Kind.DEPARTED, Kind.MOVED) and clinician[staff] and kinds[employer[old]] == "ccg":
            left += kind is Kind.DEPARTED
            moved += kind is Kind.MOVED and employer[old] != employer[new]
    here = [post for row, post in enumerate(run.closing.post.tolist()) if post >= 0 and run.people.clinician[row]]
    for by in ("month", "employer", "region", "all"):
        table = clinicians_leaving(run, by=by)
        assert (table["left"].sum(), table["moved_on"].sum()) == (left, moved)
    assert clinicians_leaving(run)["in_post_at_end"].iloc[-1] == sum(kinds[employer[post]] == "ccg" for post in here)


def test_a_run_without_people_has_no_ratings():
    """Without successors, need or clinicians, tables have no rows, or zeros by month."""
    run = empty_run()
    assert not len(capacity_gap(run, work=WORK)) and not len(readiness(run, rule=RULE))
    assert ratings_by_month(run, rule=RULE).to_numpy().sum() == 0
    assert clinicians_leaving(run)["left"].sum() == 0 and not len(clinicians_leaving(run, by="all"))
