"""Outcomes and payments by group, compared with plain counts of people and pence."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from empty import empty_run
from hypothesis import given
from small import behaving, body, date, once, person, played, rows
from worlds import runs

import nhstransit as nt
from nhstransit.grammar import Pay
from nhstransit.log import COLUMNS, ENGINE_RULES, MONEY, Kind, Log
from nhstransit.measures.equality import PAYMENTS, crossed, equality, outcomes, payments
from nhstransit.policies import Mars
from nhstransit.run.groups import ALL, CHARACTERISTICS, Characteristic, grouping
from tests.examples import examples
from tests.shared import hamlet_run


def plain_outcomes(run):
    """The staff with each outcome, from a walk through the events."""
    found = {name: set() for name in ("left", "paid", "made redundant", "transferred", "retained", "returned")}
    approved = set()
    for _, _, kind, rule, staff, old, new, _ in run.log.tuples():
        if kind is Kind.APPROVED:
            approved.add((staff, rule))
        if kind is Kind.DEPARTED:
            found["left"].add(staff)
            if run.rules[rule] not in ENGINE_RULES and (staff, rule) not in approved:
                found["made redundant"].add(staff)
        if kind in (Kind.ARRIVED, Kind.BACK) and staff in found["left"]:
            found["returned"].add(staff)
        if kind in (Kind.SEVERANCE, Kind.IN_LIEU):
            found["paid"].add(staff)
        if kind is Kind.MOVED and run.posts.employer[old] != run.posts.employer[new]:
            found["transferred"].add(staff)
        if kind is Kind.RETAINED:
            found["retained"].add(staff)
    return found


@examples(5, 40)
@given(runs())
def test_outcomes_equal_a_plain_walk_through_the_log(run):
    """Rates by group have the same counts."""
    plain = plain_outcomes(run)
    mars_run = outcomes(run, "everyone")
    staff = run.people.staff[mars_run.rows]
    for name, expected in (
        ("left", plain["left"]),
        ("left paid", plain["left"] & plain["paid"]),
        ("left unpaid", plain["left"] - plain["paid"]),
        ("made redundant", plain["made redundant"]),
        ("transferred", plain["transferred"]),
        ("retained", plain["retained"]),
        ("returned", plain["returned"]),
    ):
        assert set(staff[mars_run.masks[mars_run.place(name)]].tolist()) == expected, name
    table = equality(run, by="sex", who="everyone").set_index(["outcome", "group"])
    women = {int(one) for one, sex in zip(run.people.staff, run.people.sex, strict=True) if sex == 0}
    assert table.loc[("left", "female"), "count"] == len(plain["left"] & women)
    assert table.loc[("left", "female"), "people"] == len(women)


@examples(5, 30)
@given(runs())
def test_groups_add_up_and_payments_equal_the_log(run):
    """This holds for every characteristic and every kind of payment."""
    table = equality(run, by=CHARACTERISTICS, who="everyone")
    for column in ("people", "count"):
        inner = table[table["group"] != ALL].groupby(["characteristic", "outcome"])[column].sum()
        whole = table[table["group"] == ALL].set_index(["characteristic", "outcome"])[column]
        assert inner.sort_index().to_dict() == whole.sort_index().to_dict()
    paid = payments(run, by=CHARACTERISTICS, who="everyone")
    for _, mars_run in paid.groupby("characteristic"):
        for name, kind in PAYMENTS.items():
            lines = mars_run[(mars_run["payment"] == name) & (mars_run["group"] != ALL)]
            assert round(lines["pounds"].sum() * 100) == int(run.log.of(kind).pence.sum())


@pytest.fixture(scope="module")
def run():
    """The hamlet."""
    return hamlet_run()


def test_approvals_and_refusals_are_shares_of_applicants(run):
    """Approved and refused applicants add up to all applicants."""
    table = equality(run, by="hours").set_index(["outcome", "group"])
    for group in ("full time", "part time", ALL):
        applied = table.loc[("mars: applied", group), "count"]
        assert table.loc[("mars: approved", group), "people"] == applied
        assert table.loc[("mars: approved", group), "count"] + table.loc[("mars: refused", group), "count"] == applied


def test_comparisons_are_with_the_reference_group(run):
    """Ratios and differences are within their limits. The reference group has no limits."""
    table = equality(run, by="age", reference="50–54", only=("left",)).set_index("group")
    base = table.loc["50–54", "rate"]
    others = table.drop(["50–54", ALL])
    assert others["difference"].to_numpy() == pytest.approx(others["rate"].to_numpy() - base)
    assert others["ratio"].to_numpy() == pytest.approx(others["rate"].to_numpy() / base)
    for name in ("ratio", "difference"):
        assert (others[f"{name}_low"] <= others[name]).all()
        assert (others[name] <= others[f"{name}_high"]).all()
    assert np.isnan(table.loc["50–54", "ratio_low"])
    assert table.loc["50–54", "ratio"] == 1.0


@pytest.mark.parametrize(
    ("kind", "name", "outcome"),
    [(Kind.TRAINING, "training", "paid training"), (Kind.CLAWBACK, "paid back", "paid back")],
)
def test_training_and_repayments_are_payments_and_outcomes(kind, name, outcome):
    """Payments are exact to the penny."""
    paid = once("2010-05-03", Pay(rows=rows(0, 1), kind=Kind.TRAINING, pence=np.array([150_001, 50_000])))
    with_payment = played(person(1), person(2, sex="male"), person(3), policies={"own": paid})
    columns = {column: getattr(with_payment.log, column) for column in COLUMNS}
    columns["kind"] = np.where(with_payment.log.kind == Kind.TRAINING, kind, with_payment.log.kind).astype("int8")
    with_payment = attrs.evolve(with_payment, log=Log(**columns))
    table = payments(with_payment, by="sex").set_index(["payment", "group"])
    assert table.loc[name, "pounds"].to_dict() == {"female": 1_500.01, "male": 500.0, ALL: 2_000.01}
    counts = equality(with_payment, by="sex").set_index(["outcome", "group"])["count"]
    assert counts[outcome].to_dict() == {"female": 1, "male": 1, ALL: 2}


def test_every_kind_of_money_except_agency_pay_is_a_payment():
    """The pay of interims goes to an agency."""
    assert set(MONEY) - set(PAYMENTS.values()) == {Kind.AGENCY}


def test_payments_equal_a_plain_loop(run):
    """Severance by sex has the same people, pounds and Student's interval."""
    from scipy import stats

    table = payments(run, by="sex").set_index(["payment", "group"])
    paid = run.log.of(Kind.SEVERANCE)
    by_sex = {0: {}, 1: {}}
    for staff, pence in zip(paid.staff.tolist(), paid.pence.tolist(), strict=True):
        sex = int(run.people.sex[run.rows_of(np.array([staff]))[0]])
        by_sex[sex][staff] = by_sex[sex].get(staff, 0) + pence
    for sex, group in enumerate(("female", "male")):
        pounds = np.array(list(by_sex[sex].values())) / 100
        row = table.loc[("severance", group)]
        assert (row["people"], row["pounds"]) == (len(pounds), pytest.approx(pounds.sum()))
        theirs = stats.ttest_1samp(pounds, 0).confidence_interval(0.95)
        assert (row["low"], row["high"]) == (pytest.approx(theirs.low), pytest.approx(theirs.high))


def test_two_way_tables_equal_plain_counts(run):
    """The margins equal the one-way tables."""
    table = crossed(run, "left", rows="sex", columns="hours").set_index(["sex", "hours"])
    left = np.isin(run.people.staff, run.log.of(Kind.DEPARTED).staff)
    opening = run.opening_post >= 0
    for sex, s in (("female", 0), ("male", 1)):
        part = opening & (run.people.sex == s) & (run.people.wte_hundredths < 100)
        assert table.loc[(sex, "part time"), "people"] == part.sum()
        assert table.loc[(sex, "part time"), "count"] == (part & left).sum()
    one = equality(run, by="sex", only=("left",)).set_index("group")
    for group in ("female", "male", ALL):
        assert table.loc[(group, ALL), "count"] == one.loc[group, "count"]


def test_people_who_leave_through_mars_are_not_made_redundant():
    """They count as having left with pay."""
    mars = Mars(
        announced=date("2010-04-10"),
        opens=date("2010-04-11"),
        closes=date("2010-05-01"),
        leaves=date("2010-06-30"),
        quota=1.0,
        removed=1.0,
    )
    mars_run = played(
        person(1),
        person(2, wte=0.5, sex="male"),
        bodies=(body("Old", closes="2012-09-30"),),
        policies={"mars": mars},
        behaviour=behaving(),
    )
    table = equality(mars_run, by="hours").set_index(["outcome", "group"])["count"]
    assert table["left paid", ALL] == table["mars: approved", ALL] == table["left by mars", ALL] > 0
    assert table["made redundant", ALL] == 0


def test_the_interval_of_a_difference_has_its_nominal_coverage():
    """If leaving does not depend on the group, the 95% interval excludes zero in about 5% of samples."""
    from nhstransit.measures.estimates import difference_limits, rates, wilson

    rng = np.random.default_rng(8)
    people = np.array([[400], [250]])
    count = rng.binomial(people, 0.3, (2, 2_000))
    rate = rates(count, people)
    (low, high) = wilson(count, people, 0.95)
    down, up = difference_limits(rate[0], (low[0], high[0]), rate[1], (low[1], high[1]))
    assert 0.035 < ((down > 0) | (up < 0)).mean() < 0.065


def test_a_users_own_characteristic_is_a_group(run):
    """People without a value are in the group "not stated"."""
    staff = run.people.staff[:200]
    own = Characteristic(name="disability", staff=staff, groups=np.where(staff % 5 == 0, "disabled", "not disabled"))
    table = equality(run, by=("sex", own), only=("left",))
    groups = table[table["characteristic"] == "disability"].set_index("group")["people"]
    assert groups["disabled"] == (staff % 5 == 0).sum()
    assert set(groups.index) == {"disabled", "not disabled", "not stated", ALL}
    assert grouping(run, own).names[-1] == "not stated"


def test_a_run_without_people_has_zero_counts():
    """It has no rates."""
    nobody = empty_run()
    table = equality(nobody, by="sex")
    assert (table["people"] == 0).all()
    assert table["rate"].isna().all()
    assert (payments(nobody, by="sex")["pounds"] == 0).all()
    assert (crossed(nobody, "left")["count"] == 0).all()


def test_invalid_arguments_are_refused(run):
    """Refused are unknown outcomes, groups and characteristics, and a table of a characteristic with itself."""
    for wrong, message in (
        (lambda: equality(run, by="sex", only=("made redundent",)), "did you mean 'made redundant'"),
        (lambda: equality(run, by="sex", reference="woman"), "reference: is 'woman', which is not a group of sex"),
        (lambda: equality(run, by=()), "by: no characteristic is given; give at least one"),
        (lambda: equality(run, by=("sex", "banned")), "did you mean 'band'"),
        (
            lambda: crossed(run, "left", rows="sex", columns="sex"),
            "'sex' is used for the rows; give another characteristic",
        ),
        (lambda: equality(run, by="sex", confidence=95), "confidence: is 95; give a share above 0 and below 1"),
    ):
        with pytest.raises(nt.NhstransitError, match=message):
            wrong()
