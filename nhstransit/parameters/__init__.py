"""Dated legal and financial values, each with a unit, dates, a source and a grade: law as data.

    bundled().numbers["statutory_week_cap"].on(date)     # the entry in force: value, unit, sources, quality

A reform is a new entry with a later date, never an `if year`. What the facts do not hold is named as missing.
"""

from __future__ import annotations

from nhstransit.parameters.entries import QUALITIES, Entry, GridEntry, Missing, NumberEntry, Source, TableEntry
from nhstransit.parameters.series import Series
from nhstransit.parameters.store import Parameters, bundled

__all__ = [
    "QUALITIES",
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
