"""Complete months and days of service, and rules with entries of several dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nhstransit.dates import epoch_day
from nhstransit.errors import InputError, ParameterError
from nhstransit.law import service
from nhstransit.law.parameters import NumberEntry, Series


def day(text: str) -> int:
    return epoch_day(dt.date.fromisoformat(text))


@pytest.mark.parametrize(
    ("since", "leaving", "months", "days"),
    [
        ("2010-01-01", "2010-01-01", 0, 1),  # one day
        ("2010-01-01", "2010-01-30", 0, 30),
        ("2010-01-01", "2010-01-31", 1, 31),  # the last day counts
        ("2010-01-15", "2010-02-14", 1, 31),
        ("2010-01-15", "2010-02-13", 0, 30),
        ("2008-12-01", "2010-11-30", 24, 730),
        ("2008-12-01", "2010-11-29", 23, 729),
        ("2008-02-29", "2009-02-28", 12, 366),
        ("1990-04-01", "2011-03-31", 252, 7670),
    ],
)
def test_service_includes_the_last_day(since: str, leaving: str, months: int, days: int) -> None:
    """Results equal the calendar and the difference of two dates."""
    start = day(since)
    end = day(leaving)
    assert service.service_months([start], [end]).tolist() == [months]
    assert service.service_days([start], [end]).tolist() == [days]
    assert (dt.date.fromisoformat(leaving) - dt.date.fromisoformat(since)).days + 1 == days
    assert service.months_until("born", [start], [end + 1]).tolist() == [months]


def test_a_period_of_no_days_has_no_months() -> None:
    """The end may equal the start."""
    assert service.months_until("born", [5], [5]).tolist() == [0]


def test_columns_and_single_days_can_be_combined() -> None:
    """One day of leaving, or one first day, applies to all rows. Single values have a single result."""
    starts = np.array([day("2009-01-01"), day("2010-01-01")], "int32")
    assert service.service_months(starts, day("2010-12-31")).tolist() == [24, 12]
    assert service.service_days(starts, day("2010-12-31")).tolist() == [730, 365]
    assert service.service_months(day("2010-01-01"), [day("2010-01-31"), day("2010-03-31")]).tolist() == [1, 3]
    assert int(service.service_months(day("2010-01-01"), day("2010-06-30"))) == 6
    assert service.months_until("born", np.zeros(0, "int64"), np.zeros(0, "int64")).tolist() == []


def test_days_are_converted_to_64_bit_integers() -> None:
    """Smaller integer types are accepted."""
    found = service.days_column("born", np.array([200, 100], "uint8"))
    assert found.dtype == np.int64 and found.tolist() == [200, 100]
    assert service.days_column("born", np.array([-5])).tolist() == [-5]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: service.days_column("born", [1.0]), "born: has the type float64; give epoch days as whole numbers"),
        (lambda: service.months_until("born", ["x"], 3), "born: has the type <U1; give epoch days as whole numbers"),
        (
            lambda: service.months_until("born", [3], [4.5]),
            "until: has the type float64; give epoch days as whole numbers",
        ),
        (lambda: service.service_months([3], [4.5]), "leaving: has the type float64; give epoch days as whole numbers"),
        (lambda: service.service_days([3], [4.5]), "leaving: has the type float64; give epoch days as whole numbers"),
        (
            lambda: service.service_days([3.5], [4]),
            "service_from: has the type float64; give epoch days as whole numbers",
        ),
        (
            lambda: service.months_until("born", [day("2010-01-01"), day("2010-03-02")], day("2010-03-01")),
            "born[1]: is 2010-03-02, after 2010-03-01; give a day that is not later",
        ),
        (
            lambda: service.months_until("born", day("2010-03-01"), [day("2010-04-01"), day("2010-02-01"), 0]),
            "born[1]: is 2010-03-01, after 2010-02-01; give a day that is not later",
        ),
        (
            lambda: service.months_until("born", day("2010-03-02"), day("2010-03-01")),
            "born: is 2010-03-02, after 2010-03-01; give a day that is not later",
        ),
        (
            lambda: service.service_months([day("2010-03-03")], [day("2010-03-01")]),
            "service_from[0]: is 2010-03-03, after 2010-03-02; give a day that is not later",
        ),
        (
            lambda: service.service_days([day("2010-03-03")], [day("2010-03-01")]),
            "service_from[0]: is 2010-03-03, after 2010-03-02; give a day that is not later",
        ),
    ],
)
def test_each_refused_value_has_its_message(call: Callable[[], object], sentence: str) -> None:
    """A message states where the fault is, what is wrong and what would be right."""
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == sentence


def entry(since: str, value: float, until: str | None = None) -> NumberEntry:
    last = None if until is None else dt.date.fromisoformat(until)
    first = dt.date.fromisoformat(since)
    return NumberEntry(parameter="rate", unit="x", since=first, until=last, sources=("s",), quality="seed", value=value)


RATES = Series("rate", (entry("2010-01-01", 2.0, "2011-12-31"), entry("2012-01-01", 3.0), entry("2014-01-01", 5.0)))
OLD = day("2011-12-31")
NEW = day("2012-01-01")
NEWEST = day("2014-06-01")


def test_the_latest_day_decides_the_entry() -> None:
    """Without days, the last entry applies."""
    assert service.latest_entry(RATES, [NEW, OLD]).value == 3.0
    assert service.latest_entry(RATES, OLD).value == 2.0
    assert service.latest_entry(RATES, []).value == 5.0
    with pytest.raises(ParameterError, match="rate: has no entry for 2009-12-31"):
        service.latest_entry(RATES, [day("2009-12-31")])


def test_each_row_has_the_entry_of_its_day() -> None:
    """The rule is called once for each entry, with the rows of that entry."""
    calls: list[tuple[float, list[int]]] = []

    def rule(each: NumberEntry, amount: Any, more: Any) -> Any:
        calls.append((each.value, np.asarray(amount).tolist()))
        return each.value * amount + more

    found = service.by_regime(RATES, [NEW, OLD, NEWEST, OLD], rule, "float64", [10, 20, 30, 40], 1)
    assert found.tolist() == [31.0, 41.0, 151.0, 81.0]
    assert calls == [(2.0, [20, 40]), (3.0, [10]), (5.0, [30])]
    assert found.dtype == np.float64
    assert service.by_regime(RATES, [NEW, OLD], rule, "int64", 10, [1, 2]).tolist() == [31, 22]
    assert service.by_regime(RATES, [NEW, OLD], rule, "int64", 10, [1, 2]).dtype == np.int64


def test_a_rule_with_one_entry_for_all_rows_is_called_once() -> None:
    """A single result is repeated for every row, and the result is writable."""
    calls: list[float] = []

    def rule(each: NumberEntry, amount: Any) -> Any:
        calls.append(each.value)
        return each.value * np.asarray(amount)

    found = service.by_regime(RATES, [NEW, NEW + 1, NEW + 2], rule, "float64", 10)
    assert found.tolist() == [30.0, 30.0, 30.0] and found.flags.writeable
    assert calls == [3.0]
    assert service.by_regime(RATES, [NEW, NEW], rule, "float32", [1, 2]).dtype == np.float32
    assert service.by_regime(RATES, NEW, rule, "float64", [1, 2]).tolist() == [3.0, 6.0]
    assert service.by_regime(RATES, NEW, rule, "float64", 2).shape == ()


def test_a_rule_without_rows_has_an_empty_result() -> None:
    found = service.by_regime(RATES, [], lambda each, amount: each.value * amount, "int64", [])
    assert found.shape == (0,) and found.dtype == np.int64


def test_one_day_without_an_entry_is_refused_among_others() -> None:
    """One of several days is before the first entry."""
    with pytest.raises(ParameterError, match="rate: has no entry for 2009-12-31"):
        service.by_regime(RATES, [NEW, day("2009-12-31")], lambda each, amount: amount, "int64", [1, 2])
