"""Exact pence: rounding, fractions as whole parts, columns in blocks, and refused values with their messages."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from nhstransit import pence
from nhstransit.errors import InputError

NAN = float("nan")


@pytest.mark.parametrize(
    ("numerator", "denominator", "whole"),
    [
        (0, 2, 0),
        (1, 2, 1),
        (3, 2, 2),
        (2, 4, 1),
        (1, 4, 0),
        (5, 4, 1),
        (6, 4, 2),
        (7, 1, 7),
        (10**15, 3, 333333333333333),
    ],
)
def test_a_half_is_rounded_up(numerator: int, denominator: int, whole: int) -> None:
    """Unlike Python's `round`, this also holds after an even number."""
    assert pence.half_up(numerator, denominator) == whole
    assert pence.signed_half_up(numerator, denominator) == whole
    assert pence.signed_half_up(-numerator, denominator) == -whole
    wanted = Decimal(numerator) / Decimal(denominator)
    assert int(wanted.quantize(Decimal(1), ROUND_HALF_UP)) == whole


def test_columns_are_rounded_row_by_row() -> None:
    """Each row is rounded according to its own sign, in integers of 64 bits."""
    found = pence.signed_half_up(np.array([-3, -2, -1, 0, 1, 2, 3]), 2)
    assert found.tolist() == [-2, -1, -1, 0, 1, 1, 2] and found.dtype == np.int64
    assert pence.half_up(np.array([1, 2, 3]), 2).tolist() == [1, 1, 2]


@pytest.mark.parametrize(
    ("amount", "numerator", "denominator"), [(7, 3, 4), (5, 1, 2), (10**15, 10**6, 10**6), (10**13 + 7, 10**7, 10**6)]
)
def test_a_share_of_an_amount_is_exact_if_their_product_exceeds_64_bits(
    amount: int, numerator: int, denominator: int
) -> None:
    """The result is that of exact fractions."""
    exact = (Fraction(amount * numerator, denominator) + Fraction(1, 2)).__floor__()
    assert pence.of_each(np.array([amount, 0]), numerator, denominator).tolist() == [exact, 0]


def test_fractions_are_converted_to_whole_parts() -> None:
    """0.6 WTE is 6,000 ten-thousandths, 4.35 weeks are 435 hundredths, and 12.8% is 128,000 millionths."""
    assert pence.parts(np.array([0.6, 1.0, 0.00014, 0.00016]), 10_000).tolist() == [6000, 10_000, 1, 2]
    assert pence.parts(np.array([4.35, 24]), 100).tolist() == [435, 2400]
    assert pence.parts(np.array([1]), 100).dtype == np.int64
    assert [pence.rate_parts(rate) for rate in (0.128, 0.0371234567, 0)] == [128_000, 37_123, 0]


def test_the_largest_products_fit_into_64_bits() -> None:
    """Twice the highest pay × the finest rate is below the largest integer."""
    assert 2 * pence.MOST_PENCE * pence.RATE_PARTS < 2**63
    assert pence.half_up(np.int64(pence.MOST_PENCE * pence.RATE_PARTS), pence.RATE_PARTS) == pence.MOST_PENCE


@pytest.mark.parametrize("people", [1, 5, pence.BLOCK - 1, pence.BLOCK, pence.BLOCK + 1, 2 * pence.BLOCK + 3])
def test_calculation_in_blocks_gives_every_row_once(people: int) -> None:
    """A single value, alone or in a column of length one, applies to all rows."""
    seen: list[int] = []

    def rule(first: Any, second: Any, third: Any) -> Any:
        seen.append(len(first))
        return 100 * first + 10 * second + third

    column = np.arange(people)
    found = pence.in_blocks(rule, "int64", column, [7], 3)
    assert found.tolist() == (100 * column + 73).tolist()
    assert sum(seen) == people and max(seen) <= pence.BLOCK
    assert found.dtype == np.int64
    assert pence.in_blocks(rule, "float32", column, [7], 3).dtype == np.float32


def test_columns_can_have_any_shape() -> None:
    """This covers a single value, no rows, and a table."""

    def rule(first: Any, second: Any) -> Any:
        return first * second

    assert pence.in_blocks(rule, "int64", 6, 7).shape == ()
    assert pence.in_blocks(rule, "int64", 6, 7) == 42
    assert pence.in_blocks(rule, "int64", [], 7).tolist() == []
    assert pence.in_blocks(rule, "int64", [[1, 2], [3, 4]], [10, 100]).tolist() == [[10, 200], [30, 400]]
    assert pence.in_blocks(rule, "int64", [5], [1, 2, 3]).tolist() == [5, 10, 15]


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "int32", "uint32"])
def test_small_integers_cannot_overflow(kind: str) -> None:
    """Small integers are converted to 64 bits first."""
    small = np.array([100, 99], kind)
    assert pence.in_blocks(lambda each: each * each, "int64", small).tolist() == [10_000, 9_801]
    assert pence.in_blocks(lambda each: each * each, "int64", small[0]) == 10_000


def test_integers_are_not_converted_to_floats() -> None:
    """A float could not store 64 bits exactly."""
    wide = np.array([2**62 + 1, 1 - 2**62])
    assert pence.in_blocks(lambda each: each, "int64", wide).tolist() == wide.tolist()


def test_floats_and_booleans_are_not_converted() -> None:
    assert pence.in_blocks(lambda each: each * 2, "float64", [0.5, 1.25]).tolist() == [1.0, 2.5]
    assert pence.in_blocks(lambda each: ~each, "bool", np.array([True, False])).tolist() == [False, True]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: pence.in_blocks(min, "int64", [1, 2], [1, 2, 3]),
            "columns: have the shapes (2,), (3,); give columns of the same length, or single numbers",
        ),
        (lambda: pence.checked("age", ["a"], 0, 1, "give ages"), "age: has the type <U1; give numbers"),
        (lambda: pence.checked("age", [True], 0, 1, "give ages"), "age: has the type bool; give numbers"),
        (lambda: pence.checked("age", [3, 9, 1, 0], 2, 5, "give ages"), "age[1]: is 9; give ages"),
        (lambda: pence.checked("age", [3, 5, 1, 9], 2, 5, "give ages"), "age[2]: is 1; give ages"),
        (lambda: pence.checked("age", [3.0, NAN, 9.0], 2, 5, "give ages"), "age[1]: is nan; give ages"),
        (lambda: pence.checked("age", 7, 2, 5, "give ages"), "age: is 7; give ages"),
        (lambda: pence.checked("age", [[3, 3], [3, 8]], 2, 5, "give ages"), "age[3]: is 8; give ages"),
        (lambda: pence.pence_column("pay", [1.0]), "pay: contains floats; give whole pence as integers"),
        (
            lambda: pence.pence_column("pay", [-1]),
            "pay[0]: is -1; give pence of 0 or more, below a thousand million pounds",
        ),
        (
            lambda: pence.pence_column("pay", [0, 10**11 + 1]),
            "pay[1]: is 100000000001; give pence of 0 or more, below a thousand million pounds",
        ),
        (lambda: pence.wte_column([1.0, 0.0]), "wte[1]: is 0.0; give a share of whole time above 0 and at most 1"),
        (lambda: pence.wte_column([1.01]), "wte[0]: is 1.01; give a share of whole time above 0 and at most 1"),
        (lambda: pence.wte_column([0.00004]), "wte[0]: is 4e-05; give a share of whole time above 0 and at most 1"),
        (
            lambda: pence.service_column("service", -1),
            "service: is -1; give a number of 0 or more in every row",
        ),
        (
            lambda: pence.service_column("service", [12_000, 12_001]),
            "service[1]: is 12001; give a number of 0 or more in every row",
        ),
    ],
)
def test_a_wrong_value_is_refused(call: Callable[[], object], sentence: str) -> None:
    """The message says where the value is, what is wrong and what would be right."""
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == sentence


def test_the_bounds_themselves_are_accepted() -> None:
    """A column without rows is accepted too. Pence are returned as integers of 64 bits."""
    assert pence.checked("age", [2, 5, 3], 2, 5, "give ages").tolist() == [2, 5, 3]
    assert pence.checked("age", [], 2, 5, "give ages").size == 0
    assert pence.checked("age", np.array([3], "uint8"), 2, 5, "give ages").dtype == np.uint8
    found = pence.pence_column("pay", np.array([0, 7], "uint8"))
    assert found.tolist() == [0, 7] and found.dtype == np.int64
    assert pence.pence_column("pay", [10**11]).tolist() == [10**11]
    assert pence.pence_column("pay", []).tolist() == [] and pence.pence_column("pay", []).dtype == np.int64
    assert pence.wte_column([0.00005, 1.0]).tolist() == [0.00005, 1.0]
    assert pence.service_column("service", [0, 12_000]).tolist() == [0, 12_000]
