"""Days, dates and financial years: all calendar arithmetic of the library.

Inside the library a day is an integer. An *epoch day* counts from 1 January 1970 (births, starts of service, dated
law). A *day* counts from the first day of a scenario. `datetime.date` is for input and output only. Years are complete
calendar years, never days divided by 365.25. A person born on 29 February completes a year on 1 March if the year has
no 29 February.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache, cached_property
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Ints, Longs, guarded
from nhstransit.errors import InputError, check_kind

EPOCH = dt.date(1970, 1, 1)
_TABLED = range(-36_525, 36_525)  # epoch days of the look-up table: from 1870 to 2069
DAYS_A_YEAR = 365.25  # only to turn a yearly hazard into a daily one; never to count years of age or service


def epoch_day(date: dt.date) -> int:
    """Days from 1 January 1970 to `date`."""
    check_kind("date", date, dt.date, "give a date, such as datetime.date(2010, 9, 15)")
    return date.toordinal() - EPOCH.toordinal()


def read_date(text: str, like: str = "2013-03-31") -> dt.date:
    """The date in a text such as 2013-03-31. Weeks, dates without dashes and other forms are refused.

    Raises ValueError with an example of a valid date, `like`.
    """
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"that day does not exist; give a date such as {like}") from None
    raise ValueError(f"give a date such as {like}")


def date_of(day: int) -> dt.date:
    """The date of an epoch day."""
    return dt.date.fromordinal(int(_whole("day", day)) + EPOCH.toordinal())


def dates_from(start: dt.date, days: Any) -> AnyArray:
    """The dates that are `days` (integers of any shape) after `start`, as NumPy's dates for tables."""
    return np.asarray(np.datetime64(start, "D") + np.asarray(days).astype("timedelta64[D]"))


def months_of(epoch_days: Any) -> Longs:
    """Months from January 1970 of each epoch day (any shape of integers)."""
    return np.asarray(_stamps(epoch_days) >> 5)


def day_of_month(epoch_days: Any) -> Longs:
    """Day of the month, 1 to 31, of each epoch day (any shape of integers)."""
    return np.asarray(_stamps(epoch_days) & 31)


def _whole(name: str, numbers: Any) -> Longs:
    """Whole numbers as int64, any shape. Raises InputError with the argument's name for anything that is not a number."""
    try:
        return np.asarray(numbers, np.int64)
    except (TypeError, ValueError):
        raise InputError(
            name, f"is {type(numbers).__name__}, not whole numbers", "give a whole number, or an array of them"
        ) from None


def _stamps(epoch_days: Any) -> Longs:
    """Month × 32 + day of the month of each epoch day. Their difference divided by 32, rounded down, is full months."""
    days = _whole("epoch_days", epoch_days)
    # Nearly all days are within the two centuries of the table.
    table = _lasting_stamps()
    places = days - _TABLED.start
    if days.size and places.view("uint64").max() >= len(table):  # an unsigned negative number is too large
        return _worked_out(days)
    return np.asarray(table.take(places))


@cache
def _lasting_stamps() -> Longs:
    """A table of the stamps of two centuries, made at first use. It is faster than computing with months of uneven
    length.
    """
    return guarded(_worked_out(np.arange(_TABLED.start, _TABLED.stop)))


def _worked_out(days: Longs) -> Longs:
    """Stamps computed with NumPy's calendar."""
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(month * 32 + days - _first_of(month) + 1)


def _first_of(months: Longs) -> Longs:
    """The epoch day of the 1st of each month, counted from January 1970."""
    return np.asarray(months).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def complete_months(since: Any, until: Any) -> Longs:
    """Complete calendar months from epoch day `since` to `until`, elementwise; negative if `until` is earlier.

    A month is complete on the same day of the next month, or on the following 1st if that day does not exist.
    """
    # A stamp is month × 32 + day. If the day of `until` is lower, the difference is short of a full multiple of 32.
    return np.asarray((_stamps(until) - _stamps(since)) >> 5)


def complete_years(since: Any, until: Any) -> Longs:
    """Complete calendar years from epoch day `since` to `until`, elementwise, such as ages or reckonable service."""
    return np.asarray(complete_months(since, until) // 12)


def add_months(epoch_days: Any, months: Any) -> Longs:
    """The epoch day `months` calendar months later. If the month is too short, it is its last day."""
    days = _whole("epoch_days", epoch_days)
    month = np.add(months_of(days), _whole("months", months))
    same_day = _first_of(month) + day_of_month(days)
    # At most the 1st of the following month, less one day.
    return np.asarray(np.minimum(same_day, _first_of(month + 1)) - 1)


def financial_year(epoch_days: Any) -> Longs:
    """The year in which the April–March financial year of each epoch day begins: 2010 for 31 March 2011."""
    # Three months less, so that April counts as the first month of a year.
    return np.asarray((months_of(epoch_days) - 3) // 12 + 1970)


def financial_year_name(year: int) -> str:
    """The usual name of the financial year that begins in April of `year`: '2010-11' for 2010."""
    return f"{year}-{(year + 1) % 100:02d}"


def months_later(date: dt.date, months: int) -> dt.date:
    """The date a number of months later. The last day of a month becomes the last day of the later month.

    >>> months_later(dt.date(2013, 3, 31), 12), months_later(dt.date(2010, 9, 30), 5)
    (datetime.date(2014, 3, 31), datetime.date(2011, 2, 28))
    """
    check_kind("date", date, dt.date, "give a date, such as datetime.date(2010, 9, 15)")
    from calendar import monthrange

    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    longest = monthrange(year, month + 1)[1]
    is_last = date.day == monthrange(date.year, date.month)[1]
    return dt.date(year, month + 1, longest if is_last else min(date.day, longest))


@attrs.frozen(slots=False)
class Calendar:
    """The days of one scenario. Day 0 is `start`, the last day is `end`, and both are simulated."""

    start: dt.date
    end: dt.date

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            raise InputError("end", f"{self.end} is before the start, {self.start}", "give a later date")

    @cached_property
    def origin(self) -> int:
        """Epoch day of day 0."""
        return epoch_day(self.start)

    @property
    def days(self) -> int:
        """Number of days simulated."""
        return epoch_day(self.end) - self.origin + 1

    def day(self, date: dt.date) -> int:
        """Days from the start to `date`; negative before it."""
        return epoch_day(date) - self.origin

    def date(self, day: int) -> dt.date:
        """The date of a day."""
        return date_of(self.origin + int(day))

    @cached_property
    def month_starts(self) -> Ints:
        """Days that are the 1st of a month, within the scenario; read-only."""
        every = np.arange(self.days, dtype=np.int32)
        return guarded(every[day_of_month(every + self.origin) == 1])

    @cached_property
    def month_ends(self) -> Ints:
        """Days that are the last of a month, within the scenario; read-only."""
        every = np.arange(self.days, dtype=np.int32)
        # The day after the last of a month is the 1st of the next.
        return guarded(every[day_of_month(every + self.origin + 1) == 1])
