"""Terms of 2025-26, worked by hand: section 16 with its cap, floor and two years, notice, pension age, civil servants."""

from __future__ import annotations

import datetime as dt

import pytest

from nhstransit.dates import epoch_day
from nhstransit.law import Law
from nhstransit.workforce.columns import BANDS, SECTIONS

LAW = Law.bundled()
LEAVING = epoch_day(dt.date(2026, 3, 31))


def day(text: str) -> int:
    return epoch_day(dt.date.fromisoformat(text))


def redundancy(pounds: int, since: str, wte: float = 1.0, band: str = "8a", born: str = "1980-01-01") -> float:
    """Pounds of redundancy pay on 31 March 2026."""
    pence = LAW.redundancy([pounds * 100], [wte], [day(born)], [day(since)], [LEAVING], [BANDS.index(band)])
    return float(pence[0]) / 100


def weeks_of_pay(pounds: float, months: int) -> float:
    """Months of pay, each 4.35 weeks of 7/365 of a year's pay, which is more than a twelfth."""
    return months * pounds * 4.35 * 7 / 365


def test_a_month_for_each_year_up_to_twenty_four() -> None:
    """Ten complete years at £48,000 are ten months; thirty years are twenty-four."""
    assert redundancy(48_000, "2016-04-01") == pytest.approx(weeks_of_pay(48_000, 10), abs=1)
    assert redundancy(48_000, "1995-04-01") == pytest.approx(weeks_of_pay(48_000, 24), abs=1)


def test_the_cap_of_80_000_binds_from_the_middle_of_band_8c() -> None:
    """Thirty years at £84,347 in 2026-27 pay £160,000 and no more; a very senior manager keeps uncapped terms."""
    assert redundancy(84_347, "1995-04-01") == 160_000
    assert redundancy(84_347, "1995-04-01", band="VSM") > 160_000


def test_part_time_pay_is_for_the_time_worked() -> None:
    """Three days of five: six tenths of what a whole-time colleague gets; the cap is on whole-time pay."""
    assert redundancy(48_000, "2016-04-01", wte=0.6) == pytest.approx(0.6 * weeks_of_pay(48_000, 10), abs=1)
    assert redundancy(100_000, "1995-04-01", wte=0.6) == pytest.approx(0.6 * weeks_of_pay(80_000, 24), abs=1)


def test_under_two_years_there_is_nothing() -> None:
    """103 weeks of service pay nothing, 105 weeks one month."""
    assert redundancy(48_000, "2024-04-10") == 0
    assert redundancy(48_000, "2024-03-20") == pytest.approx(2 * weeks_of_pay(48_000, 1), abs=1)


def test_notice_is_the_contracts_or_a_week_for_each_year() -> None:
    """Band 5 has eight weeks, twelve after twelve years; very senior managers have twenty-six."""
    found = LAW.notice_weeks(
        [BANDS.index("5")] * 2 + [BANDS.index("VSM")],
        [day("2024-01-01"), day("2005-01-01")] * 1 + [day("2024-01-01")],
        day("2026-01-19"),
    )
    assert found.tolist() == [8, 12, 26]


def test_a_pension_is_reached_at_55_until_april_2028() -> None:
    """Somebody of 55 and a half has reached it on 5 April 2028, and not on the day after, when the age is 57."""
    born, section = [day("1972-10-01")], [SECTIONS.index("2015")]
    assert LAW.pension_reached(born, section, day("2028-04-05")).tolist() == [True]
    assert LAW.pension_reached(born, section, day("2028-04-06")).tolist() == [False]


def test_the_department_pays_by_the_civil_services_tariff() -> None:
    """A month a year up to twenty-one, nothing under two years, on no more than £149,820 and no less than £23,000."""
    terms = LAW.terms("civil_service_exit", LEAVING)
    assert terms.months([12 * 10, 12 * 30, 23]).tolist() == [10, 21, 0]
    pence = LAW.mars(
        [200_000_00, 20_000_00], [1.0, 1.0], [day("2014-04-01")] * 2, [LEAVING] * 2, terms="civil_service_exit"
    )
    assert pence.tolist() == [12 * 14_982_000 // 12, 12 * 2_300_000 // 12]


def test_the_law_as_public_on_a_day_lacks_what_came_later() -> None:
    """On 11 November 2025 the award of February 2026 is not known: pay of 2026-27 is carried on by the assumed award."""
    then = Law.of({}, as_of=dt.date(2025, 11, 11))
    april = day("2026-04-01")
    band, top = [BANDS.index("7")], [5]
    assert LAW.annual_pay(band, top, april).tolist() == [56_515_00]
    assert then.annual_pay(band, top, april).tolist() == [round(54_710 * 1.025) * 100]
    known = {**then.parameters.grids}["afc_points"].entries
    assert max(entry.since for entry in known) == dt.date(2025, 4, 1)
    more = Law.of({"later_award": 0.04}, as_of=dt.date(2025, 11, 11))
    assert more.annual_pay(band, top, april).tolist() == [round(54_710 * 1.04) * 100]


def test_the_assumed_award_counts_once_a_year() -> None:
    """Pay of 2027-28 is that of 2026-27 raised once; with no award it stays."""
    band, top = [BANDS.index("6")], [5]
    assert LAW.annual_pay(band, top, day("2027-04-01")).tolist() == [round(48_117 * 1.025) * 100]
    assert LAW.annual_pay(band, top, day("2027-03-31")).tolist() == [48_117_00]
    frozen = Law.of({"later_award": 0.0})
    assert frozen.annual_pay(band, top, day("2028-03-31")).tolist() == [48_117_00]
