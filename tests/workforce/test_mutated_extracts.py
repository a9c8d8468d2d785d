"""Extracts with random damage: each is read, or refused in a sentence; none ends in a traceback.

What is read is set beside the undamaged list: where one cell was changed, nobody else differs.
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
    """What the text gives, or None where it is refused in a sentence."""
    path.write_text(text, "utf-8", newline="")
    try:
        return read_extract(path)
    except InputError as error:
        sentences = str(error).split("\n")
        assert all(sentences) and len(sentences) <= MOST + 1 and len(str(error)) < 20_000
        return None


def damaged(tmp_path: Path, count: int, seed: int) -> None:
    text = write_extract(tmp_path / "whole.csv", 30).read_text("utf-8")
    luck = Random(seed)
    taken = 0
    for _ in range(count):
        made = read(tmp_path / "extract.csv", mutant(text, luck))
        if made is not None:
            taken += 1
            quality = made.quality
            assert quality.rows == quality.people + quality.rows_further + quality.rows_left_out
    assert 0 < taken < count, "some are read and some are refused"


def one_changed(tmp_path: Path, count: int, seed: int) -> None:
    """One cell changed changes one person at most."""
    text = write_extract(tmp_path / "whole.csv", 30).read_text("utf-8")
    whole = read_extract(tmp_path / "whole.csv").people
    luck = Random(seed)
    for _ in range(count):
        changed, row = one_cell(text, luck)
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
def test_damaged_extracts_are_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    """A hundred of them, with every row accounted for in those that are read."""
    damaged(tmp_path, 100, 1)


@pytest.mark.thorough
def test_one_changed_cell_changes_nobody_else(tmp_path: Path) -> None:
    """Forty times."""
    one_changed(tmp_path, 40, 3)


@pytest.mark.thorough
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(10, 20))
def test_twenty_thousand_damaged_extracts(seed: int, tmp_path: Path) -> None:
    """Ten times two thousand."""
    damaged(tmp_path, 1_600, seed)
    one_changed(tmp_path, 400, seed)
