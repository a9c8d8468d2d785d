"""Turnover rates against plain counts of the state of each day, and small worlds worked by hand."""

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
    """Stocks, leavers, stable and unbroken of a period, from the state of days and the log's tuples."""
    before = state_on(run, first - 1).post if first else run.opening_post
    after = state_on(run, last).post
    employer = run.posts.employer
    gone = [
        staff
        for day, _, kind, _, staff, old, new, _ in run.log.tuples()
        if first <= day <= last
        and (kind is Kind.DEPARTED or (leaving == "employer" and kind is Kind.MOVED and employer[old] != employer[new]))
    ]
    both = (before >= 0) & (after >= 0)
    if leaving == "employer":
        both &= np.array([a < 0 or b < 0 or employer[a] == employer[b] for a, b in zip(before, after, strict=True)])
    unbroken = both & ~np.isin(run.people.staff, gone)
    return int((before >= 0).sum()), int((after >= 0).sum()), len(gone), int(both.sum()), int(unbroken.sum())


def plain_days(run, first, last):
    """Days in post of everybody from the first to the last, both included: evenings in post, and last days."""
    evenings = sum(int((state_on(run, day).post >= 0).sum()) for day in range(first, last + 1))
    return evenings + int(((run.log.kind == Kind.DEPARTED) & (run.log.day >= first) & (run.log.day <= last)).sum())


@pytest.mark.thorough
@pytest.mark.parametrize("leaving", ["employer", "system"])
@examples(5, 25)
@given(run=runs())
def test_a_year_is_counted_as_plain_loops_count_it(leaving, run):
    """In any world each year's stocks, leavers, stable, unbroken and person-years are those of plain counts."""
    table = turnover(run, leaving=leaving)
    calendar = run.scenario.calendar
    years = financial_year(np.arange(calendar.days) + calendar.origin)
    for place, year in enumerate(np.unique(years)):
        first, last = np.flatnonzero(years == year)[[0, -1]].tolist()
        row = table.iloc[place]
        names = ("opening", "closing", "left", "stable", "unbroken")
        assert tuple(row[list(names)]) == plain_year(run, first, last, leaving)
        assert row["days"] == last - first + 1
        for rate, count in (("stability", "stable"), ("bowey", "unbroken")):
            wanted = row[count] / row["opening"] if row["opening"] else np.nan
            assert row[rate] == pytest.approx(wanted, nan_ok=True)
        assert row["person_years"] == pytest.approx(plain_days(run, first, last) / DAYS_A_YEAR)


@examples(5, 25)
@given(runs())
def test_stocks_close_and_groups_add_up(run):
    """Opening + arrived − left = closing in each year and group; one year's closing opens the next; groups sum to all."""
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


def test_the_rates_of_a_year_by_hand():
    """Ten people, two of whom leave after 73 days of a 365-day year: every rate as worked by hand."""
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


def test_who_left_and_came_back_is_stable_but_not_unbroken():
    """Of two, one leaves and is back in a post before the year ends: the stability index is one, Bowey's a half."""
    back = once("2010-08-02", Rejoin(rows=rows(0), posts=np.array([0], "int32")))
    run = played(
        person(1), person(2), policies={"gone": leave_on(30, "2010-04-02", 0), "back": back}, end=dt.date(2011, 3, 31)
    )
    assert turnover(run)[["left", "arrived", "stability", "bowey"]].to_numpy().tolist() == [[1, 1, 1.0, 0.5]]


def test_half_of_them_are_gone():
    """The half-life is the day on which the half leave, empty where it never comes, with limits about it."""
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


def test_a_constant_rate_gives_its_half_life():
    """Where people leave at a constant hazard h, the rate has h within its limits, and the half-life is near ln 2 / h."""
    staff = [person(n) for n in range(3_000)]
    luck = np.random.default_rng(4)
    days = np.ceil(luck.exponential(365.25 / 0.9, 3_000)).astype(int) - 1
    end = 274
    gone = np.flatnonzero(days < end)
    run = played(*staff, policies={"gone": leave_on(days[gone], "2010-04-01", *gone.tolist())})
    table = half_life(run)
    assert table.loc["all", "years_at_constant_rate"] == pytest.approx(np.log(2) / 0.9, rel=0.06)
    risk = time_at_risk(run)
    assert risk.loc["all", "low"] < 0.9 < risk.loc["all", "high"]


def test_everybody_leaves_on_the_first_day():
    """All gone on day 0: a leaver rate of two of the mean stock, nobody stable, a day at risk each."""
    run = played(person(1), person(2), policies={"gone": leave_on(0, "2010-04-01", 0, 1)})
    row = turnover(run).iloc[0]
    assert (row["leaver_rate"], row["stability"]) == (2.0, 0.0)
    assert row["person_years"] == pytest.approx(2 / DAYS_A_YEAR)
    assert half_life(run).loc["all", "days"] == 1


def test_nobody_has_no_rate():
    """A run without people has stocks of zero and no rates."""
    nobody = empty_run()
    table = turnover(nobody)
    assert (table[["opening", "left", "person_years"]] == 0).all(axis=None)
    assert table[["leaver_rate", "stability", "bowey", "rate"]].isna().all(axis=None)
    assert len(half_life(nobody)) == 0
    assert np.isnan(time_at_risk(nobody).loc["all", "rate"])


def test_wrong_input_is_told_in_a_sentence():
    """An unknown word is an error that gives the nearest."""
    with pytest.raises(nt.NhstransitError, match="leaving: is 'sistem'; did you mean 'system'"):
        turnover(empty_run(), leaving="sistem")
    with pytest.raises(nt.NhstransitError, match="leaving: is 'sistem'; did you mean 'system'"):
        time_at_risk(empty_run(), leaving="sistem")
