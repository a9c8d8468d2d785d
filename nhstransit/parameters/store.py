"""Reading the parameter files: the bundled ones, and a user's own on top."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TypeVar

import attrs

from nhstransit.dates import epoch_day
from nhstransit.errors import FormatError, ParameterError, nearest
from nhstransit.parameters.entries import Entry, GridEntry, Missing, NumberEntry, Source, TableEntry
from nhstransit.parameters.series import Series
from nhstransit.toml import Named, read, structure

E = TypeVar("E", bound=Entry)


@attrs.frozen(kw_only=True)
class _File:
    """What one parameter file may hold."""

    about: str
    number: tuple[NumberEntry, ...] = ()
    table: tuple[TableEntry, ...] = ()
    grid: tuple[GridEntry, ...] = ()
    missing: tuple[Missing, ...] = ()
    source: tuple[Source, ...] = ()


@attrs.frozen
class Parameters:
    """Every parameter by name, by the shape of its values; the bibliography; and what is missing."""

    numbers: Named[Series[NumberEntry]]
    tables: Named[Series[TableEntry]]
    grids: Named[Series[GridEntry]]
    sources: Named[Source]
    missing: tuple[Missing, ...]

    def number(self, name: str) -> Series[NumberEntry]:
        """The series of a parameter that is one number. Raises ParameterError for an unknown name."""
        return _known(self.numbers, name)

    def table(self, name: str) -> Series[TableEntry]:
        """The series of a parameter that is a table. Raises ParameterError for an unknown name."""
        return _known(self.tables, name)

    def grid(self, name: str) -> Series[GridEntry]:
        """The series of a parameter that is a table of rows. Raises ParameterError for an unknown name."""
        return _known(self.grids, name)

    def having(self, path: Path) -> Parameters:
        """These parameters with the entries of another file: how a reform, or a better figure, is tried out.

        An entry of the same parameter and first day is replaced; an earlier one ends where the new one begins. Raises
        FormatError for a fault in the file, or for an entry whose source neither bibliography holds.
        """
        own = structure(read(path), _File)
        return _assembled([_before(self, own), own])

    def entries(self) -> tuple[Entry, ...]:
        """Every entry of every parameter, each series by date."""
        return (*_flat(self.numbers), *_flat(self.tables), *_flat(self.grids))

    def in_force(self, day: dt.date | int) -> tuple[Entry, ...]:
        """Every entry in force on a date or epoch day: what a result rests on, each with its sources and grade."""
        number = epoch_day(day) if isinstance(day, dt.date) else int(day)
        held: list[Entry] = []
        for kind in (self.numbers, self.tables, self.grids):
            for series in kind.values():
                held += series.held(number)
        return tuple(held)


@cache
def bundled() -> Parameters:
    """The parameters that come with the library, read once a process."""
    with as_file(files("nhstransit") / "data") as folder:
        paths = [folder / "sources.toml", *sorted((folder / "parameters").glob("*.toml"))]
        return _assembled([structure(read(path), _File) for path in paths])


def _known(series: Named[Series[E]], name: str) -> Series[E]:
    if name not in series:
        raise ParameterError(name, "is not a parameter", nearest(name, series))
    return series[name]


def _flat(series: Named[Series[E]]) -> tuple[E, ...]:
    return tuple(entry for one in series.values() for entry in one.entries)


def _before(old: Parameters, own: _File) -> _File:
    """The old parameters as a file, each entry cut short where one of `own` begins within it."""
    starts = [(entry.parameter, entry.since) for entry in (*own.number, *own.table, *own.grid)]

    def cut(entry: E) -> E:
        later = [day for name, day in starts if name == entry.parameter and entry.since < day]
        if not later or entry.until is None or entry.until < min(later):
            return entry
        return attrs.evolve(entry, until=min(later) - dt.timedelta(days=1), carried_to=None)

    return _File(
        about="",
        number=tuple(map(cut, _flat(old.numbers))),
        table=tuple(map(cut, _flat(old.tables))),
        grid=tuple(map(cut, _flat(old.grids))),
        missing=old.missing,
        source=tuple(old.sources.values()),
    )


def _assembled(parts: Iterable[_File]) -> Parameters:
    """One set of parameters out of several files; a later file wins where both hold an entry of one day."""
    read_files = tuple(parts)
    missing = tuple(dict.fromkeys(gap for one in read_files for gap in one.missing))
    sources = Named({source.id: source for one in read_files for source in one.source})
    numbers = _series([entry for one in read_files for entry in one.number], missing)
    tables = _series([entry for one in read_files for entry in one.table], missing)
    grids = _series([entry for one in read_files for entry in one.grid], missing)
    names = [*numbers, *tables, *grids]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise FormatError(
            twice, "has entries of two kinds", "write all as [[number]], all as [[table]] or all as [[grid]]"
        )
    found = Parameters(numbers, tables, grids, sources, missing)
    _check_parents(found)
    return found


def _series(entries: list[E], missing: tuple[Missing, ...]) -> Named[Series[E]]:
    by_name: dict[str, dict[int, E]] = {}
    for entry in entries:
        by_name.setdefault(entry.parameter, {})[entry.first] = entry
    return Named(
        {
            name: Series(
                name,
                tuple(dated[first] for first in sorted(dated)),
                tuple(gap for gap in missing if gap.parameter == name),
            )
            for name, dated in by_name.items()
        }
    )


def _check_parents(found: Parameters) -> None:
    """Every entry points to works in the bibliography or to parameters it follows from."""
    known = {*found.sources, *found.numbers, *found.tables, *found.grids}
    for entry in found.entries():
        strangers = [source for source in entry.sources if source not in known]
        if not entry.sources or strangers:
            wrong = f"names the source {strangers[0]!r}" if strangers else "names no source"
            raise FormatError(f"{entry.parameter} from {entry.since}", wrong, "name one that sources.toml holds")
