"""Extracts with random damage: each is read or refused with an error of the library.

The people who are read are compared with the undamaged list: one changed cell changes one person at most.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from nhstransit.errors import MOST, InputError
from nhstransit.scenario.extract import read_extract
from nhstransit.workforce.assignments import Extracted
from tests.fuzz.extracts import mutant, one_cell
from tests.made_extract import write_extract


def read(path: Path, text: str) -> Extracted | None:
    """The extract that is read, or None when it is refused with a short error."""
    path.write_text(text, "utf-8", newline="")
    try:
        return read_extract(path)
    except InputError as error:
        sentences = str(error).split("\n")
        assert all(sentences) and len(sentences) <= MOST + 1 and len(str(error)) < 20_000
        return None


def damaged(tmp_path: Path, count: int, seed: int) -> None:
    text = write_extract(tmp_path / "whole.csv", 30).read_text("utf-8")
    rng = Random(seed)
    accepted = 0
    for _ in range(count):
        made = read(tmp_path / "extract.csv", mutant(text, rng))
        if made is not None:
            accepted += 1
            quality = made.quality
            assert quality.rows == quality.people + quality.rows_further + quality.rows_left_out
    assert 0 < accepted < count, "some are read and some are refused"


def one_changed(tmp_path: Path, count: int, seed: int) -> None:
    """Check that one changed cell changes at most one person."""
    text = write_extract(tmp_path / "whole.csv", 30).read_text("utf-8")
    whole = read_extract(tmp_path / "whole.csv").people
    rng = Random(seed)
    for _ in range(count):
        changed, row = one_cell(text, rng)
        made = read(tmp_path / "extract.csv", changed)
        if made is None:
            continue
        others = whole.staff != whole.staff[row]
        kept = np.isin(made.people.staff, whole.staff[others])
        assert made.people.staff[kept].tolist() == whole.staff[others].tolist()
        for name in (
            "born",
            "service_from",
            "wte_hundredths",
            "point",
            "pay_pence",
            "band",
            "sex",
            "section",
            "contract",
        ):
            assert getattr(made.people, name)[kept].tolist() == getattr(whole, name)[others].tolist(), name


@pytest.mark.thorough
def test_damaged_extracts_are_read_or_refused(tmp_path: Path) -> None:
    """Of a hundred extracts, those that are read account for every row."""
    damaged(tmp_path, 100, 1)


@pytest.mark.thorough
def test_one_changed_cell_changes_no_other_person(tmp_path: Path) -> None:
    one_changed(tmp_path, 40, 3)


@pytest.mark.thorough
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(10, 20))
def test_twenty_thousand_damaged_extracts_are_read_or_refused(seed: int, tmp_path: Path) -> None:
    """Each of the ten cases has 1,600 damaged extracts and 400 with one changed cell."""
    damaged(tmp_path, 1_600, seed)
    one_changed(tmp_path, 400, seed)
