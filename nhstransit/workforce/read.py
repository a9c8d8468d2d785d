"""Reading a user's own staff list from CSV, and writing one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nhstransit import tables
from nhstransit.dates import date_of, epoch_day
from nhstransit.errors import StaffError, check_path, nearest
from nhstransit.workforce.codes import BANDS, CONTRACTS, SECTIONS, SEXES
from nhstransit.workforce.columns import NEVER, Workforce

NEEDED = ("staff", "employer", "function", "band", "point", "wte", "born", "service_from", "sex")
DEFAULTS = {
    "pay_pounds": "0",
    "clinician": "no",
    "contract": "permanent",
    "contract_ends": "",
    "section": "1995",
    "critical": "no",
    "skill": "0",
    "outside": "0",
    "attitude": "0",
}


def read_staff(path: Path, employers: Sequence[str], functions: Sequence[str]) -> Workforce:
    """The workforce in a CSV file whose header names the columns of `NEEDED`, and any of `DEFAULTS`.

    Dates are written 1965-03-31, whole-time equivalents 0.6, pay points from 1 (the lowest of the band), answers yes or
    no. Raises StaffError or FormatError naming file, row and column.
    """
    check_path("path", path)
    cells = tables.read_csv(path)
    _check_header(path, cells)
    count = len(cells["staff"])
    if not count:
        raise StaffError(str(path), "names nobody", "give a line a person under the header")
    text = {name: cells.get(name, [default] * count) for name, default in DEFAULTS.items()} | {
        name: cells[name] for name in NEEDED
    }

    def column(name: str, read: Callable[[str], Any]) -> list[Any]:
        return [_cell(path, place, name, item, read) for place, item in enumerate(text[name])]

    try:
        return Workforce(
            staff=np.array(column("staff", _whole(0, 2**31 - 2))),
            employer=np.array(column("employer", _word(employers))),
            function=np.array(column("function", _word(functions))),
            band=np.array(column("band", _word(BANDS))),
            point=np.array(column("point", _whole(1, 12))) - 1,
            pay_pence=np.array(column("pay_pounds", _pence)),
            wte_hundredths=np.array(column("wte", _hundredths)),
            born=np.array(column("born", _day)),
            service_from=np.array(column("service_from", _day)),
            sex=np.array(column("sex", _word(SEXES))),
            clinician=np.array(column("clinician", _yes)),
            contract=np.array(column("contract", _word(CONTRACTS))),
            contract_ends=np.array(column("contract_ends", lambda item: _day(item) if item else NEVER)),
            section=np.array(column("section", _word(SECTIONS))),
            critical=np.array(column("critical", _yes)),
            skill=np.array(column("skill", _score)),
            outside=np.array(column("outside", _score)),
            attitude=np.array(column("attitude", _score)),
            employers=tuple(employers),
            functions=tuple(functions),
            source=path.name,
        )
    except StaffError as error:
        raise (
            error if str(path) in error.where else StaffError(f"{path}: {error.where}", error.wrong, error.right)
        ) from None


def write_staff(path: Path, people: Workforce) -> None:
    """Write a workforce as the CSV that `read_staff` reads."""
    words = {
        "employer": people.employers,
        "function": people.functions,
        "band": BANDS,
        "sex": SEXES,
        "contract": CONTRACTS,
        "section": SECTIONS,
    }
    spelled = {name: [word[code] for code in getattr(people, name)] for name, word in words.items()}
    days = {name: [str(date_of(day)) for day in getattr(people, name)] for name in ("born", "service_from")}
    flags = {name: np.where(getattr(people, name), "yes", "no") for name in ("clinician", "critical")}
    columns: Mapping[str, Any] = {
        "staff": people.staff,
        **spelled,
        "point": people.point + 1,
        "pay_pounds": [
            str(pence // 100) if pence % 100 == 0 else f"{pence / 100:.2f}" for pence in people.pay_pence.tolist()
        ],
        "wte": people.wte,
        **days,
        **flags,
        "contract_ends": ["" if day == NEVER else str(date_of(day)) for day in people.contract_ends],
        **{name: getattr(people, name).astype("float64").round(4) for name in ("skill", "outside", "attitude")},
    }
    order = [*NEEDED, *DEFAULTS]
    tables.write_csv(path, {name: columns[name] for name in order})


def _check_header(path: Path, cells: Mapping[str, Any]) -> None:
    known = (*NEEDED, *DEFAULTS)
    for name in cells:
        if name not in known:
            raise StaffError(f"{path}: column {name!r}", "is not known", nearest(name, known))
    for name in NEEDED:
        if name not in cells:
            raise StaffError(f"{path}: column {name!r}", "is missing", f"add it; needed: {', '.join(NEEDED)}")


def _cell(path: Path, place: int, name: str, item: str, read: Callable[[str], Any]) -> Any:
    """One cell read; where it cannot be, the line of the file (the header is line 1) and the column are told."""
    try:
        return read(item)
    except ValueError as error:
        raise StaffError(f"{path}: line {place + 2}: {name}", f"is {item!r}", str(error)) from None


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(item: str) -> int:
        if not item.isdecimal() or not low <= int(item) <= high:
            raise ValueError(f"give a whole number from {low} to {high}")
        return int(item)

    return read


def _word(words: Sequence[str]) -> Callable[[str], int]:
    places = {word: place for place, word in enumerate(words)}

    def read(item: str) -> int:
        if item not in places:
            raise ValueError(nearest(item, words))
        return places[item]

    return read


def _pence(item: str) -> int:
    try:
        pounds = float(item)
    except ValueError:
        pounds = -1.0
    if not 0 <= pounds <= 20_000_000:
        raise ValueError("give whole-time basic pay a year in pounds, or 0 for the pay point's")
    return round(pounds * 100)


def _hundredths(item: str) -> int:
    try:
        hundredths = round(float(item) * 100)
    except (ValueError, OverflowError):
        hundredths = 0
    if not 1 <= hundredths <= 100:
        raise ValueError("give a whole-time equivalent from 0.01 to 1, such as 0.6")
    return hundredths


def _day(item: str) -> int:
    try:
        return epoch_day(dt.date.fromisoformat(item))
    except ValueError:
        raise ValueError("give a date such as 1965-03-31") from None


def _yes(item: str) -> bool:
    if item not in ("yes", "no"):
        raise ValueError("write yes or no")
    return item == "yes"


def _score(item: str) -> float:
    try:
        score = float(item)
    except ValueError:
        score = float("inf")
    if not abs(score) <= 10:
        raise ValueError("give a standardised score between -10 and 10")
    return score
