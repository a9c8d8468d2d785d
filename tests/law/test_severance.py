"""Severance by hand: months of pay, sums, limits, repayment, and messages of refused values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.dates import epoch_day
from nhstransit.errors import InputError, ParameterError
from nhstransit.law import Law, MarsTerms, severance
from nhstransit.law.parameters import TableEntry
from nhstransit.workforce.columns import BANDS, NEVER

LAW = Law.bundled()
FOUND = LAW.parameters


def day(text: str) -> int:
    return epoch_day(dt.date.fromisoformat(text))


LAST = day("2011-03-31")


def mars(**changes: Any) -> MarsTerms:
    """The terms of the first MARS scheme, half a month a year from 3 to 12 after 12 months, with some numbers changed."""
    return attrs.evolve(LAW.terms("mars_2010", LAST), **changes)


# Months of pay


def test_months_by_complete_years() -> None:
    """Half a month for each year, from three to twelve months; zero before twelve complete months."""
    found = severance.months_of_pay(
        [0, 11, 12, 83, 84, 95, 96, 287, 288, 600],
        months_a_year=0.5,
        least_months=3,
        most_months=12,
        qualifying_months=12,
    )
    assert found.tolist() == [0, 0, 3, 3, 3.5, 3.5, 4, 11.5, 12, 12]
    assert found.dtype == np.float64


def test_qualifying_weeks_are_counted_in_days() -> None:
    """104 weeks are 728 days. Terms may require months and weeks."""
    line: dict[str, Any] = {"months_a_year": 1, "least_months": 0, "most_months": 24}
    found = severance.months_of_pay([24, 24, 24], [727, 728, 729], qualifying_weeks=104, **line)
    assert found.tolist() == [0, 2, 2]
    both = severance.months_of_pay([23, 24, 24], [800, 800, 700], qualifying_months=24, qualifying_weeks=104, **line)
    assert both.tolist() == [0, 2, 0]
    assert severance.months_of_pay([0, 24], **line).tolist() == [0, 2]
    assert severance.months_of_pay([0, 1], months_a_year=1, least_months=3, most_months=4).tolist() == [3, 3]
    assert severance.months_of_pay([24], qualifying_weeks=1, **line).tolist() == [0]
    assert severance.months_of_pay(12, qualifying_weeks=0, **line) == 1
    assert severance.months_of_pay([24], [400_000], **line).tolist() == [2]


@pytest.mark.parametrize(
    ("weeks", "share"),
    [
        (0, Fraction(1, 12)),
        (4, Fraction(1, 12)),
        (4.35, Fraction(435, 100) * 7 / 365),
        (5, Fraction(35, 365)),
        (4.354, Fraction(435, 100) * 7 / 365),
    ],
)
def test_a_month_is_the_larger_of_a_twelfth_and_its_weeks(weeks: float, share: Fraction) -> None:
    """4.35 weeks of 7/365 are 30.45/365, slightly more than a twelfth. Weeks are rounded to two decimal places."""
    assert severance.month_share(weeks) == share


# Sums


@pytest.mark.parametrize(
    ("pounds", "wte", "months", "limits", "pence"),
    [
        (36_000, 1.0, 5, {}, 1_500_000),
        (36_000, 0.6, 5, {}, 900_000),
        (36_000, 1.0, 3.5, {}, 1_050_000),
        (36_500, 1.0, 2, {"month_weeks": 4.35}, 609_000),  # £100 a day, 30.45 days a month
        (36_500, 1.0, 2, {"month_weeks": 4.0}, 608_333),
        (10_000, 0.5, 12, {"floor_pence": 2_300_000}, 1_150_000),  # the floor applies to whole-time pay
        (100_000, 0.5, 12, {"cap_pence": 8_000_000}, 4_000_000),
        (100_000, 1.0, 24, {"cap_pence": 8_000_000, "most_pence": 15_000_000}, 15_000_000),
        (100_000, 1.0, 12, {"most_pence": 15_000_000}, 10_000_000),
        (0, 1.0, 24, {}, 0),
        (50_000, 1.0, 0, {}, 0),
        (1_000_000_000, 1.0, 240, {}, 2_000_000_000_000),  # the largest pay and number of months fit into 64 bits
    ],
)
def test_sums_by_hand(pounds: int, wte: float, months: float, limits: dict[str, Any], pence: int) -> None:
    """A sum is months × a month's share of pay × working time, within the limits, in whole pence."""
    found = severance.severance_pence([100 * pounds], [wte], [months], **limits)
    assert found.tolist() == [pence] and found.dtype == np.int64


def test_half_a_penny_is_rounded_up() -> None:
    """A twelfth of six pence is half a penny, which is rounded to 1."""
    assert severance.severance_pence([5, 6, 7, 18], 1.0, 1).tolist() == [0, 1, 1, 2]
    odd = [(1_234_567, 0.37, 7.5, 4.35), (2_753_401, 0.8, 13, 4.35), (9_999_999, 1.0, 24, 0.0), (77, 0.0123, 0.25, 5.2)]
    for annual, wte, months, weeks in odd:
        share = max(Fraction(1, 12), Fraction(round(100 * weeks), 100) * Fraction(7, 365))
        exact = annual * Fraction(str(wte)) * Fraction(str(months)) * share
        found = severance.severance_pence([annual], [wte], [months], month_weeks=weeks)
        assert found.tolist() == [(exact + Fraction(1, 2)).__floor__()]


@pytest.mark.parametrize(
    ("age", "years", "halves"),
    [
        (40, 1, 0),  # two years are needed
        (40, 2, 4),
        (22, 2, 2),  # both years were begun below 22
        (23, 2, 3),
        (24, 2, 4),
        (41, 2, 4),
        (42, 2, 5),
        (43, 2, 6),
        (46, 10, 25),  # five at 1½ weeks, five at one
        (65, 40, 60),  # twenty years count
        (61, 20, 60),
        (60, 20, 59),
        (25, 9, 12),  # three at a week, six at half a week
        (43.9, 10.9, 22),  # complete years only
    ],
)
def test_statutory_weeks_by_hand(age: float, years: float, halves: int) -> None:
    """For each year, half a week below age 22, a week from 22 and 1½ weeks from 41."""
    found = severance.statutory_half_weeks(
        [age], [years], half_weeks=(1, 2, 3), ages=(22, 41), most_years=20, qualifying_years=2
    )
    assert found.tolist() == [halves] and found.dtype == np.int64


def test_each_number_of_the_statutory_weeks_counts() -> None:
    """The rule here has other weeks, ages and numbers of years."""
    rule: dict[str, Any] = {"half_weeks": (5, 11, 17), "ages": (30, 35), "most_years": 7, "qualifying_years": 3}
    found = severance.statutory_half_weeks([39, 39, 36, 36, 29], [9, 2, 3, 6, 3], **rule)
    assert found.tolist() == [4 * 17 + 3 * 11, 0, 17 + 2 * 11, 17 + 5 * 11, 15]


@pytest.mark.parametrize(
    ("pounds", "wte", "halves", "cap", "pence"),
    [
        (36_500, 1.0, 2, None, 70_000),
        (36_500, 1.0, 3, 40_000, 60_000),
        (36_500, 0.5, 3, 40_000, 52_500),  # the limit is on the week's actual pay
        (36_500, 1.0, 1, 70_000, 35_000),
        (36_500, 1.0, 0, 40_000, 0),
        (36_500, 1.0, 400, 1, 200),
        (100, 1.0, 1, None, 96),  # 350/365 of a penny is less than a penny: 95.89 pence
    ],
)
def test_statutory_sums_by_hand(pounds: int, wte: float, halves: int, cap: int | None, pence: int) -> None:
    """A week is 7/365 of the year's pay, up to the limit, rounded once."""
    found = severance.statutory_pence([100 * pounds], [wte], [halves], week_cap_pence=cap)
    assert found.tolist() == [pence] and found.dtype == np.int64


# Void sums, tax and repayment


def test_nhs_work_within_the_window_or_a_refusal_makes_redundancy_pay_void() -> None:
    """The last day of the window counts."""
    found = severance.due_pence([100] * 5, [28, 29, 29, -3, NEVER], [False, False, True, False, False], window_days=28)
    assert found.tolist() == [0, 100, 0, 0, 100] and found.dtype == np.int64
    assert severance.due_pence([5], [2**40], False, window_days=28).tolist() == [5]
    assert severance.due_pence([5], [-(2**40)], False, window_days=28).tolist() == [0]


def test_tax_is_due_above_the_tax_free_amount() -> None:
    """It is 40% of the sum above £30,000, rounded half up."""
    found = severance.net_pence(
        [2_999_999, 3_000_000, 3_000_001, 3_000_002, 5_000_000], free_pence=3_000_000, tax_rate=0.4
    )
    assert found.tolist() == [2_999_999, 3_000_000, 3_000_001, 3_000_001, 4_200_000] and found.dtype == np.int64
    assert severance.net_pence([100, 0], free_pence=0, tax_rate=1).tolist() == [0, 0]
    assert severance.net_pence([100], free_pence=0, tax_rate=0).tolist() == [100]


@pytest.mark.parametrize(
    ("net", "paid", "away", "window", "back"),
    [
        (10_000, 5, 2, 6, 6_000),
        (10_000, 5, 0, 6, 10_000),
        (10_000, 3.5, 2, 6, 4_286),  # 1.5 of 3.5 months
        (10_000, 5, 5, 6, 0),
        (10_000, 12, 5, 6, 5_833),
        (10_000, 12, 6, 6, 0),
        (1, 2, 1, 6, 1),  # half a penny
        (1, 4, 3, 6, 0),
        (10_000, 0, 0, 6, 0),
        (10_000, 240, 239, 240, 42),
        (1, 0.01, 0, 6, 1),
    ],
)
def test_repayment_by_hand(net: int, paid: float, away: int, window: int, back: int) -> None:
    """Within the window, the net sum is repaid in proportion to the paid months that have not yet passed."""
    found = severance.clawback_pence([net], [paid], [away], window_months=window)
    assert found.tolist() == [back] and found.dtype == np.int64


def test_pounds_are_converted_to_whole_pence() -> None:
    """£4.35 is 435 pence, in spite of floating-point error."""
    assert [severance.pence(pounds) for pounds in (4.35, 0, 23_000, 0.126)] == [435, 0, 2_300_000, 13]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: severance.months_of_pay([3, -1], months_a_year=1, least_months=0, most_months=2),
            "service_months[1]: is -1; give a number of 0 or more in every row",
        ),
        (
            lambda: severance.months_of_pay([3], [-1], months_a_year=1, least_months=0, most_months=2),
            "service_days[0]: is -1; give days of service of 0 or more",
        ),
        (
            lambda: severance.months_of_pay([3], [400_001], months_a_year=1, least_months=0, most_months=2),
            "service_days[0]: is 400001; give days of service of 0 or more",
        ),
        (lambda: severance.severance_pence([1], [1], [241]), "months[0]: is 241; give months of pay from 0 to 240"),
        (lambda: severance.severance_pence([1], [1], [-1]), "months[0]: is -1; give months of pay from 0 to 240"),
        (
            lambda: severance.severance_pence([1], [2], [1]),
            "wte[0]: is 2; give a share of whole time above 0 and at most 1",
        ),
        (
            lambda: severance.severance_pence([-1], [1], [1]),
            "annual_pence[0]: is -1; give pence of 0 or more, below a thousand million pounds",
        ),
        (
            lambda: severance.statutory_half_weeks(
                [-1], [3], half_weeks=(1, 2, 3), ages=(22, 41), most_years=9, qualifying_years=2
            ),
            "age_years[0]: is -1; give a number of 0 or more in every row",
        ),
        (
            lambda: severance.statutory_half_weeks(
                [1], [-3], half_weeks=(1, 2, 3), ages=(22, 41), most_years=9, qualifying_years=2
            ),
            "service_years[0]: is -3; give a number of 0 or more in every row",
        ),
        (
            lambda: severance.statutory_pence([-1], [1], [1], week_cap_pence=1),
            "annual_pence[0]: is -1; give pence of 0 or more, below a thousand million pounds",
        ),
        (
            lambda: severance.statutory_pence([1], [0], [1], week_cap_pence=1),
            "wte[0]: is 0; give a share of whole time above 0 and at most 1",
        ),
        (
            lambda: severance.statutory_pence([1], [1], [401], week_cap_pence=1),
            "half_weeks[0]: is 401; give half-weeks of pay from 0 to 400",
        ),
        (
            lambda: severance.statutory_pence([1], [1], [-1], week_cap_pence=1),
            "half_weeks[0]: is -1; give half-weeks of pay from 0 to 400",
        ),
        (
            lambda: severance.due_pence([-1], [1], [False], window_days=1),
            "pence[0]: is -1; give pence of 0 or more, below a thousand million pounds",
        ),
        (
            lambda: severance.due_pence([1], [2**40 + 1], [False], window_days=1),
            "days_to_next_post[0]: is 1099511627777; give a number of days",
        ),
        (
            lambda: severance.due_pence([1], [-(2**40) - 1], [False], window_days=1),
            "days_to_next_post[0]: is -1099511627777; give a number of days",
        ),
        (
            lambda: severance.net_pence([-1], free_pence=0, tax_rate=0.4),
            "gross_pence[0]: is -1; give pence of 0 or more, below a thousand million pounds",
        ),
        (lambda: severance.net_pence([1], free_pence=0, tax_rate=1.1), "tax_rate: is 1.1; give a share from 0 to 1"),
        (lambda: severance.net_pence([1], free_pence=0, tax_rate=-0.1), "tax_rate: is -0.1; give a share from 0 to 1"),
        (
            lambda: severance.clawback_pence([-1], [1], [1], window_months=6),
            "net_paid_pence[0]: is -1; give pence of 0 or more, below a thousand million pounds",
        ),
        (
            lambda: severance.clawback_pence([1], [241], [1], window_months=6),
            "paid_months[0]: is 241; give months of pay from 0 to 240",
        ),
        (
            lambda: severance.clawback_pence([1], [-1], [1], window_months=6),
            "paid_months[0]: is -1; give months of pay from 0 to 240",
        ),
        (
            lambda: severance.clawback_pence([1], [1], [-1], window_months=6),
            "months_away[0]: is -1; give a number of 0 or more in every row",
        ),
        (
            lambda: severance.clawback_pence([1], [1], [1], window_months=-6),
            "window_months: is -6; give a number of 0 or more in every row",
        ),
        (lambda: mars(months_a_year=-1), "months_a_year: is -1; give 0 or more"),
        (lambda: mars(taper_age=float("nan")), "taper_age: is nan; give 0 or more"),
        (lambda: mars(least_months=13), "least_months: is 13, above most_months; give at most that number"),
        (
            lambda: mars(qualifying_weeks=104).months([24]),
            "service_days: are missing under terms that require 104 weeks; give days of service as well as months",
        ),
        (
            lambda: mars(taper_age=60).months([24]),
            "age_months: are missing under terms that taper before the age of 60; give months of age as well as service",
        ),
        (
            lambda: severance.named_terms(FOUND, "mars_2011", [LAST]),
            "terms: are 'mars_2011'; did you mean 'mars_2010'? known: civil_service_exit, mars_2010, mars_later",
        ),
        (
            lambda: severance.clawback_entry(FOUND, "mars_2011", [LAST]),
            "terms: are 'mars_2011'; did you mean 'mars_2010'? known: mars_2010, mars_later, vr_2025, vr_nhsps",
        ),
    ],
)
def test_each_refused_value_has_its_message(call: Callable[[], object], sentence: str) -> None:
    """A message states where the fault is, what is wrong and what would be right."""
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == sentence


# Terms


def test_the_terms_of_the_first_mars_scheme() -> None:
    """Half a month for each year, from three to twelve months after a year's service, and no other limit."""
    assert attrs.asdict(mars()) == {
        "months_a_year": 0.5,
        "least_months": 3.0,
        "most_months": 12.0,
        "qualifying_months": 12,
        "qualifying_weeks": 0,
        "salary_floor": 0.0,
        "salary_cap": None,
        "payment_cap": None,
        "taper_age": None,
        "month_weeks": 0.0,
    }
    assert mars(least_months=12).most_months == 12


def terms_entry(**row: float) -> TableEntry:
    return TableEntry(
        parameter="mars_x", unit="x", since=dt.date(2010, 1, 1), sources=("s",), quality="seed", value=row
    )  # type: ignore[arg-type]


def test_terms_are_read_from_an_entry() -> None:
    """Numbers that the entry lacks set no limit."""
    line = {"months_a_year": 0.75, "least_months": 2.0, "most_months": 18.0}
    full = MarsTerms.of(
        terms_entry(
            **line,
            qualifying_months=9.0,
            qualifying_weeks=40.0,
            salary_floor=1.0,
            salary_cap=2.0,
            payment_cap=3.0,
            taper_age=65.0,
        ),
        4.35,
    )
    assert attrs.astuple(full) == (0.75, 2.0, 18.0, 9, 40, 1.0, 2.0, 3.0, 65.0, 4.35)
    assert attrs.astuple(MarsTerms.of(terms_entry(**line, qualifying_months=9.0))) == (
        *(0.75, 2.0, 18.0, 9, 0),
        *(0.0, None, None, None, 0.0),
    )
    weeks = MarsTerms.of(terms_entry(**line, qualifying_weeks=104.0))
    assert (weeks.qualifying_months, weeks.qualifying_weeks) == (0, 104)
    with pytest.raises(ParameterError, match="has no 'qualifying_months'"):
        MarsTerms.of(terms_entry(**line))


@pytest.mark.parametrize(("local", "most"), [(None, 18.0), (12.0, 12.0), (24.0, 18.0)])
def test_a_local_limit_applies_only_if_it_is_below_the_terms(local: float | None, most: float) -> None:
    """The lower of the two limits applies."""
    entry = terms_entry(months_a_year=1, least_months=0, most_months=18, qualifying_months=9)
    assert MarsTerms.of(entry, most_months=local).most_months == most


@pytest.mark.parametrize(
    ("months", "weeks", "words"),
    [
        (12, 0, "12 months' service"),
        (0, 104, "104 weeks' service"),
        (12, 104, "12 months' and 104 weeks' service"),
        (0, 0, "0 months' service"),
    ],
)
def test_the_service_needed_in_words(months: int, weeks: int, words: str) -> None:
    """The text states months, weeks or both."""
    assert mars(qualifying_months=months, qualifying_weeks=weeks).service_in_words == words


TAPER = mars(
    months_a_year=1,
    least_months=0,
    most_months=24,
    qualifying_months=12,
    qualifying_weeks=53,
    taper_age=60,
    month_weeks=4.35,
    salary_floor=23_000,
    salary_cap=80_000,
    payment_cap=150_000,
)


def test_months_and_payments_under_terms_with_every_limit() -> None:
    """Months of service, weeks of service and age each count."""
    ages = [59 * 12, 58 * 12, 40 * 12, 60 * 12, 61 * 12, 40 * 12]
    days = [9_000, 9_000, 9_000, 9_000, 9_000, 370]
    found = TAPER.months([240] * 6, days, ages)
    assert found.tolist() == [12, 20, 20, 0, 0, 0]
    paid = TAPER.payment([1_000_000, 9_000_000, 9_000_000], [1.0, 1.0, 0.5], [240] * 3, [9_000] * 3, [40 * 12] * 3)
    month = Fraction(435, 100) * Fraction(7, 365)
    expected = [20 * 2_300_000 * month, 20 * 8_000_000 * month, 10 * 8_000_000 * month]
    assert paid.tolist() == [min(15_000_000, (each + Fraction(1, 2)).__floor__()) for each in expected]
    assert TAPER.payment([9_000_000], [1.0], [300], [9_000], [300]).tolist() == [15_000_000]
    assert mars().payment([3_600_000], [1.0], [240]).tolist() == [3_000_000]


# The law by the day


def test_named_terms_are_the_terms_of_the_last_day() -> None:
    """Terms that are given as an object are returned unchanged."""
    own = mars(months_a_year=0.1)
    assert severance.named_terms(FOUND, own, [LAST]) is own
    assert severance.named_terms(FOUND, "mars_2010", [LAST]) == mars()


SINCE = np.array([day("2001-04-01"), day("2009-04-02"), day("1980-01-01")])


def test_contractual_months_under_the_terms_of_a_day() -> None:
    """The people have ten years' service, just under two, and thirty-one, of which twenty-four count."""
    assert severance.contractual_months(FOUND, SINCE, LAST, LAST).tolist() == [10, 1, 24]
    assert severance.contractual_months(FOUND, SINCE, LAST, LAST, most_months=6).tolist() == [6, 1, 6]
    tapered = Law.of({"section16@2015-04-01.taper_age": 60.0}).parameters
    later = day("2026-03-31")
    born = np.array([day("1966-10-01"), day("1980-01-01"), day("1960-01-01")])
    assert severance.contractual_months(tapered, SINCE, later, later, born).tolist() == [6, 16, 0]
    assert severance.contractual_months(FOUND, SINCE, later, later, born).tolist() == [24, 16, 24]


def test_contractual_sums_by_band() -> None:
    """The cap of April 2015 does not apply to very senior managers. Without bands, it applies to everyone."""
    last = day("2026-03-31")
    born = [day("1970-01-01")] * 2
    since = [day("1995-04-01")] * 2
    people = [10_000_000] * 2, [1.0] * 2, born, since, [last] * 2
    month = Fraction(435, 100) * Fraction(7, 365)
    capped = 16_000_000
    free = int(24 * 10_000_000 * month + Fraction(1, 2))
    both = [BANDS.index("VSM"), BANDS.index("9")]
    assert severance.contractual(FOUND, *people, both, last).tolist() == [free, capped]
    assert severance.contractual(FOUND, *people, None, last).tolist() == [capped, capped]
    assert severance.contractual(FOUND, *people, both[1:] * 2, last).tolist() == [capped, capped]
    six = [(6 * 10_000_000 * month + Fraction(1, 2)).__floor__(), (6 * 8_000_000 * month + Fraction(1, 2)).__floor__()]
    assert severance.contractual(FOUND, *people, both, last, 6).tolist() == six


def test_the_exit_cap_applied_from_november_2020_to_february_2021() -> None:
    """The limit is £95,000 on its first and last day. On other days it is larger than any payment."""
    days = [day(text) for text in ("2020-11-03", "2020-11-04", "2021-02-12", "2021-02-13")]
    found = severance.exit_limit(FOUND, days)
    assert found.tolist() == [2**62, 9_500_000, 9_500_000, 2**62] and found.dtype == np.int64
    assert severance.exit_limit(FOUND, days[1]) == 9_500_000


def test_an_exit_cap_without_an_end_applies_on_every_later_day() -> None:
    (entry,) = FOUND.number("exit_cap").entries
    series = attrs.evolve(FOUND.number("exit_cap"), entries=(attrs.evolve(entry, until=None, carried_to=None),))
    numbers = {**FOUND.numbers, "exit_cap": series}
    later = attrs.evolve(FOUND, numbers=numbers)
    assert severance.exit_limit(later, [day("2020-11-03"), day("2040-01-01")]).tolist() == [2**62, 9_500_000]


def test_the_statutory_sum_has_the_limit_of_the_day() -> None:
    """Five years at 1½ weeks and five at one week, at £380 a week before February 2011 and £400 afterwards."""
    row = [4_000_000], [1.0], [day("1965-02-01")], np.array([120])
    assert severance.statutory(FOUND, *row, [day("2011-01-31")]).tolist() == [38_000 * 25 // 2]
    assert severance.statutory(FOUND, *row, [day("2011-02-01")]).tolist() == [40_000 * 25 // 2]
    assert severance.statutory(FOUND, *row, [day("2011-01-31")], week_cap_pence=10_000).tolist() == [10_000 * 25 // 2]
    assert severance.statutory(FOUND, [4_000_000], [1.0], [day("1965-02-01")], np.array([23]), [LAST]).tolist() == [0]


def test_statutory_weeks_depend_on_the_date_of_birth() -> None:
    """A birthday on the day after the last day still counts."""
    last = day("2011-03-31")
    week = 40_000
    row = [6_000_000], [1.0]
    assert severance.statutory(FOUND, *row, [day("1991-01-01")], np.array([36]), [last]).tolist() == [3 * week // 2]
    for born, halves in (("1969-04-01", 5), ("1969-04-02", 4), ("1988-04-01", 3), ("1988-04-02", 2)):
        assert severance.statutory(FOUND, *row, [day(born)], np.array([24]), [last]).tolist() == [halves * week // 2]
    assert severance.statutory(FOUND, *row, [day("1969-04-01")], np.array([35]), [last]).tolist() == [5 * week // 2]


def test_a_birth_after_the_last_day_is_refused() -> None:
    """This is so for the statutory sum and for a taper. The message states the row."""
    tapered = Law.of({"section16@2015-04-01.taper_age": 60.0}).parameters
    born = [day("2026-04-03")]
    last = [day("2026-03-31")]
    sentence = r"^born\[0\]: is 2026-04-03, after 2026-04-01; give a day that is not later$"
    with pytest.raises(InputError, match=sentence):
        severance.statutory(FOUND, [1], [1.0], born, np.array([24]), last)
    with pytest.raises(InputError, match=sentence):
        severance.contractual_months(tapered, [day("2001-04-01")], last, last, born)
    birthdays = [[day("1967-04-02")], [day("1967-04-01")]]
    found = [severance.contractual_months(tapered, [day("1990-04-01")], last, last, born) for born in birthdays]
    assert [each.tolist() for each in found] == [[13], [12]]


def test_sums_are_64_bit_integers() -> None:
    """Pence are 64-bit integers and months are floats, whatever the types of the arguments."""
    small = np.array([day("2011-03-31")], "int32")
    paid = severance.contractual(
        FOUND, [3_000_000], [1.0], [day("1970-01-01")], [day("2000-01-01")], small, None, small
    )
    statutory = severance.statutory(FOUND, [3_000_000], [1.0], [day("1970-01-01")], np.array([24]), small)
    assert paid.dtype == statutory.dtype == severance.exit_limit(FOUND, small).dtype == np.int64
    assert severance.contractual_months(FOUND, [day("2000-01-01")], small, small).dtype == np.float64
    mixed = np.array([day("2011-03-31"), day("2012-03-31")], "int32")
    both = severance.statutory(FOUND, [3_000_000] * 2, [1.0] * 2, [day("1970-01-01")] * 2, np.array([24, 24]), mixed)
    assert both.dtype == np.int64


def test_redundancy_pay_is_the_larger_of_contract_and_statute() -> None:
    """With contractual pay limited to five months, the statutory sum is larger for low pay."""
    last = day("2011-03-31")
    rows = [1_500_000, 6_000_000], [1.0, 1.0], [day("1950-01-01")] * 2, [day("1991-04-01")] * 2, [last] * 2
    week = Fraction(1_500_000 * 7, 365)
    statutory = [(30 * week + Fraction(1, 2)).__floor__(), 30 * 40_000]
    month = Fraction(435, 100) * 7 / 365
    contract = [(5 * pay * month + Fraction(1, 2)).__floor__() for pay in rows[0]]
    assert statutory[0] > contract[0] and statutory[1] < contract[1]
    found = severance.best_redundancy(FOUND, *rows, None, None, 5.0)
    assert found.tolist() == [statutory[0], contract[1]]
    whole = severance.best_redundancy(FOUND, *rows, None, None)
    assert whole.tolist() == [
        (20 * Fraction(pay) * Fraction(435, 100) * 7 / 365 + Fraction(1, 2)).__floor__()
        for pay in (1_500_000, 6_000_000)
    ]
    earlier = severance.best_redundancy(FOUND, *rows, None, day("2015-05-01"), None)
    assert earlier[1] == whole[1] and earlier[0] > whole[0], "the floor of the later terms"


def test_repayment_windows_by_terms_and_day() -> None:
    """Section 16 has the latest window of voluntary redundancy, and four weeks before there was one."""
    assert severance.clawback_entry(FOUND, "mars_2010", [LAST]).number("all_staff") == 6
    assert severance.scheme_clawback(FOUND, "mars_2010", LAST) == 6
    assert severance.scheme_clawback(FOUND, "mars_other", LAST) == 0.0
    assert severance.scheme_clawback(FOUND, "section16", LAST) == pytest.approx(28 * 12 / 365.25, rel=1e-3)
    rules = [FOUND.table(name).on(day("2026-03-31")) for name in FOUND.tables if name.startswith("clawback_vr_")]
    latest = max(rules, key=lambda entry: entry.first).number("all_staff")
    assert severance.scheme_clawback(FOUND, "section16", day("2026-03-31")) == latest
    assert severance.scheme_clawback(FOUND, "mars_2010", day("1990-01-01")) == 0.0


@pytest.mark.parametrize(
    ("last", "back", "months"),
    [
        ("2010-11-30", "2010-12-01", 0),
        ("2010-11-30", "2011-01-31", 1),
        ("2010-11-30", "2011-02-01", 2),
        ("2010-11-30", "2010-11-30", 0),
        ("2010-11-30", "2010-06-01", 0),
    ],
)
def test_months_away_are_complete_and_never_negative(last: str, back: str, months: int) -> None:
    """They run from the day after the last day to the first day back."""
    assert severance.months_away([day(last)], [day(back)]).tolist() == [months]
