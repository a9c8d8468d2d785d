"""Money over time: financial years, savings, present value, payback, prices, optimism bias. Gains are positive, costs
negative.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Bools, Floats, Longs
from nhstransit.dates import add_months, financial_year
from nhstransit.errors import InputError, ParameterError, nearest
from nhstransit.law.parameters import Parameters, TableEntry
from nhstransit.pence import (
    BLOCK,
    RATE_PARTS,
    checked,
    half_up,
    in_blocks,
    of_each,
    pence_column,
    rate_parts,
    signed_half_up,
)

_INDEX_PARTS = 1_000  # price indices are rounded to three decimal places
_MOST_SIGNED = 10**12
_MOST_SUM = 10**15  # pence: ten million million pounds, for sums over everyone rather than one person's pay


def discount_factors(years: int, ends: ArrayLike, rates: ArrayLike) -> Floats:
    """The value in year 0 of a pound in year 0, 1, … `years − 1`, shape (years,).

    Args:
        years: number of years.
        ends: last year of each rate, ascending.
        rates: annual discount rates. Each applies up to its last year, and the next one from the year after. They
            compound.

    Raises:
        InputError: if the schedule covers fewer years.
    """
    last = np.asarray(ends)
    checked("rates", rates, -0.5, 1, "give rates a year from -0.5 to 1")
    if years < 1 or years - 1 > last[-1]:
        raise InputError("years", f"are {years}", f"give 1 to {int(last[-1]) + 1}, which the schedule covers")
    # The rate of each year after year 0: the first whose last year is that year or a later one.
    stretch = np.searchsorted(last, np.arange(1, years), side="left")
    growth = 1.0 + np.asarray(rates, "float64")[stretch]
    return np.concatenate(([1.0], 1.0 / np.cumprod(growth)))


def present_pence(pence_by_year: ArrayLike, factors: Floats) -> Floats:
    """Present value in pence of amounts by year, shape (…, years) → (…), as unrounded floats."""
    amounts = np.asarray(pence_by_year)
    if amounts.shape[-1:] != factors.shape:
        wrong = f"have the shape {amounts.shape}"
        raise InputError("pence_by_year", wrong, f"give {len(factors)} amounts per row")
    checked("pence_by_year", amounts, -1e300, 1e300, "give finite amounts")
    # All rows of any shape as (rows, years), in blocks, so that the conversion to floats needs little memory.
    rows = amounts.reshape(-1, len(factors))
    worth = np.empty(len(rows))
    for start in range(0, len(rows), BLOCK):
        worth[start : start + BLOCK] = rows[start : start + BLOCK].astype("float64") @ factors
    return worth.reshape(amounts.shape[:-1])


def payback_months(cost_pence: ArrayLike, annual_saving_pence: ArrayLike) -> Floats:
    """Months until a saving covers a cost, shape (n,): 12 × cost / yearly saving; infinite if nothing is saved.

    Both are sums over many people, so the limit of a thousand million pounds for one person's pay does not apply.

    Args:
        cost_pence: (n,) the costs.
        annual_saving_pence: (n,) the savings of a year.

    Raises:
        InputError: for amounts that are not whole pence of 0 or more.
    """
    _sums("cost_pence", cost_pence)
    _sums("annual_saving_pence", annual_saving_pence)

    def _rule(cost: Any, saving: Any) -> Any:
        return np.where(saving > 0, 12.0 * cost / np.maximum(saving, 1), np.inf)

    return in_blocks(_rule, "float64", cost_pence, annual_saving_pence)


def pence_by_year(days: ArrayLike, pence: ArrayLike, year_starts: ArrayLike) -> Longs:
    """Sums of pence by financial year, shape (years,), exact.

    Args:
        days: (n,) day of each amount.
        pence: (n,) amounts.
        year_starts: (years + 1,) first day of each year and of the year after the last, counted as `days` are.

    Raises:
        InputError: for a day outside the years.
    """
    starts = np.asarray(year_starts)
    when = np.asarray(days)
    checked("days", when, int(starts[0]), int(starts[-1]) - 1, "give a day within the years")
    # `add.at` adds every amount; a plain assignment would keep only the last of each year.
    sums = np.zeros(len(starts) - 1, "int64")
    np.add.at(sums, np.searchsorted(starts, when, side="right") - 1, _signed("pence", pence))
    return sums


def saving_by_year(annual_pence: ArrayLike, removed_on: ArrayLike, until: ArrayLike, year_starts: ArrayLike) -> Longs:
    """The saving from removed posts in each financial year, in pence, shape (n, years).

    A post costs nothing from the day `removed_on` to the day before `until`. A part of a year counts in proportion to
    its days, and each year is rounded half up.

    Args:
        annual_pence: (n,) yearly cost of each post.
        removed_on: (n,) first day without the cost.
        until: (n,) first day after the saving.
        year_starts: as for `pence_by_year`.

    Raises:
        InputError: for negative or missing pay.
    """
    pence_column("annual_pence", annual_pence)
    starts = np.asarray(year_starts, "int64")
    for name, days in (("removed_on", removed_on), ("until", until)):
        checked(name, days, -(2**40), 2**40, "give a day as a whole number")
    annual, first, last = np.broadcast_arrays(np.atleast_1d(annual_pence), removed_on, until)
    saved = np.empty((len(annual), len(starts) - 1), "int64")
    # A loop over years, of which there are few; all posts of a year are computed together.
    for year in range(len(starts) - 1):
        opens = int(starts[year])
        closes = int(starts[year + 1])

        # The year's days are default values, because a function made in a loop sees the loop's last values.
        def _rule(pay: Any, start: Any, end: Any, opens: int = opens, closes: int = closes) -> Any:
            days = np.maximum(np.minimum(end, closes) - np.maximum(start, opens), 0)
            return half_up(pay * days, closes - opens)

        saved[:, year] = in_blocks(_rule, "int64", annual, first, last)
    return saved


def first_of_each(keys: ArrayLike) -> Bools:
    """Whether each row is the first with its key, shape (n,). A post's saving is credited once, to the row that removed
    it.
    """
    column = np.asarray(keys)
    marks = np.zeros(len(column), "bool")
    # Small whole numbers, such as posts, need no sorting: each key's first row is written into a table. Rows are written
    # in reverse order, so the value that remains for a key is its first row.
    if column.size and column.dtype.kind in "iu" and column.min() >= 0 and column.max() < 2 * len(column):
        first = np.empty(int(column.max()) + 1, "int32")
        first[column[::-1]] = np.arange(len(column) - 1, -1, -1, dtype="int32")
        marks[:] = first[column] == np.arange(len(column), dtype="int32")
        return marks
    _, firsts = np.unique(column, return_index=True)
    marks[firsts] = True
    return marks


def real_pence(pence: ArrayLike, index_then: float, index_base: float) -> Longs:
    """Pence of one year at the prices of another, shape (n,): × `index_base` / `index_then`, rounded half up.

    Args:
        pence: (n,) amounts.
        index_then: price index of the year of the amounts.
        index_base: price index of the year in whose prices the result is.
    """
    checked("index", [index_then, index_base], 1 / _INDEX_PARTS, 1_000, "give an index above 0, at most 1000")
    # Indices as whole thousandths, so that the sum is exact in integers.
    amounts = _signed("pence", pence)
    then = round(index_then * _INDEX_PARTS)
    base = round(index_base * _INDEX_PARTS)
    return in_blocks(lambda money: signed_half_up(money * base, then), "int64", amounts)


def uplifted_pence(pence: ArrayLike, uplift: float) -> Longs:
    """Amounts after optimism bias, shape (n,): costs (negative) grow by `uplift`, gains shrink by it.

    Raises InputError for an uplift below 0, or above 1 if there are gains.
    """
    amounts = _signed("pence", pence)
    gains = amounts.size > 0 and amounts.max() > 0
    checked("uplift", uplift, 0, 1 if gains else 10, "give a share from 0 to 1 (up to 10 if all amounts are costs)")
    extra = rate_parts(uplift)

    # The uplift is subtracted from gains and costs alike: a cost becomes more negative, and a gain smaller.
    def _rule(money: Any) -> Any:
        return money - of_each(np.abs(money), extra, RATE_PARTS)

    return in_blocks(_rule, "int64", amounts)


def _sums(name: str, pence: ArrayLike) -> None:
    """Check sums of pence over many people: whole, and 0 or more."""
    amounts = checked(name, pence, 0, _MOST_SUM, "give a sum in whole pence of 0 or more")
    if amounts.dtype.kind == "f" and amounts.size:
        raise InputError(name, "contains floats", "give whole pence as integers")


def _signed(name: str, pence: ArrayLike) -> Longs:
    amounts = checked(name, pence, -_MOST_SIGNED, _MOST_SIGNED, "give whole pence, below ten thousand million pounds")
    if amounts.dtype.kind == "f" and amounts.size:
        raise InputError(name, "contains floats", "give whole pence as integers")
    return amounts.astype("int64", copy=False)


# Appraisal by name and date: editions of discount schedules, price indices, and lines with a tag for the kind of money.
# The tag of a line decides in which views it counts:
#
#     cash      a resource paid for in money (pay saved, agency, notice worked)     Exchequer and society
#     transfer  money changing hands (severance, National Insurance received)       Exchequer only
#     resource  something used but not paid for (output lost, time searching)       society only

TAGS = ("cash", "transfer", "resource")
VIEWS = {"exchequer": ("cash", "transfer"), "social": ("cash", "resource")}


def _check_tag(_: object, __: object, tag: str) -> None:
    if tag not in TAGS:
        raise InputError("tag", f"is {tag!r}", nearest(tag, TAGS))


@attrs.frozen(kw_only=True)
class Line:
    """One line of an appraisal: pence by financial year, gains positive, costs negative.

    Attributes:
        name: description of the line.
        tag: one of `TAGS`.
        pence: amounts for each financial year in order, before optimism bias.
        uplift: optimism bias, a share; costs grow and gains shrink by it.
        simulated: False for a line that its author entered.
    """

    name: str
    tag: str = attrs.field(validator=_check_tag)
    pence: tuple[int, ...]
    uplift: float = 0.0
    simulated: bool = True

    @property
    def adjusted(self) -> Longs:
        """Pence by year after optimism bias, shape (years,)."""
        return uplifted_pence(np.asarray(self.pence, "int64"), self.uplift)


def total_by_year(lines: Iterable[Line], view: str) -> Longs:
    """The total pence by year of the lines that count in a view, "exchequer" or "social", shape (years,).

    Raises InputError for another view, or for lines that cover different years.
    """
    if view not in VIEWS:
        raise InputError("view", f"is {view!r}", nearest(view, VIEWS))
    every = tuple(lines)
    lengths = {len(line.pence) for line in every}
    if len(lengths) != 1:
        raise InputError("lines", f"cover {sorted(lengths)} years", "give one line or more, all for the same years")
    counted = [line.adjusted for line in every if line.tag in VIEWS[view]]
    return np.asarray(sum(counted, start=np.zeros(lengths.pop(), "int64")))


def schedule_factors(parameters: Parameters, schedule: str, years: int) -> Floats:
    """Discount factors of a named, versioned schedule ("green_book_2026_standard"), shape (years,).

    Args:
        parameters: the dated parameters, with the schedules.
        schedule: name of the schedule.
        years: number of years.

    Raises:
        ParameterError: for an unknown schedule.
        InputError: for more years than the schedule covers.
    """
    held = [name.removeprefix("discount_") for name in parameters.grids if name.startswith("discount_")]
    if schedule not in held:
        raise ParameterError("schedule", f"is {schedule!r}", nearest(schedule, held))
    # The last entry of a schedule has its rates; earlier ones are superseded.
    entry = parameters.grid(f"discount_{schedule}").entries[-1]
    return discount_factors(years, entry.row("ends"), entry.row("rates"))


def real_terms(parameters: Parameters, pence: ArrayLike, year: int, base_year: int) -> Longs:
    """Pence of one financial year at the prices of another, shape (n,).

    If the law is carried forward to both years (`Parameters.carried_to`), the latest index that begins before them is
    continued with the growth of its last year.

    Args:
        parameters: the dated parameters, with the price indices.
        pence: (n,) amounts.
        year: financial year of the amounts, as its first calendar year.
        base_year: financial year in whose prices the result is.

    Raises:
        ParameterError: if no single index contains both years.
    """
    # An index that contains both years is preferred, because two indices have different base years.
    names = [name for name in parameters.tables if name.startswith("gdp_deflator")]
    for name in names:
        for entry in parameters.table(name).entries:
            if str(year) in entry.value and str(base_year) in entry.value:
                then = entry.number(str(year))
                base = entry.number(str(base_year))
                return real_pence(pence, then, base)
    entries = [table for name in names for table in parameters.table(name).entries]
    carried = [table for table in entries if _goes_on(table, year, base_year)]
    if carried:
        latest = max(carried, key=lambda table: table.first)
        return real_pence(pence, _index(latest, year), _index(latest, base_year))
    spans = "; ".join(", ".join(parameters.table(name).entries[-1].value) for name in names)
    raise ParameterError("gdp_deflator", f"has no index with both {year} and {base_year}", f"its indices cover {spans}")


def _goes_on(table: TableEntry, year: int, base_year: int) -> bool:
    """Whether a price index begins no later than the earlier of two financial years and is carried to the start of the
    later.
    """
    reaches = table.carried_to is not None and table.carried_to >= dt.date(max(year, base_year), 4, 1)
    return reaches and min(map(int, table.value)) <= min(year, base_year)


def _index(table: TableEntry, year: int) -> float:
    """The index of a financial year; after its end, it continues to grow as in its last year."""
    before, last = sorted(map(int, table.value))[-2:]
    if year <= last:
        return table.number(str(year))
    growth = table.number(str(last)) / table.number(str(before))
    return float(table.number(str(last)) * growth ** (year - last))


def year_starts(first_year: int, years: int) -> Longs:
    """Epoch days of 1 April from `first_year` on, and of the year after the last, shape (years + 1,)."""
    # Months since January 1970: 3 is April.
    months = 12 * (first_year - 1970) + 3 + 12 * np.arange(years + 1)
    return add_months(0, months)


def years_covered(first_day: int, last_day: int) -> tuple[int, int]:
    """The financial year of `first_day`, and the number of financial years up to that of `last_day`."""
    first, last = (int(year) for year in financial_year([first_day, last_day]))
    return first, last - first + 1
