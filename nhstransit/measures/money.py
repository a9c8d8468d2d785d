"""The money of a run by year: all payments and savings, the costs of exits, retention and interims, and the pay bill."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Ints, Longs, distinct
from nhstransit.dates import financial_year, financial_year_name
from nhstransit.errors import InputError, check_kind
from nhstransit.law import Law
from nhstransit.log import MONEY, NOBODY, OF_BODIES, BodyEvents, Events, Kind, Steps
from nhstransit.measures.definitions import Definition
from nhstransit.measures.flows import periods_of
from nhstransit.measures.removals import openings
from nhstransit.run import Run
from nhstransit.run.accrual import YEAR, accrued_by_year
from nhstransit.run.groups import By, Cut, group_of, groups, of_bodies
from nhstransit.run.once import once
from nhstransit.run.state import posts_and_pay

if TYPE_CHECKING:
    import pandas as pd

PAID = "paid"
RECEIVED = "received"
SAVED = "saved a year"
COST = "cost a year"
FUNDED = "funding"
LINES = {  # by kind of event: the line and the sort of money; different sorts are never added together
    Kind.SEVERANCE: ("severance", PAID),
    Kind.IN_LIEU: ("pay in lieu of notice", PAID),
    Kind.PENSION: ("pension capital", PAID),
    Kind.BOUGHT_OUT: ("guarantees bought out", PAID),
    Kind.PREMIUM: ("retention premium", PAID),
    Kind.AGENCY: ("interims", PAID),
    Kind.TRAINING: ("development and retraining", PAID),
    Kind.CLAWBACK: ("severance paid back", RECEIVED),
    Kind.REMOVED: ("recurrent saving begun (a year)", SAVED),
    Kind.OPENED: ("recurrent cost begun (a year)", COST),
    Kind.DRAWN: ("drawn from funds", FUNDED),
    Kind.TO_FIND: ("to be found sooner (a year)", FUNDED),
}
ENDED = ("recurrent cost ended (a year)", COST)  # when a post opened by a policy is removed; negative pounds
EXIT_LINES = {
    Kind.SEVERANCE: "severance",
    Kind.IN_LIEU: "in_lieu",
    Kind.PENSION: "pension",
    Kind.BOUGHT_OUT: "bought_out",
}
_ENDED = 255  # a code in the same column as the codes of `Kind`
_OF_POSTS = tuple(kind for kind in LINES if kind not in OF_BODIES)

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        name="exit cost",
        unit="£",
        formula=(
            "severance (MARS, redundancy) + pay in lieu of notice + capital paid for early pensions + guarantees "
            "bought out; dated by the day of payment"
        ),
        reference="Agenda for Change handbook, section 16; terms of MARS 2010",
        note="Severance paid back on an early return is shown separately and is not deducted.",
    ),
    Definition(
        name="accounts",
        unit="£",
        formula=(
            "exact sums of pence in the log, by financial year or month, by policy or other grouping, and by line; "
            "shown in pounds"
        ),
        reference="counted in the log",
        note=(
            "Sorts of money (paid, received, saved a year, cost a year, funding) are not added together, because "
            "money drawn from a fund is spent in another line. A post opened by a policy has a cost per year until "
            "it is removed. Its removal ends that cost and is not a saving."
        ),
    ),
    Definition(
        name="retention and development cost",
        unit="£",
        formula="premiums paid monthly under guarantees + cost of development and retraining",
        reference="terms of retention of March 2011 (RETS); counted in the log",
    ),
    Definition(
        name="interim cost",
        unit="£",
        formula="daily rate × days of cover, summed over vacant posts covered",
        reference="counted in the log",
    ),
)


def accounts(run: Run, *, by: By = "rule", every: str = "year") -> pd.DataFrame:
    """Pounds by line, by policy or other grouping, and by financial year or month.

    The yearly saving from a removed post is shown once, in the period of its removal.

    Args:
        run: the run.
        by: "rule" (the policy or other cause), or a grouping of the posts that the money concerns. Money of a whole
            employer, or of a person without a post (such as funds, or severance paid back), is under "none" if it
            belongs to no group.
        every: "month" or "year", the financial year.

    Returns:
        Columns month (its last day; not for years), financial_year, the grouping, line, sort (paid, received, saved a
        year, cost a year, funding), pounds, events. Do not add different sorts together.

    Raises:
        InputError: the grouping or period is unknown.
    """
    check_kind("run", run, Run)
    periods = periods_of(run, every)
    posts = run.log.steps(*_OF_POSTS)
    bodies = run.log.of_bodies.of(*LINES)
    # The removal of a post that a policy opened has no saving in the log. It ends the cost, which is booked negatively in a
    # line of its own.
    debit = _debits(run)
    ended = np.where(posts.kind == Kind.REMOVED, debit[posts.post], 0)
    pence = np.concatenate([posts.pence - ended, bodies.pence])  # a removed post has either a saving or an ended cost
    ended = np.concatenate([ended, np.zeros(len(bodies), "int64")])
    kind = np.concatenate([posts.kind, bodies.kind])
    day = np.concatenate([posts.day, bodies.day])
    code, names = _concerning(run, by, posts, bodies)
    some = np.flatnonzero(pence != 0)
    pence = pence[some]
    ended = ended[some]
    kind = kind[some]
    code = code[some]
    line = np.where(ended > 0, _ENDED, kind.astype("int64"))
    # Period, group and line in one integer: 8 bits for the line, 32 for the group. Each distinct one is a row.
    keys = (periods.of_days(run, day[some]) << 40) | (code << 8) | line
    cells, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    codes = (cells & 255).tolist()
    lines = [ENDED if code == _ENDED else LINES[Kind(code)] for code in codes]
    return tables.frame(
        {
            **periods.labels_of(cells >> 40),
            by: [names[code] for code in (cells >> 8 & 2**32 - 1).tolist()],
            "line": [line for line, _ in lines],
            "sort": [sort for _, sort in lines],
            "pounds": _sums(inverse.ravel(), pence, len(cells)) / 100.0,
            "events": counts,
        }
    )


def _debits(run: Run) -> Longs:
    """Pence a year that each post costs because a policy opened it, (posts + 1,). The last is 0, for events without a
    post.
    """
    debit = np.zeros(len(run.posts) + 1, "int64")
    made = openings(run)
    debit[made.post] = made.pence
    return debit


def _concerning(run: Run, by: By, posts: Steps, bodies: BodyEvents) -> tuple[Longs, list[str]]:
    """The group of each event of a post and then of an employer, (posts + bodies,), and group names with "none" last."""
    rule = np.concatenate([posts.rule, bodies.rule])
    post = np.concatenate([posts.post, np.full(len(bodies), NOBODY, "int32")])
    code, names = group_of(run, by, rule, np.where(post < 0, 0, post))
    if by in ("rule", "all"):
        return code, names
    of_body = np.full(len(bodies), len(names))
    if by in ("employer", "kind", "region"):
        of_body = of_bodies(run, by).codes[bodies.body]
    of_post = np.where(posts.post < 0, len(names), code[: len(posts)])
    return np.concatenate([of_post, of_body]).astype("int64"), [*names, "none"]


def exit_costs(run: Run, *, by: By = "kind", every: str = "year") -> pd.DataFrame:
    """The cost of exits by financial year or month, and by policy or a grouping of the posts that people left.

    Columns: month (its last day; not for years), financial_year, the grouping, people (who were paid), wte, severance,
    in_lieu, pension, bought_out, total and mean (per person) in pounds. Empty cells are left out. A person paid for two
    exits in one period and group counts once in people.

    Args:
        run: the run.
        by: "rule" (the policy or other cause), or a grouping of the posts that people left.
        every: "month" or "year", the financial year.

    Raises:
        InputError: the grouping or period is unknown.
    """
    check_kind("run", run, Run)
    paid = run.log.steps(*EXIT_LINES)
    periods = periods_of(run, every)
    code, names = group_of(run, by, paid.rule, paid.post)
    # A cell is a period and a group, in one integer. `place` is the cell of each payment.
    packed = periods.of_days(run, paid.day) * (len(names) + 1) + code
    cells, place = np.unique(packed, return_inverse=True)
    place = place.ravel()
    # Each person counts once per cell, even with several payments.
    rows = run.rows_of(paid.staff)
    people_count = max(len(run.people), 1)
    heads = distinct(place * people_count + rows)
    cell, person = np.divmod(heads, people_count)
    people = np.bincount(cell, minlength=len(cells))
    hundredths = np.bincount(cell, run.people.wte_hundredths[person].astype("int64"), len(cells))
    columns = {}
    for kind, name in EXIT_LINES.items():
        of_kind = np.where(paid.kind == kind, paid.pence, 0)
        columns[name] = _sums(place, of_kind, len(cells))
    total = sum(columns.values(), np.zeros(len(cells), "int64"))
    return tables.frame(
        {
            **periods.labels_of(cells // (len(names) + 1)),
            by: [names[code] for code in (cells % (len(names) + 1)).tolist()],
            "people": people,
            "wte": hundredths / 100.0,
            **{name: pence / 100.0 for name, pence in columns.items()},
            "total": total / 100.0,
            "mean": total / 100.0 / np.maximum(people, 1),
        }
    )


def staying_costs(run: Run) -> pd.DataFrame:
    """The number of people who received retention or development, and its cost in pounds, by financial year.

    Columns: financial_year, guaranteed (people given a guarantee), paid_a_premium (people), premiums, developed
    (people), development.
    """
    check_kind("run", run, Run)
    years = _all_years(run)
    guaranteed = run.log.promises(Kind.RETAINED)
    premiums = run.log.steps(Kind.PREMIUM)
    training = run.log.steps(Kind.TRAINING)
    return tables.frame(
        {
            "financial_year": [financial_year_name(year) for year in years.tolist()],
            "guaranteed": _people(run, guaranteed, years),
            "paid_a_premium": _people(run, premiums, years),
            "premiums": _by_year(run, premiums, years) / 100.0,
            "developed": _people(run, training, years),
            "development": _by_year(run, training, years) / 100.0,
        }
    )


def interims(run: Run) -> pd.DataFrame:
    """Cover of vacant posts by interims, and its cost in pounds, by financial year.

    Columns: financial_year, begun (the number of interims who started), returners (interims who had left the staff),
    days (of cover), posts_covered (on average), pounds, pounds_a_day (NaN without cover).
    """
    check_kind("run", run, Run)
    years = _all_years(run)
    calendar = run.scenario.calendar
    begun = run.log.steps(Kind.INTERIM)
    ended = run.log.steps(Kind.INTERIM_ENDED)
    # Interims at work on each day: those begun so far, less those ended.
    starts = np.bincount(begun.day, minlength=calendar.days + 1)
    ends = np.bincount(ended.day, minlength=calendar.days + 1)
    change = starts - ends
    covered = np.cumsum(change)[: calendar.days]
    year = financial_year(np.arange(calendar.days) + calendar.origin) - years[0]
    days = np.bincount(year, covered)
    pence = _by_year(run, run.log.steps(Kind.AGENCY), years)
    began_in = _years(run, begun) - years[0]
    returner = begun.staff >= 0  # −1: from an agency
    return tables.frame(
        {
            "financial_year": [financial_year_name(each) for each in years.tolist()],
            "begun": np.bincount(began_in, minlength=len(years)),
            "returners": np.bincount(began_in[returner], minlength=len(years)),
            "days": days.astype("int64"),
            "posts_covered": days / np.bincount(year),
            "pounds": pence / 100.0,
            "pounds_a_day": pence / 100.0 / np.where(days, days, np.nan),
        }
    )


def pay_bill(run: Run, *, by: Cut = "all", every: str = "year", law: Law | None = None) -> pd.DataFrame:
    """Basic pay and full cost of people in post on the last day of each financial year or month, in pounds a year.

    Columns: date, the grouping of the posts that people hold (not for "all"), heads, wte, basic_pay, full_cost (with
    employer's National Insurance and pension contribution). Groups without people have no row. The first date is the
    first day of the run.

    Args:
        run: the run.
        by: how the posts that people hold are grouped.
        every: "month" or "year", the financial year.
        law: the dated legal rules of the run; needed only if they were not those of its scenario.

    Raises:
        InputError: the grouping or period is unknown.
    """
    check_kind("run", run, Run)
    law = law or run.scenario.dated_law
    calendar = run.scenario.calendar
    group, names = groups(run, by)
    _ = periods_of(run, every)  # refuses an unknown period
    ends = [day for day in calendar.month_ends.tolist() if every == "month" or calendar.date(day).month == 3]
    rows: list[tuple[Any, ...]] = []
    for day in [0, *ends]:
        post, pay = posts_and_pay(run, day)
        here = np.flatnonzero(post >= 0)
        held = post[here]
        mine = group[held].astype("int64") if len(group) else held.astype("int64")
        # Group, pay and hours in one integer. There are few distinct triples, so each is costed once.
        pay_here = pay[here].astype("int64")
        packed = np.sort(mine << 40 | pay_here << 8 | run.people.wte_hundredths[here])
        found, counts = np.unique(packed, return_counts=True)
        mine = found >> 40
        pay = found >> 8 & 2**32 - 1
        wte = (found & 255) / 100.0
        cost = law.employer_cost(pay, wte, calendar.origin + day)
        sums = (counts, wte * counts, pay * wte * counts / 100.0, cost * counts / 100.0)
        there = [0] if by == "all" else np.unique(mine).tolist()
        for place in there:
            of_group = mine == place
            totals = [column[of_group].sum() for column in sums]
            rows.append((calendar.date(day), names[place], *totals))
    titles = ("date", by, "heads", "wte", "basic_pay", "full_cost")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(titles)}
    return tables.frame({name: column for name, column in columns.items() if name != "all"})


@once
def _all_years(run: Run) -> Longs:
    """First calendar years of the financial years that contain days of the scenario."""
    calendar = run.scenario.calendar
    ends = np.array([0, calendar.days - 1]) + calendar.origin
    first, last = financial_year(ends).tolist()
    return np.arange(first, last + 1)


def _years(run: Run, events: Events) -> Longs:
    """First calendar year of the financial year of each event, (events,)."""
    calendar = run.scenario.calendar
    # Events are in order of day, so the events of a year are one stretch.
    years = _all_years(run)
    starts = np.searchsorted(events.day, [calendar.day(_april(year)) for year in years.tolist()])
    return np.repeat(years, np.diff([*starts.tolist(), len(events)]))


def _april(year: int) -> dt.date:
    return dt.date(year, 4, 1)


def _by_year(run: Run, events: Steps, years: Longs) -> Longs:
    """Exact pence of the events by financial year, (years,)."""
    return _sums(_years(run, events) - years[0], events.pence, len(years))


def _people(run: Run, events: Events, years: Longs) -> Ints:
    """The number of people in the events of each financial year, (years,)."""
    size = max(len(run.people), 1)
    # Year and person in one integer, so that a person counts once in each year.
    year = _years(run, events) - years[0]
    pairs = np.unique(year * size + run.rows_of(events.staff))
    return np.bincount(pairs // size, minlength=len(years)).astype("int32")


def _sums(place: AnyArray, pence: Longs, count: int) -> Longs:
    """Exact sums of pence by group, (count,)."""
    sums = np.zeros(count, "int64")
    np.add.at(sums, place, pence)
    return sums


# Staff cost by year: pay for every day in post and all other payments. Other tables reconcile with its total.

COMING_IN = (Kind.CLAWBACK,)
COLUMNS = EXIT_LINES | {
    Kind.PREMIUM: "premiums",
    Kind.AGENCY: "interim_pay",
    Kind.TRAINING: "development",
    Kind.CLAWBACK: "paid_back",
}

DEFINITIONS += (
    Definition(
        name="staff cost",
        unit="£",
        formula=(
            "pay with employer's on-costs for every day in post, at a 365th of the yearly cost per day + all other "
            "payments (severance, pay in lieu, pension capital, premiums, interims, development, guarantees bought "
            "out) − severance paid back"
        ),
        reference="counted in the log; each day has the rates of the latest 1 April",
        note=(
            "The difference between two runs is the total cost or saving of a policy, and equals the total of the "
            "waterfall to the penny."
        ),
    ),
)


def staff_cost(run: Run) -> Fraction:
    """The exact staff cost from the first day to the last, in pence."""
    # The closing state has pay in units of a 365th of a penny, so the sum is exact as a fraction.
    ledger = sum(sign(kind) * run.closing.ledger.get(kind.name, 0) for kind in MONEY)
    return Fraction(run.closing.pay, YEAR) + ledger


def sign(kind: Kind) -> int:
    """−1 for money received, 1 for money paid."""
    return -1 if kind in COMING_IN else 1


def staff_costs(run: Run, *, law: Law | None = None) -> pd.DataFrame:
    """Pay with on-costs, each line of payments, and their total, in pounds by financial year.

    Columns: financial_year, pay, severance, in_lieu, pension (capital), premiums, interim_pay, paid_back (negative),
    development, bought_out (guarantees), total. The totals add up to the headline *staff cost*. `law` is needed only if
    the run did not use the dated legal rules of its scenario.

    Raises InputError if the run did not use those rules.
    """
    check_kind("run", run, Run)
    first, pay = accrued_by_year(run, law)
    if int(pay.sum()) != run.closing.pay:
        right = "give `law`, the rules that the run was simulated with"
        raise InputError("law", "the run used other legal rules, so the cost of days in post would be different", right)
    columns = {"pay": pay / YEAR / 100.0}
    total = pay.astype("float64") / YEAR
    for kind in MONEY:
        paid = run.log.steps(kind)
        pence = np.zeros(len(pay), "int64")
        year = financial_year(paid.day.astype("int64") + run.scenario.calendar.origin) - first
        np.add.at(pence, year, sign(kind) * paid.pence)
        columns[COLUMNS[kind]] = pence / 100.0
        total += pence
    names = [financial_year_name(first + place) for place in range(len(pay))]
    return tables.frame({"financial_year": names, **columns, "total": total / 100.0})


# Money entered by a scenario's author, in a separate table. It is never added to simulated money.

DEFINITIONS += (
    Definition(
        name="entered",
        unit="£",
        formula="amounts by financial year, entered by the scenario's author; costs positive",
        reference="the source of each line is in the table",
        note="Not simulated, and never added to simulated money.",
    ),
)


def entered(run: Run) -> pd.DataFrame:
    """One row per line and financial year: line, what, financial_year, pounds (costs positive), tag, source, quality."""
    check_kind("run", run, Run)
    rows = [
        (name, line.what, year, pounds, line.tag, line.source, line.quality)
        for name, line in run.scenario.entered.items()
        for year, pounds in line.pounds.items()
    ]
    names = ("line", "what", "financial_year", "pounds", "tag", "source", "quality")
    return tables.of_rows(names, rows)
