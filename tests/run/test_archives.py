"""Archives are checked before they are decompressed."""

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
def saved_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the hamlet's saved run."""
    folder = tmp_path_factory.mktemp("kept") / "run"
    nt.save_run(hamlet_run(), folder)
    return folder


def changed(saved_run: Path, folder: Path, name: str, content: bytes) -> Path:
    """A copy of the saved run in which the file of one array has other content."""
    target = folder / "run"
    target.mkdir()
    for path in saved_run.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    with zipfile.ZipFile(saved_run / ARRAYS) as old, zipfile.ZipFile(target / ARRAYS, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == f"{name}.npy" else old.read(member))
    return target


def array_file(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=False)
    return file.getvalue()


def test_a_run_with_too_many_bytes_is_not_decompressed(saved_run: Path, tmp_path: Path) -> None:
    """The message states the limit, which can be changed."""
    folder = changed(saved_run, tmp_path, "log_day", array_file(np.zeros(2_000_000, "int32")))
    with pytest.raises(RunError, match=r"bytes, more than the 1,000,000 of most_bytes"):
        nt.load_run(folder, accept_edited=True, most_bytes=1_000_000)
    with pytest.raises(RunError, match=r"is damaged .*has the shape"):
        nt.load_run(folder, accept_edited=True)
    assert len(nt.load_run(saved_run, most_bytes=5_000_000).log) > 0


def test_a_header_with_too_large_a_shape_is_refused(saved_run: Path, tmp_path: Path) -> None:
    """An array with a shape of terabytes is refused before it is allocated."""
    small = array_file(np.zeros(4, "int32"))
    folder = changed(saved_run, tmp_path, "log_day", small.replace(b"(4,), }" + b" " * 12, b"(1000000000000,), }"))
    with pytest.raises(RunError, match=r"the size of log_day\.npy differs from its header"):
        nt.load_run(folder, accept_edited=True)


def test_a_changed_byte_of_a_header_is_refused_or_harmless(saved_run: Path, tmp_path: Path) -> None:
    """Whichever byte is changed, the run is refused with one sentence or is the same."""
    with zipfile.ZipFile(saved_run / ARRAYS) as archive:
        content = archive.read("log_kind.npy")
    whole = nt.load_run(saved_run)
    for position in range(0, 128, 3 if THOROUGH else 16):
        folder = tmp_path / str(position)
        folder.mkdir()
        other = bytearray(content)
        other[position] ^= 0x15
        edited = changed(saved_run, folder, "log_kind", bytes(other))
        try:
            found = nt.load_run(edited, accept_edited=True)
        except RunError as error:
            assert "\n" not in str(error)
        else:
            assert found.log.to_bytes() == whole.log.to_bytes()


def test_a_compressed_table_is_not_decompressed_beyond_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file with too much content is refused. A file at the limit is read."""
    path = tmp_path / "staff.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 2_500))
    assert len(tables.read_csv(path)["a"]) == 2_500
    monkeypatch.setattr(tables, "MOST_UNPACKED", 10_003)
    with pytest.raises(FormatError, match="is more than 10,003 bytes when unpacked; split it"):
        tables.read_csv(path)
    monkeypatch.setattr(tables, "MOST_UNPACKED", 10_004)
    assert len(tables.read_csv(path)["a"]) == 2_500


def test_a_workbook_is_not_decompressed_beyond_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook is a zip archive, so a small file can have very large content."""
    path = tmp_path / "extract.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(2_000_000))
    monkeypatch.setattr(tables, "MOST_UNPACKED", 1_999_999)
    with pytest.raises(
        FormatError, match="is 2,000,000 bytes when unpacked, more than 1,999,999; save the sheet as CSV"
    ):
        read_extract(path)
