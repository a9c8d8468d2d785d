"""Scenario, study and staff files and stores with random damage are read correctly or refused, within a time limit.

An error is one of the library's own, with a message that a terminal can show. No other file is left in the folder. A
store is read as it was written, or not at all.
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

LONGEST = 60.0  # seconds of processor time for one file


def read_or_refused(read: Callable[[], object], what: str) -> bool:
    """Whether a file was read. Raises AssertionError if it is refused without a message that a terminal can show."""
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
    rng = Random(seed)
    text = TEXT.decode()
    path = folder / "hamlet.toml"
    (folder / "hamlet-staff.csv").write_bytes(STAFF)
    for _ in range(count):
        made = mutant(text, rng)
        path.write_text(made, "utf-8", newline="")
        read_or_refused(lambda: nt.load_scenario(path), made)
    assert sorted(path.name for path in folder.iterdir()) == ["hamlet-staff.csv", "hamlet.toml"]


def studies(folder: Path, count: int, seed: int) -> None:
    rng = Random(seed)
    path = folder / "study.toml"
    for _ in range(count):
        made = mutant(WHOLE, rng)
        path.write_text(made, "utf-8", newline="")
        read_or_refused(lambda: read_study(path), made)
    assert [path.name for path in folder.iterdir()] == ["study.toml"]


def staff_lists(folder: Path, count: int, seed: int) -> None:
    hamlet = nt.load_scenario("hamlet")
    lines = STAFF.decode().splitlines()[:20]
    rng = Random(seed)
    path = folder / "staff.csv"
    employers = tuple(body.name for body in hamlet.organisations)
    for _ in range(count):
        made = mutant("\n".join(lines), rng)
        path.write_text(made, "utf-8", newline="")
        read_or_refused(lambda: read_staff(path, employers, hamlet.functions), made)


def stores(folder: Path, count: int, seed: int) -> None:
    rng = Random(seed)
    path = folder / "study.db"
    whole = sweep(pair(), replications=3, seed=1, measure=left, store=path).sha256()
    content = path.read_bytes()
    for number in range(count):
        other = bytearray(content)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(other))
            other[at : at + rng.choice((1, 1, 8, 64))] = rng.randbytes(rng.choice((1, 1, 8, 64)))
        path.write_bytes(bytes(other[: rng.randrange(1, len(other))] if rng.random() < 0.1 else other))
        hashes: list[str] = []
        if read_or_refused(
            lambda found=hashes: found.append(open_study(path).sha256()), f"store {number}, seed {seed}"
        ):
            assert hashes == [whole], f"store {number}, seed {seed}: read as something else"


FEW = {scenarios: 12, studies: 12, staff_lists: 60, stores: 12}
MANY = {scenarios: 500, studies: 100, staff_lists: 1_000, stores: 100}


@pytest.mark.parametrize("kind", FEW, ids=lambda kind: kind.__name__)
def test_damaged_files_are_read_or_refused(kind: Callable[[Path, int, int], None], tmp_path: Path) -> None:
    """A few files of each kind are tried."""
    kind(tmp_path, FEW[kind], 1)


@pytest.mark.thorough
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("seed", range(100, 110))
@pytest.mark.parametrize("kind", MANY, ids=lambda kind: kind.__name__)
def test_many_damaged_files_are_read_or_refused(
    kind: Callable[[Path, int, int], None], seed: int, tmp_path: Path
) -> None:
    """Over all seeds, 5,000 scenarios, 1,000 studies, 10,000 staff lists and 1,000 stores are tried."""
    kind(tmp_path, MANY[kind], seed)
