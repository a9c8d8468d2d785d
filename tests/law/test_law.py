"""`Law`, the interface for the engine: rules by day, for columns of people, and refused arguments."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.dates import epoch_day
from nhstransit.errors import InputError, ParameterError
from nhstransit.law import NO_NEXT_POST, Law, MarsTerms
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, SECTIONS, VSM

LAW = Law.bundled()
N = 5


def on(year: int, month: int = 4, day: int = 1) -> int:
    return epoch_day(dt.date(year, month, day))


def test_the_bundled_law_is_loaded_once_and_can_be_pickled() -> None:
    """Each process has one bundled law."""
    assert Law.bundled() is LAW
    assert pickle.loads(pickle.dumps(LAW)) == LAW


def test_every_band_has_its_number_of_points() -> None:
    """The numbers depend on the day. Band 1 is closed by 2025."""
    assert LAW.points(on(2010)).tolist() == [3, 8, 7, 7, 8, 9, 9, 6, 6, 6, 6, 6, 10]
    assert LAW.points(on(2025)).tolist() == [0, 1, 3, 4, 5, 6, 6, 6, 6, 6, 6, 6, 10]


def test_increments_continue_during_the_pay_freeze() -> None:
    """A nurse on the first point of Band 5 in 2010 is paid more each year to 2013."""
    point = np.array([0], "int8")
    pay = []
    for year in (2010, 2011, 2012, 2013):
        pay.append(int(LAW.annual_pay([4], point, on(year))[0]))
        point = LAW.next_point([4], point, on(year))
    assert pay == sorted(set(pay)) and pay[-1] == 2_382_500 and point.tolist() == [4]


def test_senior_managers_have_no_increments() -> None:
    """A spot rate has no next point."""
    assert LAW.next_point([VSM], [3], on(2011)).tolist() == [3]


@pytest.mark.parametrize("day", [on(2010) - 1, on(2014), on(2025) - 1, on(2028)])
def test_a_day_without_a_pay_table_is_refused(day: int) -> None:
    """The message states the dates that have a table."""
    with pytest.raises(ParameterError, match="2013-04-01 to 2014-03-31"):
        LAW.annual_pay([4], [0], day)


def test_a_band_without_points_is_refused_by_name() -> None:
    """In 2025 Band 1 is closed."""
    with pytest.raises(ParameterError, match="band 1 on 2025-06-01"):
        LAW.annual_pay([4, 0], [0, 0], on(2025, 6))


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(InputError, match="zone"):
        LAW.high_cost_supplement([3_000_000], [4], on(2010))


def test_the_system_view_includes_pension_contributions_paid_centrally() -> None:
    """They are zero in 2010 and 9.4% of pay in 2025. Other views are refused."""
    assert LAW.employer_cost(3_000_000, 1.0, on(2010)) == LAW.employer_cost(3_000_000, 1.0, on(2010), view="system")
    extra = LAW.employer_cost(3_000_000, 1.0, on(2025), view="system") - LAW.employer_cost(3_000_000, 1.0, on(2025))
    assert extra == 282_000
    with pytest.raises(InputError, match="system"):
        LAW.employer_cost(3_000_000, 1.0, on(2010), view="sistem")


def test_cost_lines_add_up_to_the_cost() -> None:
    """They add up to the penny."""
    lines = LAW.cost_lines(np.array([2_111_111, 9_747_800]), np.array([0.37, 1.0]), on(2012))
    total = lines.pay + lines.national_insurance + lines.pension + lines.levy
    assert np.array_equal(total, lines.employer)
    assert np.array_equal(total, LAW.employer_cost([2_111_111, 9_747_800], [0.37, 1.0], on(2012)))


def test_mars_pays_more_than_redundancy_only_below_three_years() -> None:
    """The two tariffs are equal at three complete years."""
    leaving = on(2010, 12, 1) - 1
    starts = np.array([on(2010 - years, 12, 1) for years in (1, 2, 3, 4, 6, 24)])
    mars = LAW.mars_months(starts, leaving)
    due = LAW.redundancy_months(starts, leaving)
    assert (mars > due).tolist() == [True, True, False, False, False, False]
    assert (mars == due).tolist() == [False, False, True, False, False, False]
    assert (mars[4:] * 2 == due[4:]).all()


LOCAL = {"months_a_year": 1.0, "least_months": 3.0, "most_months": 12.0, "qualifying_months": 12}


def test_a_local_scheme_can_have_its_own_terms() -> None:
    """These terms pay a month for each year, with a salary cap of £50,000."""
    terms = MarsTerms(**LOCAL, salary_cap=50_000)
    start = on(2000)
    leaving = on(2010) - 1
    assert LAW.mars(6_000_000, 1.0, start, leaving, terms=terms) == 50_000 * 100 * 10 // 12 + 1
    assert LAW.mars_months(start, leaving, terms=terms) == 10


@pytest.mark.parametrize(
    "fault", [{"months_a_year": -1.0}, {"least_months": 13.0}, {"salary_cap": float("nan")}], ids=str
)
def test_impossible_terms_are_refused(fault: dict[str, float]) -> None:
    """Refused are negative numbers, a minimum above the maximum, and NaN."""
    with pytest.raises(InputError):
        MarsTerms(**{**LOCAL, **fault})  # type: ignore[arg-type]


def test_a_local_scheme_must_state_its_months_and_service() -> None:
    """Missing numbers are not filled from the law, whose numbers are in the dated parameters only."""
    for name in LOCAL:
        with pytest.raises(TypeError, match=name):
            MarsTerms(**{other: value for other, value in LOCAL.items() if other != name})  # type: ignore[arg-type]
    assert attrs.evolve(LAW.terms("mars_2010", on(2010, 11)), most_months=9.0).months(12 * 30) == 9


@pytest.mark.parametrize("method", ["mars", "clawback"])
def test_unknown_terms_are_refused_with_the_nearest_name(method: str) -> None:
    with pytest.raises(ParameterError, match="mars_2010"):
        if method == "mars":
            LAW.mars(3_000_000, 1.0, on(2000), on(2010), terms="mars_2011")
        else:
            LAW.clawback(1, 1.0, on(2010), on(2011), terms="mars_2011")


def test_service_that_starts_after_leaving_is_refused() -> None:
    """The message states the row and both dates."""
    with pytest.raises(InputError, match=r"service_from\[1\]: is 2013-01-01, after 2012-04-01"):
        LAW.mars(np.full(2, 3_000_000), 1.0, np.array([on(2000), on(2013, 1)]), on(2012) - 1)


def test_days_that_are_not_whole_numbers_are_refused() -> None:
    """A column of floats is refused, also because of NaN."""
    with pytest.raises(InputError, match="epoch days"):
        LAW.redundancy_months(np.array([np.nan, 1.0]), on(2012))


def test_terms_agreed_before_a_reform_stay_in_force() -> None:
    """Terms of a day before April 2015 have no cap on a later last day."""
    row = (10_000_000, 1.0, on(1960), on(1985), on(2016))
    assert LAW.redundancy(*row) == 16_000_000
    assert LAW.redundancy(*row, terms_on=on(2012)) == 20_021_918  # 24 months of 4.35 weeks


def test_the_cap_of_2015_does_not_apply_to_senior_managers() -> None:
    """A column has both a senior manager and a member of band 9."""
    band = np.array([BANDS.index("9"), VSM])
    found = LAW.redundancy(np.full(2, 12_000_000), 1.0, on(1960), on(1985), on(2016), band)
    assert found.tolist() == [16_000_000, 24_026_301]


def test_the_statutory_sum_is_paid_if_it_is_larger() -> None:
    """With a small share of a very large salary, the capped contractual sum is less than the statutory sum."""
    row = (40_000_000, 0.1, on(1950), on(1990), on(2025, 6))
    assert LAW.redundancy(*row) == LAW.statutory_redundancy(*row) == 30 * 71_900


def test_a_missing_statutory_limit_is_refused_only_if_it_matters() -> None:
    """In 2016 the limit on a week's pay is missing, which matters only for very high pay."""
    assert LAW.redundancy(3_000_000, 1.0, on(1960), on(2000), on(2016) - 1) == 4_004_384
    with pytest.raises(ParameterError, match="statutory_week_cap"):
        LAW.redundancy(40_000_000, 0.1, on(1950), on(1990), on(2016))


def test_redundancy_pay_is_void_on_a_return_within_four_weeks() -> None:
    """NHS work within 28 days makes the payment void. Work a day later, or no work, does not."""
    last = on(2013) - 1
    found = LAW.redundancy_due(np.full(4, 100), last, np.array([last + 1, last + 28, last + 29, NO_NEXT_POST]))
    assert found.tolist() == [0, 0, 100, 100]


def test_protection_of_the_low_pension_age_by_default() -> None:
    """By default the whole 1995 Section has the lower age; otherwise only the marked people have it."""
    fifty = on(1961)
    assert LAW.pension_reached([fifty] * 2, [0, 1], on(2011)).tolist() == [True, False]
    found = LAW.pension_reached([fifty] * 2, [0, 0], on(2011), long_protected=np.array([True, False]))
    assert found.tolist() == [True, False]


def test_an_unknown_section_is_refused() -> None:
    with pytest.raises(InputError, match="section"):
        LAW.pension_reached(on(1950), len(SECTIONS), on(2011))


def test_the_cost_of_release_over_the_range_of_real_rates() -> None:
    """Without a lump sum, the cost falls as the rate rises. With a lump sum, it varies by less than 10% at age 55."""
    ends = LAW.parameters.number("release_real_rate").on(on(2012)).range
    row: tuple[Any, ...] = (4_000_000, 1.0, on(1957), on(1985), on(2012))
    bare = [int(LAW.pension_release(*row, 1, real_rate=rate)) for rate in (ends[0], None, ends[1])]
    lump = [int(LAW.pension_release(*row, 0, real_rate=rate)) for rate in (ends[0], None, ends[1])]
    assert bare == sorted(bare, reverse=True) and bare[0] > bare[1] > bare[2] > 0
    assert max(lump) < 1.1 * min(lump)


def test_redundancy_pay_and_strain_together_meet_the_cost_of_release() -> None:
    """If redundancy pay is larger, the strain is zero."""
    born = np.array([on(1961), on(1953)])
    row = (4_000_000, 1.0, born, on(1985), on(2012), 0)
    due = LAW.redundancy(4_000_000, 1.0, born, on(1985), on(2012))
    release = LAW.pension_release(*row)
    strain = LAW.pension_strain(*row, redundancy_pence=due)
    assert np.array_equal(due + strain, np.maximum(due, release)) and strain[0] > 0


def test_there_is_no_strain_from_april_2015() -> None:
    """A column has leavers on both sides of the date."""
    leaving = np.array([on(2015) - 1, on(2015)])
    found = LAW.pension_strain(4_000_000, 1.0, on(1959), on(1985), leaving, 0, redundancy_pence=0)
    assert found[0] > 0 and found[1] == 0


def test_repayment_windows_by_scheme() -> None:
    """Six months in 2010; in 2025 six months for staff and twelve for very senior managers."""
    assert LAW.clawback_months("mars_2010", on(2010, 12)) == 6
    assert LAW.clawback_months("vr_2025", on(2026)) == 6
    assert LAW.clawback_months("vr_2025", on(2026), vsm=True) == 12
    with pytest.raises(ParameterError, match="2025-04-01"):
        LAW.clawback_months("vr_2025", on(2025) - 1)


def test_pay_protection_ends_after_the_agreed_months() -> None:
    """The new pay applies from the next day."""
    moved = on(2012, 10)
    assert LAW.protected_pay(3_000_000, 4_000_000, moved, on(2014, 9, 30), months=24) == 4_000_000
    assert LAW.protected_pay(3_000_000, 4_000_000, moved, on(2014, 10, 1), months=24) == 3_000_000


def test_results_can_be_changed_without_affecting_other_rows() -> None:
    """Results are writable, also if one value applies to every row."""
    months = LAW.redundancy_months(np.full(3, on(2000)), np.full(3, on(2010)))
    months[0] = 99
    due = LAW.redundancy(3_000_000, 1.0, on(1970), on(2000), np.full(3, on(2010)))
    due[0] = 99
    assert months[1] == 10 and due[1] == due[2] != 99


@pytest.mark.parametrize("band", [-1, len(BANDS)])
def test_an_unknown_band_is_refused(band: int) -> None:
    """A negative band is not counted from the end."""
    with pytest.raises(InputError, match="band"):
        LAW.notice_weeks([band], on(2000), on(2010))
    with pytest.raises(InputError, match="band"):
        LAW.annual_pay([band], [0], on(2010))


def test_empty_columns_have_empty_results() -> None:
    none = np.array([], "int64")
    assert LAW.mars(none, none.astype(float), none, on(2010)).shape == (0,)
    assert LAW.redundancy(none, none.astype(float), none, none, none).shape == (0,)
    assert LAW.mars(none, none.astype(float), none, none, terms="mars_later").shape == (0,)
    assert LAW.clawback(none, none.astype(float), none, none, terms="vr_2025").shape == (0,)
    assert LAW.pension_strain(none, none.astype(float), none, none, none, none, redundancy_pence=none).shape == (0,)


def test_columns_of_arguments_are_not_changed() -> None:
    """Every method accepts read-only columns."""
    pay = np.full(N, 4_000_000)
    wte = np.linspace(0.2, 1, N)
    section = np.arange(N) % 4
    start = np.full(N, on(1985))
    born = np.full(N, on(1957))
    leaving = np.array([on(2012)] * 3 + [on(2016)] * 2)
    columns = (pay, wte, section, start, born, leaving)
    before = [column.copy() for column in columns]
    for column in columns:
        column.flags.writeable = False
    due = LAW.redundancy(pay, wte, born, start, leaving, section)
    LAW.pension_strain(pay, wte, born, start, leaving, section, redundancy_pence=due)
    LAW.mars(pay, wte, start, leaving)
    LAW.clawback(pay, wte * 10, leaving, leaving + 90, vsm=section == 1)
    LAW.employer_cost(pay, wte, on(2012))
    LAW.notice_weeks(section, start, on(2012))
    assert all(np.array_equal(column, was) for column, was in zip(columns, before, strict=True))


def test_a_reform_applies_from_its_first_day(tmp_path: Path) -> None:
    """Earlier sums are unchanged."""
    path = tmp_path / "reform.toml"
    path.write_text(
        """format = 1
about = "what if section 16 had been halved in 2012"
[[table]]
parameter = "section16"
unit = "months of pay; months of service; pounds a year"
since = 2012-01-01
value = { months_a_year = 0.5, least_months = 0, most_months = 12, qualifying_months = 24 }
sources = ["project"]
quality = "assumption"
""",
        "utf-8",
    )
    law = Law(LAW.parameters.having(path))
    row = (3_000_000, 1.0, on(1970), on(1990))
    assert law.redundancy(*row, on(2012, 1) - 1) == LAW.redundancy(*row, on(2012, 1) - 1)
    assert abs(2 * law.redundancy(*row, on(2012, 1)) - LAW.redundancy(*row, on(2012, 1))) <= 1


@pytest.mark.parametrize(("days", "months"), [(727, 0.0), (728, 1.0), (729, 1.0), (730, 1.0), (731, 2.0)])
def test_104_weeks_qualify_just_short_of_two_years(days: int, months: float) -> None:
    """728 days are 104 weeks with one complete year, so one month is due. Two complete years pay two months."""
    leaving = on(2012, 4, 1)  # the two years before have 731 days, including 29 February
    assert LAW.redundancy_months(leaving + 1 - days, leaving) == months
    assert (LAW.redundancy(3_000_000, 1.0, on(1970), leaving + 1 - days, leaving) > 0) == (months > 0)


def test_a_month_is_the_larger_of_a_twelfth_and_its_weeks() -> None:
    """4.35 weeks are more than a twelfth of the year's pay; four weeks are less."""
    row = (3_000_000, 1.0, on(1970), on(2002), on(2012) - 1)
    assert LAW.redundancy(*row) == round(3_000_000 * 10 * 4.35 * 7 / 365) == 2_502_740
    series = LAW.parameters.number("section16_month_weeks")
    four = attrs.evolve(series, entries=(attrs.evolve(series.entries[0], value=4.0),))
    numbers = Named({**LAW.parameters.numbers, "section16_month_weeks": four})
    assert Law(attrs.evolve(LAW.parameters, numbers=numbers)).redundancy(*row) == 2_500_000


def test_a_month_of_any_number_of_weeks_is_exact() -> None:
    """The largest pay is computed without an overflow."""
    terms = MarsTerms(**{**LOCAL, "most_months": 24.0}, month_weeks=6.524999999)
    assert terms.payment(10**11, 1.0, 288) == round(10**11 * 24 * 6.52 * 7 / 365)


@pytest.mark.parametrize(
    ("leaving", "pounds"),
    [((2020, 11, 3), 160_000), ((2020, 11, 4), 95_000), ((2021, 2, 12), 95_000), ((2021, 2, 13), 160_000)],
)
def test_the_exit_cap_applies_on_its_days_only(leaving: tuple[int, int, int], pounds: int) -> None:
    """From 4 November 2020 to 12 February 2021, no exit pays more than £95,000."""
    last = on(*leaving)
    assert LAW.redundancy(8_000_000, 1.0, on(1960), on(1985), last) == 100 * pounds
    terms = MarsTerms(**{**LOCAL, "most_months": 24.0})
    assert LAW.mars(8_000_000, 1.0, on(1985), last, terms=terms) == 100 * pounds


def test_the_exit_cap_applies_to_redundancy_pay_and_strain_together() -> None:
    """Strain is at most the cap less redundancy pay. Each row has the cap of its day."""
    leaving = np.array([on(2020, 11, 3), on(2020, 11, 4)])
    row = (20_000_000, 1.0, on(1969), on(1992), leaving, 0)
    strain = LAW.pension_strain(*row, redundancy_pence=np.array([4_000_000] * 2), terms_on=on(2015) - 1)
    assert strain[0] > 5_500_000 and strain[1] == 5_500_000


def test_strain_depends_on_the_day_of_consultation() -> None:
    """The employer pays the strain of a later exit if consultation began by March 2015."""
    row = (4_000_000, 1.0, on(1959), on(1985), on(2015, 6), 0)
    assert LAW.pension_strain(*row, redundancy_pence=0, terms_on=on(2015) - 1) > 0
    assert LAW.pension_strain(*row, redundancy_pence=0, terms_on=on(2015)) == 0
    assert LAW.pension_strain(*row, redundancy_pence=0) == 0


def test_months_of_section_16_depend_on_the_day_of_consultation(tmp_path: Path) -> None:
    """The terms in force when consultation began apply."""
    path = tmp_path / "reform.toml"
    path.write_text(
        """format = 1
about = "section 16 halved in 2012"
[[table]]
parameter = "section16"
unit = "months of pay; months of service; pounds a year"
since = 2012-01-01
value = { months_a_year = 0.5, least_months = 0, most_months = 12, qualifying_weeks = 104 }
sources = ["project"]
quality = "assumption"
""",
        "utf-8",
    )
    law = Law(LAW.parameters.having(path))
    since = on(2002)
    leaving = on(2012) - 1
    assert law.redundancy_months(since, leaving) == 5
    assert law.redundancy_months(since, leaving, terms_on=on(2011, 12, 31)) == 10


def test_missing_limits_of_a_zone_are_refused_only_if_somebody_is_in_a_zone() -> None:
    """There are no limits for 2015. Senior managers get no supplement."""
    assert LAW.high_cost_supplement([3_000_000], [0], on(2015)).tolist() == [0]
    assert LAW.high_cost_supplement([9_000_000], [3], on(2015), [VSM]).tolist() == [0]
    with pytest.raises(ParameterError, match="high_cost_area"):
        LAW.high_cost_supplement([3_000_000], [3], on(2015))


def test_usual_pay_replaces_a_missing_pay_table() -> None:
    """It applies to a band without a table, and must be above zero."""
    usual = np.zeros(len(BANDS), "int64")
    usual[0] = 2_300_000
    found = LAW.annual_pay([0, 4], [3, 0], on(2025), usual=usual)
    assert found.tolist() == [2_300_000, 3_104_900]
    with pytest.raises(ParameterError, match="band 1"):
        LAW.annual_pay([0], [0], on(2025), usual=np.zeros(len(BANDS), "int64"))
