"""Law as data: dated legal and financial values, each with a unit, dates, a source and a grade.

    bundled().numbers["statutory_week_cap"].on(date)     # the entry in force: value, unit, sources, quality

A reform is a new entry with a later date, never a test of the year in code. A value that the library does not have is
listed as missing.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib.resources import as_file, files
from math import inf
from pathlib import Path
from typing import Any, Generic, TypeVar

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Bools
from nhstransit.dates import date_of, epoch_day
from nhstransit.errors import FormatError, ParameterError, nearest
from nhstransit.toml import Named, read, structure

# One dated value of a parameter file, and the bibliography to which it refers.

QUALITIES = ("seed", "official", "study", "press", "derived", "recalled", "assumption")
ENDED = (  # ended permanently, or evidence that no formula reads: never carried forward
    "afc_awards",
    "afc_spine_points",
    "exit_cap",
    "vsm_award",
    "vsm_spot_rates_2007",
)
SET = "set by the scenario"  # the grade of an entry that a scenario has changed
V = TypeVar("V")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def _check_name(_: object, field: attrs.Attribute[str], name: str) -> None:
    if not _NAME.match(name):
        raise FormatError(
            field.name, f"is {name!r}", "write lower-case letters, digits and underscores, such as week_cap"
        )


MOST_NUMBER = 1e11  # above any real value, and small enough for sums of pence in 64 bits
MOST_PAY = 1e7  # pounds a year or a week: a person's pay is stored as pence in 32 bits


def most_of(unit: str) -> float:
    """The largest allowed value of a parameter in this unit."""
    return MOST_PAY if "pounds a" in unit else MOST_NUMBER


def is_divisor(parameter: str, name: str) -> bool:
    """Whether a formula divides by a number of a table. Pension accrues at 1 divided by such a number."""
    return parameter == "pension_accrual" and not name.endswith("_lump")


def _check_numbers(entry: Entry, field: attrs.Attribute[Any], value: Any) -> None:
    """Raise FormatError for a number that is not finite, or too large for the engine's whole pence."""
    most = most_of(entry.unit)
    # One number, a table of numbers, or a table of rows: all of them as a flat list.
    items = [value] if isinstance(value, (int, float)) else list(value.values())
    numbers = [number for item in items for number in (item if isinstance(item, tuple) else (item,))]
    for number in numbers:
        # NaN is not at most anything, so it is refused too.
        if not abs(number) <= most:
            raise FormatError(field.name, f"is {number:g}", f"give a number of at most {most:,.0f}")


def _check_quality(_: object, __: object, quality: str) -> None:
    if quality not in (*QUALITIES, SET):
        raise FormatError("quality", f"is {quality!r}", nearest(quality, QUALITIES))


@attrs.frozen(kw_only=True)
class Entry:
    """The value of one parameter from one day on. These fields are common to all kinds of entries.

    Attributes:
        parameter: name of the parameter.
        unit: unit of the value, in words.
        since: the first day on which it applies.
        until: the last day on which it is known to apply; left out if it applies until a later entry begins.
        carried_to: a later day up to which it may be carried forward if there is no later entry; after `until` it is an
            assumption.
        known: the day on which it became public, if that is not its first day; see `Parameters.as_of`.
        sources: identifiers of works in the bibliography, or of entries from which it follows; at least one.
        quality: one of `QUALITIES`, the grade of its weakest part; or `SET` for an entry that a scenario has changed.
        note: what a user should know about it.
        range: lowest and highest plausible values, if the value is a judgement.
    """

    parameter: str = attrs.field(validator=_check_name)
    unit: str
    since: dt.date
    until: dt.date | None = None
    carried_to: dt.date | None = None
    known: dt.date | None = None
    sources: tuple[str, ...]
    quality: str = attrs.field(validator=_check_quality)
    note: str = ""
    range: tuple[float, ...] = ()

    def __attrs_post_init__(self) -> None:
        # Carrying forward begins where the known dates end, so it needs `until`.
        last = [day for day in (self.since, self.until, self.carried_to) if day is not None]
        if last != sorted(last) or (self.carried_to and not self.until):
            wrong = f"are since {self.since}, until {self.until}, carried_to {self.carried_to}"
            right = "give an `until` that is not before `since`, and a `carried_to` only with an `until` before it"
            raise FormatError(f"{self.parameter}: dates", wrong, right)
        if self.range and (len(self.range) != 2 or self.range[0] > self.range[1]):
            raise FormatError(f"{self.parameter}: range", f"is {self.range}", "write [lowest, highest]")

    @property
    def first(self) -> int:
        """Epoch day on which it begins to apply."""
        return epoch_day(self.since)

    @property
    def last(self) -> int | None:
        """The last epoch day on which it may be used; None if it has no end."""
        day = self.carried_to or self.until
        return None if day is None else epoch_day(day)

    def quality_on(self, day: int) -> str:
        """The grade on an epoch day: `assumption` if the value is carried forward, unless a scenario has set it."""
        # A value that a scenario has set is its author's choice on every day, and not an assumption of the library.
        carried = self.until is not None and day > epoch_day(self.until)
        return "assumption" if carried and self.quality != SET else self.quality


@attrs.frozen(kw_only=True)
class NumberEntry(Entry):
    """A dated value that is one number."""

    value: float = attrs.field(validator=_check_numbers)


@attrs.frozen(kw_only=True)
class TableEntry(Entry):
    """A dated value that is a table of named numbers."""

    value: Named[float] = attrs.field(validator=_check_numbers)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        divisors = [name for name in self.value if is_divisor(self.parameter, name)]
        low = [name for name in divisors if not self.value[name] > 0]
        if low:
            raise FormatError(f"{self.parameter}.{low[0]}", f"is {self.value[low[0]]:g}", "give a number above 0")

    def number(self, name: str) -> float:
        """The number called `name`. Raises ParameterError if there is none."""
        return _held(self, self.value, name)


@attrs.frozen(kw_only=True)
class GridEntry(Entry):
    """A dated value that is a table of named rows of numbers."""

    value: Named[tuple[float, ...]] = attrs.field(validator=_check_numbers)

    def row(self, name: str) -> tuple[float, ...]:
        """The numbers of the row `name`. Raises ParameterError if there is none."""
        return _held(self, self.value, name)


@attrs.frozen(kw_only=True)
class Missing:
    """A value that a user may look for but that the library does not have. Listing it prevents anyone from inventing
    it.
    """

    parameter: str = attrs.field(validator=_check_name)
    since: dt.date | None = None
    until: dt.date | None = None
    why: str


@attrs.frozen(kw_only=True)
class Source:
    """One work in the bibliography."""

    id: str
    title: str
    publisher: str
    date: str
    url: str = ""
    note: str = ""


SET_SOURCE = Source(id="the scenario", title="Set by the scenario", publisher="its author", date="")


def _held(entry: Entry, items: Named[V], name: str) -> V:
    if name not in items:
        raise ParameterError(f"{entry.parameter} from {entry.since}", f"has no {name!r}", nearest(name, items))
    return items[name]


# All entries of one parameter in order of date, and the look-up that refuses a day without an entry in force.

E = TypeVar("E", bound=Entry)


@attrs.frozen
class Series(Generic[E]):
    """The dated entries of one parameter. Each applies until its own end, or until the next entry begins."""

    name: str
    entries: tuple[E, ...]
    missing: tuple[Missing, ...] = ()

    def __attrs_post_init__(self) -> None:
        # Neighbours are enough, because entries are in order of date.
        for before, after in zip(self.entries, self.entries[1:], strict=False):
            if before.first == after.first:
                raise FormatError(self.name, f"has two entries from {after.since}", "keep one")
            if before.until is not None and before.until >= after.since:
                wrong = f"has an entry until {before.until} and another from {after.since}"
                raise FormatError(self.name, wrong, "end the earlier entry before the later one begins")
            if before.unit != after.unit:
                raise FormatError(self.name, f"is in {before.unit!r} and in {after.unit!r}", "use one unit")

    def on(self, day: dt.date | int) -> E:
        """The entry in force on a date or epoch day. If there is none, ParameterError lists the existing ones."""
        number = epoch_day(day) if isinstance(day, dt.date) else int(day)
        held = self.held(number)
        if not held:
            raise self._refusal(number)
        return held[0]

    def held(self, day: int) -> tuple[E, ...]:
        """The entry in force on an epoch day, or an empty tuple."""
        # The last entry that begins on or before the day applies, unless it has ended.
        place = bisect_right(self._firsts, day) - 1
        if place < 0 or day > self._lasts[place]:
            return ()
        return (self.entries[place],)

    @cached_property
    def _firsts(self) -> list[int]:
        """Epoch day on which each entry begins to apply. They are cached, because a run needs them thousands of times."""
        return [entry.first for entry in self.entries]

    @cached_property
    def _lasts(self) -> list[float]:
        """The last epoch day on which each entry may be used; infinity if it has no end."""
        return [inf if entry.last is None else entry.last for entry in self.entries]

    def regimes(self, days: ArrayLike) -> Iterator[tuple[E, Bools | None]]:
        """Each entry in force on any of the epoch days, with the mask of those days (None if it is all of them).

        Raises ParameterError if no entry is in force on one of the days.
        """
        every = np.asarray(days)
        if every.size == 0:
            return
        # Most columns are under one entry, which the earliest and the latest day show without a look at the others.
        low = int(every.min())
        high = int(every.max())
        first = self.on(low)
        if first is self.on(high):
            yield first, None
            return
        starts = np.array(self._firsts)
        place = np.searchsorted(starts, every, side="right") - 1
        for number in np.unique(place):
            mask = place == number
            # Refuses a day after the end of its entry; the latest day of the group is the first to be beyond it.
            self.on(int(every[mask].max()))
            yield self.entries[number], mask

    def _refusal(self, day: int) -> ParameterError:
        spans = "; ".join(_span(entry) for entry in self.entries)
        why = next((gap.why for gap in self.missing if _covers(gap, day)), "")
        right = f"its entries apply {spans}" + (f" ({why})" if why else "")
        return ParameterError(self.name, f"has no entry for {date_of(day)}", right)


def _span(entry: Entry) -> str:
    last = entry.carried_to or entry.until
    return f"from {entry.since}" + (f" to {last}" if last else " on")


def _covers(gap: Missing, day: int) -> bool:
    after = gap.since is None or epoch_day(gap.since) <= day
    return after and (gap.until is None or day <= epoch_day(gap.until))


# Reading the parameter files: the bundled ones, and a user's own file in addition.


@attrs.frozen(kw_only=True)
class _File:
    """The sections that one parameter file may have."""

    about: str
    number: tuple[NumberEntry, ...] = ()
    table: tuple[TableEntry, ...] = ()
    grid: tuple[GridEntry, ...] = ()
    missing: tuple[Missing, ...] = ()
    source: tuple[Source, ...] = ()


@attrs.frozen(cache_hash=True)  # every run looks up its law in a cache
class Parameters:
    """Every parameter by name, in groups by the shape of its values; the bibliography; and the missing values."""

    numbers: Named[Series[NumberEntry]]
    tables: Named[Series[TableEntry]]
    grids: Named[Series[GridEntry]]
    sources: Named[Source]
    missing: tuple[Missing, ...]

    @cached_property
    def scales(self) -> dict[int, Any]:
        """A cache of pay scales by epoch day: a run needs those of the same few days again and again."""
        return {}

    @cached_property
    def zones(self) -> dict[int, Any]:
        """A cache of the limits of the high-cost-area supplement by epoch day."""
        return {}

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
        """These parameters with the entries of another file, to try out a reform or a better figure.

        An entry of the same parameter and first day is replaced. An earlier entry ends where the new one begins. Raises
        FormatError for a fault in the file, or for an entry whose source is in neither bibliography.
        """
        own = structure(read(path), _File)
        return _assembled([_before(self, own), own])

    def as_of(self, day: dt.date) -> Parameters:
        """These parameters without entries that became public after a day.

        An entry is public from its first day, or from the day in `known`. If a later entry is left out, the one before
        it is carried forward as far as its own dates allow.
        """

        def seen(kind: Named[Series[E]]) -> Named[Series[E]]:
            kept = {name: tuple(one for one in series.entries if _public(one) <= day) for name, series in kind.items()}
            # A parameter without any public entry is unknown on that day.
            return Named({name: attrs.evolve(kind[name], entries=found) for name, found in kept.items() if found})

        return attrs.evolve(self, numbers=seen(self.numbers), tables=seen(self.tables), grids=seen(self.grids))

    def carried_to(self, day: dt.date) -> Parameters:
        """These parameters with every entry that ends carried forward, to the next entry or to a day.

        Sums of money stay the same in pounds. Pay tables, and amounts that follow them, are raised by `later_award`
        (see `law.pay`). Price indices grow as in their last year (see `law.appraisal`). Carried values have the grade
        `assumption`. Entries that have ended permanently (`ENDED`) are not carried.
        """

        def longer(kind: Named[Series[E]]) -> Named[Series[E]]:
            return Named({name: one if name in ENDED else _carried_to(one, day) for name, one in kind.items()})

        return attrs.evolve(self, numbers=longer(self.numbers), tables=longer(self.tables), grids=longer(self.grids))

    def entries(self) -> tuple[Entry, ...]:
        """Every entry of every parameter, in order of date within each parameter."""
        return (*_flat(self.numbers), *_flat(self.tables), *_flat(self.grids))

    def in_force(self, day: dt.date | int) -> tuple[Entry, ...]:
        """Every entry in force on a date or epoch day, each with its sources and grade. A result depends on these."""
        number = epoch_day(day) if isinstance(day, dt.date) else int(day)
        held: list[Entry] = []
        for kind in (self.numbers, self.tables, self.grids):
            for series in kind.values():
                held += series.held(number)
        return tuple(held)


@cache
def bundled() -> Parameters:
    """The parameters that come with the library, read once per process."""
    with as_file(files("nhstransit") / "data") as folder:
        paths = [folder / "sources.toml", *sorted((folder / "parameters").glob("*.toml"))]
        return _assembled([structure(read(path), _File) for path in paths])


def _public(entry: Entry) -> dt.date:
    """The day on which an entry became public."""
    return entry.known or entry.since


def _carried_to(series: Series[E], day: dt.date) -> Series[E]:
    """The series, with each entry that ends carried to the day before the next entry, or to `day`, whichever is
    earlier.
    """
    # The last day before each following entry; the last entry may be carried to `day` itself.
    following = [one.since - dt.timedelta(days=1) for one in series.entries[1:]]
    entries = []
    for entry, eve in zip(series.entries, [*following, day], strict=True):
        last = min(eve, day)
        known = entry.carried_to or entry.until
        # An entry without an end needs no carrying, and none is shortened.
        unchanged = known is None or last <= known
        entries.append(entry if unchanged else attrs.evolve(entry, carried_to=last))
    return attrs.evolve(series, entries=tuple(entries))


def _known(series: Named[Series[E]], name: str) -> Series[E]:
    if name not in series:
        raise ParameterError(name, "is not a parameter", nearest(name, series))
    return series[name]


def _flat(series: Named[Series[E]]) -> tuple[E, ...]:
    return tuple(entry for one in series.values() for entry in one.entries)


def _before(old: Parameters, own: _File) -> _File:
    """The old parameters as a file. An entry ends earlier if one of `own` begins within it."""
    starts = [(entry.parameter, entry.since) for entry in (*own.number, *own.table, *own.grid)]

    def cut(entry: E) -> E:
        # An entry ends on the day before the new one begins.
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
    """One set of parameters from several files. A later file takes precedence if both have an entry with the same first
    day.
    """
    read_files = tuple(parts)
    # A missing value that two files list is reported once.
    missing = tuple(dict.fromkeys(gap for one in read_files for gap in one.missing))
    sources = Named({source.id: source for one in read_files for source in one.source})
    numbers = _series([entry for one in read_files for entry in one.number], missing)
    tables = _series([entry for one in read_files for entry in one.table], missing)
    grids = _series([entry for one in read_files for entry in one.grid], missing)
    # A parameter has one form, so that its readers know what to expect.
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
    # By name and first day: a later file's entry of the same day replaces the earlier one.
    by_name: dict[str, dict[int, E]] = {}
    for entry in entries:
        by_name.setdefault(entry.parameter, {})[entry.first] = entry
    found = {}
    for name, dated in by_name.items():
        ordered = tuple(dated[first] for first in sorted(dated))
        gaps = tuple(gap for gap in missing if gap.parameter == name)
        found[name] = Series(name, ordered, gaps)
    return Named(found)


def _check_parents(found: Parameters) -> None:
    """Check that the sources of every entry are works in the bibliography, or parameters from which it follows."""
    known = {*found.sources, *found.numbers, *found.tables, *found.grids}
    for entry in found.entries():
        strangers = [source for source in entry.sources if source not in known]
        if not entry.sources or strangers:
            wrong = f"has an unknown source {strangers[0]!r}" if strangers else "has no source"
            raise FormatError(f"{entry.parameter} from {entry.since}", wrong, "name a source in sources.toml")


__all__ = [
    "QUALITIES",
    "SET",
    "Entry",
    "GridEntry",
    "Missing",
    "NumberEntry",
    "Parameters",
    "Series",
    "Source",
    "TableEntry",
    "bundled",
]
