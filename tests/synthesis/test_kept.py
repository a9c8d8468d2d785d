"""The cache of opening staff on disk: staff are made once, and again when a file is damaged or the code has changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from small import person, small_world

from nhstransit.caches import FOLDER, usual_folder
from nhstransit.synthesis import kept
from nhstransit.workforce.columns import Workforce

PEOPLE = small_world(person(1), person(2)).workforce


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], tuple[Workforce, int]]:
    """A function that returns the staff for a key, with a cache of this test's own, and how often staff have been made."""
    monkeypatch.setenv(FOLDER, str(tmp_path / "cache"))
    made: list[Workforce] = []

    def make() -> Workforce:
        made.append(PEOPLE)
        return PEOPLE

    def asked(key: str = "key") -> tuple[Workforce, int]:
        return kept.kept_or_made(key, PEOPLE.employers, PEOPLE.functions, make), len(made)

    return asked


def test_staff_are_made_once_and_then_read_from_the_cache(ask, tmp_path: Path) -> None:
    """The staff that are read have the same columns, employers, functions and source."""
    assert ask("key") == (PEOPLE, 1)
    people, made = ask("key")
    assert made == 1 and people is not PEOPLE
    assert people == PEOPLE and people.source == PEOPLE.source
    assert ask("another")[1] == 2
    assert len(list((tmp_path / "cache").iterdir())) == 2


@pytest.mark.parametrize("harm", [b"", b"no archive", None])
def test_a_damaged_file_is_made_again(ask, tmp_path: Path, harm: bytes | None) -> None:
    """An empty file, a file that is no archive, and a changed byte: the staff are the same, and the file is replaced."""
    ask("key")
    (path,) = (tmp_path / "cache").iterdir()
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(bytes(whole) if harm is None else harm)
    people, made = ask("key")
    assert people == PEOPLE and made in (1, 2)  # the byte may be padding
    assert made == 2 or harm is None
    assert ask("key") == (PEOPLE, made)


def test_a_file_with_a_damaged_archive_header_is_made_again(ask, tmp_path: Path) -> None:
    """A damaged byte may mean that a column is encrypted or compressed by an unknown method."""
    ask("key")
    (path,) = (tmp_path / "cache").iterdir()
    whole = path.read_bytes()
    entry = whole.rindex(b"PK\x01\x02")  # the entry of the last column in the archive's list of contents
    for number, (at, byte) in enumerate(((10, 77), (8, 1)), 2):  # the method of compression; the flag for encryption
        path.write_bytes(whole[: entry + at] + bytes([byte]) + whole[entry + at + 1 :])
        assert ask("key") == (PEOPLE, number)


def test_the_cache_key_covers_every_module_that_makes_staff() -> None:
    """Every module that the synthesis imports is in the digest, except those that only read files or report errors."""
    root = Path(kept.__file__).parents[1]
    apart = {
        "caches",
        "errors",
        "fields",
        "files",
        "law",
        "tables",
        "toml",
    }  # the key contains the legal numbers
    for path in (root / "synthesis").glob("*.py"):
        for line in path.read_text("utf-8").splitlines():
            module = re.match(r"from nhstransit\.([a-z_.]+) import", line)
            if module is None or module[1].partition(".")[0] in apart:
                continue
            steps = module[1].split(".")
            names = {"/".join(steps[:many]) + end for many in range(1, len(steps) + 1) for end in ("", ".py")}
            assert names & set(kept._MAKERS), f"{path.name} imports {module[1]}"


def test_staff_made_by_another_version_are_not_read(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version covers the library and the packages that it needs."""
    ask("key")
    monkeypatch.setattr(kept, "_made_by", lambda: "another version")
    assert ask("key")[1] == 2


def test_the_cache_deletes_its_oldest_files(ask, tmp_path: Path) -> None:
    for number in range(kept.MOST + 3):
        ask(str(number))
    assert len(list((tmp_path / "cache").iterdir())) == kept.MOST


@pytest.mark.parametrize("folder", ["", "no/such/\0folder"])
def test_staff_are_made_each_time_without_a_writable_cache(ask, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    if folder:
        monkeypatch.setattr(kept, "_write", lambda path, people: (_ for _ in ()).throw(OSError()))
    else:
        monkeypatch.setenv(FOLDER, "")
    ask("key")
    assert ask("key") == (PEOPLE, 2)


def test_the_default_folder_is_in_the_users_cache_folder() -> None:
    """The environment determines the user's cache folder."""
    assert usual_folder({"XDG_CACHE_HOME": "/somewhere", "LOCALAPPDATA": "/somewhere"}).name == "nhstransit"
