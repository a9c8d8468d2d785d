"""Names for the array types that cross a door, and what every room does with arrays."""

from __future__ import annotations

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
    """A read-only view of `array`, any shape and type: no copy, and writing to it raises ValueError."""
    view = array.view()
    view.flags.writeable = False
    return view


def distinct(numbers: Array) -> Array:
    """The different numbers among these (n,), in order: `np.unique` hashes, which takes longer where few are the same."""
    ordered: Array = np.sort(numbers)  # type: ignore[assignment]
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return ordered[new]  # type: ignore[return-value]
