"""Stocks reconcile, pence agree with the log, and every table equals a plain count."""

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
    """A world of 900 people with every policy."""
    return nt.simulate(world(900, seed=3), seed=4)


@pytest.mark.parametrize("by", ["all", "kind", "region", "employer", "function", "band"])
@pytest.mark.parametrize("wte", [False, True])
def test_opening_and_flows_make_closing_in_every_cell(run, by, wte):
    """opening + arrivals + transfers in − transfers out − departures = closing, each month and group; closing opens."""
    table = stocks(run, by=by, wte=wte)
    flows = table["arrivals"] + table["transfers_in"] - table["transfers_out"] - table["departures"]
    assert np.allclose(table["opening"] + flows, table["closing"], atol=1e-5)
    wide = table.pivot(index="month", columns=by, values=["opening", "closing"])
    assert np.allclose(wide["opening"].to_numpy()[1:], wide["closing"].to_numpy()[:-1], atol=1e-5)


@pytest.mark.parametrize("by", ["employer", "function", "band"])
def test_month_ends_are_counted_as_they_stood(run, by):
    """The closing stock of a month and group is the count of those who held its posts on that day."""
    table = stocks(run, by=by).set_index(["month", by])["closing"]
    names = {"employer": run.scenario.roster.names, "function": run.scenario.functions, "band": BANDS}
    for date in ("2010-04-30", "2011-02-28", "2013-03-31", "2013-04-30", "2014-03-31"):
        held = getattr(state_on(run, np.datetime64(date).item()), by)
        for code, name in enumerate(names[by]):
            assert table[date, name] == (held == code).sum()


def test_transfers_between_groups_cancel(run):
    """Over all groups as many are transferred in as out, each month."""
    table = stocks(run, by="employer").groupby("month")[["transfers_in", "transfers_out"]].sum()
    assert (table["transfers_in"] == table["transfers_out"]).all()
    assert table["transfers_in"].sum() > 0


def test_accounts_are_the_log_to_the_penny(run):
    """Pounds by year, rule and line are sums of the log's pence, counted by a plain loop."""
    sums: dict[tuple[str, str, int], int] = defaultdict(int)
    for day, _, kind, rule, _, _, _, pence in run.log.tuples():
        if kind in (*MONEY, Kind.REMOVED) and pence:
            date = date_of(run.scenario.calendar.origin + day)
            first = date.year if date.month >= 4 else date.year - 1
            sums[f"{first}-{(first + 1) % 100:02d}", run.rules[rule], kind] += pence
    table = accounts(run)
    assert len(table) == len(sums)
    assert sorted(round(pounds * 100) for pounds in table["pounds"]) == sorted(sums.values())


def test_policies_are_counted_as_a_plain_loop_counts_them(run):
    """Applications, approvals, departures and the rest of each policy are the log's events of its rule."""
    counts = Counter((run.rules[rule], kind) for _, _, kind, rule, *_ in run.log.tuples())
    table = schemes(run)
    for name in run.scenario.policies:
        row = table.loc[name]
        assert row["applied"] == counts[name, Kind.APPLIED]
        assert row["withdrew"] == counts[name, Kind.WITHDREW]
        assert row["left"] == counts[name, Kind.DEPARTED]
        assert row["arrived"] == counts[name, Kind.ARRIVED]


def test_routes_hold_everybody_who_left(run):
    """Heads by route sum to all departures."""
    assert routes(run)["people"].sum() == (run.log.kind == Kind.DEPARTED).sum()


def test_headlines_close_the_sum(run):
    """Opening + arrived − left = closing, and paid and unpaid leavers are all leavers."""
    figures = headlines(run)
    assert figures["opening heads"] + figures["arrived"] - figures["left"] == figures["closing heads"]
    assert figures["left with pay"] + figures["left without pay"] == figures["left"]


def test_the_pay_bill_is_everybodys_pay(run):
    """Basic pay on a day is pay times hours of each person in post, by a plain loop."""
    table = pay_bill(run).set_index("date")
    date = list(table.index)[2]
    state = state_on(run, date)
    wte = run.people.wte
    plain = sum(int(state.pay_pence[row]) * wte[row] for row in range(len(wte)) if state.post[row] >= 0)
    assert table.loc[date, "basic_pay"] == pytest.approx(plain / 100)
    assert table.loc[date, "full_cost"] > table.loc[date, "basic_pay"]


@pytest.mark.parametrize("by", ["kind", "region", "employer", "function", "band"])
def test_the_pay_bill_by_month_and_cut_adds_up(run, by):
    """Each month's groups add up to the whole, and the whole by year is that of its Marches; stocks say the same heads."""
    whole = pay_bill(run, every="month").set_index("date")
    cut = pay_bill(run, by=by, every="month")
    for column in ("heads", "wte", "basic_pay", "full_cost"):
        assert cut.groupby("date")[column].sum().to_numpy() == pytest.approx(whole[column].to_numpy())
    years = pay_bill(run).set_index("date")
    assert whole.loc[years.index].equals(years)
    heads = {
        (str(row["date"]), row[by]): row["heads"] for row in cut[cut["date"] > run.scenario.start].to_dict("records")
    }
    told = {(row["month"], row[by]): row["closing"] for row in stocks(run, by=by).to_dict("records") if row["closing"]}
    assert heads == {place: count for place, count in told.items() if place in heads} and heads
    with pytest.raises(InputError, match=r"^every: is 'week'"):
        pay_bill(run, every="week")


def test_a_run_without_people_is_measured(run):
    """With nobody in it every table is empty or zero, and none fails."""
    from tests.empty import empty_run

    nobody = empty_run()
    assert headlines(nobody)["opening heads"] == 0
    assert len(accounts(nobody)) == 0
    assert stocks(nobody)["closing"].sum() == 0
    assert pay_bill(nobody)["heads"].sum() == 0
