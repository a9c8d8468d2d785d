"""The calendar, compared with Python's own dates counted one by one."""

from __future__ import annotations

import calendar
import datetime as dt
import pickle

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nhstransit.dates import (
    Calendar,
    add_months,
    complete_months,
    complete_years,
    date_of,
    dates_from,
    day_of_month,
    epoch_day,
    financial_year,
    financial_year_name,
    months_of,
    read_date,
)
from nhstransit.errors import InputError

LEAP_DAY = dt.date(2008, 2, 29)
dates = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))
awkward = dates | st.sampled_from([LEAP_DAY, dt.date(2000, 2, 29), dt.date(2011, 1, 31), dt.date(1969, 12, 31)])


def anniversary(date: dt.date, months: int) -> dt.date:
    """The day on which `months` are complete: the same day of the month, or the 1st after a shorter month."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if date.day <= calendar.monthrange(year, month + 1)[1]:
        return dt.date(year, month + 1, date.day)
    return dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)


def counted(since: dt.date, until: dt.date, step: int) -> int:
    """How many times `step` months fit between two dates, counted one by one."""
    done = 0
    while anniversary(since, (done + 1) * step) <= until:
        done += 1
    return done


@given(awkward)
def test_a_date_is_unchanged_after_conversion_to_a_number_and_back(date: dt.date) -> None:
    """`date_of` undoes `epoch_day`, which agrees with NumPy's days since 1970."""
    assert date_of(epoch_day(date)) == date
    assert epoch_day(date) == np.datetime64(date).astype(int)


@given(awkward, awkward)
@example(LEAP_DAY, dt.date(2009, 2, 28))
@example(LEAP_DAY, dt.date(2012, 2, 29))
def test_complete_years_are_the_anniversaries_that_have_passed(one: dt.date, other: dt.date) -> None:
    since, until = sorted((one, other))
    assert complete_years(epoch_day(since), epoch_day(until)) == counted(since, until, 12)


@given(awkward, awkward)
def test_complete_months_are_the_monthly_anniversaries_that_have_passed(one: dt.date, other: dt.date) -> None:
    since, until = sorted((one, other))
    assert complete_months(epoch_day(since), epoch_day(until)) == counted(since, until, 1)


@pytest.mark.parametrize(
    ("since", "until", "years"),
    [
        (LEAP_DAY, dt.date(2009, 2, 28), 0),
        (LEAP_DAY, dt.date(2009, 3, 1), 1),
        (LEAP_DAY, dt.date(2012, 2, 28), 3),
        (LEAP_DAY, dt.date(2012, 2, 29), 4),
        (dt.date(2007, 2, 28), dt.date(2008, 2, 28), 1),
        (dt.date(2007, 3, 1), dt.date(2008, 2, 29), 0),
        (dt.date(1900, 2, 28), dt.date(1900, 3, 1), 0),
    ],
)
def test_people_born_on_a_leap_day_complete_a_year_on_the_first_of_march(
    since: dt.date, until: dt.date, years: int
) -> None:
    """In a leap year they complete it on 29 February."""
    assert complete_years(epoch_day(since), epoch_day(until)) == years


def test_ten_years_are_complete_on_the_tenth_birthday_for_every_day_of_a_leap_cycle() -> None:
    """On the day before, nine years are complete."""
    since = [dt.date(2004, 1, 1) + dt.timedelta(n) for n in range(1_461)]
    birthdays = np.array([epoch_day(anniversary(date, 120)) for date in since])
    starts = np.array([epoch_day(date) for date in since])
    assert (complete_years(starts, birthdays) == 10).all()
    assert (complete_years(starts, birthdays - 1) == 9).all()


def test_complete_years_are_not_days_divided_by_365_25() -> None:
    """A year can be complete after 365 days, which are fewer than 365.25."""
    start = epoch_day(dt.date(2010, 4, 1))
    assert complete_years(start, start + 365) == 1
    assert complete_years(start, start + 364) == 0


def test_time_before_the_start_is_negative() -> None:
    """One day before the start, complete months and years are −1."""
    start = epoch_day(dt.date(2010, 4, 1))
    assert complete_months(start, start - 1) == -1
    assert complete_years(start, start - 1) == -1


@given(st.lists(awkward, min_size=1, max_size=8), awkward)
def test_arrays_of_any_shape_are_counted_element_by_element(since: list[dt.date], until: dt.date) -> None:
    """A column and one date give a column of the results for each pair, also from int32."""
    starts = np.array([[epoch_day(date)] for date in since], "int32")
    got = complete_years(starts, epoch_day(until))
    assert got.shape == starts.shape
    assert got.ravel().tolist() == [int(complete_years(epoch_day(date), epoch_day(until))) for date in since]


@given(awkward, st.integers(-600, 600))
@example(dt.date(2011, 1, 31), 1)
@example(LEAP_DAY, -12)
def test_adding_months_keeps_the_day_or_uses_the_last_day_of_a_shorter_month(date: dt.date, months: int) -> None:
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    wanted = dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))
    assert date_of(int(add_months(epoch_day(date), months))) == wanted


@given(awkward)
def test_months_are_counted_from_january_1970_and_days_of_the_month_from_1(date: dt.date) -> None:
    """This also holds before 1970."""
    assert months_of(epoch_day(date)) == (date.year - 1970) * 12 + date.month - 1
    assert day_of_month(epoch_day(date)) == date.day


@given(awkward)
@example(dt.date(2011, 3, 31))
@example(dt.date(2011, 4, 1))
def test_a_financial_year_begins_in_april(date: dt.date) -> None:
    """January to March belong to the financial year that began the April before."""
    assert financial_year(epoch_day(date)) == (date.year if date.month >= 4 else date.year - 1)


def test_financial_years_have_their_usual_names() -> None:
    """2010 is 2010-11, and the turn of the century is 1999-00."""
    assert [financial_year_name(year) for year in (2010, 1999, 2008)] == ["2010-11", "1999-00", "2008-09"]


@given(dates, st.integers(0, 1_500))
def test_a_calendar_includes_its_first_and_last_day(start: dt.date, length: int) -> None:
    """Day numbers and dates can be converted into each other."""
    end = start + dt.timedelta(length)
    days = Calendar(start, end)
    assert days.days == length + 1
    assert (days.day(start), days.day(end)) == (0, length)
    assert days.date(length) == end
    assert days.day(start - dt.timedelta(1)) == -1


@given(dates, st.integers(0, 1_500))
def test_month_starts_and_ends_are_all_within_the_calendar(start: dt.date, length: int) -> None:
    """They equal the first and last days of months, found by checking every day."""
    every = [start + dt.timedelta(n) for n in range(length + 1)]
    days = Calendar(start, every[-1])
    assert days.month_starts.tolist() == [n for n, date in enumerate(every) if date.day == 1]
    last = [n for n, date in enumerate(every) if (date + dt.timedelta(1)).day == 1]
    assert days.month_ends.tolist() == last


def test_a_calendar_cannot_be_changed() -> None:
    """Writing to its columns raises an error. Equal calendars have equal hashes, and a calendar can be pickled."""
    days = Calendar(dt.date(2010, 4, 1), dt.date(2013, 3, 31))
    for column in (days.month_starts, days.month_ends):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 7
    copy = pickle.loads(pickle.dumps(days))
    assert copy == days
    assert hash(copy) == hash(days)


def test_an_end_before_the_start_is_refused() -> None:
    """The message has both dates and says what to do."""
    with pytest.raises(InputError, match=r"^end: 2010-03-31 is before the start, 2010-04-01; give a later date$"):
        Calendar(dt.date(2010, 4, 1), dt.date(2010, 3, 31))


@pytest.mark.parametrize(
    "text", ["", "2013-3-31", "20130331", "2013-W13", "2013-W13-7", "2013-090", "31/03/2013", "٢٠١٣-٠٣-٣١"]
)
def test_only_dates_with_year_month_and_day_are_read(text: str) -> None:
    """Other forms are refused with an example of a correct date."""
    assert read_date("2013-03-31") == dt.date(2013, 3, 31)
    with pytest.raises(ValueError, match=r"^give a date such as 2013-03-31$"):
        read_date(text)
    with pytest.raises(ValueError, match="that day does not exist; give a date such as 1965-03-31"):
        read_date("2013-02-30", like="1965-03-31")


def test_day_numbers_are_converted_to_dates() -> None:
    """This holds across the end of February and of a year, in any shape, and for every integer type."""
    start = dt.date(2011, 12, 31)
    for kind in ("int16", "int32", "int64"):
        found = dates_from(start, np.array([[0, 1], [60, -365]], kind))
        assert found.dtype == "datetime64[D]"
        assert found.tolist() == [[start, dt.date(2012, 1, 1)], [dt.date(2012, 2, 29), dt.date(2010, 12, 31)]]
