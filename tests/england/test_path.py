"""The path over time: month-end staff, the index over the same trusts, June 2012, and exits by financial year."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.dates import DAYS_A_YEAR
from nhstransit.england import exits_by_year, path, published_beside
from nhstransit.england.payroll import Payroll
from nhstransit.errors import InputError
from nhstransit.log import Kind
from nhstransit.policies.returns import still_away
from nhstransit.run import Run
from tests.england.made import departs, hamlet, outcome, outcomes
from tests.england.plain import PAID, START, PlainRun, left, paid_exits
from tests.small import body, once, person, played

BY_NAME = ("stock index", "staff on payroll", "staff of tested trusts", "staff kept of tested trusts")
MONTHS = tuple(
    dt.date(year, month, day)
    for year, month, day in ((2010, 4, 30), (2010, 6, 30), (2010, 11, 30), (2011, 3, 31), (2011, 6, 30), (2012, 6, 30))
)


def trusts(run: Run) -> list[str]:
    return [one.name for one in run.scenario.organisations if one.kind == "pct"]


def on_payroll(run: Run, name: str, day: dt.date) -> float:
    """WTE of an employer on a day, by a plain loop: those in post at its end, plus those who left that day."""
    plain_run = PlainRun(run, frozenset([name]), day)
    mine = [staff for staff, post in plain_run.held(day).items() if plain_run.body(post) == name]
    mine += [event[4] for event in plain_run.events(Kind.DEPARTED) if event[0] == plain_run.day(day)]
    return plain_run.wte(mine)


def payroll_of(run: Run, **entries: list[float]) -> Payroll:
    """A payroll of the hamlet's trusts: 100 FTE in every month unless given."""
    names = trusts(run)
    fte = [entries.get(name.replace(" ", "_"), [100.0] * len(MONTHS)) for name in names]
    return Payroll(names=tuple(names), months=MONTHS, fte=np.array(fte))


def read(measure: str, paid: Payroll, monkeypatch: pytest.MonkeyPatch, until: dt.date, **hosts: str) -> Any:
    monkeypatch.setattr(path, "bundled_payroll", lambda: paid)
    monkeypatch.setattr(path, "_hosts", lambda: {name.replace("_", " "): host for name, host in hosts.items()})
    made = outcomes(outcome(measure, kinds=("pct",), until=until))
    return published_beside(hamlet(), made, draws=0).rows[0]


def test_a_month_end_stock_includes_leavers_of_that_day() -> None:
    """Someone who leaves on 30 June is on the payroll of that day; someone who leaves on 29 June is not."""
    people = [person(0), person(1), person(2)]
    leaving = once("2010-06-01", departs(0, last="2010-06-30"), departs(1, last="2010-06-29"))
    run = played(*people, bodies=[body("Old", "pct", ("finance", "6", 3))], policies={"redundancy": leaving})
    days = [run.scenario.calendar.day(dt.date(2010, month, last)) for month, last in ((5, 31), (6, 30), (7, 31))]
    assert path.stock_on_payroll(run, days).tolist() == [[3.0, 2.0, 1.0]]


def test_month_end_stocks_match_a_plain_loop() -> None:
    """Checked for every employer of the hamlet at six month ends."""
    run = hamlet()
    days = [run.scenario.calendar.day(month) for month in MONTHS]
    stock = path.stock_on_payroll(run, days)
    for place, one in enumerate(run.scenario.organisations):
        for at, month in enumerate(MONTHS):
            assert stock[place, at] == pytest.approx(on_payroll(run, one.name, month)), (one.name, month)


def test_each_step_of_the_index_compares_the_same_trusts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first trust's payroll steps down in November 2010, so that month's change is taken over the others."""
    run = hamlet()
    first, *others = trusts(run)
    entry = [100.0, 100.0, 60.0, 60.0, 60.0, 60.0]
    row = read("stock index", payroll_of(run, **{first.replace(" ", "_"): entry}), monkeypatch, MONTHS[3])
    stock = {name: [on_payroll(run, name, month) for month in MONTHS[:4]] for name in (first, *others)}
    expected = 1.0
    for at, names in enumerate(([first, *others], others, [first, *others])):
        expected *= sum(stock[name][at + 1] for name in names) / sum(stock[name][at] for name in names)
    assert row.simulated == pytest.approx(expected) and expected < 1.0


def test_staff_are_counted_at_the_trust_that_pays_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trust without an entry is counted with its host; if the host still has services, neither is counted."""
    run = hamlet()
    first, second, third = trusts(run)
    ends_early = [100.0] * 5 + [float("nan")]
    with_services = [100.0] * 5 + [900.0]
    entries = {first.replace(" ", "_"): ends_early}
    hosts = {first.replace(" ", "_"): second}
    every = sum(on_payroll(run, name, MONTHS[-1]) for name in (first, second, third))
    row = read("staff on payroll", payroll_of(run, **entries), monkeypatch, MONTHS[-1], **hosts)
    assert row.simulated == pytest.approx(every)
    entries[second.replace(" ", "_")] = with_services
    row = read("staff on payroll", payroll_of(run, **entries), monkeypatch, MONTHS[-1], **hosts)
    assert row.simulated == pytest.approx(on_payroll(run, third, MONTHS[-1]))


def test_the_june_2012_test_uses_trusts_not_sized_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of the hamlet's trusts have no services from the start; the third keeps its services and is left out."""
    run = hamlet()
    first, second, third = trusts(run)
    paid = payroll_of(run, **{third.replace(" ", "_"): [900.0] * len(MONTHS)})
    staff = {at: sum(on_payroll(run, name, MONTHS[at]) for name in (first, second)) for at in (0, -1)}
    row = read("staff of tested trusts", paid, monkeypatch, MONTHS[-1])
    assert row.simulated == pytest.approx(staff[-1])
    row = read("staff kept of tested trusts", paid, monkeypatch, MONTHS[-1])
    assert row.simulated == pytest.approx(staff[-1] / staff[0])


def test_a_payroll_that_does_not_fit_the_run_gives_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Covers unknown trusts, days that are not a month end, and days before the run."""
    run = hamlet()
    unknown = attrs.evolve(payroll_of(run), names=("Nowhere PCT", *trusts(run)[1:]))
    row = read("stock index", unknown, monkeypatch, MONTHS[1])
    assert row.simulated is None and row.why.startswith("the scenario has no Nowhere PCT")
    row = read("staff on payroll", payroll_of(run), monkeypatch, dt.date(2010, 7, 15))
    assert row.why == "2010-07-15 is not a month end of the payroll"
    early = attrs.evolve(payroll_of(run), months=(dt.date(2010, 3, 31), *MONTHS[1:]))
    assert "after 2010-03-31" in read("stock index", early, monkeypatch, MONTHS[1]).why


def test_a_figure_for_named_employers_covers_only_them() -> None:
    """Redundancies of one trust, by name; an unknown name gives a reason."""
    run = hamlet()
    first = trusts(run)[0]
    mine = outcome("redundancies", kinds=("pct",), employers=(first,))
    row = published_beside(run, outcomes(mine), draws=0).rows[0]
    plain_run = PlainRun(run, frozenset([first]), dt.date(2014, 3, 31))
    assert row.simulated == len(left(plain_run, ("redundancy", "cost-reduction"))) > 0
    unknown = outcome("redundancies", kinds=("pct",), employers=("Nowhere PCT",))
    assert published_beside(run, outcomes(unknown), draws=0).rows[0].why == "the scenario has no Nowhere PCT"


def test_returns_after_the_run_follow_its_return_curve() -> None:
    """People still away in March 2014 return by 2018 with the probability given by the run's curve."""
    run = hamlet()
    until = dt.date(2018, 9, 30)
    made = outcome("returned", value=0.24, until=until, figure=())
    made = attrs.evolve(made, value=None, figure=(attrs.evolve(made.figures[0], part="2012-13", value=0.24),))
    row = published_beside(run, outcomes(made), draws=0).rows[0]
    plain_run = PlainRun(run, frozenset(one.name for one in run.scenario.organisations), dt.date(2014, 3, 31))
    since = plain_run.day(dt.date(2012, 4, 1))
    last = plain_run.day(dt.date(2013, 3, 31))
    leavers = [event for event in left(plain_run, ("redundancy", "cost-reduction")) if since <= event[0] <= last]
    returners = [event for event in plain_run.log() if event[2] in (Kind.ARRIVED, Kind.BACK)]
    curve = {"share": 0.262, "scale": 1.12, "shape": 0.58}
    chances = []
    for event in leavers:
        if any(one[4] == event[4] and one[0] > event[0] for one in returners):
            chances.append(1.0)
            continue
        now, then = ((plain_run.day(day) - event[0]) / DAYS_A_YEAR for day in (dt.date(2014, 3, 31), until))
        chances.append(1.0 - float(still_away(then, **curve)) / float(still_away(now, **curve)))
    assert row.simulated == pytest.approx(sum(chances) / len(chances))
    assert row.comparable and "extended to 2018-09-30 by the run's own return curve" in row.why


@pytest.mark.parametrize("by", [(), "rule", ("region", "employer"), ("employer", "rule")])
def test_exits_by_year_add_up(by: Any) -> None:
    """In any grouping, people sum to all leavers, and pounds sum to all exit payments."""
    run = hamlet()
    table = exits_by_year(run, by)
    plain_run = PlainRun(run, frozenset(one.name for one in run.scenario.organisations), dt.date(2014, 3, 31))
    assert table["people"].sum() == len(plain_run.events(Kind.DEPARTED))
    assert table["pounds"].sum() == pytest.approx(
        sum(event[7] for kind in PAID for event in plain_run.events(kind)) / 100
    )
    assert list(table.index.names) == ["financial_year", *([by] if isinstance(by, str) else by)]


def test_exits_of_one_employer_in_one_year_match_a_plain_loop() -> None:
    """Compares people, WTE and pounds of one trust's MARS exits in 2010-11."""
    run = hamlet()
    table = exits_by_year(run, ("employer", "rule"))
    every = PlainRun(run, frozenset(trusts(run)), dt.date(2011, 3, 31), START)
    name = next(every.body(event[5]) for event in paid_exits(every) if event[3] == run.code_of("mars"))
    plain_run = attrs.evolve(every, bodies=frozenset([name]))
    mars = [event for event in paid_exits(plain_run) if event[3] == run.code_of("mars")]
    line = table.loc[("2010-11", name, "mars")]
    assert line["people"] == len(mars) and line["wte"] == pytest.approx(plain_run.wte(event[4] for event in mars))
    assert line["pounds_a_person"] == pytest.approx(plain_run.pounds(PAID, ("mars",)) / len(mars))


def test_an_unknown_grouping_is_refused() -> None:
    """The message names the nearest valid grouping."""
    with pytest.raises(InputError, match="by: 'regions' is not a valid grouping; did you mean 'region'"):
        exits_by_year(hamlet(), "regions")
