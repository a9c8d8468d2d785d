"""All entries of one parameter in order of date, and the look-up that refuses a day on which none holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Generic, TypeVar

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import Bools
from nhstransit.dates import date_of, epoch_day
from nhstransit.errors import FormatError, ParameterError
from nhstransit.parameters.entries import Entry, Missing

E = TypeVar("E", bound=Entry)


@attrs.frozen
class Series(Generic[E]):
    """The dated entries of one parameter; each holds until its own end or the next begins."""

    name: str
    entries: tuple[E, ...]
    missing: tuple[Missing, ...] = ()

    def __attrs_post_init__(self) -> None:
        for before, after in zip(self.entries, self.entries[1:], strict=False):
            if before.first == after.first:
                raise FormatError(self.name, f"has two entries from {after.since}", "keep one")
            if before.until is not None and before.until >= after.since:
                wrong = f"has an entry until {before.until} and another from {after.since}"
                raise FormatError(self.name, wrong, "end the earlier before the later begins")
            if before.unit != after.unit:
                raise FormatError(self.name, f"is in {before.unit!r} and in {after.unit!r}", "use one unit")

    def on(self, day: dt.date | int) -> E:
        """The entry in force on a date or epoch day. Raises ParameterError, naming those that exist, where none is."""
        number = epoch_day(day) if isinstance(day, dt.date) else int(day)
        held = self.held(number)
        if not held:
            raise self._refusal(number)
        return held[0]

    def held(self, day: int) -> tuple[E, ...]:
        """The entry in force on an epoch day, or nothing."""
        place = sum(entry.first <= day for entry in self.entries) - 1
        if place < 0:
            return ()
        last = self.entries[place].last
        return (self.entries[place],) if last is None or day <= last else ()

    def regimes(self, days: ArrayLike) -> Iterator[tuple[E, Bools | None]]:
        """Each entry in force on some of the epoch days, with the mask of those days (None: all of them).

        Raises ParameterError where no entry holds on one of the days.
        """
        every = np.asarray(days)
        if every.size == 0:
            return
        low, high = int(every.min()), int(every.max())
        first = self.on(low)
        if first is self.on(high):
            yield first, None
            return
        starts = np.array([entry.first for entry in self.entries])
        place = np.searchsorted(starts, every, side="right") - 1
        for number in np.unique(place):
            mask = place == number
            self.on(int(every[mask].max()))
            yield self.entries[number], mask

    def _refusal(self, day: int) -> ParameterError:
        spans = "; ".join(_span(entry) for entry in self.entries)
        why = next((gap.why for gap in self.missing if _covers(gap, day)), "")
        right = f"entries hold {spans}" + (f" ({why})" if why else "")
        return ParameterError(self.name, f"has no entry for {date_of(day)}", right)


def _span(entry: Entry) -> str:
    last = entry.carried_to or entry.until
    return f"from {entry.since}" + (f" to {last}" if last else " on")


def _covers(gap: Missing, day: int) -> bool:
    after = gap.since is None or epoch_day(gap.since) <= day
    return after and (gap.until is None or day <= epoch_day(gap.until))
