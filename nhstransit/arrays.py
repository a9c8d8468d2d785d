"""Type names for the arrays of public functions, and array helpers that every package uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Singles: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]
Bytes: TypeAlias = NDArray[np.int8]
Shorts: TypeAlias = NDArray[np.int16]
Ints: TypeAlias = NDArray[np.int32]
Longs: TypeAlias = NDArray[np.int64]
Keys: TypeAlias = NDArray[np.uint64]
Rows: TypeAlias = NDArray[np.intp]
AnyArray: TypeAlias = NDArray[Any]

Array = TypeVar("Array", bound=AnyArray)


def guarded(array: Array) -> Array:
    """A read-only view of `array`, any shape and type. It makes no copy, and writing to it raises ValueError."""
    view = array.view()
    view.flags.writeable = False
    return view


def among(codes: AnyArray, few: Sequence[int]) -> Bools:
    """Whether each code, any shape, is one of a few. `np.isin` sorts or tabulates, which is many times slower."""
    found = np.zeros(np.shape(codes), bool)
    for code in few:
        found |= codes == code
    return found


def distinct(numbers: Array) -> Array:
    """The distinct numbers among these (n,), in order. `np.unique` hashes, which is slower if few are equal."""
    ordered: Array = np.sort(numbers)  # type: ignore[assignment]
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return ordered[new]  # type: ignore[return-value]


def picked(column: Array, rows: AnyArray | slice) -> Array:
    """The entries of a column at these positions, or a view of a slice. `take` is a third faster than brackets."""
    return column[rows] if isinstance(rows, slice) else column.take(rows)  # type: ignore[return-value]


def plain(item: Any) -> Any:
    """NumPy's numbers, booleans, texts and days, and pandas' days, as Python's own types, also inside lists and arrays.

    A date with a time of day is returned unchanged, so that the caller can refuse it.

    >>> plain(np.int64(12)), plain(np.array([0.1, 0.2])), plain(np.datetime64("2010-10-29"))
    (12, [0.1, 0.2], datetime.date(2010, 10, 29))
    """
    if isinstance(item, np.ndarray):
        # A list of NumPy's days would have numbers in some units, so days are converted one by one.
        parts = item if item.dtype.kind == "M" else item.tolist()
        return [plain(part) for part in parts]
    if isinstance(item, np.datetime64):
        day = item.astype("datetime64[D]")
        return day.item() if day == item else item
    if isinstance(item, np.generic):
        return item.item()
    if hasattr(item, "to_pydatetime") and item == item:  # a pandas timestamp that is not NaT
        moment = item.to_pydatetime()
        midnight = moment.time().isoformat() == "00:00:00"
        return moment.date() if midnight and moment.tzinfo is None else moment
    if type(item) in (list, tuple):
        return type(item)(plain(part) for part in item)
    return item
