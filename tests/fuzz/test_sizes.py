"""Files without an end or larger than memory are refused, and not read beyond a limit."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

import nhstransit as nt
from nhstransit import tables, toml
from nhstransit.errors import NhstransitError
from nhstransit.run import folders
from nhstransit.scenario.extract import read_extract
from nhstransit.studies.study_file import read_study
from nhstransit.workforce.identities import read_key
from tests.small import person, played

BOUND = 200_000
LARGE = 40 * 2**30  # bytes of a sparse file, which uses no space on a disk
READERS: dict[str, Callable[[Path], object]] = {
    "scenario.toml": nt.load_scenario,
    "study.toml": read_study,
    "rows.csv": tables.read_csv,
    "rows.csv.gz": tables.read_csv,
    "extract.csv": read_extract,
    "extract.xlsx": read_extract,
    "identity.key": read_key,
}


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toml, "MOST_BYTES", BOUND)
    monkeypatch.setattr(tables, "MOST_UNPACKED", BOUND)
    monkeypatch.setattr("nhstransit.run.store.MOST_TEXT", BOUND)
    monkeypatch.setattr(folders, "MOST_TEXT", BOUND)


def sparse(path: Path) -> Path:
    with path.open("wb") as file:
        file.truncate(LARGE)
    return path


def assert_refused(read: Callable[[], object], right: str) -> None:
    """Assert that reading is refused with a message, and uses little memory."""
    tracemalloc.start()
    try:
        with pytest.raises(NhstransitError, match=right):
            read()
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", READERS)
def test_a_file_larger_than_memory_is_refused(name: str, tmp_path: Path) -> None:
    """There is no MemoryError."""
    path = sparse(tmp_path / name)
    assert_refused(
        lambda: READERS[name](path), r"cannot be read \(it has more than [\d,]+ bytes\)|does not contain a key"
    )


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no device without end")
def test_a_link_to_a_device_without_an_end_is_refused(tmp_path: Path) -> None:
    """It does not fill the memory."""
    (tmp_path / "scenario.toml").symlink_to("/dev/zero")
    assert_refused(
        lambda: nt.load_scenario(tmp_path / "scenario.toml"), "it is a pipe, a device or a socket, not a file"
    )


def test_a_stored_run_with_a_file_larger_than_memory_is_refused(tmp_path: Path) -> None:
    """This also holds if edited files are accepted."""
    nt.save_run(played(person(1)), tmp_path / "run")
    sparse(tmp_path / "run" / "run.json")
    assert_refused(lambda: nt.load_run(tmp_path / "run", accept_edited=True), r"cannot be read \(it has more than")
