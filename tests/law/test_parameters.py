"""Dated parameters: the entry in force on a day, and messages that state the days with an entry."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path

import numpy as np
import pytest

from nhstransit.errors import FormatError, InputError, ParameterError
from nhstransit.law.parameters import Parameters, bundled

FOUND = bundled()
SOURCE = """
[[source]]
id = "bill"
title = "A bill"
publisher = "Parliament"
date = "2013"
"""
ENTRY = """
[[number]]
parameter = "{name}"
unit = "{unit}"
since = {since}
value = {value}
sources = ["{source}"]
quality = "{quality}"
"""


def written(
    folder: Path,
    *,
    name: str = "alternative_window_days",
    unit: str = "days after the last day",
    since: str = "2013-01-01",
    value: str = "56",
    source: str = "bill",
    quality: str = "official",
    more: str = "",
) -> Path:
    path = folder / "reform.toml"
    entry = ENTRY.format(name=name, unit=unit, since=since, value=value, source=source, quality=quality)
    path.write_text(f'format = 1\nabout = "a reform"\n{SOURCE}\n{entry}\n{more}', "utf-8")
    return path


def test_an_entry_is_in_force_until_the_next_entry() -> None:
    """The limit on a week's pay changes on the day of the law and not before."""
    caps = FOUND.number("statutory_week_cap")
    assert caps.on(dt.date(2011, 1, 31)).value == 380
    assert caps.on(dt.date(2011, 2, 1)).value == 400


@pytest.mark.parametrize("day", [dt.date(2009, 9, 30), dt.date(2014, 4, 1), dt.date(2028, 4, 1)], ids=str)
def test_a_day_without_an_entry_is_refused_with_the_available_dates(day: dt.date) -> None:
    """The day is before the first entry, in a gap, or after the last entry."""
    with pytest.raises(ParameterError) as error:
        FOUND.number("statutory_week_cap").on(day)
    assert day.isoformat() in str(error.value)
    assert "2009-10-01" in str(error.value) and "2013-02-01 to 2014-03-31" in str(error.value)


def test_a_day_in_a_gap_is_refused_with_the_reason() -> None:
    """The message states what is missing."""
    with pytest.raises(ParameterError, match="do not have the limits of 2014 to 2023"):
        FOUND.number("statutory_week_cap").on(dt.date(2016, 1, 1))


def test_an_extended_entry_is_graded_as_an_assumption() -> None:
    """It has this grade after the known end of the entry only."""
    pay = FOUND.grid("afc_points").on(dt.date(2027, 6, 1))
    assert pay.since == dt.date(2026, 4, 1) and pay.quality_on(pay.first) == "derived"
    assert pay.quality_on(pay.first + 365) == "assumption"


def test_an_epoch_day_and_its_date_have_the_same_entry() -> None:
    series = FOUND.table("employer_ni")
    assert series.on(dt.date(2010, 4, 1)) is series.on(14_700)


def test_regimes_divide_a_column_of_days_by_entry() -> None:
    """Each day belongs to exactly one entry."""
    days = np.array([15_799, 15_800, 15_801, 15_802])  # 4 to 7 April 2013
    found = {entry.number("large_days"): mask for entry, mask in FOUND.table("consultation").regimes(days)}
    assert {size: None if mask is None else mask.tolist() for size, mask in found.items()} == {
        90: [True, True, False, False],
        45: [False, False, True, True],
    }


def test_one_regime_needs_no_mask() -> None:
    """There is no mask if one entry covers all days, and no regime without days."""
    series = FOUND.table("section16")
    assert [mask for _, mask in series.regimes([14_700, 14_800])] == [None]
    assert list(series.regimes(np.array([], int))) == []


def test_one_day_without_an_entry_refuses_the_column() -> None:
    """The day is in a gap, while the first and the last day are covered."""
    with pytest.raises(ParameterError, match="2016"):
        list(FOUND.table("employer_ni").regimes([15_000, 17_000, 20_300]))


def test_a_file_can_add_a_reform(tmp_path: Path) -> None:
    """Earlier days keep the old law, and the bundled parameters do not change."""
    own = FOUND.having(written(tmp_path)).number("alternative_window_days")
    assert own.on(dt.date(2012, 12, 31)).value == 28 and own.on(dt.date(2013, 1, 1)).value == 56
    assert FOUND.number("alternative_window_days").on(dt.date(2013, 1, 1)).value == 28


def test_a_file_can_replace_an_entry_of_the_same_day(tmp_path: Path) -> None:
    """The new value replaces the bundled value."""
    path = written(tmp_path, name="statutory_week_cap", unit="pounds a week", since="2011-02-01", value="401")
    assert FOUND.having(path).number("statutory_week_cap").on(dt.date(2011, 6, 1)).value == 401


def test_a_reform_ends_the_entry_in_force_on_its_first_day(tmp_path: Path) -> None:
    """This is so even if the earlier entry has a later end."""
    path = written(tmp_path, name="statutory_week_cap", unit="pounds a week", since="2013-06-01", value="500")
    own = FOUND.having(path).number("statutory_week_cap")
    assert own.on(dt.date(2013, 5, 31)).value == 450 and own.on(dt.date(2020, 1, 1)).value == 500


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"source": "nobody"}, "nobody"),
        ({"quality": "certain"}, "certain"),
        ({"unit": "weeks"}, "weeks"),
        ({"value": '"56"'}, "number"),
        ({"value": "true"}, "number"),
        ({"name": "Window Days"}, "Window Days"),
        ({"more": "[[numbers]]\nvalue = 1"}, "numbers"),
        ({"name": "section16"}, "two kinds"),
        ({"more": "until = 2012-01-01"}, "not before"),
        ({"more": "range = [3, 1]"}, "lowest"),
    ],
    ids=lambda part: str(part)[:30],
)
def test_faults_in_a_file_are_refused(tmp_path: Path, fault: dict[str, str], message: str) -> None:
    """Examples are an unknown source, grade or key, another unit, and text instead of a number."""
    with pytest.raises(FormatError, match=message):
        FOUND.having(written(tmp_path, **fault))


@pytest.mark.parametrize("kind", ["number", "table", "grid"])
def test_an_unknown_parameter_is_refused_with_known_names(kind: str) -> None:
    with pytest.raises(ParameterError, match="known"):
        getattr(FOUND, kind)("statutory_week_capp")


def test_an_unknown_row_is_refused_with_known_rows() -> None:
    with pytest.raises(ParameterError, match="known"):
        FOUND.table("section16").on(14_700).number("cap")
    with pytest.raises(ParameterError, match="known"):
        FOUND.grid("afc_points").on(14_700).row("10")


def test_errors_of_parameters_are_input_errors() -> None:
    assert issubclass(ParameterError, InputError) and issubclass(FormatError, InputError)


def test_parameters_can_be_pickled_compared_and_hashed() -> None:
    """The bundled parameters are read once."""
    again: Parameters = pickle.loads(pickle.dumps(FOUND))
    assert again == FOUND and hash(again) == hash(FOUND) and bundled() is FOUND


def test_the_entries_in_force_on_a_day_can_be_listed() -> None:
    """Each parameter has one entry at most, with its grade."""
    entries = FOUND.in_force(dt.date(2012, 6, 1))
    names = [entry.parameter for entry in entries]
    assert len(set(names)) == len(names) and {"afc_points", "section16", "statutory_week_cap"} <= set(names)
    assert "afc_years_to_point" not in names
    assert next(entry.quality for entry in entries if entry.parameter == "section16") == "official"
