"""The same list of people in fourteen forms of extract: each form is read as the same people."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nhstransit.scenario.extract import mapping_text, read_extract, read_mapping
from nhstransit.workforce.columns import Workforce
from nhstransit.workforce.read import read_staff, write_staff
from tests.examples import every
from tests.fuzz.extracts import FORMS, Rows
from tests.made_extract import write_extract

ON = dt.date(2010, 4, 1)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    path = write_extract(tmp_path_factory.mktemp("extract") / "extract.csv", 80)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture(scope="module")
def expected(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> Workforce:
    return read_extract(FORMS[0](rows, tmp_path_factory.mktemp("plain") / "extract"), on=ON).people


def differences(one: Workforce, other: Workforce) -> list[str]:
    """Columns in which two staff lists differ."""
    found = [name for name, column in one.columns().items() if not np.array_equal(column, getattr(other, name))]
    return found + [name for name in ("employers", "functions") if getattr(one, name) != getattr(other, name)]


@pytest.mark.parametrize("form", every(4, FORMS), ids=lambda form: form.__name__)
def test_every_form_is_read_as_the_same_people(form: Any, rows: Rows, expected: Workforce, tmp_path: Path) -> None:
    """The same people are also read with the written mapping, and from the written staff list."""
    source = form(rows, tmp_path / "extract")
    made = read_extract(source, on=ON)
    assert differences(made.people, expected) == []
    assert made.quality.rows == len(rows) - 1 == made.quality.people
    (tmp_path / "mapping.toml").write_text(mapping_text(made.mapping), "utf-8")
    again = read_extract(source, mapping=read_mapping(tmp_path / "mapping.toml"))
    assert differences(again.people, expected) == []
    write_staff(tmp_path / "staff.csv", made.people)
    listed = read_staff(tmp_path / "staff.csv", made.people.employers, made.people.functions)
    assert differences(listed, expected) == []


def test_the_comparison_finds_one_changed_cell(rows: Rows, expected: Workforce, tmp_path: Path) -> None:
    changed = [list(row) for row in rows]
    changed[5][changed[0].index("FTE")] = "0.31"
    assert differences(read_extract(FORMS[0](changed, tmp_path / "extract"), on=ON).people, expected) == [
        "wte_hundredths"
    ]
