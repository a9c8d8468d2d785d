"""`nhstransit sources`: every bundled number by grade, on the terminal or in a file."""

from __future__ import annotations

import csv

import pytest

from cli.command import refused, run_command
from nhstransit import england as published
from nhstransit import synthesis

EVERY = (*synthesis.provenance(), *published.provenance())


def test_every_number_is_printed(capsys):
    """The output has their total and a table for each file."""
    status, out, err = run_command(capsys, "sources")
    assert (status, err) == (0, "")
    assert f"{len(EVERY)} numbers." in out
    assert all(file in out for file in {number.file for number in EVERY})


@pytest.mark.parametrize("grade", ["assumption", "official"])
def test_numbers_of_one_grade_can_be_selected(capsys, grade):
    """Only numbers of that grade are printed."""
    out = run_command(capsys, "sources", "--quality", grade)[1]
    mine = sum(number.quality == grade for number in EVERY)
    assert f"{mine} numbers." in out


def test_several_grades_can_be_selected(capsys):
    """Numbers of both grades are printed."""
    out = run_command(capsys, "sources", "--quality", "press", "--quality", "seed")[1]
    assert f"{sum(number.quality in ('press', 'seed') for number in EVERY)} numbers." in out


def test_all_sources_are_written_as_csv(capsys, tmp_path):
    """The file has one line per number and source, without shortening, in UTF-8."""
    path = tmp_path / "sources.csv"
    status, out, _ = run_command(capsys, "sources", "--quality", "assumption", "--csv", str(path))
    assert status == 0 and str(path) in out.replace("\n", "")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = [number for number in EVERY if number.quality == "assumption"]
    assert len(rows) == sum(len(number.sources) for number in numbers)
    assert {row["quality"] for row in rows} == {"assumption"}
    assert max((number.value for number in numbers), key=len) in {row["value"] for row in rows}


def test_an_unknown_grade_is_refused(capsys):
    """The error lists the known grades."""
    error = refused(capsys, "sources", "--quality", "hearsay")
    assert "hearsay" in error and "assumption" in error


def test_a_file_in_a_missing_folder_is_refused(capsys, tmp_path):
    error = refused(capsys, "sources", "--csv", str(tmp_path / "none" / "sources.csv"))
    assert "cannot be written" in error
