"""Formulas of pay, on-costs and appraisal: exact pence, closed forms, and refused arguments."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.errors import InputError
from nhstransit.law import appraisal, oncosts, pay
from nhstransit.pence import half_up, signed_half_up

GREEN: tuple[list[int], list[float]] = ([30, 75], [0.035, 0.03])
amounts = st.lists(st.integers(-(10**10), 10**10), min_size=5, max_size=5)


@given(st.integers(0, 10**15), st.integers(1, 10**6))
def test_rounding_half_up_is_exact(numerator: int, denominator: int) -> None:
    """It equals rounding of exact fractions."""
    assert int(half_up(np.int64(numerator), denominator)) == (Fraction(numerator, denominator) + Fraction(1, 2)) // 1
    assert int(signed_half_up(np.int64(-numerator), denominator)) == -int(half_up(np.int64(numerator), denominator))


def test_a_point_past_the_top_is_paid_at_the_top_point() -> None:
    """A negative point is refused."""
    scale = np.array([[100, 200, 200], [300, 400, 500]])
    last = np.array([1, 2], "int32")
    assert pay.annual_pence(scale, last, [0, 0, 1, 1], [1, 9, 2, 0]).tolist() == [200, 200, 500, 300]
    with pytest.raises(InputError, match="point"):
        pay.annual_pence(scale, last, 0, -1)
    with pytest.raises(InputError, match="band"):
        pay.annual_pence(scale, last, 2, 0)
    with pytest.raises(InputError, match="no pay points"):
        pay.annual_pence(scale, np.array([-1, 2], "int32"), [1, 0], 0)


def test_increments_stop_at_the_top() -> None:
    """A year adds a point up to the top of the band, and none to a spot rate."""
    found = pay.next_point(np.array([2, 4], "int32"), np.array([1, 0], "int32"), [0, 0, 0, 1], [0, 2, 120, 3])
    assert found.tolist() == [1, 2, 2, 3] and found.dtype == np.int8


@given(st.integers(0, 20_000_000), st.integers(1, 10_000))
def test_part_time_pay_is_exact(annual: int, parts: int) -> None:
    """It is the exact product, rounded half up."""
    expected = (Fraction(annual * parts, 10_000) + Fraction(1, 2)) // 1
    assert int(pay.actual_pence(annual, parts / 10_000)) == expected


def test_protected_pay_stays_the_same_until_protection_ends() -> None:
    """Old pay applies during protection if the new pay is lower; afterwards the new pay applies."""
    found = pay.protected_pence([100, 100, 300], [200, 200, 200], [35, 36, 0], months=36)
    assert found.tolist() == [200, 100, 300]


def test_a_retention_premium_by_hand() -> None:
    """15% of £40,000 at half time for 24 months is £6,000."""
    assert pay.premium_pence(4_000_000, 0.5, 24, share=0.15) == 600_000


@given(st.integers(0, 30_000_000), st.integers(0, 100_000))
def test_contributions_never_fall_with_pay(annual: int, more: int) -> None:
    """This is so without a rebate. They are zero up to the threshold."""
    rule: dict[str, Any] = {"rate": 0.15, "threshold_pence": 500_000}
    assert oncosts.employer_ni_pence(annual, **rule) <= oncosts.employer_ni_pence(annual + more, **rule)
    assert annual > 500_000 or oncosts.employer_ni_pence(annual, **rule) == 0


def test_the_rebate_does_not_rise_above_the_accrual_point() -> None:
    """Above the upper accrual point, the rebate is constant."""
    rule: dict[str, Any] = {"rate": 0.0, "threshold_pence": 0, "rebate": 0.037, "lower_pence": 504_400}
    at = oncosts.employer_ni_pence(4_004_000, upper_pence=4_004_000, **rule)
    assert at == oncosts.employer_ni_pence(9_000_000, upper_pence=4_004_000, **rule) == -129_485


@given(amounts, amounts, st.integers(-5, 5))
def test_present_value_is_linear(first: list[int], second: list[int], times: int) -> None:
    """The present value of a linear combination is the combination of present values."""
    factors = appraisal.discount_factors(5, *GREEN)
    both = appraisal.present_pence(np.array(first) + times * np.array(second), factors)
    separate = appraisal.present_pence(first, factors) + times * appraisal.present_pence(second, factors)
    assert both == pytest.approx(separate, rel=1e-9, abs=1e-3)


@given(st.integers(1, 10**9), st.integers(1, 31))
def test_the_present_value_of_a_constant_saving_has_a_closed_form(saving: int, years: int) -> None:
    """Over n years it is saving × (1 − vⁿ) / (1 − v)."""
    v = 1 / 1.035
    found = appraisal.present_pence([saving] * years, appraisal.discount_factors(years, *GREEN))
    assert found == pytest.approx(saving * (1 - v**years) / (1 - v), rel=1e-12)


def test_the_rate_changes_after_the_thirtieth_year() -> None:
    """Year 30 is the last at 3.5%; from year 31 each year adds 3.0%."""
    factors = appraisal.discount_factors(33, *GREEN)
    assert factors[30] == pytest.approx(1.035**-30) and factors[32] == pytest.approx(1.035**-30 * 1.03**-2)
    with pytest.raises(InputError, match="76"):
        appraisal.discount_factors(77, *GREEN)


def test_payback_by_hand() -> None:
    """A cost of £18,196 with a saving of £34,182 a year pays back in 6.4 months.

    Without a saving, it never pays back.
    """
    found = appraisal.payback_months([1_819_600, 100], [3_418_200, 0])
    assert found[0] == pytest.approx(6.388, abs=0.001) and np.isinf(found[1])


def test_payback_of_national_sums() -> None:
    """£2bn pay back with £1.06bn a year: sums over everyone can be larger than one person's pay."""
    assert appraisal.payback_months([200_000_000_000], [105_542_770_322])[0] == pytest.approx(22.74, abs=0.01)


@given(st.lists(st.tuples(st.integers(0, 1460), st.integers(-(10**9), 10**9)), max_size=30))
def test_cash_by_year_adds_up(rows: list[tuple[int, int]]) -> None:
    """It adds up to all cash, to the penny."""
    days = [day for day, _ in rows]
    pence = [money for _, money in rows]
    assert appraisal.pence_by_year(np.array(days, int), pence, [0, 365, 730, 1096, 1461]).sum() == sum(pence)


def test_a_day_outside_the_years_is_refused() -> None:
    """It is not left out silently."""
    with pytest.raises(InputError, match=r"days\[1\]"):
        appraisal.pence_by_year([0, 365], [1, 1], [0, 365])


@given(st.integers(0, 10**8), st.integers(0, 800), st.integers(0, 800))
def test_a_removed_post_saves_for_the_days_it_is_removed(annual: int, start: int, length: int) -> None:
    """A whole year saves the whole cost, and parts of years save in proportion to days, to within a penny each."""
    years = [0, 365, 731, 1096, 1461]
    saved = appraisal.saving_by_year(annual, start, start + length, years)[0]
    expected = sum(Fraction(annual * max(0, min(start + length, b) - max(start, a)), b - a) for a, b in pairwise(years))
    assert abs(int(saved.sum()) - expected) <= 2
    assert appraisal.saving_by_year(annual, 365, 731, years)[0].tolist() == [0, annual, 0, 0]


def test_missing_days_and_fractions_of_pence_are_refused() -> None:
    """They do not count as zero."""
    with pytest.raises(InputError, match="removed_on"):
        appraisal.saving_by_year([100], [float("nan")], 300, [0, 365])
    with pytest.raises(InputError, match="pence"):
        appraisal.pence_by_year([1], [1.5], [0, 365])
    with pytest.raises(InputError, match="rates"):
        appraisal.discount_factors(3, [30], [float("nan")])


def test_only_the_first_row_of_each_post_is_marked() -> None:
    expected = [True, True, False, False, False, True]
    assert appraisal.first_of_each([7, 3, 7, 7, 3, 9]).tolist() == expected
    assert appraisal.first_of_each([7 * 10**12, -3, 7 * 10**12, 7 * 10**12, -3, 9]).tolist() == expected
    assert appraisal.first_of_each(np.array([], int)).shape == (0,)


@given(st.integers(-(10**11), 10**11), st.floats(50, 150), st.floats(50, 150))
def test_converting_prices_and_back(pence: int, then: float, base: float) -> None:
    """Money at its own prices is unchanged, and after conversion and back it is the same to within pennies."""
    assert appraisal.real_pence(pence, then, then) == pence
    back = appraisal.real_pence(appraisal.real_pence(pence, then, base), base, then)
    assert abs(int(back) - pence) <= 3


def test_optimism_increases_costs_and_reduces_gains() -> None:
    """With an uplift of 25%, £100 of cost is £125 and £100 of gain is £75."""
    assert appraisal.uplifted_pence([-10_000, 10_000], 0.25).tolist() == [-12_500, 7_500]
    with pytest.raises(InputError, match="uplift"):
        appraisal.uplifted_pence([1], -0.1)


@pytest.mark.parametrize("bad", [float("nan"), 1.5, "x"], ids=str)
def test_money_that_is_not_in_whole_pence_is_refused(bad: Any) -> None:
    """Appraisal accepts whole pence only, so NaN cannot be part of a sum."""
    with pytest.raises(InputError):
        appraisal.real_pence(bad, 100, 100)
    with pytest.raises(InputError):
        appraisal.payback_months(bad, 100)
    with pytest.raises(InputError):
        appraisal.present_pence([float("nan")], np.ones(1))
