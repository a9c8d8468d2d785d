"""Changes single numbers of the dated parameters, each identified by a path such as `mars_2010.most_months`.

A path begins with the parameter's name. For a table, the name of the number follows (`section16.most_months`). For a
table of rows, the row and the position in it follow, counted from 1 (`afc_points.5.2`). The path means every dated
entry of the parameter. With a first day it means only that entry: `statutory_week_cap@2011-02-01`,
`section16@2015-04-01.salary_cap`. If both are given, the path with a day takes precedence for its entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from nhstransit.errors import InputError, ParameterError, gathered, nearest
from nhstransit.law.parameters import (
    SET,
    SET_SOURCE,
    Entry,
    GridEntry,
    NumberEntry,
    Parameters,
    Series,
    TableEntry,
    is_divisor,
    most_of,
)
from nhstransit.toml import Named, joined, names_in

# Terms that a tariff may lack; a scenario may set one.
TERMS = ("salary_floor", "salary_cap", "payment_cap")
AGED = ("section16", "section16_vsm")  # tariffs that depend on age, and so may taper before an age
TAPER = "taper_age"

# Parameters from which others were derived by hand. No formula reads them, so changing one would have no effect.
EVIDENCE = ("afc_awards", "vsm_award", "vsm_director_share", "vsm_spot_rates_2007")

MOST_COUNT = 1e6  # largest number of days, weeks, months, years or points; formulas read them as 32-bit integers

_SHARES = ("rate", "rebate", "most_share", "premium")  # columns that are shares
_COUNTS = re.compile(r"(.*_)?(days|weeks|from|years|qualifying_months|break_months)\Z")  # read as integers
_WHOLE_UNITS = ("weeks", "months", "years", "points", "spine points", "people", "days")


@attrs.frozen(kw_only=True)
class Number:
    """One number of the dated parameters.

    Attributes:
        path: the path to it.
        value: the number; None for a term that this tariff does not have.
        entry: the dated entry with the number; the first if several have the same number.
    """

    path: str
    value: float | None
    entry: Entry


def with_changes(parameters: Parameters, changes: Mapping[str, float]) -> Parameters:
    """The parameters with the numbers at some paths changed.

    An entry whose number changes gets the grade "set by the scenario", and the scenario as its source. Raises
    ParameterError, one for each path that does not exist or whose new number is not allowed.
    """
    if not changes:
        return parameters
    found: list[InputError] = []
    # By parameter, then by position of the entry and cell, so that each entry is changed once with all its numbers.
    cells: dict[str, dict[tuple[int, tuple[str, ...]], float]] = {}
    for path in sorted(changes, key=_is_dated):  # paths of a single entry come last, so that they take precedence
        try:
            series, places, cell = _located(parameters, path)
            number = _checked(path, series.entries[places[0]], cell, changes[path])
        except InputError as error:
            found.append(error)
            continue
        for place in places:
            cells.setdefault(series.name, {})[place, cell] = number
    changed = {name: _series_with(_series(parameters, name), wanted) for name, wanted in cells.items()}
    # Numbers may be allowed one by one and still contradict each other.
    found += [error for series in changed.values() for error in _unlawful(series)]
    if found:
        raise gathered(found)
    # Changes to the numbers that are there already leave the law, and its hash, as they are.
    if all(_series(parameters, name) == series for name, series in changed.items()):
        return parameters
    return attrs.evolve(
        parameters,
        numbers=_replaced(parameters.numbers, changed),
        tables=_replaced(parameters.tables, changed),
        grids=_replaced(parameters.grids, changed),
        sources=parameters.sources.having(SET_SOURCE.id, SET_SOURCE),
    )


def number_at(parameters: Parameters, path: str) -> float | tuple[float | None, ...] | None:
    """The number at a path: None for a term that a tariff does not have; several, by date, if the entries differ.

    Raises ParameterError for a path that does not exist.
    """
    series, places, cell = _located(parameters, path)
    values = tuple(_value(series.entries[place], cell) for place in places)
    return values[0] if len(set(values)) == 1 else values


def numbers_between(parameters: Parameters, first: int, last: int) -> Iterator[Number]:
    """Every number that a formula may read and that is in force on some day from `first` to `last`.

    A number that is the same in all entries of a parameter is listed once; otherwise each entry is listed.

    Args:
        parameters: the dated parameters.
        first: epoch day.
        last: epoch day.
    """
    for kind in (parameters.numbers, parameters.tables, parameters.grids):
        for name, series in kind.items():
            if name not in EVIDENCE:
                yield from _numbers_of(series, first, last)


def _numbers_of(series: Series[Any], first: int, last: int) -> Iterator[Number]:
    listed: set[tuple[str, ...]] = set()
    for place, entry in enumerate(series.entries):
        if not _in_force(series, place, first, last):
            continue
        for cell in _cells(entry):
            values = [_value(each, cell) for each in series.entries]
            alike = len(set(values)) == 1
            if alike and cell in listed:
                continue
            listed.add(cell)
            # A path without a day means all entries, so it is used only if they have the same number.
            name = series.name if alike else f"{series.name}@{entry.since}"
            yield Number(path=joined(name, *cell), value=values[place], entry=entry)


def _in_force(series: Series[Any], place: int, first: int, last: int) -> bool:
    """Whether an entry is in force on any day from `first` to `last`."""
    entry = series.entries[place]
    # The entry ends on `last`, on the day before the next entry, or on its own last day, whichever is earliest.
    following = series.entries[place + 1].first - 1 if place + 1 < len(series.entries) else last
    ends = [last, following] if entry.last is None else [last, following, entry.last]
    return bool(max(first, entry.first) <= min(ends))


def _is_dated(path: str) -> bool:
    return "@" in path.partition(".")[0]


def _located(parameters: Parameters, path: str) -> tuple[Series[Any], list[int], tuple[str, ...]]:
    """The series that a path means, the positions of its entries, and the rest of the path within them."""
    names = names_in(path)
    if not names:
        raise ParameterError(path, "does not name a parameter", "write a path such as mars_2010.most_months")
    name, at, day = names[0].partition("@")
    series = _series(parameters, name)
    if name in EVIDENCE:
        right = "change a parameter that was derived from it, such as afc_points or vsm_points"
        raise ParameterError(path, "is evidence that no formula uses", right)
    days = [str(entry.since) for entry in series.entries]
    if at and day not in days:
        raise ParameterError(
            path, f"has no entry that begins on {day or 'no day'}", f"its entries begin on {', '.join(days)}"
        )
    places = [days.index(day)] if at else list(range(len(days)))
    # Entries of one parameter may have different cells; those without the cell are left out.
    cell = names[1:]
    having = [place for place in places if cell in _cells(series.entries[place])]
    if not having:
        raise _lost(path, series, places, cell)
    return series, having, cell


def _lost(path: str, series: Series[Any], places: Iterable[int], cell: tuple[str, ...]) -> ParameterError:
    """The error for a path that matches no number of a parameter."""
    known = list(dict.fromkeys(".".join(each) for place in places for each in _cells(series.entries[place])))
    if known == [""]:
        return ParameterError(path, "does not exist: the parameter is one number", f"end the path at {series.name}")
    wrong = "does not exist" if cell else "is a table, not a number"
    return ParameterError(path, wrong, nearest(".".join(cell), known))


def _series(parameters: Parameters, name: str) -> Series[Any]:
    every: dict[str, Series[Any]] = {**parameters.numbers, **parameters.tables, **parameters.grids}
    if name not in every:
        raise ParameterError(
            name, "is not a parameter", nearest(name, [each for each in every if each not in EVIDENCE])
        )
    return every[name]


def _cells(entry: Entry) -> list[tuple[str, ...]]:
    """The cells that a path may name within an entry."""
    if isinstance(entry, TableEntry):
        # A tariff may lack these terms, which a scenario may then set.
        tariff = TERMS if "months_a_year" in entry.value else ()
        tariff = (*tariff, TAPER) if entry.parameter in AGED else tariff
        terms = [name for name in tariff if name not in entry.value]
        return [(name,) for name in (*entry.value, *terms)]
    if isinstance(entry, GridEntry):
        return [(name, str(place)) for name, row in entry.value.items() for place in range(1, len(row) + 1)]
    return [()]


def _value(entry: Entry, cell: tuple[str, ...]) -> float | None:
    """The number in a cell of an entry; None if the cell has none."""
    if isinstance(entry, NumberEntry):
        return entry.value
    if isinstance(entry, TableEntry):
        return entry.value.get(cell[0])
    if isinstance(entry, GridEntry):
        row = entry.value.get(cell[0], ())
        position = int(cell[1])
        return row[position - 1] if position <= len(row) else None
    return None


def _checked(path: str, entry: Entry, cell: tuple[str, ...], number: float) -> float:
    """The number, if it is allowed in the cell. Raises ParameterError if not."""
    # NaN is not at least 0, so it is refused too.
    if not number >= 0:
        raise ParameterError(path, f"is {number:g}", "give 0 or more")
    if number == 0 and cell and is_divisor(entry.parameter, cell[0]):
        raise ParameterError(path, "is 0", "give a number above 0")
    # Numbers of people may be large. Days, weeks and the like are limited, because formulas read them as 32 bits.
    timed = _is_whole(entry, cell) and not entry.unit.startswith("people")
    most = MOST_COUNT if timed else most_of(entry.unit)
    if number > most:
        raise ParameterError(path, f"is {number:g}", f"give {most:,.0f} at most")
    if _is_share(entry, cell) and number > 1:
        raise ParameterError(path, f"is {number:g}", "give a share from 0 to 1")
    if _is_whole(entry, cell) and number != round(number):
        raise ParameterError(path, f"is {number:g}", "give a whole number")
    return number


def _is_share(entry: Entry, cell: tuple[str, ...]) -> bool:
    if cell and cell[0] in _SHARES:
        return True
    # A unit with a semicolon lists several units, one for each column, so it decides nothing.
    return entry.unit.startswith(("fraction", "real rate")) and ";" not in entry.unit


def _is_whole(entry: Entry, cell: tuple[str, ...]) -> bool:
    """Whether formulas read the number as an integer."""
    # A number that is whole now must stay whole; one with a fraction is not read as an integer.
    old = _value(entry, cell)
    name = cell[0] if cell else entry.parameter
    whole_unit = entry.unit.startswith(_WHOLE_UNITS) and ";" not in entry.unit
    counted = bool(_COUNTS.match(name)) or whole_unit
    return counted and old is not None and old == round(old)


def _series_with(series: Series[Any], wanted: Mapping[tuple[int, tuple[str, ...]], float]) -> Series[Any]:
    """A series with some numbers changed; `wanted` gives each number by position of the entry and cell."""
    entries = list(series.entries)
    for (place, cell), number in wanted.items():
        entries[place] = _entry_with(entries[place], cell, number)
    return attrs.evolve(series, entries=tuple(entries))


def _entry_with(entry: Any, cell: tuple[str, ...], number: float) -> Any:
    """An entry with one number changed. The same entry if it already has that number."""
    if _value(entry, cell) == number:
        return entry
    value: Any = number
    if isinstance(entry, TableEntry):
        value = entry.value.having(cell[0], number)
    elif isinstance(entry, GridEntry):
        row = list(entry.value[cell[0]])
        row[int(cell[1]) - 1] = number
        value = entry.value.having(cell[0], tuple(row))
    # A changed number has no range of its own, because the scenario states it.
    return attrs.evolve(entry, value=value, quality=SET, sources=(SET_SOURCE.id,), range=())


def _unlawful(series: Series[Any]) -> Iterator[InputError]:
    """Errors for entries whose numbers contradict one another."""
    for entry in series.entries:
        pairs = [("least_months", "most_months"), ("salary_floor", "salary_cap"), ("small_from", "large_from")]
        for low, high in pairs if isinstance(entry, TableEntry) else []:
            least = entry.value.get(low)
            most = entry.value.get(high)
            if least is not None and most is not None and least > most:
                wrong = f"is {least:g} from {entry.since}, above {high} ({most:g})"
                yield ParameterError(f"{series.name}.{low}", wrong, "give at most that number")


def _replaced(kind: Named[Series[Any]], changed: Mapping[str, Series[Any]]) -> Named[Series[Any]]:
    return Named({name: changed.get(name, series) for name, series in kind.items()})
