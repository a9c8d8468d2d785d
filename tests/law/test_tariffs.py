"""Properties of severance, notice and pension formulas: monotone, bounded, proportional, and zero if not eligible."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.errors import InputError
from nhstransit.law import notice, oncosts, severance
from nhstransit.law import pay as pay_kernels
from nhstransit.law import pensions as pension

MARS: dict[str, Any] = {"months_a_year": 0.5, "least_months": 3, "most_months": 12, "qualifying_months": 12}
SECTION_16: dict[str, Any] = {"months_a_year": 1, "least_months": 0, "most_months": 24, "qualifying_months": 24}
CAPPED: dict[str, Any] = {"floor_pence": 2_300_000, "cap_pence": 8_000_000}
STATUTORY: dict[str, Any] = {"half_weeks": (1, 2, 3), "ages": (22, 41), "most_years": 20, "qualifying_years": 2}
SCALE = np.arange(120).reshape(12, 10) * 1_000_000
LAST = np.full(12, 8, "int32")

pay = st.integers(0, 30_000_000)
service = st.integers(0, 700)
share = st.integers(1, 10_000).map(lambda parts: parts / 10_000)
tariffs = st.sampled_from([(MARS, {}), (SECTION_16, {}), (SECTION_16, CAPPED), (MARS, {"cap_pence": 8_000_000})])
Tariff = tuple[dict[str, Any], dict[str, Any]]


def payment(annual: Any, wte: Any, months: Any, tariff: Tariff) -> Any:
    scale, limits = tariff
    return severance.severance_pence(annual, wte, severance.months_of_pay(months, **scale), **limits)


@given(pay, share, service, st.integers(0, 60), tariffs)
def test_more_service_never_pays_less(annual: int, wte: float, months: int, more: int, tariff: Tariff) -> None:
    """No tariff decreases with service."""
    assert payment(annual, wte, months + more, tariff) >= payment(annual, wte, months, tariff)


@given(pay, st.integers(0, 1_000_000), share, service, tariffs)
def test_more_pay_never_pays_less(annual: int, more: int, wte: float, months: int, tariff: Tariff) -> None:
    """No tariff decreases with salary."""
    assert payment(annual + more, wte, months, tariff) >= payment(annual, wte, months, tariff)


@given(pay, share, service)
def test_payments_never_exceed_their_caps(annual: int, wte: float, months: int) -> None:
    """MARS pays at most a year's pay, section 16 two years' pay, and with its cap £160,000."""
    year = int(annual * wte) + 1
    assert payment(annual, wte, months, (MARS, {})) <= year
    assert payment(annual, wte, months, (SECTION_16, {})) <= 2 * year
    assert payment(annual, wte, months, (SECTION_16, CAPPED)) <= 16_000_000
    assert payment(annual, wte, months, (MARS, {"most_pence": 8_000_000})) <= 8_000_000


def test_the_payment_can_have_its_own_cap() -> None:
    """The cap is reached, and does not depend on salary."""
    assert severance.severance_pence([9_000_000, 7_000_000], 1.0, 12.0, most_pence=8_000_000).tolist() == [
        8_000_000,
        7_000_000,
    ]


@given(pay, share, st.integers(0, 23))
def test_people_who_are_not_eligible_are_paid_nothing(annual: int, wte: float, months: int) -> None:
    """MARS requires a year's service; section 16 and the statutory sum require two years."""
    assert payment(annual, wte, min(months, 11), (MARS, {})) == 0
    assert payment(annual, wte, months, (SECTION_16, CAPPED)) == 0
    assert severance.statutory_half_weeks(40, months // 12, **STATUTORY) == 0


@given(pay, st.integers(1, 5_000), st.integers(1, 2), service, tariffs)
def test_payments_are_in_proportion_to_working_time(
    annual: int, parts: int, times: int, months: int, tariff: Tariff
) -> None:
    """Twice the time pays twice as much, to within a penny."""
    once = payment(annual, parts / 10_000, months, tariff)
    assert abs(payment(annual, times * parts / 10_000, months, tariff) - times * once) <= times


@given(st.lists(st.tuples(pay, share, service), min_size=1, max_size=40), tariffs)
def test_a_column_of_payments_equals_single_payments(rows: list[tuple[int, float, int]], tariff: Tariff) -> None:
    """Each element equals the result for its row alone."""
    annual, wte, months = (np.array(column) for column in zip(*rows, strict=True))
    assert payment(annual, wte, months, tariff).tolist() == [int(payment(*row, tariff)) for row in rows]


@given(st.integers(16, 80), st.integers(2, 50), st.integers(0, 5))
def test_statutory_weeks_increase_with_age_and_service(age: int, years: int, more: int) -> None:
    """They never decrease, and are never more than thirty."""
    weeks = severance.statutory_half_weeks(age, years, **STATUTORY)
    assert weeks <= severance.statutory_half_weeks(age + more, years, **STATUTORY)
    assert weeks <= severance.statutory_half_weeks(age, years + more, **STATUTORY) <= 60


@given(pay, share, st.integers(0, 60), st.integers(1, 80_000))
def test_the_statutory_sum_is_at_most_its_weeks_at_the_limit(annual: int, wte: float, halves: int, cap: int) -> None:
    """It is never more than the sum without a limit."""
    limited = severance.statutory_pence(annual, wte, halves, week_cap_pence=cap)
    free = severance.statutory_pence(annual, wte, halves, week_cap_pence=None)
    assert limited <= min(int(free), (cap * halves + 1) // 2)


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([4, 8, 12, 26]))
def test_notice_is_the_longer_of_contract_and_statute(years: int, more: int, contract: int) -> None:
    """It never decreases with service, and is at least the contract's weeks and at most those or twelve weeks."""
    limits = {"weeks_a_year": 1, "least_weeks": 1, "most_weeks": 12}
    weeks = notice.notice_weeks(contract, years, **limits)
    assert contract <= weeks <= notice.notice_weeks(contract, years + more, **limits) <= max(contract, 12)


@given(st.integers(0, 5_000_000), st.floats(0.5, 12.0), st.integers(0, 24), st.integers(0, 12))
def test_repayment_decreases_with_time_away(net: int, paid: float, away: int, window: int) -> None:
    """It is at most the net sum, and zero after the window."""
    back = severance.clawback_pence(net, paid, away, window_months=window)
    later = severance.clawback_pence(net, paid, away + 1, window_months=window)
    assert 0 <= later <= back <= net
    assert back == 0 or (away < window and away < paid)


@given(pay, share, st.integers(0, 600), st.integers(-60, 240), st.floats(0.001, 0.1))
def test_an_earlier_release_costs_more(annual: int, wte: float, member: int, early: int, rate: float) -> None:
    """It costs nothing at the normal age, and without a lump sum less at a higher rate."""
    cost = pension.release_pence(annual, wte, member, early, 1 / 80, 3, real_rate=rate)
    assert cost <= pension.release_pence(annual, wte, member, early + 1, 1 / 80, 3, real_rate=rate)
    lump_free = pension.release_pence(annual, wte, member, early, 1 / 60, 0, real_rate=rate)
    assert lump_free >= pension.release_pence(annual, wte, member, early, 1 / 60, 0, real_rate=rate + 0.02)
    assert early > 0 or cost == 0


def test_the_cost_of_release_without_discount() -> None:
    """At a rate of zero, the cost is the pension times the years of early payment."""
    cost = pension.release_pence(4_000_000, 1.0, 240, 60, 1 / 80, 3, real_rate=0.0)
    assert cost == 4_000_000 * 20 // 80 * 5


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_the_top_up_is_the_cost_above_the_sum_given_up(cost: int, given_up: int) -> None:
    extra = pension.top_up_pence(cost, given_up)
    assert extra == max(0, cost - given_up)


BAD: list[Any] = [float("nan"), -1, np.array([12.0, np.nan]), np.array([5, -3]), float("inf"), "ten", True]


@pytest.mark.parametrize("months", BAD, ids=str)
def test_invalid_service_is_refused(months: Any) -> None:
    """Service that is negative, missing, infinite or not a number is refused in every tariff."""
    with pytest.raises(InputError):
        severance.months_of_pay(months, **MARS)
    with pytest.raises(InputError):
        severance.statutory_half_weeks(40, months, **STATUTORY)
    with pytest.raises(InputError):
        severance.statutory_half_weeks(months, 10, **STATUTORY)
    with pytest.raises(InputError):
        notice.notice_weeks(4, months, weeks_a_year=1, least_weeks=1, most_weeks=12)
    with pytest.raises(InputError):
        pension.release_pence(3_000_000, 1.0, months, 60, 1 / 80, 3, real_rate=0.03)


def test_missing_values_in_other_columns_are_refused() -> None:
    """NaN would otherwise be lost in a comparison."""
    nan = np.array([1.0, np.nan])
    with pytest.raises(InputError, match="months_early"):
        pension.release_pence(3_000_000, 1.0, 120, nan, 1 / 80, 3, real_rate=0.03)
    with pytest.raises(InputError, match="accrual_share"):
        pension.release_pence(3_000_000, 1.0, 120, 60, nan, 3, real_rate=0.03)
    with pytest.raises(InputError, match="lump_multiple"):
        pension.release_pence(3_000_000, 1.0, 120, 60, 1 / 80, nan, real_rate=0.03)
    with pytest.raises(InputError, match="least_age"):
        pension.age_reached(50, nan)
    with pytest.raises(InputError, match="window_months"):
        severance.clawback_pence(100, 3.0, 1, window_months=nan)
    with pytest.raises(InputError, match="days_to_next_post"):
        severance.due_pence(100, nan, False, window_days=28)
    with pytest.raises(InputError, match="contract_weeks"):
        notice.notice_weeks(nan, 5, weeks_a_year=1, least_weeks=1, most_weeks=12)
    with pytest.raises(InputError, match="least_pence"):
        pay_kernels.supplement_pence(100, 0.1, nan, 50)


@pytest.mark.parametrize("wte", [float("nan"), 0.0, -0.5, 1.01, np.array([0.5, np.nan])], ids=str)
def test_invalid_working_time_is_refused(wte: Any) -> None:
    """Working time that is missing, zero, negative or above 1 is refused."""
    with pytest.raises(InputError, match="wte"):
        severance.severance_pence(3_000_000, wte, 6.0)
    with pytest.raises(InputError, match="wte"):
        notice.lieu_pence(3_000_000, wte, 12)


@pytest.mark.parametrize("annual", [-1, 30_000.5, float("nan"), 10**12], ids=str)
def test_invalid_pay_is_refused(annual: Any) -> None:
    """Pay that is negative, a float, missing or too large is refused."""
    with pytest.raises(InputError, match="annual_pence"):
        severance.severance_pence(annual, 1.0, 6.0)


def test_the_message_states_the_first_invalid_row() -> None:
    """It states the value too."""
    with pytest.raises(InputError, match=r"service_months\[2\]: is -7"):
        severance.months_of_pay(np.array([5, 6, -7, -8]), **MARS)


def test_columns_of_different_lengths_are_refused() -> None:
    """The message states the shapes."""
    with pytest.raises(InputError, match="shapes"):
        severance.severance_pence(np.array([1, 2, 3]), np.array([0.5, 0.5]), 6.0)


def test_formulas_do_not_change_their_arguments() -> None:
    """Every formula accepts read-only columns."""
    annual = np.array([3_000_000, 9_000_000])
    wte = np.array([0.6, 1.0])
    months = np.array([30, 300])
    years = np.array([2, 25])
    before = [column.copy() for column in (annual, wte, months, years)]
    for column in (annual, wte, months, years):
        column.flags.writeable = False
    payment(annual, wte, months, (SECTION_16, CAPPED))
    severance.statutory_pence(
        annual, wte, severance.statutory_half_weeks(years + 20, years, **STATUTORY), week_cap_pence=1
    )
    severance.clawback_pence(annual, wte, months, window_months=6)
    severance.due_pence(annual, months, False, window_days=28)
    severance.net_pence(annual, free_pence=3_000_000, tax_rate=0.4)
    notice.lieu_pence(annual, wte, years)
    pension.release_pence(annual, wte, months, months, 1 / 80, 3, real_rate=0.03)
    for column, was in zip((annual, wte, months, years), before, strict=True):
        assert np.array_equal(column, was)


@pytest.mark.parametrize("kind", ["int8", "int16", "int32", "uint64"])
def test_small_integer_types_do_not_overflow(kind: str) -> None:
    """Results equal those of 64-bit integers in every formula that multiplies."""
    small = np.array([2, 90, 120], kind)
    wide = np.array([2, 90, 120])
    pence = np.array([100, 110, 127], kind)
    both = [
        (
            severance.clawback_pence(50_000, 24.0, small, window_months=121),
            severance.clawback_pence(50_000, 24.0, wide, window_months=121),
        ),
        (notice.lieu_pence(pence, 0.5, small), notice.lieu_pence(pence.astype("int64"), 0.5, wide)),
        (severance.severance_pence(pence, 1.0, small), severance.severance_pence(pence.astype("int64"), 1.0, wide)),
        (
            severance.statutory_pence(pence, 1.0, small, week_cap_pence=9),
            severance.statutory_pence(pence.astype("int64"), 1.0, wide, week_cap_pence=9),
        ),
        (
            severance.net_pence(pence, free_pence=50, tax_rate=0.4),
            severance.net_pence(pence.astype("int64"), free_pence=50, tax_rate=0.4),
        ),
        (oncosts.share_pence(pence, rate=0.14), oncosts.share_pence(pence.astype("int64"), rate=0.14)),
        (payment(3_000_000, 1.0, small, (MARS, {})), payment(3_000_000, 1.0, wide, (MARS, {}))),
        (
            pay_kernels.annual_pence(SCALE, LAST, small % 12, small),
            pay_kernels.annual_pence(SCALE, LAST, wide % 12, wide),
        ),
        (
            pay_kernels.next_point(LAST, LAST // 7, small % 12, small),
            pay_kernels.next_point(LAST, LAST // 7, wide % 12, wide),
        ),
    ]
    for narrow, whole in both:
        assert np.array_equal(narrow, whole)


def test_an_empty_column_has_an_empty_result() -> None:
    none = np.array([], "int64")
    assert payment(none, none.astype("float64"), none, (MARS, {})).shape == (0,)
