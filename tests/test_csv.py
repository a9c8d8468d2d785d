"""CSV files: their format is recognised from their content and not from their name, and rows know their lines."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from nhstransit import tables
from nhstransit.errors import FormatError

TEXT = b"name,posts\nOld,3\n\nNew,4\n"


def refused(path: Path, content: bytes) -> str:
    """The message with which a file is refused."""
    path.write_bytes(content)
    with pytest.raises(FormatError) as caught:
        tables.read_csv(path)
    message = str(caught.value)
    assert message.startswith(str(path)) and "\n" not in message
    return message.removeprefix(str(path.parent) + "/")


def test_rows_know_the_lines_on_which_they_begin(tmp_path: Path) -> None:
    """This also holds for gzip and after a byte order mark."""
    for name, content in (("a.csv", TEXT), ("a.csv.gz", gzip.compress(TEXT)), ("b.csv", b"\xef\xbb\xbf" + TEXT)):
        (tmp_path / name).write_bytes(content)
        rows = tables.read_csv(tmp_path / name)
        assert rows == {"name": ["Old", "New"], "posts": ["3", "4"]} and rows.lines == [2, 4]


def packed(kind: str) -> bytes:
    """The same text in an archive."""
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a.csv", TEXT)
            archive.writestr("b.csv", TEXT)
    elif kind == "tar":
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            member = tarfile.TarInfo("a.csv")
            member.size = len(TEXT)
            archive.addfile(member, io.BytesIO(TEXT))
    return buffer.getvalue()


ARCHIVES = {
    "zip": packed("zip"),
    "tar": packed("tar"),
    "bz2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT),
    "zst": b"\x28\xb5\x2f\xfd\x04\x00",
    "tar.gz": gzip.compress(packed("tar")),
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_archives_are_refused(kind: str, tmp_path: Path) -> None:
    """The file may be complete, incomplete, named as plain CSV, or plain CSV named as an archive."""
    content = ARCHIVES[kind]
    assert "give a plain CSV in UTF-8" in refused(tmp_path / f"a.csv.{kind}", content)
    refused(tmp_path / f"a.csv.{kind}", content[: len(content) // 2])
    refused(tmp_path / f"a.csv.{kind}", TEXT)
    refused(tmp_path / "a.csv", content)


def test_invalid_gzip_files_are_refused(tmp_path: Path) -> None:
    """Plain text with that ending, an incomplete file, a damaged file, and a gzip file named as CSV."""
    whole = gzip.compress(TEXT * 100)
    path = tmp_path / "a.csv.gz"
    assert "is not compressed by gzip, although its name ends in .gz" in refused(path, TEXT)
    assert "is cut short" in refused(path, whole[:-9])
    assert "is damaged" in refused(path, whole[:20] + b"xxxx" + whole[24:])
    assert "is compressed by gzip, not a CSV file" in refused(tmp_path / "a.csv", whole)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "a.csv: is empty; "),
        (b"\n\n", "a.csv: is empty; "),
        (b"name;posts\nOld;3\n", "a.csv: line 1: is separated by semicolons; save it as CSV with commas"),
        (b"name\tposts\nOld\t3\n", "a.csv: line 1: is separated by tabs; "),
        (b"name,\nOld,3\n", "a.csv: column 2: has no name; "),
        (b"name,name\nOld,3\n", "a.csv: has two columns 'name'; "),
        (
            b"name,posts\nOld,3\n\nNew\n",
            "a.csv: line 4: has 1 cell, not 2; give every line as many cells as the header",
        ),
        (b"name,posts\nOld,3,4\n", "a.csv: line 2: has 3 cells, not 2; "),
        (b"name,posts\nOld,\xff\n", "a.csv: line 2: is not UTF-8 text; "),
        (b"name,posts\nOld,\x00\n", "a.csv: line 2: contains a zero byte"),
        (TEXT.decode().encode("utf-16"), "a.csv: is not UTF-8 text (text in UTF-16); "),
        (b'name,posts\nOld,"3\n', "a.csv: line 2: opens a quotation mark that is never closed; "),
        (b'name,posts\nOld,"3"4\n', "a.csv: line 2: cannot be split into cells"),
    ],
)
def test_text_that_is_no_table_is_refused(content: bytes, fault: str, tmp_path: Path) -> None:
    """The message says the line."""
    assert refused(tmp_path / "a.csv", content).startswith(fault)
