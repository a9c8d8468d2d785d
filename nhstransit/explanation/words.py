"""Dates, counts, kinds of body and spans of numbers, as one would say them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from nhstransit.organisations.bodies import KINDS

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SEVERAL = {  # kinds of which there may be many, where "s" does not do
    "sha": ("strategic health authority", "strategic health authorities"),
    "pct-provider": ("provider arm of a primary care trust", "provider arms of primary care trusts"),
    "alb": ("arm's-length body", "arm's-length bodies"),
    "board-region": ("NHS Commissioning Board regional team", "NHS Commissioning Board regional teams"),
    "board-area": ("NHS Commissioning Board area team", "NHS Commissioning Board area teams"),
    "council": ("council's public health team", "councils' public health teams"),
    "nhs-elsewhere": ("body elsewhere in the NHS", "bodies elsewhere in the NHS"),
}
_ALONE = {  # kinds of which there is but one
    "dh": "the Department of Health",
    "board-national": "the NHS Commissioning Board's national team",
    "phe": "Public Health England",
    "hee": "Health Education England",
    "hscic": "the Health and Social Care Information Centre",
    "property": "NHS Property Services",
    "tda": "the NHS Trust Development Authority",
    "nhs-england": "NHS England",
}
NAMED = 5  # so many kinds of body are named one by one


def said(date: dt.date) -> str:
    """A date in words: 1 April 2010."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def bodies(count: int, kind: str) -> str:
    """So many bodies of a kind: "151 primary care trusts"; of which there is but one, its name alone."""
    if kind in _ALONE:
        return _ALONE[kind] if count == 1 else f"{count:,} × {KINDS[kind]}"
    one, several = _SEVERAL.get(kind, (KINDS[kind], f"{KINDS[kind]}s"))
    return f"{count:,} {one if count == 1 else several}"


def kinds(names: Sequence[str]) -> str:
    """Some kinds of body, in words; many of them by their number alone."""
    if len(names) > NAMED:
        return f"bodies of {len(names)} kinds"
    return listed(_ALONE.get(name) or _SEVERAL.get(name, ("", f"{KINDS[name]}s"))[1] for name in names) or "no body"


def people(count: int) -> str:
    """So many people."""
    return "1 person" if count == 1 else f"{count:,} people"


def many(count: int, thing: str) -> str:
    """So many of a thing whose plural takes an s."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def listed(items: Iterable[str]) -> str:
    """Words in a row: "a, b and c"."""
    words = list(items)
    return words[0] if len(words) == 1 else " and ".join([", ".join(words[:-1]), words[-1]]) if words else ""


def span(numbers: ArrayLike, form: str = "{:g}") -> str:
    """Lowest, median and highest of some numbers, or the one number that all of them are."""
    column = np.asarray(numbers, "float64")
    low, middle, high = (form.format(item) for item in (column.min(), np.median(column), column.max()))
    return low if low == high else f"lowest {low}, median {middle}, highest {high}"


def pounds(pence: ArrayLike) -> str:
    """The span of some sums, in whole pounds."""
    return span(np.asarray(pence) / 100.0, "£{:,.0f}")


def millions(pence: float) -> str:
    """A sum in millions of pounds, or in pounds where it is small."""
    return f"£{pence / 1e8:,.1f}m" if pence >= 1e7 else f"£{pence / 100:,.0f}"


def percent(share: float) -> str:
    """A share as a percentage of at most one decimal."""
    return f"{round(100 * share, 1):g}%"
