"""Every table of money compared with plain loops, over random small logs and over simulated scenarios."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from empty import empty_run
from hypothesis import given
from made_logs import DAILY, Steps, all_leave_at_once, blank, finished, made_runs
from plain_money import EXITS, days_of, opened_posts, removed_posts, saved, sums, year_of
from worlds import runs

from nhstransit.dates import financial_year_name
from nhstransit.errors import InputError
from nhstransit.log import OF_BODIES, Kind
from nhstransit.measures import (
    accounts,
    exit_costs,
    headlines,
    interims,
    paybacks,
    persistence,
    savings,
    savings_by_year,
    staff_costs,
    state_on,
    staying_costs,
    stocks,
)
from nhstransit.measures.money import ENDED, LINES
from nhstransit.measures.removals import ENDS, removals
from nhstransit.workforce.columns import BANDS, NEVER
from tests.examples import examples


def check_removals(run):
    """Compare removals: each occurs once, with the person who left with the post and the end of its saving."""
    found = removals(run)
    rows = zip(found.day, found.rule, found.post, found.pence, found.row, found.until, found.end, strict=True)
    staff = [*run.people.staff.tolist(), -1]
    ours = [(int(d), int(r), int(p), int(m), staff[w], int(u), ENDS[e]) for d, r, p, m, w, u, e in rows]
    plain = [
        (one.day, one.rule, one.post, one.pence, one.staff, NEVER if one.until is None else one.until, one.end)
        for one in removed_posts(run)
    ]
    assert ours == plain


def group_in_words(run, by, kind, index):
    """The group of one event: of its post or, for kinds in `OF_BODIES`, of its employer."""
    bodies = run.scenario.organisations
    posts = run.posts
    body = index if kind in OF_BODIES else posts.employer[index] if index >= 0 else -1
    if by in ("kind", "region", "employer"):
        return getattr(bodies[body], "name" if by == "employer" else by) if body >= 0 else "none"
    if kind in OF_BODIES or index < 0:
        return "none"
    return run.scenario.functions[posts.function[index]] if by == "function" else BANDS[posts.band[index]]


def check_cuts(run):
    """Compare pence by month, line and grouping with the events, and exit costs too."""
    for by in ("kind", "region", "employer", "function", "band"):
        plain = Counter()
        exits = Counter()
        opening_costs = {one.post: one.pence for one in opened_posts(run)}
        for day, _, kind, _, _, come, go, pence in run.log.tuples():
            index = go if kind is Kind.OPENED else come
            if kind is Kind.REMOVED and come in opening_costs:
                month = str(run.scenario.calendar.date(day))[:7]
                plain[month, group_in_words(run, by, kind, index), ENDED[0]] -= opening_costs[come]
            month = str(run.scenario.calendar.date(day))[:7]
            if kind in LINES and pence:
                plain[month, group_in_words(run, by, kind, index), LINES[kind][0]] += pence
            if kind in EXITS:
                exits[month, group_in_words(run, by, kind, index)] += pence
        table = accounts(run, by=by, every="month").to_dict("records")
        assert {(row["month"][:7], row[by], row["line"]): round(100 * row["pounds"]) for row in table} == plain
        table = exit_costs(run, by=by, every="month").to_dict("records")
        assert {(row["month"][:7], row[by]): round(100 * row["total"]) for row in table} == exits
        years = exit_costs(run, by=by).groupby("financial_year")["total"].sum()
        months = exit_costs(run, by=by, every="month").groupby("financial_year")["total"].sum()
        assert (years * 100).round().tolist() == (months * 100).round().tolist()


def check_money(run):
    """Compare the pence in every table with the log."""
    cells = Counter()
    opening_costs = {one.post: one.pence for one in opened_posts(run)}
    for day, _, kind, rule, _, come, _, pence in run.log.tuples():
        if kind in LINES and pence:
            cells[financial_year_name(year_of(run, day)), run.rules[rule], *LINES[kind]] += pence
        if kind is Kind.REMOVED and come in opening_costs:
            cells[financial_year_name(year_of(run, day)), run.rules[rule], *ENDED] -= opening_costs[come]
    keys = ["financial_year", "rule", "line", "sort"]
    table = accounts(run)
    assert {tuple(row[key] for key in keys): round(100 * row["pounds"]) for row in table.to_dict("records")} == cells
    check_cuts(run)
    for by in ("rule", "kind", "region", "employer", "function", "band", "all"):
        costs = exit_costs(run, by=by, every="month")
        assert round(100 * costs["total"].sum()) == sums(run, *EXITS)
        assert round(100 * costs["severance"].sum()) == sums(run, Kind.SEVERANCE)
        lines = costs["severance"] + costs["in_lieu"] + costs["pension"] + costs["bought_out"]
        assert np.allclose(costs["total"], lines) and np.allclose(costs["mean"] * costs["people"], costs["total"])
    paid = defaultdict(set)
    kinds = [body.kind for body in run.scenario.organisations]
    for day, _, kind, _, staff, post, _, _ in run.log.tuples():
        if kind in EXITS:
            paid[financial_year_name(year_of(run, day)), kinds[run.posts.employer[post]]].add(staff)
    hours = dict(zip(run.people.staff.tolist(), run.people.wte_hundredths.tolist(), strict=True))
    for row in exit_costs(run).to_dict("records"):
        people = paid.pop((row["financial_year"], row["kind"]))
        assert (row["people"], round(100 * row["wte"])) == (len(people), sum(hours[one] for one in people))
    assert not paid
    staying = staying_costs(run)
    assert round(100 * staying["premiums"].sum()) == sums(run, Kind.PREMIUM)
    assert round(100 * staying["development"].sum()) == sums(run, Kind.TRAINING)
    assert round(100 * interims(run)["pounds"].sum()) == sums(run, Kind.AGENCY)
    assert round(100 * headlines(run)["exit cost"]) == sums(run, *EXITS)
    by_year = staff_costs(run)
    assert by_year["total"].sum() == pytest.approx(headlines(run)["staff cost"], abs=0.005)
    assert by_year["total"].sum() == pytest.approx(by_year["pay"].sum() + paid_out(accounts(run)), abs=0.005)


def paid_out(table):
    """Pounds paid less pounds received, in a table of accounts."""
    return table.loc[table["sort"] == "paid", "pounds"].sum() - table.loc[table["sort"] == "received", "pounds"].sum()


def check_savings(run):
    """Compare savings by rule, month and year with the plain removals."""
    plain = removed_posts(run)
    made = opened_posts(run)
    last = run.scenario.calendar.days - 1
    open_at_end = sum(one.pence for one in made if one.until is None)
    for by in ("rule", "kind", "band"):
        everything = savings(run, by=by).loc["all"]
        assert round(100 * everything["gross"]) == sum(one.pence for one in plain) == sums(run, Kind.REMOVED)
        assert round(100 * everything["opened"]) == open_at_end
        assert round(100 * everything["net"]) == sum(one.pence for one in plain if one.end == "lasts") - open_at_end
        assert (everything["posts_removed"], everything["posts_opened"]) == (len(plain), len(made))
    table = savings_by_year(run)
    by_year = saved(run, last)
    for row in table.to_dict("records"):
        assert round(100 * row["net"]) == by_year.pop(int(row["financial_year"][:4]), 0)
        assert not row["projected"] and row["to_return"] == 0
    assert not any(by_year.values())
    assert headlines(run)["cumulative net saving"] == pytest.approx(table["net"].sum())
    for row in persistence(run).to_dict("records"):
        day = run.scenario.calendar.day(np.datetime64(row["month"]).item())
        gross = [one for one in plain if one.day <= day]
        net = sum(one.pence for one in gross if one.until is None or one.until > day)
        net -= sum(one.pence for one in made if one.day <= day and (one.until is None or one.until > day))
        assert (round(100 * row["gross"]), round(100 * row["net"])) == (sum(one.pence for one in gross), net)


def check_paybacks(run):
    """Compare payback by rule with plain sums, and its date with a daily balance."""
    table = paybacks(run)
    events = run.log.tuples()
    plain = removed_posts(run)
    made = opened_posts(run)
    for name, row in table.iterrows():
        mine = {code for code, rule in run.rules.items() if name in (rule, "all")}
        paid = defaultdict(int)
        for day, _, kind, rule, *_, pence in events:
            paid[day] += pence * (kind in EXITS and rule in mine)
        posts = [one for one in plain if one.rule in mine]
        opened = [one for one in made if one.rule in mine]
        net = sum(one.pence for one in posts if one.end == "lasts")
        net -= sum(one.pence for one in opened if one.until is None)
        cost = sum(paid.values())
        assert (round(100 * row["exit_cost"]), row["posts_removed"]) == (cost, len(posts))
        removing = {one.rule for one in posts}
        bought = sum(pence for *_, kind, rule, _, _, _, pence in events if kind in EXITS and rule in removing)
        each = row["cost_a_post"]
        assert np.isnan(each) if not posts else each == pytest.approx(bought / 100 / len(posts))
        assert row["payback_net"] == (pytest.approx(12 * cost / net) if net > 0 else np.inf)
        last_in_debt = None
        balance = 0.0
        for day in range(run.scenario.calendar.days):
            balance -= paid[day]
            saving = [one for one in posts if one.day < day and (one.until is None or one.until > day)]
            costing = [one for one in opened if one.day <= day and (one.until is None or one.until > day)]
            balance += (sum(one.pence for one in saving) - sum(one.pence for one in costing)) / 365.25
            last_in_debt = day if balance < -1e-6 else last_in_debt
        in_time = last_in_debt is not None and last_in_debt < run.scenario.calendar.days - 1
        assert row["paid_back_on"] == (run.scenario.calendar.date(last_in_debt + 1) if in_time else None)


def check_interims(run):
    """Compare days of interim cover by year with a count of days."""
    since = {}
    days = Counter()
    ends = []
    for day, _, kind, _, _, come, go, _ in run.log.tuples():
        if kind is Kind.INTERIM:
            since[go] = day
        elif kind is Kind.INTERIM_ENDED:
            ends.append((since.pop(come), day))
    for start, end in [*ends, *((start, run.scenario.calendar.days) for start in since.values())]:
        days.update(year_of(run, day) for day in range(start, end))
    table = interims(run)
    started = [e for e in run.log.tuples() if e[2] is Kind.INTERIM]
    assert (table["begun"].sum(), table["returners"].sum()) == (len(started), sum(e[4] >= 0 for e in started))
    assert table["days"].tolist() == [days[int(year[:4])] for year in table["financial_year"]]
    covered = [days[year] / days_of(year) for year in (int(name[:4]) for name in table["financial_year"])]
    whole = [name for name in table["financial_year"] if year_of(run, 0) < int(name[:4])][:-1]
    for name, posts, plain in zip(table["financial_year"], table["posts_covered"], covered, strict=True):
        assert name not in whole or posts == pytest.approx(plain)


def check_people(run):
    """Compare headline counts: people paid, people who returned, and vacancies at the end."""
    figures = headlines(run)
    events = run.log.tuples()
    assert figures["vacancies at the end"] == state_on(run, run.scenario.calendar.days - 1).vacant.sum()
    assert figures["left with pay"] == len({e[4] for e in events if e[2] in (Kind.SEVERANCE, Kind.IN_LIEU)})
    departed = set()
    returned = 0
    for _, _, kind, _, staff, *_ in events:
        returned += kind is Kind.BACK or (kind is Kind.ARRIVED and staff in departed)
        departed |= {staff} if kind is Kind.DEPARTED else set()
    assert figures["came back"] == returned


def check(run):
    check_people(run)
    check_removals(run)
    check_money(run)
    check_savings(run)
    check_paybacks(run)
    check_interims(run)


@examples(6, 300)
@given(made_runs())
def test_money_of_random_logs_equals_plain_loops(run):
    """The events follow one another in random order."""
    check(run)


@pytest.mark.thorough
@examples(5, 50)
@given(runs())
def test_money_of_simulated_scenarios_equals_plain_loops(run):
    """The scenarios have newcomers, closures and every policy."""
    check(run)


@pytest.mark.parametrize("make", [blank, all_leave_at_once, empty_run], ids=["nothing", "all on day 0", "nobody"])
def test_money_of_runs_without_events_or_people(make):
    """Nothing happens, everyone leaves on the first day, or there is nobody."""
    run = make()
    check(run)
    assert stocks(run, by="all")["closing"].iloc[-1] == (run.closing.post >= 0).sum()


def test_savings_and_payback_if_everyone_leaves_on_the_first_day_by_hand():
    """Five posts at £1,000 save £5,000 a year from the next day, so £500 is paid back after 1.2 months, or 37 days."""
    run = all_leave_at_once()
    row = paybacks(run).loc["mars"]
    assert (row["exit_cost"], row["gross"], row["net"]) == (500.0, 5_000.0, 5_000.0)
    assert row["payback_net"] == pytest.approx(1.2)
    assert row["paid_back_on"].isoformat() == "2010-05-08"  # 37 × 5,000 / 365.25 = 506
    assert savings_by_year(run)["net"].tolist() == [4_986.3, 5_000.0]  # 364 of 365 days, then a whole leap year
    assert exit_costs(run, by="region")[["people", "wte", "mean"]].to_numpy().tolist() == [[1, 1.0, 100], [4, 3.6, 100]]


def test_costs_and_savings_of_a_person_who_leaves_twice_by_hand():
    """They count as one person in each year, and the first post saves until the return."""
    made = Steps()
    for day, go in ((0, True), (30, False), (400, True)):
        made.day = day
        if go:
            post = made.post[1]
            made.post[1] = -1
            made.write(Kind.DEPARTED, "mars", 1, come=post)
            made.write(Kind.SEVERANCE, "mars", 1, come=post, pence=50_000)
            made.write(Kind.REMOVED, "mars", -1, come=post, pence=365_00)
            made.gone.add(post)
        else:
            made.write(Kind.ARRIVED, "returns", 1, go=3)
            made.post[1] = 3
    run = finished(blank(), made)
    check(run)
    assert exit_costs(run, by="all")[["people", "total"]].to_numpy().tolist() == [[1, 500], [1, 500]]
    assert savings(run).loc["mars", ["gross", "returned", "net"]].tolist() == [730, 365, 365]
    assert savings_by_year(run)["net"].iloc[0] == 29.0  # days 1 to 29


def test_interim_cover_by_a_leaver_by_hand():
    """Ten days of cover at £300 a day by a former employee: one cover, one returner, £3,000."""
    made = Steps()
    post = made.post[1]
    made.post[1] = -1
    made.write(Kind.DEPARTED, "mars", 1, come=post)
    made.day = 10
    made.write(Kind.INTERIM, "returns", 1, go=post, pence=DAILY)
    made.day = 20
    made.write(Kind.AGENCY, "returns", 1, come=post, pence=10 * DAILY)
    made.write(Kind.INTERIM_ENDED, "returns", 1, come=post)
    row = interims(finished(blank(), made)).iloc[0]
    found = row[["begun", "returners", "days", "posts_covered", "pounds", "pounds_a_day"]]
    assert found.tolist() == [1, 1, 10, pytest.approx(10 / 365), 3_000.0, 300.0]


def test_a_post_removed_on_a_later_day_was_vacant():
    """Nobody left with it, even under the same rule, so the return of its last holder does not end the saving."""
    made = Steps()
    post = made.post[1]
    made.post[1] = -1
    made.write(Kind.DEPARTED, "redundancy", 1, come=post)
    made.day = 5
    made.gone.add(post)
    made.write(Kind.REMOVED, "redundancy", -1, come=post, pence=100)
    made.day = 10
    made.write(Kind.BACK, "returns", 1)
    run = finished(blank(), made)
    check(run)
    assert removals(run).row.tolist() == [-1] and savings(run).loc["all", "net"] == 1.0


@pytest.mark.parametrize("ask", [savings, exit_costs])
def test_an_unknown_grouping_is_refused_with_the_nearest_name(ask):
    with pytest.raises(InputError, match="region"):
        ask(blank(), by="regoin")


def test_savings_to_a_date_before_the_start_are_refused():
    with pytest.raises(InputError, match="before the scenario starts"):
        savings_by_year(blank(), until=np.datetime64("2009-01-01").item())
