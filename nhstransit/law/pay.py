"""Basic pay: pay points of a band, increments, part-time pay, high-cost areas, pay protection, retention premiums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Bytes, Floats, Ints, Longs
from nhstransit.dates import date_of, epoch_day
from nhstransit.errors import InputError, ParameterError
from nhstransit.law.parameters import MOST_PAY, GridEntry, Parameters
from nhstransit.law.severance import pence
from nhstransit.pence import (
    BLOCK,
    MONTH_PARTS,
    RATE_PARTS,
    WTE_PARTS,
    checked,
    half_up,
    in_blocks,
    of_each,
    parts,
    pence_column,
    rate_parts,
    service_column,
    wte_column,
)
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, VSM, ZONES

_POINTS = 128  # points are from 0 to 127


def annual_pence(scale: Longs, last_point: Ints, band: ArrayLike, point: ArrayLike) -> Longs:
    """Whole-time pence per year of each person, shape (n,).

    Args:
        scale: (bands, points) pence; cells after a band's last point are not read.
        last_point: (bands,) position of each band's last point; −1 if the band has none.
        band: (n,) positions of bands.
        point: (n,) points from 0; a point above the last counts as the last.

    Raises:
        InputError: for an unknown band or point, or one below 0, and for a band with no points.
    """
    _checked_places(len(last_point), band, point)
    if (last_point < 0).any() and np.size(band) and (last_point[np.asarray(band)] < 0).any():
        row = int(np.flatnonzero(last_point[np.asarray(band)] < 0)[0])
        raise InputError(f"band[{row}]", "has no pay points on that day", "give a band that has pay points")
    # A table of all points from 0 to 127, in which every point above a band's last repeats the last.
    points = np.minimum(np.arange(_POINTS), np.maximum(last_point, 0)[:, None])
    return np.asarray(_looked_up(np.take_along_axis(scale, points, axis=1), band, point))


def next_point(last_point: Ints, steps: Ints, band: ArrayLike, point: ArrayLike) -> Bytes:
    """The point after one year's increment, shape (n,): higher by the band's `steps` (0 for spot rates), up to its
    last.

    Args:
        last_point: (bands,) position of each band's last point; −1 if the band has none.
        steps: (bands,) points gained per year.
        band: (n,) positions of bands.
        point: (n,) points from 0.

    Raises:
        InputError: for an unknown band or point, or one below 0.
    """
    _checked_places(len(last_point), band, point)
    # A table of the next point for each band and point, (bands, 128), from which people's points are looked up.
    further = np.arange(_POINTS) + steps[:, None]
    table = np.minimum(further, np.maximum(last_point, 0)[:, None]).astype("int8")
    return np.asarray(_looked_up(table, band, point))


def _checked_places(bands: int, band: ArrayLike, point: ArrayLike) -> None:
    checked("band", band, 0, bands - 1, f"give a band from 0 to {bands - 1}")
    checked("point", point, 0, _POINTS - 1, "give a point of 0 or more")


def _looked_up(table: AnyArray, band: ArrayLike, point: ArrayLike) -> AnyArray:
    """The cell of `table`, (bands, 128), for each band and point. The table is small enough to fit in cache."""
    cells = np.ascontiguousarray(table).ravel()
    bands, points = np.broadcast_arrays(np.asarray(band), np.asarray(point))
    out = np.empty(bands.shape, cells.dtype)
    flat = out.reshape(-1)  # a view: writing to it fills `out`
    rows = np.empty(min(BLOCK, out.size), "intp")
    # In blocks that fit in the processor's cache, with one array of positions that is used again, because a year's pay
    # is looked up for everyone.
    for start in range(0, out.size, BLOCK):
        block = flat[start : start + BLOCK]
        places = rows[: len(block)]
        places[:] = bands.reshape(-1)[start : start + BLOCK]
        places *= _POINTS
        places += points.reshape(-1)[start : start + BLOCK].astype("intp", copy=False)
        cells.take(places, out=block, mode="clip")
    return out


def actual_pence(annual: ArrayLike, wte: ArrayLike) -> Longs:
    """Pay for the time worked: whole-time pence per year × `wte`, rounded half up, shape (n,). Raises InputError."""
    pence_column("annual_pence", annual)
    wte_column(wte)
    return in_blocks(lambda pay, time: half_up(pay * parts(time, WTE_PARTS), WTE_PARTS), "int64", annual, wte)


def supplement_pence(annual: ArrayLike, rate: ArrayLike, least_pence: ArrayLike, most_pence: ArrayLike) -> Longs:
    """High-cost-area supplement: `rate` of whole-time basic pay between its limits, pence per year, shape (n,).

    Args:
        annual: (n,) whole-time basic pay in pence.
        rate: share of basic pay, one per person or for all; outside the zones it is zero, and so are the limits.
        least_pence: least supplement, one per person or for all.
        most_pence: most supplement, one per person or for all.

    Raises:
        InputError: for negative or missing pay, rate or limits.
    """
    pence_column("annual_pence", annual)
    checked("rate", rate, 0, 1, "give a share from 0 to 1")
    pence_column("least_pence", least_pence)
    pence_column("most_pence", most_pence)

    def _rule(pay: Any, share: Any, least: Any, most: Any) -> Any:
        return np.clip(half_up(pay * parts(share, RATE_PARTS), RATE_PARTS), least, most)

    return in_blocks(_rule, "int64", annual, rate, least_pence, most_pence)


def protected_pence(new_pence: ArrayLike, old_pence: ArrayLike, months_since: ArrayLike, *, months: float) -> Longs:
    """Pay on a lower band under protection, pence per year, shape (n,).

    Until `months` complete months have passed, it is the higher of the new pay and the frozen old pay; then it is the
    new pay.

    Args:
        new_pence: (n,) pay of the new post.
        old_pence: (n,) pay before the move.
        months_since: (n,) complete months since the move.
        months: months of protection.

    Raises:
        InputError: for negative or missing pay or months.
    """
    pence_column("new_pence", new_pence)
    pence_column("old_pence", old_pence)
    service_column("months_since", months_since)

    # Protection keeps pay from falling; it does not keep it from rising with the new post.
    def _rule(new: Any, old: Any, since: Any) -> Any:
        return np.where(since < months, np.maximum(new, old), new)

    return in_blocks(_rule, "int64", new_pence, old_pence, months_since)


def premium_pence(annual: ArrayLike, wte: ArrayLike, months: ArrayLike, *, share: float) -> Longs:
    """A premium of `share` of actual basic pay for `months`, in pence, shape (n,).

    Args:
        annual: (n,) whole-time basic pay in pence per year.
        wte: (n,) share of whole time.
        months: (n,) months of premium.
        share: premium as a share of basic pay.

    Raises:
        InputError: for pay, time or months that are negative, missing or out of bounds.
    """
    pence_column("annual_pence", annual)
    wte_column(wte)
    checked("months", months, 0, 240, "give months from 0 to 240")
    rate = rate_parts(float(checked("share", share, 0, 1, "give a share from 0 to 1")))

    def _rule(pay: Any, time: Any, month: Any) -> Any:
        # The rate counts in whole basis points (hundredths of a per cent); a smaller part of it is ignored.
        yearly = of_each(pay * parts(time, WTE_PARTS), rate // 100, WTE_PARTS * RATE_PARTS // 100)
        return half_up(yearly * parts(month, MONTH_PARTS), 12 * MONTH_PARTS)

    return in_blocks(_rule, "int64", annual, wte, months)


# Pay in the tables in force: for each day a grid of pence by band and point, and amounts that follow from it.


@attrs.frozen(eq=False)
class Scale:
    """Whole-time pence per year by band and point on one day.

    Attributes:
        pence: (bands, points); cells after a band's last point repeat it.
        last: (bands,) position of the last point; −1 for a band with none.
        steps: (bands,) points gained per year; 0 for spot rates.
    """

    pence: Longs
    last: Ints
    steps: Ints


@lru_cache(maxsize=64)
def _scale(rows: tuple[tuple[float, ...], ...], increment: int) -> Scale:
    last = np.array([len(row) - 1 for row in rows], "int32")
    # Rows of different lengths in one grid: the last point is repeated up to the longest band.
    grid = np.zeros((len(rows), int(last.max()) + 1), "int64")
    for number, row in enumerate(rows):
        if row:
            amounts = [pence(pounds) for pounds in row]
            grid[number] = amounts + [amounts[-1]] * (grid.shape[1] - len(amounts))
    steps = np.full(len(rows), increment, "int32")
    # Very senior managers have spot rates, which have no increments.
    steps[VSM] = 0
    return Scale(grid, last, steps)


def scale_on(parameters: Parameters, on: int) -> Scale:
    """The pay scale in force on an epoch day. Raises ParameterError if there is no table for that day.

    A table that is carried beyond its end is raised by `later_award` on each 1 April since.

    If a step lasts several years (from 2018 on), each of those years is a point, so that a yearly increment is always
    one point. The tables then state after how many years in the band the entry, intermediate and top rates apply.
    """
    if on not in parameters.scales:
        parameters.scales[on] = _made_scale(parameters, on)
    found: Scale = parameters.scales[on]
    return found


def _made_scale(parameters: Parameters, on: int) -> Scale:
    """The pay scale of an epoch day, from the tables."""
    entry = parameters.grid("afc_points").on(on)
    points = _carried(parameters, entry, on)
    years = _years_to_point(parameters, on)
    rows = []
    for band in BANDS:
        if band == "VSM":
            rows.append(_vsm(parameters, on))
        else:
            rows.append(_by_year(points.get(band, ()), years.get(band, ())))
    return _scale(tuple(rows), round(parameters.number("afc_increment").on(on).value))


def awarded_since(parameters: Parameters, until: dt.date | None, on: int) -> float:
    """The factor on an epoch day for a pay table that ended on `until`: each 1 April in between adds an award.

    It is 1 if the table is still in force.

    Args:
        parameters: the dated parameters.
        until: last day of the table; None for one without an end.
        on: epoch day.
    """
    growth = 1.0
    if until is None:
        return growth
    # The first award is on the first 1 April after the table's end.
    for year in range(until.year, date_of(on).year + 1):
        april = epoch_day(dt.date(year, 4, 1))
        if epoch_day(until) < april <= on:
            growth *= 1.0 + later_award(parameters, april)
    return growth


def later_award(parameters: Parameters, on: int) -> float:
    """The award that raises an ended pay table on an epoch day, as a fraction; before the first entry, that entry's."""
    series = parameters.number("later_award")
    # An earlier day is moved to the first entry, because a table may end before the first award is known.
    return series.on(max(on, series.entries[0].first)).value


def _raised(pounds: tuple[float, ...], growth: float) -> tuple[float, ...]:
    """Pay points in whole pounds after awards."""
    return pounds if growth == 1.0 else tuple(float(round(each * growth)) for each in pounds)


def _vsm(parameters: Parameters, on: int) -> tuple[float, ...]:
    """Spot rates of very senior managers; empty if there are none for that day."""
    try:
        entry = parameters.grid("vsm_points").on(on)
    except ParameterError:
        return ()
    return _carried(parameters, entry, on).get("VSM", ())


def _carried(parameters: Parameters, entry: GridEntry, on: int) -> Named[tuple[float, ...]]:
    """The rows of a pay table on an epoch day, in pounds, raised by the later awards if it is carried beyond its end.

    Raises ParameterError if the awards raise it above the largest allowed pay.
    """
    growth = awarded_since(parameters, entry.until, on)
    highest = growth * max((pounds for row in entry.value.values() for pounds in row), default=0.0)
    if highest > MOST_PAY:
        wrong = f"raise {entry.parameter} to £{highest:,.0f} on {date_of(on)}"
        raise ParameterError("later_award", f"would {wrong}", f"give awards that leave pay at £{MOST_PAY:,.0f} at most")
    return Named({name: _raised(row, growth) for name, row in entry.value.items()})


def _years_to_point(parameters: Parameters, on: int) -> Mapping[str, tuple[float, ...]]:
    """Years in each band before each of its points, by band; empty if no such table is in force on an epoch day."""
    name = "afc_years_to_point"
    held = parameters.grid(name).held(on) if name in parameters.grids else ()
    return held[0].value if held else {}


def _by_year(points: tuple[float, ...], years: tuple[float, ...]) -> tuple[float, ...]:
    """A band's points, with one for each year in the band, if the table in force gives each point a number of `years`."""
    if not points or not years:
        return points
    # For each full year in the band, the last point that has been reached by then.
    place = np.searchsorted(years, np.arange(years[-1] + 1), side="right") - 1
    return tuple(points[each] for each in place)


def refuse_empty(scale: Scale, band: Longs, on: int) -> None:
    """Raise ParameterError if a person's band has no pay points on an epoch day.

    Args:
        scale: the pay scale of the day.
        band: (n,) positions of bands.
        on: epoch day, for the message.
    """
    empty = np.flatnonzero(scale.last < 0)
    present = np.intersect1d(empty, band) if empty.size else empty
    if present.size:
        name = BANDS[int(present[0])]
        having = ", ".join(BANDS[each] for each in np.flatnonzero(scale.last >= 0))
        raise ParameterError(
            "pay points",
            f"do not exist for band {name} on {date_of(on)}",
            f"they exist for {having}; give other bands `pay_pounds`",
        )


def annual(parameters: Parameters, band: ArrayLike, point: ArrayLike, on: int, usual: ArrayLike | None) -> Longs:
    """Whole-time basic pay in pence per year in the tables of an epoch day, shape (n,).

    Args:
        parameters: the dated parameters.
        band: (n,) positions of bands.
        point: (n,) points from 0.
        on: epoch day of the tables.
        usual: (bands,) pence, used for a band without a table if it is above zero.

    Raises:
        ParameterError: for a person in a band without a table and without usual pay.
    """
    scale = scale_on(parameters, on)
    bands: AnyArray = np.asarray(band)
    known = np.zeros(len(BANDS), "int64") if usual is None else np.asarray(usual, "int64")
    checked("band", bands, 0, len(BANDS) - 1, "give indices of workforce.BANDS, from 0")
    # Bands that have no table on the day but a usual pay, such as very senior managers in later years.
    stands_in = (scale.last < 0) & (known > 0)
    if not (stands_in.any() and stands_in[bands].any()):
        refuse_empty(scale, bands, on)
        return annual_pence(scale.pence, scale.last, bands, point)
    bands, points = np.broadcast_arrays(bands, np.asarray(point))
    pence_a_year = known[bands]
    # Everyone else is looked up in the table, and refused if the table lacks the band.
    listed = ~stands_in[bands]
    refuse_empty(scale, bands[listed], on)
    pence_a_year[listed] = annual_pence(scale.pence, scale.last, bands[listed], points[listed])
    return pence_a_year


def zone_limits(parameters: Parameters, on: int) -> tuple[Floats, Longs, Longs]:
    """Share, least and most pence per year by position in `ZONES`, each of shape (4,); zero for the first."""
    if on not in parameters.zones:
        parameters.zones[on] = _made_limits(parameters, on)
    found: tuple[Floats, Longs, Longs] = parameters.zones[on]
    return found


def _made_limits(parameters: Parameters, on: int) -> tuple[Floats, Longs, Longs]:
    """The limits of an epoch day, from the tables."""
    entry = parameters.grid("high_cost_area").on(on)
    limits = _carried(parameters, entry, on)  # the share is not in pounds, so it is read from the entry itself
    # The first zone is for everyone outside the zones, whose limits are zero.
    zones = [(entry.row(zone)[0], *limits[zone][1:]) for zone in ZONES[1:]]
    rows = [(0.0, 0.0, 0.0), *zones]
    share, least, most = (np.array(column) for column in zip(*rows, strict=True))
    return share, np.rint(least * 100).astype("int64"), np.rint(most * 100).astype("int64")
