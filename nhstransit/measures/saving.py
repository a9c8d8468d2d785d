"""The saving from removed posts less the cost of opened posts: the yearly rate, the amount by year, and what lasts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Floats, Ints, Longs
from nhstransit.dates import DAYS_A_YEAR, epoch_day, financial_year, financial_year_name
from nhstransit.errors import InputError, check_kind
from nhstransit.law import Law
from nhstransit.law.appraisal import payback_months, saving_by_year, year_starts, years_covered
from nhstransit.log import Kind
from nhstransit.measures.definitions import Definition
from nhstransit.measures.money import EXIT_LINES
from nhstransit.measures.removals import ENDS, Removals, lost_days, openings, removals
from nhstransit.run import Run
from nhstransit.run.groups import By, group_of
from nhstransit.run.lives import closing_days
from nhstransit.workforce.columns import NEVER

if TYPE_CHECKING:
    import pandas as pd

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        name="recurrent saving",
        unit="£ a year",
        formula=("sum of c_j over removed posts j; c_j: a year's pay with employer's on-costs on the day of removal"),
        reference="the log: each removed post is credited once, to the event that removed it",
        note=(
            "A post removed because its employer closes has no saving here, because its replacement costs money. "
            "The removal of a post that a policy had opened is not a saving: it only ends the cost."
        ),
    ),
    Definition(
        name="recurrent cost of posts opened",
        unit="£ a year",
        formula=(
            "sum of d_k over posts k that policies opened and that exist at the end; d_k: the cost set by the "
            "policy, or else a year's full-time pay with on-costs at the lowest point of the band, on the day of "
            "opening"
        ),
        reference="the log: the cost of each opened post is charged once, to the policy that opened it",
        note=(
            "A post that takes over the work of another post has no cost here, and the other post can no longer be "
            "credited. Planned posts are not a cost of any policy."
        ),
    ),
    Definition(
        name="net recurrent saving",
        unit="£ a year",
        formula=(
            "sum of c_j over removed posts j whose paid leaver has not returned − sum of d_k over opened posts k "
            "that exist"
        ),
        reference="National Audit Office 2025, exits guide (savings that last)",
        note="A removed post cannot be filled again. An employer that needs it again opens a new post, whose cost counts.",
    ),
    Definition(
        name="savings persistence",
        unit="share",
        formula="net recurrent saving in force on a day / recurrent saving of all posts removed by that day",
        reference="National Audit Office 2025, exits guide (savings that last)",
    ),
    Definition(
        name="cumulative net saving",
        unit="£",
        formula=(
            "sum over removed posts j of c_j × days saved / days of the financial year, less sum over opened posts k of "
            "d_k × days open / days of the financial year; after the scenario ends, c_j is multiplied by the "
            "chance that the leaver is still away: (1 − p F(t)) / (1 − p F(t0)), F(t) = 1 − exp(−(t/τ)^k), t0: "
            "time away when the scenario ends"
        ),
        reference="return curve of NHS redundancies by year, Electronic Staff Record, written answer of January 2019",
        note="p, τ, k and the clawback window are those of the scenario's policies on returns. Pay is constant.",
    ),
)


def savings(run: Run, *, by: By = "rule") -> pd.DataFrame:
    """Recurrent savings at the end, by the policy that removed the posts or by a grouping of the posts.

    The last row is "all".

    Columns: posts_removed, posts_opened (by policies, at a cost), gross, returned (lost because leavers returned),
    opened (the cost of opened posts that remain) and net in £ a year, lasting (net over gross, a share; NaN if nothing
    was saved). Indexed by group. An opened post counts under the policy that opened it. Raises InputError if `by` is
    unknown.
    """
    check_kind("run", run, Run)
    found = removals(run)
    made = openings(run)
    # Removals first, then openings, so that one grouping serves both.
    rule = np.concatenate([found.rule, made.rule])
    post = np.concatenate([found.post, made.post])
    both, names = group_of(run, by, rule, post)
    code = both[: len(found)]
    theirs = both[len(found) :]
    size = len(names)
    removed = np.bincount(code, minlength=size)
    opened = np.bincount(theirs, minlength=size)
    there = np.flatnonzero(removed + opened)
    lasting = found.pence * (found.end == ENDS.index("lasts"))
    lost = found.pence * (found.end == ENDS.index("returned"))
    lasts = _with_all(_sums(code, lasting, size), there)
    returned = _with_all(_sums(code, lost, size), there)
    cost = _with_all(_sums(theirs, made.pence * (made.until == NEVER), size), there)
    gross = lasts + returned
    net = lasts - cost
    return tables.frame(
        {
            by: [*(names[place] for place in there.tolist()), "all"],
            "posts_removed": np.append(removed[there], removed.sum()),
            "posts_opened": np.append(opened[there], opened.sum()),
            "gross": gross / 100.0,
            "returned": returned / 100.0,
            "opened": cost / 100.0,
            "net": net / 100.0,
            "lasting": net / np.where(gross, gross, np.nan),
        },
        index=by,
    )


def persistence(run: Run) -> pd.DataFrame:
    """Recurrent savings by month: gross, lost because leavers returned, the cost of opened posts, and net.

    Columns: month (its last day), gross, returned, opened, net in £ a year, lasting (a share; NaN before the first post
    is removed).
    """
    check_kind("run", run, Run)
    found = removals(run)
    made = openings(run)
    calendar = run.scenario.calendar
    ends = np.append(calendar.month_ends[calendar.month_ends < calendar.days - 1], calendar.days - 1)
    gross = _by_then(found.day, found.pence, ends)
    # A saving that lasts has NEVER as its end, which is after every month.
    lost = _by_then(found.until, found.pence * (found.end == 1), ends)
    opened = _by_then(made.day, made.pence, ends) - _by_then(made.until, made.pence, ends)
    net = gross - lost - opened
    return tables.frame(
        {
            "month": [calendar.date(day).isoformat() for day in ends.tolist()],
            "gross": gross / 100.0,
            "returned": lost / 100.0,
            "opened": opened / 100.0,
            "net": net / 100.0,
            "lasting": net / np.where(gross, gross, np.nan),
        }
    )


def savings_by_year(run: Run, *, until: dt.date | None = None, to_closure: bool = False) -> pd.DataFrame:
    """Pounds saved by financial year, net of returners, opened posts and interims.

    Columns: financial_year, projected (whether the year extends beyond the scenario), gross, returned, to_return
    (losses expected after the scenario's end, from its return curve), opened (the cost of posts opened by policies
    while they exist), net, interims, net_of_interims.

    Args:
        run: the run.
        until: the last date that counts; by default the scenario's end.
        to_closure: end a saving when the employer that removed the post would have closed anyway. This is the least
            saving that can be claimed.

    Raises:
        InputError: `until` is before the scenario.
    """
    check_kind("run", run, Run)
    first, parts = _parts(run, until, to_closure=to_closure)
    net = _net(parts)
    interims = _interims(run, first, len(net))
    ends = year_starts(first, len(net))[1:]
    last = run.scenario.calendar.origin + run.scenario.calendar.days
    return tables.frame(
        {
            "financial_year": [financial_year_name(first + place) for place in range(len(net))],
            "projected": np.minimum(ends, _stop(run, until)) > last,
            **{name: pence / 100.0 for name, pence in parts.items()},
            "net": net / 100.0,
            "interims": interims / 100.0,
            "net_of_interims": (net - interims) / 100.0,
        }
    )


def saved_pence(run: Run, until: dt.date | None = None, *, to_closure: bool = False) -> tuple[int, Longs]:
    """The first financial year, and pence saved in each year net of returners and opened posts, (years,).

    Args:
        run: the run.
        until: the last date that counts; by default the scenario's end.
        to_closure: as in `savings_by_year`.

    Raises:
        InputError: `until` is before the scenario.
    """
    first, parts = _parts(run, until, to_closure=to_closure)
    return first, _net(parts)


def _net(parts: dict[str, Longs]) -> Longs:
    """The gross saving less all losses, (years,)."""
    return parts["gross"] - parts["returned"] - parts["to_return"] - parts["opened"]


def _parts(run: Run, until: dt.date | None, *, to_closure: bool) -> tuple[int, dict[str, Longs]]:
    """The first financial year, and pence by year: the gross saving from removed posts, and each kind of loss."""
    found = removals(run)
    origin = run.scenario.calendar.origin
    stop = _stop(run, until)
    first, years = years_covered(origin, stop - 1)
    starts = year_starts(first, years)
    # `since` is the first day of each saving, `ended` the first day after a return, and `last` the day after the last one
    # that counts.
    last = np.full(len(found), stop, "int64")
    if to_closure:
        closes = closing_days(run)[run.posts.employer[found.post]] if len(found) else last
        last = np.minimum(last, np.where(closes < NEVER, closes + 1 + origin, last))
    since = found.day.astype("int64") + 1 + origin
    returned = np.maximum(found.until.astype("int64") + origin, since)  # at the earliest the day when the saving begins
    ended = np.where(found.until < NEVER, returned, last)

    def saved(rows: AnyArray, begin: AnyArray) -> Longs:
        """Pence by year that posts save from a day on, without regard to returns, (years,)."""
        every = saving_by_year(found.pence[rows], begin[rows], last[rows], starts)
        return np.asarray(every.sum(axis=0))

    everyone = np.arange(len(found))
    return first, {
        "gross": saved(everyone, since),
        "returned": saved(np.flatnonzero(found.end == 1), ended),
        "to_return": _to_return(run, found, last, starts),
        "opened": _opened(run, stop, starts, to_closure=to_closure),
    }


def _opened(run: Run, stop: int, starts: Longs, *, to_closure: bool) -> Longs:
    """Pence by year that posts opened by policies cost while they exist, (years,)."""
    made = openings(run)
    origin = run.scenario.calendar.origin
    until = np.where(made.until < NEVER, made.until.astype("int64") + origin, stop)
    if to_closure and len(made):
        closes = closing_days(run)[run.posts.employer[made.post]]
        until = np.minimum(until, np.where(closes < NEVER, closes.astype("int64") + 1 + origin, until))
    cost = saving_by_year(made.pence, made.day.astype("int64") + origin, np.minimum(until, stop), starts)
    return np.asarray(cost.sum(axis=0))


def _to_return(run: Run, found: Removals, last: Longs, starts: Longs) -> Longs:
    """Pence by year that are expected to be lost after the scenario ends, because paid leavers return, (years,)."""
    over = run.scenario.calendar.origin + run.scenario.calendar.days
    lost = np.zeros(len(starts) - 1, "int64")
    if starts[-1] <= over or not (last > over).any():
        return lost
    # The years that end after the scenario, divided at its end. An interval after the saving's own last day is empty.
    later = starts[1:] > over
    edges = np.append(over, starts[1:][later])
    edges_of_each = np.minimum(edges, np.maximum(last, over)[:, None])
    days = lost_days(run, found, edges_of_each - over)
    lost[later] = np.rint(found.pence @ days / np.diff(starts)[later]).astype("int64")
    return lost


def _interims(run: Run, first: int, years: int) -> Longs:
    """Pence paid for interims by financial year, (years,)."""
    paid = run.log.steps(Kind.AGENCY)
    place = financial_year(paid.day.astype("int64") + run.scenario.calendar.origin) - first
    inside = place < years
    return _sums(place[inside], paid.pence[inside], years)


def _stop(run: Run, until: dt.date | None) -> int:
    """The epoch day after the last day that counts. Raises InputError for a date before the scenario."""
    if until is not None and until < run.scenario.start:
        wrong = f"is {until}, before the scenario starts ({run.scenario.start})"
        raise InputError("until", wrong, "give a later date")
    if until is not None:
        return 1 + epoch_day(until)
    return run.scenario.calendar.origin + run.scenario.calendar.days


def _by_then(days: Ints, pence: Longs, ends: AnyArray) -> Longs:
    """The sum of pence up to each of the days in `ends`, (ends,)."""
    order = np.argsort(days, kind="stable")
    total = np.concatenate(([0], np.cumsum(pence[order])))
    return np.asarray(total[np.searchsorted(days[order], ends, side="right")])


def _sums(code: AnyArray, pence: Longs, count: int) -> Longs:
    """Exact sums of pence by group, (count,)."""
    # `bincount` with weights would add up floats, which are not exact for large sums.
    sums = np.zeros(count, "int64")
    np.add.at(sums, code, pence)
    return sums


def _with_all(sums: Longs, there: AnyArray) -> Longs:
    """The sums of the groups in `there`, and the sum of all groups as the last entry."""
    return np.append(sums[there], sums.sum())


# The time until the cost of exits is recovered, from the yearly saving and as a date.

DEFINITIONS += (
    Definition(
        name="payback",
        unit="months",
        formula="12 × exit cost / recurrent saving a year with on-costs; gross, or net of returners and opened posts",
        reference="National Audit Office 2025, exits guide",
        note="Infinite if nothing is saved. Do not average payback over runs: average cost and saving, then divide.",
    ),
    Definition(
        name="paid back on",
        unit="date",
        formula=(
            "first day from which the saving accrued so far, less the cost of opened posts, is never below the "
            "exit cost paid so far"
        ),
        reference="computed from the log",
        note="None if this does not happen before the scenario ends, or if nothing was paid.",
    ),
    Definition(
        name="cost of a post removed",
        unit="£ a post",
        formula="exit cost / posts removed with a saving",
        reference="this project's own measure",
        note=(
            "Only policies that removed posts count. To find posts that attrition would have removed anyway, "
            "compare with a run without the policy."
        ),
    ),
)


def paybacks(run: Run) -> pd.DataFrame:
    """Cost, saving and payback of each policy or closure that paid for exits or removed or opened posts, and of all.

    Indexed by policy or other cause ("rule").

    Columns: exit_cost (pounds), posts_removed, cost_a_post (pounds; NaN without posts), gross and net (pounds a year),
    payback_gross and payback_net (months; infinite if nothing is saved), paid_back_on (a date, or None). In the row
    "all", cost_a_post leaves out the cost of rules that removed no posts, such as redundancy at a closure.
    """
    check_kind("run", run, Run)
    paid = run.log.steps(*EXIT_LINES)
    found = removals(run)
    made = openings(run)
    codes = np.union1d(np.union1d(paid.rule, found.rule), made.rule)
    names = [*(run.rules[code] for code in codes.tolist()), "all"]
    cost = _by_rule(codes, paid.rule, paid.pence)
    gross = _by_rule(codes, found.rule, found.pence)
    opened = _by_rule(codes, made.rule, np.where(made.until == NEVER, made.pence, 0))
    lasting = np.where(found.end == 0, found.pence, 0)
    net = _by_rule(codes, found.rule, lasting) - opened
    posts = _by_rule(codes, found.rule, np.ones(len(found), "int64"))
    return tables.frame(
        {
            "rule": names,
            "exit_cost": cost / 100.0,
            "posts_removed": posts,
            "cost_a_post": _with_posts(cost, posts) / 100.0 / np.where(posts, posts, np.nan),
            "gross": gross / 100.0,
            "net": net / 100.0,
            "payback_gross": payback_months(cost, gross),
            "payback_net": payback_months(cost, np.maximum(net, 0)),
            "paid_back_on": [_date(run, code) for code in [*codes.tolist(), None]],
        },
        index="rule",
    )


def _with_posts(cost: Longs, posts: Longs) -> Longs:
    """The cost of each rule and, last, the cost of all rules that removed posts with a saving, (rules + 1,)."""
    of_rules = cost[:-1]
    removed_posts = posts[:-1] > 0
    return np.append(of_rules, of_rules[removed_posts].sum())


def _by_rule(codes: AnyArray, rule: AnyArray, pence: Longs) -> Longs:
    """Sums of pence for each of the rules, and of all, (rules + 1,)."""
    sums = np.zeros(len(codes), "int64")
    np.add.at(sums, np.searchsorted(codes, rule), pence)
    return np.append(sums, sums.sum())


def _date(run: Run, rule: int | None) -> object:
    """The day after the last day on which less had been saved than paid, as a date.

    None if not yet reached, or if there is no cost.
    """
    paid = run.log.steps(*EXIT_LINES)
    found = removals(run)
    days = run.scenario.calendar.days
    made = openings(run)
    # The entries of the rule, or all of them.
    mine = (paid.rule == rule) | (rule is None)
    removed = (found.rule == rule) | (rule is None)
    opened = (made.rule == rule) | (rule is None)
    # Cumulative cost and saving at the end of each day, (days,).
    cost = np.cumsum(np.bincount(paid.day[mine], paid.pence[mine], days))
    rate = _rate(found.day + 1, found.until, found.pence, days, removed)
    rate = rate - _rate(made.day, made.until, made.pence, days, opened)
    saved = np.cumsum(rate) / DAYS_A_YEAR
    red = np.flatnonzero(saved < cost)
    if not len(red) or red[-1] >= days - 1:
        return None
    return run.scenario.calendar.date(int(red[-1]) + 1)


def _rate(since: Ints, until: Ints, pence: Longs, days: int, mine: AnyArray) -> Floats:
    """Pence a year on each day, (days,), of the entries in `mine`. Each counts from `since` to the day before `until`."""
    start = since[mine]
    stop = np.minimum(np.maximum(until[mine], start), days)
    begins = np.bincount(start, pence[mine], days + 1)
    ends = np.bincount(stop, pence[mine], days + 1)
    return np.cumsum(begins - ends)[:days]


# The contribution to QIPP, the efficiency savings of £15bn to £20bn required of the NHS.

DUE = (dt.date(2014, 3, 31), dt.date(2015, 3, 31))  # the end of 2013-14, the first target; later moved to April 2015
READINGS = {"for good": False, "to closure": True}

DEFINITIONS += (
    Definition(
        name="QIPP contribution",
        unit="share of £15bn and of £20bn",
        formula="cumulative net recurrent saving up to a date / the sum required",
        reference=(
            "Sir David Nicholson, Managing the Transition, letter of 13 July 2010; the period was later extended "
            "to April 2015"
        ),
        note=(
            "There are two readings: a saving lasts permanently, or only until the employer would have closed "
            "anyway. Exit cost is shown too. After the scenario's end, the saving is projected as for cumulative "
            "net saving."
        ),
    ),
)


def qipp(run: Run, *, due: tuple[dt.date, ...] = DUE, law: Law | None = None) -> pd.DataFrame:
    """Cumulative net saving by each date, in two readings, and as shares of the lowest and highest sums required.

    Columns: by (date), reading ("for good", "to closure"), projected (whether the date is after the scenario), saved
    and exit_cost (pounds up to the date), share_of_least and share_of_most. Dates before the scenario are left out.

    Args:
        run: the run.
        due: the dates.
        law: the dated legal rules; by default those of the scenario.
    """
    check_kind("run", run, Run)
    aim = (law or run.scenario.dated_law).parameters.table("qipp_aim").entries[0]
    paid = run.log.steps(*EXIT_LINES)
    calendar = run.scenario.calendar
    rows = []
    for date in (date for date in due if date >= run.scenario.start):
        # Payments are in order of day.
        until = int(np.searchsorted(paid.day, calendar.day(date), side="right"))
        cost = int(paid.pence[:until].sum()) / 100.0
        for reading, to_closure in READINGS.items():
            saved = int(saved_pence(run, date, to_closure=to_closure)[1].sum()) / 100.0
            shares = (saved / aim.number("least"), saved / aim.number("most"))
            rows.append((date, reading, date > run.scenario.end, saved, cost, *shares))
    names = ("by", "reading", "projected", "saved", "exit_cost", "share_of_least", "share_of_most")
    return tables.of_rows(names, rows)
