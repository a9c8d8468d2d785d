"""Stocks and flows by any grouping, or by several at once, compared with a count of one person at a time."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from empty import empty_run
from hypothesis import given
from worlds import runs

import nhstransit as nt
from benchmarks.worlds import world
from nhstransit.dates import date_of
from nhstransit.errors import InputError
from nhstransit.log import Kind
from nhstransit.measures.flows import FLOWS, headcount, stocks
from nhstransit.organisations.bodies import KINDS
from nhstransit.workforce.columns import BANDS
from tests.examples import examples

CELL = ("kind", "region", "function", "band")
MOVES = (Kind.MOVED, Kind.DEPARTED, Kind.ARRIVED)


@pytest.fixture(scope="module")
def run():
    """A run of 600 people with every policy."""
    return nt.simulate(world(600, seed=3), seed=4)


def plain(run):
    """Flows by month and cell, in heads and in hundredths of a WTE, from the events."""
    bodies = run.scenario.organisations
    posts = run.posts
    hours = dict(zip(run.people.staff.tolist(), run.people.wte_hundredths.tolist(), strict=True))

    def cell(post):
        body = bodies[posts.employer[post]]
        return body.kind, body.region, run.scenario.functions[posts.function[post]], BANDS[posts.band[post]]

    flows = defaultdict(Counter)
    heads = defaultdict(Counter)
    for day, _, kind, _, staff, come, go, _ in run.log.tuples():
        if kind not in MOVES:
            continue
        month = date_of(run.scenario.calendar.origin + day).strftime("%Y-%m")
        left, came = (cell(post) if post >= 0 else None for post in (come, go))
        if left == came:
            continue
        steps = [("transfers_out" if came else "departures", left), ("transfers_in" if left else "arrivals", came)]
        for name, where in steps:
            if where is not None:
                flows[month, where][name] += hours[staff]
                heads[month, where][name] += 1
    opening = Counter(cell(post) for post in run.opening_post.tolist() if post >= 0)
    return opening, heads, flows


def check(run):
    """Compare every row of the table with the plain count, and check that no flow is missing."""
    opening, heads, flows = plain(run)
    for wte, counted in ((False, heads), (True, flows)):
        table = stocks(run, by=CELL, wte=wte)
        held = dict(opening)
        for row in table.to_dict("records"):
            where = tuple(row[cut] for cut in CELL)
            month = row["month"][:7]
            found = counted.pop((month, where), Counter())
            scale = 100.0 if wte else 1
            assert [row[name] * scale for name in FLOWS] == pytest.approx([found[name] for name in FLOWS])
            if not wte:
                assert row["opening"] == held.get(where, 0)
                held[where] = row["closing"]
            sum_ = row["opening"] + row["arrivals"] + row["transfers_in"] - row["transfers_out"] - row["departures"]
            assert sum_ == pytest.approx(row["closing"])
        assert not counted


@pytest.mark.thorough
def test_every_cell_of_every_month_equals_a_plain_count(run):
    """The cells are by kind, region, function and band, in heads and in WTE."""
    check(run)


@examples(5, 40)
@given(runs())
def test_stocks_and_flows_of_any_scenario_equal_a_plain_count(run):
    """This includes scenarios in which many events are on the same days."""
    check(run)


@pytest.mark.parametrize("by", ["all", "kind", ("kind", "function")])
def test_a_year_is_the_sum_of_its_months(run, by):
    """It opens like its first month and closes like its last month."""
    months = stocks(run, by=by)
    years = stocks(run, by=by, every="year")
    keys = ["financial_year", *([by] if isinstance(by, str) else by)]
    grouped = months.groupby(keys, sort=False)
    both = years.set_index(keys)
    assert (grouped[list(FLOWS)].sum() == both[list(FLOWS)]).all().all()
    assert (grouped["opening"].first() == both["opening"]).all()
    assert (grouped["closing"].last() == both["closing"]).all()


def test_headcount_has_heads_and_wte(run):
    """Its columns equal the two tables of stocks."""
    table = headcount(run, by="function", every="month")
    for wte, tail in ((False, ""), (True, "_wte")):
        alone = stocks(run, by="function", wte=wte)
        for name in ("opening", *FLOWS, "closing"):
            assert (table[name + tail] == alone[name]).all()


def test_one_grouping_has_every_group_and_several_have_cells_with_posts_only(run):
    """By kind, the table has all kinds; by kind and band, only the cells that have posts."""
    assert set(stocks(run)["kind"]) == set(KINDS)
    kinds = [run.scenario.organisations[body].kind for body in run.posts.employer.tolist()]
    cells = set(zip(kinds, [BANDS[band] for band in run.posts.band.tolist()], strict=True))
    table = stocks(run, by=("kind", "band"))
    assert set(zip(table["kind"], table["band"], strict=True)) == cells


def test_a_run_without_people_has_no_flows():
    """There are no cells by several groupings, and only zeros by one grouping."""
    assert len(stocks(empty_run(), by=("kind", "band"))) == 0
    assert not headcount(empty_run(), by="region")["closing_wte"].any()


@pytest.mark.parametrize("wrong", [{"by": "kin"}, {"by": ()}, {"by": ("kind", "kind")}, {"every": "week"}])
def test_an_unknown_grouping_or_period_is_refused(run, wrong):
    with pytest.raises(InputError, match="is "):
        stocks(run, **wrong)


def test_rows_of_people_with_and_without_gaps_in_identities(run):
    """Rows are searched if identities have gaps, and computed otherwise."""
    staff = run.people.staff
    assert np.array_equal(run.rows_of(staff[::-1]), np.arange(len(staff))[::-1])
    from small import once, person, played

    gapped = played(person(5), person(9), person(70), policies={"p": once("2010-05-01")})
    assert gapped.rows_of(np.array([70, 5, 9], "int32")).tolist() == [2, 0, 1]
