"""`nhstransit sources`: every bundled number, by grade, on the terminal or in a file."""

from __future__ import annotations

import csv

import pytest

from cli.asking import asked, refused
from nhstransit import england as published
from nhstransit import synthesis

EVERY = (*synthesis.provenance(), *published.provenance())


def test_every_number_is_printed(capsys):
    """All of them are counted; each file has its table."""
    status, out, err = asked(capsys, "sources")
    assert (status, err) == (0, "")
    assert f"{len(EVERY)} numbers." in out
    assert all(file in out for file in {number.file for number in EVERY})


@pytest.mark.parametrize("grade", ["assumption", "official"])
def test_a_grade_is_picked_out(capsys, grade):
    """Only numbers of the grade asked for."""
    out = asked(capsys, "sources", "--quality", grade)[1]
    mine = sum(number.quality == grade for number in EVERY)
    assert f"{mine} numbers." in out


def test_grades_add_up(capsys):
    """Two grades are both listed."""
    out = asked(capsys, "sources", "--quality", "press", "--quality", "seed")[1]
    assert f"{sum(number.quality in ('press', 'seed') for number in EVERY)} numbers." in out


def test_a_file_holds_all_of_it(capsys, tmp_path):
    """A line a number and source, uncut, in UTF-8."""
    path = tmp_path / "sources.csv"
    status, out, _ = asked(capsys, "sources", "--quality", "assumption", "--csv", str(path))
    assert status == 0 and str(path) in out.replace("\n", "")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = [number for number in EVERY if number.quality == "assumption"]
    assert len(rows) == sum(len(number.sources) for number in numbers)
    assert {row["quality"] for row in rows} == {"assumption"}
    assert max((number.value for number in numbers), key=len) in {row["value"] for row in rows}


def test_an_unknown_grade_is_refused(capsys):
    """One sentence that names the grades there are."""
    said = refused(capsys, "sources", "--quality", "hearsay")
    assert "hearsay" in said and "assumption" in said


def test_a_file_that_cannot_be_is_refused(capsys, tmp_path):
    """A folder that is not there."""
    said = refused(capsys, "sources", "--csv", str(tmp_path / "none" / "sources.csv"))
    assert "cannot be written" in said
