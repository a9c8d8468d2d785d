"""Archives are looked at before they are inflated."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

import nhstransit as nt
from nhstransit import tables
from nhstransit.errors import FormatError, RunError
from nhstransit.run.store import ARRAYS
from nhstransit.scenario.extract import read_extract
from tests.examples import THOROUGH
from tests.shared import hamlet_run


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hamlet's run, kept."""
    folder = tmp_path_factory.mktemp("kept") / "run"
    nt.save_run(hamlet_run(), folder)
    return folder


def changed(kept: Path, folder: Path, name: str, content: bytes) -> Path:
    """A copy of the run in which one array's file has other content."""
    target = folder / "run"
    target.mkdir()
    for path in kept.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    with zipfile.ZipFile(kept / ARRAYS) as old, zipfile.ZipFile(target / ARRAYS, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == f"{name}.npy" else old.read(member))
    return target


def saved(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=False)
    return file.getvalue()


def test_a_run_of_too_many_bytes_is_not_inflated(kept: Path, tmp_path: Path) -> None:
    """What is larger than allowed is told with the figure; the limit can be raised and lowered."""
    place = changed(kept, tmp_path, "log_day", saved(np.zeros(2_000_000, "int32")))
    with pytest.raises(RunError, match=r"bytes, more than the 1,000,000 of most_bytes"):
        nt.load_run(place, accept_edited=True, most_bytes=1_000_000)
    with pytest.raises(RunError, match=r"is damaged .*has the shape"):
        nt.load_run(place, accept_edited=True)
    assert len(nt.load_run(kept, most_bytes=5_000_000).log) > 0


def test_a_header_that_promises_more_than_there_is(kept: Path, tmp_path: Path) -> None:
    """An array whose header names a shape of terabytes is refused before it is made."""
    small = saved(np.zeros(4, "int32"))
    place = changed(kept, tmp_path, "log_day", small.replace(b"(4,), }" + b" " * 12, b"(1000000000000,), }"))
    with pytest.raises(RunError, match=r"the size of log_day\.npy differs from its header"):
        nt.load_run(place, accept_edited=True)


def test_every_byte_of_a_header_changed_is_a_sentence(kept: Path, tmp_path: Path) -> None:
    """Whatever byte of an array's header is changed, the run is refused in a sentence or is the same."""
    with zipfile.ZipFile(kept / ARRAYS) as archive:
        content = archive.read("log_kind.npy")
    whole = nt.load_run(kept)
    for place in range(0, 128, 3 if THOROUGH else 16):
        folder = tmp_path / str(place)
        folder.mkdir()
        other = bytearray(content)
        other[place] ^= 0x15
        edited = changed(kept, folder, "log_kind", bytes(other))
        try:
            found = nt.load_run(edited, accept_edited=True)
        except RunError as error:
            assert "\n" not in str(error)
        else:
            assert found.log.to_bytes() == whole.log.to_bytes()


def test_a_compressed_table_is_not_unpacked_beyond_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file of many zeros is refused with the limit; at the limit it is read."""
    path = tmp_path / "staff.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 2_500))
    assert len(tables.read_csv(path)["a"]) == 2_500
    monkeypatch.setattr(tables, "MOST_UNPACKED", 10_003)
    with pytest.raises(FormatError, match="is more than 10,003 bytes when unpacked; split it"):
        tables.read_csv(path)
    monkeypatch.setattr(tables, "MOST_UNPACKED", 10_004)
    assert len(tables.read_csv(path)["a"]) == 2_500


def test_a_workbook_is_not_unpacked_beyond_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook is a zip archive: one of a few hundred kilobytes can hold any number of zeros."""
    path = tmp_path / "extract.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(2_000_000))
    monkeypatch.setattr(tables, "MOST_UNPACKED", 1_999_999)
    with pytest.raises(
        FormatError, match="is 2,000,000 bytes when unpacked, more than 1,999,999; save the sheet as CSV"
    ):
        read_extract(path)
