"""An organisation's own turnover: a list of last year's leavers and its staff, as rates of the scenario."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nhstransit import tables
from nhstransit.arrays import Longs
from nhstransit.behaviour.observed import Observed, Rate, Year, observed
from nhstransit.dates import date_of, epoch_day
from nhstransit.errors import FormatError
from nhstransit.workforce.assignments import Extracted
from nhstransit.workforce.cells import BLANK
from nhstransit.workforce.extract import read_sheet
from nhstransit.workforce.leavers import Leavers, known_in_leavers, leavers_of
from nhstransit.workforce.mapping import StaffMapping, normal

if TYPE_CHECKING:
    import pandas as pd

RATES = "leaving.csv"
PAGE = "leaving.md"


def read_leavers(
    source: str | Path | pd.DataFrame, *, on: dt.date, mapping: StaffMapping | None = None, order: str = ""
) -> Leavers:
    """Read a list of last year's leavers.

    Args:
        source: a CSV file, `.xlsx` workbook or DataFrame with employee number, day of leaving and reason. Dates of birth
            and of start, functions and destinations are used if it has them.
        on: the day of the extract of staff. People who left in the year before this day count.
        mapping: the meaning of headings and words that are not recognised automatically.
        order: dmy, mdy or ymd for all columns of dates.

    Raises:
        StaffError, FormatError: with all mistakes of the list.
    """
    meaning = mapping or StaffMapping()
    own = {normal(heading) for heading in meaning.columns.values()}
    sheet = read_sheet(source, known=lambda text: known_in_leavers(text) or normal(text) in own)
    return leavers_of(sheet, meaning, epoch_day(on), order=order)


def turnover(extracted: Extracted, leavers: Leavers) -> Observed:
    """The rates of leaving of the year before an extract, with intervals and a backtest.

    Args:
        extracted: the staff on the day of the extract.
        leavers: the people who left in the year before.
    """
    return observed(_year(extracted, leavers), _opening(extracted))


def _opening(extracted: Extracted) -> tuple[Longs, Longs]:
    people = extracted.people
    return people.born.astype("int64"), people.service_from.astype("int64")


def _year(extracted: Extracted, leavers: Leavers) -> Year:
    """Everyone employed in the year: the staff of today since they started, and leavers until they left."""
    people = extracted.people
    stayed = len(extracted.people)
    born, service = _opening(extracted)
    # A leaver's start is the date of start, else the start of service, else the first day of the year: without either
    # date, the person is assumed to have been there all year.
    came = np.where(leavers.started > BLANK, leavers.started, leavers.service_from)
    came = np.where(came > BLANK, came, leavers.first)
    served = np.where(leavers.service_from > BLANK, leavers.service_from, came)
    # Only people with known age and service can be compared with the model's age and service factors.
    known = (leavers.born > BLANK) & ((leavers.service_from > BLANK) | (leavers.started > BLANK))
    known_born = np.where(leavers.born > BLANK, leavers.born, 0)
    functions = np.array(people.functions, object)[people.function]
    return Year(
        first=leavers.first,
        on=leavers.on,
        since=np.concatenate([extracted.started, came]),
        until=np.concatenate([np.full(stayed, leavers.on), leavers.left + 1]),
        cause=np.concatenate([np.full(stayed, -1), leavers.cause]),
        nhs=np.concatenate([np.full(stayed, -1), leavers.nhs]),
        born=np.concatenate([born, known_born]),
        service_from=np.concatenate([service, served]),
        known=np.concatenate([np.ones(stayed, bool), known]),
        function=np.concatenate([functions, leavers.function]),
    )


def behaviour_tables(found: Observed) -> dict[str, Any]:
    """The tables of a scenario file that set the rates."""
    return {"departures": {one.path: one.value for one in found.rates if one.used}}


def rate_table(found: Observed) -> pd.DataFrame:
    """One row for each number of the model: leavers, rate, limits, the model's own rate, and whether it is replaced."""
    names = ("path", "left", "value", "low", "high", "usual", "used")
    columns: dict[str, Any] = {name: [getattr(one, name) for one in found.rates] for name in names}
    columns["path"] = [f"behaviour.departures.{path}" for path in columns["path"]]
    columns["used"] = ["yes" if used else "no" for used in columns["used"]]
    return tables.frame(columns)


def read_ranges(path: Path) -> dict[str, tuple[float, float]]:
    """Limits of each rate that replaced the model's own, by dotted path; empty if there is no such file."""
    if not path.exists():
        return {}
    rows = tables.read_csv(path)
    try:
        found = zip(rows["path"], rows["low"], rows["high"], rows["used"], strict=True)
        return {name: (float(low), float(high)) for name, low, high, used in found if used == "yes"}
    except (KeyError, ValueError) as error:
        right = "make the folder again with --leavers, or remove the file"
        raise FormatError("", f"was changed after it was written ({error})", right).in_file(path) from None


def text(found: Observed, leavers: Leavers) -> str:
    """The rates and the backtest as a page in Markdown. It contains exact counts, so only its owner should read it."""
    first = date_of(leavers.first)
    last = date_of(leavers.on - 1)
    aside = sum(len(one.lines) for one in leavers.set_aside)
    parts = [
        f"# Leaving from {first} to {last}",
        "",
        f"{leavers.rows:,} rows were read: {len(leavers):,} people left of their own accord in {found.person_years:,.1f} "
        f"person-years; {aside:,} rows are left out. Limits are of 95 per cent. Counts are exact: do not share this page.",
        "",
        *(f"- {len(one.lines):,} left out: {one.rule}" for one in leavers.set_aside),
        "",
        "## Rates",
        "",
        "| number | left | rate | limits | the model's own | used |",
        "|---|---:|---:|---:|---:|---|",
        *map(_rate_row, found.rates),
        "",
        "A cause with fewer than five leavers keeps the model's own rate.",
        "",
        "## Backtest",
        "",
        "| by | group | left | expected | limits | within |",
        "|---|---|---:|---:|---:|---|",
    ]
    for one in found.backtest:
        limits = f"{one.low:.0f} to {one.high:.0f}"
        within = "yes" if one.within else "no"
        parts.append(f"| {one.by} | {one.group} | {one.left:,} | {one.expected:.1f} | {limits} | {within} |")
    held = sum(one.within for one in found.backtest)
    parts += ["", f"{held} of {len(found.backtest)} are within their limits; 95 of 100 are expected by chance."]
    return "\n".join(parts) + "\n"


def _rate_row(one: Rate) -> str:
    limits = f"{one.low:.4f} to {one.high:.4f}"
    used = "yes" if one.used else "no"
    return f"| {one.path} | {one.left:,} | {one.value:.4f} | {limits} | {one.usual:.4f} | {used} |"
