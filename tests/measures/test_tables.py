"""Tables of stocks, accounts, schemes and pay, compared with plain counts."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

import nhstransit as nt
from benchmarks.worlds import world
from nhstransit.dates import date_of
from nhstransit.errors import InputError
from nhstransit.log import MONEY, Kind
from nhstransit.measures import accounts, headlines, pay_bill, schemes, state_on, stocks
from nhstransit.measures.schemes import routes
from nhstransit.workforce.columns import BANDS


@pytest.fixture(scope="module")
def run():
    """A run of 900 people with every policy."""
    return nt.simulate(world(900, seed=3), seed=4)


@pytest.mark.parametrize("by", ["all", "kind", "region", "employer", "function", "band"])
@pytest.mark.parametrize("wte", [False, True])
def test_opening_stock_and_flows_add_up_to_closing_stock(run, by, wte):
    """This holds in each month and group. The closing stock is the next month's opening stock."""
    table = stocks(run, by=by, wte=wte)
    flows = table["arrivals"] + table["transfers_in"] - table["transfers_out"] - table["departures"]
    assert np.allclose(table["opening"] + flows, table["closing"], atol=1e-5)
    wide = table.pivot(index="month", columns=by, values=["opening", "closing"])
    assert np.allclose(wide["opening"].to_numpy()[1:], wide["closing"].to_numpy()[:-1], atol=1e-5)


@pytest.mark.parametrize("by", ["employer", "function", "band"])
def test_closing_stocks_equal_the_state_at_the_end_of_the_month(run, by):
    """They are counts of people in the group's posts on that day."""
    table = stocks(run, by=by).set_index(["month", by])["closing"]
    names = {"employer": run.scenario.roster.names, "function": run.scenario.functions, "band": BANDS}
    for date in ("2010-04-30", "2011-02-28", "2013-03-31", "2013-04-30", "2014-03-31"):
        held = getattr(state_on(run, np.datetime64(date).item()), by)
        for code, name in enumerate(names[by]):
            assert table[date, name] == (held == code).sum()


def test_transfers_between_groups_cancel(run):
    """Over all groups, transfers in equal transfers out in each month."""
    table = stocks(run, by="employer").groupby("month")[["transfers_in", "transfers_out"]].sum()
    assert (table["transfers_in"] == table["transfers_out"]).all()
    assert table["transfers_in"].sum() > 0


def test_accounts_equal_the_log_to_the_penny(run):
    """Pounds by year, rule and line equal sums of pence from a plain loop."""
    sums: dict[tuple[str, str, int], int] = defaultdict(int)
    for day, _, kind, rule, _, _, _, pence in run.log.tuples():
        if kind in (*MONEY, Kind.REMOVED) and pence:
            date = date_of(run.scenario.calendar.origin + day)
            first = date.year if date.month >= 4 else date.year - 1
            sums[f"{first}-{(first + 1) % 100:02d}", run.rules[rule], kind] += pence
    table = accounts(run)
    assert len(table) == len(sums)
    assert sorted(round(pounds * 100) for pounds in table["pounds"]) == sorted(sums.values())


def test_counts_by_policy_equal_a_plain_loop(run):
    """They are numbers of events under the policy's rule."""
    counts = Counter((run.rules[rule], kind) for _, _, kind, rule, *_ in run.log.tuples())
    table = schemes(run)
    for name in run.scenario.policies:
        row = table.loc[name]
        assert row["applied"] == counts[name, Kind.APPLIED]
        assert row["withdrew"] == counts[name, Kind.WITHDREW]
        assert row["left"] == counts[name, Kind.DEPARTED]
        assert row["arrived"] == counts[name, Kind.ARRIVED]


def test_people_by_route_add_up_to_all_departures(run):
    assert routes(run)["people"].sum() == (run.log.kind == Kind.DEPARTED).sum()


def test_headline_stocks_and_leavers_add_up(run):
    """Opening + arrived − left = closing, and paid plus unpaid leavers are all leavers."""
    figures = headlines(run)
    assert figures["opening heads"] + figures["arrived"] - figures["left"] == figures["closing heads"]
    assert figures["left with pay"] + figures["left without pay"] == figures["left"]


def test_the_pay_bill_equals_a_plain_sum(run):
    """Basic pay on a day is pay times working time, summed over people in post."""
    table = pay_bill(run).set_index("date")
    date = list(table.index)[2]
    state = state_on(run, date)
    wte = run.people.wte
    plain = sum(int(state.pay_pence[row]) * wte[row] for row in range(len(wte)) if state.post[row] >= 0)
    assert table.loc[date, "basic_pay"] == pytest.approx(plain / 100)
    assert table.loc[date, "full_cost"] > table.loc[date, "basic_pay"]


@pytest.mark.parametrize("by", ["kind", "region", "employer", "function", "band"])
def test_the_pay_bill_by_month_and_group_adds_up(run, by):
    """Groups add up to the total, yearly rows equal those of March, and heads equal closing stocks."""
    whole = pay_bill(run, every="month").set_index("date")
    cut = pay_bill(run, by=by, every="month")
    for column in ("heads", "wte", "basic_pay", "full_cost"):
        assert cut.groupby("date")[column].sum().to_numpy() == pytest.approx(whole[column].to_numpy())
    years = pay_bill(run).set_index("date")
    assert whole.loc[years.index].equals(years)
    heads = {
        (str(row["date"]), row[by]): row["heads"] for row in cut[cut["date"] > run.scenario.start].to_dict("records")
    }
    closing = {
        (row["month"], row[by]): row["closing"] for row in stocks(run, by=by).to_dict("records") if row["closing"]
    }
    assert heads == {cell: count for cell, count in closing.items() if cell in heads} and heads
    with pytest.raises(InputError, match=r"^every: is 'week'"):
        pay_bill(run, every="week")


def test_tables_of_a_run_without_people_are_empty_or_zero(run):
    from tests.empty import empty_run

    nobody = empty_run()
    assert headlines(nobody)["opening heads"] == 0
    assert len(accounts(nobody)) == 0
    assert stocks(nobody)["closing"].sum() == 0
    assert pay_bill(nobody)["heads"].sum() == 0
