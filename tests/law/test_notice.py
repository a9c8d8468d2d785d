"""Weeks of notice and pay in lieu, compared with examples by hand and exact fractions, to the penny."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.dates import epoch_day
from nhstransit.errors import InputError
from nhstransit.law import Law
from nhstransit.law.notice import lieu_pence, notice_weeks
from nhstransit.workforce.columns import BANDS

LAW = Law.bundled()
DAY = epoch_day(dt.date(2010, 9, 30))
STATUTORY = {"weeks_a_year": 1, "least_weeks": 1, "most_weeks": 12}


@pytest.mark.parametrize(
    ("pounds", "wte", "weeks", "pence"),
    [
        (36_500, 1.0, 1, 70_000),  # £100 a day, seven days
        (36_500, 1.0, 12, 840_000),
        (36_500, 0.5, 4, 140_000),
        (36_500, 0.01, 1, 700),
        (36_500, 1.0, 0, 0),
        (0, 1.0, 12, 0),
        (40_157, 1.0, 12, 924_161),  # 4,015,700 × 84 / 365 = 924,161.1
        (21_176, 0.6, 8, 194_935),  # 2,117,600 × 0.6 × 56 / 365 = 194,935.2
        (25_472, 1.0, 4, 195_402),  # 2,547,200 × 28 / 365 = 195,401.6
    ],
)
def test_pay_in_lieu_by_hand(pounds: int, wte: float, weeks: int, pence: int) -> None:
    """A week is 7/365 of the year's pay, in proportion to time worked, rounded half up to whole pence."""
    assert lieu_pence([100 * pounds], [wte], [weeks]).tolist() == [pence]
    assert LAW.lieu([100 * pounds], [wte], [weeks]).tolist() == [pence]


def test_half_a_penny_is_rounded_up() -> None:
    """A penny a day at half time for a week is 3.5 pence, rounded to 4. Slightly less is rounded down."""
    assert lieu_pence([365], [0.5], [1]).tolist() == [4]
    assert lieu_pence([364], [0.5], [1]).tolist() == [3]


@given(st.integers(0, 30_000_000), st.integers(1, 100), st.integers(0, 520))
def test_pay_in_lieu_equals_exact_fractions(annual: int, hundredths: int, weeks: int) -> None:
    """It is yearly pay × working time × weeks × 7 / 365, rounded half up."""
    exact = Fraction(annual * hundredths * weeks * 7, 100 * 365)
    assert int(lieu_pence([annual], [hundredths / 100], [weeks])[0]) == (exact + Fraction(1, 2)).__floor__()


def test_each_row_of_pay_in_lieu_has_its_own_pay_time_and_weeks() -> None:
    """Results are 64-bit whole pence."""
    found = lieu_pence([3_650_000, 7_300_000, 3_650_000], [1.0, 0.5, 1.0], [1, 2, 12])
    assert found.dtype == np.int64 and found.tolist() == [70_000, 140_000, 840_000]


@pytest.mark.parametrize(
    ("annual", "wte", "weeks", "column"),
    [
        ([-1], [1.0], [1], "annual_pence"),
        ([1.5], [1.0], [1], "annual_pence"),
        ([100], [0.0], [1], "wte"),
        ([100], [1.01], [1], "wte"),
        ([100], [1.0], [-1], "weeks"),
        ([100], [1.0], [521], "weeks"),
        ([100], [1.0], [float("nan")], "weeks"),
    ],
)
def test_pay_in_lieu_of_invalid_values_is_refused(
    annual: list[float], wte: list[float], weeks: list[float], column: str
) -> None:
    """The message names the column."""
    with pytest.raises(InputError, match=column):
        lieu_pence(annual, wte, weeks)


def test_the_limits_of_weeks_are_accepted() -> None:
    """520 weeks, which are ten years, are accepted and 521 are refused."""
    assert lieu_pence([36_500], [1.0], [520]).tolist() == [364_000]
    assert notice_weeks([520, 0], [0, 0], **STATUTORY).tolist() == [520, 1]
    for weeks in (521, -1):
        with pytest.raises(InputError, match=r"contract_weeks.*give weeks from 0 to 520"):
            notice_weeks([weeks], [1], **STATUTORY)
    with pytest.raises(InputError, match="service_years"):
        notice_weeks([4], [-1], **STATUTORY)


@pytest.mark.parametrize(
    ("contract", "years", "weeks"),
    [
        *((4, 0, 4), (4, 4, 4), (4, 5, 5), (4, 5.9, 5), (12, 5, 12), (12, 40, 12)),
        *((0, 0.5, 1), (0, 12, 12), (0, 13, 12), (20, 30, 20)),
    ],
)
def test_notice_is_the_longer_of_contract_and_statute(contract: int, years: float, weeks: int) -> None:
    """One week for each complete year, at least one and at most twelve."""
    found = notice_weeks([contract], [years], **STATUTORY)
    assert found.dtype == np.int32 and found.tolist() == [weeks]


def test_each_statutory_number_counts() -> None:
    """The rule here is two weeks a year, at least three and at most seven."""
    found = notice_weeks([0] * 5, [0, 1, 2, 3, 4], weeks_a_year=2, least_weeks=3, most_weeks=7)
    assert found.tolist() == [3, 3, 4, 6, 7]


@pytest.mark.parametrize(("since", "weeks", "pence"), [("2004-09-01", 8, 422_439), ("2000-09-30", 10, 528_049)])
def test_pay_in_lieu_of_a_persons_notice(since: str, weeks: int, pence: int) -> None:
    """Band 5 at £27,534 a year: eight weeks by contract after six years' service, ten by statute after ten."""
    found = LAW.notice_weeks([BANDS.index("5")], [epoch_day(dt.date.fromisoformat(since))], DAY)
    assert found.tolist() == [weeks]
    assert LAW.lieu([2_753_400], [1.0], found).tolist() == [pence]  # 2,753,400 × 7 × weeks / 365
