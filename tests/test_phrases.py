"""Numbers in sentences: exact for the input of a run, rounded for its results."""

from __future__ import annotations

import datetime as dt

import pytest

from nhstransit.phrases import (
    amount,
    between,
    date,
    listed,
    number_of,
    parts_of,
    people,
    per,
    percent,
    percentage,
    period_of,
    persons,
    pounds,
    quantity,
    signed,
    span,
    span_of_pounds,
    sum_of_money,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (316_512_345.67, "£316.5m"),
        (2_046_132_460.71, "£2.05bn"),
        (999_960_000.0, "£1.00bn"),
        (999_960.0, "£1.0m"),
        (96_991.97, "£97,000"),
        (270_069.0, "£270,000"),
        (9_817.0, "£9,820"),
        (999.6, "£1,000"),
        (431.5, "£432"),
        (0.0, "£0"),
        (-0.2, "£0"),
        (-20_700_000.0, "−£20.7m"),
    ],
)
def test_pounds_are_rounded_by_their_size(number: float, text: str) -> None:
    """Billions have two decimals, millions one, and smaller amounts three significant figures. Zero has no minus."""
    assert pounds(number) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0.0, "0%"), (0.002, "under 1%"), (0.414, "41%"), (0.997, "over 99%"), (1.0, "100%")]
)
def test_small_and_large_shares_are_not_shown_as_none_or_all(number: float, text: str) -> None:
    """0% means none, and 100% means all."""
    assert percent(number) == text


def test_people_dates_and_lists() -> None:
    """From 10,000 on, people are rounded to hundreds. One is "1 person"."""
    assert (people(60_389), people(9_999), persons(1), persons(300)) == ("60,400", "9,999", "1 person", "300 people")
    assert date(dt.date(2010, 4, 1)) == "1 April 2010"
    assert (listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])) == (
        "",
        "a",
        "a and b",
        "a, b and c",
    )


@pytest.mark.parametrize(
    ("number", "unit", "text", "per_unit"),
    [
        (435.0, "£ million", "£435.0m", ""),
        (20.1, "£ million a year", "£20.1m", "a year"),
        (18_196.0, "£ a person", "£18,200", "a person"),
        (1.41, "£ a year a resident", "£1.41", "a year a resident"),
        (0.21, "share of people", "21%", ""),
        (46_000.0, "people", "46,000", ""),
        (9_741.2, "WTE", "9,741", "WTE"),
        (0.53, "years", "0.53", "years"),
    ],
)
def test_published_figures_are_shown_in_their_unit(number: float, unit: str, text: str, per_unit: str) -> None:
    """`amount` returns the number, and `per` the unit beside it."""
    assert (amount(number, unit), per(unit)) == (text, per_unit)


@pytest.mark.parametrize(
    ("count", "thing", "text"),
    [
        (1, "person", "1 person"),
        (60_389, "person", "60,389 people"),
        (0, "post", "0 posts"),
        (2, "body", "2 bodies"),
        (1.0, "month", "1 month"),
        (0.5, "month", "0.5 months"),
    ],
)
def test_a_number_of_things_has_singular_or_plural(count: float, thing: str, text: str) -> None:
    """Exactly one is singular. The number is not rounded."""
    assert number_of(count, thing) == text


@pytest.mark.parametrize(
    ("months", "text"),
    [
        (6, "6 months"),
        (12.0, "12 months"),
        (1, "1 month"),
        (28 * 12 / 365.25, "4 weeks"),
        (7 * 12 / 365.25, "1 week"),
        (2.5, "2.5 months"),
        (4.3333333, "4.3 months"),
        (1 / 3, "0.33 months"),
        (0.0, "0 months"),
    ],
)
def test_a_period_is_in_months_or_in_whole_weeks(months: float, text: str) -> None:
    """A whole number of months is in months, a whole number of weeks in weeks, and anything else in rounded months."""
    assert period_of(months) == text


def test_exact_percentages_sums_and_spans() -> None:
    """Percentages have at most one decimal. Sums are in millions or whole pounds."""
    assert (percentage(0.15), percentage(0.262), percentage(1.0)) == ("15%", "26.2%", "100%")
    assert (sum_of_money(2_600_000_00), sum_of_money(9_999_99)) == ("£2.6m", "£10,000")
    assert span([2.0, 2.0]) == "2"
    assert span([1.0, 2.0, 5.0]) == "lowest 1, median 2, highest 5"
    assert span_of_pounds([100, 20_000]) == "lowest £1, median £100, highest £200"


def test_a_date_is_in_english_on_every_machine() -> None:
    """Names of months do not depend on the language of the machine."""
    assert [date(dt.date(2010, month, 1)) for month in (1, 12)] == ["1 January 2010", "1 December 2010"]


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ((335, 335, 330), ["34%", "33%", "33%"]),
        ((155, 345, 500), ["16%", "34%", "50%"]),
        ((1, 0, 999), ["under 1%", "0%", "100%"]),
        ((0, 0), ["0%", "0%"]),
        ((7,), ["100%"]),
    ],
)
def test_percentages_of_a_whole_add_up_to_100(counts: tuple[int, ...], shares: list[str]) -> None:
    """Each is rounded up or down to a whole percentage. A small share is shown as "under 1%"."""
    assert [share for _, share in parts_of(counts)] == shares


def test_all_parts_of_a_large_number_of_people_are_rounded_to_hundreds() -> None:
    """This applies if the whole is at least 10,000, so that the parts add up to the rounded whole."""
    heads = [text for text, _ in parts_of((18_020, 17_030, 8_377, 7_070))]
    assert heads == ["18,000", "17,000", "8,400", "7,100"]
    assert [text for text, _ in parts_of((20, 30, 9))] == ["20", "30", "9"]
    assert parts_of((3, 20_000))[0] == ("3", "under 1%")


def test_a_negative_share_has_a_minus_unless_it_rounds_to_zero() -> None:
    assert [percent(share) for share in (-0.112, -0.003, 0.0, -1.0)] == ["−11%", "0%", "0%", "−100%"]


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (1_900_000.0, "£ a year", "£1.9m a year"),
        (0.7, "people", "0.7 people"),
        (1.0, "people", "1 person"),
        (2.04, "posts", "2 posts"),
        (52.4, "% of knowledge", "52%"),
        (-3.3, "people", "3.3 people"),
        (0.24, "% of knowledge", "0.2%"),
        (12_345.0, "people", "12,300 people"),
        (0.0, "people", "0 people"),
    ],
)
def test_a_quantity_has_its_unit_and_no_sign(number: float, unit: str, text: str) -> None:
    """Below ten, a number that is not whole has one decimal."""
    assert quantity(number, unit) == text


def test_an_interval_has_signs_and_one_unit() -> None:
    """Differences of percentages are in percentage points."""
    assert between(-1.0, 3.3, "people") == "−1 to +3.3 people"
    assert between(-12_000.0, 354_000.0, "£ a year") == "−£12,000 to +£354,000 a year"
    assert between(-2.1, -1.3, "% of knowledge") == "−2.1 to −1.3 percentage points"
    assert between(10.0, 20.0, "£") == "+£10 to +£20"
    assert signed(0.0, "% of knowledge") == "0 percentage points"
