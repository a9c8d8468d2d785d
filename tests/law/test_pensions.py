"""Early release of a pension by hand: its cost, eligibility, the payer, and messages of refused values."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

import attrs
import numpy as np
import pytest

from nhstransit.dates import epoch_day
from nhstransit.errors import InputError
from nhstransit.law import Law, pensions
from nhstransit.law.parameters import Parameters
from nhstransit.workforce.columns import SECTIONS

FOUND = Law.bundled().parameters
SECTION_1995, SECTION_2008, SECTION_2015, NO_SECTION = (
    SECTIONS.index(name) for name in ("1995", "2008", "2015", "none")
)


def day(text: str) -> int:
    return epoch_day(dt.date.fromisoformat(text))


@pytest.mark.parametrize(
    ("pounds", "wte", "member", "early", "accrual", "lump", "rate"),
    [
        (40_000, 1.0, 240, 60, 1 / 80, 3, 0.03),
        (40_000, 0.6, 245, 61, 1 / 80, 3, 0.03),
        (27_534, 1.0, 120, 120, 1 / 60, 0, 0.01),
        (80_000, 0.5, 480, 1, 1 / 54, 0, 0.05),
        (40_000, 1.0, 240, 60, 1 / 80, 3, -0.02),
    ],
)
def test_the_cost_of_release_equals_a_numerical_integral(
    pounds: int, wte: float, member: int, early: int, accrual: float, lump: float, rate: float
) -> None:
    """It is a continuously paid and discounted pension, and a lump sum that is paid earlier."""
    pension = 100 * pounds * wte * member / 12 * accrual
    steps = 200_000
    moments = (np.arange(steps) + 0.5) * (early / 12) / steps
    flow = pension * float(((1 + rate) ** -moments).mean()) * early / 12
    lump_sum = lump * pension * (1 - (1 + rate) ** (-early / 12))
    found = pensions.release_pence([100 * pounds], [wte], [member], [early], [accrual], [lump], real_rate=rate)
    assert found.tolist() == [pytest.approx(flow + lump_sum, abs=0.6)]
    assert found.dtype == np.int64


def test_the_cost_of_release_by_hand() -> None:
    """£10,000 a year, one year early at 3%: 10,000 × (1 − 1/1.03) / ln 1.03 = £9,853.65. Without discount, £10,000."""
    row = [100 * 80_000], [1.0], [120], [12], [1 / 80]
    exact = 1_000_000 * (1 - 1 / 1.03) / math.log(1.03)
    assert pensions.release_pence(*row, [0], real_rate=0.03).tolist() == [round(exact)]
    assert pensions.release_pence(*row, [0], real_rate=0.0).tolist() == [1_000_000]
    assert pensions.release_pence(*row, [3], real_rate=0.0).tolist() == [1_000_000]
    both = 1_000_000 * (1 - 1 / 1.03) * (1 / math.log(1.03) + 3)
    assert pensions.release_pence(*row, [3], real_rate=0.03).tolist() == [round(both)]


def test_a_release_at_or_after_the_normal_age_costs_nothing() -> None:
    """Costs are rounded half up."""
    found = pensions.release_pence([4_000_000] * 3, 1.0, 240, [0, -1, -12_000], 1 / 80, 3, real_rate=0.03)
    assert found.tolist() == [0, 0, 0]
    assert pensions.release_pence([1], 1.0, 12, [6, 5], 1.0, 0, real_rate=0.0).tolist() == [1, 0]
    assert pensions.release_pence([1], 1.0, 12, [5, 6], 1.0, 5, real_rate=0.0).tolist() == [0, 1]


def test_the_employer_pays_the_cost_above_the_sum_given_up() -> None:
    found = pensions.top_up_pence([500, 500, 500], [0, 499, 501])
    assert found.tolist() == [500, 1, 0] and found.dtype == np.int64


def test_an_age_is_reached_on_the_birthday() -> None:
    """It is reached at the age itself."""
    found = pensions.age_reached([49, 50, 51, 55], [50, 50, 50, 57])
    assert found.tolist() == [False, True, True, False] and found.dtype == np.bool_


def test_sections_are_valid_codes() -> None:
    """Codes of any integer type are accepted."""
    assert pensions.sections(np.array([SECTION_1995, NO_SECTION], "int8")).tolist() == [SECTION_1995, NO_SECTION]
    assert pensions.sections(np.array([SECTION_1995], "int8")).dtype == np.intp
    assert pensions.sections(np.zeros(0, "int64")).tolist() == []


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        *(
            (
                lambda bad=bad: pensions.sections(bad),
                f"section: contains something other than sections; give indices of {SECTIONS}, from 0",
            )
            for bad in ([4], [-1], [0.0], ["1995"], [0, 9])
        ),
        (
            lambda: pensions.release_pence([-1], 1.0, 12, 6, 0.1, 0, real_rate=0),
            "annual_pence[0]: is -1; give pence of 0 or more, below a thousand million pounds",
        ),
        (
            lambda: pensions.release_pence([1], 0.0, 12, 6, 0.1, 0, real_rate=0),
            "wte: is 0.0; give a share of whole time above 0 and at most 1",
        ),
        (
            lambda: pensions.release_pence([1], 1.0, -12, 6, 0.1, 0, real_rate=0),
            "membership_months: is -12; give a number of 0 or more in every row",
        ),
        (
            lambda: pensions.release_pence([1], 1.0, 12, 1_201, 0.1, 0, real_rate=0),
            "months_early: is 1201; give a number of months, at most a hundred years",
        ),
        (
            lambda: pensions.release_pence([1], 1.0, 12, -12_001, 0.1, 0, real_rate=0),
            "months_early: is -12001; give a number of months, at most a hundred years",
        ),
        (
            lambda: pensions.release_pence([1], 1.0, 12, 6, 1.1, 0, real_rate=0),
            "accrual_share: is 1.1; give a share of pay a year from 0 to 1",
        ),
        (
            lambda: pensions.release_pence([1], 1.0, 12, 6, -0.1, 0, real_rate=0),
            "accrual_share: is -0.1; give a share of pay a year from 0 to 1",
        ),
        (
            lambda: pensions.release_pence([1], 1.0, 12, 6, 0.1, 101, real_rate=0),
            "lump_multiple: is 101; give years of pension from 0 to 100",
        ),
        (
            lambda: pensions.release_pence([1], 1.0, 12, 6, 0.1, -1, real_rate=0),
            "lump_multiple: is -1; give years of pension from 0 to 100",
        ),
        (
            lambda: pensions.release_pence([1], 1.0, 12, 6, 0.1, 0, real_rate=0.21),
            "real_rate: is 0.21; give a rate a year from -0.05 to 0.2",
        ),
        (
            lambda: pensions.release_pence([1], 1.0, 12, 6, 0.1, 0, real_rate=-0.06),
            "real_rate: is -0.06; give a rate a year from -0.05 to 0.2",
        ),
        (
            lambda: pensions.top_up_pence([-1], [1]),
            "release[0]: is -1; give pence of 0 or more, below a thousand million pounds",
        ),
        (
            lambda: pensions.top_up_pence([1], [-1]),
            "redundancy[0]: is -1; give pence of 0 or more, below a thousand million pounds",
        ),
        (
            lambda: pensions.age_reached([-1], [1]),
            "age_years[0]: is -1; give a number of 0 or more in every row",
        ),
        (
            lambda: pensions.age_reached([1], [-1]),
            "least_age[0]: is -1; give a number of 0 or more in every row",
        ),
        (
            lambda: pensions.reached(FOUND, [day("1960-01-02")], [SECTION_1995], [day("1960-01-01")], None),
            "born[0]: is 1960-01-02, after 1960-01-01; give a day that is not later",
        ),
        (
            lambda: pensions.long_protected(FOUND, [SECTION_1995], [1.5], [day("2011-01-01")]),
            "service_from: has the type float64; give epoch days as whole numbers",
        ),
        (
            lambda: pensions.release(
                FOUND, [1], [1.0], [day("2012-01-02")], [day("1990-01-01")], [day("2012-01-01")], [SECTION_1995]
            ),
            "born[0]: is 2012-01-02, after 2012-01-01; give a day that is not later",
        ),
    ],
)
def test_each_refused_value_has_its_message(call: Callable[[], object], sentence: str) -> None:
    """A message states where the fault is, what is wrong and what would be right."""
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == sentence


def test_people_with_the_protected_pension_age() -> None:
    """They are members of the 1995 Section who were in service on 5 April 2006."""
    since = [day("2006-04-05"), day("2006-04-06"), day("1990-01-01"), day("1990-01-01")]
    found = pensions.long_protected(
        FOUND, [SECTION_1995, SECTION_1995, SECTION_1995, SECTION_2008], since, day("2011-01-01")
    )
    assert found.tolist() == [True, False, True, False]


def test_people_who_have_reached_the_minimum_pension_age() -> None:
    """The age is 50 in the 1995 Section for protected people, otherwise 55, and 57 from April 2028."""
    when = day("2012-06-01")
    fifty = day("1962-06-01")
    almost = day("1962-06-02")
    older = day("1957-06-01")
    born = [fifty, almost, fifty, older, older, older]
    section = [SECTION_1995, SECTION_1995, SECTION_2008, SECTION_2008, SECTION_2015, NO_SECTION]
    assert pensions.reached(FOUND, born, section, when, None).tolist() == [True, False, False, True, True, False]
    marked = pensions.reached(
        FOUND, [fifty, fifty, older], [SECTION_1995, SECTION_1995, SECTION_1995], when, [True, False, False]
    )
    assert marked.tolist() == [True, False, True] and marked.dtype == np.bool_
    days = [day("2028-04-05"), day("2028-04-06"), day("2028-04-06"), day("2028-04-06")]
    aged = [day("1972-06-01"), day("1972-06-01"), day("1971-04-06"), day("1972-06-01")]
    assert pensions.reached(
        FOUND, aged, [SECTION_2008, SECTION_2008, SECTION_2008, SECTION_1995], days, None
    ).tolist() == [True, False, True, True]


def by_formula(pounds: int, wte: float, section: int, member: int, early: int, rate: float = 0.03) -> int:
    """Pence according to the formula in the module's docstring, in plain floats."""
    share, lump = {SECTION_1995: (80, 3), SECTION_2008: (60, 0), SECTION_2015: (54, 0)}[section]
    pension = 100 * pounds * wte * member / 12 / share
    discount = 1 - (1 + rate) ** (-early / 12)
    years = discount / math.log1p(rate) if rate else early / 12
    return math.floor(pension * (years + lump * discount) + 0.5)


LEFT = day("2012-03-31")
PEOPLE = (
    # born, since, section, complete months of membership, months before 60, 65 or 67; None if there is no release
    ("1957-04-01", "1992-04-01", SECTION_1995, 240, 61),  # 54, protected
    ("1957-04-01", "2006-04-06", SECTION_1995, None, None),  # 54, and not protected: in service a day too late
    ("1957-03-31", "2006-04-06", SECTION_1995, 71, 60),  # 55 on the last day
    ("1955-04-01", "2000-04-15", SECTION_2008, 143, 97),
    ("1955-04-01", "2000-04-15", SECTION_2015, 143, 121),
    ("1955-04-01", "2000-04-15", NO_SECTION, None, None),
    ("1955-04-01", "2010-04-01", SECTION_2008, 24, 97),
    ("1955-04-01", "2010-04-02", SECTION_2008, None, None),  # a day short of two years
    ("1950-01-01", "1980-01-01", SECTION_1995, 387, 0),  # past 60
)


@pytest.mark.parametrize("rate", [None, 0.0, 0.05])
def test_the_cost_of_release_of_several_people_by_hand(rate: float | None) -> None:
    """It depends on age, section, protection and membership. The default rate is the parameter's 3%."""
    born = [day(each[0]) for each in PEOPLE]
    since = [day(each[1]) for each in PEOPLE]
    section = [each[2] for each in PEOPLE]
    found = pensions.release(FOUND, [4_000_000] * 9, [0.8] * 9, born, since, [LEFT] * 9, section, rate)
    expected = [
        0 if member is None else by_formula(40_000, 0.8, code, member, early or 0, 0.03 if rate is None else rate)
        for *_, code, member, early in PEOPLE
    ]
    assert found.tolist() == pytest.approx(expected, abs=1) and found.dtype == np.int64
    assert sum(each > 0 for each in expected) == 5


def having(name: str, value: float) -> Parameters:
    series = FOUND.number(name)
    (entry,) = series.entries
    changed = attrs.evolve(series, entries=(attrs.evolve(entry, value=value, range=()),))
    return attrs.evolve(FOUND, numbers={**FOUND.numbers, name: changed})


def test_the_charge_is_the_formula_times_its_factor() -> None:
    """The factor is the scheme actuary's charge over the formula. The qualifying months and the real rate count too."""
    row = [4_000_000], [1.0], [day("1957-04-01")], [day("1992-04-01")], [LEFT], [SECTION_1995]
    plain = int(pensions.release(FOUND, *row)[0])
    assert pensions.release(having("release_factor", 1.25), *row).tolist() == [math.floor(plain * 1.25 + 0.5)]
    assert pensions.release(having("release_qualifying_months", 240.0), *row).tolist() == [plain]
    assert pensions.release(having("release_qualifying_months", 241.0), *row).tolist() == [0]
    assert (
        pensions.release(having("release_real_rate", 0.05), *row).tolist()
        == pensions.release(FOUND, *row, 0.05).tolist()
    )


def test_the_employer_pays_for_a_release_under_terms_before_april_2015() -> None:
    """It pays the cost above the redundancy sum. Under later terms it pays nothing."""
    cost = np.array([900, 900, 900, 300])
    given = [400, 400, 1000, 400]
    terms = [day("2015-03-31"), day("2015-04-01"), day("2012-01-01"), day("2012-01-01")]
    found = pensions.strain(FOUND, cost, given, [day("2015-06-01")] * 4, terms)
    assert found.tolist() == [500, 0, 0, 0]
    assert pensions.strain(FOUND, cost, given, day("2015-06-01"), day("2012-01-01")).tolist() == [500, 500, 0, 0]
    assert pensions.strain(FOUND, cost, given, day("2016-06-01"), day("2016-01-01")).tolist() == [0, 0, 0, 0]


def test_redundancy_pay_and_strain_are_within_the_exit_cap() -> None:
    """While the cap is £95,000, strain is at most the cap less redundancy pay."""
    cost = np.array([20_000_000] * 3)
    terms = day("2012-01-01")
    found = pensions.strain(FOUND, cost, [4_000_000, 9_500_000, 9_600_000], day("2020-12-01"), terms)
    assert found.tolist() == [5_500_000, 0, 0]
