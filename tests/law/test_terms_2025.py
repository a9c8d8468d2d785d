"""Terms of 2025-26 by hand: section 16, notice, pension age, and the tariff of the civil service."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from nhstransit.dates import epoch_day
from nhstransit.errors import InputError
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
    """Ten complete years at £48,000 pay ten months; thirty years pay twenty-four."""
    assert redundancy(48_000, "2016-04-01") == pytest.approx(weeks_of_pay(48_000, 10), abs=1)
    assert redundancy(48_000, "1995-04-01") == pytest.approx(weeks_of_pay(48_000, 24), abs=1)


def test_the_salary_cap_of_80_000_applies_from_the_middle_of_band_8c() -> None:
    """Thirty years at £84,347 pay £160,000. A very senior manager has uncapped terms."""
    assert redundancy(84_347, "1995-04-01") == 160_000
    assert redundancy(84_347, "1995-04-01", band="VSM") > 160_000


def test_part_time_pay_is_for_the_time_worked() -> None:
    """Three days of five pay 60% of whole-time pay. The cap applies to whole-time pay."""
    assert redundancy(48_000, "2016-04-01", wte=0.6) == pytest.approx(0.6 * weeks_of_pay(48_000, 10), abs=1)
    assert redundancy(100_000, "1995-04-01", wte=0.6) == pytest.approx(0.6 * weeks_of_pay(80_000, 24), abs=1)


def test_service_under_104_weeks_pays_nothing() -> None:
    """103 weeks of service pay nothing; two complete years pay two months."""
    assert redundancy(48_000, "2024-04-10") == 0
    assert redundancy(48_000, "2024-03-20") == pytest.approx(2 * weeks_of_pay(48_000, 1), abs=1)


def test_notice_is_the_longer_of_the_contract_and_a_week_for_each_year() -> None:
    """Band 5 has eight weeks, and twelve after twelve years. Very senior managers have twenty-six."""
    found = LAW.notice_weeks(
        [BANDS.index("5")] * 2 + [BANDS.index("VSM")],
        [day("2024-01-01"), day("2005-01-01")] * 1 + [day("2024-01-01")],
        day("2026-01-19"),
    )
    assert found.tolist() == [8, 12, 26]


def test_the_minimum_pension_age_is_55_until_april_2028() -> None:
    """A person of 55 and a half has reached it on 5 April 2028, but not on the next day, when the age is 57."""
    born = [day("1972-10-01")]
    section = [SECTIONS.index("2015")]
    assert LAW.pension_reached(born, section, day("2028-04-05")).tolist() == [True]
    assert LAW.pension_reached(born, section, day("2028-04-06")).tolist() == [False]


def test_the_department_pays_on_the_tariff_of_the_civil_service() -> None:
    """A month for each year up to 21, after two years, on pay from £23,000 to £149,820."""
    terms = LAW.terms("civil_service_exit", LEAVING)
    assert terms.months([12 * 10, 12 * 30, 23]).tolist() == [10, 21, 0]
    pence = LAW.mars(
        [200_000_00, 20_000_00], [1.0, 1.0], [day("2014-04-01")] * 2, [LEAVING] * 2, terms="civil_service_exit"
    )
    assert pence.tolist() == [12 * 14_982_000 // 12, 12 * 2_300_000 // 12]


def test_the_law_as_published_on_a_day_has_no_later_entries() -> None:
    """On 11 November 2025, the award of February 2026 is not known, so pay of 2026-27 rises by the assumed award."""
    then = Law.of({}, as_of=dt.date(2025, 11, 11))
    april = day("2026-04-01")
    band = [BANDS.index("7")]
    top = [5]
    assert LAW.annual_pay(band, top, april).tolist() == [56_515_00]
    assert then.annual_pay(band, top, april).tolist() == [round(54_710 * 1.025) * 100]
    known = {**then.parameters.grids}["afc_points"].entries
    assert max(entry.since for entry in known) == dt.date(2025, 4, 1)
    more = Law.of({"later_award": 0.04}, as_of=dt.date(2025, 11, 11))
    assert more.annual_pay(band, top, april).tolist() == [round(54_710 * 1.04) * 100]


def test_the_assumed_award_applies_once_a_year() -> None:
    """Pay of 2027-28 is pay of 2026-27 with one award; with an award of zero it is unchanged."""
    band = [BANDS.index("6")]
    top = [5]
    assert LAW.annual_pay(band, top, day("2027-04-01")).tolist() == [round(48_117 * 1.025) * 100]
    assert LAW.annual_pay(band, top, day("2027-03-31")).tolist() == [48_117_00]
    frozen = Law.of({"later_award": 0.0})
    assert frozen.annual_pay(band, top, day("2028-03-31")).tolist() == [48_117_00]


def test_a_taper_pays_at_most_the_months_until_its_age() -> None:
    """With twenty years' service and a taper to 60: twenty months at 57, twelve at 59, and the statutory sum at 60."""
    law = Law.of({"section16@2015-04-01.taper_age": 60.0})
    born = [day("1969-04-01"), day("1967-04-01"), day("1966-04-01")]
    columns = [4_800_000] * 3, [1.0] * 3, born, [day("2006-04-01")] * 3, [LEAVING] * 3, [BANDS.index("8a")] * 3
    whole = LAW.redundancy(*columns)
    found = law.redundancy(*columns)
    assert found[0] == whole[0] == pytest.approx(100 * weeks_of_pay(48_000, 20), abs=100)
    assert found[1] == pytest.approx(100 * weeks_of_pay(48_000, 12), abs=100)
    assert found[2] == LAW.statutory_redundancy(*columns[:5])[2] < whole[2]
    months = law.redundancy_months(np.array(columns[3]), LEAVING, born=np.array(born))
    assert months.tolist() == [20.0, 12.0, 0.0]
    with pytest.raises(InputError, match="age_months: are missing under terms that taper before the age of 60"):
        law.redundancy_months(np.array(columns[3]), LEAVING)


def test_a_local_limit_of_months_applies_only_if_it_is_below_the_law_s() -> None:
    """Twenty years pay twelve months under a limit of twelve, and twenty months under a limit of thirty."""
    row = [4_800_000], [1.0], [day("1980-01-01")], [day("2006-04-01")], [LEAVING], [BANDS.index("8a")]
    for most, paid in ((12.0, 12), (30.0, 20), (None, 20)):
        pence = LAW.redundancy(*row, most_months=most)
        assert float(pence[0]) / 100 == pytest.approx(weeks_of_pay(48_000, paid), abs=1)
        assert LAW.redundancy_months(np.array(row[3]), LEAVING, most_months=most).tolist() == [paid]


@pytest.mark.parametrize(
    ("changes", "pounds"),
    [
        ({"section16@2015-04-01.payment_cap": 95_000}, 95_000),
        ({"section16@2015-04-01.most_months": 15}, 15 * 80_000 * 4.35 * 7 / 365),
        (
            {"section16@2015-04-01.salary_cap": 110_000, "section16@2015-04-01.payment_cap": 220_000},
            24 * 84_347 * 4.35 * 7 / 365,
        ),
        ({"section16@2015-04-01.months_a_year": 0}, 23.5 * 719),
    ],
    ids=["a cap of £95,000", "fifteen months", "an indexed salary cap", "the legal minimum"],
)
def test_each_number_of_the_terms_can_be_changed_by_its_path(changes: dict[str, float], pounds: float) -> None:
    """The person was born in 1978 and has thirty years' service at £84,347."""
    law = Law.of(changes)
    found = law.redundancy([8_434_700], [1.0], [day("1978-04-01")], [day("1996-04-01")], [LEAVING], [BANDS.index("8c")])
    assert float(found[0]) / 100 == pytest.approx(pounds, abs=5)
