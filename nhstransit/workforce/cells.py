"""The meaning of single cells of an extract: grades, points, days, hours and pay. Each distinct text is read once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

import attrs

from nhstransit import phrases
from nhstransit.dates import epoch_day
from nhstransit.workforce.columns import BANDS
from nhstransit.workforce.mapping import normal

BLANK = -(2**31)  # stands for the epoch day of a cell that gives none
_EMPTY = ("", "-", "n/a", "na", "null", "none", "(null)", "#n/a", ".")
_LONG = {
    "january": 1,
    "february": 2,
    "march": 3,
    "april": 4,
    "may": 5,
    "june": 6,
    "july": 7,
    "august": 8,
    "september": 9,
    "october": 10,
    "november": 11,
    "december": 12,
}
_MONTHS = {name[:3]: number for name, number in _LONG.items()}
# Days (year, month, day) that payroll systems write for an unknown or an open date.
_SENTINELS = (
    (1900, 1, 1),
    (1899, 12, 31),
    (1899, 12, 30),
    (1901, 1, 1),
    (1800, 1, 1),
    (4712, 12, 31),
    (9999, 12, 31),
)


def is_blank(text: str) -> bool:
    """Whether a cell is empty or contains only signs for "nothing"."""
    return text.strip().lower() in _EMPTY


# Grades and points

_CODE = re.compile(r"\bX[RN]\s?0?(\d{1,2})\b", re.IGNORECASE)
_CODES = {**{number: f"{number}" for number in range(1, 8)}, 8: "8a", 9: "8b", 10: "8c", 11: "8d", 12: "9"}
_LETTERS = "".join(sorted({name[-1] for name in BANDS if name[0].isdigit() and name[-1].isalpha()}))  # of "8a", "8b" …
_BAND = re.compile(r"\bband\s*(\d{1,2})(?:\s*(?:range\s*)?([" + _LETTERS + r"])\b)?", re.IGNORECASE)
_SHORT = re.compile(r"^(?:afc|a4c|b|agenda for change)?\s*(\d{1,2})\s*([" + _LETTERS + r"])?$", re.IGNORECASE)
VSM_GRADE = "VSM"
MEDICAL = "medical"
LOCAL = "local"


def grade_of(word: str) -> str | None:
    """A band, "VSM", "medical" or "local". None for a grade that is unknown or ambiguous.

    >>> [grade_of(word) for word in ("NHS|XR08|Review Body Band 8 - Range A", "Band 8a", "Local|VSM", "Band 10")]
    ['8a', '8a', 'VSM', None]
    """
    plain = normal(word)
    # Very senior managers first, because their grades may also mention a band.
    if re.search(r"\b(vsm|esm)\b|very senior|executive (and )?senior manage", plain):
        return VSM_GRADE
    band = _BAND.search(plain) or _SHORT.match(plain)
    code = _CODE.search(word)
    # The name of a band and the staff record system's code must not contradict each other.
    if band:
        name = f"{int(band[1])}{(band[2] or '').lower()}"
        if name not in BANDS:
            return None
        return name if code is None or _agree(int(code[1]), name) else None
    if code:
        return _CODES.get(int(code[1]))
    if plain.startswith("local") or re.search(
        r"\b(local|spot|ad ?hoc|apprentice\w*|appr|non afc|personal salary|trust scale|trust grade|njc|soulbury)\b",
        plain,
    ):
        return LOCAL
    if re.search(
        r"consultant|medical|dental|dentist|doctor|registrar|specialty|staff grade|associate specialist|\bgp\b|"
        r"general practitioner|foundation year|clinical (director|assistant)|\b[mky][a-z]\d{2}\b",
        plain,
    ):
        return MEDICAL
    return None


def _agree(code: int, band: str) -> bool:
    """Whether the code of the staff record system fits a band.

    Up to band 7, the code is the band's number. For the ranges of band 8 and for band 9, payrolls use numbers from 8 to
    12 in different ways.
    """
    if len(band) == 1 and int(band) < 8:
        return code == int(band)
    return 8 <= code <= 12


@attrs.frozen
class Point:
    """The meaning of a cell for the pay point: a `number` on the national spine or within the band, a named `step`, or
    nothing.

    Attributes:
        number: the point; 0 if none is given.
        code: the band in the code beside the number; "" if there is no code.
        step: "entry", "intermediate", "top" or "".
        coded: whether the number has the staff record system's code beside it, so that it is a spine point.
    """

    number: int = 0
    code: str = ""
    step: str = ""
    coded: bool = False

    @property
    def blank(self) -> bool:
        """Whether the cell gives no point."""
        return not self.number and not self.step


def point_of(word: str) -> Point | None:
    """The point in a cell. None for a text that is not a point."""
    if is_blank(word):
        return Point()
    plain = normal(word)
    code = _CODE.search(word)
    # The point follows the code of the grade.
    rest = normal(word[code.end() :]) if code else plain
    band = _CODES.get(int(code[1]), "") if code else ""
    step = re.search(r"\b(entry|minimum|bottom|intermediate|mid\w*|top|max\w*)\b", rest)
    if step:
        word_of = step[1]
        name = "intermediate"
        if word_of in ("entry", "minimum", "bottom"):
            name = "entry"
        elif word_of[:3] in ("top", "max"):
            name = "top"
        return Point(step=name, code=band)
    number = re.fullmatch(
        r"(?:spine|scp|sp|point|pt|step|spine point|pay point|step point)?\s*0?(\d{1,2})(?: 0+)?", rest
    )
    if number and int(number[1]) > 0:
        return Point(number=int(number[1]), code=band, coded=bool(code))
    return Point(code=band) if code and not rest else None


# Days

_NAMED = re.compile(r"^(\d{1,2})[\s\-/.]*([a-z]{3,9})[\s\-/.,]*(\d{4}|\d{2})$")
_NAMED_FIRST = re.compile(r"^([a-z]{3,9})[\s\-/.]*(\d{1,2})[\s\-/.,]+(\d{4})$")
_NUMBERS = re.compile(r"^(\d{1,4})[/\-.\s](\d{1,2})[/\-.\s](\d{1,4})$")
_TIME = re.compile(r"[ t]+00:00(:00(\.0+)?)?(z)?$")


@attrs.frozen
class Days:
    """The days in the distinct texts of one column.

    Attributes:
        days: epoch day of each text; BLANK if a text gives none.
        faults: for each faulty text, what is wrong and what would be right.
        dummies: texts that stand for "not known", such as 01-JAN-1900.
        order: the order found or given; "" if the order makes no difference.
    """

    days: dict[str, int]
    faults: dict[str, tuple[str, str]]
    dummies: frozenset[str]
    order: str


def read_days(words: Iterable[str], *, earliest: dt.date, latest: dt.date, order: str = "", heading: str = "") -> Days:
    """The days in a column.

    The order of day and month is found from all of the column's texts: an order that does not fit one of them is
    excluded. If both orders are possible and give different days, every such text is an error. Nothing is guessed.

    Args:
        words: the distinct texts.
        earliest, latest: limits that fix the century of a two-digit year.
        order: dmy, mdy or ymd, if the user gives it.
        heading: the column's heading, for messages.
    """
    days: dict[str, int] = {}
    faults: dict[str, tuple[str, str]] = {}
    dummies: set[str] = set()
    numeric: dict[str, tuple[int, int, int]] = {}
    # Days with a month in words are read at once. Days of three numbers wait until the whole column is known.
    for word in words:
        if is_blank(word):
            days[word] = BLANK
            continue
        plain = _TIME.sub("", word.strip().lower())
        figures = _NUMBERS.match(plain)
        if figures:
            # One of the outer numbers must be a year of four digits, or the last one a year of two.
            before = len(figures[1])
            after = len(figures[3])
            if 4 in (before, after) or (before <= 2 and after == 2):
                numeric[word] = (int(figures[1]), int(figures[2]), int(figures[3]))
                continue
        named = _by_name(plain)
        found = _date(*named, earliest, latest) if named else None
        if found is None:
            faults[word] = (f"is {word[:40]!r}", _right_day(plain))
        elif (found.year, found.month, found.day) in _SENTINELS:
            days[word] = BLANK
            dummies.add(word)
        else:
            days[word] = epoch_day(found)
    found_order = _numeric_days(numeric, order, earliest, latest, days, faults, dummies, heading)
    return Days(days, faults, frozenset(dummies), found_order)


def _right_day(plain: str) -> str:
    if re.fullmatch(r"\d{5}(\.\d+)?", plain):
        return "this is how a spreadsheet stores a day: format the column as a date and save it again"
    return "give a day such as 14-MAY-1968, 14/05/1968 or 1968-05-14"


def _by_name(plain: str) -> tuple[int, int, int, bool] | None:
    """Year, month, day and whether the year has two digits, for a day whose month is a word."""
    match = _NAMED.match(plain)
    if match:
        day = match[1]
        name = match[2]
        year = match[3]
    else:
        match = _NAMED_FIRST.match(plain)
        if not match:
            return None
        day = match[2]
        name = match[1]
        year = match[3]
    month = _LONG.get(name) or _MONTHS.get(name) or (9 if name == "sept" else None)
    return (int(year), month, int(day), len(year) == 2) if month else None


def _date(year: int, month: int, day: int, short: bool, earliest: dt.date, latest: dt.date) -> dt.date | None:
    """The date, or None. A two-digit year gets the century in which the day is within the limits."""
    # With two digits, both centuries are tried, and the day must be possible in exactly one of them.
    years = (1900 + year, 2000 + year) if short else (year,)
    found = []
    for each in years:
        try:
            date = dt.date(each, month, day)
        except ValueError:
            continue
        if not short or earliest <= date <= latest:
            found.append(date)
    return found[0] if len(found) == 1 else None


def _numeric_days(
    numeric: dict[str, tuple[int, int, int]],
    given: str,
    earliest: dt.date,
    latest: dt.date,
    days: dict[str, int],
    faults: dict[str, tuple[str, str]],
    dummies: set[str],
    heading: str,
) -> str:
    """Read dates of three numbers, all in the same order. Adds to `days`, `faults` and `dummies`, and returns the
    order.

    Args:
        numeric: the three numbers of each text.
        given: the order given by the user; "" for none.
        earliest: first day of the limits that fix the century of a two-digit year.
        latest: last day of these limits.
        days: epoch day of each text; results are added to it.
        faults: what is wrong and what would be right for each text; results are added to it.
        dummies: texts that stand for "not known"; results are added to it.
        heading: the column's heading, for messages.
    """
    # Every reading of every text that is a date.
    readings: dict[str, dict[str, dt.date]] = {}
    for word, (first, second, third) in numeric.items():
        forms: dict[str, tuple[int, int, int, bool]] = {}
        if first > 31:
            forms["ymd"] = (first, second, third, False)
        else:
            short = third < 100
            forms["dmy"] = (third, second, first, short)
            forms["mdy"] = (third, first, second, short)
            # Year first is possible only with two digits for the year, such as 05-04-01.
            if short and re.match(r"^\d{2}\D", word.strip()):
                forms["ymd"] = (first, second, third, True)
        if given and given in forms:
            forms = {given: forms[given]}
        read = {name: _date(*form, earliest, latest) for name, form in forms.items()}
        readings[word] = {name: date for name, date in read.items() if date is not None}
    # A text that begins with a year of four digits has only one reading, and does not show the order of the others.
    whole = {word: found for word, found in readings.items() if set(found) != {"ymd"} or numeric[word][0] <= 31}
    orders = [given]
    # The orders in which every text is a date.
    if not given:
        orders = [name for name in ("dmy", "mdy", "ymd") if all(name in found for found in whole.values())]
    if not orders and whole:  # no single order fits: use the most common one, and report the texts that do not fit it
        votes = {name: sum(name in found for found in whole.values()) for name in ORDERS_FOUND}
        orders = [max(votes, key=lambda name: votes[name])]
    for word, found in readings.items():
        # Two orders may give the same date, such as 04/04/1968, which is then not ambiguous.
        possible = {found[name] for name in (orders if word in whole else ["ymd"]) if name in found}
        if not possible:
            best = f"in the order {given or 'ymd'}"
            if orders and not given:
                best = f"as the rest of the column ({orders[0]})"
            faults[word] = (
                f"is {word[:40]!r}, which is not a date {best}",
                "correct the day, or write the whole column in one order",
            )
        elif len(possible) > 1:
            two = " or ".join(sorted(map(phrases.date, possible)))
            named = heading or "the column"
            faults[word] = (
                f"is {word!r}, which may be {two}, and nothing in the column shows which",
                f'give the order with --dates dmy, or in the mapping file [dates] "{named}" = "dmy"',
            )
        else:
            date = possible.pop()
            if (date.year, date.month, date.day) in _SENTINELS:
                days[word] = BLANK
                dummies.add(word)
            else:
                days[word] = epoch_day(date)
    return orders[0] if len(orders) == 1 and whole else ""


ORDERS_FOUND = ("dmy", "mdy", "ymd")


# Numbers


def share_of(text: str) -> float | None:
    """A full-time equivalent such as 0.6, 0,6 or 60%. None for any other text."""
    plain = text.strip().replace(" ", "")
    if re.fullmatch(r"\d{1,3}(\.\d+)?%", plain):
        return float(plain[:-1]) / 100
    # A decimal comma, as in other countries' number formats.
    if re.fullmatch(r"\d{1,2},\d{1,5}", plain):
        plain = plain.replace(",", ".")
    is_number = re.fullmatch(r"\d{0,3}(\.\d+)?", plain) and plain not in ("", ".")
    return float(plain) if is_number else None


def hours_of(text: str) -> float | None:
    """Hours or sessions per week: 37.5, 37,5 or 37:30. None for any other text."""
    plain = text.strip().lower().removesuffix("hours").removesuffix("hrs").strip()
    clock = re.fullmatch(r"(\d{1,2}):([0-5]\d)(:00)?", plain)
    if clock:
        return int(clock[1]) + int(clock[2]) / 60
    return share_of(plain)


def pounds_of(text: str) -> float | None:
    """Pounds such as 35,184.00 or £35184. None for any other text, or for a text that could mean two sums."""
    plain = text.strip().replace("£", "").replace(" ", "").removesuffix("gbp").removesuffix("GBP")
    # A comma before three digits separates thousands; before two digits it is a decimal comma.
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d{1,2})?", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"\d+,\d{2}", plain):
        plain = plain.replace(",", ".")
    return float(plain) if re.fullmatch(r"\d+(\.\d+)?", plain) else None


def age_of(text: str) -> float | None:
    """The middle of an age in years or of an age band, in years. None for any other text.

    >>> [age_of(text) for text in ("41", "46-50", ">=71 Years", "<=20 Years")]
    [41.5, 48.5, 71.5, 20.5]
    """
    plain = text.strip().lower().replace("years", "").replace("yrs", "").strip()
    # On average a person aged 41 is halfway to the 42nd birthday. The open bands are read as their limit.
    single = re.fullmatch(r"(?:>=|<=|over |under )?\s*(\d{2})\s*(?:\+|and over)?", plain)
    if single:
        return int(single[1]) + 0.5
    band = re.fullmatch(r"(\d{2})\s*(?:-|–|to)\s*(\d{2})", plain)
    if band is None or band[1] >= band[2]:
        return None
    # The last year of the band counts to its end, hence the 1.
    return (int(band[1]) + int(band[2]) + 1) / 2
