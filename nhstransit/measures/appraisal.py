"""Net present value of a run to the Exchequer and to society, line by line, under a chosen discount schedule.

The simulated lines are payments for exits, the saving from removed posts, retention and training costs, interims, and
the output lost while people look for work. Lines entered by the scenario's author are shown separately, with their own
total. A single run is appraised against its own opening workforce. To appraise a reform, subtract the result of a run
without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit import tables
from nhstransit.arrays import AnyArray, Floats, Longs, distinct
from nhstransit.dates import financial_year
from nhstransit.errors import InputError, check_kind
from nhstransit.fields import Parent, amount, assumed, share, whole
from nhstransit.law import Law
from nhstransit.law.appraisal import (
    VIEWS,
    Line,
    present_pence,
    real_terms,
    schedule_factors,
    year_starts,
    years_covered,
)
from nhstransit.log import Kind
from nhstransit.measures.definitions import Definition
from nhstransit.measures.removals import Removals, costs_of, lost_days, openings, pay_before, removals, yearly_costs
from nhstransit.run import Run
from nhstransit.workforce.columns import NEVER

if TYPE_CHECKING:
    import pandas as pd

DEFINITIONS = (
    Definition(
        name="net present value",
        unit="£, at the prices of the base year",
        formula="sum over years t of CF_t / ((1 + r_1) … (1 + r_t)), the scenario's first financial year being year 0",
        reference=(
            "HM Treasury, Green Book 2026 (schedules as reproduced by the Department for Transport, 16 April 2026)"
        ),
        note=(
            "Exchequer: cash and transfers (severance is a cost; tax and National Insurance are receipts). Social: "
            "cash and resources (severance is left out because it is a transfer; output lost while searching is "
            "included). Lines entered by the scenario's author are not included."
        ),
    ),
    Definition(
        name="output lost while searching",
        unit="£",
        formula=(
            "full yearly cost of each person paid on leaving × months until the next job or the return to the NHS / 12"
        ),
        reference="HM Treasury, Green Book 2026, which separates transfers from resource costs",
        note="A person's output is assumed to be worth what the person costs. The number of months is an assumption.",
    ),
)
_SUMS = (  # kind of event, name of the line, its tag, and its sign: −1 for a cost
    (Kind.SEVERANCE, "severance", "transfer", -1),
    (Kind.IN_LIEU, "pay in lieu of notice", "transfer", -1),
    (Kind.PENSION, "pension capital", "transfer", -1),
    (Kind.BOUGHT_OUT, "guarantees bought out", "transfer", -1),
    (Kind.CLAWBACK, "severance paid back", "transfer", 1),
    (Kind.PREMIUM, "retention premiums", "transfer", -1),
    (Kind.TRAINING, "development and retraining", "cash", -1),
    (Kind.AGENCY, "interims", "cash", -1),
)
_TAX = "the rate stands for income tax and employees' contributions; no tax schedule is among the sources"


@attrs.frozen(kw_only=True)
class Appraisal:
    """How a run is appraised: discount schedule, years, prices, and the rates for which there is no source.

    `base_year` is the first calendar year of the financial year whose prices are used. If it is None, the financial
    year of the scenario's start is used. A removed post saves what it cost on the day of its removal, constant in real
    terms.
    """

    schedule: str = "green_book_2026_standard"
    years: int = whole(10, low=1, high=200, parent=Parent(unit="financial years from the scenario's first"))
    base_year: int | None = whole(
        None, low=1900, high=2200, parent=Parent(unit="first calendar year of a financial year")
    )
    severance_tax: float = share(0.4, parent=assumed("share of severance above the tax-free sum", 0.2, 0.5, _TAX))
    pay_tax: float = share(0.27, parent=assumed("share of pay", 0.2, 0.35, _TAX))
    search_months: float = amount(
        6.0,
        parent=assumed(
            "months until the next job",
            3.0,
            12.0,
            "no source was used for the time that people take to find a job after redundancy",
        ),
    )
    optimism: float = share(
        0.0,
        parent=Parent(
            unit="share taken off savings for optimism",
            source="the share is for sensitivity tests; no source gives an uplift",
        ),
    )


def usual_appraisal(run: Run) -> Appraisal:
    """The default terms of appraisal: over ten years, or to the scenario's end if that is later."""
    calendar = run.scenario.calendar
    _, spanned = years_covered(calendar.origin, calendar.origin + calendar.days - 1)
    return Appraisal(years=max(Appraisal().years, spanned))


def appraisal_lines(run: Run, terms: Appraisal | None = None, *, law: Law | None = None) -> tuple[Line, ...]:
    """The simulated lines of a run: pence by financial year at the prices of the base year. Gains are positive.

    Args:
        run: the run.
        terms: how the run is appraised; by default the result of `usual_appraisal`.
        law: the dated legal rules; by default those of the scenario.

    Raises:
        InputError: the years of the appraisal end before the scenario.
        ParameterError: there is no price index for a year.
    """
    check_kind("run", run, Run)
    terms = terms or usual_appraisal(run)
    law = law or run.scenario.dated_law
    years = _Years.of(run, terms, law)
    return (
        *_sums_paid(run, years),
        *_receipts(run, terms, years),
        *_saved(run, terms, years),
        *_opened(run, terms, years),
        _searching(run, terms, years),
    )


def present_values(run: Run, terms: Appraisal | None = None, *, law: Law | None = None) -> pd.DataFrame:
    """Each line with its tag, its sum, and its present value in both views, in pounds at the prices of the base year.

    Columns: origin ("simulated", or "entered" by the scenario's author), tag, undiscounted, exchequer, social. Each
    origin has a total; the two are not added together. Indexed by line.

    Args:
        run: the run.
        terms: how the run is appraised; by default the result of `usual_appraisal`.
        law: the dated legal rules; by default those of the scenario.

    Raises:
        InputError: the years of the appraisal end before the scenario, or the schedule is unknown.
        ParameterError: there is no price index for a year.
    """
    check_kind("run", run, Run)
    terms = terms or usual_appraisal(run)
    law = law or run.scenario.dated_law
    lines = (*appraisal_lines(run, terms, law=law), *entered_lines(run, terms, law=law))
    factors = schedule_factors(law.parameters, terms.schedule, terms.years)
    # One value per line, in pounds. A view counts only lines with its tags, and shows 0 for the others.
    worth = np.array([present_pence(line.adjusted, factors) for line in lines]) / 100.0
    plain = np.array([line.adjusted.sum() for line in lines]) / 100.0
    tags = [line.tag for line in lines]
    simulated = np.array([line.simulated for line in lines])
    columns = {"undiscounted": plain}
    for view, its_tags in VIEWS.items():
        columns[view] = np.where(np.isin(tags, its_tags), worth, 0.0)
    # The rows of totals: their origin, and the lines that each adds up.
    masks = {"simulated": simulated, "entered": ~simulated}
    totals = {origin: mask for origin, mask in masks.items() if mask.any()}
    table: dict[str, AnyArray | list[str]] = {
        "line": [*(line.name for line in lines), *(f"total {origin}" for origin in totals)],
        "origin": [*np.where(simulated, "simulated", "entered").tolist(), *totals],
        "tag": [*tags, *("" for _ in totals)],
    }
    for name, column in columns.items():
        table[name] = np.append(column, [_total(name, column[mask]) for mask in totals.values()])
    return tables.frame(table, index="line")


def _total(name: str, column: Floats) -> float:
    """The sum of a view. The undiscounted column has no sum, because it contains lines of both views."""
    return float(column.sum()) if name in VIEWS else np.nan


def entered_lines(run: Run, terms: Appraisal | None = None, *, law: Law | None = None) -> tuple[Line, ...]:
    """The lines entered by the scenario's author, by financial year at the prices of the base year. Costs are negative.

    Args:
        run: the run.
        terms: how the run is appraised; by default the result of `usual_appraisal`.
        law: the dated legal rules; by default those of the scenario.
    """
    terms = terms or usual_appraisal(run)
    law = law or run.scenario.dated_law
    years = _Years.of(run, terms, law)
    lines = []
    for name, line in run.scenario.entered.items():
        # An author enters costs as positive amounts, and a line has them negative.
        gains = {year: -pence for year, pence in line.pence_by_year().items()}
        pence = years.real(gains)
        lines.append(Line(name=name, tag=line.tag, pence=pence, uplift=line.optimism, simulated=False))
    return tuple(lines)


@attrs.frozen(eq=False)
class _Years:
    """The financial years of an appraisal, and the prices in which every amount is stated."""

    first: int
    count: int
    base: int
    law: Law

    @classmethod
    def of(cls, run: Run, terms: Appraisal, law: Law) -> _Years:
        """The years from the scenario's first. They must reach the scenario's end.

        Args:
            run: the run.
            terms: how the run is appraised.
            law: the dated legal rules.
        """
        calendar = run.scenario.calendar
        ends = np.array([0, calendar.days - 1]) + calendar.origin
        first, last = financial_year(ends).tolist()
        if last >= first + terms.years:
            right = f"give {last - first + 1} or more"
            raise InputError(
                "years", f"the number is {terms.years}, so the period ends before the scenario does", right
            )
        return cls(first, terms.years, terms.base_year or first, law)

    @property
    def starts(self) -> Longs:
        """The epoch day on which each year starts, and the day after the last year ends."""
        return year_starts(self.first, self.count)

    def priced(self, pence: ArrayLike, year: int) -> Longs:
        """Convert pence at the prices of a year to pence at the prices of the base year."""
        if year == self.base:
            return np.asarray(pence, "int64")
        return real_terms(self.law.parameters, np.asarray(pence, "int64"), year, self.base)

    def real(self, pence: dict[int, int]) -> tuple[int, ...]:
        """Convert pence by year, each at its own prices, to one amount per year at the prices of the base year."""
        outside = (year for year in pence if not self.first <= year < self.first + self.count)
        wrong = next(outside, None)
        if wrong is not None:
            raise InputError("entered", f"has money in {wrong}, outside the appraisal", "appraise more years")
        amounts = {}
        for year, amount_ in pence.items():
            if amount_:  # a year without money needs no price index
                amounts[year - self.first] = int(self.priced(amount_, year))
        return tuple(amounts.get(index, 0) for index in range(self.count))


def _sums_paid(run: Run, years: _Years) -> tuple[Line, ...]:
    """One line for each kind of payment."""
    lines = []
    for kind, name, tag, sign in _SUMS:
        paid = run.log.steps(kind)
        pence = _by_year(run, paid.day, sign * paid.pence)
        lines.append(Line(name=name, tag=tag, pence=years.real(pence)))
    return tuple(lines)


def _by_year(run: Run, day: AnyArray, pence: AnyArray) -> dict[int, int]:
    """Sums of pence by financial year."""
    year = financial_year(np.asarray(day, "int64") + run.scenario.calendar.origin)
    return {each: int(pence[year == each].sum()) for each in np.unique(year).tolist()}


def _receipts(run: Run, terms: Appraisal, years: _Years) -> tuple[Line, ...]:
    """Tax on severance above the tax-free sum."""
    paid = run.log.steps(Kind.SEVERANCE)
    net = np.array(paid.pence, "int64")
    year = financial_year(np.asarray(paid.day, "int64") + run.scenario.calendar.origin)
    # The tax-free sum is that of the first payment in each financial year, so one look at the law serves a year.
    for each in np.unique(year).tolist():
        mine = np.flatnonzero(year == each)
        on = int(paid.day[mine].min()) + run.scenario.calendar.origin
        net[mine] = years.law.net_of_tax(paid.pence[mine], on, tax_rate=terms.severance_tax)
    tax = paid.pence - net
    by_year = _by_year(run, paid.day, tax)
    return (Line(name="tax on severance", tag="transfer", pence=years.real(by_year)),)


def _saved(run: Run, terms: Appraisal, years: _Years) -> tuple[Line, ...]:
    """What removed posts save, net of returners, and the tax receipts that the Exchequer loses."""
    found = removals(run)
    costs = yearly_costs(run, years.law, found.pence, found.day)
    held = _held(run, found, years)
    parts = (
        ("pay and on-costs of removed posts", "cash", costs.system, terms.optimism),
        ("National Insurance no longer received", "transfer", -costs.national_insurance, 0.0),
        ("income tax and contributions no longer received", "transfer", -terms.pay_tax * costs.pay, 0.0),
    )
    return _priced(run, years, found.day, held, parts)


def _opened(run: Run, terms: Appraisal, years: _Years) -> tuple[Line, ...]:
    """What posts opened by policies cost while they exist, and the tax receipts that the Exchequer gains."""
    made = openings(run)
    origin = run.scenario.calendar.origin
    starts = years.starts
    costs = yearly_costs(run, years.law, made.pence, made.day)
    # A post that remains costs money to the end of the appraisal.
    since = made.day.astype("int64") + origin
    until = np.where(made.until < NEVER, made.until.astype("int64") + origin, starts[-1])
    days = _overlap(since, until, starts)
    parts = (
        ("pay and on-costs of opened posts", "cash", -costs.system, terms.optimism),
        ("National Insurance of opened posts", "transfer", costs.national_insurance, 0.0),
        ("income tax and contributions of opened posts", "transfer", terms.pay_tax * costs.pay, 0.0),
    )
    return _priced(run, years, made.day, days / np.diff(starts), parts) if len(made) else ()


def _priced(
    run: Run, years: _Years, day: AnyArray, held: Floats, parts: tuple[tuple[str, str, AnyArray, float], ...]
) -> tuple[Line, ...]:
    """Build lines from (name, tag, pence per year of each post, uplift) and the share of each year in which each post
    counts, (posts, years).
    """
    # A post's yearly cost is at the prices of the year of its removal or opening, its cohort. So each cohort is added up
    # and converted to the prices of the base year by itself.
    cohort = financial_year(np.asarray(day, "int64") + run.scenario.calendar.origin)
    lines = []
    for name, tag, yearly, uplift in parts:
        total = np.zeros(years.count, "int64")
        for year in np.unique(cohort).tolist():
            mine = cohort == year
            pence = np.rint(yearly[mine] @ held[mine]).astype("int64")
            total += years.priced(pence, year)
        lines.append(Line(name=name, tag=tag, pence=tuple(total.tolist()), uplift=uplift))
    return tuple(lines)


def _overlap(since: AnyArray, until: AnyArray, starts: Longs) -> Longs:
    """Days of each year from `since` to the day before `until`, (n, years).

    Args:
        since: (n,) epoch days.
        until: (n,) epoch days.
        starts: (years + 1,) the day on which each year starts, and the day after the last year.
    """
    # Columns of days against rows of years: each cell is the later start and the earlier end, and 0 if they do not meet.
    begin = np.maximum(since[:, None], starts[:-1])
    end = np.minimum(until[:, None], starts[1:])
    return np.asarray(np.maximum(end - begin, 0))


def _held(run: Run, found: Removals, years: _Years) -> Floats:
    """The share of each financial year in which a removed post saves money, net of expected returns, (removals, years)."""
    origin = run.scenario.calendar.origin
    over = run.scenario.calendar.origin + run.scenario.calendar.days
    starts = years.starts
    # The saving begins on the day after the removal.
    since = found.day.astype("int64") + 1 + origin
    until = np.where(found.until < NEVER, found.until.astype("int64") + origin, starts[-1])
    days = _overlap(since, until, starts).astype("float64")
    # After the scenario nobody is simulated. The days on which a leaver is expected to be back are deducted instead.
    later = np.flatnonzero(starts[1:] > over)
    ends = np.concatenate([[0], starts[later + 1] - over]) if len(later) else np.zeros(1, "int64")
    days[:, later] -= lost_days(run, found, ends)
    return np.asarray(days / np.diff(starts))


def _searching(run: Run, terms: Appraisal, years: _Years) -> Line:
    """Output lost between a paid exit and the next job, or the return to the NHS if that is sooner."""
    left, back, rows = _paid_leavers(run)
    origin = run.scenario.calendar.origin
    costs = costs_of(years.law, pay_before(run, rows, left), run.people.wte[rows], left + origin)
    # Each person's output is lost from the day after the exit, for the assumed months, or until the return.
    since = left.astype("int64") + 1 + origin
    search_days = round(terms.search_months * 365.25 / 12.0)
    until = np.minimum(since + search_days, back.astype("int64") + origin)
    starts = years.starts
    days = _overlap(since, until, starts)
    pence = np.rint(costs.system @ (days / np.diff(starts))).astype("int64")
    lost = {years.first + place: -int(total) for place, total in enumerate(pence.tolist()) if total}
    return Line(name="output lost while searching", tag="resource", pence=years.real(lost))


def _paid_leavers(run: Run) -> tuple[AnyArray, AnyArray, AnyArray]:
    """For each paid exit: the day, the first day back (NEVER if none), and the row in people, (exits,)."""
    paid = run.log.steps(Kind.SEVERANCE, Kind.IN_LIEU)
    came = run.log.steps(Kind.ARRIVED, Kind.BACK)
    # Person and day in one integer. A person paid severance and pay in lieu on one day is one exit. The next return is
    # the first key after the exit's, if it belongs to the same person. 2⁶² stands after all of them.
    keys = distinct(run.rows_of(paid.staff).astype("int64") << 32 | paid.day)
    returns = np.sort(run.rows_of(came.staff).astype("int64") << 32 | came.day)
    comes = np.append(returns, np.int64(2**62))
    nearest = comes[np.searchsorted(comes, keys, side="right")]
    rows = keys >> 32
    day = (keys & 2**32 - 1).astype("int32")
    back = np.where(nearest >> 32 == rows, nearest & 2**32 - 1, NEVER)
    return day, back, rows
