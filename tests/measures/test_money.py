"""Every table of money against plain loops, over random small logs and over worlds that an engine plays."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from empty import empty_run
from hypothesis import given
from made_logs import DAILY, Steps, all_leave_at_once, blank, finished, made_runs
from plain_money import EXITS, days_of, gone_posts, made_posts, saved, sums, year_of
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
    """Each removal stands once, with who left with it, and with what ended its saving."""
    found = removals(run)
    rows = zip(found.day, found.rule, found.post, found.pence, found.row, found.until, found.end, strict=True)
    staff = [*run.people.staff.tolist(), -1]
    ours = [(int(d), int(r), int(p), int(m), staff[w], int(u), ENDS[e]) for d, r, p, m, w, u, e in rows]
    plain = [
        (one.day, one.rule, one.post, one.pence, one.staff, NEVER if one.until is None else one.until, one.end)
        for one in gone_posts(run)
    ]
    assert ours == plain


def group_in_words(run, by, kind, place):
    """The group of one event: of the post it concerns, or of the body."""
    bodies = run.scenario.organisations
    posts = run.posts
    body = place if kind in OF_BODIES else posts.employer[place] if place >= 0 else -1
    if by in ("kind", "region", "employer"):
        return getattr(bodies[body], "name" if by == "employer" else by) if body >= 0 else "none"
    if kind in OF_BODIES or place < 0:
        return "none"
    return run.scenario.functions[posts.function[place]] if by == "function" else BANDS[posts.band[place]]


def check_cuts(run):
    """Pence by month, line and cut are those of the log, event by event; exits' too."""
    for by in ("kind", "region", "employer", "function", "band"):
        plain = Counter()
        exits = Counter()
        debits = {one.post: one.pence for one in made_posts(run)}
        for day, _, kind, _, _, come, go, pence in run.log.tuples():
            place = go if kind is Kind.OPENED else come
            if kind is Kind.REMOVED and come in debits:
                month = str(run.scenario.calendar.date(day))[:7]
                plain[month, group_in_words(run, by, kind, place), ENDED[0]] -= debits[come]
            month = str(run.scenario.calendar.date(day))[:7]
            if kind in LINES and pence:
                plain[month, group_in_words(run, by, kind, place), LINES[kind][0]] += pence
            if kind in EXITS:
                exits[month, group_in_words(run, by, kind, place)] += pence
        table = accounts(run, by=by, every="month").to_dict("records")
        assert {(row["month"][:7], row[by], row["line"]): round(100 * row["pounds"]) for row in table} == plain
        table = exit_costs(run, by=by, every="month").to_dict("records")
        assert {(row["month"][:7], row[by]): round(100 * row["total"]) for row in table} == exits
        years = exit_costs(run, by=by).groupby("financial_year")["total"].sum()
        months = exit_costs(run, by=by, every="month").groupby("financial_year")["total"].sum()
        assert (years * 100).round().tolist() == (months * 100).round().tolist()


def check_money(run):
    """Pence in every table are those of the log."""
    cells = Counter()
    debits = {one.post: one.pence for one in made_posts(run)}
    for day, _, kind, rule, _, come, _, pence in run.log.tuples():
        if kind in LINES and pence:
            cells[financial_year_name(year_of(run, day)), run.rules[rule], *LINES[kind]] += pence
        if kind is Kind.REMOVED and come in debits:
            cells[financial_year_name(year_of(run, day)), run.rules[rule], *ENDED] -= debits[come]
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
    """What was paid by the accounts, less what was received."""
    return table.loc[table["sort"] == "paid", "pounds"].sum() - table.loc[table["sort"] == "received", "pounds"].sum()


def check_savings(run):
    """Savings by rule, month and year are those of the plain removals."""
    plain = gone_posts(run)
    made = made_posts(run)
    last = run.scenario.calendar.days - 1
    standing = sum(one.pence for one in made if one.until is None)
    for by in ("rule", "kind", "band"):
        everything = savings(run, by=by).loc["all"]
        assert round(100 * everything["gross"]) == sum(one.pence for one in plain) == sums(run, Kind.REMOVED)
        assert round(100 * everything["opened"]) == standing
        assert round(100 * everything["net"]) == sum(one.pence for one in plain if one.end == "lasts") - standing
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
    """Payback by rule from plain sums, and its date from a day-by-day purse."""
    table = paybacks(run)
    events = run.log.tuples()
    plain = gone_posts(run)
    made = made_posts(run)
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
        red = None
        purse = 0.0
        for day in range(run.scenario.calendar.days):
            purse -= paid[day]
            saving = [one for one in posts if one.day < day and (one.until is None or one.until > day)]
            costing = [one for one in opened if one.day <= day and (one.until is None or one.until > day)]
            purse += (sum(one.pence for one in saving) - sum(one.pence for one in costing)) / 365.25
            red = day if purse < -1e-6 else red
        in_time = red is not None and red < run.scenario.calendar.days - 1
        assert row["paid_back_on"] == (run.scenario.calendar.date(red + 1) if in_time else None)


def check_interims(run):
    """Days of cover by year, counted day by day."""
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
    """Headline counts: who was paid, who came back, what stands empty at the end."""
    figures = headlines(run)
    events = run.log.tuples()
    assert figures["vacancies at the end"] == state_on(run, run.scenario.calendar.days - 1).vacant.sum()
    assert figures["left with pay"] == len({e[4] for e in events if e[2] in (Kind.SEVERANCE, Kind.IN_LIEU)})
    gone = set()
    back = 0
    for _, _, kind, _, staff, *_ in events:
        back += kind is Kind.BACK or (kind is Kind.ARRIVED and staff in gone)
        gone |= {staff} if kind is Kind.DEPARTED else set()
    assert figures["came back"] == back


def check(run):
    check_people(run)
    check_removals(run)
    check_money(run)
    check_savings(run)
    check_paybacks(run)
    check_interims(run)


@examples(6, 300)
@given(made_runs())
def test_random_logs_give_what_plain_loops_give(run):
    """Whatever follows on whatever, every table of money is the plain one."""
    check(run)


@pytest.mark.thorough
@examples(5, 50)
@given(runs())
def test_played_worlds_give_what_plain_loops_give(run):
    """In worlds that the engine plays, with newcomers, closures and all policies, too."""
    check(run)


@pytest.mark.parametrize("make", [blank, all_leave_at_once, empty_run], ids=["nothing", "all on day 0", "nobody"])
def test_edges(make):
    """Nothing happens; everybody leaves on the first day; nobody is there."""
    run = make()
    check(run)
    assert stocks(run, by="all")["closing"].iloc[-1] == (run.closing.post >= 0).sum()


def test_everybody_gone_on_day_0_by_hand():
    """Five posts at £1,000 save £5,000 a year from the day after; £500 was paid, so 1.2 months pay it back, in 37 days."""
    run = all_leave_at_once()
    row = paybacks(run).loc["mars"]
    assert (row["exit_cost"], row["gross"], row["net"]) == (500.0, 5_000.0, 5_000.0)
    assert row["payback_net"] == pytest.approx(1.2)
    assert row["paid_back_on"].isoformat() == "2010-05-08"  # 37 × 5,000 / 365.25 = 506
    assert savings_by_year(run)["net"].tolist() == [4_986.3, 5_000.0]  # 364 of 365 days, then a whole leap year
    assert exit_costs(run, by="region")[["people", "wte", "mean"]].to_numpy().tolist() == [[1, 1.0, 100], [4, 3.6, 100]]


def test_one_person_paid_off_twice():
    """Who goes, comes back and goes again is one person in each year, and the first post saves until the return."""
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


def test_cover_by_one_who_had_left():
    """Ten days of cover at £300 a day by somebody known: one cover, one returner, £3,000."""
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


def test_a_post_removed_on_a_later_day_went_empty():
    """Nobody left with it, even if by the same rule: its saving is not given back when who once held it returns."""
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
def test_another_cut_is_refused(ask):
    """The nearest that there is stands in the message."""
    with pytest.raises(InputError, match="region"):
        ask(blank(), by="regoin")


def test_a_date_before_the_scenario_is_refused():
    """Savings before the start are an error."""
    with pytest.raises(InputError, match="before the scenario starts"):
        savings_by_year(blank(), until=np.datetime64("2009-01-01").item())
