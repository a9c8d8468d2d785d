"""Turnover rates compared with plain counts of the state of each day, and with small examples by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from empty import empty_run
from hypothesis import given
from small import once, person, played, rows
from test_survival import leave_on
from worlds import runs

import nhstransit as nt
from nhstransit.dates import DAYS_A_YEAR, financial_year
from nhstransit.grammar import Rejoin
from nhstransit.log import Kind
from nhstransit.measures.survival import staying
from nhstransit.measures.turnover import half_life, time_at_risk, turnover
from nhstransit.run.state import state_on
from tests.examples import examples


def plain_year(run, first, last, leaving):
    """Opening and closing stock, leavers, stable and unbroken staff of a period, from states and events."""
    before = state_on(run, first - 1).post if first else run.opening_post
    after = state_on(run, last).post
    employer = run.posts.employer
    leavers = [
        staff
        for day, _, kind, _, staff, old, new, _ in run.log.tuples()
        if first <= day <= last
        and (kind is Kind.DEPARTED or (leaving == "employer" and kind is Kind.MOVED and employer[old] != employer[new]))
    ]
    both = (before >= 0) & (after >= 0)
    if leaving == "employer":
        both &= np.array([a < 0 or b < 0 or employer[a] == employer[b] for a, b in zip(before, after, strict=True)])
    unbroken = both & ~np.isin(run.people.staff, leavers)
    return int((before >= 0).sum()), int((after >= 0).sum()), len(leavers), int(both.sum()), int(unbroken.sum())


def plain_days(run, first, last):
    """Days in post of everyone from `first` to `last`, both included: ends of days in post, and last days."""
    evenings = sum(int((state_on(run, day).post >= 0).sum()) for day in range(first, last + 1))
    return evenings + int(((run.log.kind == Kind.DEPARTED) & (run.log.day >= first) & (run.log.day <= last)).sum())


@pytest.mark.thorough
@pytest.mark.parametrize("leaving", ["employer", "system"])
@examples(5, 25)
@given(run=runs())
def test_turnover_of_each_year_equals_plain_counts(leaving, run):
    """Stocks, leavers, stable and unbroken staff, and person-years are equal."""
    table = turnover(run, leaving=leaving)
    calendar = run.scenario.calendar
    years = financial_year(np.arange(calendar.days) + calendar.origin)
    for index, year in enumerate(np.unique(years)):
        first, last = np.flatnonzero(years == year)[[0, -1]].tolist()
        row = table.iloc[index]
        names = ("opening", "closing", "left", "stable", "unbroken")
        assert tuple(row[list(names)]) == plain_year(run, first, last, leaving)
        assert row["days"] == last - first + 1
        for rate, count in (("stability", "stable"), ("bowey", "unbroken")):
            expected = row[count] / row["opening"] if row["opening"] else np.nan
            assert row[rate] == pytest.approx(expected, nan_ok=True)
        assert row["person_years"] == pytest.approx(plain_days(run, first, last) / DAYS_A_YEAR)


@examples(5, 25)
@given(runs())
def test_stocks_reconcile_and_groups_add_up(run):
    """Opening + arrived − left = closing, which is the next year's opening. Groups sum to the total."""
    table = turnover(run, by="band")
    everyone = turnover(run)
    assert (table["opening"] + table["arrived"] - table["left"] == table["closing"]).all()
    for _, mine in table.groupby("band"):
        assert mine["opening"].tolist()[1:] == mine["closing"].tolist()[:-1]
    sums = table.groupby("financial_year")[["opening", "left", "stable", "person_years"]].sum()
    whole = everyone.set_index("financial_year")[["opening", "left", "stable", "person_years"]]
    assert np.allclose(sums, whole.loc[sums.index])
    at_risk = time_at_risk(run, by="band")
    assert at_risk["person_years"].to_numpy() == pytest.approx(
        table.groupby("band", sort=False)["person_years"].sum().to_numpy()
    )


def test_turnover_rates_by_hand():
    """Two of ten people leave after 73 days of a year of 365 days."""
    run = played(
        *map(person, range(10)),
        policies={"gone": leave_on(72, "2010-04-02", 0, 1)},
        end=dt.date(2011, 3, 31),
    )
    row = turnover(run).iloc[0]
    assert row["leaver_rate"] == pytest.approx(2 / 9)
    assert row["stability"] == row["bowey"] == 0.8
    assert row["person_years"] == pytest.approx((8 * 365 + 2 * 73) / 365.25)
    assert row["rate"] == pytest.approx(2 / row["person_years"])
    assert row["rate_low"] == pytest.approx(0.2422 / row["person_years"], rel=1e-3)  # Garwood's limits of a count of 2
    assert row["rate_high"] == pytest.approx(7.2247 / row["person_years"], rel=1e-3)


def test_a_person_who_left_and_returned_is_stable_but_not_unbroken():
    """One of two people leaves and returns within the year: the stability index is 1, and Bowey's index 0.5."""
    back = once("2010-08-02", Rejoin(rows=rows(0), posts=np.array([0], "int32")))
    run = played(
        person(1), person(2), policies={"gone": leave_on(30, "2010-04-02", 0), "back": back}, end=dt.date(2011, 3, 31)
    )
    assert turnover(run)[["left", "arrived", "stability", "bowey"]].to_numpy().tolist() == [[1, 1, 1.0, 0.5]]


def test_the_half_life_of_a_group_by_hand():
    """It is the day on which half have left, with limits, and empty if fewer leave."""
    staff = [person(n, sex="female" if n < 20 else "male") for n in range(40)]
    run = played(*staff, policies={f"gone {n}": leave_on(9 + n, "2010-04-02", n) for n in range(12)})
    table = half_life(run, by="sex")
    assert table.loc["female", ["people", "left", "days"]].tolist() == [20, 12, 19]  # the tenth leaves on day 18
    assert table.loc["female", "low"] < 19 < table.loc["female", "high"] or np.isnan(table.loc["female", "high"])
    assert np.isnan(table.loc["male", "days"])
    curve = staying(run, by="sex")
    women = curve[curve["sex"] == "female"].set_index("days")["share"]
    assert women[19] == pytest.approx(0.5)
    assert table.loc["male", "left"] == 0


def test_the_half_life_under_a_constant_hazard():
    """Under a constant hazard h, the limits of the rate contain h, and the half-life is close to ln 2 / h."""
    staff = [person(n) for n in range(3_000)]
    rng = np.random.default_rng(4)
    days = np.ceil(rng.exponential(365.25 / 0.9, 3_000)).astype(int) - 1
    end = 274
    leavers = np.flatnonzero(days < end)
    run = played(*staff, policies={"gone": leave_on(days[leavers], "2010-04-01", *leavers.tolist())})
    table = half_life(run)
    assert table.loc["all", "years_at_constant_rate"] == pytest.approx(np.log(2) / 0.9, rel=0.06)
    risk = time_at_risk(run)
    assert risk.loc["all", "low"] < 0.9 < risk.loc["all", "high"]


def test_turnover_if_everyone_leaves_on_the_first_day():
    """The leaver rate is 2 on the mean stock, nobody is stable, and each person has one day at risk."""
    run = played(person(1), person(2), policies={"gone": leave_on(0, "2010-04-01", 0, 1)})
    row = turnover(run).iloc[0]
    assert (row["leaver_rate"], row["stability"]) == (2.0, 0.0)
    assert row["person_years"] == pytest.approx(2 / DAYS_A_YEAR)
    assert half_life(run).loc["all", "days"] == 1


def test_a_run_without_people_has_no_rates():
    """Its stocks are zero."""
    nobody = empty_run()
    table = turnover(nobody)
    assert (table[["opening", "left", "person_years"]] == 0).all(axis=None)
    assert table[["leaver_rate", "stability", "bowey", "rate"]].isna().all(axis=None)
    assert len(half_life(nobody)) == 0
    assert np.isnan(time_at_risk(nobody).loc["all", "rate"])


def test_an_unknown_kind_of_leaving_is_refused_with_the_nearest_name():
    with pytest.raises(nt.NhstransitError, match="leaving: is 'sistem'; did you mean 'system'"):
        turnover(empty_run(), leaving="sistem")
    with pytest.raises(nt.NhstransitError, match="leaving: is 'sistem'; did you mean 'system'"):
        time_at_risk(empty_run(), leaving="sistem")
