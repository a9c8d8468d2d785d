"""Columns with room to grow: newcomers come every month, and only every few years is a column copied for them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nhstransit.arrays import AnyArray

_SPARE = 8  # one place in so many is kept free when a column is moved


class Room:
    """Stores of columns, of which the first part is in use; the last axis is the one that grows."""

    def __init__(self, columns: Mapping[str, AnyArray]) -> None:
        self._stores = dict(columns)

    def behind(self, name: str, size: int, fresh: AnyArray) -> AnyArray:
        """A column with `fresh` behind its first `size`: a view that may share memory with those given before."""
        store, end = self._stores[name], size + fresh.shape[-1]
        if store.shape[-1] < end:
            larger = np.empty((*store.shape[:-1], end + end // _SPARE), store.dtype)
            larger[..., :size] = store[..., :size]
            self._stores[name] = store = larger
        store[..., size:end] = fresh
        return store[..., :end]
