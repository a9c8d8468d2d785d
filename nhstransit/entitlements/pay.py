"""Pay by the tables in force: one grid of pence by band and point a day, and what follows from it."""

from __future__ import annotations

from functools import lru_cache

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Floats, Ints, Longs
from nhstransit.dates import date_of
from nhstransit.entitlements.terms import pence
from nhstransit.errors import ParameterError
from nhstransit.kernels.columns import checked
from nhstransit.kernels.pay import annual_pence
from nhstransit.parameters import Parameters
from nhstransit.workforce.codes import BANDS, VSM, ZONES


@attrs.frozen(eq=False)
class Scale:
    """Whole-time pence a year by band and point on one day.

    Attributes:
        pence: (bands, points); cells after a band's last point repeat it.
        last: (bands,) position of the last point; −1 for a band with none.
        steps: (bands,) points gained a year; 0 for spot rates.
    """

    pence: Longs
    last: Ints
    steps: Ints


@lru_cache(maxsize=64)
def _scale(rows: tuple[tuple[float, ...], ...], increment: int) -> Scale:
    last = np.array([len(row) - 1 for row in rows], "int32")
    grid = np.zeros((len(rows), int(last.max()) + 1), "int64")
    for number, row in enumerate(rows):
        if row:
            amounts = [pence(pounds) for pounds in row]
            grid[number] = amounts + [amounts[-1]] * (grid.shape[1] - len(amounts))
    steps = np.full(len(rows), increment, "int32")
    steps[VSM] = 0
    return Scale(grid, last, steps)


def scale_on(parameters: Parameters, on: int) -> Scale:
    """The pay scale in force on an epoch day. Raises ParameterError where the facts hold no table for that day.

    Where a step lasts several years (from 2018 on), each of those years is a point, so that one increment a year is
    always one point; the facts' entry, intermediate and top rates then come after the years in the band they name.
    """
    points = parameters.grid("afc_points").on(on).value
    rows = []
    for band in BANDS:
        if band == "VSM":
            rows.append(_vsm(parameters, on))
        else:
            rows.append(_by_year(parameters, band, points.get(band, ()), on))
    return _scale(tuple(rows), round(parameters.number("afc_increment").on(on).value))


def _vsm(parameters: Parameters, on: int) -> tuple[float, ...]:
    """Spot rates of very senior managers; none where the facts hold none for that day."""
    try:
        return parameters.grid("vsm_points").on(on).row("VSM")
    except ParameterError:
        return ()


def _by_year(parameters: Parameters, band: str, points: tuple[float, ...], on: int) -> tuple[float, ...]:
    """A band's points with one for each year in it, where the table in force gives years to a point."""
    try:
        years = parameters.grid("afc_years_to_point").on(on).value.get(band, ())
    except ParameterError:
        return points
    if not points:
        return points
    place = np.searchsorted(years, np.arange(years[-1] + 1), side="right") - 1
    return tuple(points[each] for each in place)


def refuse_empty(scale: Scale, band: Longs, on: int) -> None:
    """Raises ParameterError where someone's band has no pay points on an epoch day."""
    empty = np.flatnonzero(scale.last < 0)
    present = np.intersect1d(empty, band) if empty.size else empty
    if present.size:
        name = BANDS[int(present[0])]
        having = ", ".join(BANDS[each] for each in np.flatnonzero(scale.last >= 0))
        raise ParameterError(
            "pay points", f"hold none for band {name} on {date_of(on)}", f"they hold {having}; give others `pay_pounds`"
        )


def annual(parameters: Parameters, band: ArrayLike, point: ArrayLike, on: int, usual: ArrayLike | None) -> Longs:
    """Whole-time basic pay in pence a year by the tables of an epoch day, shape (n,).

    In a band without a table, `usual` pay of the band stands in, (bands,) pence, where it is above zero. Raises
    ParameterError for anybody else in such a band.
    """
    scale = scale_on(parameters, on)
    bands: AnyArray = np.asarray(band)
    known = np.zeros(len(BANDS), "int64") if usual is None else np.asarray(usual, "int64")
    checked("band", bands, 0, len(BANDS) - 1, "give positions in BANDS")
    stands_in = (scale.last < 0) & (known > 0)
    if not (stands_in.any() and stands_in[bands].any()):
        refuse_empty(scale, bands, on)
        return annual_pence(scale.pence, scale.last, bands, point)
    bands, points = np.broadcast_arrays(bands, np.asarray(point))
    pence_a_year = known[bands]
    listed = ~stands_in[bands]
    refuse_empty(scale, bands[listed], on)
    pence_a_year[listed] = annual_pence(scale.pence, scale.last, bands[listed], points[listed])
    return pence_a_year


def zone_limits(parameters: Parameters, on: int) -> tuple[Floats, Longs, Longs]:
    """Share, least and most pence a year by position in `ZONES`, each of shape (4,); nought for the first."""
    grid = parameters.grid("high_cost_area").on(on)
    rows = [(0.0, 0.0, 0.0), *(grid.row(zone) for zone in ZONES[1:])]
    share, least, most = (np.array(column) for column in zip(*rows, strict=True))
    return share, np.rint(least * 100).astype("int64"), np.rint(most * 100).astype("int64")
