"""Appraisal with names and dates: discount schedules by edition, prices by index, lines tagged by kind of money.

A line's tag decides what it counts towards:

    cash      a resource paid for in money (pay saved, agency, notice worked)     Exchequer and society
    transfer  money changing hands (severance, National Insurance received)       Exchequer only
    resource  something used up and not paid for (output lost, time searching)    society only
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Floats, Longs
from nhstransit.dates import add_months, financial_year
from nhstransit.entitlements.oncosts import CostLines
from nhstransit.errors import InputError, ParameterError, nearest
from nhstransit.kernels import appraisal
from nhstransit.parameters import Parameters

TAGS = ("cash", "transfer", "resource")
VIEWS = {"exchequer": ("cash", "transfer"), "social": ("cash", "resource")}


def _check_tag(_: object, __: object, tag: str) -> None:
    if tag not in TAGS:
        raise InputError("tag", f"is {tag!r}", nearest(tag, TAGS))


@attrs.frozen(kw_only=True)
class Line:
    """One line of an appraisal: pence by financial year, gains positive, costs negative.

    Attributes:
        name: what it is.
        tag: one of `TAGS`.
        pence: an amount for each financial year from the first, before optimism bias.
        uplift: allowance for optimism, a share; costs grow and gains shrink by it.
        simulated: False for a line entered by its author.
    """

    name: str
    tag: str = attrs.field(validator=_check_tag)
    pence: tuple[int, ...]
    uplift: float = 0.0
    simulated: bool = True

    @property
    def adjusted(self) -> Longs:
        """Pence by year after optimism bias, shape (years,)."""
        return appraisal.uplifted_pence(np.asarray(self.pence, "int64"), self.uplift)


def total_by_year(lines: Iterable[Line], view: str) -> Longs:
    """Pence by year of the lines that count in a view, "exchequer" or "social", shape (years,).

    Raises InputError for another view, or for lines that cover different years.
    """
    if view not in VIEWS:
        raise InputError("view", f"is {view!r}", nearest(view, VIEWS))
    every = tuple(lines)
    lengths = {len(line.pence) for line in every}
    if len(lengths) != 1:
        raise InputError("lines", f"cover {sorted(lengths)} years", "give one line or more, all over the same years")
    counted = [line.adjusted for line in every if line.tag in VIEWS[view]]
    return np.asarray(sum(counted, start=np.zeros(lengths.pop(), "int64")))


def discount_factors(parameters: Parameters, schedule: str, years: int) -> Floats:
    """Factors of a named, versioned schedule ("green_book_2026_standard"), shape (years,).

    Raises ParameterError for a schedule that is not held, InputError for more years than it reaches.
    """
    held = [name.removeprefix("discount_") for name in parameters.grids if name.startswith("discount_")]
    if schedule not in held:
        raise ParameterError("schedule", f"is {schedule!r}", nearest(schedule, held))
    entry = parameters.grid(f"discount_{schedule}").entries[-1]
    return appraisal.discount_factors(years, entry.row("ends"), entry.row("rates"))


def present_value(parameters: Parameters, lines: Iterable[Line], *, view: str, schedule: str) -> float:
    """Net present value in pence, in the prices of the lines, of a view under a schedule; the first year is year 0."""
    totals = total_by_year(lines, view)
    return float(appraisal.present_pence(totals, discount_factors(parameters, schedule, len(totals))))


def real_terms(parameters: Parameters, pence: ArrayLike, year: int, base_year: int) -> Longs:
    """Pence of one financial year at the prices of another (each by its first calendar year), shape (n,).

    Raises ParameterError where no one index holds both years.
    """
    names = [name for name in parameters.tables if name.startswith("gdp_deflator")]
    for name in names:
        for entry in parameters.table(name).entries:
            if str(year) in entry.value and str(base_year) in entry.value:
                then, base = entry.number(str(year)), entry.number(str(base_year))
                return appraisal.real_pence(pence, then, base)
    spans = "; ".join(", ".join(parameters.table(name).entries[-1].value) for name in names)
    raise ParameterError("gdp_deflator", f"holds no index with both {year} and {base_year}", f"indices hold {spans}")


def year_starts(first_year: int, years: int) -> Longs:
    """Epoch days of 1 April from `first_year` on, and of the one after the last year, shape (years + 1,)."""
    months = 12 * (first_year - 1970) + 3 + 12 * np.arange(years + 1)
    return add_months(0, months)


def cash_by_year(epoch_days: ArrayLike, pence: ArrayLike, first_year: int, years: int) -> Longs:
    """Pence by April–March year, shape (years,), exact. Raises InputError for a day outside those years."""
    return appraisal.pence_by_year(epoch_days, pence, year_starts(first_year, years))


def removed_post_lines(
    costs: CostLines, posts: ArrayLike, removed_on: ArrayLike, until: ArrayLike, first_year: int, years: int
) -> tuple[Line, Line]:
    """What removing posts saves, once a post: pay with on-costs (cash), and National Insurance forgone (transfer).

    Rows are removals, in order of time; only a post's first counts. `removed_on` and `until` are epoch days.
    """
    once = appraisal.first_of_each(posts)
    starts = year_starts(first_year, years)

    def saved(pence: Longs) -> Longs:
        every = appraisal.saving_by_year(np.where(once, pence, 0), removed_on, until, starts)
        return np.asarray(every.sum(axis=0))

    receipts = saved(np.maximum(costs.national_insurance, 0))
    return (
        Line(name="pay and on-costs of removed posts", tag="cash", pence=_whole(saved(costs.system))),
        Line(name="National Insurance no longer received", tag="transfer", pence=_whole(-receipts)),
    )


def years_covered(first_day: int, last_day: int) -> tuple[int, int]:
    """The first financial year of some epoch days, and how many they touch."""
    first, last = (int(year) for year in financial_year([first_day, last_day]))
    return first, last - first + 1


def _whole(pence: Longs) -> tuple[int, ...]:
    return tuple(int(each) for each in pence)
