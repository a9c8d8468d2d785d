"""Scenario, study and staff files and stores with random damage: a right answer or a sentence, in bounded time.

Invariants: an error is one of the library's own and says so in lines that a terminal can show; nothing else is left in the
folder; what is read of a store is what was written.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

import nhstransit as nt
from nhstransit.errors import InputError, NhstransitError
from nhstransit.studies import open_study, sweep
from nhstransit.studies.study_file import read_study
from nhstransit.workforce.read import read_staff
from tests.fuzz.texts import mutant
from tests.scenario.mutants import STAFF, TEXT
from tests.studies.made import left, pair
from tests.studies.test_study_file import WHOLE

LONGEST = 60.0  # seconds for one file, however busy the machine


def told_or_read(read: Callable[[], object], what: str) -> bool:
    """Whether it was read. Raises AssertionError for anything but a sentence that a terminal can show."""
    begun = time.process_time()
    try:
        read()
    except NhstransitError as error:
        assert isinstance(error, InputError) or str(error), what
        assert str(error).strip() and len(str(error)) < 50_000, what
        assert "\x1b" not in str(error) and "\0" not in str(error), what
        return False
    except Exception as fault:
        raise AssertionError(f"{type(fault).__name__}: {fault}\n{what[:3000]}") from fault
    finally:
        assert time.process_time() - begun < LONGEST, what
    return True


def scenarios(folder: Path, count: int, seed: int) -> None:
    luck = Random(seed)
    text = TEXT.decode()
    place = folder / "hamlet.toml"
    (folder / "hamlet-staff.csv").write_bytes(STAFF)
    for _ in range(count):
        made = mutant(text, luck)
        place.write_text(made, "utf-8", newline="")
        told_or_read(lambda: nt.load_scenario(place), made)
    assert sorted(path.name for path in folder.iterdir()) == ["hamlet-staff.csv", "hamlet.toml"]


def studies(folder: Path, count: int, seed: int) -> None:
    luck = Random(seed)
    place = folder / "study.toml"
    for _ in range(count):
        made = mutant(WHOLE, luck)
        place.write_text(made, "utf-8", newline="")
        told_or_read(lambda: read_study(place), made)
    assert [path.name for path in folder.iterdir()] == ["study.toml"]


def staff_lists(folder: Path, count: int, seed: int) -> None:
    hamlet = nt.load_scenario("hamlet")
    lines = STAFF.decode().splitlines()[:20]
    luck = Random(seed)
    place = folder / "staff.csv"
    employers = tuple(body.name for body in hamlet.organisations)
    for _ in range(count):
        made = mutant("\n".join(lines), luck)
        place.write_text(made, "utf-8", newline="")
        told_or_read(lambda: read_staff(place, employers, hamlet.functions), made)


def stores(folder: Path, count: int, seed: int) -> None:
    luck = Random(seed)
    place = folder / "study.db"
    whole = sweep(pair(), replications=3, seed=1, measure=left, store=place).sha256()
    content = place.read_bytes()
    for number in range(count):
        other = bytearray(content)
        for _ in range(luck.randint(1, 4)):
            at = luck.randrange(len(other))
            other[at : at + luck.choice((1, 1, 8, 64))] = luck.randbytes(luck.choice((1, 1, 8, 64)))
        place.write_bytes(bytes(other[: luck.randrange(1, len(other))] if luck.random() < 0.1 else other))
        hashes: list[str] = []
        if told_or_read(lambda found=hashes: found.append(open_study(place).sha256()), f"store {number}, seed {seed}"):
            assert hashes == [whole], f"store {number}, seed {seed}: read as something else"


FEW = {scenarios: 12, studies: 12, staff_lists: 60, stores: 12}
MANY = {scenarios: 500, studies: 100, staff_lists: 1_000, stores: 100}


@pytest.mark.parametrize("kind", FEW, ids=lambda kind: kind.__name__)
def test_damaged_files(kind: Callable[[Path, int, int], None], tmp_path: Path) -> None:
    """A few of each kind."""
    kind(tmp_path, FEW[kind], 1)


@pytest.mark.thorough
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("seed", range(100, 110))
@pytest.mark.parametrize("kind", MANY, ids=lambda kind: kind.__name__)
def test_many_damaged_files(kind: Callable[[Path, int, int], None], seed: int, tmp_path: Path) -> None:
    """Ten times as many as the table says: 5,000 scenarios, 1,000 studies, 10,000 staff lists, 1,000 stores."""
    kind(tmp_path, MANY[kind], seed)
