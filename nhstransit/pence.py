"""Helpers of every legal formula: computing in blocks, checks of columns, and exact rounding to pennies.

Money is whole pence in 64-bit integers. A sum is computed in integers from start to end and rounded once, to the
nearest penny. Halves are rounded up, or away from zero if the sum is negative. So no result depends on the last bit of
a float. Whole-time equivalents are first rounded to four decimal places, months of pay to two, and rates to six.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Longs
from nhstransit.errors import InputError

BLOCK = 16_384  # rows worked on at a time
WTE_PARTS = 10_000
MONTH_PARTS = 100
RATE_PARTS = 1_000_000
MOST_PENCE = 10**11  # a thousand million pounds per year; with the parts above, sums fit in 64 bits
WEEK_DAYS = 7  # a week's pay is 7/365 of a year's (a year of 52.143 weeks)
YEAR_DAYS = 365


def in_blocks(rule: Callable[..., Any], kind: str, *columns: ArrayLike) -> AnyArray:
    """The result of a formula for columns that are broadcast together, as an array of dtype `kind`. Long columns are
    computed in blocks.

    The formula gets integers as 64-bit numbers, even from a column of a smaller type, so that products cannot overflow.

    Args:
        rule: the formula, called with blocks of the columns.
        kind: dtype of the result.
        *columns: (n,) columns, or single values for all rows.
    """
    arrays = [np.asarray(column) for column in columns]
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise InputError(
            "columns", f"have the shapes {shapes}", "give columns of the same length, or single numbers"
        ) from None
    if len(shape) != 1 or shape[0] <= BLOCK:  # one block is the result itself; no second array is needed
        found = np.asarray(rule(*map(_wide, arrays)), kind)
        return found if found.shape == shape else np.broadcast_to(found, shape).copy()
    out = np.empty(shape, kind)
    for start in range(0, shape[0], BLOCK):
        rows = slice(start, start + BLOCK)
        # A single value, or a column of one row, is used in every block.
        pieces = (array[rows] if array.ndim and array.shape[0] > 1 else array for array in arrays)
        out[rows] = rule(*(_wide(piece) for piece in pieces))
    return out


def _wide(array: AnyArray) -> AnyArray:
    return array.astype("int64", copy=False) if array.dtype.kind in "iu" else array


def checked(name: str, column: ArrayLike, least: float, most: float, right: str) -> AnyArray:
    """The column as an array of real numbers from `least` to `most`. NaN is refused.

    Args:
        name: name of the column, for the message.
        column: (n,) the column.
        least: lowest allowed value.
        most: highest allowed value.
        right: what would be right, for the message.

    Raises:
        InputError: gives the name, the first wrong row and what would be right.
    """
    array = np.asarray(column)
    if array.dtype.kind not in "iuf":
        raise InputError(name, f"has the type {array.dtype}", "give numbers")
    # The first wrong row is looked for only after the quick test of all rows has failed.
    if array.size and not _within(array, least, most):
        row = int(np.flatnonzero(~((array >= least) & (array <= most)))[0])
        place = f"{name}[{row}]" if array.ndim else name
        raise InputError(place, f"is {array.ravel()[row]}", right)
    return array


def _within(array: AnyArray, least: float, most: float) -> bool:
    """Whether all numbers of an array are from `least` to `most`; NaN is not."""
    if least == 0 and array.dtype.kind == "i":  # one check instead of two: an unsigned negative is too large
        return bool(array.view(f"u{array.itemsize}").max() <= most)
    return bool(array.min() >= least and array.max() <= most)


def check_numbers(name: str, column: object) -> None:
    """Raise InputError unless the argument `name` is a number or an array of numbers; NaN counts as a number, text does
    not.
    """
    try:
        kind = np.asarray(column).dtype.kind
    except ValueError:
        raise InputError(name, "has rows of different lengths", "give an array of numbers") from None
    if kind not in "iufb":
        raise InputError(name, f"is of type {type(column).__name__}, which has no numbers", "give an array of numbers")


def pence_column(name: str, column: ArrayLike) -> Longs:
    """A column of pence as int64: integers of 0 or more, at most a thousand million pounds. Raises InputError."""
    array = checked(name, column, 0, MOST_PENCE, "give pence of 0 or more, below a thousand million pounds")
    if array.dtype.kind == "f" and array.size:
        raise InputError(name, "contains floats", "give whole pence as integers")
    return array.astype("int64", copy=False)


def wte_column(column: ArrayLike) -> AnyArray:
    """A column of whole-time equivalents: above 0, at most 1. Raises InputError."""
    return checked("wte", column, 0.5 / WTE_PARTS, 1.0, "give a share of whole time above 0 and at most 1")


def service_column(name: str, column: ArrayLike) -> AnyArray:
    """A column of service or age in years or months: 0 or more. Raises InputError for a negative or a NaN."""
    return checked(name, column, 0, 12_000, "give a number of 0 or more in every row")


def parts(column: AnyArray, each: int) -> Longs:
    """Fractions as integer numbers of 1/`each`, to the nearest."""
    return np.asarray(np.rint(column * float(each))).astype("int64")


def rate_parts(rate: float) -> int:
    """A rate in integer millionths."""
    return round(rate * RATE_PARTS)


def half_up(numerator: Any, denominator: int) -> Longs:
    """`numerator / denominator`, both 0 or more, to the nearest integer. Halves are rounded up. Exact in integers."""
    return np.asarray((2 * numerator + denominator) // (2 * denominator))


def of_each(amount: Any, numerator: Any, denominator: int) -> Longs:
    """`amount × numerator / denominator`, all 0 or more, rounded half up. Exact even if `amount × numerator` does not
    fit in 64 bits.

    `amount`, the result, and twice `numerator × denominator` must fit.

    Args:
        amount: (n,) whole numbers.
        numerator: (n,) whole numbers, or one.
        denominator: a whole number above 0.
    """
    # Whole multiples of the denominator need no division; only the rest is multiplied before it is divided.
    whole, rest = np.divmod(amount, denominator)
    return np.asarray(whole * numerator + half_up(rest * numerator, denominator))


def signed_half_up(numerator: Any, denominator: int) -> Longs:
    """As `half_up`, for numerators of either sign. Halves are rounded away from zero."""
    return np.asarray(np.sign(numerator) * half_up(np.abs(numerator), denominator))
