"""Dates, lists, counts, shares and sums of money in words. Every sentence of the library uses these functions.

There are two registers. What is known before a run is stated exactly (`number_of`, `percentage`, `sum_of_money`,
`span`). What a run shows is one draw, and is rounded (`persons`, `people`, `percent`, `pounds`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

MONTHS = (
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
)
BILLION, MILLION, THOUSAND = 1e9, 1e6, 1e3
HUNDRED = 100  # from this size on, numbers are whole
ROUGH = 10_000  # from this size on, people are given in hundreds
FEW_PER_CENT = 0.005  # shares that differ by less are given as the same
_PLURALS = {"person": "people", "body": "bodies"}  # things whose plural is not just an added "s"


# Both registers


def date(day: dt.date) -> str:
    """A day in words: "1 April 2010", whatever the machine's language."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def listed(items: Iterable[str]) -> str:
    """Words as a list: "a, b and c"; empty for none."""
    words = list(items)
    if not words:
        return ""
    if len(words) == 1:
        return words[0]
    return " and ".join((", ".join(words[:-1]), words[-1]))


# Exact: what is known before a run


def number_of(count: float, thing: str) -> str:
    """A number of a thing, given in the singular: "1 person", "60,389 people", "0 posts", "0.5 months"."""
    number = f"{int(count):,}" if count == int(count) else f"{count:,}"
    return f"{number} {thing}" if count == 1 else f"{number} {_PLURALS.get(thing, f'{thing}s')}"


def percentage(share: float) -> str:
    """A share as a percentage with at most one decimal: "13.2%"."""
    return f"{round(100 * share, 1):g}%"


def sum_of_money(pence: float) -> str:
    """Pence in millions of pounds to one place, or in whole pounds below £100,000."""
    return f"£{pence / 1e8:,.1f}m" if pence >= 1e7 else f"£{pence / 100:,.0f}"


def span(numbers: ArrayLike, form: str = "{:g}") -> str:
    """Lowest, median and highest of some numbers, each in this `form`; only one where these read alike."""
    column = np.asarray(numbers, "float64")
    low = form.format(column.min())
    high = form.format(column.max())
    if low == high:
        return low
    return f"lowest {low}, median {form.format(np.median(column))}, highest {high}"


def span_of_pounds(pence: ArrayLike) -> str:
    """Lowest, median and highest of some sums given in pence, in whole pounds."""
    return span(np.asarray(pence) / 100.0, "£{:,.0f}")


# Rounded: what a run shows


def pounds(amount: float) -> str:
    """A sum in billions to two places, millions to one, thousands to three figures, or whole pounds."""
    size = abs(amount)
    sign = "−" if amount < 0 and round(size) else ""
    if size >= 0.9995 * BILLION:
        return f"{sign}£{size / BILLION:,.2f}bn"
    if size >= 0.9995 * MILLION:
        return f"{sign}£{size / MILLION:,.1f}m"
    if size >= THOUSAND:
        return f"{sign}£{_three_figures(size):,.0f}"
    return f"{sign}£{size:,.0f}"


def people(count: float) -> str:
    """A number of people, without the noun: whole, and in hundreds from 10,000 on."""
    return f"{round(count, -2):,.0f}" if count >= ROUGH else f"{count:,.0f}"


def persons(count: int) -> str:
    """A number of people, with the noun."""
    return "1 person" if count == 1 else f"{people(count)} people"


def percent(share: float) -> str:
    """A share as a whole percentage, without calling a few none or most all."""
    if 0 < share < FEW_PER_CENT:
        return "under 1%"
    if 1 - FEW_PER_CENT <= share < 1:
        return "over 99%"
    return f"{100 * share:.0f}%"


def change(before: float, after: float, what: str) -> str:
    """How a number of people changed, in words that follow its sign: "People in post fell from 300 to 150".

    Args:
        before: the number before.
        after: the number after.
        what: what is counted, in the plural, with a capital letter where it begins a sentence.
    """
    if before == after:
        return f"{what} stayed at {people(after)}"
    return f"{what} {'fell' if after < before else 'rose'} from {people(before)} to {people(after)}"


def _three_figures(size: float) -> float:
    """A number rounded to three significant figures."""
    return round(size, 2 - int(f"{size:e}".partition("e")[2]))


def amount(number: float, unit: str) -> str:
    """A published figure, or the run's own, in its unit: "£ million" and similar as sums of money, shares in per cent.

    The rest of the unit, such as "a year", is given by `per(unit)`.
    """
    sums = {"£ million": MILLION, "£ million a year": MILLION, "£ billion": BILLION}
    if unit in sums:
        return pounds(number * sums[unit])
    if unit.startswith("£"):
        return f"£{number:,.2f}" if abs(number) < HUNDRED else pounds(number)
    if unit.startswith("share of"):
        return percent(number)
    if abs(number) >= HUNDRED or number == round(number):
        return people(number)
    return f"{number:.2f}"


def per(unit: str) -> str:
    """The part of a unit that follows the number: "a year", "WTE"; empty for people, sums and shares."""
    if unit.startswith("share of") or unit in ("people", "£ million", "£ billion", "£"):
        return ""
    return unit.removeprefix("£ million ").removeprefix("£ ")
