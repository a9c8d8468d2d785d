"""Complete months and years of service between dates, and formulas over columns whose dates fall under different
entries of the law.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Longs
from nhstransit.dates import complete_months, date_of
from nhstransit.errors import InputError
from nhstransit.law.parameters import Entry, Series

E = TypeVar("E", bound=Entry)


def days_column(name: str, days: ArrayLike) -> Longs:
    """A column of epoch days as int64. Raises InputError if it contains anything but integers."""
    column = np.asarray(days)
    if column.dtype.kind not in "iu":
        raise InputError(name, f"has the type {column.dtype}", "give epoch days as whole numbers")
    return column.astype("int64", copy=False)


def months_until(name: str, since: ArrayLike, until: ArrayLike) -> Longs:
    """Complete months from epoch day `since` to `until`, shape (n,). Raises InputError if `since` is later.

    Args:
        name: name of the column, for messages.
        since: (n,) epoch days.
        until: (n,) epoch days.
    """
    start, end = _begun(name, since, until)
    return complete_months(start, end)


def _begun(name: str, since: ArrayLike, until: ArrayLike) -> tuple[Longs, Longs]:
    """Both columns of epoch days as int64. Raises InputError if `since` is later than `until`."""
    start = days_column(name, since)
    end = days_column("until", until)
    late = np.asarray(start > end)
    if late.any():
        # The first row that is wrong. Either column may be a single value, so both are broadcast to rows.
        row = int(np.flatnonzero(late)[0])
        begins, ends = (np.broadcast_to(days, late.shape).ravel()[row] for days in (start, end))
        wrong = f"is {date_of(int(begins))}, after {date_of(int(ends))}"
        raise InputError(f"{name}[{row}]" if late.ndim else name, wrong, "give a day that is not later")
    return start, end


def service_months(service_from: ArrayLike, leaving: ArrayLike) -> Longs:
    """Complete months of service, shape (n,). The day of leaving counts as a full day of service."""
    return months_until("service_from", service_from, days_column("leaving", leaving) + 1)


def service_days(service_from: ArrayLike, leaving: ArrayLike) -> Longs:
    """Days of service including the day of leaving, shape (n,). Raises InputError if service has not begun."""
    start, end = _begun("service_from", service_from, days_column("leaving", leaving) + 1)
    return np.asarray(end - start)


def latest_entry(series: Series[E], days: ArrayLike) -> E:
    """The entry in force on the latest of some epoch days; without days, the last entry."""
    column = np.asarray(days)
    return series.on(int(column.max())) if column.size else series.entries[-1]


def by_regime(
    series: Series[Any], days: ArrayLike, rule: Callable[..., Any], kind: str, *columns: ArrayLike
) -> AnyArray:
    """`rule(entry, *columns)` for the entry in force on each epoch day, shape (n,), dtype `kind`.

    All rows under the same entry are computed in one call.

    Args:
        series: the dated entries.
        days: (n,) epoch days.
        rule: the formula, called with an entry and its rows of the columns.
        kind: dtype of the result.
        *columns: (n,) columns, or single values for all rows.

    Raises:
        ParameterError: if no entry is in force on one of the days.
    """
    regimes = list(series.regimes(days))
    shape = np.broadcast_shapes(np.shape(days), *(np.shape(column) for column in columns))
    # One entry for all rows: the formula gets the columns as they are, without a copy.
    if len(regimes) == 1 and regimes[0][1] is None:
        found = np.asarray(rule(regimes[0][0], *columns), kind)
        return found if found.shape == shape else np.broadcast_to(found, shape).copy()
    out = np.empty(shape, kind)
    # Single values are broadcast to rows, so that the rows of each entry can be selected from every column.
    wide = [np.broadcast_to(np.asarray(column), shape) for column in columns]
    for entry, mask in regimes:
        rows = np.broadcast_to(np.asarray(mask), shape)
        out[rows] = rule(entry, *(column[rows] for column in wide))
    return out
