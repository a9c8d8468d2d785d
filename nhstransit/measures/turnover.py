"""The usual measures of turnover: leaver rate, stability, Bowey's index, half-life, and time at risk.

The rate for a year needs three separate counts: people in post at the start, people in post at the end, and people who
left during the year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Floats
from nhstransit.dates import DAYS_A_YEAR, financial_year, financial_year_name
from nhstransit.errors import check_kind
from nhstransit.measures import estimates as kernel
from nhstransit.measures.definitions import Definition
from nhstransit.measures.estimates import garwood, rates
from nhstransit.measures.stays import LEAVINGS, Leaving, Who, one_of
from nhstransit.measures.survival import counted
from nhstransit.run import Run
from nhstransit.run.exits import Leavings, leavings
from nhstransit.run.groups import Grouping, PeopleCut, grouping
from nhstransit.run.spells import held_on

if TYPE_CHECKING:
    import pandas as pd

DEFINITIONS = (
    Definition(
        name="leaver rate",
        unit="share of the mean stock, in the period",
        formula="L / ((N0 + N1) / 2); L: leavers, N0 and N1: people in post at the start and at the end",
        reference="British Institute of Management wastage rate; NHS England, NHS Workforce Statistics (same mean stock)",
        note="Not annualised if the period is shorter than a year.",
    ),
    Definition(
        name="stability index",
        unit="share of people in post at the start",
        formula="S / N0; S: people in post both at the start and at the end",
        reference="NHS England, NHS Workforce Statistics; written answer 158306",
        note="Returners count as stable.",
    ),
    Definition(
        name="Bowey's stability index",
        unit="share of people in post at the start",
        formula="people in post for the whole period / N0",
        reference="Bowey, Personnel Review 3 (1969)",
        note="For a year: staff with at least a year's service now over all staff a year ago. Returners do not count.",
    ),
    Definition(
        name="half-life",
        unit="days, and years",
        formula="the first t at which S(t) ≤ 1/2; at a constant rate, ln 2 / (left / person-years)",
        reference="Bartholomew, Forbes and McClean 1991; limits by Brookmeyer and Crowley 1982",
        note="Empty if more than half are still there at the end. A limit after the end is empty too.",
    ),
    Definition(
        name="time at risk",
        unit="person-years",
        formula="days in post, including the last day, / 365.25; rate a year = left / person-years",
        reference="limits of the rate after Garwood 1936",
    ),
)


def turnover(run: Run, *, by: PeopleCut = None, leaving: Leaving = "system") -> pd.DataFrame:
    """One row per financial year and group: stocks, leavers, and the rates calculated from them.

    Args:
        run: the run.
        by: one of `CHARACTERISTICS`, a `Characteristic`, or None; people keep the group in which they entered.
        leaving: "system" counts departures. "employer" counts moves to another employer too, and people are stable only
            if they have the same employer at the start and at the end.

    Returns:
        Columns: financial_year, the group, days (of the year within the run), opening, closing, arrived, left, stable,
            unbroken (people in post throughout), leaver_rate, stability, bowey (shares), person_years, rate, rate_low,
            rate_high (left per person-year, 95% interval).

    Raises:
        InputError: an argument is not valid.
    """
    check_kind("run", run, Run)
    one_of("leaving", leaving, LEAVINGS)
    groups = grouping(run, by)
    left = leavings(run, employer=leaving == "employer")
    parts = [_period(run, groups, left, leaving, *period) for period in _periods(run)]
    return tables.frame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def time_at_risk(
    run: Run, *, by: PeopleCut = None, leaving: Leaving = "system", confidence: float = 0.95
) -> pd.DataFrame:
    """One row per group: person-years in post over the whole run, leavers, and leavers per person-year with limits.

    Newcomers and returners count while they are in post. Columns: people (ever in post), person_years, left (exits; one
    person may have several), rate, low, high. Indexed by group.

    Args:
        run: the run.
        by: as in `turnover`.
        leaving: as in `turnover`.
        confidence: of the limits, above 0 and below 1.

    Raises:
        InputError: an argument is not valid.
    """
    check_kind("run", run, Run)
    one_of("leaving", leaving, LEAVINGS)
    groups = grouping(run, by)
    codes = groups.codes
    count = len(groups)
    years = _person_years(run, groups, 0, run.scenario.calendar.days - 1)
    left = np.bincount(codes[leavings(run, employer=leaving == "employer").row], minlength=count)
    low, high = garwood(left, confidence)
    columns: dict[str, Any] = {
        groups.by: groups.names,
        "people": np.bincount(codes, minlength=count),
        "person_years": years,
        "left": left,
        "rate": rates(left, years),
        "low": rates(low, years),
        "high": rates(high, years),
    }
    return tables.frame(columns, index=groups.by)


def half_life(
    run: Run, *, by: PeopleCut = None, leaving: Leaving = "system", who: Who = "opening", confidence: float = 0.95
) -> pd.DataFrame:
    """One row per group: days until half of the people who entered had left, with limits. Indexed by group.

    Columns: people, left, days, low, high, years, and years_at_constant_rate (the half-life at the mean rate of leaving
    over first stays). NaN if half have not left by the end.

    Args:
        run, by, leaving, who, confidence: as in `survival.staying`.

    Raises:
        InputError: as in `survival.staying`.
    """
    table, names, _ = counted(run, leaving, by, who)
    cut = grouping(run, by).by
    share, greenwood = kernel.kaplan_meier(table)
    low, high = kernel.log_log_interval(share, share**2 * greenwood, confidence)
    left = table.events.sum(axis=1)
    people = table.at_risk[:, 0]
    days = kernel.first_below(share, 0.5)
    # A person at risk on day t has completed t days, so the sum over days from 1 on is the person-days.
    exposed = (table.at_risk[:, 1:].sum(axis=1)) / DAYS_A_YEAR
    there = people > 0
    columns: dict[str, Any] = {
        "people": people,
        "left": left,
        "days": days,
        "low": kernel.first_below(low, 0.5),
        "high": kernel.first_below(high, 0.5),
        "years": days / DAYS_A_YEAR,
        "years_at_constant_rate": np.log(2.0) * rates(exposed, left),  # ln 2 over the rate
    }
    shown = {name: column[there] for name, column in columns.items()}
    return tables.frame({cut: np.array(names, object)[there], **shown}, index=cut)


def _period(
    run: Run,
    groups: Grouping,
    left: Leavings,
    leaving: Leaving,
    name: str,
    first: int,
    last: int,
) -> dict[str, AnyArray]:
    """The rows of one period, one per group."""
    # The post of each person at the end of the day before the period, and of its last day, (people,).
    before = held_on(run, first - 1)
    after = held_on(run, last)
    here = before >= 0
    there = after >= 0
    stable = here & there
    if leaving == "employer" and len(run.posts):
        employer = run.posts.employer
        first_employer = employer[np.where(here, before, 0)]
        last_employer = employer[np.where(there, after, 0)]
        stable &= first_employer == last_employer
    # A person who leaves and returns within the period is stable, but not unbroken.
    gone_now = left.row[(left.day >= first) & (left.day <= last)]
    broken = np.zeros(len(here), bool)
    broken[gone_now] = True

    def heads(people: Bools) -> AnyArray:
        return np.bincount(groups.codes, people, len(groups)).astype("int64")

    arrivals = run.log.arrivals
    came = run.rows_of(arrivals.staff[(arrivals.day >= first) & (arrivals.day <= last)])
    opening, closing, steady, unbroken = map(heads, (here, there, stable, stable & ~broken))
    gone = np.bincount(groups.codes[gone_now], minlength=len(groups))
    years = _person_years(run, groups, first, last)
    low, high = garwood(gone, 0.95)
    return {
        "financial_year": np.full(len(groups), name, object),
        groups.by: np.array(groups.names, object),
        "days": np.full(len(groups), last - first + 1),
        "opening": opening,
        "closing": closing,
        "arrived": np.bincount(groups.codes[came], minlength=len(groups)),
        "left": gone,
        "stable": steady,
        "unbroken": unbroken,
        "leaver_rate": rates(gone, (opening + closing) / 2.0),
        "stability": rates(steady, opening),
        "bowey": rates(unbroken, opening),
        "person_years": years,
        "rate": rates(gone, years),
        "rate_low": rates(low, years),
        "rate_high": rates(high, years),
    }


def _periods(run: Run) -> list[tuple[str, int, int]]:
    """Name, first day and last day of each financial year, within the run."""
    calendar = run.scenario.calendar
    year = financial_year(np.arange(calendar.days) + calendar.origin)
    first = np.flatnonzero(np.diff(year, prepend=year[0] - 1)).tolist()
    last = [*(day - 1 for day in first[1:]), calendar.days - 1]
    names = [financial_year_name(int(year[day])) for day in first]
    return list(zip(names, first, last, strict=True))


def _person_years(run: Run, groups: Grouping, first: int, last: int) -> Floats:
    """Years in post from the first to the last day, both included, (groups,).

    An arrival adds the days from the arrival to the end, and an exit subtracts the days after the exit.
    """
    length = last - first + 1
    came = run.log.arrivals
    left = run.log.exits
    gained = length - np.clip(came.day.astype("int64") - first, 0, length)
    lost = length - np.clip(left.day.astype("int64") + 1 - first, 0, length)

    def days(rows: AnyArray, weight: AnyArray | None = None) -> AnyArray:
        return np.bincount(groups.codes[rows], weights=weight, minlength=len(groups))

    opening = days(np.flatnonzero(run.opening_post >= 0)) * length
    arrived = days(run.rows_of(came.staff), gained)
    departed = days(run.rows_of(left.staff), lost)
    return np.asarray((opening + arrived - departed) / DAYS_A_YEAR)
