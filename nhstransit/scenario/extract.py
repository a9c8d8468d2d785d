"""A payroll extract as a staff list: read by `workforce`, with the law's pay table, pay spine and pension sections."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import toml
from nhstransit.dates import date_of, epoch_day, months_later
from nhstransit.errors import ParameterError, StaffError, check_path
from nhstransit.law import Law
from nhstransit.toml import Named
from nhstransit.workforce import cells
from nhstransit.workforce.assignments import Extracted, people_of
from nhstransit.workforce.columns import BANDS, Workforce
from nhstransit.workforce.extract import Sheet, read_sheet
from nhstransit.workforce.identities import own_numbers, pseudonyms
from nhstransit.workforce.joining import joined
from nhstransit.workforce.mapping import ORDERS, StaffMapping, known_heading, normal, recognised
from nhstransit.workforce.points import PayTable
from nhstransit.workforce.read import read_staff as read_own_list

if TYPE_CHECKING:
    import pandas as pd

_FRESH_DAYS = 400  # an extract whose latest start date is at most this old is assumed to describe today
_AS_AT = re.compile(r"\b(?:as (?:at|of|on)|snapshot|effective|position (?:at|on))\b\W*(?:date)?\W*(.+)$", re.IGNORECASE)
_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[\s/\-.]+(?:\d{1,2}|[A-Za-z]{3,9})[\s/\-.,]+\d{4}")


def read_staff(
    source: str | Path | pd.DataFrame,
    employers: Sequence[str] | None = None,
    functions: Sequence[str] | None = None,
    *,
    mapping: StaffMapping | str | Path | None = None,
    on: dt.date | None = None,
    order: str = "",
) -> Workforce:
    """Read the workforce from a staff list or from an extract of a payroll.

    `read_extract` also returns the data-quality report.

    Args:
        source: the path of a CSV file or `.xlsx` workbook, or a DataFrame.
        employers, functions: names in a scenario, in its order. With both, `source` is a staff list in the library's
            own form.
        mapping: the meaning of headings and words that are not recognised automatically: a StaffMapping, or its TOML file.
        on: the day that the extract describes; by default it is inferred from the extract, otherwise today.
        order: dmy, mdy or ymd for all columns of dates.

    Raises:
        StaffError, FormatError: with all errors, each with its line and column in the file.
    """
    # With the names of a scenario, the source is a list in the library's own form, whose columns refer to these names.
    if employers is not None or functions is not None:
        if employers is not None and functions is not None:
            check_path("path", source)
        if employers is None or functions is None or not isinstance(source, (str, Path)):
            raise StaffError(
                "staff",
                "is given with only one of employers and functions",
                "give a path, employers and functions",
            )
        return read_own_list(Path(source), employers, functions)
    return read_extract(source, mapping=mapping, on=on, order=order).people


def read_extract(
    source: str | Path | pd.DataFrame | Sequence[str | Path | pd.DataFrame],
    *,
    mapping: StaffMapping | str | Path | None = None,
    on: dt.date | None = None,
    order: str = "",
    sheet: str = "",
    employer: str = "",
    key: bytes | None = None,
    law: Law | None = None,
    today: dt.date | None = None,
) -> Extracted:
    """Read a payroll extract: its people, what happened to each row, and the mapping that was used.

    Several extracts, such as those of two boards that are to merge, are read separately, because their forms may
    differ. Together they make one staff list. The same payroll number in two extracts means two people.

    Args:
        source: as for `read_staff`, or a list of such sources. No employer may be in two of them.
        mapping, on, order: as for `read_staff`, for every extract.
        sheet: the sheet to read, in a workbook with several lists.
        employer: the employer's name, if no column has it.
        key: the key of pseudonyms for people. Without it, they are identified by payroll numbers if these are whole.
        law: the law, with its pay table; by default the bundled law.
        today: the day to use as today, for tests.

    Raises:
        StaffError, FormatError: with all errors of the file, or of the first of several that has any; for an employer
            in two files; and for files of different days.
    """
    if isinstance(source, (list, tuple)):
        how: dict[str, Any] = {"mapping": mapping, "on": on, "order": order, "sheet": sheet, "employer": employer}
        return _several(source, key=key, law=law, today=today, **how)
    meaning = mapping if isinstance(mapping, StaffMapping) else read_mapping(mapping)
    if order and order not in ORDERS:
        raise StaffError("order", f"is {order!r}", f"give one of {', '.join(ORDERS)}")
    if employer:
        meaning = attrs.evolve(meaning, employer=employer)
    one: Any = source  # not a list: lists were handled above
    read = read_sheet(one, known=_knows(meaning), sheet=sheet)
    # The day comes from the caller, else from the mapping, else from the extract itself. It is found before people are
    # read, because pay tables, ages and lengths of service depend on it.
    the_law = law or Law.bundled()
    day = on or meaning.on
    note = f"The day of the extract is {day}, as given." if day else ""
    if day is None:
        day, note = first_day(read, meaning, the_law, order=order, today=today or dt.date.today())
    table = pay_table(the_law, epoch_day(day))

    def numbered(texts: Sequence[str]) -> Any:
        return own_numbers(texts) if key is None else pseudonyms(texts, key)

    read = attrs.evolve(read, notes=(*read.notes, note))
    return people_of(read, attrs.evolve(meaning, on=day), table, numbered=numbered, order=order)


def _several(sources: Sequence[str | Path | pd.DataFrame], *, key: bytes | None, **how: Any) -> Extracted:
    """Extracts of different employers, read separately, as one staff list."""
    if not sources:
        raise StaffError("staff", "no file is given", "give the path of an extract")
    if len(sources) == 1:
        return read_extract(sources[0], key=key, **how)
    # Each part is read without the key. Pseudonyms are made at the end, from identities that differ between files.
    parts = [read_extract(source, **how) for source in sources]
    return joined(parts, numbered=own_numbers if key is None else lambda texts: pseudonyms(texts, key))


def read_mapping(path: str | Path | None) -> StaffMapping:
    """The mapping in a TOML file; an empty one for None."""
    return StaffMapping() if path is None else toml.load(Path(path), StaffMapping)


def mapping_text(mapping: StaffMapping) -> str:
    """A mapping as TOML that `read_mapping` reads."""
    # Empty settings are left out, so that the user sees only what was recognised or set.
    plain = {name: item for name, item in toml.unstructure(mapping).items() if item not in ("", {}, None)}
    grades = {word: _short(grade) for word, grade in plain.get("grades", {}).items()}
    return toml.dumps({**plain, "grades": grades} if grades else plain)


def _short(grade: dict[str, Any]) -> dict[str, Any]:
    """A grade's entry without empty fields. An entry without a band has its pay, for the user to complete."""
    entry = {"band": grade["band"]} if grade["band"] else {"pay_pounds": grade["pay_pounds"]}
    # VSM has no pay table, so its pay is needed even if it is still 0.
    if grade["band"] == "VSM" or grade["pay_pounds"]:
        entry["pay_pounds"] = grade["pay_pounds"]
    return entry | ({"leave_out": True} if grade["leave_out"] else {})


def pay_table(law: Law, on: int) -> PayTable:
    """The law's pay by band and point on an epoch day. Raises ParameterError if it has none for that day."""
    # The bands have different numbers of points, and some have none. So each band has a tuple of its own length.
    counts = law.points(on)
    pence = []
    for band, count in enumerate(counts.tolist()):
        points = np.arange(count)
        pay = law.annual_pay(np.full(count, band), points, on).tolist() if count else ()
        pence.append(tuple(pay))
    starts = law.pension_starts(on)
    spine = {band: ends for band, ends in law.spine_points(on).items() if counts[BANDS.index(band)]}
    return PayTable(on=on, pence=tuple(pence), spine=Named(spine), section_starts=starts)


def first_day(sheet: Sheet, mapping: StaffMapping, law: Law, *, order: str, today: dt.date) -> tuple[dt.date, str]:
    """The day that an extract describes, and how it was found.

    It is the day in a title, if there is one. Otherwise, if the latest start date in the extract is recent, it is today.
    Otherwise it is the 1st of the month after that start date, or the first day after it for which the law has a pay
    table.

    Args:
        sheet: the extract.
        mapping: the meaning of headings and words that are not recognised automatically.
        law: the dated parameters, with pay tables.
        order: dmy, mdy or ymd for all columns of dates.
        today: the day to use as today.
    """
    # First choice: a day in a title after words such as "as at". Other dates in titles may be dates of printing.
    for title in sheet.titles:
        as_at = _AS_AT.search(title)
        day = _A_DAY.search(as_at[1]) if as_at else None
        if day:
            read = cells.read_days([day[0]], earliest=dt.date(2000, 1, 1), latest=today, order=order or "dmy")
            if not read.faults:
                found = date_of(read.days[day[0]])
                return found, f"The day of the extract is {found}, from its title."
    # Second choice: the latest start date. People start every month, so an extract is little younger than that day.
    roles = recognised(sheet.columns, mapping.columns)
    role = next((name for name in ("started", "service_from") if name in roles), None)
    if role is None:
        return today, f"The day of the extract is assumed to be today, {today}."
    column = sheet.columns[roles[role]]
    given = mapping.dates.get(column.heading, order)
    read = cells.read_days(column.words, earliest=dt.date(1940, 1, 1), latest=today, order=given)
    days = [day for day in read.days.values() if cells.BLANK < day <= epoch_day(today)]
    latest = date_of(max(days)) if days else today
    if (today - latest).days <= _FRESH_DAYS:
        return (
            today,
            f"The day of the extract is assumed to be today, {today}, because its latest start date is {latest}.",
        )
    following = months_later(latest.replace(day=1), 1)
    held = _first_held(law, following)
    return held, (
        f"The day of the extract is assumed to be {held}, because its latest start date is {latest} and its title has no "
        "day. Give another day with --on, or in the mapping file."
    )


def _first_held(law: Law, day: dt.date) -> dt.date:
    """The day itself, or the first 1 April after it for which the law has pay points."""
    # The pay tables of the library need not be without gaps. If none begins within 20 years, the day itself is returned,
    # and the error about its pay comes later.
    for year in (None, *range(day.year, day.year + 20)):
        tried = day if year is None else dt.date(year, 4, 1)
        if tried < day:
            continue
        try:
            law.points(epoch_day(tried))
        except ParameterError:
            continue
        return tried
    return day


def _knows(mapping: StaffMapping) -> Any:
    """Whether a heading is recognised automatically, or is in the mapping."""
    own = {normal(heading) for heading in mapping.columns.values()}

    @cache  # most words are in many cells of the file, and are looked up for each delimiter
    def known(text: str) -> bool:
        return known_heading(text) or normal(text) in own

    return known
