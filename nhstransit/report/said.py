"""Numbers as people say them: £316.5m, 60,400 people, 42%."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

BILLION, MILLION, THOUSAND = 1e9, 1e6, 1e3
HUNDRED = 100  # from here on numbers are whole
ROUGH = 10_000  # people from here on are said in hundreds
FEW_PER_CENT = 0.005  # what a share may differ by and still be said to be the same


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
    """So many people, without the noun: whole, and in hundreds from 10,000 on."""
    return f"{round(count, -2):,.0f}" if count >= ROUGH else f"{count:,.0f}"


def persons(count: int) -> str:
    """So many people, with the noun."""
    return "1 person" if count == 1 else f"{people(count)} people"


def percent(share: float) -> str:
    """A share as a whole percentage, without calling a few none or most all."""
    if 0 < share < FEW_PER_CENT:
        return "under 1%"
    if 1 - FEW_PER_CENT <= share < 1:
        return "over 99%"
    return f"{100 * share:.0f}%"


def date(day: dt.date) -> str:
    """A day in words: 1 April 2010."""
    return f"{day.day} {day:%B %Y}"


def listed(items: Iterable[str]) -> str:
    """Words in a row: "a, b and c"."""
    words = list(items)
    return words[0] if len(words) == 1 else " and ".join((", ".join(words[:-1]), words[-1])) if words else ""


def _three_figures(size: float) -> float:
    """A number with three figures that mean something."""
    return round(size, 2 - int(f"{size:e}".partition("e")[2]))


def amount(number: float, unit: str) -> str:
    """A published figure, or the run's own, in its unit: "£ million" and the like are said as sums, shares in per cent.

    What the unit says beyond that, such as "a year", is `per(unit)`.
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
    """What is said of a unit beside the number: "a year", "WTE"; nothing for people, sums and shares."""
    if unit.startswith("share of") or unit in ("people", "£ million", "£ billion", "£"):
        return ""
    return unit.removeprefix("£ million ").removeprefix("£ ")
