"""What removed posts save less what opened ones cost: a year, by year, how much lasts, and what is lost after the end."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Ints, Longs
from nhstransit.dates import epoch_day, financial_year, financial_year_name
from nhstransit.entitlements.appraisal import year_starts, years_covered
from nhstransit.errors import InputError
from nhstransit.eventlog import Kind
from nhstransit.kernels.appraisal import saving_by_year
from nhstransit.metrics.definition import Definition
from nhstransit.metrics.openings import openings
from nhstransit.metrics.removals import ENDS, Removals, removals
from nhstransit.metrics.tail import lost_days
from nhstransit.run import Run
from nhstransit.run.groups import By, group_of
from nhstransit.run.lives import closing_days
from nhstransit.workforce.columns import NEVER

if TYPE_CHECKING:
    import pandas as pd

DEFINITIONS = (
    Definition(
        name="recurrent saving",
        unit="£ a year",
        formula=(
            "sum of c_j over removed posts j: c_j is a year's pay with employer's on-costs on the day the post went"
        ),
        reference="facts of the log: each removed post is credited once, to the event that removed it",
        note=(
            "A post that goes because its body closes saves nothing here: what replaces it costs. Nor does one that a "
            "policy had opened: its cost ends, that is all."
        ),
    ),
    Definition(
        name="recurrent cost of posts opened",
        unit="£ a year",
        formula=(
            "sum of d_k over posts k that policies opened and that stand at the end: d_k is what the policy said, else a "
            "year's pay with on-costs of somebody full time on the lowest point of the band, on the day it opened"
        ),
        reference="facts of the log: each opened post is debited once, to the policy that opened it",
        note=(
            "A post that takes over the work of another is not debited; that other is credited no more. A planned "
            "establishment is no policy's cost."
        ),
    ),
    Definition(
        name="net recurrent saving",
        unit="£ a year",
        formula="sum of c_j over removed posts j whose paid leaver is not back − sum of d_k over opened posts k that stand",
        reference="National Audit Office 2025, exits guide (savings that last)",
        note="A removed post cannot be filled again: an employer that wants it back opens another, which is debited.",
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
            "d_k × days open / days of the financial year; after the scenario ends, c_j is taken times the "
            "chance that the leaver is still away: (1 − p F(t)) / (1 − p F(t0)), F(t) = 1 − exp(−(t/τ)^k), t0 the "
            "time away by then"
        ),
        reference="return curve of NHS redundancies by year, Electronic Staff Record, written answer of January 2019",
        note="p, τ, k and the clawback window are those of the scenario's policies of returns; pay stays as it was.",
    ),
)


def savings(run: Run, *, by: By = "rule") -> pd.DataFrame:
    """Recurrent savings at the end, by the rule that removed the posts or a cut of the posts; `all` comes last.

    Columns: posts_removed, posts_opened (by policies, and debited), gross, returned, opened (what opened posts that stand
    cost) and net in £ a year, lasting (net over gross, a share; not a number where nothing was saved). Indexed by the group;
    an opened post counts with the rule that opened it. Raises InputError for another cut.
    """
    found, made = removals(run), openings(run)
    rule, post = (np.concatenate(pair) for pair in ((found.rule, made.rule), (found.post, made.post)))
    both, names = group_of(run, by, rule, post)
    code, theirs = both[: len(found)], both[len(found) :]
    size = len(names)
    removed, opened = np.bincount(code, minlength=size), np.bincount(theirs, minlength=size)
    there = np.flatnonzero(removed + opened)
    sums = {name: _sums(code, found.pence * (found.end == place), size) for place, name in enumerate(ENDS)}
    lasts, returned = (_with_all(sums[name], there) for name in ENDS)
    cost = _with_all(_sums(theirs, made.pence * (made.until == NEVER), size), there)
    gross, net = lasts + returned, lasts - cost
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
    """By month: the yearly saving of all posts removed so far, what returned, what opened posts cost, and what lasts.

    Columns: month (its last day), gross, returned, opened, net in £ a year, lasting (a share; not a number before the
    first post goes).
    """
    found, made, calendar = removals(run), openings(run), run.scenario.calendar
    ends = np.append(calendar.month_ends[calendar.month_ends < calendar.days - 1], calendar.days - 1)
    gross = _by_then(found.day, found.pence, ends)
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
    """Pounds saved by financial year, net of returners, opened posts and interims; up to `until`, or the scenario's end.

    Columns: financial_year, projected (whether it reaches beyond the scenario), gross, returned, to_return (expected by the
    scenario's curve of returns, beyond its end only), opened (what posts that policies opened cost while they stand), net,
    interims, net_of_interims. With `to_closure` a saving ends when the body that removed the post would have closed anyway:
    the least that can be claimed.
    """
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
    """The first financial year, and pence saved in each net of returners and opened posts, (years,)."""
    first, parts = _parts(run, until, to_closure=to_closure)
    return first, _net(parts)


def _net(parts: dict[str, Longs]) -> Longs:
    """What is left of the gross saving, (years,)."""
    return parts["gross"] - parts["returned"] - parts["to_return"] - parts["opened"]


def _parts(run: Run, until: dt.date | None, *, to_closure: bool) -> tuple[int, dict[str, Longs]]:
    """The first financial year, and pence by year: all that the removed posts save, and what is lost of it, and how."""
    found, origin, stop = removals(run), run.scenario.calendar.origin, _stop(run, until)
    first, years = years_covered(origin, stop - 1)
    starts = year_starts(first, years)
    last = np.full(len(found), stop, "int64")
    if to_closure:
        closes = closing_days(run)[run.posts.employer[found.post]] if len(found) else last
        last = np.minimum(last, np.where(closes < NEVER, closes + 1 + origin, last))
    since = found.day.astype("int64") + 1 + origin
    ended = np.where(found.until < NEVER, np.maximum(found.until.astype("int64") + origin, since), last)

    def saved(rows: AnyArray, begin: AnyArray) -> Longs:
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
    """Pence by year that posts opened by policies cost while they stand, (years,)."""
    made, origin = openings(run), run.scenario.calendar.origin
    until = np.where(made.until < NEVER, made.until.astype("int64") + origin, stop)
    if to_closure and len(made):
        closes = closing_days(run)[run.posts.employer[made.post]]
        until = np.minimum(until, np.where(closes < NEVER, closes.astype("int64") + 1 + origin, until))
    cost = saving_by_year(made.pence, made.day.astype("int64") + origin, np.minimum(until, stop), starts)
    return np.asarray(cost.sum(axis=0))


def _to_return(run: Run, found: Removals, last: Longs, starts: Longs) -> Longs:
    """Pence by year expected to be lost after the scenario ends, because paid leavers come back, (years,)."""
    over = run.scenario.calendar.origin + run.scenario.calendar.days
    lost = np.zeros(len(starts) - 1, "int64")
    if starts[-1] <= over or not (last > over).any():
        return lost
    later = starts[1:] > over
    edges = np.append(over, starts[1:][later])
    days = lost_days(run, found, np.minimum(edges, np.maximum(last, over)[:, None]) - over)
    lost[later] = np.rint(found.pence @ days / np.diff(starts)[later]).astype("int64")
    return lost


def _interims(run: Run, first: int, years: int) -> Longs:
    """Pence paid for interims by financial year, (years,)."""
    paid = run.log.steps(Kind.AGENCY)
    place = financial_year(paid.day.astype("int64") + run.scenario.calendar.origin) - first
    inside = place < years
    return _sums(place[inside], paid.pence[inside], years)


def _stop(run: Run, until: dt.date | None) -> int:
    """The epoch day after the last that counts. Raises InputError for one before the scenario."""
    if until is not None and until < run.scenario.start:
        wrong = f"is {until}, before the scenario starts ({run.scenario.start})"
        raise InputError("until", wrong, "give a later date")
    return 1 + (epoch_day(until) if until else run.scenario.calendar.origin + run.scenario.calendar.days - 1)


def _by_then(days: Ints, pence: Longs, ends: AnyArray) -> Longs:
    """Pence of everything up to each of the days in `ends`, (ends,)."""
    order = np.argsort(days, kind="stable")
    total = np.concatenate(([0], np.cumsum(pence[order])))
    return np.asarray(total[np.searchsorted(days[order], ends, side="right")])


def _sums(code: AnyArray, pence: Longs, count: int) -> Longs:
    """Exact sums of pence by group, (count,)."""
    sums = np.zeros(count, "int64")
    np.add.at(sums, code, pence)
    return sums


def _with_all(sums: Longs, there: AnyArray) -> Longs:
    return np.append(sums[there], sums.sum())
