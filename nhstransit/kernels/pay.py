"""Basic pay: points on a band, increments, part-time, high-cost areas, protection on a lower band, premium."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Bytes, Ints, Longs
from nhstransit.errors import InputError
from nhstransit.kernels.columns import (
    BLOCK,
    MONTH_PARTS,
    RATE_PARTS,
    WTE_PARTS,
    checked,
    half_up,
    in_blocks,
    parts,
    pence_column,
    rate_parts,
    service_column,
    wte_column,
)

_POINTS = 128  # points are read from 0 to 127


def annual_pence(scale: Longs, last_point: Ints, band: ArrayLike, point: ArrayLike) -> Longs:
    """Whole-time pence a year of each person, shape (n,).

    Args:
        scale: (bands, points) pence; cells after a band's last point are not read.
        last_point: (bands,) position of each band's last point; −1 where the band has none.
        band: (n,) positions of bands.
        point: (n,) points from 0; one past the last is read as the last.

    Raises InputError for a band or point below 0 or unknown; a band with no points.
    """
    _checked_places(len(last_point), band, point)
    if (last_point < 0).any() and np.size(band) and (last_point[np.asarray(band)] < 0).any():
        row = int(np.flatnonzero(last_point[np.asarray(band)] < 0)[0])
        raise InputError(f"band[{row}]", "has no pay points on that day", "give a band that has")
    points = np.minimum(np.arange(_POINTS), np.maximum(last_point, 0)[:, None])
    return np.asarray(_looked_up(np.take_along_axis(scale, points, axis=1), band, point))


def next_point(last_point: Ints, steps: Ints, band: ArrayLike, point: ArrayLike) -> Bytes:
    """The point after one year's increment, shape (n,): `steps` of the band further (0 for spot rates), to its last.

    Raises InputError for a band or point below 0 or unknown.
    """
    _checked_places(len(last_point), band, point)
    further = np.arange(_POINTS) + steps[:, None]
    table = np.minimum(further, np.maximum(last_point, 0)[:, None]).astype("int8")
    return np.asarray(_looked_up(table, band, point))


def _checked_places(bands: int, band: ArrayLike, point: ArrayLike) -> None:
    checked("band", band, 0, bands - 1, f"give a band from 0 to {bands - 1}")
    checked("point", point, 0, _POINTS - 1, "give a point of 0 or more")


def _looked_up(table: AnyArray, band: ArrayLike, point: ArrayLike) -> AnyArray:
    """The cell of `table`, (bands, 128), for each band and point: small enough to stay in the processor's cache."""
    cells = np.ascontiguousarray(table).ravel()
    bands, points = np.broadcast_arrays(np.asarray(band), np.asarray(point))
    out = np.empty(bands.shape, cells.dtype)
    flat = out.reshape(-1)  # a view: writing it fills `out`
    rows = np.empty(min(BLOCK, out.size), "intp")
    for start in range(0, out.size, BLOCK):
        block = flat[start : start + BLOCK]
        places = rows[: len(block)]
        places[:] = bands.reshape(-1)[start : start + BLOCK]
        places *= _POINTS
        places += points.reshape(-1)[start : start + BLOCK].astype("intp", copy=False)
        cells.take(places, out=block, mode="clip")
    return out


def actual_pence(annual: ArrayLike, wte: ArrayLike) -> Longs:
    """Pay for the time worked: whole-time pence a year × `wte`, rounded half up, shape (n,). Raises InputError."""
    pence_column("annual_pence", annual)
    wte_column(wte)
    return in_blocks(lambda pay, time: half_up(pay * parts(time, WTE_PARTS), WTE_PARTS), "int64", annual, wte)


def supplement_pence(annual: ArrayLike, rate: ArrayLike, least_pence: ArrayLike, most_pence: ArrayLike) -> Longs:
    """High-cost-area supplement: `rate` of whole-time basic pay between its limits, pence a year, shape (n,).

    Rate and limits are one a person or scalars; nought throughout outside the zones. Raises InputError.
    """
    pence_column("annual_pence", annual)
    checked("rate", rate, 0, 1, "give a share from 0 to 1")
    pence_column("least_pence", least_pence)
    pence_column("most_pence", most_pence)

    def rule(pay: Any, share: Any, least: Any, most: Any) -> Any:
        return np.clip(half_up(pay * parts(share, RATE_PARTS), RATE_PARTS), least, most)

    return in_blocks(rule, "int64", annual, rate, least_pence, most_pence)


def protected_pence(new_pence: ArrayLike, old_pence: ArrayLike, months_since: ArrayLike, *, months: float) -> Longs:
    """Pay on a lower band under protection, pence a year, shape (n,).

    The greater of the new pay and the old, which marks time, until `months` complete months have passed; then the new.
    Raises InputError for negative or missing pay or months.
    """
    pence_column("new_pence", new_pence)
    pence_column("old_pence", old_pence)
    service_column("months_since", months_since)

    def rule(new: Any, old: Any, since: Any) -> Any:
        return np.where(since < months, np.maximum(new, old), new)

    return in_blocks(rule, "int64", new_pence, old_pence, months_since)


def premium_pence(annual: ArrayLike, wte: ArrayLike, months: ArrayLike, *, share: float) -> Longs:
    """A premium of `share` of actual basic pay for `months`, in pence, shape (n,). Raises InputError."""
    pence_column("annual_pence", annual)
    wte_column(wte)
    checked("months", months, 0, 240, "give months from 0 to 240")
    rate = rate_parts(float(checked("share", share, 0, 1, "give a share from 0 to 1")))

    def rule(pay: Any, time: Any, month: Any) -> Any:
        yearly = half_up(pay * parts(time, WTE_PARTS) * (rate // 100), WTE_PARTS * RATE_PARTS // 100)
        return half_up(yearly * parts(month, MONTH_PARTS), 12 * MONTH_PARTS)

    return in_blocks(rule, "int64", annual, wte, months)
