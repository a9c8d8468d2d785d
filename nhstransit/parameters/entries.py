"""One dated value as it stands in a parameter file, and the bibliography it points to."""

from __future__ import annotations

import datetime as dt
import re
from typing import TypeVar

import attrs

from nhstransit.dates import epoch_day
from nhstransit.errors import FormatError, ParameterError, nearest
from nhstransit.toml import Named

QUALITIES = ("seed", "official", "study", "press", "derived", "recalled", "assumption")
V = TypeVar("V")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def _check_name(_: object, field: attrs.Attribute[str], name: str) -> None:
    if not _NAME.match(name):
        raise FormatError(field.name, f"is {name!r}", "write small letters, digits and underscores, such as week_cap")


def _check_quality(_: object, __: object, quality: str) -> None:
    if quality not in QUALITIES:
        raise FormatError("quality", f"is {quality!r}", nearest(quality, QUALITIES))


@attrs.frozen(kw_only=True)
class Entry:
    """A value of one parameter from one day on: what all kinds of entries share.

    Attributes:
        parameter: which parameter it is a value of.
        unit: of the value, in words.
        since: the first day it holds.
        until: the last day it is known to hold; left out where it holds until a later entry begins.
        carried_to: a later day to which it may be carried on for want of an entry; beyond `until` it is an assumption.
        sources: ids in the bibliography, or of entries it follows from; one at least.
        quality: one of `QUALITIES`, that of its weakest part.
        note: what a reader should know.
        range: lowest and highest plausible, where the value is a judgement.
    """

    parameter: str = attrs.field(validator=_check_name)
    unit: str
    since: dt.date
    until: dt.date | None = None
    carried_to: dt.date | None = None
    sources: tuple[str, ...]
    quality: str = attrs.field(validator=_check_quality)
    note: str = ""
    range: tuple[float, ...] = ()

    def __attrs_post_init__(self) -> None:
        last = [day for day in (self.since, self.until, self.carried_to) if day is not None]
        if last != sorted(last) or (self.carried_to and not self.until):
            wrong = f"run from {self.since} to {self.until}, carried to {self.carried_to}"
            raise FormatError(f"{self.parameter}: dates", wrong, "put since, until and carried_to in that order")
        if self.range and (len(self.range) != 2 or self.range[0] > self.range[1]):
            raise FormatError(f"{self.parameter}: range", f"is {self.range}", "write [lowest, highest]")

    @property
    def first(self) -> int:
        """Epoch day on which it begins to hold."""
        return epoch_day(self.since)

    @property
    def last(self) -> int | None:
        """Epoch day to which it may be used; None where it is open."""
        day = self.carried_to or self.until
        return None if day is None else epoch_day(day)

    def quality_on(self, day: int) -> str:
        """The grade on an epoch day: `assumption` where the value is only carried on."""
        return "assumption" if self.until is not None and day > epoch_day(self.until) else self.quality


@attrs.frozen(kw_only=True)
class NumberEntry(Entry):
    """A dated value that is one number."""

    value: float


@attrs.frozen(kw_only=True)
class TableEntry(Entry):
    """A dated value that is a table of named numbers."""

    value: Named[float]

    def number(self, name: str) -> float:
        """The number called `name`. Raises ParameterError where there is none."""
        return _held(self, self.value, name)


@attrs.frozen(kw_only=True)
class GridEntry(Entry):
    """A dated value that is a table of named rows of numbers."""

    value: Named[tuple[float, ...]]

    def row(self, name: str) -> tuple[float, ...]:
        """The numbers of the row `name`. Raises ParameterError where there is none."""
        return _held(self, self.value, name)


@attrs.frozen(kw_only=True)
class Missing:
    """Something a user may look for that the facts do not hold: named, so that nobody invents it unawares."""

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


def _held(entry: Entry, items: Named[V], name: str) -> V:
    if name not in items:
        raise ParameterError(f"{entry.parameter} from {entry.since}", f"has no {name!r}", nearest(name, items))
    return items[name]
