"""Dates, lists, counts, shares and sums of money in words. Every sentence of the library uses these functions.

There are two styles. Figures known before a run are exact (`number_of`, `percentage`, `sum_of_money`, `span`). Results
of a run come from one set of random draws, so they are rounded (`persons`, `people`, `percent`, `pounds`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from nhstransit.dates import DAYS_A_YEAR
from nhstransit.errors import check_kind, check_several
from nhstransit.pence import check_numbers

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
BILLION = 1e9
MILLION = 1e6
THOUSAND = 1e3
TEN = 10  # a mean below this has one decimal
SAME = 0.05  # a smaller difference does not show with one decimal
HUNDRED = 100  # from this size on, numbers are whole
ROUGH = 10_000  # from this size on, people are given in hundreds
FEW_PER_CENT = 0.005  # shares nearer to 0 or 1 than this read "under 1%" or "over 99%"
_PLURALS = {"person": "people", "body": "bodies"}  # things whose plural is not just an added "s"


# Both styles


def date(day: dt.date) -> str:
    """A day in words: "1 April 2010", whatever the machine's language."""
    check_kind("day", day, dt.date, "give a date, such as datetime.date(2010, 9, 15)")
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def listed(items: Iterable[str]) -> str:
    """Words as a list: "a, b and c"; an empty text for no words."""
    check_several("items", items)
    words = list(items)
    if not words:
        return ""
    if len(words) == 1:
        return words[0]
    return " and ".join((", ".join(words[:-1]), words[-1]))


# Exact, for figures known before a run


def number_of(count: float, thing: str) -> str:
    """A count with its noun, which is given in the singular: "1 person", "60,389 people", "0 posts", "0.5 months"."""
    check_numbers("count", count)
    number = f"{int(count):,}" if count == int(count) else f"{count:,}"
    return f"{number} {thing}" if count == 1 else f"{number} {_PLURALS.get(thing, f'{thing}s')}"


def period_of(months: float) -> str:
    """A period given in months, in words: "6 months", "4 weeks", "2.5 months".

    A period that is not a whole number of months is in weeks if it is a whole number of them. The law's four weeks
    are 0.92 of a month. Other periods are in months with one decimal, or with two figures below one month.
    """
    check_numbers("months", months)
    weeks = months * DAYS_A_YEAR / 12 / 7
    # The tolerance is there because a period in days loses its last digits when it is turned into months.
    if months != round(months) and abs(weeks - round(weeks)) < 1e-6:
        return number_of(round(weeks), "week")
    rounded = round(months, 1) if months >= 1 else float(f"{months:.2g}")
    return number_of(rounded, "month")


def percentage(share: float) -> str:
    """A share as a percentage with at most one decimal: "13.2%"."""
    return f"{round(100 * share, 1):g}%"


def sum_of_money(pence: float) -> str:
    """Pence in millions of pounds to one place, or in whole pounds below £100,000."""
    check_numbers("pence", pence)
    return f"£{pence / 1e8:,.1f}m" if pence >= 1e7 else f"£{pence / 100:,.0f}"


def span(numbers: ArrayLike, form: str = "{:g}") -> str:
    """Lowest, median and highest of some numbers, each in this `form`; only one number if the lowest and highest read
    the same.
    """
    column = np.asarray(numbers, "float64")
    low = form.format(column.min())
    high = form.format(column.max())
    if low == high:
        return low
    return f"lowest {low}, median {form.format(np.median(column))}, highest {high}"


def span_of_pounds(pence: ArrayLike) -> str:
    """Lowest, median and highest of some sums given in pence, in whole pounds."""
    return span(np.asarray(pence) / 100.0, "£{:,.0f}")


# Rounded, for results of a run


def pounds(amount: float) -> str:
    """A sum in billions to two places, millions to one, thousands to three figures, or whole pounds."""
    check_numbers("amount", amount)
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
    check_numbers("count", count)
    return f"{round(count, -2):,.0f}" if count >= ROUGH else f"{count:,.0f}"


def inside(title: str) -> str:
    """A title inside a sentence: its first letter in lower case, unless its first word is an abbreviation."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def parts_of(counts: Sequence[int]) -> list[tuple[str, str]]:
    """The parts of a whole as people and percentages, each rounded so that the parts add up to the whole.

    Every part is rounded down, and the parts that lost most by it are rounded up, until the sum is right (the method of
    the largest remainder). From 10,000 people in all, the people of every part are in hundreds.

    Args:
        counts: people in each part, 0 or more.

    Returns:
        For each part its people and its share: ("28,900", "48%"). A part that is not empty has at least "under 1%".
    """
    total = sum(counts)
    unit = HUNDRED if total >= ROUGH else 1
    heads = [unit * part for part in _adding(counts, round(total / unit))]
    shares = _adding(counts, 100)
    parts = []
    for count, rounded, share in zip(counts, heads, shares, strict=True):
        # A few people must not read as none, so a part that rounds to zero is given exactly, or as "under 1%".
        people_of_part = f"{rounded:,.0f}" if rounded or not count else f"{count:,}"
        share_of_part = f"{share}%" if share or not count else "under 1%"
        parts.append((people_of_part, share_of_part))
    return parts


def percentages(counts: Sequence[int]) -> list[str]:
    """The shares of the parts of a whole in whole per cent that add up to 100: see `parts_of`."""
    return [share for _, share in parts_of(counts)]


def _adding(counts: Sequence[int], whole: int) -> list[int]:
    """Whole numbers in proportion to `counts` that add up to `whole`; all zero if the counts are."""
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    # Integers throughout, so that equal remainders are equal.
    floors = [count * whole // total for count in counts]
    lost = [count * whole % total for count in counts]
    first = sorted(range(len(counts)), key=lambda place: -lost[place])
    for place in first[: whole - sum(floors)]:
        floors[place] += 1
    return floors


def persons(count: int) -> str:
    """A number of people, with the noun."""
    return "1 person" if count == 1 else f"{people(count)} people"


def percent(share: float) -> str:
    """A share as a whole percentage. A few never read "0%", and most never read "100%"."""
    check_numbers("share", share)
    if 0 < share < FEW_PER_CENT:
        return "under 1%"
    if 1 - FEW_PER_CENT <= share < 1:
        return "over 99%"
    # A rounded zero has no sign.
    text = f"{abs(100 * share):.0f}%"
    return f"−{text}" if share < 0 and text != "0%" else text


def change(before: float, after: float, what: str) -> str:
    """How a number of people changed, in words: "People in post fell from 300 to 150".

    Args:
        before: the number before.
        after: the number after.
        what: what is counted, in the plural, with a capital letter if it begins a sentence.
    """
    if before == after:
        return f"{what} stayed at {people(after)}"
    return f"{what} {'fell' if after < before else 'rose'} from {people(before)} to {people(after)}"


def quantity(number: float, unit: str) -> str:
    """A figure with its unit in words, without its sign: "£1.9m a year", "52%", "120 people", "2.6 posts".

    Below ten, a number that is not whole has one decimal.

    Args:
        number: the figure.
        unit: its unit: "£", "£ a year", "% of ...", "ratio ...", "people", "posts", "WTE".
    """
    size = abs(number)
    if unit.startswith("£"):
        return f"{pounds(size)}{unit[1:]}"
    if unit.startswith("ratio"):
        return f"{size:.2f}"
    few = size < TEN and abs(size - round(size)) > SAME
    text = f"{size:.1f}" if few else people(size)
    if unit.startswith("%"):
        return f"{text}%"
    word = "person" if unit == "people" and text == "1" else unit
    return f"{text} {word}".rstrip()


def difference(number: float, unit: str) -> str:
    """The size of a gap between two figures, as `quantity`; a gap between shares is in percentage points."""
    if unit.startswith("%"):
        return f"{quantity(number, unit)[:-1]} percentage points"
    return quantity(number, unit)


def signed(number: float, unit: str) -> str:
    """A gap with its sign, as a table shows it: "+£1.9m", "−12 people", "0 people"."""
    text = difference(number, unit)
    # A gap that rounds to zero has no sign.
    if text == difference(0.0, unit):
        return text
    return f"{'+' if number > 0 else '−'}{text}"


def between(low: float, high: float, unit: str) -> str:
    """The ends of an interval of a gap with their signs and the unit once: "+0.7 to +3.3 people", "−£20 to +£5 a year".

    Args:
        low: the low end.
        high: the high end.
        unit: the unit of both, such as "people" or "£ a year".
    """
    first = signed(low, unit)
    last = signed(high, unit)
    # The unit that both ends have at their end is written once.
    for shared in (" percentage points", unit[1:] if unit.startswith("£") else f" {unit}", " person"):
        if shared.strip() and first.endswith(shared):
            return f"{first.removesuffix(shared)} to {last}"
    return f"{first} to {last}"


def _three_figures(size: float) -> float:
    """A number rounded to three significant figures."""
    return round(size, 2 - int(f"{size:e}".partition("e")[2]))


def amount(number: float, unit: str) -> str:
    """A published or simulated figure: "£ million" and similar units as sums of money, and shares in per cent.

    The rest of the unit, such as "a year", is given by `per(unit)`.
    """
    check_numbers("number", number)
    check_kind("unit", unit, str, "give text")
    sums = {"£ million": MILLION, "£ million a year": MILLION, "£ billion": BILLION}
    if unit in sums:
        return pounds(number * sums[unit])
    if unit.startswith("£"):
        return f"£{number:,.2f}" if abs(number) < HUNDRED else pounds(number)
    if unit.startswith("share of"):
        return percent(number)
    if unit in ("people", "posts", "WTE") and TEN <= abs(number) < HUNDRED:
        return f"{number:.0f}"
    if abs(number) >= HUNDRED or number == round(number):
        return people(number)
    return f"{number:.2f}"


def per(unit: str) -> str:
    """The part of a unit that follows the number: "a year", "WTE"; empty for people, sums and shares."""
    if unit.startswith("share of") or unit in ("people", "posts", "£ million", "£ billion", "£"):
        return ""
    return unit.removeprefix("£ million ").removeprefix("£ ")
