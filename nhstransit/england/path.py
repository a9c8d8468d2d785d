"""Paths over time, measured as they were published: staff on payroll by month end, and leavers by financial year.

People whose last day is a month end are still on the payroll on that day. A trust whose people were paid by another
trust is counted with the other trust.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Floats, Longs
from nhstransit.dates import financial_year, financial_year_name
from nhstransit.england.evidence import Answer, Exits, Measure, Missing, Record, View, kept, ratio
from nhstransit.england.figures import POSTS, POUNDS, WTE
from nhstransit.england.payroll import HOLDS, Payroll, bundled_payroll, chained, trust_sizes
from nhstransit.errors import InputError, check_kind, nearest
from nhstransit.log import EXIT_MONEY, Kind
from nhstransit.organisations.posts import found
from nhstransit.run import Run
from nhstransit.run.spells import LEFT, spells

if TYPE_CHECKING:
    import pandas as pd

TRUSTS = "england/trusts-2010.csv"
GROUPS = ("region", "employer", "rule")  # groupings of exits, in addition to the financial year


def stock_on_payroll(run: Run, days: Sequence[int]) -> Floats:
    """Whole-time equivalents on the payroll of each organisation at the end of some days, (organisations, days).

    People are still on the payroll on their last day.

    Args:
        run: the run.
        days: days from the scenario's start, in rising order.
    """
    held = spells(run)
    # Index of the first of `days` on which each spell counts; `last` is the first on which it no longer does.
    first = np.searchsorted(days, held.start, side="left")
    gone = held.end.astype("int64") + (held.ended == LEFT)  # the first day on which they are off the payroll
    last = np.searchsorted(days, gone, side="left")
    employer = run.posts.employer[held.post].astype("int64")
    wte = run.people.wte_hundredths[held.row].astype("int64")
    # One column more than days, for spells that start or end after the last of them; it is cut off at the end.
    width = len(days) + 1
    bodies = len(run.scenario.organisations)
    change = np.zeros(bodies * width, "int64")
    # A change of the stock on each day. `add.at` adds up repeated cells, which `+=` with an index array would not.
    np.add.at(change, employer * width + first, wte)
    np.add.at(change, employer * width + last, -wte)
    # The running sum of changes is the stock. Hundredths are whole numbers, so the sum is exact.
    return np.asarray(np.cumsum(change.reshape(bodies, width), axis=1)[:, :-1] / 100.0)


def stock_of_trusts(run: Run, paid: Payroll) -> Floats | Missing:
    """The WTE of each trust in the run on each month end of a payroll, (trusts, months); NaN after the run's last day."""
    scenario = run.scenario
    place = {body.name: number for number, body in enumerate(scenario.organisations)}
    lost = [name for name in paid.names if name not in place]
    if lost:
        return Missing(f"the scenario has no {lost[0]}, whose payroll is in the figure")
    days = [scenario.calendar.day(month) for month in paid.months]
    if days[0] < 0:
        return Missing(f"the scenario starts on {scenario.start}, after {paid.months[0]}")
    stock = stock_on_payroll(run, days)[[place[name] for name in paid.names]]
    # The run has no data on months after its last day. Without this line they would repeat the last stock.
    stock[:, np.array(days) >= scenario.calendar.days] = np.nan
    return stock


def stock_index(view: View) -> Answer:
    """Staff of trusts on a month end over staff in the first month, chained over the trusts of the published index.

    Each month-on-month change is over the trusts that have no community services on the payroll in either month.
    """
    paid = bundled_payroll()
    stock, at = _stock_and_month(view, paid)
    if isinstance(stock, Missing):
        return stock
    index = float(chained(stock, paid.same())[at])
    return index if np.isfinite(index) else Missing("nobody is left in the trusts of the index")


def staff_on_payroll(view: View) -> Answer:
    """Whole-time equivalents on payrolls without community services on the last day in the view.

    People of a trust whose staff were paid by another trust by then are counted with the other trust.
    """
    paid = bundled_payroll()
    stock, at = _stock_and_month(view, paid)
    if isinstance(stock, Missing):
        return stock
    entry = dict(zip(paid.names, paid.fte[:, at].tolist(), strict=True))
    host = _hosts()
    # The entry of the trust that pays them decides whether community services are still on that payroll.
    counted = np.array([entry[host.get(name, name)] < HOLDS for name in paid.names])
    return float(stock[counted, at].sum())


def staff_of_tested(view: View) -> Answer:
    """Whole-time equivalents of the trusts whose sizes this month can test (see `TrustSize.tested`)."""
    paid = bundled_payroll()
    stock, at = _stock_and_month(view, paid)
    if isinstance(stock, Missing):
        return stock
    return float(stock[_tested(view, paid), at].sum())


def staff_kept_of_tested(view: View) -> Answer:
    """Staff of the tested trusts on the last day in the view over their staff in the first month."""
    paid = bundled_payroll()
    stock, at = _stock_and_month(view, paid)
    if isinstance(stock, Missing):
        return stock
    tested = _tested(view, paid)
    return ratio(
        float(stock[tested, at].sum()), float(stock[tested, 0].sum()), "nobody was on the payroll at the start"
    )


def _tested(view: View, paid: Payroll) -> Bools:
    every = {body.name: body.population for body in view.run.scenario.organisations}
    residents = {name: every[name] for name in paid.names}  # in the order of the payroll, as are the sizes
    return np.array([one.tested for one in trust_sizes(paid, residents)])


def _stock_and_month(view: View, paid: Payroll) -> tuple[Floats | Missing, int]:
    """The run's staff of each trust by month, and the index of the figure's month end."""
    month = view.figure.until
    if month not in paid.months:
        return Missing(f"{month} is not a month end of the payroll"), 0
    return _kept_stock(view.record, paid), paid.months.index(month)


def _kept_stock(record: Record, paid: Payroll) -> Floats | Missing:
    """The result of `stock_of_trusts`, computed once for each record."""
    found_stock = record.kept.get("trusts")
    if found_stock is None:
        found_stock = record.kept["trusts"] = stock_of_trusts(record.run, paid)
    return found_stock


def _hosts() -> dict[str, str]:
    """For each trust whose people were paid by another trust by June 2012, the other trust."""
    cells = tables.read_csv(found(TRUSTS))
    return {name: host for name, host in zip(cells["name"], cells["paid_by"], strict=True) if host}


# People who left with a payment, by financial year.


def paid_exits(view: View) -> Answer:
    """People who left with a payment: MARS, redundancy (including early retirement), and posts merged in clusters."""
    return float(len(_paid(view).row))


def paid_exit_cost(view: View) -> Answer:
    """Pounds paid for exits: redundancy and MARS pay, pay in lieu and pension capital."""
    return _cost(view)


def paid_exit_share(view: View) -> Answer:
    """Paid exits in the view as a share of all paid exits of the same employers up to the day before the transfer."""
    return ratio(len(_paid(view).row), len(_paid(_whole(view)).row), "nobody in this view left with a payment")


def paid_exit_mean_ratio(view: View) -> Answer:
    """Pounds per paid exit in the view over pounds per paid exit in the first financial year of the run."""
    calendar = view.run.scenario.calendar
    year = int(financial_year(calendar.origin))
    first = attrs.evolve(_whole(view), last=calendar.day(dt.date(year + 1, 3, 31)))
    nobody = "nobody in this view left with a payment"
    means = [ratio(_cost(one), len(_paid(one).row), nobody) for one in (view, first)]
    for mean in means:
        if isinstance(mean, Missing):
            return mean
    now, then = (float(mean) for mean in means if not isinstance(mean, Missing))  # type: ignore[arg-type]
    return ratio(now, then, nobody)


def _whole(view: View) -> View:
    """A view of the same employers from the first day to the day before the transfer."""
    calendar = view.run.scenario.calendar
    last = min(calendar.day(view.reading.transferred_on) - 1, calendar.days - 1)
    # `wider` is removed, because a view over more days cannot filter the rows of one over fewer.
    return attrs.evolve(view, first=0, last=last, wider=None)


def _paid(view: View) -> Exits:
    """Departures in the view with a payment on the same day, by any policy or other cause."""
    record = view.record
    with_pay = record.kept.get("paid")
    # Computed once for all organisations and days, and then restricted to each view.
    if with_pay is None:
        sums = view.run.log.steps(*EXIT_MONEY)
        gone = _stamp(record.exits.row, record.exits.day)
        with_pay = record.kept["paid"] = np.isin(gone, _stamp(*_rows_paid(view.run, sums)))
    left = record.exits
    in_time = (left.day >= view.first) & (left.day <= view.last)
    return kept(left, with_pay & view.bodies[left.body] & in_time)


def _rows_paid(run: Run, sums: Any) -> tuple[AnyArray, AnyArray]:
    """The row in people and the day of each payment above zero, (n,) each."""
    some = sums.pence > 0
    return run.rows_of(sums.staff[some]), sums.day[some]


def _stamp(rows: AnyArray, day: AnyArray) -> Longs:
    """One whole number for a person and a day."""
    # The day takes the lower 32 bits, the row the bits above them.
    return np.asarray(rows.astype("int64") << 32 | day.astype("int64"))


def _cost(view: View) -> float:
    sums = view.sums
    return int(sums.pence[np.isin(sums.kind, EXIT_MONEY)].sum()) / 100.0


def posts_removed(view: View) -> Answer:
    """Posts permanently removed in the view, except posts of closing employers."""
    gone = view.run.log.steps(Kind.REMOVED)
    in_time = (gone.day >= view.first) & (gone.day <= view.last)
    here = view.bodies[view.run.posts.employer[gone.post]] & in_time
    return float(np.count_nonzero(here & (gone.pence > 0)))


def posts_lost(view: View) -> Answer:
    """Posts whose holder was made redundant in the view: one post per person."""
    return float(np.count_nonzero(view.by("redundancy", view.exits.rule)))


def share_of_posts_lost(view: View) -> Answer:
    """Posts whose holder was made redundant, as a share of the posts held on the first day in the view."""
    there = view.record.in_bodies(view.record.held_on(view.first), view.bodies)
    lost = int(np.count_nonzero(view.by("redundancy", view.exits.rule)))
    return ratio(lost, int(there.sum()), "nobody in this view")


PATH_MEASURES = {
    "stock index": Measure(measures="share of whole-time equivalents", read=stock_index),
    "staff on payroll": Measure(measures=WTE, read=staff_on_payroll),
    "staff of tested trusts": Measure(measures=WTE, read=staff_of_tested),
    "staff kept of tested trusts": Measure(measures="share of whole-time equivalents", read=staff_kept_of_tested),
    "paid exits": Measure(measures="people", read=paid_exits),
    "paid exit cost": Measure(measures=POUNDS, read=paid_exit_cost),
    "paid exit share": Measure(measures="share of people", read=paid_exit_share),
    "paid exit mean ratio": Measure(measures="ratio of costs", read=paid_exit_mean_ratio),
    "posts removed": Measure(measures=POSTS, read=posts_removed),
    "posts lost": Measure(measures=POSTS, read=posts_lost, needs=("redundancy",)),
    "share of posts lost": Measure(measures="share of posts", read=share_of_posts_lost, needs=("redundancy",)),
}


def exits_by_year(run: Run, by: str | Sequence[str] = ()) -> pd.DataFrame:
    """People who left their employer, by financial year and, if requested, by region, employer and policy or other
    cause.

    Args:
        run: the run; only its log, people, posts and scenario are read.
        by: any of "region", "employer" and "rule" (the policy or other cause of the departure).

    Returns:
        One row per financial year and group, without empty groups; indexed by both. Columns: people; wte; pounds (paid
        on leaving, including pay in lieu and pension capital); pounds_a_person.

    Raises:
        InputError: `by` has an unknown grouping.
    """
    check_kind("run", run, Run)
    groups = (by,) if isinstance(by, str) else tuple(by)
    for name in groups:
        if name not in GROUPS:
            raise InputError("by", f"{name!r} is not a valid grouping", nearest(name, GROUPS))
    record = Record(run)
    scenario = run.scenario
    left = record.exits
    sums = record.sums
    money = np.flatnonzero(np.isin(sums.kind, EXIT_MONEY))
    # Departures, and below them payments. A departure has no pounds and a payment no people, so that both can be
    # summed in one table.
    day = np.concatenate([left.day, sums.day[money]])
    body = np.concatenate([left.body, sums.body[money]])
    rule = np.concatenate([left.rule, sums.rule[money]])
    names = {code: name for name, code in run.scenario.rules.items()}
    here = [organisation.name for organisation in scenario.organisations]
    regions = [organisation.region for organisation in scenario.organisations]
    years = financial_year(day.astype("int64") + scenario.calendar.origin)
    columns: dict[str, Any] = {"financial_year": [financial_year_name(int(year)) for year in years]}
    labels: dict[str, tuple[Any, AnyArray]] = {
        "region": (regions, body),
        "employer": (here, body),
        "rule": (names, rule),
    }
    for name in groups:
        words, codes = labels[name]
        columns[name] = [words[code] for code in codes.tolist()]
    count = len(left.row)
    paid = len(money)
    columns["people"] = np.concatenate([np.ones(count, "int64"), np.zeros(paid, "int64")])
    columns["wte"] = np.concatenate([run.people.wte_hundredths[left.row] / 100.0, np.zeros(paid)])
    columns["pounds"] = np.concatenate([np.zeros(count), sums.pence[money] / 100.0])
    table = tables.frame(columns).groupby(["financial_year", *groups], sort=True).sum()
    # A group with payments and no departures has no mean: NaN, and no division by zero.
    table["pounds_a_person"] = table["pounds"] / table["people"].where(table["people"] > 0)
    return table
