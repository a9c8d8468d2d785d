"""What every kernel shares: blocks that stay in the processor's cache, checks, and exact pennies.

Money is whole pence in 64-bit integers. A sum is worked out in integers from start to end and rounded once, to the
nearest penny with halves going up (away from nought where the sum is negative), so that no result hangs on the last
bit of a float. Whole-time equivalents are read to four decimal places, months of pay to two, rates to six: finer
digits are lost.
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
MOST_PENCE = 10**11  # a thousand million pounds a year: with the parts above, sums stay inside 64 bits
WEEK_DAYS, YEAR_DAYS = 7, 365  # a week's pay is 7/365 of a year's (a year of 52.143 weeks)


def in_blocks(rule: Callable[..., Any], kind: str, *columns: ArrayLike) -> AnyArray:
    """`rule` of the columns, broadcast together, as an array of dtype `kind`; a long column goes block by block.

    The rule sees whole numbers as 64-bit, however small the column's own, so that no product of them can wrap round.
    """
    arrays = [np.asarray(column) for column in columns]
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = ", ".join(str(array.shape) for array in arrays)
        raise InputError("columns", f"have the shapes {shapes}", "give columns of one length, or scalars") from None
    out = np.empty(shape, kind)
    if len(shape) != 1:
        out[...] = rule(*map(_wide, arrays))
        return out
    for start in range(0, shape[0], BLOCK):
        rows = slice(start, start + BLOCK)
        out[rows] = rule(*(_wide(array[rows] if array.ndim and array.shape[0] > 1 else array) for array in arrays))
    return out


def _wide(array: AnyArray) -> AnyArray:
    return array.astype("int64", copy=False) if array.dtype.kind in "iu" else array


def checked(name: str, column: ArrayLike, least: float, most: float, right: str) -> AnyArray:
    """The column as an array, all of it real numbers from `least` to `most`; a NaN lies outside.

    Raises InputError with the name, the first row at fault and what would be right.
    """
    array = np.asarray(column)
    if array.dtype.kind not in "iuf":
        raise InputError(name, f"holds {array.dtype}", "give numbers")
    if array.size and not (array.min() >= least and array.max() <= most):
        row = int(np.flatnonzero(~((array >= least) & (array <= most)))[0])
        place = f"{name}[{row}]" if array.ndim else name
        raise InputError(place, f"is {array.ravel()[row]}", right)
    return array


def pence_column(name: str, column: ArrayLike) -> Longs:
    """A column of pence, as int64: whole, 0 or more, at most a thousand million pounds. Raises InputError."""
    array = checked(name, column, 0, MOST_PENCE, "give pence of 0 or more, below a thousand million pounds")
    if array.dtype.kind == "f" and array.size:
        raise InputError(name, "holds floats", "give whole pence as integers")
    return array.astype("int64", copy=False)


def wte_column(column: ArrayLike) -> AnyArray:
    """A column of whole-time equivalents: above 0, at most 1. Raises InputError."""
    return checked("wte", column, 0.5 / WTE_PARTS, 1.0, "give a share of whole time above 0 and at most 1")


def service_column(name: str, column: ArrayLike) -> AnyArray:
    """A column of service or age in years or months: 0 or more. Raises InputError for a negative or a NaN."""
    return checked(name, column, 0, 12_000, "give service of 0 or more, complete in every row")


def parts(column: AnyArray, each: int) -> Longs:
    """Fractions as whole numbers of 1/`each`, to the nearest."""
    return np.asarray(np.rint(column * float(each))).astype("int64")


def rate_parts(rate: float) -> int:
    """A rate as whole millionths."""
    return round(rate * RATE_PARTS)


def half_up(numerator: Any, denominator: int) -> Longs:
    """`numerator / denominator`, both of 0 or more, to the nearest whole number; a half goes up. Exact in integers."""
    return np.asarray((2 * numerator + denominator) // (2 * denominator))


def signed_half_up(numerator: Any, denominator: int) -> Longs:
    """As `half_up`, for numerators of either sign; a half goes away from nought."""
    return np.asarray(np.sign(numerator) * half_up(np.abs(numerator), denominator))
