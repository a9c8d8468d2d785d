"""Extracts of two employers in different forms, read as one staff list."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from nhstransit.errors import InputError
from nhstransit.scenario import load_scenario
from nhstransit.scenario.extract import mapping_text, read_extract
from tests.fuzz.extracts import american, semicolons
from tests.made_extract import KEY, made_folder, write_extract

ELMDALE = "998 Elmdale PCT"


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The extract of Oakdale in the form of the record system, and that of Elmdale with semicolons and decimal commas."""
    one = write_extract(tmp_path / "one.csv", 40, seed=1)
    two = write_extract(tmp_path / "plain.csv", 30, seed=2, employer=ELMDALE)
    return one, semicolons(rows_of(two), tmp_path / "two")


def test_each_extract_is_read_in_its_own_form(files: tuple[Path, Path], tmp_path: Path) -> None:
    """Each person has the values of their own file, functions with the same name are merged, and rows and people add up."""
    both = read_extract(files)
    alone = [read_extract(path) for path in files]
    people = both.people
    assert people.employers == ("Oakdale PCT", "Elmdale PCT")
    assert len(people) == sum(len(part.people) for part in alone)
    for employer, part in enumerate(alone):
        mine = np.flatnonzero(people.employer == employer)
        facts = ("born", "service_from", "wte_hundredths", "point", "pay_pence", "band", "sex", "section")
        here = sorted(zip(*(getattr(people, name)[mine].tolist() for name in facts), strict=True))
        there = sorted(zip(*(getattr(part.people, name).tolist() for name in facts), strict=True))
        assert here == there
        words = sorted(people.functions[code] for code in people.function[mine].tolist())
        assert words == sorted(part.people.functions[code] for code in part.people.function.tolist())
    quality = both.quality
    assert quality.rows == quality.people + quality.rows_further + quality.rows_left_out
    assert quality.source == "one.csv and two.csv"
    assert all("one.csv" in one.rule or "two.csv" in one.rule for one in (*quality.mended, *quality.left_out))


def test_one_staff_number_in_two_payrolls_is_two_people(files: tuple[Path, Path]) -> None:
    """With pseudonyms and without. The people of the first file have the same pseudonyms as when it is read alone."""
    alone = [read_extract(path, key=KEY) for path in files]
    assert set(alone[0].numbers) & set(alone[1].numbers), "both payrolls use the same numbers"
    for key in (KEY, None):
        both = read_extract(files, key=key)
        assert len(np.unique(both.people.staff)) == len(both.people)
    both = read_extract(files, key=KEY)
    assert set(alone[0].people.staff.tolist()) <= set(both.people.staff.tolist())
    first = dict(zip(both.numbers, both.people.born.tolist(), strict=True))
    assert all(first[text] == born for text, born in zip(alone[0].numbers, alone[0].people.born.tolist(), strict=True))


def test_a_merger_is_made_from_two_files(files: tuple[Path, Path], tmp_path: Path) -> None:
    """The written mapping reads both files again as the same people."""
    made = made_folder(tmp_path / "own", files, question="merge", successor="Dale PCT")  # type: ignore[arg-type]
    world = load_scenario(tmp_path / "own" / "scenario.toml")
    assert [body.name for body in world.organisations] == ["Oakdale PCT", "Elmdale PCT", "Dale PCT"]
    assert len(world.workforce) == len(made.extracted.people)
    written = tmp_path / "again.toml"
    written.write_text(mapping_text(made.extracted.mapping), "utf-8")
    assert read_extract(files, mapping=written, key=KEY).people == made.extracted.people
    report = (tmp_path / "own" / "quality.md").read_text("utf-8")
    assert "How one.csv and two.csv was read" not in report and "# How one.csv and two.csv were read" in report


def test_the_order_of_day_and_month_is_found_for_each_file(tmp_path: Path) -> None:
    """One payroll writes 14/05/1968 as 05/14/1968; this has no effect on the other file."""
    one = write_extract(tmp_path / "one.csv", 30, seed=1)
    two = american(rows_of(write_extract(tmp_path / "plain.csv", 30, seed=2, employer=ELMDALE)), tmp_path / "two")
    both = read_extract((one, two))
    born = sorted(read_extract(tmp_path / "plain.csv").people.born.tolist())
    assert sorted(both.people.born[both.people.employer == 1].tolist()) == born


def test_one_employer_in_two_files_is_refused(tmp_path: Path) -> None:
    """The second file could be the rest of its staff, or the first list again."""
    one = write_extract(tmp_path / "one.csv", 30, seed=1)
    two = write_extract(tmp_path / "two.csv", 30, seed=2)
    with pytest.raises(
        InputError, match=r"employer 'Oakdale PCT': is in one\.csv and in two\.csv; give each employer's"
    ):
        read_extract((one, two))
    with pytest.raises(InputError, match="no file is given"):
        read_extract(())


def test_files_of_different_days_are_refused(tmp_path: Path) -> None:
    """The title of one file states another day."""
    one = write_extract(tmp_path / "one.csv", 30, seed=1)
    two = write_extract(tmp_path / "two.csv", 30, seed=2, employer=ELMDALE)
    two.write_text("Staff as at 30 June 2010\n" + two.read_text("utf-8"), "utf-8")
    with pytest.raises(InputError, match=r"describe different days .*two\.csv 2010-06-30.*; give one day with --on"):
        read_extract((one, two))
