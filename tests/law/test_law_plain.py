"""The law for whole columns, compared with plain rules for one person at a time."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from law import plain
from nhstransit.dates import epoch_day
from nhstransit.law import Law
from nhstransit.workforce.columns import BANDS, SECTIONS

LAW = Law.bundled()
ADULT = dt.timedelta(days=16 * 366)

pence = st.integers(1_000_000, 25_000_000)
# above this pay, the statutory sum could be larger, and its limit is unknown on some days
usual_pence = st.integers(1_000_000, 20_000_000)
time = st.integers(1, 10_000)  # in ten-thousandths
last_days = st.dates(dt.date(2010, 4, 1), dt.date(2014, 3, 31))
late_days = st.dates(dt.date(2014, 4, 1), dt.date(2019, 3, 31))
starts = st.one_of(st.dates(dt.date(1975, 1, 1), dt.date(2010, 3, 31)), st.just(dt.date(2008, 2, 29)))
births = st.dates(dt.date(1940, 1, 1), dt.date(1956, 12, 31))
people = st.lists(st.tuples(pence, time, births, starts, last_days), min_size=1, max_size=8)


def columns(rows: list[tuple[int, int, dt.date, dt.date, dt.date]]) -> tuple[np.ndarray, ...]:
    pay, parts, born, start, last = zip(*rows, strict=True)
    days = [np.array([epoch_day(date) for date in column]) for column in (born, start, last)]
    return np.array(pay), np.array(parts) / 10_000, *days


@given(people)
def test_mars_payments_equal_the_plain_rule(rows: list[tuple[int, int, dt.date, dt.date, dt.date]]) -> None:
    """They are equal to the penny."""
    pay, wte, _, start, last = columns(rows)
    expected = [plain.mars(Fraction(p, 100), Fraction(w, 10_000), s, d) for p, w, _, s, d in rows]
    assert LAW.mars(pay, wte, start, last).tolist() == expected


@given(people)
def test_redundancy_pay_before_2015_equals_the_plain_rules(
    rows: list[tuple[int, int, dt.date, dt.date, dt.date]],
) -> None:
    """It is the larger of section 16 and the statutory sum, to the penny."""
    pay, wte, born, start, last = columns(rows)
    expected = []
    for p, w, b, s, d in rows:
        money = Fraction(p, 100)
        share = Fraction(w, 10_000)
        expected.append(max(plain.section16(money, share, s, d), plain.statutory(money, share, b, s, d)))
    assert LAW.redundancy(pay, wte, born, start, last).tolist() == expected


@given(st.lists(st.tuples(usual_pence, time, births, starts, late_days), min_size=1, max_size=8))
def test_redundancy_pay_on_both_sides_of_april_2015_equals_the_plain_rule(
    rows: list[tuple[int, int, dt.date, dt.date, dt.date]],
) -> None:
    """Each person has the terms of their last day."""
    pay, wte, born, start, last = columns(rows)
    expected = [plain.section16(Fraction(p, 100), Fraction(w, 10_000), s, d) for p, w, _, s, d in rows]
    assert LAW.redundancy(pay, wte, born, start, last).tolist() == expected


@given(people)
def test_statutory_sums_equal_the_plain_rule(rows: list[tuple[int, int, dt.date, dt.date, dt.date]]) -> None:
    """They have the limit of each last day, and are equal to the penny."""
    pay, wte, born, start, last = columns(rows)
    expected = [plain.statutory(Fraction(p, 100), Fraction(w, 10_000), b, s, d) for p, w, b, s, d in rows]
    assert LAW.statutory_redundancy(pay, wte, born, start, last).tolist() == expected


@given(st.sampled_from(BANDS), starts, last_days)
def test_weeks_of_notice_equal_the_plain_rule(band: str, start: dt.date, given_on: dt.date) -> None:
    contract = round(LAW.parameters.table("contract_notice").on(given_on).number(band))
    found = LAW.notice_weeks(BANDS.index(band), epoch_day(start), epoch_day(given_on))
    assert int(found) == plain.notice(contract, start, given_on)


@given(pence, time, st.integers(0, 26))
def test_pay_in_lieu_equals_the_plain_rule(pay: int, parts: int, weeks: int) -> None:
    """It is equal to the penny."""
    assert int(LAW.lieu(pay, parts / 10_000, weeks)) == plain.lieu(Fraction(pay, 100), Fraction(parts, 10_000), weeks)


@given(st.integers(0, 25_000_000))
def test_on_costs_of_2010_equal_the_plain_formula(pay: int) -> None:
    """They are equal to the penny."""
    on = epoch_day(dt.date(2010, 6, 1))
    assert int(LAW.employer_cost(pay, 1.0, on)) == pay + plain.on_cost_2010(Fraction(pay, 100))


@given(st.sampled_from(["1995", "2008"]), pence, time, births, starts, last_days)
def test_the_cost_of_a_pension_release_equals_the_plain_formula(
    section: str, pay: int, parts: int, born: dt.date, start: dt.date, last: dt.date
) -> None:
    """It is equal to within two pence."""
    code = SECTIONS.index(section)
    found = LAW.pension_release(pay, parts / 10_000, *map(epoch_day, (born, start, last)), code)
    assert abs(int(found) - 100 * plain.release(pay / 100, parts / 10_000, section, born, start, last)) <= 2


@given(
    st.integers(0, 10_000_000),
    st.integers(6, 24),
    st.dates(dt.date(2010, 9, 1), dt.date(2011, 3, 31)),
    st.integers(1, 300),
)
def test_repayments_under_the_terms_of_2010_equal_the_plain_rule(
    net: int, halves: int, last: dt.date, days: int
) -> None:
    """They are equal to the penny."""
    back = last + dt.timedelta(days=days)
    found = LAW.clawback(net, halves / 2, epoch_day(last), epoch_day(back))
    assert int(found) == plain.clawback_2010(Fraction(net, 100), Fraction(halves, 2), last, back)


@given(st.integers(0, 20_000_000))
def test_supplements_of_2010_equal_the_plain_rule(pay: int) -> None:
    """They are a share of pay between limits, to the penny."""
    found = LAW.high_cost_supplement(pay, [1, 2, 3], epoch_day(dt.date(2010, 6, 1))).tolist()
    zones = [(Fraction(1, 20), 933, 1616), (Fraction(3, 20), 3414, 4351), (Fraction(1, 5), 4036, 6217)]
    assert found == [plain.supplement_2010(Fraction(pay, 100), *zone) for zone in zones]


def test_results_of_a_long_column_equal_single_results() -> None:
    """The column is longer than one block of the computation."""
    rng = np.random.default_rng(3)
    n = 40_000
    pay = rng.integers(1_000_000, 20_000_000, n)
    wte = rng.integers(1, 10_001, n) / 10_000
    start = epoch_day(dt.date(2010, 3, 31)) - rng.integers(0, 12_000, n)
    born = start - 6_000 - rng.integers(0, 9_000, n)
    last = epoch_day(dt.date(2012, 3, 31))
    whole = LAW.redundancy(pay, wte, born, start, last)
    for row in (0, 16_383, 16_384, 39_999):
        assert LAW.redundancy(pay[row], wte[row], born[row], start[row], last) == whole[row]


@pytest.mark.thorough
@given(st.tuples(pence, time, births, starts, last_days))
def test_three_tariffs_with_many_more_people(row: tuple[int, int, dt.date, dt.date, dt.date]) -> None:
    test_mars_payments_equal_the_plain_rule.hypothesis.inner_test([row])  # type: ignore[attr-defined]
    test_redundancy_pay_before_2015_equals_the_plain_rules.hypothesis.inner_test([row])  # type: ignore[attr-defined]
    test_statutory_sums_equal_the_plain_rule.hypothesis.inner_test([row])  # type: ignore[attr-defined]
